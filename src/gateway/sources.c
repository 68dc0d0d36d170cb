/* SPDX-License-Identifier: ISC */
#include "gateway/sources.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"

enum { MINUTE_US = 60 * 1000 * 1000 };

struct source {
	struct addr addr;
	unsigned open, ports;
	unsigned begun; /* since `minute` */
	struct mono minute;
	struct source *next;
};

static struct addr subscriber(const struct addr *a)
{
	struct addr s = *a;

	if (s.family == 6)
		memset(s.bytes + 8, 0, 8);
	return s;
}

static struct source **slot_of(const struct sources *s, const struct addr *a)
{
	return &s->slots[hash_bytes(a->bytes, sizeof(a->bytes), a->family) % s->room];
}

static bool is_stale(const struct source *x, struct mono now)
{
	return !x->open && now.us - x->minute.us > MINUTE_US;
}

/* Twice the slots, without those that nobody asks for any more. */
static void grow(struct sources *s, struct mono now)
{
	struct sources old = *s;

	s->room = old.room ? old.room * 2 : 64;
	s->slots = mem_new(s->room, sizeof(struct source *));
	for (size_t i = 0; i < old.room; i++) {
		for (struct source *x = old.slots[i], *next; x; x = next) {
			struct source **slot = slot_of(s, &x->addr);

			next = x->next;
			if (is_stale(x, now)) {
				free(x);
				s->n--;
				continue;
			}
			x->next = *slot;
			*slot = x;
		}
	}
	free(old.slots);
}

void sources_release(struct sources *s)
{
	for (size_t i = 0; i < s->room; i++)
		for (struct source *x = s->slots[i], *next; x; x = next) {
			next = x->next;
			free(x);
		}
	free(s->slots);
	*s = (struct sources){NULL, 0, 0};
}

static struct source *find(const struct sources *s, const struct addr *a)
{
	struct source *x = s->room ? *slot_of(s, a) : NULL;

	while (x && !addr_equal(&x->addr, a))
		x = x->next;
	return x;
}

static struct source *find_or_add(struct sources *s, const struct addr *a, struct mono now)
{
	struct source *x = find(s, a), **slot;

	if (x)
		return x;
	if (s->n >= s->room)
		grow(s, now);
	slot = slot_of(s, a);
	x = mem_new(1, sizeof(*x));
	*x = (struct source){.addr = *a, .minute = now, .next = *slot};
	*slot = x;
	s->n++;
	return x;
}

const char *sources_enter(struct sources *s, const struct gate_limits *l, const struct addr *a,
			  struct mono now)
{
	struct addr who = subscriber(a);
	struct source *x = find_or_add(s, &who, now);

	if (now.us - x->minute.us > MINUTE_US) {
		x->minute = now;
		x->begun = 0;
	}
	if (l->per_source && x->open >= l->per_source)
		return "too many conversations of this address";
	if (l->per_minute && x->begun >= l->per_minute)
		return "too many new conversations of this address in a minute";
	x->open++;
	x->begun++;
	return NULL;
}

bool sources_take_port(struct sources *s, const struct addr *a, size_t n_free, size_t n)
{
	const struct addr who = subscriber(a);
	struct source *x = find(s, &who);
	size_t last = n / 8 ? n / 8 : 1;

	if (!x || (n && x->ports && n_free <= last))
		return false;
	x->ports++;
	return true;
}

void sources_give_port(struct sources *s, const struct addr *a)
{
	const struct addr who = subscriber(a);
	struct source *x = find(s, &who);

	if (!x || !x->ports)
		BUG("a port is given back that was not taken");
	x->ports--;
}

void sources_leave(struct sources *s, const struct addr *a)
{
	struct addr who = subscriber(a);
	struct source *x = find(s, &who);

	if (!x || !x->open)
		BUG("an address leaves that never came");
	x->open--;
}
