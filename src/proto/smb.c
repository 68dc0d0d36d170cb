/* SPDX-License-Identifier: ISC
 *
 * SMB: which dialect, and are messages signed? It is asked as Windows asks, MS-SMB2 section
 * 3.2.4.2.2.1: in SMB 1, which every server understands, with "SMB 2.???" among the dialects. One
 * of SMB 2 or 3 answers in SMB 2, and is then asked for all of these; one of SMB 1 picks from the
 * first list (MS-CIFS section 2.2.4.52). Nobody logs in. Each message has its length in front,
 * MS-SMB2 section 2.1.
 */
#include <string.h>

#include "base/compiler.h"
#include "proto/proto.h"
#include "proto/wire.h"

enum { NEGOTIATE_1 = 0x72, NEGOTIATE_2 = 0, NO_DIALECT = 0xffff, MESSAGE_MAX = 8000 };
enum { SMB_2_ANY = 0x02ff }; /* "2 or above": ask again */

struct talk {
	bool is_second; /* SMB 2's own question was asked */
};

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	static const struct slice dialects = SLICE("\2NT LM 0.12\0"
						   "\2SMB 2.002\0"
						   "\2SMB 2.???\0");
	/* Flags: names ignore case; long names, extended security, NT's codes, Unicode. */
	static const struct slice head = SLICE("\xffSMB\x72\0\0\0\0\x18\x53\xc8\0\0\0\0\0\0\0\0"
					       "\0\0\0\0\0\0\xff\xfe\0\0");

	(void)state;
	proto_put32(out, (uint32_t)(head.n + 2 + 1 + 2 + dialects.n));
	proto_put(out, head.p, head.n);
	proto_put(out, ask->chance, 2); /* the message's id */
	proto_put(out, "", 1);		/* no words */
	proto_put16le(out, (unsigned)dialects.n);
	proto_put(out, dialects.p, dialects.n);
}

/* MS-SMB2 sections 2.2.1.2 and 2.2.3: five dialects, and with the last of them what it hashes and
 * encrypts with. */
