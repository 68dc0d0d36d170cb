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
#include "probe/rtt.h"
#include "sys/loop.h"

struct engine;
struct probe;

struct method {
	const char *name; /* of outcomes: "connect" */
	enum transport transport;
	size_t state_size; /* what it keeps for one probe */
	unsigned socks; /* descriptors that one probe may hold at once; not more than its tries */
	/* Start; ends in one probe_finish(), perhaps from within. The state is zeroed. */
	void (*begin)(struct probe *p);
	void (*cancel)(
		struct probe *p); /* let go of sockets and timers; probe_finish() must not follow */
	/* The target has shut this host out: end in probe_finish(), now. NULL: what it knows by now
	 * is nothing. */
	void (*shut_out)(struct probe *p);
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
	unsigned socks;			   /* descriptors that are kept for it */
	bool is_live, is_late;		   /* late: its place at the target is another's */
	_Alignas(8) unsigned char state[]; /* the method's */
};

struct task;

struct loop *probe_loop(const struct probe *p);
const struct task *probe_task(const struct probe *p);
/* Unpredictable bytes, a fresh draw for each call. */
void probe_chance(const struct probe *p, void *bytes, size_t n);
unsigned probe_timeout_ms(const struct probe *p);
/* What the whole of a conversation may take: what was asked for, else `usual_ms`. */
unsigned probe_deadline_ms(const struct probe *p, unsigned usual_ms);

/* What a probe does that heard nothing in answer to so many tries, of which the last went out at
 * `last`; the step counts from p->started. */
struct rtt_step probe_next(const struct probe *p, unsigned tries, struct mono last);
/* From when on, after p->started, its first answer is late. */
int64_t probe_late_us(const struct probe *p);
/* In this run packets get lost, wherever. */
bool probe_run_has_loss(const struct probe *p);
/* Until when the answer to a try that went out at `at` has the time to come. */
struct mono probe_patience(const struct probe *p, struct mono at);
/* The first answer is late: the probe goes on, and another one may start to the same target. */
void probe_late(struct probe *p);
/* A try beside the first one goes out: --rate counts it. */
void probe_add_try(struct probe *p);
/* The target itself answered, `us` after the try that it answers; to `lost` earlier ones nothing
 * came. Before probe_finish(). */
void probe_learn(struct probe *p, uint32_t us, unsigned lost);

/* Has the target shut this host out? Whoever asks a port several times tells: that a connection was
 * taken; that the port is proved, and does not mind a visit; and that it takes no connections any
 * more. Then the port that is named is to be tried (0: none), and where it takes none either,
 * probe_shut_out() is due. */
void probe_welcome(struct probe *p);
void probe_vouch(struct probe *p);
uint16_t probe_turn_away(struct probe *p, bool is_silent);
void probe_shut_out(struct probe *p);
bool probe_is_shut_out(const struct probe *p);
/* As probe_finish(): nothing of the port is known, as the target has shut this host out. */
void probe_finish_not_asked(struct probe *p);
/* The evidence of what is not asked, and its `how`. */
void shut_out_words(unsigned connections, char *words, size_t room);
#define SHUT_OUT "shut out"

/* The probe is over: its sockets are closed and its timers stopped, and `p` is not the method's any
 * more when this returns. */
void probe_finish(struct probe *p, const struct sighting *seen);
