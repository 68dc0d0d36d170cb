/* SPDX-License-Identifier: ISC
 *
 * The event loop, behind an interface with two implementations: the real one (epoll, timer wheel;
 * sys/loop_epoll.c) and a simulated one (virtual clock, scripted peers; tests/replay/sim.c), so
 * that each line that waits or speaks can be tested without waiting and without a network.
 *
 * Ownership: a struct sock and a struct timer are embedded in the caller's own object and must stay
 * where they are while open or armed. Callbacks run from loop_run() only, one at a time; inside a
 * callback every call of this header is allowed, also closing the very socket or stopping the loop.
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
static inline struct mono mono_add_ms(struct mono t, int64_t ms)
{
	return (struct mono){t.us + ms * 1000};
}

struct timer {
	void (*fire)(struct timer *t); /* the loop disarms it before the call */
	struct mono at;
	struct timer *next, **link; /* the wheel's own */
};

/* What may happen to a socket: bits of `events`. */
enum {
	SOCK_READABLE = 1, /* bytes, a datagram, or the peer's end of stream */
	SOCK_WRITABLE = 2, /* for TCP: the handshake is over, well or badly */
	SOCK_ERROR = 4,	   /* sock_error() or sock_icmp() has something to say */
};

struct sock {
	void (*ready)(struct sock *s, unsigned events);
	int fd;		 /* the real loop's; -1: closed */
	unsigned wanted; /* events waited for: SOCK_READABLE | SOCK_WRITABLE; errors always come */
	void *impl;	 /* the simulated loop's own */
};

enum sock_kind { SOCK_TCP, SOCK_UDP };

struct sock_spec {
	enum sock_kind kind;
	struct addr to;
	uint16_t port;
	struct addr from;   /* family 0: the kernel chooses */
	uint16_t from_port; /* 0: the kernel chooses */
	uint8_t ttl;	    /* 0: the system's default */
};

/* One ICMP error that came back for a socket (IP_RECVERR, IPV6_RECVERR). */
struct icmp_error {
	int code_errno;	    /* EHOSTUNREACH, ... as the kernel maps it */
	bool local;	    /* made by our own kernel, not by the network */
	uint8_t type, code; /* ICMP or ICMPv6, by the family of `by` */
	struct addr by;	    /* family 0: not told */
};

struct loop_ops {
	void (*free)(struct loop *l);
	struct mono (*now)(struct loop *l);
	int64_t (*wall_ms)(struct loop *l); /* ms since 1970 */
	/* Open and connect; never waits. 0: under way (or done: `ready` still comes, writable).
	 * Otherwise -errno of the call that failed, named in *call ("socket", "bind", "connect");
	 * nothing stays open. */
	int (*open)(struct loop *l, struct sock *s, const struct sock_spec *spec,
		    const char **call);
	void (*want)(struct loop *l, struct sock *s, unsigned events);
	ssize_t (*send)(struct loop *l, struct sock *s, const void *p, size_t n); /* or -errno */
	ssize_t (*recv)(struct loop *l, struct sock *s, void *p, size_t n); /* 0: end of stream */
	int (*error)(struct loop *l, struct sock *s); /* SO_ERROR, taken: an errno, or 0 */
	bool (*icmp)(struct loop *l, struct sock *s, struct icmp_error *e); /* false: no more */
	bool (*local_addr)(struct loop *l, struct sock *s, struct addr *a, uint16_t *port);
	/* reset: with RST (SO_LINGER 0), so that nothing lingers in TIME_WAIT; else as usual. */
	void (*close)(struct loop *l, struct sock *s, bool reset);
	/* Wait until something is ready or `until` has come, and call the sockets' `ready`. */
	int (*wait)(struct loop *l, struct mono until, struct err *err);
};

struct wheel;
struct loop {
	const struct loop_ops *ops;
	struct wheel *wheel;
	size_t n_timers;
	bool stop;
};

/* The real loop; fails when the kernel gives no epoll descriptor. */
MUST_USE int loop_new(struct loop **l, struct err *err);
void loop_free(struct loop *l);

/* Until loop_stop(), or until no socket is open and no timer armed. Signals interrupt it:
 * *interrupted (may be NULL) is looked at before each wait. */
MUST_USE int loop_run(struct loop *l, const volatile int *interrupted, struct err *err);
void loop_stop(struct loop *l);

void timer_start(struct loop *l, struct timer *t, struct mono at); /* an armed one is moved */
void timer_stop(struct loop *l, struct timer *t);
bool timer_is_armed(const struct timer *t);
