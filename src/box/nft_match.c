/* SPDX-License-Identifier: ISC */
#include "box/nft.h"

#include <string.h>

#include "box/nf_words.h"

/* Any of these bits is set, or none is. */
static bool ask_any_bit(struct nft *n, const struct nft_keys *keys, const json_t *right, bool none)
{
	struct nf_key_use use = keys->uses[0];
	uint32_t bits;

	if (use.mask || !nft_bits(keys->kinds.items[0], right, &bits) || !bits)
		return false;
	use.mask = bits;
	nft_ask_before(n, keys);
	nf_ask(n->b, n->rule, use, nf_span_of_number(0, 0), !none);
	return true;
}

/* All bits, or those of the mask, are these. */
static bool ask_bits(struct nft *n, const struct nft_keys *keys, const json_t *right, bool negate)
{
	uint32_t bits;

	if (!nft_bits(keys->kinds.items[0], right, &bits))
		return false;
	nft_ask_before(n, keys);
	nf_ask(n->b, n->rule, keys->uses[0], nf_span_of_number(bits, bits), negate);
	return true;
}

static bool has_order(enum nft_kind kind)
{
	return kind == KIND_NUMBER || kind == KIND_PROTO || kind == KIND_USER;
}

/* Less or greater, of what is a number. */
static bool ask_order(struct nft *n, const struct nft_keys *keys, const char *op,
		      const json_t *right)
{
	struct nf_span span;
	uint64_t at;
	bool equal = op[1] == '=';

	if (keys->kinds.n != 1 || keys->uses[0].mask || !has_order(keys->kinds.items[0]) ||
	    !nft_span(n, keys->kinds.items[0], right, &span))
		return false;
	at = nf_value_number(&span.lo);
	if (at > UINT32_MAX)
		return false;
	if (op[0] == '<' && !equal && !at)
		span = nf_span_of_number(1, 0);
	else if (op[0] == '<')
		span = nf_span_of_number(0, equal ? at : at - 1);
	else
		span = nf_span_of_number(equal ? at : at + 1, UINT64_MAX);
	nft_ask_before(n, keys);
	/* Less than nothing is nothing: a list without elements. */
	nf_ask_any(n->b, n->rule, keys->uses[0], &span, nf_value_compare(&span.lo, &span.hi) <= 0,
		   false);
	return true;
}

/* --- ports of what may have none -------------------------------------------------------------- */

/* UDP-Lite, SCTP and DCCP, too. */
static const uint8_t ported[] = {6, 17, 33, 132, 136};

static bool is_ported(const struct nf_span *s)
{
	for (size_t i = 0; i < ARRAY_LEN(ported); i++)
		if (nf_value_number(&s->lo) == ported[i] && nf_value_number(&s->hi) == ported[i])
			return true;
	return false;
}

/* Whether one of the keys is the protocol, and all elements are of protocols that have ports. */
static bool has_ports(const struct nf_set *set, const struct nf_key_use *keys)
{
	for (size_t k = 0; k < set->n_keys; k++) {
		size_t i = 0;

		if (keys[k].key != KEY_PROTO || keys[k].mask)
			continue;
		while (i < set->n && is_ported(&set->spans[i * set->n_keys + k]))
			i++;
		if (i == set->n)
			return true;
	}
	return false;
}

static bool rule_has_ports(const struct nf_rule *r)
{
	for_each (s, &r->steps)
		if (s->kind == STEP_IF && !s->cond.negate && s->cond.lookups.n == 1 &&
		    has_ports(s->cond.lookups.items[0].set, s->cond.lookups.items[0].keys))
			return true;
	return false;
}

/* ... or whatever stands there in a protocol without ports. */
static void add_portless(struct nft *n, struct nf_cond *cond, const char *words)
{
	const struct nf_key_use proto = {.key = KEY_PROTO};
	struct nf_span *spans = ARENA_ARRAY(n->b->arena, struct nf_span, ARRAY_LEN(ported) + 1);
	struct nf_set *set = ARENA_NEW(n->b->arena, struct nf_set);
	uint64_t from = 0;

	for (size_t i = 0; i < ARRAY_LEN(ported); i++) {
		spans[i] = nf_span_of_number(from, ported[i] - 1u);
		from = ported[i] + 1u;
	}
	spans[ARRAY_LEN(ported)] = nf_span_of_number(from, UINT8_MAX);
	*set = (struct nf_set){.n_keys = 1,
			       .n = ARRAY_LEN(ported) + 1,
			       .spans = spans,
			       .expiring = true,
			       .doubt = words,
			       .place = n->rule->place};
	*(struct nf_lookup *)list_add(n->b->arena, &cond->lookups, sizeof(struct nf_lookup)) =
		nf_make_lookup(n->b, set, &proto);
}

