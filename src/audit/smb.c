/* SPDX-License-Identifier: ISC
 *
 * SMB: whether version 1 is still on, and what newer versions demand: MS-CIFS section 2.2.4.52,
 * MS-SMB2 sections 2.2.3 and 2.2.4. Each is one question about dialects; nobody logs in. On the old
 * port it is behind NetBIOS' question for a session, RFC 1002 section 4.3.
 */
#include "audit/audit.h"
#include "base/compiler.h"
#include "proto/wire.h"

enum { NO_DIALECT = 0xffff, SMB_3_0 = 0x0300, SMB_3_1_1 = 0x0311, MESSAGE_MAX = 8000 };
enum { CAN_ENCRYPT = 0x40, CIPHERS = 2 }; /* of 3.0, of 3.1.1 */

/* Of each topic its own, for their codes are. */
enum { VERSION_1, SIGNING, ENCRYPTION, N_WEAKNESSES };
#define WEAKNESSES(PREFIX)                                                                         \
	{                                                                                          \
		[VERSION_1] = {PREFIX "1",                                                         \
			       SEVERITY_HIGH,                                                      \
			       false,                                                              \
			       "it still speaks version 1 of SMB, which worms have lived on",      \
			       "Switch version 1 off (server min protocol = SMB2).",               \
			       "MS17-010; CVE-2017-0144"},                                         \
		[SIGNING] =                                                                        \
			{PREFIX "-signing",                                                        \
			 SEVERITY_MEDIUM,                                                          \
			 false,                                                                    \
			 "it does not demand signed messages: a login can be passed on by others", \
			 "Demand signing (server signing = mandatory).",                           \
			 "MS-SMB2 section 2.2.4; MITRE ATT&CK T1557.001"},                         \
		[ENCRYPTION] = {                                                                   \
			PREFIX "-encryption",                                                      \
			SEVERITY_LOW,                                                              \
			true,                                                                      \
			"it does not offer encryption",                                            \
			"Offer it, and demand it (server smb encrypt = required).",                \
			"MS-SMB2 sections 2.2.4 and 3.1.4.3"                                       \
		}                                                                                  \
	}
static const struct weakness direct_weaknesses[N_WEAKNESSES] = WEAKNESSES("smb");
static const struct weakness session_weaknesses[N_WEAKNESSES] = WEAKNESSES("smb-netbios");

struct state {
	bool is_ready; /* the session is there, and SMB was asked */
};

/* With its length in front, MS-SMB2 section 2.1. */
static void put_question_1(const struct audit_ask *ask, struct proto_out *out)
{
	/* Flags: names ignore case; long names, extended security, NT's codes, Unicode. */
	static const struct slice head = SLICE("\xffSMB\x72\0\0\0\0\x18\x53\xc8\0\0\0\0\0\0\0\0"
					       "\0\0\0\0\0\0\xff\xfe\0\0"),
				  dialect = SLICE("\2NT LM 0.12\0");

	proto_put32(out, (uint32_t)(head.n + 2 + 1 + 2 + dialect.n));
	proto_put(out, head.p, head.n);
	proto_put(out, ask->chance, 2); /* the message's id */
	proto_put(out, "", 1);		/* no words */
	proto_put16le(out, (unsigned)dialect.n);
	proto_put(out, dialect.p, dialect.n);
}

/* Five dialects; with the last of them SHA-512 and a salt, and the ciphers: AES of 256 and 128
 * bits, as GCM or CCM. */
