/* SPDX-License-Identifier: ISC
 *
 * "Dropped" must not be our own doing, nor bad luck: what kept silent while others were answered is
 * tried again, slower, where the silence does not convince. That is where losses alone may have
 * made it (outcome.bad_luck), and where a single try at leisure was answered (answers_later):
 * something on the way lets only so many new connections through.
 */
#pragma once

#include "cmd/trial.h"

/* How fast the run was answered, and what follows. */
struct second_look {
	size_t answered;    /* outcomes of the run so far that are no silence */
	int64_t elapsed_ms; /* which took so long */
	unsigned rate;	    /* new connections a second of the next round; 0: none yet */
	unsigned rounds;
};

/* Those that are still in doubt are tried again; what comes takes the old one's place in
 * t->outcomes, and *n says how many were tried: 0 where all convinces, or enough was tried. The
 * outcomes that are new are left in `fresh`, for who is in the way of them; theirs is the caller's
 * to free. */
MUST_USE int second_look(struct second_look *s, struct trial *t, const volatile int *interrupted,
			 struct outcome **fresh, size_t *n, struct err *err);
/* Back to where they came from. */
void second_look_put_back(struct trial *t, const struct outcome *fresh, size_t n);
