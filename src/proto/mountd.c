/* SPDX-License-Identifier: ISC
 *
 * mountd, which says to clients of NFS 3 what they may mount: the procedure that does nothing, RFC
 * 1813 section 5.2.0. Version 3 is asked for; a server of other versions only says which.
 */
#include "base/compiler.h"
#include "proto/rpc.h"

enum { VERSION = 3 };

static void start_udp(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	rpc_ask_nothing(ask, MOUNT_PROGRAM, VERSION, out);
}

static void start_tcp(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	rpc_put_record(out, RPC_CALL_SIZE);
	start_udp(state, ask, out);
}

static enum proto_result input_udp(void *state, const struct proto_ask *ask, struct slice *in,
				   struct proto_out *out, struct proto_said *said)
{
	(void)state;
	(void)out;
	return rpc_hear_nothing(ask, *in, VERSION, said);
}

static enum proto_result input_tcp(void *state, const struct proto_ask *ask, struct slice *in,
				   struct proto_out *out, struct proto_said *said)
{
	enum proto_result result;
	struct slice m;

	(void)state;
	(void)out;
	return rpc_take_record(in, &m, &result) ? rpc_hear_nothing(ask, m, VERSION, said) : result;
}

static const char *const services[] = {"mountd", NULL};

#define CALL                                                                                       \
	"\0\1\2\3\0\0\0\0\0\0\0\2\0\1\206\245\0\0\0\3\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"         \
	"\0\0"

static const struct proto_vector vectors_udp[] = {
	{.title = "version 3 is there",
	 .source = "NFS-Ganesha 4.3",
	 .turns = {{'>', SLICE(CALL)},
		   {'<', SLICE("\0\1\2\3\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")}},
	 .result = PROTO_PROVED,
	 .text = "version 3"},
	{.title = "only another version is",
	 .source = "RFC 5531",
	 .turns = {{'>', SLICE(CALL)},
		   {'<',
		    SLICE("\0\1\2\3\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2\0\0\0\4\0\0\0\4")}},
	 .result = PROTO_PROVED,
	 .text = "version 4"},
	{.title = "a server of other programs",
	 .source = "RFC 5531",
	 .turns = {{'>', SLICE(CALL)},
		   {'<', SLICE("\0\1\2\3\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1")}},
	 .result = PROTO_OTHER},
	{.title = "an answer to another question is waited out",
	 .source = "RFC 5531",
	 .turns = {{'>', SLICE(CALL)},
		   {'<', SLICE("else\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")}},
	 .result = PROTO_MORE},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(CALL)}, {'<', SLICE(CALL)}},
	 .result = PROTO_OTHER},
};

static const struct proto_vector vectors_tcp[] = {
	{.title = "version 3 is there",
	 .source = "NFS-Ganesha 4.3",
	 .turns = {{'>', SLICE("\200\0\0(" CALL)},
		   {'<', SLICE("\200\0\0")},
		   {'<', SLICE("\30\0\1\2\3\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")}},
	 .result = PROTO_PROVED,
	 .text = "version 3"},
	{.title = "only others are",
	 .source = "RFC 5531",
	 .turns = {{'>', SLICE("\200\0\0(" CALL)},
		   {'<', SLICE("\200\0\0 \0\1\2\3\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2\0\0\0\1\0"
			       "\0\0\2")}},
	 .result = PROTO_PROVED,
	 .text = "versions 1 to 2"},
	{.title = "a web server",
	 .source = "RFC 9112",
	 .turns = {{'>', SLICE("\200\0\0(" CALL)},
		   {'<', SLICE("HTTP/1.1 400 Bad Request\r\n"
			       "\r\n")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE("\200\0\0(" CALL)}, {'<', SLICE("\200\0\0(" CALL)}},
	 .result = PROTO_OTHER},
};

const struct proto proto_mountd = {
	.name = "mountd",
	.services = services,
	.transport = TRANSPORT_UDP,
	.answers = PROTO_ALWAYS,
	.start = start_udp,
	.input = input_udp,
	.vectors = vectors_udp,
	.n_vectors = ARRAY_LEN(vectors_udp),
};

const struct proto proto_mountd_tcp = {
	.name = "mountd",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.start = start_tcp,
	.input = input_tcp,
	.recognise = rpc_recognise,
	.vectors = vectors_tcp,
	.n_vectors = ARRAY_LEN(vectors_tcp),
};
