/* SPDX-License-Identifier: ISC
 *
 * SIP: what can you do? RFC 3261 section 11. OPTIONS with Max-Forwards 0, so that whoever gets it
 * answers itself, and no telephone rings; rport (RFC 3581) brings the answer to the port that we
 * asked from. Many servers answer only those that they know. Over TCP it is the same, section 18.
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

static void put_options(const struct proto_ask *ask, const char *transport, struct proto_out *out)
{
	char token[TOKEN_TEXT], text[PROTO_OUT_MAX];

	format_token(ask, token);
	snprintf(text, sizeof(text),
		 "OPTIONS sip:portolan.invalid SIP/2.0\r\n"
		 "Via: SIP/2.0/%s portolan.invalid;branch=z9hG4bK%s;rport\r\n"
		 "Max-Forwards: 0\r\n"
		 "From: <sip:portolan@portolan.invalid>;tag=%s\r\n"
		 "To: <sip:portolan.invalid>\r\n"
		 "Call-ID: %s@portolan.invalid\r\n"
		 "CSeq: 1 OPTIONS\r\n"
		 "Content-Length: 0\r\n"
		 "\r\n",
		 transport, token, token, token);
	proto_put_text(out, text);
}

static void start_udp(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	put_options(ask, "UDP", out);
}

static void start_tcp(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	put_options(ask, "TCP", out);
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

static enum proto_result input_udp(void *state, const struct proto_ask *ask, struct slice *in,
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

/* To any question; over TCP an answer ends its head with an empty line. */
static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	enum { HEAD_MAX = 4096 };
	static const char version[] = "SIP/2.0 ";
	size_t n = sizeof(version) - 1;

	if (in.n && memcmp(in.p, version, in.n < n ? in.n : n) != 0)
		return PROTO_OTHER;
	if (!has(in, "\r\n\r\n"))
		return in.n < HEAD_MAX ? PROTO_MORE : PROTO_OTHER;
	say_server(in, said);
	return PROTO_PROVED;
}

static enum proto_result input_tcp(void *state, const struct proto_ask *ask, struct slice *in,
				   struct proto_out *out, struct proto_said *said)
{
	(void)state;
	(void)ask;
	(void)out;
	return recognise(*in, said);
}

static const char *const services[] = {"sip", NULL};

#define REQUEST_BY(transport)                                                                      \
	"OPTIONS sip:portolan.invalid SIP/2.0\r\n"                                                 \
	"Via: SIP/2.0/" transport " portolan.invalid;branch=z9hG4bK0001020304050607;rport\r\n"     \
	"Max-Forwards: 0\r\n"                                                                      \
	"From: <sip:portolan@portolan.invalid>;tag=0001020304050607\r\n"                           \
	"To: <sip:portolan.invalid>\r\n"                                                           \
	"Call-ID: 0001020304050607@portolan.invalid\r\n"                                           \
	"CSeq: 1 OPTIONS\r\n"                                                                      \
	"Content-Length: 0\r\n"                                                                    \
	"\r\n"

#define REQUEST REQUEST_BY("UDP")

static const struct proto_vector vectors_udp[] = {
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

static const struct proto_vector vectors_tcp[] = {
	{.title = "it answers itself, and tells what it is",
	 .source = "Kamailio 5.6.3",
	 .turns = {{'>', SLICE(REQUEST_BY("TCP"))},
		   {'<',
		    SLICE("SIP/2.0 483 Too Many Hops\r\n"
			  "Via: SIP/2.0/TCP portolan.invalid;branch=z9hG4bK0001020304050607;rpo"
			  "rt=33030;received=127.0.0.1\r\n"
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
	{.title = "another protocol of the same form",
	 .source = "RFC 2326",
	 .turns = {{'>', SLICE(REQUEST_BY("TCP"))},
		   {'<', SLICE("RTSP/1.0 400 Bad Request\r\n\r\n")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(REQUEST_BY("TCP"))}, {'<', SLICE(REQUEST_BY("TCP"))}},
	 .result = PROTO_OTHER},
};

const struct proto proto_sip = {
	.name = "sip",
	.services = services,
	.transport = TRANSPORT_UDP,
	.answers = PROTO_SOMETIMES,
	.start = start_udp,
	.input = input_udp,
	.vectors = vectors_udp,
	.n_vectors = ARRAY_LEN(vectors_udp),
};

const struct proto proto_sip_tcp = {
	.name = "sip",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_SOMETIMES,
	.start = start_tcp,
	.input = input_tcp,
	.recognise = recognise,
	.turn = 53,
	.vectors = vectors_tcp,
	.n_vectors = ARRAY_LEN(vectors_tcp),
};
