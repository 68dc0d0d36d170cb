/* SPDX-License-Identifier: ISC
 *
 * What a run has learnt of the way to a target, and what follows for one that keeps silent: how
 * many tries it takes, and how long each of them is waited for. Pure: numbers in, numbers out.
 *
 * "Dropped" must not be bad luck. Where a try and its answer get lost with the chance p, n tries
 * all do with p^n; and only a target that would answer can be wronged. So it is tried until
 *
 *	(share of this target's ports that answer) * p^n <= one in a million
 *
 * with n from 2 to RTT_TRIES_MAX, which is enough up to a loss of one in ten. p is measured: a try
 * is lost where a later one of the same probe was answered. Before anything was measured it is
 * taken to be 1 in 16, which makes 5 tries; 50 answers without a loss make 2 of them (most ways
 * lose nothing, and some lose much).
 *
 * A try counts when its answer had the time to come: the smoothed round trip and four times its
 * variation, as for a retransmission (RFC 6298 section 2), and at least RTT_SLACK_MS more than it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
	RTT_TRIES_MAX = 6,
	RTT_SLACK_MS = 50, /* for a busy host, here or there */
	RTT_LATE_MAX_MS = 3000,
	RTT_HEDGE_MS =
		350, /* not measured yet: the last try goes out by then, or by half of the time */
	RTT_GAP_MIN_MS = 20, /* between two tries */
};

/* Zeroed: nothing is known. The run's is the sum of all targets'. */
struct rtt {
	uint32_t srtt_us, rttvar_us; /* srtt_us 0: not measured */
	uint32_t sent, lost;	     /* tries of those that were answered */
	uint32_t answered, silent;   /* probes */
};

/* An answer came, `us` after the try that it answers, and to `lost` earlier ones none. */
void rtt_add(struct rtt *r, uint32_t us, unsigned lost);
void rtt_add_silence(struct rtt *r);

/* Some of its packets get lost for certain: at least 3 tries, and one in a hundred. */
bool rtt_has_loss(const struct rtt *r);
/* From when on an answer is late; 0: not measured. */
uint32_t rtt_late_us(const struct rtt *r);
/* How many tries make "dropped", 2 to RTT_TRIES_MAX. */
unsigned rtt_tries(const struct rtt *target, const struct rtt *run);

/* The chance that so many tries to a target that answers were all lost: what "dropped" may be wrong
 * by; at most rtt_bad_luck_max where it was tried often enough. */
extern const double rtt_bad_luck_max;
double rtt_bad_luck(const struct rtt *target, const struct rtt *run, unsigned tries);

/* What a silent probe does next. */
struct rtt_step {
	bool is_over;  /* at `at_us`; else it is tried again then */
	int64_t at_us; /* after the start; may have passed */
};
struct rtt_silence {
	const struct rtt *target, *run;
	int64_t timeout_us; /* of the whole */
	bool is_bound;	    /* the timeout was asked for: no longer than that */
	unsigned tries;	    /* so far, 1.. */
	int64_t last_us;    /* after the start: when the last of them went out */
};
struct rtt_step rtt_next(const struct rtt_silence *s);
