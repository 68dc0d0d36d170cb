/* SPDX-License-Identifier: ISC */
#include "box/nft.h"

#include <string.h>

struct named_key {
	const char *name;
	enum nf_key key;
	enum nft_kind kind;
	uint8_t family;
	int proto;
};

enum { ANY = -1, ICMP = 1, TCP = 6, UDP = 17, DCCP = 33, ICMPV6 = 58, SCTP = 132, UDPLITE = 136 };

static const struct named_key metas[] = {
	{"iif", KEY_IIF, KIND_NAME, 0, ANY},
	{"iifname", KEY_IIF, KIND_NAME, 0, ANY},
	{"oif", KEY_OIF, KIND_NAME, 0, ANY},
	{"oifname", KEY_OIF, KIND_NAME, 0, ANY},
	{"nfproto", KEY_FAMILY, KIND_FAMILY, 0, ANY},
	{"protocol", KEY_FAMILY, KIND_FAMILY, 0, ANY},
	{"l4proto", KEY_PROTO, KIND_PROTO, 0, ANY},
	{"mark", KEY_MARK, KIND_NUMBER, 0, ANY},
	{"skuid", KEY_UID, KIND_USER, 0, ANY},
	{"skgid", KEY_GID, KIND_USER, 0, ANY},
	{"pkttype", KEY_PKTTYPE, KIND_PKTTYPE, 0, ANY},
	{"length", KEY_LENGTH, KIND_NUMBER, 0, ANY},
	{"ipsec", KEY_IPSEC, KIND_BOOL, 0, ANY},
	{"secpath", KEY_IPSEC, KIND_BOOL, 0, ANY},
};
#define PORTS(name, number)                                                                        \
	{name " sport", KEY_SPORT, KIND_NUMBER, 0, number},                                        \
	{                                                                                          \
		name " dport", KEY_DPORT, KIND_NUMBER, 0, number                                   \
	}
static const struct named_key payloads[] = {
	{"ip saddr", KEY_SADDR4, KIND_ADDR4, 4, ANY},
	{"ip daddr", KEY_DADDR4, KIND_ADDR4, 4, ANY},
	{"ip protocol", KEY_PROTO, KIND_PROTO, 4, ANY},
	{"ip ttl", KEY_TTL, KIND_NUMBER, 4, ANY},
	{"ip dscp", KEY_DSCP, KIND_DSCP, 4, ANY},
	{"ip ecn", KEY_ECN, KIND_ECN, 4, ANY},
	{"ip length", KEY_LENGTH, KIND_NUMBER, 4, ANY},
	{"ip frag-off", KEY_FRAGMENT, KIND_NUMBER, 4, ANY},
	{"ip6 saddr", KEY_SADDR6, KIND_ADDR6, 6, ANY},
	{"ip6 daddr", KEY_DADDR6, KIND_ADDR6, 6, ANY},
	{"ip6 nexthdr", KEY_PROTO, KIND_PROTO, 6, ANY},
	{"ip6 hoplimit", KEY_TTL, KIND_NUMBER, 6, ANY},
	{"ip6 dscp", KEY_DSCP, KIND_DSCP, 6, ANY},
	{"ip6 ecn", KEY_ECN, KIND_ECN, 6, ANY},
	PORTS("tcp", TCP),
	PORTS("udp", UDP),
	PORTS("udplite", UDPLITE),
	PORTS("sctp", SCTP),
	PORTS("dccp", DCCP),
	PORTS("th", ANY),
	{"tcp flags", KEY_TCP_FLAGS, KIND_TCP_FLAGS, 0, TCP},
	{"icmp type", KEY_ICMP, KIND_ICMP_TYPE, 4, ICMP},
	{"icmp code", KEY_ICMP, KIND_CODE, 4, ICMP},
	{"icmpv6 type", KEY_ICMP6, KIND_ICMP6_TYPE, 6, ICMPV6},
	{"icmpv6 code", KEY_ICMP6, KIND_CODE6, 6, ICMPV6},
	{"ether saddr", KEY_MAC, KIND_MAC, 0, ANY},
	{"ether type", KEY_FAMILY, KIND_FAMILY, 0, ANY},
};
static const struct named_key cts[] = {
	{"state", KEY_CT_STATE, KIND_STATE, 0, ANY},
	{"status", KEY_CT_STATUS, KIND_STATUS, 0, ANY},
	{"direction", KEY_CT_DIRECTION, KIND_DIRECTION, 0, ANY},
	{"mark", KEY_CT_MARK, KIND_NUMBER, 0, ANY},
	{"l3proto", KEY_FAMILY, KIND_FAMILY, 0, ANY},
	{"protocol", KEY_PROTO, KIND_PROTO, 0, ANY},
	{"original ip saddr", KEY_CT_ORIG_SADDR4, KIND_ADDR4, 4, ANY},
	{"original ip daddr", KEY_CT_ORIG_DADDR4, KIND_ADDR4, 4, ANY},
	{"original ip6 saddr", KEY_CT_ORIG_SADDR6, KIND_ADDR6, 6, ANY},
	{"original ip6 daddr", KEY_CT_ORIG_DADDR6, KIND_ADDR6, 6, ANY},
	{"original proto-src", KEY_CT_ORIG_SPORT, KIND_NUMBER, 0, ANY},
	{"original proto-dst", KEY_CT_ORIG_DPORT, KIND_NUMBER, 0, ANY},
	{"reply ip saddr", KEY_CT_REPL_SADDR4, KIND_ADDR4, 4, ANY},
	{"reply ip daddr", KEY_CT_REPL_DADDR4, KIND_ADDR4, 4, ANY},
	{"reply ip6 saddr", KEY_CT_REPL_SADDR6, KIND_ADDR6, 6, ANY},
	{"reply ip6 daddr", KEY_CT_REPL_DADDR6, KIND_ADDR6, 6, ANY},
	{"reply proto-src", KEY_CT_REPL_SPORT, KIND_NUMBER, 0, ANY},
	{"reply proto-dst", KEY_CT_REPL_DPORT, KIND_NUMBER, 0, ANY},
};
static const struct named_key fibs[] = {
	{"type saddr", KEY_SADDR_TYPE, KIND_ADDRTYPE, 0, ANY},
	{"type daddr", KEY_DADDR_TYPE, KIND_ADDRTYPE, 0, ANY},
	{"type saddr iif", KEY_SADDR_IIF_TYPE, KIND_ADDRTYPE, 0, ANY},
	{"type daddr iif", KEY_DADDR_IIF_TYPE, KIND_ADDRTYPE, 0, ANY},
	{"type saddr oif", KEY_SADDR_OIF_TYPE, KIND_ADDRTYPE, 0, ANY},
	{"type daddr oif", KEY_DADDR_OIF_TYPE, KIND_ADDRTYPE, 0, ANY},
	{"oif saddr iif", KEY_BACK_IIF, KIND_BOOL, 0, ANY},
	{"oif saddr", KEY_BACK, KIND_BOOL, 0, ANY},
};

