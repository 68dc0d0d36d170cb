/* SPDX-License-Identifier: ISC */
#include "report/plan_records.h"

#include "report/flow_words.h"
#include "report/json.h"

static const char *const kind_names[] = {"required", "forbidden"};

static void add_requirements(struct json *j, const struct flow *f)
{
	struct buf id = BUF_INIT;

	json_open(j, "requirements", '[');
	for (const struct claim *c = f->claims; c; c = c->next) {
		if (!claim_is_first_of_requirement(f, c))
			continue;
		buf_clear(&id);
		flow_words_requirement(c->demand, &id);
		json_text(j, NULL, id.data);
	}
	json_close(j, ']');
	buf_release(&id);
}

/* Addresses where there are any; else the names by which it is known. */
static void add_addresses(struct json *j, const char *key, const struct endpoint *e)
{
	char text[PREFIX_TEXT_MAX];

	json_open(j, key, '[');
	for_each (p, &e->addresses)
		json_text(j, NULL, prefix_text(p, text));
	if (!e->addresses.n)
		for_each (t, &e->names)
			json_text(j, NULL, t->s);
	json_close(j, ']');
}

static void add_ports(struct json *j, const struct flow *f)
{
	struct buf text = BUF_INIT;

	flow_format_ports(f, &text);
	json_text(j, "transport", transport_names[f->transport]);
	json_text(j, "ports", strchr(text.data, '/') + 1);
	buf_release(&text);
}

static void add_path(struct json *j, const struct flow *f)
{
	if (f->path->unknown) {
		json_null(j, "path");
		return;
	}
	json_open(j, "path", '[');
	for_each (hop, &f->path->hops)
		json_text(j, NULL, hop->device->name.s);
	json_close(j, ']');
}

static void add_hops(struct json *j, const struct flow *f)
{
	if (f->path->unknown) {
		json_null(j, "hops");
		return;
	}
	json_open(j, "hops", '[');
	for_each (hop, &f->path->hops) {
		json_open(j, NULL, '{');
		json_text(j, "device", hop->device->name.s);
		json_text(j, "in", hop->in ? hop->in->name.s : NULL);
		json_text(j, "out", hop->out ? hop->out->name.s : NULL);
		json_text(j, "filter", filter_names[hop->device->filter]);
		json_close(j, '}');
	}
	json_close(j, ']');
}

/* Where the whole way goes, and who changes addresses on it. */
static void add_ends(struct json *j, const struct flow *f)
{
	const struct translation *t = f->translation;
	const struct claim *c = f->claims;
	struct buf dialled = BUF_INIT;

	flow_words_dialled(f, &dialled);
	json_text(j, "from_zone", f->from->zone ? f->from->zone->name.s : NULL);
	json_text(j, "to_zone", f->to->zone ? f->to->zone->name.s : NULL);
	json_text(j, "from_device", f->from->device ? f->from->device->name.s : NULL);
	json_text(j, "to_device", f->to->device ? f->to->device->name.s : NULL);
	json_text(j, "dialled_address", dialled.n ? dialled.data : NULL);
	json_text(j, "dialled_at", t && t->dialled_at ? t->dialled_at->name.s : NULL);
	json_text(j, "seen_at", t && t->seen_at ? t->seen_at->name.s : NULL);
	json_text(j, "whole_to", c->whole ? c->whole->name : NULL);
	json_open(j, "installations", '[');
	for (; c; c = c->next)
		if (claim_is_first_of_installation(f, c))
			json_text(j, NULL, c->demand->installation->name);
	json_close(j, ']');
	buf_release(&dialled);
}

/* Alternatives: only where every demand leaves it open. */
static const struct claim *group_claim(const struct flow *f)
{
	for (const struct claim *c = f->claims; c; c = c->next)
		if (!c->branch)
			return NULL;
	return f->claims;
}

static void add_group(struct json *j, const struct flow *f)
{
	const struct claim *c = group_claim(f);
	struct buf id = BUF_INIT;

	if (c)
		flow_words_requirement(c->demand, &id);
	if (c && c->group > 1) /* the second "or" of a requirement, and so on */
		buf_addf(&id, "#%u", c->group);
	json_text(j, "group", c ? id.data : NULL);
	json_number_or_null(j, "branch", c ? c->branch : 0);
	buf_release(&id);
}

static void add_way(struct json *j, const struct flow *f)
{
	const struct claim *c = f->claims;
	struct buf text = BUF_INIT;

	if (c->parent)
		flow_format_id(c->parent, &text);
	json_text(j, "parent", c->parent ? text.data : NULL);
	json_text(j, "mode", c->mode);
	json_number_or_null(j, "leg", c->leg);
	json_text(j, "dialled", f->translation ? f->translation->dialled.text.s : NULL);
	json_text(j, "documented", c->documented);
	json_text(j, "effective", c->effective);
	json_text(j, "service", c->service);
	add_path(j, f);
	buf_clear(&text);
	if (c->gateway)
		buf_addf(&text, "%s:%s", gateway_names[c->gateway], c->through->name.s);
	else
		buf_add_text(&text, "direct");
	json_text(j, "via", text.data);
	if (f->translation)
		json_addr(j, "seen_as", &f->translation->seen_as);
	else
		json_null(j, "seen_as");
	add_hops(j, f);
	add_ends(j, f);
	buf_release(&text);
}

