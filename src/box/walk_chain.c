/* SPDX-License-Identifier: ISC
 *
 * The chains of a hook, in the kernel's order, with what the kernel itself does between them.
 */
#include <limits.h>

#include "box/walk_int.h"

/* Where connection tracking and translation stand (include/uapi/linux/netfilter_ipv4.h,
 * NF_IP_PRI_*). A chain of the same priority comes before. */
enum { AT_TRACKING = -200, AT_TARGET_NAT = -100, AT_SOURCE_NAT = 100 };

static bool rule_is_inert(struct walk *w, const struct nf_rule *r);

/* Whether nothing in it decides or changes anything: what only logs, for one. */
static bool chain_is_inert(struct walk *w, uint32_t place)
{
	const struct nf_chain *c = &w->b->ruleset.chains.items[place];

	if (w->inert[place])
		return w->inert[place] > 0;
	w->inert[place] = -1; /* until it is known */
	for_each (r, &c->rules)
		if (!rule_is_inert(w, r))
			return false;
	w->inert[place] = 1;
	return true;
}

static bool step_is_inert(struct walk *w, const struct nf_step *s)
{
	if (s->kind == STEP_VERDICT && s->verdict.kind == VERDICT_JUMP)
		return chain_is_inert(w, s->verdict.chain);
	return s->kind == STEP_IF || s->kind == STEP_HELPER ||
	       (s->kind == STEP_VERDICT && s->verdict.kind == VERDICT_CONTINUE);
}

static bool rule_is_inert(struct walk *w, const struct nf_rule *r)
{
	for_each (s, &r->steps)
		if (!step_is_inert(w, s))
			return false;
	return true;
}

struct at { /* where a verdict is said */
	const struct nf_chain *chain;
	const struct nf_rule *rule;
	unsigned depth;
};

static enum nf_verdict_kind walk_chain(struct walk *w, uint32_t place, unsigned depth);

static enum nf_verdict_kind decide(struct walk *w, struct at at, enum nf_fate fate, const char *why)
{
	w->now.chain = at.chain;
	w->now.rule = at.rule;
	walk_end(w, fate, why);
	return VERDICT_DROP;
}

/* A program decides; where none listens the kernel drops, or does not. */
static enum nf_verdict_kind ask_program(struct walk *w, struct at at)
{
	if (walk_guess(w, "whether the program behind its queue lets it pass"))
		return VERDICT_ACCEPT;
	return decide(w, at, FATE_DROPPED, NULL);
}

static enum nf_verdict_kind jump(struct walk *w, const struct nf_verdict *v, struct at at)
{
	enum nf_verdict_kind said;

	if (at.depth >= WALK_DEPTH_MAX)
		return decide(w, at, FATE_UNDECIDED, "too many chains behind each other");
	said = walk_chain(w, v->chain, at.depth + 1);
	if (said != VERDICT_CONTINUE)
		return said;
	/* What was gone to returns to whoever called this chain. */
	return v->kind == VERDICT_GOTO ? VERDICT_RETURN : VERDICT_CONTINUE;
}

static enum nf_verdict_kind obey(struct walk *w, const struct nf_verdict *v, struct at at)
{
	switch (v->kind) {
	case VERDICT_JUMP:
	case VERDICT_GOTO:
		return jump(w, v, at);
	case VERDICT_DROP:
		return decide(w, at, FATE_DROPPED, NULL);
	case VERDICT_REJECT:
		w->now.answer = v->answer;
		return decide(w, at, FATE_REJECTED, NULL);
	case VERDICT_QUEUE:
		return ask_program(w, at);
	default:
		return v->kind;
	}
}

static enum nf_verdict_kind obey_map(struct walk *w, const struct nf_lookup *map, struct at at)
{
	long i = walk_find(w, map);

	return i < 0 ? VERDICT_CONTINUE : obey(w, &map->set->data[i].verdict, at);
}

static void set_mark(struct walk *w, uint32_t mark)
{
	w->moved |= w->p.mark != mark;
	w->p.mark = mark;
}

/* False: the rule says nothing of this packet. */
static bool set_mark_by_map(struct walk *w, const struct nf_lookup *map)
{
	long i = walk_find(w, map);

	if (i >= 0)
		set_mark(w, map->set->data[i].number);
	return i >= 0;
}

