/* SPDX-License-Identifier: ISC */
#include "report/records.h"

#include <limits.h>

#include "test.h"

static const struct run run = {
	.id = "01ARZ3NDEKTSV4RRFFQ69G5FAV",
	.version = "0.1.0",
	.vantage = "web1",
	.started_ms = 1469918176385,
};

static void test_run(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	json_run(&out, &run);
	check_text(
		"run", &out,
		"{\"record\":\"run\",\"run\":\"01ARZ3NDEKTSV4RRFFQ69G5FAV\",\"version\":\"0.1.0\","
		"\"site\":null,\"vantage\":\"web1\",\"started\":\"2016-07-30T22:36:16.385Z\","
		"\"options\":[]}");
	buf_release(&out);
}

/* The keys are a promise, also their order: scripts compare lines. */
static void test_outcome_without_plan(void **state)
{
	const struct outcome o = {
		.id = 17,
		.flow = UINT_MAX,
		.target = {.family = 4, .bytes = {10, 1, 0, 20}},
		.transport = TRANSPORT_TCP,
		.port = 1433,
		.method = "connect",
		.means = {"recverr"},
		.state = STATE_DROPPED,
		.cause = CAUSE_UNPROVEN,
		.how = "no answer",
		.candidates = {"hop:?", "target-firewall"},
		.network = ANSWER_FAIL,
		.tries = 2,
		.evidence = "no answer to 2 SYNs",
		.at_ms = 1469918176385,
	};
	const struct outcome_context none = {0};
	struct buf out = BUF_INIT;

	(void)state;
	json_outcome(&out, &o, &run, &none);
	check_text(
		"outcome", &out,
		"{\"record\":\"outcome\",\"id\":17,\"run\":\"01ARZ3NDEKTSV4RRFFQ69G5FAV\","
		"\"flow\":null,\"requirements\":[],\"installation\":null,\"from\":null,\"to\":null,"
		"\"vantage\":\"web1\",\"source\":null,\"target\":\"10.1.0.20\",\"name\":null,"
		"\"family\":4,\"transport\":\"tcp\",\"port\":1433,\"method\":\"connect\","
		"\"means\":[\"recverr\"],\"via\":\"direct\",\"leg\":null,\"state\":\"dropped\","
		"\"cause\":\"unproven\",\"by\":null,\"device\":null,\"hop\":null,"
		"\"how\":\"no answer\",\"candidates\":[\"hop:?\",\"target-firewall\"],"
		"\"confidence\":\"possible\",\"network\":\"fail\",\"service\":\"unknown\","
		"\"expected\":null,\"proved\":null,\"assumed\":\"ms-sql-s\",\"rtt_us\":null,"
		"\"tries\":2,"
		"\"evidence\":[\"no answer to 2 SYNs\"],\"at\":\"2016-07-30T22:36:16.385Z\","
		"\"named_port\":null,\"stand_in\":false,\"bad_luck\":null}");
	buf_release(&out);
}

static void test_outcome_with_plan(void **state)
{
	static const char *const requirements[] = {"passwordstate/web-to-database"};
	const struct outcome_context context = {
		.flow = "f3c9",
		.installation = "prod",
		.from = "web1",
		.to = "sql1",
		.requirements = requirements,
		.n_requirements = 1,
	};
	const struct outcome o = {.hop = 1,
				  .name = "sql\"1\n",
				  .transport = TRANSPORT_TCP,
				  .port = 1433,
				  .via = "http:proxy1",
				  .leg = "policy",
				  .rtt_us = 412,
				  .by = {.family = 6, .bytes = {[15] = 1}}};
	struct buf out = BUF_INIT;

	(void)state;
	json_outcome(&out, &o, &run, &context);
	assert_non_null(strstr(out.data,
			       "\"flow\":\"f3c9\",\"requirements\":"
			       "[\"passwordstate/web-to-database\"],\"installation\":\"prod\","
			       "\"from\":\"web1\",\"to\":\"sql1\""));
	assert_non_null(
		strstr(out.data, "\"target\":null,\"name\":\"sql\\\"1\\n\",\"family\":null"));
	assert_non_null(strstr(out.data, "\"by\":\"::1\",\"device\":null,\"hop\":1,\"how\":null"));
	assert_non_null(strstr(out.data, "\"assumed\":\"ms-sql-s\",\"rtt_us\":412"));
	assert_non_null(strstr(out.data, "\"via\":\"http:proxy1\",\"leg\":\"policy\""));
	assert_non_null(strstr(out.data, "\"evidence\":[]"));
	buf_release(&out);
}

/* The number's name is never told as if it had been seen, nor beside what was. */
static void test_assumed(void **state)
{
	static const struct {
		enum transport transport;
		uint16_t port;
		const char *proved, *want;
	} rows[] = {
		{TRANSPORT_TCP, 88, NULL, "\"proved\":null,\"assumed\":\"kerberos\""},
		{TRANSPORT_TCP, 443, NULL, "\"proved\":null,\"assumed\":\"https\""},
		{TRANSPORT_TCP, 443, "ssh", "\"proved\":\"ssh\",\"assumed\":null"},
		{TRANSPORT_ICMP, 0, NULL, "\"proved\":null,\"assumed\":null"},
		{TRANSPORT_TCP, 4, NULL, "\"proved\":null,\"assumed\":null"}, /* unassigned */
	};
	const struct outcome_context none = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct outcome o = {.transport = rows[i].transport,
					  .port = rows[i].port,
					  .proved = rows[i].proved};
		struct buf out = BUF_INIT;

		json_outcome(&out, &o, &run, &none);
		assert_non_null(strstr(out.data, rows[i].want));
		buf_release(&out);
	}
}

static void test_summary(void **state)
{
	const struct run_summary s = {
		.pass = 41, .degraded = 1, .fail = 3, .elapsed_ms = 312, .exit = 1};
	struct buf out = BUF_INIT;

	(void)state;
	json_summary(&out, &s);
	check_text("summary", &out,
		   "{\"record\":\"summary\",\"pass\":41,\"degraded\":1,\"fail\":3,\"unproven\":0,"
		   "\"not_tested\":0,\"forbidden_open\":0,\"elapsed_ms\":312,\"exit\":1,\"slowed_"
		   "to\":null}");
	buf_release(&out);
}

/* The example of the specification: its time, and the two ends of the chance. */
static void test_run_id(void **state)
{
	uint8_t zeros[10] = {0}, ones[10];
	char id[27];

	(void)state;
	memset(ones, 0xff, sizeof(ones));
	run_id_format(1469918176385, zeros, id);
	assert_string_equal(id, "01ARYZ6S410000000000000000");
	run_id_format(1469918176385, ones, id);
	assert_string_equal(id, "01ARYZ6S41ZZZZZZZZZZZZZZZZ");
	run_id_format((INT64_C(1) << 48) - 1, ones, id);
	assert_string_equal(id, "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_run),
		cmocka_unit_test(test_outcome_without_plan),
		cmocka_unit_test(test_outcome_with_plan),
		cmocka_unit_test(test_assumed),
		cmocka_unit_test(test_summary),
		cmocka_unit_test(test_run_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
