/* SPDX-License-Identifier: ISC */
#include "policy/space_frame.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/mem.h"

/* An address as a number: one comparison or two, whatever the family. */
struct wide {
	uint64_t high, low;
};

/* The first address of each piece, sorted after the seal; the first piece begins at 0. */
struct cuts {
	struct wide *items; /* owned */
	size_t n, room;
};

struct space_frame {
	struct cuts cuts[2]; /* by family */
	struct arena *names;
	struct map interfaces;
	uint32_t n_interfaces;
	bool sealed;
};

static uint64_t big_endian(const uint8_t *p, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v = v << 8 | p[i];
	return v;
}

static struct wide wide_of(const struct addr *a)
{
	if (a->family == 4)
		return (struct wide){0, big_endian(a->bytes, 4)};
	return (struct wide){big_endian(a->bytes, 8), big_endian(a->bytes + 8, 8)};
}

static struct addr addr_of(struct wide w, uint32_t family)
{
	struct addr a = {.family = family == SPACE_IPV4 ? 4 : 6};
	size_t n = family == SPACE_IPV4 ? 4 : 16;

	for (size_t i = 0; i < n; i++)
		a.bytes[n - 1 - i] = (uint8_t)((i < 8 ? w.low : w.high) >> (i % 8 * 8));
	return a;
}

static struct wide largest(uint32_t family)
{
	return family == SPACE_IPV4 ? (struct wide){0, UINT32_MAX}
				    : (struct wide){UINT64_MAX, UINT64_MAX};
}

static int wide_compare(struct wide a, struct wide b)
{
	if (a.high != b.high)
		return a.high < b.high ? -1 : 1;
	return a.low == b.low ? 0 : a.low < b.low ? -1 : 1;
}

static int by_address(const void *a, const void *b)
{
	return wide_compare(*(const struct wide *)a, *(const struct wide *)b);
}

static struct wide one_more(struct wide w)
{
	w.low++;
	w.high += w.low == 0;
	return w;
}

static struct wide one_less(struct wide w)
{
	w.high -= w.low == 0;
	w.low--;
	return w;
}

static uint32_t family_of(const struct addr *a)
{
	if (a->family != 4 && a->family != 6)
		BUG("an address of family %u", a->family);
	return a->family == 4 ? SPACE_IPV4 : SPACE_IPV6;
}

static void add_cut(struct cuts *c, struct wide w)
{
	if (c->n == c->room) {
		c->room = c->room ? 2 * c->room : 16;
		c->items = mem_resize(c->items, c->room, sizeof(*c->items));
	}
	c->items[c->n++] = w;
}

struct space_frame *space_frame_new(void)
{
	struct space_frame *f = mem_new(1, sizeof(*f));

	f->names = arena_new();
	f->n_interfaces = SPACE_FIRST_INTERFACE;
	for (uint32_t family = SPACE_IPV4; family <= SPACE_IPV6; family++)
		add_cut(&f->cuts[family], (struct wide){0, 0});
	return f;
}

void space_frame_free(struct space_frame *f)
{
	if (!f)
		return;
	for (uint32_t family = SPACE_IPV4; family <= SPACE_IPV6; family++)
		free(f->cuts[family].items);
	map_release(&f->interfaces);
	arena_free(f->names);
	free(f);
}

void space_frame_add(struct space_frame *f, const struct addr *lo, const struct addr *hi)
{
	uint32_t family = family_of(lo);
	struct wide from = wide_of(lo), to = wide_of(hi);

	if (f->sealed || family_of(hi) != family || wide_compare(from, to) > 0)
		BUG("no range for this frame");
	add_cut(&f->cuts[family], from);
	if (wide_compare(to, largest(family)) != 0)
		add_cut(&f->cuts[family], one_more(to));
}

static struct addr last_of(const struct prefix *p)
{
	struct addr a = p->addr;
	unsigned bits = a.family == 4 ? 32 : 128;

	for (unsigned bit = p->bits; bit < bits; bit++)
		a.bytes[bit / 8] |= (uint8_t)(0x80u >> bit % 8);
	return a;
}

void space_frame_add_prefix(struct space_frame *f, const struct prefix *p)
{
	struct addr last = last_of(p);

	space_frame_add(f, &p->addr, &last);
}

uint32_t space_frame_add_interface(struct space_frame *f, struct slice name)
{
	const uint32_t *known = map_find(&f->interfaces, name);
	uint32_t *id;

	if (known)
		return *known;
	if (f->sealed)
		BUG("an interface after the seal");
	id = ARENA_NEW(f->names, uint32_t);
	*id = f->n_interfaces++;
	map_add(&f->interfaces, (struct slice){arena_copy(f->names, name), name.n}, id);
	return *id;
}

