/* SPDX-License-Identifier: ISC
 *
 * `listen --control`: the far side of somebody's check. What is needed of privileges is taken
 * before they are given up: the port, the socket that sees packets, and, by the program that keeps
 * it, the key.
 */
#pragma once

#include "base/arena.h"
#include "probe/far_serve.h"
#include "sys/channel.h"

struct arguments;

struct far_listen {
	struct loop *loop;
	struct arena *arena;
	struct addr at;
	uint16_t port;
	const char **keys; /* the arena's, as what follows */
	struct far_allowed *allowed;
	size_t n_keys;
	int tap; /* negative: none, -errno */
	struct channel *channel;
	struct sock sock;
	struct far_serve *serve;
	bool is_ready;
	char failed[CHANNEL_WORD_MAX]; /* why the channel ended */
};

/* --control and --allow; n_keys 0: not asked for. */
MUST_USE int far_listen_read(struct far_listen *f, const struct arguments *args, struct arena *a,
			     struct err *err);
/* Until the channel waits for sessions; they are served whenever the loop runs. */
MUST_USE int far_listen_start(struct far_listen *f, struct loop *l, const volatile int *interrupted,
			      struct err *err);
void far_listen_stop(struct far_listen *f); /* zeroed is fine */

void far_listen_print_start(const struct far_listen *f, bool json, struct buf *out);
void far_listen_print_end(const struct far_listen *f, bool json, struct buf *out);
