/* SPDX-License-Identifier: ISC */
#include "doc/etc_services.h"

#include "base/compiler.h"
#include "model/registry.h"
#include "test.h"

static void reads(void **state)
{
	static const struct {
		const char *text, *entries;
	} cases[] = {
		{"", ""},
		{"# nothing\n\n", ""},
		{"http\t80/tcp\twww web # WorldWideWeb\n", "http 80 tcp [www web];"},
		{"http 80/tcp\nhttp 80/udp", "http 80 tcp [];http 80 udp [];"},
		{"  ssh   22/TCP\r\n", "ssh 22 tcp [];"},
		{"a 70000/tcp\nb 1/ddp\nc 5\nd\ne x/tcp\nf /tcp\ng 1/sctp\n", "g 1 sctp [];"},
		{"h 1/tcp#x y\n", "h 1 tcp [];"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct slice text = slice_of(cases[i].text);
		struct etc_service e;
		struct buf out = BUF_INIT;

		while (etc_services_next(&text, &e)) {
			buf_add_slice(&out, e.name);
			buf_addf(&out, " %u ", e.port);
			transports_format(e.on, &out);
			buf_addf(&out, " [%.*s];", (int)e.aliases.n, e.aliases.p);
		}
		check_text(cases[i].text, &out, cases[i].entries);
		buf_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
