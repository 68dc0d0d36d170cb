/* SPDX-License-Identifier: ISC
 *
 * The planner's course: each installation, each requirement, each pair of players.
 */
#include "model/plan.h"

#include <stdlib.h>

#include "base/mem.h"
#include "model/plan_int.h"

/* --- questions and warnings ------------------------------------------------------------------- */

const char *plan_line(struct planner *pl, const char *fmt, ...)
{
	struct buf *line = &pl->lines[pl->next_line++ % LINES_MAX];
	va_list ap;

	buf_clear(line);
	va_start(ap, fmt);
	buf_addfv(line, fmt, ap);
	va_end(ap);
	return line->data;
}

const char *plan_keep(struct planner *pl, const char *s)
{
	return s ? arena_copy(pl->arena, slice_of(s)) : NULL;
}

/* The line to add tells questions apart: one answer, one question. */
void plan_ask(struct planner *pl, const char *subject, const char *add, const char *fmt, ...)
{
	struct question q;
	struct buf text = BUF_INIT;
	va_list ap;

	if (map_find(&pl->asked, slice_of(add)))
		return;
	va_start(ap, fmt);
	buf_addfv(&text, fmt, ap);
	va_end(ap);
	q = (struct question){plan_keep(pl, subject), plan_keep(pl, text.data), plan_keep(pl, add)};
	map_add(&pl->asked, slice_of(q.add), pl);
	buf_add(&pl->questions, &q, sizeof(q));
	buf_release(&text);
}

bool plan_was_told(struct planner *pl, const char *code, const char *subject)
{
	return map_find(&pl->told, slice_of(plan_line(pl, "%s %s", code, subject))) != NULL;
}

void plan_warn(struct planner *pl, struct finding f)
{
	if (plan_was_told(pl, f.code, f.subject))
		return;
	map_add(&pl->told, slice_of(arena_printf(pl->arena, "%s %s", f.code, f.subject)), pl);
	f.subject = plan_keep(pl, f.subject);
	f.evidence = plan_keep(pl, f.evidence);
	f.fix = plan_keep(pl, f.fix);
	f.reference = plan_keep(pl, f.reference);
	buf_add(&pl->warnings, &f, sizeof(f));
}

/* --- demands ---------------------------------------------------------------------------------- */

static size_t requirement_index(const struct planner *pl, const struct requirement *q)
{
	return (size_t)(q - pl->now->product->requirements.items);
}

static struct slice parent_key(struct planner *pl, const char *id, const struct endpoint *from,
			       const struct endpoint *to)
{
	return slice_of(plan_line(pl, "%s %u %u", id, endpoint_whole(from)->index,
				  endpoint_whole(to)->index));
}

static struct demand *new_demand(struct pair *p, const struct endpoint *to)
{
	struct planner *pl = p->pl;
	struct demand *d = ARENA_NEW(pl->arena, struct demand);

	d->installation = pl->now;
	d->requirement = p->requirement;
	d->from = p->from->endpoint;
	d->to = to;
	buf_add(&pl->demands, &d, sizeof(d));
	p->demand = d;
	return d;
}

/* The children of this pair will ask for it. */
static void keep_parent(const struct pair *p, struct demand *d)
{
	struct planner *pl = p->pl;

	if (pl->is_parent[requirement_index(pl, p->requirement)])
		map_add(&pl->parents,
			slice_of(plan_keep(pl, parent_key(pl, p->requirement->id.s,
							  p->from->endpoint, p->to->endpoint)
						       .p)),
			d);
}

/* The parent's demand of the same pair; a child may run the other way. */
static const struct demand *find_parent(const struct pair *p)
{
	const struct endpoint *from = p->from->endpoint, *to = p->to->endpoint;
	const char *id = p->requirement->child_of.s;
	const struct demand *d;

	if (!id)
		return NULL;
	d = map_find(&p->pl->parents, parent_key(p->pl, id, from, to));
	return d ? d : map_find(&p->pl->parents, parent_key(p->pl, id, to, from));
}

const struct flow *need_first_flow(const struct need *need)
{
	const struct flow *f = need ? need->flow : NULL;

	for (size_t i = 0; !f && need && i < need->kids.n; i++)
		f = need_first_flow(need->kids.items[i]);
	return f;
}

