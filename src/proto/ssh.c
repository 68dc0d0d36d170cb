/* SPDX-License-Identifier: ISC
 *
 * SSH: its identification, which comes unasked. RFC 4253 section 4.2; the good-bye is our own
 * identification and a disconnect, section 11.1, which needs no keys yet. Other lines may come
 * before the identification; a tarpit sends nothing else for ever.
 */
#include "base/compiler.h"
#include "proto/line.h"

/* The standard's 255 bytes are for the identification; servers of old send longer ones. */
enum { LINE_LIMIT = 1024, LINES_LIMIT = 64 };

struct state {
	uint8_t lines; /* before the identification */
};

/* Length, of padding, disconnect, reason 11: by application; a text of no bytes, and its language;
 * padding up to 8 * n bytes. */
#define GOOD_BYE                                                                                   \
	"SSH-2.0-portolan\r\n"                                                                     \
	"\0\0\0\x14\6\1\0\0\0\13\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
static const struct slice good_bye = SLICE(GOOD_BYE);

/* "SSH-", the protocol's version, "-", the software's; a comment may follow it. 1.99 is what a
 * server of version 2 says that knows version 1 as well: section 5.1. */
static enum proto_result read_identification(struct slice line, struct proto_said *said, bool *is_2)
{
	struct slice rest = slice_skip(line, 4), version;

	if (!slice_has_prefix(line, "SSH-") || !line_is_text(line) ||
	    !slice_cut(&rest, '-', &version) || !rest.n)
		return PROTO_OTHER;
	*is_2 = slice_is(version, "2.0") || slice_is(version, "1.99");
	if (slice_is(version, "2.0"))
		proto_say(said, rest);
	else if (slice_is(version, "1.99"))
		proto_sayf(said, "%.*s, SSH-1 as well", (int)rest.n, rest.p);
	else if (slice_has_prefix(version, "1.") && version.n <= 4)
		proto_sayf(said, "%.*s, SSH-%.*s only", (int)rest.n, rest.p, (int)version.n,
			   version.p);
	else
		return PROTO_OTHER;
	return PROTO_PROVED;
}

/* What other protocols greet with is no line before an identification. */
static bool is_of_others(struct slice line)
{
	static const char *const greetings[] = {
		"HTTP/", "+OK", "-ERR", "* ", "@RSYNCD:", "RFB ", "INFO {", "ERROR", "NOTICE", ":"};
	size_t digits = 0;

	for (size_t i = 0; i < ARRAY_LEN(greetings); i++)
		if (slice_has_prefix(line, greetings[i]))
			return true;
	while (digits < line.n && line.p[digits] >= '0' && line.p[digits] <= '9')
		digits++;
	return digits == 3 && (line.n == 3 || line.p[3] == ' ' || line.p[3] == '-');
}

static enum proto_result hear_line(struct state *st, struct slice line, struct proto_out *out,
				   struct proto_said *said)
{
	enum proto_result result;
	bool is_2;

	if (!slice_has_prefix(line, "SSH-"))
		return ++st->lines > LINES_LIMIT || !line_is_text(line) || is_of_others(line)
			       ? PROTO_OTHER
			       : PROTO_MORE;
	result = read_identification(line, said, &is_2);
	if (result == PROTO_PROVED && is_2)
		proto_put(out, good_bye.p, good_bye.n);
	return result;
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	enum proto_result result = PROTO_MORE;
	struct slice line;

	(void)ask;
	while (result == PROTO_MORE) {
		enum proto_result taken = line_take(in, LINE_LIMIT, &line);

		if (taken != PROTO_PROVED)
			return taken;
		result = hear_line(state, line, out, said);
	}
	return result;
}

