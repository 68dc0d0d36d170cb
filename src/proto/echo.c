/* SPDX-License-Identifier: ISC
 *
 * Echo: what is said comes back, RFC 862. Said is a line that harms nobody and that nobody else
 * would say: the chance of the question, in digits.
 */
#include "base/compiler.h"
#include "proto/proto.h"

enum { QUESTION = 2 * PROTO_CHANCE + 2 };

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	static const char digits[] = "0123456789abcdef";

	(void)state;
	for (unsigned i = 0; i < PROTO_CHANCE; i++) {
		proto_put(out, &digits[ask->chance[i] >> 4], 1);
		proto_put(out, &digits[ask->chance[i] & 15], 1);
	}
	proto_put_text(out, "\r\n");
}

static enum proto_result compare(const struct proto_ask *ask, struct slice in,
				 enum proto_result if_other)
{
	struct proto_out said = {.n = 0};

	start(NULL, ask, &said);
	if (in.n > QUESTION || memcmp(in.p, said.bytes, in.n) != 0)
		return if_other;
	return in.n == QUESTION ? PROTO_PROVED : PROTO_MORE;
}

static enum proto_result input_tcp(void *state, const struct proto_ask *ask, struct slice *in,
				   struct proto_out *out, struct proto_said *said)
{
	(void)state;
	(void)out;
	(void)said;
	return compare(ask, *in, PROTO_OTHER);
}

/* Whether it is the echo of another question: a line of as many digits. */
static bool is_line(struct slice in)
{
	for (size_t i = 0; i < in.n && i < QUESTION - 2; i++)
		if (!memchr("0123456789abcdef", in.p[i], 16))
			return false;
	return in.n == QUESTION && memcmp(in.p + QUESTION - 2, "\r\n", 2) == 0;
}

static enum proto_result input_udp(void *state, const struct proto_ask *ask, struct slice *in,
				   struct proto_out *out, struct proto_said *said)
{
	(void)state;
	(void)out;
	(void)said;
	if (!is_line(*in))
		return PROTO_OTHER;
	return compare(ask, *in, PROTO_MORE);
}

static const char *const services[] = {"echo", NULL};

#define QUESTION_TEXT "000102030405060708090a0b0c0d0e0f\r\n"

static const struct proto_vector vectors_udp[] = {
	{.title = "it comes back",
	 .source = "OpenBSD inetd 0.20221205",
	 .turns = {{'>', SLICE(QUESTION_TEXT)}, {'<', SLICE(QUESTION_TEXT)}},
	 .result = PROTO_PROVED},
	{.title = "another question comes back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(QUESTION_TEXT)},
		   {'<', SLICE("00010203040506070809aaaaaaaaaaaa\r\n")}},
	 .result = PROTO_MORE},
	{.title = "half of it comes back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(QUESTION_TEXT)}, {'<', SLICE("0001020304050607")}},
	 .result = PROTO_OTHER},
};

static const struct proto_vector vectors_tcp[] = {
	{.title = "it comes back",
	 .source = "OpenBSD inetd 0.20221205",
	 .turns = {{'>', SLICE(QUESTION_TEXT)}, {'<', SLICE(QUESTION_TEXT)}},
	 .result = PROTO_PROVED},
	{.title = "it comes back in parts",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(QUESTION_TEXT)},
		   {'<', SLICE("000102030405060708")},
		   {'<', SLICE("090a0b0c0d0e0f\r\n")}},
	 .result = PROTO_PROVED},
	{.title = "it is not all that comes back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(QUESTION_TEXT)}, {'<', SLICE("unknown command: 00010203")}},
	 .result = PROTO_OTHER},
};

const struct proto proto_echo = {
	.name = "echo",
	.services = services,
	.transport = TRANSPORT_UDP,
	.answers = PROTO_ALWAYS,
	.start = start,
	.input = input_udp,
	.vectors = vectors_udp,
	.n_vectors = ARRAY_LEN(vectors_udp),
};

const struct proto proto_echo_tcp = {
	.name = "echo",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.start = start,
	.input = input_tcp,
	.turn = 90,
	.vectors = vectors_tcp,
	.n_vectors = ARRAY_LEN(vectors_tcp),
};
