/* SPDX-License-Identifier: ISC */
#include "cmd/catalog_check.h"

#include <stdlib.h>

#include "base/escape.h"
#include "cmd/catalog_print.h"
#include "report/json.h"

struct collector {
	const struct product *p;
	struct check_result *result;
};

static const char *const source_names[] = {"defect", "inferred", "lint"};

/* How much it matters to whoever opens ports from this document. */
static const enum severity severity_of[] = {
	[DEFECT_ERROR] = SEVERITY_HIGH,	      [DEFECT_AMBIGUOUS] = SEVERITY_LOW,
	[DEFECT_OUTDATED] = SEVERITY_MEDIUM,  [DEFECT_INCOMPLETE] = SEVERITY_MEDIUM,
	[DEFECT_INCONSISTENT] = SEVERITY_LOW, [DEFECT_ADVICE] = SEVERITY_INFO,
};

static struct check_item *add_item(struct collector *c, enum check_source source)
{
	struct check_item *item = &c->result->items.items[c->result->items.n];

	item->source = source;
	item->order = c->result->items.n++;
	return item;
}

static const char *id_of(struct collector *c, const char *id)
{
	return arena_printf(c->result->arena, "%s/%s", c->p->name.s, id);
}

static const char *copy_text(struct collector *c, struct buf *text)
{
	const char *copy = arena_copy(c->result->arena, buf_slice(text));

	buf_clear(text);
	return copy;
}

/* What we take: the requirement's own roles where the document has others, and its needs. */
static const char *effective_text(struct collector *c, const struct requirement *q)
{
	struct buf text = BUF_INIT;
	const char *copy;

	if (q->documented.from.s)
		buf_addf(&text, "from %s ", q->from.s);
	if (q->documented.to.s)
		buf_addf(&text, "to %s ", q->to.s);
	if (q->needs)
		needs_text(q->needs, &text);
	if (q->needs && q->also)
		buf_add_text(&text, ", also ");
	if (q->also)
		needs_text(q->also, &text);
	copy = copy_text(c, &text);
	buf_release(&text);
	return *copy ? copy : NULL;
}

static void add_requirement(struct collector *c, const struct requirement *q)
{
	const struct docref *doc = q->doc.n ? q->doc.items : NULL;
	struct buf text = BUF_INIT;

	if (q->defect.s) {
		struct check_item *item = add_item(c, CHECK_DEFECT);

		item->finding = (struct finding){.severity = severity_of[q->defect_kind],
						 .code = defect_names[q->defect_kind],
						 .subject = id_of(c, q->id.s),
						 .evidence = q->defect.s,
						 .at = q->defect.at};
		if (q->documented.given) {
			documented_text(&q->documented, &text);
			item->documented = copy_text(c, &text);
		}
		item->effective = effective_text(c, q);
		item->doc = doc;
	}
	for_each (i, &q->inferred) {
		struct check_item *item = add_item(c, CHECK_INFERRED);

		item->finding = (struct finding){.severity = SEVERITY_INFO,
						 .code = "inferred",
						 .subject = id_of(c, q->id.s),
						 .evidence = i->reason.s,
						 .at = i->field.at};
		item->effective = i->field.s;
		item->doc = doc;
	}
	buf_release(&text);
}

static void add_defect(struct collector *c, const struct defect *d)
{
	struct check_item *item = add_item(c, CHECK_DEFECT);

	item->finding = (struct finding){.severity = severity_of[d->kind],
					 .code = defect_names[d->kind],
					 .subject = id_of(c, d->id.s),
					 .evidence = d->reason.s,
					 .at = d->id.at};
	item->documented = d->documented.s;
	item->effective = d->effective.s;
	item->doc = d->doc.n ? d->doc.items : NULL;
}

static void add_lints(struct collector *c, const struct lint_findings *lints)
{
	for_each (f, lints) {
		struct check_item *item = add_item(c, CHECK_LINT);

		item->finding = *f;
		c->result->n_lints += f->severity > SEVERITY_INFO;
	}
}

