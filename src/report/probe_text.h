/* SPDX-License-Identifier: ISC
 *
 * The report of a probe for people: the answer in one sentence, what the names are, a line a
 * port, or one for many ports in a row that say the same.
 */
#pragma once

#include "base/buf.h"
#include "model/outcome.h"

struct outcome_list {
	struct outcome *items; /* owned by whoever filled it */
	size_t n, room;
};

/* names: lines about the names, "" for none; already escaped. */
void probe_text(const struct outcome_list *outcomes, const char *names, struct buf *out);
