/* SPDX-License-Identifier: ISC */
#include "report/plan_records.h"

#include "report/json.h"

static const char *const kind_names[] = {"required", "forbidden"};

static void add_requirements(struct json *j, const struct flow *f)
{
	struct buf id = BUF_INIT;

	json_open(j, "requirements", '[');
	for (const struct claim *c = f->claims; c; c = c->next) {
		const struct demand *d = c->demand;
		bool again = false;

		for (const struct claim *b = f->claims; b != c && !again; b = b->next)
			again = b->demand->requirement == d->requirement;
		if (again)
			continue;
		buf_clear(&id);
		buf_addf(&id, "%s/%s", d->installation->product->name.s, d->requirement->id.s);
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

/* Numbers that mean "not one of several" when they are zero. */
static void add_count(struct json *j, const char *key, unsigned n)
{
	if (n)
		json_number(j, key, n);
	else
		json_null(j, key);
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
		buf_addf(&id, "%s/%s", c->demand->installation->product->name.s,
			 c->demand->requirement->id.s);
	if (c && c->group > 1) /* the second "or" of a requirement, and so on */
		buf_addf(&id, "#%u", c->group);
	json_text(j, "group", c ? id.data : NULL);
	add_count(j, "branch", c ? c->branch : 0);
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
	add_count(j, "leg", c->leg);
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
