/* SPDX-License-Identifier: ISC
 *
 * The flows that are watched at present: their stand-ins, what comes to those, what the kernel's
 * tables and the packets say. No protocol here: probe/far_serve.h has that.
 */
#pragma once

#include "base/portset.h"
#include "probe/far_words.h"
#include "sys/loop.h"
#include "sys/packet_counts.h"

struct far_watch;

struct far_item {
	struct sock sock; /* first; the stand-in, where there is one */
	struct far_watch *watch;
	unsigned id;
	struct far_flow flow;
	struct far_view view;
	struct portset before; /* the source's ports in the kernel's table to begin with; owned */
};

enum { FAR_CONNS = 256 };

struct far_conn {
	struct sock sock; /* first */
	struct far_item *item;
};

struct far_watch {
	struct loop *loop;
	int tap; /* negative: none */
	struct sock tap_sock;
	struct far_item items[FAR_FLOWS_MAX];
	size_t n;
	struct far_conn conns[FAR_CONNS];
	struct packet_counts counts; /* to begin with */
	bool has_counts;
	char bytes[65535];
};

void far_watch_init(struct far_watch *w, struct loop *l, int tap);
void far_watch_release(struct far_watch *w);

/* One more; at most FAR_FLOWS_MAX. */
void far_watch_add(struct far_watch *w, unsigned id, const struct far_flow *f);
/* Puts the stand-ins up, and looks from now on. */
void far_watch_start(struct far_watch *w);
/* What is known by now is in the items' views; stand-ins and connections are gone. */
void far_watch_stop(struct far_watch *w);
void far_watch_clear(struct far_watch *w); /* no items any more */
