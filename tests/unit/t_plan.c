/* SPDX-License-Identifier: ISC
 *
 * What the records of a plan do not show: ids, trees, exceptions, absences. Whole plans are
 * compared in tests/golden/sites.
 */
#include "model/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/buf.h"
#include "doc/product.h"
#include "doc/site.h"

#define HEAD                                                                                       \
	"portolan: 1\nproduct: p\ntitle: P\ndocuments: {d: {title: D}}\n"                          \
	"roles:\n  a: {title: A, many: true}\n  b: {title: B, many: true}\n"                       \
	"  c: {title: C, optional: true}\nrequirements:\n"
#define REQUIREMENT(id, keys) "  " id ": {" keys ", doc: {in: d}}\n"

struct planned {
	struct product *product;
	struct site *site;
	struct plan *plan; /* NULL: errors */
	struct errs errs;
	struct buf text;
};

/* Host h1 is a, h2 is b, in zones of their own with a filter between, unless `roles` says else. */
static struct planned plan_of(const char *requirements, const char *h1, const char *roles)
{
	struct planned p = {.text = BUF_INIT};
	const struct plan_options options = {0};
	struct buf product = BUF_INIT;
	const struct product *all[1];

	buf_addf(&product, "%s%s", HEAD, requirements);
	buf_addf(&p.text,
		 "portolan: 1\nsite: s\nzones:\n  x: {networks: [10.0.1.0/24]}\n"
		 "  y: {networks: [10.0.2.0/24]}\nhosts:\n  h1: {addresses: [%s]}\n"
		 "  h2: {addresses: [10.0.2.2]}\ndevices:\n  fw:\n    interfaces:\n"
		 "      x: {zone: x, addresses: [10.0.1.254]}\n"
		 "      y: {zone: y, addresses: [10.0.2.254]}\n    filter: stateful\n"
		 "uses:\n  - product: p\n    roles: {%s}\n",
		 h1, roles ? roles : "a: h1, b: h2");
	p.product = product_read("p.yaml", buf_slice(&product), &p.errs);
	p.site = site_read("s.yaml", buf_slice(&p.text), NULL, &p.errs);
	buf_release(&product);
	if (p.errs.n)
		print_error("%s\n", p.errs.items[0].text);
	assert_int_equal(p.errs.n, 0);
	all[0] = p.product;
	p.plan = plan_build(p.site, all, 1, &options, &p.errs);
	return p;
}

static void release(struct planned *p)
{
	plan_free(p->plan);
	site_free(p->site);
	product_free(p->product);
	errs_release(&p->errs);
	buf_release(&p->text);
}

static void ids_do_not_move(void **state)
{
	const char *one = REQUIREMENT("q", "from: a, to: b, needs: tcp/80");
	struct planned p = plan_of(one, "10.0.1.1", NULL), q = plan_of(one, "10.0.1.7", NULL);
	struct buf id = BUF_INIT;

	(void)state;
	flow_format_id(p.plan->flows.items[0], &id);
	assert_int_equal(id.n, 16);
	assert_true(p.plan->flows.items[0]->id == q.plan->flows.items[0]->id);
	buf_release(&id);
	release(&p);
	release(&q);
}

static void ids_differ(void **state)
{
	struct planned p =
		plan_of(REQUIREMENT("q", "from: a, to: b, needs: [tcp/80, udp/80, tcp/80-81, "
					 "tcp/any-of 80-81, tcp/80 from 20, icmp/echo, icmp/any, "
					 "ip/80, sctp/80]")
				REQUIREMENT("r", "from: b, to: a, needs: tcp/80")
					REQUIREMENT("s", "from: a, to: b, forbid: tcp/any"),
			"10.0.1.1", NULL);

	(void)state;
	assert_int_equal(p.plan->flows.n, 11);
	for_each (f, &p.plan->flows)
		for_each (g, &p.plan->flows)
			assert_true(f == g || (*f)->id != (*g)->id);
	release(&p);
}

/* One flow for three demands, the most demanding claim first, each demand with its own tree. */
static void demands_share_flows(void **state)
{
	struct planned p = plan_of(
		REQUIREMENT("beside", "from: a, to: b, needs: tcp/1, also: tcp/80")
			REQUIREMENT("may", "from: a, to: b, needs: tcp/80, level: optional, "
					   "without: nothing")
				REQUIREMENT("must", "from: a, to: b, needs: tcp/80 else tcp/81"),
		"10.0.1.1", NULL);
	const struct flow *shared = p.plan->flows.items[1];
	const struct claim *c = shared->claims;

	(void)state;
	assert_int_equal(p.plan->flows.n, 3);
	assert_string_equal(c->demand->requirement->id.s, "must");
	assert_int_equal(c->level, LEVEL_REQUIRED);
	assert_int_equal(c->group, 1);
	assert_int_equal(c->branch, 1);
	assert_string_equal(c->next->demand->requirement->id.s, "may");
	assert_string_equal(c->next->next->demand->requirement->id.s, "beside");
	assert_int_equal(c->next->next->level, LEVEL_RECOMMENDED);
	assert_null(c->next->next->next);
	assert_int_equal(c->demand->needs->kind, NEED_ELSE);
	assert_int_equal(c->demand->needs->kids.n, 2);
	assert_ptr_equal(c->demand->needs->kids.items[0]->flow, shared);
	release(&p);
}

