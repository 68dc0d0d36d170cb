/* SPDX-License-Identifier: ISC
 *
 * What a box and its rules name, announced.
 */
#include <string.h>

#include "base/buf.h"
#include "box/reach_int.h"

void reach_frame_init(struct reach_frame *f)
{
	*f = (struct reach_frame){.frame = space_frame_new(), .arena = arena_new()};
}

void reach_frame_release(struct reach_frame *f)
{
	space_frame_free(f->frame);
	arena_free(f->arena);
	*f = (struct reach_frame){0};
}

uint32_t reach_frame_add_interface(struct reach_frame *f, const char *name)
{
	uint32_t id = space_frame_add_interface(f->frame, slice_of(name));

	if (id - SPACE_FIRST_INTERFACE == f->names.n)
		*(const char **)list_add(f->arena, &f->names, sizeof(char *)) =
			arena_copy(f->arena, slice_of(name));
	return id;
}

/* What the kernel itself treats apart. */
static const char *const special[] = {
	"0.0.0.0/8",	"0.0.0.0/32",	      "127.0.0.0/8", "127.0.0.1/32", "224.0.0.0/4",
	"224.0.0.1/32", "255.255.255.255/32", "::/128",	     "::1/128",	     "fe80::/10",
	"ff00::/8",	"ff02::1/128",	      "ff00::/15",   "ff02::/16",    "ff10::/15",
	"ff12::/16",	"ff05::/16",	      "ff15::/16",   "fec0::/10",
};

static void add_special(struct reach_frame *f)
{
	for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++) {
		struct prefix p;
		bool host_bits;

		if (!prefix_parse(slice_of(special[i]), &p, &host_bits))
			BUG("no prefix: %s", special[i]);
		space_frame_add_prefix(f->frame, &p);
	}
}

/* Groups that are on no link: reach_strangers(). */
static void add_groups(struct reach_frame *f)
{
	struct prefix p = {.addr = {.family = 6, .bytes = {0xff}}, .bits = 15};

	for (unsigned flags = 0; flags < 16; flags++) {
		p.addr.bytes[1] = (uint8_t)(flags << 4);
		space_frame_add_prefix(f->frame, &p);
	}
}

static void add_addr(struct reach_frame *f, const struct addr *a)
{
	if (a->family)
		space_frame_add(f->frame, a, a);
}

static void add_prefix(struct reach_frame *f, const struct prefix *p)
{
	if (p->addr.family)
		space_frame_add_prefix(f->frame, p);
}

static void add_name(struct reach_frame *f, const char *name)
{
	if (name)
		reach_frame_add_interface(f, name);
}

static void add_links(struct reach_frame *f, const struct box *b)
{
	for_each (l, &b->links)
		add_name(f, l->name);
	for_each (a, &b->addresses) {
		add_name(f, a->link);
		add_addr(f, &a->addr);
		add_addr(f, &a->peer);
		add_addr(f, &a->broadcast);
	}
	for_each (r, &b->routes) {
		add_prefix(f, &r->to);
		add_name(f, r->link);
		for_each (other, &r->other_links)
			add_name(f, *other);
	}
	for_each (r, &b->rules) {
		add_prefix(f, &r->from);
		add_prefix(f, &r->to);
		add_name(f, r->in);
		add_name(f, r->out);
	}
}

/* A family of addresses that a key asks for; 0: none. */
static uint8_t family_of(enum nf_key key)
{
	switch (key) {
	case KEY_SADDR4:
	case KEY_DADDR4:
	case KEY_CT_ORIG_SADDR4:
	case KEY_CT_ORIG_DADDR4:
	case KEY_CT_REPL_SADDR4:
	case KEY_CT_REPL_DADDR4:
		return 4;
	case KEY_SADDR6:
	case KEY_DADDR6:
	case KEY_CT_ORIG_SADDR6:
	case KEY_CT_ORIG_DADDR6:
	case KEY_CT_REPL_SADDR6:
	case KEY_CT_REPL_DADDR6:
		return 6;
	default:
		return 0;
	}
}

