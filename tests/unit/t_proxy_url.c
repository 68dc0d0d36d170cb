/* SPDX-License-Identifier: ISC */
#include "model/proxy_url.h"

#include <string.h>

#include "test.h"

static const struct {
	const char *url;
	const char *host; /* NULL: refused */
	uint16_t port;
	bool is_socks;
	const char *login, *why; /* why: a part of it */
} urls[] = {
	{"http://proxy:3128", "proxy", 3128, false, NULL, NULL},
	{"http://proxy:3128/", "proxy", 3128, false, NULL, NULL},
	{"proxy.example.com:8080", "proxy.example.com", 8080, false, NULL, NULL},
	{"http://proxy", "proxy", 1080, false, NULL, NULL},
	{"HTTP://10.0.0.5:3128", "10.0.0.5", 3128, false, NULL, NULL},
	{"http://[2001:db8::5]:3128", "2001:db8::5", 3128, false, NULL, NULL},
	{"http://user:pass@word@proxy:3128", "proxy", 3128, false, "user:pass@word", NULL},
	{"socks5://proxy", "proxy", 1080, true, NULL, NULL},
	{"socks5h://u:p@10.0.0.5:9050", "10.0.0.5", 9050, true, "u:p", NULL},
	{"https://proxy:3129", NULL, 0, false, NULL, "over TLS"},
	{"socks4://proxy", NULL, 0, false, NULL, "SOCKS 4"},
	{"pac+http://wpad/x", NULL, 0, false, NULL, "PAC file"},
	{"http://wpad/proxy.pac", NULL, 0, false, NULL, "PAC file"},
	{"ftp://proxy", NULL, 0, false, NULL, "was expected"},
	{"http://", NULL, 0, false, NULL, "HOST:PORT"},
	{"http://proxy:0", NULL, 0, false, NULL, "HOST:PORT"},
	{"http://proxy:99999", NULL, 0, false, NULL, "HOST:PORT"},
	{"http://pro xy:1", NULL, 0, false, NULL, "HOST:PORT"},
	{"http://[10.0.0.5]:1", NULL, 0, false, NULL, "HOST:PORT"},
	{"http://secret:word@", NULL, 0, false, NULL, "HOST:PORT"},
};

static void test_urls(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
		char text[ADDR_TEXT_MAX];
		const char *why = NULL;
		struct proxy_url u;

		if (proxy_url_parse(slice_of(urls[i].url), &u, &why) != (urls[i].host != NULL))
			fail_msg("%s", urls[i].url);
		if (!urls[i].host) {
			assert_non_null(strstr(why, urls[i].why));
			continue;
		}
		assert_string_equal(u.name[0] ? u.name : addr_text(&u.addr, text), urls[i].host);
		assert_int_equal(u.port, urls[i].port);
		assert_int_equal(u.is_socks, urls[i].is_socks);
		assert_int_equal(u.login.p != NULL, urls[i].login != NULL);
		if (urls[i].login)
			assert_true(slice_is(u.login, urls[i].login));
	}
}

static const struct {
	const char *list, *name, *addr;
	bool has;
} lists[] = {
	{"", "db1", NULL, false},
	{"*", "db1", NULL, true},
	{"db1", "db1", NULL, true},
	{"db1", "DB1", NULL, true},
	{"db1", "xdb1", NULL, false},
	{"example.com", "db1.example.com", NULL, true},
	{".example.com", "db1.example.com", NULL, true},
	{".example.com", "example.com", NULL, true},
	{"example.com", "notexample.com", NULL, false},
	{"localhost, .example.com ,10.0.0.0/8", "db1.example.com", NULL, true},
	{"10.0.0.0/8", "", "10.1.2.3", true},
	{"10.0.0.0/8", "", "192.0.2.1", false},
	{"10.1.2.3", "", "10.1.2.3", true},
	{"2001:db8::/32", "", "2001:db8::1", true},
	{"10.0.0.0/8", "db1", NULL, false},
	{",,", "db1", NULL, false},
	{".", "db1", NULL, false},
};

static void test_exceptions(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		struct addr a = {0};

		if (lists[i].addr)
			assert_true(addr_parse(slice_of(lists[i].addr), &a));
		if (no_proxy_has(slice_of(lists[i].list), slice_of(lists[i].name), &a) !=
		    lists[i].has)
			fail_msg("%s: %s", lists[i].list, lists[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_exceptions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
