/* SPDX-License-Identifier: ISC
 *
 * Kerberos 4 administration: a request whose ticket is none. There is no specification but the
 * sources of MIT's and KTH's krb4 (kadm.h, kadm_ser_wrap.c): a version, the length of what is
 * encrypted, a ticket; and the server's answer to whom it does not know, KYOULOSE and a code. Each
 * message has its length in two bytes in front.
 */
#include "base/compiler.h"
#include "proto/proto.h"
#include "proto/wire.h"

enum { WORD = 8 };

/* Nothing is encrypted; a ticket begins with its version of Kerberos, and there is no version 0. */
#define REQUEST "\0\x14KADM0.0A\0\0\0\0\0\0\0\0\0\0\0\0"

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	static const struct slice request = SLICE(REQUEST);

	(void)state;
	(void)ask;
	proto_put(out, request.p, request.n);
}

static enum proto_result read_answer(struct slice *in, struct proto_said *said)
{
	static const char begin[2 + WORD + 1] = "\0\x0cKYOULOSE";
	struct slice s = *in;
	uint32_t code;

	for (size_t i = 0; i < 2 + WORD && i < s.n; i++)
		if (s.p[i] != begin[i])
			return PROTO_OTHER;
	if (!wire_take_same(&s, begin, 2 + WORD) || !wire_take32(&s, &code))
		return PROTO_MORE;
	proto_sayf(said, "Kerberos 4, code %u", code);
	*in = s;
	return PROTO_PROVED;
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	(void)state;
	(void)ask;
	(void)out;
	return read_answer(in, said);
}

static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	return read_answer(&in, said);
}

static const char *const services[] = {"kadmin4", NULL};

static const struct proto_vector vectors[] = {
	{.title = "the ticket is none",
	 .source = "krb4, kadm_ser_wrap.c",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("\0\x0cKYOUL")},
		   {'<', SLICE("OSE\0\0\0\x27")}},
	 .result = PROTO_PROVED,
	 .text = "Kerberos 4, code 39"},
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
	{.title = "to what is of no version",
	 .source = "krb4, kadm_ser_wrap.c",
	 .bytes = SLICE("\0\x0cKYOULOSE\1\x4f\x3d\x0b"),
	 .text = "Kerberos 4, code 21970187"},
};

const struct proto proto_kadmin4 = {
	.name = "kadmin4",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.start = start,
	.input = input,
	.recognise = recognise,
	.turn = 79,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
	.replies = replies,
	.n_replies = ARRAY_LEN(replies),
};
