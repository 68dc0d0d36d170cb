/* SPDX-License-Identifier: ISC
 *
 * The method "udp": a protocol's own first message, and what comes back for it. Where no dialogue
 * is known, a message of our own, which a stand-in answers (probe/stand_in.h).
 */
#pragma once

extern const struct method method_udp; /* needs no privilege; uses task.proto, task.what */
