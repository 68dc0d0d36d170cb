/* SPDX-License-Identifier: ISC
 *
 * VNC: which ways to log in it offers: none at all, or only such as leave the screen and the keys
 * in clear text. Of them VeNCrypt alone is chosen, for what it offers inside TLS, which is not
 * begun. RFC 6143 sections 7.1 and 7.2; VeNCrypt: The RFB Protocol, community version.
 */
#include "audit/audit.h"
#include "base/compiler.h"
#include "proto/wire.h"

enum { VERSION_BYTES = 12 };
enum { TYPE_NONE = 1, TYPE_VNC = 2, TYPE_VENCRYPT = 19 };
/* Inside VeNCrypt: with TLS of nobody, or with a certificate; then none, VNC's or a name's. */
enum { TLS_NONE = 257, TLS_PLAIN = 259, X509_NONE = 260 };

enum { NO_PASSWORD, CLEAR, ANONYMOUS };
static const struct weakness weaknesses[] = {
	[NO_PASSWORD] = {"vnc-no-password", SEVERITY_CRITICAL, false,
			 "it shows its desktop to anybody, and lets anybody use it",
			 "Set a password, or let it listen on the loopback alone, behind SSH.",
			 "RFC 6143 section 7.2.1; CWE-306"},
	[CLEAR] = {"vnc-cleartext", SEVERITY_MEDIUM, false,
		   "it offers no way to log in that encrypts: screen and keys pass in clear text",
		   "Offer ways with TLS alone (VeNCrypt), or let it listen on the loopback alone, "
		   "behind SSH.",
		   "RFC 6143 section 7.2.2; CWE-319"},
	[ANONYMOUS] = {"vnc-no-certificate", SEVERITY_LOW, false,
		       "its TLS shows no certificate: clients cannot tell it from an impostor",
		       "Give it a certificate, and offer the ways with X509 alone (SecurityTypes).",
		       "RFC 5246 section F.1.1.1; CWE-295"},
};

enum step { VERSION, TYPES, TYPES_OLD, VENCRYPT, SUBTYPES };

struct state {
	enum step step; /* what is waited for; of 3.3: the server alone chooses, in four bytes */
};

static bool start(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	(void)out;
	return true;
}

/* "RFB 003.008\n"; the answer is the highest of the standard's three that the server knows. */
static enum proto_result hear_version(struct state *st, struct slice *in, struct proto_out *out)
{
	struct slice line, minor;
	uint64_t n;

	if (!wire_take(in, VERSION_BYTES, &line))
		return PROTO_MORE;
	minor = (struct slice){line.p + 8, 3};
	if (!slice_has_prefix(line, "RFB 00") || !slice_number(minor, 999, &n))
		return PROTO_OTHER;
	st->step = n < 7 && line.p[6] == '3' ? TYPES_OLD : TYPES;
	proto_put_text(out, st->step == TYPES_OLD ? "RFB 003.003\n"
			    : n == 7		  ? "RFB 003.007\n"
						  : "RFB 003.008\n");
	return PROTO_MORE;
}

/* True: there is more to be found out inside VeNCrypt. */
static bool judge(struct slice types, struct audit_notes *notes)
{
	bool has_none = false, is_clear = types.n > 0, has_vencrypt = false;

	for (size_t i = 0; i < types.n; i++) {
		has_none |= types.p[i] == TYPE_NONE;
		has_vencrypt |= types.p[i] == TYPE_VENCRYPT;
		is_clear &= types.p[i] == TYPE_NONE || types.p[i] == TYPE_VNC;
	}
	if (has_none)
		audit_note(notes, &weaknesses[NO_PASSWORD], "it offers the security type None");
	if (is_clear)
		audit_note(notes, &weaknesses[CLEAR], "it offers %s",
			   !has_none	 ? "VNC passwords alone"
			   : types.n > 1 ? "None and VNC passwords alone"
					 : "None alone");
	return has_vencrypt;
}

/* A list; without any: it takes nobody at present, and says why. */
static enum proto_result hear_types(struct state *st, struct slice *in, struct proto_out *out,
				    struct audit_notes *notes)
{
	struct slice types, m = *in;
	uint8_t n;

	if (!wire_take8(&m, &n) || !wire_take(&m, n, &types))
		return PROTO_MORE;
	*in = m;
	if (!judge(types, notes))
		return types.n ? PROTO_PROVED : PROTO_OTHER;
	st->step = VENCRYPT;
	proto_put(out, (const uint8_t[]){TYPE_VENCRYPT}, 1);
	return PROTO_MORE;
}

static enum proto_result hear_type(struct slice *in, struct audit_notes *notes)
{
	struct slice m = *in;
	uint32_t type;

	if (!wire_take32(&m, &type))
		return PROTO_MORE;
	if (type == 0 || type > UINT8_MAX)
		return PROTO_OTHER;
	judge((struct slice){m.p - 1, 1}, notes);
	return PROTO_PROVED;
}

/* Its version, 0.2, which is ours too. */
static enum proto_result hear_vencrypt(struct state *st, struct slice *in, struct proto_out *out)
{
	uint16_t version;