static void put_second(const struct proto_ask *ask, struct proto_out *out)
{
	enum { HEAD = 64, BODY = 36, DIALECTS = 5 * 2 + 2, SALT = 32, SIGNING_ENABLED = 1 };
	static const uint8_t zeros[HEAD];
	static const struct slice dialects = SLICE("\2\2\x10\2\0\3\2\3\x11\3\0\0");
	/* SHA-512 with a salt; AES-128-GCM or -CCM. */
	static const struct slice hashes = SLICE("\1\0\x26\0\0\0\0\0\1\0\x20\0\1\0"),
				  ciphers = SLICE("\0\0\2\0\6\0\0\0\0\0\2\0\2\0\1\0");

	proto_put32(out, HEAD + BODY + DIALECTS + (uint32_t)(hashes.n + SALT + ciphers.n));
	proto_put(out, "\xfeSMB\x40\0\0\0", 8);
	proto_put(out, zeros, 4 + 2);
	proto_put16le(out, 1); /* a credit, please */
	proto_put(out, zeros, 4 + 4);
	proto_put32le(out, 1); /* the second message */
	proto_put(out, zeros, 4 + 8 + 8 + 16);
	proto_put16le(out, BODY);
	proto_put16le(out, 5);
	proto_put16le(out, SIGNING_ENABLED);
	proto_put(out, zeros, 2 + 4); /* no capabilities */
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

/* What a server says of itself in an answer of either kind. */
struct answer {
	bool is_smb1, is_negotiate;
	uint16_t dialect; /* SMB 1: an index into our list */
	bool signs, wants_signing;
};

static bool read_smb1(struct slice s, struct answer *a)
{
	enum { REPLY = 0x80, SIGNS = 4, WANTS_SIGNING = 8 };
	struct slice skipped;
	uint8_t command, flags, words, security = 0;

	if (!wire_take8(&s, &command) || !wire_take(&s, 4, &skipped) || !wire_take8(&s, &flags) ||
	    !(flags & REPLY) || !wire_take(&s, 22, &skipped) || !wire_take8(&s, &words))
		return false;
	a->is_smb1 = true;
	a->is_negotiate = command == NEGOTIATE_1;
	if (!a->is_negotiate)
		return true;
	if (!wire_take16le(&s, &a->dialect) || (words > 1 && !wire_take8(&s, &security)))
		return false;
	a->signs = security & SIGNS;
	a->wants_signing = security & WANTS_SIGNING;
	return true;
}

static bool read_smb2(struct slice s, struct answer *a)
{
	enum { HEAD = 64, BODY = 65, RESPONSE = 1, SIGNS = 1, WANTS_SIGNING = 2 };
	struct slice skipped;
	uint16_t size, command, body, security;
	uint32_t flags;

	if (!wire_take16le(&s, &size) || size != HEAD || !wire_take(&s, 2 + 4, &skipped) ||
	    !wire_take16le(&s, &command) || !wire_take(&s, 2, &skipped) ||
	    !wire_take32le(&s, &flags) || !(flags & RESPONSE) || !wire_take(&s, 44, &skipped))
		return false;
	a->is_negotiate = command == NEGOTIATE_2 && wire_take16le(&s, &body) && body == BODY;
	if (!a->is_negotiate)
		return true;
	if (!wire_take16le(&s, &security) || !wire_take16le(&s, &a->dialect))
		return false;
	a->signs = security & SIGNS;
	a->wants_signing = security & WANTS_SIGNING;
	return true;
}

/* A length of three bytes behind a zero, and the message. MORE: it is not whole. */
static enum proto_result take_answer(struct slice *in, struct answer *a)
{
	static const char smb1[] = "\xffSMB", smb2[] = "\xfeSMB";
	struct slice s = *in, m;
	uint32_t n;

	*a = (struct answer){0};
	if (s.n && s.p[0] != 0)
		return PROTO_OTHER;
	if (!wire_take32(&s, &n))
		return PROTO_MORE;
	if (n > MESSAGE_MAX)
		return PROTO_OTHER;
	if (s.n >= 4 && memcmp(s.p, smb1, 4) != 0 && memcmp(s.p, smb2, 4) != 0)
		return PROTO_OTHER;
	if (!wire_take(&s, n, &m))
		return PROTO_MORE;
	*in = s;
	if (wire_take_same(&m, smb1, 4))
		return read_smb1(m, a) ? PROTO_PROVED : PROTO_OTHER;
	return wire_take_same(&m, smb2, 4) && read_smb2(m, a) ? PROTO_PROVED : PROTO_OTHER;
}

static const char *dialect_name(const struct answer *a)
{
	static const struct {
		uint16_t number;
		const char *name;
	} names[] = {{0x0202, "SMB 2.0.2"}, {0x0210, "SMB 2.1"},   {0x0300, "SMB 3.0"},
		     {0x0302, "SMB 3.0.2"}, {0x0311, "SMB 3.1.1"}, {SMB_2_ANY, "SMB 2 or 3"}};

	if (a->is_smb1)
		return "SMB 1";
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (names[i].number == a->dialect)
			return names[i].name;
	return "SMB of another dialect";
}

static void say(const struct answer *a, struct proto_said *said)
{
	if (!a->is_negotiate)
		return;
	if (a->is_smb1 && a->dialect == NO_DIALECT)
		proto_say(said, SLICE("SMB, none of the dialects that were asked for"));
	else
		proto_sayf(said, "%s, signing %s", dialect_name(a),
			   a->wants_signing ? "required"
			   : a->signs	    ? "possible"
					    : "not possible");
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	struct talk *t = state;
	struct answer a;
	enum proto_result result = take_answer(in, &a);

	if (result != PROTO_PROVED)
		return result;
	if (!t->is_second && !a.is_smb1 && a.is_negotiate && a.dialect == SMB_2_ANY) {
		t->is_second = true;
		put_second(ask, out);
		return PROTO_MORE;
	}
	say(&a, said);
	return PROTO_PROVED;
}

static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	struct answer a;
	enum proto_result result = take_answer(&in, &a);

	if (result == PROTO_PROVED)
		say(&a, said);
	return result;
}

static const char *const services[] = {"smb", NULL};

#define REQUEST                                                                                    \
	"\0\0\0E\377SMBr\0\0\0\0\30S\310\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377\376\0\0\0\1\0\"\0\2NT "   \
	"LM 0.12\0\2SMB 2.002\0\2SMB 2.?\??\0"

