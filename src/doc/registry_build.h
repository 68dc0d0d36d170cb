/* SPDX-License-Identifier: ISC
 *
 * A registry's table, put together row by row, and its form in a file: a head, then the very arrays
 * of struct registry, in this machine's byte order, so that reading is checking. It is a cache of
 * what another document said, never exchanged between machines.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"
#include "model/registry.h"

struct registry_build {
	struct arena *arena;
	struct buf *pool;
	struct map offsets;	      /* of each string that is in the pool */
	struct registry_record *rows; /* owned */
	size_t n, room;
};

void registry_build_init(struct registry_build *b, struct arena *arena, struct buf *pool);
/* Rows come in the order in which a number's names are to be shown. One that differs from an
 * earlier one of the same number only in its transports is joined with it. Strings must outlive the
 * build. */
void registry_build_add(struct registry_build *b, struct port_range ports, unsigned on,
			enum fact_kind kind, struct slice word, struct slice text);
/* Sorts and indexes; the table lives in the arena and borrows pool, source and date. Releases the
 * build in any case. More rows than a table can index: ERR_LIMIT. */
MUST_USE int registry_build_finish(struct registry_build *b, const char *source, const char *date,
				   struct registry *out, struct err *err);
void registry_build_release(struct registry_build *b);

enum { REGISTRY_SOURCE_MAX = 64, REGISTRY_DATE_MAX = 16 }; /* with the NUL */

void registry_format(const struct registry *r, struct buf *out);
/* The table borrows the bytes, which must be aligned as malloc's are. Anything that is not a table
 * of this version, made on this kind of machine, is an error; no byte is believed unchecked. */
MUST_USE int registry_parse(const char *file, struct slice bytes, struct registry *out,
			    struct err *err);
