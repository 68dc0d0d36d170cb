/* SPDX-License-Identifier: ISC
 *
 * The switch to TLS in protocols of lines: SMTP (RFC 3207), IMAP (RFC 9051 section 6.2.1), POP3
 * (RFC 2595 section 4). First what it can do is asked: whether the switch is offered, and whether
 * passwords are taken before it (RFC 8314 section 3).
 *
 * A server that refuses to go on is parted from in the protocol's way.
 */
#include "audit/audit.h"
#include "base/compiler.h"
#include "proto/line.h"

enum { LINE_LIMIT = 2048, LINES_LIMIT = 128 };

enum { NO_SWITCH, EARLY_LOGIN };
static const struct weakness weaknesses[] = {
	[NO_SWITCH] = {"starttls-missing", SEVERITY_MEDIUM, false,
		       "it cannot be switched to TLS: all passes in clear text",
		       "Give the server a certificate, and let it offer the switch to TLS.",
		       "RFC 3207; RFC 8314 section 3"},
	[EARLY_LOGIN] = {"login-before-tls", SEVERITY_HIGH, false,
			 "it takes passwords in clear text, before TLS",
			 "Set the server to take no password before TLS.",
			 "RFC 8314 section 3; RFC 4954 section 4"},
};

/* What the protocols differ in. */
struct kind {
	const char *ask, *switch_over, *bye; /* lines of ours */
	const char *last, *no; /* how the last line of an answer to `ask` begins, and a refusal */
	const char *greeting;  /* how the last line of a greeting begins */
	const char *yes;       /* how the answer to switch_over begins */
	const char *offer;     /* the word of the switch */
	bool (*takes_passwords)(struct slice line); /* an answer's line that says so */
	/* Passwords are taken unless a line has this word; NULL: only what is said counts. */
	const char *forbids;
};

enum step { GREETING, ASKED, SWITCHING };

struct state {
	enum step step;
	unsigned lines;
	bool offers, takes, forbids;
};

static bool start(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	(void)out;
	return true;
}

/* "250-AUTH PLAIN LOGIN", "250 AUTH=PLAIN": those that show the password. */
static bool smtp_takes(struct slice line)
{
	return line.n > 8 && slice_is_nocase((struct slice){line.p + 4, 4}, "AUTH") &&
	       (line_has(line, "PLAIN") || line_has(line, "LOGIN"));
}

static bool imap_takes(struct slice line)
{
	return line_has(line, "AUTH=PLAIN") || line_has(line, "AUTH=LOGIN");
}

static bool pop3_takes(struct slice line)
{
	return slice_is_nocase(slice_trim(line), "USER") ||
	       (slice_has_prefix(line, "SASL") &&
		(line_has(line, "PLAIN") || line_has(line, "LOGIN")));
}

static const struct kind smtp = {.ask = "EHLO portolan.invalid\r\n",
				 .switch_over = "STARTTLS\r\n",
				 .bye = "QUIT\r\n",
				 .last = "250 ",
				 .no = "5",
				 .greeting = "220 ",
				 .yes = "220",
				 .offer = "STARTTLS",
				 .takes_passwords = smtp_takes};
static const struct kind imap = {.ask = "p1 CAPABILITY\r\n",
				 .switch_over = "p2 STARTTLS\r\n",
				 .bye = "p3 LOGOUT\r\n",
				 .last = "p1 OK",
				 .no = "p1 ",
				 .greeting = "* OK",
				 .yes = "p2 OK",
				 .offer = "STARTTLS",
				 .takes_passwords = imap_takes,
				 .forbids = "LOGINDISABLED"};
static const struct kind pop3 = {.ask = "CAPA\r\n",
				 .switch_over = "STLS\r\n",
				 .bye = "QUIT\r\n",
				 .last = ".",
				 .no = "-ERR",
				 .greeting = "+OK",
				 .yes = "+OK",
				 .offer = "STLS",
				 .takes_passwords = pop3_takes};

static enum proto_result refuse(const struct kind *k, struct proto_out *out)
{
	proto_put_text(out, k->bye);
	return PROTO_OTHER;
}

static enum proto_result conclude(struct state *st, const struct kind *k, struct proto_out *out,
				  struct audit_notes *notes)
{
	if (st->takes || (k->forbids && !st->forbids))
		audit_note(notes, &weaknesses[EARLY_LOGIN], "%s",
			   st->offers ? "the switch to TLS is offered, and not demanded" : "");
	if (!st->offers) {
		audit_note(notes, &weaknesses[NO_SWITCH], "%s is not among what it can do",
			   k->offer);
		return refuse(k, out);
	}
	st->step = SWITCHING;
	proto_put_text(out, k->switch_over);
	return PROTO_MORE;
}

static enum proto_result hear(struct state *st, const struct kind *k, struct slice line,
			      struct proto_out *out, struct audit_notes *notes)
{
	switch (st->step) {
	case GREETING:
		if (!slice_has_prefix(line, k->greeting))
			return PROTO_MORE;
		st->step = ASKED;
		proto_put_text(out, k->ask);
		return PROTO_MORE;
	case ASKED:
		st->offers |= line_has(line, k->offer);
		st->takes |= k->takes_passwords(line);
		st->forbids |= k->forbids && line_has(line, k->forbids);
		if (slice_has_prefix(line, k->last) || slice_has_prefix(line, k->no))
			return conclude(st, k, out, notes);
		return PROTO_MORE;
	case SWITCHING:
		break;
	}
	return slice_has_prefix(line, k->yes) ? PROTO_PROVED : refuse(k, out);
}

