/* SPDX-License-Identifier: ISC
 *
 * Daytime: an empty datagram is the question, or a connection; the date and the time as text are
 * the answer. RFC 867, which leaves open how they are written; so one line of text with a time of
 * day in it. Over TCP others greet with lines that have a time in them, too: there all of its words
 * must be those of a date.
 */
#include <ctype.h>
#include <strings.h>

#include "base/compiler.h"
#include "proto/line.h"

enum { LINE_LIMIT = 128 };

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

/* Does it stand in there, with a digit for each 'd'? */
static bool has_form(struct slice s, const char *form)
{
	size_t n = 0;

	for (size_t i = 0; i + n < s.n && form[n];) {
		bool fits =
			form[n] == 'd' ? isdigit((unsigned char)s.p[i + n]) : s.p[i + n] == form[n];

		i += !fits;
		n = fits ? n + 1 : 0;
	}
	return !form[n];
}

static bool has_time(struct slice s)
{
	return has_form(s, "dd:dd");
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	struct slice line = slice_trim(*in);

	(void)state;
	(void)ask;
	(void)out;
	if (line.n > LINE_LIMIT || !is_line(line) || !has_time(line))
		return PROTO_OTHER;
	proto_say(said, line);
	return PROTO_PROVED;
}

static size_t letters_of(struct slice s)
{
	size_t n = 0;

	while (n < s.n && isalpha((unsigned char)s.p[n]))
		n++;
	return n;
}

/* A day's or a month's name, whole or its first three letters; or which half of a day. */
static bool is_word_of_date(struct slice word)
{
	static const char *const names[] = {
		"Sunday",  "Monday",	"Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
		"January", "February",	"March",   "April",	"May",	    "June",   "July",
		"August",  "September", "October", "November",	"December", "AM",     "PM",
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (slice_is_nocase(word, names[i]) ||
		    (word.n == 3 && strncasecmp(word.p, names[i], 3) == 0))
			return true;
	return false;
}

/* "PST", "CEST" */
static bool is_zone(struct slice word)
{
	for (size_t i = 0; i < word.n; i++)
		if (!isupper((unsigned char)word.p[i]))
			return false;
	return word.n <= 4;
}

/* Words of a date and zones, or figures that are one; no other words. */
static bool is_date(struct slice line)
{
	bool is_known =
		has_form(line, "dd-dd-dd") || has_form(line, "d/dd/d") || has_form(line, "dd.dd.d");

	while (line.n) {
		struct slice word = {line.p, letters_of(line)};
		bool is_of_date = word.n && is_word_of_date(word);

		is_known = is_known || is_of_date;
		if (word.n && !is_of_date && !(is_known && is_zone(word)))
			return false;
		line = slice_skip(line, word.n ? word.n : 1);
	}
	return is_known;
}

/* 220 greets, and has a date behind it with some. */
static bool is_reply(struct slice line)
{
	struct slice text;
	unsigned code;

	return line_code(line, &code, &text);
}

static enum proto_result read_line(struct slice *in, struct proto_said *said)
{
	enum proto_result taken;
	struct slice line;

	while (in->n && (in->p[0] == '\r' || in->p[0] == '\n'))
		*in = slice_skip(*in, 1);
	taken = line_take(in, LINE_LIMIT, &line);
	if (taken == PROTO_MORE && !is_line(slice_trim(*in)))
		return PROTO_OTHER;
	if (taken != PROTO_PROVED)
		return taken;
	line = slice_trim(line);
	if (!is_line(line) || !has_time(line) || !is_date(line) || is_reply(line))
		return PROTO_OTHER;
	proto_say(said, line);
	return PROTO_PROVED;
}

static enum proto_result input_tcp(void *state, const struct proto_ask *ask, struct slice *in,
				   struct proto_out *out, struct proto_said *said)
{
	(void)state;
	(void)ask;
	(void)out;
	return read_line(in, said);
}

/* Only a whole line: any text may become one. */
static enum proto_result recognise_tcp(struct slice in, struct proto_said *said)
{
	return read_line(&in, said) == PROTO_PROVED ? PROTO_PROVED : PROTO_OTHER;
}

static const char *const services[] = {"daytime", NULL};

static const struct proto_vector vectors_udp[] = {
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

static const struct proto_vector vectors_tcp[] = {
	{.title = "what time it is",
	 .source = "OpenBSD inetd 0.20221205",
	 .turns = {{'<', SLICE("Fri Nov 27 22:01:19 2026\r\n")}},
	 .result = PROTO_PROVED,
	 .text = "Fri Nov 27 22:01:19 2026"},
	{.title = "the other form that the text shows",
	 .source = "RFC 867",
	 .turns = {{'<', SLICE("02 FEB 82 07:59:19 PST\r\n")}},
	 .result = PROTO_PROVED,
	 .text = "02 FEB 82 07:59:19 PST"},
	{.title = "in figures, and with a zone",
	 .source = "NIST, Internet Time Service, unverified",
	 .turns = {{'<', SLICE("\n61371 26-11-27 22:01:19 00 0 0 458.3 UTC(NIST) *\n")}},
	 .result = PROTO_PROVED,
	 .text = "61371 26-11-27 22:01:19 00 0 0 458.3 UTC(NIST) *"},
	{.title = "in figures alone",
	 .source = "unverified",
	 .turns = {{'<', SLICE("22:01:19 27.11.2026\r\n")}},
	 .result = PROTO_PROVED,
	 .text = "22:01:19 27.11.2026"},
	{.title = "a line that has not ended",
	 .source = "RFC 867",
	 .turns = {{'<', SLICE("Tuesday, February 22, 1982 17:37:43-PST")}},
	 .result = PROTO_MORE},
	{.title = "mail, and when it greeted",
	 .source = "Exim 4.96",
	 .turns = {{'<',
		    SLICE("220 peer.test ESMTP Exim 4.96 Fri, 27 Nov 2026 22:08:02 +0000\r\n")}},
	 .result = PROTO_OTHER},
	{.title = "a code, and a date",
	 .source = "unverified",
	 .turns = {{'<', SLICE("220 Fri, 27 Nov 2026 22:08:02\r\n")}},
	 .result = PROTO_OTHER},
	{.title = "a time without a date",
	 .source = "RFC 867",
	 .turns = {{'<', SLICE("12:30 UTC\r\n")}},
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
	.vectors = vectors_udp,
	.n_vectors = ARRAY_LEN(vectors_udp),
};

const struct proto proto_daytime_tcp = {
	.name = "daytime",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.is_server_first = true,
	.input = input_tcp,
	.recognise = recognise_tcp,
	.vectors = vectors_tcp,
	.n_vectors = ARRAY_LEN(vectors_tcp),
};
