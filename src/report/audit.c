/* SPDX-License-Identifier: ISC */
#include "report/audit.h"

#include <string.h>

#include "base/escape.h"
#include "report/json.h"
#include "report/paragraph.h"
#include "report/plan_records.h"

/* --- text ------------------------------------------------------------------------------------- */

static void add_severities(const struct audit_report *r, struct buf *out)
{
	const char *between = ": ";

	for (int s = SEVERITY_CRITICAL; s >= SEVERITY_INFO; s--) {
		size_t n = 0;

		for_each (f, &r->findings)
			n += f->severity == (enum severity)s;
		if (!n)
			continue;
		buf_addf(out, "%s%zu %s", between, n, severity_names[s]);
		between = ", ";
	}
}

void audit_answer(const struct audit_report *r, struct buf *out)
{
	size_t bad = 0;

	for_each (s, &r->services)
		bad += s->n_findings != 0;
	if (!r->services.n)
		buf_add_text(out, "No service was proved, so none was audited");
	else if (!bad)
		buf_addf(out, "Nothing was found against %s%zu service%s",
			 r->services.n == 1 ? "the " : "any of ", r->services.n,
			 r->services.n == 1 ? "" : "s");
	else
		buf_addf(out, "%zu of %zu service%s %s unsafe", bad, r->services.n,
			 r->services.n == 1 ? "" : "s", bad == 1 ? "is" : "are");
	add_severities(r, out);
	if (r->exceptions.n)
		buf_addf(out, "; %zu excepted", r->exceptions.n);
	if (r->unknown)
		buf_addf(out, "; %zu port%s that %s %s not known", r->unknown,
			 r->unknown == 1 ? "" : "s", r->unknown == 1 ? "accepts" : "accept",
			 r->unknown == 1 ? "is" : "are");
	if (r->not_tested)
		buf_addf(out, "; %zu could not be tried", r->not_tested);
	buf_addf(out, " (profile %s).\n", r->profile);
}

static void add_paragraph(const char *s, size_t width, struct buf *out)
{
	const struct paragraph p = {.indent = 10, .hang = 10, .width = width};

	paragraph_write(&p, s, out);
}

static void add_finding(const struct finding *f, size_t width, struct buf *out)
{
	struct buf text = BUF_INIT;

	buf_addf(out, "%-8s  ", severity_names[f->severity]);
	escape_terminal(out, slice_of(f->subject));
	buf_addf(out, "  %s\n", f->code);
	add_paragraph(f->evidence, width, out);
	buf_addf(&text, "%s", f->fix ? f->fix : "");
	if (f->reference)
		buf_addf(&text, "%s[%s]", text.n ? " " : "", f->reference);
	if (text.n)
		add_paragraph(text.data, width, out);
	buf_release(&text);
}

static void add_service(const struct audited_service *s, struct buf *out)
{
	buf_add_text(out, "  ");
	escape_terminal(out, slice_of(s->target));
	buf_add_text(out, "  ");
	escape_terminal(out, slice_of(s->service));
	if (s->said[0]) {
		buf_add_text(out, ": ");
		escape_terminal(out, slice_of(s->said));
	}
	if (s->n_findings)
		buf_addf(out, "; %zu finding%s", s->n_findings, s->n_findings == 1 ? "" : "s");
	if (s->note) {
		buf_add_text(out, "; ");
		escape_terminal(out, slice_of(s->note));
	}
	buf_add_char(out, '\n');
}

static void add_exception(const struct audit_exception *e, struct buf *out)
{
	buf_addf(out, "  ");
	escape_terminal(out, slice_of(e->finding.subject));
	buf_addf(out, "  %s, until %s: ", e->finding.code, e->until);
	escape_terminal(out, slice_of(e->reason));
	buf_add_char(out, '\n');
}

void audit_text(const struct audit_report *r, struct buf *out)
{
	audit_answer(r, out);
	buf_add_text(out, r->names);
	if (r->findings.n)
		buf_add_char(out, '\n');
	for_each (f, &r->findings)
		add_finding(f, r->width, out);
	if (r->exceptions.n)
		buf_add_text(out, "\nThe site lives with:\n");
	for_each (e, &r->exceptions)
		add_exception(e, out);
	if (r->services.n)
		buf_add_text(out, "\nServices:\n");
	for_each (s, &r->services)
		add_service(s, out);
}

/* --- records ---------------------------------------------------------------------------------- */

static void record_service(const struct audited_service *s, struct buf *out)
{
	struct json j = {.out = out};

	json_open(&j, NULL, '{');
	json_text(&j, "record", "service");
	json_text(&j, "target", s->target);
	json_text(&j, "service", s->service);
	json_text(&j, "said", s->said[0] ? s->said : NULL);
	json_text(&j, "note", s->note);
	json_number(&j, "findings", (int64_t)s->n_findings);
	json_close(&j, '}');
}

static void record_exception(const struct audit_exception *e, struct buf *out)
{
	struct json j = {.out = out};

	json_open(&j, NULL, '{');
	json_text(&j, "record", "exception");
	json_text(&j, "code", e->finding.code);
	json_text(&j, "subject", e->finding.subject);
	json_text(&j, "evidence", e->finding.evidence);
	json_text(&j, "reason", e->reason);
	json_text(&j, "until", e->until);
	json_close(&j, '}');
}

static void record_summary(const struct audit_report *r, struct buf *out)
{
	struct json j = {.out = out};

	json_open(&j, NULL, '{');
	json_text(&j, "record", "summary");
	json_text(&j, "profile", r->profile);
	json_number(&j, "services", (int64_t)r->services.n);
	json_number(&j, "findings", (int64_t)r->findings.n);
	for (int s = SEVERITY_CRITICAL; s >= SEVERITY_INFO; s--) {
		int64_t n = 0;

		for_each (f, &r->findings)
			n += f->severity == (enum severity)s;
		json_number(&j, severity_names[s], n);
	}
	json_number(&j, "excepted", (int64_t)r->exceptions.n);
	json_number(&j, "unknown", (int64_t)r->unknown);
	json_number(&j, "not_tested", (int64_t)r->not_tested);
	json_number(&j, "elapsed_ms", r->elapsed_ms);
	json_number(&j, "exit", r->exit);
	json_close(&j, '}');
}

static void add_records(const struct audit_report *r, const char *separator, struct buf *out)
{
	for_each (s, &r->services) {
		record_service(s, out);
		buf_add_text(out, separator);
	}
	for_each (f, &r->findings) {
		record_finding(out, f);
		buf_add_text(out, separator);
	}
	for_each (e, &r->exceptions) {
		record_exception(e, out);
		buf_add_text(out, separator);
	}
	record_summary(r, out);
}

void audit_json(const struct audit_report *r, struct buf *out)
{
	json_document_start(out, r->run);
	add_records(r, ",\n", out);
	json_document_stop(out);
}

void audit_jsonl(const struct audit_report *r, struct buf *out)
{
	json_run(out, r->run);
	buf_add_char(out, '\n');
	add_records(r, "\n", out);
	buf_add_char(out, '\n');
}
