/* SPDX-License-Identifier: ISC
 *
 * git: upload-pack of a repository that is not there (git's gitprotocol-pack, "Git Transport"). The
 * answer is an error, as a line behind its length; one that is there would be listed.
 */
#include <stdio.h>

#include "base/compiler.h"
#include "proto/proto.h"
#include "proto/wire.h"

enum { LENGTH = 4, LINE_MAX = 1000 };
static const char repository[] = "git-upload-pack /portolan.invalid";

/* pkt-line: its whole length in four hexadecimal digits; both parts end in NUL. */
static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	const char *host = ask->host ? ask->host : "portolan.invalid";
	char length[LENGTH + 1];

	(void)state;
	snprintf(length, sizeof(length), "%04zx",
		 (LENGTH + sizeof(repository) + sizeof("host=") + strlen(host)) & 0xffff);
	proto_put_text(out, length);
	proto_put(out, repository, sizeof(repository));
	proto_put_text(out, "host=");
	proto_put(out, host, strlen(host) + 1);
}

static bool read_length(struct slice in, size_t *length)
{
	*length = 0;
	for (size_t i = 0; i < LENGTH && i < in.n; i++) {
		char c = in.p[i];

		if ((c < '0' || c > '9') && (c < 'a' || c > 'f'))
			return false;
		*length = *length * 16 + (size_t)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	return true;
}

static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	static const char word[] = "ERR ";
	enum { WORD = sizeof(word) - 1 };
	struct slice line = slice_skip(in, LENGTH), words;
	size_t length;

	if (!read_length(in, &length))
		return PROTO_OTHER;
	if (in.n < LENGTH)
		return PROTO_MORE;
	if (length <= LENGTH + WORD || length > LINE_MAX ||
	    memcmp(line.p, word, line.n < WORD ? line.n : WORD) != 0)
		return PROTO_OTHER;
	if (!wire_take(&line, length - LENGTH, &words))
		return PROTO_MORE;
	proto_say(said, slice_skip(words, WORD));
	return PROTO_PROVED;
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	(void)state;
	(void)ask;
	(void)out;
	return recognise(*in, said);
}

static const char *const services[] = {"git", NULL};

#define REQUEST "003cgit-upload-pack /portolan.invalid\0host=portolan.invalid\0"

static const struct proto_vector vectors[] = {
	{.title = "it has no such repository",
	 .source = "git 2.39.5",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<',
		    SLICE("0043ERR access denied or repository not exported: /portolan.invalid")}},
	 .result = PROTO_PROVED,
	 .text = "access denied or repository not exported: /portolan.invalid"},
	{.title = "a line of another kind",
	 .source = "gitprotocol-pack",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE("000eversion 1\n")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE(REQUEST)}},
	 .result = PROTO_OTHER},
};

const struct proto proto_git = {
	.name = "git",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.start = start,
	.input = input,
	.recognise = recognise,
	.turn = 49,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
