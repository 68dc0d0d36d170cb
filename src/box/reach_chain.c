/* SPDX-License-Identifier: ISC
 *
 * The chains of a hook, with all flocks: box/walk_chain.c in sets.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "box/reach_int.h"

enum { AT_TRACKING = -200, AT_TARGET_NAT = -100, AT_SOURCE_NAT = 100 };
enum { DEPTH_MAX = 64 };

bool reach_same_env(const struct env *a, const struct env *b)
{
	return a->mark == b->mark && a->ct_mark == b->ct_mark && a->ct_status == b->ct_status &&
	       a->tracked == b->tracked && a->untracked == b->untracked &&
	       a->target_set == b->target_set && a->source_set == b->source_set &&
	       a->new_source == b->new_source && a->moved == b->moved &&
	       addr_equal(&a->to_lo, &b->to_lo) && addr_equal(&a->to_hi, &b->to_hi) &&
	       a->has_port == b->has_port && a->port_lo == b->port_lo && a->port_hi == b->port_hi;
}

void flocks_add(struct space *s, struct flocks *f, const struct env *env, uint32_t where)
{
	if (where == SPACE_EMPTY)
		return;
	for (size_t i = 0; i < f->n; i++)
		if (reach_same_env(&f->items[i].env, env)) {
			f->items[i].where = space_override(s, f->items[i].where, where);
			return;
		}
	if (f->n == f->room) {
		f->room = f->room ? 2 * f->room : 4;
		f->items = mem_resize(f->items, f->room, sizeof(*f->items));
	}
	f->items[f->n++] = (struct flock){*env, where};
}

void flocks_release(struct flocks *f)
{
	free(f->items);
	*f = (struct flocks){0};
}

static void move_all(struct space *s, struct flocks *to, struct flocks *from)
{
	for (size_t i = 0; i < from->n; i++)
		flocks_add(s, to, &from->items[i].env, from->items[i].where);
	flocks_release(from);
}

void reach_stop_but(struct reached *r, uint32_t where, uint32_t but)
{
	if (where == SPACE_EMPTY || where == but)
		return;
	*(struct stopped *)list_add(r->arena, &r->stopped[r->stop], sizeof(struct stopped)) =
		(struct stopped){where, but};
}

void reach_stop(struct reached *r, uint32_t where)
{
	reach_stop_but(r, where, SPACE_EMPTY);
}

void reach_undecided(struct reached *r, uint32_t where)
{
	if (where == SPACE_EMPTY)
		return;
	r->overlap = true;
	r->undecided[r->stop] = space_override(r->s, r->undecided[r->stop], where);
}

/* Where flocks go from a chain. */
struct ends {
	struct flocks passes;  /* at its end, or by return */
	struct flocks accepts; /* done with the base chain */
};

/* One rule: what has its place, and where its packets go. */
struct here {
	size_t chain, rule;
	unsigned depth;
	struct flocks *next; /* the next rule */
	struct ends *ends;
};

static void run_chain(struct reached *r, size_t place, struct flocks *in, struct ends *ends,
		      unsigned depth);

static void jump(struct reached *r, const struct nf_verdict *v, const struct flock *f,
		 struct here *at)
{
	struct flocks in = {0};
	struct ends below = {0};

	if (at->depth >= DEPTH_MAX) {
		reach_undecided(r, f->where);
		return;
	}
	flocks_add(r->s, &in, &f->env, f->where);
	run_chain(r, v->chain, &in, &below, at->depth + 1);
	/* What was gone to returns to whoever called this chain. */
	move_all(r->s, v->kind == VERDICT_GOTO ? &at->ends->passes : at->next, &below.passes);
	move_all(r->s, &at->ends->accepts, &below.accepts);
}

static void obey(struct reached *r, const struct nf_verdict *v, const struct flock *f,
		 struct here *at)
{
	switch (v->kind) {
	case VERDICT_CONTINUE:
		flocks_add(r->s, at->next, &f->env, f->where);
		break;
	case VERDICT_ACCEPT:
		flocks_add(r->s, &at->ends->accepts, &f->env, f->where);
		break;
	case VERDICT_DROP:
	case VERDICT_REJECT:
		reach_stop(r, f->where);
		break;
	case VERDICT_RETURN:
		flocks_add(r->s, &at->ends->passes, &f->env, f->where);
		break;
	case VERDICT_JUMP:
	case VERDICT_GOTO:
		jump(r, v, f, at);
		break;
	case VERDICT_QUEUE: /* a program decides */
		r->overlap = true;
		flocks_add(r->s, &at->ends->accepts, &f->env, f->where);
		reach_stop(r, f->where);
		break;
	}
}

