/* SPDX-License-Identifier: ISC
 *
 * Takes back what joining many sets has left behind, while it goes on. Only the one who joins knows
 * what is still wanted; what was in the space before it began stays for good. Handles stay as they
 * are: nodes keep their slots, only the edges move together.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct space;

enum { SPACE_ROOTS = 64 };

struct space_collector {
	struct space *space;
	bool *kept;		     /* owned: the nodes that were there before, by index */
	size_t n_kept;		     /* slots of nodes then */
	size_t at;		     /* collect when there are more edges */
	uint32_t roots[SPACE_ROOTS]; /* sets that are wanted */
	size_t n_roots;
};

void space_collector_init(struct space_collector *c, struct space *s);
void space_collector_release(struct space_collector *c);
/* Between operations: collect, if it is worth it. */
void space_collector_step(struct space_collector *c);
/* The last time, more eagerly: what is left stays in the space. */
void space_collector_finish(struct space_collector *c);
