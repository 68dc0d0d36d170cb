/* SPDX-License-Identifier: ISC */
#include "box/nft.h"

#include <string.h>

#include "box/nf_words.h"

struct word {
	const char *word;
	uint32_t number;
};

static bool find_word(const struct word *words, size_t n, const char *s, uint64_t *out)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i].word, s) == 0) {
			*out = words[i].number;
			return true;
		}
	return false;
}
#define FIND(words, s, out) find_word(words, ARRAY_LEN(words), s, out)

static const struct word statuses[] = {{"expected", CT_EXPECTED},
				       {"seen-reply", CT_SEEN_REPLY},
				       {"assured", CT_ASSURED},
				       {"confirmed", CT_CONFIRMED},
				       {"snat", CT_SNAT},
				       {"dnat", CT_DNAT},
				       {"dying", 512}};
static const struct word directions[] = {{"original", 0}, {"reply", 1}};
static const struct word pkttypes[] = {
	{"host", 0}, {"unicast", 0}, {"broadcast", 1}, {"multicast", 2}, {"other", 3}};
/* ... of which no packet is that has an address. */
enum { ETHERTYPE_ARP = 0x0806 };
static const struct word families[] = {
	{"ip", 4}, {"ip6", 6}, {"ipv4", 4}, {"ipv6", 6}, {"arp", ETHERTYPE_ARP}};
static const struct word codes[] = {{"net-unreachable", 0},  {"host-unreachable", 1},
				    {"prot-unreachable", 2}, {"port-unreachable", 3},
				    {"frag-needed", 4},	     {"net-prohibited", 9},
				    {"host-prohibited", 10}, {"admin-prohibited", 13}};
static const struct word codes6[] = {{"no-route", 0},	      {"admin-prohibited", 1},
				     {"addr-unreachable", 3}, {"port-unreachable", 4},
				     {"policy-fail", 5},      {"reject-route", 6}};
static const struct word dscps[] = {
	{"cs0", 0},   {"cs1", 8},   {"cs2", 16},  {"cs3", 24},	{"cs4", 32},
	{"cs5", 40},  {"cs6", 48},  {"cs7", 56},  {"df", 0},	{"be", 0},
	{"lephb", 1}, {"af11", 10}, {"af12", 12}, {"af13", 14}, {"af21", 18},
	{"af22", 20}, {"af23", 22}, {"af31", 26}, {"af32", 28}, {"af33", 30},
	{"af41", 34}, {"af42", 36}, {"af43", 38}, {"va", 44},	{"ef", 46}};
static const struct word ecns[] = {{"not-ect", 0}, {"ect1", 1}, {"ect0", 2}, {"ce", 3}};
/* No interface is number 0: there is none. */
static const struct word bools[] = {
	{"exists", 1}, {"missing", 0}, {"true", 1}, {"false", 0}, {"0", 0}};
static const struct word users[] = {{"root", 0}};

static bool found(int number, uint64_t *out)
{
	*out = (uint64_t)number;
	return number >= 0;
}

static bool number_of_word(enum nft_kind kind, const char *s, uint64_t *out)
{
	switch (kind) {
	case KIND_PROTO:
		return found(nf_proto_of(slice_of(s)), out);
	case KIND_STATE:
		return found(nf_ct_state_of(slice_of(s)), out);
	case KIND_ADDRTYPE:
		return found(nf_addr_type_of(slice_of(s)), out);
	case KIND_TCP_FLAGS:
		return found(nf_tcp_flag_of(slice_of(s)), out);
	case KIND_ICMP_TYPE:
		return found(nf_icmp_type_of(slice_of(s), 4), out);
	case KIND_ICMP6_TYPE:
		return found(nf_icmp_type_of(slice_of(s), 6), out);
	case KIND_FAMILY:
		return FIND(families, s, out);
	case KIND_STATUS:
		return FIND(statuses, s, out);
	case KIND_DIRECTION:
		return FIND(directions, s, out);
	case KIND_PKTTYPE:
		return FIND(pkttypes, s, out);
	case KIND_DSCP:
		return FIND(dscps, s, out);
	case KIND_CODE:
		if (FIND(codes, s, out))
			return true;
		break;
	case KIND_CODE6:
		if (FIND(codes6, s, out))
			return true;
		break;
	case KIND_ECN:
		return FIND(ecns, s, out);
	case KIND_BOOL:
		return FIND(bools, s, out);
	case KIND_USER:
		if (FIND(users, s, out))
			return true;
		break;
	default:
		break;
	}
	return slice_number(slice_of(s), UINT64_MAX, out);
}

