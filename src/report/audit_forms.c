/* SPDX-License-Identifier: ISC
 *
 * An audit as a table, a page of Markdown, JUnit's XML and SARIF 2.1.0.
 */
#include "report/audit_forms.h"

#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/mem.h"
#include "report/json.h"
#include "report/sarif.h"

/* --- CSV -------------------------------------------------------------------------------------- */

static void add_field(struct buf *out, const char *s, char end)
{
	if (s)
		escape_csv(out, slice_of(s));
	buf_add_char(out, end);
}

void audit_csv(const struct audit_report *r, struct buf *out)
{
	buf_add_text(out, "severity,code,subject,evidence,fix,reference\n");
	for_each (f, &r->findings) {
		buf_addf(out, "%s,%s,", severity_names[f->severity], f->code);
		add_field(out, f->subject, ',');
		add_field(out, f->evidence, ',');
		add_field(out, f->fix, ',');
		add_field(out, f->reference, '\n');
	}
}

/* --- Markdown --------------------------------------------------------------------------------- */

static void add_cell(struct buf *out, const char *s)
{
	if (s)
		escape_markdown(out, slice_of(s));
	buf_add_text(out, " | ");
}

static void add_markdown_finding(const struct finding *f, struct buf *out)
{
	buf_addf(out, "| %s | ", severity_names[f->severity]);
	add_cell(out, f->code);
	add_cell(out, f->subject);
	add_cell(out, f->evidence);
	add_cell(out, f->fix);
	add_cell(out, f->reference);
	out->n--; /* the blank */
	buf_add_char(out, '\n');
}

void audit_markdown(const struct audit_report *r, struct buf *out)
{
	buf_add_text(out, "# Audit\n\n");
	audit_answer(r, out);
	if (r->findings.n)
		buf_add_text(out, "\n| severity | code | where | what | what to do | by |\n"
				  "|---|---|---|---|---|---|\n");
	for_each (f, &r->findings)
		add_markdown_finding(f, out);
	if (r->exceptions.n)
		buf_add_text(out, "\n## The site lives with\n\n");
	for_each (e, &r->exceptions) {
		buf_addf(out, "- %s ", e->finding.code);
		escape_markdown(out, slice_of(e->finding.subject));
		buf_addf(out, ", until %s: ", e->until);
		escape_markdown(out, slice_of(e->reason));
		buf_add_char(out, '\n');
	}
}

/* --- JUnit ------------------------------------------------------------------------------------ */

static void add_attribute(struct buf *out, const char *key, const char *s)
{
	buf_addf(out, " %s=\"", key);
	escape_xml(out, slice_of(s));
	buf_add_char(out, '"');
}

static bool is_failure(const struct finding *f)
{
	return f->severity >= SEVERITY_MEDIUM;
}

static size_t count_failures(const struct audit_report *r)
{
	size_t n = 0;

	for_each (f, &r->findings)
		n += is_failure(f);
	return n;
}

/* What counts fails; what does not is skipped, so that it is seen. */
static void add_case(const struct finding *f, struct buf *out)
{
	const char *tag = is_failure(f) ? "failure" : "skipped";

	buf_add_text(out, "<testcase");
	add_attribute(out, "classname", f->subject);
	add_attribute(out, "name", f->code);
	buf_addf(out, "><%s", tag);
	add_attribute(out, "message", f->evidence ? f->evidence : f->code);
	if (is_failure(f))
		add_attribute(out, "type", severity_names[f->severity]);
	buf_add_text(out, "/></testcase>\n");
}

void audit_junit(const struct audit_report *r, struct buf *out)
{
	size_t failures = count_failures(r), clean = 0;

	for_each (s, &r->services)
		clean += !s->n_findings;
	buf_addf(out,
		 "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites><testsuite "
		 "name=\"audit\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\">\n",
		 r->findings.n + clean, failures, r->findings.n - failures);
	for_each (s, &r->services)
		if (!s->n_findings) {
			buf_add_text(out, "<testcase");
			add_attribute(out, "classname", s->target);
			add_attribute(out, "name", s->service);
			buf_add_text(out, "/>\n");
		}
	for_each (f, &r->findings)
		add_case(f, out);
	buf_add_text(out, "</testsuite></testsuites>\n");
}

/* --- SARIF ------------------------------------------------------------------------------------ */

/* Each code is a rule, in the order in which they are met. */
struct rules {
	const char **codes; /* owned */
	size_t n;
};

static size_t rule_of(const struct rules *rules, const char *code)
{
	size_t i = 0;

	while (i < rules->n && strcmp(rules->codes[i], code) != 0)
		i++;
	return i;
}

static struct rules collect_rules(const struct audit_report *r)
{
	struct rules rules = {.codes = mem_new(r->findings.n + 1, sizeof(*rules.codes))};

	for_each (f, &r->findings)
		if (rule_of(&rules, f->code) == rules.n)
			rules.codes[rules.n++] = f->code;
	return rules;
}

static const char *level_of(enum severity s)
{
	if (s >= SEVERITY_HIGH)
		return "error";
	return s >= SEVERITY_MEDIUM ? "warning" : "note";
}

static void add_rules(struct json *j, const struct audit_report *r, const struct rules *rules)
{
	size_t next = 0;

	json_open(j, "rules", '[');
	for_each (f, &r->findings) {
		if (rule_of(rules, f->code) != next)
			continue;
		next++;
		json_open(j, NULL, '{');
		json_text(j, "id", f->code);
		if (f->fix)
			sarif_text(j, "help", f->fix);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void add_result(struct json *j, const struct rules *rules, const struct finding *f)
{
	json_open(j, NULL, '{');
	json_text(j, "ruleId", f->code);
	json_number(j, "ruleIndex", (int64_t)rule_of(rules, f->code));
	json_text(j, "level", level_of(f->severity));
	sarif_message(j, slice_of(f->evidence ? f->evidence : f->code));
	json_open(j, "locations", '[');
	json_open(j, NULL, '{');
	json_open(j, "logicalLocations", '[');
	json_open(j, NULL, '{');
	json_text(j, "fullyQualifiedName", f->subject);
	json_text(j, "kind", "resource");
	json_close(j, '}');
	json_close(j, ']');
	json_close(j, '}');
	json_close(j, ']');
	json_open(j, "partialFingerprints", '{');
	json_text(j, "subject/v1", f->subject);
	json_close(j, '}');
	json_close(j, '}');
}

void audit_sarif(const struct audit_report *r, struct buf *out)
{
	struct rules rules = collect_rules(r);
	struct json j = {.out = out};

	json_open(&j, NULL, '{');
	json_text(&j, "$schema",
		  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
		  "sarif-schema-2.1.0.json");
	json_text(&j, "version", "2.1.0");
	json_open(&j, "runs", '[');
	json_open(&j, NULL, '{');
	json_open(&j, "tool", '{');
	json_open(&j, "driver", '{');
	json_text(&j, "name", "portolan");
	json_text(&j, "version", r->run->version);
	add_rules(&j, r, &rules);
	json_close(&j, '}');
	json_close(&j, '}');
	json_open(&j, "results", '[');
	for_each (f, &r->findings)
		add_result(&j, &rules, f);
	json_close(&j, ']');
	json_close(&j, '}');
	json_close(&j, ']');
	json_close(&j, '}');
	buf_add_char(out, '\n');
	free(rules.codes);
}
