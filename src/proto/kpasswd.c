/* SPDX-License-Identifier: ISC
 *
 * Kerberos password change: a request with a ticket that is none, RFC 3244 section 2. Nobody's
 * password is meant by it; the answer is a KRB-ERROR that tells the realm, which a KDC does not
 * tell strangers. MIT's and Samba's servers answer; whether Windows does is not known.
 */
#include "base/compiler.h"
#include "proto/krb.h"
#include "proto/wire.h"

enum { HEADER = 6, CHANGE = 1 };

/* Length of all, version, length of the AP-REQ, AP-REQ, KRB-PRIV. Without any AP-REQ it is
 * ignored. */
#define REQUEST "\0\16\0\1\0\4AAAABBBB"
static const struct slice request = SLICE(REQUEST);

static void start_udp(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	proto_put(out, request.p, request.n);
}

static void start_tcp(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	proto_put32(out, (uint32_t)request.n);
	start_udp(state, ask, out);
}

/* Length, version, an AP-REP of no length: then the rest is a KRB-ERROR. */
static enum proto_result read_answer(struct slice m, struct proto_said *said)
{
	uint16_t length, version, ap_rep;
	struct slice s = m;
	struct krb_error e;

	if (!wire_take16(&s, &length) || !wire_take16(&s, &version) || !wire_take16(&s, &ap_rep) ||
	    length != m.n || version != CHANGE || ap_rep != 0 || !krb_error_read(s, &e))
		return PROTO_OTHER;
	proto_sayf(said, "realm %.*s", (int)e.realm.n, e.realm.p);
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

/* MIT's server answers anything that is too long to be a question with a bare error, as a KDC does:
 * that it is the password's is known by the answer to its own question only. */
static enum proto_result recognise_error(struct slice m, struct proto_said *said)
{
	struct krb_error e;

	if (krb_error_read(m, &e))
		return slice_is(e.service, "kadmin") ? PROTO_MORE : PROTO_OTHER;
	return read_answer(m, said);
}

static enum proto_result recognise_tcp(struct slice in, struct proto_said *said)
{
	return krb_read_tcp(&in, said, recognise_error);
}

static const char *const services[] = {"kpasswd", NULL};

static const struct proto_vector vectors_udp[] = {
	{.title = "the ticket is none",
	 .source = "MIT krb5 1.20.1",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<',
		    SLICE("\0\205\0\1\0\0~}0{\240\3\2\1\5\241\3\2\1\36\244\21\30\01720261127060"
			  "340Z\245\3\2\1\0\246\3\2\1<\251\13\33\11PEER.TEST\252\0350\33\240\3"
			  "\2\1\1\241\0240\22\33\6kadmin\33\10changepw\254&\4$\0\3Failed readin"
			  "g application request")}},
	 .result = PROTO_PROVED,
	 .text = "realm PEER.TEST"},
	{.title = "the ticket is none",
	 .source = "Samba 4.17.12",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<',
		    SLICE("\0\231\0\1\0\0~\201\2200\201\215\240\3\2\1\5\241\3\2\1\36\244\21\30"
			  "\01720261127060344Z\245\5\2\3\6\33M\246\3\2\1\2\251\16\33\14AD.PEER."
			  "TEST\252\0350\33\240\3\2\1\1\241\0240\22\33\6kadmin\33\10changepw"
			  "\2543\0041\0\2gensec_update failed - NT_STATUS_LOGON_FAILURE\n")}},
	 .result = PROTO_PROVED,
	 .text = "realm AD.PEER.TEST"},
	{.title = "an error without a header, as of a KDC",
	 .source = "RFC 4120",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<',
		    SLICE("~}0{\240\3\2\1\5\241\3\2\1\36\244\21\30\01720261127060340Z\245\3\2\1"
			  "\0\246\3\2\1<\251\13\33\11PEER.TEST\252\0350\33\240\3\2\1\1\241\0240"
			  "\22\33\6kadmin\33\10changepw\254&\4$\0\3Failed reading application r"
			  "equest")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE(REQUEST)}},
	 .result = PROTO_OTHER},
};

