/* SPDX-License-Identifier: ISC */
#include "test.h"

#include "doc/product.h"
#include "model/lint.h"

/* A whole product around a few lines; roles a, b and anybody are there and used. */
static const char frame[] = "portolan: 1\nproduct: p\n"
			    "documents:\n  d: {title: D, date: \"2020-01-01\"}\n"
			    "roles:\n  a: A\n  b: B\n"
			    "%s"
			    "requirements:\n  x: {from: a, to: b, needs: tcp/9, doc: {in: d}}\n"
			    "%s";

static const struct {
	const char *before, *requirements;
	const char *found; /* "code subject", those of one product separated by "; " */
} rows[] = {
	{"", "", ""},
	{"", "  y: {from: a, to: b, needs: tcp/22, service: telnet, doc: {in: d}}\n",
	 "wrong-number p/y; cleartext p/y"},
	{"", "  y: {from: a, to: b, needs: tcp/2222, service: ssh, doc: {in: d}}\n", ""},
	{"", "  y: {from: a, to: b, needs: udp/636, service: ldaps, doc: {in: d}}\n",
	 "wrong-transport p/y"},
	{"", "  y: {from: a, to: b, needs: udp/636, doc: {in: d}}\n", "wrong-transport p/y"},
	{"", "  y: {from: a, to: b, needs: tcp/7000-7008, service: afs, doc: {in: d}}\n",
	 "wrong-transport p/y"},
	{"", "  y: {from: a, to: b, needs: udp/7000-7008, service: afs, doc: {in: d}}\n", ""},
	{"", "  y: {from: a, to: b, needs: udp/443, service: https, doc: {in: d}}\n", ""},
	{"", "  y: {from: a, to: b, needs: tcp/135, doc: {in: d}}\n",
	 "directory-without-ports p/y"},
	{"", "  y: {from: a, to: b, needs: [tcp/135, rpc/wmi], doc: {in: d}}\n", ""},
	{"", "  y: {from: a, to: b, needs: [tcp/135, tcp/49152-65535], doc: {in: d}}\n", ""},
	{"", "  y: {from: a, to: b, needs: udp/1434, doc: {in: d}}\n",
	 "directory-without-ports p/y"},
	{"",
	 "  y: {from: a, to: b, needs: udp/1434, doc: {in: d}}\n"
	 "  z: {from: a, to: b, needs: tcp/5000, child_of: y, doc: {in: d}}\n",
	 ""},
	{"",
	 "  y: {from: a, to: b, forbid: tcp/80, doc: {in: d}}\n"
	 "  z: {from: a, to: b, needs: tcp/1-100, doc: {in: d}}\n",
	 "forbidden-and-needed p/y"},
	{"",
	 "  y: {from: a, to: b, forbid: tcp/any, doc: {in: d}}\n"
	 "  z: {from: a, to: b, needs: tcp/1-100, doc: {in: d}}\n",
	 ""},
	{"choices: {c: {options: [k, l]}}\n",
	 "  y: {from: a, to: b, forbid: tcp/80, when: c = k, doc: {in: d}}\n"
	 "  z: {from: a, to: b, needs: tcp/1-100, when: c = l and a apart b, doc: {in: d}}\n",
	 ""},
	{"  o: {outside: true}\n", "  y: {from: o, to: b, needs: tcp/113, doc: {in: d}}\n",
	 "anybody-privileged p/y"},
	{"  o: {outside: true, names: [www.example.com]}\n",
	 "  y: {from: o, to: b, needs: tcp/113, doc: {in: d}}\n", ""},
	{"  o: {outside: true}\n", "  y: {from: o, to: b, needs: tcp/8113, doc: {in: d}}\n", ""},
	{"", "  y: {from: a, to: b, needs: tcp/80, service: http, doc: {in: d}}\n",
	 "cleartext p/y"},
	{"",
	 "  y: {from: a, to: b, needs: tcp/80, service: http, doc: {in: d}}\n"
	 "  z: {from: a, to: b, needs: tcp/443, service: https, doc: {in: d}}\n",
	 ""},
	{"", "  y: {from: a, to: b, needs: tcp/80, service: http, secure: tls, doc: {in: d}}\n",
	 ""},
	{"", "  y: {from: a, to: b, needs: tcp/40000, doc: {in: d}}\n", "ephemeral-listener p/y"},
	{"", "  y: {from: a, to: b, needs: tcp/any-of 40000-50000, doc: {in: d}}\n", ""},
	{"", "  y: {from: a, to: b, needs: tcp/9000, service: nrpc, doc: {in: d}}\n",
	 "registered-to-other p/y; default-collides p/y"},
	{"settings: {s: {type: port, default: 7273}}\n",
	 "  y: {from: a, to: b, needs: \"tcp/${s}\", doc: {in: d}}\n", "registered-to-other p/y"},
	{"", "  y: {from: a, to: b, needs: tcp/7273, doc: {in: d}}\n", ""},
	{"", "  y: {from: a, to: b, needs: tcp/9, service: htps, doc: {in: d}}\n",
	 "unknown-service p/y"},
	{"features: {f: F}\n", "", "unused p/f"},
	{"features: {f: F}\n", "  y: {from: a, to: b, needs: tcp/9, when: not f, doc: {in: d}}\n",
	 ""},
	{"choices: {c: {options: [k, l]}}\n", "", "unused p/c"},
	{"settings: {s: {type: port}, t: {type: port}}\n",
	 "  y: {from: a, to: b, needs: \"tcp/=${t}+1\", doc: {in: d}}\n", "unused p/s"},
	{"  c: {settings: {s: {type: port}}}\n", "", "unused p/c; unused p/s"},
	{"sets: {s: tcp/9}\n", "", "unused p/s"},
	{"sets: {s: tcp/9}\n", "  y: {from: a, to: b, needs: \"@s\", doc: {in: d}}\n", ""},
	{"", "  y: {from: a, to: b, needs: tcp/9}\n", "no-reference p/y"},
};

