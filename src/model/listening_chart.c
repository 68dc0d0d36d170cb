/* SPDX-License-Identifier: ISC
 *
 * The site's side: who wants what listens, and what is wanted and listens not.
 */
#include "base/buf.h"
#include "model/listening_int.h"

/* --- which port serves which flow ------------------------------------------------------------- */

static bool takes_family(const struct listening_port *p, uint8_t family)
{
	return p->stack == STACK_BOTH || p->stack == STACK_IPV6_AT_LEAST ||
	       (p->stack == STACK_IPV4) == (family == 4);
}

/* An end without addresses has a name alone: any that it has may be meant. */
static bool is_at(const struct listening *l, const struct listening_port *p,
		  const struct endpoint *e)
{
	if (p->exposure == AT_LOOPBACK)
		return false;
	if (l->any_address || !e->addresses.n)
		return true;
	for_each (prefix, &e->addresses) {
		if (listening_is_any(p) ? takes_family(p, prefix->addr.family)
					: prefix_has(prefix, &p->at))
			return true;
	}
	return false;
}

static bool has_port(const struct listening_port *p, const struct flow *f)
{
	return p->transport == f->transport && f->ports.lo <= p->port && p->port <= f->ports.hi;
}

static void add_demands(struct listening *l, void *list_, const struct flow *f)
{
	LIST_OF(const struct demand *) *list = list_;

	for (const struct claim *c = f->claims; c; c = c->next) {
		bool known = false;

		for_each (d, list)
			known |= *d == c->demand;
		if (!known)
			*(const struct demand **)list_add(l->arena, list, sizeof(c->demand)) =
				c->demand;
	}
}

static void add_wanted(struct listening *l, struct listening_port *p)
{
	for_each (flow, &l->flows)
		if (has_port(p, *flow) && is_at(l, p, (*flow)->to))
			*(const struct flow **)list_add(l->arena, &p->wanted, sizeof(*flow)) =
				*flow;
	for_each (flow, &p->wanted)
		add_demands(l, &p->demands, *flow);
}

/* --- what a host wants of itself -------------------------------------------------------------- */

static const char *find_value(const void *values_, const char *name)
{
	const LIST_OF(struct value) *values = values_;

	for_each (v, values)
		if (text_is(v->name, name))
			return v->value.s;
	return NULL;
}

/* The product's own settings; those of a role's players are not looked up. */
static const char *product_value(const void *ctx, const struct setting_ref *ref)
{
	const struct installation *i = ctx;
	const char *said = i->use ? find_value(&i->use->settings, ref->name) : NULL;

	if (ref->role || said)
		return ref->role ? NULL : said;
	for_each (setting, &i->product->settings)
		if (text_is(setting->name, ref->name))
			return setting->value.s;
	return NULL;
}

static bool leaf_has(const struct leaf *leaf, const struct installation *i,
		     const struct listening_port *p)
{
	const struct setting_env env = {product_value, i};
	const struct setting_ref *missing;
	struct port_range ports;
	char why[120];

	return leaf->transport == p->transport && leaf->ports.kind != PORTS_NONE &&
	       leaf->ports.kind != PORTS_PARENT &&
	       ports_resolve(&leaf->ports, &env, &ports, &missing, why) == PORTS_OK &&
	       ports.lo <= p->port && p->port <= ports.hi;
}

static bool expr_has(const struct expr *e, const struct installation *i,
		     const struct listening_port *p)
{
	if (!e)
		return false;
	if (e->kind == EXPR_LEAF)
		return leaf_has(&e->leaf, i, p);
	for_each (kid, &e->kids)
		if (expr_has(*kid, i, p))
			return true;
	return false;
}

static void add_own(struct listening *l, struct listening_port *p)
{
	for_each (d, &l->own)
		if (!p->own && expr_has((*d)->requirement->needs, (*d)->installation, p))
			p->own = *d;
}

/* --- what is missing -------------------------------------------------------------------------- */

/* What is negotiated listens only while it is used, and a port may be among many. */
static bool is_expected(const struct listening *l, const struct need *n)
{
	const struct flow *f = n->flow;

	return l->ends_here[f->index] && !n->parent && !f->parent_port &&
	       (transport_bit(f->transport) & l->on) != 0;
}

static void find_missing(const struct listening *l, const struct flow *f, struct portset *missing)
{
	bool one_is_enough = f->any_of || (f->ports.lo == 1 && f->ports.hi == 65535);

	portset_add(missing, f->ports);
	for_each (p, &l->ports) {
		if (!has_port(p, f) || !is_at(l, p, f->to))
			continue;
		portset_remove(missing,
			       one_is_enough ? f->ports : (struct port_range){p->port, p->port});
	}
}

/* What is not of this host, or cannot be told, holds. */
static bool holds(const struct listening *l, const struct need *n)
{
	struct portset missing = {0};
	bool all = n->kind == NEED_ALL, whole;

	switch (n->kind) {
	case NEED_OPEN:
		return true;
	case NEED_FLOW:
		if (!is_expected(l, n))
			return true;
		find_missing(l, n->flow, &missing);
		whole = missing.n == 0;
		portset_release(&missing);
		return whole;
	case NEED_ALL:
	case NEED_ANY:
	case NEED_ELSE:
		break;
	}
	for_each (kid, &n->kids)
		if (holds(l, *kid) != all)
			return !all;
	return all || !n->kids.n;
}

