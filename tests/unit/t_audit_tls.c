/* SPDX-License-Identifier: ISC
 *
 * ClientHellos and what is read of answers: lengths that old servers stumble over, and records that
 * end where messages do not.
 */
#include "audit/tls_flight.h"
#include "audit/tls_hello.h"
#include "audit/tls_suite.h"

#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "proto/wire.h"
#include "test.h"

enum { RECORD_HEADER = 5, SUITES = 40 };
static const uint8_t chance[PROTO_CHANCE] = {1, 2, 3};

static void put(struct proto_out *out, uint16_t version, const char *host)
{
	uint16_t suites[SUITES];
	struct tls_hello h = {.version = version,
			      .suites = suites,
			      .n_suites = SUITES,
			      .prefers_weak = true,
			      .host = host,
			      .chance = chance};

	for (unsigned i = 0; i < SUITES; i++)
		suites[i] = tls_suites[i].number;
	out->n = 0;
	tls_hello_put(&h, out);
}

/* Up to its extensions; false: the lengths do not fit. */
static bool take_hello(struct slice s, uint16_t *version, struct slice *extensions)
{
	struct slice skipped;
	uint16_t n;
	uint8_t one;

	return wire_take(&s, RECORD_HEADER - 2, &skipped) && wire_take16(&s, &n) && n == s.n &&
	       wire_take16(&s, &n) && n == 0x0100 && wire_take16(&s, &n) && n == s.n &&
	       wire_take16(&s, version) && wire_take(&s, 32, &skipped) && wire_take8(&s, &one) &&
	       wire_take(&s, one, &skipped) && wire_take16(&s, &n) && wire_take(&s, n, &skipped) &&
	       wire_take8(&s, &one) && wire_take(&s, one, &skipped) &&
	       (!s.n || (wire_take16(&s, &n) && wire_take(&s, n, extensions) && !s.n));
}

static void lengths(void **state)
{
	static const uint16_t versions[] = {SSL_3, TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3};
	char name[254];
	struct proto_out out;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(versions); i++)
		for (size_t n = 0; n < sizeof(name); n++) {
			struct slice extensions = SLICE_NONE;
			uint16_t version;
			size_t message;

			memset(name, 'a', n);
			name[n] = '\0';
			put(&out, versions[i], name);
			message = out.n - RECORD_HEADER;
			assert_true(message < 256 || message >= 512);
			assert_true(take_hello((struct slice){(char *)out.bytes, out.n}, &version,
					       &extensions));
			assert_int_equal(version, versions[i] < TLS_1_2 ? versions[i] : TLS_1_2);
			assert_int_equal(extensions.n == 0, versions[i] == SSL_3);
		}
}

/* An address is no server name. */
static void addresses(void **state)
{
	struct proto_out none, address;

	(void)state;
	put(&none, TLS_1_2, NULL);
	put(&address, TLS_1_2, "192.0.2.1");
	assert_int_equal(none.n, address.n);
	put(&address, TLS_1_2, "a.test");
	assert_true(none.n < address.n);
}

static void suites(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_tls_suites; i++)
		assert_ptr_equal(tls_suite_find(tls_suites[i].number), &tls_suites[i]);
	assert_null(tls_suite_find(0xfafa));
}

/* TLS 1.2 with ECDHE: ServerHello, a Certificate of three bytes, ServerKeyExchange. */
#define HELLO_12                                                                                   \
	"\2\0\0\x2d\3\3"                                                                           \
	"0123456789abcdef0123456789abcdef"                                                         \
	"\0\xc0\x13\0\0\5\xff\1\0\1\0"
#define FLIGHT HELLO_12 "\x0b\0\0\3\0\0\0\x0c\0\0\x0a\3\0\x17\1\4\2\3\0\1\0"

/* In records of so many bytes, with a warning in front. */
static size_t split(struct slice flight, size_t most, char *to)
{
	size_t n = 7;

	memcpy(to, "\x15\3\3\0\2\1\x70", n);
	for (; flight.n; flight = slice_skip(flight, most)) {
		size_t some = flight.n < most ? flight.n : most;

		memcpy(to + n, "\x16\3\3\0", 4);
		to[n + 4] = (char)some;
		memcpy(to + n + 5, flight.p, some);
		n += 5 + some;
	}
	return n;
}

static void flights(void **state)
{
	const struct slice flight = SLICE(FLIGHT);
	char bytes[1024];
	struct tls_flight f;

	(void)state;
	for (size_t most = 1; most <= flight.n; most++) {
		size_t n = split(flight, most, bytes);

		assert_int_equal(tls_flight_read((struct slice){bytes, n}, &f), PROTO_PROVED);
		assert_true(f.has_hello && f.has_renegotiation_info && !f.has_master_secret);
		assert_int_equal(f.version, TLS_1_2);
		assert_int_equal(f.curve, 0x17);
		assert_int_equal(f.signature, 0x0203);
		for (size_t cut = 0; cut < n; cut++) {
			char *copy = malloc(cut ? cut : 1);

			memcpy(copy, bytes, cut);
			assert_int_equal(tls_flight_read((struct slice){copy, cut}, &f),
					 PROTO_MORE);
			free(copy);
		}
	}
}

static enum proto_result read_flight(struct slice s, struct tls_flight *f)
{
	return tls_flight_read(s, f);
}

static void answers(void **state)
{
	struct tls_flight f;
	unsigned kinds;

	(void)state;
	assert_int_equal(read_flight(SLICE("\x15\3\3\0\2\2\x28"), &f), PROTO_PROVED);
	assert_true(f.is_alert && f.alert == 40);
	assert_int_equal(read_flight(SLICE("HTTP/1.1 400 Bad"), &f), PROTO_OTHER);
	assert_int_equal(read_flight(SLICE("\x15\3\3\0\2\7\x28"), &f), PROTO_OTHER);
	assert_int_equal(read_flight(SLICE("\x16\3\3\x7f\xff"), &f), PROTO_OTHER);
	assert_int_equal(read_flight(SLICE("\x16\3\3\0\4\1\0\0\x2d"), &f), PROTO_OTHER);
	/* A version in the extension that no server may choose there, RFC 8446 section 4.2.1. */
	assert_int_equal(read_flight(SLICE("\x16\3\3\0\x32\2\0\0\x2e\3\3"
					   "0123456789abcdef0123456789abcdef"
					   "\0\xc0\x13\0\0\6\0\x2b\0\2\0\0"),
				     &f),
			 PROTO_OTHER);
	assert_false(f.has_hello);
	/* What breaks off behind the ServerHello leaves it as it is. */
	assert_int_equal(read_flight(SLICE("\x16\3\3\0\x31" HELLO_12 "\x15\3\3\0\2\2\x50"), &f),
			 PROTO_OTHER);
	assert_true(f.has_hello && !f.is_alert);

	assert_int_equal(
		tls_flight_read_ssl2(SLICE("\x80\x0e\4\0\1\0\2\0\0\0\3\0\0\1\0\x80"), &kinds),
		PROTO_PROVED);
	assert_int_equal(kinds, 1);
	assert_int_equal(tls_flight_read_ssl2(SLICE("\x80\x0e\4\0\1\0\2\0\0\0\4\0\0"), &kinds),
			 PROTO_OTHER);
	assert_int_equal(tls_flight_read_ssl2(SLICE("\x15\3\0\0\2\2\x28"), &kinds), PROTO_OTHER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lengths), cmocka_unit_test(addresses), cmocka_unit_test(suites),
		cmocka_unit_test(flights), cmocka_unit_test(answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
