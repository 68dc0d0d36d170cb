/* SPDX-License-Identifier: ISC
 *
 * What is wrong with a plan as a whole: rules of the perimeter, flows that are forbidden and required
 * at once, and what a person should know before asking for it.
 */
#include <stdio.h>

#include "model/plan_int.h"
#include "model/service.h"

/* --- never_cross ------------------------------------------------------------------------------ */

static struct text plain(const char *s)
{
	return (struct text){s, PLACE_NONE};
}

/* A requirement of nobody's product, so that these flows have a reason like all others. */
static struct requirement *perimeter_requirement(struct planner *pl, const struct never_cross *n,
						 size_t i)
{
	struct requirement *q = ARENA_NEW(pl->arena, struct requirement);
	struct expr *forbid = ARENA_NEW(pl->arena, struct expr);

	q->id = plain(plan_line(pl, "%s-%s-to-%s", n->service.s, n->between[i]->name.s,
				n->between[1 - i]->name.s));
	q->id.at = n->place;
	q->from = plain(n->between[i]->name.s);
	q->to = plain(n->between[1 - i]->name.s);
	q->forbid = forbid;
	q->service = n->service;
	q->why = plain("the site's own rule: this never crosses");
	return q;
}

static void forbid_ports(struct pair *p, const struct service *s, struct buf *kids)
{
	static const struct {
		unsigned on;
		enum transport transport;
	} kinds[] = {{ON_TCP, TRANSPORT_TCP}, {ON_UDP, TRANSPORT_UDP}, {ON_SCTP, TRANSPORT_SCTP}};

	for (size_t i = 0; i < s->n_ports; i++) {
		for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
			struct wanted w = {.from = p->from->endpoint,
					   .to = p->to->endpoint,
					   .transport = kinds[k].transport,
					   .ports = {s->ports[i].lo, s->ports[i].hi},
					   .service = s->name};
			const struct need *need;

			if (!(s->ports[i].on & kinds[k].on))
				continue;
			need = plan_legs(p, &w);
			buf_add(kids, &need, sizeof(need));
		}
	}
}

static void never_cross_one_way(struct planner *pl, const struct never_cross *n, size_t i,
				const struct service *s)
{
	const struct player from = {.endpoint = endpoint_of_zone(pl, n->between[i])};
	const struct player to = {.endpoint = endpoint_of_zone(pl, n->between[1 - i])};
	struct demand *d = ARENA_NEW(pl->arena, struct demand);
	struct pair p = {.pl = pl,
			 .requirement = perimeter_requirement(pl, n, i),
			 .from = &from,
			 .to = &to,
			 .demand = d};
	struct buf kids = BUF_INIT;

	d->installation = pl->now;
	d->requirement = p.requirement;
	d->from = from.endpoint;
	d->to = to.endpoint;
	buf_add(&pl->demands, &d, sizeof(d));
	forbid_ports(&p, s, &kids);
	d->needs = need_join(pl, NEED_ALL, &kids);
}

void plan_never_cross(struct planner *pl)
{
	struct plan *plan = pl->plan;
	struct product *own;
	struct installation *now;

	if (!pl->site->never_cross.n)
		return;
	own = ARENA_NEW(pl->arena, struct product);
	own->name = plain("never_cross");
	now = &plan->installations.items[plan->installations.n++];
	*now = (struct installation){NULL, own, "never_cross"};
	pl->now = now;
	for_each (n, &pl->site->never_cross) {
		struct service s;

		if (!service_find(slice_of(n->service.s), &s)) {
			errs_add(pl->errs, n->service.at, "unknown service \"%.60s\"", n->service.s);
			continue;
		}
		never_cross_one_way(pl, n, 0, &s);
		never_cross_one_way(pl, n, 1, &s);
	}
}

/* --- forbidden and required at once ----------------------------------------------------------- */

