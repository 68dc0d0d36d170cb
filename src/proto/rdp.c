/* SPDX-License-Identifier: ISC
 *
 * RDP: by what would you have this connection protected? An X.224 connection request that offers
 * TLS and network level authentication (CredSSP), MS-RDPBCGR section 2.2.1.1; the server picks one,
 * or says what it insists on (2.2.1.2). Nothing is begun with what it picked.
 */
#include "base/compiler.h"
#include "proto/proto.h"
#include "proto/wire.h"

/* Sizes and types; TPKT: of the header in front. */
enum { CONFIRM = 0xd0, TPKT = 4, ANSWER = 2, FAILURE = 3 };

#define REQUEST                                                                                    \
	"\3\0\0\x13"	       /* 19 bytes */                                                      \
	"\x0e\xe0\0\0\0\0\0"   /* connection request */                                            \
	"\1\0\x08\0\x0b\0\0\0" /* TLS, CredSSP in both its forms */

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	static const struct slice request = SLICE(REQUEST);

	(void)state;
	(void)ask;
	proto_put(out, request.p, request.n);
}

static bool say_choice(uint32_t protocol, struct proto_said *said)
{
	static const struct {
		uint32_t number;
		const char *words;
	} names[] = {{0, "RDP's own encryption"},
		     {1, "TLS"},
		     {2, "network level authentication (CredSSP)"},
		     {4, "RDSTLS"},
		     {8, "network level authentication (CredSSP), with its result told early"},
		     {16, "Azure AD"}};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (names[i].number == protocol) {
			proto_sayf(said, "it chose %s", names[i].words);
			return true;
		}
	return false;
}

/* 2.2.1.2.2 */
static bool say_failure(uint32_t code, struct proto_said *said)
{
	static const char *const words[] = {
		NULL,
		"it insists on TLS",
		"it does not allow TLS",
		"it has no certificate",
		"flags that do not fit",
		"it insists on network level authentication (CredSSP)",
		"it insists on TLS with a certificate of the client",
	};

	if (code == 0 || code >= ARRAY_LEN(words))
		return false;
	proto_say(said, slice_of(words[code]));
	return true;
}

/* Behind the confirm; nothing there: a server of before 2003 knows no choice. */
static bool read_choice(struct slice s, struct proto_said *said)
{
	static const uint8_t size[] = {8, 0};
	uint8_t type, flags;
	uint32_t value;

	if (s.n == 0)
		return say_choice(0, said);
	return wire_take8(&s, &type) && wire_take8(&s, &flags) &&
	       wire_take_same(&s, size, sizeof(size)) && wire_take32le(&s, &value) && s.n == 0 &&
	       (type == ANSWER ? say_choice(value, said)
			       : type == FAILURE && say_failure(value, said));
}

/* X.224's confirm: destination (ours, 0), source, class 0. */
static bool read_confirm(struct slice s, struct proto_said *said)
{
	static const uint8_t to_us[] = {0, 0};
	uint8_t size, code, class;
	uint16_t source;

	return wire_take8(&s, &size) && size == s.n && wire_take8(&s, &code) && code == CONFIRM &&
	       wire_take_same(&s, to_us, sizeof(to_us)) && wire_take16(&s, &source) &&
	       wire_take8(&s, &class) && class == 0 && read_choice(s, said);
}

/* A packet of TPKT, RFC 1006 section 6: version 3, 0, the length of all. */
static enum proto_result take_packet(struct slice *in, struct slice *packet)
{
	enum { LEAST = 7, MOST = 512 };
	static const uint8_t version[] = {3, 0};
	struct slice s = *in;
	uint16_t n;

	for (size_t i = 0; i < sizeof(version) && i < s.n; i++)
		if ((uint8_t)s.p[i] != version[i])
			return PROTO_OTHER;
	if (!wire_take_same(&s, version, sizeof(version)) || !wire_take16(&s, &n))
		return PROTO_MORE;
	if (n < LEAST || n > MOST)
		return PROTO_OTHER;
	if (!wire_take(&s, (size_t)n - TPKT, packet))
		return PROTO_MORE;
	*in = s;
	return PROTO_PROVED;
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	struct slice packet;
	enum proto_result result = take_packet(in, &packet);

	(void)state;
	(void)ask;
	(void)out;
	if (result != PROTO_PROVED)
		return result;
	return read_confirm(packet, said) ? PROTO_PROVED : PROTO_OTHER;
}

/* To what it cannot read, xrdp says what ends a session of T.125 (section 7, the ultimatum that
 * disconnects); TPKT alone would be H.323's, too. */
static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	enum { BARE = 7 }; /* a confirm without a choice, as of others above X.224 */
	static const char ultimatum[] = "\2\xf0\x80\x21\x80";
	struct slice packet;
	enum proto_result result = take_packet(&in, &packet);

	if (result != PROTO_PROVED)
		return result;
	if (slice_is(packet, ultimatum))
		return PROTO_PROVED;
	if (!read_confirm(packet, said))
		return PROTO_OTHER;
	return packet.n > BARE ? PROTO_PROVED : PROTO_MORE;
}

static const char *const services[] = {"rdp", NULL};

static const struct proto_vector vectors[] = {
	{.title = "TLS",
	 .source = "xrdp 0.9.21",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("\3\0\0")},
		   {'<', SLICE("\23\16\320\0\0\0224\0\2\1\10\0\1\0\0\0")}},
	 .result = PROTO_PROVED,
	 .text = "it chose TLS"},
	{.title = "it insists",
	 .source = "MS-RDPBCGR section 2.2.1.2.2",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("\3\0\0\23\16\320\0\0\0224\0\3\0\10\0\5\0\0\0")}},
	 .result = PROTO_PROVED,
	 .text = "it insists on network level authentication (CredSSP)"},
	{.title = "one that knows no choice",
	 .source = "MS-RDPBCGR section 2.2.1.2",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE("\3\0\0\13\6\320\0\0\0224\0")}},
	 .result = PROTO_PROVED,
	 .text = "it chose RDP's own encryption"},
	{.title = "a choice that does not exist",
	 .source = "MS-RDPBCGR section 2.2.1.2.1",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("\3\0\0\23\16\320\0\0\0224\0\2\1\10\0\3\0\0\0")}},
	 .result = PROTO_OTHER},
	{.title = "a web server",
	 .source = "RFC 9112",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE("HTTP/1.1 400 Bad Request\r\n\r\n")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE(REQUEST)}},
	 .result = PROTO_OTHER},
};

static const struct proto_reply replies[] = {
	{.title = "to what it cannot read",
	 .source = "xrdp 0.9.21",
	 .bytes = SLICE("\3\0\0\11\2\360\200!\200")},
	{.title = "to another's request",
	 .source = "xrdp 0.9.21",
	 .bytes = SLICE("\3\0\0\23\16\320\0\0\0224\0\2\1\10\0\1\0\0\0"),
	 .text = "it chose TLS"},
};

const struct proto proto_rdp = {
	.name = "rdp",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.start = start,
	.input = input,
	.recognise = recognise,
	.turn = 9,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
	.replies = replies,
	.n_replies = ARRAY_LEN(replies),
};
