/* SPDX-License-Identifier: ISC */
#include "box/verify.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"
#include "box/redundant.h"
#include "box/sides.h"
#include "box/wanted.h"

const char *const verify_codes[VERIFY_KINDS] = {
	"missing",
	"translated-otherwise",
	"forbidden-but-allowed",
	"expired-but-allowed",
	"documented-not-needed",
	"excess",
	"dead-rule",
	"redundant-rule",
};

/* What is asked of the box but where it has another name, or is a part of the question. */
struct verifying {
	const struct verify_asked *asked;
	struct verified *v;
	struct sides sides;
	struct box *needed, *documented, *ever;
	struct reach_rule **fates; /* by chain and rule of the box */
	bool **redundant;	   /* so: it may be */
	struct map known;	   /* what was told, by struct item_key: its place */

	/* The part that is asked about now. */
	struct space *s;
	struct side has, needs, documents, once;
	uint32_t forbidden;
	LIST_OF(struct verify_item) found;
};

static struct verify_item *add_item(struct verifying *q, enum verify_kind kind, uint32_t set)
{
	struct verify_item *item = list_add(q->v->arena, &q->found, sizeof(*item));

	item->kind = kind;
	item->has_packet = sides_packet(&q->sides, set, &item->packet);
	return item;
}

/* --- a need in words -------------------------------------------------------------------------- */

static const struct rule *need_of(const struct verifying *q, const struct nf_rule *r)
{
	return r->handle ? &q->asked->today->rules.items[r->handle - 1] : NULL;
}

/* The needs that a rule serves: no more would be enough. NULL: it serves none. */
static const char *word_served(struct verifying *q, uint32_t served)
{
	enum { NEEDS_MAX = 4 };
	const struct nf_ruleset *rs = &q->needed->ruleset;
	struct buf out = BUF_INIT;
	const char *words = NULL;
	size_t n = 0;

	for (size_t c = 0; c < rs->chains.n && served != SPACE_EMPTY; c++)
		for (size_t i = 0; i < rs->chains.items[c].rules.n; i++) {
			const struct rule *need = need_of(q, &rs->chains.items[c].rules.items[i]);
			uint32_t set = reach_matched(q->needs.reach, c, i);

			if (!need || need->action != ACTION_ACCEPT || !need->flows.n ||
			    space_where(q->s, set, served) == SPACE_EMPTY || n++ >= NEEDS_MAX)
				continue;
			buf_add_text(&out, out.n ? ", " : "");
			wanted_format_need(need, &out);
		}
	if (n > NEEDS_MAX)
		buf_addf(&out, ", and %zu more", n - NEEDS_MAX);
	if (n)
		words = arena_copy(q->v->arena, buf_slice(&out));
	buf_release(&out);
	return words;
}

/* --- what is missing -------------------------------------------------------------------------- */

static void find_missing(struct verifying *q, size_t chain, size_t place)
{
	const struct nf_rule *r = &q->needed->ruleset.chains.items[chain].rules.items[place];
	const struct rule *need = need_of(q, r);
	uint32_t set, maybe, sure;
	struct verify_item *item;

	if (!need || need->action != ACTION_ACCEPT || need->match.packets != PACKETS_ANY)
		return;
	set = space_where(q->s, reach_matched(q->needs.reach, chain, place), q->needs.may);
	maybe = space_without(q->s, set, q->has.must);
	set = space_without(q->s, set, q->has.may);
	if (set == SPACE_EMPTY && maybe == SPACE_EMPTY)
		return;
	/* What the need itself asks and nobody knows is no doubt of the box: who owns a socket.
	 * What the gateway has agreed on is open only while it lasts. */
	sure = space_where(q->s, maybe, q->needs.must);
	if (sure == SPACE_EMPTY && (set == SPACE_EMPTY || !need->match.user))
		return;
	item = add_item(q, VERIFY_MISSING, set == SPACE_EMPTY ? maybe : set);
	item->need = need;
	item->depends = set == SPACE_EMPTY;
}

