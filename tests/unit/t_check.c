/* SPDX-License-Identifier: ISC
 *
 * Which tasks a plan makes, what follows from what directories said, and what is not tried: nothing
 * outside the scope, and nothing past the proxy that a flow is planned through.
 */
#include "probe/check.h"

#include <string.h>

#include "doc/product.h"
#include "doc/site.h"
#include "probe/method.h"
#include "probe/via.h"
#include "test.h"

static const char product_head[] = "portolan: 1\nproduct: p\ntitle: P\ndocuments: {d: {title: D}}\n"
				   "roles:\n  a: {title: A}\n  b: {title: B}\nrequirements:\n";
static const char site_head[] =
	"portolan: 1\nsite: s\nzones:\n  inside: {networks: [10.1.0.0/16]}\n"
	"  far: {networks: [10.2.0.0/16]}\nhosts:\n"
	"  pc: {addresses: [10.1.0.10]}\n"
	"  srv: {addresses: [10.2.0.20]}\n"
	"  wide: {addresses: [10.2.1.1, 10.2.1.2, 10.2.1.3, 10.2.1.4, 10.2.1.5, 10.2.1.6, "
	"10.2.1.7, 10.2.1.8, 10.2.1.9, 10.2.1.10, 10.2.1.11, 10.2.1.12, 10.2.1.13, 10.2.1.14, "
	"10.2.1.15, 10.2.1.16]}\n"
	"  box: {name: box.example.com, zone: far}\n"
	"devices:\n  gate:\n    interfaces:\n"
	"      in: {zone: inside, addresses: [10.1.0.30]}\n"
	"    http_proxy: {listen: 3128}\n";
#define TO_SRV		      "uses: [{product: p, roles: {a: pc, b: srv}}]\n"
#define TO_BOX		      "uses: [{product: p, roles: {a: pc, b: box}}]\n"
#define REQUIREMENT(id, keys) "  " id ": {from: a, to: b, " keys ", doc: {in: d}}\n"

struct prepared {
	struct product *product;
	struct site *site;
	struct plan *plan;
	struct arena *arena;
	struct vantage vantage;
	struct check check;
};

static void prepare(struct prepared *p, const char *requirements, const char *site)
{
	const struct plan_options options = {0};
	struct buf text = BUF_INIT;
	struct errs errs = {0};
	const struct product *all[1];

	buf_addf(&text, "%s%s", product_head, requirements);
	p->product = product_read("p.yaml", buf_slice(&text), &errs);
	buf_clear(&text);
	buf_addf(&text, "%s%s", site_head, site);
	p->site = site_read("s.yaml", buf_slice(&text), NULL, &errs);
	buf_release(&text);
	for (size_t i = 0; i < errs.n; i++)
		print_error("%s\n", errs.items[i].text);
	assert_int_equal(errs.n, 0);
	all[0] = p->product;
	p->plan = plan_build(p->site, all, 1, &options, &errs);
	assert_non_null(p->plan);
	errs_release(&errs);
	p->vantage = (struct vantage){0};
	assert_true(vantage_find(p->site, "pc", &p->vantage));
	p->arena = arena_new();
	check_prepare(&p->check, p->plan, &p->vantage, (struct check_options){0}, p->arena);
}

static void release(struct prepared *p)
{
	check_release(&p->check);
	arena_free(p->arena);
	plan_free(p->plan);
	site_free(p->site);
	product_free(p->product);
}

static void add_task(struct buf *out, const struct task *t)
{
	char text[ADDR_TEXT_MAX];

	buf_addf(out, "%s %s:%u", t->method->name,
		 t->target.family ? addr_text(&t->target, text) : t->name, t->port);
	if (t->via)
		buf_addf(out, " via %s", t->via->label);
	buf_add_char(out, '\n');
}

static void add_tasks(struct buf *out, const struct prepared *p, size_t from)
{
	const struct task *tasks;
	size_t n;

	tasks = check_tasks(&p->check, &n);
	for (size_t i = from; i < n; i++)
		add_task(out, &tasks[i]);
}

static void add_refusals(struct buf *out, const struct prepared *p)
{
	for (size_t i = 0; i < p->plan->flows.n; i++)
		if (p->check.results[i].is_here && p->check.results[i].not_tested)
			buf_addf(out, "not tested: %s\n", p->check.results[i].not_tested);
}

