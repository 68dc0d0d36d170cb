/* SPDX-License-Identifier: ISC
 *
 * NTP: does it answer strangers' questions about itself? They are short, come with any sender's
 * address, and the answers are long. Mode 6, read variables: RFC 9327 section 2. Mode 7, the list
 * of who was there: no standard, but ntpd's ntp_request.h up to 4.2.6.
 */
#include "audit/audit.h"
#include "base/compiler.h"
#include "proto/wire.h"

enum { READ_VARIABLES = 2, MODE_6 = 6, MODE_7 = 7, MODES = 7, RESPONSE = 0x80, ERROR = 0x40 };
enum { XNTPD = 3, LIST = 42, CONTROL_HEADER = 12, LIST_QUESTION = 8 };

static const struct weakness control_weaknesses[] = {
	{"ntp-control", SEVERITY_MEDIUM, false,
	 "it answers questions of mode 6 from anybody, with a forged sender too",
	 "Let only its own administrators ask (restrict default noquery).",
	 "RFC 9327, Security Considerations"},
};
static const struct weakness list_weaknesses[] = {
	{"ntp-monlist", SEVERITY_MEDIUM, false,
	 "it answers a small question from anybody with a long list (monlist): attackers use it",
	 "Update it, or switch this off (disable monitor; restrict default noquery).",
	 "CVE-2013-5211"},
};

/* Version 2, mode 6; the number of the question. */
static bool start_control(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	static const uint8_t zeros[8]; /* status, association, offset, count */

	(void)state;
	proto_put(out, (const uint8_t[]){0x16, READ_VARIABLES}, 2);
	proto_put(out, ask->chance, 2);
	proto_put(out, zeros, sizeof(zeros));
	return true;
}

static enum proto_result input_control(void *state, const struct audit_ask *ask, struct slice *in,
				       struct proto_out *out, struct audit_notes *notes)
{
	struct slice m = *in;

	(void)state;
	(void)out;
	if (m.n < CONTROL_HEADER || (m.p[0] & MODES) != MODE_6 || !(m.p[1] & RESPONSE))
		return PROTO_OTHER;
	if (memcmp(m.p + 2, ask->chance, 2) != 0)
		return PROTO_MORE;
	if (m.p[1] & ERROR || m.n == CONTROL_HEADER)
		return PROTO_PROVED;
	audit_note(notes, &control_weaknesses[0], "%zu bytes were answered with at least %zu",
		   (size_t)CONTROL_HEADER, m.n);
	return PROTO_PROVED;
}

/* Version 2, mode 7; no authentication, ntpd's own form, MON_GETLIST_1. */
static bool start_list(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	proto_put(out, (const uint8_t[]){0x17, 0, XNTPD, LIST, 0, 0, 0, 0}, LIST_QUESTION);
	return true;
}

/* Behind the head: an error and how many entries there are, and an entry's size. */
static enum proto_result input_list(void *state, const struct audit_ask *ask, struct slice *in,
				    struct proto_out *out, struct audit_notes *notes)
{
	enum { COUNT = 0x0fff };
	uint8_t flags, sequence, form, request;
	struct slice m = *in;
	uint16_t entries;

	(void)state;
	(void)ask;
	(void)out;
	if (!wire_take8(&m, &flags) || (flags & (RESPONSE | MODES)) != (RESPONSE | MODE_7) ||
	    !wire_take8(&m, &sequence) || !wire_take8(&m, &form) || form != XNTPD ||
	    !wire_take8(&m, &request) || request != LIST || !wire_take16(&m, &entries))
		return PROTO_OTHER;
	if (entries > COUNT || !entries) /* an error, or an empty list */
		return PROTO_PROVED;
	audit_note(notes, &list_weaknesses[0], "%d bytes were answered with at least %zu",
		   LIST_QUESTION, in->n);
	return PROTO_PROVED;
}

static const char *const of[] = {"ntp", NULL};

static const struct audit_vector control_vectors[] = {
	{.title = "what it is",
	 .source = "NTPsec 1.2.2",
	 .turns = {{'>', SLICE("\26\2\0\1\0\0\0\0\0\0\0\0")},
		   {'<', SLICE("\326\202\0\1\300\26\0\0\0\0\1Yleap=3, stratum=16, precision=-24, "
			       "rootdelay=0.000, rootdisp=0.015,\r\nrefid=INIT, "
			       "reftime=0x00000000.00000000, tc=0, peer=0, "
			       "offset=0.000000,\r\nfrequency=0.000000, sys_jitter=0.000000, "
			       "clk_jitter=0.000060,\r\nclock=0xeeb4bf09.b6d3db42, "
			       "processor=\"x86_64\",\r\nsystem=\"Linux/6.18.44-fc-v769\", "
			       "version=\"ntpd ntpsec-1.2.2\",\r\nclk_wander=0.000000, "
			       "mintc=0\r\n\0\0\0")}},
	 .codes = "ntp-control"},
	{.title = "it does not tell",
	 .source = "RFC 9327 section 2",
	 .turns = {{'>', SLICE("\26\2\0\1\0\0\0\0\0\0\0\0")},
		   {'<', SLICE("\26\302\0\1\1\0\0\0\0\0\0\0")}},
	 .codes = ""},
};
static const struct audit_vector list_vectors[] = {
	{.title = "one entry",
	 .source = "ntpd 4.2.6, ntp_request.h",
	 .turns = {{'>', SLICE("\27\0\3*\0\0\0\0")},
		   {'<', SLICE("\327\0\3*\0\1\0 0123456789abcdef0123456789abcdef")}},
	 .codes = "ntp-monlist",
	 .evidence = "8 bytes were answered with at least 40"},
	{.title = "it does not do that any more",
	 .source = "ntpd 4.2.6, ntp_request.h",
	 .turns = {{'>', SLICE("\27\0\3*\0\0\0\0")}, {'<', SLICE("\227\0\3*0\0\0\0")}},
	 .codes = ""},
};

const struct audit audit_ntp_control = {
	.name = "ntp-control",
	.title = "what NTP tells strangers of itself (mode 6)",
	.of = of,
	.transport = TRANSPORT_UDP,
	.start = start_control,
	.input = input_control,
	.over = audit_rest,
	.weaknesses = control_weaknesses,
	.n_weaknesses = ARRAY_LEN(control_weaknesses),
	.vectors = control_vectors,
	.n_vectors = ARRAY_LEN(control_vectors),
};
const struct audit audit_ntp_list = {
	.name = "ntp-list",
	.title = "NTP's list of clients (mode 7)",
	.of = of,
	.transport = TRANSPORT_UDP,
	.start = start_list,
	.input = input_list,
	.over = audit_rest,
	.weaknesses = list_weaknesses,
	.n_weaknesses = ARRAY_LEN(list_weaknesses),
	.vectors = list_vectors,
	.n_vectors = ARRAY_LEN(list_vectors),
};