static bool transport_covers(const struct flow *wide, const struct flow *narrow)
{
	return wide->transport == narrow->transport ||
	       (wide->transport == TRANSPORT_IP && wide->number == IP_ANY);
}

static bool ports_cover(const struct flow *wide, const struct flow *narrow)
{
	if (wide->transport == TRANSPORT_IP)
		return wide->number == IP_ANY || wide->number == narrow->number;
	if (wide->transport == TRANSPORT_ICMP)
		return strcmp(wide->name, "any") == 0 || strcmp(wide->name, narrow->name) == 0;
	return narrow->ports.lo && port_range_inside(narrow->ports, wide->ports);
}

static bool covers(const struct flow *wide, const struct flow *narrow)
{
	return transport_covers(wide, narrow) && ports_cover(wide, narrow) &&
	       endpoint_covers(wide->from, narrow->from) && endpoint_covers(wide->to, narrow->to);
}

static void add_exception(struct planner *pl, const struct flow *forbidden,
			  const struct flow *required)
{
	struct demand *d = (struct demand *)forbidden->claims->demand;
	const struct flow **more =
		arena_get(pl->arena, d->except.n + 1, sizeof(const struct flow *));

	if (d->except.n)
		memcpy(more, d->except.items, d->except.n * sizeof(*more));
	more[d->except.n] = required;
	d->except.items = more;
	d->except.n++;
}

static const char *flow_text(struct planner *pl, const struct flow *f)
{
	struct buf ports = BUF_INIT;
	const char *text;

	flow_format_ports(f, &ports);
	text = plan_line(pl, "%s to %s %s", f->from->name, f->to->name, ports.data);
	buf_release(&ports);
	return text;
}

static const char *claim_text(struct planner *pl, const struct flow *f)
{
	const struct demand *d = f->claims->demand;

	return plan_line(pl, "%s/%s", d->installation->product->name.s, d->requirement->id.s);
}

static void check_pair(struct planner *pl, const struct flow *forbidden, const struct flow *required)
{
	const struct demand *d = required->claims->demand;

	if (covers(required, forbidden))
		errs_add(pl->errs, d->installation->use ? d->installation->use->place : PLACE_NONE,
			 "%s requires %s, and %s forbids it (%s); one of the two must go",
			 claim_text(pl, required), flow_text(pl, required),
			 claim_text(pl, forbidden), flow_text(pl, forbidden));
	else if (covers(forbidden, required))
		add_exception(pl, forbidden, required);
}

void plan_find_conflicts(struct planner *pl)
{
	const struct flow *const *flows = (const void *)pl->flows.data;
	size_t n = pl->flows.n / sizeof(*flows);

	for (size_t i = 0; i < n; i++) {
		if (flows[i]->kind != FLOW_FORBIDDEN)
			continue;
		for (size_t k = 0; k < n; k++)
			if (flows[k]->kind == FLOW_REQUIRED)
				check_pair(pl, flows[i], flows[k]);
	}
}

/* --- warnings --------------------------------------------------------------------------------- */

static bool is_outside(const struct endpoint *e)
{
	return e->kind == ENDPOINT_OUTSIDE || (e->zone && e->zone->any);
}

static const char *reference_of(struct planner *pl, const struct requirement *q)
{
	const struct docref *d = q->doc.n ? q->doc.items : NULL;

	if (!d)
		return NULL;
	return plan_line(pl, "%s%s%s%s%s", d->in.s, d->section.s ? ", section " : "",
			 d->section.s ? d->section.s : "", d->row.s ? ", " : "",
			 d->row.s ? d->row.s : "");
}

/* One warning for a requirement, however many flows it has; asked before any text is made. */
static bool was_told(const struct planner *pl, const char *code, const struct flow *f)
{
	const struct demand *d = f->claims->demand;
	char key[300];

	snprintf(key, sizeof(key), "! %s %s/%s", code, d->installation->product->name.s,
		 d->requirement->id.s);
	return map_find(&pl->asked, slice_of(key)) != NULL;
}

