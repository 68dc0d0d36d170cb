/* SPDX-License-Identifier: ISC
 *
 * Stand-ins: ports that this host should offer and does not yet are opened, so that the far side
 * can prove the way to them. They serve those alone that the flows name. TCP: a connection is kept,
 * nothing is said, and it ends with a reset once the peer has closed, or after 30 s, or after 1 s
 * to make room for newer ones (1024 in all, 256 of one source); others are reset at once. UDP:
 * probe/stand_in.h, at most 50 times a second for each source. What listens already is left alone.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/err.h"
#include "base/portset.h"
#include "model/expr.h"
#include "model/text.h"
#include "sys/loop.h"

struct flow;
struct buf;

/* What is to arrive. */
struct listen_flow {
	const struct flow *flow;  /* the caller's; not looked at */
	enum transport transport; /* TCP, UDP */
	struct port_range ports;
	LIST_OF(const struct addr) at; /* own addresses; borrowed, as is `from` */
	LIST_OF(const struct prefix) from;
	/* What has arrived; zeroed to begin with. */
	struct portset arrived; /* owned; portset_release() it */
	bool arrived_hidden;	/* over UDP at a port that the redirect hides */
};

/* Ports at one address that the same flows want, and what became of them. */
struct listen_span {
	enum transport transport;
	struct addr at;
	struct port_range ports;
	struct portset open, served, denied; /* denied: a privilege is missing; owned */
	struct portset left;   /* no descriptor is free, or own connections start there; owned */
	struct portset failed; /* `error`; owned */
	int error;	       /* an errno: the last failure of another kind */
	uint16_t hub;	       /* all of `open` but this one is to be redirected to it; 0: none */
};

enum { LISTEN_WIDE = 64 }; /* ports; a span of more is wide */

struct listen_config {
	struct loop *loop;
	struct listen_flow *flows; /* borrowed; what arrives is noted there */
	size_t n_flows;
	size_t descriptors; /* that may be open at once */
	/* Wide spans get one port, for redirect rules to lead to. */
	bool redirect;
	/* Ports that are not opened one by one where a span is wide: where connections of this host
	 * start, which would find none left. */
	struct port_range ephemeral;
	/* Where a connection went before a redirect; false: there was none. NULL: never asked. */
	bool (*original_port)(const struct sock *s, uint16_t *port);
	/* The first arrival of a flow. port 0: hidden by the redirect. */
	void (*arrived)(void *ctx, const struct listen_flow *f, const struct addr *peer,
			uint16_t port);
	void *ctx;
};

struct listen_counts {
	uint64_t connections, datagrams; /* from sources that were named */
	uint64_t foreign;		 /* of either, from others: reset, or not answered */
	uint64_t cut_short;		 /* connections that made room for newer ones */
	uint64_t quiet;			 /* datagrams without an answer */
};

struct listen;
struct listen *listen_new(const struct listen_config *c);
/* Opens what it can; the spans say what. Nothing runs yet. */
void listen_open(struct listen *l);
const struct listen_span *listen_spans(const struct listen *l, size_t *n);
bool listen_span_has(const struct listen_span *s, const struct listen_flow *f);
/* Until `ms` are over, listen_stop(), or *interrupted is not 0. */
MUST_USE int listen_run(struct listen *l, int64_t ms, const volatile int *interrupted,
			struct err *err);
void listen_stop(struct listen *l); /* from within `arrived` */
const struct listen_counts *listen_counted(const struct listen *l);
void listen_free(struct listen *l); /* closes everything; NULL is fine */
