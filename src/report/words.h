/* SPDX-License-Identifier: ISC
 *
 * An outcome in plain words, the same in every report for people. Escaped for a terminal where a
 * part of it came from outside.
 */
#pragma once

#include "base/buf.h"
#include "model/outcome.h"

/* "10.0.0.5:22", "[2001:db8::5]:22", "db1:22" where there is no address, "db1 10.0.0.5:22". */
void words_target(const struct outcome *o, struct buf *out);

/* By whom and how, without the state: "by 10.0.0.1, a hop on the way: administratively prohibited". */
void words_outcome(const struct outcome *o, struct buf *out);

/* "somewhere between here and the target, or the target's own firewall"; nothing without candidates. */
void words_candidates(const struct outcome *o, struct buf *out);

/* "0.4 ms", "12 ms" */
void words_duration(uint32_t us, struct buf *out);
