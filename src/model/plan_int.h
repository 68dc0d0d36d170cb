/* SPDX-License-Identifier: ISC
 *
 * What the planner's files share. One planner builds one plan; everything is in the plan's arena,
 * but for the growing lists, which are buffers until the plan is done.
 */
#pragma once

#include "base/buf.h"
#include "base/map.h"
#include "model/plan.h"

/* One who plays a role: an endpoint with the settings of its binding. */
struct player {
	const struct endpoint *endpoint;
	const struct role *role;	 /* the one that it was bound to */
	const struct binding *binding;	 /* NULL: a role outside */
	const struct instance *settings; /* NULL: none */
};
/* Endpoints of one host or device lie side by side. */
struct players {
	LIST_OF(struct player) all;
	bool bound; /* somebody was named, even if nobody was found */
};

/* What became of one `choose` of the site. */
struct chosen {
	bool matched;
	const char *text, *among; /* an alternation that it was asked about in vain; NULL: none */
};

struct flow_table; /* tuple to flow: plan_flow.c */
struct path_table; /* zones to path: plan_path.c */
struct host_ends;  /* a host's endpoints: plan_role.c */

enum { LINES_MAX = 16 };

struct planner {
	struct plan *plan;
	struct arena *arena;
	const struct site *site;
	const struct plan_options *options;
	struct errs *errs;

	struct buf flows;     /* struct flow * */
	struct buf demands;   /* struct demand * */
	struct buf questions; /* struct question */
	struct buf warnings;  /* struct finding */
	struct map asked;     /* the lines to add of questions */
	struct map told;      /* code and subject of warnings */
	struct flow_table *flow_table;
	struct path_table *path_table;
	size_t paths_asked;   /* questions for a line of `paths:` */
	struct buf endpoints; /* struct endpoint *, by index */
	struct map endpoint_keys;
	struct host_ends *host_ends; /* by the index of the host; NULL: none asked for */
	bool **members;		     /* by the indices of group and host */

	struct buf lines[LINES_MAX]; /* plan_line() */
	unsigned next_line;

	/* The installation that is being planned. */
	const struct installation *now;
	size_t use_index;
	struct players *players; /* by the index of the role in its product; found when asked for */
	bool *players_known;
	bool *is_parent;       /* by the index of the requirement */
	struct chosen *chosen; /* by the index in use.choose */
	struct map parents;    /* "requirement from to" to its struct demand */
	const char *last_documented, *last_effective;
};

/* The sets around an expression, the innermost first; for `choose: {"@set": ...}`. */
struct in_set {
	const char *name;
	const struct in_set *outer;
};

/* One requirement between one pair, while it is expanded. */
struct pair {
	struct planner *pl;
	const struct requirement *requirement;
	const struct role *from_role, *to_role; /* of the requirement, or of its document */
	const struct player *from, *to;		/* NULL: not yet */
	struct demand *demand;
	const char *mode;
	bool also;
	unsigned groups, group, branch; /* alternatives: so far; the present ones; 0: none */
	const struct in_set *in_set;
	const char *documented, *effective;
	const struct flow *parent;
	const char *what; /* of the directory that `parent` is */
};

/* --- plan.c ----------------------------------------------------------------------------------- */

/* A short text for the next few calls only: LINES_MAX of them. What stays is kept. */
PRINTF(2, 3) const char *plan_line(struct planner *pl, const char *fmt, ...);
const char *plan_keep(struct planner *pl, const char *s);

/* Once for each line to add ("uses[0].roles.db: HOST"), and once for each code and subject. Both
 * keep what they are given. */
PRINTF(4, 5)
void plan_ask(struct planner *pl, const char *subject, const char *add, const char *fmt, ...);
void plan_warn(struct planner *pl, struct finding f);
bool plan_was_told(struct planner *pl, const char *code, const char *subject);

const struct flow *need_first_flow(const struct need *need);

