/* SPDX-License-Identifier: ISC
 *
 * NetBIOS sessions: may I speak to "*SMBSERVER"? RFC 1002 section 4.3; the name is what clients
 * write that know only an address. A server of sessions says yes, or why not.
 */
#include <string.h>

#include "base/compiler.h"
#include "proto/proto.h"
#include "proto/wire.h"

enum { HEADER = 4 };

/* Names of 16 characters, each as two letters, RFC 1001 section 14.1: "*SMBSERVER", and
 * "PORTOLAN". */
#define QUESTION                                                                                   \
	"\x81\0\0\x44"                                                                             \
	"\x20"                                                                                     \
	"CKFDENECFDEFFCFGEFFCCACACACACACA\0"                                                       \
	"\x20"                                                                                     \
	"FAEPFCFEEPEMEBEOCACACACACACACAAA\0"

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	static const struct slice question = SLICE(QUESTION);

	(void)state;
	(void)ask;
	proto_put(out, question.p, question.n);
}

/* Section 4.3.4: why not. */
static const char *reason(uint8_t code)
{
	static const struct {
		uint8_t code;
		const char *words;
	} reasons[] = {{0x80, "nobody listens to that name"},
		       {0x81, "nobody listens to that caller"},
		       {0x82, "there is no such name"},
		       {0x83, "it has no room for a session"},
		       {0x8f, "of no reason that it names"}};

	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (reasons[i].code == code)
			return reasons[i].words;
	return NULL;
}

static enum proto_result read_answer(struct slice *in, struct proto_said *said)
{
	static const char yes[HEADER] = "\x82\0\0", no[HEADER] = "\x83\0\0\1";
	struct slice s = *in;
	uint8_t code;

	if (s.n < HEADER)
		return !s.n || memcmp(s.p, yes, s.n) == 0 || memcmp(s.p, no, s.n) == 0
			       ? PROTO_MORE
			       : PROTO_OTHER;
	if (wire_take_same(&s, yes, HEADER)) {
		*in = s;
		return PROTO_PROVED;
	}
	if (!wire_take_same(&s, no, HEADER))
		return PROTO_OTHER;
	if (!wire_take8(&s, &code))
		return PROTO_MORE;
	if (!reason(code))
		return PROTO_OTHER;
	proto_sayf(said, "it refuses: %s", reason(code));
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

/* The answer is all that such a server says: more, and it is something else. */
static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	enum proto_result result = read_answer(&in, said);

	return result == PROTO_PROVED && in.n ? PROTO_OTHER : result;
}

static const char *const services[] = {"netbios", NULL};

static const struct proto_vector vectors[] = {
	{.title = "it may be spoken to",
	 .source = "Samba 4.17.12",
	 .turns = {{'>', SLICE(QUESTION)}, {'<', SLICE("\202\0")}, {'<', SLICE("\0\0")}},
	 .result = PROTO_PROVED},
	{.title = "it does not know the name",
	 .source = "RFC 1002 section 4.3.4",
	 .turns = {{'>', SLICE(QUESTION)}, {'<', SLICE("\203\0\0\1\202")}},
	 .result = PROTO_PROVED,
	 .text = "it refuses: there is no such name"},
	{.title = "a reason that does not exist",
	 .source = "RFC 1002 section 4.3.4",
	 .turns = {{'>', SLICE(QUESTION)}, {'<', SLICE("\203\0\0\1\1")}},
	 .result = PROTO_OTHER},
	{.title = "a web server",
	 .source = "RFC 9112",
	 .turns = {{'>', SLICE(QUESTION)},
		   {'<', SLICE("HTTP/1.1 400 Bad Request\r\n"
			       "\r\n")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(QUESTION)}, {'<', SLICE(QUESTION)}},
	 .result = PROTO_OTHER},
};

static const struct proto_reply replies[] = {
	{.title = "another's session request",
	 .source = "Samba 4.17.12",
	 .bytes = SLICE("\202\0\0\0")},
	{.title = "a refusal",
	 .source = "RFC 1002 section 4.3.4",
	 .bytes = SLICE("\203\0\0\1\200"),
	 .text = "it refuses: nobody listens to that name"},
};

const struct proto proto_netbios_session = {
	.name = "netbios-session",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.start = start,
	.input = input,
	.recognise = recognise,
	.turn = 70,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
	.replies = replies,
	.n_replies = ARRAY_LEN(replies),
};
