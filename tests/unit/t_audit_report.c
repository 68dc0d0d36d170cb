/* SPDX-License-Identifier: ISC
 *
 * An audit whose texts come from a hostile server, in every form: none lets them through as they
 * are. What is asked of the forms beyond that is in tests/net/audit.sh.
 */
#include "report/audit.h"

#include <string.h>

#include "base/compiler.h"
#include "report/writer.h"
#include "test.h"

#define HOSTILE "\x1b[31mx<script>alert(1)</script>|`[a](b)`\"]]>\n=cmd\x07{0}"

static void render(const struct writer *w, struct buf *out)
{
	const struct run run = {.id = "0", .version = "1", .site = HOSTILE, .vantage = "here"};
	struct audited_service services[] = {{HOSTILE, "imap", HOSTILE, HOSTILE, 1},
					     {HOSTILE, "ssh", HOSTILE, NULL, 0}};
	struct finding findings[] = {
		{SEVERITY_HIGH, "code", HOSTILE, HOSTILE, HOSTILE, "RFC 0", PLACE_NONE},
		{SEVERITY_LOW, "other", HOSTILE, NULL, NULL, NULL, PLACE_NONE},
	};
	struct audit_exception exceptions[] = {{findings[0], HOSTILE, "2026-11-28"}};
	const struct audit_report r = {
		.run = &run,
		.profile = "default",
		.names = "",
		.services = {services, ARRAY_LEN(services)},
		.findings = {findings, ARRAY_LEN(findings)},
		.exceptions = {exceptions, ARRAY_LEN(exceptions)},
	};

	w->audit(&r, out);
}

static bool has(const struct buf *out, const char *s)
{
	return memmem(out->data, out->n, s, strlen(s)) != NULL;
}

static void hostile(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	for (size_t i = 0; writers[i]; i++) {
		if (!writers[i]->audit)
			continue;
		buf_clear(&out);
		render(writers[i], &out);
		if (!out.n || has(&out, "\x1b[31m") || has(&out, "\x07"))
			fail_msg("%s lets control characters through", writers[i]->name);
		if (strcmp(writers[i]->name, "html") == 0 && has(&out, "<script>"))
			fail_msg("html lets a script through");
		if (strcmp(writers[i]->name, "junit") == 0 && has(&out, "<script"))
			fail_msg("junit lets an element through");
		if (strcmp(writers[i]->name, "sarif") == 0 && !has(&out, "[a\\\\](b)"))
			fail_msg("sarif lets a link through");
	}
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
