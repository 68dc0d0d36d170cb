/* SPDX-License-Identifier: ISC
 *
 * Lists of rules against a scan of them, with packets at the ends of the ranges.
 */
#include "policy/space_list.h"

#include <stdlib.h>

#include "base/mem.h"
#include "policy/space_decide.h"
#include "space_rules.h"
#include "test.h"

static uint32_t want_value(const struct rule_list *l, size_t found)
{
	if (!found || l->numbers)
		return (uint32_t)found;
	return l->rules[found - 1].accept ? RULE_ACCEPT : RULE_DROP;
}

static void check_packets(const struct rule_list *l, const struct space *s, uint32_t set,
			  size_t without, size_t packets)
{
	uint64_t random = 7;

	for (size_t i = 0; i < packets; i++) {
		struct rule_packet p = rules_packet_near(l, &random);
		struct space_packet packet = rules_packet(l, &p);
		uint32_t got = space_find(s, set, &packet);

		if (got != want_value(l, rules_scan(l, &p, without)))
			fail_msg("packet %zu of a list of %zu: value %u", i, l->n, got);
	}
}

static void test_against_a_scan(void **state)
{
	static const struct {
		int kind;
		size_t n;
	} rows[] = {{1, 1}, {1, 400}, {3, 40}, {3, 100}, {4, 30}, {4, 1000}};
	uint64_t random = 42;

	(void)state;
	for (size_t i = 0; i < 4 * ARRAY_LEN(rows); i++) {
		struct rule_list l = rules_make(&random, rows[i / 4].kind, rows[i / 4].n, i % 2);
		const struct space_rules rules = {l.n, rules_set, &l};
		struct space *s = space_new(
			l.frame, i / 2 % 2 ? SPACE_BY_SOURCE : SPACE_BY_DESTINATION, SPACE_LIMITS);

		l.numbers = i % 4 < 2;
		check_packets(&l, s, space_first_match(s, &rules, SPACE_ALL), SIZE_MAX, 20000);
		space_free(s);
		rules_release(&l);
	}
}

/* The same list kept as a tree, and each rule taken out in turn. */
static void test_without_a_rule(void **state)
{
	uint64_t random = 42;

	(void)state;
	for (size_t n = 1; n < 200; n = 3 * n + 1) {
		struct rule_list l = rules_make(&random, 3, n, n % 2);
		const struct space_rules rules = {l.n, rules_set, &l};
		struct space *s = space_new(l.frame, SPACE_BY_DESTINATION, SPACE_LIMITS);
		struct space_list *list = space_list_new(s, &rules, SPACE_ALL);
		uint32_t all = space_first_match(s, &rules, SPACE_ALL);

		assert_int_equal(space_list_set(list), all);
		for (size_t i = 0; i < n; i += 1 + n / 10) {
			uint32_t without = space_list_replaced(list, i, SPACE_EMPTY);

			check_packets(&l, s, without, i, 1000);
			assert_int_equal(space_list_replaced(list, i, rules_set(&l, s, i)), all);
		}
		space_list_free(list);
		space_free(s);
		rules_release(&l);
	}
}

static struct rule rule_of(bool accept, uint32_t to_lo, uint32_t to_hi, uint32_t port_lo,
			   uint32_t port_hi)
{
	return (struct rule){.accept = accept,
			     .proto = 6,
			     .to = {to_lo, to_hi},
			     .from = {0, UINT32_MAX},
			     .to_port = {port_lo, port_hi},
			     .from_port = {0, 65535}};
}

static void test_dead_rules(void **state)
{
	struct rule rows[] = {
		rule_of(true, 10, 19, 80, 90),	rule_of(true, 20, 29, 80, 90),
		rule_of(false, 12, 25, 82, 89), /* dead: the two above, together */
		rule_of(false, 12, 25, 82, 91), /* not: port 91 */
		rule_of(true, 12, 25, 91, 91),	/* dead: the one above */
		rule_of(true, 0, 5, 0, 65535),	rule_of(true, 7, 9, 0, 65535),
		rule_of(false, 0, 9, 443, 443), /* not: address 6 */
		rule_of(false, 6, 6, 443, 443), /* dead: the one above */
	};
	static const bool want[] = {false, false, true, false, true, false, false, false, true};
	struct rule_list l = {.rules = rows, .n = ARRAY_LEN(rows), .numbers = true};
	const struct space_rules rules = {l.n, rules_set, &l};
	enum space_answer dead[ARRAY_LEN(rows)];

	(void)state;
	rules_frame(&l);
	assert_int_equal(space_dead(l.frame, SPACE_LIMITS, &rules, dead).n, 0);
	for (size_t i = 0; i < l.n; i++)
		if (dead[i] != (want[i] ? SPACE_YES : SPACE_NO))
			fail_msg("rule %zu: %d", i, dead[i]);
	space_frame_free(l.frame);
}

