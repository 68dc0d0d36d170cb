/* SPDX-License-Identifier: ISC
 *
 * How much longer than the question an answer must be, to be held against a service.
 */
#include "audit/audit.h"

#include <string.h>

#include "base/compiler.h"
#include "test.h"

static const struct audit *topic(void)
{
	for (size_t i = 0; audits[i]; i++)
		if (strcmp(audits[i]->name, "amplifier") == 0)
			return audits[i];
	fail_msg("there is no such topic");
	return NULL;
}

static const struct {
	enum transport transport;
	struct audit_exchange most;
	const char *evidence; /* NULL: nothing is noted */
} rows[] = {
	{TRANSPORT_UDP, {0, 0}, NULL},
	{TRANSPORT_UDP, {48, 48}, NULL},
	{TRANSPORT_UDP, {100, 379}, NULL},
	{TRANSPORT_UDP, {100, 380}, "100 bytes were answered with 380: 3.8 times as much"},
	{TRANSPORT_UDP, {0, 3}, NULL},
	{TRANSPORT_UDP, {0, 74}, "0 bytes were answered with 74: 74.0 times as much"},
	{TRANSPORT_TCP, {10, 1000}, NULL},
};

static void factors(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct audit_facts f = {.transport = rows[i].transport, .most = rows[i].most};
		struct audit_notes notes = {.n = 0};

		topic()->consider(&f, &notes);
		assert_int_equal(notes.n, rows[i].evidence ? 1 : 0);
		if (rows[i].evidence)
			assert_string_equal(notes.items[0].evidence, rows[i].evidence);
	}
}

static void expect_most(struct audit_exchange a, struct audit_exchange b, size_t answered)
{
	assert_int_equal(audit_exchange_most(a, b).answered, answered);
	assert_int_equal(audit_exchange_most(b, a).answered, answered);
}

static void most(void **state)
{
	const struct audit_exchange none = {0, 0}, short_one = {10, 50}, long_one = {1000, 2000},
				    unasked = {0, 51};

	(void)state;
	expect_most(none, short_one, 50);
	expect_most(short_one, long_one, 50);
	expect_most(short_one, unasked, 51);
	expect_most(none, none, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(factors),
		cmocka_unit_test(most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
