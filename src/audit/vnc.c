/* SPDX-License-Identifier: ISC
 *
 * VNC: which ways to log in it offers: none at all, or only such as leave the screen and the keys
 * in clear text. None of them is chosen. RFC 6143 sections 7.1 and 7.2.
 */
#include "audit/audit.h"
#include "base/compiler.h"
#include "proto/wire.h"

enum { VERSION_BYTES = 12 };
enum { TYPE_NONE = 1, TYPE_VNC = 2 };

enum { NO_PASSWORD, CLEAR };
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
};

struct state {
	bool has_asked;
	bool is_old; /* 3.3: the server alone chooses, in four bytes */
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
	st->has_asked = true;
	st->is_old = n < 7 && line.p[6] == '3';
	proto_put_text(out, st->is_old ? "RFB 003.003\n"
			    : n == 7   ? "RFB 003.007\n"
				       : "RFB 003.008\n");
	return PROTO_MORE;
}

static void judge(struct slice types, struct audit_notes *notes)
{
	bool has_none = false, is_clear = types.n > 0;

	for (size_t i = 0; i < types.n; i++) {
		has_none |= types.p[i] == TYPE_NONE;
		is_clear &= types.p[i] == TYPE_NONE || types.p[i] == TYPE_VNC;
	}
	if (has_none)
		audit_note(notes, &weaknesses[NO_PASSWORD], "it offers the security type None");
	if (is_clear)
		audit_note(notes, &weaknesses[CLEAR], "it offers %s",
			   !has_none	 ? "VNC passwords alone"
			   : types.n > 1 ? "None and VNC passwords alone"
					 : "None alone");
}

/* A list, or one number; 0: it takes nobody at present, and says why. */
static enum proto_result hear_types(const struct state *st, struct slice *in,
				    struct audit_notes *notes)
{
	struct slice types, m = *in;
	uint32_t type;
	uint8_t n;

	if (st->is_old) {
		if (!wire_take32(&m, &type))
			return PROTO_MORE;
		types = (struct slice){m.p - 1, type ? 1 : 0};
		if (type > UINT8_MAX)
			return PROTO_OTHER;
	} else if (!wire_take8(&m, &n) || !wire_take(&m, n, &types)) {
		return PROTO_MORE;
	}
	*in = m;
	judge(types, notes);
	return types.n ? PROTO_PROVED : PROTO_OTHER;
}

static enum proto_result input(void *state, const struct audit_ask *ask, struct slice *in,
			       struct proto_out *out, struct audit_notes *notes)
{
	struct state *st = state;

	(void)ask;
	return st->has_asked ? hear_types(st, in, notes) : hear_version(st, in, out);
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
	{.title = "TLS alone",
	 .source = "TigerVNC 1.12.0",
	 .turns = {{'<', SLICE("RFB 003.008\n")},
		   {'>', SLICE("RFB 003.008\n")},
		   {'<', SLICE("\1\23")}},
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
