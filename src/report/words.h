/* SPDX-License-Identifier: ISC
 *
 * An outcome in plain words, the same in every report for people. Escaped for a terminal where a
 * part of it came from outside.
 */
#pragma once

#include "base/buf.h"
#include "model/judge.h"

/* "10.0.0.5:22", "[2001:db8::5]:22", "db1 10.0.0.5:22", "db1:22" where there is no address. */
void words_target(const struct outcome *o, struct buf *out);

/* By whom, how, what remains possible, how long: "10.0.0.1 answered: administratively prohibited
 * (icmp 3/13); 0.41 ms". */
void words_outcome(const struct outcome *o, struct buf *out);

/* "a hop between here and the target, or the target's own firewall"; nothing without candidates. */
void words_candidates(const struct outcome *o, struct buf *out);

/* "0.41 ms", "12 ms" */
void words_duration(uint32_t us, struct buf *out);

/* Wall clock in ms since 1970, in UTC: "2026-11-20 08:14 UTC". */
void words_time(int64_t ms, struct buf *out);

/* Whose move it is: "network team (fw1)", "the server's administrator"; nothing where nobody can
 * make one. Not escaped. owner, device: NULL where they are not known. */
void words_turn(enum turn turn, const char *owner, const char *device, struct buf *out);
