/* SPDX-License-Identifier: ISC
 *
 * Messages lie in records without regard to where these end, so they are read through a cursor that
 * steps over the headers between; what is of no interest, as a chain of certificates, is passed
 * over and never copied.
 */
#include "audit/tls_flight.h"

#include <string.h>

#include "audit/tls_hello.h"
#include "audit/tls_suite.h"
#include "proto/wire.h"

enum { ALERT = 21, HANDSHAKE = 22, RECORD_MAX = (1 << 14) + 256, WARNING = 1, FATAL = 2 };
enum { SERVER_HELLO = 2, KEY_EXCHANGE = 12, REQUEST = 13, DONE = 14 };
enum { HELLO_MIN = 38, HELLO_MAX = 1024, KEY_EXCHANGE_MAX = 3 * TLS_PRIME_MAX };
enum { RANDOM = 32, ID_MAX = 32, NAMED_CURVE = 3 };
enum { ENCRYPT_THEN_MAC = 22, MASTER_SECRET = 23, VERSIONS = 43, RENEGOTIATION = 0xff01 };

struct cursor {
	struct slice in; /* behind the last byte that was taken */
	size_t left;	 /* of this record */
	uint16_t version;
	bool is_alert;
	uint8_t alert;
};

/* An alert that only warns is passed over. PROTO_PROVED: a record of the handshake is open. */
static enum proto_result open_record(struct cursor *c)
{
	uint8_t type, level;
	uint16_t n;

	while (c->left == 0) {
		struct slice s = c->in;

		if (!wire_take8(&s, &type))
			return PROTO_MORE;
		if (type != HANDSHAKE && type != ALERT)
			return PROTO_OTHER;
		if (!wire_take16(&s, &c->version) || !wire_take16(&s, &n))
			return PROTO_MORE;
		if (c->version >> 8 != SSL_3 >> 8 || n > RECORD_MAX || (type == ALERT && n != 2))
			return PROTO_OTHER;
		if (type == ALERT) {
			if (!wire_take8(&s, &level) || !wire_take8(&s, &c->alert))
				return PROTO_MORE;
			if (level != WARNING && level != FATAL)
				return PROTO_OTHER;
			c->is_alert = level == FATAL;
			if (c->is_alert)
				return PROTO_OTHER;
			n = 0;
		}
		c->in = s;
		c->left = n;
	}
	return PROTO_PROVED;
}

/* The next n bytes; to: NULL: they are passed over. */
static enum proto_result take(struct cursor *c, void *to, size_t n)
{
	while (n) {
		enum proto_result r = open_record(c);
		struct slice part;
		size_t some;

		if (r != PROTO_PROVED)
			return r;
		some = n < c->left ? n : c->left;
		if (some > c->in.n)
			some = c->in.n;
		if (!some)
			return PROTO_MORE;
		wire_take(&c->in, some, &part);
		if (to) {
			memcpy(to, part.p, some);
			to = (char *)to + some;
		}
		c->left -= some;
		n -= some;
	}
	return PROTO_PROVED;
}

static enum proto_result take_header(struct cursor *c, uint8_t *type, size_t *n)
{
	uint8_t b[4];
	enum proto_result r = take(c, b, sizeof(b));

	if (r == PROTO_PROVED) {
		*type = b[0];
		*n = (size_t)b[1] << 16 | (size_t)b[2] << 8 | b[3];
	}
	return r;
}

static bool read_extensions(struct slice s, struct tls_flight *f)
{
	uint16_t all, type, n;
	struct slice value;

	if (!s.n)
		return true;
	if (!wire_take16(&s, &all) || all != s.n)
		return false;
	while (wire_take16(&s, &type)) {
		if (!wire_take16(&s, &n) || !wire_take(&s, n, &value))
			return false;
		if (type == VERSIONS &&
		    (!wire_take16(&value, &f->version) || f->version != TLS_1_3))
			return false;
		f->has_renegotiation_info |= type == RENEGOTIATION;
		f->has_master_secret |= type == MASTER_SECRET;
		f->has_encrypt_then_mac |= type == ENCRYPT_THEN_MAC;
	}
	return s.n == 0;
}

/* A HelloRetryRequest has the same form. */
static bool read_hello(struct slice m, struct tls_flight *f)
{
	struct slice skipped;
	uint8_t n_id, compression;

	if (!wire_take16(&m, &f->version) || f->version < SSL_3 || f->version > TLS_1_2 ||
	    !wire_take(&m, RANDOM, &skipped) || !wire_take8(&m, &n_id) || n_id > ID_MAX ||
	    !wire_take(&m, n_id, &skipped) || !wire_take16(&m, &f->suite) ||
	    !wire_take8(&m, &compression) || !read_extensions(m, f))
		return false;
	f->is_compressed = compression != 0;
	return true;
}

