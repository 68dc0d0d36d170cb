/* SPDX-License-Identifier: ISC
 *
 * Every tree of up to three leaves, with every outcome of each, against an evaluator that thinks
 * otherwise: it knows only what holds in a world where some outcomes are taken as good and the
 * rest as bad. A verdict is the best one that holds where everything from it upward is good.
 */
#include "../truth/world.h"

#include <string.h>

#include "test.h"

enum { LEAVES = 3, MARKS = 1 << LEAVES };

/* "abc" are the leaves, "&|>" what joins those in the brackets behind it. */
static const char *const shapes[] = {
	"a",	     "&(ab)",	  "|(ab)",     ">(ab)",	    "&(abc)",	 "|(abc)",    ">(abc)",
	"&(&(ab)c)", "&(|(ab)c)", "&(>(ab)c)", "|(&(ab)c)", "|(|(ab)c)", "|(>(ab)c)", ">(&(ab)c)",
	">(|(ab)c)", ">(>(ab)c)", "&(a&(bc))", "&(a|(bc))", "&(a>(bc))", "|(a&(bc))", "|(a|(bc))",
	"|(a>(bc))", ">(a&(bc))", ">(a|(bc))", ">(a>(bc))",
};

/* From bad to good. */
enum goodness { FAILS, UNTRIED, UNPROVEN, HOLDS, ELSEWHERE };
static const struct outcome_kind {
	const char *word;
	enum goodness both, network; /* how good it is; for the network alone */
} kinds[] = {
	{"dropped", FAILS, FAILS},	{"vacant", FAILS, HOLDS}, {"untried", UNTRIED, UNTRIED},
	{"silent", UNPROVEN, UNPROVEN}, {"open", HOLDS, HOLDS},	  {"", ELSEWHERE, ELSEWHERE},
};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

struct assignment {
	size_t kind[LEAVES];
	unsigned marks; /* bits: degraded */
	bool network_only;
};

static bool is_leaf(char c)
{
	return c >= 'a' && c < 'a' + LEAVES;
}

/* --- the other evaluator ---------------------------------------------------------------------- */

static enum goodness level_of(const struct assignment *a, size_t leaf)
{
	const struct outcome_kind *k = &kinds[a->kind[leaf]];

	return a->network_only ? k->network : k->both;
}

/* What stands in the brackets, or the leaf. Empty: nothing of it starts here. */
struct answer_in_world {
	bool is_here, holds, is_degraded;
};

static struct answer_in_world holds(const char **shape, const struct assignment *a,
				    enum goodness least)
{
	char op = *(*shape)++;
	struct answer_in_world all = {.holds = op == '&'}, kid;

	if (is_leaf(op)) {
		enum goodness level = level_of(a, (size_t)(op - 'a'));

		return (struct answer_in_world){level != ELSEWHERE, level >= least,
						a->marks & (1u << (op - 'a'))};
	}
	for (++*shape; **shape != ')';) {
		kid = holds(shape, a, least);
		if (!kid.is_here)
			continue;
		if (op == '&')
			all.is_degraded |= kid.is_degraded;
		else if (kid.holds && (!all.holds || (op == '|' && all.is_degraded)))
			all.is_degraded = kid.is_degraded;
		all.holds = op == '&' ? all.holds && kid.holds : all.holds || kid.holds;
		all.is_here = true;
	}
	++*shape;
	return all;
}

static enum verdict expected(const char *shape, const struct assignment *a, bool *is_here)
{
	static const enum verdict verdicts[] = {
		[UNTRIED] = VERDICT_NOT_TESTED,
		[UNPROVEN] = VERDICT_UNPROVEN,
		[HOLDS] = VERDICT_PASS,
	};

	for (enum goodness least = HOLDS; least > FAILS; least--) {
		const char *p = shape;
		struct answer_in_world t = holds(&p, a, least);

		*is_here = t.is_here;
		if (t.holds)
			return least == HOLDS && t.is_degraded ? VERDICT_DEGRADED : verdicts[least];
	}
	return VERDICT_FAIL;
}

