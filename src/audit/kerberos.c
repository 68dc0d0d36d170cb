/* SPDX-License-Identifier: ISC
 *
 * Kerberos: how far the KDC's clock is from ours. Its answer to the dialogue's own question, which
 * names nobody, tells it: RFC 4120 section 5.9.1. Tickets are refused at five minutes, section 8.2.
 */
#include "audit/audit.h"

#include <stdio.h>

#include "base/compiler.h"
#include "base/date.h"
#include "proto/krb.h"
#include "proto/wire.h"

enum { FAR_S = 300, NEAR_S = 60, ANSWER_MAX = 4096, TIME_BYTES = 15 };

enum { FAR, NEAR, N_WEAKNESSES };
static const struct weakness weaknesses[N_WEAKNESSES] = {
	[FAR] = {"kerberos-clock", SEVERITY_MEDIUM, false,
		 "its clock differs from ours by more than Kerberos allows",
		 "Let both follow the same time servers (NTP).", "RFC 4120 sections 1.6 and 8.2"},
	[NEAR] = {"kerberos-clock-drifts", SEVERITY_LOW, false,
		  "its clock differs from ours by more than a minute",
		  "Let both follow the same time servers (NTP).", "RFC 4120 sections 1.6 and 8.2"},
};

static bool start_udp(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	const struct proto *dialogue = proto_find("kerberos", TRANSPORT_UDP);

	(void)ask;
	dialogue->start(state, &(const struct proto_ask){.what = NULL}, out);
	return true;
}

static bool start_tcp(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	const struct proto *dialogue = proto_find("kerberos", TRANSPORT_TCP);

	(void)ask;
	dialogue->start(state, &(const struct proto_ask){.what = NULL}, out);
	return true;
}

static bool take_number(struct slice *s, uint64_t *v)
{
	struct slice digits;

	return wire_take(s, 2, &digits) && slice_number(digits, 60, v);
}

/* "20261128054245Z", to seconds since 1970. */
static bool read_time(struct slice s, int64_t *seconds)
{
	enum { HOUR = 3600, DAY = 24 * HOUR };
	uint64_t hour, minute, second;
	char text[DATE_TEXT_MAX];
	int32_t day;

	if (s.n != TIME_BYTES)
		return false;
	snprintf(text, sizeof(text), "%.4s-%.2s-%.2s", s.p, s.p + 4, s.p + 6);
	s = slice_skip(s, 8);
	if (!date_parse(slice_of(text), &day) || !take_number(&s, &hour) ||
	    !take_number(&s, &minute) || !take_number(&s, &second))
		return false;
	*seconds = (int64_t)day * DAY + (int64_t)(hour * HOUR + minute * 60 + second);
	return true;
}

static enum proto_result judge(const struct audit_ask *ask, struct slice m,
			       struct audit_notes *notes)
{
	struct krb_error e;
	int64_t theirs, ahead, far;

	if (!krb_error_read(m, &e) || !read_time(e.time, &theirs))
		return PROTO_OTHER;
	ahead = theirs - ask->now;
	far = ahead < 0 ? -ahead : ahead;
	if (far > NEAR_S)
		audit_note(notes, &weaknesses[far > FAR_S ? FAR : NEAR],
			   "it is %lld s %s ours (%.*s)", (long long)far,
			   ahead < 0 ? "behind" : "ahead of", (int)e.time.n, e.time.p);
	return PROTO_PROVED;
}

static enum proto_result input_udp(void *state, const struct audit_ask *ask, struct slice *in,
				   struct proto_out *out, struct audit_notes *notes)
{
	(void)state;
	(void)out;
	return judge(ask, *in, notes);
}

static enum proto_result input_tcp(void *state, const struct audit_ask *ask, struct slice *in,
				   struct proto_out *out, struct audit_notes *notes)
{
	struct slice s = *in, m;
	uint32_t n;

