/* SPDX-License-Identifier: ISC
 *
 * Exact sets against every packet of a small world.
 */
#include "policy/space.h"

#include "space_world.h"

static void test_rules(void **state)
{
	struct world *w = *state;
	struct both b;

	for (int round = 0; round < 60; round++) {
		random_rule(w, &b, 3);
		check_same(w, "a rule", b.set, b.at);
		random_both(w, &b, VALUES - 1);
		check_same(w, "first match", b.set, b.at);
	}
}

static void test_pairs_of_sets(void **state)
{
	struct world *w = *state;
	struct both a, b;
	uint8_t want[POINTS];

	for (int round = 0; round < 60; round++) {
		random_both(w, &a, VALUES - 1);
		random_both(w, &b, VALUES - 1);
		for (size_t op = 0; op < ARRAY_LEN(point_ops) - 1; op++) {
			for (size_t i = 0; i < POINTS; i++)
				want[i] = point_op(op, a.at[i], b.at[i]);
			check_same(w, "an operation", point_ops[op](w->space, a.set, b.set), want);
		}
		/* The same handle if and only if the same packets. */
		assert_int_equal(a.set == b.set, memcmp(a.at, b.at, sizeof(a.at)) == 0);
		assert_int_equal(space_differ(w->space, a.set, b.set) == SPACE_EMPTY,
				 a.set == b.set);
	}
}

static void test_laws(void **state)
{
	struct world *w = *state;
	struct space *s = w->space;
	struct both x, y, z;

	for (int round = 0; round < 200; round++) {
		uint32_t a, b, c;

		random_both(w, &x, VALUES - 1);
		random_both(w, &y, VALUES - 1);
		random_both(w, &z, VALUES - 1);
		a = x.set, b = y.set, c = z.set;
		assert_int_equal(space_override(s, a, space_override(s, b, c)),
				 space_override(s, space_override(s, a, b), c));
		assert_int_equal(space_override(s, space_without(s, a, b), space_where(s, a, b)),
				 a);
		assert_int_equal(space_complement(s, space_override(s, a, b)),
				 space_where(s, space_complement(s, a), space_complement(s, b)));
		assert_int_equal(space_complement(s, space_where(s, a, b)),
				 space_override(s, space_complement(s, a), space_complement(s, b)));
		assert_int_equal(space_override_all(s, (uint32_t[]){a, b, c, a, b}, 5),
				 space_override(s, a, space_override(s, b, c)));
		assert_int_equal(space_where(s, a, SPACE_ALL), a);
		assert_int_equal(space_without(s, a, SPACE_ALL), SPACE_EMPTY);
	}
}

static void test_values(void **state)
{
	static const uint32_t to[] = {2, 0, 1};
	struct world *w = *state;
	struct both b;
	uint8_t mapped[POINTS], selected[POINTS];

	for (int round = 0; round < 60; round++) {
		bool has[VALUES] = {false}, want[VALUES] = {false};

		random_both(w, &b, VALUES - 1);
		for (size_t i = 0; i < POINTS; i++) {
			mapped[i] = b.at[i] < 3 ? (uint8_t)to[b.at[i]] : 0;
			selected[i] = b.at[i] == 2;
			want[b.at[i]] = true;
		}
		check_same(w, "mapped", space_map(w->space, b.set, to, 3), mapped);
		check_same(w, "selected", space_select(w->space, b.set, 2), selected);
		space_values(w->space, b.set, has, VALUES);
		assert_memory_equal(has, want, sizeof(has));
	}
}

static void test_values_where(void **state)
{
	struct world *w = *state;
	struct both a, b;

	for (int round = 0; round < 60; round++) {
		bool has[VALUES] = {false}, want[VALUES] = {false};

		random_both(w, &a, VALUES - 1);
		random_both(w, &b, 1);
		for (size_t i = 0; i < POINTS; i++)
			if (a.at[i] && b.at[i])
				want[a.at[i]] = true;
		assert_true(space_values_where(w->space, a.set, b.set, has, VALUES));
		assert_memory_equal(has, want, sizeof(has));
	}
}

/* Whether some point that differs in these digits alone has a value in `at`. */
static bool has_like(const uint8_t *at, size_t point, uint32_t free_digits)
{
	uint8_t d[DIGITS], e[DIGITS];
	bool same;

	point_digits(point, d);
	for (size_t i = 0; i < POINTS; i++) {
		if (!at[i])
			continue;
		point_digits(i, e);
		same = true;
		for (uint32_t k = 0; k < DIGITS; k++)
			same &= d[k] == e[k] || free_digits & 1u << k;
		if (same)
			return true;
	}
	return false;
}