static void put_question_2(const struct audit_ask *ask, struct proto_out *out)
{
	enum { HEAD = 64, BODY = 36, DIALECTS = 5 * 2 + 2, SALT = 32, SIGNING_ENABLED = 1 };
	static const uint8_t zeros[HEAD];
	static const struct slice dialects = SLICE("\2\2\x10\2\0\3\2\3\x11\3\0\0"),
				  hashes = SLICE("\1\0\x26\0\0\0\0\0\1\0\x20\0\1\0"),
				  ciphers = SLICE("\0\0\2\0\x0a\0\0\0\0\0\4\0\2\0\1\0\4\0\3\0");

	proto_put32(out, HEAD + BODY + DIALECTS + (uint32_t)(hashes.n + SALT + ciphers.n));
	proto_put(out, "\xfeSMB\x40\0\0\0", 8);
	proto_put(out, zeros, 4 + 2);
	proto_put16le(out, 1); /* a credit, please */
	proto_put(out, zeros, HEAD - 8 - 4 - 2 - 2);
	proto_put16le(out, BODY);
	proto_put16le(out, 5);
	proto_put16le(out, SIGNING_ENABLED);
	proto_put(out, zeros, 2);
	proto_put32le(out, CAN_ENCRYPT);
	proto_put(out, ask->chance, PROTO_CHANCE);
	proto_put32le(out, HEAD + BODY + DIALECTS);
	proto_put16le(out, 2); /* contexts */
	proto_put16le(out, 0);
	proto_put(out, dialects.p, dialects.n);
	proto_put(out, hashes.p, hashes.n);
	proto_put(out, ask->chance, PROTO_CHANCE);
	proto_put(out, ask->chance, SALT - PROTO_CHANCE);
	proto_put(out, ciphers.p, ciphers.n);
}

static enum proto_result put_question(struct state *st, const struct audit_ask *ask,
				      struct proto_out *out)
{
	st->is_ready = true;
	if (ask->connection)
		put_question_2(ask, out);
	else
		put_question_1(ask, out);
	return PROTO_MORE;
}

static bool start(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	put_question(state, ask, out);
	return true;
}

/* "*SMBSERVER" is called by "PORTOLAN", each character as two letters: RFC 1001 section 14.1. */
static bool start_session(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	static const struct slice call = SLICE("\x81\0\0\x44\x20"
					       "CKFDENECFDEFFCFGEFFCCACACACACACA\0\x20"
					       "FAEPFCFEEPEMEBEOCACACACACACACAAA\0");
	struct state *st = state;

	(void)ask;
	st->is_ready = false;
	proto_put(out, call.p, call.n);
	return true;
}

/* From behind "\xffSMB". */
static void judge_1(struct slice s, const struct weakness *w, struct audit_notes *notes)
{
	enum { NEGOTIATE = 0x72, REPLY = 0x80 };
	struct slice skipped;
	uint8_t command, flags, words;
	uint16_t dialect;

	if (wire_take8(&s, &command) && command == NEGOTIATE && wire_take(&s, 4, &skipped) &&
	    wire_take8(&s, &flags) && flags & REPLY && wire_take(&s, 22, &skipped) &&
	    wire_take8(&s, &words) && words > 1 && wire_take16le(&s, &dialect) && dialect == 0)
		audit_note(notes, &w[VERSION_1], "it chose NT LM 0.12");
}

/* The contexts of 3.1.1, each at a multiple of eight: is there one of ciphers, with one? */
static bool has_cipher(struct slice message, size_t at, unsigned n)
{
	struct slice s = slice_skip(message, at), skipped, context;
	uint16_t type, size, ciphers, cipher;

	for (; n && wire_take16le(&s, &type) && wire_take16le(&s, &size) &&
	       wire_take(&s, 4, &skipped) && wire_take(&s, size, &context);
	     n--) {
		if (type == CIPHERS)
			return wire_take16le(&context, &ciphers) && ciphers &&
			       wire_take16le(&context, &cipher) && cipher;
		s = slice_skip(s, -(size_t)size & 7);
	}
	return false;
}

