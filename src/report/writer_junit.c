/* SPDX-License-Identifier: ISC
 *
 * For CI servers: JUnit's XML, with the attributes that its readers have in common. A suite for
 * each installation, a case for each verdict. What we could not try is an error, what was not even
 * begun is skipped, and so is what starts elsewhere or does not count.
 */
#include "base/escape.h"
#include "report/audit_forms.h"
#include "report/check_columns.h"
#include "report/check_view.h"
#include "report/check_words.h"
#include "report/flow_words.h"
#include "report/words.h"
#include "report/writer.h"

enum result { RESULT_PASSED, RESULT_FAILURE, RESULT_ERROR, RESULT_SKIPPED, RESULTS };

static enum result result_of(const struct check_report *r, const struct judgement *j)
{
	enum result bad =
		j->demand->requirement->level == LEVEL_REQUIRED ? RESULT_FAILURE : RESULT_SKIPPED;

	if (j->elsewhere)
		return RESULT_SKIPPED;
	switch (j->verdict) {
	case VERDICT_FAIL:
	case VERDICT_FORBIDDEN_OPEN:
		return bad;
	case VERDICT_UNPROVEN:
		return r->strict ? bad : RESULT_SKIPPED;
	case VERDICT_NOT_TESTED:
		return j->decisive && bad == RESULT_FAILURE ? RESULT_ERROR : RESULT_SKIPPED;
	default:
		return RESULT_PASSED;
	}
}

static uint64_t time_us(const struct judgement *j)
{
	return j->decisive ? j->decisive->rtt_us : 0;
}

/* key NULL: a text. */
static void add(struct buf *out, const char *key, const char *s)
{
	if (key)
		buf_addf(out, " %s=\"", key);
	escape_xml(out, slice_of(s));
	if (key)
		buf_add_char(out, '"');
}

static void add_seconds(struct buf *out, const char *key, uint64_t us)
{
	buf_addf(out, " %s=\"%llu.%06llu\"", key, (unsigned long long)(us / 1000000),
		 (unsigned long long)(us % 1000000));
}

/* --- a case ----------------------------------------------------------------------------------- */

static void add_result(const struct judgement *j, enum result result, struct buf *out)
{
	static const char *const tags[RESULTS] = {NULL, "failure", "error", "skipped"};
	struct buf message = BUF_INIT;

	if (result == RESULT_PASSED)
		return;
	if (!j->elsewhere && j->demand->requirement->level != LEVEL_REQUIRED)
		buf_addf(&message, "%s, ", level_names[j->demand->requirement->level]);
	if (!j->elsewhere)
		buf_addf(&message, "%s: ", check_verdict_words(j->verdict));
	check_words_reason(j, &message);
	if (j->elsewhere && !message.n)
		buf_add_text(&message, "starts elsewhere");
	buf_addf(out, "<%s", tags[result]);
	add(out, "message", message.data);
	if (result != RESULT_SKIPPED)
		add(out, "type", check_verdict_name(j));
	buf_add_text(out, "/>\n");
	buf_release(&message);
}

/* Everything that is known, a line each. */
static void add_output(const struct check_report *r, const struct judgement *j, struct buf *out)
{
	struct buf value = BUF_INIT;

	buf_add_text(out, "<system-out>");
	for (size_t i = 0; i < check_columns_n; i++) {
		buf_clear(&value);
		check_columns[i].add(r, j, &value);
		if (!value.n)
			continue;
		buf_addf(out, "%s: ", check_columns[i].key);
		add(out, NULL, value.data);
		buf_add_char(out, '\n');
	}
	buf_add_text(out, "</system-out>\n");
	buf_release(&value);
}

static void add_case(const struct check_report *r, const struct judgement *j, struct buf *out)
{
	const struct installation *i = j->demand->installation;
	struct buf text = BUF_INIT;

	buf_addf(&text, "%s/%s", i->name, i->product->name.s);
	buf_add_text(out, "<testcase");
	add(out, "classname", text.data);
	buf_clear(&text);
	buf_addf(&text, "%s %s -> %s", j->demand->requirement->id.s, j->demand->from->name,
		 j->demand->to->name);
	add(out, "name", text.data);
	add_seconds(out, "time", time_us(j));
	buf_add_text(out, ">\n");
	add_result(j, result_of(r, j), out);
	if (!j->elsewhere)
		add_output(r, j, out);
	buf_add_text(out, "</testcase>\n");
	buf_release(&text);
}

/* --- suites ----------------------------------------------------------------------------------- */

/* The verdicts of one installation: they stand together. */
struct suite {
	const struct judgement *begin, *end;
};

static struct suite suite_at(const struct check_report *r, const struct judgement *begin)
{
	const struct judgement *stop = r->verdicts->items.items + r->verdicts->items.n;
	struct suite s = {begin, begin};

	while (s.end < stop && s.end->demand->installation == begin->demand->installation)
		s.end++;
	return s;
}

static void add_counts(const struct check_report *r, struct suite s, struct buf *out)
{
	size_t counts[RESULTS] = {0};

	for (const struct judgement *j = s.begin; j < s.end; j++)
		counts[result_of(r, j)]++;
	buf_addf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"",
		 (size_t)(s.end - s.begin), counts[RESULT_FAILURE], counts[RESULT_ERROR],
		 counts[RESULT_SKIPPED]);
}

static void add_property(struct buf *out, const char *name, const char *value)
{
	buf_addf(out, "<property name=\"%s\"", name);
	add(out, "value", value);
	buf_add_text(out, "/>\n");
}

static void add_suite_head(const struct check_report *r, struct suite s, struct buf *out)
{
	struct buf when = BUF_INIT;
	uint64_t us = 0;

	for (const struct judgement *j = s.begin; j < s.end; j++)
		us += time_us(j);
	words_timestamp(r->run->started_ms, &when);
	buf_truncate(&when, strlen("2026-11-20T08:14:00")); /* its readers want no zone */
	buf_add_text(out, "<testsuite");
	add(out, "name", s.begin->demand->installation->name);
	add_counts(r, s, out);
	add_seconds(out, "time", us);
	add(out, "timestamp", when.data);
	add(out, "hostname", r->run->vantage);
	buf_add_text(out, ">\n<properties>\n");
	add_property(out, "run", r->run->id);
	add_property(out, "version", r->run->version);
	if (r->run->site)
		add_property(out, "site", r->run->site);
	buf_add_text(out, "</properties>\n");
	buf_release(&when);
}

static void write_check(const struct check_report *r, struct buf *out)
{
	const struct judgement *items = r->verdicts->items.items;
	const struct suite all = {items, items + r->verdicts->items.n};
	struct suite s;

	buf_add_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
	add(out, "name", "portolan check");
	add_counts(r, all, out);
	add_seconds(out, "time", (uint64_t)r->elapsed_ms * 1000);
	buf_add_text(out, ">\n");
	for (const struct judgement *next = all.begin; next < all.end; next = s.end) {
		s = suite_at(r, next);
		add_suite_head(r, s, out);
		for (const struct judgement *j = s.begin; j < s.end; j++)
			add_case(r, j, out);
		buf_add_text(out, "</testsuite>\n");
	}
	buf_add_text(out, "</testsuites>\n");
}

const struct writer writer_junit = {
	.name = "junit",
	.check = write_check,
	.audit = audit_junit,
};