void record_flow(struct buf *out, const struct flow *f)
{
	const struct claim *c = f->claims;
	struct json j = {.out = out};
	struct buf id = BUF_INIT;

	flow_format_id(f, &id);
	json_open(&j, NULL, '{');
	json_text(&j, "record", "flow");
	json_text(&j, "flow", id.data);
	json_text(&j, "installation", c->demand->installation->name);
	add_requirements(&j, f);
	json_text(&j, "from", f->from->name);
	json_text(&j, "to", f->to->name);
	add_addresses(&j, "source", f->from);
	add_addresses(&j, "target", f->to);
	add_ports(&j, f);
	json_text(&j, "kind", kind_names[f->kind]);
	json_text(&j, "level", level_names[c->level]);
	add_group(&j, f);
	add_way(&j, f);
	json_close(&j, '}');
	buf_release(&id);
}

void record_question(struct buf *out, const struct question *q)
{
	struct json j = {.out = out};

	json_open(&j, NULL, '{');
	json_text(&j, "record", "question");
	json_text(&j, "subject", q->subject);
	json_text(&j, "text", q->text);
	json_text(&j, "add", q->add);
	json_close(&j, '}');
}

void record_finding(struct buf *out, const struct finding *f)
{
	struct json j = {.out = out};

	json_open(&j, NULL, '{');
	json_text(&j, "record", "finding");
	json_text(&j, "severity", severity_names[f->severity]);
	json_text(&j, "code", f->code);
	json_text(&j, "subject", f->subject);
	json_text(&j, "evidence", f->evidence);
	json_text(&j, "fix", f->fix);
	json_text(&j, "reference", f->reference);
	json_close(&j, '}');
}

static void add_reference(struct json *j, const struct demand *d, const struct docref *ref)
{
	const struct document *found = NULL;

	for_each (document, &d->installation->product->documents)
		if (text_same(document->name, ref->in))
			found = document;
	json_open(j, NULL, '{');
	json_text(j, "in", ref->in.s);
	json_text(j, "publisher", found ? found->publisher.s : NULL);
	json_text(j, "title", found ? found->title.s : NULL);
	json_text(j, "section", ref->section.s);
	json_text(j, "row", ref->row.s);
	json_text(j, "note", ref->note.s);
	json_close(j, '}');
}

static void add_words(struct json *j, const char *key, const void *words_)
{
	const LIST_OF(struct text) *words = words_;

	json_open(j, key, '[');
	for_each (word, words)
		json_text(j, NULL, word->s);
	json_close(j, ']');
}

/* "min-mtu 9000" */
static void add_qualities(struct json *j, const struct requirement *q)
{
	struct buf text = BUF_INIT;

	json_open(j, "path", '[');
	for_each (c, &q->path) {
		buf_clear(&text);
		buf_add_text(&text, path_quality_names[c->quality]);
		if (c->quality >= PATH_MIN_MTU)
			buf_addf(&text, " %u", c->value);
		json_text(j, NULL, text.data);
	}
	json_close(j, ']');
	buf_release(&text);
}

void record_requirement(struct buf *out, const struct demand *d)
{
	static const char *const absences[] = {NULL, "same-host", "no-link", "local"};
	const struct requirement *q = d->requirement;
	struct json j = {.out = out};
	struct buf id = BUF_INIT;

	flow_words_requirement(d, &id);
	json_open(&j, NULL, '{');
	json_text(&j, "record", "requirement");
	json_text(&j, "installation", d->installation->name);
	json_text(&j, "requirement", id.data);
	json_text(&j, "title", q->title.s);
	json_text(&j, "why", q->why.s);
	json_text(&j, "without", q->without.s);
	json_text(&j, "level", level_names[q->level]);
	json_text(&j, "phase", phase_names[q->phase]);
	json_text(&j, "secure", q->secure.s);
	json_text(&j, "reach", reach_names[q->reach]);
	json_text(&j, "reply", reply_names[q->reply]);
	json_text(&j, "from_network", q->network.from.s);
	json_text(&j, "to_network", q->network.to.s);
	add_qualities(&j, q);
	add_words(&j, "tags", &q->tags);
	add_words(&j, "after", &q->after);
	json_text(&j, "defect", q->defect.s);
	json_text(&j, "defect_kind", q->defect.s ? defect_names[q->defect_kind] : NULL);
	json_text(&j, "absence", absences[d->absence]);
	json_text(&j, "local", d->local);
	json_open(&j, "documents", '[');
	for_each (ref, &q->doc)
		add_reference(&j, d, ref);
	json_close(&j, ']');
	json_close(&j, '}');
	buf_release(&id);
}

/* --- headers --- */