/* --- in the judge's words --------------------------------------------------------------------- */

static const struct need *make_tree(struct world *w, const char **shape, unsigned marks)
{
	static const enum need_kind joins[] = {
		['&'] = NEED_ALL, ['|'] = NEED_ANY, ['>'] = NEED_ELSE};
	struct need *n = ARENA_NEW(w->arena, struct need);
	char op = *(*shape)++;

	if (is_leaf(op)) {
		n->flow = &w->flows[op - 'a'];
		n->degraded = marks & (1u << (op - 'a'));
		return n;
	}
	n->kind = joins[(unsigned char)op];
	n->kids.items = ARENA_ARRAY(w->arena, const struct need *, LEAVES);
	for (++*shape; **shape != ')';)
		n->kids.items[n->kids.n++] = make_tree(w, shape, marks);
	++*shape;
	return n;
}

static void read_seen(struct world *w, const struct assignment *a)
{
	struct buf text = BUF_INIT;

	for (size_t i = 0; i < LEAVES; i++)
		if (*kinds[a->kind[i]].word)
			buf_addf(&text, "%c=%s ", (int)('a' + i), kinds[a->kind[i]].word);
	assert_true(world_read_seen(w, buf_slice(&text)));
	buf_release(&text);
}

static enum answer answer_of(enum verdict v)
{
	if (v == VERDICT_PASS || v == VERDICT_DEGRADED)
		return ANSWER_PASS;
	return v == VERDICT_FAIL ? ANSWER_FAIL : ANSWER_UNKNOWN;
}

static bool has_elsewhere(const char *shape, const struct assignment *a)
{
	for (; *shape; shape++)
		if (is_leaf(*shape) && level_of(a, (size_t)(*shape - 'a')) == ELSEWHERE)
			return true;
	return false;
}

/* The network's answer is what the verdict would be if only it were asked; of what does not hold,
 * for what holds the branch that decided answers. */
static void check_one(struct world *w, const char *shape, const struct assignment *a)
{
	const struct judge_options options = {.network_only = a->network_only};
	struct assignment network = *a;
	const struct judgement *j = world_judge(w, &options);
	bool is_here = false;
	enum verdict want = expected(shape, a, &is_here);

	network.network_only = true;
	if (j->elsewhere == is_here || (is_here && j->verdict != want))
		fail_msg("%s, %s %s %s, marks %u%s: %s, not %s", shape, kinds[a->kind[0]].word,
			 kinds[a->kind[1]].word, kinds[a->kind[2]].word, a->marks,
			 a->network_only ? ", network" : "",
			 j->elsewhere ? "elsewhere" : verdict_names[j->verdict],
			 is_here ? verdict_names[want] : "elsewhere");
	if (!is_here)
		return;
	assert_int_equal(w->verdicts.summary.exit, want == VERDICT_FAIL		? 1
						   : want == VERDICT_NOT_TESTED ? 3
										: 0);
	assert_int_equal(j->network, answer_of(expected(shape, &network, &is_here)));
	assert_true(!j->partial || has_elsewhere(shape, a));
	if (has_elsewhere(shape, a) && !strpbrk(shape, "|>"))
		assert_true(j->partial);
}

static void check_assignment(const char *shape, struct assignment a)
{
	struct world w;

	world_init(&w);
	read_seen(&w, &a);
	for (a.marks = 0; a.marks < MARKS; a.marks++) {
		const char *p = shape;

		w.demands[0].needs = make_tree(&w, &p, a.marks);
		for (int i = 0; i < 2; i++) {
			a.network_only = i;
			check_one(&w, shape, &a);
		}
	}
	world_release(&w);
}

static void every_tree(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++)
		for (size_t n = 0; n < KINDS * KINDS * KINDS; n++)
			check_assignment(shapes[i],
					 (struct assignment){.kind = {n % KINDS, n / KINDS % KINDS,
								      n / KINDS / KINDS}});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