static bool add_key(struct nft_keys *keys, const struct named_key *k)
{
	size_t i = keys->kinds.n;

	if (i == NFT_KEYS_MAX || (keys->family && k->family && keys->family != k->family) ||
	    (keys->proto >= 0 && k->proto >= 0 && keys->proto != k->proto))
		return false;
	keys->kinds.items[i] = k->kind;
	keys->uses[i] = (struct nf_key_use){.key = k->key};
	/* The code alone: the lower half of type and code. */
	if (k->kind == KIND_CODE || k->kind == KIND_CODE6)
		keys->uses[i].mask = 0xff;
	keys->kinds.n++;
	keys->family = keys->family ? keys->family : k->family;
	keys->proto = keys->proto >= 0 ? keys->proto : k->proto;
	return true;
}

static bool find_key(const struct named_key *table, size_t n, const char *name,
		     struct nft_keys *keys)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(table[i].name, name) == 0)
			return add_key(keys, &table[i]);
	return false;
}
#define FIND(table, name, keys) find_key(table, ARRAY_LEN(table), name, keys)

static const char *text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

static bool payload_key(const json_t *o, struct nft_keys *keys)
{
	char name[40];

	snprintf(name, sizeof(name), "%s %s", text_of(o, "protocol"), text_of(o, "field"));
	keys->ether |= strcmp(text_of(o, "protocol"), "ether") == 0;
	keys->any_ports |= strcmp(text_of(o, "protocol"), "th") == 0;
	return FIND(payloads, name, keys);
}

/* Newer ones say "ip saddr", older ones "saddr" and a family, or none where the table has one. */
static bool ct_key(const struct nft *n, const json_t *o, struct nft_keys *keys)
{
	const char *key = text_of(o, "key"), *family = text_of(o, "family");
	const char *dir = text_of(o, "dir");
	char name[60];

	keys->connection |= strcmp(key, "l3proto") == 0 || strcmp(key, "protocol") == 0;
	if (!*dir)
		return FIND(cts, key, keys);
	if (!*family && (strcmp(key, "saddr") == 0 || strcmp(key, "daddr") == 0))
		family = n->table->family == 4 ? "ip" : n->table->family == 6 ? "ip6" : "?";
	snprintf(name, sizeof(name), "%s %s%s%s", dir, family, *family ? " " : "", key);
	return FIND(cts, name, keys);
}

/* "type saddr iif": the flags in this order. That a mark counts, too, makes no difference where it
 * is looked for: the walk counts it always. */
