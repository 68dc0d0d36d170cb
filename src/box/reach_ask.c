/* SPDX-License-Identifier: ISC
 *
 * What a ruleset asks, as sets: box/walk_ask.c for all packets.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "box/reach_int.h"

enum { KEYS_MAX = 16, TYPES = ADDR_THROW + 1 };

/* What a key is of the packets of a flock. */
enum kind {
	IS_FIELD,  /* a field of the space */
	IS_NAME,   /* an interface in a field */
	IS_WITHIN, /* of all: `span`, one value or any of these */
	IS_ONE_OF, /* `may` says who may have which value */
	IS_UNSAID,
};
struct key {
	enum kind kind;
	enum space_field field;
	uint8_t family; /* of a field of addresses */
	struct nf_span span;
	uint32_t mask;
	uint32_t has; /* the packets that have it at all */
	uint32_t may[TYPES];
};

static bool after_routing(const struct reached *r)
{
	return r->hook == NF_OUTPUT || r->hook == NF_POSTROUTING || r->hook == NF_EGRESS;
}

static bool before_routing(const struct reached *r)
{
	return r->hook == NF_PREROUTING || r->hook == NF_INGRESS || r->hook == NF_INPUT;
}

static struct key field_key(enum space_field field, uint32_t has)
{
	return (struct key){.kind = IS_FIELD, .field = field, .has = has};
}

static struct key addr_key(const struct reached *r, enum space_field field, uint8_t family)
{
	return (struct key){
		.kind = IS_FIELD, .field = field, .family = family, .has = reach_family(r, family)};
}

static struct key number_key(uint64_t number, uint32_t has)
{
	return (struct key){
		.kind = IS_WITHIN, .span = nf_span_of_number(number, number), .has = has};
}

/* The target, which may be a new one. */
static struct key target_key(const struct reached *r, const struct env *env, uint8_t family)
{
	struct key k = addr_key(r, SPACE_TO, family);

	if (env->to_lo.family) {
		k.kind = IS_WITHIN;
		k.span = nf_span_of_addrs(&env->to_lo, &env->to_hi);
	}
	return k;
}

static struct key target_port_key(const struct reached *r, const struct env *env)
{
	struct key k = field_key(SPACE_TO_PORT, reach_has_ports(r));

	if (env->has_port) {
		k.kind = IS_WITHIN;
		k.span = nf_span_of_number(env->port_lo, env->port_hi);
	}
	return k;
}

static struct key unsaid(uint32_t has)
{
	return (struct key){.kind = IS_UNSAID, .has = has};
}

static uint32_t with_connection(const struct reached *r, const struct env *env)
{
	uint32_t lacks = space_override(r->s, reach_value(r, SPACE_STATE, SPACE_INVALID),
					reach_value(r, SPACE_STATE, SPACE_UNTRACKED));

	return env->tracked && !env->untracked ? space_complement(r->s, lacks) : SPACE_EMPTY;
}

static struct key name_key(const char *name)
{
	return (struct key){.kind = IS_WITHIN,
			    .span = nf_span_of_name(slice_of(name), false),
			    .has = SPACE_ALL};
}

static struct key state_key(const struct env *env)
{
	if (env->untracked)
		return number_key(CT_UNTRACKED, SPACE_ALL);
	if (!env->tracked)
		return number_key(CT_INVALID, SPACE_ALL);
	return field_key(SPACE_STATE, SPACE_ALL);
}

static struct key restrict_to(const struct reached *r, struct key k, uint32_t has)
{
	k.has = space_where(r->s, k.has, has);
	return k;
}

/* What an answer to a connection's first packet would say; of others nobody says. */
static struct key key_of_reply(const struct reached *r, const struct env *env, enum nf_key key)
{
	enum { NEW_ONLY = 1u << SPACE_NEW };

