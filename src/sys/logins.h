/* SPDX-License-Identifier: ISC
 *
 * By which connections those who run this process are logged in: the TCP connections of the login
 * server that it descends from, by /proc, and what sshd says in SSH_CONNECTION. sudo takes the
 * second away, tmux and screen the first.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/buf.h"
#include "base/err.h"

enum { LOGIN_LINK_MAX = 16 };
struct login_connection {
	struct addr peer, own;
	uint16_t peer_port, own_port;
	char link[LOGIN_LINK_MAX]; /* of a link-local address, where it was said; "" */
};
struct logins {
	struct login_connection *items; /* owned; each once */
	size_t n;
	/* It descends from what outlives logins (tmux, screen): every login of this box is in it,
	 * because nobody can tell which is meant. */
	bool are_all;
};
/* `said`: $SSH_CONNECTION, NULL: not set. Connections of other network namespaces are left out, but
 * for that one. An error: /proc cannot be read, or nobody understands what was said. */
MUST_USE int logins_find(struct logins *l, const char *said, struct err *err);
void logins_release(struct logins *l);

/* "198.51.100.7 50122 192.0.2.1 22": $SSH_CONNECTION. */
bool login_parse(const char *text, struct login_connection *c);
/* An established connection of /proc/net/tcp or tcp6, and its inode; false: the line is none. */
bool login_parse_proc(struct slice line, struct login_connection *c, uint64_t *inode);
