/* SPDX-License-Identifier: ISC
 *
 * SMTP: EHLO after the greeting, HELO where that is not known, QUIT. RFC 5321 section 4. FTP greets
 * with 220 as well, and knows neither.
 */
#include "base/compiler.h"
#include "proto/ftp_reply.h"
#include "proto/line.h"

#define EHLO "EHLO portolan.invalid\r\n"
#define HELO "HELO portolan.invalid\r\n"
#define QUIT "QUIT\r\n"

enum {
	READY = 220,
	DONE = 250,
	CLOSING = 421,
	NO_SERVICE = 554, /* in place of a greeting: RFC 5321 section 3.1 */
};

enum step { GREETING, ASKED_EHLO, ASKED_HELO };

struct state {
	enum step step;
	unsigned begun; /* ftp_reply_read() */
};

static enum proto_result prove(struct proto_out *out)
{
	proto_put_text(out, QUIT);
	return PROTO_PROVED;
}

static enum proto_result ask(struct state *st, enum step step, struct proto_out *out)
{
	st->step = step;
	proto_put_text(out, step == ASKED_EHLO ? EHLO : HELO);
	return PROTO_MORE;
}

/* FTP is too busy in the same words: only a status code tells. */
static enum proto_result refuse(unsigned code, bool has_status, struct proto_out *out)
{
	if (code == NO_SERVICE || (code == CLOSING && has_status))
		return prove(out);
	return code == CLOSING ? PROTO_MORE : PROTO_OTHER;
}

static enum proto_result hear(struct state *st, const struct ftp_reply *r, struct proto_out *out)
{
	bool has_status = line_has_status(r->text, r->code);

	switch (st->step) {
	case GREETING:
		if (r->code == READY)
			return ask(st, ASKED_EHLO, out);
		return refuse(r->code, has_status, out);
	case ASKED_EHLO:
		return r->code == DONE || has_status ? prove(out) : ask(st, ASKED_HELO, out);
	case ASKED_HELO:
		break;
	}
	return r->code == DONE || has_status ? prove(out) : PROTO_OTHER;
}

static enum proto_result input(void *state, const struct proto_ask *asked, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	struct state *st = state;
	enum proto_result result = PROTO_MORE;
	struct slice text;
	struct ftp_reply r;

	(void)asked;
	while (result == PROTO_MORE) {
		if (st->step == GREETING && !st->begun && line_greeting(*in, &text))
			proto_say(said, text);
		switch (ftp_reply_read(in, &st->begun, &r)) {
		case FTP_MORE:
			return PROTO_MORE;
		case FTP_BAD:
			return PROTO_OTHER;
		case FTP_REPLY:
			result = hear(st, &r, out);
		}
	}
	return result;
}

/* By the word in the greeting, or by a status code in what follows it. */
static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	struct slice greeting = SLICE_NONE;
	unsigned begun = 0, first = 0;
	enum ftp_result read;
	struct ftp_reply r;

	line_greeting(in, &greeting);
	while ((read = ftp_reply_read(&in, &begun, &r)) == FTP_REPLY) {
		if (!first && r.code != READY && r.code != CLOSING && r.code != NO_SERVICE)
			return PROTO_OTHER;
		first = first ? first : r.code;
		if (!(first == READY && line_has(greeting, "SMTP")) &&
		    !line_has_status(r.text, r.code))
			continue;
		proto_say(said, greeting);
		return PROTO_PROVED;
	}
	return !first && read == FTP_BAD ? PROTO_OTHER : PROTO_MORE;
}

static const char *const services[] = {"smtp", "submission", NULL};

