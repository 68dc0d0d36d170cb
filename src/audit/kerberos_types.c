/* SPDX-License-Identifier: ISC
 *
 * Kerberos: whether the KDC still makes anything of encryption types that are too weak, where a
 * ticket is asked for with these alone. Nobody is named who would have to be guessed: the client is
 * the ticket granting service itself, which is in every realm (RFC 4120 section 7.3), and no
 * password is tried. The realm's name is in the error that a length with its highest bit set must
 * be answered with (section 7.2.2).
 */
#include "audit/audit.h"
#include "base/compiler.h"
#include "proto/ber.h"
#include "proto/krb.h"
#include "proto/wire.h"

enum {
	AS_REP = 11,
	PREAUTH_REQUIRED = 25, /* section 7.5.9 */
	PA_ETYPE_INFO2 = 19,   /* section 7.5.2 */
	GENERAL_STRING = 0x1b,
	REALM_MAX = 128,
	ANSWER_MAX = 4096,
};

enum { DES, OLD, N_WEAKNESSES };
static const struct weakness weaknesses[N_WEAKNESSES] = {
	[DES] = {"kerberos-des", SEVERITY_HIGH, false,
		 "it encrypts with DES, whose keys are found in a day",
		 "Give the realm's services keys of AES, and take DES out (allow_weak_crypto).",
		 "RFC 6649"},
	[OLD] = {"kerberos-rc4", SEVERITY_MEDIUM, false,
		 "it encrypts with RC4 or triple DES: who sees tickets can try passwords fast",
		 "Give krbtgt new keys of AES, and take the others out (permitted_enctypes).",
		 "RFC 8429"},
};

/* Worst first: a KDC takes the first that it has a key for. */
static const struct type {
	uint8_t number; /* RFC 3961 section 8, RFC 4757 section 9 */
	const char *name;
	unsigned weakness;
} types[] = {
	{1, "des-cbc-crc", DES},       {3, "des-cbc-md5", DES},	  {2, "des-cbc-md4", DES},
	{24, "arcfour-hmac-exp", OLD}, {23, "arcfour-hmac", OLD}, {16, "des3-cbc-sha1", OLD},
};

struct state {
	char realm[REALM_MAX];
	size_t n; /* 0: it is not known */
};

/* One element around what is inside. */
static struct proto_out wrapped(uint8_t tag, const struct proto_out *inside)
{
	struct proto_out out = {.n = 0};

	proto_put(&out, (const uint8_t[]){tag}, 1);
	if (inside->n >= 0x100)
		proto_put(&out, (const uint8_t[]){0x82, (uint8_t)(inside->n >> 8)}, 2);
	else if (inside->n >= 0x80)
		proto_put(&out, (const uint8_t[]){0x81}, 1);
	proto_put(&out, (const uint8_t[]){(uint8_t)inside->n}, 1);
	proto_put(&out, inside->bytes, inside->n);
	return out;
}

static void put_wrapped(struct proto_out *out, uint8_t tag, const struct proto_out *inside)
{
	struct proto_out element = wrapped(tag, inside);

	proto_put(out, element.bytes, element.n);
}

static void put_string(struct proto_out *out, struct slice s)
{
	struct proto_out text = {.n = 0};

	proto_put(&text, s.p, s.n);
	put_wrapped(out, GENERAL_STRING, &text);
}

/* PrincipalName of krbtgt/REALM, as a service with an instance (2). */
static struct proto_out name_of(struct slice realm)
{
	struct proto_out parts = {.n = 0}, list = {.n = 0}, name = {.n = 0};

	put_string(&parts, slice_of("krbtgt"));
	put_string(&parts, realm);
	put_wrapped(&list, BER_SEQUENCE, &parts);
	proto_put(&name, "\xa0\x03\x02\x01\x02", 5);
	put_wrapped(&name, BER_CONTEXT | 1, &list);
	return wrapped(BER_SEQUENCE, &name);
}

static struct proto_out list_of_types(void)
{
	struct proto_out list = {.n = 0};

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		proto_put(&list, (const uint8_t[]){BER_INTEGER, 1, types[i].number}, 3);
	return wrapped(BER_SEQUENCE, &list);
}

