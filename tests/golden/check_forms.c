/* SPDX-License-Identifier: ISC
 *
 * check_forms FORM [WIDTH | hostile]: a run made by hand, in one of its forms. A width lists what
 * holds, too; hostile: with names that would break out of each form if they could.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../check_fixture.h"
#include "report/writer.h"

static const char *hostile_name(void *ctx, const char *usual)
{
	static const char *const names[] = {
		"a\"} 1\n# TYPE b\\",
		"=cmd|'/c'!A1",
		"</script><img src=x onerror=alert(1)>",
		"]]>\x01\xff",
		"a\r\nb,\"c\"",
		"[x](http://x) {0}",
		"\x1b[2J",
		"--> <!--",
		"\xe2\x80\xae| `x` |",
	};
	size_t *next = ctx;

	(void)usual;
	return names[(*next)++ % ARRAY_LEN(names)];
}

int main(int argc, char **argv)
{
	const struct writer *w = argc > 1 ? writer_find(argv[1]) : NULL;
	bool hostile = argc > 2 && strcmp(argv[2], "hostile") == 0;
	size_t next = 0;
	const struct fixture_names names = {hostile_name, &next};
	struct buf out = BUF_INIT;
	struct check_fixture c;
	bool ok;

	if (!w || !w->check) {
		fprintf(stderr, "usage: check_forms FORM [WIDTH | hostile]\n");
		return 2;
	}
	check_fixture_init(&c, hostile ? &names : NULL);
	c.report.all = argc > 2;
	c.report.width = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
	w->check(&c.report, &out);
	ok = fwrite(out.data, 1, out.n, stdout) == out.n;
	buf_release(&out);
	check_fixture_release(&c);
	return ok ? 0 : 1;
}
