/* SPDX-License-Identifier: ISC */
#include "base/addr.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"

static unsigned family_bits(const struct addr *a)
{
	return a->family == 4 ? 32 : 128;
}

/* inet_pton(3) accepts what we want and nothing else, but needs a NUL. */
bool addr_parse(struct slice s, struct addr *a)
{
	char text[ADDR_TEXT_MAX];

	memset(a, 0, sizeof(*a));
	if (s.n == 0 || s.n >= sizeof(text) || memchr(s.p, '\0', s.n))
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	if (inet_pton(AF_INET, text, a->bytes) == 1)
		a->family = 4;
	else if (inet_pton(AF_INET6, text, a->bytes) == 1)
		a->family = 6;
	return a->family != 0;
}

const char *addr_text(const struct addr *a, char text[ADDR_TEXT_MAX])
{
	if (!a->family ||
	    !inet_ntop(a->family == 4 ? AF_INET : AF_INET6, a->bytes, text, ADDR_TEXT_MAX))
		text[0] = '\0';
	return text;
}

void addr_format(const struct addr *a, struct buf *out)
{
	char text[ADDR_TEXT_MAX];

	buf_add_text(out, addr_text(a, text));
}

int addr_compare(const struct addr *a, const struct addr *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

bool addr_equal(const struct addr *a, const struct addr *b)
{
	return addr_compare(a, b) == 0;
}

static bool bit_prefix_equal(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	if (memcmp(a, b, whole) != 0)
		return false;
	return rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

bool prefix_has(const struct prefix *p, const struct addr *a)
{
	return p->addr.family == a->family && bit_prefix_equal(p->addr.bytes, a->bytes, p->bits);
}

bool prefix_has_prefix(const struct prefix *outer, const struct prefix *inner)
{
	return outer->bits <= inner->bits && prefix_has(outer, &inner->addr);
}

struct prefix prefix_of_addr(const struct addr *a)
{
	return (struct prefix){*a, (uint8_t)family_bits(a)};
}

static bool has_host_bits(const struct prefix *p)
{
	for (unsigned i = p->bits; i < family_bits(&p->addr); i++)
		if (p->addr.bytes[i / 8] & (0x80 >> (i % 8)))
			return true;
	return false;
}

bool prefix_parse(struct slice s, struct prefix *p, bool *host_bits)
{
	struct slice address;
	uint64_t bits;

	*host_bits = false;
	if (!slice_cut(&s, '/', &address) || !addr_parse(address, &p->addr))
		return false;
	if (!s.p) {
		p->bits = (uint8_t)family_bits(&p->addr);
		return true;
	}
	if (!slice_number(s, family_bits(&p->addr), &bits) || (s.n > 1 && s.p[0] == '0'))
		return false;
	p->bits = (uint8_t)bits;
	*host_bits = has_host_bits(p);
	return !*host_bits;
}

const char *prefix_text(const struct prefix *p, char text[PREFIX_TEXT_MAX])
{
	size_t n;

	addr_text(&p->addr, text);
	n = strlen(text);
	if (p->bits != family_bits(&p->addr))
		snprintf(text + n, PREFIX_TEXT_MAX - n, "/%u", p->bits);
	return text;
}

int prefix_compare(const struct prefix *a, const struct prefix *b)
{
	int c = addr_compare(&a->addr, &b->addr);

	return c ? c : (int)a->bits - (int)b->bits;
}

bool prefix_equal(const struct prefix *a, const struct prefix *b)
{
	return prefix_compare(a, b) == 0;
}