/* What it became is not followed. */
static void blur(struct nf_packet *p, enum nf_key key)
{
	if (key == KEY_TTL)
		p->has_ttl = false;
	else if (key == KEY_DSCP)
		p->has_dscp = false;
	else
		p->has_ecn = false;
}

static void change(struct walk *w, const struct nf_step *s)
{
	uint32_t keep = s->mark.keep, flip = s->mark.flip;

	switch (s->kind) {
	case STEP_MARK:
		set_mark(w, (w->p.mark & keep) ^ flip);
		break;
	case STEP_CT_MARK:
		w->ct_mark = (w->ct_mark & keep) ^ flip;
		break;
	case STEP_SAVE_MARK:
		w->ct_mark = (w->ct_mark & keep) ^ (w->p.mark & flip);
		break;
	case STEP_RESTORE_MARK:
		set_mark(w, (w->p.mark & keep) ^ (w->ct_mark & flip));
		break;
	case STEP_NOTRACK:
		w->untracked = true;
		break;
	case STEP_BLUR:
		blur(&w->p, s->key);
		break;
	default:
		break;
	}
}

/* CONTINUE: the next step; JUMP: the next rule; else the verdict. */
static enum nf_verdict_kind take_step(struct walk *w, const struct nf_step *s, struct at at)
{
	enum nf_verdict_kind v;

	switch (s->kind) {
	case STEP_IF:
		return walk_holds(w, &s->cond) ? VERDICT_CONTINUE : VERDICT_JUMP;
	case STEP_MARK_MAP:
		return set_mark_by_map(w, &s->map) ? VERDICT_CONTINUE : VERDICT_JUMP;
	case STEP_VERDICT:
	case STEP_VERDICT_MAP:
		walk_event(w, EVENT_RULE, at.chain, at.rule, NULL);
		v = s->kind == STEP_VERDICT ? obey(w, &s->verdict, at) : obey_map(w, &s->map, at);
		return v == VERDICT_CONTINUE ? VERDICT_JUMP : v;
	case STEP_NAT:
		walk_event(w, EVENT_RULE, at.chain, at.rule, NULL);
		v = walk_translate(w, &s->nat);
		if (v == VERDICT_DROP)
			return decide(w, at, FATE_DROPPED,
				      "the box has no address to translate to");
		return v == VERDICT_CONTINUE ? VERDICT_JUMP : v;
	case STEP_UNKNOWN:
		return decide(w, at, FATE_UNDECIDED, s->text);
	default:
		walk_event(w, EVENT_RULE, at.chain, at.rule, NULL);
		change(w, s);
		return VERDICT_CONTINUE;
	}
}

/* Whether a question may want a guess, whatever the packet says. */
static bool is_doubtful(const struct nf_step *s)
{
	if (s->kind != STEP_IF)
		return false;
	for_each (l, &s->cond.lookups)
		if (l->set->changing || l->set->expiring)
			return true;
	return s->cond.unknown != NULL;
}

/* A question behind that is certainly answered with no: then nothing before it is to be guessed. */
static bool fails_behind(struct walk *w, const struct nf_step *s, const struct nf_rule *r)
{
	const struct nf_step *end = r->steps.items + r->steps.n;
	bool fails = false;

	w->asks = true;
	for (; !fails && s < end && s->kind == STEP_IF; s++) {
		w->unsure = false;
		fails = !walk_holds(w, &s->cond) && !w->unsure;
	}
	w->asks = false;
	return fails;
}

static enum nf_verdict_kind walk_rule(struct walk *w, struct at at)
{
	if (rule_is_inert(w, at.rule))
		return VERDICT_CONTINUE;
	for_each (s, &at.rule->steps) {
		enum nf_verdict_kind v;

		if (is_doubtful(s) && fails_behind(w, s + 1, at.rule))
			break;
		v = take_step(w, s, at);
		if (v == VERDICT_JUMP)
			break;
		if (v != VERDICT_CONTINUE)
			return v;
	}
	return VERDICT_CONTINUE;
}

/* CONTINUE where it returns, or ends. */
static enum nf_verdict_kind walk_chain(struct walk *w, uint32_t place, unsigned depth)
{
	const struct nf_chain *c = &w->b->ruleset.chains.items[place];

