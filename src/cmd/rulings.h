/* SPDX-License-Identifier: ISC
 *
 * What the collected rulesets (--bundle) say of each flow of a plan.
 */
#pragma once

#include "cmd/boxes.h"
#include "cmd/command.h"
#include "model/judge.h"

/* By flow, in the arena; *out NULL where no bundle is given. 0, or the exit code after a
 * message. */
int rulings_find(const struct arguments *args, const struct plan *plan, struct arena *arena,
		 const struct ruling **out);
/* The same of boxes that are loaded already. */
const struct ruling *rulings_make(const struct plan *plan, const struct boxes *boxes,
				  struct arena *arena);
