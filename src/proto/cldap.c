/* SPDX-License-Identifier: ISC
 *
 * CLDAP: the question by which Windows clients find a domain controller, MS-ADTS section 6.3.3. Its
 * filter names only the wanted form of the answer (NtVer 6), so every domain controller answers,
 * with NETLOGON_SAM_LOGON_RESPONSE_EX (6.3.1.9).
 */
#include <string.h>

#include "base/compiler.h"
#include "proto/ber.h"
#include "proto/proto.h"
#include "proto/wire.h"

/* All after the message's id: a search of the root for the attribute netlogon, RFC 4511 section
 * 4.5.1. */
static const struct slice search = SLICE("\x63\x2e\x04\0\x0a\1\0\x0a\1\0\2\1\0\2\1\0\1\1\0"
					 "\xa0\x0f\xa3\x0d\x04\x05NtVer\x04\x04\6\0\0\0"
					 "\x30\x0a\x04\x08netlogon");
enum { ID_SIZE = 6, ENTRY = BER_APPLICATION | 4, DONE = BER_APPLICATION | 5 };

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	proto_put(out, (const uint8_t[]){BER_SEQUENCE, (uint8_t)(ID_SIZE + search.n)}, 2);
	ber_put_id(out, ask);
	proto_put(out, search.p, search.n);
}

enum { NAME_MAX = 64, LABEL_MAX = 63, POINTER = 0xc0, JUMPS_MAX = 16 };

/* A name as in DNS, RFC 1035 section 4.1.4, with its pointers into `all`; s is what follows of it.
 * What does not fit is cut. False: it runs out of `all`, or in a circle. */
static bool take_name(struct slice all, struct slice *s, char name[NAME_MAX])
{
	struct slice at = *s, label;
	size_t used = 0;
	unsigned jumps = 0;
	uint8_t n, low;

	for (;;) {
		if (!wire_take8(&at, &n))
			return false;
		if (n == 0)
			break;
		if (n >= POINTER) {
			if (!wire_take8(&at, &low) || jumps > JUMPS_MAX)
				return false;
			if (jumps++ == 0)
				*s = at;
			at = slice_skip(all, (size_t)(n & 0x3f) << 8 | low);
			continue;
		}
		if (n > LABEL_MAX || !wire_take(&at, n, &label))
			return false;
		if (used + 1 + n < NAME_MAX) {
			if (used)
				name[used++] = '.';
			memcpy(name + used, label.p, n);
			used += n;
		}
	}
	name[used] = '\0';
	if (jumps == 0)
		*s = at;
	return true;
}

/* Forest, domain, host, then the short names of domain and host, the user, and two sites. */
static bool say_controller(struct slice blob, struct proto_said *said)
{
	enum { SAM_LOGON_RESPONSE_EX = 23, FLAGS_AND_GUID = 22, HOST = 2, SITE = 6, N_NAMES = 8 };
	char names[N_NAMES][NAME_MAX];
	struct slice s = blob, skipped;
	uint16_t opcode;

	if (!wire_take16le(&s, &opcode) || opcode != SAM_LOGON_RESPONSE_EX ||
	    !wire_take(&s, FLAGS_AND_GUID, &skipped))
		return false;
	for (unsigned i = 0; i < N_NAMES; i++)
		if (!take_name(blob, &s, names[i]))
			return false;
	proto_sayf(said, "domain controller %s, site %s", names[HOST], names[SITE]);
	return true;
}

/* The entry: no name, and one attribute with one value. */
static bool read_entry(struct slice entry, struct proto_said *said)
{
	struct slice name, attributes, attribute, type, values, blob;

	return ber_take(&entry, BER_OCTETS, &name) && ber_take(&entry, BER_SEQUENCE, &attributes) &&
	       ber_take(&attributes, BER_SEQUENCE, &attribute) &&
	       ber_take(&attribute, BER_OCTETS, &type) && slice_is_nocase(type, "netlogon") &&
	       ber_take(&attribute, BER_SET, &values) && ber_take(&values, BER_OCTETS, &blob) &&
	       say_controller(blob, said);
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	struct slice all = *in, m, operation;
	uint32_t id;
	uint8_t tag;

	(void)state;
	(void)out;
	if (!ber_take(&all, BER_SEQUENCE, &m) || !ber_take_number(&m, &id) ||
	    !ber_take_any(&m, &tag, &operation) || (tag != ENTRY && tag != DONE))
		return PROTO_OTHER;
	if (id != ber_id(ask))
		return PROTO_MORE;
	if (tag == ENTRY)
		return read_entry(operation, said) ? PROTO_PROVED : PROTO_OTHER;
	proto_say(said, SLICE("a directory, and no domain controller"));
	return PROTO_PROVED;
}

static const char *const services[] = {"cldap", NULL};

#define REQUEST                                                                                    \
	"06\2\4@\1\2\3c.\4\0\n"                                                                    \
	"\1\0\n"                                                                                   \
	"\1\0\2\1\0\2\1\0\1\1\0\240\17\243\r\4\5NtVer\4\4\6\0\0\0000\n"                            \
	"\4\10netlogon"

static const struct proto_vector vectors[] = {
	{.title = "a domain controller",
	 .source = "Samba 4.17.12",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<',
		    SLICE("0y\2\4@\1\2\3dq\4\0000m0k\4\10netlogon1_\4]\27\0\0\0\375\23\0\0\23"
			  "\262\215H\317\271uO\240\310\2220I%\0216\2ad\4peer\4test\0\300\30\3dc"
			  "1\300\30\4PEER\0\3DC1\0\0\27Default-First-Site-Name\0\300:\5\0\0\0"
			  "\377\377\377\3770\17\2\4@\1\2\3e\7\n"
			  "\1\0\4\0\4\0")}},
	 .result = PROTO_PROVED,
	 .text = "domain controller dc1.ad.peer.test, site Default-First-Site-Name"},
	{.title = "a directory of something else",
	 .source = "RFC 4511",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("0\17\2\4@\1\2\3e\7\n"
			       "\1\0\4\0\4\0")}},
	 .result = PROTO_PROVED,
	 .text = "a directory, and no domain controller"},
	{.title = "an answer to another question is waited out",
	 .source = "RFC 4511",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("0\17\2\4\21\21\21\21e\7\n"
			       "\1\0\4\0\4\0")}},
	 .result = PROTO_MORE},
	{.title = "a name that points to itself",
	 .source = "RFC 1035",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<',
		    SLICE("06\2\4@\1\2\3d.\4\0000*0(\4\10Netlogon1\34\4\32\27\0\0\0\0\0\0\0\0\0"
			  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\300\30")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE(REQUEST)}},
	 .result = PROTO_OTHER},
};

const struct proto proto_cldap = {
	.name = "cldap",
	.services = services,
	.transport = TRANSPORT_UDP,
	.answers = PROTO_ALWAYS,
	.start = start,
	.input = input,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
