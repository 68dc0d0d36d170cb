/* SPDX-License-Identifier: ISC
 *
 * AFS: which version are you? A packet of type VERSION of Rx, the RPC under every AFS service
 * (OpenAFS src/rx/rx_packet.h), which each answers before any call and to anybody.
 */
#include "base/compiler.h"
#include "proto/proto.h"
#include "proto/wire.h"

enum { HEADER = 28, SAME = 12, TYPE = 20, FLAGS = 21 };
enum { RX_VERSION = 13, RX_CLIENT_INITIATED = 1, RX_LAST_PACKET = 4 };

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	proto_put(out, ask->chance, SAME); /* epoch, connection, call: all come back */
	proto_put32(out, 0);		   /* sequence */
	proto_put32(out, 0);		   /* serial */
	proto_put(out, (const uint8_t[]){RX_VERSION, RX_CLIENT_INITIATED | RX_LAST_PACKET}, 2);
	proto_put16(out, 0); /* no status, no security */
	proto_put32(out, 0); /* no checksum, no service */
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	struct slice m = *in, header;

	(void)state;
	(void)out;
	if (!wire_take(&m, HEADER, &header) || header.p[TYPE] != RX_VERSION ||
	    (header.p[FLAGS] & RX_CLIENT_INITIATED) || m.n == 0)
		return PROTO_OTHER;
	if (memcmp(header.p, ask->chance, SAME) != 0)
		return PROTO_MORE;
	proto_say(said, wire_take_string(&m));
	return PROTO_PROVED;
}

static const char *const services[] = {"afs", NULL};

#define REQUEST                                                                                    \
	"\0\1\2\3\4\5\6\7\10\11\n"                                                                 \
	"\13\0\0\0\0\0\0\0\0\r\5\0\0\0\0\0\0"

static const struct proto_vector vectors[] = {
	{.title = "it tells its version",
	 .source = "OpenAFS 1.8.9",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<',
		    SLICE("\0\1\2\3\4\5\6\7\10\11\n"
			  "\13\0\0\0\0\0\0\0\0\r\4\0\0\0\0\0\0OpenAFS 1.8.9-1+deb12u1-debian 20"
			  "24-12-25\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")}},
	 .result = PROTO_PROVED,
	 .text = "OpenAFS 1.8.9-1+deb12u1-debian 2024-12-25"},
	{.title = "an answer to another question is waited out",
	 .source = "OpenAFS 1.8.9",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<',
		    SLICE("else\4\5\6\7\10\11\n"
			  "\13\0\0\0\0\0\0\0\0\r\4\0\0\0\0\0\0OpenAFS 1.8.9-1+deb12u1-debian 20"
			  "24-12-25\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")}},
	 .result = PROTO_MORE},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE(REQUEST)}},
	 .result = PROTO_OTHER},
};

const struct proto proto_afs = {
	.name = "afs",
	.services = services,
	.transport = TRANSPORT_UDP,
	.answers = PROTO_ALWAYS,
	.start = start,
	.input = input,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
