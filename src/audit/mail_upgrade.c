/* SPDX-License-Identifier: ISC
 *
 * The switch to TLS of mail: SMTP (RFC 3207), IMAP (RFC 9051 section 6.2.1), POP3 (RFC 2595 section
 * 4). First what the server can do is asked: whether the switch is offered, and whether passwords
 * are taken before it (RFC 8314 section 4.1). Then it is made.
 *
 * A server that is not as expected is parted from in the protocol's way.
 */
#include "audit/lines.h"
#include "base/compiler.h"
#include "proto/line.h"

enum { NO_SWITCH, EARLY_LOGIN };
static const struct weakness weaknesses[] = {
	[NO_SWITCH] = {"starttls-missing", SEVERITY_MEDIUM, false,
		       "it cannot be switched to TLS: all passes in clear text",
		       "Give the server a certificate, and let it offer STARTTLS.",
		       "RFC 3207; RFC 8314 section 3"},
	[EARLY_LOGIN] = {"login-before-tls", SEVERITY_HIGH, false,
			 "it takes passwords in clear text, before TLS",
			 "Let it take passwords inside TLS alone (Postfix: smtpd_tls_auth_only; "
			 "Dovecot: ssl = required).",
			 "RFC 8314 section 4.1; RFC 4954 section 4"},
};

enum step { GREETING, ASKED, SWITCHING };

struct state {
	struct lines lines; /* first */
	enum step step;
	bool is_answered; /* what it can do is being told */
	bool offers;	  /* the switch */
};

/* What the protocols differ in. */
struct words {
	const char *offer, *switch_over, *bye;
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

static enum proto_result part(const struct words *w, struct proto_out *out)
{
	proto_put_text(out, w->bye);
	return PROTO_OTHER;
}

/* The server's own words say that it cannot be switched. */
static enum proto_result note_missing(const struct words *w, struct slice line,
				      struct proto_out *out, struct audit_notes *notes)
{
	audit_note(notes, &weaknesses[NO_SWITCH], "%.*s", (int)line.n, line.p);
	return part(w, out);
}

/* All that it can do has been told. */
static enum proto_result conclude(struct state *st, const struct words *w, struct proto_out *out,
				  struct audit_notes *notes)
{
	if (st->offers)
		return say(st, SWITCHING, w->switch_over, out);
	audit_note(notes, &weaknesses[NO_SWITCH], "%s is not among what it can do", w->offer);
	return part(w, out);
}

/* These two show the password: RFC 4616, and its forerunner. */
static bool shows_password(struct slice line)
{
	return lines_has_word(line, "PLAIN") || lines_has_word(line, "LOGIN");
}

static void note_login(struct audit_notes *notes, struct slice evidence)
{
	audit_note(notes, &weaknesses[EARLY_LOGIN], "%.*s", (int)evidence.n, evidence.p);
}

/* SMTP. */

static const struct words smtp = {"STARTTLS", "STARTTLS\r\n", "QUIT\r\n"};

enum { SMTP_READY = 220, SMTP_OK = 250, SMTP_UNKNOWN = 500, SMTP_NOT_IMPLEMENTED = 502 };

/* "AUTH PLAIN LOGIN"; of old also "AUTH=PLAIN LOGIN". */
static bool is_smtp_auth(struct slice text)
{
	return text.n > 5 && slice_is_nocase((struct slice){text.p, 4}, "AUTH") &&
	       (text.p[4] == ' ' || text.p[4] == '=');
}

static enum proto_result smtp_ability(struct state *st, struct slice line, unsigned code,
				      struct slice text, struct proto_out *out,
				      struct audit_notes *notes)
{
	if (code == SMTP_UNKNOWN || code == SMTP_NOT_IMPLEMENTED)
		return note_missing(&smtp, line, out, notes); /* it has no extensions at all */
	if (code != SMTP_OK)
		return part(&smtp, out);
	st->offers |= slice_is_nocase(text, "STARTTLS");
	if (is_smtp_auth(text) && shows_password(text))
		note_login(notes, text);
	return line.n > 3 && line.p[3] == '-' ? PROTO_MORE : conclude(st, &smtp, out, notes);
}

static enum proto_result smtp_hear(void *state, struct slice line, struct proto_out *out,
				   struct audit_notes *notes)
{
	struct state *st = state;
	struct slice text;
	unsigned code;

