/* SPDX-License-Identifier: ISC */
#include "cmd/flow_walk.h"

#include "base/compiler.h"
#include "base/escape.h"
#include "box/route.h"
#include "cmd/explain_print.h"
#include "model/expr.h"

enum { TCP_SYN = 2, FIRST_EPHEMERAL = 49152 };

/* --- one packet for many ---------------------------------------------------------------------- */

static bool is_own_address(const struct site *s, const struct addr *a)
{
	for_each (d, &s->devices)
		for_each (i, &d->interfaces)
			for_each (own, &i->addresses)
				if (addr_equal(own, a))
					return true;
	return false;
}

static bool is_of_zone(const struct site *s, const struct endpoint *e, const struct addr *a)
{
	return !e->zone || site_zone_of(s, a) == e->zone;
}

/* Somebody in the network: a host of the site, else one near its end. */
static struct addr somebody_in(const struct site *s, const struct endpoint *e,
			       const struct prefix *p)
{
	struct addr a = p->addr;
	unsigned last = p->addr.family == 4 ? 3 : 15, bits = p->addr.family == 4 ? 32 : 128;

	for_each (h, &s->hosts)
		for_each (known, &h->addresses)
			if (prefix_has(p, known) && is_of_zone(s, e, known))
				return *known;
	for (unsigned i = p->bits; i < bits; i++)
		a.bytes[i / 8] |= (uint8_t)(0x80 >> i % 8);
	do
		a.bytes[last]--;
	while (is_own_address(s, &a) && a.bytes[last] > 1);
	return a;
}

/* Somebody on the Internet: those set apart for examples (RFC 5737, RFC 3849), then real ones. */
static struct addr somebody_anywhere(const struct site *s, const struct endpoint *e, uint8_t family)
{
	static const char *const addrs[] = {"203.0.113.9", "198.51.100.9",     "192.0.2.9",
					    "9.9.9.9",	   "2001:db8:ffff::9", "2001:db8:eeee::9",
					    "2620:fe::fe"};
	struct addr a = {0}, found = {0};

	for (size_t i = 0; i < ARRAY_LEN(addrs) && !found.family; i++)
		if (addr_parse(slice_of(addrs[i]), &a) && a.family == family &&
		    is_of_zone(s, e, &a) && !is_own_address(s, &a))
			found = a;
	return found;
}

static struct addr somebody(const struct site *s, const struct endpoint *e, uint8_t family)
{
	for_each (p, &e->addresses) {
		unsigned bits = family == 4 ? 32 : 128;

		if (p->addr.family != family)
			continue;
		if (p->bits == bits)
			return p->addr;
		return p->bits ? somebody_in(s, e, p) : somebody_anywhere(s, e, family);
	}
	return (struct addr){0};
}

static uint8_t proto_of(const struct flow *f, uint8_t family)
{
	enum { ICMP = 1, TCP = 6, UDP = 17, ICMPV6 = 58, SCTP = 132 };

	switch (f->transport) {
	case TRANSPORT_UDP:
		return UDP;
	case TRANSPORT_SCTP:
		return SCTP;
	case TRANSPORT_ICMP:
		return family == 4 ? ICMP : ICMPV6;
	case TRANSPORT_IP:
		return f->number == IP_ANY ? TCP : (uint8_t)f->number;
	default:
		return TCP;
	}
}

static bool fill_icmp(const struct flow *f, uint8_t family, struct nf_packet *p)
{
	const struct icmp_name *name = icmp_name_find(slice_of(f->name ? f->name : "echo"));
	int type = name ? family == 4 ? name->type4 : name->type6 : -1;

	if (type < 0 && strcmp(f->name ? f->name : "any", "any") == 0)
		type = family == 4 ? 8 : 128;
	p->icmp_type = (uint8_t)type;
	return type >= 0;
}

/* As its source sends it. */
static bool first_packet(const struct plan *plan, const struct flow *f, uint8_t family,
			 struct nf_packet *p)
{
	const struct translation *t = f->translation;

