/* SPDX-License-Identifier: ISC
 *
 * --least-exposure: the plan with the modes that let in least, and what that saves.
 */
#pragma once

#include "cmd/load.h"
#include "policy/exposure.h"

/* With --least-exposure the plan of `l` becomes the one with these modes, and *out what was found;
 * without it nothing changes, and *out is NULL. 0, or the exit code after the messages. */
int exposure_apply(const struct arguments *args, struct loaded *l,
		   const struct plan_options *options, struct least_exposure **out);
/* What it comes to: for people, or with --format jsonl. The exit code. */
int exposure_print(const struct arguments *args, const struct least_exposure *e);