static int by_place(const void *a, const void *b)
{
	const struct check_item *x = a, *y = b;

	if (x->finding.at.line != y->finding.at.line)
		return x->finding.at.line < y->finding.at.line ? -1 : 1;
	if (x->finding.at.column != y->finding.at.column)
		return x->finding.at.column < y->finding.at.column ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static int by_severity(const void *a, const void *b)
{
	const struct check_item *x = a, *y = b;

	if (x->finding.severity != y->finding.severity)
		return x->finding.severity > y->finding.severity ? -1 : 1;
	return by_place(a, b);
}

static size_t count_items(const struct product *p, const struct lint_findings *lints)
{
	size_t n = lints->n + p->defects.n;

	for_each (q, &p->requirements)
		n += q->inferred.n + 1;
	return n;
}

void catalog_check(const struct product *p, const struct lint_context *context, bool worst_first,
		   struct check_result *out)
{
	struct lint_findings lints;
	struct collector c = {p, out};
	size_t room;

	*out = (struct check_result){.arena = arena_new()};
	lint_product(p, context, out->arena, &lints);
	room = count_items(p, &lints);
	out->items.items = ARENA_ARRAY(out->arena, struct check_item, room);
	for_each (q, &p->requirements)
		add_requirement(&c, q);
	for_each (d, &p->defects)
		add_defect(&c, d);
	add_lints(&c, &lints);
	if (out->items.n)
		qsort(out->items.items, out->items.n, sizeof(*out->items.items),
		      worst_first ? by_severity : by_place);
}

void check_result_release(struct check_result *r)
{
	arena_free(r->arena);
}

/* --- text ------------------------------------------------------------------------------------- */

static void line(struct buf *out, const char *label, const char *s)
{
	if (!s)
		return;
	buf_addf(out, "    %s", label);
	escape_terminal(out, slice_of(s));
	buf_add_char(out, '\n');
}

static void item_text(const struct product *p, const struct check_item *item, struct buf *out)
{
	struct buf ref = BUF_INIT;

	place_format(item->finding.at, out);
	buf_addf(out, "%s: %s (%s, %s)\n", severity_names[item->finding.severity],
		 item->finding.subject, source_names[item->source], item->finding.code);
	line(out, "", item->finding.evidence);
	line(out, "the document says: ", item->documented);
	line(out, item->source == CHECK_INFERRED ? "inferred: " : "we take: ", item->effective);
	line(out, "what to do: ", item->finding.fix);
	if (item->doc) {
		docref_text(p, item->doc, &ref);
		line(out, "in ", ref.data);
	}
	buf_release(&ref);
}

void catalog_check_text(const struct product *p, const struct check_result *r, struct buf *out)
{
	size_t n[ARRAY_LEN(source_names)] = {0};

	for_each (item, &r->items)
		n[item->source]++;
	buf_addf(out,
		 "%s: %zu defect%s of its documents, %zu inferred value%s, %zu finding%s of the "
		 "lints\n",
		 p->name.s, n[CHECK_DEFECT], n[CHECK_DEFECT] == 1 ? "" : "s", n[CHECK_INFERRED],
		 n[CHECK_INFERRED] == 1 ? "" : "s", n[CHECK_LINT], n[CHECK_LINT] == 1 ? "" : "s");
	for_each (item, &r->items)
		item_text(p, item, out);
}

/* --- records ---------------------------------------------------------------------------------- */

static void reference(struct json *j, const struct product *p, const struct docref *d)
{
	const struct document *document = NULL;

	if (!d) {
		json_null(j, "reference");
		return;
	}
	for_each (known, &p->documents)
		if (text_same(known->name, d->in))
			document = known;
	json_open(j, "reference", '{');
	json_text(j, "publisher", document ? document->publisher.s : NULL);
	json_text(j, "title", document ? document->title.s : NULL);
	json_text(j, "section", d->section.s);
	json_text(j, "row", d->row.s);
	json_text(j, "note", d->note.s);
	json_close(j, '}');
}

void catalog_check_records(const struct product *p, const struct check_result *r, struct buf *out)
{
	for_each (item, &r->items) {
		const struct finding *f = &item->finding;
		struct json j = {out, false};

		json_open(&j, NULL, '{');
		json_text(&j, "record", "finding");
		json_text(&j, "severity", severity_names[f->severity]);
		json_text(&j, "code", f->code);
		json_text(&j, "source", source_names[item->source]);
		json_text(&j, "product", p->name.s);
		json_text(&j, "subject", f->subject);
		json_text(&j, "evidence", f->evidence);
		json_text(&j, "fix", f->fix);
		json_text(&j, "documented", item->documented);
		json_text(&j, "effective", item->effective);
		json_text(&j, "file", f->at.file);
		json_number(&j, "line", f->at.line);
		json_number(&j, "column", f->at.column);
		reference(&j, p, item->doc);
		json_close(&j, '}');
		buf_add_char(out, '\n');
	}
}
