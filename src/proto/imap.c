/* SPDX-License-Identifier: ISC
 *
 * IMAP: which capabilities it has, RFC 9051 section 6.1.1, and LOGOUT. The answer is the line with
 * our tag; what else comes before it is read over.
 */
#include "base/compiler.h"
#include "proto/line.h"

#define TAG	   "p1 "
#define CAPABILITY TAG "CAPABILITY\r\n"
#define LOGOUT	   "p2 LOGOUT\r\n"

/* Capabilities may be many. */
enum { LINE_LIMIT = 4096 };

struct state {
	bool has_asked;
};

/* "OK [CAPABILITY IMAP4rev1 IDLE] ready": the words behind what is for programs. */
static void say_words(struct slice text, struct proto_said *said)
{
	struct slice code;

	if (slice_has_prefix(text, "["))
		slice_cut(&text, ']', &code);
	text = slice_trim(text);
	if (text.n)
		proto_say(said, text);
}

/* The three that may begin a session: section 7.1. */
static bool is_greeting(struct slice line, struct proto_said *said, bool *is_bye)
{
	static const char *const words[] = {"* OK ", "* PREAUTH ", "* BYE "};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (slice_has_prefix(line, words[i])) {
			*is_bye = i == 2;
			say_words(slice_skip(line, strlen(words[i])), said);
			return line_is_text(line);
		}
	return false;
}

static bool is_answer(struct slice line)
{
	struct slice rest = slice_skip(line, sizeof(TAG) - 1), word;

	return slice_has_prefix(line, TAG) && slice_cut(&rest, ' ', &word) &&
	       (slice_is_nocase(word, "OK") || slice_is_nocase(word, "NO") ||
		slice_is_nocase(word, "BAD"));
}

static enum proto_result hear(struct state *st, struct slice line, struct proto_out *out,
			      struct proto_said *said)
{
	bool is_bye = false;

	if (!slice_has_prefix(line, "* ")) {
		if (!st->has_asked || !is_answer(line))
			return PROTO_OTHER;
		proto_put_text(out, LOGOUT);
		return PROTO_PROVED;
	}
	if (!is_greeting(line, said, &is_bye) && !st->has_asked)
		return PROTO_OTHER;
	if (is_bye) /* it takes nobody now */
		return PROTO_PROVED;
	if (!st->has_asked)
		proto_put_text(out, CAPABILITY);
	st->has_asked = true;
	return PROTO_MORE;
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	struct state *st = state;
	enum proto_result result = PROTO_MORE;
	struct slice line;

	(void)ask;
	while (result == PROTO_MORE) {
		if (!st->has_asked && line_begins(*in, "* ") == PROTO_OTHER)
			return PROTO_OTHER;
		result = line_take(in, LINE_LIMIT, &line);
		if (result != PROTO_PROVED)
			return result;
		result = hear(st, line, out, said);
	}
	return result;
}

static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	enum proto_result result = line_begins(in, "* ");
	struct slice line;
	bool is_bye;

	if (result == PROTO_PROVED)
		result = line_take(&in, LINE_LIMIT, &line);
	if (result != PROTO_PROVED)
		return result;
	return is_greeting(line, said, &is_bye) ? PROTO_PROVED : PROTO_OTHER;
}

static const char *const services[] = {"imap", NULL};

static const struct proto_vector vectors[] = {
	{.title = "Dovecot",
	 .source = "Dovecot 2.3.19.1",
	 .turns = {{'<', SLICE("* OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE "
			       "LITERAL+ AUTH=PLAIN] Dovecot (Debian) ready.\r\n")},
		   {'>', SLICE(CAPABILITY)},
		   {'<', SLICE("* CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE "
			       "LITERAL+ AUTH=PLAIN\r\n")},
		   {'<', SLICE("p1 OK Pre-login capabilities listed, post-login capabilities have "
			       "more.\r\n")},
		   {'>', SLICE(LOGOUT)}},
	 .result = PROTO_PROVED,
	 .text = "Dovecot (Debian) ready."},
	{.title = "it is not ready at once",
	 .source = "Dovecot 2.3.19.1",
	 .turns = {{'<', SLICE("* OK Waiting for authentication process to respond..\r\n")},
		   {'>', SLICE(CAPABILITY)},
		   {'<', SLICE("* OK [CAPABILITY IMAP4rev1] Dovecot (Debian) ready.\r\n"
			       "* CAPABILITY IMAP4rev1\r\np1 OK done\r\n")},
		   {'>', SLICE(LOGOUT)}},
	 .result = PROTO_PROVED,
	 .text = "Dovecot (Debian) ready."},
	{.title = "it takes nobody",
	 .source = "RFC 9051 section 7.1.5",
	 .turns = {{'<', SLICE("* BYE Too many connections\r\n")}},
	 .result = PROTO_PROVED,
	 .text = "Too many connections"},
	{.title = "it does not answer yet",
	 .source = "RFC 9051 section 6.1.1",
	 .turns = {{'<', SLICE("* PREAUTH hello\r\n")},
		   {'>', SLICE(CAPABILITY)},
		   {'<', SLICE("* CAPABILITY IMAP4rev2\r\n")}},
	 .result = PROTO_MORE,
	 .text = "hello"},
	{.title = "another tag",
	 .source = "RFC 9051 section 2.2.1",
	 .turns = {{'<', SLICE("* OK hello\r\n")},
		   {'>', SLICE(CAPABILITY)},
		   {'<', SLICE("p3 OK done\r\n")}},
	 .result = PROTO_OTHER,
	 .text = "hello"},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'<', SLICE("* OK hello\r\n")},
		   {'>', SLICE(CAPABILITY)},
		   {'<', SLICE(CAPABILITY)}},
	 .result = PROTO_OTHER,
	 .text = "hello"},
	{.title = "application configuration access",
	 .source = "RFC 2244 section 3.5",
	 .turns = {{'<', SLICE("* ACAP (SASL \"CRAM-MD5\")\r\n")}},
	 .result = PROTO_OTHER},
};

static const struct proto_reply replies[] = {
	{.title = "to a request of HTTP",
	 .source = "Dovecot 2.3.19.1",
	 .bytes = SLICE("* OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE "
			"LITERAL+ AUTH=PLAIN] Dovecot (Debian) ready.\r\n"
			"GET BAD Error in IMAP command received by server.\r\n"),
	 .text = "Dovecot (Debian) ready."},
};

const struct proto proto_imap = {
	.name = "imap",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.is_server_first = true,
	.state_size = sizeof(struct state),
	.input = input,
	.recognise = recognise,
	.turn = 43,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
	.replies = replies,
	.n_replies = ARRAY_LEN(replies),
};
