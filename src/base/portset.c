/* SPDX-License-Identifier: ISC */
#include "base/portset.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

void portset_release(struct portset *s)
{
	free(s->items);
	*s = (struct portset){0};
}

/* The first range whose end is at or behind `port`; n where there is none. */
static size_t first_ending_at(const struct portset *s, uint32_t port)
{
	size_t lo = 0, hi = s->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (s->items[mid].hi < port)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Put `with` (count of them) in place of the items from..to-1. */
static void replace(struct portset *s, size_t from, size_t to, const struct port_range *with,
		    size_t count)
{
	size_t n = s->n - (to - from) + count;

	if (n > s->room) {
		s->room = n * 2;
		s->items = mem_resize(s->items, s->room, sizeof(*s->items));
	}
	if (s->n > to)
		memmove(s->items + from + count, s->items + to, (s->n - to) * sizeof(*s->items));
	for (size_t i = 0; i < count; i++)
		s->items[from + i] = with[i];
	s->n = n;
}

void portset_add(struct portset *s, struct port_range r)
{
	size_t from = first_ending_at(s, r.lo ? r.lo - 1u : 0), to = from;

	while (to < s->n && s->items[to].lo <= r.hi + 1u) {
		if (s->items[to].lo < r.lo)
			r.lo = s->items[to].lo;
		if (s->items[to].hi > r.hi)
			r.hi = s->items[to].hi;
		to++;
	}
	replace(s, from, to, &r, 1);
}

void portset_remove(struct portset *s, struct port_range r)
{
	size_t from = first_ending_at(s, r.lo), to = from, count = 0;
	struct port_range left[2];

	while (to < s->n && s->items[to].lo <= r.hi) {
		if (s->items[to].lo < r.lo)
			left[count++] = (struct port_range){s->items[to].lo, (uint16_t)(r.lo - 1)};
		if (s->items[to].hi > r.hi)
			left[count++] = (struct port_range){(uint16_t)(r.hi + 1), s->items[to].hi};
		to++;
	}
	if (from != to)
		replace(s, from, to, left, count);
}

bool portset_has_range(const struct portset *s, struct port_range r)
{
	size_t i = first_ending_at(s, r.lo);

	return i < s->n && port_range_inside(r, s->items[i]);
}

bool portset_has(const struct portset *s, uint16_t port)
{
	return portset_has_range(s, (struct port_range){port, port});
}

bool portset_equal(const struct portset *a, const struct portset *b)
{
	return a->n == b->n &&
	       (a->n == 0 || memcmp(a->items, b->items, a->n * sizeof(*a->items)) == 0);
}

size_t portset_count(const struct portset *s)
{
	size_t count = 0;

	for (size_t i = 0; i < s->n; i++)
		count += s->items[i].hi - s->items[i].lo + 1u;
	return count;
}

void port_range_format(struct port_range r, struct buf *out)
{
	if (r.lo == r.hi)
		buf_addf(out, "%u", r.lo);
	else
		buf_addf(out, "%u-%u", r.lo, r.hi);
}

void portset_format(const struct portset *s, struct buf *out)
{
	for (size_t i = 0; i < s->n; i++) {
		if (i)
			buf_add_char(out, ',');
		port_range_format(s->items[i], out);
	}
}

bool port_range_parse(struct slice s, struct port_range *r)
{
	struct slice first;
	uint64_t lo, hi;

	if (!slice_cut(&s, '-', &first) || !slice_number(first, 65535, &lo) || lo == 0)
		return false;
	hi = lo;
	if (s.p && (!slice_number(s, 65535, &hi) || hi < lo))
		return false;
	*r = (struct port_range){(uint16_t)lo, (uint16_t)hi};
	return true;
}
