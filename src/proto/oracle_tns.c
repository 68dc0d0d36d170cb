/* SPDX-License-Identifier: ISC
 *
 * Oracle's listener: the question of its own tnsping. There is no public specification of TNS; the
 * layout is what several independent readers of it agree on. A listener refuses the connection with
 * words that tell its version, and no error; and asks for a repetition where it likes (RESEND).
 */
#include <string.h>

#include "base/compiler.h"
#include "proto/proto.h"
#include "proto/wire.h"

enum { CONNECT = 1, ACCEPT = 2, REFUSE = 4, REDIRECT = 5, RESEND = 11, HEADER = 8 };

struct talk {
	bool is_repeated;
};

static void put_connect(struct proto_out *out)
{
	enum { DATA_AT = 58 };
	static const uint8_t zeros[DATA_AT];
	static const struct slice data = SLICE("(CONNECT_DATA=(COMMAND=ping))");
	size_t begin = out->n;

	proto_put16(out, DATA_AT + (unsigned)data.n);
	proto_put(out, zeros, 2);
	proto_put(out, (const uint8_t[]){CONNECT, 0, 0, 0}, 4);
	proto_put16(out, 310);	  /* version 3.10, which listeners of 20 years understand */
	proto_put16(out, 300);	  /* and not below 3.00 */
	proto_put16(out, 0);	  /* no options */
	proto_put16(out, 2048);	  /* units of data in a session, */
	proto_put16(out, 32767);  /* and below it */
	proto_put16(out, 0x7f08); /* of TCP: what it can do */
	proto_put16(out, 0);
	proto_put16(out, 1); /* our order of bytes */
	proto_put16(out, (unsigned)data.n);
	proto_put16(out, DATA_AT);
	proto_put(out, zeros, DATA_AT - (out->n - begin));
	proto_put(out, data.p, data.n);
}

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	put_connect(out);
}

/* "(VSNNUM=186647040)" is 11.2.0.2.0: bits 8, 4, 8, 4, 8. */
static void say_version(struct slice words, struct proto_said *said)
{
	static const char key[] = "(VSNNUM=";
	const char *at = memmem(words.p, words.n, key, sizeof(key) - 1);
	struct slice rest, number;
	uint64_t v;

	proto_say(said, SLICE("Oracle listener"));
	if (!at)
		return;
	rest = slice_from_to(at + sizeof(key) - 1, words.p + words.n);
	if (slice_cut(&rest, ')', &number) && slice_number(number, UINT32_MAX, &v) && v)
		proto_sayf(said, "Oracle listener %u.%u.%u.%u.%u", (unsigned)(v >> 24),
			   (unsigned)(v >> 20 & 15), (unsigned)(v >> 12 & 255),
			   (unsigned)(v >> 8 & 15), (unsigned)(v & 255));
}

/* Reasons (a refusal's), the length of the words, the words. */
static bool read_words(struct slice s, uint8_t type, struct proto_said *said)
{
	struct slice words;
	uint16_t reasons, n;

	if ((type == REFUSE && !wire_take16(&s, &reasons)) || !wire_take16(&s, &n) ||
	    !wire_take(&s, n, &words) || s.n ||
	    (!slice_has_prefix(words, "(DESCRIPTION=") && !slice_has_prefix(words, "(ADDRESS=")))
		return false;
	say_version(words, said);
	return true;
}

/* Version, options, units, order of bytes, then where data are, if any. */
static bool read_accept(struct slice s, struct proto_said *said)
{
	enum { VERSION_MIN = 300, VERSION_MAX = 399, ORDER = 6 };
	struct slice skipped, m = s;
	uint16_t version, options, size, at;

	if (!wire_take16(&m, &version) || version < VERSION_MIN || version > VERSION_MAX ||
	    !wire_take16(&m, &options) || !wire_take(&m, ORDER, &skipped) ||
	    !wire_take16(&m, &size) || !wire_take16(&m, &at) || (size_t)at + size > HEADER + s.n)
		return false;
	proto_say(said, SLICE("Oracle listener"));
	return true;
}