	(void)state;
	(void)out;
	if (!wire_take32(&s, &n))
		return PROTO_MORE;
	if (n > ANSWER_MAX)
		return PROTO_OTHER;
	if (!wire_take(&s, n, &m))
		return PROTO_MORE;
	*in = s;
	return judge(ask, m, notes);
}

static const char *const of[] = {"kerberos", NULL};

static const struct audit_vector vectors_udp[] = {
	{.title = "the same time",
	 .source = "MIT krb5 1.20.1",
	 .turns = {{'>',
		    SLICE("j|"
			  "0z\241\3\2\1\5\242\3\2\1\n\244n0l\240\7\3\5\0\0\0\0\0\242\22\33\20PORTOL"
			  "AN.INVALID\243%0#\240\3\2\1\2\241\0340\32\33\6krbtgt\33\20PORTOLAN."
			  "INVALID\245\21\30\01719700101000000Z\247\6\2\4\0224Vx\250\0130\11\2\1\22"
			  "\2\1\21\2\1\27")},
		   {'<', SLICE("~u0s\240\3\2\1\5\241\3\2\1\36\244\21\30\01720260921141320Z\245\5\2"
			       "\3\11\302\216\246\3\2\1\6\251\22\33\20PORTOLAN.INVALID\252%0#"
			       "\240\3\2\1\2\241\0340\32\33\6krbtgt\33\20PORTOLAN."
			       "INVALID\253\r\33\13NULL_CLIENT")}},
	 .codes = ""},
	{.title = "a minute and a half behind",
	 .source = "MIT krb5 1.20.1",
	 .turns = {{'>',
		    SLICE("j|"
			  "0z\241\3\2\1\5\242\3\2\1\n\244n0l\240\7\3\5\0\0\0\0\0\242\22\33\20PORTOL"
			  "AN.INVALID\243%0#\240\3\2\1\2\241\0340\32\33\6krbtgt\33\20PORTOLAN."
			  "INVALID\245\21\30\01719700101000000Z\247\6\2\4\0224Vx\250\0130\11\2\1\22"
			  "\2\1\21\2\1\27")},
		   {'<', SLICE("~u0s\240\3\2\1\5\241\3\2\1\36\244\21\30\01720260921141150Z\245\5\2"
			       "\3\11\323\212\246\3\2\1\6\251\22\33\20PORTOLAN.INVALID\252%0#"
			       "\240\3\2\1\2\241\0340\32\33\6krbtgt\33\20PORTOLAN."
			       "INVALID\253\r\33\13NULL_CLIENT")}},
	 .codes = "kerberos-clock-drifts"},
	{.title = "months ahead",
	 .source = "MIT krb5 1.20.1",
	 .turns = {{'>',
		    SLICE("j|"
			  "0z\241\3\2\1\5\242\3\2\1\n\244n0l\240\7\3\5\0\0\0\0\0\242\22\33\20PORTOL"
			  "AN.INVALID\243%0#\240\3\2\1\2\241\0340\32\33\6krbtgt\33\20PORTOLAN."
			  "INVALID\245\21\30\01719700101000000Z\247\6\2\4\0224Vx\250\0130\11\2\1\22"
			  "\2\1\21\2\1\27")},
		   {'<', SLICE("~u0s\240\3\2\1\5\241\3\2\1\36\244\21\30\01720261128024543Z\245\5\2"
			       "\3\3^\264\246\3\2\1\6\251\22\33\20PORTOLAN.INVALID\252%0#"
			       "\240\3\2\1\2\241\0340\32\33\6krbtgt\33\20PORTOLAN."
			       "INVALID\253\r\33\13NULL_CLIENT")}},
	 .codes = "kerberos-clock"},
};
static const struct audit_vector vectors_tcp[] = {
	{.title = "the same time",
	 .source = "MIT krb5 1.20.1",
	 .turns = {{'>',
		    SLICE("\0\0\0~j|"
			  "0z\241\3\2\1\5\242\3\2\1\n\244n0l\240\7\3\5\0\0\0\0\0\242\22\33\20PORTOL"
			  "AN.INVALID\243%0#\240\3\2\1\2\241\0340\32\33\6krbtgt\33\20PORTOLAN."
			  "INVALID\245\21\30\01719700101000000Z\247\6\2\4\0224Vx\250\0130\11\2\1\22"
			  "\2\1\21\2\1\27")},
		   {'<', SLICE("\0\0\0w~"
			       "u0s\240\3\2\1\5\241\3\2\1\36\244\21\30\01720260921141320Z\245\5\2\3"
			       "\11\302\216\246\3\2\1\6\251\22\33\20PORTOLAN.INVALID\252%0#"
			       "\240\3\2\1\2\241\0340\32\33\6krbtgt\33\20PORTOLAN."
			       "INVALID\253\r\33\13NULL_CLIENT")}},
	 .codes = ""},
	{.title = "a minute and a half behind",
	 .source = "MIT krb5 1.20.1",
	 .turns = {{'>',
		    SLICE("\0\0\0~j|"
			  "0z\241\3\2\1\5\242\3\2\1\n\244n0l\240\7\3\5\0\0\0\0\0\242\22\33\20PORTOL"
			  "AN.INVALID\243%0#\240\3\2\1\2\241\0340\32\33\6krbtgt\33\20PORTOLAN."
			  "INVALID\245\21\30\01719700101000000Z\247\6\2\4\0224Vx\250\0130\11\2\1\22"
			  "\2\1\21\2\1\27")},
		   {'<', SLICE("\0\0\0w~"
			       "u0s\240\3\2\1\5\241\3\2\1\36\244\21\30\01720260921141150Z\245\5\2\3"
			       "\11\323\212\246\3\2\1\6\251\22\33\20PORTOLAN.INVALID\252%0#"
			       "\240\3\2\1\2\241\0340\32\33\6krbtgt\33\20PORTOLAN."
			       "INVALID\253\r\33\13NULL_CLIENT")}},
	 .codes = "kerberos-clock-drifts"},
	{.title = "months ahead",
	 .source = "MIT krb5 1.20.1",
	 .turns = {{'>',
		    SLICE("\0\0\0~j|"
			  "0z\241\3\2\1\5\242\3\2\1\n\244n0l\240\7\3\5\0\0\0\0\0\242\22\33\20PORTOL"
			  "AN.INVALID\243%0#\240\3\2\1\2\241\0340\32\33\6krbtgt\33\20PORTOLAN."
			  "INVALID\245\21\30\01719700101000000Z\247\6\2\4\0224Vx\250\0130\11\2\1\22"
			  "\2\1\21\2\1\27")},
		   {'<', SLICE("\0\0\0w~"
			       "u0s\240\3\2\1\5\241\3\2\1\36\244\21\30\01720261128024543Z\245\5\2\3"
			       "\3^\264\246\3\2\1\6\251\22\33\20PORTOLAN.INVALID\252%0#"
			       "\240\3\2\1\2\241\0340\32\33\6krbtgt\33\20PORTOLAN."
			       "INVALID\253\r\33\13NULL_CLIENT")}},
	 .codes = "kerberos-clock"},
};

const struct audit audit_kerberos = {
	.name = "kerberos",
	.title = "the clock of a KDC, over UDP",
	.of = of,
	.transport = TRANSPORT_UDP,
	.start = start_udp,
	.input = input_udp,
	.weaknesses = weaknesses,
	.n_weaknesses = N_WEAKNESSES,
	.vectors = vectors_udp,
	.n_vectors = ARRAY_LEN(vectors_udp),
};
const struct audit audit_kerberos_tcp = {
	.name = "kerberos-tcp",
	.title = "the clock of a KDC, over TCP",
	.of = of,
	.transport = TRANSPORT_TCP,
	.start = start_tcp,
	.input = input_tcp,
	.weaknesses = weaknesses,
	.n_weaknesses = N_WEAKNESSES,
	.vectors = vectors_tcp,
	.n_vectors = ARRAY_LEN(vectors_tcp),
};
