/* SPDX-License-Identifier: ISC
 *
 * ONC RPC, RFC 5531: calls without credentials, and what is answered. Over TCP each message is a
 * record of one fragment, section 11.
 */
#pragma once

#include "proto/proto.h"

enum { RPCBIND_PROGRAM = 100000, NFS_PROGRAM = 100003, MOUNT_PROGRAM = 100005, RPC_CALL_SIZE = 40 };

/* A call's id, of four bytes of chance. */
uint32_t rpc_xid(const uint8_t *chance);

struct rpc_call {
	uint32_t xid, program, version, procedure;
};
/* The call's head; its arguments, if it has any, follow. */
void rpc_put_call(struct proto_out *out, const struct rpc_call *call);
/* In front of a message of n bytes, over TCP. */
void rpc_put_record(struct proto_out *out, size_t n);

enum rpc_answer {
	RPC_NONE,     /* no answer of RPC, or one that does not say what became of the call */
	RPC_STRANGER, /* to another call */
	RPC_DONE,     /* `results` */
	RPC_VERSIONS, /* the program is there, in the versions `low` to `high`, not in ours */
	RPC_REFUSED, /* there is no such program or procedure, or it would not take our arguments */
};
struct rpc_reply {
	struct slice results;
	uint32_t low, high;
};
enum rpc_answer rpc_read(struct slice m, uint32_t xid, struct rpc_reply *reply);

/* Once a record is whole: true, taken, in *m. Else *result says whether more is to come. */
bool rpc_take_record(struct slice *in, struct slice *m, enum proto_result *result);

/* The procedure 0, which every program has and which does nothing; with rpc_hear_nothing() it tells
 * whether the program is there in that version, or in which. The id is of ask->chance. */
void rpc_ask_nothing(const struct proto_ask *ask, uint32_t program, uint32_t version,
		     struct proto_out *out);
enum proto_result rpc_hear_nothing(const struct proto_ask *ask, struct slice m, uint32_t version,
				   struct proto_said *said);

/* struct proto's recognise, over TCP: a reply tells its call by an id alone, so it is RPC of some
 * program at most, and the program's own question must tell which. */
enum proto_result rpc_recognise(struct slice in, struct proto_said *said);
