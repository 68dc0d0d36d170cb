/* SPDX-License-Identifier: ISC
 *
 * Equal tuples become one flow with all its claims.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "model/plan_int.h"

const char *const gateway_names[] = {"none",	    "http-proxy",    "socks-proxy",
				     "ftp-gateway", "load-balancer", NULL};

enum { LEVELS = LEVEL_OPTIONAL + 1, RANKS = 2 * LEVELS * 2 };

/* A flow while claims are still added. */
struct draft {
	struct flow flow;
	const struct endpoint *posing;
	struct claim *last[RANKS]; /* of each rank: where the next of its kind goes */
	struct link *newest;
};

/* The claims in the order in which they came: those of the present demand are the newest. */
struct link {
	struct claim *claim;
	struct link *older;
};

struct flow_table {
	struct draft **slots; /* open addressing; room is a power of two */
	size_t room, n;
};

/* The tuple as bytes; padding is zero. */
struct tuple {
	const struct endpoint *from, *to, *posing;
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
	t.posing = w->posing;
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

static struct tuple tuple_of_draft(const struct draft *d)
{
	const struct flow *f = &d->flow;
	const struct wanted w = {.from = f->from,
				 .to = f->to,
				 .transport = f->transport,
				 .ports = f->ports,
				 .source = f->source,
				 .any_of = f->any_of,
				 .parent_port = f->parent_port,
				 .name = f->name,
				 .number = f->number,
				 .posing = d->posing};

	return tuple_of(f->kind, &w);
}

static struct draft **find_slot(const struct flow_table *t, const struct tuple *wanted)
{
	size_t i = hash_bytes(wanted, sizeof(*wanted), 0) & (t->room - 1);

	while (t->slots[i]) {
		struct tuple have = tuple_of_draft(t->slots[i]);

		if (memcmp(&have, wanted, sizeof(have)) == 0)
			break;
		i = (i + 1) & (t->room - 1);
	}
	return &t->slots[i];
}

static void grow(struct flow_table *t)
{
	struct flow_table bigger = {NULL, t->room ? t->room * 2 : 1024, t->n};

	bigger.slots = mem_new(bigger.room, sizeof(struct draft *));
	for (size_t i = 0; i < t->room; i++) {
		struct tuple tuple;

		if (!t->slots[i])
			continue;
		tuple = tuple_of_draft(t->slots[i]);
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

static void add_end(uint64_t *h, const struct endpoint *e)
{
	const uint32_t kind = e->kind;

	add_bytes(h, &kind, sizeof(kind));
	add_name(h, e->name);
	add_name(h, e->zone ? e->zone->name.s : "");
	add_name(h, e->interface ? e->interface->name.s : "");
	add_name(h, e->network);
	if (e->outside)
		for_each (t, &e->names)
			add_name(h, t->s);
}

/* From names, not from addresses: a host that moves keeps its history. */
static uint64_t flow_id(const struct draft *d)
{
	const struct flow *f = &d->flow;
	const uint32_t numbers[] = {
		f->kind,      f->transport, f->ports.lo, f->ports.hi,
		f->source.lo, f->source.hi, f->number,	 (uint32_t)f->any_of << 1 | f->parent_port};
	uint64_t h = 0;

	add_end(&h, f->from);
	add_end(&h, f->to);
	if (d->posing)
		add_end(&h, d->posing);
	add_name(&h, f->name);
	add_bytes(&h, numbers, sizeof(numbers));
	return h;
}

static struct draft *new_flow(struct planner *pl, enum flow_kind kind, const struct wanted *w)
{
	struct draft *d = ARENA_NEW(pl->arena, struct draft);
	struct flow *f = &d->flow;
	const struct path *path = w->through ? plan_path_through(pl, w->from, w->through, w->to)
					     : plan_path(pl, w->from, w->to);

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
	f->path = plan_path_between(pl, path, w->from, w->to);
	f->translation = plan_translate(pl, w, path);
	d->posing = w->posing;
	f->id = flow_id(d);
	f->index = (unsigned)(pl->flows.n / sizeof(f));
	buf_add(&pl->flows, &f, sizeof(f));
	return d;
}

static struct draft *intern(struct planner *pl, enum flow_kind kind, const struct wanted *w)
{
	struct flow_table *t = pl->flow_table;
	struct tuple tuple = tuple_of(kind, w);
	struct draft **slot;

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

/* --- claims ----------------------------------------------------------------------------------- */

bool claim_asks(const struct claim *c, const struct flow *parent, const char *what)
{
	return c->parent == parent &&
	       (c->what == what || (c->what && what && strcmp(c->what, what) == 0));
}

/* The same reason twice: the stronger one counts; what two alternatives need is no alternative. */
static bool is_known(const struct draft *d, const struct claim *claim)
{
	for (struct link *l = d->newest; l && l->claim->demand == claim->demand; l = l->older) {
		struct claim *c = l->claim;

		if (c->leg != claim->leg || c->mode != claim->mode || (c->also && !claim->also) ||
		    !claim_asks(c, c->parent, claim->what))
			continue;
		if (!c->service)
			c->service = claim->service;
		if (c->group != claim->group || c->branch != claim->branch)
			c->group = c->branch = 0;
		return true;
	}
	return false;
}

/* Needs before what stands beside them, required before optional, and what must be before what is
 * one of several ways. */
static unsigned rank_of(const struct claim *c)
{
	return (c->also * LEVELS + c->level) * 2 + (c->branch != 0);
}

static struct claim *last_before(const struct draft *d, const struct claim *claim)
{
	struct claim *before = NULL;

	for (unsigned rank = 0; rank <= rank_of(claim); rank++)
		if (d->last[rank])
			before = d->last[rank];
	return before;
}

/* Behind the last of its rank, so that within a rank the order is that of the documents. */
static void add_claim(struct planner *pl, struct draft *d, const struct claim *claim)
{
	struct link *link;
	struct claim *own, *before;

	if (is_known(d, claim))
		return;
	before = last_before(d, claim);
	own = ARENA_NEW(pl->arena, struct claim);
	*own = *claim;
	own->next = before ? before->next : d->flow.claims;
	if (before)
		before->next = own;
	else
		d->flow.claims = own;
	d->last[rank_of(own)] = own;
	link = ARENA_NEW(pl->arena, struct link);
	*link = (struct link){own, d->newest};
	d->newest = link;
}

static enum level level_of(const struct pair *p)
{
	enum level level = p->requirement->level;

	return p->also && level == LEVEL_REQUIRED ? LEVEL_RECOMMENDED : level;
}

const struct need *plan_flow(struct pair *p, const struct wanted *w, struct claim claim)
{
	enum flow_kind kind = p->requirement->forbid ? FLOW_FORBIDDEN : FLOW_REQUIRED;
	struct draft *d = intern(p->pl, kind, w);
	struct need *need = ARENA_NEW(p->pl->arena, struct need);

	claim.demand = p->demand;
	claim.level = level_of(p);
	claim.also = p->also;
	claim.mode = p->mode;
	claim.service = w->service;
	claim.documented = p->documented;
	claim.effective = p->effective;
	claim.group = p->group;
	claim.branch = p->branch;
	claim.parent = p->parent;
	claim.what = p->what;
	add_claim(p->pl, d, &claim);
	need->kind = NEED_FLOW;
	need->flow = &d->flow;
	need->parent = claim.parent;
	need->what = claim.what;
	return need;
}

/* --- words ------------------------------------------------------------------------------------ */

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