static bool wants_no_nat(const struct flow *f)
{
	for (const struct claim *c = f->claims; c; c = c->next) {
		const struct requirement *q = c->demand->requirement;

		for_each (condition, &q->path)
			if (condition->quality == PATH_NO_NAT)
				return true;
		if (c->service && (strcmp(c->service, "kerberos") == 0 ||
				   strcmp(c->service, "kpasswd") == 0))
			return true;
	}
	return false;
}

static void warn_nat(struct planner *pl, const struct flow *f)
{
	const struct claim *c = f->claims;
	const struct device *d;

	if (!f->translation || !wants_no_nat(f) || was_told(pl, "nat-breaks-kerberos", f))
		return;
	d = f->translation->seen_at ? f->translation->seen_at : f->translation->dialled_at;
	plan_warn(pl, (struct finding){
			      .severity = SEVERITY_HIGH,
			      .code = "nat-breaks-kerberos",
			      .subject = claim_text(pl, f),
			      .evidence = plan_line(pl, "%s: %s translates addresses on this path",
						    flow_text(pl, f), d->name.s),
			      .fix = plan_line(pl, "exempt this flow from NAT on %s, or use tickets "
						   "without addresses",
					       d->name.s),
			      .reference = reference_of(pl, c->demand->requirement),
			      .at = d->name.at});
}

/* Somebody outside opens a connection to a privileged port inside. On a user's machine that is the
 * riskiest row of any request. */
static void warn_inbound(struct planner *pl, const struct flow *f)
{
	const struct requirement *q = f->claims->demand->requirement;
	const struct role *role;
	bool on_client;

	if (f->kind == FLOW_FORBIDDEN || !is_outside(f->from) || is_outside(f->to) ||
	    (f->transport != TRANSPORT_TCP && f->transport != TRANSPORT_UDP) ||
	    was_told(pl, "inbound-privileged", f) || was_told(pl, "inbound", f))
		return;
	role = product_role(f->claims->demand->installation->product, q->to.s);
	on_client = role && role->many && f->to->kind != ENDPOINT_DEVICE;
	if (f->ports.lo && f->ports.lo < 1024)
		plan_warn(pl,
			  (struct finding){
				  .severity = on_client ? SEVERITY_HIGH : SEVERITY_MEDIUM,
				  .code = "inbound-privileged",
				  .subject = claim_text(pl, f),
				  .evidence = plan_line(pl,
							on_client ? "%s: a privileged listener on a "
								    "user's machine, open to the "
								    "outside: the riskiest row"
								  : "%s: a privileged port, open to "
								    "the outside",
							flow_text(pl, f)),
				  .fix = q->if_unused == IF_UNUSED_RESET
						 ? "where it is not used, answer with a reset instead "
						   "of silence, so that servers do not wait"
						 : "narrow the source, or make sure that what listens "
						   "there is meant for the world",
				  .reference = reference_of(pl, q)});
	else
		plan_warn(pl, (struct finding){.severity = SEVERITY_LOW,
					       .code = "inbound",
					       .subject = claim_text(pl, f),
					       .evidence = plan_line(pl, "%s: opened from outside",
								     flow_text(pl, f)),
					       .reference = reference_of(pl, q)});
}

/* "leland_version = 2.1.1.2": only this release needs it. */
static const struct cond *version_condition(const struct product *p, const struct cond *c)
{
	const struct cond *found;
	const struct setting *s;

	if (!c)
		return NULL;
	if (c->kind == COND_COMPARE) {
		s = product_setting(p, c->left.s);
		return s && s->type == SETTING_VERSION ? c : NULL;
	}
	found = version_condition(p, c->a);
	return found ? found : version_condition(p, c->b);
}

