/* SPDX-License-Identifier: ISC
 *
 * LDAP: what the server tells everybody of itself, in the entry that has no name; RFC 4512 section
 * 5.1. No bind: RFC 4513 section 4 leaves a session anonymous until then. A server that shows
 * nothing to strangers says so in LDAP. It ends with an unbind, RFC 4511 section 4.3.
 */
#include "base/compiler.h"
#include "proto/ber.h"
#include "proto/proto.h"
#include "proto/wire.h"

enum { ENUMERATED = 0x0a, ID_SIZE = 6, ANSWER_MAX = 8000 };
enum {
	BIND_RESPONSE = BER_APPLICATION | 1,
	ENTRY = BER_APPLICATION | 4,
	DONE = BER_APPLICATION | 5,
	EXTENDED = (BER_APPLICATION | 24) & 0xff,
};

/* All after the message's id: the base object "", any class, these attributes. */
#define ATTRIBUTES                                                                                 \
	"\x04\x0b"                                                                                 \
	"dnsHostName"                                                                              \
	"\x04\x0a"                                                                                 \
	"vendorName"                                                                               \
	"\x04\x0b"                                                                                 \
	"objectClass"                                                                              \
	"\x04\x0d"                                                                                 \
	"vendorVersion"                                                                            \
	"\x04\x0e"                                                                                 \
	"namingContexts"
#define SEARCH                                                                                     \
	"\x63\x65\x04\0\x0a\1\0\x0a\1\0\2\1\0\2\1\0\1\1\0\x87\x0b"                                 \
	"objectClass"                                                                              \
	"\x30\x45" ATTRIBUTES

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	static const struct slice search = SLICE(SEARCH);

	(void)state;
	proto_put(out, (const uint8_t[]){BER_SEQUENCE, (uint8_t)(ID_SIZE + search.n)}, 2);
	ber_put_id(out, ask);
	proto_put(out, search.p, search.n);
}

/* Another id than the search's: of the four bytes the last differs. */
static void put_unbind(const struct proto_ask *ask, struct proto_out *out)
{
	struct proto_ask next = *ask;

	next.chance[3] ^= 1;
	proto_put(out, (const uint8_t[]){BER_SEQUENCE, ID_SIZE + 2}, 2);
	ber_put_id(out, &next);
	proto_put(out, (const uint8_t[]){0x42, 0}, 2);
}

/* The first value of an attribute. */
static bool find_value(struct slice attributes, const char *wanted, struct slice *value)
{
	struct slice attribute, type, values;

	while (ber_take(&attributes, BER_SEQUENCE, &attribute))
		if (ber_take(&attribute, BER_OCTETS, &type) && slice_is_nocase(type, wanted) &&
		    ber_take(&attribute, BER_SET, &values))
			return ber_take(&values, BER_OCTETS, value);
	return false;
}

/* OpenLDAP tells its name by the class of this entry alone. */
static bool is_openldap(struct slice attributes)
{
	struct slice attribute, type, values, value;

	while (ber_take(&attributes, BER_SEQUENCE, &attribute))
		if (ber_take(&attribute, BER_OCTETS, &type) &&
		    slice_is_nocase(type, "objectClass") && ber_take(&attribute, BER_SET, &values))
			while (ber_take(&values, BER_OCTETS, &value))
				if (slice_is_nocase(value, "OpenLDAProotDSE"))
					return true;
	return false;
}

/* The host, or what the directory is of; and who made the server. */
static void say_server(struct slice attributes, struct proto_said *said)
{
	struct slice where = SLICE_NONE, vendor = SLICE_NONE, version = SLICE_NONE;
	bool has_host = find_value(attributes, "dnsHostName", &where);

	if (!has_host)
		find_value(attributes, "namingContexts", &where);
	find_value(attributes, "vendorName", &vendor);
	find_value(attributes, "vendorVersion", &version);
	if (!vendor.n && is_openldap(attributes))
		vendor = SLICE("OpenLDAP");
	proto_sayf(said, "%s%.*s%s%.*s%s%.*s",
		   !where.n   ? ""
		   : has_host ? "host "
			      : "directory of ",
		   (int)where.n, where.p, where.n && (vendor.n || version.n) ? ", " : "",
		   (int)vendor.n, vendor.p, vendor.n && version.n ? " " : "", (int)version.n,
		   version.p);
}