/* Of protocols nft knows by the number of Ethernet. */
static uint64_t family_of(uint64_t number)
{
	enum {
		ETHERTYPE_IP = 0x0800,
		ETHERTYPE_IPV6 = 0x86dd,
		NFPROTO_IPV4 = 2,
		NFPROTO_IPV6 = 10
	};

	return number == ETHERTYPE_IP || number == NFPROTO_IPV4	    ? 4
	       : number == ETHERTYPE_IPV6 || number == NFPROTO_IPV6 ? 6
								    : number;
}

static bool number_of(enum nft_kind kind, const json_t *v, uint64_t *out)
{
	if (json_is_string(v))
		return number_of_word(kind, json_string_value(v), out);
	if (json_is_boolean(v)) {
		*out = json_is_true(v);
		return kind == KIND_BOOL;
	}
	if (!json_is_integer(v) || json_integer_value(v) < 0)
		return false;
	*out = (uint64_t)json_integer_value(v);
	if (kind == KIND_FAMILY)
		*out = family_of(*out);
	if (kind == KIND_BOOL) /* an interface's number; 0: there is none */
		return *out == 0;
	/* The kernel's bit of a state: "ct state" of a number. */
	return kind != KIND_STATE;
}

static bool addr_of(enum nft_kind kind, const json_t *v, struct addr *a)
{
	const char *s = json_string_value(v);

	return s && addr_parse(slice_of(s), a) && a->family == (kind == KIND_ADDR4 ? 4 : 6);
}

static bool is_addr(enum nft_kind kind)
{
	return kind == KIND_ADDR4 || kind == KIND_ADDR6;
}

/* "eth*" is all that begins so; "eth\\*" is the name "eth*". */
static struct nf_span span_of_name(const char *s, size_t length)
{
	char name[NF_VALUE_BYTES];

	if (!length || s[length - 1] != '*')
		return nf_span_of_name((struct slice){s, length}, false);
	if (length < 2 || s[length - 2] != '\\')
		return nf_span_of_name((struct slice){s, length - 1}, true);
	memcpy(name, s, length - 2);
	name[length - 2] = '*';
	return nf_span_of_name((struct slice){name, length - 1}, false);
}

static bool name_span(struct nft *n, const json_t *v, struct nf_span *out)
{
	const char *s = json_string_value(v);
	size_t length = s ? strlen(s) : 0;

	if (json_is_integer(v))
		for_each (l, &n->b->links)
			if (l->index == json_integer_value(v)) {
				*out = nf_span_of_name(slice_of(l->name), false);
				return true;
			}
	if (!length || length > NF_VALUE_BYTES)
		return false;
	*out = span_of_name(s, length);
	return true;
}

/* A type stands for all its codes. */
static struct nf_span number_span(enum nft_kind kind, uint64_t lo, uint64_t hi)
{
	if (kind == KIND_ICMP_TYPE || kind == KIND_ICMP6_TYPE)
		return nf_span_of_number(lo * 256, hi * 256 + 255);
	return nf_span_of_number(lo, hi);
}

static bool one_span(struct nft *n, enum nft_kind kind, const json_t *v, struct nf_span *out)
{
	uint8_t mac[6];
	uint64_t number;
	struct addr a;

	if (kind == KIND_NAME)
		return name_span(n, v, out);
	if (is_addr(kind)) {
		if (!addr_of(kind, v, &a))
			return false;
		*out = nf_span_of_addrs(&a, &a);
		return true;
	}
	if (kind == KIND_MAC) {
		if (!json_is_string(v) || !nf_mac_of(slice_of(json_string_value(v)), mac))
			return false;
		out->lo = out->hi = nf_value_of_mac(mac);
		return true;
	}
	if (!number_of(kind, v, &number))
		return false;
	*out = number_span(kind, number, number);
	return true;
}

