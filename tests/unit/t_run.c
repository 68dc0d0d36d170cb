/* SPDX-License-Identifier: ISC */
#include "doc/run.h"

#include <string.h>

#include "base/compiler.h"
#include "report/records.h"
#include "sys/file.h"
#include "test.h"

#define HEAD                                                                                       \
	"{\"record\":\"run\",\"run\":\"A\",\"version\":\"9\",\"site\":\"office\","                 \
	"\"vantage\":\"web1\",\"started\":\"2026-11-20T10:00:00.000Z\",\"options\":[\"network\"]}" \
	"\n"
#define NAMES                                                                                      \
	"\"installation\":\"i\",\"requirement\":\"p/q\",\"from\":\"a\",\"to\":\"b\","              \
	"\"vantage\":\"a\","
#define VERDICT(more)                                                                              \
	"{\"record\":\"verdict\"," NAMES "\"network\":\"fail\",\"service\":\"unknown\"," more "}"  \
	"\n"
#define FAIL VERDICT("\"verdict\":\"fail\"")

static struct past_run *read_part(const char *text, enum run_part part, struct err *err)
{
	return run_read("x.jsonl", slice_of(text), part, err);
}

static void must_read(const char *file, enum run_part part, struct past_run **run)
{
	struct buf bytes = BUF_INIT;
	struct err err;

	if (file_read(file, RUN_BYTES_MAX, &bytes, &err))
		fail_msg("%s", err.text);
	*run = run_read(file, buf_slice(&bytes), part, &err);
	if (!*run)
		fail_msg("%s:%u: %s", file, err.place.line, err.text);
	buf_release(&bytes);
}

/* Lines and a document of the same run say the same. */
static void both_forms(void **state)
{
	static const char *const files[] = {"tests/fuzz/corpus/run/lines",
					    "tests/fuzz/corpus/run/document"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct past_run *run;
		const struct past_verdict *v;
		const struct past_outcome *o;

		must_read(files[i], RUN_ALL, &run);
		assert_string_equal(run->id, "01ARZ3NDEKTSV4RRFFQ69G5FAV");
		assert_string_equal(run->site, "office");
		assert_true(run->started_ms == 1795168800000);
		assert_true(run->is_whole);
		assert_int_equal(run->verdicts.n, 1); /* without what starts elsewhere */
		assert_int_equal(run->outcomes.n, 2);
		v = &run->verdicts.items[0];
		assert_string_equal(v->requirement, "p/q");
		assert_int_equal(v->verdict, VERDICT_FAIL);
		assert_int_equal(v->turn, TURN_NETWORK);
		assert_string_equal(v->owner, "network team");
		assert_ptr_equal(v->decisive,
				 &run->outcomes.items[1]); /* not the first in its list */
		assert_ptr_equal(past_run_verdict(run, v->key), v);
		o = past_run_outcomes(run, "00000000000000aa");
		assert_ptr_equal(o, &run->outcomes.items[0]);
		assert_ptr_equal(o->next, &run->outcomes.items[1]);
		assert_null(o->next->next);
		assert_int_equal(o->outcome.state, STATE_DROPPED);
		assert_int_equal(o->outcome.port, 1433);
		assert_string_equal(o->outcome.candidates[1], "return-path");
		assert_string_equal(o->outcome.evidence, "no answer to 2 SYNs");
		assert_null(past_run_outcomes(run, "00000000000000ab"));
		past_run_free(run);
		must_read(files[i], RUN_VERDICTS, &run);
		assert_int_equal(run->outcomes.n, 0);
		assert_null(run->verdicts.items[0].decisive);
		past_run_free(run);
	}
}

/* What kill -9 leaves. */
static void cut_off(void **state)
{
	struct past_run *run;

	(void)state;
	must_read("tests/fuzz/corpus/run/torn", RUN_ALL, &run);
	assert_false(run->is_whole);
	assert_int_equal(run->outcomes.n, 2);
	assert_int_equal(run->verdicts.n, 0);
	past_run_free(run);
}

/* What is written is read: every word of an outcome, and the time. */
static void round_trip(void **state)
{
	const struct run now = {.id = "01ARZ3NDEKTSV4RRFFQ69G5FAV",
				.version = "1",
				.site = "a \"site\"\n",
				.vantage = "w",
				.started_ms = 1709164799999, /* 2024-02-28T23:59:59.999Z */
				.options = {"network", "as-documented"}};
	const struct outcome_context context = {.flow = "00000000000000aa"};

	(void)state;
	for (unsigned i = 0; i < STATE_COUNT * CAUSE_COUNT; i++) {
		struct outcome o = {.id = i + 1,
				    .target = {.family = 4, .bytes = {10, 1, 0, 20}},
				    .by = {.family = 6, .bytes = {0xfe, 0x80}},
				    .transport = TRANSPORT_UDP,
				    .port = 65535,
				    .method = "udp",
				    .state = i / CAUSE_COUNT,
				    .cause = i % CAUSE_COUNT,
				    .how = "icmp 3/13",
				    .network = i % 3,
				    .service = i / 3 % 3,
				    .confidence = i % 3,
				    .rtt_us = UINT32_MAX,
				    .evidence = "it said \x1b[2J",
				    .at_ms = 1709251200000 + i}; /* 2024-03-01 */
		struct buf text = BUF_INIT;
		const struct outcome *got;
		struct past_run *run;
		struct err err;

		json_run(&text, &now);
		buf_add_char(&text, '\n');
		json_outcome(&text, &o, &now, &context);
		run = run_read("x", buf_slice(&text), RUN_ALL, &err);
		assert_non_null(run);
		assert_string_equal(run->site, now.site);
		assert_true(run->started_ms == now.started_ms);
		assert_true(past_run_has_options(run, now.options));
		assert_int_equal(run->outcomes.n, 1);
		got = &run->outcomes.items[0].outcome;
		assert_int_equal(got->id, o.id);
		assert_int_equal(got->state, o.state);
		assert_int_equal(got->cause, o.cause);
		assert_int_equal(got->network, o.network);
		assert_int_equal(got->service, o.service);
		assert_int_equal(got->confidence, o.confidence);
		assert_int_equal(got->transport, o.transport);
		assert_true(addr_equal(&got->by, &o.by));
		assert_string_equal(got->evidence, o.evidence);
		assert_true(got->rtt_us == o.rtt_us && got->at_ms == o.at_ms);
		past_run_free(run);
		buf_release(&text);
	}
}

