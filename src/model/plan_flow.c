/* SPDX-License-Identifier: ISC
 *
 * Equal tuples become one flow with all its claims.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "model/plan_int.h"

const char *const gateway_names[] = {"none", "http-proxy", "socks-proxy", "ftp-gateway",
				     "load-balancer", NULL};

struct flow_table {
	struct flow **slots; /* open addressing; room is a power of two */
	size_t room, n;
};

/* The tuple as bytes; padding is zero. */
struct tuple {
	const struct endpoint *from, *to;
	uint64_t name;
	struct port_range ports, source;
	uint32_t number;
	uint8_t kind, transport, any_of, parent_port;
};

static struct tuple tuple_of(enum flow_kind kind, const struct wanted *w)
{
	struct tuple t;

	memset(&t, 0, sizeof(t));
	t.from = w->from;
	t.to = w->to;
	t.name = w->name ? hash_stable(w->name, strlen(w->name), 0) : 0;
	t.ports = w->ports;
	t.source = w->source;
	t.number = w->number;
	t.kind = (uint8_t)kind;
	t.transport = (uint8_t)w->transport;
	t.any_of = w->any_of;
	t.parent_port = w->parent_port;
	return t;
}

static struct tuple tuple_of_flow(const struct flow *f)
{
	const struct wanted w = {f->from,   f->to,	    f->transport, f->ports,  f->source,
				 f->any_of, f->parent_port, f->name,	  f->number, NULL};

	return tuple_of(f->kind, &w);
}

static struct flow **find_slot(const struct flow_table *t, const struct tuple *wanted)
{
	size_t i = hash_bytes(wanted, sizeof(*wanted), 0) & (t->room - 1);

	while (t->slots[i]) {
		struct tuple have = tuple_of_flow(t->slots[i]);

		if (memcmp(&have, wanted, sizeof(have)) == 0)
			break;
		i = (i + 1) & (t->room - 1);
	}
	return &t->slots[i];
}

static void grow(struct flow_table *t)
{
	struct flow_table bigger = {NULL, t->room ? t->room * 2 : 1024, t->n};

	bigger.slots = mem_new(bigger.room, sizeof(struct flow *));
	for (size_t i = 0; i < t->room; i++) {
		struct tuple tuple;

		if (!t->slots[i])
			continue;
		tuple = tuple_of_flow(t->slots[i]);
		*find_slot(&bigger, &tuple) = t->slots[i];
	}
	free(t->slots);
	*t = bigger;
}

void flow_table_free(struct flow_table *t)
{
	if (!t)
		return;
	free(t->slots);
	free(t);
}

static void add_bytes(uint64_t *h, const void *p, size_t n)
{
	*h = hash_stable(p, n, *h);
}

static void add_name(uint64_t *h, const char *s)
{
	if (s)
		add_bytes(h, s, strlen(s) + 1);
}

/* From names, not from addresses: a host that moves keeps its history. */
static uint64_t flow_id(const struct flow *f)
{
	const uint32_t numbers[] = {f->kind,	  f->transport, f->ports.lo, f->ports.hi,
				    f->source.lo, f->source.hi, f->number,
				    (uint32_t)f->any_of << 1 | f->parent_port};
	uint64_t h = 0;

	add_name(&h, f->from->name);
	add_name(&h, f->from->zone ? f->from->zone->name.s : "");
	add_name(&h, f->to->name);
	add_name(&h, f->to->zone ? f->to->zone->name.s : "");
	add_name(&h, f->name);
	add_bytes(&h, numbers, sizeof(numbers));
	return h;
}

static struct flow *new_flow(struct planner *pl, enum flow_kind kind, const struct wanted *w)
{
	struct flow *f = ARENA_NEW(pl->arena, struct flow);

	f->kind = kind;
	f->from = w->from;
	f->to = w->to;
	f->transport = w->transport;
	f->ports = w->ports;
	f->source = w->source;
	f->any_of = w->any_of;
	f->parent_port = w->parent_port;
	f->name = w->name;
	f->number = w->number;
	f->path = plan_path(pl, w->from, w->to);
	f->translation = plan_translate(pl, w, f->path);
	f->id = flow_id(f);
	f->index = (unsigned)(pl->flows.n / sizeof(struct flow *));
	buf_add(&pl->flows, &f, sizeof(f));
	return f;
}

static struct flow *intern(struct planner *pl, enum flow_kind kind, const struct wanted *w)
{
	struct flow_table *t = pl->flow_table;
	struct tuple tuple = tuple_of(kind, w);
	struct flow **slot;

	if (!t)
		t = pl->flow_table = mem_new(1, sizeof(*t));
	if (t->n * 4 >= t->room * 3)
		grow(t);
	slot = find_slot(t, &tuple);
	if (!*slot) {
		*slot = new_flow(pl, kind, w);
		t->n++;
	}
	return *slot;
}

/* Needs before what stands beside them, required before optional. */
static bool is_stronger(const struct claim *a, const struct claim *b)
{
	if (a->also != b->also)
		return !a->also;
	return a->level < b->level;
}

