/* SPDX-License-Identifier: ISC
 *
 * An outcome in plain words, the same in every report for people. Escaped for a terminal where a
 * part of it came from outside.
 */
#pragma once

#include "base/buf.h"
#include "model/outcome.h"

/* "10.0.0.5:22", "[2001:db8::5]:22", "db1 10.0.0.5:22", "db1:22" where there is no address. */
void words_target(const struct outcome *o, struct buf *out);

/* By whom, how, what remains possible, how long: "10.0.0.1 answered: administratively prohibited
 * (icmp 3/13); 0.41 ms". */
void words_outcome(const struct outcome *o, struct buf *out);

/* "a hop between here and the target, or the target's own firewall"; nothing without candidates. */
void words_candidates(const struct outcome *o, struct buf *out);

/* "0.41 ms", "12 ms" */
void words_duration(uint32_t us, struct buf *out);