/* Whether the site uses this mode of the pair's requirement. */
bool plan_uses_mode(const struct pair *p, const struct mode *mode);

/* --- plan_when.c ------------------------------------------------------------------------------ */
enum truth plan_applies(const struct pair *p, const struct cond **unknown);
bool plan_waits_for_pair(const struct cond *c);
void plan_ask_condition(struct pair *p, const struct cond *c); /* what stayed unknown */

/* --- plan_role.c ------------------------------------------------------------------------------ */
/* Who plays a role; with `is` and `includes`, everybody who may. */
const struct players *plan_players(struct planner *pl, const struct role *role);
/* With `is`: whether it is this one that plays the role towards `peer`. */
bool plan_plays_for(struct planner *pl, const struct role *role, const struct player *player,
		    const struct endpoint *peer);
/* Those of `peers` towards whom nobody plays it are told. */
void plan_warn_unserved(const struct pair *p, const struct role *role, const struct players *all,
			const struct players *peers);
/* Where host or device have several endpoints: whether this pair is the one that meets, in one of
 * the families. */
bool plan_is_nearest(const struct pair *p, const struct players *from, const struct players *to);
/* "uses[0].roles.target: [{to: web1, MORE}]": the player's binding with something more. */
const char *plan_binding_line(struct planner *pl, const struct player *player, const char *more);

/* --- plan_network.c --------------------------------------------------------------------------- */
/* The players with their addresses in the product's network of that name. As they are where none is
 * said, or the site does not say which addresses it has; who has no address there is asked for. */
const struct players *plan_on_network(struct planner *pl, const struct players *all,
				      struct text name);

/* --- plan_end.c ------------------------------------------------------------------------------- */
/* Equal endpoints are equal pointers. */
struct ends {
	LIST_OF(const struct endpoint *) all;
};
const struct ends *endpoints_of_host(struct planner *pl, const struct host *h);
const struct endpoint *endpoint_of_device(struct planner *pl, const struct device *d,
					  const struct interface *i);
const struct endpoint *endpoint_of_address(struct planner *pl, const struct addr_port *ap);
const struct endpoint *endpoint_of_prefix(struct planner *pl, const char *name,
					  const struct prefix *p);
const struct endpoint *endpoint_of_zone(struct planner *pl, const struct zone *z);
const struct endpoint *endpoint_of_outside(struct planner *pl, const struct role *role);
/* Any one of those who play the role, for people to read. */
const struct endpoint *endpoint_of_any(struct planner *pl, const struct role *role);
/* What the network has of it: itself, less than that, or NULL: nothing. */
const struct endpoint *endpoint_on_network(struct planner *pl, const struct endpoint *e,
					   const struct use_network *network);
const struct endpoint *endpoint_whole(const struct endpoint *e);
bool endpoints_share_host(const struct endpoint *a, const struct endpoint *b);
bool endpoint_has_addr(const struct endpoint *e, const struct addr *a);
/* Whether they have any address in common. */
bool endpoints_overlap(const struct endpoint *a, const struct endpoint *b);
bool endpoint_is_multicast(const struct endpoint *e);
/* FAMILY_4 | FAMILY_6; both where only names are known. */
enum { FAMILY_4 = 1, FAMILY_6 = 2 };
unsigned endpoint_families(const struct endpoint *e);

/* --- plan_path.c ------------------------------------------------------------------------------ */
/* From zone to zone; asks where it is not clear. */
const struct path *plan_path(struct planner *pl, const struct endpoint *from,
			     const struct endpoint *to);
/* By way of a device that need not lie between them. */
const struct path *plan_path_through(struct planner *pl, const struct endpoint *from,
				     const struct device *d, const struct endpoint *to);
/* Without the two ends themselves: a device is not crossed where it sends or receives. */
const struct path *plan_path_between(struct planner *pl, const struct path *path,
				     const struct endpoint *from, const struct endpoint *to);