/* Each element that packets have, with them: `each` takes its place in the set. */
static void each_found(struct reached *r, const struct flock *f, const struct nf_lookup *map,
		       void (*each)(struct reached *, const struct nf_data *, const struct flock *,
				    void *),
		       void *ctx, struct flocks *none)
{
	const struct nf_set *set = map->set;
	struct routing g = reach_find(r, &f->env, map);
	bool *has = mem_new(set->n + 1, sizeof(*has));

	for_each (layer, &g.layers) {
		uint32_t here = space_where(r->s, *layer, f->where);

		if (here == SPACE_TOO_LARGE) {
			reach_undecided(r, here);
			break;
		}
		memset(has, 0, (set->n + 1) * sizeof(*has));
		space_values(r->s, here, has, set->n + 1);
		for (size_t i = 0; i < set->n; i++) {
			struct flock one = {.env = f->env};

			if (!has[i + 1])
				continue;
			one.where = space_select(r->s, here, (uint32_t)i + 1);
			each(r, &set->data[i], &one, ctx);
		}
	}
	r->overlap |= !g.certain;
	flocks_add(r->s, none, &f->env, space_where(r->s, f->where, g.none));
	free(has);
}

static void obey_found(struct reached *r, const struct nf_data *d, const struct flock *f, void *at)
{
	obey(r, &d->verdict, f, at);
}

static void set_mark(struct env *env, uint32_t mark)
{
	env->moved |= env->mark != mark;
	env->mark = mark;
}

static void mark_found(struct reached *r, const struct nf_data *d, const struct flock *f, void *to)
{
	struct env now = f->env;

	set_mark(&now, d->number);
	flocks_add(r->s, to, &now, f->where);
}

static void change(struct env *env, const struct nf_step *s)
{
	uint32_t keep = s->mark.keep, flip = s->mark.flip;

	switch (s->kind) {
	case STEP_MARK:
		set_mark(env, (env->mark & keep) ^ flip);
		break;
	case STEP_CT_MARK:
		env->ct_mark = (env->ct_mark & keep) ^ flip;
		break;
	case STEP_SAVE_MARK:
		env->ct_mark = (env->ct_mark & keep) ^ (env->mark & flip);
		break;
	case STEP_RESTORE_MARK:
		set_mark(env, (env->mark & keep) ^ (env->ct_mark & flip));
		break;
	case STEP_NOTRACK:
		env->untracked = true;
		break;
	default:
		break;
	}
}

/* One step for one flock: what goes on to the next step is added to `on`. */
static void take_step(struct reached *r, const struct nf_step *s, struct flock *f, struct here *at,
		      struct flocks *on)
{
	struct space_pair c;

	switch (s->kind) {
	case STEP_IF:
		c = reach_cond(r, &f->env, &s->cond);
		r->overlap |= c.must != c.may;
		flocks_add(r->s, at->next, &f->env, space_without(r->s, f->where, c.must));
		flocks_add(r->s, on, &f->env, space_where(r->s, f->where, c.may));
		break;
	case STEP_VERDICT:
		obey(r, &s->verdict, f, at);
		break;
	case STEP_VERDICT_MAP:
		each_found(r, f, &s->map, obey_found, at, at->next);
		break;
	case STEP_MARK_MAP:
		each_found(r, f, &s->map, mark_found, on, at->next);
		break;
	case STEP_NAT:
		reach_translate(r, &s->nat, f, &at->ends->accepts, at->next);
		break;
	case STEP_UNKNOWN:
		reach_undecided(r, f->where);
		break;
	default:
		change(&f->env, s);
		flocks_add(r->s, on, &f->env, f->where);
		break;
	}
}

static bool is_condition(const struct nf_step *s)
{
	return s->kind == STEP_IF;
}

static void note_matched(struct reached *r, struct rule_note *note, const struct flocks *f)
{
	for (size_t i = 0; i < f->n; i++)
		note->matched = space_override(r->s, note->matched, f->items[i].where);
}

static void run_rule(struct reached *r, const struct nf_rule *rule, const struct flock *f,
		     struct here *at)
{
	struct flocks now = {0};
	struct rule_note *note = &r->notes[at->chain][at->rule];
	bool asking = true;

