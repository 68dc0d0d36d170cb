/* SPDX-License-Identifier: ISC
 *
 * The event loop, behind an interface with two implementations: the real one (epoll, timer wheel;
 * sys/loop_epoll.c) and a simulated one (virtual clock, scripted peers; tests/replay/sim.c), so
 * that every line that waits or speaks can be tested without waiting and without a network.
 *
 * Ownership: a struct sock and a struct timer are embedded in the caller's own object and must stay
 * where they are while open or armed; zeroed they are closed and disarmed. Callbacks run from
 * loop_run() only, one at a time; inside a callback every call of this header is allowed, also
 * closing the very socket or stopping the loop.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/addr.h"
#include "base/compiler.h"
#include "base/err.h"

struct loop;

/* A moment of the monotonic clock; wrapped, so that a duration cannot slip in. */
struct mono {
	int64_t us;
};
static inline struct mono mono_add_us(struct mono t, int64_t us)
{
	return (struct mono){t.us + us};
}
static inline struct mono mono_add_ms(struct mono t, int64_t ms)
{
	return mono_add_us(t, ms * 1000);
}

struct timer {
	void (*fire)(struct timer *t); /* the loop disarms it before the call */
	struct mono at;
	struct timer *next, **link; /* the wheel's own; link NULL: not armed */
};

/* What may happen to a socket: bits of `events`. */
enum {
	SOCK_READABLE = 1, /* bytes, a datagram, or the peer's end of stream */
	SOCK_WRITABLE = 2, /* for TCP: the handshake is over, well or badly */
	SOCK_ERROR = 4, /* `error` or `icmp` has something to say: ask both until they have not, or
			 * the loop calls again at once */
};

struct sock {
	void (*ready)(struct sock *s, unsigned events);
	bool is_open;	 /* the loop's own, as what follows */
	int fd;		 /* of the real loop */
	unsigned wanted; /* events waited for: SOCK_READABLE | SOCK_WRITABLE; errors always come */
	void *impl;	 /* what the loop remembers of it; owned by the loop */
	uint8_t plain;	 /* 4, 6: TCP of that family without anything special; 0: it is not */
	bool is_refused;
	/* Of one that was watched: another process has the same descriptor, so that closing ours
	 * does not end the waiting for it (epoll(7), question 6). */
	bool is_shared;
};

/* Calls that failed: no address, not no port; a route that prohibits, not a rule. */
#define LOOP_NO_SOURCE "source address"
#define LOOP_NO_ROUTE  "route"

enum sock_kind {
	SOCK_TCP,
	SOCK_UDP,
	/* ICMP or ICMPv6 echo, by the target's family: a ping socket where ping_group_range lets
	 * us (icmp(7)), else a raw one (CAP_NET_RAW), else `open` fails with the ping socket's
	 * error. What is sent is the whole ICMP message, of at most 512 bytes; its checksum and its
	 * identifier are filled in for it. What comes is the whole ICMP message of an echo reply to
	 * that identifier, without an IP header. `port` is 0. */
	SOCK_PING,
};

struct sock_spec {
	enum sock_kind kind;
	struct addr to;
	uint16_t port;
	struct addr from;   /* family 0: the kernel chooses */
	uint16_t from_port; /* 0: the kernel chooses */
	uint8_t ttl;	    /* 0: the system's default */
	uint8_t min_ttl;    /* TCP: answers that arrive with a lower one are not taken; 0: all are
			     * (ip(7), IP_MINTTL) */
	bool tells_ttl;	    /* icmp_error.ttl is wanted */
	/* UDP: answers may come from another port of the same address (RFC 1350 section 4), and
	 * what is sent after one goes there; those from other addresses are thrown away. */
	bool any_port;
	bool shares_port; /* TCP: a listener of ours may wait on the same port later */
	/* TCP: once connected, our last packet of the handshake waits up to 200 ms, for bytes of
	 * ours to go with it (tcp(7), TCP_QUICKACK). Who closes with a reset before was never seen
	 * by the program there. */
	bool is_unseen;
};

/* Where to wait for connections or datagrams. */
struct listen_spec {
	enum sock_kind kind; /* SOCK_TCP, SOCK_UDP */
	struct addr at;	     /* all zeros: any address of that family; IPv6 means IPv6 alone */
	uint16_t port;	     /* 0: the kernel chooses; local_addr() tells which */
};

/* One ICMP error that came back for a socket (IP_RECVERR, IPV6_RECVERR). */
struct icmp_error {
	int code_errno;	    /* EHOSTUNREACH, ... as the kernel maps it */
	bool local;	    /* made by our own kernel, not by the network */
	uint8_t type, code; /* ICMP or ICMPv6, by the family of `by` */
	uint8_t ttl;	    /* with which it arrived; 0: not told */
	struct addr by;	    /* family 0: not told */
};

enum sock_left { LEFT_UNKNOWN, LEFT_NOT, LEFT };

