/* SPDX-License-Identifier: ISC
 *
 * rsync's daemon: its greeting, which has the version of the protocol and, since version 31, the
 * digests that it knows. Nothing is asked: a client's first word would be a module's name.
 */
#include "base/compiler.h"
#include "proto/line.h"

#define GREETING "@RSYNCD: "

enum { LINE_LIMIT = 1024 };

/* "31.0 sha512 md5": what stands before the first blank, which is a number. */
static enum proto_result read_greeting(struct slice *in, struct proto_said *said)
{
	enum proto_result result = line_begins(*in, GREETING);
	struct slice line, version, number;
	uint64_t major;

	if (result == PROTO_PROVED)
		result = line_take(in, LINE_LIMIT, &line);
	if (result != PROTO_PROVED)
		return result;
	line = slice_skip(line, sizeof(GREETING) - 1);
	slice_cut(&line, ' ', &version);
	line = version;
	if (!slice_cut(&line, '.', &number) || !slice_number(number, 1000, &major))
		return PROTO_OTHER;
	proto_sayf(said, "protocol %.*s", (int)version.n, version.p);
	return PROTO_PROVED;
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	(void)state;
	(void)ask;
	(void)out;
	return read_greeting(in, said);
}

static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	return read_greeting(&in, said);
}

static const char *const services[] = {"rsync", NULL};

static const struct proto_vector vectors[] = {
	{.title = "a daemon of today",
	 .source = "rsync 3.5.0",
	 .turns = {{'<', SLICE("@RSYNCD: 32.0 sha512 sha256 sha1 md5 md4\n")}},
	 .result = PROTO_PROVED,
	 .text = "protocol 32.0"},
	{.title = "one of old",
	 .source = "unverified",
	 .turns = {{'<', SLICE("@RSYNCD: 29\n")}},
	 .result = PROTO_PROVED,
	 .text = "protocol 29"},
	{.title = "no number",
	 .source = "unverified",
	 .turns = {{'<', SLICE("@RSYNCD: EXIT\n")}},
	 .result = PROTO_OTHER},
	{.title = "an error alone",
	 .source = "unverified",
	 .turns = {{'<', SLICE("@ERROR: access denied\n")}},
	 .result = PROTO_OTHER},
};

static const struct proto_reply replies[] = {
	{.title = "to a request of HTTP",
	 .source = "rsync 3.5.0",
	 .bytes = SLICE("@RSYNCD: 32.0 sha512 sha256 sha1 md5 md4\n"
			"@ERROR: protocol startup error\n"),
	 .text = "protocol 32.0"},
};

const struct proto proto_rsync = {
	.name = "rsync",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.is_server_first = true,
	.input = input,
	.recognise = recognise,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
	.replies = replies,
	.n_replies = ARRAY_LEN(replies),
};
