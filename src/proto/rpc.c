/* SPDX-License-Identifier: ISC */
#include "proto/rpc.h"

#include "proto/wire.h"

enum {
	CALL = 0,
	REPLY = 1,
	RPC_VERSION = 2,
	ACCEPTED = 0,
	DENIED = 1,
	SUCCESS = 0,
	PROG_MISMATCH = 2
};
#define LAST_FRAGMENT 0x80000000u

void rpc_put_call(struct proto_out *out, const struct rpc_call *call)
{
	proto_put32(out, call->xid);
	proto_put32(out, CALL);
	proto_put32(out, RPC_VERSION);
	proto_put32(out, call->program);
	proto_put32(out, call->version);
	proto_put32(out, call->procedure);
	for (unsigned i = 0; i < 4; i++) /* credentials and verifier: AUTH_NONE, no bytes */
		proto_put32(out, 0);
}

void rpc_put_record(struct proto_out *out, size_t n)
{
	proto_put32(out, LAST_FRAGMENT | (uint32_t)n);
}

enum rpc_answer rpc_read(struct slice m, uint32_t xid, struct rpc_reply *reply)
{
	uint32_t id, direction, accepted, flavor, length, status;
	struct slice verifier;

	if (!wire_take32(&m, &id) || !wire_take32(&m, &direction) || direction != REPLY ||
	    !wire_take32(&m, &accepted))
		return RPC_NONE;
	if (id != xid)
		return RPC_STRANGER;
	if (accepted != ACCEPTED || !wire_take32(&m, &flavor) || !wire_take32(&m, &length) ||
	    !wire_take(&m, length, &verifier) || !wire_take32(&m, &status))
		return RPC_NONE;
	if (status == SUCCESS) {
		reply->results = m;
		return RPC_DONE;
	}
	if (status != PROG_MISMATCH)
		return RPC_REFUSED;
	return wire_take32(&m, &reply->low) && wire_take32(&m, &reply->high) ? RPC_VERSIONS
									     : RPC_NONE;
}

bool rpc_take_record(struct slice *in, struct slice *m, enum proto_result *result)
{
	enum { RECORD_MAX = 4096 };
	struct slice rest = *in;
	uint32_t mark;

	*result = PROTO_MORE;
	if (!wire_take32(&rest, &mark))
		return false;
	if (mark < LAST_FRAGMENT || mark - LAST_FRAGMENT > RECORD_MAX) {
		*result = PROTO_OTHER;
		return false;
	}
	if (!wire_take(&rest, mark - LAST_FRAGMENT, m))
		return false;
	*in = rest;
	return true;
}

uint32_t rpc_xid(const uint8_t *chance)
{
	return (uint32_t)chance[0] << 24 | (uint32_t)chance[1] << 16 | (uint32_t)chance[2] << 8 |
	       chance[3];
}

void rpc_ask_nothing(const struct proto_ask *ask, uint32_t program, uint32_t version,
		     struct proto_out *out)
{
	const struct rpc_call nothing = {rpc_xid(ask->chance), program, version, 0};

	rpc_put_call(out, &nothing);
}

enum proto_result rpc_hear_nothing(const struct proto_ask *ask, struct slice m, uint32_t version,
				   struct proto_said *said)
{
	struct rpc_reply reply;

	switch (rpc_read(m, rpc_xid(ask->chance), &reply)) {
	case RPC_DONE:
		proto_sayf(said, "version %u", version);
		return PROTO_PROVED;
	case RPC_VERSIONS:
		proto_sayf(said, reply.low == reply.high ? "version %u" : "versions %u to %u",
			   reply.low, reply.high);
		return PROTO_PROVED;
	case RPC_STRANGER:
		return PROTO_MORE;
	default:
		return PROTO_OTHER;
	}
}

enum proto_result rpc_recognise(struct slice in, struct proto_said *said)
{
	enum proto_result result;
	struct slice m;
	uint32_t xid, direction, status;

	(void)said;
	if (!rpc_take_record(&in, &m, &result))
		return result;
	return wire_take32(&m, &xid) && wire_take32(&m, &direction) && direction == REPLY &&
			       wire_take32(&m, &status) && status <= DENIED
		       ? PROTO_MORE
		       : PROTO_OTHER;
}
