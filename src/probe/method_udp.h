/* SPDX-License-Identifier: ISC
 *
 * The method "udp": a protocol's own first message, and what comes back for it. Where no dialogue
 * is known, a message of our own, which a stand-in (`portolan listen`) answers.
 */
#pragma once

#include <stdbool.h>

#include "base/slice.h"

extern const struct method method_udp; /* needs no privilege; uses task.proto, task.what */

/* A stand-in answers a datagram with the same bytes, of which the first become these. */
#define UDP_STAND_IN "portolan"
bool udp_is_stand_in(struct slice sent, struct slice answer);

/* The first message of the dialogue; without one a message of our own, which a stand-in answers.
 * Empty: there is none that does no harm. */
struct proto;
struct proto_ask;
struct proto_out;
void udp_start(const struct proto *proto, const struct proto_ask *ask, void *state,
	       struct proto_out *out);