/* LDAPResult, RFC 4511 section 4.1.9: a code, a name, words for people. */
static bool read_result(struct slice s, uint8_t *code, struct slice *words)
{
	struct slice value, name;

	if (!ber_take(&s, ENUMERATED, &value) || value.n != 1 || !ber_take(&s, BER_OCTETS, &name) ||
	    !ber_take(&s, BER_OCTETS, words))
		return false;
	*code = (uint8_t)value.p[0];
	return true;
}

static bool read_refusal(struct slice result, struct proto_said *said)
{
	struct slice words;
	uint8_t code;

	if (!read_result(result, &code, &words))
		return false;
	if (code)
		proto_sayf(said, "it shows nothing to strangers: result %u%s%.*s", code,
			   words.n ? ", " : "", (int)words.n, words.p);
	return true;
}

static bool read_entry(struct slice entry, struct proto_said *said)
{
	struct slice name, attributes;

	if (!ber_take(&entry, BER_OCTETS, &name) || !ber_take(&entry, BER_SEQUENCE, &attributes))
		return false;
	say_server(attributes, said);
	return true;
}

/* Is there the begin of a message, and how long is it? 0: that is not known yet. */
static bool read_size(struct slice in, size_t *n)
{
	uint8_t tag, first, byte;
	struct slice s = in;

	*n = 0;
	if (!wire_take8(&s, &tag) || !wire_take8(&s, &first))
		return in.n == 0 || in.p[0] == BER_SEQUENCE;
	if (tag != BER_SEQUENCE || first == 0x80 || first > 0x84)
		return false;
	if (first < 0x80) {
		*n = 2 + (size_t)first;
		return true;
	}
	if (s.n < (first & 0x7fu))
		return true;
	for (unsigned i = first & 0x7f; i; i--) {
		wire_take8(&s, &byte);
		*n = *n << 8 | byte;
	}
	*n += in.n - s.n;
	return *n <= ANSWER_MAX;
}

struct message {
	uint32_t id;
	uint8_t tag;
	struct slice operation;
};

static enum proto_result take_message(struct slice *in, struct message *m)
{
	struct slice whole, s = *in;
	size_t n;

	if (!read_size(s, &n))
		return PROTO_OTHER;
	if (n == 0 || s.n < n)
		return PROTO_MORE;
	if (!ber_take(&s, BER_SEQUENCE, &whole) || !ber_take_number(&whole, &m->id) ||
	    !ber_take_any(&whole, &m->tag, &m->operation))
		return PROTO_OTHER;
	*in = s;
	return PROTO_PROVED;
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	struct message m;
	enum proto_result result = take_message(in, &m);

	(void)state;
	if (result != PROTO_PROVED)
		return result;
	if (m.id != ber_id(ask) || !(m.tag == ENTRY  ? read_entry(m.operation, said)
				     : m.tag == DONE ? read_refusal(m.operation, said)
						     : false))
		return PROTO_OTHER;
	put_unbind(ask, out);
	return PROTO_PROVED;
}

/* Answers to a bind, a search, or an extended operation. */
static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	struct message m;
	struct slice words;
	uint8_t code;
	enum proto_result result = take_message(&in, &m);

	if (result != PROTO_PROVED)
		return result;
	if (m.tag == ENTRY)
		return read_entry(m.operation, said) ? PROTO_PROVED : PROTO_OTHER;
	if (m.tag != BIND_RESPONSE && m.tag != DONE && m.tag != EXTENDED)
		return PROTO_OTHER;
	return read_result(m.operation, &code, &words) ? PROTO_PROVED : PROTO_OTHER;
}