	if (r->asked.states != NEW_ONLY)
		return unsaid(SPACE_ALL);
	switch (key) {
	case KEY_CT_REPL_SADDR4:
		return target_key(r, env, 4);
	case KEY_CT_REPL_SADDR6:
		return target_key(r, env, 6);
	case KEY_CT_REPL_DADDR4:
		return addr_key(r, SPACE_FROM, 4);
	case KEY_CT_REPL_DADDR6:
		return addr_key(r, SPACE_FROM, 6);
	case KEY_CT_REPL_SPORT:
		return target_port_key(r, env);
	default:
		return field_key(SPACE_FROM_PORT, reach_has_ports(r));
	}
}

static struct key key_of_connection(const struct reached *r, const struct env *env, enum nf_key key)
{
	uint32_t ports = reach_has_ports(r), has = with_connection(r, env);

	switch (key) {
	case KEY_CT_STATE:
		return state_key(env);
	case KEY_CT_DIRECTION:
		return field_key(SPACE_DIRECTION, has);
	case KEY_CT_STATUS:
		return number_key(env->ct_status, has);
	case KEY_CT_MARK:
		return number_key(env->ct_mark, has);
	case KEY_CT_ORIG_SADDR4:
		return restrict_to(r, addr_key(r, SPACE_FROM, 4), has);
	case KEY_CT_ORIG_SADDR6:
		return restrict_to(r, addr_key(r, SPACE_FROM, 6), has);
	case KEY_CT_ORIG_DADDR4:
		return restrict_to(r, addr_key(r, SPACE_TO, 4), has);
	case KEY_CT_ORIG_DADDR6:
		return restrict_to(r, addr_key(r, SPACE_TO, 6), has);
	case KEY_CT_ORIG_SPORT:
		return restrict_to(r, field_key(SPACE_FROM_PORT, ports), has);
	case KEY_CT_ORIG_DPORT:
		return restrict_to(r, field_key(SPACE_TO_PORT, ports), has);
	default:
		return restrict_to(r, key_of_reply(r, env, key), has);
	}
}

static uint32_t received(const struct reached *r)
{
	if (r->looped)
		return SPACE_ALL;
	return space_complement(r->s, reach_value(r, SPACE_IN, SPACE_NO_INTERFACE));
}

static struct key key_of_sender(const struct reached *r, enum nf_key key)
{
	if (key == KEY_MAC)
		return unsaid(after_routing(r) ? SPACE_EMPTY : received(r));
	if (!r->own || r->looped)
		return unsaid(SPACE_EMPTY);
	return key == KEY_UID && r->asked.has_uid ? number_key(r->asked.uid, SPACE_ALL)
						  : unsaid(SPACE_ALL);
}

/* The field of the interface that is asked about; none: any. */
static enum space_field link_asked(const struct reached *r, bool leaving)
{
	if (leaving)
		return before_routing(r) ? SPACE_FIELDS : SPACE_OUT;
	/* By lo the box's own come in again. */
	return r->looped ? SPACE_OUT : r->own ? SPACE_FIELDS : SPACE_IN;
}

static struct key type_key(struct reached *r, const struct env *env, enum space_field field,
			   enum space_field link, bool by_link)
{
	struct key k = {.kind = IS_ONE_OF, .has = SPACE_ALL};

	if (!r->b->has.addresses)
		return unsaid(SPACE_ALL);
	for (uint32_t type = 0; type < TYPES; type++)
		k.may[type] = reach_pull(r, env,
					 by_link ? reach_local_type(r, field, link, type)
						 : reach_type(r, env, field, type));
	return k;
}

/* As it came; what the box sends is nobody's before it comes in again. */
static struct key packet_type_key(struct reached *r, const struct env *env)
{
	struct key k = {.kind = IS_ONE_OF, .has = SPACE_ALL};
	enum space_field link = r->own ? SPACE_FIELDS : SPACE_IN;
	uint32_t all = reach_link_type(r, link, ADDR_BROADCAST);
	uint32_t group = reach_link_type(r, link, ADDR_MULTICAST);

