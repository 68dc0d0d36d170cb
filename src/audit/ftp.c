/* SPDX-License-Identifier: ISC
 *
 * FTP: the switch of the control connection to TLS (RFC 4217 section 4), and whether a user's name
 * is taken before it, after which a client sends the password. No password is sent, and the name is
 * nobody's.
 */
#include "audit/audit.h"
#include "base/compiler.h"
#include "proto/ftp_reply.h"

enum { WAIT = 120, READY = 220, SECURED = 234, NEED_PASSWORD = 331, CLOSING = 421 };

enum { NO_SWITCH, EARLY_LOGIN };
static const struct weakness weaknesses[] = {
	[NO_SWITCH] = {"ftp-tls-missing", SEVERITY_MEDIUM, false,
		       "it cannot be switched to TLS: all passes in clear text",
		       "Give the server a certificate and switch TLS on (vsftpd: ssl_enable), or "
		       "move to SFTP.",
		       "RFC 4217"},
	[EARLY_LOGIN] = {"ftp-login-before-tls", SEVERITY_HIGH, false,
			 "it takes passwords in clear text, before TLS",
			 "Demand TLS of logins (vsftpd: force_local_logins_ssl; ProFTPD: "
			 "TLSRequired; Pure-FTPd: TLS 2).",
			 "RFC 4217; CWE-319"},
};

struct state {
	unsigned begun; /* ftp_reply_read() */
	bool has_asked;
};

/* The reply to our question; PROTO_MORE: it is not there yet. */
static enum proto_result take_reply(struct state *st, const char *question, struct slice *in,
				    struct proto_out *out, struct ftp_reply *r)
{
	for (;;) {
		switch (ftp_reply_read(in, &st->begun, r)) {
		case FTP_MORE:
			return PROTO_MORE;
		case FTP_BAD:
			return PROTO_OTHER;
		case FTP_REPLY:
			break;
		}
		if (st->has_asked)
			return PROTO_PROVED;
		if (r->code == WAIT)
			continue;
		if (r->code != READY)
			return PROTO_OTHER;
		st->has_asked = true;
		proto_put_text(out, question);
	}
}

static bool start(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	(void)out;
	return true;
}

static enum proto_result upgrade_input(void *state, const struct audit_ask *ask, struct slice *in,
				       struct proto_out *out, struct audit_notes *notes)
{
	struct ftp_reply r;
	enum proto_result result = take_reply(state, "AUTH TLS\r\n", in, out, &r);

	(void)ask;
	if (result != PROTO_PROVED)
		return result;
	if (r.code == SECURED)
		return PROTO_PROVED;
	if (r.code >= 400 && r.code != CLOSING)
		audit_note(notes, &weaknesses[NO_SWITCH], "to AUTH TLS: %u %.*s", r.code,
			   (int)r.text.n, r.text.p);
	proto_put_text(out, "QUIT\r\n");
	return PROTO_OTHER;
}

static bool login_start(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)out;
	return !ask->is_inside;
}

static enum proto_result login_input(void *state, const struct audit_ask *ask, struct slice *in,
				     struct proto_out *out, struct audit_notes *notes)
{
	struct ftp_reply r;
	enum proto_result result = take_reply(state, "USER portolan\r\n", in, out, &r);

	(void)ask;
	if (result != PROTO_PROVED)
		return result;
	if (r.code == NEED_PASSWORD)
		audit_note(notes, &weaknesses[EARLY_LOGIN], "to USER: %u %.*s", r.code,
			   (int)r.text.n, r.text.p);
	proto_put_text(out, "QUIT\r\n");
	return PROTO_PROVED;
}

static const char *const of[] = {"ftp", NULL};

