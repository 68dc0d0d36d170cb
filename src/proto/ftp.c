/* SPDX-License-Identifier: ISC
 *
 * FTP's control connection: which features it has, RFC 2389 section 3, and QUIT. Servers that know
 * no features, or tell them only to those who have logged in, are asked to do nothing: NOOP is 200
 * in FTP, and 250 in SMTP, which greets alike. EHLO would end the session with ProFTPD.
 */
#include "base/compiler.h"
#include "proto/ftp_reply.h"
#include "proto/line.h"

#define FEAT "FEAT\r\n"
#define NOOP "NOOP\r\n"
#define QUIT "QUIT\r\n"

enum { WAIT = 120, OK = 200, FEATURES = 211, READY = 220, CLOSING = 421, NOT_LOGGED_IN = 530 };

enum step { GREETING, ASKED_FEAT, ASKED_NOOP };

struct state {
	enum step step;
	unsigned begun; /* ftp_reply_read() */
	bool is_named;	/* by its greeting */
};

/* "FTP server", "vsFTPd": a word that is no host's name. */
static bool is_named(struct slice greeting)
{
	struct slice word;

	if (line_has(greeting, "SMTP"))
		return false;
	while (slice_cut(&greeting, ' ', &word))
		if (line_has(word, "FTP") && !line_has(word, "."))
			return true;
	return false;
}

/* SMTP has this code too: where it wants TLS first, and with a status code mostly. */
static bool wants_login(const struct ftp_reply *r)
{
	return r->code == NOT_LOGGED_IN && !line_has_status(r->text, r->code) &&
	       (line_has(r->text, "log") || line_has(r->text, "Log"));
}

static enum proto_result prove(struct proto_out *out)
{
	proto_put_text(out, QUIT);
	return PROTO_PROVED;
}

static enum proto_result ask(struct state *st, enum step step, struct proto_out *out)
{
	st->step = step;
	proto_put_text(out, step == ASKED_FEAT ? FEAT : NOOP);
	return PROTO_MORE;
}

/* Of a greeting; the last two are a refusal. */
static bool may_greet(unsigned code)
{
	return code == WAIT || code == READY || code == CLOSING || code == NOT_LOGGED_IN;
}

/* Too busy: SMTP says it in the same words, so it must say which of them it is. */
static enum proto_result refuse(const struct state *st, unsigned code, struct proto_out *out)
{
	if (!may_greet(code))
		return PROTO_OTHER;
	return st->is_named ? prove(out) : PROTO_MORE;
}

static enum proto_result hear(struct state *st, const struct ftp_reply *r, struct proto_out *out)
{
	switch (st->step) {
	case GREETING:
		if (r->code == WAIT)
			return PROTO_MORE;
		if (r->code == READY)
			return ask(st, ASKED_FEAT, out);
		return refuse(st, r->code, out);
	case ASKED_FEAT:
		return r->code == FEATURES || wants_login(r) ? prove(out)
							     : ask(st, ASKED_NOOP, out);
	case ASKED_NOOP:
		break;
	}
	return r->code == OK || wants_login(r) || st->is_named ? prove(out) : PROTO_OTHER;
}

static struct slice without_rule(struct slice s)
{
	while (s.n && (s.p[0] == '-' || s.p[0] == ' '))
		s = slice_skip(s, 1);
	while (s.n && (s.p[s.n - 1] == '-' || s.p[s.n - 1] == ' '))
		s.n--;
	return s;
}

static void hear_greeting(struct state *st, struct slice text, struct proto_said *said)
{
	st->is_named = is_named(text);
	proto_say(said, without_rule(text));
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
			hear_greeting(st, text, said);
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

static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	struct slice greeting = SLICE_NONE;
	unsigned begun = 0;
	struct ftp_reply r;

	line_greeting(in, &greeting);
	switch (ftp_reply_read(&in, &begun, &r)) {
	case FTP_MORE:
		return !begun || may_greet(begun) ? PROTO_MORE : PROTO_OTHER;
	case FTP_BAD:
		return PROTO_OTHER;
	case FTP_REPLY:
		break;
	}
	if (!may_greet(r.code))
		return PROTO_OTHER;
	if (!is_named(greeting))
		return PROTO_MORE;
	proto_say(said, without_rule(greeting));
	return PROTO_PROVED;
}

static const char *const services[] = {"ftp", NULL};