static bool same_end(const struct nf_outcome *a, const struct nf_outcome *b)
{
	return addr_equal(&a->as.to, &b->as.to) && a->as.to_port == b->as.to_port &&
	       addr_equal(&a->as.from, &b->as.from);
}

static bool has_end(const struct nf_walk *w, const struct nf_outcome *end)
{
	for_each (o, &w->outcomes)
		if (same_end(o, end))
			return true;
	return false;
}

static bool all_pass(const struct nf_walk *w)
{
	for_each (o, &w->outcomes)
		if (!nf_fate_passes(o->fate))
			return false;
	return true;
}

/* As what a packet leaves that always passes, and as which it never should; NULL: there is none. A
 * balancer has several ends for it. */
static const struct nf_packet *other_end(const struct nf_walk *has, const struct nf_walk *needs)
{
	if (!all_pass(has) || !all_pass(needs))
		return NULL;
	for_each (o, &has->outcomes)
		if (!has_end(needs, o))
			return &o->as;
	return NULL;
}

/* Whether what passes on both is translated in the same way: one packet of each need. */
static void find_otherwise(struct verifying *q, size_t chain, size_t place)
{
	const struct nf_rule *r = &q->needed->ruleset.chains.items[chain].rules.items[place];
	const struct rule *need = need_of(q, r);
	struct nf_walk *has = NULL, *needs = NULL;
	const struct nf_packet *other;
	struct nf_packet p;
	struct err err;
	uint32_t set;

	if (!need || need->action != ACTION_ACCEPT || !need->flows.n)
		return;
	set = space_where(q->s, reach_matched(q->needs.reach, chain, place), q->needs.must);
	set = space_where(q->s, set, q->has.must);
	if (!sides_packet(&q->sides, set, &p))
		return;
	has = nf_walk(q->has.b, &p, &err);
	needs = nf_walk(q->needs.b, &p, &err);
	other = has && needs ? other_end(has, needs) : NULL;
	if (other) {
		struct verify_item *item = add_item(q, VERIFY_OTHERWISE, set);
		char to[ADDR_TEXT_MAX], from[ADDR_TEXT_MAX];

		item->need = need;
		item->words = arena_printf(q->v->arena, "leaves as %s to %s port %u",
					   addr_text(&other->from, from), addr_text(&other->to, to),
					   other->to_port);
	}
	nf_walk_free(has);
	nf_walk_free(needs);
}

static void find_forbidden(struct verifying *q)
{
	const struct nf_ruleset *rs = &q->needed->ruleset;

	q->forbidden = SPACE_EMPTY;
	for (size_t c = 0; c < rs->chains.n; c++)
		for (size_t i = 0; i < rs->chains.items[c].rules.n; i++) {
			const struct rule *need = need_of(q, &rs->chains.items[c].rules.items[i]);

			if (need && need->action == ACTION_DROP && need->flows.n)
				q->forbidden = space_override(q->s, q->forbidden,
							      reach_matched(q->needs.reach, c, i));
		}
}

static bool has_nat(const struct box *b)
{
	for_each (c, &b->ruleset.chains)
		if (c->type == CHAIN_NAT && c->rules.n)
			return true;
	return false;
}

static void find_needs_of_chain(struct verifying *q, size_t chain)
{
	enum { OTHERWISE_MAX = 2000 };
	size_t n = q->needed->ruleset.chains.items[chain].rules.n;
	bool *lacks = mem_new(n + 1, sizeof(*lacks));
	bool translates = has_nat(q->needed) || has_nat(q->has.b);

	reach_touching(q->needs.reach, chain, space_without(q->s, q->needs.may, q->has.must),
		       lacks);
	for (size_t i = 0; i < n; i++) {
		if (lacks[i])
			find_missing(q, chain, i);
		if (translates && i < OTHERWISE_MAX)
			find_otherwise(q, chain, i);
	}
	free(lacks);
}

static void find_needs(struct verifying *q)
{
	for (size_t c = 0; c < q->needed->ruleset.chains.n; c++)
		find_needs_of_chain(q, c);
}