struct loop_ops {
	void (*free)(struct loop *l);
	struct mono (*now)(struct loop *l);
	int64_t (*wall_ms)(struct loop *l); /* ms since 1970 */
	/* Open and connect; never waits; waits for SOCK_WRITABLE to begin with, where there is no
	 * handshake for SOCK_READABLE. 0: under way (or done: `ready` still comes). Otherwise
	 * -errno of the call that failed, named in *call ("socket", "bind", "connect"); nothing
	 * stays open. Where the link has no
	 * delay an ICMP error may have come by the time it returns, and nothing may ever tell of
	 * it: ask `icmp` once after it. */
	int (*open)(struct loop *l, struct sock *s, const struct sock_spec *spec,
		    const char **call);
	/* SOCK_TCP: waits for connections, SOCK_READABLE tells of one. SOCK_UDP: for datagrams of
	 * anybody, with recv_from and send_to; NULL both where the network is simulated. 0 or
	 * -errno, the call in *call. */
	int (*listen)(struct loop *l, struct sock *s, const struct listen_spec *spec,
		      const char **call);
	/* One that waits, into `s`, which waits for SOCK_READABLE to begin with; 0, -EAGAIN, or
	 * another -errno. */
	int (*accept)(struct loop *l, struct sock *listener, struct sock *s, struct addr *peer,
		      uint16_t *port);
	/* Bytes or -errno. What is sent comes from the address of ours that the last datagram came
	 * to, or its sender would not know it: so answer one before the next is read. */
	ssize_t (*recv_from)(struct loop *l, struct sock *s, void *p, size_t n, struct addr *peer,
			     uint16_t *port);
	ssize_t (*send_to)(struct loop *l, struct sock *s, const void *p, size_t n,
			   const struct addr *peer, uint16_t port);
	/* TCP: bytes of ours, the SYN left out, that the peer's kernel has not acknowledged yet;
	 * -1: none was sent, as its window is shut, or it is not known. */
	long (*unacked)(struct loop *l, struct sock *s);
	/* TCP: later bytes of the peer's came, and those before them not: tcp_has_gap(). */
	bool (*has_gap)(struct loop *l, struct sock *s);
	/* TCP, while nothing has come: whether the SYN leaves this host. The kernel repeats it
	 * after a second, and only then does it tell: TCP_INFO's tcpi_retransmits counts what it
	 * meant to send, tcpi_retrans what went out. */
	enum sock_left (*has_left)(struct loop *l, struct sock *s);
	/* Wait on a descriptor that is another library's and stays so; 0 or -errno. NULL where the
	 * network is simulated. */
	int (*watch)(struct loop *l, struct sock *s, int fd, unsigned events);
	void (*unwatch)(struct loop *l, struct sock *s); /* before its owner closes it */
	void (*want)(struct loop *l, struct sock *s, unsigned events);
	ssize_t (*send)(struct loop *l, struct sock *s, const void *p, size_t n); /* or -errno */
	ssize_t (*recv)(struct loop *l, struct sock *s, void *p, size_t n); /* 0: end of stream */
	int (*error)(struct loop *l, struct sock *s); /* SO_ERROR, taken: an errno, or 0 */
	bool (*icmp)(struct loop *l, struct sock *s, struct icmp_error *e); /* false: no more */
	/* Where it sends from; of a ping the port means nothing. */
	bool (*local_addr)(struct loop *l, struct sock *s, struct addr *a, uint16_t *port);
	/* One of this host's own addresses (as they were when first asked). */
	bool (*is_own)(struct loop *l, const struct addr *a);
	/* TCP: the close() that follows, without a reset, is told for sure: a reset that gets lost
	 * is not sent again, a FIN is until it is acknowledged; and then nothing lingers in
	 * TIME_WAIT, either (tcp(7), TCP_LINGER2). */
	void (*end)(struct loop *l, struct sock *s);
	/* reset: with RST (SO_LINGER 0), so that nothing lingers in TIME_WAIT; else the ordinary
	 * way. */
	void (*close)(struct loop *l, struct sock *s, bool reset);
	/* Wait until something is ready or `until` has come, and call the sockets' `ready`. */
	int (*wait)(struct loop *l, struct mono until, struct err *err);
};
#define MONO_NEVER ((struct mono){INT64_MAX})

struct wheel;
struct loop {
	const struct loop_ops *ops;
	struct wheel *wheel;
	size_t n_socks; /* open ones; kept by the implementation */
	bool stop;
};

/* The real loop; fails when the kernel gives no epoll descriptor. */
MUST_USE int loop_new(struct loop **l, struct err *err);
void loop_free(struct loop *l); /* everything must be closed and disarmed; NULL is fine */

/* For the implementations: the part that all loops share. */
void loop_init(struct loop *l, const struct loop_ops *ops);

/* Until loop_stop(), or until no socket is open and no timer armed, or until *interrupted (may be
 * NULL) is not 0; it is looked at before each wait. The real loop lets SIGINT and SIGTERM in only
 * while it waits where they are blocked otherwise, so that none is missed (sys/interrupt.h). */
MUST_USE int loop_run(struct loop *l, const volatile int *interrupted, struct err *err);
void loop_stop(struct loop *l);

void timer_start(struct loop *l, struct timer *t, struct mono at); /* an armed one is moved */
void timer_stop(struct loop *l, struct timer *t);		   /* also one that is not armed */
bool timer_is_armed(const struct timer *t);

static inline struct mono loop_now(struct loop *l)
{
	return l->ops->now(l);
}
