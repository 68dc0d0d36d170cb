/* SPDX-License-Identifier: ISC
 *
 * LDAP: which ways to log in it offers before TLS (RFC 4512 section 5.1: supportedSASLMechanisms);
 * and, only where the owner wants that tried, whether it shows what stands below its root to
 * somebody who has not logged in: one entry is asked for, without its contents. RFC 4511.
 */
#include "audit/audit.h"
#include "base/compiler.h"
#include "proto/ber.h"

enum { ENTRY = BER_APPLICATION | 4, ANSWER_MAX = 16384 };
enum { FIRST = 1, SECOND = 2, THIRD = 3, NAME_MAX = 85 };

static const struct weakness login_weaknesses[] = {
	{"ldap-clear-sasl", SEVERITY_HIGH, false, "it takes passwords in clear text, before TLS",
	 "Offer ways that show the password under TLS alone (noplain; security ssf).",
	 "RFC 4616 section 5; RFC 4513 section 6"},
};
static const struct weakness read_weaknesses[] = {
	{"ldap-anonymous", SEVERITY_MEDIUM, false, "it shows its entries to anybody",
	 "Let only those read who have logged in.", "RFC 4513 section 5.1; CWE-306"},
};

struct state {
	uint8_t n; /* of the name below which is searched; 0: it is not known yet */
	char name[NAME_MAX];
};

/* All of these are shorter than 128 bytes, and so is each of their lengths one byte. */
static void put_element(struct proto_out *out, uint8_t tag, struct slice value)
{
	proto_put(out, (const uint8_t[]){tag, (uint8_t)value.n}, 2);
	if (value.n)
		proto_put(out, value.p, value.n);
}

static struct slice said(const struct proto_out *out)
{
	return (struct slice){(const char *)out->bytes, out->n};
}

struct search {
	uint8_t id, scope; /* 0: the entry itself, 1: one level below it */
	struct slice name, attribute;
};

/* Types alone where it is of what stands below; one entry at most; any class. */
static void put_search(const struct search *s, struct proto_out *out)
{
	const uint8_t how[] = {0x0a, 1, s->scope,	    0x0a, 1, 0, 2, 1, s->scope, 2, 1, 5,
			       1,    1, s->scope ? 0xff : 0};
	struct proto_out message = {.n = 0}, body = {.n = 0}, list = {.n = 0};

	put_element(&list, BER_OCTETS, s->attribute);
	put_element(&body, BER_OCTETS, s->name);
	proto_put(&body, how, sizeof(how));
	put_element(&body, 0x87, SLICE("objectClass"));
	put_element(&body, BER_SEQUENCE, said(&list));
	put_element(&message, BER_INTEGER, (struct slice){(const char *)&s->id, 1});
	put_element(&message, BER_APPLICATION | 3, said(&body));
	put_element(out, BER_SEQUENCE, said(&message));
}

static enum proto_result part(struct proto_out *out)
{
	proto_put(out, (const uint8_t[]){BER_SEQUENCE, 5, BER_INTEGER, 1, THIRD, 0x42, 0}, 7);
	return PROTO_PROVED;
}

struct message {
	uint32_t id;
	uint8_t tag;
	struct slice operation;
};

static enum proto_result take_message(struct slice *in, struct message *m)
{
	struct slice s = *in, whole;

	if (s.n && (uint8_t)s.p[0] != BER_SEQUENCE)
		return PROTO_OTHER;
	if (!ber_take(&s, BER_SEQUENCE, &whole))
		return in->n < ANSWER_MAX ? PROTO_MORE : PROTO_OTHER;
	if (!ber_take_number(&whole, &m->id) || !ber_take_any(&whole, &m->tag, &m->operation))
		return PROTO_OTHER;
	*in = s;
	return PROTO_PROVED;
}

/* The values of an entry's only attribute; empty: it shows none. */
static struct slice values_of(struct slice entry)
{
	struct slice name, attributes, attribute, type, values;

	return ber_take(&entry, BER_OCTETS, &name) && ber_take(&entry, BER_SEQUENCE, &attributes) &&
			       ber_take(&attributes, BER_SEQUENCE, &attribute) &&
			       ber_take(&attribute, BER_OCTETS, &type) &&
			       ber_take(&attribute, BER_SET, &values)
		       ? values
		       : SLICE_NONE;
}

static bool start_login(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	(void)state;
	put_search(
		&(const struct search){.id = FIRST, .attribute = SLICE("supportedSASLMechanisms")},
		out);
	return !ask->is_inside;
}