/* --- what is too much ------------------------------------------------------------------------- */

struct excess {
	uint32_t sure, maybe; /* what is left to be told */
	const struct nf_chain *chain;
	const struct nf_rule *rule;
	const char *narrow;
};

static void add_excess(struct verifying *q, const struct excess *x, enum verify_kind kind,
		       uint32_t sure, uint32_t maybe)
{
	struct verify_item *item;

	if (sure == SPACE_EMPTY && maybe == SPACE_EMPTY)
		return;
	item = add_item(q, kind, sure == SPACE_EMPTY ? maybe : sure);
	item->depends = sure == SPACE_EMPTY;
	item->chain = x->chain;
	item->rule = x->rule;
	item->words = x->narrow;
}

/* By whom it is not wanted, the first that says so. */
enum { REASONS = 4 };
struct reason {
	enum verify_kind kind;
	uint32_t of;
};

static void find_reasons(const struct verifying *q, struct reason reasons[REASONS])
{
	reasons[0] = (struct reason){VERIFY_FORBIDDEN, q->forbidden};
	reasons[1] = (struct reason){VERIFY_EXPIRED, q->once.may};
	reasons[2] = (struct reason){VERIFY_DOCUMENTED, q->documents.may};
	reasons[3] = (struct reason){VERIFY_EXCESS, SPACE_ALL};
}

static void tell_excess(struct verifying *q, const struct excess *x, uint32_t sure, uint32_t maybe)
{
	struct reason reasons[REASONS];

	find_reasons(q, reasons);
	for (size_t i = 0; i < REASONS; i++) {
		uint32_t of = reasons[i].of;

		add_excess(q, x, reasons[i].kind, space_where(q->s, sure, of),
			   space_where(q->s, maybe, of));
		sure = space_without(q->s, sure, of);
		maybe = space_without(q->s, maybe, of);
	}
}

static void find_excess_of_rule(struct verifying *q, struct excess *x, size_t chain, size_t place)
{
	uint32_t all = reach_matched(q->has.reach, chain, place), sure, maybe, served;

	x->rule = &x->chain->rules.items[place];
	sure = space_where(q->s, all, x->sure);
	maybe = space_where(q->s, all, x->maybe);
	if (sure == SPACE_EMPTY && maybe == SPACE_EMPTY)
		return;
	served = space_where(q->s, all, q->needs.may);
	served = space_where(q->s, served, q->has.may);
	x->narrow = word_served(q, served);
	tell_excess(q, x, sure, maybe);
	x->sure = space_without(q->s, x->sure, sure);
	x->maybe = space_without(q->s, x->maybe, maybe);
}

static void add_bare(struct verifying *q, const struct excess *x, enum verify_kind kind,
		     bool depends, size_t place)
{
	struct verify_item *item = list_add(q->v->arena, &q->found, sizeof(*item));

	*item = (struct verify_item){.kind = kind,
				     .depends = depends,
				     .chain = x->chain,
				     .rule = &x->chain->rules.items[place]};
}

/* Of many rules only which they are, for all of them at once. */
static void tell_many(struct verifying *q, struct excess *x, size_t chain, const bool *marked)
{
	size_t n = x->chain->rules.n;
	uint32_t sure = x->sure, maybe = x->maybe, taken;
	bool *is_sure = mem_new(n + 1, sizeof(bool)), *is_maybe = mem_new(n + 1, sizeof(bool));
	struct reason reasons[REASONS];

	find_reasons(q, reasons);
	for (size_t k = 0; k < REASONS; k++) {
		uint32_t of = reasons[k].of;

		memset(is_sure, 0, n);
		memset(is_maybe, 0, n);
		reach_touching(q->has.reach, chain, space_where(q->s, sure, of), is_sure);
		reach_touching(q->has.reach, chain, space_where(q->s, maybe, of), is_maybe);
		for (size_t i = 0; i < n; i++)
			if (marked[i] && (is_sure[i] || is_maybe[i]))
				add_bare(q, x, reasons[k].kind, !is_sure[i], i);
		sure = space_without(q->s, sure, of);
		maybe = space_without(q->s, maybe, of);
	}
	taken = reach_let_through(q->has.reach, chain);
	x->sure = space_without(q->s, x->sure, taken);
	x->maybe = space_without(q->s, x->maybe, taken);
	free(is_sure);
	free(is_maybe);
}

