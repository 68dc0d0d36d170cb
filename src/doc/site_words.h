/* SPDX-License-Identifier: ISC
 *
 * Between doc/site_words.c, which takes the words of the command line, and doc/site_new.c, which
 * writes the file.
 */
#pragma once

#include "base/arena.h"
#include "doc/site_new.h"

struct new_host {
	const char *name;
	LIST_OF(const char *) addresses;
	const char *dns_name;
};
struct new_zone {
	const char *name;
	LIST_OF(const char *) networks;
};

struct site_writer {
	const struct site_new *s;
	struct arena *arena;
	struct errs *errs;
	struct buf *out;
	LIST_OF(struct new_host) hosts;
	LIST_OF(struct new_zone) zones;
	LIST_OF(const char *) groups;
	LIST_OF(const char *) placeholders; /* names of hosts to fill in */
};

/* All of them; takes the zones. Mistakes go to w->errs. */
void site_check_words(struct site_writer *w);
/* What a binding says in the file: "web1", "zone inside"; takes its host or group. NULL after a
 * message. */
const char *site_take_target(struct site_writer *w, const char *role, const char *value);
bool site_has_zone(const struct site_writer *w, const char *name);
/* "embedded, app_server or push_pull: how messages are read" */
const char *site_or_list(struct site_writer *w, const struct choice *c);
PRINTF(2, 3) void site_mistake(struct site_writer *w, const char *fmt, ...);
