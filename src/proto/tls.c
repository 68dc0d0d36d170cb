/* SPDX-License-Identifier: ISC
 *
 * TLS: one ClientHello, for the versions 1.0 to 1.3, RFC 8446 section 4.1.2 and RFC 5246 section
 * 7.4.1.2; a ServerHello, a HelloRetryRequest or an alert is the answer. The handshake goes no
 * further, so that no secret comes of it: random and key share are the chance of the question,
 * stretched.
 *
 * It proves TLS, and not what is inside: so not https, nor ldaps.
 */
#include "base/compiler.h"
#include "proto/proto.h"
#include "proto/tls_answer.h"
#include "proto/tls_put.h"

/* What servers of any age can choose from; the last one says that we know of RFC 5746. */
static const struct slice suites = SLICE(
	"\x13\x01\x13\x02\x13\x03\xc0\x2b\xc0\x2f\xc0\x2c\xc0\x30\xcc\xa9\xcc\xa8\x00\x9e\x00\x9f"
	"\xc0\x09\xc0\x13\xc0\x0a\xc0\x14\x00\x33\x00\x39\x00\x9c\x00\x9d\x00\x3c\x00\x2f\x00\x35"
	"\x00\x0a\x00\xff");

/* Type, length, value of each; RFC 8446 section 4.2, RFC 8422, RFC 7627. */
static const struct slice extensions = SLICE(
	"\0\x0a\0\x0c\0\x0a\0\x1d\0\x17\0\x18\0\x19\x01\0" /* x25519, P-256 to P-521, ffdhe2048 */
	"\0\x0b\0\x02\x01\0"				   /* points as they are */
	"\0\x0d\0\x1e\0\x1c"				   /* signatures: */
	"\x04\x03\x05\x03\x06\x03\x08\x07\x08\x08"	   /* ECDSA, EdDSA, */
	"\x08\x04\x08\x05\x08\x06\x04\x01\x05\x01\x06\x01" /* RSA, */
	"\x02\x03\x02\x01\x02\x02"			   /* and with SHA-1 */
	"\0\x17\0\0"					   /* extended master secret */
	"\0\x2b\0\x09\x08\x03\x04\x03\x03\x03\x02\x03\x01" /* versions 1.3 to 1.0 */
	"\0\x2d\0\x02\x01\x01"				   /* resumption with (EC)DHE */
	"\0\x33\0\x26\0\x24\0\x1d\0\x20");		   /* a key for x25519 follows */

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	size_t record, message, list;

	(void)state;
	proto_put(out, "\x16\x03\x01", 3);
	record = tls_open_length(out);
	proto_put(out, "\x01\0", 2);
	message = tls_open_length(out);
	proto_put16(out, 0x0303);
	tls_put_chance(out, ask->chance, 0x5c);
	proto_put(out, "\0", 1); /* no session */
	list = tls_open_length(out);
	proto_put(out, suites.p, suites.n);
	tls_close_length(out, list);
	proto_put16(out, 0x0100); /* no compression */
	list = tls_open_length(out);
	tls_put_server_name(out, ask->host);
	proto_put(out, extensions.p, extensions.n);
	tls_put_chance(out, ask->chance, 0x36);
	tls_close_length(out, list);
	tls_close_length(out, message);
	tls_close_length(out, record);
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	const enum proto_result result = tls_answer(*in, true, said);

	(void)state;
	(void)ask;
	if (result == PROTO_PROVED && !tls_is_alert(*in))
		tls_put_close_notify(out, (uint16_t)((uint8_t)in->p[1] << 8 | (uint8_t)in->p[2]));
	return result;
}

static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	return tls_answer(in, false, said);
}

static const char *const services[] = {"tls", NULL};

