/* SPDX-License-Identifier: ISC
 *
 * DNS: the name servers of the root, without recursion: out of what the server has, or refused;
 * both prove DNS, and nobody has to look anything up for us. Not version.bind: BIND answers such
 * questions three times a second, and whoever asks more often gets no answer at all for a while.
 * RFC 1035 section 4; over TCP each message has its length in front, RFC 1035 section 4.2.2.
 */
#include <string.h>

#include "base/compiler.h"
#include "proto/proto.h"
#include "proto/wire.h"

static const uint8_t question[] = {
	0,	    /* the root's name */
	0, 2, 0, 1, /* NS IN */
};

static void put_query(const struct proto_ask *ask, struct proto_out *out)
{
	proto_put(out, ask->chance, 2);
	proto_put16(out, 0); /* a standard query */
	proto_put16(out, 1); /* one question */
	proto_put16(out, 0);
	proto_put32(out, 0);
	proto_put(out, question, sizeof(question));
}

static void start_udp(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	put_query(ask, out);
}

static void start_tcp(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	proto_put16(out, 12 + sizeof(question));
	put_query(ask, out);
}

enum { HEADER = 12, QR = 0x80 };

static enum proto_result read_answer(const struct proto_ask *ask, struct slice m)
{
	if (m.n < HEADER || !(m.p[2] & QR))
		return PROTO_OTHER;
	if (memcmp(m.p, ask->chance, 2) != 0)
		return PROTO_MORE; /* an answer, not to us */
	/* A server that could not read the question answers with the header alone. */
	if (m.n < HEADER + sizeof(question) ||
	    memcmp(m.p + HEADER, question, sizeof(question)) != 0)
		return (m.p[3] & 15) == 1 ? PROTO_PROVED : PROTO_OTHER;
	return PROTO_PROVED;
}

static enum proto_result input_udp(void *state, const struct proto_ask *ask, struct slice *in,
				   struct proto_out *out, struct proto_said *said)
{
	(void)state;
	(void)out;
	(void)said;
	return read_answer(ask, *in);
}

static enum proto_result input_tcp(void *state, const struct proto_ask *ask, struct slice *in,
				   struct proto_out *out, struct proto_said *said)
{
	size_t n;

	(void)state;
	(void)out;
	(void)said;
	if (in->n < 2)
		return PROTO_MORE;
	n = (size_t)(uint8_t)in->p[0] << 8 | (uint8_t)in->p[1];
	if (n < HEADER)
		return PROTO_OTHER;
	if (in->n < 2 + n) /* a banner would never come to an end: its first bytes must be ours */
		return in->n >= 4 && memcmp(in->p + 2, ask->chance, 2) != 0 ? PROTO_OTHER
									    : PROTO_MORE;
	return read_answer(ask, (struct slice){in->p + 2, n});
}

/* The name of a question, not compressed: labels of 1 to 63 bytes, and a zero. */
static bool skip_name(struct slice *s)
{
	enum { LABEL_MAX = 63 };
	struct slice label;
	uint8_t n;

	while (wire_take8(s, &n) && n <= LABEL_MAX) {
		if (n == 0)
			return true;
		if (!wire_take(s, n, &label))
			return false;
	}
	return false;
}

/* An answer that repeats one question, of the Internet or of Chaosnet; or a header alone, with the
 * error that the question could not be read. */
static bool is_answer(struct slice m)
{
	enum { IN = 1, CH = 3, FORMAT_ERROR = 1, CODE = 0x0f, OPCODE = 0x78 };
	uint16_t id, flags, questions, answers, authorities, more, type, class;

	if (!wire_take16(&m, &id) || !wire_take16(&m, &flags) || !(flags >> 8 & QR) ||
	    (flags >> 8 & OPCODE) || !wire_take16(&m, &questions) || !wire_take16(&m, &answers) ||
	    !wire_take16(&m, &authorities) || !wire_take16(&m, &more))
		return false;
	if (m.n == 0)
		return (flags & CODE) == FORMAT_ERROR &&
		       !(questions | answers | authorities | more);
	return questions == 1 && skip_name(&m) && wire_take16(&m, &type) && type &&
	       wire_take16(&m, &class) && (class == IN || class == CH);
}