static bool parent_is_ftp(const struct pair *p)
{
	const struct requirement *parent =
		p->requirement->child_of.s
			? product_requirement(p->pl->now->product, p->requirement->child_of.s)
			: NULL;

	return parent && text_is(parent->service, "ftp");
}

/* A mode runs as the requirement does, or the other way. */
static bool is_reversed(const struct requirement *q, const struct mode *m)
{
	return m->from.s ? !text_same(m->from, q->from) : m->to.s && !text_same(m->to, q->to);
}

/* The site uses some of the modes only. */
bool plan_uses_mode(const struct pair *p, const struct mode *mode)
{
	for_each (m, &p->pl->now->use->modes) {
		if (!text_same(m->requirement, p->requirement->id))
			continue;
		for_each (name, &m->modes)
			if (text_same(*name, mode->name))
				return true;
		return false;
	}
	return true;
}

/* Each mode has its own direction and its own needs. */
static const struct need *expand_modes(struct pair *p, const struct demand *parent)
{
	const struct need *legs = parent_is_ftp(p) ? plan_gateway_children(p, parent) : NULL;
	const struct player *from = p->from, *to = p->to;
	struct buf kids = BUF_INIT;

	if (legs)
		return legs;
	for_each (m, &p->requirement->modes) {
		bool reversed = is_reversed(p->requirement, m);

		if (!plan_uses_mode(p, m))
			continue;
		p->from = reversed ? to : from;
		p->to = reversed ? from : to;
		p->mode = m->name.s;
		need_add(&kids, plan_expand(p, m->needs));
	}
	p->from = from;
	p->to = to;
	p->mode = NULL;
	return need_join(p->pl, NEED_ALL, &kids);
}

static const struct expr *overruled(const struct pair *p)
{
	for_each (c, &p->pl->now->use->overrule)
		if (text_same(c->requirement, p->requirement->id))
			return c->needs;
	return NULL;
}

/* In most cases the last pair had the same words: then they are the same string. */
static const char *keep_words(struct planner *pl, const char *text, const char **last)
{
	if (!*last || strcmp(*last, text) != 0)
		*last = plan_keep(pl, text);
	return *last;
}

static void add_ends(struct buf *out, const struct pair *p, struct text from, struct text to)
{
	if (p->requirement->documented.from.s || p->requirement->documented.to.s)
		buf_addf(out, "%s to %s: ", from.s ? from.s : p->requirement->from.s,
			 to.s ? to.s : p->requirement->to.s);
}

static const char *documented_words(struct pair *p)
{
	const struct documented *d = &p->requirement->documented;
	struct buf text = BUF_INIT;
	const char *kept;

	if (!d->given)
		return NULL;
	if (d->none)
		return "none";
	add_ends(&text, p, d->from, d->to);
	if (d->needs || p->requirement->needs)
		plan_format_needs(p, d->needs ? d->needs : p->requirement->needs, &text);
	kept = keep_words(p->pl, text.data, &p->pl->last_documented);
	buf_release(&text);
	return kept;
}

/* Ours, where a flow is as the document has it. */
static const char *effective_words(struct pair *p)
{
	struct buf text = BUF_INIT;
	const char *kept;

	add_ends(&text, p, p->requirement->from, p->requirement->to);
	plan_format_needs(p, p->requirement->needs, &text);
	kept = keep_words(p->pl, text.data, &p->pl->last_effective);
	buf_release(&text);
	return kept;
}

static void expand(struct pair *p)
{
	const struct requirement *q = p->requirement;
	const struct expr *needs = q->forbid ? q->forbid : q->needs, *instead = overruled(p);
	const struct demand *parent = find_parent(p);
	bool literal = p->pl->options->as_documented && q->documented.given && !instead;

	p->parent = parent ? need_first_flow(parent->needs) : NULL;
	p->documented = documented_words(p);
	if (instead)
		needs = instead;
	if (literal && q->needs)
		p->effective = effective_words(p);
	if (literal && q->documented.needs)
		needs = q->documented.needs;
	p->demand->needs = q->modes.n && !instead && !(literal && q->documented.needs)
				   ? expand_modes(p, parent)
				   : plan_expand(p, needs);
	if (!q->also || (literal && q->documented.needs))
		return;
	p->also = true;
	p->demand->also = plan_expand(p, q->also);
}

