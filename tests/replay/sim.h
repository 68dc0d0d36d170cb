/* SPDX-License-Identifier: ISC
 *
 * A network and a clock that are not there: the same struct loop as the real one, over peers that
 * do what a script says (the grammar is in script.h). Time passes only while the loop waits, and
 * then at once. What the code under test does wrong to its sockets is kept as a complaint.
 */
#pragma once

#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "sys/loop.h"
#include "sys/resolve.h"

enum sim_verb {
	SIM_ACCEPT, /* the handshake completes */
	SIM_REFUSE, /* a reset instead */
	SIM_RESET,  /* after the handshake */
	SIM_CLOSE,  /* the peer ends the stream */
	SIM_SAY,    /* `bytes` come; of a datagram socket as one datagram */
	SIM_ECHO,   /* what was heard last comes back; a ping as its reply */
	SIM_HEAR,   /* waits until `bytes` were sent; time counts from then on */
	SIM_DEAF,   /* acknowledges nothing that is sent from now on */
	SIM_DIAL,   /* connects to `port` of ours, from its own address or `from` */
	SIM_ICMP,   /* an ICMP error, told by `ready` */
	SIM_INLINE, /* an ICMP error that came within connect(2): in the queue, and nothing tells */
	SIM_FAIL,   /* our own kernel says no: `call` fails with `error` */
	SIM_ERROR,  /* our own kernel says no later: SO_ERROR is `error` */
};

struct sim_event {
	int64_t after_us; /* the connect, or what was heard last */
	enum sim_verb verb;
	struct slice bytes; /* SIM_HEAR: p NULL: any */
	int error;
	const char *call;
	struct icmp_error icmp;
	uint16_t port;
	struct addr from;
};

enum { SIM_EVENTS_MAX = 16, SIM_PEERS_MAX = 64, SIM_NAMES_MAX = 16 };

/* What one connection to an address and port meets. Several for the same address and port: the
 * first connection meets the first of them, and so on; the last one stays. */
struct sim_peer {
	enum sock_kind kind;
	struct addr addr;			 /* family 0: any */
	uint16_t port;				 /* 0: any */
	struct sim_event events[SIM_EVENTS_MAX]; /* in the order of time; none: a silent drop */
	size_t n_events;
	unsigned met; /* connections so far */
};

struct sim_name {
	const char *name;
	int64_t after_us; /* 0: from within the question */
	struct addr addrs[8];
	size_t n_addrs;
	enum resolve_status status4, status6;
};

struct sim_sock;
struct sim {
	struct loop loop; /* first: the address is the same */
	struct resolver resolver;
	struct mono clock;
	struct sim_peer peers[SIM_PEERS_MAX];
	size_t n_peers;
	struct sim_name names[SIM_NAMES_MAX];
	size_t n_names;
	struct addr own[8], local; /* own addresses; the source that the kernel chooses for IPv4 */
	size_t n_own;
	uint16_t busy[8]; /* ports of ours where others listen */
	size_t n_busy;
	size_t descriptors;   /* that may be open; 0: any number */
	int64_t interrupt_us; /* 0: never */
	int64_t cut_us;	      /* the interface goes away; 0: never */
	unsigned loss;	      /* of 1,000 connections so many meet silence, whoever the peer */
	uint64_t chance;
	volatile int interrupted;

	struct arena *texts;	/* owned; what is said and heard */
	struct sim_sock *socks; /* owned; open ones */
	struct sim_answer {	/* under way while its timer is armed */
		struct timer timer;
		struct resolve_query *query;
		const struct sim_name *name;
	} answers[SIM_NAMES_MAX];
	size_t most_open; /* at once, ever */
	unsigned opened;
	uint16_t next_port;
	struct buf complaints;
};

struct sim *sim_new(void);
