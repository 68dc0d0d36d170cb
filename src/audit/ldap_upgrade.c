/* SPDX-License-Identifier: ISC
 *
 * LDAP's switch to TLS: the extended operation StartTLS, RFC 4511 section 4.14. A server that has
 * none says so in a result code, and goes on in clear text.
 */
#include "audit/audit.h"
#include "base/compiler.h"
#include "proto/ber.h"
#include "proto/wire.h"

enum { NO_SWITCH };
static const struct weakness weaknesses[] = {
	[NO_SWITCH] = {"ldap-tls-missing", SEVERITY_MEDIUM, false,
		       "it cannot be switched to TLS: all passes in clear text",
		       "Give the server a certificate (OpenLDAP: olcTLSCertificateFile).",
		       "RFC 4513 section 6.2; RFC 4511 section 4.14"},
};

#define MESSAGE_ID "\2\1\1"
#define START_TLS  "0\35" MESSAGE_ID "w\30\200\0261.3.6.1.4.1.1466.20037"
#define UNBIND	   "0\5\2\1\2B\0"

enum { EXTENDED_RESPONSE = (BER_APPLICATION | 24) & 0xff, ENUMERATED = 0x0a, ANSWER_MAX = 1024 };
enum { SUCCESS = 0, REFERRAL = 10, BUSY = 51 };

static bool start(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	static const struct slice request = SLICE(START_TLS);

	(void)state;
	(void)ask;
	proto_put(out, request.p, request.n);
	return true;
}

/* LDAPResult, RFC 4511 section 4.1.9: a code, a name, words for people. */
static bool read_result(struct slice message, uint8_t *code, struct slice *words)
{
	struct slice response, value, name;
	uint32_t id;

	if (!ber_take_number(&message, &id) || id != 1 ||
	    !ber_take(&message, EXTENDED_RESPONSE, &response) ||
	    !ber_take(&response, ENUMERATED, &value) || value.n != 1 ||
	    !ber_take(&response, BER_OCTETS, &name) || !ber_take(&response, BER_OCTETS, words))
		return false;
	*code = (uint8_t)value.p[0];
	return true;
}

static enum proto_result input(void *state, const struct audit_ask *ask, struct slice *in,
			       struct proto_out *out, struct audit_notes *notes)
{
	static const struct slice unbind = SLICE(UNBIND);
	struct slice message, words;
	uint8_t code;

	(void)state;
	(void)ask;
	if (in->n && in->p[0] != BER_SEQUENCE)
		return PROTO_OTHER;
	if (!ber_take(in, BER_SEQUENCE, &message))
		return in->n < ANSWER_MAX ? PROTO_MORE : PROTO_OTHER;
	if (!read_result(message, &code, &words))
		return PROTO_OTHER;
	if (code == SUCCESS)
		return PROTO_PROVED;
	if (code != REFERRAL && code != BUSY)
		audit_note(notes, &weaknesses[NO_SWITCH], "to StartTLS: result %u%s%.*s", code,
			   words.n ? ", " : "", (int)words.n, words.p);
	proto_put(out, unbind.p, unbind.n);
	return PROTO_OTHER;
}

static const char *const of[] = {"ldap", NULL};

static const struct audit_vector vectors[] = {
	{.title = "it switches",
	 .source = "RFC 4511 section 4.14.2",
	 .turns = {{'>', SLICE(START_TLS)}, {'<', SLICE("0\14\2\1\1x\7\n\1\0\4\0\4\0")}},
	 .codes = ""},
	{.title = "it has no TLS",
	 .source = "OpenLDAP 2.5.13",
	 .turns = {{'>', SLICE(START_TLS)},
		   {'<', SLICE("0*\2\1\1x%\n\1\2\4\0\4\36unsupported extended operation")},
		   {'>', SLICE(UNBIND)}},
	 .codes = "ldap-tls-missing",
	 .evidence = "to StartTLS: result 2, unsupported extended operation"},
	{.title = "busy",
	 .source = "RFC 4511 section 4.1.9",
	 .turns = {{'>', SLICE(START_TLS)},
		   {'<', SLICE("0\14\2\1\1x\7\n\1\63\4\0\4\0")},
		   {'>', SLICE(UNBIND)}},
	 .codes = ""},
};

const struct audit audit_ldap_upgrade = {
	.name = "ldap-upgrade",
	.title = "StartTLS of LDAP",
	.of = of,
	.transport = TRANSPORT_TCP,
	.place = AUDIT_UPGRADE,
	.start = start,
	.input = input,
	.weaknesses = weaknesses,
	.n_weaknesses = ARRAY_LEN(weaknesses),
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
