/* SPDX-License-Identifier: ISC
 *
 * DNS: version.bind TXT in class CH. Servers answer it, refuse it or know nothing of it; all of
 * these prove DNS, and nobody has to look anything up for us. RFC 1035 section 4; over TCP each
 * message has its length in front, RFC 1035 section 4.2.2.
 */
#include <string.h>

#include "base/compiler.h"
#include "proto/proto.h"

static const uint8_t question[] = {
	7, 'v', 'e', 'r', 's', 'i', 'o', 'n', 4, 'b', 'i', 'n', 'd', 0, /* the name */
	0, 16,	0,   3,							/* TXT CH */
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

/* The first string of the first answer, where it is a TXT behind a pointer or the name again. */
static void say_version(struct slice m, struct proto_said *said)
{
	const uint8_t *p = (const uint8_t *)m.p;
	size_t at = HEADER + sizeof(question);

	if (p[6] == 0 && p[7] == 0)
		return;
	at += at < m.n && p[at] >= 0xc0 ? 2 : 14;
	if (at + 11 > m.n || p[at] != 0 || p[at + 1] != 16 || at + 11 + p[at + 10] > m.n)
		return;
	proto_say(said, (struct slice){m.p + at + 11, p[at + 10]});
}

static enum proto_result read_answer(const struct proto_ask *ask, struct slice m,
				     struct proto_said *said)
{
	if (m.n < HEADER || !(m.p[2] & QR))
		return PROTO_OTHER;
	if (memcmp(m.p, ask->chance, 2) != 0)
		return PROTO_MORE; /* an answer, not to us */
	/* A server that could not read the question answers with the header alone. */
	if (m.n < HEADER + sizeof(question) ||
	    memcmp(m.p + HEADER, question, sizeof(question)) != 0)
		return (m.p[3] & 15) == 1 ? PROTO_PROVED : PROTO_OTHER;
	say_version(m, said);
	return PROTO_PROVED;
}

static enum proto_result input_udp(void *state, const struct proto_ask *ask, struct slice *in,
				   struct proto_out *out, struct proto_said *said)
{
	(void)state;
	(void)out;
	return read_answer(ask, *in, said);
}

static enum proto_result input_tcp(void *state, const struct proto_ask *ask, struct slice *in,
				   struct proto_out *out, struct proto_said *said)
{
	size_t n;

	(void)state;
	(void)out;
	if (in->n < 2)
		return PROTO_MORE;
	n = (size_t)(uint8_t)in->p[0] << 8 | (uint8_t)in->p[1];
	if (n < HEADER)
		return PROTO_OTHER;
	if (in->n < 2 + n) /* a banner would never come to an end: its first bytes must be ours */
		return in->n >= 4 && memcmp(in->p + 2, ask->chance, 2) != 0 ? PROTO_OTHER
									    : PROTO_MORE;
	return read_answer(ask, (struct slice){in->p + 2, n}, said);
}

static const char *const services[] = {"dns", NULL};

static const struct proto_vector vectors_udp[] = {
	{.title = "it tells its version",
	 .source = "RFC 1035",
	 .turns = {{'>', SLICE("\x00\x01\0\0\0\1\0\0\0\0\0\0\7version\4bind\0\0\x10\0\3")},
		   {'<', SLICE("\x00\x01\x84\0\0\1\0\1\0\0\0\0\7version\4bind\0\0\x10\0\3"
			       "\xc0\x0c\0\x10\0\3\0\0\0\0\0\x0d\x0c"
			       "9.18.28-test")}},
	 .result = PROTO_PROVED,
	 .text = "9.18.28-test"},
	{.title = "it refuses",
	 .source = "RFC 1035",
	 .turns = {{'>', SLICE("\x00\x01\0\0\0\1\0\0\0\0\0\0\7version\4bind\0\0\x10\0\3")},
		   {'<', SLICE("\x00\x01\x80\5\0\1\0\0\0\0\0\0\7version\4bind\0\0\x10\0\3")}},
	 .result = PROTO_PROVED},
	{.title = "an answer to another question is waited out",
	 .source = "RFC 5452 section 9",
	 .turns = {{'>', SLICE("\x00\x01\0\0\0\1\0\0\0\0\0\0\7version\4bind\0\0\x10\0\3")},
		   {'<', SLICE("\x99\x99\x80\5\0\1\0\0\0\0\0\0\7version\4bind\0\0\x10\0\3")}},
	 .result = PROTO_MORE},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE("\x00\x01\0\0\0\1\0\0\0\0\0\0\7version\4bind\0\0\x10\0\3")},
		   {'<', SLICE("\x00\x01\0\0\0\1\0\0\0\0\0\0\7version\4bind\0\0\x10\0\3")}},
	 .result = PROTO_OTHER},
};

static const struct proto_vector vectors_tcp[] = {
	{.title = "it refuses",
	 .source = "RFC 1035",
	 .turns = {{'>', SLICE("\0\x1e\x00\x01\0\0\0\1\0\0\0\0\0\0\7version\4bind\0\0\x10\0\3")},
		   {'<', SLICE("\0")},
		   {'<', SLICE("\x1e\x00\x01\x80\5\0\1\0\0\0\0\0\0\7version\4bind\0\0\x10\0\3")}},
	 .result = PROTO_PROVED},
	{.title = "a web server",
	 .source = "RFC 9112",
	 .turns = {{'>', SLICE("\0\x1e\x00\x01\0\0\0\1\0\0\0\0\0\0\7version\4bind\0\0\x10\0\3")},
		   {'<', SLICE("HTTP/1.1 400 Bad Request\r\n\r\n")}},
	 .result = PROTO_OTHER},
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
	.vectors = vectors_tcp,
	.n_vectors = ARRAY_LEN(vectors_tcp),
};