	if (r->own && !r->looped)
		return number_key(0, SPACE_ALL);
	k.may[0] = space_complement(r->s, space_override(r->s, all, group));
	k.may[1] = all;
	k.may[2] = group;
	for (uint32_t i = 0; r->own && i < 3; i++)
		k.may[i] = reach_pull(r, env, k.may[i]);
	return k;
}

/* Who has no address yet, and asks for one. */
static uint32_t beginners(const struct reached *r)
{
	enum { ICMPV6 = 58 };
	uint32_t to = space_override(r->s, reach_addrs(r, SPACE_TO, "fe80::/10"),
				     reach_addrs(r, SPACE_TO, "ff00::/8"));
	uint32_t v6 = space_where(r->s, reach_addrs(r, SPACE_FROM, "::/128"), to);

	v6 = space_where(r->s, v6, reach_value(r, SPACE_PROTO, ICMPV6));
	return space_override(r->s, reach_addrs(r, SPACE_FROM, "0.0.0.0/32"), v6);
}

/* What comes by loopback, and beginners, always have a way back. */
static struct key way_key(struct reached *r, const struct env *env, bool by_in)
{
	struct key k = {.kind = IS_ONE_OF, .has = received(r)};
	uint32_t always = r->looped ? SPACE_ALL : reach_value(r, SPACE_IN, r->lo);

	always = space_override(r->s, always, reach_pull(r, env, beginners(r)));

	for (uint32_t yes = 0; yes < 2; yes++) {
		k.may[yes] = reach_pull(r, env, reach_way_back(r, env->mark, by_in, yes));
		for (uint8_t family = 4; family <= 6; family += 2)
			if (!reach_routes_known(r, family))
				k.may[yes] =
					space_override(r->s, k.may[yes], reach_family(r, family));
	}
	k.may[0] = space_without(r->s, k.may[0], always);
	k.may[1] = space_override(r->s, k.may[1], always);
	return k;
}

static struct key key_of_route(struct reached *r, const struct env *env, enum nf_key key)
{
	switch (key) {
	case KEY_SADDR_TYPE:
		return type_key(r, env, SPACE_FROM, SPACE_FIELDS, false);
	case KEY_DADDR_TYPE:
		return type_key(r, env, SPACE_TO, SPACE_FIELDS, false);
	case KEY_SADDR_IIF_TYPE:
		return type_key(r, env, SPACE_FROM, link_asked(r, false), true);
	case KEY_DADDR_IIF_TYPE:
		return type_key(r, env, SPACE_TO, link_asked(r, false), true);
	case KEY_SADDR_OIF_TYPE:
		return type_key(r, env, SPACE_FROM, link_asked(r, true), true);
	case KEY_DADDR_OIF_TYPE:
		return type_key(r, env, SPACE_TO, link_asked(r, true), true);
	case KEY_PKTTYPE:
		return packet_type_key(r, env);
	default:
		return way_key(r, env, key == KEY_BACK_IIF);
	}
}

static uint32_t of_proto(const struct reached *r, uint32_t proto, uint8_t family)
{
	return space_where(r->s, reach_value(r, SPACE_PROTO, proto), reach_family(r, family));
}

static struct key key_of_header(const struct reached *r, const struct env *env, enum nf_key key)
{
	enum { ICMP = 1, ICMPV6 = 58 };
	struct key k;

