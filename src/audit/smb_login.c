/* SPDX-License-Identifier: ISC
 *
 * SMB, only where the owner wants that tried: does it let in somebody without a name (a null
 * session, MS-NLMP section 3.2.5.1.2), and somebody whom it cannot know, as a guest? The second
 * gives a name that nobody has and bytes that are no password's. What is shared is not looked at:
 * the null session connects to IPC$ alone. MS-SMB2 sections 2.2.3, 2.2.5, 2.2.7 and 2.2.9.
 */
#include "audit/audit.h"
#include "base/compiler.h"
#include "proto/wire.h"

enum { HEAD = 64, MESSAGE_MAX = 8000, IS_GUEST = 1, MORE_PROCESSING = 0x16 };
enum { UNICODE = 1, NTLM = 0x200, ANONYMOUS = 0x800, ALWAYS_SIGN = 0x8000, NTLM_2 = 0x80000 };

enum { NULL_SESSION, GUEST };
static const struct weakness weaknesses[] = {
	[NULL_SESSION] = {"smb-null-session", SEVERITY_LOW, false,
			  "it lets in somebody without a name and a password",
			  "Let nobody in without a name (restrict anonymous = 2; "
			  "RestrictNullSessAccess).",
			  "CVE-1999-0519; MS-NLMP section 3.2.5.1.2"},
	[GUEST] = {"smb-guest", SEVERITY_MEDIUM, false,
		   "it lets in anybody, whatever the name and the password, as a guest",
		   "Turn away whom it does not know (map to guest = never).",
		   "CVE-1999-0519; MS-SMB2 section 2.2.6"},
};

enum step { NEGOTIATE, NAME_NEEDED, NAMED, CONNECTED };
static const uint8_t commands[] = {
	[NEGOTIATE] = 0, [NAME_NEEDED] = 1, [NAMED] = 1, [CONNECTED] = 3};
enum { LOGOFF = 2 };

struct state {
	enum step step; /* what was asked last */
	uint8_t messages;
	char session[8];
};

/* The length, the head and the body of a message. */
static void put_message(struct state *st, uint8_t command, const struct proto_out *body,
			struct proto_out *out)
{
	static const uint8_t zeros[16];

	proto_put32(out, HEAD + (uint32_t)body->n);
	proto_put(out, "\xfeSMB\x40\0\1\0\0\0\0", 12);
	proto_put16le(out, command);
	proto_put16le(out, 1); /* a credit, please */
	proto_put(out, zeros, 8);
	proto_put32le(out, st->messages++);
	proto_put(out, zeros, 4 + 4 + 4);
	proto_put(out, st->session, sizeof(st->session));
	proto_put(out, zeros, 16);
	proto_put(out, body->bytes, body->n);
}

/* Up to 3.0.2: what 3.1.1 wants to know more is not needed here. */
static bool start(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	static const struct slice dialects = SLICE("\2\2\x10\2\0\3\2\3");
	static const uint8_t zeros[8];
	struct proto_out body = {.n = 0};
	struct state *st = state;

	*st = (struct state){.step = NEGOTIATE};
	proto_put16le(&body, 36);
	proto_put16le(&body, (unsigned)dialects.n / 2);
	proto_put16le(&body, 1); /* it could sign */
	proto_put(&body, zeros, 2 + 4);
	proto_put(&body, ask->chance, PROTO_CHANCE);
	proto_put(&body, zeros, 8);
	proto_put(&body, dialects.p, dialects.n);
	put_message(st, commands[NEGOTIATE], &body, out);
	return true;
}

static void put_login(struct state *st, const struct proto_out *token, struct proto_out *out)
{
	enum { FIXED = 24 };
	static const uint8_t zeros[8];
	struct proto_out body = {.n = 0};

	proto_put16le(&body, FIXED + 1);
	proto_put16le(&body, 1 << 8); /* it could sign */
	proto_put(&body, zeros, 4 + 4);
	proto_put16le(&body, HEAD + FIXED);
	proto_put16le(&body, (unsigned)token->n);
	proto_put(&body, zeros, 8);
	proto_put(&body, token->bytes, token->n);
	put_message(st, commands[NAMED], &body, out);
}

