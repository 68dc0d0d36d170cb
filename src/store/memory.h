/* SPDX-License-Identifier: ISC
 *
 * What is remembered of ports that were asked what speaks there: which protocol was proved, and how
 * many first messages in others' protocols they were sent on their last day. Servers count such
 * messages and shut out who sends too many (MariaDB: 100 in a row), so there is a budget a day, for
 * each transport.
 *
 * One file in the user's state folder, a line a port ("22", "53/udp"); replaced by rename. Two runs
 * at the same time may each forget what the other added: the budget is well below the bound that it
 * keeps.
 */
#pragma once

#include "base/addr.h"
#include "base/err.h"
#include "base/slice.h"

enum {
	MEMORY_BUDGET = 80, /* first messages in others' protocols, a port and day */
	MEMORY_DAYS = 30,   /* longer nothing is remembered */
	MEMORY_PORTS_MAX = 100000,
	MEMORY_WORD_MAX = 32,
};

struct memory;
struct memory_place {
	struct addr addr;
	uint16_t port;
	bool is_udp;
};
struct memory_port {
	struct memory_place at;
	int32_t day;		      /* base/date.h */
	unsigned foreign;	      /* sent on that day */
	char proved[MEMORY_WORD_MAX]; /* "ssh", "tls+imap": inside TLS; "": none was */
};

/* today: base/date.h. No file: nothing is remembered. On failure *m is NULL, with which the others
 * do nothing. Lines that cannot be read are forgotten. */
MUST_USE int memory_read(struct memory **m, int32_t today, struct err *err);
/* What is left of today's budget. */
unsigned memory_left(const struct memory *m, const struct memory_place *at);
/* How many were sent today. */
unsigned memory_today(const struct memory *m, const struct memory_place *at);
/* "": nothing is remembered. */
const char *memory_proved(const struct memory *m, const struct memory_place *at);
/* proved NULL: as before. */
void memory_add(struct memory *m, const struct memory_place *at, unsigned foreign,
		const char *proved);
/* Frees it, and writes what was added. */
MUST_USE int memory_write(struct memory *m, struct err *err);

/* For the fuzz target. */
bool memory_parse(struct slice line, struct memory_port *p);
void memory_format(const struct memory_port *p, struct buf *out); /* with the line's end */
