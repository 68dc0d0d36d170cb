/* SPDX-License-Identifier: ISC */
#include "base/arena.h"

#include <stdarg.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 20 };

struct block {
	struct block *next;
	size_t room, used;
	alignas(max_align_t) unsigned char bytes[];
};

struct arena {
	struct block *now; /* the newest comes first */
	size_t held;
};

struct arena *arena_new(void)
{
	return mem_new(1, sizeof(struct arena));
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	while (a->now) {
		struct block *b = a->now;

		a->now = b->next;
		free(b);
	}
	free(a);
}

static struct block *add_block(struct arena *a, size_t wanted)
{
	size_t room = a->now ? a->now->room * 2 : FIRST_BLOCK;
	struct block *b;

	if (room > LARGEST_BLOCK)
		room = LARGEST_BLOCK;
	if (room < wanted)
		room = wanted;
	b = mem_new(1, sizeof(*b) + room);
	b->room = room;
	b->next = a->now;
	a->now = b;
	a->held += room;
	return b;
}

void *arena_get(struct arena *a, size_t count, size_t size)
{
	struct block *b = a->now;
	size_t wanted;
	void *p;

	if (size && count > SIZE_MAX / 4 / size)
		BUG("%zu x %zu bytes of an arena", count, size);
	wanted = count * size;
	wanted = (wanted + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	if (!b || b->room - b->used < wanted)
		b = add_block(a, wanted);
	p = b->bytes + b->used;
	b->used += wanted;
	return p;
}

char *arena_copy(struct arena *a, struct slice s)
{
	char *p = arena_get(a, s.n + 1, 1);

	if (s.n)
		memcpy(p, s.p, s.n);
	return p;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		BUG("format \"%s\"", fmt);
	p = arena_get(a, (size_t)n + 1, 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return p;
}

size_t arena_size(const struct arena *a)
{
	return a->held;
}