static void add_documents(struct json *j, const struct installation *i)
{
	json_open(j, "documents", '[');
	for_each (document, &i->product->documents) {
		json_open(j, NULL, '{');
		json_text(j, "name", document->name.s);
		json_text(j, "publisher", document->publisher.s);
		json_text(j, "title", document->title.s);
		json_text(j, "date", document->date.s);
		json_text(j, "revision", document->revision.s);
		json_text(j, "url", document->url.s);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void add_installations(struct json *j, const struct plan *plan)
{
	json_open(j, "installations", '[');
	for_each (i, &plan->installations) {
		json_open(j, NULL, '{');
		json_text(j, "installation", i->name);
		json_text(j, "product", i->product->name.s);
		json_text(j, "title", i->product->title.s);
		add_documents(j, i);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static const char *site_name(const struct plan *plan)
{
	return plan->site->name.s;
}

void record_plan_start(struct buf *out, const struct plan_view *v)
{
	struct json j = {.out = out};

	json_open(&j, NULL, '{');
	json_text(&j, "record", "plan");
	json_text(&j, "version", v->query->version);
	json_text(&j, "site", site_name(v->plan));
	json_text(&j, "answer", v->headline);
	json_bool(&j, "as_documented", v->query->as_documented);
	json_text(&j, "only", v->query->only);
	json_number(&j, "flows", (int64_t)v->required);
	json_number(&j, "across_devices", (int64_t)v->crossing);
	json_number(&j, "forbidden", (int64_t)v->forbidden);
	json_number(&j, "questions", (int64_t)v->questions.n);
	json_number(&j, "warnings", (int64_t)v->warnings.n);
	json_number(&j, "same_host", (int64_t)v->same_host);
	json_number(&j, "not_installed", (int64_t)v->plan->not_installed);
	json_text(&j, "scope", v->scope_line);
	add_installations(&j, v->plan);
}

void record_request_start(struct buf *out, const struct request *r)
{
	struct json j = {.out = out};

	json_open(&j, NULL, '{');
	json_text(&j, "record", "request");
	json_text(&j, "version", r->form->version);
	json_text(&j, "site", site_name(r->plan));
	json_text(&j, "answer", r->headline);
	json_text(&j, "requester", r->form->requester);
	json_text(&j, "owner", r->form->owner);
	json_text(&j, "approver", r->form->approver);
	json_text(&j, "ticket", r->form->ticket);
	json_text(&j, "valid_from", r->form->valid_from);
	json_text(&j, "expires", r->form->expires);
	json_text(&j, "environment", r->form->environment);
	json_text(&j, "run", r->form->run ? r->form->run->id : NULL);
	json_bool(&j, "failing_only", r->form->failing_only);
	json_number(&j, "required", (int64_t)r->counts[REQUEST_NOW]);
	json_number(&j, "recommended", (int64_t)r->counts[REQUEST_RECOMMENDED]);
	json_number(&j, "optional", (int64_t)r->counts[REQUEST_OPTIONAL]);
	json_number(&j, "deny", (int64_t)r->counts[REQUEST_DENY]);
	json_number(&j, "unfiltered", (int64_t)r->unfiltered);
	json_number(&j, "settled", (int64_t)r->settled);
	json_number(&j, "untested", (int64_t)r->untested);
	json_number(&j, "questions", (int64_t)r->plan->questions.n);
	add_installations(&j, r->plan);
}

/* --- all of them --- */

static void separate(struct buf *out, size_t start, const char *separator)
{
	if (out->n > start)
		buf_add_text(out, separator);
}

void records_of_plan(struct buf *out, const struct plan_view *v, const char *separator)
{
	size_t start = out->n;

	for_each (f, &v->flows) {
		separate(out, start, separator);
		record_flow(out, *f);
	}
	for_each (d, &v->demands) {
		separate(out, start, separator);
		record_requirement(out, *d);
	}
	for_each (q, &v->questions) {
		separate(out, start, separator);
		record_question(out, *q);
	}
	for_each (w, &v->warnings) {
		separate(out, start, separator);
		record_finding(out, *w);
	}
}

/* One row of a request; an empty cell is null. */
static void record_change(struct buf *out, const struct request *r, const struct request_row *row)
{
	struct json j = {.out = out};
	struct buf cell = BUF_INIT;

	json_open(&j, NULL, '{');
	json_text(&j, "record", "change");
	for (size_t i = 0; i < request_columns_n; i++) {
		buf_clear(&cell);
		request_columns[i].add(r, row, &cell);
		json_text(&j, request_columns[i].key, cell.n ? cell.data : NULL);
	}
	json_open(&j, "flows", '[');
	for_each (f, &row->flows) {
		buf_clear(&cell);
		flow_format_id(*f, &cell);
		json_text(&j, NULL, cell.data);
	}
	json_close(&j, ']');
	json_close(&j, '}');
	buf_release(&cell);
}

void records_of_request(struct buf *out, const struct request *r, const char *separator)
{
	size_t start = out->n;

	for_each (row, &r->rows) {
		separate(out, start, separator);
		record_change(out, r, row);
	}
	for_each (q, &r->plan->questions) {
		separate(out, start, separator);
		record_question(out, q);
	}
}