/* --- lists ------------------------------------------------------------------------------------ */

static bool is_set(const json_t *right)
{
	const char *name = json_string_value(right);

	return json_object_get(right, "set") || (name && *name == '@');
}

static bool ask_set(struct nft *n, const struct nft_keys *keys, const json_t *match, bool negate)
{
	const struct nf_set *set = nft_set_of(n, json_object_get(match, "right"), keys, DATA_NONE);
	bool portless;

	if (!set)
		return false;
	nft_ask_before(n, keys);
	portless = keys->any_ports && !has_ports(set, keys->uses) && !rule_has_ports(n->rule);
	if (portless && keys->kinds.n > 1)
		return false;
	nf_ask_set(n->b, n->rule, set, keys->uses, negate);
	if (portless)
		add_portless(n, &n->rule->steps.items[n->rule->steps.n - 1].cond,
			     nft_words(n, "match", match));
	return true;
}

/* "in" and "!" ask for any and for none of these: of bits, or of states, which are bits for nft. */
static bool ask_any(struct nft *n, const struct nft_keys *keys, const json_t *match, bool none)
{
	enum nft_kind kind = keys->kinds.items[0];

	if (keys->kinds.n == 1 && nft_is_of_bits(kind))
		return ask_any_bit(n, keys, json_object_get(match, "right"), none);
	if (none && (keys->kinds.n != 1 || kind != KIND_STATE))
		return false;
	return ask_set(n, keys, match, none);
}

static unsigned states_of(const json_t *v)
{
	const char *word = json_string_value(v);
	int state = word ? nf_ct_state_of(slice_of(word)) : -1;
	unsigned states = state < 0 ? 0 : 1u << state;
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(v, "|"), i, one) states |= states_of(one);
	return states;
}

/* "ct state != established,related": nft compares with the sum of their bits, which no packet's
 * state is, and a list without elements says that. */
static bool ask_sum_of_states(struct nft *n, const struct nft_keys *keys, const json_t *right,
			      bool negate)
{
	unsigned states = states_of(right);

	if (keys->kinds.n != 1 || keys->kinds.items[0] != KIND_STATE || !(states & (states - 1)))
		return false;
	nf_ask_any(n->b, n->rule, keys->uses[0], NULL, 0, negate);
	return true;
}

/* --- what is not understood, and never so ----------------------------------------------------- */

/* The expression behind a mask. */
static const json_t *unmasked(const json_t *e)
{
	const json_t *pair = json_object_get(e, "&");

	return pair ? json_array_get(pair, 0) : e;
}

static void ask_never(struct nft *n)
{
	nf_ask_any(n->b, n->rule, (struct nf_key_use){.key = KEY_FAMILY}, NULL, 0, false);
}

/* Packets here have no extension headers (box/walk.h): of IPv6 all are missing. */
static bool ask_extension(struct nft *n, const json_t *match)
{
	const json_t *header = json_object_get(json_object_get(match, "left"), "exthdr");
	const char *op = json_string_value(json_object_get(match, "op"));
	const json_t *right = json_object_get(match, "right");
	const struct nft_keys six = {.family = 6, .proto = -1};

	if (!header || !op)
		return false;
	if (json_is_boolean(right) && json_is_true(right) == (strcmp(op, "!=") == 0))
		nft_ask_before(n, &six);
	else
		ask_never(n);
	return true;
}

/* ARP, and the tag of a VLAN, are not of what comes to an IP hook of a link without one. */
static bool ask_foreign(struct nft *n, const json_t *match)
{
	const json_t *left = unmasked(json_object_get(match, "left"));
	const char *protocol =
		json_string_value(json_object_get(json_object_get(left, "payload"), "protocol"));

	if (!protocol || (strcmp(protocol, "arp") != 0 && strcmp(protocol, "vlan") != 0))
		return false;
	ask_never(n);
	return true;
}

/* What is asked of one protocol is not so of others, understood or not. */
static void ask_protocol(struct nft *n, const json_t *left)
{
	static const struct {
		const char *name;
		uint8_t family;
		int proto;
	} table[] = {{"ip", 4, -1},	     {"ip6", 6, -1},	  {"icmp", 4, 1},
		     {"igmp", 4, 2},	     {"tcp", 0, 6},	  {"udp", 0, 17},
		     {"dccp", 0, 33},	     {"gre", 0, 47},	  {"esp", 0, 50},
		     {"ah", 0, 51},	     {"icmpv6", 6, 58},	  {"comp", 0, 108},
		     {"sctp", 0, 132},	     {"udplite", 0, 136}, {"tcp option", 0, 6},
		     {"sctp chunk", 0, 132}, {"ip option", 4, -1}};
	json_t *inner;
	const char *key = nft_only_key(unmasked(left), &inner);
	const char *name = json_string_value(json_object_get(inner, "protocol"));

	if (!key)
		return;
	if (strcmp(key, "payload") != 0)
		name = key;
	for (size_t i = 0; name && i < ARRAY_LEN(table); i++)
		if (strcmp(table[i].name, name) == 0)
			nft_ask_before(n, &(struct nft_keys){.family = table[i].family,
							     .proto = table[i].proto});
}