	switch (key) {
	case KEY_FAMILY: /* 4 and 6 are 0 and 1 there */
		k = (struct key){.kind = IS_ONE_OF, .has = SPACE_ALL};
		k.may[4] = reach_family(r, 4);
		k.may[6] = reach_family(r, 6);
		return k;
	case KEY_PROTO:
		return field_key(SPACE_PROTO, SPACE_ALL);
	case KEY_SADDR4:
		return addr_key(r, SPACE_FROM, 4);
	case KEY_SADDR6:
		return addr_key(r, SPACE_FROM, 6);
	case KEY_DADDR4:
		return target_key(r, env, 4);
	case KEY_DADDR6:
		return target_key(r, env, 6);
	case KEY_SPORT:
		return field_key(SPACE_FROM_PORT, reach_has_ports(r));
	case KEY_DPORT:
		return target_port_key(r, env);
	case KEY_ICMP:
		return field_key(SPACE_TO_PORT, of_proto(r, ICMP, 4));
	case KEY_ICMP6:
		return field_key(SPACE_TO_PORT, of_proto(r, ICMPV6, 6));
	default:
		return unsaid(SPACE_ALL);
	}
}

/* A connection's first packet is a SYN alone; of others nobody says. */
static struct key flags_key(const struct reached *r)
{
	enum { TCP = 6, SYN = 2, NEW_ONLY = 1u << SPACE_NEW };
	uint32_t tcp = reach_value(r, SPACE_PROTO, TCP);

	return r->asked.states == NEW_ONLY ? number_key(SYN, tcp) : unsaid(tcp);
}

static struct key key_of(struct reached *r, const struct env *env, enum nf_key key)
{
	switch (key) {
	case KEY_IIF:
		if (r->looped)
			return name_key("lo");
		return (struct key){.kind = IS_NAME, .field = SPACE_IN, .has = SPACE_ALL};
	case KEY_OIF:
		/* Of what has no interface, the kernel compares an empty name. */
		if (before_routing(r))
			return number_key(0, SPACE_ALL);
		return (struct key){.kind = IS_NAME, .field = SPACE_OUT, .has = SPACE_ALL};
	case KEY_MARK:
		return number_key(env->mark, SPACE_ALL);
	case KEY_FRAGMENT:
	case KEY_IPSEC:
		return number_key(0, SPACE_ALL);
	case KEY_TCP_FLAGS:
		return flags_key(r);
	case KEY_UID:
	case KEY_GID:
	case KEY_MAC:
		return key_of_sender(r, key);
	case KEY_PKTTYPE:
	case KEY_SADDR_TYPE:
	case KEY_DADDR_TYPE:
	case KEY_SADDR_IIF_TYPE:
	case KEY_DADDR_IIF_TYPE:
	case KEY_SADDR_OIF_TYPE:
	case KEY_DADDR_OIF_TYPE:
	case KEY_BACK_IIF:
	case KEY_BACK:
		return key_of_route(r, env, key);
	case KEY_CT_STATE:
	case KEY_CT_DIRECTION:
	case KEY_CT_STATUS:
	case KEY_CT_MARK:
	case KEY_CT_ORIG_SADDR4:
	case KEY_CT_ORIG_DADDR4:
	case KEY_CT_ORIG_SADDR6:
	case KEY_CT_ORIG_DADDR6:
	case KEY_CT_ORIG_SPORT:
	case KEY_CT_ORIG_DPORT:
	case KEY_CT_REPL_SADDR4:
	case KEY_CT_REPL_DADDR4:
	case KEY_CT_REPL_SADDR6:
	case KEY_CT_REPL_DADDR6:
	case KEY_CT_REPL_SPORT:
	case KEY_CT_REPL_DPORT:
		return key_of_connection(r, env, key);
	default:
		return key_of_header(r, env, key);
	}
}

struct keys {
	struct key items[KEYS_MAX];
	size_t n;
	uint32_t has; /* the packets that have all of them */
	bool exact;   /* nothing of them is unknown */
};

static bool asks_source(enum nf_key key)
{
	return key == KEY_SADDR4 || key == KEY_SADDR6 || key == KEY_SPORT ||
	       key == KEY_SADDR_TYPE || key == KEY_SADDR_IIF_TYPE || key == KEY_SADDR_OIF_TYPE ||
	       key == KEY_BACK || key == KEY_BACK_IIF || key == KEY_CT_REPL_DADDR4 ||
	       key == KEY_CT_REPL_DADDR6 || key == KEY_CT_REPL_DPORT;
}

