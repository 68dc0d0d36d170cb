/* SPDX-License-Identifier: ISC
 *
 * `check --far`, `probe --far`: what was not plainly open is tried once more while the far side,
 * `portolan listen --control` on the target, watches; both together say who is in the way.
 */
#pragma once

#include "base/arena.h"
#include "cmd/trial.h"
#include "probe/far.h"
#include "sys/channel.h"

struct arguments;

enum { FAR_PORT = 7425 }; /* where --control listens; IANA has given it to nobody */

struct far_host {
	const char *name; /* of the site; NULL: whatever is tried */
	struct addr at;
	uint16_t port;
	const char *key;
	const struct addr *own; /* its addresses: outcomes of these targets are its own */
	size_t n_own;
	const char *dns_name; /* in their place; NULL, and no address: every target is its own */
};

struct far_side {
	struct far_host *hosts; /* the arena's */
	size_t n;
	struct arena *arena;
	struct trial *trial;
	/* Called for each outcome that they were asked about; NULL: nothing. */
	void (*took)(struct trial *t, struct outcome *o);
};

/* "ADDRESS", "ADDRESS:PORT", "[IPV6]:PORT"; port FAR_PORT where there is none. */
bool far_parse_place(struct slice s, struct addr *at, uint16_t *port);
/* A key, or file:PATH of one; the arena's. */
MUST_USE int far_read_key(const char *text, struct arena *a, const char **key, struct err *err);
/* --far HOST=ADDRESS[:PORT] and --far-key HOST=KEY; with has_names false, without "HOST=". */
MUST_USE int far_read_options(const struct arguments *args, bool has_names, struct far_side *f,
			      struct err *err);

/* For trial.after: o in t->outcomes become final. A far side that cannot be asked is told on
 * standard error, and changes nothing. */
void far_run(const struct far_side *f, struct loop *l, const volatile int *interrupted);

/* The program that keeps the connection to it. */
MUST_USE int far_start_channel(const struct far_host *h, struct channel **c, struct err *err);
/* "the far side at ADDRESS, HOST: why", on standard error. */
void far_tell(const struct far_host *h, const char *why);