static const struct proto_vector vectors_tcp[] = {
	{.title = "too long a question, by a bare error",
	 .source = "MIT krb5 1.20.1",
	 .turns = {{'>', SLICE("\0\0\0\16" REQUEST)},
		   {'<',
		    SLICE("\0\0\0Y~"
			  "W0U\240\3\2\1\5\241\3\2\1\36\244\21\30\01720261127220135Z\245\5\2\3\2\4"
			  "\23\246\3\2\1=\251\13\33\11PEER."
			  "TEST\252\0350\33\240\3\2\1\1\241\0240\22\33\6kadmin\33\10changepw")}},
	 .result = PROTO_OTHER},
	{.title = "the ticket is none",
	 .source = "MIT krb5 1.20.1",
	 .turns = {{'>', SLICE("\0\0\0\16" REQUEST)},
		   {'<', SLICE("\0\0\0")},
		   {'<',
		    SLICE("\205\0\205\0\1\0\0~}0{\240\3\2\1\5\241\3\2\1\36\244\21\30\0172026112"
			  "7060340Z\245\3\2\1\0\246\3\2\1<\251\13\33\11PEER.TEST\252\0350\33"
			  "\240\3\2\1\1\241\0240\22\33\6kadmin\33\10changepw\254&\4$\0\3Failed "
			  "reading application request")}},
	 .result = PROTO_PROVED,
	 .text = "realm PEER.TEST"},
	{.title = "the ticket is none",
	 .source = "Samba 4.17.12",
	 .turns = {{'>', SLICE("\0\0\0\16" REQUEST)},
		   {'<',
		    SLICE("\0\0\0\231\0\231\0\1\0\0~\201\2200\201\215\240\3\2\1\5\241\3\2\1\36"
			  "\244\21\30\01720261127060344Z\245\5\2\3\7h&\246\3\2\1\2\251\16\33\14"
			  "AD.PEER.TEST\252\0350\33\240\3\2\1\1\241\0240\22\33\6kadmin\33\10cha"
			  "ngepw\2543\0041\0\2gensec_update failed - NT_STATUS_LOGON_FAILURE\n")}},
	 .result = PROTO_PROVED,
	 .text = "realm AD.PEER.TEST"},
	{.title = "a web server",
	 .source = "RFC 9112",
	 .turns = {{'>', SLICE("\0\0\0\16" REQUEST)},
		   {'<', SLICE("HTTP/1.1 400 Bad Request\r\n"
			       "\r\n")}},
	 .result = PROTO_OTHER},
};

static const struct proto_reply replies[] = {
	{.title = "to another's request",
	 .source = "Samba 4.17.12",
	 .bytes = SLICE("\0\0\0\231\0\231\0\1\0\0~"
			"\201\2200\201\215\240\3\2\1\5\241\3\2\1\36\244\21\30\01720261127220116Z"
			"\245\5\2\3\5\306M\246\3\2\1\2\251\16\33\14AD.PEER."
			"TEST\252\0350\33\240\3\2\1\1\241\0240\22\33\6kadmin\33\10changepw\2543\004"
			"1\0\2gensec_update failed - NT_STATUS_LOGON_FAILURE\n"),
	 .text = "realm AD.PEER.TEST"},
};

const struct proto proto_kpasswd = {
	.name = "kpasswd",
	.services = services,
	.transport = TRANSPORT_UDP,
	.answers = PROTO_SOMETIMES,
	.has_no_id = true,
	.start = start_udp,
	.input = input_udp,
	.vectors = vectors_udp,
	.n_vectors = ARRAY_LEN(vectors_udp),
};

const struct proto proto_kpasswd_tcp = {
	.name = "kpasswd",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_SOMETIMES,
	.start = start_tcp,
	.input = input_tcp,
	.recognise = recognise_tcp,
	.turn = 50,
	.vectors = vectors_tcp,
	.n_vectors = ARRAY_LEN(vectors_tcp),
	.replies = replies,
	.n_replies = ARRAY_LEN(replies),
};
