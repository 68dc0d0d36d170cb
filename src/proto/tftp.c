/* SPDX-License-Identifier: ISC
 *
 * TFTP: a file that nobody has is asked for, RFC 1350 section 5. The error comes from a port of its
 * own (section 4), which is also all that ties it to the question.
 */
#include "base/compiler.h"
#include "proto/proto.h"
#include "proto/wire.h"

enum { READ_REQUEST = 1, DATA = 3, ERROR = 5 };

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	static const struct slice file = SLICE("portolan-no-such-file\0octet\0");

	(void)state;
	(void)ask;
	proto_put16(out, READ_REQUEST);
	proto_put(out, file.p, file.n);
}

/* Else the server would send its first block again and again. */
static void stop(struct proto_out *out)
{
	static const struct slice enough = SLICE("thank you\0");

	proto_put16(out, ERROR);
	proto_put16(out, 0);
	proto_put(out, enough.p, enough.n);
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	enum { BLOCK = 512, CODE_MAX = 8 };
	uint16_t type, number;
	struct slice m = *in;

	(void)state;
	(void)ask;
	if (!wire_take16(&m, &type) || !wire_take16(&m, &number))
		return PROTO_OTHER;
	if (type == DATA && number == 1 && m.n <= BLOCK) {
		proto_say(said, SLICE("it has a file of any name"));
		stop(out);
		return PROTO_PROVED;
	}
	if (type != ERROR || number > CODE_MAX || m.n == 0 || m.p[m.n - 1] != '\0')
		return PROTO_OTHER;
	proto_say(said, wire_take_string(&m));
	return PROTO_PROVED;
}

static const char *const services[] = {"tftp", NULL};

#define REQUEST "\0\1portolan-no-such-file\0octet\0"

static const struct proto_vector vectors[] = {
	{.title = "there is no such file",
	 .source = "tftpd-hpa 5.2",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE("\0\5\0\1File not found\0")}},
	 .result = PROTO_PROVED,
	 .text = "File not found"},
	{.title = "there is, so it is told to stop",
	 .source = "RFC 1350",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("\0\3\0\1Ahoy")},
		   {'>', SLICE("\0\5\0\0thank you\0")}},
	 .result = PROTO_PROVED,
	 .text = "it has a file of any name"},
	{.title = "an error without an end",
	 .source = "RFC 1350",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE("\0\5\0\1File")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE(REQUEST)}},
	 .result = PROTO_OTHER},
};

const struct proto proto_tftp = {
	.name = "tftp",
	.services = services,
	.transport = TRANSPORT_UDP,
	.answers = PROTO_ALWAYS,
	.answers_from_other_port = true,
	.has_no_id = true,
	.start = start,
	.input = input,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
