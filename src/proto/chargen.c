/* SPDX-License-Identifier: ISC
 *
 * Chargen: characters without end over TCP, some for each datagram over UDP, whatever is said. RFC
 * 864 leaves open which; all servers send what it shows, a ring of the printable characters in
 * lines of 72, each line one further than the one before.
 */
#include "base/compiler.h"
#include "proto/proto.h"

enum { ENOUGH = 32, LINE = 72, SOME = 8 }; /* characters */

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	(void)out;
}

/* How many characters of the first line follow each other in the ring. */
static size_t count(struct slice in)
{
	size_t n = 1;

	if (in.n == 0 || in.p[0] < ' ' || in.p[0] > '~')
		return 0;
	while (n < in.n && n < LINE && in.p[n] == (in.p[n - 1] == '~' ? ' ' : in.p[n - 1] + 1))
		n++;
	return n;
}

static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	const size_t n = count(in);

	(void)said;
	if (n >= ENOUGH)
		return PROTO_PROVED;
	return n == in.n && n >= SOME ? PROTO_MORE : PROTO_OTHER;
}

static enum proto_result input_tcp(void *state, const struct proto_ask *ask, struct slice *in,
				   struct proto_out *out, struct proto_said *said)
{
	const size_t n = count(*in);

	(void)state;
	(void)ask;
	(void)out;
	(void)said;
	if (n >= ENOUGH)
		return PROTO_PROVED;
	return n == in->n ? PROTO_MORE : PROTO_OTHER;
}

static enum proto_result input_udp(void *state, const struct proto_ask *ask, struct slice *in,
				   struct proto_out *out, struct proto_said *said)
{
	(void)state;
	(void)ask;
	(void)out;
	(void)said;
	return count(*in) >= ENOUGH ? PROTO_PROVED : PROTO_OTHER;
}

static const char *const services[] = {"chargen", NULL};

#define FIRST  " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefg\r\n"
#define SECOND "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefgh\r\n"
#define LATE   "xyz{|}~ !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`\r\n"

static const struct proto_vector vectors_tcp[] = {
	{.title = "lines without end",
	 .source = "OpenBSD inetd 0.20221205",
	 .turns = {{'<', SLICE(FIRST SECOND)}},
	 .result = PROTO_PROVED},
	{.title = "from anywhere in the ring",
	 .source = "RFC 864",
	 .turns = {{'<', SLICE(LATE)}},
	 .result = PROTO_PROVED},
	{.title = "too few characters",
	 .source = "RFC 864",
	 .turns = {{'<', SLICE("ABCDEFGHIJKL")}},
	 .result = PROTO_MORE},
	{.title = "an alphabet, and then no more",
	 .source = "RFC 864",
	 .turns = {{'<', SLICE("ABCDEFGHIJKLMNOPQRSTUVWXYZ\r\n")}},
	 .result = PROTO_OTHER},
};

static const struct proto_vector vectors_udp[] = {
	{.title = "a line",
	 .source = "OpenBSD inetd 0.20221205",
	 .turns = {{'>', SLICE("")}, {'<', SLICE(FIRST)}},
	 .result = PROTO_PROVED},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE("")}, {'<', SLICE("")}},
	 .result = PROTO_OTHER},
};

static const struct proto_reply replies[] = {
	{.title = "before any question",
	 .source = "OpenBSD inetd 0.20221205",
	 .bytes = SLICE(FIRST)},
};

const struct proto proto_chargen = {
	.name = "chargen",
	.services = services,
	.transport = TRANSPORT_UDP,
	.answers = PROTO_ALWAYS,
	.has_no_id = true,
	.start = start,
	.input = input_udp,
	.vectors = vectors_udp,
	.n_vectors = ARRAY_LEN(vectors_udp),
};

const struct proto proto_chargen_tcp = {
	.name = "chargen",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.is_server_first = true,
	.input = input_tcp,
	.recognise = recognise,
	.vectors = vectors_tcp,
	.n_vectors = ARRAY_LEN(vectors_tcp),
	.replies = replies,
	.n_replies = ARRAY_LEN(replies),
};
