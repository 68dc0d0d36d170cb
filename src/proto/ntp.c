/* SPDX-License-Identifier: ISC
 *
 * NTP: a client's request of version 4, RFC 5905 sections 7.3 and 8. The time of sending is by
 * chance instead of our clock: nobody learns our time, and as it comes back as the time of origin,
 * an answer to anything else is known.
 */
#include "base/compiler.h"
#include "proto/proto.h"
#include "proto/wire.h"

enum { SIZE = 48, ORIGIN = 24, TRANSMIT = 40, CLIENT_V4 = 0x23, SERVER = 4 };

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	static const uint8_t zeros[TRANSMIT - 1];

	(void)state;
	proto_put(out, (const uint8_t[]){CLIENT_V4}, 1);
	proto_put(out, zeros, sizeof(zeros));
	proto_put(out, ask->chance, SIZE - TRANSMIT);
}

/* The reference id is text where the clock is the server's own, and where it says why it does not
 * tell the time (sections 7.3 and 7.4). */
static void say_stratum(struct slice m, struct proto_said *said)
{
	struct slice id = {m.p + 12, 4};
	unsigned stratum = (uint8_t)m.p[1], leap = (uint8_t)m.p[0] >> 6;

	id = wire_take_string(&id);
	if (stratum == 0 && (slice_is(id, "DENY") || slice_is(id, "RSTR") || slice_is(id, "RATE")))
		proto_sayf(said, "it refuses us: %.*s", (int)id.n, id.p);
	else if (stratum == 0 || stratum > 15 || leap == 3)
		proto_say(said, SLICE("its own clock is not set"));
	else if (stratum == 1)
		proto_sayf(said, "stratum 1, %.*s", (int)id.n, id.p);
	else
		proto_sayf(said, "stratum %u", stratum);
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	unsigned version;

	(void)state;
	(void)out;
	if (in->n < SIZE || (in->p[0] & 7) != SERVER)
		return PROTO_OTHER;
	version = (uint8_t)in->p[0] >> 3 & 7;
	if (version == 0 || version > 4)
		return PROTO_OTHER;
	if (memcmp(in->p + ORIGIN, ask->chance, SIZE - TRANSMIT) != 0)
		return PROTO_MORE;
	say_stratum(*in, said);
	return PROTO_PROVED;
}

static const char *const services[] = {"ntp", NULL};

#define REQUEST                                                                                    \
	"#\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"          \
	"\0\1\2\3\4\5\6\7"

static const struct proto_vector vectors[] = {
	{.title = "a clock that follows another",
	 .source = "chrony 4.3",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<',
		    SLICE("$\10\0\346\0\0\0\0\0\0\0\0\177\177\1\1\356\263\233\270\271\365\303"
			  "\242\0\1\2\3\4\5\6\7\356\263\233\272-\240n#\356\263\233\272-\243\251"
			  "\204")}},
	 .result = PROTO_PROVED,
	 .text = "stratum 8"},
	{.title = "a clock of its own",
	 .source = "RFC 5905",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("$\1\6\346\0\0\0\0\0\0\0\0GPS\0\0\0\0\0\0\0\0\0\0\1\2\3\4\5\6\7\356"
			       "\263\232\237\6\305oQ\356\263\232\237\6\310m\30")}},
	 .result = PROTO_PROVED,
	 .text = "stratum 1, GPS"},
	{.title = "it has just begun",
	 .source = "NTPsec 1.2.2",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<',
		    SLICE("\344\0\0\350\0\0\0\0\0\0\0\0INIT\0\0\0\0\0\0\0\0\0\1\2\3\4\5\6\7\356"
			  "\263\232\377\344\233j\332\356\263\232\377\344\236\324\224")}},
	 .result = PROTO_PROVED,
	 .text = "its own clock is not set"},
	{.title = "it has enough of us",
	 .source = "RFC 5905",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<',
		    SLICE("\344\0\6\346\0\0\0\0\0\0\0\0RATE\0\0\0\0\0\0\0\0\0\1\2\3\4\5\6\7\356"
			  "\263\232\237\6\305oQ\356\263\232\237\6\310m\30")}},
	 .result = PROTO_PROVED,
	 .text = "it refuses us: RATE"},
	{.title = "an answer to another question is waited out",
	 .source = "RFC 5905",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("$\2\6\346\0\0\0\0\0\0\0\0\300\0\2\1\0\0\0\0\0\0\0\0not ours\356\263"
			       "\232\237\6\305oQ\356\263\232\237\6\310m\30")}},
	 .result = PROTO_MORE},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE(REQUEST)}},
	 .result = PROTO_OTHER},
};

const struct proto proto_ntp = {
	.name = "ntp",
	.services = services,
	.transport = TRANSPORT_UDP,
	.answers = PROTO_ALWAYS,
	.start = start,
	.input = input,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