static const struct audit_vector upgrade_vectors[] = {
	{.title = "it switches",
	 .source = "vsftpd 3.0.3",
	 .turns = {{'<', SLICE("220 (vsFTPd 3.0.3)\r\n")},
		   {'>', SLICE("AUTH TLS\r\n")},
		   {'<', SLICE("234 Proceed with negotiation.\r\n")}},
	 .codes = ""},
	{.title = "it has no TLS",
	 .source = "vsftpd 3.0.3",
	 .turns = {{'<', SLICE("220 (vsFTPd 3.0.3)\r\n")},
		   {'>', SLICE("AUTH TLS\r\n")},
		   {'<', SLICE("530 Please login with USER and PASS.\r\n")},
		   {'>', SLICE("QUIT\r\n")}},
	 .codes = "ftp-tls-missing",
	 .evidence = "to AUTH TLS: 530 Please login with USER and PASS."},
	{.title = "it has no TLS",
	 .source = "ProFTPD 1.3.8",
	 .turns = {{'<', SLICE("220 ProFTPD Server (ProFTPD) [::ffff:127.0.0.1]\r\n")},
		   {'>', SLICE("AUTH TLS\r\n")},
		   {'<', SLICE("500 AUTH not understood\r\n")},
		   {'>', SLICE("QUIT\r\n")}},
	 .codes = "ftp-tls-missing"},
	{.title = "too busy",
	 .source = "RFC 959 section 5.4",
	 .turns = {{'<', SLICE("421 Too many users.\r\n")}},
	 .codes = ""},
};

static const struct audit_vector login_vectors[] = {
	{.title = "it asks for the password",
	 .source = "vsftpd 3.0.3",
	 .turns = {{'<', SLICE("220 (vsFTPd 3.0.3)\r\n")},
		   {'>', SLICE("USER portolan\r\n")},
		   {'<', SLICE("331 Please specify the password.\r\n")},
		   {'>', SLICE("QUIT\r\n")}},
	 .codes = "ftp-login-before-tls",
	 .evidence = "to USER: 331 Please specify the password."},
	{.title = "anonymous users alone",
	 .source = "Pure-FTPd 1.0.50",
	 .turns = {{'<', SLICE("220---------- Welcome to Pure-FTPd [privsep] [TLS] ----------\r\n"
			       "220-Only anonymous FTP is allowed here\r\n"
			       "220 You will be disconnected after 15 minutes of inactivity."
			       "\r\n")},
		   {'>', SLICE("USER portolan\r\n")},
		   {'<', SLICE("230 Anonymous user logged in\r\n")},
		   {'>', SLICE("QUIT\r\n")}},
	 .codes = ""},
	{.title = "TLS first",
	 .source = "vsftpd 3.0.3",
	 .turns = {{'<', SLICE("220 (vsFTPd 3.0.3)\r\n")},
		   {'>', SLICE("USER portolan\r\n")},
		   {'<', SLICE("530 Non-anonymous sessions must use encryption.\r\n")},
		   {'>', SLICE("QUIT\r\n")}},
	 .codes = ""},
};

const struct audit audit_ftp_upgrade = {
	.name = "ftp-upgrade",
	.title = "AUTH TLS of FTP",
	.of = of,
	.transport = TRANSPORT_TCP,
	.place = AUDIT_UPGRADE,
	.state_size = sizeof(struct state),
	.start = start,
	.input = upgrade_input,
	.weaknesses = weaknesses,
	.n_weaknesses = ARRAY_LEN(weaknesses),
	.vectors = upgrade_vectors,
	.n_vectors = ARRAY_LEN(upgrade_vectors),
};
const struct audit audit_ftp_early = {
	.name = "ftp-early",
	.title = "logins of FTP before TLS",
	.of = of,
	.transport = TRANSPORT_TCP,
	.state_size = sizeof(struct state),
	.start = login_start,
	.input = login_input,
	.weaknesses = weaknesses,
	.n_weaknesses = ARRAY_LEN(weaknesses),
	.vectors = login_vectors,
	.n_vectors = ARRAY_LEN(login_vectors),
};
