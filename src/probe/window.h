/* SPDX-License-Identifier: ISC
 *
 * How many probes may wait for an answer of one target at once. Each answer makes room for one
 * more, so that a target gets what it answers; where more than one try in WINDOW_LOSS_PART got
 * lost, it is halved after as many answers as it was wide. What is silent makes room as well, up to
 * a bound: there nothing tells what would be too much. Pure.
 */
#pragma once

#include <stdbool.h>

enum {
	WINDOW_MIN = 16,
	WINDOW_LOSS_PART = 8,
	WINDOW_SILENT = 2000, /* it grows no further on silence */
};

struct window {
	unsigned n, size;	     /* that wait, and how many may */
	unsigned answers, lost, end; /* since it was last judged; the answers when it is again */
};

void window_init(struct window *w, unsigned size);
bool window_is_full(const struct window *w);
void window_add_silence(struct window *w);
/* An answer, and so many tries before it to which none came. `most`: it grows no further. */
void window_add_answer(struct window *w, unsigned lost, unsigned most);
