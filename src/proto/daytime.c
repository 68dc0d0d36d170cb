/* SPDX-License-Identifier: ISC
 *
 * Daytime: an empty datagram is the question, the date and the time as text are the answer. RFC
 * 867, which leaves open how they are written; so one line of text with a time of day in it.
 */
#include <ctype.h>

#include "base/compiler.h"
#include "proto/proto.h"

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	(void)out;
}

static bool is_line(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] > '~')
			return false;
	return true;
}

static bool has_time(struct slice s)
{
	static const char form[] = "dd:dd";
	size_t n = 0;

	for (size_t i = 0; i < s.n && n < sizeof(form) - 1; i++) {
		bool fits = form[n] == ':' ? s.p[i] == ':' : isdigit((unsigned char)s.p[i]);

		/* After two digits another one is a time's second digit again: 2026 12:00. */
		n = fits ? n + 1 : isdigit((unsigned char)s.p[i]) ? n : 0;
	}
	return n == sizeof(form) - 1;
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	enum { LINE_MAX = 128 };
	struct slice line = slice_trim(*in);

	(void)state;
	(void)ask;
	(void)out;
	if (line.n > LINE_MAX || !is_line(line) || !has_time(line))
		return PROTO_OTHER;
	proto_say(said, line);
	return PROTO_PROVED;
}

static const char *const services[] = {"daytime", NULL};

static const struct proto_vector vectors[] = {
	{.title = "what time it is",
	 .source = "OpenBSD inetd 0.20221205",
	 .turns = {{'>', SLICE("")}, {'<', SLICE("Fri Nov 27 06:03:39 2026\r\n")}},
	 .result = PROTO_PROVED,
	 .text = "Fri Nov 27 06:03:39 2026"},
	{.title = "the form that the text shows",
	 .source = "RFC 867",
	 .turns = {{'>', SLICE("")}, {'<', SLICE("Tuesday, February 22, 1982 17:37:43-PST\r\n")}},
	 .result = PROTO_PROVED,
	 .text = "Tuesday, February 22, 1982 17:37:43-PST"},
	{.title = "no time in it",
	 .source = "RFC 867",
	 .turns = {{'>', SLICE("")}, {'<', SLICE("Tuesday 1:5 a:12 12.00 123\r\n")}},
	 .result = PROTO_OTHER},
	{.title = "a page with a date",
	 .source = "RFC 9110",
	 .turns = {{'>', SLICE("")},
		   {'<', SLICE("HTTP/1.1 200 OK\r\n"
			       "Date: Tue, 15 Nov 1994 08:12:31 GMT\r\n"
			       "\r\n")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE("")}, {'<', SLICE("")}},
	 .result = PROTO_OTHER},
};

const struct proto proto_daytime = {
	.name = "daytime",
	.services = services,
	.transport = TRANSPORT_UDP,
	.answers = PROTO_ALWAYS,
	.has_no_id = true,
	.start = start,
	.input = input,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