/* MS-NLMP section 2.2.1.1: neither a domain nor a workstation. */
static void ask_challenge(struct state *st, struct proto_out *out)
{
	static const uint8_t zeros[16];
	struct proto_out token = {.n = 0};

	proto_put(&token, "NTLMSSP\0\1\0\0", 12);
	proto_put32le(&token, UNICODE | NTLM | ALWAYS_SIGN | NTLM_2);
	proto_put(&token, zeros, sizeof(zeros));
	put_login(st, &token, out);
}

/* Where a field stands in section 2.2.1.3's message: its size, twice, and its place. */
static void put_field(struct proto_out *token, size_t n, size_t at)
{
	proto_put16le(token, (unsigned)n);
	proto_put16le(token, (unsigned)n);
	proto_put32le(token, (uint32_t)at);
}

static void answer_challenge(struct state *st, const struct audit_ask *ask, struct proto_out *out)
{
	enum { FIXED = 64, RESPONSE = 24 };
	static const struct slice name = SLICE("p\0o\0r\0t\0o\0l\0a\0n\0-\0n\0o\0b\0o\0d\0y\0");
	const bool is_guest = ask->connection > 0;
	const size_t lm = is_guest ? RESPONSE : 1, nt = is_guest ? RESPONSE : 0,
		     user = is_guest ? name.n : 0;
	struct proto_out token = {.n = 0};

	proto_put(&token, "NTLMSSP\0\3\0\0", 12);
	put_field(&token, lm, FIXED + user);
	put_field(&token, nt, FIXED + user + lm);
	put_field(&token, 0, FIXED); /* the domain */
	put_field(&token, user, FIXED);
	put_field(&token, 0, FIXED); /* the workstation */
	put_field(&token, 0, FIXED); /* a session's key */
	proto_put32le(&token, UNICODE | NTLM | ALWAYS_SIGN | NTLM_2 | (is_guest ? 0 : ANONYMOUS));
	proto_put(&token, name.p, user);
	for (size_t i = 0; i < lm + nt; i++) /* no password's; of nobody, one zero */
		proto_put(&token, (const uint8_t[]){is_guest ? (uint8_t)(i + 1) : 0}, 1);
	put_login(st, &token, out);
}

static void connect_ipc(struct state *st, struct proto_out *out)
{
	enum { FIXED = 8 };
	static const struct slice path = SLICE("\\\0\\\0h\0o\0s\0t\0\\\0I\0P\0C\0$\0");
	struct proto_out body = {.n = 0};

	proto_put16le(&body, FIXED + 1);
	proto_put16le(&body, 0);
	proto_put16le(&body, HEAD + FIXED);
	proto_put16le(&body, (unsigned)path.n);
	proto_put(&body, path.p, path.n);
	put_message(st, commands[CONNECTED], &body, out);
}

static enum proto_result log_off(struct state *st, struct proto_out *out)
{
	struct proto_out body = {.n = 0};

	proto_put32le(&body, 4);
	put_message(st, LOGOFF, &body, out);
	return PROTO_PROVED;
}

struct answer {
	uint32_t status;
	uint16_t flags; /* of a session */
};

/* From behind the length. False: it is no answer to what was asked. */
static bool read_answer(struct state *st, struct slice m, struct answer *a)
{
	struct slice skipped, session;
	uint16_t command, size;
	uint32_t flags;

	if (!wire_take_same(&m, "\xfeSMB", 4) || !wire_take(&m, 4, &skipped) ||
	    !wire_take32le(&m, &a->status) || !wire_take16le(&m, &command) ||
	    !wire_take(&m, 2, &skipped) || !wire_take32le(&m, &flags) || !(flags & 1) ||
	    command != commands[st->step] || !wire_take(&m, 20, &skipped) ||
	    !wire_take(&m, sizeof(st->session), &session) || !wire_take(&m, 16, &skipped) ||
	    !wire_take16le(&m, &size) || !wire_take16le(&m, &a->flags))
		return false;
	memcpy(st->session, session.p, sizeof(st->session));
	return true;
}