static const struct proto_vector vectors[] = {
	{.title = "Postfix",
	 .source = "Postfix 3.7.11",
	 .turns = {{'<', SLICE("220 peer.test ESMTP Postfix (Debian/GNU)\r\n")},
		   {'>', SLICE(EHLO)},
		   {'<', SLICE("250-peer.test\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n")},
		   {'<', SLICE("250-VRFY\r\n250-ETRN\r\n250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n"
			       "250-DSN\r\n250-SMTPUTF8\r\n250 CHUNKING\r\n")},
		   {'>', SLICE(QUIT)}},
	 .result = PROTO_PROVED,
	 .text = "peer.test ESMTP Postfix (Debian/GNU)"},
	{.title = "a greeting of many lines",
	 .source = "RFC 5321 section 4.2",
	 .turns = {{'<', SLICE("220-peer.test SMTP\r\n220-We do not want your advertisements.\r\n"
			       "220\r\n")},
		   {'>', SLICE(EHLO)},
		   {'<', SLICE("250 peer.test\r\n")},
		   {'>', SLICE(QUIT)}},
	 .result = PROTO_PROVED,
	 .text = "peer.test SMTP"},
	{.title = "a server of old",
	 .source = "RFC 5321 section 3.2",
	 .turns = {{'<', SLICE("220 peer.test\r\n")},
		   {'>', SLICE(EHLO)},
		   {'<', SLICE("500 what?\r\n")},
		   {'>', SLICE(HELO)},
		   {'<', SLICE("250 peer.test\r\n")},
		   {'>', SLICE(QUIT)}},
	 .result = PROTO_PROVED,
	 .text = "peer.test"},
	{.title = "it does not like our name",
	 .source = "RFC 3463 section 3.8",
	 .turns = {{'<', SLICE("220 peer.test\r\n")},
		   {'>', SLICE(EHLO)},
		   {'<', SLICE("550 5.7.1 You are not portolan.invalid\r\n")},
		   {'>', SLICE(QUIT)}},
	 .result = PROTO_PROVED,
	 .text = "peer.test"},
	{.title = "no service",
	 .source = "RFC 5321 section 3.1",
	 .turns = {{'<', SLICE("554 peer.test takes no mail\r\n")}, {'>', SLICE(QUIT)}},
	 .result = PROTO_PROVED,
	 .text = "peer.test takes no mail"},
	{.title = "too busy",
	 .source = "RFC 5321 section 3.8",
	 .turns = {{'<', SLICE("421 4.7.0 peer.test too many connections\r\n")},
		   {'>', SLICE(QUIT)}},
	 .result = PROTO_PROVED,
	 .text = "4.7.0 peer.test too many connections"},
	{.title = "busy, whoever it is",
	 .source = "RFC 959",
	 .turns = {{'<', SLICE("421 Too many users\r\n")}},
	 .result = PROTO_MORE,
	 .text = "Too many users"},
	{.title = "FTP",
	 .source = "vsftpd 3.0.3",
	 .turns = {{'<', SLICE("220 (vsFTPd 3.0.3)\r\n")},
		   {'>', SLICE(EHLO)},
		   {'<', SLICE("530 Please login with USER and PASS.\r\n")},
		   {'>', SLICE(HELO)},
		   {'<', SLICE("530 Please login with USER and PASS.\r\n")}},
	 .result = PROTO_OTHER,
	 .text = "(vsFTPd 3.0.3)"},
	{.title = "a tarpit",
	 .source = "RFC 5321 section 4.2",
	 .turns = {{'<', SLICE("220-a\r\n220-b\r\n220-c\r\n")}, {'<', SLICE("220-d\r\n")}},
	 .result = PROTO_MORE,
	 .text = "a"},
	{.title = "a line of another code in the greeting is text of it",
	 .source = "RFC 959 section 4.2",
	 .turns = {{'<', SLICE("220-peer\r\n250 peer\r\n")}},
	 .result = PROTO_MORE,
	 .text = "peer"},
};

static const struct proto_reply replies[] = {
	{.title = "to a request of HTTP",
	 .source = "Postfix 3.7.11",
	 .bytes = SLICE("220 peer.test ESMTP Postfix (Debian/GNU)\r\n"
			"221 2.7.0 Error: I can break rules, too. Goodbye.\r\n"),
	 .text = "peer.test ESMTP Postfix (Debian/GNU)"},
	{.title = "to a ClientHello",
	 .source = "Exim 4.96",
	 .bytes = SLICE("220 peer.test ESMTP Exim 4.96 Fri, 27 Nov 2026 22:08:06 +0000\r\n"
			"501 NUL characters are not allowed in SMTP commands\r\n"),
	 .text = "peer.test ESMTP Exim 4.96 Fri, 27 Nov 2026 22:08:06 +0000"},
	{.title = "without its name",
	 .source = "RFC 3463 section 3.6",
	 .bytes = SLICE("220 peer.test\r\n500 5.5.2 Error: bad syntax\r\n"),
	 .text = "peer.test"},
};

const struct proto proto_smtp = {
	.name = "smtp",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.is_server_first = true,
	.state_size = sizeof(struct state),
	.input = input,
	.recognise = recognise,
	.turn = 40,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
	.replies = replies,
	.n_replies = ARRAY_LEN(replies),
};