	flocks_add(r->s, &now, &f->env, f->where);
	for_each (s, &rule->steps) {
		struct flocks on = {0};

		if (asking && !is_condition(s))
			note_matched(r, note, &now);
		asking &= is_condition(s);
		note->alive |= !asking && now.n;
		for (size_t i = 0; i < now.n; i++)
			take_step(r, s, &now.items[i], at, &on);
		flocks_release(&now);
		now = on;
	}
	note->alive |= now.n != 0;
	if (asking)
		note_matched(r, note, &now);
	move_all(r->s, at->next, &now);
}

static void run_one(struct reached *r, size_t place, size_t i, struct flocks *in, struct ends *ends,
		    unsigned depth)
{
	const struct nf_rule *rule = &r->b->ruleset.chains.items[place].rules.items[i];
	struct flocks next = {0};
	struct here at = {place, i, depth, &next, ends};

	for (size_t k = 0; k < in->n; k++)
		run_rule(r, rule, &in->items[k], &at);
	flocks_release(in);
	*in = next;
}

/* All at once where it is certain what they match, else one after the other. */
static void run_list(struct reached *r, const struct list_run *run, struct flocks *in,
		     struct ends *ends, unsigned depth)
{
	struct flocks out = {0};

	for (size_t k = 0; k < in->n; k++) {
		struct flock f = in->items[k];
		struct list_ends parts;
		struct flocks one = {0};

		if (reach_list(r, run, &f, &parts)) {
			flocks_add(r->s, &ends->accepts, &f.env, parts.accepted);
			flocks_add(r->s, &ends->passes, &f.env, parts.returned);
			flocks_add(r->s, &out, &f.env, parts.left);
			continue;
		}
		flocks_add(r->s, &one, &f.env, f.where);
		for (size_t i = 0; i < run->n && one.n; i++)
			run_one(r, run->chain, run->from + i, &one, ends, depth);
		move_all(r->s, &out, &one);
	}
	flocks_release(in);
	*in = out;
}

static void note_visit(struct reached *r, size_t place, const struct flock *f)
{
	struct chain_visit now = {f->env, r->hook, true, false, r->own, r->looped};
	struct chain_visit *v = &r->visits[place];

	r->arrivals[place] = space_override(r->s, r->arrivals[place], f->where);
	if (!v->came)
		*v = now;
	v->mixed |= !reach_same_env(&v->env, &now.env) || v->hook != now.hook ||
		    v->own != now.own || v->looped != now.looped;
}

static void run_chain(struct reached *r, size_t place, struct flocks *in, struct ends *ends,
		      unsigned depth)
{
	const struct nf_chain *c = &r->b->ruleset.chains.items[place];

	for (size_t i = 0; i < in->n; i++)
		note_visit(r, place, &in->items[i]);
	for (size_t i = 0; i < c->rules.n && in->n;) {
		struct list_run run = {place, i, reach_list_length(c, i), false};

		run.drop_left = c->base && c->policy == VERDICT_DROP && i + run.n == c->rules.n;
		if (run.n)
			run_list(r, &run, in, ends, depth);
		else
			run_one(r, place, i, in, ends, depth);
		i += run.n ? run.n : 1;
	}
	move_all(r->s, &ends->passes, in);
}

/* The packets that a base chain is shown. */
static uint32_t sees(const struct reached *r, const struct nf_chain *c)
{
	uint32_t set = c->family ? reach_family(r, c->family) : SPACE_ALL, by = SPACE_EMPTY;
	enum space_field field = r->hook == NF_EGRESS ? SPACE_OUT : SPACE_IN;

	if (r->hook != NF_INGRESS && r->hook != NF_EGRESS)
		return set;
	for_each (device, &c->devices)
		by = space_override(r->s, by, reach_value(r, field, reach_id(r, *device)));
	return space_where(r->s, set, by);
}

/* Of an ingress chain of a bridge's port it is not known what comes by that. */
static uint32_t may_see(const struct reached *r, const struct nf_chain *c, uint32_t sees)
{
	for_each (device, &c->devices) {
		const struct box_link *l = box_find_link(r->b, *device);

		if (r->hook == NF_INGRESS && l && l->master)
			sees = space_override(r->s, sees,
					      reach_value(r, SPACE_IN, reach_id(r, l->master)));
	}
	return sees;
}