static bool applies(struct pair *p, bool decided)
{
	const struct cond *unknown = NULL;
	enum truth t = decided ? TRUTH_YES : plan_applies(p, &unknown);

	if (t == TRUTH_UNKNOWN)
		plan_ask_condition(p, unknown);
	return t == TRUTH_YES;
}

static const char *local_words(struct pair *p)
{
	struct buf text = BUF_INIT;
	const char *kept;

	plan_format_needs(p, p->requirement->needs, &text);
	kept = plan_keep(p->pl, text.data);
	buf_release(&text);
	return kept;
}

static void plan_pair(struct pair *p, bool decided)
{
	struct demand *d;

	if (!applies(p, decided))
		return;
	d = new_demand(p, p->to->endpoint);
	keep_parent(p, d);
	if (p->requirement->link_local) {
		d->absence = ABSENCE_LOCAL;
		d->local = local_words(p);
	} else if (p->requirement->link_none) {
		d->absence = ABSENCE_NO_LINK;
	} else if (endpoints_share_host(d->from, d->to)) {
		d->absence = ABSENCE_SAME_HOST;
	} else {
		expand(p);
	}
}

/* --- any one of several ----------------------------------------------------------------------- */

/* One demand with a branch for each. A child finds the branch of its own pair. */
static void plan_branches(struct pair *p, const struct player *const *targets, size_t n)
{
	struct demand *d = new_demand(p, endpoint_of_any(p->pl, p->to_role));
	struct buf needs = BUF_INIT, also = BUF_INIT;
	bool outermost = plan_begin_group(p);

	for (size_t i = 0; i < n; i++) {
		struct demand *branch = ARENA_NEW(p->pl->arena, struct demand);

		p->to = targets[i];
		p->also = false;
		plan_set_branch(p, outermost, (unsigned)i + 1);
		expand(p);
		*branch = *d;
		branch->to = p->to->endpoint;
		keep_parent(p, branch);
		need_add(&needs, d->needs);
		need_add(&also, d->also);
		d->needs = d->also = NULL;
	}
	plan_end_group(p, outermost);
	d->needs = need_join(p->pl, NEED_ANY, &needs);
	d->also = need_join(p->pl, NEED_ANY, &also);
}

static bool do_meet(const struct pair *p, const struct players *from, const struct players *to)
{
	return plan_plays_for(p->pl, p->from_role, p->from, p->to->endpoint) &&
	       plan_plays_for(p->pl, p->to_role, p->to, p->from->endpoint) &&
	       plan_is_nearest(p, from, to);
}

/* Who plays both ends is not its own target, unless nobody else is there. */
static void plan_any(struct pair *p, const struct players *from, const struct players *to,
		     bool decided)
{
	const struct player *const *targets;
	const struct player *self = NULL;
	struct buf found = BUF_INIT;
	size_t n;

	for_each (y, &to->all) {
		p->to = y;
		if (!do_meet(p, from, to) || !applies(p, decided))
			continue;
		if (endpoints_share_host(p->from->endpoint, y->endpoint))
			self = y;
		else
			buf_add(&found, &y, sizeof(y));
	}
	targets = (const void *)found.data;
	n = found.n / sizeof(*targets);
	p->to = n ? targets[0] : self;
	if (n > 1)
		plan_branches(p, targets, n);
	else if (p->to)
		plan_pair(p, true);
	buf_release(&found);
}

static bool is_any(const struct requirement *q)
{
	return q->reach == REACH_ONE && !q->forbid && !q->link_none;
}

/* What a host offers to itself: once for each that offers it. */
static void plan_local(struct pair *p, const struct players *from, const struct players *to,
		       bool decided)
{
	for_each (y, &to->all) {
		struct pair own = *p;

		if (y > to->all.items && endpoints_share_host(y[-1].endpoint, y->endpoint))
			continue;
		own.from = own.to = y;
		for_each (x, &from->all)
			if (own.from == y && endpoints_share_host(x->endpoint, y->endpoint))
				own.from = x;
		plan_pair(&own, decided);
	}
}

/* --- requirements ----------------------------------------------------------------------------- */