/* A source that was translated, and bits of what is not one number, are not known here. */
static struct key checked_key(const struct env *env, struct key k, enum nf_key key)
{
	bool source = asks_source(key);
	bool one = k.kind != IS_WITHIN || nf_value_compare(&k.span.lo, &k.span.hi) == 0;

	if ((k.mask && (k.family || !one)) || (source && env->new_source))
		k.kind = IS_UNSAID;
	return k;
}

/* No packet may have two values of it. */
static bool is_sure(const struct reached *r, const struct key *k)
{
	uint32_t all = SPACE_EMPTY;

	if (k->kind == IS_NAME)
		return r->b->has.links;
	if (k->kind == IS_WITHIN)
		return nf_value_compare(&k->span.lo, &k->span.hi) == 0;
	for (size_t i = 0; k->kind == IS_ONE_OF && i < TYPES; i++) {
		if (space_where(r->s, all, k->may[i]) != SPACE_EMPTY)
			return false;
		all = space_override(r->s, all, k->may[i]);
	}
	return k->kind != IS_UNSAID;
}

static struct keys keys_of(struct reached *r, const struct env *env, const struct nf_lookup *l)
{
	struct keys ks = {.n = l->set->n_keys, .has = SPACE_ALL, .exact = true};

	if (ks.n > KEYS_MAX)
		BUG("%zu keys in a look-up", ks.n);
	for (size_t i = 0; i < ks.n; i++) {
		struct key *k = &ks.items[i];

		*k = key_of(r, env, l->keys[i].key);
		k->mask = l->keys[i].mask;
		*k = checked_key(env, *k, l->keys[i].key);
		ks.has = space_where(r->s, ks.has, k->has);
		ks.exact &= is_sure(r, k);
	}
	return ks;
}

struct ranges {
	struct space_range *items; /* owned */
	size_t n, room;
};

static void add_range(struct ranges *v, uint32_t lo, uint32_t hi)
{
	if (v->n && v->items[v->n - 1].hi + 1 == lo) {
		v->items[v->n - 1].hi = hi;
		return;
	}
	if (v->n == v->room) {
		v->room = v->room ? 2 * v->room : 4;
		v->items = mem_resize(v->items, v->room, sizeof(*v->items));
	}
	v->items[v->n++] = (struct space_range){lo, hi};
}

/* The names in the span; of an interface that nobody named: if it begins like one, perhaps. */
static void add_names(const struct reached *r, const struct nf_span *s, bool may, struct ranges *v)
{
	bool some = nf_value_compare(&s->lo, &s->hi) != 0;

	for (uint32_t id = 0; id < r->names->names.n + SPACE_FIRST_INTERFACE; id++) {
		const char *name = reach_name(r, id);
		struct nf_value value = nf_value_of_name(slice_of(name ? name : ""));

		if (name ? nf_span_has(s, &value) : some && may)
			add_range(v, id, id);
	}
}

/* The values of a field that are in the span after the mask. */
static void add_masked(const struct reached *r, const struct key *k, const struct nf_span *s,
		       struct ranges *v)
{
	uint32_t last = space_frame_last(r->frame, k->field);

	for (uint32_t i = 0; i <= last; i++) {
		struct nf_value value = nf_value_of_number(i & k->mask);

		if (nf_span_has(s, &value))
			add_range(v, i, i);
	}
}

static void add_numbers(const struct reached *r, const struct key *k, const struct nf_span *s,
			struct ranges *v)
{
	struct nf_value last = nf_value_of_number(space_frame_last(r->frame, k->field));

	if (k->mask)
		add_masked(r, k, s, v);
	else if (nf_value_compare(&s->lo, &last) <= 0)
		add_range(v, (uint32_t)nf_value_number(&s->lo),
			  nf_value_compare(&s->hi, &last) < 0
				  ? (uint32_t)nf_value_number(&s->hi)
				  : space_frame_last(r->frame, k->field));
}

