/* SPDX-License-Identifier: ISC
 *
 * For viewers of findings: SARIF 2.1.0 (OASIS). One run of a tool, a rule for each verdict and
 * cause that occurs, a result for each requirement that does not simply hold. There is no file to
 * point into: places are logical, the requirement and the two hosts.
 */
#include "report/audit_forms.h"
#include "report/check_columns.h"
#include "report/check_view.h"
#include "report/check_words.h"
#include "report/flow_words.h"
#include "report/json.h"
#include "report/sarif.h"
#include "report/words.h"
#include "report/writer.h"

static bool is_result(const struct judgement *j)
{
	enum check_group g = check_group_of(j);

	return g != CHECK_ELSEWHERE && g != CHECK_HOLDS && j->verdict != VERDICT_PASS;
}

static const char *level_of(enum verdict v, bool strict)
{
	switch (v) {
	case VERDICT_FAIL:
	case VERDICT_FORBIDDEN_OPEN:
		return "error";
	case VERDICT_UNPROVEN:
		return strict ? "error" : "note";
	default:
		return "warning";
	}
}

/* --- rules ------------------------------------------------------------------------------------ */

struct rules {
	size_t index[VERDICT_COUNT][CAUSE_COUNT + 1]; /* 1..; 0: there is none yet */
	size_t n;
};

static size_t *rule_of(struct rules *rules, const struct judgement *j)
{
	return &rules->index[j->verdict][j->decisive ? j->decisive->cause : CAUSE_COUNT];
}

/* "fail/hop"; "not-tested" where no outcome decided. */
static void add_rule_id(struct json *j, const char *key, const struct judgement *judged)
{
	struct buf id = BUF_INIT;

	buf_add_text(&id, verdict_names[judged->verdict]);
	if (judged->decisive)
		buf_addf(&id, "/%s", cause_names[judged->decisive->cause]);
	json_text(j, key, id.data);
	buf_release(&id);
}

static void add_rule(struct json *j, const struct check_report *r, const struct judgement *judged)
{
	struct buf text = BUF_INIT;

	buf_addf(&text, "A requirement %s", check_verdict_words(judged->verdict));
	if (judged->decisive)
		buf_addf(&text, "; decided by: %s", cause_names[judged->decisive->cause]);
	json_open(j, NULL, '{');
	add_rule_id(j, "id", judged);
	sarif_text(j, "shortDescription", text.data);
	json_open(j, "defaultConfiguration", '{');
	json_text(j, "level", level_of(judged->verdict, r->strict));
	json_close(j, '}');
	json_close(j, '}');
	buf_release(&text);
}

static void add_tool(struct json *j, const struct check_report *r, struct rules *rules)
{
	json_open(j, "tool", '{');
	json_open(j, "driver", '{');
	json_text(j, "name", "portolan");
	json_text(j, "version", r->run->version);
	json_open(j, "rules", '[');
	for_each (judged, &r->verdicts->items) {
		if (!is_result(judged) || *rule_of(rules, judged))
			continue;
		*rule_of(rules, judged) = ++rules->n;
		add_rule(j, r, judged);
	}
	json_close(j, ']');
	json_close(j, '}');
	json_close(j, '}');
}

/* --- results ---------------------------------------------------------------------------------- */

static void add_words(struct json *j, const struct judgement *judged)
{
	struct buf words = BUF_INIT, part = BUF_INIT;

	check_words_id(judged, &words);
	buf_add_text(&words, ", ");
	check_words_ends(judged, judged->flow, &words);
	buf_addf(&words, ", %s", check_verdict_words(judged->verdict));
	check_words_reason(judged, &part);
	if (part.n)
		buf_addf(&words, ": %s", part.data);
	buf_clear(&part);
	check_words_turn(judged, &part);
	if (part.n)
		buf_addf(&words, "; next move: %s", part.data);
	sarif_message(j, buf_slice(&words));
	buf_release(&part);
	buf_release(&words);
}

static void add_place(struct json *j, const char *name, const char *whole)
{
	json_open(j, NULL, '{');
	json_text(j, "name", name);
	json_text(j, "fullyQualifiedName", whole);
	json_text(j, "kind", "resource");
	json_close(j, '}');
}

