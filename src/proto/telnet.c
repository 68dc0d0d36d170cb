/* SPDX-License-Identifier: ISC
 *
 * Telnet: options that the server offers or asks for, unasked: RFC 854. Its mark of time, RFC 860,
 * must be answered and changes nothing: what came before the answer is all that it had to say. A
 * prompt ends it as well, for those that know no such mark.
 */
#include "base/compiler.h"
#include "proto/proto.h"

enum { SE = 240, SB = 250, WILL = 251, WONT = 252, DONT = 254, IAC = 255 };
enum { TIMING_MARK = 6, START_TLS = 46, AUTHENTICATION = 37, ENCRYPT = 38, OPTION_MAX = 49 };

/* With fewer than this, anybody's two bytes could be a negotiation. */
enum { ENOUGH = 2, SUBNEGOTIATION_MAX = 512 };

static const uint8_t mark[] = {IAC, 253, TIMING_MARK}; /* do */

struct state {
	bool has_asked;
	uint8_t negotiations;
	bool authentication, encryption, tls;
};

static void note(struct state *st, uint8_t verb, uint8_t option)
{
	bool is_on = verb != WONT && verb != DONT;

	st->authentication = st->authentication || (is_on && option == AUTHENTICATION);
	st->encryption = st->encryption || (is_on && option == ENCRYPT);
	st->tls = st->tls || (is_on && option == START_TLS);
	if (st->negotiations < UINT8_MAX)
		st->negotiations++;
}

static void say(const struct state *st, struct proto_said *said)
{
	if (st->authentication || st->encryption || st->tls)
		proto_sayf(said, "it knows%s%s%s", st->authentication ? " AUTHENTICATION" : "",
			   st->encryption ? " ENCRYPT" : "", st->tls ? " START_TLS" : "");
}

/* Behind IAC SB, up to IAC SE. */
static enum proto_result take_subnegotiation(struct slice *in)
{
	for (size_t i = 2; i + 1 < in->n && i < SUBNEGOTIATION_MAX; i++)
		if ((uint8_t)in->p[i] == IAC && (uint8_t)in->p[i + 1] == SE) {
			*in = slice_skip(*in, i + 2);
			return PROTO_PROVED;
		}
	return in->n < SUBNEGOTIATION_MAX ? PROTO_MORE : PROTO_OTHER;
}

/* One command, from the front. PROTO_OTHER: none begins here. PROTO_MORE: it is not whole. */
static enum proto_result take_command(struct state *st, struct slice *in, bool *is_mark)
{
	uint8_t verb, option;

	*is_mark = false;
	if (in->n && (uint8_t)in->p[0] != IAC)
		return PROTO_OTHER;
	if (in->n < 2)
		return PROTO_MORE;
	verb = (uint8_t)in->p[1];
	if (verb == SB)
		return take_subnegotiation(in);
	if (verb < WILL) { /* no operation, go ahead */
		*in = slice_skip(*in, 2);
		return verb > SE ? PROTO_PROVED : PROTO_OTHER;
	}
	if (verb == IAC)
		return PROTO_OTHER;
	if (in->n < 3)
		return PROTO_MORE;
	option = (uint8_t)in->p[2];
	if (option > OPTION_MAX)
		return PROTO_OTHER;
	*is_mark = option == TIMING_MARK && verb <= WONT;
	note(st, verb, option);
	*in = slice_skip(*in, 3);
	return PROTO_PROVED;
}

static enum proto_result conclude(const struct state *st, struct proto_said *said)
{
	if (st->negotiations < ENOUGH)
		return PROTO_OTHER;
	say(st, said);
	return PROTO_PROVED;
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	struct state *st = state;
	enum proto_result taken;
	bool is_mark;

	(void)ask;
	while ((taken = take_command(st, in, &is_mark)) == PROTO_PROVED) {
		if (is_mark)
			return conclude(st, said);
		if (!st->has_asked)
			proto_put(out, mark, sizeof(mark));
		st->has_asked = true;
	}
	return taken == PROTO_MORE ? PROTO_MORE : conclude(st, said);
}

static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	struct state st = {.negotiations = 0};
	enum proto_result taken;
	bool is_mark;

	while ((taken = take_command(&st, &in, &is_mark)) == PROTO_PROVED)
		;
	return taken == PROTO_MORE && st.negotiations < ENOUGH ? PROTO_MORE : conclude(&st, said);
}

static const char *const services[] = {"telnet", NULL};

#define DO_MARK "\377\375\6"

static const struct proto_vector vectors[] = {
	{.title = "GNU telnetd",
	 .source = "GNU inetutils telnetd 2.4",
	 .turns = {{'<',
		    SLICE("\377\373%\377\373&\377\375\30\377\375 \377\375#\377\375'\377\375$")},
		   {'>', SLICE(DO_MARK)},
		   {'<', SLICE("\377\373\6")}},
	 .result = PROTO_PROVED,
	 .text = "it knows AUTHENTICATION ENCRYPT"},
	{.title = "one that has no mark, and prompts",
	 .source = "RFC 857, RFC 858",
	 .turns = {{'<', SLICE("\377\375\1\377\375\37\377\373\1\377\373\3")},
		   {'>', SLICE(DO_MARK)},
		   {'<', SLICE("\r\r\npeer login: ")}},
	 .result = PROTO_PROVED},
	{.title = "one word, and the mark",
	 .source = "RFC 860",
	 .turns = {{'<', SLICE("\377\375\30")}, {'>', SLICE(DO_MARK)}, {'<', SLICE("\377\374\6")}},
	 .result = PROTO_PROVED},
	{.title = "one that begins with TLS",
	 .source = "unverified",
	 .turns = {{'<', SLICE("\377\375.")}, {'>', SLICE(DO_MARK)}, {'<', SLICE("\377\374\6")}},
	 .result = PROTO_PROVED,
	 .text = "it knows START_TLS"},
	{.title = "a subnegotiation and an operation that is none between",
	 .source = "RFC 855",
	 .turns = {{'<', SLICE("\377\375\30\377\372\30\1\377\360\377\361")},
		   {'>', SLICE(DO_MARK)},
		   {'<', SLICE("\377\374\6")}},
	 .result = PROTO_PROVED},
	{.title = "it says no more",
	 .source = "RFC 854",
	 .turns = {{'<', SLICE("\377\375\30")}, {'>', SLICE(DO_MARK)}, {'<', SLICE("\377")}},
	 .result = PROTO_MORE},
	{.title = "one word, and text",
	 .source = "RFC 854",
	 .turns = {{'<', SLICE("\377\375\30")}, {'>', SLICE(DO_MARK)}, {'<', SLICE("hello")}},
	 .result = PROTO_OTHER},
	{.title = "an option that nobody has",
	 .source = "RFC 855",
	 .turns = {{'<', SLICE("\377\375\300")}},
	 .result = PROTO_OTHER},
	{.title = "text",
	 .source = "RFC 854",
	 .turns = {{'<', SLICE("login: ")}},
	 .result = PROTO_OTHER},
};

static const struct proto_reply replies[] = {
	{.title = "to a request of HTTP",
	 .source = "GNU inetutils telnetd 2.4",
	 .bytes = SLICE("\377\373%\377\373&\377\375\30\377\375 \377\375#\377\375'\377\375$"),
	 .text = "it knows AUTHENTICATION ENCRYPT"},
};

const struct proto proto_telnet = {
	.name = "telnet",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.is_server_first = true,
	.state_size = sizeof(struct state),
	.input = input,
	.recognise = recognise,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
	.replies = replies,
	.n_replies = ARRAY_LEN(replies),
};
