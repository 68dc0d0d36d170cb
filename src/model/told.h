/* SPDX-License-Identifier: ISC
 *
 * What another host told of one thing that it tried: a line of the results that a script or the
 * remote probe prints (portolan-check(1), "Results"). Hearsay, and no outcome yet: probe/hearsay.h
 * makes one of it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/slice.h"
#include "model/expr.h"

enum told_state {
	TOLD_OPEN,	       /* connected; of a ping: the echo came */
	TOLD_OPEN_RESET,       /* connected, and a reset followed */
	TOLD_REFUSED,	       /* "Connection refused" */
	TOLD_TIMEOUT,	       /* nothing came; of UDP: no answer and no error */
	TOLD_HOST_UNREACHABLE, /* "No route to host" */
	TOLD_NET_UNREACHABLE,  /* "Network is unreachable" */
	TOLD_DENIED,	       /* "Permission denied" */
	TOLD_NOT_PERMITTED,    /* "Operation not permitted" */
	TOLD_ICMP,	       /* `icmp`: which error, and who sent it */
	TOLD_ANSWERED,	       /* UDP: `reply` came */
	TOLD_LOCAL,	       /* that host's kernel could not: `error` of `call` */
	TOLD_NO_NAME,	       /* the name has no address there */
	TOLD_NAME_ERROR,       /* its resolver could not be asked */
	TOLD_NOT_TESTED,       /* `how` says why not */
	TOLD_UNKNOWN,	       /* the means said something else: `how` */
	TOLD_STATE_COUNT
};
extern const char *const told_state_names[]; /* NULL ends it */

/* Whether an ICMP error came to that host while it tried: with none, a refusal was a reset. */
enum told_icmp { TOLD_ICMP_UNKNOWN, TOLD_ICMP_NONE, TOLD_ICMP_SOME };

enum { TOLD_REPLY_MAX = 512 };

struct told {
	uint64_t flow;
	struct slice target; /* as it stands in the plan: an address or a name */
	struct addr address; /* what was tried; family 0: the name had none */
	enum transport transport;
	uint16_t port; /* 0: ICMP */
	enum told_state state;
	const char *how;   /* in the means' own words; from outside; NULL: nothing */
	const char *means; /* "nc (busybox)"; from outside; NULL: none */
	uint32_t ms;	   /* how long it took; with `has_ms` */
	bool has_ms;
	enum told_icmp icmp;
	struct slice reply; /* bytes */
	/* TOLD_ICMP: type, code and sender; TOLD_LOCAL: errno. Read from `how`. */
	uint8_t type, code;
	struct addr by;
	bool is_own; /* the sender is that host itself */
	int error;
	unsigned line; /* in its file */
};