/* Of a role that others stand in for, or that is several, the first can be bound. */
static void ask_role(struct planner *pl, const struct role *role, const struct requirement *q)
{
	if (role->is.n)
		role = product_role(pl->now->product, role->is.items[0].s);
	else if (role->includes.n)
		role = product_role(pl->now->product, role->includes.items[0].s);
	plan_ask(pl, plan_line(pl, "%s.roles.%s", pl->now->name, role->name.s),
		 plan_line(pl, "uses[%zu].roles.%s: HOST", pl->use_index, role->name.s),
		 "who is %s (%s)? %s needs to know", role->name.s,
		 role->title.s ? role->title.s : "a role", q->id.s);
}

/* A group without hosts: bound, and yet nobody. */
static void warn_empty(struct planner *pl, const struct role *role)
{
	plan_warn(pl,
		  (struct finding){
			  .severity = SEVERITY_LOW,
			  .code = "empty-binding",
			  .subject = plan_line(pl, "%s.roles.%s", pl->now->name, role->name.s),
			  .evidence = plan_line(pl, "nobody is %s: what it is bound to has no host",
						role->name.s),
			  .fix = "add hosts, or take the role out of the site",
			  .at = pl->now->use->place});
}

enum presence { PRESENT, NOBODY, NOT_INSTALLED };

static enum presence find_presence(struct planner *pl, const struct role *role,
				   const struct requirement *q)
{
	const struct players *players = plan_players(pl, role);

	if (players->all.n)
		return PRESENT;
	if (players->bound)
		warn_empty(pl, role);
	else if (role->optional)
		return NOT_INSTALLED;
	else
		ask_role(pl, role, q);
	return NOBODY;
}

static bool is_everybody_there(const struct pair *p)
{
	enum presence from = find_presence(p->pl, p->from_role, p->requirement);
	enum presence to = find_presence(p->pl, p->to_role, p->requirement);

	p->pl->plan->not_installed += from == NOT_INSTALLED || to == NOT_INSTALLED;
	return from == PRESENT && to == PRESENT;
}

static const struct role *end_role(struct planner *pl, struct text effective,
				   struct text documented)
{
	bool literal = pl->options->as_documented && documented.s;

	return product_role(pl->now->product, literal ? documented.s : effective.s);
}

static void plan_pairs(struct pair *p, bool decided)
{
	const struct end_networks *network = &p->requirement->network;
	const struct players *all_from = plan_players(p->pl, p->from_role);
	const struct players *all_to = plan_players(p->pl, p->to_role);
	const struct players *from = plan_on_network(p->pl, all_from, network->from);
	const struct players *to = plan_on_network(p->pl, all_to, network->to);

	if (p->requirement->link_local) {
		plan_local(p, all_from, all_to, decided);
		return;
	}
	for_each (x, &from->all) {
		struct pair any = *p;

		any.from = x;
		if (is_any(p->requirement)) {
			plan_any(&any, from, to, decided);
			continue;
		}
		for_each (y, &to->all) {
			struct pair own = any;

			own.to = y;
			if (do_meet(&own, from, to))
				plan_pair(&own, decided);
		}
	}
	plan_warn_unserved(p, p->from_role, all_from, all_to);
	plan_warn_unserved(p, p->to_role, all_to, all_from);
}

static void plan_requirement(struct planner *pl, const struct requirement *q)
{
	struct pair p = {.pl = pl,
			 .requirement = q,
			 .from_role = end_role(pl, q->from, q->documented.from),
			 .to_role = end_role(pl, q->to, q->documented.to)};
	const struct cond *unknown = NULL;
	enum truth t = plan_applies(&p, &unknown);

	if (t == TRUTH_NO || (pl->options->as_documented && q->documented.none))
		return;
	if (t == TRUTH_UNKNOWN && !plan_waits_for_pair(unknown))
		plan_ask_condition(&p, unknown);
	else if (is_everybody_there(&p))
		plan_pairs(&p, t == TRUTH_YES);
}

/* --- installations ---------------------------------------------------------------------------- */

static const struct product *find_product(const struct product *const *products, size_t n,
					  struct text name)
{
	for (size_t i = 0; i < n; i++)
		if (text_same(products[i]->name, name))
			return products[i];
	return NULL;
}

/* Parents come before their children, so that a child finds its parent's flow. */
static void plan_in_order(struct planner *pl, const struct requirement *q, bool *done)
{
	const struct product *product = pl->now->product;
	size_t i = requirement_index(pl, q);

	if (done[i])
		return;
	done[i] = true;
	if (q->child_of.s)
		plan_in_order(pl, product_requirement(product, q->child_of.s), done);
	plan_requirement(pl, q);
}

