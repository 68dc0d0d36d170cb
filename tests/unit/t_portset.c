/* SPDX-License-Identifier: ISC */
#include "base/portset.h"

#include <string.h>

#include "base/compiler.h"
#include "test.h"

static void test_parse(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		uint16_t lo, hi;
	} rows[] = {
		{"80", true, 80, 80},
		{"1-65535", true, 1, 65535},
		{"7000-7008", true, 7000, 7008},
		{"80-80", true, 80, 80},
		{"0", false, 0, 0},
		{"0-10", false, 0, 0},
		{"65536", false, 0, 0},
		{"80-79", false, 0, 0},
		{"80-", false, 0, 0},
		{"-80", false, 0, 0},
		{"", false, 0, 0},
		{"80-90-100", false, 0, 0},
		{"80 - 90", false, 0, 0},
		{"http", false, 0, 0},
		{"80,81", false, 0, 0},
		{"1-99999999999", false, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct port_range r = {0, 0};

		if (port_range_parse(slice_of(rows[i].text), &r) != rows[i].ok)
			fail_msg("\"%s\"", rows[i].text);
		assert_int_equal(r.lo, rows[i].lo);
		assert_int_equal(r.hi, rows[i].hi);
	}
}

static void test_format(void **state)
{
	struct portset s = {0};
	struct buf b = BUF_INIT;

	(void)state;
	portset_format(&s, &b);
	check_text("empty", &b, "");
	portset_add(&s, (struct port_range){7000, 7008});
	portset_add(&s, (struct port_range){22, 22});
	portset_add(&s, (struct port_range){80, 80});
	portset_add(&s, (struct port_range){81, 81});
	portset_format(&s, &b);
	check_text("joined", &b, "22,80-81,7000-7008");
	buf_release(&b);
	portset_release(&s);
}

/* The same set as one bit a port. */
struct bitmap {
	bool has[65536];
};

static void check_same(const struct portset *s, const struct bitmap *m)
{
	size_t count = 0, item = 0;

	for (uint32_t p = 0; p < 65536; p++) {
		count += m->has[p];
		while (item < s->n && s->items[item].hi < p)
			item++;
		if (m->has[p] != (item < s->n && s->items[item].lo <= p))
			fail_msg("port %u", p);
	}
	assert_int_equal(portset_count(s), count);
	for (size_t i = 0; i < s->n; i++) {
		assert_true(s->items[i].lo <= s->items[i].hi);
		if (i) /* neither touch nor overlap */
			assert_true(s->items[i - 1].hi + 1 < s->items[i].lo);
	}
}

/* Mostly short ranges, and often at the very ends. */
static struct port_range random_range(uint64_t *random)
{
	uint32_t lo = random_below(random, 65536), n = random_below(random, 300);

	if (random_below(random, 20) == 0)
		lo = random_below(random, 2) ? 0 : 65535 - random_below(random, 3);
	if (random_below(random, 50) == 0)
		n = 65536;
	return (struct port_range){(uint16_t)lo, (uint16_t)(lo + n > 65535 ? 65535 : lo + n)};
}

static bool bitmap_has_range(const struct bitmap *m, struct port_range r)
{
	for (uint32_t p = r.lo; p <= r.hi; p++)
		if (!m->has[p])
			return false;
	return true;
}

static void test_against_a_bitmap(void **state)
{
	static struct bitmap m;
	uint64_t random = 42;

	(void)state;
	for (int round = 0; round < 20; round++) {
		struct portset s = {0};

		memset(&m, 0, sizeof(m));
		for (int i = 0; i < 400; i++) {
			struct port_range r = random_range(&random), ask = random_range(&random);
			bool add = random_below(&random, 5) < 3;

			if (add)
				portset_add(&s, r);
			else
				portset_remove(&s, r);
			memset(m.has + r.lo, add, r.hi - r.lo + 1u);
			assert_int_equal(portset_has_range(&s, ask), bitmap_has_range(&m, ask));
			assert_int_equal(portset_has(&s, ask.lo), m.has[ask.lo]);
			if (i % 20 == 0)
				check_same(&s, &m);
		}
		check_same(&s, &m);
		portset_release(&s);
	}
}

/* Sets are equal when their members are, however they came about. */
static void test_equal(void **state)
{
	struct portset a = {0}, b = {0};

	(void)state;
	assert_true(portset_equal(&a, &b));
	for (uint16_t p = 100; p > 0; p--)
		portset_add(&a, (struct port_range){p, p});
	portset_add(&b, (struct port_range){1, 200});
	assert_false(portset_equal(&a, &b));
	portset_remove(&b, (struct port_range){101, 200});
	assert_true(portset_equal(&a, &b));
	portset_remove(&a, PORT_RANGE_ANY);
	assert_int_equal(portset_count(&a), 0);
	portset_add(&a, (struct port_range){0, 65535});
	assert_int_equal(portset_count(&a), 65536);
	portset_release(&a);
	portset_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_against_a_bitmap),
		cmocka_unit_test(test_equal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