/* The first ones with a packet each. */
static void find_excess_of_chain(struct verifying *q, struct excess *x, size_t chain)
{
	size_t most = sides_shown_max(&q->sides);
	bool *touches;
	size_t n, shown = 0;

	x->chain = &q->has.b->ruleset.chains.items[chain];
	n = x->chain->rules.n;
	touches = mem_new(n + 1, sizeof(*touches));
	reach_touching(q->has.reach, chain, space_override(q->s, x->sure, x->maybe), touches);
	for (size_t i = 0; i < n; i++) {
		touches[i] = touches[i] && nf_rule_lets_through(&x->chain->rules.items[i]) &&
			     x->chain->type != CHAIN_NAT;
		if (!touches[i] || shown++ >= most)
			continue;
		find_excess_of_rule(q, x, chain, i);
		touches[i] = false;
	}
	if (shown > most)
		tell_many(q, x, chain, touches);
	free(touches);
}

static void find_excess(struct verifying *q)
{
	const struct nf_ruleset *rs = &q->has.b->ruleset;
	struct excess x = {.sure = space_without(q->s, q->has.must, q->needs.may),
			   .maybe = SPACE_EMPTY};

	if (q->has.may != q->has.must) {
		x.maybe = space_without(q->s, q->has.may, q->needs.may);
		x.maybe = space_without(q->s, x.maybe, q->has.must);
	}
	for (size_t c = 0; c < rs->chains.n; c++)
		find_excess_of_chain(q, &x, c);
	/* No rule let it through: policies did. */
	x.chain = NULL;
	x.rule = NULL;
	x.narrow = NULL;
	tell_excess(q, &x, x.sure, x.maybe);
}

/* --- dead rules ------------------------------------------------------------------------------- */

static const char *why_dead(struct verifying *q, const struct reach_rule *r,
			    const struct nf_chain *c)
{
	switch (r->fate) {
	case REACH_NEVER:
		return "what it asks for cannot be";
	case REACH_UNCALLED:
		return "nothing comes to its chain";
	case REACH_UNROUTED:
		return "routing lets nothing of it come here";
	default:
		break;
	}
	if (r->by >= 0)
		return arena_printf(q->v->arena, "rule %u before it takes all of it",
				    c->rules.items[r->by].number);
	if (r->together)
		return arena_printf(q->v->arena, "%zu rules before it take all of it, together",
				    r->together);
	return "rules before it take all of it";
}

static void note_dead(struct verifying *q)
{
	const struct nf_ruleset *rs = &q->has.b->ruleset;

	for (size_t c = 0; c < rs->chains.n; c++)
		for (size_t i = 0; i < rs->chains.items[c].rules.n; i++) {
			struct reach_rule r = reach_rule(q->has.reach, c, i);

			if (q->fates[c][i].fate != REACH_USED)
				q->fates[c][i] = r;
		}
}

static void add_rule(struct verifying *q, enum verify_kind kind, const struct nf_chain *c, size_t i,
		     const char *words)
{
	struct verify_item *item = list_add(q->v->arena, &q->v->items, sizeof(*item));

	*item = (struct verify_item){
		.kind = kind, .chain = c, .rule = &c->rules.items[i], .words = words};
}

static void tell_dead(struct verifying *q)
{
	const struct nf_ruleset *rs = &q->asked->box->ruleset;

	for (size_t c = 0; c < rs->chains.n; c++) {
		const struct nf_chain *chain = &rs->chains.items[c];

		for (size_t i = 0; i < chain->rules.n; i++) {
			const struct reach_rule *r = &q->fates[c][i];

			if (r->fate == REACH_USED || r->fate == REACH_UNDECIDED_RULE)
				continue;
			add_rule(q, VERIFY_DEAD, chain, i, why_dead(q, r, chain));
			q->redundant[c][i] = false;
			q->v->dead++;
		}
	}
}