/* A packet: its length, no checksum, a type, flags, no checksum. */
static enum proto_result take_packet(struct slice *in, uint8_t *type, struct slice *body)
{
	enum { PACKET_MAX = 2048 };
	struct slice s = *in;
	uint16_t n, sum, head_sum;
	uint8_t flags;

	if (s.n && (uint8_t)s.p[0] > PACKET_MAX >> 8)
		return PROTO_OTHER;
	if (!wire_take16(&s, &n) || !wire_take16(&s, &sum) || !wire_take8(&s, type) ||
	    !wire_take8(&s, &flags) || !wire_take16(&s, &head_sum))
		return PROTO_MORE;
	if (n < HEADER || n > PACKET_MAX || sum || head_sum)
		return PROTO_OTHER;
	if (!wire_take(&s, (size_t)n - HEADER, body))
		return PROTO_MORE;
	*in = s;
	return PROTO_PROVED;
}

static bool read_packet(uint8_t type, struct slice body, struct proto_said *said)
{
	if (type == REFUSE || type == REDIRECT)
		return read_words(body, type, said);
	return type == ACCEPT && read_accept(body, said);
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	struct talk *t = state;
	struct slice body;
	uint8_t type;
	enum proto_result result = take_packet(in, &type, &body);

	(void)ask;
	if (result != PROTO_PROVED)
		return result;
	if (type == RESEND && body.n == 0 && !t->is_repeated) {
		t->is_repeated = true;
		put_connect(out);
		return PROTO_MORE;
	}
	return read_packet(type, body, said) ? PROTO_PROVED : PROTO_OTHER;
}

static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	struct slice body;
	uint8_t type;
	enum proto_result result = take_packet(&in, &type, &body);

	if (result != PROTO_PROVED)
		return result;
	if (type == RESEND && body.n == 0)
		return PROTO_MORE;
	return read_packet(type, body, said) ? PROTO_PROVED : PROTO_OTHER;
}

static const char *const services[] = {"oracle-tns", NULL};

#define REQUEST                                                                                    \
	"\0\x57\0\0\1\0\0\0\1\x36\1\x2c\0\0\x08\0\x7f\xff\x7f\x08\0\0\0\1\0\x1d\0\x3a"             \
	"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0(CONNECT_DATA=(COMMAND=ping)" \
	")"
#define REFUSED                                                                                    \
	"\0\x49\0\0\4\0\0\0\0\0\0\x3d"                                                             \
	"(DESCRIPTION=(TMP=)(VSNNUM=186647040)(ERR=0)(ALIAS=LISTENER))"

static const struct proto_vector vectors[] = {
	{.title = "it is there",
	 .source = "unverified",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE(REFUSED)}},
	 .result = PROTO_PROVED,
	 .text = "Oracle listener 11.2.0.2.0"},
	{.title = "it wants the question again",
	 .source = "unverified",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("\0\10\0\0\13\0\0\0")},
		   {'>', SLICE(REQUEST)},
		   {'<', SLICE(REFUSED)}},
	 .result = PROTO_PROVED,
	 .text = "Oracle listener 11.2.0.2.0"},
	{.title = "it accepts",
	 .source = "unverified",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("\0\30\0\0\2\0\0\0\1\66\0\0\10\0\177\377\0\1\0\0\0\30\0\0")}},
	 .result = PROTO_PROVED,
	 .text = "Oracle listener"},
	{.title = "words of something else",
	 .source = "unverified",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE("\0\x11\0\0\4\0\0\0\0\0\0\5hello")}},
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
	{.title = "to another's connection",
	 .source = "unverified",
	 .bytes = SLICE(REFUSED),
	 .text = "Oracle listener 11.2.0.2.0"},
};

const struct proto proto_oracle_tns = {
	.name = "oracle-tns",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_SOMETIMES,
	.is_unverified = true,
	.state_size = sizeof(struct talk),
	.start = start,
	.input = input,
	.recognise = recognise,
	.turn = 73,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
	.replies = replies,
	.n_replies = ARRAY_LEN(replies),
};
