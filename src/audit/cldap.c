/* SPDX-License-Identifier: ISC
 *
 * LDAP over UDP: how much longer its answer is than the question, which comes with any sender's
 * address: all that the root tells of itself, RFC 4512 section 5.1. Domain controllers have to
 * answer their clients so; nobody else needs it.
 */
#include "audit/audit.h"
#include "base/compiler.h"
#include "proto/ber.h"

enum { ENTRY = BER_APPLICATION | 4, FACTOR = 5 };

static const struct weakness weaknesses[] = {
	{"cldap-reflector", SEVERITY_LOW, true,
	 "it answers a small datagram with a large one, with a forged sender too: attackers use it",
	 "Let only the domain's own networks in to UDP port 389.", "CERT TA14-017A"},
};

/* The entry itself of no name, its classes whichever; all its attributes. */
static const struct slice search = SLICE("\x63\x20\4\0\x0a\1\0\x0a\1\0\2\1\0\2\1\0\1\1\0"
					 "\x87\x0bobjectClass\x30\0");

static struct proto_ask ask_of(const struct audit_ask *ask)
{
	struct proto_ask a = {.what = NULL};

	memcpy(a.chance, ask->chance, sizeof(a.chance));
	return a;
}

static bool start(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	const struct proto_ask a = ask_of(ask);

	(void)state;
	proto_put(out, (const uint8_t[]){BER_SEQUENCE, (uint8_t)(6 + search.n)}, 2);
	ber_put_id(out, &a);
	proto_put(out, search.p, search.n);
	return true;
}

static enum proto_result input(void *state, const struct audit_ask *ask, struct slice *in,
			       struct proto_out *out, struct audit_notes *notes)
{
	const size_t asked = 2 + 6 + search.n;
	const struct proto_ask a = ask_of(ask);
	struct slice all = *in, m, operation;
	uint32_t id;
	uint8_t tag;

	(void)state;
	(void)out;
	if (!ber_take(&all, BER_SEQUENCE, &m) || !ber_take_number(&m, &id) ||
	    !ber_take_any(&m, &tag, &operation))
		return PROTO_OTHER;
	if (id != ber_id(&a))
		return PROTO_MORE;
	if (tag == ENTRY && in->n >= FACTOR * asked)
		audit_note(notes, &weaknesses[0], "%zu bytes were answered with %zu", asked, in->n);
	return PROTO_PROVED;
}

static const char *const of[] = {"cldap", NULL};

static const struct audit_vector vectors[] = {
	{.title = "a domain controller",
	 .source = "Samba 4.17.12",
	 .turns =
		 {{'>',
		   SLICE("0(\2\4@\1\2\3c \4\0\n\1\0\n\1\0\2\1\0\2\1\0\1\1\0\207\13objectClass0\0")},
		  {'<',
		   SLICE("0\202\7\21\2\4@"
			 "\1\2\3d\202\7\7\4\0000\202\7\0010F\4\32configurationNamingContext1(\4&CN="
			 "Configuration,DC=ad,DC=peer,DC=test0/"
			 "\4\24defaultNamingContext1\27\4\25DC=ad,DC=peer,DC="
			 "test02\4\27rootDomainNamingContext1\27\4\25DC=ad,DC=peer,DC="
			 "test0I\4\23schemaNamingContext12\0040CN=Schema,CN=Configuration,DC=ad,DC="
			 "peer,DC=test0T\4\21subschemaSubentry1?\4=CN=Aggregate,CN=Schema,CN="
			 "Configuration,DC=ad,DC=peer,DC=test0\201\225\4\25supportedCapabilities1|"
			 "\4\0261.2.840.113556.1.4.800\4\0271.2.840.113556.1.4.1670\4\0271.2.840."
			 "113556.1.4.1791\4\0271.2.840.113556.1.4.1935\4\0271.2.840.113556.1.4."
			 "20800\36\4\24supportedLDAPVersion1\6\4\0012\4\001302\4\nvendorName1$"
			 "\4\"Samba Team "
			 "(https://"
			 "www.samba.org)"
			 "0\30\4\16isSynchronized1\6\4\4TRUE0\201\200\4\rdsServiceName1o\4mCN=NTDS "
			 "Settings,CN=DC1,CN=Servers,CN=Default-First-Site-Name,CN=Sites,CN="
			 "Configuration,DC=ad,DC=peer,DC=test0l\4\nserverName1^\4\\CN=DC1,CN="
			 "Servers,CN=Default-First-Site-Name,CN=Sites,CN=Configuration,DC=ad,DC="
			 "peer,DC=test0!\4\13dnsHostName1\22\4\20dc1.ad.peer."
			 "test03\4\17ldapServiceName1 "
			 "\4\36ad.peer.test:dc1$@AD.PEER."
			 "TEST0\"\4\13currentTime1\23\4\02120261128030057."
			 "0Z0\202\2\31\4\20supportedControl1\202\2\3\4\0271.2.840.113556.1.4."
			 "1413\4\0271.2.840.113556.1.4.1413\4\0271.2.840.113556.1.4.1413\4\0261.2."
			 "840.113556.1.4.528\4\0261.2.840.113556.1.4.841\4\0261.2.840.113556.1.4."
			 "319\4\0272.16.840.1.113730.3.4.9\4\0261.2.840.113556.1.4.473\4\0271.2."
			 "840.113556.1.4.1504\4\0261.2.840.113556.1.4.801\4\0261.2.840.113556.1.4."
			 "801\4\0261.2.840.113556.1.4.801\4\0261.2.840.113556.1.4.805\4\0271.2.840."
			 "113556.1.4.1338\4\0261.2.840.113556.1.4.529\4\0261.2.840.113556.1.4."
			 "417\4\0271.2.840.113556.1.4.2064\4\0271.2.840.113556.1.4.1339\4\0271.2."
			 "840.113556.1.4.1340\4\0271.2.840.113556.1.4.1413\4\0271.2.840.113556.1.4."
			 "13410\201\203\4\16namingContexts1q\4\25DC=ad,DC=peer,DC=test\4&CN="
			 "Configuration,DC=ad,DC=peer,DC=test\0040CN=Schema,CN=Configuration,DC=ad,"
			 "DC=peer,DC="
			 "test0\35\4\23highestCommittedUSN1\6\4\00439360\32\4\23domainFunctionality"
			 "1\3\4\00140\32\4\23forestFunctionality1\3\4\00140$"
			 "\4\35domainControllerFunctionality1\3\4\00140\36\4\24isGlobalCatalogReady"
			 "1\6\4\4TRUE0\17\2\4@\1\2\3e\7\n\1\0\4\0\4\0")}},
	 .codes = "cldap-reflector",
	 .evidence = "42 bytes were answered with 1830"},
	{.title = "it tells next to nothing",
	 .source = "RFC 4511 section 4.5.2",
	 .turns = {{'<', SLICE("0\17\2\4@\1\2\3e\7\n\1\0\4\0\4\0")}},
	 .codes = ""},
};

const struct audit audit_cldap = {
	.name = "cldap",
	.title = "how long the answers of LDAP over UDP are",
	.of = of,
	.transport = TRANSPORT_UDP,
	.start = start,
	.input = input,
	.weaknesses = weaknesses,
	.n_weaknesses = ARRAY_LEN(weaknesses),
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
