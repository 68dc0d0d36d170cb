/* SPDX-License-Identifier: ISC
 *
 * Exact sets against BuDDy: the boxes of what a list accepts, joined, are the very same diagram as
 * what BuDDy makes of the rules; and the same rules are dead.
 */
#include "space_buddy.h"

#include <stdlib.h>

#include "base/mem.h"
#include "policy/space_decide.h"
#include "test.h"

static const struct {
	int kind;
	size_t n;
} lists[] = {{1, 100}, {3, 12}, {4, 25}, {4, 200}};

struct joined {
	const struct rule_list *list;
	BDD accept, any;
};

static bool join_box(void *ctx, const struct space_box *box)
{
	struct joined *j = ctx;
	BDD b = buddy_box(j->list, box);

	j->any = buddy(j->any, bdd_addref(b), bddop_or);
	if (box->value == RULE_ACCEPT)
		j->accept = buddy(j->accept, bdd_addref(b), bddop_or);
	bdd_delref(b);
	return true;
}

static void check_accept(const struct rule_list *l)
{
	const struct space_rules rules = {l->n, rules_set, l};
	struct joined j = {l, bdd_false(), bdd_false()};
	struct space *s = space_new(l->frame, SPACE_BY_DESTINATION, SPACE_LIMITS);
	struct buddy_list want = buddy_first_match(l, 0, l->n);

	/* Only the family of the rules is in the set: the boxes say so, too. */
	space_boxes(s, space_first_match(s, &rules, SPACE_ALL), join_box, &j);
	assert_int_equal(j.any, want.any);
	assert_int_equal(j.accept, want.accept);
	space_free(s);
}

static size_t check_dead(struct rule_list *l)
{
	const struct space_rules rules = {l->n, rules_set, l};
	enum space_answer *dead = mem_new(l->n, sizeof(*dead));
	BDD before = bdd_false();
	size_t n = 0;

	l->numbers = true;
	assert_int_equal(space_dead(l->frame, SPACE_LIMITS, &rules, dead).n, 0);
	l->numbers = false;
	for (size_t i = 0; i < l->n; i++) {
		BDD match = buddy_rule(l, i),
		    left = bdd_addref(bdd_apply(match, before, bddop_diff));

		assert_int_equal(dead[i], left == bdd_false() ? SPACE_YES : SPACE_NO);
		n += left == bdd_false();
		bdd_delref(left);
		before = buddy(before, match, bddop_or);
	}
	free(dead);
	return n;
}

static void check_family(bool v6)
{
	uint64_t random = 42;
	size_t dead = 0;

	buddy_start(v6);
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		struct rule_list l = rules_make(&random, lists[i].kind, lists[i].n, v6);

		check_accept(&l);
		rules_release(&l);
		l = rules_make(&random, lists[i].kind, 5 * lists[i].n, v6);
		dead += check_dead(&l);
		rules_release(&l);
	}
	assert_true(dead > 0);
	bdd_done();
}

static void test_ipv4(void **state)
{
	(void)state;
	check_family(false);
}

static void test_ipv6(void **state)
{
	(void)state;
	check_family(true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_ipv4),
					   cmocka_unit_test(test_ipv6)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