	*p = (struct nf_packet){.proto = proto_of(f, family)};
	p->from = somebody(plan->site, f->from, family);
	p->to = somebody(plan->site, f->to, family);
	p->to_port = f->parent_port ? FIRST_EPHEMERAL : f->ports.lo;
	if (t && t->dialled_at && t->dialled.addr.family == family) {
		p->to = t->dialled.addr;
		if (t->dialled.port)
			p->to_port = t->dialled.port;
	}
	if (!p->from.family || !p->to.family)
		return false;
	p->from_port = f->source.lo ? f->source.lo : FIRST_EPHEMERAL;
	if (f->transport == TRANSPORT_ICMP && !fill_icmp(f, family, p))
		return false;
	if (f->transport == TRANSPORT_ICMP || f->transport == TRANSPORT_IP)
		p->from_port = p->to_port = 0;
	p->tcp_flags = TCP_SYN;
	p->state = nf_state_of_first(p);
	return true;
}

/* --- through the devices ---------------------------------------------------------------------- */

static void add_device(struct flow_walk *fw, const struct boxes *boxes, const char *name,
		       const char *in)
{
	struct device_walk *d = list_add(fw->arena, &fw->devices, sizeof(*d));

	*d = (struct device_walk){.device = name, .box = boxes_find(boxes, name)};
	d->packet.in = in;
}

static const char *end_name(const struct endpoint *e)
{
	return e->device ? e->device->name.s : e->host ? e->host->name.s : NULL;
}

static bool no_guess(void *ctx, const char *words)
{
	(void)ctx;
	(void)words;
	return false;
}

/* Where the site does not say on which side: where the box would answer. */
static const char *side_of(const struct box *b, const struct nf_packet *p)
{
	const struct route_query q = {.from = p->to, .to = p->from, .guess = no_guess};
	const struct box_route *r = route_find(b, &q);

	return r && r->type == ADDR_UNICAST ? r->link : NULL;
}

static enum said walk_device(struct device_walk *d, const struct nf_packet *p, bool sends)
{
	static const enum said said[] = {[EXPLAINED_PASSES] = SAID_PASSES,
					 [EXPLAINED_STOPPED] = SAID_STOPPED,
					 [EXPLAINED_DEPENDS] = SAID_DEPENDS};
	const char *in = d->packet.in;
	struct err err;

	d->packet = *p;
	d->packet.in = sends ? NULL : in ? in : side_of(d->box, p);
	if (!sends && !d->packet.in) {
		d->why = "on which interface it arrives is not known";
		return SAID_NOTHING;
	}
	d->walk = nf_walk(d->box, &d->packet, &err);
	if (!d->walk) {
		d->why = "it has no interface of that name";
		return SAID_NOTHING;
	}
	return said[explain_verdict(d->walk)];
}

/* Of all: one that stops it is enough, and one that says nothing is a doubt about the rest. */
static enum said join(enum said a, enum said b)
{
	if (a == SAID_STOPPED || b == SAID_STOPPED)
		return SAID_STOPPED;
	if (a == SAID_NOTHING || b == SAID_NOTHING)
		return SAID_NOTHING;
	return a == SAID_DEPENDS ? a : b;
}

/* What was not collected is taken to translate as the site says. */
static void translate_as_planned(const struct flow *f, const char *device, struct nf_packet *p)
{
	const struct translation *t = f->translation;
	struct addr to = {0};

	if (!t)
		return;
	if (t->dialled_at && text_is(t->dialled_at->name, device)) {
		for_each (one, &f->to->addresses)
			if (one->addr.family == p->to.family && !to.family)
				to = one->addr;
		p->to = to.family ? to : p->to;
		p->to_port = f->ports.lo ? f->ports.lo : p->to_port;
	}
	if (t->seen_at && text_is(t->seen_at->name, device) && t->seen_as.family == p->from.family)
		p->from = t->seen_as;
}

static bool is_target(const struct flow *f, const struct nf_packet *as)
{
	bool port = !f->ports.lo || (as->to_port >= f->ports.lo && as->to_port <= f->ports.hi);

	for_each (p, &f->to->addresses)
		if (prefix_has(p, &as->to))
			return port || f->parent_port;
	return !f->to->addresses.n;
}

/* Of several ends, as a balancer has them, the one that is meant. */
static const struct nf_outcome *outcome_of(const struct flow *f, const struct nf_walk *w)
{
	for_each (o, &w->outcomes)
		if (nf_fate_passes(o->fate) && is_target(f, &o->as))
			return o;
	return &w->outcomes.items[0];
}