/* KDC-REQ-BODY, section 5.4.1: no options, a ticket for as long as may be, and a nonce. */
static struct proto_out body_of(struct slice realm)
{
	static const struct slice options = SLICE("\xa0\x07\x03\x05\0\0\0\0\0"),
				  till = SLICE("\xa5\x11\x18\x0f"
					       "19700101000000Z"),
				  nonce = SLICE("\xa7\x06\x02\x04\x12\x34\x56\x78");
	const struct proto_out name = name_of(realm), list = list_of_types();
	struct proto_out body = {.n = 0}, realm_text = {.n = 0};

	put_string(&realm_text, realm);
	proto_put(&body, options.p, options.n);
	put_wrapped(&body, BER_CONTEXT | 1, &name);
	put_wrapped(&body, BER_CONTEXT | 2, &realm_text);
	put_wrapped(&body, BER_CONTEXT | 3, &name);
	proto_put(&body, till.p, till.n);
	proto_put(&body, nonce.p, nonce.n);
	put_wrapped(&body, BER_CONTEXT | 8, &list);
	return wrapped(BER_SEQUENCE, &body);
}

static void put_request(struct slice realm, struct proto_out *out)
{
	static const struct slice kind = SLICE("\xa1\x03\x02\x01\x05\xa2\x03\x02\x01\x0a");
	const struct proto_out body = body_of(realm);
	struct proto_out fields = {.n = 0}, all;

	proto_put(&fields, kind.p, kind.n);
	put_wrapped(&fields, BER_CONTEXT | 4, &body);
	all = wrapped(BER_SEQUENCE, &fields);
	all = wrapped(BER_APPLICATION | 10, &all);
	proto_put32(out, (uint32_t)all.n);
	proto_put(out, all.bytes, all.n);
}

static bool start(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	const struct state *st = state;

	if (ask->connection == 0)
		proto_put32(out, 0x80000000);
	else if (st->n)
		put_request((struct slice){st->realm, st->n}, out);
	return out->n != 0;
}

static void note_type(uint32_t number, struct audit_notes *notes)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (types[i].number == number)
			audit_note(notes, &weaknesses[types[i].weakness], "%s", types[i].name);
}

static bool take_number_field(struct slice s, unsigned field, uint32_t *v)
{
	struct slice outer;

	return ber_find(s, (uint8_t)(BER_CONTEXT | field), &outer) && ber_take_number(&outer, v);
}

/* What it would take a password for: METHOD-DATA, sections 5.9.1 and 5.2.7.5. */
static void hear_methods(struct slice data, struct audit_notes *notes)
{
	struct slice list, method, value, infos, info;
	uint32_t type, number;

	if (!ber_take(&data, BER_SEQUENCE, &list))
		return;
	while (ber_take(&list, BER_SEQUENCE, &method)) {
		if (!take_number_field(method, 1, &type) || type != PA_ETYPE_INFO2 ||
		    !ber_find(method, BER_CONTEXT | 2, &value) ||
		    !ber_take(&value, BER_OCTETS, &infos) ||
		    !ber_take(&infos, BER_SEQUENCE, &value))
			continue;
		while (ber_take(&value, BER_SEQUENCE, &info))
			if (take_number_field(info, 0, &number))
				note_type(number, notes);
	}
}

/* It gave a ticket at once, section 5.4.2: how its part for the client is encrypted. */
static bool hear_ticket(struct slice m, struct audit_notes *notes)
{
	struct slice all, reply, part, data;
	uint32_t number;

	if (!ber_take(&m, BER_APPLICATION | AS_REP, &all) ||
	    !ber_take(&all, BER_SEQUENCE, &reply) || !ber_find(reply, BER_CONTEXT | 6, &part) ||
	    !ber_take(&part, BER_SEQUENCE, &data) || !take_number_field(data, 0, &number))
		return false;
	note_type(number, notes);
	return true;
}

static enum proto_result hear(struct state *st, const struct audit_ask *ask, struct slice m,
			      struct audit_notes *notes)
{
	struct krb_error e;

