/* SPDX-License-Identifier: ISC
 *
 * VNC: its version, unasked, and once it has ours the ways to log in that it offers: RFC 6143
 * section 7.1. None of them is chosen. Versions that the standard does not have are other makers',
 * who all know 3.8 as well.
 */
#include <stdio.h>

#include "base/compiler.h"
#include "proto/proto.h"
#include "proto/wire.h"

enum { VERSION_BYTES = 12, REASON_MAX = 1024 };

struct state {
	bool has_asked;
	bool is_old; /* 3.3: the server alone chooses, in four bytes */
};

static const struct {
	uint8_t number;
	const char *name;
} types[] = {
	{1, "no login"}, {2, "VNC password"}, {5, "RA2"},   {6, "RA2ne"},  {16, "Tight"},
	{18, "TLS"},	 {19, "VeNCrypt"},    {20, "SASL"}, {30, "Apple"}, {113, "MS-Logon II"},
};

/* "RFB 003.008\n". PROTO_OTHER: this is none, so far. */
static enum proto_result read_version(struct slice in, unsigned *major, unsigned *minor)
{
	static const char form[] = "RFB ddd.ddd\n";
	unsigned numbers[2] = {0, 0};

	for (size_t i = 0; i < in.n && i < VERSION_BYTES; i++) {
		bool is_digit = in.p[i] >= '0' && in.p[i] <= '9';

		if (form[i] == 'd' ? !is_digit : in.p[i] != form[i])
			return PROTO_OTHER;
		if (is_digit)
			numbers[i > 7] = numbers[i > 7] * 10 + (unsigned)(in.p[i] - '0');
	}
	*major = numbers[0];
	*minor = numbers[1];
	return in.n < VERSION_BYTES ? PROTO_MORE : PROTO_PROVED;
}

/* The highest of the standard's three that the server knows. */
static const char *answer_to(unsigned major, unsigned minor)
{
	if (major != 3 || minor > 7)
		return "RFB 003.008\n";
	return minor == 7 ? "RFB 003.007\n" : "RFB 003.003\n";
}

static enum proto_result hear_version(struct state *st, struct slice *in, struct proto_out *out,
				      struct proto_said *said)
{
	unsigned major, minor;
	enum proto_result result = read_version(*in, &major, &minor);

	if (result != PROTO_PROVED)
		return result;
	*in = slice_skip(*in, VERSION_BYTES);
	proto_sayf(said, "version %u.%u", major, minor);
	st->has_asked = true;
	st->is_old = major == 3 && minor < 7;
	proto_put_text(out, answer_to(major, minor));
	return PROTO_MORE;
}

/* Behind the version, which stands there already. */
static void say_more(struct proto_said *said, const char *sep, const char *word, size_t n)
{
	struct proto_said so_far = *said;

	proto_sayf(said, "%s%s%.*s", so_far.text, sep, (int)n, word);
}

static void say_type(uint8_t type, bool is_first, struct proto_said *said)
{
	char number[16];
	const char *name = NULL;

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (types[i].number == type)
			name = types[i].name;
	if (!name) {
		snprintf(number, sizeof(number), "type %u", type);
		name = number;
	}
	say_more(said, is_first ? ": " : ", ", name, strlen(name));
}

/* Why it takes nobody. */
static enum proto_result hear_reason(struct slice m, struct proto_said *said)
{
	struct slice reason;
	uint32_t n;

	if (!wire_take32(&m, &n))
		return PROTO_MORE;
	if (n > REASON_MAX)
		return PROTO_OTHER;
	if (!wire_take(&m, n, &reason))
		return PROTO_MORE;
	say_more(said, ": ", reason.p, reason.n);
	return PROTO_PROVED;
}

static enum proto_result hear_type(struct slice m, struct proto_said *said)
{
	uint32_t type;

	if (!wire_take32(&m, &type))
		return PROTO_MORE;
	if (type > UINT8_MAX)
		return PROTO_OTHER;
	if (type == 0)
		return hear_reason(m, said);
	say_type((uint8_t)type, true, said);
	return PROTO_PROVED;
}