	if (!wire_take16(in, &version))
		return PROTO_MORE;
	if (version < 2)
		return PROTO_PROVED;
	st->step = SUBTYPES;
	proto_put16(out, 2);
	return PROTO_MORE;
}

/* A zero, for the version is right; a list. */
static enum proto_result hear_subtypes(struct slice in, struct audit_notes *notes)
{
	bool is_anonymous = true, has_none = false;
	struct slice list;
	uint8_t refused, n;
	uint32_t type;

	if (!wire_take8(&in, &refused) || (!refused && !wire_take8(&in, &n)))
		return PROTO_MORE;
	if (refused)
		return PROTO_PROVED;
	if (!wire_take(&in, n * 4u, &list))
		return PROTO_MORE;
	while (wire_take32(&list, &type)) {
		has_none |= type == TLS_NONE || type == X509_NONE;
		is_anonymous &= type >= TLS_NONE && type <= TLS_PLAIN;
	}
	if (has_none)
		audit_note(notes, &weaknesses[NO_PASSWORD], "it offers none inside TLS (VeNCrypt)");
	if (is_anonymous && n)
		audit_note(notes, &weaknesses[ANONYMOUS],
			   "VeNCrypt offers ways without a certificate alone");
	return PROTO_PROVED;
}

static enum proto_result input(void *state, const struct audit_ask *ask, struct slice *in,
			       struct proto_out *out, struct audit_notes *notes)
{
	struct state *st = state;

	(void)ask;
	switch (st->step) {
	case VERSION:
		return hear_version(st, in, out);
	case TYPES:
		return hear_types(st, in, out, notes);
	case TYPES_OLD:
		return hear_type(in, notes);
	case VENCRYPT:
		return hear_vencrypt(st, in, out);
	case SUBTYPES:
		break;
	}
	return hear_subtypes(*in, notes);
}

static const char *const of[] = {"vnc", NULL};

static const struct audit_vector vectors[] = {
	{.title = "no password",
	 .source = "TigerVNC 1.12.0",
	 .turns = {{'<', SLICE("RFB 003.008\n")},
		   {'>', SLICE("RFB 003.008\n")},
		   {'<', SLICE("\1\1")}},
	 .codes = "vnc-no-password vnc-cleartext"},
	{.title = "a password alone",
	 .source = "TigerVNC 1.12.0",
	 .turns = {{'<', SLICE("RFB 003.008\n")},
		   {'>', SLICE("RFB 003.008\n")},
		   {'<', SLICE("\1\2")}},
	 .codes = "vnc-cleartext"},
	{.title = "TLS without a certificate",
	 .source = "TigerVNC 1.12.0",
	 .turns = {{'<', SLICE("RFB 003.008\n")},
		   {'>', SLICE("RFB 003.008\n")},
		   {'<', SLICE("\1\23")},
		   {'>', SLICE("\23")},
		   {'<', SLICE("\0\2")},
		   {'>', SLICE("\0\2")},
		   {'<', SLICE("\0\1\0\0\1\2")}},
	 .codes = "vnc-no-certificate"},
	{.title = "no password, inside TLS",
	 .source = "TigerVNC 1.12.0",
	 .turns = {{'<', SLICE("RFB 003.008\n")},
		   {'>', SLICE("RFB 003.008\n")},
		   {'<', SLICE("\1\23")},
		   {'>', SLICE("\23")},
		   {'<', SLICE("\0\2")},
		   {'>', SLICE("\0\2")},
		   {'<', SLICE("\0\1\0\0\1\1")}},
	 .codes = "vnc-no-password vnc-no-certificate",
	 .evidence = "it offers none inside TLS (VeNCrypt)"},
	{.title = "hardened",
	 .source = "TigerVNC 1.12.0",
	 .turns = {{'<', SLICE("RFB 003.008\n")},
		   {'>', SLICE("RFB 003.008\n")},
		   {'<', SLICE("\1\23")},
		   {'>', SLICE("\23")},
		   {'<', SLICE("\0\2")},
		   {'>', SLICE("\0\2")},
		   {'<', SLICE("\0\1\0\0\1\5")}},
	 .codes = ""},
	{.title = "a server of the first version",
	 .source = "RFC 6143 section 7.1.2",
	 .turns = {{'<', SLICE("RFB 003.003\n")},
		   {'>', SLICE("RFB 003.003\n")},
		   {'<', SLICE("\0\0\0\2")}},
	 .codes = "vnc-cleartext",
	 .evidence = "it offers VNC passwords alone"},
	{.title = "it takes nobody at present",
	 .source = "RFC 6143 section 7.1.2",
	 .turns = {{'<', SLICE("RFB 003.008\n")},
		   {'>', SLICE("RFB 003.008\n")},
		   {'<', SLICE("\0\0\0\0\32Too many security failures")}},
	 .codes = ""},
};

const struct audit audit_vnc = {
	.name = "vnc",
	.title = "ways to log in of VNC",
	.of = of,
	.transport = TRANSPORT_TCP,
	.state_size = sizeof(struct state),
	.start = start,
	.input = input,
	.weaknesses = weaknesses,
	.n_weaknesses = ARRAY_LEN(weaknesses),
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
