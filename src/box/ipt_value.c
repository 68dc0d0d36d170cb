/* SPDX-License-Identifier: ISC
 *
 * Values of iptables' options, and the questions that are made of them.
 */
#include "box/ipt.h"

#include <stddef.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int hex_digit(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool hex_number(struct slice s, uint64_t max, uint64_t *n)
{
	*n = 0;
	for (size_t i = 0; i < s.n; i++) {
		int digit = hex_digit(s.p[i]);

		if (digit < 0 || *n > max >> 4)
			return false;
		*n = *n << 4 | (unsigned)digit;
	}
	return s.n && *n <= max;
}

int ipt_number(struct ipt *p, const struct ipt_word *w, struct slice s, uint64_t max, uint64_t *n)
{
	bool hex = slice_has_prefix(s, "0x"), good;

	if (!s.n || !is_digit(s.p[0]))
		return IPT_ODD;
	good = hex ? hex_number(slice_skip(s, 2), max, n) : slice_number(s, max, n);
	if (good)
		return 0;
	return ipt_bad(p, w, "a number of 0 to %llu is expected, not \"%.*s\"",
		       (unsigned long long)max, (int)s.n, s.p);
}

int ipt_range(struct ipt *p, const struct ipt_word *w, struct slice s, char sep, uint64_t max,
	      struct nf_span *span)
{
	uint64_t lo = 0, hi = max;
	struct slice first;
	int rc = 0;

	if (!s.n)
		return IPT_ODD;
	slice_cut(&s, sep, &first);
	if (first.n || !s.p)
		rc = ipt_number(p, w, first, max, &lo);
	if (!s.p)
		hi = lo;
	else if (s.n && !rc)
		rc = ipt_number(p, w, s, max, &hi);
	if (rc)
		return rc;
	if (lo > hi)
		return ipt_bad(p, w, "the range \"%.*s\" ends before it begins", (int)w->text.n,
			       w->text.p);
	*span = nf_span_of_number(lo, hi);
	return 0;
}

int ipt_masked(struct ipt *p, const struct ipt_word *w, uint32_t *value, uint32_t *mask)
{
	struct slice rest = w->text, first;
	uint64_t v, m = UINT32_MAX;
	int rc;

	slice_cut(&rest, '/', &first);
	rc = ipt_number(p, w, first, UINT32_MAX, &v);
	if (!rc && rest.p)
		rc = ipt_number(p, w, rest, UINT32_MAX, &m);
	if (rc)
		return rc;
	*value = (uint32_t)v;
	*mask = (uint32_t)m;
	return 0;
}

int ipt_addr(const struct ipt *p, struct slice s, struct addr *a)
{
	return addr_parse(s, a) && a->family == p->family ? 0 : IPT_ODD;
}

/* They stand as SADDR4, DADDR4, SADDR6, DADDR6. */
enum nf_key ipt_key(const struct ipt *p, enum nf_key key)
{
	return p->family == 4 ? key : key + (KEY_SADDR6 - KEY_SADDR4);
}

/* A question of one span; rules that ask the same share it. What stands before the set is its key
 * in the map. */
struct asked {
	struct nf_key_use key;
	struct nf_span span;
	struct nf_set set;
	struct nf_lookup lookup;
};

static struct asked *make_asked(struct ipt *p, const struct asked *of)
{
	struct asked *a = ARENA_NEW(p->b->arena, struct asked);

	a->key = of->key;
	a->span = of->span;
	a->set = (struct nf_set){.n_keys = 1, .n = 1, .spans = &a->span, .place = p->rule->place};
	a->lookup = (struct nf_lookup){.keys = &a->key, .set = &a->set};
	return a;
}

static void ask_one(struct ipt *p, struct nf_key_use key, struct nf_span span, bool negate)
{
	struct asked of = {.key = key, .span = span};
	struct slice name = {(const char *)&of, offsetof(struct asked, set)};
	struct asked *a = map_find(&p->asked, name);
	struct nf_cond *cond = ipt_ask_any_of(p, negate);

	if (!a) {
		a = make_asked(p, &of);
		name.p = (const char *)a;
		map_add(&p->asked, name, a);
	}
	cond->lookups.items = &a->lookup;
	cond->lookups.n = 1;
}

void ipt_ask(struct ipt *p, enum nf_key key, struct nf_span span, bool negate)
{
	ask_one(p, (struct nf_key_use){key, 0}, span, negate);
}

void ipt_ask_bits(struct ipt *p, enum nf_key key, uint32_t bits, bool negate)
{
	ask_one(p, (struct nf_key_use){key, bits}, nf_span_of_number(1, UINT32_MAX), negate);
}

void ipt_ask_always(struct ipt *p, bool so)
{
	if (!so)
		nf_ask_any(p->b, p->rule, (struct nf_key_use){KEY_FAMILY, 0}, NULL, 0, false);
}

void ipt_ask_masked(struct ipt *p, enum nf_key key, uint32_t value, uint32_t mask, bool negate)
{
	struct nf_key_use use = {key, mask == UINT32_MAX ? 0 : mask};

	if (mask)
		ask_one(p, use, nf_span_of_number(value, value), negate);
	else
		ipt_ask_always(p, (value == 0) != negate);
}

struct nf_cond *ipt_ask_any_of(struct ipt *p, bool negate)
{
	struct nf_cond *cond = &nf_add_step(p->b, p->rule, STEP_IF)->cond;

	cond->negate = negate;
	return cond;
}

void ipt_add_lookup(struct ipt *p, struct nf_cond *cond, const struct nf_set *set,
		    const struct nf_key_use *keys)
{
	struct nf_lookup *l = list_add(p->b->arena, &cond->lookups, sizeof(*l));

	*l = nf_make_lookup(p->b, set, keys);
}

const struct nf_set *ipt_list(struct ipt *p, const struct nf_span *spans, size_t n)
{
	struct nf_set *set = ARENA_NEW(p->b->arena, struct nf_set);
	struct nf_span *copy = ARENA_ARRAY(p->b->arena, struct nf_span, n);

	for (size_t i = 0; i < n; i++)
		copy[i] = spans[i];
	*set = (struct nf_set){.n_keys = 1, .n = n, .spans = copy, .place = p->rule->place};
	return set;
}

void ipt_add_nothing(struct ipt *p, struct nf_cond *cond)
{
	ipt_add_lookup(p, cond, ipt_list(p, NULL, 0), &(struct nf_key_use){KEY_FAMILY, 0});
}
