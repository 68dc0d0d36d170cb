/* SPDX-License-Identifier: ISC
 *
 * Who holds a socket, by /proc (proc(5)). Without privilege only this user's own processes tell
 * which sockets they hold.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct socket_holder {
	uint64_t inode;
	long process;
};
struct socket_holders {
	struct socket_holder *items; /* owned; by inode, then by process; each pair once */
	size_t n, room;
	bool is_partial; /* some processes did not tell */
};
/* Zeroed before. */
MUST_USE int socket_holders_read(struct socket_holders *h, struct err *err);
void socket_holders_release(struct socket_holders *h);
/* The process with the lowest number, and how many hold it; NULL: nobody who told. */
const struct socket_holder *socket_holder_find(const struct socket_holders *h, uint64_t inode,
					       size_t *n);

/* Texts are the arena's, and NULL where it did not tell, or is gone. Anybody may have chosen
 * them. */
struct process {
	long id;
	bool has_user;
	uint32_t user;	     /* as whom it acts */
	const char *name;    /* of at most 15 bytes, as the kernel keeps it */
	const char *command; /* with its words, a blank between; cut at COMMAND_MAX bytes */
	const char *program; /* the file's path, as that process sees it */
	bool is_replaced;    /* that file is gone, or another one is in its place */
	bool is_elsewhere;   /* it sees other files than this process: it is in a container */
	const char *unit;    /* of systemd's: the service or scope that it is in */
};
enum { COMMAND_MAX = 1024 };
void process_read(long id, struct arena *arena, struct process *p);

/* "sshd"; the number where it has no name. */
const char *user_name(uint32_t user, struct arena *arena);
const char *link_name(uint32_t link, struct arena *arena); /* "eth0"; NULL for 0 */

/* The last *.service or *.scope on the path in /proc/PID/cgroup (cgroups(7)); empty: none. */
struct slice process_parse_unit(struct slice cgroup);
/* "socket:[4711]"; false: it is no socket. */
bool process_parse_socket(struct slice link, uint64_t *inode);
