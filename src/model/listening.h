/* SPDX-License-Identifier: ISC
 *
 * What a host listens on, seen from inside, beside what is known of the numbers and what a site
 * wants of it. Pure: the host is told as data. That a port listens says nothing of packet filters:
 * "from outside" is what the address allows.
 */
#pragma once

#include "model/plan.h"
#include "model/port_card.h"

/* What a socket takes. Of one on [::] the kernel may not tell. */
enum stack { STACK_IPV4, STACK_IPV6, STACK_BOTH, STACK_IPV6_AT_LEAST };
extern const char *const stack_names[];

enum exposure_at { AT_LOOPBACK, AT_ADDRESS, AT_EVERY };
extern const char *const exposure_at_names[];

/* Whether it is known whose socket it is. */
enum holder { HOLDER_TOLD, HOLDER_NONE, HOLDER_NOT_TOLD };
extern const char *const holder_names[];

struct listening_process { /* NULL: not known, or there is none */
	long id;	   /* the lowest, of several */
	size_t count;	   /* how many hold the socket */
	const char *name, *command, *program, *unit, *package;
	bool is_replaced; /* its program's file is not that which it began from */
};

struct listening_port {
	/* The host's word. */
	enum transport transport;
	struct addr at;
	uint16_t port;
	enum stack stack;
	const char *link; /* the only interface from which it hears; NULL: all, or not told */
	size_t sockets;	  /* as many are alike: SO_REUSEPORT */
	enum holder holder;
	struct listening_process process;
	const char *user; /* of the process; where that is not told, of the socket */

	/* Filled by listening_join(). */
	enum exposure_at exposure;
	struct port_query query;
	struct port_card card;
	LIST_OF(const struct flow *) wanted;	/* each once, in the plan's order */
	LIST_OF(const struct demand *) demands; /* of these flows; each once */
	const struct demand *own;		/* by this host itself; NULL: not wanted so */
};

/* Flows that end here at the same ports, and find nobody. */
struct listening_gap {
	const struct flow *flow; /* the first of them */
	LIST_OF(const struct demand *) demands;
	enum level level;	/* the highest of those that do not hold for it */
	struct portset missing; /* of its ports */
	bool is_choice;		/* for all who want it another one would do as well */
	bool loopback_only;	/* somebody listens, for this host alone */
};

struct listening {
	struct arena *arena;
	LIST_OF(struct listening_port) ports;
	const struct port_sources *sources;
	bool is_partial;  /* processes of others did not tell */
	bool no_stack;	  /* nor did the kernel of [::] */
	bool no_packages; /* there is no dpkg here */
	unsigned on;	  /* ON_TCP | ON_UDP: what was looked at */

	/* Without a site: NULL. */
	const struct plan *plan;
	const char *host;
	/* The plan's flows that end here, and what this host wants of itself. */
	LIST_OF(const struct flow *) flows;
	LIST_OF(const struct demand *) own;
	bool *ends_here;  /* by flow.index; the arena's, made by listening_join() */
	bool any_address; /* the site's addresses of this host are not its own: NAT is in between */

	LIST_OF(struct listening_gap) gaps;
	LIST_OF(struct finding) findings; /* the worst first */
};

/* Sorts and fills in the rest: from outside and with privilege first; alike ones are made one. What
 * it adds is the arena's, but for gaps' portsets: listening_release(). */
void listening_join(struct listening *l);
void listening_release(struct listening *l);

/* Required, and nobody listens. */
size_t listening_required_gaps(const struct listening *l);
/* The secure services to use instead of that which is usual on the number, where that one is clear
 * text; false: it is not, or nothing is known. */
bool listening_clear_text(const struct listening_port *p, struct service *usual);
/* On every address, if only of one interface. */
bool listening_is_any(const struct listening_port *p);
/* "tcp/22" */
const char *listening_subject(const struct listening_port *p, struct arena *arena);