static void plan_installation(struct planner *pl, struct installation *now)
{
	const struct product *product = now->product;
	bool *done = mem_new(product->requirements.n, sizeof(bool));

	pl->now = now;
	pl->players = ARENA_ARRAY(pl->arena, struct players, product->roles.n);
	pl->players_known = ARENA_ARRAY(pl->arena, bool, product->roles.n);
	pl->is_parent = ARENA_ARRAY(pl->arena, bool, product->requirements.n);
	pl->chosen = ARENA_ARRAY(pl->arena, struct chosen, now->use->choose.n);
	for_each (q, &product->requirements)
		if (q->child_of.s)
			pl->is_parent[requirement_index(
				pl, product_requirement(product, q->child_of.s))] = true;
	for_each (q, &product->requirements)
		plan_in_order(pl, q, done);
	plan_check_choices(pl);
	free(done);
	map_release(&pl->parents);
}

enum { OWN_INSTALLATIONS = 2 }; /* the site's: what never crosses, and what balancers ask */

static void plan_uses(struct planner *pl, const struct product *const *products, size_t n_products)
{
	const struct site *site = pl->site;
	struct plan *plan = pl->plan;

	plan->installations.items =
		ARENA_ARRAY(pl->arena, struct installation, site->uses.n + OWN_INSTALLATIONS);
	for_each (u, &site->uses) {
		struct installation *now = &plan->installations.items[plan->installations.n];

		now->use = u;
		now->product = find_product(products, n_products, u->product);
		now->name = u->as.s ? u->as.s : u->product.s;
		pl->use_index = (size_t)(u - site->uses.items);
		if (!now->product) {
			errs_add(pl->errs, u->product.at, "the catalog has no product \"%s\"",
				 u->product.s);
			continue;
		}
		plan->installations.n++;
		plan_installation(pl, now);
	}
}

/* A growing buffer becomes a list in the arena. */
static void freeze(struct arena *a, struct buf *b, size_t size, void *list_)
{
	struct list *list = list_;

	list->n = b->n / size;
	list->items = arena_get(a, list->n, size);
	if (list->n)
		memcpy(list->items, b->data, b->n);
	buf_release(b);
}

/* What only the making of a plan needs. */
static void release(struct planner *pl)
{
	for (size_t i = 0; i < LINES_MAX; i++)
		buf_release(&pl->lines[i]);
	map_release(&pl->asked);
	map_release(&pl->told);
	map_release(&pl->endpoint_keys);
	buf_release(&pl->endpoints);
	flow_table_free(pl->flow_table);
	path_table_free(pl->path_table);
}

struct plan *plan_build(const struct site *site, const struct product *const *products,
			size_t n_products, const struct plan_options *options, struct errs *errs)
{
	struct arena *arena = arena_new();
	struct plan *plan = ARENA_NEW(arena, struct plan);
	struct planner pl = {.plan = plan,
			     .arena = arena,
			     .site = site,
			     .options = options,
			     .errs = errs,
			     .flows = BUF_INIT,
			     .demands = BUF_INIT,
			     .questions = BUF_INIT,
			     .warnings = BUF_INIT,
			     .endpoints = BUF_INIT};
	size_t before = errs->n + errs->dropped;

	for (size_t i = 0; i < LINES_MAX; i++)
		buf_init(&pl.lines[i]);
	plan->arena = arena;
	plan->site = site;
	plan_uses(&pl, products, n_products);
	plan_never_cross(&pl);
	plan_health_checks(&pl);
	plan_find_conflicts(&pl);
	plan_find_warnings(&pl);
	freeze(arena, &pl.flows, sizeof(struct flow *), &plan->flows);
	freeze(arena, &pl.demands, sizeof(struct demand *), &plan->demands);
	freeze(arena, &pl.questions, sizeof(struct question), &plan->questions);
	freeze(arena, &pl.warnings, sizeof(struct finding), &plan->warnings);
	release(&pl);
	if (before == errs->n + errs->dropped)
		return plan;
	plan_free(plan);
	return NULL;
}

void plan_free(struct plan *p)
{
	if (p)
		arena_free(p->arena);
}
