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
	const struct role *role;	/* the one that it was bound to */
	const struct binding *binding;	/* NULL: a role outside */
	const struct instance *settings; /* NULL: none */
};
struct players {
	LIST_OF(struct player) all;
	bool bound; /* somebody was named, even if nobody was found */
};

struct flow_table; /* tuple to flow: plan_flow.c */
struct path_table; /* zones to path: plan_path.c */

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
	struct map asked;     /* subjects of questions and warnings */
	struct flow_table *flow_table;
	struct path_table *path_table;
	struct map endpoints; /* "kind name zone" to struct endpoint */

	/* The installation that is being planned. */
	const struct installation *now;
	size_t use_index;
	struct players *players; /* by the index of the role in its product; found when asked for */
	bool *players_known;
	struct map parents; /* "requirement from to" of this installation to its struct demand */
};

/* One requirement between one pair, while it is expanded. */
struct pair {
	struct planner *pl;
	const struct requirement *requirement;
	const struct player *from, *to;
	struct demand *demand;
	const char *mode;
	bool also;
	unsigned branch;
	const char *in_set; /* the set whose expression this is; for `choose: {"@set": ...}` */
	const char *documented;
	const struct flow *parent;
	bool failed; /* a setting was missing or wrong: asked or told already */
};

/* --- plan.c: questions and warnings, once for each subject ---------------------------------- */
PRINTF(4, 5) void plan_ask(struct planner *pl, const char *subject, const char *add, const char *fmt,
			   ...);
void plan_warn(struct planner *pl, struct finding f);
/* "uses[0].roles" and the like, for the line to add. */
PRINTF(2, 3) const char *plan_line(struct planner *pl, const char *fmt, ...);

/* --- plan_role.c ------------------------------------------------------------------------------ */
/* Who plays a role; with `is`, who plays it towards `peer` (NULL: all of them). Asks where nobody is
 * bound, unless quiet. */
const struct players *plan_players(struct planner *pl, const struct role *role);
bool plan_plays_for(struct planner *pl, const struct role *role, const struct player *player,
		    const struct endpoint *peer);
const struct endpoint *endpoint_of_device(struct planner *pl, const struct device *d,
					  const struct interface *i);
const struct endpoint *endpoint_of_address(struct planner *pl, const struct addr_port *ap);
const struct endpoint *endpoint_of_zone(struct planner *pl, const struct zone *z);
bool endpoints_share_host(const struct endpoint *a, const struct endpoint *b);
bool endpoint_has_addr(const struct endpoint *e, const struct addr *a);
bool endpoint_covers(const struct endpoint *wide, const struct endpoint *narrow);

/* --- plan_path.c ------------------------------------------------------------------------------ */
const struct path *plan_path(struct planner *pl, const struct endpoint *from,
			     const struct endpoint *to);
/* How many devices lie between; SIZE_MAX: not known. Asks nothing. */
size_t plan_distance(struct planner *pl, const struct endpoint *from, const struct endpoint *to);
/* The interface of d through which `to` is reached from it; NULL: none known. */
const struct interface *plan_facing(struct planner *pl, const struct device *d,
				    const struct endpoint *to);
void path_table_free(struct path_table *t);

/* --- plan_need.c ------------------------------------------------------------------------------ */
const char *plan_setting(const struct pair *p, const struct setting_ref *ref);
const struct need *plan_expand(struct pair *p, const struct expr *e);
bool plan_resolve(struct pair *p, const struct expr *e, const struct ports *ports,
		  struct port_range *out);
/* As in the document, with the settings filled in. */
void plan_format_needs(struct pair *p, const struct expr *e, struct buf *out);
const struct need *need_join(struct planner *pl, enum need_kind kind, struct buf *kids);

/* --- plan_leg.c ------------------------------------------------------------------------------- */
/* A tuple as wanted; legs, proxies and translations are found here. */
struct wanted {
	const struct endpoint *from, *to;
	enum transport transport;
	struct port_range ports, source;
	bool any_of, parent_port;
	const char *name;
	unsigned number;
	const char *service;
};
const struct need *plan_legs(struct pair *p, const struct wanted *w);
/* The negotiated children of an FTP conversation that gateways split; NULL: none on the way. */
const struct need *plan_gateway_children(struct pair *p, const struct flow *parent);

/* --- plan_flow.c ------------------------------------------------------------------------------ */
const struct need *plan_flow(struct pair *p, const struct wanted *w, struct claim claim);
void flow_table_free(struct flow_table *t);
struct translation;
const struct translation *plan_translate(struct planner *pl, const struct wanted *w,
					 const struct path *path);

/* --- plan_warn.c ------------------------------------------------------------------------------ */
void plan_never_cross(struct planner *pl);
void plan_find_conflicts(struct planner *pl);
void plan_find_warnings(struct planner *pl);
