/* SPDX-License-Identifier: ISC
 *
 * X11: the first message of a client, without any authorization (X Window System Protocol, version
 * 11, section 8 and appendix B). Nothing is drawn or read. A server that accepts it is open to
 * anybody who comes from where we do; one that does not says why.
 */
#include "base/compiler.h"
#include "proto/proto.h"
#include "proto/wire.h"

enum { LITTLE_ENDIAN_CLIENT = 'l', VERSION = 11, VENDOR_AT = 32 };
/* 2, that more authorization is wanted, is for those who have begun with some. */
enum { FAILED, ACCEPTED };

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	proto_put16le(out, LITTLE_ENDIAN_CLIENT);
	proto_put16le(out, VERSION);
	proto_put16le(out, 0); /* its minor */
	proto_put16le(out, 0); /* authorization: no name, */
	proto_put16le(out, 0); /* no data */
	proto_put16le(out, 0);
}

/* The words of a refusal, `n` bytes, padded to the length that the head tells. */
static enum proto_result read_refusal(struct slice m, unsigned n, unsigned length,
				      struct proto_said *said)
{
	struct slice words;

	if (n == 0 || n > length || length - n > 3)
		return PROTO_OTHER;
	if (!wire_take(&m, n, &words))
		return PROTO_MORE;
	for (size_t i = 0; i < n; i++)
		if ((uint8_t)words.p[i] < ' ' && words.p[i] != '\n')
			return PROTO_OTHER;
	proto_say(said, words);
	return PROTO_PROVED;
}

/* Release, base and mask of resource ids, a buffer's size, the length of the vendor's name; the
 * vendor. The mask is 18 bits or more. */
static enum proto_result read_welcome(struct slice m, unsigned length, struct proto_said *said)
{
	uint32_t release, base, mask, buffer;
	uint16_t vendor_n;
	struct slice fixed, vendor, s = m;

	if (length < VENDOR_AT)
		return PROTO_OTHER;
	if (!wire_take(&m, VENDOR_AT, &fixed))
		return PROTO_MORE;
	if (!wire_take32le(&s, &release) || !wire_take32le(&s, &base) ||
	    !wire_take32le(&s, &mask) || !wire_take32le(&s, &buffer) ||
	    !wire_take16le(&s, &vendor_n))
		return PROTO_OTHER;
	if (mask == 0 || base & mask || vendor_n > length - VENDOR_AT)
		return PROTO_OTHER;
	if (!wire_take(&m, vendor_n, &vendor))
		return PROTO_MORE;
	proto_sayf(said, "open to anybody: %.*s, release %u", (int)vendor.n, vendor.p, release);
	return PROTO_PROVED;
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	uint8_t result, n;
	uint16_t major, minor, length;
	struct slice m = *in;

	(void)state;
	(void)ask;
	(void)out;
	if (m.n && (uint8_t)m.p[0] > ACCEPTED)
		return PROTO_OTHER;
	if (!wire_take8(&m, &result) || !wire_take8(&m, &n) || !wire_take16le(&m, &major) ||
	    !wire_take16le(&m, &minor) || !wire_take16le(&m, &length))
		return PROTO_MORE;
	if (major != VERSION || minor != 0)
		return PROTO_OTHER;
	return result == FAILED ? read_refusal(m, n, length * 4u, said)
				: read_welcome(m, length * 4u, said);
}

static const char *const services[] = {"x11", NULL};

#define REQUEST "l\0\13\0\0\0\0\0\0\0\0\0"

static const struct proto_vector vectors[] = {
	{.title = "it takes anybody",
	 .source = "X.Org 21.1.7",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("\1\0\13\0\0\0S\0\217\245\270\0\0\0 \0\377\377\37\0\0\1\0\0\24\0"
			       "\377\377\1\6\0\0  \10\377\0\0\0\0The X.Org Foundation\1\1 \0")}},
	 .result = PROTO_PROVED,
	 .text = "open to anybody: The X.Org Foundation, release 12101007"},
	{.title = "it wants an authorization",
	 .source = "X.Org 21.1.7",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("\0@\13\0\0\0\20\0")},
		   {'<',
		    SLICE("Authorization required, but no authorization protocol specified\n")}},
	 .result = PROTO_PROVED,
	 .text = "Authorization required, but no authorization protocol specified"},
	{.title = "words longer than it says",
	 .source = "X Window System Protocol, section 8",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE("\0\26\13\0\0\0\2\0No proto")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE(REQUEST)}},
	 .result = PROTO_OTHER},
};

const struct proto proto_x11 = {
	.name = "x11",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.start = start,
	.input = input,
	.turn = 52,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