static void add_values(const struct reached *r, const struct key *k, const struct nf_span *s,
		       bool may, struct ranges *v)
{
	if (k->kind == IS_NAME) {
		add_names(r, s, may, v);
	} else if (k->family) {
		struct addr lo = nf_value_addr(&s->lo, k->family);
		struct addr hi = nf_value_addr(&s->hi, k->family);
		struct space_range ranks = space_frame_find(r->frame, &lo, &hi);

		add_range(v, ranks.lo, ranks.hi);
	} else {
		add_numbers(r, k, s, v);
	}
}

/* Whether one of the values may be in the span, or all must. */
static bool is_within(const struct key *k, const struct nf_span *s, bool may)
{
	struct nf_span now = k->span;

	if (k->mask)
		now.lo = now.hi = nf_value_of_number(nf_value_number(&now.lo) & k->mask);
	if (may)
		return nf_value_compare(&now.lo, &s->hi) <= 0 &&
		       nf_value_compare(&s->lo, &now.hi) <= 0;
	return nf_span_has(s, &now.lo) && nf_span_has(s, &now.hi);
}

/* Those that may have a value in the span; or that must. */
static uint32_t one_of(const struct reached *r, const struct key *k, const struct nf_span *s,
		       bool may)
{
	uint32_t sets[2] = {SPACE_EMPTY, SPACE_EMPTY};

	for (uint32_t n = 0; n < TYPES; n++) {
		struct nf_value v = nf_value_of_number(k->mask ? n & k->mask : n);
		bool in = nf_span_has(s, &v);

		sets[in] = space_override(r->s, sets[in], k->may[n]);
	}
	return may ? sets[1] : space_without(r->s, SPACE_ALL, sets[0]);
}

/* The packets of one element: those that may be of it, or that must be. */
static uint32_t element(const struct reached *r, const struct keys *ks, const struct nf_span *spans,
			bool may, uint32_t value)
{
	struct ranges ranges[KEYS_MAX] = {0};
	struct space_match m = {0};
	uint32_t also = ks->has, set = SPACE_EMPTY;
	bool never = false;

	for (size_t i = 0; i < ks->n; i++) {
		const struct key *k = &ks->items[i];

		if (k->kind == IS_WITHIN) {
			never |= !is_within(k, &spans[i], may);
		} else if (k->kind == IS_UNSAID) {
			never |= !may;
		} else if (k->kind == IS_ONE_OF) {
			also = space_where(r->s, also, one_of(r, k, &spans[i], may));
		} else {
			add_values(r, k, &spans[i], may, &ranges[i]);
			never |= !ranges[i].n;
			if (m.fields[k->field].n) { /* asked twice */
				struct space_match n = {0};

				n.fields[k->field] =
					(struct space_ranges){ranges[i].items, ranges[i].n};
				also = space_where(r->s, also, space_of(r->s, &n, 1));
			} else {
				m.fields[k->field] =
					(struct space_ranges){ranges[i].items, ranges[i].n};
			}
		}
	}
	if (!never)
		set = space_where(r->s, space_of(r->s, &m, value), also);
	for (size_t i = 0; i < ks->n; i++)
		free(ranges[i].items);
	return set;
}

/* All elements, each with its number plus one; the first counts. */
static uint32_t elements(const struct reached *r, const struct keys *ks, const struct nf_set *set,
			 bool may)
{
	uint32_t *sets = mem_new(set->n + 1, sizeof(*sets)), all;

	for (size_t i = 0; i < set->n; i++)
		sets[i] = element(r, ks, set->spans + i * set->n_keys, may, (uint32_t)i + 1);
	all = space_override_all(r->s, sets, set->n);
	free(sets);
	return all;
}

