/* SPDX-License-Identifier: ISC
 *
 * From a string to a pointer. Keys are borrowed and must outlive the map. The hash is keyed with
 * a number of the process's own, so that a hostile file cannot make it slow.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

struct map_slot;
struct map {
	struct map_slot *slots; /* owned */
	size_t room, n;
};

void map_release(struct map *m);
/* False, and nothing changed, where the key is there already. */
bool map_add(struct map *m, struct slice key, void *value);
void *map_find(const struct map *m, struct slice key); /* NULL: not there */

/* hash_bytes: not secret, not stable across runs. hash_stable: for ids, the same everywhere. */
uint64_t hash_bytes(const void *p, size_t n, uint64_t seed);
uint64_t hash_stable(const void *p, size_t n, uint64_t seed);
void hash_set_key(uint64_t key); /* once, at start-up, from the system's random numbers */
