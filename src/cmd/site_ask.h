/* SPDX-License-Identifier: ISC
 *
 * The questions of `portolan site new` on a terminal: only what the options did not say. An empty
 * answer takes what stands in square brackets, or leaves the line to be filled in later.
 */
#pragma once

#include "base/arena.h"
#include "doc/site_new.h"

/* The answers join the words of s; their text lives in the arena. */
void site_ask(struct site_new *s, struct arena *a);