/* From behind "\xfeSMB"; offsets count from there on, too. */
static void judge_2(struct slice message, const struct weakness *w, struct audit_notes *notes)
{
	enum { HEAD = 60, BODY = 65, WANTS_SIGNING = 2, MAGIC = 4 };
	struct slice s = message, head, skipped;
	uint16_t body, security, dialect, contexts;
	uint32_t can, at;

	if (!wire_take(&s, HEAD, &head) || head.p[8] || head.p[9] || !wire_take16le(&s, &body) ||
	    body != BODY || !wire_take16le(&s, &security) || !wire_take16le(&s, &dialect) ||
	    !wire_take16le(&s, &contexts) || !wire_take(&s, 16, &skipped) ||
	    !wire_take32le(&s, &can) || !wire_take(&s, 3 * 4 + 2 * 8 + 2 * 2, &skipped) ||
	    !wire_take32le(&s, &at))
		return;
	if (!(security & WANTS_SIGNING))
		audit_note(notes, &w[SIGNING], "its answer, in version %x.%x, does not require it",
			   dialect >> 8, dialect >> 4 & 15);
	if (dialect < SMB_3_0)
		audit_note(notes, &w[ENCRYPTION], "version %x.%x is its highest", dialect >> 8,
			   dialect >> 4 & 15);
	else if (dialect == SMB_3_1_1 ? at < MAGIC || !has_cipher(message, at - MAGIC, contexts)
				      : !(can & CAN_ENCRYPT))
		audit_note(notes, &w[ENCRYPTION], "it chose none of the ciphers");
}

/* The session's answer has no bytes behind its head; a refusal has a reason. */
static enum proto_result hear(struct state *st, const struct audit_ask *ask, struct slice *in,
			      struct proto_out *out, const struct weakness *w,
			      struct audit_notes *notes)
{
	struct slice s = *in, message;
	uint32_t n;

	if (!wire_take32(&s, &n))
		return PROTO_MORE;
	if (!st->is_ready) {
		*in = s;
		return n == 0x82000000 ? put_question(st, ask, out) : PROTO_OTHER;
	}
	if (n > MESSAGE_MAX)
		return PROTO_OTHER;
	if (!wire_take(&s, n, &message))
		return PROTO_MORE;
	*in = s;
	if (wire_take_same(&message, "\xffSMB", 4))
		judge_1(message, w, notes);
	else if (wire_take_same(&message, "\xfeSMB", 4))
		judge_2(message, w, notes);
	else
		return PROTO_OTHER;
	return PROTO_PROVED;
}

static enum proto_result input(void *state, const struct audit_ask *ask, struct slice *in,
			       struct proto_out *out, struct audit_notes *notes)
{
	return hear(state, ask, in, out, direct_weaknesses, notes);
}

static enum proto_result session_input(void *state, const struct audit_ask *ask, struct slice *in,
				       struct proto_out *out, struct audit_notes *notes)
{
	return hear(state, ask, in, out, session_weaknesses, notes);
}

static const char *const of[] = {"smb", NULL};
static const char *const of_session[] = {"netbios-session", NULL};

