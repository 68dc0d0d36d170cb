/* SPDX-License-Identifier: ISC
 *
 * What all methods note in the same way of what they see.
 */
#pragma once

#include "probe/method.h"

/* An ICMP error that decides something has come for the socket: it is in *seen. What our own kernel
 * says by itself and what concerns the path's packet size is read and ignored. */
bool sighting_take_icmp(struct sighting *seen, const struct probe *p, struct sock *s);

uint32_t sighting_rtt_us(const struct probe *p, struct mono since); /* never 0 */
