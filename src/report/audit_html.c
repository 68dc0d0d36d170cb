/* SPDX-License-Identifier: ISC
 *
 * An audit as a page: what is unsafe, the worst first; what the site lives with; all services.
 */
#include "report/audit_forms.h"
#include "report/html.h"

static size_t count(const struct audit_report *r, enum severity least, enum severity most)
{
	size_t n = 0;

	for_each (f, &r->findings)
		n += f->severity >= least && f->severity <= most;
	return n;
}

static void write_head(const struct audit_report *r, struct buf *out)
{
	struct buf answer = BUF_INIT;

	audit_answer(r, &answer);
	html_start(&(struct html_head){.brand = "portolan audit",
				       .name = "Audit",
				       .heading = r->run->site ? r->run->site : "Audit",
				       .answer = answer.data},
		   out);
	buf_add_text(out, "<ul class=\"tiles\">");
	html_tile(out, "need", r->services.n, "services");
	html_tile(out, "no", count(r, SEVERITY_HIGH, SEVERITY_CRITICAL), "critical and high");
	html_tile(out, "warn", count(r, SEVERITY_MEDIUM, SEVERITY_MEDIUM), "medium");
	html_tile(out, "ask", count(r, SEVERITY_INFO, SEVERITY_LOW), "low and to be known");
	html_tile(out, "cross", r->exceptions.n, "excepted");
	buf_add_text(out, "</ul>\n");
	buf_release(&answer);
}

static void write_finding(const struct finding *f, struct buf *out)
{
	buf_addf(out, "<li class=\"warn %s\">", severity_names[f->severity]);
	html_element(out, "span", "severity", severity_names[f->severity]);
	buf_add_char(out, ' ');
	html_element(out, "b", "subject", f->subject);
	buf_add_char(out, ' ');
	html_text(out, f->evidence ? f->evidence : f->code);
	buf_add_text(out, " (");
	html_element(out, "code", "code", f->code);
	buf_add_char(out, ')');
	if (f->fix)
		html_element(out, "p", "fix", f->fix);
	if (f->reference)
		html_element(out, "p", "reference", f->reference);
	buf_add_text(out, "</li>\n");
}

static void write_findings(const struct audit_report *r, struct buf *out)
{
	if (!r->findings.n)
		return;
	buf_add_text(out, "<section class=\"notes\"><h2>Findings</h2><ul>\n");
	for_each (f, &r->findings)
		write_finding(f, out);
	buf_add_text(out, "</ul></section>\n");
}

static void write_exceptions(const struct audit_report *r, struct buf *out)
{
	if (!r->exceptions.n)
		return;
	buf_add_text(out, "<section class=\"notes\"><h2>The site lives with</h2><ul>\n");
	for_each (e, &r->exceptions) {
		buf_add_text(out, "<li>");
		html_element(out, "b", "subject", e->finding.subject);
		buf_addf(out, " %s, until %s: ", e->finding.code, e->until);
		html_text(out, e->reason);
		buf_add_text(out, "</li>\n");
	}
	buf_add_text(out, "</ul></section>\n");
}

static void write_services(const struct audit_report *r, struct buf *out)
{
	if (!r->services.n)
		return;
	buf_add_text(out, "<section class=\"notes\"><h2>Services</h2><ul>\n");
	for_each (s, &r->services) {
		buf_add_text(out, "<li>");
		html_element(out, "b", "subject", s->target);
		buf_add_char(out, ' ');
		html_text(out, s->service);
		if (s->said[0]) {
			buf_add_text(out, ": ");
			html_text(out, s->said);
		}
		if (s->note)
			html_element(out, "p", "note", s->note);
		buf_add_text(out, "</li>\n");
	}
	buf_add_text(out, "</ul></section>\n");
}

void audit_html(const struct audit_report *r, struct buf *out)
{
	write_head(r, out);
	write_findings(r, out);
	write_exceptions(r, out);
	write_services(r, out);
	html_end(out);
}
