/* SPDX-License-Identifier: ISC
 *
 * FTP, only where the owner wants that tried: whether it lets in "anonymous", with a mail address
 * as the password (RFC 1635). Nothing is listed, read or written; QUIT ends it.
 */
#include "audit/audit.h"
#include "base/compiler.h"
#include "proto/ftp_reply.h"

enum { WAIT = 120, READY = 220, LOGGED_IN = 230, NEED_PASSWORD = 331 };

static const struct weakness weaknesses[] = {
	{"ftp-anonymous", SEVERITY_MEDIUM, false, "it lets in anybody, without a password",
	 "Switch anonymous logins off where the files are not meant for all "
	 "(anonymous_enable=NO).",
	 "RFC 1635; CVE-1999-0497"},
};

enum step { GREETING, NAMED, GAVE_PASSWORD };

struct state {
	enum step step;
	unsigned begun; /* ftp_reply_read() */
};

static bool start(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	(void)out;
	return true;
}

static enum proto_result quit(struct proto_out *out)
{
	proto_put_text(out, "QUIT\r\n");
	return PROTO_PROVED;
}

static enum proto_result say(struct state *st, enum step step, struct proto_out *out)
{
	st->step = step;
	proto_put_text(out,
		       step == NAMED ? "USER anonymous\r\n" : "PASS portolan@example.invalid\r\n");
	return PROTO_MORE;
}

static enum proto_result hear(struct state *st, const struct ftp_reply *r, struct proto_out *out,
			      struct audit_notes *notes)
{
	if (st->step == GREETING && r->code == WAIT)
		return PROTO_MORE;
	if (st->step == GREETING)
		return r->code == READY ? say(st, NAMED, out) : quit(out);
	if (st->step == NAMED && r->code == NEED_PASSWORD)
		return say(st, GAVE_PASSWORD, out);
	if (r->code == LOGGED_IN)
		audit_note(notes, &weaknesses[0], "%u %.*s", r->code,
			   r->text.n < AUDIT_TEXT_MAX ? (int)r->text.n : AUDIT_TEXT_MAX, r->text.p);
	return quit(out);
}

static enum proto_result input(void *state, const struct audit_ask *ask, struct slice *in,
			       struct proto_out *out, struct audit_notes *notes)
{
	struct state *st = state;
	enum proto_result result = PROTO_MORE;
	struct ftp_reply r;

	(void)ask;
	while (result == PROTO_MORE && !out->n) {
		switch (ftp_reply_read(in, &st->begun, &r)) {
		case FTP_MORE:
			return PROTO_MORE;
		case FTP_BAD:
			return PROTO_OTHER;
		case FTP_REPLY:
			result = hear(st, &r, out, notes);
		}
	}
	return result;
}

static const char *const of[] = {"ftp", NULL};

static const struct audit_vector vectors[] = {
	{.title = "anybody",
	 .source = "vsftpd 3.0.3",
	 .turns = {{'<', SLICE("220 (vsFTPd 3.0.3)\r\n")},
		   {'>', SLICE("USER anonymous\r\n")},
		   {'<', SLICE("331 Please specify the password.\r\n")},
		   {'>', SLICE("PASS portolan@example.invalid\r\n")},
		   {'<', SLICE("230 Login successful.\r\n")},
		   {'>', SLICE("QUIT\r\n")},
		   {'<', SLICE("221 Goodbye.\r\n")}},
	 .codes = "ftp-anonymous",
	 .evidence = "230 Login successful."},
	{.title = "nobody",
	 .source = "vsftpd 3.0.3",
	 .turns = {{'<', SLICE("500 OOPS: vsftpd: both local and anonymous access disabled!\r\n")},
		   {'>', SLICE("QUIT\r\n")}},
	 .codes = ""},
};

const struct audit audit_ftp_login = {
	.name = "ftp-login",
	.title = "anonymous logins of FTP",
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
