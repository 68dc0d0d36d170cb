/* SPDX-License-Identifier: ISC */
#include "model/cond.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/compiler.h"
#include "doc/needs.h"

static void versions(void **state)
{
	static const struct {
		const char *a, *b;
		int sign;
	} cases[] = {
		{"", "", 0},
		{"1", "1", 0},
		{"2.1.1", "2.10", -1},
		{"2.1.1", "2.1.1.2", -1},
		{"2.1.1 build 2", "2.1.1", 1},
		{"2.1.1 build 2", "2.1.1 build 10", -1},
		{"007", "7", 0},
		{"1.2", "1-2", 0},
		{"2.1.", "2.1", 0},
		{"10", "9", 1},
		{"a", "b", -1},
		{"", "0", -1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int there = version_compare(cases[i].a, cases[i].b);
		int back = version_compare(cases[i].b, cases[i].a);

		assert_int_equal((there > 0) - (there < 0), cases[i].sign);
		assert_int_equal((back > 0) - (back < 0), -cases[i].sign);
	}
}

/* A small world: yes is on, no is off, a and b are on one host, c is elsewhere, x nobody knows. */
static enum truth together(const void *ctx, const char *a, const char *b)
{
	(void)ctx;
	if (*a == 'x' || *b == 'x')
		return TRUTH_UNKNOWN;
	return (*a == 'c') == (*b == 'c') ? TRUTH_YES : TRUTH_NO;
}

static enum truth feature(const void *ctx, const char *name)
{
	(void)ctx;
	return *name == 'y' ? TRUTH_YES : *name == 'x' ? TRUTH_UNKNOWN : TRUTH_NO;
}

/* COND_CHOICE until the product says that the name is a setting: here all are choices. */
static const char *choice(const void *ctx, const char *name)
{
	(void)ctx;
	return *name == 'x' ? NULL : "plain";
}

static const char *setting(const void *ctx, const char *name)
{
	(void)ctx;
	return *name == 'x' ? NULL : "2.1";
}

static void conditions(void **state)
{
	static const struct {
		const char *when;
		enum truth truth;
		const char *unknown; /* the name in what could not be decided */
	} cases[] = {
		{"yes", TRUTH_YES, NULL},
		{"no", TRUTH_NO, NULL},
		{"not yes", TRUTH_NO, NULL},
		{"not not yes", TRUTH_YES, NULL},
		{"a with b", TRUTH_YES, NULL},
		{"a apart b", TRUTH_NO, NULL},
		{"a apart c", TRUTH_YES, NULL},
		{"style = plain", TRUTH_YES, NULL},
		{"style = fancy", TRUTH_NO, NULL},
		{"release < 2.10", TRUTH_YES, NULL},
		{"release >= 2.1", TRUTH_YES, NULL},
		{"release > 2.1", TRUTH_NO, NULL},
		{"release <= 2", TRUTH_NO, NULL},
		{"xx", TRUTH_UNKNOWN, "xx"},
		{"not xx", TRUTH_UNKNOWN, "xx"},
		{"no and xx", TRUTH_NO, NULL},
		{"xx and no", TRUTH_NO, NULL},
		{"yes or xx", TRUTH_YES, NULL},
		{"xx or yes", TRUTH_YES, NULL},
		{"xx and yes", TRUTH_UNKNOWN, "xx"},
		{"no or xa = b", TRUTH_UNKNOWN, "xa"},
		{"xa < 3 and x2", TRUTH_UNKNOWN, "xa"},
		{"(no or yes) and not (a apart b)", TRUTH_YES, NULL},
		{"no or yes and no", TRUTH_NO, NULL},
		{"yes or yes and no", TRUTH_YES, NULL},
		{"a with xx", TRUTH_UNKNOWN, "a"},
	};
	const struct cond_env env = {together, feature, choice, setting, NULL};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena *arena = arena_new();
		struct errs errs = {0};
		const struct text source = {cases[i].when, {"t", 1, 1}};
		const struct cond *c = when_parse(arena, source, &errs), *unknown = NULL;

		assert_int_equal(errs.n, 0);
		assert_int_equal(cond_eval(c, &env, &unknown), cases[i].truth);
		assert_int_equal(cond_eval(c, &env, NULL), cases[i].truth);
		if (cases[i].unknown)
			assert_string_equal(unknown->left.s, cases[i].unknown);
		arena_free(arena);
		errs_release(&errs);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions),
		cmocka_unit_test(conditions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
