/* SPDX-License-Identifier: ISC
 *
 * SIP: what can you do? RFC 3261 section 11. OPTIONS with Max-Forwards 0, so that whoever gets it
 * answers itself, and no telephone rings; rport (RFC 3581) brings the answer to the port that we
 * asked from. Many servers answer only those that they know.
 */
#include <stdio.h>

#include "base/compiler.h"
#include "proto/proto.h"

enum { TOKEN = 8, TOKEN_TEXT = 2 * TOKEN + 1 };

/* What comes back in Via tells our answer from others. */
static void format_token(const struct proto_ask *ask, char text[TOKEN_TEXT])
{
	for (size_t i = 0; i < TOKEN; i++)
		snprintf(text + 2 * i, 3, "%02x", ask->chance[i]);
}

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	char token[TOKEN_TEXT], text[PROTO_OUT_MAX];

	(void)state;
	format_token(ask, token);
	snprintf(text, sizeof(text),
		 "OPTIONS sip:portolan.invalid SIP/2.0\r\n"
		 "Via: SIP/2.0/UDP portolan.invalid;branch=z9hG4bK%s;rport\r\n"
		 "Max-Forwards: 0\r\n"
		 "From: <sip:portolan@portolan.invalid>;tag=%s\r\n"
		 "To: <sip:portolan.invalid>\r\n"
		 "Call-ID: %s@portolan.invalid\r\n"
		 "CSeq: 1 OPTIONS\r\n"
		 "Content-Length: 0\r\n"
		 "\r\n",
		 token, token, token);
	proto_put_text(out, text);
}

static bool has(struct slice s, const char *text)
{
	for (; s.n; s = slice_skip(s, 1))
		if (slice_has_prefix(s, text))
			return true;
	return false;
}

/* What it calls itself; else how it answers: "483 Too Many Hops". */
static void say_server(struct slice m, struct proto_said *said)
{
	struct slice line, name, status = SLICE_NONE;

	while (slice_cut(&m, '\n', &line) && slice_trim(line).n) {
		if (!status.p)
			status = slice_skip(line, sizeof("SIP/2.0 ") - 1);
		slice_cut(&line, ':', &name);
		name = slice_trim(name);
		if (slice_is_nocase(name, "Server") || slice_is_nocase(name, "User-Agent"))
			status = slice_trim(line);
	}
	proto_say(said, status);
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	char token[TOKEN_TEXT];

	(void)state;
	(void)out;
	if (!slice_has_prefix(*in, "SIP/2.0 "))
		return PROTO_OTHER;
	format_token(ask, token);
	if (!has(*in, token))
		return PROTO_MORE;
	say_server(*in, said);
	return PROTO_PROVED;
}

static const char *const services[] = {"sip", NULL};

#define REQUEST                                                                                    \
	"OPTIONS sip:portolan.invalid SIP/2.0\r\n"                                                 \
	"Via: SIP/2.0/UDP portolan.invalid;branch=z9hG4bK0001020304050607;rport\r\n"               \
	"Max-Forwards: 0\r\n"                                                                      \
	"From: <sip:portolan@portolan.invalid>;tag=0001020304050607\r\n"                           \
	"To: <sip:portolan.invalid>\r\n"                                                           \
	"Call-ID: 0001020304050607@portolan.invalid\r\n"                                           \
	"CSeq: 1 OPTIONS\r\n"                                                                      \
	"Content-Length: 0\r\n"                                                                    \
	"\r\n"

static const struct proto_vector vectors[] = {
	{.title = "it answers itself, and tells what it is",
	 .source = "Kamailio 5.6.3",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<',
		    SLICE("SIP/2.0 483 Too Many Hops\r\n"
			  "Via: SIP/2.0/UDP portolan.invalid;branch=z9hG4bK0001020304050607;rpo"
			  "rt=34731;received=127.0.0.1\r\n"
			  "From: <sip:portolan@portolan.invalid>;tag=0001020304050607\r\n"
			  "To: <sip:portolan.invalid>;tag=9dd61ff61e802d8e2bef5f14621ef3c2.fe09"
			  "0000\r\n"
			  "Call-ID: 0001020304050607@portolan.invalid\r\n"
			  "CSeq: 1 OPTIONS\r\n"
			  "Server: kamailio (5.6.3 (x86_64/linux))\r\n"
			  "Content-Length: 0\r\n"
			  "\r\n")}},
	 .result = PROTO_PROVED,
	 .text = "kamailio (5.6.3 (x86_64/linux))"},
	{.title = "it does not tell what it is",
	 .source = "RFC 3261",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<',
		    SLICE("SIP/2.0 483 Too Many Hops\r\n"
			  "Via: SIP/2.0/UDP portolan.invalid;branch=z9hG4bK0001020304050607;rpo"
			  "rt=34731;received=127.0.0.1\r\n"
			  "From: <sip:portolan@portolan.invalid>;tag=0001020304050607\r\n"
			  "To: <sip:portolan.invalid>;tag=9dd61ff61e802d8e2bef5f14621ef3c2.fe09"
			  "0000\r\n"
			  "Call-ID: 0001020304050607@portolan.invalid\r\n"
			  "CSeq: 1 OPTIONS\r\n"
			  "Content-Length: 0\r\n"
			  "\r\n")}},
	 .result = PROTO_PROVED,
	 .text = "483 Too Many Hops"},
	{.title = "an answer to another question is waited out",
	 .source = "RFC 3261",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<',
		    SLICE("SIP/2.0 483 Too Many Hops\r\n"
			  "Via: SIP/2.0/UDP portolan.invalid;branch=z9hG4bKanother;rport=34731;"
			  "received=127.0.0.1\r\n"
			  "From: <sip:portolan@portolan.invalid>;tag=another\r\n"
			  "To: <sip:portolan.invalid>;tag=9dd61ff61e802d8e2bef5f14621ef3c2.fe09"
			  "0000\r\n"
			  "Call-ID: another@portolan.invalid\r\n"
			  "CSeq: 1 OPTIONS\r\n"
			  "Content-Length: 0\r\n"
			  "\r\n")}},
	 .result = PROTO_MORE},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE(REQUEST)}},
	 .result = PROTO_OTHER},
};

const struct proto proto_sip = {
	.name = "sip",
	.services = services,
	.transport = TRANSPORT_UDP,
	.answers = PROTO_SOMETIMES,
	.start = start,
	.input = input,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