static void exceptions(void **state)
{
	struct planned p = plan_of(
		REQUIREMENT("no", "from: a, to: b, forbid: tcp/any")
			REQUIREMENT("yes", "from: a, to: b, needs: tcp/80")
				REQUIREMENT("udp", "from: a, to: b, needs: udp/80")
					REQUIREMENT("back", "from: b, to: a, needs: tcp/80"),
		"10.0.1.1", NULL);
	const struct demand *no = p.plan->demands.items[0];

	(void)state;
	assert_int_equal(no->except.n, 1);
	assert_string_equal(no->except.items[0]->claims->demand->requirement->id.s, "yes");
	release(&p);
}

/* Single hosts that are forbidden inside a network that is required: no contradiction. */
static void a_network_is_no_contradiction(void **state)
{
	struct planned p = plan_of(REQUIREMENT("yes", "from: a, to: b, needs: tcp/80")
					   REQUIREMENT("no", "from: c, to: b, forbid: tcp/80"),
				   "10.0.1.1", "a: zone x, b: h2, c: h1");

	(void)state;
	assert_non_null(p.plan);
	assert_int_equal(p.plan->demands.items[1]->except.n, 0);
	release(&p);
}

static void absences(void **state)
{
	struct planned p =
		plan_of(REQUIREMENT("q", "from: a, to: b, needs: tcp/80")
				REQUIREMENT("r", "from: a, to: b, link: none")
					REQUIREMENT("s", "from: c, to: b, needs: tcp/80"),
			"10.0.1.1", "a: h1, b: [h1, h2]");

	(void)state;
	assert_int_equal(p.plan->demands.n, 4);
	assert_int_equal(p.plan->demands.items[0]->absence, ABSENCE_SAME_HOST);
	assert_int_equal(p.plan->demands.items[1]->absence, ABSENCE_NONE);
	assert_int_equal(p.plan->demands.items[2]->absence, ABSENCE_NO_LINK);
	assert_int_equal(p.plan->not_installed, 1);
	assert_int_equal(p.plan->flows.n, 1);
	assert_int_equal(p.plan->questions.n, 0);
	release(&p);
}

/* A host that plays a role twice offers it once. */
static void local_links(void **state)
{
	struct planned p =
		plan_of(REQUIREMENT("q", "from: a, to: b, needs: [tcp/80, udp/81], link: local"),
			"10.0.1.1", "a: h1, b: [h1, h2, h2]");

	(void)state;
	assert_int_equal(p.plan->demands.n, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct demand *d = p.plan->demands.items[i];

		assert_int_equal(d->absence, ABSENCE_LOCAL);
		assert_string_equal(d->local, "[tcp/80, udp/81]");
		assert_string_equal(d->to->name, i ? "h2" : "h1");
		assert_null(d->needs);
	}
	assert_int_equal(p.plan->flows.n, 0);
	release(&p);
}

static void any_of_several(void **state)
{
	struct planned p =
		plan_of(REQUIREMENT("q", "from: a, to: b, needs: [tcp/80, udp/80], reach: one"),
			"10.0.1.1", "a: h1, b: [h1, h2, 10.0.2.8/29]");
	const struct demand *d = p.plan->demands.items[0];

	(void)state;
	assert_int_equal(p.plan->demands.n, 1);
	assert_string_equal(d->from->name, "h1");
	assert_string_equal(d->to->name, "any b");
	assert_int_equal(d->needs->kind, NEED_ANY);
	assert_int_equal(d->needs->kids.n, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct need *branch = d->needs->kids.items[i];

		assert_int_equal(branch->kind, NEED_ALL);
		for (size_t k = 0; k < 2; k++) {
			const struct claim *c = branch->kids.items[k]->flow->claims;

			assert_ptr_equal(c->demand, d);
			assert_int_equal(c->group, 1);
			assert_int_equal(c->branch, i + 1);
		}
	}
	release(&p);
}

static void errors(void **state)
{
	struct planned p = plan_of(REQUIREMENT("yes", "from: a, to: b, needs: tcp/80-81")
					   REQUIREMENT("no", "from: a, to: b, forbid: tcp/80"),
				   "10.0.1.1", NULL);

	(void)state;
	assert_null(p.plan);
	assert_int_equal(p.errs.n, 1);
	assert_non_null(strstr(p.errs.items[0].text, "p/yes"));
	assert_non_null(strstr(p.errs.items[0].text, "p/no"));
	release(&p);
}

static void hosts_bound_twice_play_once(void **state)
{
	struct planned p = plan_of(REQUIREMENT("q", "from: a, to: b, needs: tcp/80"), "10.0.1.1",
				   "a: [h1, h1, 10.0.1.0/25], b: h2");

	(void)state;
	assert_int_equal(p.plan->demands.n, 2);
	release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_do_not_move),
		cmocka_unit_test(ids_differ),
		cmocka_unit_test(demands_share_flows),
		cmocka_unit_test(exceptions),
		cmocka_unit_test(a_network_is_no_contradiction),
		cmocka_unit_test(absences),
		cmocka_unit_test(local_links),
		cmocka_unit_test(any_of_several),
		cmocka_unit_test(errors),
		cmocka_unit_test(hosts_bound_twice_play_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
