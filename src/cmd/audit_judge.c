/* SPDX-License-Identifier: ISC */
#include "cmd/audit_judge.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/command.h"
#include "model/service.h"
#include "report/words.h"

const char *audit_judge_subject(struct arena *a, struct audited *s)
{
	const struct outcome o = {
		.target = s->target,
		.name = s->name,
		.port = s->port,
		.transport = s->transport,
	};
	struct buf text = BUF_INIT;

	if (s->subject)
		return s->subject;
	words_target(&o, &text);
	s->subject = arena_copy(a, buf_slice(&text));
	buf_release(&text);
	return s->subject;
}

struct finding *audit_judge_add(struct arena *a, struct audit_report *r, const char *subject)
{
	struct finding *f = list_add(a, &r->findings, sizeof(*f));

	f->subject = subject;
	return f;
}

/* The way out of clear text; the words of TLS and of a certificate have another. */
static bool is_about_cover(const struct weakness *w)
{
	for (size_t i = 0; audits[i]; i++)
		for (size_t k = 0; k < audits[i]->n_weaknesses; k++)
			if (&audits[i]->weaknesses[k] == w)
				return audits[i]->place != AUDIT_BELOW &&
				       strcmp(audits[i]->name, "certificate") != 0;
	return false;
}

/* "993 answers with imaps: move to it." */
static const char *way_out(const struct auditing *x, const struct audited *s)
{
	const char *first = NULL;
	struct service own, safer;

	if (s->is_inside || !service_find(slice_of(s->service), &own))
		return NULL;
	for (size_t i = 0; service_instead(&own, i, &safer); i++) {
		const struct audited *other = auditing_find(x, s, safer.name);

		if (other)
			return arena_printf(x->arena, " %s answers on %u of this host: move to it.",
					    safer.name, other->port);
		if (!first && safer.n_ports)
			first = arena_printf(x->arena,
					     " %s would be safer; it does not answer on %u of this "
					     "host.",
					     safer.name, safer.ports[0].lo);
	}
	return first;
}

static void add_finding(const struct auditing *x, const struct audited *s, const char *subject,
			const struct audit_note *note, struct audit_report *r)
{
	const struct weakness *w = note->weakness;
	struct finding *f = audit_judge_add(x->arena, r, subject);
	const char *out = is_about_cover(w) ? way_out(x, s) : NULL;

	f->severity = w->severity;
	f->code = w->code;
	f->evidence = note->evidence[0] ? arena_printf(x->arena, "%s: %s: %s", s->service, w->what,
						       note->evidence)
					: arena_printf(x->arena, "%s: %s", s->service, w->what);
	f->fix = arena_printf(x->arena, "%s%s", w->fix, out ? out : "");
	f->reference = w->reference;
}

static const char *note_of(struct arena *a, const struct audited *s)
{
	if (s->is_remembered)
		return "it was proved earlier today and not asked again: it counts those who come "
		       "and do "
		       "not go on";
	if (s->is_shut_out)
		return "it takes connections no more: it may have shut this host out before all "
		       "was asked";
	if (s->unanswered)
		return arena_printf(a, "%u of %u questions were not answered", s->unanswered,
				    s->connections);
	return NULL;
}

static void judge_service(const struct auditing *x, struct audited *s, enum audit_profile profile,
			  struct audit_report *r)
{
	struct audited_service *row;
	const char *subject = audit_judge_subject(x->arena, s);
	size_t before = r->findings.n;

	for (size_t i = 0; i < s->notes.n; i++)
		if (!s->notes.items[i].weakness->is_strict || profile == PROFILE_STRICT)
			add_finding(x, s, subject, &s->notes.items[i], r);
	row = list_add(x->arena, &r->services, sizeof(*row));
	*row = (struct audited_service){
		.target = subject,
		.service = s->service,
		.said = s->said,
		.note = note_of(x->arena, s),
		.n_findings = r->findings.n - before,
	};
}

void audit_judge(const struct auditing *x, enum audit_profile profile, struct audit_report *r)
{
	for_each (s, &x->services)
		if (!(*s)->is_alternative)
			judge_service(x, *s, profile, r);
}

/* What came first stays first among equals: the order is the targets'. */
static int by_severity(const void *a_, const void *b_)
{
	const struct finding *a = a_, *b = b_;

	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	return a->at.line < b->at.line ? -1 : a->at.line > b->at.line;
}

void audit_judge_sort(struct audit_report *r)
{
	for (size_t i = 0; i < r->findings.n; i++)
		r->findings.items[i].at.line = (unsigned)i;
	if (r->findings.n)
		qsort(r->findings.items, r->findings.n, sizeof(*r->findings.items), by_severity);
}

int audit_judge_exit(const struct audit_report *r)
{
	for_each (f, &r->findings)
		if (f->severity >= SEVERITY_MEDIUM)
			return EXIT_FAILS;
	if (r->is_shut_out)
		return EXIT_NOT_TESTED;
	return r->not_tested && !r->services.n ? EXIT_NOT_TESTED : EXIT_HOLDS;
}