static bool fib_key(const json_t *o, struct nft_keys *keys)
{
	static const char *const order[] = {"saddr", "daddr", "iif", "oif"};
	const json_t *flags = json_object_get(o, "flags");
	const char *result = text_of(o, "result");
	char name[60];
	size_t n, i;
	json_t *flag;

	n = (size_t)snprintf(name, sizeof(name), "%.10s",
			     strcmp(result, "oifname") == 0 ? "oif" : result);
	for (size_t k = 0; k < ARRAY_LEN(order); k++)
		json_array_foreach(flags, i,
				   flag) if (json_is_string(flag) &&
					     strcmp(json_string_value(flag), order[k]) == 0) n +=
			(size_t)snprintf(name + n, sizeof(name) - n, " %s", order[k]);
	if (json_is_string(flags))
		snprintf(name + n, sizeof(name) - n, " %.10s", json_string_value(flags));
	return FIND(fibs, name, keys);
}

static bool keys_of(struct nft *n, const json_t *e, struct nft_keys *out);

static bool concat_keys(struct nft *n, const json_t *list, struct nft_keys *out)
{
	size_t i;
	json_t *one;

	json_array_foreach(list, i, one) if (!keys_of(n, one, out)) return false;
	return json_array_size(list) > 0;
}

/* {"&": [expression, mask]} */
static bool masked_key(struct nft *n, const json_t *pair, struct nft_keys *out)
{
	size_t i = out->kinds.n;
	uint32_t mask;

	if (json_array_size(pair) != 2 || !keys_of(n, json_array_get(pair, 0), out) ||
	    out->kinds.n != i + 1)
		return false;
	switch (out->kinds.items[i]) {
	case KIND_NUMBER:
	case KIND_TCP_FLAGS:
	case KIND_STATUS:
		break;
	default:
		return false;
	}
	if (!nft_bits(out->kinds.items[i], json_array_get(pair, 1), &mask) || !mask)
		return false;
	out->uses[i].mask = out->uses[i].mask ? out->uses[i].mask & mask : mask;
	return out->uses[i].mask != 0;
}

static bool keys_of(struct nft *n, const json_t *e, struct nft_keys *out)
{
	json_t *v;
	const char *key = nft_only_key(e, &v);

	if (!key)
		return false;
	if (strcmp(key, "meta") == 0)
		return FIND(metas, text_of(v, "key"), out);
	if (strcmp(key, "payload") == 0)
		return payload_key(v, out);
	if (strcmp(key, "ct") == 0)
		return ct_key(n, v, out);
	if (strcmp(key, "fib") == 0)
		return fib_key(v, out);
	if (strcmp(key, "concat") == 0)
		return concat_keys(n, v, out);
	return strcmp(key, "&") == 0 && masked_key(n, v, out);
}

bool nft_keys(struct nft *n, const json_t *e, struct nft_keys *out)
{
	*out = (struct nft_keys){.proto = ANY};
	return keys_of(n, e, out);
}

bool nft_can_compare(const struct nft_keys *keys)
{
	enum { DONT_FRAGMENT = 0x4000 };

	for (size_t i = 0; i < keys->kinds.n; i++) {
		uint32_t mask = keys->uses[i].mask;

		if (keys->uses[i].key == KEY_FRAGMENT && (!mask || mask & DONT_FRAGMENT))
			return false;
		if (keys->uses[i].key == KEY_CT_STATUS && !mask)
			return false;
	}
	return true;
}

/* What the box sends, and what comes by an interface without such addresses, did not come over
 * Ethernet. */
static void ask_ether(struct nft *n)
{
	struct nf_span *spans = ARENA_ARRAY(n->b->arena, struct nf_span, n->b->links.n + 2);
	size_t count = 0;

	spans[count++] = nf_span_of_name(slice_of(""), false);
	spans[count++] = nf_span_of_name(slice_of("lo"), false);
	for_each (l, &n->b->links)
		if (!l->has_mac && strcmp(l->name, "lo") != 0)
			spans[count++] = nf_span_of_name(slice_of(l->name), false);
	nf_ask_any(n->b, n->rule, (struct nf_key_use){.key = KEY_IIF}, spans, count, true);
}

void nft_ask_before(struct nft *n, const struct nft_keys *keys)
{
	const struct nf_key_use family = {.key = KEY_FAMILY}, proto = {.key = KEY_PROTO};
	const struct nf_key_use direction = {.key = KEY_CT_DIRECTION};

	if (keys->family && keys->family != n->table->family)
		nf_ask(n->b, n->rule, family, nf_span_of_number(keys->family, keys->family), false);
	if (keys->ether && strncmp(n->table->name, "netdev ", strlen("netdev ")) != 0)
		ask_ether(n);
	if (keys->connection)
		nf_ask(n->b, n->rule, direction, nf_span_of_number(0, 1), false);
	if (keys->proto >= 0)
		nf_ask(n->b, n->rule, proto,
		       nf_span_of_number((uint64_t)keys->proto, (uint64_t)keys->proto), false);
}