	if (!line_code(line, &code, &text))
		return part(&smtp, out);
	switch (st->step) {
	case GREETING:
		if (code != SMTP_READY)
			return part(&smtp, out);
		return line.n > 3 && line.p[3] == '-'
			       ? PROTO_MORE
			       : say(st, ASKED, "EHLO portolan.invalid\r\n", out);
	case ASKED:
		return smtp_ability(st, line, code, text, out, notes);
	case SWITCHING:
		break;
	}
	return code == SMTP_READY ? PROTO_PROVED : note_missing(&smtp, line, out, notes);
}

/* IMAP. Lines that are not the answer's last may come at any time. */

static const struct words imap = {"STARTTLS", "p2 STARTTLS\r\n", "p3 LOGOUT\r\n"};

/* LOGIN works unless this line says that it does not: RFC 9051 section 6.2.3. */
static void imap_abilities(struct state *st, struct slice line, struct audit_notes *notes)
{
	st->is_answered = true;
	st->offers |= lines_has_word(line, "STARTTLS");
	if (!lines_has_word(line, "LOGINDISABLED"))
		note_login(notes, SLICE("LOGINDISABLED is not among what it can do"));
	else if (shows_password(line))
		note_login(notes, line);
}

static enum proto_result imap_hear(void *state, struct slice line, struct proto_out *out,
				   struct audit_notes *notes)
{
	struct state *st = state;

	switch (st->step) {
	case GREETING:
		return slice_has_prefix(line, "* OK") ? say(st, ASKED, "p1 CAPABILITY\r\n", out)
						      : part(&imap, out);
	case ASKED:
		if (slice_has_prefix(line, "* CAPABILITY "))
			imap_abilities(st, line, notes);
		if (!slice_has_prefix(line, "p1 "))
			return PROTO_MORE;
		return st->is_answered && slice_has_prefix(line, "p1 OK")
			       ? conclude(st, &imap, out, notes)
			       : part(&imap, out);
	case SWITCHING:
		break;
	}
	if (!slice_has_prefix(line, "p2 "))
		return PROTO_MORE;
	return slice_has_prefix(line, "p2 OK") ? PROTO_PROVED
					       : note_missing(&imap, line, out, notes);
}

/* POP3. A server that does not tell what it can do is asked for the switch. */

static const struct words pop3 = {"STLS", "STLS\r\n", "QUIT\r\n"};

static enum proto_result pop3_ability(struct state *st, struct slice line, struct proto_out *out,
				      struct audit_notes *notes)
{
	if (!st->is_answered) {
		st->is_answered = slice_has_prefix(line, "+OK");
		return st->is_answered ? PROTO_MORE : say(st, SWITCHING, pop3.switch_over, out);
	}
	if (slice_is(line, "."))
		return conclude(st, &pop3, out, notes);
	st->offers |= slice_is_nocase(slice_trim(line), "STLS");
	if (slice_is_nocase(slice_trim(line), "USER") ||
	    (lines_has_word(line, "SASL") && shows_password(line)))
		note_login(notes, line);
	return PROTO_MORE;
}

static enum proto_result pop3_hear(void *state, struct slice line, struct proto_out *out,
				   struct audit_notes *notes)
{
	struct state *st = state;

