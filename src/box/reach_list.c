/* SPDX-License-Identifier: ISC
 *
 * Long runs of rules that only let pass or stop, joined by halves (policy/space_list.h): one after
 * the other they would take n * n.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "box/reach_int.h"
#include "policy/space_list.h"

enum { RUN_LEAST = 64 };

/* What is looked up in routes is remembered, and may not be made while a list is joined. */
static bool is_simple_key(enum nf_key key)
{
	switch (key) {
	case KEY_SADDR_TYPE:
	case KEY_DADDR_TYPE:
	case KEY_SADDR_IIF_TYPE:
	case KEY_DADDR_IIF_TYPE:
	case KEY_SADDR_OIF_TYPE:
	case KEY_DADDR_OIF_TYPE:
	case KEY_BACK_IIF:
	case KEY_BACK:
	case KEY_PKTTYPE:
		return false;
	default:
		return true;
	}
}

static bool is_simple_question(const struct nf_cond *c)
{
	if (c->unknown)
		return false;
	for_each (l, &c->lookups) {
		if (l->set->changing || l->set->expiring)
			return false;
		for (size_t k = 0; k < l->set->n_keys; k++)
			if (!is_simple_key(l->keys[k].key))
				return false;
	}
	return true;
}

static bool is_simple_verdict(const struct nf_verdict *v)
{
	return v->kind == VERDICT_ACCEPT || v->kind == VERDICT_DROP || v->kind == VERDICT_REJECT ||
	       v->kind == VERDICT_RETURN;
}

static bool is_simple(const struct nf_rule *rule)
{
	const struct nf_step *last = rule->steps.items + rule->steps.n - 1;

	if (!rule->steps.n || last->kind != STEP_VERDICT || !is_simple_verdict(&last->verdict))
		return false;
	for_each (s, &rule->steps)
		if (s != last && (s->kind != STEP_IF || !is_simple_question(&s->cond)))
			return false;
	return true;
}

size_t reach_list_length(const struct nf_chain *c, size_t from)
{
	size_t n = 0;

	while (from + n < c->rules.n && is_simple(&c->rules.items[from + n]))
		n++;
	return n < RUN_LEAST ? 0 : n;
}

struct joining {
	struct reached *r;
	const struct env *env;
	const struct nf_rule *rules;
	bool *unsure; /* of some rule it is not certain what it matches */
};

static enum nf_verdict_kind verdict_of(const struct nf_rule *rule)
{
	return rule->steps.items[rule->steps.n - 1].verdict.kind;
}

/* The values of a list's set: the rule's number plus one, or, where nobody asks for rules, what
 * becomes of the packet: that set is far smaller. */
static uint32_t value_of(const struct reached *r, const struct nf_rule *rules, size_t i)
{
	return r->asked.no_rules ? (uint32_t)verdict_of(&rules[i]) + 1 : (uint32_t)i + 1;
}

/* One span of one field, as most questions are; of a rule they make one box. */
struct box_of_rule {
	struct space_match match;
	struct space_range ranges[SPACE_FIELDS];
};

/* The field that a key asks for of packets that nobody has translated; SPACE_FIELDS: not so. */
static enum space_field plain_field(enum nf_key key)
{
	switch (key) {
	case KEY_SADDR4:
	case KEY_SADDR6:
		return SPACE_FROM;
	case KEY_DADDR4:
	case KEY_DADDR6:
		return SPACE_TO;
	case KEY_SPORT:
		return SPACE_FROM_PORT;
	case KEY_DPORT:
		return SPACE_TO_PORT;
	case KEY_PROTO:
		return SPACE_PROTO;
	default:
		return SPACE_FIELDS;
	}
}

static struct space_range range_of(const struct joining *j, enum nf_key key,
				   const struct nf_span *s)
{
	uint8_t family = key == KEY_SADDR6 || key == KEY_DADDR6 ? 6 : 4;
	enum space_field field = plain_field(key);

	if (field == SPACE_FROM || field == SPACE_TO) {
		struct addr lo = nf_value_addr(&s->lo, family), hi = nf_value_addr(&s->hi, family);

		return space_frame_find(j->r->frame, &lo, &hi);
	}
	return (struct space_range){(uint32_t)nf_value_number(&s->lo),
				    (uint32_t)nf_value_number(&s->hi)};
}

/* Ports are only asked of protocols that have some: here of one that was asked for before. */
static bool has_ports(const struct box_of_rule *b)
{
	enum { TCP = 6, UDP = 17 };
	struct space_range proto = b->ranges[SPACE_PROTO];

	return b->match.fields[SPACE_PROTO].n && proto.lo == proto.hi &&
	       (proto.lo == TCP || proto.lo == UDP);
}

/* Numbers beyond the field are left to reach_cond(). */
static bool fits(enum space_field field, const struct nf_span *s)
{
	uint32_t last = field == SPACE_PROTO ? UINT8_MAX : UINT16_MAX;

	return field == SPACE_FROM || field == SPACE_TO || nf_value_number(&s->hi) <= last;
}

/* False: the question is of another kind. */
static bool put_in_box(const struct joining *j, const struct nf_cond *c, struct box_of_rule *b)
{
	const struct nf_lookup *l = c->lookups.items;
	bool moved = j->env->to_lo.family || j->env->has_port || j->env->new_source;
	enum space_field field;

	if (moved || c->negate || c->lookups.n != 1 || l->set->n_keys != 1 || l->set->n != 1 ||
	    l->set->except || l->keys[0].mask)
		return false;
	field = plain_field(l->keys[0].key);
	if (field == SPACE_FIELDS || b->match.fields[field].n || !fits(field, l->set->spans))
		return false;
	if ((field == SPACE_TO_PORT || field == SPACE_FROM_PORT) && !has_ports(b))
		return false;
	b->ranges[field] = range_of(j, l->keys[0].key, l->set->spans);
	b->match.fields[field] = (struct space_ranges){&b->ranges[field], 1};
	return true;
}

