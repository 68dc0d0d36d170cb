/* SPDX-License-Identifier: ISC
 *
 * NetBIOS: which names do you have? A node status request for any name, RFC 1002 section 4.2.17.
 * The name service answers it; the datagram service, which is NetBIOS too, never does.
 */
#include "base/compiler.h"
#include "proto/proto.h"
#include "proto/wire.h"

/* "*" and fifteen NULs, each byte as two letters (RFC 1001 section 14.1); type NBSTAT, class IN. */
static const struct slice any_name = SLICE("\x20"
					   "CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\0");
static const struct slice type = SLICE("\0\x21\0\1");

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	proto_put(out, ask->chance, 2);
	proto_put16(out, 0); /* a query */
	proto_put16(out, 1); /* one question */
	proto_put16(out, 0);
	proto_put32(out, 0);
	proto_put(out, any_name.p, any_name.n);
	proto_put(out, type.p, type.n);
}

static struct slice trimmed(struct slice name)
{
	return slice_trim(wire_take_string(&name));
}

/* The first name of a host that is its own, and the first that a group shares: of its workstation
 * service, whose suffix is 0. */
static bool say_names(struct slice s, struct proto_said *said)
{
	enum { NAME = 15, GROUP = 0x8000 };
	struct slice name, host = SLICE_NONE, group = SLICE_NONE;
	uint8_t count, suffix;
	uint16_t flags;

	if (!wire_take8(&s, &count))
		return false;
	for (; count; count--) {
		if (!wire_take(&s, NAME, &name) || !wire_take8(&s, &suffix) ||
		    !wire_take16(&s, &flags))
			return false;
		if (suffix == 0 && (flags & GROUP) && !group.n)
			group = trimmed(name);
		if (suffix == 0 && !(flags & GROUP) && !host.n)
			host = trimmed(name);
	}
	if (host.n && group.n)
		proto_sayf(said, "%.*s in %.*s", (int)host.n, host.p, (int)group.n, group.p);
	else
		proto_say(said, host);
	return true;
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	enum { ANSWER = 0x80, TTL = 4 };
	static const uint8_t counts[] = {0, 0, 0, 1, 0, 0, 0, 0};
	struct slice m = *in, id, flags, skipped;
	uint16_t n;

	(void)state;
	(void)out;
	if (!wire_take(&m, 2, &id) || !wire_take(&m, 2, &flags) || !(flags.p[0] & ANSWER) ||
	    !wire_take_same(&m, counts, sizeof(counts)) ||
	    !wire_take_same(&m, any_name.p, any_name.n) || !wire_take_same(&m, type.p, type.n))
		return PROTO_OTHER;
	if (memcmp(id.p, ask->chance, id.n) != 0)
		return PROTO_MORE;
	if (!wire_take(&m, TTL, &skipped) || !wire_take16(&m, &n) || n > m.n || !say_names(m, said))
		return PROTO_OTHER;
	return PROTO_PROVED;
}

static const char *const services[] = {"netbios", NULL};

#define REQUEST "\0\1\0\0\0\1\0\0\0\0\0\0 CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\0\0!\0\1"

static const struct proto_vector vectors[] = {
	{.title = "it tells its names",
	 .source = "Samba 4.17.12",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<',
		    SLICE("\0\1\204\0\0\0\0\1\0\0\0\0 CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\0\0!\0\1"
			  "\0\0\0\0\0\211\5PEER           \0\4\0PEER           \3\4\0PEER      "
			  "      \4\0HARBOUR        \0\204\0HARBOUR        \36\204\0\0\0\0\0\0"
			  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			  "\0\0\0\0\0\0\0")}},
	 .result = PROTO_PROVED,
	 .text = "PEER in HARBOUR"},
	{.title = "it has no names",
	 .source = "RFC 1002",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<',
		    SLICE("\0\1\204\0\0\0\0\1\0\0\0\0 CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\0\0!\0\1"
			  "\0\0\0\0\0/\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")}},
	 .result = PROTO_PROVED},
	{.title = "fewer names than it says",
	 .source = "RFC 1002",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<',
		    SLICE("\0\1\204\0\0\0\0\1\0\0\0\0 CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\0\0!\0\1"
			  "\0\0\0\0\0\1\5")}},
	 .result = PROTO_OTHER},
	{.title = "an answer to another question is waited out",
	 .source = "RFC 1002",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<',
		    SLICE("\7\7\204\0\0\0\0\1\0\0\0\0 CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\0\0!\0\1"
			  "\0\0\0\0\0\211\5PEER           \0\4\0PEER           \3\4\0PEER      "
			  "      \4\0HARBOUR        \0\204\0HARBOUR        \36\204\0\0\0\0\0\0"
			  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			  "\0\0\0\0\0\0\0")}},
	 .result = PROTO_MORE},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE(REQUEST)}},
	 .result = PROTO_OTHER},
};

const struct proto proto_netbios = {
	.name = "netbios",
	.services = services,
	.transport = TRANSPORT_UDP,
	.answers = PROTO_SOMETIMES,
	.start = start,
	.input = input,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