static void add_claim(struct planner *pl, struct flow *f, const struct claim *claim)
{
	const struct claim **link = &f->claims;
	struct claim *own;

	for (const struct claim *c = f->claims; c; c = c->next)
		if (c->demand == claim->demand && c->leg == claim->leg && c->mode == claim->mode &&
		    !is_stronger(claim, c))
			return;
	while (*link && !is_stronger(claim, *link))
		link = (const struct claim **)&(*link)->next;
	own = ARENA_NEW(pl->arena, struct claim);
	*own = *claim;
	own->next = *link;
	*link = own;
}

const struct need *plan_flow(struct pair *p, const struct wanted *w, struct claim claim)
{
	enum flow_kind kind = p->requirement->forbid ? FLOW_FORBIDDEN : FLOW_REQUIRED;
	struct flow *f = intern(p->pl, kind, w);
	struct need *need = ARENA_NEW(p->pl->arena, struct need);

	claim.demand = p->demand;
	claim.level = p->requirement->level;
	claim.also = p->also;
	claim.mode = p->mode;
	claim.service = w->service;
	claim.documented = p->documented;
	claim.branch = p->branch;
	claim.parent = p->parent;
	add_claim(p->pl, f, &claim);
	need->kind = NEED_FLOW;
	need->flow = f;
	return need;
}

/* --- translation ------------------------------------------------------------------------------ */

static bool is_target(const struct addr_port *ap, const struct wanted *w)
{
	bool host = ap->host ? w->to->host == ap->host : endpoint_has_addr(w->to, &ap->addr);

	/* An endpoint that is wider than one address is not what stands behind a translation. */
	if (!ap->host && (w->to->addresses.n != 1 || w->to->kind == ENDPOINT_NETWORK))
		host = host && w->to->kind == ENDPOINT_HOST;
	return host && (!ap->port || (w->ports.lo == ap->port && w->ports.hi == ap->port));
}

/* The address that is dialled must be on the side from which the connection comes. */
static bool is_on_this_side(struct planner *pl, const struct destination_nat *n,
			    const struct hop *hop)
{
	if (!hop->in)
		return true;
	for_each (a, &hop->in->addresses)
		if (addr_equal(a, &n->at.addr))
			return true;
	return site_zone_of(pl->site, &n->at.addr) == hop->in->zone;
}

static const struct destination_nat *find_destination_nat(struct planner *pl, const struct hop *hop,
							  const struct wanted *w)
{
	for_each (n, &hop->device->destination_nat)
		if ((n->transport == TRANSPORT_NONE || n->transport == w->transport) &&
		    is_target(&n->to, w) && is_on_this_side(pl, n, hop))
			return n;
	return NULL;
}

static const struct addr *address_of_family(const struct interface *i, const struct endpoint *like)
{
	uint8_t family = like->addresses.n ? like->addresses.items[0].addr.family : 4;

	for_each (a, &i->addresses)
		if (a->family == family)
			return a;
	return NULL;
}

static bool find_source_nat(const struct hop *hop, const struct wanted *w, struct addr *seen_as)
{
	for_each (n, &hop->device->source_nat) {
		const struct addr *a;

		if (n->out != hop->out || (hop->in ? n->from != hop->in->zone
						   : n->from != w->from->zone))
			continue;
		a = n->to.s ? &n->to_addr : address_of_family(n->out, w->from);
		if (a)
			*seen_as = *a;
		return a != NULL;
	}
	return false;
}

const struct translation *plan_translate(struct planner *pl, const struct wanted *w,
					 const struct path *path)
{
	struct translation t = {0}, *kept;

	for_each (hop, &path->hops) {
		const struct destination_nat *n = find_destination_nat(pl, hop, w);

		if (n && !t.dialled_at) {
			t.dialled = n->at;
			if (!t.dialled.port && w->ports.lo == w->ports.hi)
				t.dialled.port = w->ports.lo;
			t.dialled_at = hop->device;
		}
		if (find_source_nat(hop, w, &t.seen_as))
			t.seen_at = hop->device;
	}
	if (!t.dialled_at && !t.seen_at)
		return NULL;
	kept = ARENA_NEW(pl->arena, struct translation);
	*kept = t;
	return kept;
}

/* --- words ------------------------------------------------------------------------------------ */

enum level flow_level(const struct flow *f)
{
	return f->claims->level;
}

void flow_format_id(const struct flow *f, struct buf *out)
{
	buf_addf(out, "%016llx", (unsigned long long)f->id);
}

static void format_range(struct port_range r, struct buf *out)
{
	if (r.lo == 1 && r.hi == 65535)
		buf_add_text(out, "any");
	else
		port_range_format(r, out);
}

void flow_format_ports(const struct flow *f, struct buf *out)
{
	buf_addf(out, "%s/", transport_names[f->transport]);
	if (f->transport == TRANSPORT_ICMP)
		buf_add_text(out, f->name);
	else if (f->transport == TRANSPORT_IP && f->number == IP_ANY)
		buf_add_text(out, "any");
	else if (f->transport == TRANSPORT_IP)
		buf_addf(out, "%u", f->number);
	else if (f->parent_port)
		buf_add_text(out, "parent");
	else {
		if (f->any_of)
			buf_add_text(out, "any-of ");
		format_range(f->ports, out);
	}
	if (f->source.lo) {
		buf_add_text(out, " from ");
		format_range(f->source, out);
	}
}
