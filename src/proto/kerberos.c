/* SPDX-License-Identifier: ISC
 *
 * Kerberos: a ticket is asked for by nobody, in a realm that does not exist. No account is touched,
 * no password is tried; any KDC answers with a KRB-ERROR, which tells its clock. RFC 4120 sections
 * 5.4.1 and 7.2; over TCP each message has its length in front, 7.2.2.
 */
#include "base/compiler.h"
#include "proto/krb.h"

#define REALM "\x1b\x10PORTOLAN.INVALID"

#define AS_REQ                                                                                     \
	"\x6a\x7c\x30\x7a"                                                                         \
	"\xa1\x03\x02\x01\x05"		       /* pvno 5 */                                        \
	"\xa2\x03\x02\x01\x0a"		       /* AS-REQ */                                        \
	"\xa4\x6e\x30\x6c"		       /* req-body: */                                     \
	"\xa0\x07\x03\x05\0\0\0\0\0"	       /* no options */                                    \
	"\xa2\x12" REALM		       /* and no cname */                                  \
	"\xa3\x25\x30\x23\xa0\x03\x02\x01\x02" /* sname, of a service: */                          \
	"\xa1\x1c\x30\x1a\x1b\x06krbtgt" REALM /* krbtgt/PORTOLAN.INVALID */                       \
	"\xa5\x11\x18\x0f"                                                                         \
	"19700101000000Z"		   /* till: as long as may be */                           \
	"\xa7\x06\x02\x04\x12\x34\x56\x78" /* a nonce, which no error returns */                   \
	"\xa8\x0b\x30\x09"		   /* AES256, AES128, RC4 */                               \
	"\x02\x01\x12\x02\x01\x11\x02\x01\x17"

static const struct slice as_req = SLICE(AS_REQ);

static void start_udp(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	proto_put(out, as_req.p, as_req.n);
}

static void start_tcp(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	proto_put32(out, (uint32_t)as_req.n);
	start_udp(state, ask, out);
}

static enum proto_result read_answer(struct slice m, struct proto_said *said)
{
	struct krb_error e;

	if (!krb_error_read(m, &e))
		return PROTO_OTHER;
	if (e.time.n >= 14)
		proto_sayf(said, "its clock says %.4s-%.2s-%.2s %.2s:%.2s:%.2s UTC", e.time.p,
			   e.time.p + 4, e.time.p + 6, e.time.p + 8, e.time.p + 10, e.time.p + 12);
	return PROTO_PROVED;
}

static enum proto_result input_udp(void *state, const struct proto_ask *ask, struct slice *in,
				   struct proto_out *out, struct proto_said *said)
{
	(void)state;
	(void)ask;
	(void)out;
	return read_answer(*in, said);
}

static enum proto_result input_tcp(void *state, const struct proto_ask *ask, struct slice *in,
				   struct proto_out *out, struct proto_said *said)
{
	(void)state;
	(void)ask;
	(void)out;
	return krb_read_tcp(in, said, read_answer);
}

/* A KDC answers anything that is too long to be a question with an error of its own: it is the
 * krbtgt service. A password service does the same. One without a name may be either. */
static enum proto_result recognise_error(struct slice m, struct proto_said *said)
{
	struct krb_error e;

	if (!krb_error_read(m, &e))
		return PROTO_OTHER;
	if (slice_is(e.service, "krbtgt"))
		return read_answer(m, said);
	return e.service.n ? PROTO_OTHER : PROTO_MORE;
}

static enum proto_result recognise_tcp(struct slice in, struct proto_said *said)
{
	return krb_read_tcp(&in, said, recognise_error);
}

static const char *const services[] = {"kerberos", NULL};

static const struct proto_vector vectors_udp[] = {
	{.title = "nobody is no client",
	 .source = "MIT krb5 1.20.1",
	 .turns = {{'>', SLICE(AS_REQ)},
		   {'<',
		    SLICE("~t0r\240\3\2\1\5\241\3\2\1\36\244\21\30\01720261127060340Z\245\4\2\2"
			  "Xv\246\3\2\1\6\251\22\33\20PORTOLAN.INVALID\252%0#\240\3\2\1\2\241"
			  "\0340\32\33\6krbtgt\33\20PORTOLAN.INVALID\253\r\33\13NULL_CLIENT")}},
	 .result = PROTO_PROVED,
	 .text = "its clock says 2026-11-27 06:03:40 UTC"},
	{.title = "nobody is no client",
	 .source = "Samba 4.17.12",
	 .turns = {{'>', SLICE(AS_REQ)},
		   {'<',
		    SLICE("~~0|\240\3\2\1\5\241\3\2\1\36\244\21\30\01720261127060344Z\245\5\2\3"
			  "\5\35\3\246\3\2\1\6\251\22\33\20PORTOLAN.INVALID\252%0#\240\3\2\1\2"
			  "\241\0340\32\33\6krbtgt\33\20PORTOLAN.INVALID\253\26\33\24No client "
			  "in request")}},
	 .result = PROTO_PROVED,
	 .text = "its clock says 2026-11-27 06:03:44 UTC"},
	{.title = "an error that ends early",
	 .source = "RFC 4120",
	 .turns = {{'>', SLICE(AS_REQ)},
		   {'<',
		    SLICE("~t0r\240\3\2\1\5\241\3\2\1\36\244\21\30\01720261127060340Z\245\4\2\2"
			  "Xv\246")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(AS_REQ)}, {'<', SLICE(AS_REQ)}},
	 .result = PROTO_OTHER},
};