static void run_base(struct reached *r, size_t place, struct flocks *f)
{
	const struct nf_chain *c = &r->b->ruleset.chains.items[place];
	uint32_t all = c->family ? reach_family(r, c->family) : SPACE_ALL;
	uint32_t must = c->doubt ? SPACE_EMPTY : sees(r, c);
	uint32_t may = c->doubt ? all : may_see(r, c, must);
	struct flocks in = {0}, out = {0};
	struct ends ends = {0};

	r->overlap |= must != may;
	for (size_t i = 0; i < f->n; i++) {
		const struct flock *k = &f->items[i];

		flocks_add(r->s, &in, &k->env, space_where(r->s, k->where, may));
		flocks_add(r->s, &out, &k->env, space_without(r->s, k->where, must));
	}
	flocks_release(f);
	run_chain(r, place, &in, &ends, 0);
	for (size_t i = 0; c->policy == VERDICT_DROP && i < ends.passes.n; i++)
		reach_stop(r, ends.passes.items[i].where);
	if (c->policy != VERDICT_DROP)
		move_all(r->s, &out, &ends.passes);
	flocks_release(&ends.passes);
	move_all(r->s, &out, &ends.accepts);
	*f = out;
}

static bool is_target_nat(enum nf_hook hook)
{
	return hook == NF_PREROUTING || hook == NF_OUTPUT;
}

static void track(struct reached *r, struct flocks *f)
{
	struct flocks out = {0};

	for (size_t i = 0; i < f->n; i++) {
		struct env now = f->items[i].env;

		now.tracked |= !now.untracked;
		flocks_add(r->s, &out, &now, f->items[i].where);
	}
	flocks_release(f);
	*f = out;
}

static bool is_done(const struct reached *r, const struct env *e)
{
	return is_target_nat(r->hook) ? e->target_set : e->source_set;
}

static bool has_translation(const struct reached *r)
{
	for_each (place, &r->base[r->hook])
		if (r->b->ruleset.chains.items[*place].type == CHAIN_NAT)
			return true;
	return false;
}

/* Only a connection's first packets are shown to the chains that translate, until one has. */
static void translate(struct reached *r, struct flocks *f)
{
	uint32_t first = space_override(r->s, reach_value(r, SPACE_STATE, SPACE_NEW),
					reach_value(r, SPACE_STATE, SPACE_RELATED));
	struct flocks open = {0}, out = {0};

	for (size_t i = 0; i < f->n; i++) {
		const struct flock *k = &f->items[i];
		bool open_still = k->env.tracked && !k->env.untracked && !is_done(r, &k->env);
		uint32_t shown = open_still ? first : SPACE_EMPTY;

		flocks_add(r->s, &open, &k->env, space_where(r->s, k->where, shown));
		flocks_add(r->s, &out, &k->env, space_without(r->s, k->where, shown));
	}
	flocks_release(f);
	for_each (place, &r->base[r->hook]) {
		struct flocks next = {0};

		if (r->b->ruleset.chains.items[*place].type != CHAIN_NAT)
			continue;
		run_base(r, *place, &open);
		for (size_t i = 0; i < open.n; i++) {
			const struct env *e = &open.items[i].env;

			flocks_add(r->s, is_done(r, e) ? &out : &next, e, open.items[i].where);
		}
		flocks_release(&open);
		open = next;
	}
	move_all(r->s, &out, &open);
	*f = out;
}

/* What the kernel does itself before a chain of this priority, once. */
static void pass_stations(struct reached *r, long before, long *at, struct flocks *f)
{
	bool target = is_target_nat(r->hook);
	bool translates = target || r->hook == NF_POSTROUTING || r->hook == NF_INPUT;
	long nat = target ? AT_TARGET_NAT : AT_SOURCE_NAT;

	if (target && *at <= AT_TRACKING && before > AT_TRACKING)
		track(r, f);
	if (translates && *at <= nat && before > nat && has_translation(r))
		translate(r, f);
	*at = before;
}

void reach_hook(struct reached *r, enum nf_hook hook, struct flocks *f)
{
	long at = LONG_MIN;

	r->hook = hook;
	for_each (place, &r->base[hook]) {
		const struct nf_chain *c = &r->b->ruleset.chains.items[*place];

		if (c->type == CHAIN_NAT)
			continue;
		pass_stations(r, c->priority, &at, f);
		run_base(r, *place, f);
	}
	pass_stations(r, LONG_MAX, &at, f);
}