/* It let us in: as whom? */
static enum proto_result let_in(struct state *st, const struct audit_ask *ask, uint16_t flags,
				struct proto_out *out, struct audit_notes *notes)
{
	if (ask->connection) {
		if (flags & IS_GUEST)
			audit_note(notes, &weaknesses[GUEST],
				   "portolan-nobody, whom it cannot know, is let in as a guest");
		return log_off(st, out);
	}
	st->step = CONNECTED;
	connect_ipc(st, out);
	return PROTO_MORE;
}

static enum proto_result hear(struct state *st, const struct audit_ask *ask, const struct answer *a,
			      struct proto_out *out, struct audit_notes *notes)
{
	switch (st->step) {
	case NEGOTIATE:
		if (a->status)
			return PROTO_PROVED;
		st->step = NAME_NEEDED;
		ask_challenge(st, out);
		return PROTO_MORE;
	case NAME_NEEDED:
		if ((a->status & 0xffff) != MORE_PROCESSING)
			return PROTO_PROVED;
		st->step = NAMED;
		answer_challenge(st, ask, out);
		return PROTO_MORE;
	case NAMED:
		return a->status ? PROTO_PROVED : let_in(st, ask, a->flags, out, notes);
	case CONNECTED:
		break;
	}
	if (!a->status)
		audit_note(notes, &weaknesses[NULL_SESSION],
			   "a null session could connect to IPC$");
	return log_off(st, out);
}

static enum proto_result input(void *state, const struct audit_ask *ask, struct slice *in,
			       struct proto_out *out, struct audit_notes *notes)
{
	struct slice s = *in, message;
	struct answer a;
	uint32_t n;

	if (!wire_take32(&s, &n))
		return PROTO_MORE;
	if (n > MESSAGE_MAX)
		return PROTO_OTHER;
	if (!wire_take(&s, n, &message))
		return PROTO_MORE;
	*in = s;
	return read_answer(state, message, &a) ? hear(state, ask, &a, out, notes) : PROTO_OTHER;
}

static const char *const of[] = {"smb", NULL};

