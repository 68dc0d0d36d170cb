/* SPDX-License-Identifier: ISC
 *
 * What is selected, counted and put in order; and names of any size in every form.
 */
#include "test.h"

#include "../report_fixture.h"
#include "report/writer.h"

static const struct port_range https = {443, 443};

static void view_of(struct plan_view *v, struct fixture *x, const struct plan_query *query,
		    bool want)
{
	if (plan_view_init(v, &x->plan, query) != want)
		fail_msg("--only %s", query->only ? query->only : "");
}

static void test_only(void **state)
{
	static const struct {
		const char *only;
		bool found;
		size_t flows, questions;
	} rows[] = {
		{NULL, true, 2, 1},
		{"prod", true, 2, 1},
		{"product", true, 2, 1},
		{"product/need1", true, 1, 0},
		{"prod/need1", true, 1, 0},
		{"need1", false, 0, 0},
		{"product/need", false, 0, 0},
		{"product/", false, 0, 0},
		{"", false, 0, 0},
		{"other/need1", false, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct plan_query query = {.only = rows[i].only};
		struct plan_view v;
		struct fixture x;

		fixture_init(&x, NULL);
		fixture_flow(&x, &x.client, &x.server, TRANSPORT_TCP, https);
		fixture_flow(&x, &x.internet, &x.server, TRANSPORT_TCP, https);
		view_of(&v, &x, &query, rows[i].found);
		assert_int_equal(v.flows.n, rows[i].flows);
		if (rows[i].found && (!rows[i].only || rows[i].questions))
			assert_int_equal(v.questions.n, rows[i].questions);
		plan_view_release(&v);
		fixture_release(&x);
	}
}

static void test_headline(void **state)
{
	const struct plan_query query = {0};
	struct plan_view v;
	struct fixture x;

	(void)state;
	fixture_init(&x, NULL);
	fixture_flows(&x);
	view_of(&v, &x, &query, true);
	assert_string_equal(v.headline,
			    "6 flows for prod (product), 6 of them across a device; 1 must "
			    "stay closed; 1 question, 1 warning.");
	assert_int_equal(v.required, 6);
	assert_int_equal(v.forbidden, 1);
	plan_view_release(&v);
	x.plan.flows.n = 1;
	x.plan.questions.n = x.plan.warnings.n = 0;
	view_of(&v, &x, &query, true);
	assert_string_equal(
		v.headline,
		"1 flow for prod (product), 1 of them across a device; no questions, no "
		"warnings.");
	plan_view_release(&v);
	fixture_release(&x);
}

/* The names of the sections, with how many rows each has. */
static void sections_are(enum plan_by by, const char *want)
{
	const struct plan_query query = {.by = by};
	struct buf out = BUF_INIT;
	struct plan_view v;
	struct fixture x;

	fixture_init(&x, NULL);
	fixture_flows(&x);
	view_of(&v, &x, &query, true);
	for_each (s, &v.sections)
		buf_addf(&out, "%s/%.9s %zu\n", s->group, s->title, s->rows.n);
	check_text(plan_by_names[by], &out, want);
	buf_release(&out);
	plan_view_release(&v);
	fixture_release(&x);
}

static void test_sections(void **state)
{
	(void)state;
	sections_are(PLAN_BY_APPLICATION, "prod/required 3\nprod/alternati 1\nprod/recommend 1\n"
					  "prod/optional 1\nprod/must stay 1\n");
	sections_are(PLAN_BY_PORT, "tcp/23/ 1\ntcp/443/ 1\ntcp/3128/ 1\nudp/any-of 1024-65535/ 1\n"
				   "icmp/echo/ 1\nip/47/ 1\ntcp/any/must stay 1\n");
	sections_are(PLAN_BY_DEVICE, "fw1/ 5\nproxy1/ 2\n");
	sections_are(PLAN_BY_HOST,
		     "zone internet/ 2\nserver/ 4\nclient/ 5\nproxy1/ 2\nvendor/ 1\n");
}

/* An alternative is shown with those of its flows that others need too. */
static void test_alternatives(void **state)
{
	const struct plan_query query = {0};
	struct claim shared = {0};
	struct plan_view v;
	struct fixture x;
	struct flow *f;

	(void)state;
	fixture_init(&x, NULL);
	f = fixture_flow(&x, &x.client, &x.server, TRANSPORT_TCP, https);
	fixture_claim(f)->branch = 2;
	shared = *f->claims;
	shared.branch = 1;
	f = fixture_flow(&x, &x.client, &x.server, TRANSPORT_TCP, (struct port_range){22, 22});
	fixture_claim(f)->next = &shared;
	view_of(&v, &x, &query, true);
	assert_int_equal(v.sections.n, 2);
	assert_int_equal(v.sections.items[0].rows.n, 1);
	assert_int_equal(v.sections.items[1].rows.n, 2);
	assert_int_equal(v.sections.items[1].rows.items[0].claim->branch, 1);
	assert_ptr_equal(v.sections.items[1].rows.items[0].flow, f);
	plan_view_release(&v);
	fixture_release(&x);
}

static void test_scope_line(void **state)
{
	const struct plan_query query = {0};
	struct plan_view v;
	struct fixture x;

	(void)state;
	fixture_init(&x, NULL);
	fixture_flows(&x);
	view_of(&v, &x, &query, true);
	assert_string_equal(v.scope_line, "scope: [updates.example.org]");
	plan_view_release(&v);

	x.site.scope.items = &x.networks[2];
	x.site.scope.n = 1;
	x.tries[0].s = "a: b";
	view_of(&v, &x, &query, true);
	assert_string_equal(v.scope_line, "scope: [10.0.0.0/8, \"a: b\"]");
	plan_view_release(&v);

	x.tries[0].s = "${tenant}.example.org";
	view_of(&v, &x, &query, true);
	assert_null(v.scope_line);
	plan_view_release(&v);

	x.tries[0].s = "updates.example.org";
	x.scope_names[0] = x.tries[0];
	x.site.scope_names.items = x.scope_names;
	x.site.scope_names.n = 1;
	view_of(&v, &x, &query, true);
	assert_null(v.scope_line);
	plan_view_release(&v);
	fixture_release(&x);
}

static const char *hostile_name(void *ctx, const char *usual)
{
	(void)usual;
	return ctx;
}

/* Each name in each form; what must not come out of any of them. */
static void test_hostile(void **state)
{
	char *large = test_malloc(10241);
	const char *const names[] = {
		"\"quoted\" 'too'",
		"two\nlines",
		"<script>alert(1)</script>",
		"=cmd|'/c calc'!A0",
		"\xe2\x80\xaeright to left",
		"",
		"\xff\xfe",
		large,
	};
	const struct plan_query query = {.explain = true, .version = "0", .width = 80};

	(void)state;
	memset(large, 'x', 10240);
	large[10240] = 0;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const struct fixture_names from = {hostile_name, (void *)names[i]};
		struct plan_view v;
		struct fixture x;

		fixture_init(&x, &from);
		fixture_flows(&x);
		view_of(&v, &x, &query, true);
		for (size_t w = 0; writers[w]; w++) {
			struct buf out = BUF_INIT;

			if (!writers[w]->plan)
				continue;
			writers[w]->plan(&v, &out);
			assert_true(out.n > 100);
			if (strcmp(writers[w]->name, "html") == 0 ||
			    strcmp(writers[w]->name, "markdown") == 0)
				assert_null(strstr(out.data, "<script>alert"));
			assert_null(strstr(out.data, "\xe2\x80\xae"));
			assert_null(strstr(out.data, ",=cmd"));
			assert_null(strstr(out.data, "\xff"));
			buf_release(&out);
		}
		plan_view_release(&v);
		fixture_release(&x);
	}
	test_free(large);
}

static void test_writers(void **state)
{
	(void)state;
	assert_non_null(writer_find("text"));
	assert_string_equal(writer_find("json")->name, "json");
	assert_null(writer_find(""));
	assert_null(writer_find("TEXT"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_only),	   cmocka_unit_test(test_headline),
		cmocka_unit_test(test_sections),   cmocka_unit_test(test_alternatives),
		cmocka_unit_test(test_scope_line), cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_writers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
