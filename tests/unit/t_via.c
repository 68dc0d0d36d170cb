/* SPDX-License-Identifier: ISC
 *
 * What proxies say, whole and in pieces of one byte, against where that leads.
 */
#include "probe/via.h"

#include <string.h>

#include "base/compiler.h"
#include "probe/http_auth.h"
#include "probe/via_http.h"
#include "probe/via_socks5.h"
#include "test.h"

struct talk {
	const struct via_hop *hop;
	_Alignas(8) uint8_t state[VIA_STATE_MAX];
	struct proto_out out;
	struct proxy_refusal refusal;
	char unread[16384];
	size_t n;
	enum via_result result;
};

static void start(struct talk *t, const char *name, const char *address)
{
	struct addr to = {0};

	if (address)
		assert_true(addr_parse(slice_of(address), &to));
	assert_true(t->hop->kind->state_size <= VIA_STATE_MAX);
	t->out.n = t->n = 0;
	t->result = VIA_MORE;
	t->hop->kind->start(t->state, t->hop, name, &to, 1433, &t->out);
}

/* As long as something is understood of what is there. */
static void understand(struct talk *t)
{
	size_t before = t->n + 1;

	while (t->result == VIA_MORE && t->n && t->n < before) {
		struct slice in = {t->unread, t->n};

		before = t->n;
		t->result = t->hop->kind->input(t->state, t->hop, &in, &t->out, &t->refusal);
		assert_true(in.p + in.n == t->unread + t->n);
		memmove(t->unread, in.p, in.n);
		t->n = in.n;
	}
}

static void give(struct talk *t, struct slice bytes, size_t piece)
{
	for (size_t at = 0; at < bytes.n && t->result == VIA_MORE; at += piece) {
		size_t n = bytes.n - at < piece ? bytes.n - at : piece;

		assert_true(t->n + n <= sizeof(t->unread));
		memcpy(t->unread + t->n, bytes.p + at, n);
		t->n += n;
		understand(t);
	}
}

static const struct via_hop http = {.kind = &via_http},
			    http_login = {.kind = &via_http,
					  .user = "Mufasa",
					  .password = "Circle Of Life"},
			    socks = {.kind = &via_socks5},
			    socks_login = {.kind = &via_socks5, .user = "u", .password = "secret"};

