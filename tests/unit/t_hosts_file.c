/* SPDX-License-Identifier: ISC */
#include "sys/hosts_file.h"

#include "base/compiler.h"
#include "test.h"

static const char text[] = "# 192.0.2.9 commented\n"
			   "127.0.0.1\tlocalhost\n"
			   "::1 localhost ip6-localhost\r\n"
			   "  192.0.2.1   Server.test server # other\n"
			   "fe80::1%eth0 scoped\n"
			   "nonsense server\n"
			   "192.0.2.3\n"
			   "192.0.2.2 server";

static void finds(void **state)
{
	static const struct {
		const char *name, *addrs;
		uint8_t family;
	} rows[] = {
		{"localhost", "127.0.0.1 ::1 "},
		{"LOCALHOST", "127.0.0.1 ::1 "},
		{"localhost", "127.0.0.1 ", 4},
		{"localhost", "::1 ", 6},
		{"ip6-localhost", "::1 "},
		{"server.test", "192.0.2.1 "},
		{"server", "192.0.2.1 192.0.2.2 "},
		{"other", ""},
		{"commented", ""},
		{"scoped", ""},
		{"192.0.2.3", ""},
		{"serve", ""},
		{".", ""},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct resolve_query q = {.name = rows[i].name, .family = rows[i].family};
		struct buf found = BUF_INIT;

		hosts_file_find(slice_of(text), &q);
		for (size_t k = 0; k < q.n_addrs; k++) {
			addr_format(&q.addrs[k], &found);
			buf_add(&found, " ", 1);
		}
		resolve_release(&q);
		check_text(rows[i].name, &found, rows[i].addrs);
		buf_release(&found);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(finds)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
