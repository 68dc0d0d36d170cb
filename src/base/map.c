/* SPDX-License-Identifier: ISC */
#include "base/map.h"

#include <stdlib.h>

#include "base/mem.h"

struct map_slot {
	struct slice key;
	void *value;
	uint64_t hash;
	bool used;
};

static uint64_t process_key = 0x9e3779b97f4a7c15u;

void hash_set_key(uint64_t key)
{
	process_key = key;
}

/* FNV-1a with a final mix (the finaliser of splitmix64). */
uint64_t hash_stable(const void *p, size_t n, uint64_t seed)
{
	const unsigned char *b = p;
	uint64_t h = 0xcbf29ce484222325u ^ seed;

	for (size_t i = 0; i < n; i++)
		h = (h ^ b[i]) * 0x100000001b3u;
	h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9u;
	h = (h ^ (h >> 27)) * 0x94d049bb133111ebu;
	return h ^ (h >> 31);
}

/* Keyed before and inside the loop: without the key no set of colliding names can be prepared. */
uint64_t hash_bytes(const void *p, size_t n, uint64_t seed)
{
	const unsigned char *b = p;
	uint64_t h = process_key ^ seed ^ (n * 0xff51afd7ed558ccdu);

	while (n >= 8) {
		uint64_t w;

		memcpy(&w, b, 8);
		h = (h ^ w) * 0x9fb21c651e98df25u;
		h ^= h >> 32 ^ process_key;
		b += 8;
		n -= 8;
	}
	while (n--)
		h = (h ^ *b++) * 0x100000001b3u;
	h = (h ^ process_key ^ (h >> 30)) * 0xbf58476d1ce4e5b9u;
	h = (h ^ (h >> 27)) * 0x94d049bb133111ebu;
	return h ^ (h >> 31);
}

void map_release(struct map *m)
{
	free(m->slots);
	*m = (struct map){0};
}

static struct map_slot *slot_for(const struct map *m, struct slice key, uint64_t hash)
{
	size_t i = hash & (m->room - 1);

	while (m->slots[i].used && (m->slots[i].hash != hash || !slice_equal(m->slots[i].key, key)))
		i = (i + 1) & (m->room - 1);
	return &m->slots[i];
}

static void grow(struct map *m)
{
	struct map bigger = {.room = m->room ? m->room * 2 : 16, .n = m->n};

	bigger.slots = mem_new(bigger.room, sizeof(*bigger.slots));
	for (size_t i = 0; i < m->room; i++)
		if (m->slots[i].used)
			*slot_for(&bigger, m->slots[i].key, m->slots[i].hash) = m->slots[i];
	free(m->slots);
	*m = bigger;
}

bool map_add(struct map *m, struct slice key, void *value)
{
	uint64_t hash = hash_bytes(key.p, key.n, 0);
	struct map_slot *s;

	if (m->n * 4 >= m->room * 3)
		grow(m);
	s = slot_for(m, key, hash);
	if (s->used)
		return false;
	*s = (struct map_slot){key, value, hash, true};
	m->n++;
	return true;
}

void *map_find(const struct map *m, struct slice key)
{
	if (!m->n)
		return NULL;
	return slot_for(m, key, hash_bytes(key.p, key.n, 0))->value;
}
