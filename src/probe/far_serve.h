/* SPDX-License-Identifier: ISC
 *
 * The far side of a check: told over the control connection what is about to be tried, it prepares,
 * watches, and tells what came and what went. It serves those alone that have an allowed key, for
 * flows from their own addresses to one of this host's. It puts a stand-in where nobody has the
 * port (which keeps a connection and says nothing; of UDP: probe/stand_in.h) and takes it away
 * after.
 *
 * Bounds: FAR_FLOWS_MAX flows at a time, of one session, for at most two minutes; others wait.
 */
#pragma once

#include "base/addr.h"
#include "base/slice.h"
#include "sys/loop.h"

/* Whom a key lets in: the address that it speaks from, and these. */
struct far_allowed {
	const struct addr *sources; /* borrowed */
	size_t n;
};

struct far_serve_config {
	struct loop *loop;
	int tap;			   /* packet_tap_open(); negative: none */
	const struct far_allowed *allowed; /* by key; borrowed */
	void (*say)(void *ctx, unsigned session, struct slice line);
	void (*drop)(void *ctx, unsigned session); /* it does not keep to the words */
	void *ctx;
};

struct far_serve;
struct far_serve *far_serve_new(const struct far_serve_config *c);
void far_serve_free(struct far_serve *s); /* NULL is fine; the tap stays open */

/* Sessions are numbered below CHANNEL_SESSIONS. */
void far_serve_open(struct far_serve *s, unsigned session, unsigned key, const struct addr *peer);
void far_serve_line(struct far_serve *s, unsigned session, struct slice line);
void far_serve_gone(struct far_serve *s, unsigned session);

struct far_serve_counts {
	uint64_t sessions, flows, refused;
};
const struct far_serve_counts *far_serve_counted(const struct far_serve *s);