static void warn_version(struct planner *pl, const struct demand *d)
{
	const struct cond *c =
		version_condition(d->installation->product, d->requirement->when);

	if (!c || c->op == COND_GE || c->op == COND_GT)
		return;
	plan_warn(pl, (struct finding){
			      .severity = SEVERITY_INFO,
			      .code = "upgrade-removes",
			      .subject = plan_line(pl, "%s/%s", d->installation->product->name.s,
						   d->requirement->id.s),
			      .evidence = plan_line(pl, "only needed where %s is %s", c->left.s,
						    c->right.s),
			      .fix = "an upgrade removes this requirement",
			      .reference = reference_of(pl, d->requirement)});
}

/* The names of the hosts and devices to which the outside opens connections. */
static void find_reached(struct planner *pl, struct map *reached)
{
	const struct flow *const *flows = (const void *)pl->flows.data;

	for (size_t i = 0; i < pl->flows.n / sizeof(*flows); i++)
		if (flows[i]->kind == FLOW_REQUIRED && is_outside(flows[i]->from))
			map_add(reached, slice_of(flows[i]->to->name), pl);
}

/* A host that the outside reaches opens a way further inside. */
static void warn_stepping_stone(struct planner *pl, const struct flow *f, const struct map *reached)
{
	if (f->kind == FLOW_FORBIDDEN || !f->from->zone || !f->to->zone ||
	    f->from->zone == f->to->zone || is_outside(f->to) || is_outside(f->from) ||
	    (!f->from->host && !f->from->device) ||
	    !map_find(reached, slice_of(f->from->name)) || was_told(pl, "way-inside", f))
		return;
	plan_warn(pl,
		  (struct finding){
			  .severity = SEVERITY_MEDIUM,
			  .code = "way-inside",
			  .subject = claim_text(pl, f),
			  .evidence = plan_line(pl,
						"%s: %s can be reached from outside, and this opens a "
						"way from %s to %s",
						flow_text(pl, f), f->from->name,
						f->from->zone->name.s, f->to->zone->name.s),
			  .fix = "prefer an arrangement in which the inside opens the connection",
			  .reference = reference_of(pl, f->claims->demand->requirement)});
}

/* The site's local registrations, against IANA's. */
static void warn_local_ports(struct planner *pl)
{
	for_each (lp, &pl->site->local_ports) {
		struct buf text = BUF_INIT;

		if (registry_taken(&registry_iana, lp->range, transport_bit(lp->transport),
				   slice_of(lp->name.s), &text))
			plan_warn(pl, (struct finding){.severity = SEVERITY_LOW,
						       .code = "port-taken",
						       .subject = plan_line(pl, "local_ports.%s",
									    lp->port.s),
						       .evidence = plan_line(pl, "%s", text.data),
						       .fix = "use a free number, or know the conflict",
						       .at = lp->port.at});
		buf_release(&text);
	}
}

static bool by_severity(const struct finding *a, const struct finding *b)
{
	return a->severity > b->severity;
}

/* The worst first; equal ones stay in order. */
static void sort_warnings(struct buf *warnings)
{
	struct finding *f = (void *)warnings->data;
	size_t n = warnings->n / sizeof(*f);

	for (size_t i = 1; i < n; i++) {
		struct finding moved = f[i];
		size_t k = i;

		while (k > 0 && by_severity(&moved, &f[k - 1])) {
			f[k] = f[k - 1];
			k--;
		}
		f[k] = moved;
	}
}

void plan_find_warnings(struct planner *pl)
{
	const struct flow *const *flows = (const void *)pl->flows.data;
	const struct demand *const *demands = (const void *)pl->demands.data;
	struct map reached = {0};

	find_reached(pl, &reached);
	for (size_t i = 0; i < pl->flows.n / sizeof(*flows); i++) {
		warn_nat(pl, flows[i]);
		warn_inbound(pl, flows[i]);
		warn_stepping_stone(pl, flows[i], &reached);
	}
	for (size_t i = 0; i < pl->demands.n / sizeof(*demands); i++)
		warn_version(pl, demands[i]);
	warn_local_ports(pl);
	sort_warnings(&pl->warnings);
	map_release(&reached);
}