static void tasks_are_where_they_may_be(void **state)
{
	static const struct {
		const char *what, *requirements, *site, *want;
	} rows[] = {
		{"direct", REQUIREMENT("q", "needs: tcp/80"), TO_SRV, "connect 10.2.0.20:80\n"},
		{"through the proxy", REQUIREMENT("q", "needs: tcp/80, via: proxy"), TO_SRV,
		 "talk 10.1.0.30:3128\ntalk 10.2.0.20:80 via http:gate\n"},
		{"the proxy outside the scope", REQUIREMENT("q", "needs: tcp/80, via: proxy"),
		 TO_SRV "scope: [10.2.0.0/16]\n",
		 "not tested: its address is outside the site's scope\n"
		 "not tested: its proxy's address is outside the site's scope\n"},
		{"the target outside the scope", REQUIREMENT("q", "needs: tcp/80, via: proxy"),
		 TO_SRV "scope: [10.1.0.0/16]\n",
		 "talk 10.1.0.30:3128\n"
		 "not tested: its address is outside the site's scope\n"},
		{"a directory beside the proxy, what it names through it",
		 REQUIREMENT("b", "needs: udp/1434, service: mssql-browser")
			 REQUIREMENT("q", "child_of: b, needs: tcp/any-of 50000-50009, via: proxy"),
		 TO_BOX,
		 "udp box.example.com:1434\ntalk 10.1.0.30:3128\nudp box.example.com:1434\n"},
		{"a data connection beside the proxy",
		 REQUIREMENT("c", "needs: tcp/21, service: ftp")
			 REQUIREMENT("q", "child_of: c, modes: {passive: {from: a, to: b, needs: "
					  "tcp/any-of 50000-50009}}, via: proxy"),
		 TO_SRV,
		 "talk 10.2.0.20:21\ntalk 10.1.0.30:3128\n"
		 "not tested: a data connection is not negotiated through a proxy by this "
		 "version\n"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf got = BUF_INIT;
		struct prepared p;

		prepare(&p, rows[i].requirements, rows[i].site);
		add_tasks(&got, &p, 0);
		add_refusals(&got, &p);
		check_text(rows[i].what, &got, rows[i].want);
		buf_release(&got);
		release(&p);
	}
}

/* A directory is not trusted to aim us at other ports than the plan's. */
static void follow(const char *site, uint16_t named, const char *want)
{
	struct buf got = BUF_INIT;
	struct prepared p;
	struct outcome answers[2] = {0};
	size_t n;

	prepare(&p,
		REQUIREMENT("b", "needs: udp/1434, service: mssql-browser")
			REQUIREMENT("q", "child_of: b, needs: tcp/any-of 50000-50009, via: proxy"),
		site);
	check_tasks(&p.check, &n);
	for (size_t i = 0; i < n; i++)
		if (check_tasks(&p.check, &(size_t){0})[i].method->transport == TRANSPORT_UDP)
			answers[1] = (struct outcome){.task = (unsigned)i,
						      .flow = 0,
						      .name = "box.example.com",
						      .target = {4, {10, 2, 0, 30}},
						      .proved = "mssql-browser",
						      .named_port = named};
	assert_int_equal(check_follow(&p.check, answers, 2), !strstr(want, "not tested"));
	add_tasks(&got, &p, n);
	add_refusals(&got, &p);
	check_text(want, &got, want);
	buf_release(&got);
	release(&p);
}

static void what_a_directory_names_goes_the_planned_way(void **state)
{
	static const char refused[] = "not tested: the directory names a port outside the range "
				      "that is planned for it\n";

	(void)state;
	follow(TO_BOX, 50009, "talk 10.2.0.30:50009 via http:gate\n");
	follow(TO_BOX, 50010, refused);
	follow(TO_BOX, 22, refused);
}

/* What would be too much is counted, and takes no memory. */
static void there_is_a_limit(void **state)
{
	struct prepared p;
	size_t n;

	(void)state;
	prepare(&p, REQUIREMENT("q", "needs: tcp/any"),
		"uses: [{product: p, roles: {a: pc, b: wide}}]\n");
	check_tasks(&p.check, &n);
	assert_int_equal(n, ENGINE_TASKS_MAX);
	assert_int_equal(p.check.n_wanted, 16 * 65535);
	release(&p);
}

/* What the endpoint mapper says of a service: its port, that it knows of none, or neither. */
static struct outcome mapper_says(const struct task *t, uint16_t port, enum answer service)
{
	return (struct outcome){.flow = t->flow,
				.target = t->target,
				.transport = TRANSPORT_TCP,
				.port = t->port,
				.state = STATE_OPEN,
				.cause = CAUSE_TARGET,
				.network = ANSWER_PASS,
				.service = service,
				.proved = "epmap",
				.named_port = port};
}

static struct outcome answer_to(const struct task *t)
{
	if (t->what && strcmp(t->what, "drsuapi") == 0)
		return mapper_says(t, 49200, ANSWER_PASS);
	if (t->what && strcmp(t->what, "frs") == 0)
		return mapper_says(t, 0, ANSWER_FAIL);
	return mapper_says(t, 0, ANSWER_PASS);
}

static void judge_all(struct prepared *p, const struct judge_options *options, struct buf *out)
{
	struct verdicts verdicts;

	judge(p->plan, p->check.results, options, p->arena, &verdicts);
	for_each (j, &verdicts.items)
		buf_addf(out, "%s %s %s/%s%s%s\n", j->demand->requirement->id.s,
			 verdict_names[j->verdict], answer_names[j->network],
			 answer_names[j->service], j->reason ? ": " : "",
			 j->reason ? j->reason : "");
}

/* Several services share the mapper and its range: each is asked for, and judged, by itself. What
 * the site leaves open holds nothing. */
static void each_service_has_its_own_answer(void **state)
{
	static const char want[] =
		"drs pass pass/unknown\n"
		"frs fail unknown/fail: the directory knows of no such service, so that there is "
		"no "
		"port to try\n"
		"wmi not-tested unknown/unknown: the directory answers, and does not name its "
		"port\n"
		"both fail unknown/fail: the directory knows of no such service, so that there is "
		"no "
		"port to try\n"
		"either pass pass/unknown\n"
		"open not-tested unknown/unknown: the site leaves open what it needs\n"
		"open-or pass pass/pass\n";
	struct outcome outcomes[16] = {{0}};
	const struct task *tasks;
	struct buf got = BUF_INIT;
	struct prepared p;
	size_t n, all;

	(void)state;
	prepare(&p,
		REQUIREMENT("drs", "needs: rpc/drsuapi") REQUIREMENT("frs", "needs: rpc/frs")
			REQUIREMENT("wmi", "needs: rpc/wmi")
				REQUIREMENT("both", "needs: [rpc/drsuapi, rpc/frs]")
					REQUIREMENT("either", "needs: rpc/frs or rpc/drsuapi")
						REQUIREMENT("open", "needs: rpc/mountd")
							REQUIREMENT("open-or",
								    "needs: rpc/mountd or tcp/135"),
		TO_SRV);
	tasks = check_tasks(&p.check, &n);
	for (size_t i = 0; i < n; i++) {
		outcomes[i] = answer_to(&tasks[i]);
		outcomes[i].task = (unsigned)i;
	}
	assert_true(check_follow(&p.check, outcomes, n));
	tasks = check_tasks(&p.check, &all);
	assert_int_equal(all, n + 1); /* the one port that was named is tried once */
	assert_int_equal(tasks[n].port, 49200);
	outcomes[n] = (struct outcome){.task = (unsigned)n,
				       .flow = tasks[n].flow,
				       .target = tasks[n].target,
				       .port = tasks[n].port,
				       .state = STATE_OPEN,
				       .cause = CAUSE_TARGET,
				       .network = ANSWER_PASS};
	check_gather(&p.check, outcomes, all);
	judge_all(&p, &(struct judge_options){.starts_here = p.check.starts_here}, &got);
	check_text("verdicts", &got, want);
	buf_release(&got);
	release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_is_a_limit),
		cmocka_unit_test(each_service_has_its_own_answer),
		cmocka_unit_test(what_a_directory_names_goes_the_planned_way),
		cmocka_unit_test(tasks_are_where_they_may_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