/* A redundant rule is not dead: without it, others would do the same. */
static void test_redundant_rules(void **state)
{
	struct rule rows[] = {
		rule_of(true, 10, 19, 80, 80),	/* redundant: the last one */
		rule_of(true, 10, 25, 90, 90),	/* not: address 25 */
		rule_of(false, 30, 39, 80, 80), /* not: the last but one */
		rule_of(true, 30, 39, 80, 85),	rule_of(true, 10, 24, 80, 90),
	};
	static const bool want[] = {true, false, false, false, false};
	struct rule_list l = {.rules = rows, .n = ARRAY_LEN(rows)};
	const struct space_rules rules = {l.n, rules_set, &l};
	struct space_list *list;
	struct space *s;

	(void)state;
	rules_frame(&l);
	s = space_new(l.frame, SPACE_BY_DESTINATION, SPACE_LIMITS);
	list = space_list_new(s, &rules, SPACE_ALL);
	for (size_t i = 0; i < l.n; i++)
		if ((space_list_replaced(list, i, SPACE_EMPTY) == space_list_set(list)) != want[i])
			fail_msg("rule %zu", i);
	space_list_free(list);
	space_free(s);
	space_frame_free(l.frame);
}

/* A long list: what joining leaves behind is taken back, what was there before is not. */
static void test_collected(void **state)
{
	uint64_t random = 42;
	struct rule_list l = rules_make(&random, 4, 20000, false);
	const struct space_rules rules = {l.n, rules_set, &l}, half = {l.n / 100, rules_set, &l};
	struct space *s = space_new(l.frame, SPACE_BY_DESTINATION, SPACE_LIMITS), *plain;
	struct space_list *list;
	uint32_t before, all, again;
	size_t kept;

	(void)state;
	before = space_first_match(s, &half, SPACE_ALL);
	all = space_first_match(s, &rules, SPACE_ALL);
	kept = space_used(s).edges;
	check_packets(&l, s, all, SIZE_MAX, 500);
	again = space_first_match(s, &half, SPACE_ALL);
	assert_int_equal(again, before);
	l.n /= 100;
	check_packets(&l, s, before, SIZE_MAX, 20000);
	l.n *= 100;
	assert_int_equal(space_first_match(s, &rules, SPACE_ALL), all);

	plain = space_new(l.frame, SPACE_BY_DESTINATION, SPACE_LIMITS);
	list = space_list_new(plain, &rules, SPACE_ALL);
	assert_true(2 * kept < space_used(plain).edges);
	assert_true(space_count(plain, space_list_set(list)) == space_count(s, all));
	space_list_free(list);
	space_free(plain);
	space_free(s);
	rules_release(&l);
}

static void check_parts(const struct space_parts *got, const char *want)
{
	struct buf text = BUF_INIT;

	for (size_t i = 0; i < got->n; i++) {
		buf_add_text(&text, i ? ", " : "");
		space_part_format(&got->items[i], &text);
	}
	check_text("undecided", &text, want);
	buf_release(&text);
}

/* UDP is easy, TCP is not: what is decided is right, the rest is said to depend. */
static void test_too_large(void **state)
{
	static const struct space_limits little = {.edges = 100000, .steps = 2000000};
	uint64_t random = 42;
	struct rule_list l = rules_make(&random, 3, 1000, true);
	const struct space_rules rules = {l.n, rules_set, &l};
	enum space_answer *some = mem_new(l.n, sizeof(*some)), *all = mem_new(l.n, sizeof(*all));
	struct space_parts parts;
	size_t decided = 0;

	(void)state;
	for (size_t i = 0; i < l.n; i++)
		l.rules[i].proto = i % 25 ? 6 : 17;
	l.numbers = true;
	parts = space_dead(l.frame, SPACE_LIMITS, &rules, all);
	assert_int_equal(parts.n, 0);
	parts = space_dead(l.frame, little, &rules, some);
	check_parts(&parts, "TCP over IPv6");
	for (size_t i = 0; i < l.n; i++) {
		if (l.rules[i].proto == 6)
			assert_int_equal(some[i], SPACE_DEPENDS);
		else
			assert_int_equal(some[i], all[i]);
		decided += some[i] == SPACE_YES;
	}
	assert_true(decided > 0);
	free(some);
	free(all);
	rules_release(&l);
}

/* The parts are everything, and nothing twice. */
static void test_parts(void **state)
{
	struct space_frame *f = space_frame_new();
	struct space *s;
	uint32_t sum = SPACE_EMPTY;
	struct space_parts parts = {.n = SPACE_PARTS};

	(void)state;
	space_frame_seal(f);
	s = space_new(f, SPACE_BY_DESTINATION, SPACE_LIMITS);
	for (uint32_t i = 0; i < SPACE_PARTS; i++) {
		uint32_t set;

		parts.items[i] = (struct space_part){i / SPACE_PROTOS, i % SPACE_PROTOS};
		set = space_part_set(s, &parts.items[i]);
		assert_int_equal(space_where(s, sum, set), SPACE_EMPTY);
		sum = space_override(s, sum, set);
	}
	assert_int_equal(sum, SPACE_ALL);
	check_parts(&parts, "TCP over IPv4, UDP over IPv4, other protocols over IPv4, "
			    "TCP over IPv6, UDP over IPv6, other protocols over IPv6");
	space_free(s);
	space_frame_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_a_scan), cmocka_unit_test(test_without_a_rule),
		cmocka_unit_test(test_dead_rules),     cmocka_unit_test(test_redundant_rules),
		cmocka_unit_test(test_collected),      cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