	for_each (r, &c->rules) {
		enum nf_verdict_kind v = walk_rule(w, (struct at){c, r, depth});

		if (v == VERDICT_RETURN)
			break;
		if (v != VERDICT_CONTINUE)
			return v;
	}
	return VERDICT_CONTINUE;
}

static bool chain_sees(struct walk *w, const struct nf_chain *c)
{
	const char *link = w->hook == NF_EGRESS ? w->out : w->port;

	if (c->family && c->family != w->p.to.family)
		return false;
	if (c->doubt)
		return walk_guess(w, c->doubt);
	if (w->hook != NF_INGRESS && w->hook != NF_EGRESS)
		return true;
	for_each (device, &c->devices)
		if (link && slice_is(slice_of(*device), link))
			return true;
	return false;
}

static enum nf_verdict_kind walk_base(struct walk *w, size_t place)
{
	const struct nf_chain *c = &w->b->ruleset.chains.items[place];
	enum nf_verdict_kind v;

	if (!chain_sees(w, c))
		return VERDICT_CONTINUE;
	walk_event(w, EVENT_CHAIN, c, NULL, NULL);
	v = walk_chain(w, (uint32_t)place, 0);
	if (v == VERDICT_ACCEPT)
		return VERDICT_CONTINUE;
	if (v != VERDICT_CONTINUE)
		return v;
	walk_event(w, EVENT_POLICY, c, NULL, NULL);
	if (c->policy != VERDICT_DROP)
		return VERDICT_CONTINUE;
	return decide(w, (struct at){.chain = c}, FATE_DROPPED, NULL);
}

static bool is_translated_at(enum nf_hook hook)
{
	return hook == NF_PREROUTING || hook == NF_OUTPUT || hook == NF_POSTROUTING ||
	       hook == NF_INPUT;
}

static bool is_target_nat(enum nf_hook hook)
{
	return hook == NF_PREROUTING || hook == NF_OUTPUT;
}

static void track(struct walk *w)
{
	if (w->untracked || w->tracked)
		return;
	w->tracked = true;
	w->state = w->p.state;
	w->untracked = w->state == CT_UNTRACKED;
	if (!w->answers)
		w->first = w->p;
}

/* Only a connection's first packet is shown to the chains that translate, until one has. */
static enum nf_verdict_kind translate(struct walk *w)
{
	const bool *done = is_target_nat(w->hook) ? &w->target_set : &w->source_set;

	if (!w->tracked || w->untracked || w->state == CT_INVALID)
		return VERDICT_CONTINUE;
	if (w->answers || w->state == CT_ESTABLISHED) {
		walk_translate_back(w);
		return VERDICT_CONTINUE;
	}
	for_each (place, &w->base[w->hook]) {
		if (*done)
			break;
		if (w->b->ruleset.chains.items[*place].type != CHAIN_NAT)
			continue;
		if (walk_base(w, *place) != VERDICT_CONTINUE)
			return VERDICT_DROP;
	}
	return VERDICT_CONTINUE;
}

/* What the kernel does itself before a chain of this priority, once. */
static enum nf_verdict_kind pass_stations(struct walk *w, long before, long *at)
{
	bool target = is_target_nat(w->hook);
	long nat = target ? AT_TARGET_NAT : AT_SOURCE_NAT;
	enum nf_verdict_kind v = VERDICT_CONTINUE;

	if (target && *at <= AT_TRACKING && before > AT_TRACKING)
		track(w);
	if (is_translated_at(w->hook) && *at <= nat && before > nat)
		v = translate(w);
	*at = before;
	return v;
}

enum nf_verdict_kind walk_hook(struct walk *w, enum nf_hook hook)
{
	long at = LONG_MIN;

	w->hook = hook;
	for_each (place, &w->base[hook]) {
		const struct nf_chain *c = &w->b->ruleset.chains.items[*place];
		enum nf_verdict_kind v;

		if (c->type == CHAIN_NAT)
			continue;
		v = pass_stations(w, c->priority, &at);
		if (v == VERDICT_CONTINUE)
			v = walk_base(w, *place);
		if (v != VERDICT_CONTINUE)
			return v;
	}
	return pass_stations(w, LONG_MAX, &at);
}