static const struct proto_vector vectors[] = {
	{.title = "SMB 3, asked for again",
	 .source = "Samba 4.17.12",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("\0\0\0\340\376SMB@"
			       "\0\0\0\0\0\0\0\0\0\1\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			       "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0A\0\3\0\377\2\0"
			       "\0dc1\0\0\0\0\0\0\0\0\0\0\0\0\0\3\0\0\0\0\0\1\0\0\0\1\0\0\0\1\0h}"
			       "\234x\273~\335\1\0\0\0\0\0\0\0\0\200\0`\0\0\0\0\0`^\6\6+"
			       "\6\1\5\5\2\240T0R\240$0\"\6\11*\206H\202\367\22\1\2\2\6\11*"
			       "\206H\206\367\22\1\2\2\6\n+\6\1\4\1\2027\2\2\n\243*0(\240&\33$not_"
			       "defined_in_RFC4178@please_ignore")},
		   {'>', SLICE("\0\0\0\256\376SMB@"
			       "\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0"
			       "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0$"
			       "\0\5\0\1\0\0\0\0\0\0\0\0\1\2\3\4\5\6\7\10\11\n\13\14\r\16\17p\0\0\0"
			       "\2\0\0\0\2\2\20\2\0\3\2\3\21\3\0\0\1\0&\0\0\0\0\0\1\0 "
			       "\0\1\0\0\1\2\3\4\5\6\7\10\11\n\13\14\r\16\17\0\1\2\3\4\5\6\7\10\11"
			       "\n\13\14\r\16\17\0\0\2\0\6\0\0\0\0\0\2\0\2\0\1\0")},
		   {'<', SLICE("\0\0\1\16")},
		   {'<', SLICE("\376SMB@"
			       "\0\0\0\0\0\0\0\0\0\1\0\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0"
			       "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0A\0\3\0\21\3\1"
			       "\0dc1\0\0\0\0\0\0\0\0\0\0\0\0\0\3\0\0\0\0\0\1\0\0\0\1\0\0\0\1\0N"
			       "\341\235x\273~\335\1\0\0\0\0\0\0\0\0\200\0`\0\340\0\0\0`^\6\6+"
			       "\6\1\5\5\2\240T0R\240$0\"\6\11*\206H\202\367\22\1\2\2\6\11*"
			       "\206H\206\367\22\1\2\2\6\n+\6\1\4\1\2027\2\2\n\243*0(\240&\33$not_"
			       "defined_in_RFC4178@please_ignore\1\0&\0\0\0\0\0\1\0 "
			       "\0\1\0\23\35\301&yk8_\335_\361\300\342\367\212\316;"
			       "0\302\257\302j\304c\256\36p\21\325\375-3")}},
	 .result = PROTO_PROVED,
	 .text = "SMB 3.1.1, signing required"},
	{.title = "SMB 1 alone",
	 .source = "Samba 4.17.12",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("\0\0\0\237\377SMBr\0\0\0\0\210S\310\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377"
			       "\376\0\0\0\1\21\0\0\0032\0\1\0\4A\0\0\0\0\1\0\277r\0\0\375\363\200"
			       "\200^\217H\216\273~\335\1\0\0\0Z\0peer\0\0\0\0\0\0\0\0\0\0\0\0`"
			       "H\6\6+\6\1\5\5\2\240>0<\240\0160\14\6\n+\6\1\4\1\2027\2\2\n\243*0("
			       "\240&\33$not_defined_in_RFC4178@please_ignore")}},
	 .result = PROTO_PROVED,
	 .text = "SMB 1, signing not possible"},
	{.title = "an answer in SMB 2 that ends early",
	 .source = "MS-SMB2 section 2.2.4",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<',
		    SLICE("\0\0\0\104"
			  "\376SMB\100\0\0\0\0\0\0\0\0\0\1\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\101\0\3\0")}},
	 .result = PROTO_OTHER},
	{.title = "a web server",
	 .source = "RFC 9112",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE("HTTP/1.1 400 Bad Request\r\n\r\n")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE(REQUEST)}},
	 .result = PROTO_OTHER},
};

static const struct proto_reply replies[] = {
	{.title = "to a question of SMB 1 alone",
	 .source = "Samba 4.17.12",
	 .bytes = SLICE("\0\0\0%"
			"\377SMBr\0\0\0\0\210\23\300\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377\376\0\0\0\0\1"
			"\377\377\0\0"),
	 .text = "SMB, none of the dialects that were asked for"},
	{.title = "to another's first question",
	 .source = "Samba 4.17.12",
	 .bytes = SLICE("\0\0\0\340\376SMB@"
			"\0\0\0\0\0\0\0\0\0\1\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0A\0\3\0\377\2\0\0dc1\0\0\0\0\0"
			"\0\0\0\0\0\0\0\0\3\0\0\0\0\0\1\0\0\0\1\0\0\0\1\0h}\234x\273~"
			"\335\1\0\0\0\0\0\0\0\0\200\0`\0\0\0\0\0`^\6\6+\6\1\5\5\2\240T0R\240$"
			"0\"\6\11*\206H\202\367\22\1\2\2\6\11*\206H\206\367\22\1\2\2\6\n+"
			"\6\1\4\1\2027\2\2\n\243*0(\240&\33$not_defined_in_RFC4178@please_ignore"),
	 .text = "SMB 2 or 3, signing required"},
};

const struct proto proto_smb = {
	.name = "smb",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.state_size = sizeof(struct talk),
	.start = start,
	.input = input,
	.recognise = recognise,
	.turn = 2,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
	.replies = replies,
	.n_replies = ARRAY_LEN(replies),
};
