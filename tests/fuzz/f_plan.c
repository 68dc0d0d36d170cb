/* SPDX-License-Identifier: ISC
 *
 * Any product and any site, with a line "====" between them: the readers refuse them, or the
 * planner plans them. What it plans must hold together.
 */
#include <stddef.h>
#include <stdint.h>

#include "doc/product.h"
#include "doc/site.h"
#include "model/plan.h"
#include "library_leaks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_flow(const struct plan *p, const struct flow *f)
{
	struct buf text = BUF_INIT;

	if (p->flows.items[f->index] != f)
		BUG("flow %u is not where it says", f->index);
	if (!f->claims || !f->from || !f->to || !f->path)
		BUG("flow %u has nothing behind it", f->index);
	for (const struct claim *c = f->claims; c->next; c = c->next)
		if (c->also > c->next->also ||
		    (c->also == c->next->also && c->level > c->next->level))
			BUG("flow %u: a weaker claim before a stronger one", f->index);
	flow_format_ports(f, &text);
	buf_release(&text);
}

static void check_need(const struct need *n, unsigned depth)
{
	if (!n)
		return;
	if (depth > 1000)
		BUG("needs without end");
	if (n->kind == NEED_OPEN ? n->kids.n != 0 : n->kind == NEED_FLOW ? !n->flow : n->kids.n < 2)
		BUG("a need of nothing");
	for (size_t i = 0; i < n->kids.n; i++)
		check_need(n->kids.items[i], depth + 1);
}

static void plan(const struct site *site, const struct product *product, bool as_documented)
{
	const struct plan_options options = {.as_documented = as_documented};
	struct errs errs = {0};
	struct plan *p = plan_build(site, &product, 1, &options, &errs);

	if (!p != (errs.n != 0))
		BUG("a plan with errors, or neither");
	if (p) {
		for_each (f, &p->flows)
			check_flow(p, *f);
		for_each (d, &p->demands) {
			check_need((*d)->needs, 0);
			check_need((*d)->also, 0);
		}
	}
	plan_free(p);
	errs_release(&errs);
}

/* A few hosts make many pairs; what this is about shows with few. */
static bool is_small(const struct site *s, const struct product *p)
{
	return s->hosts.n <= 30 && p->requirements.n <= 100 && s->devices.n <= 10;
}

static void check_and_plan(const struct site *site, const struct product *product)
{
	struct errs errs = {0};

	for_each (u, &site->uses)
		if (text_same(u->product, product->name))
			site_check_use(site, u, product, &errs);
	if (!errs.n && is_small(site, product)) {
		plan(site, product, false);
		plan(site, product, true);
	}
	errs_release(&errs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice all = {(const char *)data, size}, site_bytes = all, product_bytes;
	const char *cut = memmem(data, size, "\n====\n", 6);
	struct product *product;
	struct errs errs = {0};
	struct site *site;

	if (!cut)
		return 0;
	product_bytes = slice_from_to(all.p, cut + 1);
	site_bytes = slice_skip(all, product_bytes.n + 5);
	product = product_read("product.yaml", product_bytes, &errs);
	site = site_read("site.yaml", site_bytes, NULL, &errs);
	if (product && site)
		check_and_plan(site, product);
	product_free(product);
	site_free(site);
	errs_release(&errs);
	return 0;
}
