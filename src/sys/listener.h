/* SPDX-License-Identifier: ISC
 *
 * Sockets that wait for others, below the loop.
 */
#pragma once

#include "sys/loop.h"
#include "sys/sockaddr.h"

/* A descriptor; or -errno, the call that failed in *call. */
int listener_open(const struct listen_spec *spec, const char **call);
/* A connection that waits; or -errno. */
int listener_accept(int fd, struct addr *peer, uint16_t *port);

/* UDP: `local` is the address of ours that the datagram came to, and that the answer must come from
 * where there are several; family 0: not told. Bytes, or -errno. */
ssize_t listener_recv(int fd, void *p, size_t n, union sockaddr_any *peer, struct addr *local);
ssize_t listener_send(int fd, struct slice bytes, const union sockaddr_any *peer,
		      const struct addr *local);
