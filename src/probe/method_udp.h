/* SPDX-License-Identifier: ISC
 *
 * The method "udp": a protocol's own first message, and what comes back for it. Where no dialogue
 * is known, a message of our own, which a stand-in answers (probe/stand_in.h).
 */
#pragma once

struct proto;
struct proto_ask;
struct proto_out;

extern const struct method method_udp; /* needs no privilege; uses task.proto, task.what */

/* The first message of the dialogue, which may have no bytes; without a dialogue a message of our
 * own, which a stand-in answers. */
void udp_start(const struct proto *proto, const struct proto_ask *ask, void *state,
	       struct proto_out *out);