void reach_rule_box(struct reached *r, const struct env *env, const struct nf_rule *rule,
		    struct rule_box *box)
{
	/* What most often keeps two rules apart first. */
	static const enum space_field fields[RULE_BOX_FIELDS] = {
		SPACE_TO, SPACE_FROM, SPACE_TO_PORT, SPACE_PROTO, SPACE_FROM_PORT};
	bool unsure = false;
	const struct joining j = {r, env, rule, &unsure};
	struct box_of_rule b = {0};

	for_each (step, &rule->steps) {
		if (step->kind != STEP_IF)
			break;
		put_in_box(&j, &step->cond, &b);
	}
	for (size_t i = 0; i < RULE_BOX_FIELDS; i++)
		box->ranges[i] = b.match.fields[fields[i]].n ? b.ranges[fields[i]]
							     : (struct space_range){0, SPACE_LAST};
}

static uint32_t rule_set(const void *ctx, struct space *s, size_t i)
{
	const struct joining *j = ctx;
	struct box_of_rule b = {0};
	uint32_t others = SPACE_ALL, set;

	for_each (step, &j->rules[i].steps) {
		struct space_pair c;

		if (step->kind != STEP_IF)
			break;
		if (put_in_box(j, &step->cond, &b))
			continue;
		c = reach_cond(j->r, j->env, &step->cond);
		*j->unsure |= c.must != c.may;
		others = space_where(s, others, c.may);
	}
	set = space_of(s, &b.match, value_of(j->r, j->rules, i));
	return others == SPACE_ALL ? set : space_where(s, set, others);
}

/* Where the verdict is one of these. */
static uint32_t with_verdict(struct reached *r, const struct nf_rule *rules, size_t n, uint32_t set,
			     uint32_t kinds)
{
	size_t last = r->asked.no_rules ? VERDICT_KINDS : n;
	uint32_t *to = mem_new(last + 1, sizeof(*to));
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		bool is_one = kinds >> verdict_of(&rules[i]) & 1;

		to[value_of(r, rules, i)] = is_one;
		any |= is_one;
	}
	if (any)
		set = space_map(r->s, set, to, last + 1);
	free(to);
	return any ? set : SPACE_EMPTY;
}

static void note_all(struct reached *r, const struct list_note *now, struct rule_note *notes,
		     size_t n)
{
	struct list_note *list = ARENA_NEW(r->arena, struct list_note);
	bool *has = mem_new(n + 1, sizeof(*has));

	*list = *now;
	if (list->set != SPACE_TOO_LARGE)
		space_values(r->s, list->set, has, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct rule_part *part;

		if (!has[i + 1])
			continue;
		notes[i].alive = true;
		part = list_add(r->arena, &notes[i].parts, sizeof(*part));
		*part = (struct rule_part){list, (uint32_t)i + 1};
	}
	free(has);
}

/* Looked for only where the rule asks: a list's set is large. */
uint32_t reach_list_part(const struct reached *r, const struct rule_part *part)
{
	const struct list_note *list = part->list;
	struct reached here = *r;
	bool unsure = false;
	struct joining j = {&here, &list->env, list->rules, &unsure};
	uint32_t asked;

	here.hook = list->hook;
	here.own = list->own;
	here.looped = list->looped;
	asked = rule_set(&j, r->s, part->value - 1);
	return space_select(r->s, space_where(r->s, list->set, asked), part->value);
}

bool reach_rule_set(struct reached *r, const struct env *env, const struct nf_rule *rule,
		    uint32_t *set)
{
	bool unsure = false;
	const struct joining j = {r, env, rule, &unsure};

	*set = rule_set(&j, r->s, 0);
	return !unsure;
}

bool reach_join(struct reached *r, const struct env *env, const struct nf_rule *rules, size_t n,
		uint32_t where, uint32_t *set)
{
	bool unsure = false;
	struct joining j = {r, env, rules, &unsure};
	struct space_rules list = {n, rule_set, &j};

	*set = space_first_match(r->s, &list, where);
	return !unsure;
}

bool reach_list(struct reached *r, const struct list_run *run, const struct flock *f,
		struct list_ends *ends)
{
	const struct nf_rule *rules =
		r->b->ruleset.chains.items[run->chain].rules.items + run->from;
	uint32_t set, go_on;

	if (!reach_again(r, run, f, &set)) {
		if (!reach_join(r, &f->env, rules, run->n, f->where, &set))
			return false;
		reach_remember(r, run, f, set);
	}
	*ends = (struct list_ends){
		.accepted = with_verdict(r, rules, run->n, set, 1u << VERDICT_ACCEPT),
		.returned = with_verdict(r, rules, run->n, set, 1u << VERDICT_RETURN),
		.left = run->drop_left ? SPACE_EMPTY : space_without(r->s, f->where, set)};
	if (!r->asked.no_rules)
		note_all(r,
			 &(struct list_note){rules, *run, set, ends->accepted, f->env, r->hook,
					     r->own, r->looped},
			 r->notes[run->chain] + run->from, run->n);
	go_on = space_override(r->s, ends->accepted, ends->returned);
	reach_stop_but(r, run->drop_left ? f->where : set, go_on);
	return true;
}