static bool prefix_span(struct nft *n, enum nft_kind kind, const json_t *v, struct nf_span *out)
{
	json_int_t bits = json_integer_value(json_object_get(v, "len"));
	struct prefix p;
	struct addr last;

	if (!is_addr(kind) || !addr_of(kind, json_object_get(v, "addr"), &p.addr))
		return false;
	if (bits < 0 || bits > (kind == KIND_ADDR4 ? 32 : 128))
		return nft_bad(n, "a prefix of %lld bits", (long long)bits);
	p.bits = (uint8_t)bits;
	*out = nf_span_of_prefix(&p);
	last = nf_value_addr(&out->hi, p.addr.family);
	/* Of a first address with bits behind the prefix. */
	for (unsigned i = p.bits; i < (kind == KIND_ADDR4 ? 32 : 128); i++)
		p.addr.bytes[i / 8] &= (uint8_t) ~(0x80 >> i % 8);
	*out = nf_span_of_addrs(&p.addr, &last);
	return true;
}

static bool range_span(struct nft *n, enum nft_kind kind, const json_t *v, struct nf_span *out)
{
	struct nf_span lo, hi;

	if (!nft_span(n, kind, json_array_get(v, 0), &lo) ||
	    !nft_span(n, kind, json_array_get(v, 1), &hi))
		return false;
	if (nf_value_compare(&lo.lo, &hi.hi) > 0)
		return nft_bad(n, "a range that ends before it begins");
	*out = (struct nf_span){lo.lo, hi.hi};
	return true;
}

bool nft_is_of_bits(enum nft_kind kind)
{
	return kind == KIND_TCP_FLAGS || kind == KIND_STATUS;
}

static bool bits_span(enum nft_kind kind, const json_t *v, struct nf_span *out)
{
	uint32_t bits;

	if (!nft_bits(kind, v, &bits))
		return false;
	*out = nf_span_of_number(bits, bits);
	return true;
}

bool nft_span(struct nft *n, enum nft_kind kind, const json_t *v, struct nf_span *out)
{
	json_t *inner;
	const char *key = nft_only_key(v, &inner);

	if (nft_is_of_bits(kind))
		return bits_span(kind, v, out);
	if (!key)
		return !json_is_object(v) && one_span(n, kind, v, out);
	if (strcmp(key, "prefix") == 0)
		return prefix_span(n, kind, inner, out);
	if (strcmp(key, "range") == 0)
		return range_span(n, kind, inner, out);
	return false;
}

struct nf_span nft_any(enum nft_kind kind)
{
	static const uint8_t last[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	const struct prefix all = {.addr.family = kind == KIND_ADDR4 ? 4 : 6};

	if (is_addr(kind))
		return nf_span_of_prefix(&all);
	if (kind == KIND_NAME)
		return nf_span_of_name(slice_of(""), true);
	if (kind == KIND_MAC)
		return (struct nf_span){nf_value_of_number(0), nf_value_of_mac(last)};
	return nf_span_of_number(0, UINT64_MAX);
}

static bool join_bits(enum nft_kind kind, const json_t *list, uint32_t *bits)
{
	size_t i;
	json_t *one;

	*bits = 0;
	json_array_foreach(list, i, one)
	{
		uint32_t more;

		if (!nft_bits(kind, one, &more))
			return false;
		*bits |= more;
	}
	return json_is_array(list);
}

bool nft_bits(enum nft_kind kind, const json_t *v, uint32_t *bits)
{
	json_t *inner;
	const char *key = nft_only_key(v, &inner);
	uint64_t number;

	if (key)
		return strcmp(key, "|") == 0 && join_bits(kind, inner, bits);
	if (json_is_array(v))
		return join_bits(kind, v, bits);
	if (!number_of(kind, v, &number) || number > UINT32_MAX)
		return false;
	*bits = (uint32_t)number;
	return true;
}
