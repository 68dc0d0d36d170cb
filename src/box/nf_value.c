/* SPDX-License-Identifier: ISC */
#include "box/nf_value.h"

#include <string.h>

static const size_t NAME_MAX_BYTES = NF_VALUE_BYTES - 1;

struct nf_value nf_value_of_number(uint64_t n)
{
	struct nf_value v = {{0}};

	for (int i = 0; i < 8; i++)
		v.bytes[NF_VALUE_BYTES - 1 - i] = (uint8_t)(n >> 8 * i);
	return v;
}

struct nf_value nf_value_of_addr(const struct addr *a)
{
	struct nf_value v = {{0}};

	if (a->family == 4)
		memcpy(v.bytes + 12, a->bytes, 4);
	else
		memcpy(v.bytes, a->bytes, 16);
	return v;
}

struct nf_value nf_value_of_mac(const uint8_t mac[6])
{
	struct nf_value v = {{0}};

	memcpy(v.bytes + NF_VALUE_BYTES - 6, mac, 6);
	return v;
}

struct nf_value nf_value_of_name(struct slice name)
{
	struct nf_value v = {{0}};

	memcpy(v.bytes, name.p, name.n < NAME_MAX_BYTES ? name.n : NAME_MAX_BYTES);
	return v;
}

uint64_t nf_value_number(const struct nf_value *v)
{
	uint64_t n = 0;

	for (int i = 8; i < NF_VALUE_BYTES; i++)
		n = n << 8 | v->bytes[i];
	return n;
}

struct addr nf_value_addr(const struct nf_value *v, uint8_t family)
{
	struct addr a = {.family = family};

	if (family == 4)
		memcpy(a.bytes, v->bytes + 12, 4);
	else
		memcpy(a.bytes, v->bytes, 16);
	return a;
}

int nf_value_compare(const struct nf_value *a, const struct nf_value *b)
{
	return memcmp(a->bytes, b->bytes, NF_VALUE_BYTES);
}

struct nf_span nf_span_of_number(uint64_t lo, uint64_t hi)
{
	return (struct nf_span){nf_value_of_number(lo), nf_value_of_number(hi)};
}

struct nf_span nf_span_of_addrs(const struct addr *lo, const struct addr *hi)
{
	return (struct nf_span){nf_value_of_addr(lo), nf_value_of_addr(hi)};
}

struct nf_span nf_span_of_prefix(const struct prefix *p)
{
	struct addr last = p->addr;
	unsigned bits = p->addr.family == 4 ? 32 : 128;

	for (unsigned i = p->bits; i < bits; i++)
		last.bytes[i / 8] |= (uint8_t)(0x80 >> i % 8);
	return nf_span_of_addrs(&p->addr, &last);
}

struct nf_span nf_span_of_name(struct slice name, bool and_longer)
{
	struct nf_span s = {nf_value_of_name(name), nf_value_of_name(name)};

	if (and_longer && name.n < NF_VALUE_BYTES)
		memset(s.hi.bytes + name.n, 0xff, NF_VALUE_BYTES - name.n);
	return s;
}

bool nf_span_has(const struct nf_span *s, const struct nf_value *v)
{
	return nf_value_compare(&s->lo, v) <= 0 && nf_value_compare(v, &s->hi) <= 0;
}