static enum proto_result input_login(void *state, const struct audit_ask *ask, struct slice *in,
				     struct proto_out *out, struct audit_notes *notes)
{
	struct message m;
	struct slice values, value;
	enum proto_result result = take_message(in, &m);

	(void)state;
	(void)ask;
	if (result != PROTO_PROVED)
		return result;
	if (m.tag == ENTRY)
		for (values = values_of(m.operation); ber_take(&values, BER_OCTETS, &value);)
			if (slice_is_nocase(value, "PLAIN") || slice_is_nocase(value, "LOGIN"))
				audit_note_more(notes, login_weaknesses, value);
	return part(out);
}

static bool start_read(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	put_search(&(const struct search){.id = FIRST, .attribute = SLICE("namingContexts")}, out);
	return true;
}

/* Of the root: what it is of. */
static enum proto_result hear_root(struct state *st, struct slice entry, struct proto_out *out)
{
	struct slice values = values_of(entry), value;

	if (!ber_take(&values, BER_OCTETS, &value) || !value.n || value.n > NAME_MAX)
		return part(out);
	st->n = (uint8_t)value.n;
	memcpy(st->name, value.p, value.n);
	put_search(
		&(const struct search){
			.id = SECOND, .scope = 1, .name = value, .attribute = SLICE("1.1")},
		out);
	return PROTO_MORE;
}

static enum proto_result input_read(void *state, const struct audit_ask *ask, struct slice *in,
				    struct proto_out *out, struct audit_notes *notes)
{
	struct state *st = state;
	struct message m;
	struct slice name;
	enum proto_result result = take_message(in, &m);

	(void)ask;
	if (result != PROTO_PROVED)
		return result;
	if (!st->n)
		return m.tag == ENTRY ? hear_root(st, m.operation, out) : part(out);
	if (m.id == FIRST)
		return PROTO_MORE; /* the first search is done */
	if (m.tag == ENTRY && ber_take(&m.operation, BER_OCTETS, &name) && name.n)
		audit_note(notes, read_weaknesses, "%.*s",
			   name.n < AUDIT_TEXT_MAX ? (int)name.n : AUDIT_TEXT_MAX, name.p);
	return part(out);
}

static const char *const of[] = {"ldap", NULL};