static enum proto_result take(void *state, const struct kind *k, struct slice *in,
			      struct proto_out *out, struct audit_notes *notes)
{
	struct state *st = state;
	enum proto_result result = PROTO_MORE;
	struct slice line;

	while (result == PROTO_MORE && !out->n) {
		result = line_take(in, LINE_LIMIT, &line);
		if (result != PROTO_PROVED)
			return result;
		result = ++st->lines > LINES_LIMIT ? PROTO_OTHER : hear(st, k, line, out, notes);
	}
	return result;
}

static enum proto_result smtp_input(void *state, const struct audit_ask *ask, struct slice *in,
				    struct proto_out *out, struct audit_notes *notes)
{
	(void)ask;
	return take(state, &smtp, in, out, notes);
}

static enum proto_result imap_input(void *state, const struct audit_ask *ask, struct slice *in,
				    struct proto_out *out, struct audit_notes *notes)
{
	(void)ask;
	return take(state, &imap, in, out, notes);
}

static enum proto_result pop3_input(void *state, const struct audit_ask *ask, struct slice *in,
				    struct proto_out *out, struct audit_notes *notes)
{
	(void)ask;
	return take(state, &pop3, in, out, notes);
}

static const char *const of_smtp[] = {"smtp", NULL};
static const char *const of_imap[] = {"imap", NULL};
static const char *const of_pop3[] = {"pop3", NULL};

static const struct audit_vector smtp_vectors[] = {
	{.title = "passwords before TLS",
	 .source = "RFC 3207 section 5",
	 .turns = {{'<', SLICE("220 mail.test ESMTP\r\n")},
		   {'>', SLICE("EHLO portolan.invalid\r\n")},
		   {'<', SLICE("250-mail.test\r\n250-AUTH PLAIN LOGIN\r\n250 STARTTLS\r\n")},
		   {'>', SLICE("STARTTLS\r\n")},
		   {'<', SLICE("220 Ready\r\n")}},
	 .codes = "login-before-tls"},
	{.title = "no TLS",
	 .source = "RFC 5321 section 4.1.1.1",
	 .turns = {{'<', SLICE("220-a\r\n220 mail.test ESMTP\r\n")},
		   {'>', SLICE("EHLO portolan.invalid\r\n")},
		   {'<', SLICE("250-mail.test\r\n250 8BITMIME\r\n")},
		   {'>', SLICE("QUIT\r\n")}},
	 .codes = "starttls-missing"},
};
static const struct audit_vector imap_vectors[] = {
	{.title = "as it should be",
	 .source = "RFC 9051 section 6.2.1",
	 .turns = {{'<', SLICE("* OK ready\r\n")},
		   {'>', SLICE("p1 CAPABILITY\r\n")},
		   {'<', SLICE("* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\np1 OK done\r\n")},
		   {'>', SLICE("p2 STARTTLS\r\n")},
		   {'<', SLICE("p2 OK begin\r\n")}},
	 .codes = ""},
};
static const struct audit_vector pop3_vectors[] = {
	{.title = "passwords, and no TLS",
	 .source = "RFC 2449 section 5",
	 .turns = {{'<', SLICE("+OK ready\r\n")},
		   {'>', SLICE("CAPA\r\n")},
		   {'<', SLICE("+OK\r\nUSER\r\nUIDL\r\n.\r\n")},
		   {'>', SLICE("QUIT\r\n")}},
	 .codes = "login-before-tls starttls-missing"},
};

const struct audit audit_smtp_upgrade = {
	.name = "smtp-upgrade",
	.title = "STARTTLS of SMTP, and passwords before it",
	.of = of_smtp,
	.transport = TRANSPORT_TCP,
	.place = AUDIT_UPGRADE,
	.state_size = sizeof(struct state),
	.start = start,
	.input = smtp_input,
	.weaknesses = weaknesses,
	.n_weaknesses = ARRAY_LEN(weaknesses),
	.vectors = smtp_vectors,
	.n_vectors = ARRAY_LEN(smtp_vectors),
};
const struct audit audit_imap_upgrade = {
	.name = "imap-upgrade",
	.title = "STARTTLS of IMAP, and passwords before it",
	.of = of_imap,
	.transport = TRANSPORT_TCP,
	.place = AUDIT_UPGRADE,
	.state_size = sizeof(struct state),
	.start = start,
	.input = imap_input,
	.weaknesses = weaknesses,
	.n_weaknesses = ARRAY_LEN(weaknesses),
	.vectors = imap_vectors,
	.n_vectors = ARRAY_LEN(imap_vectors),
};
const struct audit audit_pop3_upgrade = {
	.name = "pop3-upgrade",
	.title = "STLS of POP3, and passwords before it",
	.of = of_pop3,
	.transport = TRANSPORT_TCP,
	.place = AUDIT_UPGRADE,
	.state_size = sizeof(struct state),
	.start = start,
	.input = pop3_input,
	.weaknesses = weaknesses,
	.n_weaknesses = ARRAY_LEN(weaknesses),
	.vectors = pop3_vectors,
	.n_vectors = ARRAY_LEN(pop3_vectors),
};
