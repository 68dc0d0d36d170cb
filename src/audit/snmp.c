/* SPDX-License-Identifier: ISC
 *
 * SNMP, only where the owner wants that tried: whether it answers in version 2c to a community that
 * everybody tries. One value is asked for, what the system is (sysDescr.0): RFC 3416 section 4.2.1,
 * RFC 3418 section 2. Nothing is set.
 */
#include "audit/audit.h"
#include "base/compiler.h"
#include "proto/ber.h"

enum { VERSION_2C = 1, RESPONSE = BER_CONTEXT | 2 };

static const struct weakness public_weaknesses[] = {
	{"snmp-public", SEVERITY_HIGH, false,
	 "it tells anybody what it knows, in clear text: the community is \"public\"",
	 "Move to version 3 with authPriv, and switch versions 1 and 2c off.",
	 "RFC 3410 section 8; CVE-1999-0517"},
};
static const struct weakness private_weaknesses[] = {
	{"snmp-private", SEVERITY_HIGH, false,
	 "it answers to the community \"private\", with which devices are set, mostly",
	 "Move to version 3 with authPriv, and switch versions 1 and 2c off.",
	 "RFC 3410 section 8; CVE-1999-0516"},
};

static struct proto_ask ask_of(const struct audit_ask *ask)
{
	struct proto_ask a = {.what = NULL};

	memcpy(a.chance, ask->chance, sizeof(a.chance));
	return a;
}

static bool put_get(const struct audit_ask *ask, struct slice community, struct proto_out *out)
{
	static const struct slice sys_descr = SLICE("\2\1\0\2\1\0\x30\x0e\x30\x0c"
						    "\6\x08\x2b\6\1\2\1\1\1\0\5\0");
	const struct proto_ask a = ask_of(ask);
	const uint8_t pdu = (uint8_t)(6 + sys_descr.n),
		      all = (uint8_t)(3 + 2 + community.n + 2 + pdu);

	proto_put(out, (const uint8_t[]){BER_SEQUENCE, all, BER_INTEGER, 1, VERSION_2C, BER_OCTETS},
		  6);
	proto_put(out, (const uint8_t[]){(uint8_t)community.n}, 1);
	proto_put(out, community.p, community.n);
	proto_put(out, (const uint8_t[]){BER_CONTEXT, pdu}, 2);
	ber_put_id(out, &a);
	proto_put(out, sys_descr.p, sys_descr.n);
	return true;
}

static bool start_public(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	(void)state;
	return put_get(ask, SLICE("public"), out);
}

static bool start_private(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	(void)state;
	return put_get(ask, SLICE("private"), out);
}

/* The first value, if it is text. */
static struct slice first_value(struct slice rest)
{
	struct slice list, pair, name, value;
	uint8_t tag;
	uint32_t status, index;

	return ber_take_number(&rest, &status) && ber_take_number(&rest, &index) &&
			       ber_take(&rest, BER_SEQUENCE, &list) &&
			       ber_take(&list, BER_SEQUENCE, &pair) &&
			       ber_take_any(&pair, &tag, &name) &&
			       ber_take(&pair, BER_OCTETS, &value)
		       ? value
		       : SLICE_NONE;
}

static enum proto_result hear(const struct audit_ask *ask, struct slice all,
			      const struct weakness *w, struct audit_notes *notes)
{
	const struct proto_ask a = ask_of(ask);
	struct slice m, community, pdu, value;
	uint32_t version, id;

	if (!ber_take(&all, BER_SEQUENCE, &m) || !ber_take_number(&m, &version) ||
	    version != VERSION_2C || !ber_take(&m, BER_OCTETS, &community) ||
	    !ber_take(&m, RESPONSE, &pdu) || !ber_take_number(&pdu, &id))
		return PROTO_OTHER;
	if (id != ber_id(&a))
		return PROTO_MORE;
	value = first_value(pdu);
	audit_note(notes, w, "it answered in version 2c: %.*s",
		   value.n < AUDIT_TEXT_MAX ? (int)value.n : AUDIT_TEXT_MAX,
		   value.n ? value.p : "");
	return PROTO_PROVED;
}

static enum proto_result input_public(void *state, const struct audit_ask *ask, struct slice *in,
				      struct proto_out *out, struct audit_notes *notes)
{
	(void)state;
	(void)out;
	return hear(ask, *in, public_weaknesses, notes);
}

static enum proto_result input_private(void *state, const struct audit_ask *ask, struct slice *in,
				       struct proto_out *out, struct audit_notes *notes)
{
	(void)state;
	(void)out;
	return hear(ask, *in, private_weaknesses, notes);
}

static const char *const of[] = {"snmp", NULL};

static const struct audit_vector public_vectors[] = {
	{.title = "a system",
	 .source = "Net-SNMP 5.9.3",
	 .turns = {{'>', SLICE("0)\2\1\1\4\6public\240\34\2\4@\1\2\3\2\1\0\2\1\0000\0160\14\6\10+"
			       "\6\1\2\1\1\1\0\5\0")},
		   {'<', SLICE("0/"
			       "\2\1\1\4\6public\242\"\2\4@\1\2\3\2\1\0\2\1\0000\0240\22\6\10+"
			       "\6\1\2\1\1\1\0\4\6a peer")}},
	 .codes = "snmp-public"},
};
static const struct audit_vector private_vectors[] = {
	{.title = "a system",
	 .source = "Net-SNMP 5.9.3",
	 .turns = {{'>', SLICE("0*\2\1\1\4\7private\240\34\2\4@\1\2\3\2\1\0\2\1\0000\0160\14\6\10+"
			       "\6\1\2\1\1\1\0\5\0")},
		   {'<', SLICE("00\2\1\1\4\7private\242\"\2\4@\1\2\3\2\1\0\2\1\0000\0240\22\6\10+"
			       "\6\1\2\1\1\1\0\4\6a peer")}},
	 .codes = "snmp-private",
	 .evidence = "it answered in version 2c: a peer"},
};

const struct audit audit_snmp_public = {
	.name = "snmp-public",
	.title = "the community \"public\" of SNMP",
	.of = of,
	.transport = TRANSPORT_UDP,
	.is_active = true,
	.start = start_public,
	.input = input_public,
	.over = audit_rest,
	.weaknesses = public_weaknesses,
	.n_weaknesses = ARRAY_LEN(public_weaknesses),
	.vectors = public_vectors,
	.n_vectors = ARRAY_LEN(public_vectors),
};
const struct audit audit_snmp_private = {
	.name = "snmp-private",
	.title = "the community \"private\" of SNMP",
	.of = of,
	.transport = TRANSPORT_UDP,
	.is_active = true,
	.start = start_private,
	.input = input_private,
	.over = audit_rest,
	.weaknesses = private_weaknesses,
	.n_weaknesses = ARRAY_LEN(private_weaknesses),
	.vectors = private_vectors,
	.n_vectors = ARRAY_LEN(private_vectors),
};
