/* SPDX-License-Identifier: ISC
 *
 * What listens in this network namespace: TCP sockets that listen, and UDP sockets that are bound
 * and not connected. By sock_diag(7); where the kernel does not have that, by /proc/net, which does
 * not tell all.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/err.h"

/* Of a socket on [::]: whether it takes IPv4, too (IPV6_V6ONLY, ipv6(7)). */
enum dual_stack { DUAL_NO, DUAL_YES, DUAL_UNTOLD };

struct socket_listener {
	struct addr at; /* all zeros: every address; IPv4 behind an IPv6 socket is IPv4 */
	uint16_t port;
	bool is_udp;
	enum dual_stack dual;
	uint32_t user;
	uint32_t link;	/* SO_BINDTODEVICE; 0: none, or not told */
	uint64_t inode; /* 0: no process has it */
};

struct socket_listeners {
	struct socket_listener *items; /* owned */
	size_t n, room;
	bool by_proc; /* dual and link are not told */
};
/* Zeroed before; release it also after an error. */
MUST_USE int socket_listeners_read(struct socket_listeners *l, struct err *err);
void socket_listeners_release(struct socket_listeners *l);

/* One answer of sock_diag's, behind its netlink header; false: it is cut short, or of no family
 * that we know. */
bool socket_listener_parse(const void *message, size_t n, bool is_udp, struct socket_listener *out);
