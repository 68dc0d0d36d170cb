/* SPDX-License-Identifier: ISC
 *
 * An outcome, and a moment, in plain words, the same in every report. Not escaped: each writer has
 * its own escaper.
 */
#pragma once

#include "base/buf.h"
#include "model/judge.h"

/* "10.0.0.5:22", "[2001:db8::5]:22", "db1 10.0.0.5:22", "db1:22" where there is no address;
 * "udp 10.0.0.5:53", "ping 10.0.0.5". */
void words_target(const struct outcome *o, struct buf *out);

/* "open", "answered" of a ping, "open, then reset", ... */
const char *words_state(const struct outcome *o);

/* By whom, how, what remains possible, through what, what spoke, how long: "10.0.0.1 answered:
 * administratively prohibited (icmp 3/13); 0.41 ms". */
void words_outcome(const struct outcome *o, struct buf *out);

/* "a hop between here and the target, or the target's own firewall"; nothing without candidates. */
void words_candidates(const struct outcome *o, struct buf *out);

/* "0.41 ms", "12 ms" */
void words_duration(uint32_t us, struct buf *out);

/* Wall clock in ms since 1970, in UTC: "2026-11-20 08:14 UTC" for people,
 * "2026-11-20T08:14:00.123Z" (RFC 3339) for programs. */
void words_time(int64_t ms, struct buf *out);
void words_timestamp(int64_t ms, struct buf *out);

/* Whose move it is: "network team (fw1)", "the server's administrator"; nothing where nobody can
 * make one. Not escaped. owner, device: NULL where they are not known. */
void words_turn(enum turn turn, const char *owner, const char *device, struct buf *out);
