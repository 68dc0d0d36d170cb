/* SPDX-License-Identifier: ISC
 *
 * RADIUS: does it answer a request without Message-Authenticator, and is one in its answer? Without
 * it an answer can be made by who is on the way: "RADIUS/UDP considered harmful". The question is
 * the dialogue's own, which names no user (proto/radius.c).
 */
#include "audit/audit.h"
#include "base/compiler.h"
#include "proto/wire.h"

enum { ACCEPT = 2, REJECT = 3, CHALLENGE = 11, MESSAGE_AUTHENTICATOR = 80 };

enum { UNSIGNED_ANSWER, UNSIGNED_REQUEST };
static const struct weakness weaknesses[] = {
	[UNSIGNED_ANSWER] = {"radius-unsigned-answer", SEVERITY_MEDIUM, false,
			     "its answers can be forged by who is on the way (BlastRADIUS)",
			     "Update it, let it demand Message-Authenticator of its clients, or "
			     "move to RADIUS over TLS.",
			     "CVE-2024-3596; RFC 3579 section 3.2"},
	[UNSIGNED_REQUEST] = {"radius-unsigned-request", SEVERITY_LOW, true,
			      "it answers requests that nobody has signed",
			      "Let it demand Message-Authenticator of its clients "
			      "(require_message_authenticator = yes).",
			      "CVE-2024-3596; RFC 3579 section 3.2"},
};

static bool start(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	struct proto_ask a = {.what = NULL};

	memcpy(a.chance, ask->chance, sizeof(a.chance));
	proto_find("radius", TRANSPORT_UDP)->start(state, &a, out);
	return true;
}

/* False: these are no attributes. */
static bool find_signature(struct slice s, bool *is_signed)
{
	struct slice value;
	uint8_t type, n;

	*is_signed = false;
	while (s.n) {
		if (!wire_take8(&s, &type) || !wire_take8(&s, &n) || n < 2 ||
		    !wire_take(&s, n - 2u, &value))
			return false;
		*is_signed |= type == MESSAGE_AUTHENTICATOR;
	}
	return true;
}

static enum proto_result input(void *state, const struct audit_ask *ask, struct slice *in,
			       struct proto_out *out, struct audit_notes *notes)
{
	struct slice m = *in, authenticator;
	uint8_t code, id;
	uint16_t n;
	bool is_signed;

	(void)state;
	(void)out;
	if (!wire_take8(&m, &code) || !wire_take8(&m, &id) || !wire_take16(&m, &n) || n != in->n ||
	    !wire_take(&m, 16, &authenticator) || !find_signature(m, &is_signed) ||
	    (code != ACCEPT && code != REJECT && code != CHALLENGE))
		return PROTO_OTHER;
	if (id != ask->chance[PROTO_CHANCE - 1])
		return PROTO_MORE;
	if (!is_signed)
		audit_note(notes, &weaknesses[UNSIGNED_ANSWER],
			   "its answer, of code %u, has no Message-Authenticator", code);
	audit_note(notes, &weaknesses[UNSIGNED_REQUEST],
		   "it answered a request without Message-Authenticator");
	return PROTO_PROVED;
}

static const char *const of[] = {"radius", NULL};

static const struct audit_vector vectors[] = {
	{.title = "not signed",
	 .source = "FreeRADIUS 3.2.1",
	 .turns = {{'>', SLICE("\1\17\0\36\0\1\2\3\4\5\6\7\10\11\n\13\14\r\16\17 \nportolan")},
		   {'<', SLICE("\3\17\0\24[\11\237\236\317\360jJ\324\344\361vY\354\241C")}},
	 .codes = "radius-unsigned-answer radius-unsigned-request"},
	{.title = "a signed answer",
	 .source = "RFC 3579 section 3.2",
	 .turns = {{'>', SLICE("\1\17\0\36\0\1\2\3\4\5\6\7\10\11\n\13\14\r\16\17 \nportolan")},
		   {'<', SLICE("\3\17\0&[\11\237\236\317\360jJ\324\344\361vY\354\241CP\22"
			       "0123456789abcdef")}},
	 .codes = "radius-unsigned-request"},
};

const struct audit audit_radius = {
	.name = "radius",
	.title = "signatures of RADIUS (Message-Authenticator)",
	.of = of,
	.transport = TRANSPORT_UDP,
	.start = start,
	.input = input,
	.weaknesses = weaknesses,
	.n_weaknesses = ARRAY_LEN(weaknesses),
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