static const char other_text[] = "portolan: 1\nproduct: other\nroles: {a: A}\nrequirements:\n"
				 "  y: {from: a, to: a, needs: tcp/9000, service: smb}\n";

static struct product *parse(const char *text)
{
	struct errs errs = {0};
	struct product *p = product_read("t.yaml", slice_of(text), &errs);

	if (!p)
		fail_msg("%s\n%s", errs.items[0].text, text);
	return p;
}

static void check(const struct product *p, const char *today, const char *want)
{
	struct product *other = parse(other_text);
	const struct product *others[] = {p, other};
	struct lint_context context = {others, ARRAY_LEN(others), today};
	struct arena *arena = arena_new();
	struct lint_findings found;
	struct buf got = BUF_INIT;

	lint_product(p, &context, arena, &found);
	for_each (f, &found) {
		buf_addf(&got, "%s%s %s", got.n ? "; " : "", f->code, f->subject);
		if (!f->at.line || !f->evidence || !f->fix)
			fail_msg("%s has no place, evidence or fix", f->code);
	}
	check_text(want, &got, want);
	buf_release(&got);
	arena_free(arena);
	product_free(other);
}

static void each_lint_finds_its_own(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf text = BUF_INIT;
		struct product *p;

		buf_addf(&text, frame, rows[i].before, rows[i].requirements);
		p = parse(text.data);
		check(p, NULL, rows[i].found);
		product_free(p);
		buf_release(&text);
	}
}

static void documents_grow_old(void **state)
{
	static const struct {
		const char *version, *document, *today, *found;
	} documents[] = {
		{"1", "{title: D}", NULL, "undated-document p/d"},
		{"1", "{title: D, retrieved: \"2024-11-19\"}", "2026-11-20", "stale-document p/d"},
		{"1", "{title: D, retrieved: \"2024-11-20\"}", "2026-11-20", ""},
		{"1", "{title: D, retrieved: \"2024-11-19\"}", NULL, ""},
		{"1", "{title: D, retrieved: \"2024-11-19\"}", "soon", ""},
		{"2.10", "{title: D, revision: \"2.9\"}", NULL, "stale-document p/d"},
		{"2.9", "{title: D, revision: \"2.10\"}", NULL, ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(documents); i++) {
		struct buf text = BUF_INIT;
		struct product *p;

		buf_addf(&text,
			 "portolan: 1\nproduct: p\nversion: \"%s\"\ndocuments:\n  d: %s\n"
			 "roles: {a: A}\n"
			 "requirements:\n  x: {from: a, to: a, needs: tcp/9, doc: {in: d}}\n",
			 documents[i].version, documents[i].document);
		p = parse(text.data);
		check(p, documents[i].today, documents[i].found);
		product_free(p);
		buf_release(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_lint_finds_its_own),
		cmocka_unit_test(documents_grow_old),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