/* One answer to the first message. */
static const struct {
	const struct via_hop *hop;
	struct slice answer;
	enum via_result result;
	enum proxy_leg leg;
	const char *how, *words; /* words: a part of them */
} answers[] = {
	{&http, SLICE("HTTP/1.1 200 Connection established\r\n\r\n"), VIA_THROUGH, LEG_NONE,
	 "http 200", ""},
	{&http, SLICE("HTTP/1.0 200 OK\nVia: x\n\n"), VIA_THROUGH, LEG_NONE, "http 200", ""},
	{&http, SLICE("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 none\r\n\r\n"), VIA_THROUGH,
	 LEG_NONE, "http 204", ""},
	{&http, SLICE("HTTP/1.1 200 OK\r\n"), VIA_MORE, LEG_NONE, "", ""},
	{&http, SLICE("HTTP/1.1 403 Forbidden\r\nX-Squid-Error: ERR_ACCESS_DENIED 0\r\n\r\n"),
	 VIA_REFUSED, LEG_POLICY, "http 403", "own rules forbid it (ERR_ACCESS_DENIED)"},
	{&http, SLICE("HTTP/1.1 503 no\r\nX-Squid-Error: ERR_CONNECT_FAIL 111\r\n\r\n"),
	 VIA_REFUSED, LEG_BEYOND, "http 503", "got no connection to it (ERR_CONNECT_FAIL)"},
	{&http, SLICE("HTTP/1.1 503 no\r\nX-Squid-Error: ERR_DNS_FAIL 0\r\n\r\n"), VIA_REFUSED,
	 LEG_BEYOND, "http 503", "does not find the name"},
	{&http, SLICE("HTTP/1.0 500 Unable to connect\r\n\r\n"), VIA_REFUSED, LEG_BEYOND,
	 "http 500", "got no connection"},
	{&http, SLICE("HTTP/1.1 405 Method Not Allowed\r\n\r\n"), VIA_REFUSED, LEG_POLICY,
	 "http 405", "no proxy"},
	{&http, SLICE("HTTP/1.1 407 x\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n"),
	 VIA_REFUSED, LEG_AUTHENTICATION, "http 407", "wants a login (Basic)"},
	{&http_login,
	 SLICE("HTTP/1.1 407 x\r\nProxy-Authenticate: Negotiate\r\n"
	       "Proxy-Authenticate: NTLM\r\n\r\n"),
	 VIA_REFUSED, LEG_AUTHENTICATION, "http 407", "by Negotiate, which"},
	{&http_login, SLICE("HTTP/1.1 407 x\r\n\r\n"), VIA_REFUSED, LEG_AUTHENTICATION, "http 407",
	 "does not name"},
	{&http_login, SLICE("HTTP/1.1 407 x\r\nproxy-authenticate: basic realm=x\r\n\r\n"),
	 VIA_AGAIN, LEG_NONE, "http 407", ""},
	{&http_login,
	 SLICE("HTTP/1.1 407 x\r\nProxy-Authenticate: Digest realm=\"r\", nonce=\"n\", "
	       "qop=\"auth-int\"\r\n\r\n"),
	 VIA_REFUSED, LEG_AUTHENTICATION, "http 407", "by Digest, which"},
	{&http, SLICE("SSH-2.0-OpenSSH_9.2\r\n"), VIA_REFUSED, LEG_CONNECT, "no http",
	 "no HTTP proxy"},
	{&http, SLICE("HTTP/1.1 999 what\r\n\r\n"), VIA_REFUSED, LEG_CONNECT, "no http",
	 "no HTTP proxy"},
	{&socks, SLICE("\5\0\5\0\0\1\0\0\0\0\0\0"), VIA_THROUGH, LEG_NONE, "", ""},
	{&socks, SLICE("\5\0\5\0\0\3\4name\0\1"), VIA_THROUGH, LEG_NONE, "", ""},
	{&socks, SLICE("\5\0\5\0\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), VIA_THROUGH, LEG_NONE,
	 "", ""},
	{&socks, SLICE("\5\0\5\0\0\1\0\0\0\0\0"), VIA_MORE, LEG_NONE, "", ""},
	{&socks, SLICE("\5\0\5\2"), VIA_REFUSED, LEG_POLICY, "socks 2", "own rules"},
	{&socks, SLICE("\5\0\5\5"), VIA_REFUSED, LEG_BEYOND, "socks 5", "refused there"},
	{&socks, SLICE("\5\0\5\4\0\1"), VIA_REFUSED, LEG_BEYOND, "socks 4", "cannot reach"},
	{&socks, SLICE("\5\0\5\x7f"), VIA_REFUSED, LEG_POLICY, "socks 127", "code of its own"},
	{&socks, SLICE("\5\xff"), VIA_REFUSED, LEG_AUTHENTICATION, "socks 255", "wants a login"},
	{&socks, SLICE("\5\2"), VIA_REFUSED, LEG_AUTHENTICATION, "socks 2", "not offered"},
	{&socks, SLICE("HTTP/1.1 400\r\n"), VIA_REFUSED, LEG_CONNECT, "no socks", "no SOCKS"},
	{&socks_login, SLICE("\5\2\1\0\5\0\0\1\0\0\0\0\0\0"), VIA_THROUGH, LEG_NONE, "", ""},
	{&socks_login, SLICE("\5\2\1\1"), VIA_REFUSED, LEG_AUTHENTICATION, "socks 1",
	 "does not take the login"},
};

static void expect(size_t i, size_t piece)
{
	struct talk t = {.hop = answers[i].hop};

	start(&t, "db1", NULL);
	give(&t, answers[i].answer, piece);
	if (t.result != answers[i].result || t.refusal.leg != answers[i].leg)
		fail_msg("row %zu in pieces of %zu: %d at %d", i, piece, (int)t.result,
			 (int)t.refusal.leg);
	assert_string_equal(t.refusal.how, answers[i].how);
	assert_non_null(strstr(t.refusal.words, answers[i].words));
	assert_null(strstr(t.refusal.words, "secret"));
}

static void test_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
		expect(i, SIZE_MAX);
		expect(i, 1);
	}
}

static void expect_said(const struct talk *t, struct slice said)
{
	assert_int_equal(t->out.n, said.n);
	assert_memory_equal(t->out.bytes, said.p, said.n);
}

static void test_said(void **state)
{
	struct talk t = {.hop = &http};

	(void)state;
	start(&t, "db1", NULL);
	expect_said(&t, SLICE("CONNECT db1:1433 HTTP/1.1\r\nHost: db1:1433\r\n\r\n"));
	start(&t, NULL, "2001:db8::5");
	expect_said(&t, SLICE("CONNECT [2001:db8::5]:1433 HTTP/1.1\r\n"
			      "Host: [2001:db8::5]:1433\r\n\r\n"));
	t = (struct talk){.hop = &socks};
	start(&t, "db1", NULL);
	give(&t, SLICE("\5\0"), SIZE_MAX);
	expect_said(&t, SLICE("\5\1\0\5\1\0\3\3db1\5\x99"));
	t = (struct talk){.hop = &socks_login};
	start(&t, NULL, "10.0.0.5");
	give(&t, SLICE("\5\2\1\0"), SIZE_MAX);
	expect_said(&t, SLICE("\5\2\0\2\1\1u\6secret\5\1\0\1\12\0\0\5\5\x99"));
}

