/* SPDX-License-Identifier: ISC
 *
 * A gateway at work: it takes clients in, holds their conversations (gateway/session.h) and their
 * data connections (gateway/data.h) on one event loop, and tells what happened. One for each worker
 * process; conversations never move to another.
 */
#pragma once

#include "gateway/config.h"
#include "gateway/data.h"
#include "sys/resolve.h"

struct gate;
struct conn;

/* Numbers since the start, of all conversations; the first two are of now. */
struct gate_counts {
	uint64_t sessions, transfers;
	uint64_t sessions_all, logins, refused, violations, transfers_all, broken;
	uint64_t bytes_down, bytes_up; /* of data connections: to clients, to servers */
};

/* What happened, for logs; all borrowed. */
struct gate_event {
	const char *what; /* "session", "login", "refused", "command", "reply", "violation",
			   * "failed", "transfer", "end" */
	uint64_t session;
	struct addr client, server; /* server.family 0: not known yet */
	uint16_t client_port, server_port;
	const char *user; /* NULL: nobody yet */
	struct slice detail;
	/* of "transfer" */
	struct slice verb, path;
	bool upload, ascii, broken;
	bool passed; /* by the kernel: neither bytes nor time are known */
	uint64_t bytes;
	int64_t us;
	unsigned code;
};

struct gate_setup {
	struct loop *loop;
	const struct gate_config *config;
	struct resolver *resolver;
	struct port_range ephemeral; /* from which the kernel takes ports (sys/host_ports.h) */
	const struct rights *rights; /* NULL: nobody has more than this process */
	struct gate_counts *counts;  /* the caller's; NULL: nobody's */
	void (*tell)(void *ctx, const struct gate_event *e);
	void *ctx;
};

struct gate *gate_new(const struct gate_setup *setup);
/* All conversations end at once. */
void gate_free(struct gate *g);

/* A descriptor that listens becomes the gate's. 0, or -errno. */
int gate_listen(struct gate *g, int fd);
/* No more clients; once the last conversation has ended, `drained` of the caller is called. */
void gate_drain(struct gate *g, void (*drained)(void *ctx), void *ctx);