static const struct proto_vector vectors[] = {
	{.title = "vsftpd",
	 .source = "vsftpd 3.0.3",
	 .turns = {{'<', SLICE("220 (vsFTPd 3.0.3)\r\n")},
		   {'>', SLICE(FEAT)},
		   {'<', SLICE("211-Features:\r\n EPRT\r\n EPSV\r\n MDTM\r\n PASV\r\n"
			       " REST STREAM\r\n SIZE\r\n TVFS\r\n211 End\r\n")},
		   {'>', SLICE(QUIT)}},
	 .result = PROTO_PROVED,
	 .text = "(vsFTPd 3.0.3)"},
	{.title = "a greeting of many lines",
	 .source = "Pure-FTPd 1.0.50",
	 .turns = {{'<', SLICE("220---------- Welcome to Pure-FTPd [privsep] [TLS] ----------\r\n"
			       "220-You are user number 1 of 5 allowed.\r\n")},
		   {'<', SLICE("220-Local time is now 22:01. Server port: 21.\r\n"
			       "220-Only anonymous FTP is allowed here\r\n"
			       "220-IPv6 connections are also welcome on this server.\r\n"
			       "220 You will be disconnected after 15 minutes of inactivity.\r\n")},
		   {'>', SLICE(FEAT)},
		   {'<', SLICE("211-Extensions supported:\r\n UTF8\r\n EPRT\r\n211 End.\r\n")},
		   {'>', SLICE(QUIT)}},
	 .result = PROTO_PROVED,
	 .text = "Welcome to Pure-FTPd [privsep] [TLS]"},
	{.title = "a server of old",
	 .source = "RFC 959 section 5.4",
	 .turns = {{'<', SLICE("120 In a minute\r\n220 peer.test\r\n")},
		   {'>', SLICE(FEAT)},
		   {'<', SLICE("500 'FEAT': command not understood.\r\n")},
		   {'>', SLICE(NOOP)},
		   {'<', SLICE("200 NOOP command successful.\r\n")},
		   {'>', SLICE(QUIT)}},
	 .result = PROTO_PROVED,
	 .text = "peer.test"},
	{.title = "nothing before the login",
	 .source = "RFC 959 section 5.4",
	 .turns = {{'<', SLICE("220 peer.test\r\n")},
		   {'>', SLICE(FEAT)},
		   {'<', SLICE("530 Please login with USER and PASS.\r\n")},
		   {'>', SLICE(QUIT)}},
	 .result = PROTO_PROVED,
	 .text = "peer.test"},
	{.title = "too busy, and it says who it is",
	 .source = "RFC 959 section 5.4",
	 .turns = {{'<', SLICE("421 The FTP server has too many users\r\n")}, {'>', SLICE(QUIT)}},
	 .result = PROTO_PROVED,
	 .text = "The FTP server has too many users"},
	{.title = "too busy, whoever it is",
	 .source = "RFC 959 section 5.4",
	 .turns = {{'<', SLICE("421 Too many users\r\n")}},
	 .result = PROTO_MORE,
	 .text = "Too many users"},
	{.title = "SMTP, on a host of this name",
	 .source = "RFC 5321 section 4.3.2",
	 .turns = {{'<', SLICE("220 ftp.peer.test\r\n")},
		   {'>', SLICE(FEAT)},
		   {'<', SLICE("500 what?\r\n")},
		   {'>', SLICE(NOOP)},
		   {'<', SLICE("250 OK\r\n")}},
	 .result = PROTO_OTHER,
	 .text = "ftp.peer.test"},
	{.title = "SMTP that wants TLS first",
	 .source = "RFC 3207 section 4",
	 .turns = {{'<', SLICE("220 peer.test ESMTP\r\n")},
		   {'>', SLICE(FEAT)},
		   {'<', SLICE("530 5.7.0 Must issue a STARTTLS command first, then log in\r\n")},
		   {'>', SLICE(NOOP)},
		   {'<', SLICE("250 2.0.0 Ok\r\n")}},
	 .result = PROTO_OTHER,
	 .text = "peer.test ESMTP"},
	{.title = "news",
	 .source = "RFC 3977",
	 .turns = {{'<', SLICE("200 peer.test InterNetNews\r\n")}},
	 .result = PROTO_OTHER,
	 .text = "peer.test InterNetNews"},
};

static const struct proto_reply replies[] = {
	{.title = "to a request of HTTP",
	 .source = "vsftpd 3.0.3",
	 .bytes = SLICE("220 (vsFTPd 3.0.3)\r\n530 Please login with USER and PASS.\r\n"),
	 .text = "(vsFTPd 3.0.3)"},
	{.title = "to a request of HTTP",
	 .source = "ProFTPD 1.3.8",
	 .bytes = SLICE("220 ProFTPD Server (ProFTPD) [::ffff:127.0.0.1]\r\n"),
	 .text = "ProFTPD Server (ProFTPD) [::ffff:127.0.0.1]"},
};

const struct proto proto_ftp = {
	.name = "ftp",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.is_server_first = true,
	.state_size = sizeof(struct state),
	.input = input,
	.recognise = recognise,
	.turn = 41,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
	.replies = replies,
	.n_replies = ARRAY_LEN(replies),
};