static void test_forget(void **state)
{
	struct world *w = *state;
	struct both b;
	uint8_t want[POINTS];

	for (uint32_t k = 0; k < DIGITS; k++) {
		if (k == FAMILY)
			continue;
		for (int round = 0; round < 2; round++) {
			random_both(w, &b, 1);
			for (size_t i = 0; i < POINTS; i++)
				want[i] = has_like(b.at, i, 1u << k);
			check_same(w, "forgotten", space_forget(w->space, b.set, digits[k].field),
				   want);
		}
	}
}

struct box_count {
	struct world *world;
	uint32_t sum; /* of all the boxes, as a set */
	double packets;
	size_t left;
};

static bool add_box(void *ctx, const struct space_box *box)
{
	struct box_count *c = ctx;
	struct space *s = c->world->space;
	struct space_match m = {0};
	uint32_t set;

	for (size_t i = 0; i < SPACE_FIELDS; i++)
		if (box->fields[i].lo != 0 || box->fields[i].hi != SPACE_LAST)
			m.fields[i] = (struct space_ranges){&box->fields[i], 1};
	set = space_of(s, &m, box->value);
	assert_int_equal(space_where(s, c->sum, set), SPACE_EMPTY);
	c->sum = space_override(s, c->sum, set);
	c->packets += space_count(s, set);
	return --c->left > 0;
}

static void test_boxes(void **state)
{
	struct world *w = *state;
	struct both b;

	for (int round = 0; round < 40; round++) {
		struct box_count c = {w, SPACE_EMPTY, 0, SIZE_MAX};

		random_both(w, &b, VALUES - 1);
		assert_true(space_boxes(w->space, b.set, add_box, &c));
		assert_int_equal(c.sum, b.set);
		assert_true(c.packets >= 0.999999 * space_count(w->space, b.set));
		assert_true(c.packets <= 1.000001 * space_count(w->space, b.set));
	}
	assert_false(space_boxes(w->space, SPACE_ALL, add_box,
				 &(struct box_count){w, SPACE_EMPTY, 0, 1}));
}

static double piece_size(const struct world *w, size_t digit, uint8_t piece, uint8_t family)
{
	struct space_range r = digits[digit].pieces[piece];
	uint32_t base = space_frame_family(w->frame, family).lo;

	if (digit != TO && digit != FROM)
		return r.hi - r.lo + 1.0;
	return space_frame_count(w->frame, (struct space_range){r.lo + base, r.hi + base});
}

static void test_count(void **state)
{
	struct world *w = *state;
	struct both b;

	for (int round = 0; round < 40; round++) {
		double want = 0, got;

		random_both(w, &b, VALUES - 1);
		got = space_count(w->space, b.set);
		for (size_t i = 0; i < POINTS; i++) {
			double one = b.at[i] ? 3 * 2 : 0; /* interfaces out, directions */
			uint8_t d[DIGITS];

			point_digits(i, d);
			for (size_t k = 0; k < DIGITS; k++)
				one *= piece_size(w, k, d[k], d[FAMILY]);
			want += one;
		}
		if (got < 0.999999 * want || got > 1.000001 * want)
			fail_msg("%g packets, not %g", got, want);
	}
	/* 3 interfaces in and out, 2^32 pairs of ports, 256 protocols, 5 states, 2 directions. */
	assert_true(space_count(w->space, SPACE_EMPTY) == 0);
	assert_true(space_count(w->space, SPACE_ALL) == 9 * 0x1p32 * 256 * 10 * (0x1p64 + 0x1p256));
}

static void test_witness(void **state)
{
	static const struct space_hints none = {0};
	struct world *w = *state;
	struct space_packet p;
	struct both b;

	assert_false(space_witness(w->space, SPACE_EMPTY, &none, &p));
	for (int round = 0; round < 200; round++) {
		random_both(w, &b, VALUES - 1);
		if (space_witness(w->space, b.set, &none, &p))
			assert_int_not_equal(space_find(w->space, b.set, &p), 0);
		else
			assert_int_equal(b.set, SPACE_EMPTY);
	}
}

static void check_packet(const struct space_packet *p, const char *from, const char *to,
			 uint16_t from_port, uint16_t to_port)
{
	char text[ADDR_TEXT_MAX];

	assert_string_equal(addr_text(&p->from, text), from);
	assert_string_equal(addr_text(&p->to, text), to);
	assert_int_equal(p->from_port, from_port);
	assert_int_equal(p->to_port, to_port);
}