	if (ask->connection && hear_ticket(m, notes))
		return PROTO_PROVED;
	if (!krb_error_read(m, &e))
		return PROTO_OTHER;
	if (ask->connection && e.code == PREAUTH_REQUIRED)
		hear_methods(e.data, notes);
	if (!ask->connection && e.realm.n <= REALM_MAX) {
		memcpy(st->realm, e.realm.p, e.realm.n);
		st->n = e.realm.n;
	}
	return PROTO_PROVED;
}

static enum proto_result input(void *state, const struct audit_ask *ask, struct slice *in,
			       struct proto_out *out, struct audit_notes *notes)
{
	struct slice s = *in, m;
	uint32_t n;

	(void)out;
	if (!wire_take32(&s, &n))
		return PROTO_MORE;
	if (n > ANSWER_MAX)
		return PROTO_OTHER;
	if (!wire_take(&s, n, &m))
		return PROTO_MORE;
	*in = s;
	return hear(state, ask, m, notes);
}

static const char *const of[] = {"kerberos", NULL};

static const struct audit_vector vectors[] = {
	{.title = "a ticket with RC4, at once",
	 .source = "MIT krb5 1.20.1",
	 .turns = {{'>', SLICE("\200\000\000\000")},
		   {'<',
		    SLICE("\000\000\000Z~"
			  "X0V\240\003\002\001\005\241\003\002\001\036\244\021\030\0172026112807481"
			  "4Z\245\005\002\003\003W\374\246\003\002\001=\251\013\033\011PEER."
			  "TEST\252\0360\034\240\003\002\001\002\241\0250\023\033\006krbtgt\033\011"
			  "PEER.TEST")},
		   {'|', SLICE_NONE},
		   {'>', SLICE("\000\000\000\235j\201\2320\201\227\241\003\002\001\005\242\003\002"
			       "\001\012\244\201\2120\201\207\240\007\003\005\000\000\000\000\000"
			       "\241\0360\034\240\003\002\001\002\241\0250\023\033\006krbtgt\033"
			       "\011PEER.TEST\242\013\033\011PEER."
			       "TEST\243\0360\034\240\003\002\001\002\241\0250\023\033\006krbtgt"
			       "\033\011PEER."
			       "TEST\245\021\030\01719700101000000Z\247\006\002\004\0224Vx\250\0240"
			       "\022\002\001\001\002\001\003\002\001\002\002\001\030\002\001\027"
			       "\002\001\020")},
		   {'<',
		    SLICE("\000\000\003Rk\202\003N0\202\003J\240\003\002\001\005\241\003\002\001"
			  "\013\242\201\2060\201\2030.\241\003\002\001\013\242'\004%0#0!"
			  "\240\003\002\001\027\241\032\004\030PEER.TESTkrbtgtPEER.TEST0."
			  "\241\003\002\001\023\242'\004%0#0!"
			  "\240\003\002\001\027\241\032\033\030PEER.TESTkrbtgtPEER.TEST0!"
			  "\241\003\002\001\003\242\032\004\030PEER.TESTkrbtgtPEER."
			  "TEST\243\013\033\011PEER."
			  "TEST\244\0360\034\240\003\002\001\002\241\0250\023\033\006krbtgt\033\011"
			  "PEER."
			  "TEST\245\202\001\270a\202\001\2640\202\001\260\240\003\002\001\005\241"
			  "\013\033\011PEER."
			  "TEST\242\0360\034\240\003\002\001\002\241\0250\023\033\006krbtgt\033\011"
			  "PEER."
			  "TEST\243\202\001z0\202\001v\240\003\002\001\027\241\003\002\001\001\242"
			  "\202\001h\004\202\001d\251\360\250\356_Ce\010M\232<"
			  "DH\027p\267\200\237l\027\207\004\256\241\375\200\306\036\352\022\364\227"
			  "\376\272\246#\311\243\233\237\321\004\254\255p\355*"
			  "\220I\346\207\261\026\377uV\305\011\215_\246n\270\24448\314]\211\2470$"
			  "\010\000$\346\301G\3179'"
			  "\346\204\366R\020\327\226\224\265Lna\364\305\263n\341\313\255e["
			  "y\330\270\231\030\031?\365\321\0353n\242_\220\367\305'"
			  "\235\271\355\230\231\206`\226\242\207\241\026\004P\005C\327H;\256x\000["
			  "\336n\354\230\320T\265\032\273\243\223\357\366\307\023\247\0309\334\273!"
			  "n\326\372\362\347\330&\347\352\327\304\221\224\021\266.\272!\001\337]"
			  "GQ\000Y\222\332\0207\004MC\323\016("
			  "\321\252\204Qg1\231\367I\035uP\134\235\301\253=\227\035R\261?\247%"
			  "\215\265`E\331\035\271a\002}\030\367\371\276B\224\215\202\340M\364\240@"
			  "\265\335\275\001\343\377\304!\337nX=\346%"
			  "xO\320\364\275S\254\253\270\021\253\270\026\302\220l\307QP;"
			  "l\326b\3149\350IL\336\243\304\267\361\202o\002\245T\002j\263\031\024\332"
			  "\333)\000\337\026\234\177\231d\226\260L\315*x\332+"
			  "\007\207\350\304\265\360\314\204ZE\2336\234#"
			  "\027v\235\225ItK\025\177\314p\217\262\265\240B\267\245Y\365\262\246\201"
			  "\3130\201\310\240\003\002\001\027\242\201\300\004\201\275\257 "
			  "\203Z(\204RC\006\220\270{+\134\215h\372\030\207\330\011\317\276?"
			  "\364\201\334S\0278\333\211\3430\202\201\001O\251!\350 "
			  "\354\210\207J\022\225\277b\316ch\202\236\367,\007;"
			  "\356\304\031\321\217\341Y\355\006\035&\260\225\254>\207n\253\304)~"
			  "V\312\216\373\340\315\201O\305\265\013\346E\242\011\263\134\253e\021\323"
			  "q(x~i-.T "
			  "#\336\235s\376\2100\244>\342\245O\001\365\243\134\244\266\356\247&`"
			  "\351\260\305\004\032\327hZZ\354\251m\3543\310k\244(x\200J\351\365\364x;"
			  "\212\234o\276?\371\257\301j\327\263 "
			  "\304e\366\321\363\342u\326\345b\205\223l\2343MM~\022")}},
	 .codes = "kerberos-rc4",
	 .evidence = "arcfour-hmac"},
	{.title = "RC4, with a password",
	 .source = "MIT krb5 1.20.1",
	 .turns = {{'>', SLICE("\200\000\000\000")},
		   {'<',
		    SLICE("\000\000\000Z~"
			  "X0V\240\003\002\001\005\241\003\002\001\036\244\021\030\0172026112807481"
			  "4Z\245\005\002\003\003{\220\246\003\002\001=\251\013\033\011PEER."
			  "TEST\252\0360\034\240\003\002\001\002\241\0250\023\033\006krbtgt\033\011"
			  "PEER.TEST")},
		   {'|', SLICE_NONE},
		   {'>', SLICE("\000\000\000\235j\201\2320\201\227\241\003\002\001\005\242\003\002"
			       "\001\012\244\201\2120\201\207\240\007\003\005\000\000\000\000\000"
			       "\241\0360\034\240\003\002\001\002\241\0250\023\033\006krbtgt\033"
			       "\011PEER.TEST\242\013\033\011PEER."
			       "TEST\243\0360\034\240\003\002\001\002\241\0250\023\033\006krbtgt"
			       "\033\011PEER."
			       "TEST\245\021\030\01719700101000000Z\247\006\002\004\0224Vx\250\0240"
			       "\022\002\001\001\002\001\003\002\001\002\002\001\030\002\001\027"
			       "\002\001\020")},
		   {'<',
		    SLICE("\000\000\001,~\202\001(0\202\001$"
			  "\240\003\002\001\005\241\003\002\001\036\244\021\030\01720261128074814Z"
			  "\245\005\002\003\003{\221\246\003\002\001\031\247\013\033\011PEER."
			  "TEST\250\0360\034\240\003\002\001\002\241\0250\023\033\006krbtgt\033\011"
			  "PEER.TEST\251\013\033\011PEER."
			  "TEST\252\0360\034\240\003\002\001\002\241\0250\023\033\006krbtgt\033\011"
			  "PEER.TEST\253\020\033\016NEEDED_"
			  "PREAUTH\254\201\214\004\201\2110\201\2060\012\241\004\002\002\000\210"
			  "\242\002\004\0000.\241\003\002\001\013\242'\004%0#0!"
			  "\240\003\002\001\027\241\032\004\030PEER.TESTkrbtgtPEER.TEST0."
			  "\241\003\002\001\023\242'\004%0#0!"
			  "\240\003\002\001\027\241\032\033\030PEER.TESTkrbtgtPEER."
			  "TEST0\011\241\003\002\001\002\242\002\004\0000\015\241\004\002\002\000"
			  "\205\242\005\004\003MIT")}},
	 .codes = "kerberos-rc4"},
	{.title = "triple DES, with a password",
	 .source = "MIT krb5 1.20.1",
	 .turns = {{'>', SLICE("\200\000\000\000")},
		   {'<',
		    SLICE("\000\000\000Z~"
			  "X0V\240\003\002\001\005\241\003\002\001\036\244\021\030\0172026112807481"
			  "4Z\245\005\002\003\003\252\305\246\003\002\001=\251\013\033\011PEER."
			  "TEST\252\0360\034\240\003\002\001\002\241\0250\023\033\006krbtgt\033\011"
			  "PEER.TEST")},
		   {'|', SLICE_NONE},
		   {'>', SLICE("\000\000\000\235j\201\2320\201\227\241\003\002\001\005\242\003\002"
			       "\001\012\244\201\2120\201\207\240\007\003\005\000\000\000\000\000"
			       "\241\0360\034\240\003\002\001\002\241\0250\023\033\006krbtgt\033"
			       "\011PEER.TEST\242\013\033\011PEER."
			       "TEST\243\0360\034\240\003\002\001\002\241\0250\023\033\006krbtgt"
			       "\033\011PEER."
			       "TEST\245\021\030\01719700101000000Z\247\006\002\004\0224Vx\250\0240"
			       "\022\002\001\001\002\001\003\002\001\002\002\001\030\002\001\027"
			       "\002\001\020")},
		   {'<',
		    SLICE("\000\000\001,~\202\001(0\202\001$"
			  "\240\003\002\001\005\241\003\002\001\036\244\021\030\01720261128074814Z"
			  "\245\005\002\003\003\252\306\246\003\002\001\031\247\013\033\011PEER."
			  "TEST\250\0360\034\240\003\002\001\002\241\0250\023\033\006krbtgt\033\011"
			  "PEER.TEST\251\013\033\011PEER."
			  "TEST\252\0360\034\240\003\002\001\002\241\0250\023\033\006krbtgt\033\011"
			  "PEER.TEST\253\020\033\016NEEDED_"
			  "PREAUTH\254\201\214\004\201\2110\201\2060\012\241\004\002\002\000\210"
			  "\242\002\004\0000.\241\003\002\001\013\242'\004%0#0!"
			  "\240\003\002\001\020\241\032\004\030PEER.TESTkrbtgtPEER.TEST0."
			  "\241\003\002\001\023\242'\004%0#0!"
			  "\240\003\002\001\020\241\032\033\030PEER.TESTkrbtgtPEER."
			  "TEST0\011\241\003\002\001\002\242\002\004\0000\015\241\004\002\002\000"
			  "\205\242\005\004\003MIT")}},
	 .codes = "kerberos-rc4",
	 .evidence = "des3-cbc-sha1"},
	{.title = "DES, with a password",
	 .source = "RFC 4120 section 5.2.7.5",
	 .turns = {{'>', SLICE("\200\000\000\000")},
		   {'<',
		    SLICE("\000\000\000Z~"
			  "X0V\240\003\002\001\005\241\003\002\001\036\244\021\030\0172026112807481"
			  "4Z\245\005\002\003\003{\220\246\003\002\001=\251\013\033\011PEER."
			  "TEST\252\0360\034\240\003\002\001\002\241\0250\023\033\006krbtgt\033\011"
			  "PEER.TEST")},
		   {'|', SLICE_NONE},
		   {'>', SLICE("\000\000\000\235j\201\2320\201\227\241\003\002\001\005\242\003\002"
			       "\001\012\244\201\2120\201\207\240\007\003\005\000\000\000\000\000"
			       "\241\0360\034\240\003\002\001\002\241\0250\023\033\006krbtgt\033"
			       "\011PEER.TEST\242\013\033\011PEER."
			       "TEST\243\0360\034\240\003\002\001\002\241\0250\023\033\006krbtgt"
			       "\033\011PEER."
			       "TEST\245\021\030\01719700101000000Z\247\006\002\004\0224Vx\250\0240"
			       "\022\002\001\001\002\001\003\002\001\002\002\001\030\002\001\027"
			       "\002\001\020")},
		   {'<',
		    SLICE("\000\000\001,~\202\001(0\202\001$"
			  "\240\003\002\001\005\241\003\002\001\036\244\021\030\01720261128074814Z"
			  "\245\005\002\003\003{\221\246\003\002\001\031\247\013\033\011PEER."
			  "TEST\250\0360\034\240\003\002\001\002\241\0250\023\033\006krbtgt\033\011"
			  "PEER.TEST\251\013\033\011PEER."
			  "TEST\252\0360\034\240\003\002\001\002\241\0250\023\033\006krbtgt\033\011"
			  "PEER.TEST\253\020\033\016NEEDED_"
			  "PREAUTH\254\201\214\004\201\2110\201\2060\012\241\004\002\002\000\210"
			  "\242\002\004\0000.\241\003\002\001\013\242'\004%0#0!"
			  "\240\003\002\001\003\241\032\004\030PEER.TESTkrbtgtPEER.TEST0."
			  "\241\003\002\001\023\242'\004%0#0!"
			  "\240\003\002\001\003\241\032\033\030PEER.TESTkrbtgtPEER."
			  "TEST0\011\241\003\002\001\002\242\002\004\0000\015\241\004\002\002\000"
			  "\205\242\005\004\003MIT")}},
	 .codes = "kerberos-des",
	 .evidence = "des-cbc-md5"},
	{.title = "AES alone",
	 .source = "MIT krb5 1.20.1",
	 .turns = {{'>', SLICE("\200\000\000\000")},
		   {'<',
		    SLICE("\000\000\000Z~"
			  "X0V\240\003\002\001\005\241\003\002\001\036\244\021\030\0172026112807481"
			  "4Z\245\005\002\003\003\220\331\246\003\002\001=\251\013\033\011PEER."
			  "TEST\252\0360\034\240\003\002\001\002\241\0250\023\033\006krbtgt\033\011"
			  "PEER.TEST")},
		   {'|', SLICE_NONE},
		   {'>', SLICE("\000\000\000\235j\201\2320\201\227\241\003\002\001\005\242\003\002"
			       "\001\012\244\201\2120\201\207\240\007\003\005\000\000\000\000\000"
			       "\241\0360\034\240\003\002\001\002\241\0250\023\033\006krbtgt\033"
			       "\011PEER.TEST\242\013\033\011PEER."
			       "TEST\243\0360\034\240\003\002\001\002\241\0250\023\033\006krbtgt"
			       "\033\011PEER."
			       "TEST\245\021\030\01719700101000000Z\247\006\002\004\0224Vx\250\0240"
			       "\022\002\001\001\002\001\003\002\001\002\002\001\030\002\001\027"
			       "\002\001\020")},
		   {'<', SLICE("\000\000\000\240~"
			       "\201\2350\201\232\240\003\002\001\005\241\003\002\001\036\244\021"
			       "\030\01720261128074814Z\245\005\002\003\003\220\332\246\003\002\001"
			       "\016\247\013\033\011PEER."
			       "TEST\250\0360\034\240\003\002\001\002\241\0250\023\033\006krbtgt"
			       "\033\011PEER.TEST\251\013\033\011PEER."
			       "TEST\252\0360\034\240\003\002\001\002\241\0250\023\033\006krbtgt"
			       "\033\011PEER.TEST\253\025\033\023BAD_ENCRYPTION_TYPE")}},
	 .codes = ""},
};

const struct audit audit_kerberos_types = {
	.name = "kerberos-types",
	.title = "encryption types of a KDC that are too weak",
	.of = of,
	.transport = TRANSPORT_TCP,
	.connections = 2,
	.state_size = sizeof(struct state),
	.start = start,
	.input = input,
	.over = audit_rest, /* Samba hangs up at such a length */
	.weaknesses = weaknesses,
	.n_weaknesses = N_WEAKNESSES,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
