/* SPDX-License-Identifier: ISC
 *
 * SMTP, only where the owner wants that tried: whether it would carry mail from one stranger to
 * another, of a domain that does not exist (RFC 6761 section 6.4). Sender and recipient are named;
 * then RSET takes it back and QUIT ends it, RFC 5321 section 4.1.1: no mail is made.
 */
#include "audit/audit.h"
#include "base/compiler.h"
#include "proto/line.h"

enum { LINE_LIMIT = 2048, LINES_LIMIT = 128, READY = 220, OK = 250, WILL_FORWARD = 251 };

static const struct weakness weaknesses[] = {
	{"smtp-open-relay", SEVERITY_HIGH, false, "it takes mail from anybody to anybody",
	 "Let it take mail for its own domains alone, and others' only from those who log in.",
	 "RFC 5321 section 7.9; RFC 2505 section 2.1; CVE-1999-0512"},
};

enum step { GREETING, HELLO, SENDER, RECIPIENT, RESET, STEPS };
/* What is said once a step has gone well. */
static const char *const words[STEPS] = {
	[GREETING] = "EHLO portolan.invalid\r\n",
	[HELLO] = "MAIL FROM:<portolan@example.invalid>\r\n",
	[SENDER] = "RCPT TO:<portolan@example.invalid>\r\n",
	[RECIPIENT] = "RSET\r\n",
	[RESET] = "QUIT\r\n",
};

struct state {
	enum step step;
	unsigned lines;
};

static bool start(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	(void)out;
	return true;
}

static enum proto_result hear(struct state *st, unsigned code, struct slice line,
			      struct proto_out *out, struct audit_notes *notes)
{
	bool is_good = code == (st->step == GREETING ? READY : OK) ||
		       (st->step == RECIPIENT && code == WILL_FORWARD);

	if (is_good && st->step == RECIPIENT)
		audit_note(notes, &weaknesses[0], "RCPT TO:<portolan@example.invalid>: %.*s",
			   (int)line.n, line.p);
	if (!is_good)
		st->step = RESET;
	proto_put_text(out, words[st->step]);
	return st->step++ == RESET ? PROTO_PROVED : PROTO_MORE;
}

/* The last line of each reply counts. */
static enum proto_result input(void *state, const struct audit_ask *ask, struct slice *in,
			       struct proto_out *out, struct audit_notes *notes)
{
	struct state *st = state;
	enum proto_result result = PROTO_MORE;
	struct slice line, text;
	unsigned code;

	(void)ask;
	while (result == PROTO_MORE && !out->n) {
		result = line_take(in, LINE_LIMIT, &line);
		if (result != PROTO_PROVED)
			return result;
		if (++st->lines > LINES_LIMIT || !line_code(line, &code, &text))
			return PROTO_OTHER;
		result = line.n > 3 && line.p[3] == '-' ? PROTO_MORE
							: hear(st, code, line, out, notes);
	}
	return result;
}

static const char *const of[] = {"smtp", NULL};

static const struct audit_vector vectors[] = {
	{.title = "all are its networks",
	 .source = "Postfix 3.7.11",
	 .turns = {{'<', SLICE("220 peer.test ESMTP Postfix (Debian/GNU)\r\n")},
		   {'>', SLICE("EHLO portolan.invalid\r\n")},
		   {'<', SLICE("250-peer.test\r\n250-PIPELINING\r\n250-SIZE "
			       "10240000\r\n250-VRFY\r\n250-ETRN\r\n250-ENHANCEDSTATUSCODES\r\n250-"
			       "8BITMIME\r\n250-DSN\r\n250-SMTPUTF8\r\n250 CHUNKING\r\n")},
		   {'>', SLICE("MAIL FROM:<portolan@example.invalid>\r\n")},
		   {'<', SLICE("250 2.1.0 Ok\r\n")},
		   {'>', SLICE("RCPT TO:<portolan@example.invalid>\r\n")},
		   {'<', SLICE("250 2.1.5 Ok\r\n")},
		   {'>', SLICE("RSET\r\n")},
		   {'<', SLICE("250 2.0.0 Ok\r\n")},
		   {'>', SLICE("QUIT\r\n")},
		   {'<', SLICE("221 2.0.0 Bye\r\n")}},
	 .codes = "smtp-open-relay"},
	{.title = "strangers are none",
	 .source = "Postfix 3.7.11",
	 .turns = {{'<', SLICE("220 peer.test ESMTP Postfix (Debian/GNU)\r\n")},
		   {'>', SLICE("EHLO portolan.invalid\r\n")},
		   {'<', SLICE("250-peer.test\r\n250-PIPELINING\r\n250-SIZE "
			       "10240000\r\n250-VRFY\r\n250-ETRN\r\n250-ENHANCEDSTATUSCODES\r\n250-"
			       "8BITMIME\r\n250-DSN\r\n250-SMTPUTF8\r\n250 CHUNKING\r\n")},
		   {'>', SLICE("MAIL FROM:<portolan@example.invalid>\r\n")},
		   {'<', SLICE("250 2.1.0 Ok\r\n")},
		   {'>', SLICE("RCPT TO:<portolan@example.invalid>\r\n")},
		   {'<', SLICE("454 4.7.1 <portolan@example.invalid>: Relay access denied\r\n")},
		   {'>', SLICE("QUIT\r\n")},
		   {'<', SLICE("221 2.0.0 Bye\r\n")}},
	 .codes = ""},
};

const struct audit audit_smtp_relay = {
	.name = "smtp-relay",
	.title = "whether SMTP carries mail between strangers",
	.of = of,
	.transport = TRANSPORT_TCP,
	.is_active = true,
	.state_size = sizeof(struct state),
	.start = start,
	.input = input,
	.weaknesses = weaknesses,
	.n_weaknesses = ARRAY_LEN(weaknesses),
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