static const struct audit_vector vectors[] = {
	{.title = "as it comes",
	 .source = "Samba 4.17.12",
	 .turns =
		 {{'>', SLICE("\0\0\0l\376SMB@"
			      "\0\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0$"
			      "\0\4\0\1\0\0\0\0\0\0\0\0\1\2\3\4\5\6\7\10\11\n\13\14\r\16\17\0\0\0\0"
			      "\0\0\0\0\2\2\20\2\0\3\2\3")},
		  {'<', SLICE("\0\0\0\312\376SMB@"
			      "\0\1\0\0\0\0\0\0\0\1\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0A\0\1\0\2\3\0\0pee"
			      "r\0\0\0\0\0\0\0\0\0\0\0\0\7\0\0\0\0\0\200\0\0\0\200\0\0\0\200\0 "
			      "\232\6v\343~\335\1\0\0\0\0\0\0\0\0\200\0J\0\0\0\0\0`H\6\6+"
			      "\6\1\5\5\2\240>0<\240\0160\14\6\n+\6\1\4\1\2027\2\2\n\243*0(\240&"
			      "\33$not_defined_in_RFC4178@please_ignore")},
		  {'>', SLICE("\0\0\0x\376SMB@"
			      "\0\1\0\0\0\0\0\1\0\1\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\31\0\0\1\0\0\0\0"
			      "\0\0\0\0X\0 "
			      "\0\0\0\0\0\0\0\0\0NTLMSSP\0\1\0\0\0\1\202\10\0\0\0\0\0\0\0\0\0\0\0\0"
			      "\0\0\0\0\0")},
		  {'<',
		   SLICE("\0\0\0\200\376SMB@"
			 "\0\1\0\26\0\0\300\1\0\1\0\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			 ">\211\37A\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\11\0\0\0H\08\0NTLMSSP\0"
			 "\2\0\0\0\0\0\0\08\0\0\0\1\202\10\2\202Y\240\10\275\253A("
			 "\0\0\0\0\0\0\0\0\0\0\0\08\0\0\0\6\1\0\0\0\0\0\17")},
		  {'>',
		   SLICE("\0\0\0\231\376SMB@"
			 "\0\1\0\0\0\0\0\1\0\1\0\0\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0>"
			 "\211\37A\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\31\0\0\1\0\0\0\0\0\0\0\0"
			 "X\0A\0\0\0\0\0\0\0\0\0NTLMSSP\0\3\0\0\0\1\0\1\0@"
			 "\0\0\0\0\0\0\0A\0\0\0\0\0\0\0@\0\0\0\0\0\0\0@\0\0\0\0\0\0\0@"
			 "\0\0\0\0\0\0\0@\0\0\0\1\212\10\0\0")},
		  {'<',
		   SLICE("\0\0\0H\376SMB@"
			 "\0\1\0\0\0\0\0\1\0\1\0\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0>"
			 "\211\37A\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\11\0\0\0H\0\0\0")},
		  {'>',
		   SLICE("\0\0\0^\376SMB@"
			 "\0\1\0\0\0\0\0\3\0\1\0\0\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0>"
			 "\211\37A\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\11\0\0\0H\0\26\0\\\0\\\0"
			 "h\0o\0s\0t\0\\\0I\0P\0C\0$\0")},
		  {'<',
		   SLICE("\0\0\0P\376SMB@"
			 "\0\1\0\0\0\0\0\3\0\1\0\1\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0\0\0\0\0\13\4w\246>"
			 "\211\37A\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\20\0\2\0\0\0\0\0\0\0\0\0"
			 "\251\0\37\0")},
		  {'>', SLICE("\0\0\0D\376SMB@"
			      "\0\1\0\0\0\0\0\2\0\1\0\0\0\0\0\0\0\0\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			      "\0>\211\37A\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\4\0\0\0")},
		  {'|', SLICE("")},
		  {'>', SLICE("\0\0\0l\376SMB@"
			      "\0\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0$"
			      "\0\4\0\1\0\0\0\0\0\0\0\0\1\2\3\4\5\6\7\10\11\n\13\14\r\16\17\0\0\0\0"
			      "\0\0\0\0\2\2\20\2\0\3\2\3")},
		  {'<', SLICE("\0\0\0\312\376SMB@"
			      "\0\1\0\0\0\0\0\0\0\1\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0A\0\1\0\2\3\0\0pee"
			      "r\0\0\0\0\0\0\0\0\0\0\0\0\7\0\0\0\0\0\200\0\0\0\200\0\0\0\200\0\346c"
			      "\10v\343~\335\1\0\0\0\0\0\0\0\0\200\0J\0\0\0\0\0`H\6\6+"
			      "\6\1\5\5\2\240>0<\240\0160\14\6\n+\6\1\4\1\2027\2\2\n\243*0(\240&"
			      "\33$not_defined_in_RFC4178@please_ignore")},
		  {'>', SLICE("\0\0\0x\376SMB@"
			      "\0\1\0\0\0\0\0\1\0\1\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\31\0\0\1\0\0\0\0"
			      "\0\0\0\0X\0 "
			      "\0\0\0\0\0\0\0\0\0NTLMSSP\0\1\0\0\0\1\202\10\0\0\0\0\0\0\0\0\0\0\0\0"
			      "\0\0\0\0\0")},
		  {'<', SLICE("\0\0\0\200\376SMB@"
			      "\0\1\0\26\0\0\300\1\0\1\0\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0"
			      "\0\0\0\315z\322\371\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\11\0\0\0"
			      "H\08\0NTLMSSP\0\2\0\0\0\0\0\0\08\0\0\0\1\202\10\2\301\23t\341\325t"
			      "\377 \0\0\0\0\0\0\0\0\0\0\0\08\0\0\0\6\1\0\0\0\0\0\17")},
		  {'>', SLICE("\0\0\0\346\376SMB@"
			      "\0\1\0\0\0\0\0\1\0\1\0\0\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			      "\0\315z\322\371\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\31\0\0\1\0\0"
			      "\0\0\0\0\0\0X\0\216\0\0\0\0\0\0\0\0\0NTLMSSP\0\3\0\0\0\30\0\30\0^"
			      "\0\0\0\30\0\30\0v\0\0\0\0\0\0\0@\0\0\0\36\0\36\0@\0\0\0\0\0\0\0@"
			      "\0\0\0\0\0\0\0@\0\0\0\1\202\10\0p\0o\0r\0t\0o\0l\0a\0n\0-"
			      "\0n\0o\0b\0o\0d\0y\0\1\2\3\4\5\6\7\10\11\n\13\14\r\16\17\20\21\22\23"
			      "\24\25\26\27\30\31\32\33\34\35\36\37 !\"#$%&'()*+,-./0")},
		  {'<', SLICE("\0\0\0I\376SMB@"
			      "\0\1\0m\0\0\300\1\0\1\0\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0"
			      "\0\0\315z\322\371\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\11\0\0\0\0"
			      "\0\0\0\0")}},
	 .codes = "smb-null-session"},
	{.title = "guests",
	 .source = "Samba 4.17.12",
	 .turns =
		 {{'>', SLICE("\0\0\0l\376SMB@"
			      "\0\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0$"
			      "\0\4\0\1\0\0\0\0\0\0\0\0\1\2\3\4\5\6\7\10\11\n\13\14\r\16\17\0\0\0\0"
			      "\0\0\0\0\2\2\20\2\0\3\2\3")},
		  {'<', SLICE("\0\0\0\312\376SMB@"
			      "\0\1\0\0\0\0\0\0\0\1\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0A\0\1\0\2\3\0\0pee"
			      "r\0\0\0\0\0\0\0\0\0\0\0\0\7\0\0\0\0\0\200\0\0\0\200\0\0\0\200\08\236"
			      "Nv\343~\335\1\0\0\0\0\0\0\0\0\200\0J\0\0\0\0\0`H\6\6+\6\1\5\5\2\240>"
			      "0<\240\0160\14\6\n+\6\1\4\1\2027\2\2\n\243*0(\240&\33$not_defined_"
			      "in_RFC4178@please_ignore")},
		  {'>', SLICE("\0\0\0x\376SMB@"
			      "\0\1\0\0\0\0\0\1\0\1\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\31\0\0\1\0\0\0\0"
			      "\0\0\0\0X\0 "
			      "\0\0\0\0\0\0\0\0\0NTLMSSP\0\1\0\0\0\1\202\10\0\0\0\0\0\0\0\0\0\0\0\0"
			      "\0\0\0\0\0")},
		  {'<', SLICE("\0\0\0\200\376SMB@"
			      "\0\1\0\26\0\0\300\1\0\1\0\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0"
			      "\0\0\0\212<"
			      "7\7\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\11\0\0\0H\08\0NTLMSSP\0"
			      "\2\0\0\0\0\0\0\08\0\0\0\1\202\10\2d\344\221\7qy\235\32\0\0\0\0\0\0\0"
			      "\0\0\0\0\08\0\0\0\6\1\0\0\0\0\0\17")},
		  {'>', SLICE("\0\0\0\231\376SMB@"
			      "\0\1\0\0\0\0\0\1\0\1\0\0\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			      "\0\212<"
			      "7\7\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\31\0\0\1\0\0\0\0\0\0\0\0"
			      "X\0A\0\0\0\0\0\0\0\0\0NTLMSSP\0\3\0\0\0\1\0\1\0@"
			      "\0\0\0\0\0\0\0A\0\0\0\0\0\0\0@\0\0\0\0\0\0\0@\0\0\0\0\0\0\0@"
			      "\0\0\0\0\0\0\0@\0\0\0\1\212\10\0\0")},
		  {'<',
		   SLICE("\0\0\0H\376SMB@"
			 "\0\1\0\0\0\0\0\1\0\1\0\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			 "\212<7\7\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\11\0\0\0H\0\0\0")},
		  {'>', SLICE("\0\0\0^\376SMB@"
			      "\0\1\0\0\0\0\0\3\0\1\0\0\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			      "\0\212<"
			      "7\7\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\11\0\0\0H\0\26\0\\\0\\\0"
			      "h\0o\0s\0t\0\\\0I\0P\0C\0$\0")},
		  {'<', SLICE("\0\0\0P\376SMB@"
			      "\0\1\0\0\0\0\0\3\0\1\0\1\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0\0\0\0\0\342"
			      "\231\347h\212<"
			      "7\7\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\20\0\2\0\0\0\0\0\0\0\0\0"
			      "\251\0\37\0")},
		  {'>', SLICE("\0\0\0D\376SMB@"
			      "\0\1\0\0\0\0\0\2\0\1\0\0\0\0\0\0\0\0\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			      "\0\212<7\7\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\4\0\0\0")},
		  {'|', SLICE("")},
		  {'>', SLICE("\0\0\0l\376SMB@"
			      "\0\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0$"
			      "\0\4\0\1\0\0\0\0\0\0\0\0\1\2\3\4\5\6\7\10\11\n\13\14\r\16\17\0\0\0\0"
			      "\0\0\0\0\2\2\20\2\0\3\2\3")},
		  {'<', SLICE("\0\0\0\312\376SMB@"
			      "\0\1\0\0\0\0\0\0\0\1\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0A\0\1\0\2\3\0\0pee"
			      "r\0\0\0\0\0\0\0\0\0\0\0\0\7\0\0\0\0\0\200\0\0\0\200\0\0\0\200\0V\312"
			      "Ov\343~\335\1\0\0\0\0\0\0\0\0\200\0J\0\0\0\0\0`H\6\6+\6\1\5\5\2\240>"
			      "0<\240\0160\14\6\n+\6\1\4\1\2027\2\2\n\243*0(\240&\33$not_defined_"
			      "in_RFC4178@please_ignore")},
		  {'>', SLICE("\0\0\0x\376SMB@"
			      "\0\1\0\0\0\0\0\1\0\1\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\31\0\0\1\0\0\0\0"
			      "\0\0\0\0X\0 "
			      "\0\0\0\0\0\0\0\0\0NTLMSSP\0\1\0\0\0\1\202\10\0\0\0\0\0\0\0\0\0\0\0\0"
			      "\0\0\0\0\0")},
		  {'<',
		   SLICE("\0\0\0\200\376SMB@"
			 "\0\1\0\26\0\0\300\1\0\1\0\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			 "#\324\2529\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\11\0\0\0H\08\0NTLMSSP"
			 "\0\2\0\0\0\0\0\0\08\0\0\0\1\202\10\2o\360Ye\375\5U0\0\0\0\0\0\0\0\0\0\0\0"
			 "\08\0\0\0\6\1\0\0\0\0\0\17")},
		  {'>',
		   SLICE("\0\0\0\346\376SMB@"
			 "\0\1\0\0\0\0\0\1\0\1\0\0\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0#"
			 "\324\2529\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\31\0\0\1\0\0\0\0\0\0\0"
			 "\0X\0\216\0\0\0\0\0\0\0\0\0NTLMSSP\0\3\0\0\0\30\0\30\0^"
			 "\0\0\0\30\0\30\0v\0\0\0\0\0\0\0@\0\0\0\36\0\36\0@\0\0\0\0\0\0\0@"
			 "\0\0\0\0\0\0\0@\0\0\0\1\202\10\0p\0o\0r\0t\0o\0l\0a\0n\0-"
			 "\0n\0o\0b\0o\0d\0y\0\1\2\3\4\5\6\7\10\11\n\13\14\r\16\17\20\21\22\23\24"
			 "\25\26\27\30\31\32\33\34\35\36\37 !\"#$%&'()*+,-./0")},
		  {'<',
		   SLICE("\0\0\0H\376SMB@"
			 "\0\1\0\0\0\0\0\1\0\1\0\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0#"
			 "\324\2529\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\11\0\1\0H\0\0\0")}},
	 .codes = "smb-null-session smb-guest"},
	{.title = "nobody without a name",
	 .source = "Samba 4.17.12",
	 .turns = {{'>', SLICE("\0\0\0l\376SMB@"
			       "\0\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			       "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0$"
			       "\0\4\0\1\0\0\0\0\0\0\0\0\1\2\3\4\5\6\7\10\11\n\13\14\r\16\17\0\0\0"
			       "\0\0\0\0\0\2\2\20\2\0\3\2\3")},
		   {'<', SLICE("\0\0\0\312\376SMB@"
			       "\0\1\0\0\0\0\0\0\0\1\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			       "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0A\0\1\0\2\3\0\0"
			       "peer\0\0\0\0\0\0\0\0\0\0\0\0\7\0\0\0\0\0\200\0\0\0\200\0\0\0\200\0"
			       "\256{\240v\343~\335\1\0\0\0\0\0\0\0\0\200\0J\0\0\0\0\0`H\6\6+"
			       "\6\1\5\5\2\240>0<\240\0160\14\6\n+\6\1\4\1\2027\2\2\n\243*0(\240&"
			       "\33$not_defined_in_RFC4178@please_ignore")},
		   {'>', SLICE("\0\0\0x\376SMB@"
			       "\0\1\0\0\0\0\0\1\0\1\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0"
			       "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\31\0\0\1\0\0\0"
			       "\0\0\0\0\0X\0 "
			       "\0\0\0\0\0\0\0\0\0NTLMSSP\0\1\0\0\0\1\202\10\0\0\0\0\0\0\0\0\0\0\0"
			       "\0\0\0\0\0\0")},
		   {'<', SLICE("\0\0\0\200\376SMB@"
			       "\0\1\0\26\0\0\300\1\0\1\0\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0"
			       "\0\0\0\336\274*"
			       "\217\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\11\0\0\0H\08\0NTLMSSP"
			       "\0\2\0\0\0\0\0\0\08\0\0\0\1\202\10\2\256\2347?\316\210\r?"
			       "\0\0\0\0\0\0\0\0\0\0\0\08\0\0\0\6\1\0\0\0\0\0\17")},
		   {'>', SLICE("\0\0\0\231\376SMB@"
			       "\0\1\0\0\0\0\0\1\0\1\0\0\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0"
			       "\0\0\336\274*"
			       "\217\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\31\0\0\1\0\0\0\0\0\0\0"
			       "\0X\0A\0\0\0\0\0\0\0\0\0NTLMSSP\0\3\0\0\0\1\0\1\0@"
			       "\0\0\0\0\0\0\0A\0\0\0\0\0\0\0@\0\0\0\0\0\0\0@\0\0\0\0\0\0\0@"
			       "\0\0\0\0\0\0\0@\0\0\0\1\212\10\0\0")},
		   {'<',
		    SLICE("\0\0\0H\376SMB@"
			  "\0\1\0\0\0\0\0\1\0\1\0\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			  "\336\274*\217\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\11\0\0\0H\0\0\0")},
		   {'>', SLICE("\0\0\0^\376SMB@"
			       "\0\1\0\0\0\0\0\3\0\1\0\0\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0\0\0\0\0\0\0"
			       "\0\0\336\274*"
			       "\217\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\11\0\0\0H\0\26\0\\\0\\"
			       "\0h\0o\0s\0t\0\\\0I\0P\0C\0$\0")},
		   {'<', SLICE("\0\0\0I\376SMB@"
			       "\0\1\0\"\0\0\300\3\0\1\0\1\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0\0\0\0\0\0"
			       "\0\0\0\336\274*"
			       "\217\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\11\0\0\0\0\0\0\0\0")},
		   {'>',
		    SLICE("\0\0\0D\376SMB@"
			  "\0\1\0\0\0\0\0\2\0\1\0\0\0\0\0\0\0\0\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			  "\336\274*\217\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\4\0\0\0")},
		   {'|', SLICE("")},
		   {'>', SLICE("\0\0\0l\376SMB@"
			       "\0\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			       "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0$"
			       "\0\4\0\1\0\0\0\0\0\0\0\0\1\2\3\4\5\6\7\10\11\n\13\14\r\16\17\0\0\0"
			       "\0\0\0\0\0\2\2\20\2\0\3\2\3")},
		   {'<', SLICE("\0\0\0\312\376SMB@"
			       "\0\1\0\0\0\0\0\0\0\1\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			       "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0A\0\1\0\2\3\0\0"
			       "peer\0\0\0\0\0\0\0\0\0\0\0\0\7\0\0\0\0\0\200\0\0\0\200\0\0\0\200\0"
			       "\202V\241v\343~\335\1\0\0\0\0\0\0\0\0\200\0J\0\0\0\0\0`H\6\6+"
			       "\6\1\5\5\2\240>0<\240\0160\14\6\n+\6\1\4\1\2027\2\2\n\243*0(\240&"
			       "\33$not_defined_in_RFC4178@please_ignore")},
		   {'>', SLICE("\0\0\0x\376SMB@"
			       "\0\1\0\0\0\0\0\1\0\1\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0"
			       "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\31\0\0\1\0\0\0"
			       "\0\0\0\0\0X\0 "
			       "\0\0\0\0\0\0\0\0\0NTLMSSP\0\1\0\0\0\1\202\10\0\0\0\0\0\0\0\0\0\0\0"
			       "\0\0\0\0\0\0")},
		   {'<', SLICE("\0\0\0\200\376SMB@"
			       "\0\1\0\26\0\0\300\1\0\1\0\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0"
			       "\0\0\0\33\335Ph\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\11\0\0\0H\0"
			       "8\0NTLMSSP\0\2\0\0\0\0\0\0\08\0\0\0\1\202\10\2\327xJ\232%"
			       "j0T\0\0\0\0\0\0\0\0\0\0\0\08\0\0\0\6\1\0\0\0\0\0\17")},
		   {'>', SLICE("\0\0\0\346\376SMB@"
			       "\0\1\0\0\0\0\0\1\0\1\0\0\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0"
			       "\0\0\33\335Ph\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\31\0\0\1\0\0"
			       "\0\0\0\0\0\0X\0\216\0\0\0\0\0\0\0\0\0NTLMSSP\0\3\0\0\0\30\0\30\0^"
			       "\0\0\0\30\0\30\0v\0\0\0\0\0\0\0@\0\0\0\36\0\36\0@\0\0\0\0\0\0\0@"
			       "\0\0\0\0\0\0\0@\0\0\0\1\202\10\0p\0o\0r\0t\0o\0l\0a\0n\0-"
			       "\0n\0o\0b\0o\0d\0y\0\1\2\3\4\5\6\7\10\11\n\13\14\r\16\17\20\21\22"
			       "\23\24\25\26\27\30\31\32\33\34\35\36\37 !\"#$%&'()*+,-./0")},
		   {'<',
		    SLICE("\0\0\0I\376SMB@"
			  "\0\1\0m\0\0\300\1\0\1\0\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			  "\33\335Ph\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\11\0\0\0\0\0\0\0\0")}},
	 .codes = ""},
	{.title = "hardened",
	 .source = "Samba 4.17.12",
	 .turns =
		 {{'>', SLICE("\0\0\0l\376SMB@"
			      "\0\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0$"
			      "\0\4\0\1\0\0\0\0\0\0\0\0\1\2\3\4\5\6\7\10\11\n\13\14\r\16\17\0\0\0\0"
			      "\0\0\0\0\2\2\20\2\0\3\2\3")},
		  {'<',
		   SLICE("\0\0\0I\376SMB@"
			 "\0\1\0\273\0\0\300\0\0\1\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\11\0\0\0\0\0\0\0\0")},
		  {'|', SLICE("")},
		  {'>', SLICE("\0\0\0l\376SMB@"
			      "\0\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0$"
			      "\0\4\0\1\0\0\0\0\0\0\0\0\1\2\3\4\5\6\7\10\11\n\13\14\r\16\17\0\0\0\0"
			      "\0\0\0\0\2\2\20\2\0\3\2\3")},
		  {'<',
		   SLICE("\0\0\0I\376SMB@"
			 "\0\1\0\273\0\0\300\0\0\1\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\11\0\0\0\0\0\0\0\0")}},
	 .codes = ""},
};

const struct audit audit_smb_login = {
	.name = "smb-login",
	.title = "null sessions and guests of SMB",
	.of = of,
	.transport = TRANSPORT_TCP,
	.is_active = true,
	.connections = 2,
	.state_size = sizeof(struct state),
	.start = start,
	.input = input,
	.over = audit_rest,
	.weaknesses = weaknesses,
	.n_weaknesses = ARRAY_LEN(weaknesses),
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
