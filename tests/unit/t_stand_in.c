/* SPDX-License-Identifier: ISC
 *
 * What a stand-in answers, and what is taken for its answer.
 */
#include "probe/stand_in.h"

#include "test.h"

static void test_answer(void **state)
{
	static const struct {
		struct slice in, out; /* out.p NULL: none */
	} rows[] = {
		{SLICE("who are you?"), SLICE("portolanyou?")},
		{SLICE("12345678"), SLICE("portolan")},
		{SLICE("1234567"), SLICE("portola")},
		{SLICE("x"), SLICE("p")},
		{SLICE("\0\0\0\0\0\0\0\0\0"), SLICE("portolan\0")},
		{SLICE("PORTOLAN"), SLICE("portolan")},
		{SLICE(""), SLICE_NONE},
		{SLICE_NONE, SLICE_NONE},
		{SLICE("p"), SLICE_NONE},
		{SLICE("portola"), SLICE_NONE},
		{SLICE("portolan"), SLICE_NONE},
		{SLICE("portolan and more"), SLICE_NONE},
	};
	char out[32];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(stand_in_answer(rows[i].in, out), rows[i].out.p != NULL);
		if (rows[i].out.p)
			check_slice("answer", (struct slice){out, rows[i].in.n}, rows[i].out);
	}
}

static void test_in_place(void **state)
{
	char bytes[] = "who are you?";

	(void)state;
	assert_true(stand_in_answer(slice_of(bytes), bytes));
	check_slice("in place", slice_of(bytes), SLICE("portolanyou?"));
	assert_false(stand_in_answer(slice_of(bytes), bytes));
}

static void test_is(void **state)
{
	static const struct {
		struct slice sent, got;
		bool is;
	} rows[] = {
		{SLICE("who are you?"), SLICE("portolanyou?"), true},
		{SLICE("12345678"), SLICE("portolan"), true},
		{SLICE("who are you?"), SLICE("who are you?"), false}, /* an echo */
		{SLICE("who are you?"), SLICE("portolanYOU?"), false},
		{SLICE("who are you?"), SLICE("portolanyou"), false},
		{SLICE("who are you?"), SLICE("portolanyou?!"), false},
		{SLICE("who are you?"), SLICE(""), false},
		{SLICE("portolanyou?"), SLICE("portolanyou?"), false}, /* no stand-in answers it */
		{SLICE("1234567"), SLICE("portola"), false},
		{SLICE("x"), SLICE("p"), false},
		{SLICE_NONE, SLICE_NONE, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(stand_in_is(rows[i].sent, rows[i].got), rows[i].is);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answer),
		cmocka_unit_test(test_in_place),
		cmocka_unit_test(test_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
