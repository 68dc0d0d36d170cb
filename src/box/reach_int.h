/* SPDX-License-Identifier: ISC
 *
 * The parts of reach (box/reach.h). All packets go through the box together, as flocks: those that
 * share everything that rules have done to them (marks, the new target) are one flock. Its set is
 * always that of the packets as they came; what rules ask about the packets as they are now is
 * pulled back to that.
 *
 * Sets only say what *may* be: a packet of which something is unknown is in several flocks. What
 * must be is what is left when all that may be otherwise is taken away, at the end.
 */
#pragma once

#include "box/reach.h"
#include "box/route.h"

/* What a flock has in common. */
struct env {
	uint32_t mark, ct_mark, ct_status;
	bool tracked;	/* connection tracking has seen it */
	bool untracked; /* ... and is to let it be */
	bool target_set, source_set, moved;
	bool new_source;
	/* The new target, any of these; family 0, ports 0..0: as it came. */
	struct addr to_lo, to_hi;
	bool has_port;
	uint16_t port_lo, port_hi;
};
struct flock {
	struct env env;
	uint32_t where; /* plain set */
};
struct flocks { /* no two with the same env */
	struct flock *items;
	size_t n, room;
};
void flocks_add(struct space *s, struct flocks *f, const struct env *env, uint32_t where);
void flocks_release(struct flocks *f);

/* The routes that packets may take: in each layer a packet has the number plus one of one route at
 * most; more than one layer where a rule is not understood. */
struct routing {
	LIST_OF(uint32_t) layers;
	uint32_t none; /* may have no route */
	bool certain;  /* of a map: each packet is in one layer, or in none */
};

/* Where the packets that may be stopped are noted: those of a set, but for some. Which they are is
 * worked out if somebody asks. */
enum stop { STOP_EARLY, STOP_INPUT, STOP_FORWARD, STOP_OUTPUT, STOPS };
struct stopped {
	uint32_t set, but;
};

/* Rules of a chain that follow each other; drop_left: what none of them takes is stopped, too. */
struct list_run {
	size_t chain, from, n;
	bool drop_left;
};
/* Rules that were joined, and how packets came to them. */
struct list_note {
	const struct nf_rule *rules;
	struct list_run run;
	uint32_t set; /* has each rule's place in the list plus one */
	uint32_t accepted;
	struct env env;
	enum nf_hook hook;
	bool own, looped;
};
/* Where a list's set has this value. */
struct rule_part {
	const struct list_note *list;
	uint32_t value;
};
struct rule_note {
	bool alive;
	uint32_t matched;		 /* the packets that it may take */
	LIST_OF(struct rule_part) parts; /* and these */
};

/* With what packets came to a chain; mixed: in several ways. */
struct chain_visit {
	struct env env;
	enum nf_hook hook;
	bool came, mixed, own, looped;
};

struct reached {
	const struct box *b;
	const struct reach_frame *names;
	const struct space_frame *frame;
	struct space *s;
	struct reach_asked asked;
	struct arena *arena;
	LIST_OF(size_t) base[NF_HOOKS]; /* places of base chains, in the order of asking */
	uint32_t lo;			/* loopback's id */

	/* Where the flocks are. */
	enum nf_hook hook;
	enum stop stop;
	bool own;    /* the box itself sends */
	bool looped; /* ... and it comes in again by lo */

	LIST_OF(struct stopped) stopped[STOPS];
	uint32_t undecided[STOPS];
	bool overlap; /* a packet may have had more than one end */
	uint32_t domain[REACH_WAYS], passed[REACH_WAYS];
	struct rule_note **notes;   /* by chain, by rule */
	struct chain_visit *visits; /* by chain */
	uint32_t *arrivals;	    /* by chain: what comes to it */
	struct dead_memo *dead;
	struct spare_memo *spare;
	struct touch_memo *touched;
	struct routing_memo *routings;
};

/* Sets. Of the packets as they are now, unless it says otherwise. */
uint32_t reach_addrs(const struct reached *r, enum space_field field, const char *prefix);
uint32_t reach_prefix(const struct reached *r, enum space_field field, const struct prefix *p);
uint32_t reach_value(const struct reached *r, enum space_field field, uint32_t value);
uint32_t reach_family(const struct reached *r, uint8_t family);
uint32_t reach_has_ports(const struct reached *r);
/* By the name; NULL: those that are not to be known by it. */
const char *reach_name(const struct reached *r, uint32_t id);
uint32_t reach_id(const struct reached *r, const char *name); /* SPACE_OTHER_INTERFACE: none */

/* The packets as they came that may be in a set of packets as they are now. */
uint32_t reach_pull(const struct reached *r, const struct env *env, uint32_t set);

/* A question; which element of a map has the packets: layers of the element's number plus one, and
 * those that may be in none. */
