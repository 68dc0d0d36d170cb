/* SPDX-License-Identifier: ISC
 *
 * uTP, BitTorrent's own transport over UDP: a connection is asked for, BEP 29, and taken back once
 * it is granted. A peer that wants no more connections says so, and is known by that, too.
 */
#include "base/compiler.h"
#include "proto/proto.h"
#include "proto/wire.h"

/* Type and version 1. */
enum { STATE = 0x21, RESET = 0x31, SYN = 0x41, WINDOW = 1 << 16 };

/* No clock here: a time of zero is as good as any that is not the peer's. */
static void put_header(const struct proto_ask *ask, struct proto_out *out, uint8_t type,
		       unsigned id_plus)
{
	const unsigned id = (unsigned)ask->chance[0] << 8 | ask->chance[1];

	proto_put(out, &type, 1);
	proto_put(out, "\0", 1); /* no extension */
	proto_put16(out, (id + id_plus) & 0xffff);
	proto_put32(out, 0); /* our time, and the difference to the peer's, in microseconds */
	proto_put32(out, 0);
	proto_put32(out, WINDOW);
	proto_put(out, ask->chance + 2, 2); /* sequence number */
}

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	put_header(ask, out, SYN, 0);
	proto_put16(out, 0);
}

/* Each extension tells of which kind the next one is; 0: there is none. */
static bool skip_extensions(struct slice *s, uint8_t kind)
{
	uint8_t n;
	struct slice value;

	while (kind)
		if (!wire_take8(s, &kind) || !wire_take8(s, &n) || !wire_take(s, n, &value))
			return false;
	return true;
}

/* Behind the sender of a SYN each of its packets has the next id. */
static void put_reset(const struct proto_ask *ask, struct proto_out *out, const void *acked)
{
	put_header(ask, out, RESET, 1);
	proto_put(out, acked, 2);
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	struct slice s = *in, id, times, sequence, acked;
	uint8_t type, extension;

	(void)state;
	(void)said;
	if (!wire_take8(&s, &type) || (type != STATE && type != RESET) ||
	    !wire_take8(&s, &extension) || !wire_take(&s, 2, &id) || !wire_take(&s, 12, &times) ||
	    !wire_take(&s, 2, &sequence) || !wire_take(&s, 2, &acked) ||
	    !skip_extensions(&s, extension) || s.n)
		return PROTO_OTHER;
	if (memcmp(id.p, ask->chance, 2) != 0 || memcmp(acked.p, ask->chance + 2, 2) != 0)
		return PROTO_MORE;
	if (type == STATE)
		put_reset(ask, out, sequence.p);
	return PROTO_PROVED;
}

static const char *const services[] = {"utp", NULL};

#define SYN_ASKED "A\0\0\1\0\0\0\0\0\0\0\0\0\1\0\0\2\3\0\0"

static const struct proto_vector vectors[] = {
	{.title = "a connection is granted",
	 .source = "Transmission 3.00",
	 .turns = {{'>', SLICE(SYN_ASKED)},
		   {'<',
		    SLICE("!\2\0\1\20\320\263\22\0\0\0\0\0008\0\0k\36\2\3\0\10\0\0\0\0\0\0\0\0")},
		   {'>', SLICE("1\0\0\2\0\0\0\0\0\0\0\0\0\1\0\0\2\3k\36")}},
	 .result = PROTO_PROVED},
	{.title = "without extensions",
	 .source = "BEP 29",
	 .turns = {{'>', SLICE(SYN_ASKED)},
		   {'<', SLICE("!\0\0\1\20\320\263\22\0\0\0\0\0\1\0\0w\210\2\3")},
		   {'>', SLICE("1\0\0\2\0\0\0\0\0\0\0\0\0\1\0\0\2\3w\210")}},
	 .result = PROTO_PROVED},
	{.title = "it wants no more",
	 .source = "BEP 29",
	 .turns = {{'>', SLICE(SYN_ASKED)},
		   {'<', SLICE("1\0\0\1\20\320\263\22\0\0\0\0\0\1\0\0w\210\2\3")}},
	 .result = PROTO_PROVED},
	{.title = "an answer to another question is waited out",
	 .source = "BEP 29",
	 .turns = {{'>', SLICE(SYN_ASKED)},
		   {'<', SLICE("!\0UU\20\320\263\22\0\0\0\0\0\1\0\0w\210\2\3")}},
	 .result = PROTO_MORE},
	{.title = "it has another packet",
	 .source = "BEP 29",
	 .turns = {{'>', SLICE(SYN_ASKED)},
		   {'<', SLICE("!\0\0\1\20\320\263\22\0\0\0\0\0\1\0\0w\210UU")}},
	 .result = PROTO_MORE},
	{.title = "data, before anything was agreed",
	 .source = "BEP 29",
	 .turns = {{'>', SLICE(SYN_ASKED)},
		   {'<', SLICE("\1\0\0\1\20\320\263\22\0\0\0\0\0\1\0\0w\210\2\3")}},
	 .result = PROTO_OTHER},
	{.title = "an extension without an end",
	 .source = "BEP 29",
	 .turns = {{'>', SLICE(SYN_ASKED)},
		   {'<', SLICE("!\2\0\1\20\320\263\22\0\0\0\0\0\1\0\0w\210\2\3\0\10\0")}},
	 .result = PROTO_OTHER},
	{.title = "something behind the header",
	 .source = "BEP 29",
	 .turns = {{'>', SLICE(SYN_ASKED)},
		   {'<', SLICE("!\0\0\1\20\320\263\22\0\0\0\0\0\1\0\0w\210\2\3x")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(SYN_ASKED)}, {'<', SLICE(SYN_ASKED)}},
	 .result = PROTO_OTHER},
};

const struct proto proto_utp = {
	.name = "utp",
	.services = services,
	.transport = TRANSPORT_UDP,
	.answers = PROTO_SOMETIMES,
	.start = start,
	.input = input,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
