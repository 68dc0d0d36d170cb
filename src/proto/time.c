/* SPDX-License-Identifier: ISC
 *
 * Time: an empty datagram is the question, or a connection; the seconds since 1900 are the answer.
 * RFC 868. Four bytes are little to know a protocol by, so it must be a time between 2000 and the
 * end of this count in 2036.
 */
#include "base/compiler.h"
#include "proto/proto.h"
#include "proto/wire.h"

enum { DAY = 86400, DAYS_TO_2000 = 36524, BYTE_OF_2000 = 0xbc, TIME_BYTES = 4 };

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	(void)out;
}

static unsigned days_of(unsigned year, unsigned month)
{
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return days[month] + (month == 1 && year % 4 == 0); /* 2000 was a leap year, too */
}

static void say_clock(uint32_t seconds, struct proto_said *said)
{
	unsigned day = seconds / DAY - DAYS_TO_2000, second = seconds % DAY, year = 2000, month = 0;

	for (; day >= 365u + (year % 4 == 0); year++)
		day -= 365u + (year % 4 == 0);
	for (; day >= days_of(year, month); month++)
		day -= days_of(year, month);
	proto_sayf(said, "its clock says %u-%02u-%02u %02u:%02u:%02u UTC", year, month + 1, day + 1,
		   second / 3600, second / 60 % 60, second % 60);
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	struct slice m = *in;
	uint32_t seconds;

	(void)state;
	(void)ask;
	(void)out;
	if (!wire_take32(&m, &seconds) || m.n || seconds / DAY < DAYS_TO_2000)
		return PROTO_OTHER;
	say_clock(seconds, said);
	return PROTO_PROVED;
}

/* Over TCP a 255 in front is how telnet begins; as a time it would be 2035 or later. */
static bool may_begin(struct slice in)
{
	return !in.n || ((uint8_t)in.p[0] >= BYTE_OF_2000 && (uint8_t)in.p[0] < 0xff);
}

static enum proto_result input_tcp(void *state, const struct proto_ask *ask, struct slice *in,
				   struct proto_out *out, struct proto_said *said)
{
	if (!may_begin(*in))
		return PROTO_OTHER;
	return in->n < TIME_BYTES ? PROTO_MORE : input(state, ask, in, out, said);
}

/* Four bytes are too few for those who did not ask for a time. */
static enum proto_result recognise_tcp(struct slice in, struct proto_said *said)
{
	(void)said;
	return in.n <= TIME_BYTES && may_begin(in) ? PROTO_MORE : PROTO_OTHER;
}

static const char *const services[] = {"time", NULL};

static const struct proto_vector vectors_udp[] = {
	{.title = "what time it is",
	 .source = "OpenBSD inetd 0.20221205",
	 .turns = {{'>', SLICE("")}, {'<', SLICE("\356\263\233\273")}},
	 .result = PROTO_PROVED,
	 .text = "its clock says 2026-11-27 06:03:39 UTC"},
	{.title = "a day that not every year has",
	 .source = "RFC 868",
	 .turns = {{'>', SLICE("")}, {'<', SLICE("\351\213\230\377")}},
	 .result = PROTO_PROVED,
	 .text = "its clock says 2024-02-29 23:59:59 UTC"},
	{.title = "the last day of a year",
	 .source = "RFC 868",
	 .turns = {{'>', SLICE("")}, {'<', SLICE("\360\301M\0")}},
	 .result = PROTO_PROVED,
	 .text = "its clock says 2027-12-31 00:00:00 UTC"},
	{.title = "the first second that is believed",
	 .source = "RFC 868",
	 .turns = {{'>', SLICE("")}, {'<', SLICE("\274\27\302\0")}},
	 .result = PROTO_PROVED,
	 .text = "its clock says 2000-01-01 00:00:00 UTC"},
	{.title = "the second before it",
	 .source = "RFC 868",
	 .turns = {{'>', SLICE("")}, {'<', SLICE("\274\27\301\377")}},
	 .result = PROTO_OTHER},
	{.title = "more than a time",
	 .source = "RFC 868",
	 .turns = {{'>', SLICE("")}, {'<', SLICE("\356\263\233\273\n")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE("")}, {'<', SLICE("")}},
	 .result = PROTO_OTHER},
};

static const struct proto_vector vectors_tcp[] = {
	{.title = "what time it is",
	 .source = "OpenBSD inetd 0.20221205",
	 .turns = {{'<', SLICE("\356\264|/")}},
	 .result = PROTO_PROVED,
	 .text = "its clock says 2026-11-27 22:01:19 UTC"},
	{.title = "a time before 2000",
	 .source = "RFC 868",
	 .turns = {{'<', SLICE("\274\0\0\0")}},
	 .result = PROTO_OTHER},
	{.title = "telnet",
	 .source = "GNU inetutils telnetd 2.4",
	 .turns = {{'<', SLICE("\377\373%\377")}},
	 .result = PROTO_OTHER},
	{.title = "text",
	 .source = "RFC 4253",
	 .turns = {{'<', SLICE("SSH-")}},
	 .result = PROTO_OTHER},
};

const struct proto proto_time = {
	.name = "time",
	.services = services,
	.transport = TRANSPORT_UDP,
	.answers = PROTO_ALWAYS,
	.has_no_id = true,
	.start = start,
	.input = input,
	.vectors = vectors_udp,
	.n_vectors = ARRAY_LEN(vectors_udp),
};

const struct proto proto_time_tcp = {
	.name = "time",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.is_server_first = true,
	.input = input_tcp,
	.recognise = recognise_tcp,
	.vectors = vectors_tcp,
	.n_vectors = ARRAY_LEN(vectors_tcp),
};