/* --- interfaces by what they are -------------------------------------------------------------- */

static bool is_of_group(const struct box_link *l, const json_t *one)
{
	const char *s = json_string_value(one);

	if (s)
		return strcmp(s, "default") == 0 && l->group == 0;
	return json_integer_value(one) == l->group;
}

static bool is_of(const struct box_link *l, const json_t *one, bool group)
{
	const char *s = json_string_value(one);

	return group ? is_of_group(l, one) : s && l->kind && strcmp(s, l->kind) == 0;
}

/* Whether the value, or one of the list, can be compared: numbers and "default", or words. */
static bool is_list_of(const json_t *right, bool group)
{
	size_t i;
	json_t *one;

	json_array_foreach(right, i, one) if (!is_list_of(one, group)) return false;
	if (json_is_array(right))
		return json_array_size(right) > 0;
	if (group && json_is_string(right))
		return strcmp(json_string_value(right), "default") == 0;
	return group ? json_is_integer(right)
		     : json_is_string(right) && *json_string_value(right) != '@';
}

static bool link_is(const struct box_link *l, const json_t *right, bool group)
{
	size_t i;
	json_t *one;

	if (!json_is_array(right))
		return is_of(l, right, group);
	json_array_foreach(right, i, one) if (is_of(l, one, group)) return true;
	return false;
}

/* "meta iifgroup 7", "meta oifkind { bridge, veth }": the interfaces that are so. */
static bool ask_links(struct nft *n, const json_t *match)
{
	const char *key = json_string_value(
		json_object_get(json_object_get(json_object_get(match, "left"), "meta"), "key"));
	const char *op = json_string_value(json_object_get(match, "op"));
	const json_t *right = json_object_get(match, "right");
	const json_t *list = json_object_get(right, "set");
	bool group = key && strcmp(key + 1, "ifgroup") == 0;
	struct nf_span *spans;
	size_t count = 0;

	if (!key || !op || !n->b->has.links || (!group && strcmp(key + 1, "ifkind") != 0))
		return false;
	right = list ? list : right;
	if ((strcmp(op, "==") != 0 && strcmp(op, "!=") != 0) || !is_list_of(right, group))
		return false;
	spans = ARENA_ARRAY(n->b->arena, struct nf_span, n->b->links.n + 1);
	for_each (l, &n->b->links)
		if (link_is(l, right, group))
			spans[count++] = nf_span_of_name(slice_of(l->name), false);
	nf_ask_any(n->b, n->rule, (struct nf_key_use){.key = *key == 'i' ? KEY_IIF : KEY_OIF},
		   spans, count, *op == '!');
	return true;
}

/* --- the rest --------------------------------------------------------------------------------- */

static bool ask(struct nft *n, const json_t *match)
{
	const char *op = json_string_value(json_object_get(match, "op"));
	const json_t *right = json_object_get(match, "right");
	struct nft_keys keys;
	bool negate;

	if (!op || !right || !nft_keys(n, json_object_get(match, "left"), &keys))
		return false;
	if (op[0] == '<' || op[0] == '>')
		return nft_can_compare(&keys) && ask_order(n, &keys, op, right);
	if (strcmp(op, "in") == 0 || strcmp(op, "!") == 0)
		return ask_any(n, &keys, match, *op == '!');
	negate = strcmp(op, "!=") == 0;
	if ((!negate && strcmp(op, "==") != 0) || !nft_can_compare(&keys))
		return false;
	if (keys.kinds.n == 1 && nft_is_of_bits(keys.kinds.items[0]) && !is_set(right))
		return ask_bits(n, &keys, right, negate);
	return ask_sum_of_states(n, &keys, right, negate) || ask_set(n, &keys, match, negate);
}

void nft_match(struct nft *n, const json_t *match)
{
	if (ask_foreign(n, match) || ask_extension(n, match) || ask_links(n, match) ||
	    ask(n, match) || n->rc)
		return;
	ask_protocol(n, json_object_get(match, "left"));
	nf_ask_unknown(n->b, n->rule, slice_of(nft_words(n, "match", match)));
}