static enum proto_result recognise_tcp(struct slice in, struct proto_said *said)
{
	enum { ANSWER_MAX = 8000 };
	struct slice m;
	uint16_t n;

	(void)said;
	if (!wire_take16(&in, &n))
		return PROTO_MORE;
	if (n < HEADER || n > ANSWER_MAX || (in.n > 2 && !((uint8_t)in.p[2] & QR)))
		return PROTO_OTHER;
	if (!wire_take(&in, n, &m))
		return PROTO_MORE;
	return is_answer(m) ? PROTO_PROVED : PROTO_OTHER;
}

static const char *const services[] = {"dns", NULL};

static const struct proto_vector vectors_udp[] = {
	{.title = "it knows",
	 .source = "RFC 1035",
	 .turns = {{'>', SLICE("\x00\x01\0\0\0\1\0\0\0\0\0\0\0\0\2\0\1")},
		   {'<', SLICE("\x00\x01\x84\0\0\1\0\1\0\0\0\0\0\0\2\0\1"
			       "\0\0\2\0\1\0\0\0\0\0\3\1a\0")}},
	 .result = PROTO_PROVED},
	{.title = "it refuses",
	 .source = "RFC 1035",
	 .turns = {{'>', SLICE("\x00\x01\0\0\0\1\0\0\0\0\0\0\0\0\2\0\1")},
		   {'<', SLICE("\x00\x01\x80\5\0\1\0\0\0\0\0\0\0\0\2\0\1")}},
	 .result = PROTO_PROVED},
	{.title = "an answer to another question is waited out",
	 .source = "RFC 5452 section 9",
	 .turns = {{'>', SLICE("\x00\x01\0\0\0\1\0\0\0\0\0\0\0\0\2\0\1")},
		   {'<', SLICE("\x99\x99\x80\5\0\1\0\0\0\0\0\0\0\0\2\0\1")}},
	 .result = PROTO_MORE},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE("\x00\x01\0\0\0\1\0\0\0\0\0\0\0\0\2\0\1")},
		   {'<', SLICE("\x00\x01\0\0\0\1\0\0\0\0\0\0\0\0\2\0\1")}},
	 .result = PROTO_OTHER},
};

static const struct proto_vector vectors_tcp[] = {
	{.title = "it refuses",
	 .source = "RFC 1035",
	 .turns = {{'>', SLICE("\0\x11\x00\x01\0\0\0\1\0\0\0\0\0\0\0\0\2\0\1")},
		   {'<', SLICE("\0")},
		   {'<', SLICE("\x11\x00\x01\x80\5\0\1\0\0\0\0\0\0\0\0\2\0\1")}},
	 .result = PROTO_PROVED},
	{.title = "a web server",
	 .source = "RFC 9112",
	 .turns = {{'>', SLICE("\0\x11\x00\x01\0\0\0\1\0\0\0\0\0\0\0\0\2\0\1")},
		   {'<', SLICE("HTTP/1.1 400 Bad Request\r\n\r\n")}},
	 .result = PROTO_OTHER},
};

static const struct proto_reply replies[] = {
	{.title = "to a question for its version",
	 .source = "BIND 9.18.49",
	 .bytes = SLICE("\0QPO\204\0\0\1\0\1\0\1\0\0\7version\4bind\0\0\20\0\3\300\14\0\20\0\3\0\0"
			"\0\0\0\31\0309.18.49-1~deb12u3-Debian\300\14\0\2\0\3\0\0\0\0\0\2\300\14")},
	{.title = "to what it cannot read",
	 .source = "RFC 1035 section 4.1.1",
	 .bytes = SLICE("\0\14GE\200\1\0\0\0\0\0\0\0\0")},
};

const struct proto proto_dns = {
	.name = "dns",
	.services = services,
	.transport = TRANSPORT_UDP,
	.answers = PROTO_ALWAYS,
	.start = start_udp,
	.input = input_udp,
	.vectors = vectors_udp,
	.n_vectors = ARRAY_LEN(vectors_udp),
};

const struct proto proto_dns_tcp = {
	.name = "dns",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.start = start_tcp,
	.input = input_tcp,
	.recognise = recognise_tcp,
	.turn = 4,
	.vectors = vectors_tcp,
	.n_vectors = ARRAY_LEN(vectors_tcp),
	.replies = replies,
	.n_replies = ARRAY_LEN(replies),
};
