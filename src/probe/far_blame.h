/* SPDX-License-Identifier: ISC
 *
 * From what one side saw and what the far side saw to the outcome of both. Pure: every case is a
 * row of a table (tests/unit/t_far_blame.c). Where both together do not decide, the candidates are
 * exactly those that remain.
 */
#pragma once

#include "model/outcome.h"
#include "probe/far.h"

struct far_case {
	const struct outcome *alone; /* what came of it before, without the far side */
	struct far_view view;	     /* of the second try */
	bool is_first;	    /* there was none before: `alone` is the one that the view is of */
	enum far_seen left; /* the second try left this host: its own packet filter let it out */
};

/* In: o is what the second try came to. Out: what follows from all of it. Where the second try was
 * not made, or came to the same and the far side has nothing to add, o is as `alone` was. */
void far_blame(const struct far_case *c, struct outcome *o);