static const struct audit_vector vectors[] = {
	{.title = "version 1 alone",
	 .source = "Samba 4.17.12",
	 .turns = {{'>', SLICE("\0\0\0/"
			       "\377SMBr\0\0\0\0\30S\310\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377\376\0\0\0"
			       "\1\0\14\0\2NT LM 0.12\0")},
		   {'<', SLICE("\0\0\0\237\377SMBr\0\0\0\0\210S\310\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377"
			       "\376\0\0\0\1\21\0\0\0032\0\1\0\4A\0\0\0\0\1\0\"2\0\0\375\363\200"
			       "\200\216\371\327d\342~\335\1\0\0\0Z\0peer\0\0\0\0\0\0\0\0\0\0\0\0`"
			       "H\6\6+\6\1\5\5\2\240>0<\240\0160\14\6\n+\6\1\4\1\2027\2\2\n\243*0("
			       "\240&\33$not_defined_in_RFC4178@please_ignore")},
		   {'|', SLICE("")},
		   {'>',
		    SLICE("\0\0\0\262\376SMB@"
			  "\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0$\0\5\0\1\0\0\0@"
			  "\0\0\0\0\1\2\3\4\5\6\7\10\11\n\13\14\r\16\17p\0\0\0\2\0\0\0\2\2\20\2\0\3"
			  "\2\3\21\3\0\0\1\0&\0\0\0\0\0\1\0 "
			  "\0\1\0\0\1\2\3\4\5\6\7\10\11\n\13\14\r\16\17\0\1\2\3\4\5\6\7\10\11\n\13"
			  "\14\r\16\17\0\0\2\0\n\0\0\0\0\0\4\0\2\0\1\0\4\0\3\0")}},
	 .codes = "smb1"},
	{.title = "as it comes",
	 .source = "Samba 4.17.12",
	 .turns = {{'>', SLICE("\0\0\0/"
			       "\377SMBr\0\0\0\0\30S\310\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377\376\0\0\0"
			       "\1\0\14\0\2NT LM 0.12\0")},
		   {'<', SLICE("\0\0\0%"
			       "\377SMBr\0\0\0\0\210\23\300\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377\376\0\0"
			       "\0\1\1\377\377\0\0")},
		   {'|', SLICE("")},
		   {'>',
		    SLICE("\0\0\0\262\376SMB@"
			  "\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0$\0\5\0\1\0\0\0@"
			  "\0\0\0\0\1\2\3\4\5\6\7\10\11\n\13\14\r\16\17p\0\0\0\2\0\0\0\2\2\20\2\0\3"
			  "\2\3\21\3\0\0\1\0&\0\0\0\0\0\1\0 "
			  "\0\1\0\0\1\2\3\4\5\6\7\10\11\n\13\14\r\16\17\0\1\2\3\4\5\6\7\10\11\n\13"
			  "\14\r\16\17\0\0\2\0\n\0\0\0\0\0\4\0\2\0\1\0\4\0\3\0")},
		   {'<',
		    SLICE("\0\0\1\14\376SMB@"
			  "\0\0\0\0\0\0\0\0\0\1\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0A\0\1\0\21\3\2\0peer\0\0\0"
			  "\0\0\0\0\0\0\0\0\0\7\0\0\0\0\0\200\0\0\0\200\0\0\0\200\0\0iZe\342~"
			  "\335\1\0\0\0\0\0\0\0\0\200\0J\0\320\0\0\0`H\6\6+\6\1\5\5\2\240>0<"
			  "\240\0160\14\6\n+\6\1\4\1\2027\2\2\n\243*0(\240&\33$not_defined_in_"
			  "RFC4178@please_ignore\0\0\0\0\0\0\1\0&\0\0\0\0\0\1\0 "
			  "\0\1\0\246+\262C\276\307\7\277<"
			  "\22\337\321\210\272\210Nw\32\224\202\375\350XT\253k\r\2327\312\331\213\0"
			  "\0\2\0\4\0\0\0\0\0\1\0\2\0")}},
	 .codes = "smb-signing"},
	{.title = "version 1 as well, and no encryption",
	 .source = "Samba 4.17.12",
	 .turns = {{'>', SLICE("\0\0\0/"
			       "\377SMBr\0\0\0\0\30S\310\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377\376\0\0\0"
			       "\1\0\14\0\2NT LM 0.12\0")},
		   {'<', SLICE("\0\0\0\237\377SMBr\0\0\0\0\210S\310\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377"
			       "\376\0\0\0\1\21\0\0\0032\0\1\0\4A\0\0\0\0\1\0\3502\0\0\375\363\200"
			       "\200\311\345\17e\342~\335\1\0\0\0Z\0peer\0\0\0\0\0\0\0\0\0\0\0\0`"
			       "H\6\6+\6\1\5\5\2\240>0<\240\0160\14\6\n+\6\1\4\1\2027\2\2\n\243*0("
			       "\240&\33$not_defined_in_RFC4178@please_ignore")},
		   {'|', SLICE("")},
		   {'>',
		    SLICE("\0\0\0\262\376SMB@"
			  "\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0$\0\5\0\1\0\0\0@"
			  "\0\0\0\0\1\2\3\4\5\6\7\10\11\n\13\14\r\16\17p\0\0\0\2\0\0\0\2\2\20\2\0\3"
			  "\2\3\21\3\0\0\1\0&\0\0\0\0\0\1\0 "
			  "\0\1\0\0\1\2\3\4\5\6\7\10\11\n\13\14\r\16\17\0\1\2\3\4\5\6\7\10\11\n\13"
			  "\14\r\16\17\0\0\2\0\n\0\0\0\0\0\4\0\2\0\1\0\4\0\3\0")},
		   {'<',
		    SLICE("\0\0\0\376\376SMB@"
			  "\0\0\0\0\0\0\0\0\0\1\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0A\0\1\0\21\3\1\0peer\0\0\0"
			  "\0\0\0\0\0\0\0\0\0\7\0\0\0\0\0\200\0\0\0\200\0\0\0\200\0<\225\20e\342~"
			  "\335\1\0\0\0\0\0\0\0\0\200\0J\0\320\0\0\0`H\6\6+\6\1\5\5\2\240>0<"
			  "\240\0160\14\6\n+\6\1\4\1\2027\2\2\n\243*0(\240&\33$not_defined_in_"
			  "RFC4178@please_ignore\0\0\0\0\0\0\1\0&\0\0\0\0\0\1\0 "
			  "\0\1\0\242\252d\264&\314\362u\333}\nYX\364\211\241$"
			  "\351lO\3039\202\371\361{\217\237\343,\227\205")}},
	 .codes = "smb1 smb-signing smb-encryption"},
	{.title = "hardened",
	 .source = "Samba 4.17.12",
	 .turns = {{'>', SLICE("\0\0\0/"
			       "\377SMBr\0\0\0\0\30S\310\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377\376\0\0\0"
			       "\1\0\14\0\2NT LM 0.12\0")},
		   {'<', SLICE("\0\0\0%"
			       "\377SMBr\0\0\0\0\210\23\300\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377\376\0\0"
			       "\0\1\1\377\377\0\0")},
		   {'|', SLICE("")},
		   {'>',
		    SLICE("\0\0\0\262\376SMB@"
			  "\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0$\0\5\0\1\0\0\0@"
			  "\0\0\0\0\1\2\3\4\5\6\7\10\11\n\13\14\r\16\17p\0\0\0\2\0\0\0\2\2\20\2\0\3"
			  "\2\3\21\3\0\0\1\0&\0\0\0\0\0\1\0 "
			  "\0\1\0\0\1\2\3\4\5\6\7\10\11\n\13\14\r\16\17\0\1\2\3\4\5\6\7\10\11\n\13"
			  "\14\r\16\17\0\0\2\0\n\0\0\0\0\0\4\0\2\0\1\0\4\0\3\0")},
		   {'<',
		    SLICE("\0\0\1\14\376SMB@"
			  "\0\0\0\0\0\0\0\0\0\1\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0A\0\3\0\21\3\2\0peer\0\0\0"
			  "\0\0\0\0\0\0\0\0\0\7\0\0\0\0\0\200\0\0\0\200\0\0\0\200\0H(\236e\342~"
			  "\335\1\0\0\0\0\0\0\0\0\200\0J\0\320\0\0\0`H\6\6+\6\1\5\5\2\240>0<"
			  "\240\0160\14\6\n+\6\1\4\1\2027\2\2\n\243*0(\240&\33$not_defined_in_"
			  "RFC4178@please_ignore\0\0\0\0\0\0\1\0&\0\0\0\0\0\1\0 "
			  "\0\1\0\222h\211\20\352\34D\277\37\3765.%"
			  "qd\26l\201\312\322\3\247\206\364\2\337\270^\347t'"
			  "\340\0\0\2\0\4\0\0\0\0\0\1\0\2\0")}},
	 .codes = ""},
	{.title = "a domain controller",
	 .source = "Samba 4.17.12",
	 .turns = {{'>', SLICE("\0\0\0/"
			       "\377SMBr\0\0\0\0\30S\310\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377\376\0\0\0"
			       "\1\0\14\0\2NT LM 0.12\0")},
		   {'<', SLICE("\0\0\0%"
			       "\377SMBr\0\0\0\0\210\23\300\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377\376\0\0"
			       "\0\1\1\377\377\0\0")},
		   {'|', SLICE("")},
		   {'>',
		    SLICE("\0\0\0\262\376SMB@"
			  "\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0$\0\5\0\1\0\0\0@"
			  "\0\0\0\0\1\2\3\4\5\6\7\10\11\n\13\14\r\16\17p\0\0\0\2\0\0\0\2\2\20\2\0\3"
			  "\2\3\21\3\0\0\1\0&\0\0\0\0\0\1\0 "
			  "\0\1\0\0\1\2\3\4\5\6\7\10\11\n\13\14\r\16\17\0\1\2\3\4\5\6\7\10\11\n\13"
			  "\14\r\16\17\0\0\2\0\n\0\0\0\0\0\4\0\2\0\1\0\4\0\3\0")},
		   {'<', SLICE("\0\0\1\34\376SMB@"
			       "\0\0\0\0\0\0\0\0\0\1\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			       "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0A\0\3\0\21\3\2"
			       "\0dc1\0\0\0\0\0\0\0\0\0\0\0\0\0\7\0\0\0\0\0\200\0\0\0\200\0\0\0\200"
			       "\0z\312\333\260\344~\335\1\0\0\0\0\0\0\0\0\200\0`\0\340\0\0\0`^"
			       "\6\6+\6\1\5\5\2\240T0R\240$0\"\6\11*\206H\202\367\22\1\2\2\6\11*"
			       "\206H\206\367\22\1\2\2\6\n+\6\1\4\1\2027\2\2\n\243*0(\240&\33$not_"
			       "defined_in_RFC4178@please_ignore\1\0&\0\0\0\0\0\1\0 "
			       "\0\1\0&\354\233\267\270\240\267\273<\311\31O,"
			       "\6L3\233\214\13\32\365\334\235\374r\20'"
			       "\3530\10\23\242\0\0\2\0\4\0\0\0\0\0\1\0\2\0")}},
	 .codes = ""},
	{.title = "version 2.1 at most",
	 .source = "Samba 4.17.12",
	 .turns = {{'>', SLICE("\0\0\0/"
			       "\377SMBr\0\0\0\0\30S\310\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377\376\0\0\0"
			       "\1\0\14\0\2NT LM 0.12\0")},
		   {'<', SLICE("\0\0\0%"
			       "\377SMBr\0\0\0\0\210\23\300\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377\376\0\0"
			       "\0\1\1\377\377\0\0")},
		   {'|', SLICE("")},
		   {'>',
		    SLICE("\0\0\0\262\376SMB@"
			  "\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0$\0\5\0\1\0\0\0@"
			  "\0\0\0\0\1\2\3\4\5\6\7\10\11\n\13\14\r\16\17p\0\0\0\2\0\0\0\2\2\20\2\0\3"
			  "\2\3\21\3\0\0\1\0&\0\0\0\0\0\1\0 "
			  "\0\1\0\0\1\2\3\4\5\6\7\10\11\n\13\14\r\16\17\0\1\2\3\4\5\6\7\10\11\n\13"
			  "\14\r\16\17\0\0\2\0\n\0\0\0\0\0\4\0\2\0\1\0\4\0\3\0")},
		   {'<', SLICE("\0\0\0\312\376SMB@"
			       "\0\0\0\0\0\0\0\0\0\1\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			       "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0A\0\1\0\20\2\0"
			       "\0peer\0\0\0\0\0\0\0\0\0\0\0\0\7\0\0\0\0\0\200\0\0\0\200\0\0\0\200"
			       "\0\206I\337e\342~\335\1\0\0\0\0\0\0\0\0\200\0J\0\0\0\0\0`H\6\6+"
			       "\6\1\5\5\2\240>0<\240\0160\14\6\n+\6\1\4\1\2027\2\2\n\243*0(\240&"
			       "\33$not_defined_in_RFC4178@please_ignore")}},
	 .codes = "smb-signing smb-encryption"},
};
static const struct audit_vector session_vectors[] = {
	{.title = "version 1 alone",
	 .source = "Samba 4.17.12",
	 .turns = {{'>', SLICE("\201\0\0D CKFDENECFDEFFCFGEFFCCACACACACACA\0 "
			       "FAEPFCFEEPEMEBEOCACACACACACACAAA\0")},
		   {'<', SLICE("\202\0\0\0")},
		   {'>', SLICE("\0\0\0/"
			       "\377SMBr\0\0\0\0\30S\310\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377\376\0\0\0"
			       "\1\0\14\0\2NT LM 0.12\0")},
		   {'<',
		    SLICE("\0\0\0\237\377SMBr\0\0\0\0\210S\310\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377\376"
			  "\0\0\0\1\21\0\0\0032\0\1\0\4A\0\0\0\0\1\0~2\0\0\375\363\200\200&"
			  "h\353d\342~\335\1\0\0\0Z\0peer\0\0\0\0\0\0\0\0\0\0\0\0`H\6\6+"
			  "\6\1\5\5\2\240>0<\240\0160\14\6\n+\6\1\4\1\2027\2\2\n\243*0(\240&\33$"
			  "not_defined_in_RFC4178@please_ignore")},
		   {'|', SLICE("")},
		   {'>', SLICE("\201\0\0D CKFDENECFDEFFCFGEFFCCACACACACACA\0 "
			       "FAEPFCFEEPEMEBEOCACACACACACACAAA\0")},
		   {'<', SLICE("\202\0\0\0")},
		   {'>',
		    SLICE("\0\0\0\262\376SMB@"
			  "\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0$\0\5\0\1\0\0\0@"
			  "\0\0\0\0\1\2\3\4\5\6\7\10\11\n\13\14\r\16\17p\0\0\0\2\0\0\0\2\2\20\2\0\3"
			  "\2\3\21\3\0\0\1\0&\0\0\0\0\0\1\0 "
			  "\0\1\0\0\1\2\3\4\5\6\7\10\11\n\13\14\r\16\17\0\1\2\3\4\5\6\7\10\11\n\13"
			  "\14\r\16\17\0\0\2\0\n\0\0\0\0\0\4\0\2\0\1\0\4\0\3\0")}},
	 .codes = "smb-netbios1"},
	{.title = "as it comes",
	 .source = "Samba 4.17.12",
	 .turns = {{'>', SLICE("\201\0\0D CKFDENECFDEFFCFGEFFCCACACACACACA\0 "
			       "FAEPFCFEEPEMEBEOCACACACACACACAAA\0")},
		   {'<', SLICE("\202\0\0\0")},
		   {'>', SLICE("\0\0\0/"
			       "\377SMBr\0\0\0\0\30S\310\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377\376\0\0\0"
			       "\1\0\14\0\2NT LM 0.12\0")},
		   {'<', SLICE("\0\0\0%"
			       "\377SMBr\0\0\0\0\210\23\300\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377\376\0\0"
			       "\0\1\1\377\377\0\0")},
		   {'|', SLICE("")},
		   {'>', SLICE("\201\0\0D CKFDENECFDEFFCFGEFFCCACACACACACA\0 "
			       "FAEPFCFEEPEMEBEOCACACACACACACAAA\0")},
		   {'<', SLICE("\202\0\0\0")},
		   {'>',
		    SLICE("\0\0\0\262\376SMB@"
			  "\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0$\0\5\0\1\0\0\0@"
			  "\0\0\0\0\1\2\3\4\5\6\7\10\11\n\13\14\r\16\17p\0\0\0\2\0\0\0\2\2\20\2\0\3"
			  "\2\3\21\3\0\0\1\0&\0\0\0\0\0\1\0 "
			  "\0\1\0\0\1\2\3\4\5\6\7\10\11\n\13\14\r\16\17\0\1\2\3\4\5\6\7\10\11\n\13"
			  "\14\r\16\17\0\0\2\0\n\0\0\0\0\0\4\0\2\0\1\0\4\0\3\0")},
		   {'<',
		    SLICE("\0\0\1\14\376SMB@"
			  "\0\0\0\0\0\0\0\0\0\1\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0A\0\1\0\21\3\2\0peer\0\0\0"
			  "\0\0\0\0\0\0\0\0\0\3\0\0\0\0\0\1\0\0\0\1\0\0\0\1\0^^ke\342~"
			  "\335\1\0\0\0\0\0\0\0\0\200\0J\0\320\0\0\0`H\6\6+\6\1\5\5\2\240>0<"
			  "\240\0160\14\6\n+\6\1\4\1\2027\2\2\n\243*0(\240&\33$not_defined_in_"
			  "RFC4178@please_ignore\0\0\0\0\0\0\1\0&\0\0\0\0\0\1\0 "
			  "\0\1\09\363\203\37\263M\177\364cp\311\213\300\351\335\370d\0\373\332\10"
			  "\213\317\377\230\211\244\355YZ\215!\0\0\2\0\4\0\0\0\0\0\1\0\2\0")}},
	 .codes = "smb-netbios-signing"},
	{.title = "hardened",
	 .source = "Samba 4.17.12",
	 .turns = {{'>', SLICE("\201\0\0D CKFDENECFDEFFCFGEFFCCACACACACACA\0 "
			       "FAEPFCFEEPEMEBEOCACACACACACACAAA\0")},
		   {'<', SLICE("\202\0\0\0")},
		   {'>', SLICE("\0\0\0/"
			       "\377SMBr\0\0\0\0\30S\310\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377\376\0\0\0"
			       "\1\0\14\0\2NT LM 0.12\0")},
		   {'<', SLICE("\0\0\0%"
			       "\377SMBr\0\0\0\0\210\23\300\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377\376\0\0"
			       "\0\1\1\377\377\0\0")},
		   {'|', SLICE("")},
		   {'>', SLICE("\201\0\0D CKFDENECFDEFFCFGEFFCCACACACACACA\0 "
			       "FAEPFCFEEPEMEBEOCACACACACACACAAA\0")},
		   {'<', SLICE("\202\0\0\0")},
		   {'>',
		    SLICE("\0\0\0\262\376SMB@"
			  "\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0$\0\5\0\1\0\0\0@"
			  "\0\0\0\0\1\2\3\4\5\6\7\10\11\n\13\14\r\16\17p\0\0\0\2\0\0\0\2\2\20\2\0\3"
			  "\2\3\21\3\0\0\1\0&\0\0\0\0\0\1\0 "
			  "\0\1\0\0\1\2\3\4\5\6\7\10\11\n\13\14\r\16\17\0\1\2\3\4\5\6\7\10\11\n\13"
			  "\14\r\16\17\0\0\2\0\n\0\0\0\0\0\4\0\2\0\1\0\4\0\3\0")},
		   {'<',
		    SLICE("\0\0\1\14\376SMB@"
			  "\0\0\0\0\0\0\0\0\0\1\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0A\0\3\0\21\3\2\0peer\0\0\0"
			  "\0\0\0\0\0\0\0\0\0\3\0\0\0\0\0\1\0\0\0\1\0\0\0\1\0 "
			  "s\255e\342~\335\1\0\0\0\0\0\0\0\0\200\0J\0\320\0\0\0`H\6\6+"
			  "\6\1\5\5\2\240>0<\240\0160\14\6\n+\6\1\4\1\2027\2\2\n\243*0(\240&\33$"
			  "not_defined_in_RFC4178@please_ignore\0\0\0\0\0\0\1\0&\0\0\0\0\0\1\0 "
			  "\0\1\0O_\204f\330\230\351\360\2257y\322N\334`\216\34\275M\333\226\250:'"
			  "\365L\325\230Q\206M\377\0\0\2\0\4\0\0\0\0\0\1\0\2\0")}},
	 .codes = ""},
};

const struct audit audit_smb = {
	.name = "smb",
	.title = "versions, signing and encryption of SMB",
	.of = of,
	.transport = TRANSPORT_TCP,
	.connections = 2,
	.state_size = sizeof(struct state),
	.start = start,
	.input = input,
	.over = audit_rest,
	.weaknesses = direct_weaknesses,
	.n_weaknesses = N_WEAKNESSES,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
const struct audit audit_smb_session = {
	.name = "smb-session",
	.title = "versions, signing and encryption of SMB over NetBIOS",
	.of = of_session,
	.transport = TRANSPORT_TCP,
	.connections = 2,
	.state_size = sizeof(struct state),
	.start = start_session,
	.input = session_input,
	.over = audit_rest,
	.weaknesses = session_weaknesses,
	.n_weaknesses = N_WEAKNESSES,
	.vectors = session_vectors,
	.n_vectors = ARRAY_LEN(session_vectors),
};
