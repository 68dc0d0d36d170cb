/* SPDX-License-Identifier: ISC
 *
 * X11: whether a client without any authorization is accepted: X Window System Protocol, version
 * 11, section 8. Nothing is drawn or read.
 */
#include "audit/audit.h"
#include "base/compiler.h"
#include "proto/wire.h"

enum { LITTLE_ENDIAN_CLIENT = 'l', VERSION = 11, ACCEPTED = 1 };
enum { VENDOR_SIZE_AT = 16, VENDOR_AT = 32 };

static const struct weakness weaknesses[] = {
	{"x11-open", SEVERITY_CRITICAL, false,
	 "it lets anybody see the screen, read the keyboard and type",
	 "Start it with -nolisten tcp, or at least demand an authorization (xauth, not xhost +).",
	 "X Window System Protocol section 8; CVE-1999-0526"},
};

static bool start(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	proto_put16le(out, LITTLE_ENDIAN_CLIENT);
	proto_put16le(out, VERSION);
	for (unsigned i = 0; i < 4; i++) /* its minor; no authorization's name, and no data */
		proto_put16le(out, 0);
	return true;
}

/* Of an acceptance the head and who made the server; a refusal says nothing against it. */
static enum proto_result input(void *state, const struct audit_ask *ask, struct slice *in,
			       struct proto_out *out, struct audit_notes *notes)
{
	uint8_t result, unused;
	uint16_t major, minor, length, vendor_n;
	struct slice m = *in, fixed, vendor;

	(void)state;
	(void)ask;
	(void)out;
	if (!wire_take8(&m, &result) || !wire_take8(&m, &unused) || !wire_take16le(&m, &major) ||
	    !wire_take16le(&m, &minor) || !wire_take16le(&m, &length))
		return PROTO_MORE;
	if (major != VERSION || result != ACCEPTED || length * 4u < VENDOR_AT)
		return result ? PROTO_OTHER : PROTO_PROVED;
	if (!wire_take(&m, VENDOR_AT, &fixed))
		return PROTO_MORE;
	fixed = slice_skip(fixed, VENDOR_SIZE_AT);
	if (!wire_take16le(&fixed, &vendor_n) || vendor_n > length * 4u - VENDOR_AT)
		return PROTO_OTHER;
	if (!wire_take(&m, vendor_n, &vendor))
		return PROTO_MORE;
	audit_note(notes, &weaknesses[0], "it accepted a client without authorization: %.*s",
		   vendor.n < AUDIT_TEXT_MAX ? (int)vendor.n : AUDIT_TEXT_MAX, vendor.p);
	return PROTO_PROVED;
}

static const char *const of[] = {"x11", NULL};

static const struct audit_vector vectors[] = {
	{.title = "it takes anybody",
	 .source = "X.Org 21.1.7",
	 .turns = {{'>', SLICE("l\0\13\0\0\0\0\0\0\0\0\0")},
		   {'<', SLICE("\1\0\13\0\0\0S\0\217\245\270\0\0\0 \0\377\377\37\0\0\1\0\0\24\0"
			       "\377\377\1\6\0\0  \10\377\0\0\0\0The X.Org Foundation\1\1 \0")}},
	 .codes = "x11-open",
	 .evidence = "it accepted a client without authorization: The X.Org Foundation"},
	{.title = "it wants an authorization",
	 .source = "X.Org 21.1.7",
	 .turns = {{'>', SLICE("l\0\13\0\0\0\0\0\0\0\0\0")},
		   {'<', SLICE("\0@\13\0\0\0\20\0Authorization required, but no authorization "
			       "protocol specified\n")}},
	 .codes = ""},
};

const struct audit audit_x11 = {
	.name = "x11",
	.title = "X11 without authorization",
	.of = of,
	.transport = TRANSPORT_TCP,
	.start = start,
	.input = input,
	.weaknesses = weaknesses,
	.n_weaknesses = ARRAY_LEN(weaknesses),
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
