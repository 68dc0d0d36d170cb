/* SPDX-License-Identifier: ISC
 *
 * The kernel's tables of TCP and UDP sockets, for everybody to read (proc(5): /proc/net/tcp, tcp6,
 * udp, udp6). Half open connections are in them: a SYN that the packet filter let in and a socket
 * took.
 */
#pragma once

#include <stdbool.h>

#include "base/addr.h"
#include "base/err.h"

/* Of include/net/tcp_states.h. */
enum { SOCKET_HALF_OPEN = 3, SOCKET_UNCONNECTED = 7, SOCKET_LISTENS = 10 };

struct socket_row {
	struct addr local, peer; /* IPv4 behind an IPv6 socket is IPv4; all zeros: any */
	uint16_t local_port, peer_port;
	unsigned state;
	uint32_t waiting; /* bytes to be read; where it listens: connections to be accepted */
	uint32_t user;	  /* whose it is */
	uint64_t inode;	  /* by which a process holds it; 0: none does any more */
};

/* ::ffff:0:0/96 (RFC 4291 section 2.5.5.2) becomes IPv4; other addresses stay. */
void socket_take_mapped(struct addr *a);

/* A line of a table; false also of its heading. */
bool socket_row_parse(struct slice line, struct socket_row *row);
/* `each` is called for every row of both families. */
MUST_USE int socket_table_read(bool udp, void (*each)(void *ctx, const struct socket_row *row),
			       void *ctx, struct err *err);
