/* SPDX-License-Identifier: ISC
 *
 * Everything that is known of one port, or of a range, gathered for one answer. Sources are kept
 * apart and a conflict between them is shown; the order in which they may give the number its name
 * is: the site's local registration, /etc/services, the catalog's products, IANA.
 */
#pragma once

#include "base/arena.h"
#include "model/registry.h"
#include "model/service.h"
#include "model/text.h"

struct local_name { /* a line of /etc/services, or a local registration of the site */
	struct port_range ports;
	unsigned on;
	const char *name;
	const char *aliases; /* with blanks between them; "" */
	const char *source;  /* "/etc/services" */
};

/* This host's own rules; model/ does not read them itself. */
struct port_rules {
	bool known;
	struct port_range ephemeral;
	const struct portset *reserved; /* left out of ephemeral */
	uint32_t unprivileged;		/* ports below need a privilege */
};

struct port_query {
	const char *text; /* as asked */
	struct port_range ports;
	unsigned on;	  /* ON_ALL: all */
	const char *word; /* asked by this name; NULL: by number */
};

struct port_sources {
	const struct registry *iana, *overlay;
	const struct port_rules *rules;
	LIST_OF(struct local_name) local;
};

struct port_card {
	const struct port_query *query;
	const struct port_sources *sources;
	LIST_OF(struct local_name) local;
	LIST_OF(struct port_fact) facts; /* by kind, then as the tables have them */
	LIST_OF(struct service) services;
	const char *name;   /* what to call it: NULL where nobody gave a name, and for a range */
	const char *answer; /* one sentence */
	bool ephemeral;	    /* some of it is where this host takes source ports from */
	bool privileged;    /* some of it needs a privilege to listen on; false where not known */
};

/* Everything lives in the arena or is borrowed from query and sources. */
void port_card_fill(struct port_card *card, const struct port_query *query,
		    const struct port_sources *sources, struct arena *arena);

/* What is meant by a word: the numbers that IANA, the overlay, /etc/services or, where those have
 * none, a service has under that name; each once, with its transports. *n 0: nobody knows it. */
struct port_query *port_queries_by_word(const char *text, struct slice word, unsigned on,
					const struct port_sources *sources, struct arena *arena,
					size_t *n);