static const char *const services[] = {"ldap", "gc", NULL};

#define REQUEST                                                                                    \
	"0m\2\4@"                                                                                  \
	"\1\2\3ce\4\0\n\1\0\n\1\0\2\1\0\2\1\0\1\1\0\207\13objectClass0E\4\13dnsHostName\4\nvendor" \
	"Name\4\13objectClass\4\rvendorVersion\4\16namingContexts"
#define UNBIND "0\10\2\4@\1\2\2B\0"

static const struct proto_vector vectors[] = {
	{.title = "a directory",
	 .source = "OpenLDAP 2.5.13",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("0X\2")},
		   {'<',
		    SLICE("\4@\1\2\3dP\4\0000L0%\4\13objectClass1\26\4\3top\4\17OpenLDAProotDSE0#"
			  "\4\16namingContexts1\21\4\17dc=peer,dc=test0\17\2\4@"
			  "\1\2\3e\7\n\1\0\4\0\4\0")},
		   {'>', SLICE(UNBIND)}},
	 .result = PROTO_PROVED,
	 .text = "directory of dc=peer,dc=test, OpenLDAP"},
	{.title = "a domain controller",
	 .source = "Samba 4.17.12",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("0\202\1\20\2\4@\1\2\3d\202\1\6\4\0000\202\1\00002\4\nvendorName1$"
			       "\4\"Samba Team "
			       "(https://"
			       "www.samba.org)0!\4\13dnsHostName1\22\4\20dc1.ad.peer."
			       "test0\201\203\4\16namingContexts1q\4\25DC=ad,DC=peer,DC=test\4&CN="
			       "Configuration,DC=ad,DC=peer,DC=test\0040CN=Schema,CN=Configuration,"
			       "DC=ad,DC=peer,DC=test0!\4\rvendorVersion1\20\4\0164.17.12-"
			       "Debian0\17\2\4@\1\2\3e\7\n\1\0\4\0\4\0")},
		   {'>', SLICE(UNBIND)}},
	 .result = PROTO_PROVED,
	 .text = "host dc1.ad.peer.test, Samba Team (https://www.samba.org) 4.17.12-Debian"},
	{.title = "it shows nothing to strangers",
	 .source = "RFC 4511 section 4.1.9",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("0\25\2\4@\1\2\3e\r\n\1\60\4\0\4\6log in")},
		   {'>', SLICE(UNBIND)}},
	 .result = PROTO_PROVED,
	 .text = "it shows nothing to strangers: result 48, log in"},
	{.title = "an answer to another question",
	 .source = "RFC 4511 section 4.1.1",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE("0\17\2\4\21\21\21\21e\7\n\1\0\4\0\4\0")}},
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
	{.title = "another's search",
	 .source = "OpenLDAP 2.5.13",
	 .bytes = SLICE(
		 "0X\2\4@\1\2\3dP\4\0000L0%\4\13objectClass1\26\4\3top\4\17OpenLDAProotDSE0#"
		 "\4\16namingContexts1\21\4\17dc=peer,dc=test0\17\2\4@\1\2\3e\7\n\1\0\4\0\4\0"),
	 .text = "directory of dc=peer,dc=test, OpenLDAP"},
	{.title = "a bind of version 2",
	 .source = "OpenLDAP 2.5.13",
	 .bytes = SLICE("0E\2\1\1a@\n\1\2\4\0\0049historical protocol version requested, use "
			"LDAPv3 instead")},
	{.title = "what it cannot read",
	 .source = "Samba 4.17.12",
	 .bytes = SLICE("02\2\1\0x-\n\1\2\4\0\4\16decoding error\212\26"
			"1.3.6.1.4.1.1466.20036")},
};

const struct proto proto_ldap = {
	.name = "ldap",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.start = start,
	.input = input,
	.recognise = recognise,
	.turn = 5,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
	.replies = replies,
	.n_replies = ARRAY_LEN(replies),
};