void space_frame_seal(struct space_frame *f)
{
	for (uint32_t family = SPACE_IPV4; family <= SPACE_IPV6; family++) {
		struct cuts *c = &f->cuts[family];
		size_t kept = 0;

		qsort(c->items, c->n, sizeof(*c->items), by_address);
		for (size_t i = 0; i < c->n; i++)
			if (i == 0 || wide_compare(c->items[kept - 1], c->items[i]) != 0)
				c->items[kept++] = c->items[i];
		c->n = kept;
	}
	f->sealed = true;
}

struct space_range space_frame_family(const struct space_frame *f, uint32_t family)
{
	uint32_t n4 = (uint32_t)f->cuts[SPACE_IPV4].n;

	if (family == SPACE_IPV4)
		return (struct space_range){0, n4 - 1};
	return (struct space_range){n4, n4 + (uint32_t)f->cuts[SPACE_IPV6].n - 1};
}

/* The last cut that is not above. */
static size_t piece_of(const struct cuts *c, struct wide w)
{
	size_t lo = 0, hi = c->n;

	while (hi - lo > 1) {
		size_t middle = lo + (hi - lo) / 2;

		if (wide_compare(c->items[middle], w) <= 0)
			lo = middle;
		else
			hi = middle;
	}
	return lo;
}

static struct wide piece_end(const struct space_frame *f, uint32_t family, size_t piece)
{
	const struct cuts *c = &f->cuts[family];

	return piece + 1 < c->n ? one_less(c->items[piece + 1]) : largest(family);
}

uint32_t space_frame_rank(const struct space_frame *f, const struct addr *a)
{
	uint32_t family = family_of(a);

	if (!f->sealed)
		BUG("a rank before the seal");
	return space_frame_family(f, family).lo + (uint32_t)piece_of(&f->cuts[family], wide_of(a));
}

struct space_range space_frame_find(const struct space_frame *f, const struct addr *lo,
				    const struct addr *hi)
{
	struct space_range r = {space_frame_rank(f, lo), space_frame_rank(f, hi)};
	uint32_t family = family_of(lo), base = space_frame_family(f, family).lo;

	if (wide_compare(f->cuts[family].items[r.lo - base], wide_of(lo)) != 0 ||
	    wide_compare(piece_end(f, family, r.hi - base), wide_of(hi)) != 0)
		BUG("a range that the frame does not have");
	return r;
}

struct space_range space_frame_find_prefix(const struct space_frame *f, const struct prefix *p)
{
	struct addr last = last_of(p);

	return space_frame_find(f, &p->addr, &last);
}

static struct space_range within(struct space_range r, struct space_range of)
{
	return (struct space_range){r.lo < of.lo ? of.lo : r.lo, r.hi > of.hi ? of.hi : r.hi};
}

void space_frame_addrs(const struct space_frame *f, uint32_t family, struct space_range ranks,
		       struct addr *lo, struct addr *hi)
{
	struct space_range all = space_frame_family(f, family), r = within(ranks, all);

	if (r.lo > r.hi)
		BUG("ranks of the other family");
	*lo = addr_of(f->cuts[family].items[r.lo - all.lo], family);
	*hi = addr_of(piece_end(f, family, r.hi - all.lo), family);
}

uint32_t space_frame_last(const struct space_frame *f, enum space_field field)
{
	static const uint32_t last[SPACE_FIELDS] = {
		[SPACE_FAMILY] = SPACE_IPV6,
		[SPACE_STATE] = SPACE_STATES - 1,
		[SPACE_DIRECTION] = SPACE_DIRECTIONS - 1,
		[SPACE_PROTO] = 255,
		[SPACE_TO_PORT] = 65535,
		[SPACE_FROM_PORT] = 65535,
	};

	if (field == SPACE_IN || field == SPACE_OUT)
		return f->n_interfaces - 1;
	if (field == SPACE_TO || field == SPACE_FROM)
		return space_frame_family(f, SPACE_IPV6).hi;
	return last[field];
}

static double number_of(struct wide w)
{
	return (double)w.high * 0x1p64 + (double)w.low;
}

double space_frame_count(const struct space_frame *f, struct space_range ranks)
{
	double n = 0;

	for (uint32_t family = SPACE_IPV4; family <= SPACE_IPV6; family++) {
		struct space_range all = space_frame_family(f, family), r = within(ranks, all);
		struct wide first, last;

		if (r.lo > r.hi)
			continue;
		first = f->cuts[family].items[r.lo - all.lo];
		last = piece_end(f, family, r.hi - all.lo);
		/* The difference as integers: doubles would lose small ranges of IPv6. */
		last.high -= first.high + (last.low < first.low);
		last.low -= first.low;
		n += number_of(last) + 1;
	}
	return n;
}