static enum proto_result hear_types(struct slice m, struct proto_said *said)
{
	struct slice list;
	uint8_t n;

	if (!wire_take8(&m, &n))
		return PROTO_MORE;
	if (n == 0)
		return hear_reason(m, said);
	if (!wire_take(&m, n, &list))
		return PROTO_MORE;
	for (size_t i = 0; i < list.n; i++)
		say_type((uint8_t)list.p[i], i == 0, said);
	return PROTO_PROVED;
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	struct state *st = state;

	(void)ask;
	if (!st->has_asked) {
		enum proto_result result = hear_version(st, in, out, said);

		if (!st->has_asked)
			return result;
	}
	return st->is_old ? hear_type(*in, said) : hear_types(*in, said);
}

static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	unsigned major, minor;
	enum proto_result result = read_version(in, &major, &minor);

	if (result == PROTO_PROVED)
		proto_sayf(said, "version %u.%u", major, minor);
	return result;
}

static const char *const services[] = {"vnc", NULL};

static const struct proto_vector vectors[] = {
	{.title = "two ways",
	 .source = "TigerVNC 1.12.0",
	 .turns = {{'<', SLICE("RFB 003.008\n")},
		   {'>', SLICE("RFB 003.008\n")},
		   {'<', SLICE("\2\1\2")}},
	 .result = PROTO_PROVED,
	 .text = "version 3.8: no login, VNC password"},
	{.title = "a server of the first version",
	 .source = "RFC 6143 section 7.1.2",
	 .turns = {{'<', SLICE("RFB 003.003\n")},
		   {'>', SLICE("RFB 003.003\n")},
		   {'<', SLICE("\0\0\0\2")}},
	 .result = PROTO_PROVED,
	 .text = "version 3.3: VNC password"},
	{.title = "another maker's version, and a way without a name",
	 .source = "RFC 6143 section 7.1.1",
	 .turns = {{'<', SLICE("RFB 003.889\n")},
		   {'>', SLICE("RFB 003.008\n")},
		   {'<', SLICE("\2\36\43")}},
	 .result = PROTO_PROVED,
	 .text = "version 3.889: Apple, type 35"},
	{.title = "it takes nobody",
	 .source = "RFC 6143 section 7.1.2",
	 .turns = {{'<', SLICE("RFB 003.008\n")},
		   {'>', SLICE("RFB 003.008\n")},
		   {'<', SLICE("\0\0\0\0\32Too many security failures")}},
	 .result = PROTO_PROVED,
	 .text = "version 3.8: Too many security failures"},
	{.title = "it takes nobody, in the first version",
	 .source = "RFC 6143 section 7.1.2",
	 .turns = {{'<', SLICE("RFB 003.003\n")},
		   {'>', SLICE("RFB 003.003\n")},
		   {'<', SLICE("\0\0\0\0\0\0\0\4busy")}},
	 .result = PROTO_PROVED,
	 .text = "version 3.3: busy"},
	{.title = "a list that has not ended",
	 .source = "RFC 6143 section 7.1.2",
	 .turns = {{'<', SLICE("RFB 003.007\n")},
		   {'>', SLICE("RFB 003.007\n")},
		   {'<', SLICE("\3\2\20")}},
	 .result = PROTO_MORE,
	 .text = "version 3.7"},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'<', SLICE("RFB 003.003\n")},
		   {'>', SLICE("RFB 003.003\n")},
		   {'<', SLICE("RFB 003.003\n")}},
	 .result = PROTO_OTHER,
	 .text = "version 3.3"},
	{.title = "no version",
	 .source = "RFC 6143 section 7.1.1",
	 .turns = {{'<', SLICE("RFB 3.8\n")}},
	 .result = PROTO_OTHER},
};

static const struct proto_reply replies[] = {
	{.title = "to a request of HTTP",
	 .source = "TigerVNC 1.12.0",
	 .bytes = SLICE("RFB 003.008\n"),
	 .text = "version 3.8"},
};

const struct proto proto_vnc = {
	.name = "vnc",
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