static void mistakes(void **state)
{
	static const struct {
		const char *text;
		uint32_t line;
		const char *says;
	} rows[] = {
		{"", 0, "no run: not JSON"},
		{"\xff\xfe", 0, "no run: not JSON"},
		{"[1]\n", 1, "no record"},
		{"{\"a\":1}\n", 1, "no record"},
		{"{\"record\":\"run\",\"records\":1}", 0, "neither lines nor a document"},
		{FAIL, 0, "there is no run in it"},
		{HEAD HEAD, 2, "a second run begins here"},
		{HEAD "{\"record\":\n" FAIL, 2, "not JSON"},
		{HEAD "{}{}\n", 2, "not JSON"},
		{HEAD "{\"record\":\"summary\",\"record\":\"run\"}\n", 2, "not JSON: duplicate"},
		{HEAD "\n" FAIL VERDICT("\"verdict\":\"perhaps\""), 4,
		 "this version knows no \"verdict\" that is \"perhaps\""},
		{HEAD VERDICT("\"verdict\":7"), 2, "\"verdict\" is no text"},
		{HEAD "{\"record\":\"verdict\"}\n", 2, "there is no \"verdict\""},
		{HEAD VERDICT("\"verdict\":\"fail\",\"turn\":\"me\""), 2, "\"turn\" is no object"},
		{HEAD VERDICT("\"verdict\":\"fail\",\"turn\":{}"), 2, "there is no \"who\""},
		{HEAD VERDICT("\"verdict\":\"fail\",\"since\":\"2026-13-01T00:00:00.000Z\""), 2,
		 "\"since\" is no time"},
		{HEAD VERDICT("\"verdict\":\"fail\",\"since\":\"yesterday\""), 2,
		 "\"since\" is no time"},
		{HEAD VERDICT("\"verdict\":\"fail\",\"decisive\":-1"), 2, "no outcome's id"},
		{"{\"record\":\"run\",\"options\":[1]}\n", 1, "\"options\" is no list of texts"},
		{"{\"record\":\"run\",\"records\":[\n{\"record\":\"outcome\"}]}", 0,
		 "record 1: there is no \"vantage\""},
		{HEAD "{\"record\":\"outcome\",\"vantage\":\"a\",\"transport\":\"tcp\",\"port\":"
		      "65536}\n",
		 2, "\"port\" is no number from 0 to 65535"},
		{HEAD "{\"record\":\"outcome\",\"vantage\":\"a\",\"source\":\"10.1\"}\n", 2,
		 "\"source\" is no address: \"10.1\""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err err;
		struct past_run *run = read_part(rows[i].text, RUN_ALL, &err);

		if (run || err.place.line != rows[i].line || !strstr(err.text, rows[i].says))
			fail_msg("row %zu: %u: %s", i, err.place.line, run ? "read" : err.text);
	}
}

/* Keys and kinds of a later version are skipped; keys that are not there are as null. */
static void tolerant(void **state)
{
	struct past_run *run;
	struct err err;

	(void)state;
	run = read_part(HEAD "{\"record\":\"weather\"}\r\n\r\n" FAIL VERDICT(
				"\"verdict\":\"pass\",\"mood\":[{}]"),
			RUN_ALL, &err);
	assert_non_null(run);
	assert_int_equal(run->verdicts.n, 2);
	/* Two of one name are two. */
	for_each (v, &run->verdicts)
		assert_ptr_equal(past_run_verdict(run, v->key), v);
	assert_string_equal(run->options[0], "network");
	assert_false(run->is_whole);
	past_run_free(run);
	run = read_part("{\"record\":\"run\"}\n", RUN_ALL, &err);
	assert_non_null(run);
	assert_null(run->vantage);
	assert_true(run->started_ms == 0);
	past_run_free(run);
}

static void long_line(void **state)
{
	struct buf text = BUF_INIT;
	struct err err;

	(void)state;
	buf_add_text(&text, HEAD "{\"record\":\"x\",\"y\":\"");
	buf_add_fill(&text, 'y', RUN_LINE_MAX);
	buf_add_text(&text, "\"}\n");
	assert_null(run_read("x", buf_slice(&text), RUN_ALL, &err));
	assert_int_equal(err.place.line, 2);
	assert_non_null(strstr(err.text, "longer than 1048576 bytes"));
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_forms), cmocka_unit_test(cut_off),
		cmocka_unit_test(round_trip), cmocka_unit_test(mistakes),
		cmocka_unit_test(tolerant),   cmocka_unit_test(long_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
