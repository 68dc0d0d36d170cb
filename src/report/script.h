/* SPDX-License-Identifier: ISC
 *
 * A script that tries one host's flows where portolan is not: self-contained, to be read by a
 * person before it is run. It prints results (portolan-check(1)), which doc/results.h reads.
 *
 * The same text for the same input: a head that says what it will do, one line for each thing to
 * try, and the fixed part that does it (script.sh, script.ps1). Only ASCII.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "model/expr.h"

struct script_try {
	const char *flow;   /* 16 hex digits */
	const char *target; /* an address, or the name names[name - 1] */
	size_t name;	    /* 1..; 0: an address */
	enum transport transport;
	uint16_t port;	       /* 0: ICMP */
	const char *to;	       /* whom the plan calls it; for the reader of the script */
	const char *service;   /* the same; may be NULL */
	struct slice message;  /* UDP: what to send; may have no bytes */
	const char *not_tried; /* why no script can; NULL: it can */
};

struct script {
	const char *site, *host, *version;
	const char *written; /* "2026-11-27 05:42 UTC" */
	uint64_t id;	     /* of what is tried: script_id() */
	unsigned timeout_ms; /* 0: each kind of script has its own */
	const struct script_try *tries;
	size_t n_tries;
	const char *const *names;
	size_t n_names;
	size_t left_out; /* flows from this host that nothing here tries */
};

/* The same in every run with the same things to try, whatever else has changed in the site. */
uint64_t script_id(const struct script_try *tries, size_t n);

struct script_kind {
	const char *name;	/* --script's word */
	const char *suffix;	/* of its file */
	const char *first_line; /* "" or a whole line */
	const char *run;	/* how it is started, before the file's name */
	const char *redirect;	/* and how what it prints gets into a file, before that one's */
	unsigned seconds;	/* waited for an answer, where nothing else is asked */
	bool sends_udp;
	void (*write)(const struct script *s, unsigned seconds,
		      struct buf *out); /* all but the head */
};
extern const struct script_kind script_sh, script_powershell;
extern const struct script_kind *const script_kinds[]; /* NULL ends it */

void script_write(const struct script *s, const struct script_kind *kind, struct buf *out);

/* One word of that language, whatever is in s. What is not printable ASCII becomes "?": no name of
 * a host has it. */
void script_quote_sh(struct buf *out, struct slice s);
void script_quote_powershell(struct buf *out, struct slice s);
/* For the end of a line: the same letters, nothing to end it early. */
void script_add_comment(struct buf *out, const char *s);
void script_add_note(struct buf *out, const struct script_try *t); /* "# sql1, mssql" */
