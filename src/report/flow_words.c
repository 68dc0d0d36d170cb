/* SPDX-License-Identifier: ISC */
#include "report/flow_words.h"

void flow_words_path(const struct flow *f, struct buf *out)
{
	if (f->path->unknown) {
		buf_add_char(out, '?');
		return;
	}
	for_each (hop, &f->path->hops)
		buf_addf(out, "%s%s", hop == f->path->hops.items ? "" : " > ", hop->device->name.s);
}

void flow_words_addresses(const struct endpoint *e, struct buf *out)
{
	char text[PREFIX_TEXT_MAX];

	for_each (p, &e->addresses)
		buf_addf(out, "%s%s", p == e->addresses.items ? "" : " ", prefix_text(p, text));
	if (e->addresses.n)
		return;
	for_each (name, &e->names)
		buf_addf(out, "%s%s", name == e->names.items ? "" : " ", name->s);
}

void flow_words_zone(const struct endpoint *e, struct buf *out)
{
	if (e->zone)
		buf_add_text(out, e->zone->name.s);
}

void flow_words_requirement(const struct demand *d, struct buf *out)
{
	buf_addf(out, "%s/%s", d->installation->product->name.s, d->requirement->id.s);
}

static void add_part(struct buf *out, size_t start, const char *label, struct text t)
{
	if (t.s && *t.s)
		buf_addf(out, "%s%s%s", out->n > start ? ", " : "", label, t.s);
}

void flow_words_reference(const struct demand *d, struct buf *out)
{
	for_each (ref, &d->requirement->doc) {
		size_t start;

		if (ref != d->requirement->doc.items)
			buf_add_text(out, "; ");
		start = out->n;
		for_each (document, &d->installation->product->documents) {
			if (!text_same(document->name, ref->in))
				continue;
			add_part(out, start, "", document->publisher);
			add_part(out, start, "", document->title);
			add_part(out, start, "",
				 document->revision.s ? document->revision : document->date);
		}
		if (out->n == start)
			add_part(out, start, "", ref->in);
		add_part(out, start, "section ", ref->section);
		add_part(out, start, "row ", ref->row);
	}
}

void flow_words_gateway(const struct claim *c, struct buf *out)
{
	if (c->gateway)
		buf_addf(out, "%s %s, leg %u", gateway_names[c->gateway], c->through->name.s,
			 c->leg);
}

static void add_addr_port(const struct addr_port *ap, struct buf *out)
{
	char text[ADDR_TEXT_MAX];

	if (ap->addr.family == 6 && ap->port)
		buf_addf(out, "[%s]", addr_text(&ap->addr, text));
	else if (ap->addr.family)
		buf_add_text(out, addr_text(&ap->addr, text));
	else
		buf_add_text(out, ap->text.s);
	if (ap->addr.family && ap->port)
		buf_addf(out, ":%u", ap->port);
}

void flow_words_dialled(const struct flow *f, struct buf *out)
{
	if (f->translation && f->translation->dialled.text.s)
		add_addr_port(&f->translation->dialled, out);
}

/* Sentences, with "; " between them. */
static void start_note(struct buf *out, size_t start)
{
	if (out->n > start)
		buf_add_text(out, "; ");
}

static void add_leg(const struct claim *c, size_t start, struct buf *out)
{
	if (!c->gateway)
		return;
	start_note(out, start);
	buf_addf(out, "leg %u", c->leg);
	if (c->whole)
		buf_addf(out, " to %s", c->whole->name);
	if (c->whole && c->whole_ports.lo) {
		buf_add_char(out, ' ');
		port_range_format(c->whole_ports, out);
	}
	buf_addf(out, " by %s %s", gateway_names[c->gateway], c->through->name.s);
}