/* The login is sent once, and once more where the proxy says that its nonce was too old. */
static void test_login(void **state)
{
	static const char wanted[] = "HTTP/1.1 407 x\r\nProxy-Authenticate: Digest realm=\"r\", "
				     "nonce=\"n\", qop=\"auth\"\r\n\r\n",
			  stale[] = "HTTP/1.1 407 x\r\nProxy-Authenticate: Digest realm=\"r\", "
				    "nonce=\"m\", qop=\"auth\", stale=true\r\n\r\n";
	struct talk t = {.hop = &http_login};

	(void)state;
	start(&t, "db1", NULL);
	assert_null(memmem(t.out.bytes, t.out.n, "Authorization", 13));
	give(&t, slice_of(wanted), SIZE_MAX);
	assert_int_equal(t.result, VIA_AGAIN);
	start(&t, "db1", NULL);
	assert_non_null(memmem(t.out.bytes, t.out.n, "Proxy-Authorization: Digest ", 28));
	give(&t, slice_of(stale), SIZE_MAX);
	assert_int_equal(t.result, VIA_AGAIN);
	start(&t, "db1", NULL);
	give(&t, slice_of(stale), SIZE_MAX);
	assert_int_equal(t.result, VIA_REFUSED);
	assert_int_equal(t.refusal.leg, LEG_AUTHENTICATION);
}

/* The first row is RFC 2617's; the others were computed apart from this program. chance: 0, 1, 2,
 * ... */
static const struct {
	const char *challenge, *response;
} digests[] = {
	{"Digest realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\"",
	 "11a304fc0aebc7a9b979a61338c6b11e"},
	{"Digest realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", "
	 "qop=\"auth,auth-int\", opaque=\"x\"",
	 "fe5a757df232040809c98c6f1ef7711d"},
	{"Digest realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", "
	 "qop=auth, algorithm=MD5-sess",
	 "393844a6513877d57baf13e51e33c1b6"},
	{"Basic realm=\"x\", Digest realm=\"testrealm@host.com\", "
	 "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", qop=auth, algorithm=SHA-256",
	 "da9689ca1fa4a3c53af95d80fee7c3a55f7cd5d62a0d2a1ffe91d14bb5ce103a"},
	{"Digest realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", "
	 "qop=auth, algorithm=SHA-256-sess, Basic realm=x",
	 "a22cffe08e6d59e4822fd9391be69925893dcecf8408319c44f912e62bab6960"},
};

static void test_digest(void **state)
{
	uint8_t chance[16];

	(void)state;
	for (unsigned i = 0; i < sizeof(chance); i++)
		chance[i] = (uint8_t)i;
	for (size_t i = 0; i < ARRAY_LEN(digests); i++) {
		const struct http_login login = {"Mufasa", "Circle Of Life", "CONNECT", "db1:1433",
						 chance};
		struct http_challenge c = {0};
		struct buf out = BUF_INIT;

		http_challenge_add(&c, slice_of(digests[i].challenge));
		assert_int_equal(c.scheme, HTTP_SCHEME_DIGEST);
		assert_true(http_auth_format(&c, &login, &out));
		if (!strstr(out.data, digests[i].response))
			fail_msg("row %zu: %s", i, out.data);
		buf_release(&out);
	}
}

static void test_basic(void **state)
{
	static const char *const rows[][3] = {
		{"Aladdin", "open sesame", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="}, /* RFC 7617 */
		{"a", "b", "Basic YTpi"},
		{"a", "bc", "Basic YTpiYw=="},
		{"a", "bcd", "Basic YTpiY2Q="},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct http_login login = {.user = rows[i][0], .password = rows[i][1]};
		const struct http_challenge c = {.scheme = HTTP_SCHEME_BASIC};
		struct buf out = BUF_INIT;

		assert_true(http_auth_format(&c, &login, &out));
		assert_string_equal(out.data, rows[i][2]);
		buf_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers), cmocka_unit_test(test_said),
		cmocka_unit_test(test_login),	cmocka_unit_test(test_digest),
		cmocka_unit_test(test_basic),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