#define HELLO                                                                                      \
	"\26\3\1\0\326\1\0\0\322\3\3\\]^_XYZ[TUVWPQRS\243\242\241\240\247\246"                     \
	"\245\244\253\252\251\250\257\256\255\254\0\0000\23\1\23\2\23\3\300"                       \
	"+\300/\300,\3000\314\251\314\250\0\236\0\237\300\11\300\23\300\n\300"                     \
	"\24\0003\0009\0\234\0\235\0<\0/\0005\0\n\0\377\1\0\0y\0\n\0\14\0\n"                       \
	"\0\35\0\27\0\30\0\31\1\0\0\13\0\2\1\0\0\15\0\36\0\34\4\3\5\3\6\3\10"                      \
	"\7\10\10\10\4\10\5\10\6\4\1\5\1\6\1\2\3\2\1\2\2\0\27\0\0\0+\0\11\10"                      \
	"\3\4\3\3\3\2\3\1\0-\0\2\1\1\0003\0&\0$\0\35\0 67452301>?<=:;89\311"                       \
	"\310\313\312\315\314\317\316\301\300\303\302\305\304\307\306"

static const struct proto_vector vectors[] = {
	{.title = "version 1.3",
	 .source = "nginx 1.22.1",
	 .turns = {{'>', SLICE(HELLO)},
		   {'<', SLICE("\26\3\3\0Z\2\0\0V\3\3\265\202\311\203KuH\307\234D\244\202\213g\303"
			       "\364\365\316V\3721$4\26\27\0157\2739\374\202\315\0\23\1\0\0.\0+\0\2"
			       "\3\4\0003\0$\0\35\0 '\336\317\251\253\34\331.\2[0\304k\345u}\17\330"
			       "\306\"{\222\304[\201\357\215\236\14L\374)\24\3\3\0\1\1")},
		   {'>', SLICE("\25\3\3\0\2\1\0")}},
	 .result = PROTO_PROVED,
	 .text = "TLS 1.3"},
	{.title = "version 1.2, and the certificate",
	 .source = "nginx 1.22.1",
	 .turns = {{'>', SLICE(HELLO)},
		   {'<',
		    SLICE("\26\3\3\0]\2\0\0Y\3\3\233\374Y\247n\300`\367\237\33\365~\345\256S\25"
			  "!\350\302\10i4\347\303\235Y\10\222\312\2623e \250\\+\26\3334xk\320"
			  "_\nU\225\36\275\302\3\\\311\376H^\305\377\26\346\266\221\222\241\362"
			  "\260\300+\0\0\21\377\1\0\1\0\0\13\0\4\3\0\1\2\0\27\0\0\26\3\3\1\257"
			  "\13\0\1\253\0\1\250\0\1\2450\202\1\2410\202\1G\240\3\2\1\2\2\24\32"
			  ">A\362\212\300Z\26$9\234\204\300\0022\13f\222y\0150\n\6\10*\206H\316"
			  "=\4\3\0020&1\0200\16\6\3U\4\n\14\7Harbour1\0220\20\6\3U\4\3\14\11p"
			  "eer.test0\36\27\015261127220250Z\27\015261227220250Z0&1\0200\16\6\3"
			  "U\4\n\14\7Harbour1\0220\20\6\3U\4\3\14\11peer.test0Y0\23\6\7*\206H"
			  "\316=\2\1\6\10*\206H\316=\3\1\7\3B\0\4\230\261\341\32\210\324)\007"
			  "0{\226\245\\\236\340\256\332\333\31\321\256+7G\17\223\300`\36\205\34"
			  "\300\332\316\340\227\314V\0011\330\30\271T:\311<\233\371A\304\342A"
			  "\341\7\367l\260\345l)\233\364\332\243S0Q0\35\6\3U\35\16\4\26\4\24@"
			  "\223,\332\31\314u\274\223\"\210i\231s\206'\353K6\2610\37\6\3U\35#\4"
			  "\0300\26\200\24@\223,\332\31\314u\274\223\"\210i\231s\206'\353K6\261"
			  "0\17\6\3U\35\23\1\1\377\4\0050\3\1\1\3770\n\6\10*\206H\316=\4\3\2\3"
			  "H\0000E\2 Iw\325\227\313\323\314\206\"G\224u3\226Y~g:n\330\257Z`\206"
			  "_\6\221Fq\302+\321\2!\0\363\356\4W|\257>Q\0\262\304Hv\305&\362\233"
			  "\206p\303\0012\244H\330\210\243\332~\2134>")},
		   {'>', SLICE("\25\3\3\0\2\1\0")}},
	 .result = PROTO_PROVED,
	 .text = "TLS 1.2, certificate peer.test"},
	{.title = "version 1.3",
	 .source = "GnuTLS 3.7.9",
	 .turns = {{'>', SLICE(HELLO)},
		   {'<', SLICE("\26\3\3\0Z\2\0\0V\3\3\304\263\"B/k\265T\267\355\330\11\241\333\310"
			       "~C\261Rd\361'\20\232\330H*\252q4\364\236\0\23\1\0\0.\0003\0$\0\35\0"
			       " FR|E\24B_b\366\27\311\32\245\375J\373z\35\245\25\365\\\266hY}\361"
			       "S\245\361\357O\0+\0\2\3\4\24\3\3\0\1\1")},
		   {'>', SLICE("\25\3\3\0\2\1\0")}},
	 .result = PROTO_PROVED,
	 .text = "TLS 1.3"},
	{.title = "version 1.3",
	 .source = "stunnel 5.68",
	 .turns = {{'>', SLICE(HELLO)},
		   {'<',
		    SLICE("\26\3\3\0Z\2\0\0V\3\3\231\212oq=K_^r\24>\16\255\226\36w\256\27\333"
			  "\335~\363H\24\233\3135C\310\200\3\344\0\23\1\0\0.\0+\0\2\3\4\0003\0"
			  "$\0\35\0 (\345\223I:?\271\336&\0212\340\340L\205o\253\371?\366\11\301"
			  "\1\245d\315\363\200\201\351B-")},
		   {'>', SLICE("\25\3\3\0\2\1\0")}},
	 .result = PROTO_PROVED,
	 .text = "TLS 1.3"},
	{.title = "it wants another curve: a HelloRetryRequest",
	 .source = "OpenSSL 3.0.19",
	 .turns = {{'>', SLICE(HELLO)},
		   {'<',
		    SLICE("\26\3\3\0008\2\0\0004\3\3\317!\255t\345\232a\21\276\35\214\2\36e\270"
			  "\221\302\242\21\26z\273\214^\7\236\11\342\310\2503\234\0\23\1\0\0\14"
			  "\0+\0\2\3\4\0003\0\2\0\30\24\3\3\0\1\1")},
		   {'>', SLICE("\25\3\3\0\2\1\0")}},
	 .result = PROTO_PROVED,
	 .text = "TLS 1.3"},
	{.title = "version 1.0, and the certificate",
	 .source = "OpenSSL 3.0.19",
	 .turns = {{'>', SLICE(HELLO)},
		   {'<',
		    SLICE("\26\3\1\0]\2\0\0Y\3\1\244M\37M\275w\257\371\274\266}\340\7s.\232\357"
			  "\341!\11\2\2074\336\314\262\205\203g\232\360\277 \240\214\6\213\36"
			  "L\31\31\257\27Ok\334\217qj7\225\246\0\2255\351U\312\213\365\210\23"
			  "\375\363\237\300\11\0\0\21\377\1\0\1\0\0\13\0\4\3\0\1\2\0\27\0\0\26"
			  "\3\1\1\257\13\0\1\253\0\1\250\0\1\2450\202\1\2410\202\1G\240\3\2\1"
			  "\2\2\24\32>A\362\212\300Z\26$9\234\204\300\0022\13f\222y\0150\n\6\10"
			  "*\206H\316=\4\3\0020&1\0200\16\6\3U\4\n\14\7Harbour1\0220\20\6\3U\4"
			  "\3\14\11peer.test0\36\27\015261127220250Z\27\015261227220250Z0&1\020"
			  "0\16\6\3U\4\n\14\7Harbour1\0220\20\6\3U\4\3\14\11peer.test0Y0\23\6"
			  "\7*\206H\316=\2\1\6\10*\206H\316=\3\1\7\3B\0\4\230\261\341\32\210\324"
			  ")\0070{\226\245\\\236\340\256\332\333\31\321\256+7G\17\223\300`\36"
			  "\205\34\300\332\316\340\227\314V\0011\330\30\271T:\311<\233\371A\304"
			  "\342A\341\7\367l\260\345l)\233\364\332\243S0Q0\35\6\3U\35\16\4\26\4"
			  "\24@\223,\332\31\314u\274\223\"\210i\231s\206'\353K6\2610\37\6\3U\35"
			  "#\4\0300\26\200\24@\223,\332\31\314u\274\223\"\210i\231s\206'\353K"
			  "6\2610\17\6\3U\35\23\1\1\377\4\0050\3\1\1\3770\n\6\10*\206H\316=\4"
			  "\3\2\3H\0000E\2 Iw\325\227\313\323\314\206\"G\224u3\226Y~g:n\330\257"
			  "Z`\206_\6\221Fq\302+\321\2!\0\363\356\4W|\257>Q\0\262\304Hv\305&\362"
			  "\233\206p\303\0012\244H\330\210\243\332~\2134>")},
		   {'>', SLICE("\25\3\1\0\2\1\0")}},
	 .result = PROTO_PROVED,
	 .text = "TLS 1.0, certificate peer.test"},
	{.title = "version 1.2, without a certificate",
	 .source = "RFC 5246 section 7.3",
	 .turns = {{'>', SLICE(HELLO)},
		   {'<',
		    SLICE("\26\3\3\0]\2\0\0Y\3\3\233\374Y\247n\300`\367\237\33\365~\345\256S\25"
			  "!\350\302\10i4\347\303\235Y\10\222\312\2623e \250\\+\26\3334xk\320"
			  "_\nU\225\36\275\302\3\\\311\376H^\305\377\26\346\266\221\222\241\362"
			  "\260\300+\0\0\21\377\1\0\1\0\0\13\0\4\3\0\1\2\0\27\0\0\26\3\3\0\4\16"
			  "\0\0\0")},
		   {'>', SLICE("\25\3\3\0\2\1\0")}},
	 .result = PROTO_PROVED,
	 .text = "TLS 1.2"},
	{.title = "one message in several records",
	 .source = "RFC 5246 section 6.2.1",
	 .turns = {{'>', SLICE(HELLO)},
		   {'<',
		    SLICE("\26\3\3\0\2\2\0\26\3\3\0000\0Y\3\3\233\374Y\247n\300`\367\237\33\365"
			  "~\345\256S\25!\350\302\10i4\347\303\235Y\10\222\312\2623e \250\\+\26"
			  "\3334xk\320_\n\26\3\3\0+U\225\36\275\302\3\\\311\376H^\305\377\26\346"
			  "\266\221\222\241\362\260\300+\0\0\21\377\1\0\1\0\0\13\0\4\3\0\1\2\0"
			  "\27\0\0\26\3\3\0\4\16\0\0\0")},
		   {'>', SLICE("\25\3\3\0\2\1\0")}},
	 .result = PROTO_PROVED,
	 .text = "TLS 1.2"},
	{.title = "an alert",
	 .source = "nginx 1.22.1",
	 .turns = {{'>', SLICE(HELLO)}, {'<', SLICE("\25\3\3\0\2\2p")}},
	 .result = PROTO_PROVED,
	 .text = "alert unrecognized_name"},
	{.title = "an alert that nobody knows",
	 .source = "RFC 8446 section 6",
	 .turns = {{'>', SLICE(HELLO)}, {'<', SLICE("\25\3\3\0\2\2\310")}},
	 .result = PROTO_OTHER},
	{.title = "an alert of no level",
	 .source = "RFC 8446 section 6",
	 .turns = {{'>', SLICE(HELLO)}, {'<', SLICE("\25\3\3\0\2\3(")}},
	 .result = PROTO_OTHER},
	{.title = "an encrypted alert, which cannot be the first",
	 .source = "RFC 5246 section 7.2",
	 .turns = {{'>', SLICE(HELLO)},
		   {'<',
		    SLICE("\25\3\3\0\32\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")}},
	 .result = PROTO_OTHER},
	{.title = "extensions longer than the message",
	 .source = "RFC 8446 section 4.1.3",
	 .turns = {{'>', SLICE(HELLO)},
		   {'<',
		    SLICE("\26\3\3\0]\2\0\0Y\3\3\233\374Y\247n\300`\367\237\33\365~\345\256S\25"
			  "!\350\302\10i4\347\303\235Y\10\222\312\2623e \250\\+\26\3334xk\320"
			  "_\nU\225\36\275\302\3\\\311\376H^\305\377\26\346\266\221\222\241\362"
			  "\260\300+\0\0\22\377\1\0\1\0\0\13\0\4\3\0\1\2\0\27\0\0")}},
	 .result = PROTO_OTHER},
	{.title = "a version that was not asked for",
	 .source = "RFC 8446 section 4.1.3",
	 .turns = {{'>', SLICE(HELLO)},
		   {'<',
		    SLICE("\26\3\3\0]\2\0\0Y\177\34\233\374Y\247n\300`\367\237\33\365~\345\256"
			  "S\25!\350\302\10i4\347\303\235Y\10\222\312\2623e \250\\+\26\3334xk"
			  "\320_\nU\225\36\275\302\3\\\311\376H^\305\377\26\346\266\221\222\241"
			  "\362\260\300+\0\0\21\377\1\0\1\0\0\13\0\4\3\0\1\2\0\27\0\0")}},
	 .result = PROTO_OTHER},
	{.title = "SSL 2.0",
	 .source = "RFC 6101 appendix E",
	 .turns = {{'>', SLICE(HELLO)},
		   {'<',
		    SLICE("\200+\4\0\1\0\2\0\0\0\0\0\20\0\1\2\3\4\5\6\7\10\11\n\13\14\15\16\17")}},
	 .result = PROTO_OTHER},
	{.title = "a web server",
	 .source = "RFC 9112",
	 .turns = {{'>', SLICE(HELLO)}, {'<', SLICE("HTTP/1.1 400 Bad Request\15\n\15\n")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(HELLO)}, {'<', SLICE(HELLO)}},
	 .result = PROTO_OTHER},
};

static const struct proto_reply replies[] = {
	{.title = "to a request of HTTP",
	 .source = "GnuTLS 3.7.9",
	 .bytes = SLICE("\25\3\3\0\2\2\n"),
	 .text = "alert unexpected_message"},
	{.title = "to 168 bytes of no meaning",
	 .source = "GnuTLS 3.7.9",
	 .bytes = SLICE("\25\3\3\0\2\2\26"),
	 .text = "alert record_overflow"},
	{.title = "to another's ClientHello",
	 .source = "nginx 1.22.1",
	 .bytes = SLICE("\26\3\3\0Z\2\0\0V\3\3\265\202\311\203KuH\307\234D\244\202\213g\303"
			"\364\365\316V\3721$4\26\27\0157\2739\374\202\315\0\23\1\0\0.\0+\0\2"
			"\3\4\0003\0$\0\35\0 '\336\317\251\253\34\331.\2[0\304k\345u}\17\330"
			"\306\"{\222\304[\201\357\215\236\14L\374)"),
	 .text = "TLS 1.3"},
};

const struct proto proto_tls = {
	.name = "tls",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.start = start,
	.input = input,
	.recognise = recognise,
	.turn = 1,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
	.replies = replies,
	.n_replies = ARRAY_LEN(replies),
};
