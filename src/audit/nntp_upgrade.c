/* SPDX-License-Identifier: ISC
 *
 * NNTP's switch to TLS (RFC 4642), and names with passwords before it (RFC 4643 section 2.3). A
 * server that serves others first, and readers on request alone (MODE-READER), does not tell here
 * what it can do for them: it is not judged.
 */
#include "audit/lines.h"
#include "base/compiler.h"
#include "proto/line.h"

enum { NO_SWITCH, EARLY_LOGIN };
static const struct weakness weaknesses[] = {
	[NO_SWITCH] = {"nntp-tls-missing", SEVERITY_MEDIUM, false,
		       "it cannot be switched to TLS: all passes in clear text",
		       "Give the server a certificate (INN: tlscertfile, tlskeyfile).",
		       "RFC 4642; RFC 8143"},
	[EARLY_LOGIN] = {"nntp-login-before-tls", SEVERITY_HIGH, false,
			 "it takes passwords in clear text, before TLS",
			 "Let it take passwords inside TLS alone.", "RFC 4643 section 2.3"},
};

enum { POSTING = 200, NO_POSTING = 201, ABILITIES = 101, GO_ON = 382 };
enum { UNAVAILABLE = 400, NO_TLS = 580 };
enum step { GREETING, ASKED, SWITCHING };

struct state {
	struct lines lines; /* first */
	enum step step;
	bool is_answered; /* what it can do is being told */
	bool offers, serves_others;
};

static bool start(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	(void)out;
	return true;
}

static enum proto_result say(struct state *st, enum step step, const char *words,
			     struct proto_out *out)
{
	st->step = step;
	proto_put_text(out, words);
	return PROTO_MORE;
}

static enum proto_result part(struct proto_out *out)
{
	proto_put_text(out, "QUIT\r\n");
	return PROTO_OTHER;
}

static enum proto_result hear_ability(struct state *st, struct slice line, struct proto_out *out,
				      struct audit_notes *notes)
{
	if (slice_is(line, ".")) {
		if (st->offers)
			return say(st, SWITCHING, "STARTTLS\r\n", out);
		if (!st->serves_others)
			audit_note(notes, &weaknesses[NO_SWITCH],
				   "STARTTLS is not among what it can do");
		return part(out);
	}
	st->offers |= slice_is_nocase(line, "STARTTLS");
	st->serves_others |= slice_is_nocase(line, "MODE-READER");
	if ((slice_has_prefix(line, "AUTHINFO ") && lines_has_word(line, "USER")) ||
	    (slice_has_prefix(line, "SASL ") &&
	     (lines_has_word(line, "PLAIN") || lines_has_word(line, "LOGIN"))))
		audit_note(notes, &weaknesses[EARLY_LOGIN], "%.*s", (int)line.n, line.p);
	return PROTO_MORE;
}

/* Servers of before RFC 3977 do not tell: they are asked for the switch. */
static enum proto_result hear(void *state, struct slice line, struct proto_out *out,
			      struct audit_notes *notes)
{
	struct state *st = state;
	struct slice text;
	unsigned code;

	if (st->is_answered && st->step == ASKED)
		return hear_ability(st, line, out, notes);
	if (!line_code(line, &code, &text))
		return PROTO_OTHER;
	switch (st->step) {
	case GREETING:
		return code == POSTING || code == NO_POSTING
			       ? say(st, ASKED, "CAPABILITIES\r\n", out)
			       : part(out);
	case ASKED:
		st->is_answered = code == ABILITIES;
		return st->is_answered ? PROTO_MORE : say(st, SWITCHING, "STARTTLS\r\n", out);
	case SWITCHING:
		break;
	}
	if (code == GO_ON)
		return PROTO_PROVED;
	if (code == NO_TLS || (code >= 500 && code <= 503))
		audit_note(notes, &weaknesses[NO_SWITCH], "to STARTTLS: %.*s", (int)line.n, line.p);
	return code == UNAVAILABLE ? PROTO_OTHER : part(out);
}