static void walk_all(struct flow_walk *fw, const struct flow *f, bool starts_here)
{
	struct nf_packet p = fw->packet;
	bool stopped = false;

	fw->said = SAID_PASSES;
	for_each (d, &fw->devices) {
		if (stopped)
			d->why = "it never comes here";
		else if (!d->box)
			translate_as_planned(f, d->device, &p);
		else
			d->said = walk_device(d, &p, starts_here && d == fw->devices.items);
		if (d->said == SAID_STOPPED)
			stopped = true;
		else if (d->walk && nf_fate_passes(outcome_of(f, d->walk)->fate))
			p = outcome_of(f, d->walk)->as;
		if (!stopped || d->said == SAID_STOPPED)
			fw->said = join(fw->said, d->said);
	}
}

/* Let through, but to somebody else. */
static void find_astray(struct flow_walk *fw, const struct flow *f)
{
	struct device_walk *last = fw->devices.n ? &fw->devices.items[fw->devices.n - 1] : NULL;
	const struct nf_outcome *o = last && last->walk ? outcome_of(f, last->walk) : NULL;
	char text[ADDR_TEXT_MAX];

	if (!o || last->said != SAID_PASSES || o->fate != FATE_FORWARDED || is_target(f, &o->as))
		return;
	last->why = arena_printf(fw->arena, "it goes to %s port %u instead",
				 addr_text(&o->as.to, text), o->as.to_port);
	last->said = fw->said = SAID_STOPPED;
}

bool flow_walk(struct flow_walk *fw, const struct plan *plan, const struct flow *f, uint8_t family,
	       const struct boxes *boxes)
{
	const char *from = end_name(f->from), *to = end_name(f->to);
	bool starts_here = from && (f->from->device || boxes_find(boxes, from));
	struct nf_packet p;

	*fw = (struct flow_walk){0};
	if (f->path->unknown || !first_packet(plan, f, family, &p))
		return false;
	fw->packet = p;
	fw->arena = arena_new();
	if (starts_here)
		add_device(fw, boxes, from, NULL);
	for_each (hop, &f->path->hops)
		add_device(fw, boxes, hop->device->name.s, hop->in ? hop->in->system_name.s : NULL);
	if (to && (f->to->device || boxes_find(boxes, to)))
		add_device(fw, boxes, to, NULL);
	walk_all(fw, f, starts_here);
	find_astray(fw, f);
	return true;
}

void flow_walk_release(struct flow_walk *fw)
{
	for_each (d, &fw->devices)
		nf_walk_free(d->walk);
	arena_free(fw->arena);
}

/* --- in words --------------------------------------------------------------------------------- */

/* The rule that let it pass: the last that matched; NULL: only policies did. */
static const struct nf_event *last_rule(const struct nf_outcome *o)
{
	const struct nf_event *found = NULL;

	for_each (e, &o->events)
		if (e->kind == EVENT_RULE)
			found = e;
	return found;
}

void flow_walk_reason(const struct device_walk *d, struct buf *out)
{
	const struct nf_outcome *o = &d->walk->outcomes.items[0];
	const struct nf_event *e = last_rule(o);

	if (d->why)
		buf_addf(out, "%s, by ", d->why);
	if (o->rule)
		buf_addf(out, "rule %u of ", o->rule->number);
	else if (!o->chain && o->why)
		buf_add_text(out, "routing: ");
	else if (e && nf_fate_passes(o->fate))
		buf_addf(out, "rule %u of ", e->rule->number);
	else
		buf_add_text(out, "policy of ");
	if (o->chain)
		buf_addf(out, "%s %s", o->chain->table, o->chain->name);
	else if (o->why)
		escape_terminal(out, slice_of(o->why));
	else if (e)
		buf_addf(out, "%s %s", e->chain->table, e->chain->name);
	else
		buf_add_text(out, "its chains: accept");
	if (o->rule || (e && nf_fate_passes(o->fate))) {
		buf_add_text(out, ": ");
		escape_terminal(out, slice_of(o->rule ? o->rule->text : e->rule->text));
	}
}
