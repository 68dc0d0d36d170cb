/* SPDX-License-Identifier: ISC
 *
 * policy apply: a policy onto this box, in one transaction, which takes itself back unless somebody
 * says in time that it may stay. doc/architecture.md has the steps.
 */
#pragma once

#include "cmd/command.h"

int policy_apply(const struct arguments *args);
/* --confirmed, --undo: the word to one that waits for it, or of one that was killed. */
int policy_apply_answer(const struct arguments *args);
