/* SPDX-License-Identifier: ISC
 *
 * What identify and audit remember of a port from one run to the next (store/memory.h). What cannot
 * be read or kept is told once on standard error, and changes nothing else.
 */
#pragma once

#include "probe/engine.h"
#include "store/memory.h"

struct outcome;
struct sighting;

struct remember {
	struct memory *memory; /* NULL: nothing is */
	struct recall recall;  /* for the tasks */
};

void remember_start(struct remember *r);
void remember_note(struct remember *r, const struct outcome *o, const struct sighting *seen);
void remember_stop(struct remember *r);
