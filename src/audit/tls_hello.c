/* SPDX-License-Identifier: ISC */
#include "audit/tls_hello.h"

#include <string.h>

#include "base/slice.h"
#include "proto/tls_put.h"

enum { HANDSHAKE_HEADER = 4, RECORD_HEADER = 5, AWKWARD = 256, ROOMY = 512 };
enum { EXTENSION_PADDING = 21, EXTENSION_HEADER = 4 };
enum { SCSV_RENEGOTIATION = 0x00ff, SCSV_FALLBACK = 0x5600 };

static void put(struct proto_out *out, struct slice bytes)
{
	proto_put(out, bytes.p, bytes.n);
}

static void put_suites(const struct tls_hello *h, struct proto_out *out)
{
	size_t list = tls_open_length(out);

	for (size_t i = 0; i < h->n_suites; i++)
		proto_put16(out, h->suites[i]);
	proto_put16(out, SCSV_RENEGOTIATION);
	if (h->is_fallback)
		proto_put16(out, SCSV_FALLBACK);
	tls_close_length(out, list);
}

/* supported_groups, RFC 8422 section 5.1.1: sect163k1, sect163r2, secp160k1, secp160r1, secp192k1
 * and secp192r1 are the weak ones; then x25519, P-256, P-384, P-521 and x448. */
static void put_groups(const struct tls_hello *h, struct proto_out *out)
{
	size_t extension, list;

	proto_put16(out, 10);
	extension = tls_open_length(out);
	list = tls_open_length(out);
	if (h->prefers_weak)
		put(out, SLICE("\0\x01\0\x03\0\x0f\0\x10\0\x12\0\x13"));
	put(out, SLICE("\0\x1d\0\x17\0\x18\0\x19\0\x1e"));
	tls_close_length(out, list);
	tls_close_length(out, extension);
}

/* signature_algorithms, RFC 8446 section 4.2.3; with SHA-1, and MD5 of RFC 5246 section 7.4.1.4.1
 * where weak ones are asked for. */
static void put_signatures(const struct tls_hello *h, struct proto_out *out)
{
	size_t extension, list;

	proto_put16(out, 13);
	extension = tls_open_length(out);
	list = tls_open_length(out);
	if (h->prefers_weak)
		put(out, SLICE("\x01\x01\x02\x01\x02\x03\x02\x02"));
	put(out, SLICE("\x04\x03\x05\x03\x06\x03\x08\x07\x08\x04\x08\x05\x08\x06\x04\x01\x05\x01"
		       "\x06\x01"));
	if (!h->prefers_weak)
		put(out, SLICE("\x02\x03\x02\x01\x02\x02"));
	tls_close_length(out, list);
	tls_close_length(out, extension);
}

/* supported_versions 1.3 to 1.0, and a key for x25519. */
static void put_newest(const struct tls_hello *h, struct proto_out *out)
{
	put(out, SLICE("\0\x2b\0\x09\x08\x03\x04\x03\x03\x03\x02\x03\x01"));
	put(out, SLICE("\0\x33\0\x26\0\x24\0\x1d\0\x20"));
	tls_put_chance(out, h->chance, 0x36);
}

/* n: of the whole message, without this extension. */
static void put_padding(struct proto_out *out, size_t n)
{
	static const uint8_t nothing[ROOMY];
	size_t more;

	if (n < AWKWARD || n >= ROOMY)
		return;
	more = n + EXTENSION_HEADER < ROOMY ? ROOMY - n - EXTENSION_HEADER : 0;
	proto_put16(out, EXTENSION_PADDING);
	proto_put16(out, (unsigned)more);
	proto_put(out, nothing, more);
}

static void put_extensions(const struct tls_hello *h, struct proto_out *out)
{
	size_t list = tls_open_length(out);

	tls_put_server_name(out, h->host);
	put_groups(h, out);
	if (h->version >= TLS_1_2)
		put_signatures(h, out);
	put(out, SLICE("\0\x16\0\0"    /* encrypt_then_mac, RFC 7366 */
		       "\0\x17\0\0")); /* extended_master_secret, RFC 7627 */
	if (h->version >= TLS_1_3)
		put_newest(h, out);
	put_padding(out, out->n - RECORD_HEADER);
	tls_close_length(out, list);
}

void tls_hello_put(const struct tls_hello *h, struct proto_out *out)
{
	size_t record, message;

	proto_put(out, "\x16", 1);
	proto_put16(out, h->version > SSL_3 ? TLS_1_0 : SSL_3);
	record = tls_open_length(out);
	proto_put(out, "\x01\0", 2);
	message = tls_open_length(out);
	proto_put16(out, h->version < TLS_1_2 ? h->version : TLS_1_2);
	tls_put_chance(out, h->chance, 0x5c);
	proto_put(out, "\0", 1); /* no session */
	put_suites(h, out);
	if (h->version < TLS_1_3)
		put(out, SLICE("\2\1\0")); /* DEFLATE, RFC 3749; else none */
	else
		put(out, SLICE("\1\0"));
	if (h->version > SSL_3) /* which knows no extensions */
		put_extensions(h, out);
	tls_close_length(out, message);
	tls_close_length(out, record);
}

void tls_hello_put_ssl2(const uint8_t *chance, struct proto_out *out)
{
	static const struct slice kinds =
		SLICE("\x01\0\x80\x02\0\x80\x03\0\x80\x04\0\x80\x05\0\x80\x06\0\x40\x07\0\xc0");
	size_t record = tls_open_length(out);

	proto_put(out, "\1", 1); /* CLIENT-HELLO */
	proto_put16(out, SSL_2);
	proto_put16(out, (unsigned)kinds.n);
	proto_put16(out, 0); /* no session */
	proto_put16(out, PROTO_CHANCE);
	put(out, kinds);
	proto_put(out, chance, PROTO_CHANCE);
	tls_close_length(out, record);
	out->bytes[record - 2] |= 0x80; /* a header of two bytes */
}