static void tell_redundant(struct verifying *q)
{
	const struct nf_ruleset *rs = &q->asked->box->ruleset;

	for (size_t c = 0; c < rs->chains.n && !q->v->redundant_unknown; c++)
		for (size_t i = 0; i < rs->chains.items[c].rules.n; i++)
			if (q->redundant[c][i]) {
				add_rule(q, VERIFY_REDUNDANT, &rs->chains.items[c], i,
					 "without it the same packets are let through");
				q->v->redundant++;
			}
}

/* --- all of it -------------------------------------------------------------------------------- */

/* By what two parts of the question may tell the same. */
struct item_key {
	const void *need, *chain, *rule;
	size_t kind;
};

/* What another part has told already is the same mistake. */
static void keep_item(struct verifying *q, const struct verify_item *item)
{
	struct item_key *key = ARENA_NEW(q->v->arena, struct item_key);
	struct slice bytes = {(const char *)key, sizeof(*key)};
	size_t *place;

	*key = (struct item_key){item->need, item->chain, item->rule, item->kind};
	place = map_find(&q->known, bytes);
	if (place) {
		if (q->v->items.items[*place].depends && !item->depends)
			q->v->items.items[*place] = *item;
		return;
	}
	place = ARENA_NEW(q->v->arena, size_t);
	*place = q->v->items.n;
	map_add(&q->known, bytes, place);
	*(struct verify_item *)list_add(q->v->arena, &q->v->items, sizeof(*item)) = *item;
}

static void keep(struct verifying *q)
{
	for_each (item, &q->found)
		keep_item(q, item);
	q->found.n = 0;
}

static bool is_too_large(const struct verifying *q)
{
	return space_override(q->s, q->has.may, q->needs.may) == SPACE_TOO_LARGE;
}

/* What nothing can be said of, because none of its rules are there. */
static uint32_t unread(const struct verifying *q)
{
	uint32_t set = SPACE_EMPTY;

	if (q->v->unread4)
		set = space_of_field(q->s, SPACE_FAMILY,
				     (struct space_range){SPACE_IPV4, SPACE_IPV4});
	if (q->v->unread6)
		set = space_override(q->s, set,
				     space_of_field(q->s, SPACE_FAMILY,
						    (struct space_range){SPACE_IPV6, SPACE_IPV6}));
	return set;
}

static bool ask(void *ctx, struct space *s, uint32_t within)
{
	struct verifying *q = ctx;
	uint32_t served;
	bool fits;

	q->s = s;
	q->found.n = 0;
	within = space_without(s, within, unread(q));
	sides_begin(&q->sides, s);
	fits = side_open(&q->sides, &q->has, q->asked->box, within) &&
	       side_open(&q->sides, &q->needs, q->needed, within) &&
	       side_open(&q->sides, &q->documents, q->documented, within) &&
	       side_open(&q->sides, &q->once, q->ever, within);
	if (fits) {
		find_forbidden(q);
		find_needs(q);
		find_excess(q);
		fits = !is_too_large(q);
	}
	served = fits ? space_where(s, q->has.may, q->needs.may) : SPACE_TOO_LARGE;
	fits = fits && served != SPACE_TOO_LARGE;
	if (fits) {
		note_dead(q);
		keep(q);
		q->v->allowed += space_count(s, q->has.may);
		q->v->needed += space_count(s, served);
	}
	/* Last, because it may make the space too large. */
	if (fits && !q->v->redundant_unknown &&
	    !redundant_find(&q->sides, &q->has, within, q->redundant))
		q->v->redundant_unknown = true;
	side_close(&q->has);
	side_close(&q->needs);
	side_close(&q->documents);
	side_close(&q->once);
	return fits;
}

