/* SPDX-License-Identifier: ISC
 *
 * What the conversations of proto/tls.c cannot show: names that are asked for, certificates that
 * are none, and those that nobody waits for.
 */
#include <string.h>

#include "base/compiler.h"
#include "proto/cert.h"
#include "proto/proto.h"
#include "proto/tls_answer.h"
#include "test.h"

extern const struct proto proto_tls;

static bool is_asked_for(const char *host, const char *name)
{
	const struct proto_ask ask = {.host = host};
	struct proto_out out = {.n = 0};
	const size_t n = strlen(name);
	bool is_there = false;

	proto_tls.start(NULL, &ask, &out);
	assert_int_equal(out.n, 5 + (out.bytes[3] << 8 | out.bytes[4]));
	assert_int_equal(out.n, 9 + (out.bytes[7] << 8 | out.bytes[8]));
	for (size_t i = 0; n && i + n <= out.n; i++)
		is_there = is_there || memcmp(out.bytes + i, name, n) == 0;
	return is_there;
}

static void server_name(void **state)
{
	/* Type, length, length of the list, host_name, length of the name. */
	static const char extension[] = "\0\0\0\x0e\0\x0c\0\0\x09www.a.org";
	const struct proto_ask ask = {.host = "www.a.org"};
	struct proto_out out = {.n = 0};

	(void)state;
	proto_tls.start(NULL, &ask, &out);
	assert_non_null(memmem(out.bytes, out.n, extension, sizeof(extension) - 1));
	assert_true(is_asked_for("www.a.org.", "\twww.a.org"));
	assert_false(is_asked_for("192.0.2.1", "192.0.2.1"));
	assert_false(is_asked_for("2001:db8::1", "2001:db8::1"));
	assert_false(is_asked_for("a b", "a b"));
	assert_false(is_asked_for(".", "."));
}

/* A certificate down to its subject: no serial number could be shorter. */
#define TBS_UNTIL_SUBJECT "\x02\x01\x01\x30\0\x30\0\x30\0"

static void names(void **state)
{
	static const struct {
		struct slice der;
		const char *name; /* NULL: none */
	} rows[] = {
		{SLICE("\x30\x1d\x30\x1b\xa0\x03\x02\x01\x02" TBS_UNTIL_SUBJECT
		       "\x30\x0b\x31\x09\x30\x07\x06\x03\x55\x04\x0a\x0c\0"),
		 NULL}, /* an organisation alone */
		{SLICE("\x30\x1a\x30\x18" TBS_UNTIL_SUBJECT
		       "\x30\x0d\x31\x0b\x30\x09\x06\x03\x55\x04\x03\x0c\x02"
		       "ab"),
		 "ab"},
		{SLICE("\x30\x1a\x30\x18" TBS_UNTIL_SUBJECT
		       "\x30\x0d\x31\x0b\x30\x09\x06\x03\x55\x04\x03\x1e\x02"
		       "\0b"),
		 NULL}, /* two bytes a character */
		{SLICE("\x30\x1a\x30\x18" TBS_UNTIL_SUBJECT
		       "\x30\x0d\x31\x0b\x30\x09\x06\x03\x55\x04\x03\x0c\x03"
		       "ab"),
		 NULL}, /* longer than what holds it */
		{SLICE("\x30\x0b\x30\x09" TBS_UNTIL_SUBJECT), NULL},
		{SLICE("HTTP/1.1"), NULL},
		{SLICE(""), NULL},
	};
	struct slice name;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const bool is_there = cert_common_name(rows[i].der, &name);

		assert_int_equal(is_there, rows[i].name != NULL);
		if (is_there)
			assert_true(slice_is(name, rows[i].name));
	}
}

/* A ServerHello of version 1.2, then a certificate of 16 KiB: what it would be called is not waited
 * for without end. */
static void large_certificate(void **state)
{
	static const char head[] = "\x16\x03\x03\x40\0\x02\0\0\x26\x03\x03"
				   "0123456789abcdef0123456789abcdef"
				   "\0\0\x2f\0\x0b\0\x40\0\0\x3f\xfd\0\x3f\xfa\x30\x82\x3f\xf6";
	static char in[TLS_ANSWER_MAX];
	struct proto_said said = {.text = ""};

	(void)state;
	memcpy(in, head, sizeof(head) - 1);
	assert_int_equal(tls_answer((struct slice){in, sizeof(in) - 1}, true, &said), PROTO_MORE);
	assert_int_equal(tls_answer((struct slice){in, sizeof(in) - 1}, false, &said),
			 PROTO_PROVED);
	assert_int_equal(tls_answer((struct slice){in, sizeof(in)}, true, &said), PROTO_PROVED);
	assert_string_equal(said.text, "TLS 1.2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(server_name),
		cmocka_unit_test(names),
		cmocka_unit_test(large_certificate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
