/* SPDX-License-Identifier: ISC */
#include "model/expr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/compiler.h"
#include "doc/needs.h"

static const char *value(const void *ctx, const struct setting_ref *ref)
{
	static const struct {
		const char *name, *value;
	} values[] = {{"port", "8443"}, {"nn", "07"},	  {"range", "7000-7008"},
		      {"big", "70000"}, {"word", "many"}, {"long", "99999999999999999999"},
		      {"zero", "0"}};

	(void)ctx;
	for (size_t i = 0; i < ARRAY_LEN(values); i++)
		if (strcmp(ref->name, values[i].name) == 0)
			return values[i].value;
	return NULL;
}

static void ports(void **state)
{
	static const struct {
		const char *needs;
		enum ports_result result;
		struct port_range range;
		const char *missing;
	} cases[] = {
		{"tcp/443", PORTS_OK, {443, 443}, NULL},
		{"tcp/${port}", PORTS_OK, {8443, 8443}, NULL},
		{"tcp/3${nn}15", PORTS_OK, {30715, 30715}, NULL},
		{"tcp/3${nn}13-3${nn}15", PORTS_OK, {30713, 30715}, NULL},
		{"udp/${range}", PORTS_OK, {7000, 7008}, NULL},
		{"udp/any-of ${range}", PORTS_OK, {7000, 7008}, NULL},
		{"tcp/any", PORTS_OK, {1, 65535}, NULL},
		{"tcp/=5900+${nn}", PORTS_OK, {5907, 5907}, NULL},
		{"tcp/=2*(${nn}+3)-1", PORTS_OK, {19, 19}, NULL},
		{"tcp/=${nn}-7", PORTS_BAD, {0, 0}, NULL},
		{"tcp/=${port}*${port}*${port}", PORTS_BAD, {0, 0}, NULL},
		{"tcp/=1+${long}", PORTS_BAD, {0, 0}, NULL},
		{"tcp/${big}", PORTS_BAD, {0, 0}, NULL},
		{"tcp/${word}", PORTS_BAD, {0, 0}, NULL},
		{"tcp/${zero}", PORTS_BAD, {0, 0}, NULL},
		{"tcp/1${long}${long}${long}${long}", PORTS_BAD, {0, 0}, NULL},
		{"tcp/${port}-100", PORTS_BAD, {0, 0}, NULL},
		{"tcp/${gone}", PORTS_MISSING, {0, 0}, "gone"},
		{"tcp/1-${gone}", PORTS_MISSING, {0, 0}, "gone"},
		{"tcp/=${nn}+${gone}", PORTS_MISSING, {0, 0}, "gone"},
		{"tcp/${target.gone}", PORTS_MISSING, {0, 0}, "gone"},
	};
	const struct setting_env env = {value, NULL};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena *arena = arena_new();
		struct errs errs = {0};
		const struct text source = {cases[i].needs, {"t", 1, 1}};
		const struct expr *e = needs_parse(arena, source, &errs);
		const struct setting_ref *missing = NULL;
		struct port_range got = {0, 0};
		char why[120];

		assert_int_equal(errs.n, 0);
		assert_int_equal(ports_resolve(&e->leaf.ports, &env, &got, &missing, why),
				 cases[i].result);
		if (cases[i].result == PORTS_OK) {
			assert_int_equal(got.lo, cases[i].range.lo);
			assert_int_equal(got.hi, cases[i].range.hi);
		}
		if (cases[i].result == PORTS_BAD)
			assert_true(why[0] != '\0');
		if (cases[i].missing)
			assert_string_equal(missing->name, cases[i].missing);
		arena_free(arena);
		errs_release(&errs);
	}
}

static void names(void **state)
{
	(void)state;
	assert_int_equal(icmp_name_find(SLICE("echo"))->type4, 8);
	assert_int_equal(icmp_name_find(SLICE("echo"))->type6, 128);
	assert_null(icmp_name_find(SLICE("ech")));
	assert_null(icmp_name_find(SLICE("echoes")));
	assert_int_equal(rpc_name_find(SLICE("wmi"))->directory, 135);
	assert_int_equal(rpc_name_find(SLICE("mountd"))->directory, 111);
	assert_null(rpc_name_find(SLICE("")));
}

static void rpc_ids(void **state)
{
	static const char *const cases[][2] = {
		{"drsuapi", "e3514235-4b06-11d1-ab04-00c04fc2dcd2"},
		{"nfs", "100003"},
		/* What is no name is its own id. */
		{"E3514235-4B06-11D1-AB04-00C04FC2DCD2", "E3514235-4B06-11D1-AB04-00C04FC2DCD2"},
		{"100005", "100005"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(rpc_name_id(cases[i][0]), cases[i][1]);
	assert_null(rpc_name_id("wmi"));
	assert_null(rpc_name_id("drsuap"));
	assert_null(rpc_name_id(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ports),
		cmocka_unit_test(names),
		cmocka_unit_test(rpc_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