	switch (st->step) {
	case GREETING:
		return slice_has_prefix(line, "+OK") ? say(st, ASKED, "CAPA\r\n", out)
						     : part(&pop3, out);
	case ASKED:
		return pop3_ability(st, line, out, notes);
	case SWITCHING:
		break;
	}
	return slice_has_prefix(line, "+OK") ? PROTO_PROVED : note_missing(&pop3, line, out, notes);
}

static enum proto_result smtp_input(void *state, const struct audit_ask *ask, struct slice *in,
				    struct proto_out *out, struct audit_notes *notes)
{
	(void)ask;
	return lines_take(state, smtp_hear, in, out, notes);
}

static enum proto_result imap_input(void *state, const struct audit_ask *ask, struct slice *in,
				    struct proto_out *out, struct audit_notes *notes)
{
	(void)ask;
	return lines_take(state, imap_hear, in, out, notes);
}

static enum proto_result pop3_input(void *state, const struct audit_ask *ask, struct slice *in,
				    struct proto_out *out, struct audit_notes *notes)
{
	(void)ask;
	return lines_take(state, pop3_hear, in, out, notes);
}

static const char *const of_smtp[] = {"smtp", NULL};
static const char *const of_imap[] = {"imap", NULL};
static const char *const of_pop3[] = {"pop3", NULL};

static const struct audit_vector smtp_vectors[] = {
	{.title = "it switches",
	 .source = "Postfix 3.7.11",
	 .turns = {{'<', SLICE("220 peer.test ESMTP Postfix (Debian/GNU)\r\n")},
		   {'>', SLICE("EHLO portolan.invalid\r\n")},
		   {'<', SLICE("250-peer.test\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n"
			       "250-VRFY\r\n250-ETRN\r\n250-STARTTLS\r\n"
			       "250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250-DSN\r\n"
			       "250-SMTPUTF8\r\n250 CHUNKING\r\n")},
		   {'>', SLICE("STARTTLS\r\n")},
		   {'<', SLICE("220 2.0.0 Ready to start TLS\r\n")}},
	 .codes = ""},
	{.title = "it offers what it has not",
	 .source = "RFC 3207 section 4",
	 .turns = {{'<', SLICE("220 mail.test ESMTP\r\n")},
		   {'>', SLICE("EHLO portolan.invalid\r\n")},
		   {'<', SLICE("250-mail.test\r\n250 starttls\r\n")},
		   {'>', SLICE("STARTTLS\r\n")},
		   {'<', SLICE("454 TLS not available due to temporary reason\r\n")},
		   {'>', SLICE("QUIT\r\n")}},
	 .codes = "starttls-missing",
	 .evidence = "454 TLS not available due to temporary reason"},
	{.title = "it does not want us",
	 .source = "RFC 5321 section 3.1",
	 .turns = {{'<', SLICE("554 5.7.1 Go away\r\n")}, {'>', SLICE("QUIT\r\n")}},
	 .codes = ""},
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
#define IMAP_ABILITIES "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+"
#define IMAP_DONE      "p1 OK Pre-login capabilities listed, post-login capabilities have more.\r\n"
static const struct audit_vector imap_vectors[] = {
	{.title = "as it should be",
	 .source = "Dovecot 2.3.19",
	 .turns = {{'<', SLICE("* OK [CAPABILITY " IMAP_ABILITIES
			       " STARTTLS LOGINDISABLED] Dovecot (Debian) ready.\r\n")},
		   {'>', SLICE("p1 CAPABILITY\r\n")},
		   {'<',
		    SLICE("* CAPABILITY " IMAP_ABILITIES " STARTTLS LOGINDISABLED\r\n" IMAP_DONE)},
		   {'>', SLICE("p2 STARTTLS\r\n")},
		   {'<', SLICE("p2 OK Begin TLS negotiation now.\r\n")}},
	 .codes = ""},
	{.title = "passwords, and no TLS",
	 .source = "Dovecot 2.3.19",
	 .turns = {{'<', SLICE("* OK [CAPABILITY " IMAP_ABILITIES
			       " AUTH=PLAIN] Dovecot (Debian) ready.\r\n")},
		   {'>', SLICE("p1 CAPABILITY\r\n")},
		   {'<', SLICE("* CAPABILITY " IMAP_ABILITIES " AUTH=PLAIN\r\n" IMAP_DONE)},
		   {'>', SLICE("p3 LOGOUT\r\n")}},
	 .codes = "login-before-tls starttls-missing"},
	{.title = "it does not tell what it can do",
	 .source = "RFC 9051 section 7.1",
	 .turns = {{'<', SLICE("* OK ready\r\n")},
		   {'>', SLICE("p1 CAPABILITY\r\n")},
		   {'<', SLICE("p1 BAD what?\r\n")},
		   {'>', SLICE("p3 LOGOUT\r\n")}},
	 .codes = ""},
};

#define POP3_ABILITIES                                                                             \
	"+OK\r\nCAPA\r\nTOP\r\nUIDL\r\nRESP-CODES\r\nPIPELINING\r\nAUTH-RESP-CODE\r\n"
static const struct audit_vector pop3_vectors[] = {
	{.title = "as it should be",
	 .source = "Dovecot 2.3.19",
	 .turns = {{'<', SLICE("+OK Dovecot (Debian) ready.\r\n")},
		   {'>', SLICE("CAPA\r\n")},
		   {'<', SLICE(POP3_ABILITIES "STLS\r\nSASL\r\n.\r\n")},
		   {'>', SLICE("STLS\r\n")},
		   {'<', SLICE("+OK Begin TLS negotiation now.\r\n")}},
	 .codes = ""},
	{.title = "passwords, and no TLS",
	 .source = "Dovecot 2.3.19",
	 .turns = {{'<', SLICE("+OK Dovecot (Debian) ready.\r\n")},
		   {'>', SLICE("CAPA\r\n")},
		   {'<', SLICE(POP3_ABILITIES "USER\r\nSASL PLAIN\r\n.\r\n")},
		   {'>', SLICE("QUIT\r\n")}},
	 .codes = "login-before-tls starttls-missing",
	 .evidence = "USER"},
	{.title = "it does not tell what it can do, and has no TLS",
	 .source = "RFC 1939 section 3",
	 .turns = {{'<', SLICE("+OK ready\r\n")},
		   {'>', SLICE("CAPA\r\n")},
		   {'<', SLICE("-ERR what?\r\n")},
		   {'>', SLICE("STLS\r\n")},
		   {'<', SLICE("-ERR what?\r\n")},
		   {'>', SLICE("QUIT\r\n")}},
	 .codes = "starttls-missing"},
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
