/* SPDX-License-Identifier: ISC
 *
 * What policy apply is to load: derived from a site, or files.
 */
#pragma once

#include "cmd/apply_try.h"
#include "cmd/command.h"

/* Into a->nft, or a->v4 and a->v6, and a->name. 0, or the exit code after a message. */
int apply_rules(const struct arguments *args, struct apply *a);