/* A whole name, and not the beginning of some. */
static void add_span_name(struct reach_frame *f, const struct nf_span *s)
{
	char name[NF_VALUE_BYTES];

	if (nf_value_compare(&s->lo, &s->hi) != 0 || s->lo.bytes[NF_VALUE_BYTES - 1] != 0)
		return;
	memcpy(name, s->lo.bytes, sizeof(name));
	if (name[0])
		add_name(f, name);
}

static void add_target(struct reach_frame *f, const struct nf_target *t)
{
	if (t->family)
		space_frame_add(f->frame, &t->lo, &t->hi);
}

static void add_lookup(struct reach_frame *f, const struct nf_lookup *l)
{
	const struct nf_set *set = l->set;

	for (size_t k = 0; k < set->n_keys; k++) {
		uint8_t family = family_of(l->keys[k].key);
		bool name = l->keys[k].key == KEY_IIF || l->keys[k].key == KEY_OIF;

		for (size_t i = 0; (family || name) && i < set->n; i++) {
			const struct nf_span *s = &set->spans[i * set->n_keys + k];
			struct addr lo = nf_value_addr(&s->lo, family ? family : 4);
			struct addr hi = nf_value_addr(&s->hi, family ? family : 4);

			if (name)
				add_span_name(f, s);
			else
				space_frame_add(f->frame, &lo, &hi);
		}
	}
	for (size_t i = 0; set->kind == DATA_TARGET && i < set->n; i++)
		add_target(f, &set->data[i].target);
}

static void add_step(struct reach_frame *f, const struct nf_step *s)
{
	if (s->kind == STEP_IF)
		for_each (l, &s->cond.lookups)
			add_lookup(f, l);
	if (s->kind == STEP_VERDICT_MAP || s->kind == STEP_MARK_MAP)
		add_lookup(f, &s->map);
	if (s->kind != STEP_NAT)
		return;
	if (s->nat.map)
		add_lookup(f, s->nat.map);
	else
		add_target(f, &s->nat.target);
}

void reach_frame_add_box(struct reach_frame *f, const struct box *b)
{
	add_special(f);
	add_groups(f);
	add_name(f, "lo");
	add_links(f, b);
	for_each (c, &b->ruleset.chains) {
		for_each (device, &c->devices)
			add_name(f, *device);
		for_each (rule, &c->rules)
			for_each (step, &rule->steps)
				add_step(f, step);
	}
}

void reach_frame_seal(struct reach_frame *f)
{
	space_frame_seal(f->frame);
}

uint32_t reach_prefix(const struct reached *r, enum space_field field, const struct prefix *p)
{
	return space_of_field(r->s, field, space_frame_find_prefix(r->frame, p));
}

uint32_t reach_addrs(const struct reached *r, enum space_field field, const char *prefix)
{
	struct prefix p;
	bool host_bits;

	if (!prefix_parse(slice_of(prefix), &p, &host_bits))
		BUG("no prefix: %s", prefix);
	return reach_prefix(r, field, &p);
}

uint32_t reach_value(const struct reached *r, enum space_field field, uint32_t value)
{
	return space_of_field(r->s, field, (struct space_range){value, value});
}

uint32_t reach_family(const struct reached *r, uint8_t family)
{
	return reach_value(r, SPACE_FAMILY, family == 4 ? SPACE_IPV4 : SPACE_IPV6);
}

uint32_t reach_has_ports(const struct reached *r)
{
	static const struct space_range protos[] = {
		{6, 6}, {17, 17}, {33, 33}, {132, 132}, {136, 136}};
	struct space_match m = {0};

	m.fields[SPACE_PROTO] = (struct space_ranges){protos, sizeof(protos) / sizeof(protos[0])};
	return space_of(r->s, &m, 1);
}

const char *reach_name(const struct reached *r, uint32_t id)
{
	if (id == SPACE_NO_INTERFACE)
		return "";
	return id == SPACE_OTHER_INTERFACE ? NULL
					   : r->names->names.items[id - SPACE_FIRST_INTERFACE];
}

uint32_t reach_id(const struct reached *r, const char *name)
{
	for (size_t i = 0; name && i < r->names->names.n; i++)
		if (strcmp(r->names->names.items[i], name) == 0)
			return (uint32_t)i + SPACE_FIRST_INTERFACE;
	return SPACE_OTHER_INTERFACE;
}