struct space_pair reach_cond(struct reached *r, const struct env *env, const struct nf_cond *cond);
struct routing reach_find(struct reached *r, const struct env *env, const struct nf_lookup *l);

/* What routing says. `to` and `from` are the fields that are looked up and that rules ask as the
 * source; out: only routes through it, SPACE_NO_INTERFACE: any. */
struct route_asked {
	enum space_field to, from;
	uint32_t mark, out;
	bool has_in;
};
const struct routing *reach_routing(struct reached *r, struct route_asked q);
typedef bool route_kind(const struct reached *r, const struct box_route *route, uint32_t ctx);
uint32_t reach_routed(const struct reached *r, const struct routing *g, route_kind *is,
		      uint32_t ctx);
/* What IPv6 refuses before any hook. */
uint32_t reach_strangers(const struct reached *r);
bool reach_routes_known(const struct reached *r, uint8_t family);
uint32_t reach_known(const struct reached *r); /* packets of families whose routes are known */
/* What may be of this type. `link`: of the interface in this field; SPACE_FIELDS: any. */
uint32_t reach_local_type(struct reached *r, enum space_field field, enum space_field link,
			  enum nf_addr_type type);
/* route_link_type() of what may be multicast or broadcast, by its target. `link` as above. */
uint32_t reach_link_type(struct reached *r, enum space_field link, enum nf_addr_type type);
uint32_t reach_type(struct reached *r, const struct env *env, enum space_field field,
		    enum nf_addr_type type);
/* Whether there may be, or may not be, a way back. */
uint32_t reach_way_back(struct reached *r, uint32_t mark, bool by_in, bool there_is);

/* Through a base chain or a hook: what goes on. */
void reach_hook(struct reached *r, enum nf_hook hook, struct flocks *f);
void reach_stop(struct reached *r, uint32_t where);
void reach_stop_but(struct reached *r, uint32_t where, uint32_t but);
void reach_undecided(struct reached *r, uint32_t where);
/* How many rules from here on a list can have joined; 0: too few to be worth it. */
size_t reach_list_length(const struct nf_chain *c, size_t from);
/* All of them at once. False: it is not certain what they match, and nothing was done. */
struct list_ends {
	uint32_t accepted, returned, left;
};
bool reach_list(struct reached *r, const struct list_run *run, const struct flock *f,
		struct list_ends *ends);
/* What the rules of a list decide of these packets: the verdict's kind plus one, or, where somebody
 * asks for rules, the place plus one. False: it is not certain. */
bool reach_join(struct reached *r, const struct env *env, const struct nf_rule *rules, size_t n,
		uint32_t where, uint32_t *set);
/* What one of them matches. */
bool reach_rule_set(struct reached *r, const struct env *env, const struct nf_rule *rule,
		    uint32_t *set);
/* The same of a list that is much like one that was remembered. False: it is not. */
bool reach_again(struct reached *r, const struct list_run *run, const struct flock *f,
		 uint32_t *set);
void reach_remember(struct reached *r, const struct list_run *run, const struct flock *f,
		    uint32_t set);
/* What the list leaves to one of its rules. */
uint32_t reach_list_part(const struct reached *r, const struct rule_part *part);
/* All packets that a rule may match are in this box. */
enum { RULE_BOX_FIELDS = 5 };
struct rule_box {
	struct space_range ranges[RULE_BOX_FIELDS];
};
void reach_rule_box(struct reached *r, const struct env *env, const struct nf_rule *rule,
		    struct rule_box *box);
struct touch_memo *reach_touched_new(void);
void reach_touched_free(struct touch_memo *m);
static inline bool reach_boxes_meet(const struct rule_box *a, const struct rule_box *b)
{
	for (size_t i = 0; i < RULE_BOX_FIELDS; i++)
		if (a->ranges[i].hi < b->ranges[i].lo || b->ranges[i].hi < a->ranges[i].lo)
			return false;
	return true;
}
/* Of all rules of a chain. */
const struct rule_box *reach_boxes(struct reached *r, size_t chain, const struct env *env);
struct spare_memo *reach_spare_memo(const struct reached *r);
struct dead_memo *reach_dead_memo(const struct reached *r);
struct reach_rule reach_why_dead(const struct reached *r, size_t chain, size_t rule);
bool reach_same_env(const struct env *a, const struct env *b);
/* A translation: what is translated, into `done`; what it has nothing to say of, into `rest`. */
void reach_translate(struct reached *r, const struct nf_nat *nat, const struct flock *f,
		     struct flocks *done, struct flocks *rest);
/* Routing of what came in, parted; of what the box sends. */
void reach_route_in(struct reached *r, struct flocks *f, struct flocks *local,
		    struct flocks *forward);
void reach_route_out(struct reached *r, struct flocks *f);
void reach_route_loop(struct reached *r, struct flocks *f);