/* How many devices lie between; SIZE_MAX: not known. Asks nothing. */
size_t plan_distance(struct planner *pl, const struct endpoint *from, const struct endpoint *to);
/* The interface of d through which `to` is reached from it; NULL: none known. */
const struct interface *plan_facing(struct planner *pl, const struct device *d,
				    const struct endpoint *to);
void path_table_free(struct path_table *t);

/* --- plan_need.c ------------------------------------------------------------------------------ */
const char *plan_setting(const struct pair *p, const struct setting_ref *ref);
void plan_ask_setting(struct pair *p, const struct setting_ref *ref);
const struct need *plan_expand(struct pair *p, const struct expr *e);
/* False after a question or an error. */
bool plan_resolve(struct pair *p, const struct expr *e, const struct ports *ports,
		  struct port_range *out);
/* As in the document, with the settings filled in; asks nothing. */
void plan_format_needs(struct pair *p, const struct expr *e, struct buf *out);

const struct need *need_open(struct planner *pl); /* what a question asks for */
/* kids holds const struct need *; none gives NULL, one gives itself. */
void need_add(struct buf *kids, const struct need *need); /* NULL adds nothing */
const struct need *need_join(struct planner *pl, enum need_kind kind, struct buf *kids);

/* --- plan_choose.c ---------------------------------------------------------------------------- */
/* Alternatives are numbered; inside others they keep the outer number. Begin says whether these are
 * the outermost, which the other two are told. */
bool plan_begin_group(struct pair *p);
void plan_set_branch(struct pair *p, bool outermost, unsigned branch);
void plan_end_group(struct pair *p, bool outermost);

/* The alternative that the site chose; NULL: none, and the question is asked. */
const struct expr *plan_chosen(struct pair *p, const struct expr *any);
const char *plan_chosen_way(const struct pair *p); /* "direct", "proxy", NULL */
/* "uses[0].choose.x: tcp/389", beside what the site has chosen there already. */
const char *plan_choose_line(struct pair *p, const char *key, const char *more);
void plan_check_choices(struct planner *pl); /* those that were none of the alternatives */

/* --- plan_leg.c, plan_ftp.c ------------------------------------------------------------------- */
/* A tuple as wanted; legs, proxies and translations are found here. */
struct wanted {
	const struct endpoint *from, *to;
	enum transport transport;
	struct port_range ports, source;
	bool any_of, parent_port;
	const char *name;
	unsigned number;
	const char *service;
	/* A transparent gateway's end is taken for this one, and on this port (0: the same). */
	const struct endpoint *posing;
	uint16_t posing_port;
	bool posing_source; /* it is the source's end that is */
	/* Whatever the way, it leads through this one; NULL: it may not. */
	const struct device *through;
};
const struct need *plan_legs(struct pair *p, const struct wanted *w);
/* The conversation through the FTP gateways on the way, and the connections that it negotiates;
 * NULL: there is no gateway. */
const struct need *plan_ftp_control(struct pair *p, const struct wanted *w, struct claim claim);
const struct need *plan_gateway_children(struct pair *p, const struct demand *parent);

/* --- plan_flow.c ------------------------------------------------------------------------------ */
const struct need *plan_flow(struct pair *p, const struct wanted *w, struct claim claim);
void flow_table_free(struct flow_table *t);

/* --- plan_nat.c ------------------------------------------------------------------------------- */
const struct translation *plan_translate(struct planner *pl, const struct wanted *w,
					 const struct path *path);
/* The device behind whose address the target hides from those who dial it; NULL: none. */
const struct device *plan_hides(const struct flow *f);

/* --- plan_cross.c, plan_balancer.c, plan_conflict.c, plan_warn.c ------------------------------ */
void plan_never_cross(struct planner *pl);
void plan_health_checks(struct planner *pl);
void plan_find_conflicts(struct planner *pl);
void plan_find_warnings(struct planner *pl);
const char *flow_text(struct planner *pl, const struct flow *f);  /* for the next few calls only */
const char *claim_text(struct planner *pl, const struct flow *f); /* so is this */