static void test_witness_for_people(void **state)
{
	struct world *w = *state;
	struct space *s = w->space;
	const struct addr hosts[] = {points_addr("192.0.2.9"), points_addr("10.0.3.4"),
				     points_addr("2001:db8:0:1::9")};
	struct space_hints hints = {.addrs = hosts, .n_addrs = 3, .to_port = 443};
	struct addr lo = points_addr("10.0.0.0"), hi = points_addr("10.0.255.255");
	uint32_t inside = space_of_field(s, SPACE_TO, space_frame_find(w->frame, &lo, &hi)), v6;
	struct space_packet p;

	assert_true(space_witness(s, inside, &hints, &p));
	check_packet(&p, "192.0.2.9", "10.0.3.4", 49152, 443);
	assert_int_equal(p.proto, 6);
	assert_int_equal(p.state, SPACE_NEW);
	assert_true(space_witness(s, inside, &(struct space_hints){0}, &p));
	check_packet(&p, "0.0.0.1", "10.0.0.1", 49152, 80);
	v6 = space_of_field(s, SPACE_FAMILY, (struct space_range){SPACE_IPV6, SPACE_IPV6});
	v6 = space_where(s, v6, space_of_field(s, SPACE_PROTO, (struct space_range){17, 58}));
	assert_true(space_witness(s, v6, &hints, &p));
	check_packet(&p, "2001:db8:0:1::9", "2001:db8:0:1::9", 49152, 443);
	assert_int_equal(p.proto, 17);
	assert_true(space_witness(
		s, space_of_field(s, SPACE_FROM_PORT, (struct space_range){20, 21}), &hints, &p));
	assert_int_equal(p.from_port, 20);
	assert_true(space_witness(s, space_of_field(s, SPACE_PROTO, (struct space_range){0, 5}),
				  &(struct space_hints){0}, &p));
	assert_int_equal(p.proto, 0);
	assert_true(space_witness(s, space_of_field(s, SPACE_PROTO, (struct space_range){1, 1}),
				  &hints, &p));
	assert_int_equal(p.to_port, 8 << 8);
	assert_true(space_witness(
		s, space_of_field(s, SPACE_TO_PORT, (struct space_range){100, 442}), &hints, &p));
	assert_int_equal(p.to_port, 100);
}

/* Both orders are the same sets. */
static void test_orders(void **state)
{
	struct world *w = *state;
	struct space *first = w->space, *other = space_new(w->frame, SPACE_BY_SOURCE, SPACE_LIMITS);
	struct both b;

	w->space = other;
	for (int round = 0; round < 20; round++) {
		random_both(w, &b, VALUES - 1);
		check_same(w, "by source", b.set, b.at);
	}
	w->space = first;
	space_free(other);
}

static void test_limits(void **state)
{
	struct world *w = *state;
	struct space *first = w->space;
	static const struct space_limits limits[] = {{100, 1000000}, {1000000, 300}};
	struct both b;

	for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
		struct space *s = space_new(w->frame, SPACE_BY_DESTINATION, limits[i]);
		uint32_t all = SPACE_EMPTY;
		bool was_large = false;

		w->space = s;
		for (int round = 0; round < 80; round++) {
			random_rule(w, &b, 1);
			if (b.set != SPACE_TOO_LARGE)
				check_same(w, "within limits", b.set, b.at);
			all = space_override(s, all, b.set);
			assert_true(all == SPACE_TOO_LARGE || !was_large);
			was_large = all == SPACE_TOO_LARGE;
		}
		assert_true(was_large);
		assert_true(space_used(s).edges <= limits[i].edges);
		assert_int_equal(space_where(s, all, SPACE_EMPTY), SPACE_TOO_LARGE);
		assert_int_equal(space_complement(s, all), SPACE_TOO_LARGE);
		assert_int_equal(space_select(s, all, 1), SPACE_TOO_LARGE);
		assert_int_equal(space_forget(s, all, SPACE_TO), SPACE_TOO_LARGE);
		space_free(s);
	}
	w->space = first;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),	     cmocka_unit_test(test_pairs_of_sets),
		cmocka_unit_test(test_laws),	     cmocka_unit_test(test_values),
		cmocka_unit_test(test_values_where), cmocka_unit_test(test_forget),
		cmocka_unit_test(test_boxes),	     cmocka_unit_test(test_count),
		cmocka_unit_test(test_witness),	     cmocka_unit_test(test_witness_for_people),
		cmocka_unit_test(test_orders),	     cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, world_make, world_drop);
}