static const struct audit_vector login_vectors[] = {
	{.title = "ways that show the password",
	 .source = "OpenLDAP 2.5.13",
	 .turns =
		 {{'>', SLICE("0>"
			      "\2\1\1c9\4\0\n\1\0\n\1\0\2\1\0\2\1\5\1\1\0\207\13objectClass0\31\4"
			      "\27supportedSASLMechanisms")},
		  {'<',
		   SLICE("0\201\247\2\1\1d\201\241\4\0000\201\2340\201\231\4\27supportedSASLMechani"
			 "sms1~\4\rSCRAM-SHA-512\4\rSCRAM-SHA-384\4\rSCRAM-SHA-256\4\rSCRAM-SHA-"
			 "224\4\13SCRAM-SHA-1\4\nDIGEST-MD5\4\10CRAM-"
			 "MD5\4\4NTLM\4\5PLAIN\4\5LOGIN\4\11ANONYMOUS0\14\2\1\1e\7\n\1\0\4\0\4\0")},
		  {'>', SLICE("0\5\2\1\3B\0")}},
	 .codes = "ldap-clear-sasl",
	 .evidence = "PLAIN, LOGIN"},
	{.title = "as it comes",
	 .source = "OpenLDAP 2.5.13",
	 .turns = {{'>', SLICE("0>"
			       "\2\1\1c9\4\0\n\1\0\n\1\0\2\1\0\2\1\5\1\1\0\207\13objectClass0\31\4"
			       "\27supportedSASLMechanisms")},
		   {'<', SLICE("0\201\216\2\1\1d\201\210\4\0000\201\2030\201\200\4\27supportedSASLM"
			       "echanisms1e\4\rSCRAM-SHA-512\4\rSCRAM-SHA-384\4\rSCRAM-SHA-"
			       "256\4\rSCRAM-SHA-224\4\13SCRAM-SHA-1\4\nDIGEST-MD5\4\10CRAM-"
			       "MD5\4\4NTLM0\14\2\1\1e\7\n\1\0\4\0\4\0")},
		   {'>', SLICE("0\5\2\1\3B\0")}},
	 .codes = ""},
	{.title = "a domain controller",
	 .source = "Samba 4.17.12",
	 .turns = {{'>', SLICE("0>"
			       "\2\1\1c9\4\0\n\1\0\n\1\0\2\1\0\2\1\5\1\1\0\207\13objectClass0\31\4"
			       "\27supportedSASLMechanisms")},
		   {'<', SLICE("0@\2\1\1d;\4\0000705\4\27supportedSASLMechanisms1\32\4\nGSS-"
			       "SPNEGO\4\6GSSAPI\4\4NTLM0\14\2\1\1e\7\n\1\0\4\0\4\0")},
		   {'>', SLICE("0\5\2\1\3B\0")}},
	 .codes = ""},
};
static const struct audit_vector read_vectors[] = {
	{.title = "as it comes",
	 .source = "OpenLDAP 2.5.13",
	 .turns = {{'>', SLICE("05\2\1\1c0\4\0\n\1\0\n\1\0\2\1\0\2\1\5\1\1\0\207\13objectClass0\20"
			       "\4\16namingContexts")},
		   {'<', SLICE("0.\2\1\1d)\4\0000%0#\4\16namingContexts1\21\4\17dc=peer,dc="
			       "test0\14\2\1\1e\7\n\1\0\4\0\4\0")},
		   {'>',
		    SLICE("09\2\1\2c4\4\17dc=peer,dc="
			  "test\n\1\1\n\1\0\2\1\1\2\1\5\1\1\377\207\13objectClass0\5\4\0031.1")},
		   {'<', SLICE("0\"\2\1\2d\35\4\31ou=people,dc=peer,dc="
			       "test0\0000\14\2\1\2e\7\n\1\0\4\0\4\0")},
		   {'>', SLICE("0\5\2\1\3B\0")}},
	 .codes = "ldap-anonymous",
	 .evidence = "ou=people,dc=peer,dc=test"},
	{.title = "users alone",
	 .source = "OpenLDAP 2.5.13",
	 .turns = {{'>', SLICE("05\2\1\1c0\4\0\n\1\0\n\1\0\2\1\0\2\1\5\1\1\0\207\13objectClass0\20"
			       "\4\16namingContexts")},
		   {'<', SLICE("0.\2\1\1d)\4\0000%0#\4\16namingContexts1\21\4\17dc=peer,dc=test")},
		   {'>',
		    SLICE("09\2\1\2c4\4\17dc=peer,dc="
			  "test\n\1\1\n\1\0\2\1\1\2\1\5\1\1\377\207\13objectClass0\5\4\0031.1")},
		   {'<', SLICE("0\14\2\1\1e\7\n\1\0\4\0\4\0000\14\2\1\2e\7\n\1 \4\0\4\0")},
		   {'>', SLICE("0\5\2\1\3B\0")}},
	 .codes = ""},
	{.title = "a domain controller",
	 .source = "Samba 4.17.12",
	 .turns = {{'>', SLICE("05\2\1\1c0\4\0\n\1\0\n\1\0\2\1\0\2\1\5\1\1\0\207\13objectClass0\20"
			       "\4\16namingContexts")},
		   {'<', SLICE("0\201\221\2\1\1d\201\213\4\0000\201\2060\201\203\4\16namingContexts"
			       "1q\4\25DC=ad,DC=peer,DC=test\4&CN=Configuration,DC=ad,DC=peer,DC="
			       "test\0040CN=Schema,CN=Configuration,DC=ad,DC=peer,DC="
			       "test0\14\2\1\1e\7\n\1\0\4\0\4\0")},
		   {'>',
		    SLICE("0?\2\1\2c:\4\25DC=ad,DC=peer,DC="
			  "test\n\1\1\n\1\0\2\1\1\2\1\5\1\1\377\207\13objectClass0\5\4\0031.1")},
		   {'<', SLICE("0B\2\1\2e=\n\1\1\4\0\004600002020: Operation unavailable without "
			       "authentication")},
		   {'>', SLICE("0\5\2\1\3B\0")}},
	 .codes = ""},
};

const struct audit audit_ldap_login = {
	.name = "ldap-login",
	.title = "logins of LDAP before TLS",
	.of = of,
	.transport = TRANSPORT_TCP,
	.start = start_login,
	.input = input_login,
	.weaknesses = login_weaknesses,
	.n_weaknesses = ARRAY_LEN(login_weaknesses),
	.vectors = login_vectors,
	.n_vectors = ARRAY_LEN(login_vectors),
};
const struct audit audit_ldap_read = {
	.name = "ldap-read",
	.title = "what LDAP shows to anybody",
	.of = of,
	.transport = TRANSPORT_TCP,
	.is_active = true,
	.state_size = sizeof(struct state),
	.start = start_read,
	.input = input_read,
	.weaknesses = read_weaknesses,
	.n_weaknesses = ARRAY_LEN(read_weaknesses),
	.vectors = read_vectors,
	.n_vectors = ARRAY_LEN(read_vectors),
};