static void add_places(struct json *j, const struct judgement *judged)
{
	const struct demand *d = judged->demand;
	struct buf whole = BUF_INIT;

	buf_addf(&whole, "%s/", d->installation->name);
	flow_words_requirement(d, &whole);
	json_open(j, "locations", '[');
	json_open(j, NULL, '{');
	json_open(j, "logicalLocations", '[');
	add_place(j, d->requirement->id.s, whole.data);
	add_place(j, d->from->name, d->from->name);
	add_place(j, d->to->name, d->to->name);
	json_close(j, ']');
	json_close(j, '}');
	json_close(j, ']');
	buf_release(&whole);
}

/* Of the demand, which stays the same whichever of its flows decides; and of the flow. */
static void add_fingerprints(struct json *j, const struct judgement *judged)
{
	const struct demand *d = judged->demand;
	struct buf text = BUF_INIT;

	buf_addf(&text, "%s|", d->installation->name);
	flow_words_requirement(d, &text);
	buf_addf(&text, "|%s|%s", d->from->name, d->to->name);
	json_open(j, "partialFingerprints", '{');
	json_text(j, "requirement/v1", text.data);
	if (judged->flow) {
		buf_clear(&text);
		flow_format_id(judged->flow, &text);
		json_text(j, "flow/v1", text.data);
	}
	json_close(j, '}');
	buf_release(&text);
}

static void add_properties(struct json *j, const struct check_report *r,
			   const struct judgement *judged)
{
	struct buf value = BUF_INIT;

	json_open(j, "properties", '{');
	for (size_t i = 0; i < check_columns_n; i++) {
		buf_clear(&value);
		check_columns[i].add(r, judged, &value);
		json_text(j, check_columns[i].key, value.n ? value.data : NULL);
	}
	json_close(j, '}');
	buf_release(&value);
}

static void add_result(struct json *j, const struct check_report *r, struct rules *rules,
		       const struct judgement *judged)
{
	bool counts = judged->demand->requirement->level == LEVEL_REQUIRED;

	json_open(j, NULL, '{');
	add_rule_id(j, "ruleId", judged);
	json_number(j, "ruleIndex", (int64_t)*rule_of(rules, judged) - 1);
	json_text(j, "level", counts ? level_of(judged->verdict, r->strict) : "note");
	add_words(j, judged);
	add_places(j, judged);
	add_fingerprints(j, judged);
	if (check_change(r, judged).changed)
		json_text(j, "baselineState", check_is_new(r, judged) ? "new" : "unchanged");
	add_properties(j, r, judged);
	json_close(j, '}');
	buf_add_char(j->out, '\n');
}

/* --- the run ---------------------------------------------------------------------------------- */

static void add_run(struct json *j, const struct check_report *r)
{
	struct buf id = BUF_INIT;

	buf_addf(&id, "portolan check/%s/%s/%s", r->run->site ? r->run->site : "", r->run->vantage,
		 r->run->id);
	json_open(j, "automationDetails", '{');
	json_text(j, "id", id.data);
	json_close(j, '}');
	json_open(j, "invocations", '[');
	json_open(j, NULL, '{');
	json_bool(j, "executionSuccessful", true);
	json_number(j, "exitCode", r->verdicts->summary.exit);
	json_time(j, "startTimeUtc", r->run->started_ms);
	json_time(j, "endTimeUtc", r->run->started_ms + r->elapsed_ms);
	json_close(j, '}');
	json_close(j, ']');
	buf_release(&id);
}

static void write_check(const struct check_report *r, struct buf *out)
{
	struct rules rules = {0};
	struct json j = {.out = out};

	json_open(&j, NULL, '{');
	json_text(&j, "$schema",
		  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
		  "sarif-schema-2.1.0.json");
	json_text(&j, "version", "2.1.0");
	json_open(&j, "runs", '[');
	json_open(&j, NULL, '{');
	add_tool(&j, r, &rules);
	add_run(&j, r);
	json_open(&j, "results", '[');
	for_each (judged, &r->verdicts->items)
		if (is_result(judged))
			add_result(&j, r, &rules, judged);
	json_close(&j, ']');
	json_close(&j, '}');
	json_close(&j, ']');
	json_close(&j, '}');
	buf_add_char(out, '\n');
}

const struct writer writer_sarif = {
	.name = "sarif",
	.check = write_check,
	.audit = audit_sarif,
};