static void add_hosts(struct verifying *q)
{
	const struct site *site = q->asked->today->plan->site;
	size_t n = 0;
	struct addr *addrs;

	for_each (h, &site->hosts)
		n += h->addresses.n;
	addrs = ARENA_ARRAY(q->v->arena, struct addr, n);
	n = 0;
	for_each (h, &site->hosts)
		for_each (a, &h->addresses)
			addrs[n++] = *a;
	q->sides.hints = (struct space_hints){.addrs = addrs, .n_addrs = n};
}

static void note_unread(struct verifying *q)
{
	q->v->unread4 = !box_has_rules(q->asked->box, 4);
	q->v->unread6 = !box_has_rules(q->asked->box, 6);
	for_each (r, &q->asked->today->rules)
		if (r->action == ACTION_ACCEPT && r->flows.n)
			q->v->unread_needed |= r->match.family == 4   ? q->v->unread4
					       : r->match.family == 6 ? q->v->unread6
								      : false;
}

static void prepare(struct verifying *q)
{
	const struct verify_asked *a = q->asked;
	const struct nf_ruleset *rs = &a->box->ruleset;

	q->needed = box_of_policy(a->today, a->box);
	q->documented = a->documented ? box_of_policy(a->documented, a->box) : NULL;
	q->ever = a->ever ? box_of_policy(a->ever, a->box) : NULL;
	sides_init(&q->sides, q->v->arena, a->box);
	reach_frame_add_box(&q->sides.frame, a->box);
	reach_frame_add_box(&q->sides.frame, q->needed);
	if (q->documented)
		reach_frame_add_box(&q->sides.frame, q->documented);
	if (q->ever)
		reach_frame_add_box(&q->sides.frame, q->ever);
	sides_seal(&q->sides);
	add_hosts(q);
	note_unread(q);
	q->fates = ARENA_ARRAY(q->v->arena, struct reach_rule *, rs->chains.n + 1);
	q->redundant = ARENA_ARRAY(q->v->arena, bool *, rs->chains.n + 1);
	for (size_t c = 0; c < rs->chains.n; c++) {
		size_t n = rs->chains.items[c].rules.n;

		q->fates[c] = ARENA_ARRAY(q->v->arena, struct reach_rule, n + 1);
		for (size_t i = 0; i < n; i++)
			q->fates[c][i] =
				(struct reach_rule){.fate = REACH_UNDECIDED_RULE, .by = -1};
		q->redundant[c] = ARENA_ARRAY(q->v->arena, bool, n + 1);
		for (size_t i = 0; i < n; i++)
			q->redundant[c][i] = redundant_can_be(&rs->chains.items[c].rules.items[i]);
		q->v->rules += n;
	}
	q->v->redundant_unknown = q->v->rules > REDUNDANT_RULES_MAX;
}

static void release(struct verifying *q)
{
	sides_release(&q->sides);
	map_release(&q->known);
	box_free(q->needed);
	box_free(q->documented);
	box_free(q->ever);
}

struct verified *verify(const struct verify_asked *asked)
{
	struct arena *arena = arena_new();
	struct verified *v = ARENA_NEW(arena, struct verified);
	struct verifying q = {.asked = asked, .v = v};
	const struct space_question question = {ask, &q};

	v->arena = arena;
	prepare(&q);
	v->undecided = space_decide(q.sides.frame.frame, asked->limits, &question);
	/* Of a part that nobody has looked at, a rule may decide. */
	if (!v->undecided.n) {
		tell_dead(&q);
		tell_redundant(&q);
	}
	release(&q);
	return v;
}

void verified_free(struct verified *v)
{
	if (v)
		arena_free(v->arena);
}

/* About the logarithm: how many digits, and how far to the next. */
static double digits(double x)
{
	unsigned n = 0;

	while (x >= 10) {
		x /= 10;
		n++;
	}
	return n + (x - 1) / 9;
}

unsigned verified_score(const struct verified *v)
{
	if (v->allowed <= 1)
		return 100;
	return (unsigned)(100 * digits(1 + v->needed) / digits(1 + v->allowed) + 0.5);
}