static const struct proto_vector vectors_tcp[] = {
	{.title = "nobody is no client",
	 .source = "MIT krb5 1.20.1",
	 .turns = {{'>', SLICE("\0\0\0\176" AS_REQ)},
		   {'<', SLICE("\0\0\0")},
		   {'<',
		    SLICE("v~t0r\240\3\2\1\5\241\3\2\1\36\244\21\30\01720261127060340Z\245\4\2"
			  "\2Xv\246\3\2\1\6\251\22\33\20PORTOLAN.INVALID\252%0#\240\3\2\1\2\241"
			  "\0340\32\33\6krbtgt\33\20PORTOLAN.INVALID\253\r\33\13NULL_CLIENT")}},
	 .result = PROTO_PROVED,
	 .text = "its clock says 2026-11-27 06:03:40 UTC"},
	{.title = "nobody is no client",
	 .source = "Samba 4.17.12",
	 .turns = {{'>', SLICE("\0\0\0\176" AS_REQ)},
		   {'<',
		    SLICE("\0\0\0\200~~0|\240\3\2\1\5\241\3\2\1\36\244\21\30\01720261127060344Z"
			  "\245\5\2\3\6\224\245\246\3\2\1\6\251\22\33\20PORTOLAN.INVALID\252%0#"
			  "\240\3\2\1\2\241\0340\32\33\6krbtgt\33\20PORTOLAN.INVALID\253\26\33"
			  "\24No client in request")}},
	 .result = PROTO_PROVED,
	 .text = "its clock says 2026-11-27 06:03:44 UTC"},
	{.title = "a web server",
	 .source = "RFC 9112",
	 .turns = {{'>', SLICE("\0\0\0\176" AS_REQ)},
		   {'<', SLICE("HTTP/1.1 400 Bad Request\r\n"
			       "\r\n")}},
	 .result = PROTO_OTHER},
};

static const struct proto_reply replies[] = {
	{.title = "to a web client, and anybody else",
	 .source = "MIT krb5 1.20.1",
	 .bytes = SLICE("\0\0\0Z~"
			"X0V\240\3\2\1\5\241\3\2\1\36\244\21\30\01720261127220110Z\245\5\2\3\3\305"
			"\231\246\3\2\1=\251\13\33\11PEER."
			"TEST\252\0360\34\240\3\2\1\2\241\0250\23\33\6krbtgt\33\11PEER.TEST"),
	 .text = "its clock says 2026-11-27 22:01:10 UTC"},
	{.title = "to another's question for a ticket",
	 .source = "Heimdal 7.8",
	 .bytes = SLICE("\0\0\0\200~~0|"
			"\240\3\2\1\5\241\3\2\1\36\244\21\30\01720261127220226Z\245\5\2\3\14S>"
			"\246\3\2\1<\251\22\33\20PORTOLAN.INVALID\252%0#"
			"\240\3\2\1\2\241\0340\32\33\6krbtgt\33\20PORTOLAN.INVALID\253\26\33\24No "
			"client in request"),
	 .text = "its clock says 2026-11-27 22:02:26 UTC"},
};

const struct proto proto_kerberos = {
	.name = "kerberos",
	.services = services,
	.transport = TRANSPORT_UDP,
	.answers = PROTO_ALWAYS,
	.has_no_id = true,
	.start = start_udp,
	.input = input_udp,
	.vectors = vectors_udp,
	.n_vectors = ARRAY_LEN(vectors_udp),
};

const struct proto proto_kerberos_tcp = {
	.name = "kerberos",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.start = start_tcp,
	.input = input_tcp,
	.recognise = recognise_tcp,
	.turn = 6,
	.vectors = vectors_tcp,
	.n_vectors = ARRAY_LEN(vectors_tcp),
	.replies = replies,
	.n_replies = ARRAY_LEN(replies),
};
