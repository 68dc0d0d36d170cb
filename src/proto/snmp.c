/* SPDX-License-Identifier: ISC
 *
 * SNMP: which engine are you? RFC 3414 section 4, version 3. It needs no community and no user; the
 * answer is a report. Agents of versions 1 and 2c only, and those that know their managers by
 * address, stay silent.
 */
#include "base/compiler.h"
#include "proto/ber.h"
#include "proto/proto.h"
#include "proto/wire.h"

enum { VERSION_3 = 3, REPORT = BER_CONTEXT | 8 };

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	static const struct slice version = SLICE("\x30\x3e\x02\x01\x03\x30\x11"),
				  /* Size, flags (reportable), USM; no engine, no user. */
		security = SLICE("\x02\x03\0\xff\xe3\x04\x01\x04\x02\x01\x03"
				 "\x04\x10\x30\x0e\x04\0\x02\x01\0\x02\x01\0\x04\0\x04\0\x04\0"
				 "\x30\x14\x04\0\x04\0\xa0\x0e"),
				  get_nothing = SLICE("\x02\x01\0\x02\x01\0\x30\0");

	(void)state;
	proto_put(out, version.p, version.n);
	ber_put_id(out, ask);
	proto_put(out, security.p, security.n);
	ber_put_id(out, ask);
	proto_put(out, get_nothing.p, get_nothing.n);
}

/* IANA private enterprise numbers. */
static const struct {
	uint32_t number;
	const char *name;
} vendors[] = {
	{9, "Cisco"},	   {11, "HP"},		{42, "Sun"},	      {171, "D-Link"},
	{253, "Xerox"},	   {311, "Microsoft"},	{318, "APC"},	      {343, "Intel"},
	{367, "Ricoh"},	   {641, "Lexmark"},	{674, "Dell"},	      {789, "NetApp"},
	{890, "Zyxel"},	   {1588, "Brocade"},	{1602, "Canon"},      {1991, "Foundry"},
	{2011, "Huawei"},  {2021, "UCD-SNMP"},	{2435, "Brother"},    {2620, "Check Point"},
	{2636, "Juniper"}, {3375, "F5"},	{4526, "Netgear"},    {5951, "NetScaler"},
	{6527, "Nokia"},   {6876, "VMware"},	{8072, "Net-SNMP"},   {12356, "Fortinet"},
	{14823, "Aruba"},  {14988, "MikroTik"}, {25461, "Palo Alto"}, {25506, "H3C"},
	{30065, "Arista"}, {41112, "Ubiquiti"},
};

/* RFC 3411 section 5, SnmpEngineID: it begins with the number of who made it. */
static void say_vendor(struct slice engine, struct proto_said *said)
{
	uint32_t number;

	if (!wire_take32(&engine, &number))
		return;
	number &= 0x7fffffff;
	for (size_t i = 0; i < ARRAY_LEN(vendors); i++)
		if (vendors[i].number == number) {
			proto_sayf(said, "engine by %s", vendors[i].name);
			return;
		}
	proto_sayf(said, "engine by enterprise %u", number);
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	struct slice all = *in, m, header, security, usm, engine, scoped, skipped;
	uint32_t version, id;
	uint8_t pdu;

	(void)state;
	(void)out;
	if (!ber_take(&all, BER_SEQUENCE, &m) || !ber_take_number(&m, &version) ||
	    version != VERSION_3 || !ber_take(&m, BER_SEQUENCE, &header) ||
	    !ber_take_number(&header, &id) || !ber_take(&m, BER_OCTETS, &security) ||
	    !ber_take(&security, BER_SEQUENCE, &usm) || !ber_take(&usm, BER_OCTETS, &engine) ||
	    !ber_take(&m, BER_SEQUENCE, &scoped) || !ber_take(&scoped, BER_OCTETS, &skipped) ||
	    !ber_take(&scoped, BER_OCTETS, &skipped) || !ber_take_any(&scoped, &pdu, &skipped) ||
	    pdu != REPORT)
		return PROTO_OTHER;
	if (id != ber_id(ask))
		return PROTO_MORE;
	say_vendor(engine, said);
	return PROTO_PROVED;
}

static const char *const services[] = {"snmp", NULL};

#define REQUEST                                                                                    \
	"0>\2\1\0030\21\2\4@\1\2\3\2\3\0\377\343\4\1\4\2\1\3\4\0200\16\4\0\2\1\0\2\1\0\4"          \
	"\0\4\0\4\0000\24\4\0\4\0\240\16\2\4@\1\2\3\2\1\0\2\1\0000\0"

static const struct proto_vector vectors[] = {
	{.title = "which engine it is",
	 .source = "Net-SNMP 5.9.3",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<',
		    SLICE("0q\2\1\0030\21\2\4@\1\2\3\2\3\0\377\343\4\1\0\2\1\3\4!0\37\4\21\200"
			  "\0\37\210\2000\37/R:\35\11k\0\0\0\0\2\1\1\2\1\0\4\0\4\0\4\00006\4\21"
			  "\200\0\37\210\2000\37/R:\35\11k\0\0\0\0\4\0\250\37\2\4@\1\2\3\2\1\0"
			  "\2\1\0000\0210\17\6\n"
			  "+\6\1\6\3\17\1\1\4\0A\1\1")}},
	 .result = PROTO_PROVED,
	 .text = "engine by Net-SNMP"},
	{.title = "an engine of somebody else",
	 .source = "RFC 3411",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("0q\2\1\0030\21\2\4@\1\2\3\2\3\0\377\343\4\1\0\2\1\3\4!0\37\4\21\200"
			       "\0\377\377\2000\37/R:\35\11k\0\0\0\0\2\1\1\2\1\0\4\0\4\0\4\00006\4"
			       "\21\200\0\377\377\2000\37/R:\35\11k\0\0\0\0\4\0\250\37\2\4@\1\2\3\2"
			       "\1\0\2\1\0000\0210\17\6\n"
			       "+\6\1\6\3\17\1\1\4\0A\1\1")}},
	 .result = PROTO_PROVED,
	 .text = "engine by enterprise 65535"},
	{.title = "an answer to another question is waited out",
	 .source = "RFC 3412",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<',
		    SLICE("0q\2\1\0030\21\2\4\21\21\21\21\2\3\0\377\343\4\1\0\2\1\3\4!0\37\4\21"
			  "\200\0\37\210\2000\37/R:\35\11k\0\0\0\0\2\1\1\2\1\0\4\0\4\0\4\00006"
			  "\4\21\200\0\37\210\2000\37/R:\35\11k\0\0\0\0\4\0\250\37\2\4\21\21\21"
			  "\21\2\1\0\2\1\0000\0210\17\6\n"
			  "+\6\1\6\3\17\1\1\4\0A\1\1")}},
	 .result = PROTO_MORE},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE(REQUEST)}},
	 .result = PROTO_OTHER},
};

const struct proto proto_snmp = {
	.name = "snmp",
	.services = services,
	.transport = TRANSPORT_UDP,
	.answers = PROTO_SOMETIMES,
	.start = start,
	.input = input,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
