/* SPDX-License-Identifier: ISC
 *
 * What the network said to one check. Written once, never changed; never an error. The state says
 * what happened, the cause says who or what decided it; where the evidence does not decide, the
 * cause is "unproven" and candidates say what remains. Sources of the evidence: ip(7), tcp(7),
 * RFC 792, RFC 4443.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "model/expr.h"
#include "model/text.h"

enum state {
	STATE_OPEN,
	STATE_OPEN_RESET, /* the handshake completed, then a reset came */
	STATE_SILENT,
	STATE_WRONG_SERVICE,
	STATE_CLOSED,
	STATE_REJECTED,
	STATE_DROPPED,
	STATE_UNREACHABLE,
	STATE_NOT_ATTEMPTED,
	STATE_COUNT
};

enum cause {
	CAUSE_TARGET,
	CAUSE_TARGET_FIREWALL,
	CAUSE_HOP,
	CAUSE_MIDDLEBOX,
	CAUSE_RETURN_PATH,
	CAUSE_LOCAL_FIREWALL,
	CAUSE_LOCAL_RESOURCE,
	CAUSE_LOCAL_ROUTE,
	CAUSE_DNS,
	CAUSE_PROXY,
	CAUSE_UNPROVEN,
	CAUSE_COUNT
};

enum confidence { CONFIDENCE_POSSIBLE, CONFIDENCE_LIKELY, CONFIDENCE_CERTAIN };
enum answer { ANSWER_UNKNOWN, ANSWER_PASS, ANSWER_FAIL }; /* for the network, for the service */

extern const char *const state_names[], *const cause_names[], *const confidence_names[],
								      *const answer_names[];

enum { OUTCOME_CANDIDATES_MAX = 6, OUTCOME_HOW_MAX = 48, OUTCOME_EVIDENCE_MAX = 240 };

struct text_pool;

/* Kept by the million: a field more is paid for each flow. */
struct outcome {
	unsigned id;	    /* 1.. within the run */
	unsigned task;	    /* index in what was to be tried */
	unsigned flow;	    /* index in plan.flows; UINT_MAX: no plan (probe) */
	struct addr source; /* family 0: not known */
	struct addr target; /* family 0: the name did not resolve */
	const char *name;   /* as asked for; borrowed */
	enum transport transport;
	uint16_t port;
	const char *vantage;  /* where it was tried; borrowed; NULL: where the run is */
	const char *method;   /* connect, ... */
	const char *means[4]; /* what was used to look: recverr, ... ; NULL ends it */
	enum state state;
	enum cause cause;
	struct addr by;	      /* the address that answered; family 0: nobody */
	struct addr hop_addr; /* whose doing it is, as it calls itself; family 0: not known */
	uint8_t hop;	      /* and how many hops away, from 1; 0: not known */
	const char *device;   /* the site's device with that address; NULL: not known */
	const char *how; /* "icmp 3/13", "rst", "connect: Network is unreachable"; may be NULL */
	const char *candidates[OUTCOME_CANDIDATES_MAX];
	enum confidence confidence;
	/* Rejected by a message that says where nobody is or leads to (host unreachable, a loop),
	 * which no rule need have sent: it refuses nothing. */
	bool is_absence;
	bool is_alike;	     /* where it is lost is told by others to its target alone */
	bool answers_later;  /* it was silent, and a single try afterwards was answered */
	float bad_luck;	     /* dropped: the chance that losses alone made it so; 0: not known */
	bool is_interrupted; /* not-attempted: the run was ended before */
	enum answer network, service;
	const char *expected; /* protocol; NULL: not said */
	const char *proved;   /* the protocol whose bytes came; NULL: none did */
	bool is_stand_in;     /* `portolan listen` answered in the service's place */
	const char *via;      /* NULL: direct; else "http:NAME", "socks5:NAME"; borrowed */
	const char *leg;      /* of a way through a proxy: "name", "connect", "authentication",
			       * "policy", "beyond"; NULL: one piece */
	uint16_t named_port;  /* a directory, or a negotiation, named this port; 0: none */
	uint32_t rtt_us;      /* 0: nothing came back */
	unsigned tries;
	const char *evidence; /* one sentence; NULL: none */
	struct text_pool
		*texts; /* of `how` and `evidence`; NULL: they are borrowed from elsewhere */
	int64_t at_ms;	/* wall clock, ms since 1970 */
};

/* Whether the path let it through, as far as a state and its cause tell. */
enum answer outcome_network(enum state state, enum cause cause);
/* Whether the right thing answers, as far as state and cause tell: a connection alone proves no
 * protocol. outcome.service knows more, where a dialogue was held. */
enum answer outcome_service(enum state state, enum cause cause);
