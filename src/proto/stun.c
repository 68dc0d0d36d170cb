/* SPDX-License-Identifier: ISC
 *
 * STUN: which address do I have? A binding request without attributes, RFC 8489 sections 5 and 6;
 * over TCP, too, where the head's length tells its end (section 6.2.2).
 */
#include "base/compiler.h"
#include "proto/proto.h"
#include "proto/wire.h"

enum { HEADER = 20, MESSAGE_MAX = 2048 };
enum { BINDING = 0x0001, BINDING_OF = 0x0101, BINDING_ERROR = 0x0111, ID = 12, SOFTWARE = 0x8022 };
#define COOKIE 0x2112a442u

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	proto_put16(out, BINDING);
	proto_put16(out, 0); /* no attributes */
	proto_put32(out, COOKIE);
	proto_put(out, ask->chance, ID);
}

/* Attributes are padded to four bytes, section 14. */
static void say_software(struct slice s, struct proto_said *said)
{
	uint16_t type, n;
	struct slice value;

	while (wire_take16(&s, &type) && wire_take16(&s, &n) && wire_take(&s, n, &value)) {
		if (type == SOFTWARE)
			proto_say(said, value);
		s = slice_skip(s, -n & 3u);
	}
}

static enum proto_result read_answer(const struct proto_ask *ask, struct slice m,
				     struct proto_said *said)
{
	struct slice id;
	uint16_t type, n;
	uint32_t cookie;

	if (!wire_take16(&m, &type) || !wire_take16(&m, &n) || !wire_take32(&m, &cookie) ||
	    !wire_take(&m, ID, &id) || (type != BINDING_OF && type != BINDING_ERROR) ||
	    cookie != COOKIE || n != m.n)
		return PROTO_OTHER;
	if (memcmp(id.p, ask->chance, ID) != 0)
		return PROTO_MORE;
	say_software(m, said);
	return PROTO_PROVED;
}

static enum proto_result input_udp(void *state, const struct proto_ask *ask, struct slice *in,
				   struct proto_out *out, struct proto_said *said)
{
	(void)state;
	(void)out;
	return read_answer(ask, *in, said);
}

/* The first 16 bits are a type of answer, or nothing will become of it. */
static enum proto_result input_tcp(void *state, const struct proto_ask *ask, struct slice *in,
				   struct proto_out *out, struct proto_said *said)
{
	struct slice m = *in, message;
	uint16_t type, n;

	(void)state;
	(void)out;
	if (m.n && m.p[0] != BINDING_OF >> 8)
		return PROTO_OTHER;
	if (!wire_take16(&m, &type) || !wire_take16(&m, &n))
		return PROTO_MORE;
	if ((type != BINDING_OF && type != BINDING_ERROR) || n > MESSAGE_MAX)
		return PROTO_OTHER;
	m = *in;
	if (!wire_take(&m, HEADER + (size_t)n, &message))
		return PROTO_MORE;
	return read_answer(ask, message, said) == PROTO_PROVED ? PROTO_PROVED : PROTO_OTHER;
}

static const char *const services[] = {"stun", NULL};

#define REQUEST                                                                                    \
	"\0\1\0\0!\22\244B\0\1\2\3\4\5\6\7\10\11\n"                                                \
	"\13"

static const struct proto_vector vectors_udp[] = {
	{.title = "it tells what it is",
	 .source = "coturn 4.6.1",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<',
		    SLICE("\1\1\0H!\22\244B\0\1\2\3\4\5\6\7\10\11\n"
			  "\13\0 \0\10\0\1\264)^\22\244C\0\1\0\10\0\1\225;\177\0\0\1\200+\0\10"
			  "\0\1\r\226\177\0\0\1\200,\0\10\0\1\r\227\177\0\0\1\200\"\0\24Coturn-"
			  "4.6.1 'Gorst'")}},
	 .result = PROTO_PROVED,
	 .text = "Coturn-4.6.1 'Gorst'"},
	{.title = "an error without attributes",
	 .source = "RFC 8489",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("\1\21\0\0!\22\244B\0\1\2\3\4\5\6\7\10\11\n"
			       "\13")}},
	 .result = PROTO_PROVED},
	{.title = "an answer to another question is waited out",
	 .source = "RFC 8489",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE("\1\1\0\0!\22\244Banother one!")}},
	 .result = PROTO_MORE},
	{.title = "longer than it says",
	 .source = "RFC 8489",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("\1\1\0\0!\22\244B\0\1\2\3\4\5\6\7\10\11\n"
			       "\13\0\0\0\0")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE(REQUEST)}},
	 .result = PROTO_OTHER},
};

static const struct proto_vector vectors_tcp[] = {
	{.title = "it tells what it is",
	 .source = "coturn 4.6.1",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<',
		    SLICE("\1\1\0H!\22\244B\0\1\2\3\4\5\6\7\10\11\n"
			  "\13\0 \0\10\0\1\274j^\22\244C\0\1\0\10\0\1\235x\177\0\0\1\200+\0\10"
			  "\0\1\r\226\177\0\0\1\200,\0\10\0\1\r\227\177\0\0\1\200\"\0\24Coturn-"
			  "4.6.1 'Gorst'")}},
	 .result = PROTO_PROVED,
	 .text = "Coturn-4.6.1 'Gorst'"},
	{.title = "an answer to another question",
	 .source = "RFC 8489",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE("\1\1\0\0!\22\244Banother one!")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE(REQUEST)}},
	 .result = PROTO_OTHER},
};

const struct proto proto_stun = {
	.name = "stun",
	.services = services,
	.transport = TRANSPORT_UDP,
	.answers = PROTO_ALWAYS,
	.start = start,
	.input = input_udp,
	.vectors = vectors_udp,
	.n_vectors = ARRAY_LEN(vectors_udp),
};

const struct proto proto_stun_tcp = {
	.name = "stun",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.start = start,
	.input = input_tcp,
	.turn = 54,
	.vectors = vectors_tcp,
	.n_vectors = ARRAY_LEN(vectors_tcp),
};
