/* SPDX-License-Identifier: ISC
 *
 * How one thing is tried: a const struct method at the end of one file. The engine decides when and
 * how many at once; the method opens sockets on the engine's loop, waits, and hands over what it
 * saw exactly once. It gives no verdict: probe/blame.c does.
 *
 * A way through something (a proxy) will stand between a method and the loop: where a method opens
 * a socket, and nowhere else.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probe/blame.h"
#include "sys/loop.h"

struct engine;
struct probe;

struct method {
	const char *name; /* of outcomes: "connect" */
	enum transport transport;
	size_t state_size; /* what it keeps for one probe */
	unsigned socks;	   /* descriptors that one probe may hold at once */
	/* Start; ends in one probe_finish(), perhaps from within. The state is zeroed. */
	void (*begin)(struct probe *p);
	void (*cancel)(
		struct probe *p); /* let go of sockets and timers; probe_finish() must not follow */
};

struct probe {
	struct engine *engine;
	const struct method *method;
	size_t task;	      /* index */
	struct addr to, from; /* from: family 0: the kernel chooses */
	uint16_t port;
	struct mono started;

	/* The engine's own. */
	struct target *target;
	struct probe *next;
	bool is_live;
	_Alignas(8) unsigned char state[]; /* the method's */
};

struct task;

struct loop *probe_loop(const struct probe *p);
const struct task *probe_task(const struct probe *p);
/* Unpredictable bytes, a fresh draw for each call. */
void probe_chance(const struct probe *p, void *bytes, size_t n);
unsigned probe_timeout_ms(const struct probe *p);

/* The probe is over: its sockets are closed and its timers stopped, and `p` is not the method's any
 * more when this returns. */
void probe_finish(struct probe *p, const struct sighting *seen);
