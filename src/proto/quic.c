/* SPDX-License-Identifier: ISC
 *
 * QUIC: a first packet of a version that nobody has. A server names those that it has, RFC 9000
 * sections 6.1 and 17.2.1, with our connection ids; nothing is kept of us, and no key is needed. A
 * server answers a datagram of 1,200 bytes at least, so that nobody is flooded in our name.
 *
 * It proves QUIC, and not what is inside: so neither https nor doq.
 */
#include <stdio.h>

#include "base/compiler.h"
#include "proto/proto.h"
#include "proto/wire.h"

enum { DATAGRAM_MIN = 1200, LONG_HEADER = 0x80, FIXED = 0x40, ID = 8 };

/* Versions of the form 0x?a?a?a?a are for this, RFC 9000 section 15. */
static void put_version(const struct proto_ask *ask, struct proto_out *out)
{
	for (unsigned i = 0; i < 4; i++) {
		const uint8_t byte = (ask->chance[i] & 0xf0) | 0x0a;

		proto_put(out, &byte, 1);
	}
}

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	static const uint8_t first = LONG_HEADER | FIXED, id_length = ID;
	static const uint8_t padding[DATAGRAM_MIN];

	(void)state;
	proto_put(out, &first, 1);
	put_version(ask, out);
	proto_put(out, &id_length, 1);
	proto_put(out, ask->chance, ID); /* the server's, for now */
	proto_put(out, &id_length, 1);
	proto_put(out, ask->chance + ID, ID); /* ours */
	proto_put(out, padding, DATAGRAM_MIN - out->n);
}

static bool take_id(struct slice *s, struct slice *id)
{
	uint8_t n;

	return wire_take8(s, &n) && wire_take(s, n, id);
}

static bool is_reserved(uint32_t version)
{
	return (version & 0x0f0f0f0f) == 0x0a0a0a0a;
}

/* RFC 9000 section 15, RFC 9369 section 3.1; else in digits. */
static void name_version(uint32_t version, char *name, size_t size)
{
	if (version == 1)
		snprintf(name, size, "1");
	else if (version == 0x6b3343cf)
		snprintf(name, size, "2");
	else if (version >> 8 == 0xff0000)
		snprintf(name, size, "draft %u", version & 0xff);
	else
		snprintf(name, size, "%08x", version);
}

static void say_versions(struct slice s, struct proto_said *said)
{
	char text[PROTO_TEXT_MAX] = "", name[16];
	uint32_t version;
	size_t n = 0;

	while (wire_take32(&s, &version) && n < sizeof(text)) {
		if (is_reserved(version))
			continue;
		name_version(version, name, sizeof(name));
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s", n ? ", " : "version ",
				      name);
	}
	proto_say(said, slice_of(text));
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	struct slice s = *in, to, from;
	uint32_t version;
	uint8_t first;

	(void)state;
	(void)out;
	if (!wire_take8(&s, &first) || !(first & LONG_HEADER) || !wire_take32(&s, &version) ||
	    version != 0 || !take_id(&s, &to) || !take_id(&s, &from) || s.n == 0 || s.n % 4)
		return PROTO_OTHER;
	if (to.n != ID || memcmp(to.p, ask->chance + ID, ID) != 0 || from.n != ID ||
	    memcmp(from.p, ask->chance, ID) != 0)
		return PROTO_MORE;
	say_versions(s, said);
	return PROTO_PROVED;
}

static const char *const services[] = {"quic", NULL};

#define PAD_100                                                                                    \
	"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"         \
	"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"         \
	"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define PAD_1100                                                                                   \
	PAD_100 PAD_100 PAD_100 PAD_100 PAD_100 PAD_100 PAD_100 PAD_100 PAD_100 PAD_100 PAD_100
#define PAD_77                                                                                     \
	"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"         \
	"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define IDS_ASKED    "\10\0\1\2\3\4\5\6\7\10\10\11\n\13\14\15\16\17"
#define IDS_ANSWERED "\10\10\11\n\13\14\15\16\17\10\0\1\2\3\4\5\6\7"
#define QUESTION     "\300\n\n\n\n" IDS_ASKED PAD_1100 PAD_77

static const struct proto_vector vectors[] = {
	{.title = "the versions that it has",
	 .source = "Caddy 2.6.2",
	 .turns = {{'>', SLICE(QUESTION)},
		   {'<', SLICE("\202\0\0\0\0\10\10\11\n\13\14\15\16\17\10\0\1\2\3\4\5\6\7\0\0\0\1p"
			       "\232P\304\377\0\0\35:*\352\32")}},
	 .result = PROTO_PROVED,
	 .text = "version 1, 709a50c4, draft 29"},
	{.title = "two versions",
	 .source = "RFC 9000, RFC 9369",
	 .turns = {{'>', SLICE(QUESTION)},
		   {'<', SLICE("\200\0\0\0\0" IDS_ANSWERED "k3C\317\0\0\0\1")}},
	 .result = PROTO_PROVED,
	 .text = "version 2, 1"},
	{.title = "a draft, one that is nobody's, and one that we do not know",
	 .source = "RFC 9000 section 15",
	 .turns = {{'>', SLICE(QUESTION)},
		   {'<', SLICE("\377\0\0\0\0" IDS_ANSWERED "\377\0\0\35\32*:JQ046")}},
	 .result = PROTO_PROVED,
	 .text = "version draft 29, 51303436"},
	{.title = "an answer to another question is waited out",
	 .source = "RFC 9000 section 6.2",
	 .turns = {{'>', SLICE(QUESTION)},
		   {'<', SLICE("\200\0\0\0\0\10another1\10another2\0\0\0\1")}},
	 .result = PROTO_MORE},
	{.title = "no version at all",
	 .source = "RFC 9000 section 17.2.1",
	 .turns = {{'>', SLICE(QUESTION)}, {'<', SLICE("\200\0\0\0\0" IDS_ANSWERED)}},
	 .result = PROTO_OTHER},
	{.title = "half a version",
	 .source = "RFC 9000 section 17.2.1",
	 .turns = {{'>', SLICE(QUESTION)},
		   {'<', SLICE("\200\0\0\0\0" IDS_ANSWERED "\0\0\0\1\0\0")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(QUESTION)}, {'<', SLICE(QUESTION)}},
	 .result = PROTO_OTHER},
};

const struct proto proto_quic = {
	.name = "quic",
	.services = services,
	.transport = TRANSPORT_UDP,
	.answers = PROTO_ALWAYS,
	.start = start,
	.input = input,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