static enum proto_result input(void *state, const struct audit_ask *ask, struct slice *in,
			       struct proto_out *out, struct audit_notes *notes)
{
	(void)ask;
	return lines_take(state, hear, in, out, notes);
}

static const char *const of[] = {"nntp", NULL};

#define GREETING_LINE "200 news.peer.test ready\r\n"
#define QUESTION      "CAPABILITIES\r\n"
static const struct audit_vector vectors[] = {
	{.title = "it switches",
	 .source = "RFC 4642 section 2.4.2",
	 .turns = {{'<', SLICE(GREETING_LINE)},
		   {'>', SLICE(QUESTION)},
		   {'<', SLICE("101 list\r\nVERSION 2\r\nREADER\r\nSTARTTLS\r\nAUTHINFO SASL\r\n"
			       ".\r\n")},
		   {'>', SLICE("STARTTLS\r\n")},
		   {'<', SLICE("382 Continue\r\n")}},
	 .codes = ""},
	{.title = "it offers the switch, and has no certificate",
	 .source = "INN 2.7.1",
	 .turns = {{'<', SLICE("200 server.example.net InterNetNews NNRP server INN 2.7.1 ready "
			       "(posting ok)\r\n")},
		   {'>', SLICE(QUESTION)},
		   {'<', SLICE("101 Capability list:\r\n"
			       "VERSION 2\r\n"
			       "IMPLEMENTATION INN 2.7.1\r\n"
			       "AUTHINFO SASL\r\n"
			       "COMPRESS DEFLATE\r\n"
			       "HDR\r\n"
			       "OVER\r\n"
			       "POST\r\n"
			       "READER\r\n"
			       "SASL SCRAM-SHA-512 SCRAM-SHA-384 SCRAM-SHA-256 SCRAM-SHA-224 "
			       "SCRAM-SHA-1 DIGEST-MD5 CRAM-MD5 NTLM\r\n"
			       "STARTTLS\r\n"
			       "XPAT\r\n"
			       ".\r\n")},
		   {'>', SLICE("STARTTLS\r\n")},
		   {'<', SLICE("580 Error initializing TLS\r\n")},
		   {'>', SLICE("QUIT\r\n")}},
	 .codes = "nntp-tls-missing",
	 .evidence = "to STARTTLS: 580 Error initializing TLS"},
	{.title = "passwords, and no TLS",
	 .source = "RFC 4643 section 2.3.4",
	 .turns = {{'<', SLICE(GREETING_LINE)},
		   {'>', SLICE(QUESTION)},
		   {'<', SLICE("101 list\r\nVERSION 2\r\nREADER\r\nAUTHINFO USER\r\n.\r\n")},
		   {'>', SLICE("QUIT\r\n")}},
	 .codes = "nntp-login-before-tls nntp-tls-missing"},
	{.title = "it serves others first",
	 .source = "RFC 3977 section 5.3",
	 .turns = {{'<', SLICE(GREETING_LINE)},
		   {'>', SLICE(QUESTION)},
		   {'<', SLICE("101 list\r\nVERSION 2\r\nIHAVE\r\nMODE-READER\r\n.\r\n")},
		   {'>', SLICE("QUIT\r\n")}},
	 .codes = ""},
	{.title = "it does not tell what it can do, and has no TLS",
	 .source = "RFC 977",
	 .turns = {{'<', SLICE(GREETING_LINE)},
		   {'>', SLICE(QUESTION)},
		   {'<', SLICE("500 What?\r\n")},
		   {'>', SLICE("STARTTLS\r\n")},
		   {'<', SLICE("500 What?\r\n")},
		   {'>', SLICE("QUIT\r\n")}},
	 .codes = "nntp-tls-missing"},
};

const struct audit audit_nntp_upgrade = {
	.name = "nntp-upgrade",
	.title = "STARTTLS of NNTP, and passwords before it",
	.of = of,
	.transport = TRANSPORT_TCP,
	.place = AUDIT_UPGRADE,
	.state_size = sizeof(struct state),
	.start = start,
	.input = input,
	.weaknesses = weaknesses,
	.n_weaknesses = ARRAY_LEN(weaknesses),
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
