/* SPDX-License-Identifier: ISC
 *
 * What a stand-in (portolan listen) answers to a datagram, and how a check knows it again: the same
 * bytes, the first eight of which are "portolan". An answer is as long as the question, so that
 * nobody can be flooded by way of a stand-in, and is no question that a stand-in would answer.
 */
#pragma once

#include <stdbool.h>

#include "base/slice.h"

enum { STAND_IN_MARK_MAX = 8 }; /* bytes; a shorter datagram gets as much of the mark as fits */

/* Writes in.n bytes to `out`, which may be where `in` is. False, and nothing is written, where
 * there must be no answer: an empty datagram, or one that begins as an answer does. */
bool stand_in_answer(struct slice in, void *out);

/* True: `got` is a stand-in's answer to `sent`. False also where the question was shorter than the
 * mark: so few bytes prove nothing. */
bool stand_in_is(struct slice sent, struct slice got);