static bool is_for_itself_only(const struct listening *l, const struct flow *f)
{
	for_each (p, &l->ports)
		if (has_port(p, f) && p->exposure == AT_LOOPBACK)
			return true;
	return false;
}

static bool is_alike(const struct flow *a, const struct flow *b)
{
	return a->transport == b->transport && a->ports.lo == b->ports.lo &&
	       a->ports.hi == b->ports.hi && a->any_of == b->any_of && a->to == b->to;
}

static void add_gap(struct listening *l, const struct flow *f, enum level level, bool is_choice)
{
	struct listening_gap *gap = NULL;

	for_each (g, &l->gaps)
		if (is_alike(g->flow, f))
			gap = g;
	if (!gap) {
		gap = list_add(l->arena, &l->gaps, sizeof(*gap));
		gap->flow = f;
		gap->level = level;
		gap->is_choice = is_choice;
		gap->loopback_only = is_for_itself_only(l, f);
		find_missing(l, f, &gap->missing);
	}
	gap->level = level < gap->level ? level : gap->level;
	gap->is_choice = gap->is_choice && is_choice;
	add_demands(l, &gap->demands, f);
}

static void collect_gaps(struct listening *l, const struct need *n, enum level level,
			 bool is_choice)
{
	if (holds(l, n))
		return;
	if (n->kind == NEED_FLOW)
		add_gap(l, n->flow, level, is_choice);
	is_choice = is_choice || n->kind == NEED_ANY || n->kind == NEED_ELSE;
	for_each (kid, &n->kids)
		collect_gaps(l, *kid, level, is_choice);
}

/* A forbidding requirement has needs, too: what must be closed. */
static void find_gaps(struct listening *l)
{
	for_each (d, &l->plan->demands) {
		const struct requirement *r = (*d)->requirement;

		if (r->forbid || !(*d)->needs)
			continue;
		collect_gaps(l, (*d)->needs, r->level, false);
	}
}

size_t listening_required_gaps(const struct listening *l)
{
	size_t n = 0;

	for_each (gap, &l->gaps)
		n += gap->level == LEVEL_REQUIRED;
	return n;
}

/* --- findings --------------------------------------------------------------------------------- */

static bool may_be_client(const struct listening_port *p)
{
	return p->transport == TRANSPORT_UDP && p->card.ephemeral;
}

static void find_not_in_chart(struct listening *l, const struct listening_port *p)
{
	bool risky = p->card.privileged;
	char at[ADDR_TEXT_MAX];
	struct finding *f;

	if (p->wanted.n || p->own || p->exposure == AT_LOOPBACK || may_be_client(p))
		return;
	f = listening_find(l, risky ? SEVERITY_MEDIUM : SEVERITY_LOW, "listener-not-in-chart",
			   p->query.text);
	f->evidence = arena_printf(
		l->arena, "%s listens on %s%s, and no requirement of the site wants it%s",
		p->query.text, p->exposure == AT_EVERY ? "every address, " : "",
		addr_text(&p->at, at), risky ? "; the number is a privileged one" : "");
	f->fix = "end it, or let it listen on loopback alone; or add to the site what needs it";
}

static void find_wide(struct listening *l, const struct listening_port *p)
{
	char at[ADDR_TEXT_MAX];
	struct finding *f;

	if (p->wanted.n || !p->own || p->exposure != AT_EVERY)
		return;
	f = listening_find(l, SEVERITY_MEDIUM, "listener-wide", p->query.text);
	f->evidence = arena_printf(
		l->arena,
		"%s listens on every address, %s, and only this host itself wants it (%s/%s)",
		p->query.text, addr_text(&p->at, at), p->own->installation->product->name.s,
		p->own->requirement->id.s);
	f->fix = "let it listen on loopback alone";
}

/* The site knows that the number is used here for something of its own. */
static bool is_written_down(const struct listening *l, const struct listening_port *p)
{
	for_each (local, &l->plan->site->local_ports)
		if (local->transport == p->transport && local->range.lo <= p->port &&
		    p->port <= local->range.hi)
			return true;
	return false;
}

/* Once for a port; nothing where the service is at home on the number. */
static void find_number(struct listening *l, const struct listening_port *p)
{
	const struct port_range port = {p->port, p->port};
	struct buf taken = BUF_INIT;

	if (is_written_down(l, p))
		return;
	for_each (flow, &p->wanted) {
		const char *name = (*flow)->claims->service;
		struct service service;
		struct finding *f;

		if (!name || (service_find(slice_of(name), &service) &&
			      service_listens(&service, p->query.on, port)))
			continue;
		buf_clear(&taken);
		if (!registry_taken(l->sources->iana, port, p->query.on, slice_of(name), &taken))
			continue;
		f = listening_find(l, SEVERITY_LOW, "listener-number-of-another", p->query.text);
		f->evidence =
			arena_printf(l->arena, "the site wants %s there; %s", name, taken.data);
		f->fix = "write the number down as a local one (local_ports of the site), or use "
			 "another";
		break;
	}
	buf_release(&taken);
}

void listening_chart(struct listening *l)
{
	l->ends_here = ARENA_ARRAY(l->arena, bool, l->plan->flows.n);
	for_each (flow, &l->flows)
		l->ends_here[(*flow)->index] = true;
	for_each (p, &l->ports) {
		add_wanted(l, p);
		add_own(l, p);
	}
	find_gaps(l);
	for_each (p, &l->ports) {
		find_not_in_chart(l, p);
		find_wide(l, p);
		find_number(l, p);
	}
}
