/* SPDX-License-Identifier: ISC
 *
 * memcached: version, and over TCP quit (memcached doc/protocol.txt). Over UDP each datagram has a
 * head of eight bytes: an id, which of how many it is, and nothing; since 1.5.6 few servers have
 * UDP.
 */
#include "base/compiler.h"
#include "proto/proto.h"
#include "proto/wire.h"

enum { LINE_MAX = 256 };

static void start_tcp(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	proto_put_text(out, "version\r\n");
}

static void start_udp(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	proto_put(out, ask->chance, 2);
	proto_put16(out, 0); /* the first */
	proto_put16(out, 1); /* of one */
	proto_put16(out, 0);
	start_tcp(state, ask, out);
}

static bool may_become(struct slice in, const char *words)
{
	size_t n = strlen(words);

	return in.n == 0 || memcmp(in.p, words, in.n < n ? in.n : n) == 0;
}

/* Its versions have dots; NNTP's "VERSION 2", among what it can do, has none. A server with
 * passwords of its own says nothing more to a stranger. */
static enum proto_result read_line(struct slice in, struct proto_said *said)
{
	static const char version[] = "VERSION ", stranger[] = "CLIENT_ERROR unauthenticated";
	struct slice line = SLICE_NONE, rest = in;

	if (!may_become(in, version) && !may_become(in, stranger))
		return PROTO_OTHER;
	slice_cut(&rest, '\n', &line);
	if (!rest.p) /* it has no end yet */
		return in.n < LINE_MAX ? PROTO_MORE : PROTO_OTHER;
	if (line.n == 0 || line.p[line.n - 1] != '\r')
		return PROTO_OTHER;
	if (rest.n) /* it says no more than that */
		return PROTO_OTHER;
	if (slice_has_prefix(in, version)) {
		if (!memchr(line.p, '.', line.n))
			return PROTO_OTHER;
		proto_say(said, slice_skip(line, sizeof(version) - 1));
		return PROTO_PROVED;
	}
	proto_sayf(said, "wants a password");
	return slice_is(slice_trim(line), stranger) ? PROTO_PROVED : PROTO_OTHER;
}

static enum proto_result input_tcp(void *state, const struct proto_ask *ask, struct slice *in,
				   struct proto_out *out, struct proto_said *said)
{
	enum proto_result result = read_line(*in, said);

	(void)state;
	(void)ask;
	if (result == PROTO_PROVED)
		proto_put_text(out, "quit\r\n");
	return result;
}

static enum proto_result input_udp(void *state, const struct proto_ask *ask, struct slice *in,
				   struct proto_out *out, struct proto_said *said)
{
	static const uint8_t alone[] = {0, 0, 0, 1, 0, 0};
	struct slice m = *in, id;
	struct proto_said version;

	(void)state;
	(void)out;
	if (!wire_take(&m, 2, &id) || !wire_take_same(&m, alone, sizeof(alone)) ||
	    read_line(m, &version) != PROTO_PROVED)
		return PROTO_OTHER;
	if (memcmp(id.p, ask->chance, 2) != 0)
		return PROTO_MORE;
	proto_say(said, slice_of(version.text));
	return PROTO_PROVED;
}

static const char *const services[] = {"memcached", NULL};

static const struct proto_vector vectors_tcp[] = {
	{.title = "it tells its version",
	 .source = "memcached 1.6.18",
	 .turns = {{'>', SLICE("version\r\n")},
		   {'<', SLICE("VERSION 1.6.18\r\n")},
		   {'>', SLICE("quit\r\n")}},
	 .result = PROTO_PROVED,
	 .text = "1.6.18"},
	{.title = "it wants a password",
	 .source = "memcached 1.6.18",
	 .turns = {{'>', SLICE("version\r\n")},
		   {'<', SLICE("CLIENT_ERROR unauthenticated\r\n")},
		   {'>', SLICE("quit\r\n")}},
	 .result = PROTO_PROVED,
	 .text = "wants a password"},
	{.title = "it knows no such command",
	 .source = "RFC 3977 section 3.2.1",
	 .turns = {{'>', SLICE("version\r\n")}, {'<', SLICE("500 What?\r\n")}},
	 .result = PROTO_OTHER},
	{.title = "NNTP's capabilities",
	 .source = "RFC 3977 section 3.3.2",
	 .turns = {{'>', SLICE("version\r\n")}, {'<', SLICE("VERSION 2\r\nREADER\r\n.\r\n")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE("version\r\n")}, {'<', SLICE("version\r\n")}},
	 .result = PROTO_OTHER},
};

static const struct proto_vector vectors_udp[] = {
	{.title = "it tells its version",
	 .source = "memcached 1.6.18",
	 .turns = {{'>', SLICE("\0\1\0\0\0\1\0\0version\r\n")},
		   {'<', SLICE("\0\1\0\0\0\1\0\0VERSION 1.6.18\r\n")}},
	 .result = PROTO_PROVED,
	 .text = "1.6.18"},
	{.title = "an answer to another question is waited out",
	 .source = "memcached doc/protocol.txt",
	 .turns = {{'>', SLICE("\0\1\0\0\0\1\0\0version\r\n")},
		   {'<', SLICE("\7\7\0\0\0\1\0\0VERSION 1.6.18\r\n")}},
	 .result = PROTO_MORE},
	{.title = "cut off",
	 .source = "memcached doc/protocol.txt",
	 .turns = {{'>', SLICE("\0\1\0\0\0\1\0\0version\r\n")},
		   {'<', SLICE("\0\1\0\0\0\1\0\0VERSION 1.6")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE("\0\1\0\0\0\1\0\0version\r\n")},
		   {'<', SLICE("\0\1\0\0\0\1\0\0version\r\n")}},
	 .result = PROTO_OTHER},
};

const struct proto proto_memcached = {
	.name = "memcached",
	.services = services,
	.transport = TRANSPORT_UDP,
	.answers = PROTO_ALWAYS,
	.start = start_udp,
	.input = input_udp,
	.vectors = vectors_udp,
	.n_vectors = ARRAY_LEN(vectors_udp),
};

const struct proto proto_memcached_tcp = {
	.name = "memcached",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.start = start_tcp,
	.input = input_tcp,
	.recognise = read_line,
	.turn = 45,
	.vectors = vectors_tcp,
	.n_vectors = ARRAY_LEN(vectors_tcp),
};