static void add_translation(const struct flow *f, size_t start, struct buf *out)
{
	const struct translation *t = f->translation;
	char text[ADDR_TEXT_MAX];

	if (!t)
		return;
	if (t->dialled.text.s) {
		start_note(out, start);
		buf_add_text(out, "dialled ");
		flow_words_dialled(f, out);
		buf_addf(out, " at %s", t->dialled_at->name.s);
	}
	if (t->seen_as.family) {
		start_note(out, start);
		buf_addf(out, "seen as %s behind %s", addr_text(&t->seen_as, text),
			 t->seen_at->name.s);
	}
}

static void add_sentence(struct buf *out, size_t start, const char *s)
{
	start_note(out, start);
	buf_add_text(out, s);
}

static void add_network(const struct endpoint *e, const char *label, size_t start, struct buf *out)
{
	if (!e->network)
		return;
	start_note(out, start);
	buf_addf(out, "%s %s", label, e->network);
}

void flow_words_note(const struct flow *f, const struct claim *c, struct buf *out)
{
	size_t start = out->n;

	if (c->mode)
		buf_addf(out, "%s mode", c->mode);
	if (c->what)
		buf_addf(out, "the port that %s names for %s", c->parent->claims->service, c->what);
	else if (c->parent)
		buf_addf(out, "%snegotiated", c->mode ? ", " : "");
	add_network(f->from, "from", start, out);
	add_network(f->to, "on", start, out);
	add_leg(c, start, out);
	add_translation(f, start, out);
	if (c->also)
		add_sentence(out, start, "beside the needs");
	if (f->path->unknown)
		add_sentence(out, start, "the way is not known");
}

const char *flow_documented(const struct flow *f, const struct claim *c)
{
	struct buf own = BUF_INIT;
	bool same;

	if (!c->documented)
		return NULL;
	flow_format_ports(f, &own);
	same = slice_is(buf_slice(&own), c->documented);
	buf_release(&own);
	return same ? NULL : c->documented;
}

const char *flow_service(const struct flow *f)
{
	for (const struct claim *c = f->claims; c; c = c->next)
		if (c->service)
			return c->service;
	return NULL;
}

bool flow_crosses(const struct flow *f)
{
	return f->path->hops.n || f->path->unknown || f->from->device || f->to->device;
}

bool endpoint_is_outside(const struct endpoint *e)
{
	if (e->kind == ENDPOINT_OUTSIDE)
		return true;
	if (!e->zone || e->device) /* a device is the site's own, wherever it faces */
		return false;
	for_each (p, &e->zone->networks)
		if (p->bits == 0)
			return true;
	return e->zone->any;
}

bool claim_is_first_of_requirement(const struct flow *f, const struct claim *c)
{
	for (const struct claim *b = f->claims; b != c; b = b->next)
		if (b->demand->requirement == c->demand->requirement)
			return false;
	return true;
}

bool claim_is_first(const struct flow *f, const struct claim *c)
{
	for (const struct claim *b = f->claims; b != c; b = b->next)
		if (b->demand->requirement == c->demand->requirement &&
		    b->demand->installation == c->demand->installation)
			return false;
	return true;
}

bool claim_is_first_of_installation(const struct flow *f, const struct claim *c)
{
	for (const struct claim *b = f->claims; b != c; b = b->next)
		if (b->demand->installation == c->demand->installation)
			return false;
	return true;
}

/* The line to add names the installation: "uses[1].choose.fetch: ...". */
static bool is_answered_elsewhere(const struct plan *plan, const struct question *q,
				  const struct demand *d)
{
	struct slice add = slice_of(q->add), index;
	uint64_t n;

	if (!d->installation->use || !slice_has_prefix(add, "uses["))
		return false;
	add = slice_skip(add, 5);
	slice_cut(&add, ']', &index);
	return slice_number(index, plan->site->uses.n, &n) &&
	       d->installation->use != plan->site->uses.items + n;
}

bool question_is_about(const struct plan *plan, const struct question *q, const struct demand *d)
{
	struct slice rest = slice_of(q->subject), product;

	if (is_answered_elsewhere(plan, q, d))
		return false;
	slice_cut(&rest, '/', &product);
	return rest.p && slice_is(product, d->installation->product->name.s) &&
	       slice_is(rest, d->requirement->id.s);
}