/* Of the lines before an identification nothing is known: only with it they are SSH's. */
static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	enum proto_result begins;
	struct slice line;
	bool is_2;

	for (unsigned lines = 0; lines <= LINES_LIMIT; lines++) {
		begins = line_begins(in, "SSH-");
		if (begins == PROTO_MORE)
			return lines ? PROTO_OTHER : PROTO_MORE;
		if (line_take(&in, LINE_LIMIT, &line) != PROTO_PROVED)
			return begins == PROTO_PROVED ? PROTO_MORE : PROTO_OTHER;
		if (begins == PROTO_PROVED)
			return read_identification(line, said, &is_2);
		if (!line_is_text(line) || is_of_others(line))
			break;
	}
	return PROTO_OTHER;
}

static const char *const services[] = {"ssh", "sftp", NULL};

static const struct proto_vector vectors[] = {
	{.title = "OpenSSH",
	 .source = "OpenSSH 9.2p1",
	 .turns = {{'<', SLICE("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10\r\n")},
		   {'>', SLICE(GOOD_BYE)}},
	 .result = PROTO_PROVED,
	 .text = "OpenSSH_9.2p1 Debian-2+deb12u10"},
	{.title = "it does not wait for ours",
	 .source = "Dropbear 2022.83",
	 .turns = {{'<', SLICE("SSH-2.0-dropbear_2022.83\r\n\0\0\1\374\7\24\346\6\322g\306\17Q<")},
		   {'>', SLICE(GOOD_BYE)}},
	 .result = PROTO_PROVED,
	 .text = "dropbear_2022.83"},
	{.title = "both versions",
	 .source = "RFC 4253 section 5.1",
	 .turns = {{'<', SLICE("SSH-1.99-Cisco-1.25\n")}, {'>', SLICE(GOOD_BYE)}},
	 .result = PROTO_PROVED,
	 .text = "Cisco-1.25, SSH-1 as well"},
	{.title = "the old version alone",
	 .source = "RFC 4253 section 5.1",
	 .turns = {{'<', SLICE("SSH-1.5-1.2.27\n")}},
	 .result = PROTO_PROVED,
	 .text = "1.2.27, SSH-1.5 only"},
	{.title = "lines before it",
	 .source = "RFC 4253 section 4.2",
	 .turns = {{'<', SLICE("Authorised users\r\n\r\nonly.\r\nSSH-2.0-x\r\n")},
		   {'>', SLICE(GOOD_BYE)}},
	 .result = PROTO_PROVED,
	 .text = "x"},
	{.title = "a tarpit",
	 .source = "RFC 4253 section 4.2",
	 .turns = {{'<', SLICE("p'4:xq1\r\n")}, {'<', SLICE("8]K\r\n")}},
	 .result = PROTO_MORE},
	{.title = "lines without end",
	 .source = "RFC 4253 section 4.2",
	 .turns = {{'<',
		    SLICE("\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n"
			  "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n")}},
	 .result = PROTO_OTHER},
	{.title = "a version that is none",
	 .source = "RFC 4253 section 4.2",
	 .turns = {{'<', SLICE("SSH-3.0-x\r\n")}},
	 .result = PROTO_OTHER},
	{.title = "no software",
	 .source = "RFC 4253 section 4.2",
	 .turns = {{'<', SLICE("SSH-2.0\r\n")}},
	 .result = PROTO_OTHER},
	{.title = "POP3",
	 .source = "RFC 1939",
	 .turns = {{'<', SLICE("+OK Dovecot (Debian) ready.\r\n")}},
	 .result = PROTO_OTHER},
};

static const struct proto_reply replies[] = {
	{.title = "to a request of HTTP",
	 .source = "OpenSSH 9.2p1",
	 .bytes = SLICE("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10\r\nInvalid SSH identification "
			"string.\r\n"),
	 .text = "OpenSSH_9.2p1 Debian-2+deb12u10"},
};

const struct proto proto_ssh = {
	.name = "ssh",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.is_server_first = true,
	.state_size = sizeof(struct state),
	.input = input,
	.recognise = recognise,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
	.replies = replies,
	.n_replies = ARRAY_LEN(replies),
};