/* Those of elements that are in the set. */
static uint32_t not_excepted(const struct reached *r, const struct nf_set *set, uint32_t elements)
{
	uint32_t *to = mem_new(set->n + 1, sizeof(*to));

	for (size_t i = 0; i < set->n; i++)
		to[i + 1] = !(set->except && set->except[i]);
	elements = space_map(r->s, elements, to, set->n + 1);
	free(to);
	return elements;
}

struct answers {
	uint32_t has, may, must; /* plain sets of packets as they came */
};

/* Those that are in the set. Without exceptions the elements need no numbers. */
static uint32_t in_set(const struct reached *r, const struct keys *ks, const struct nf_set *set,
		       bool may)
{
	uint32_t *sets, all;

	if (set->except)
		return not_excepted(r, set, elements(r, ks, set, may));
	sets = mem_new(set->n + 1, sizeof(*sets));
	for (size_t i = 0; i < set->n; i++)
		sets[i] = element(r, ks, set->spans + i * set->n_keys, may, 1);
	all = space_override_all(r->s, sets, set->n);
	free(sets);
	return all;
}

static struct answers look_up(struct reached *r, const struct env *env, const struct nf_lookup *l)
{
	struct keys ks = keys_of(r, env, l);
	struct answers a = {ks.has, ks.has, SPACE_EMPTY};

	if (l->set->changing || ((!ks.exact || l->set->expiring) && l->set->except))
		return a;
	a.may = in_set(r, &ks, l->set, true);
	if (!l->set->expiring)
		a.must = ks.exact ? a.may : in_set(r, &ks, l->set, false);
	return a;
}

struct space_pair reach_cond(struct reached *r, const struct env *env, const struct nf_cond *cond)
{
	struct answers all = {SPACE_EMPTY, SPACE_EMPTY, SPACE_EMPTY};

	if (cond->unknown)
		return (struct space_pair){SPACE_EMPTY, SPACE_ALL};
	for_each (l, &cond->lookups) {
		struct answers a = look_up(r, env, l);

		all.has = space_override(r->s, all.has, a.has);
		all.may = space_override(r->s, all.may, a.may);
		all.must = space_override(r->s, all.must, a.must);
	}
	if (!cond->negate)
		return (struct space_pair){all.must, all.may};
	return (struct space_pair){space_without(r->s, all.has, all.may),
				   space_without(r->s, all.has, all.must)};
}

static void add_layer(struct reached *r, struct routing *g, uint32_t layer)
{
	if (layer != SPACE_EMPTY)
		*(uint32_t *)list_add(r->arena, &g->layers, sizeof(uint32_t)) = layer;
}

static uint32_t plain(const struct reached *r, uint32_t set)
{
	return space_where(r->s, SPACE_ALL, set);
}

/* Where something is unknown each element by itself: it may be any whose packets it may be. */
static void find_each(struct reached *r, const struct nf_lookup *l, const struct keys *ks,
		      struct routing *g)
{
	const struct nf_set *set = l->set;
	uint32_t left = SPACE_ALL;

	for (size_t i = 0; i < set->n && left != SPACE_EMPTY; i++) {
		const struct nf_span *spans = set->spans + i * set->n_keys;
		uint32_t may = element(r, ks, spans, true, (uint32_t)i + 1);
		uint32_t must = element(r, ks, spans, false, 1);

		may = space_where(r->s, may, left);
		left = space_without(r->s, left, must);
		add_layer(r, g, may);
	}
	g->none = l->set->changing || l->set->expiring ? SPACE_ALL : left;
}

struct routing reach_find(struct reached *r, const struct env *env, const struct nf_lookup *l)
{
	struct keys ks = keys_of(r, env, l);
	struct routing g = {0};
	uint32_t all;

	if (!ks.exact || l->set->changing || l->set->expiring) {
		find_each(r, l, &ks, &g);
		return g;
	}
	all = elements(r, &ks, l->set, true);
	add_layer(r, &g, all);
	g.certain = true;
	g.none = space_without(r->s, SPACE_ALL, plain(r, all));
	return g;
}