static enum proto_result take_hello(struct cursor *c, struct tls_flight *f)
{
	char bytes[HELLO_MAX];
	uint8_t type = 0;
	size_t n = 0;
	enum proto_result r = take_header(c, &type, &n);

	if (r != PROTO_PROVED)
		return r;
	if (type != SERVER_HELLO || n < HELLO_MIN || n > sizeof(bytes))
		return PROTO_OTHER;
	r = take(c, bytes, n);
	if (r != PROTO_PROVED)
		return r;
	f->record_version = c->version;
	f->has_hello = read_hello((struct slice){bytes, n}, f);
	return f->has_hello ? PROTO_PROVED : PROTO_OTHER;
}

static unsigned bits_of(const uint8_t *p, size_t n)
{
	unsigned bits = (unsigned)n * 8;

	for (uint8_t top = p[0]; !(top & 0x80); top = (uint8_t)(top << 1))
		bits--;
	return bits;
}

static bool read_prime(struct slice *m, struct tls_flight *f)
{
	struct slice prime, skipped;
	uint16_t n;

	if (!wire_take16(m, &n) || !wire_take(m, n, &prime))
		return false;
	while (prime.n && !prime.p[0])
		prime = slice_skip(prime, 1);
	if (!prime.n || prime.n > sizeof(f->prime) || !wire_take16(m, &n) ||
	    !wire_take(m, n, &skipped) || !wire_take16(m, &n) || !wire_take(m, n, &skipped))
		return false;
	memcpy(f->prime, prime.p, prime.n);
	f->n_prime = prime.n;
	f->prime_bits = bits_of(f->prime, f->n_prime);
	return true;
}

static bool read_curve(struct slice *m, struct tls_flight *f)
{
	struct slice skipped;
	uint8_t type, n;

	return wire_take8(m, &type) && type == NAMED_CURVE && wire_take16(m, &f->curve) &&
	       wire_take8(m, &n) && wire_take(m, n, &skipped);
}

static bool read_key(struct slice m, const struct tls_suite *suite, struct tls_flight *f)
{
	if (suite->traits & TLS_FINITE ? !read_prime(&m, f) : !read_curve(&m, f))
		return false;
	return f->version < TLS_1_2 || suite->traits & TLS_ANONYMOUS ||
	       wire_take16(&m, &f->signature);
}

static enum proto_result take_key(struct cursor *c, const struct tls_suite *suite,
				  struct tls_flight *f)
{
	char bytes[KEY_EXCHANGE_MAX];
	uint8_t type = 0;
	size_t n = 0;
	enum proto_result r;

	for (;;) {
		r = take_header(c, &type, &n);
		if (r != PROTO_PROVED)
			return r;
		if (type == REQUEST || type == DONE)
			return PROTO_PROVED;
		if (type == KEY_EXCHANGE)
			break;
		r = take(c, NULL, n);
		if (r != PROTO_PROVED)
			return r;
	}
	if (n > sizeof(bytes))
		return PROTO_OTHER;
	r = take(c, bytes, n);
	if (r != PROTO_PROVED)
		return r;
	return read_key((struct slice){bytes, n}, suite, f) ? PROTO_PROVED : PROTO_OTHER;
}

enum proto_result tls_flight_read(struct slice in, struct tls_flight *f)
{
	struct cursor c = {.in = in};
	const struct tls_suite *suite;
	enum proto_result r;

	*f = (struct tls_flight){.has_hello = false};
	r = take_hello(&c, f);
	if (r == PROTO_PROVED && f->version < TLS_1_3) {
		suite = tls_suite_find(f->suite);
		if (suite && suite->traits & (TLS_FINITE | TLS_CURVE))
			r = take_key(&c, suite, f);
	}
	f->is_alert = c.is_alert && !f->has_hello;
	f->alert = c.alert;
	return f->is_alert ? PROTO_PROVED : r;
}

enum proto_result tls_flight_read_ssl2(struct slice in, unsigned *kinds)
{
	enum { MESSAGE = 4, FIXED = 11, KIND = 3 };
	uint16_t length, version, certificate, n, id;
	uint8_t type, hit, certificate_type;

	if (in.n && !((uint8_t)in.p[0] & 0x80))
		return PROTO_OTHER;
	if (!wire_take16(&in, &length) || !wire_take8(&in, &type))
		return PROTO_MORE;
	length &= 0x7fff;
	if (type != MESSAGE || length < FIXED)
		return PROTO_OTHER;
	if (!wire_take8(&in, &hit) || !wire_take8(&in, &certificate_type) ||
	    !wire_take16(&in, &version) || !wire_take16(&in, &certificate) ||
	    !wire_take16(&in, &n) || !wire_take16(&in, &id))
		return PROTO_MORE;
	if (version != SSL_2 || n % KIND || length != FIXED + certificate + n + id)
		return PROTO_OTHER;
	*kinds = n / KIND;
	return PROTO_PROVED;
}
