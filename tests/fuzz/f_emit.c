/* SPDX-License-Identifier: ISC
 *
 * Any product and any site, with a line "====" between them, as in f_plan: the policy of each
 * device, in each language. Whatever names there are, each stays where it stands: between
 * quotes or behind the # of a remark. What is outside is ours, and has nothing of a
 * document but addresses, numbers, and names of interfaces and users.
 */
#include <stddef.h>
#include <stdint.h>

#include "doc/product.h"
#include "doc/site.h"
#include "library_leaks.h"
#include "policy/emit.h"
#include "policy/exposure.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Names of interfaces and users stand without quotes. */
#define LETTERS	 "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define NFTABLES "abcdefghijklmnopqrstuvwxyz0123456789_.:/ -,;@&|()!={}[]\t"
#define WINDOWS	 LETTERS "0123456789 -.,=_$@(){}[]:;|+\t"
#define CISCO	 LETTERS "0123456789 -./:_+@"
#define AWS	 "0123456789 -:,{}[]null"
#define IPTABLES LETTERS "0123456789_.:/ -,!=[]*+@"

static const struct language {
	const struct emitter *emitter;
	char quote; /* NUL: it has none */
	size_t quoted_max;
	const char *ours;  /* the bytes outside of quotes */
	const char *never; /* not even between quotes */
} languages[] = {
	{&emitter_nftables, '"', 128, NFTABLES, "\\"},
	{&emitter_iptables, '"', 255, IPTABLES, "\\"},
	{&emitter_ip6tables, '"', 255, IPTABLES, "\\"},
	{&emitter_windows, '\'', 500, WINDOWS, "\""},
	{&emitter_cisco, '\0', 0, CISCO, "?\\\""},
	{&emitter_aws, '"', SIZE_MAX, AWS, "\\"},
};

/* What stands between two quotes: printable, not too long. Returns what is behind the second. */
static struct slice skip_quoted(struct slice line, const struct language *language)
{
	const char *end = memchr(line.p + 1, language->quote, line.n - 1);
	struct slice inside;

	if (!end)
		BUG("a quote without its pair");
	inside = slice_from_to(line.p + 1, end);
	if (inside.n > language->quoted_max)
		BUG("a text of %zu bytes between quotes", inside.n);
	/* The registry keeps a rule of Windows as one text with | between its parts. */
	if (language->quote == '\'' && memchr(inside.p, '|', inside.n))
		BUG("a | between quotes");
	return slice_skip(line, inside.n + 2);
}

static bool is_remark(struct slice line)
{
	return slice_has_prefix(line, "#") || slice_has_prefix(line, "!") ||
	       slice_has_prefix(line, " remark ");
}

static void check_line(struct slice line, const struct language *language)
{
	for (size_t i = 0; i < line.n; i++)
		if ((line.p[i] < ' ' && line.p[i] != '\t') || line.p[i] > '~' ||
		    strchr(language->never, line.p[i]))
			BUG("byte %d in a ruleset", line.p[i]);
	if (is_remark(line))
		return;
	while (line.n) {
		if (line.p[0] == language->quote) {
			line = skip_quoted(line, language);
			continue;
		}
		if (!strchr(language->ours, line.p[0]))
			BUG("'%c' outside of quotes", line.p[0]);
		line = slice_skip(line, 1);
	}
}

/* Brackets outside of quotes close as they opened. */
static void check_brackets(struct slice text, char quote)
{
	int depth = 0;
	struct slice line;

	while (slice_cut(&text, '\n', &line)) {
		bool quoted = false;

		for (size_t i = 0; i < line.n && !is_remark(line); i++) {
			if (line.p[i] == quote)
				quoted = !quoted;
			else if (!quoted && line.p[i] == '{')
				depth++;
			else if (!quoted && line.p[i] == '}')
				depth--;
			if (depth < 0)
				BUG("a bracket closes what was not open");
		}
	}
	if (depth)
		BUG("%d brackets stay open", depth);
}

static void check_text(const struct policy *p, const struct language *language)
{
	struct buf out = BUF_INIT;
	struct errs errs = {0};
	struct slice text, line;

	if (language->emitter->check)
		language->emitter->check(p, &errs);
	if (!errs.n)
		emit_policy(language->emitter, p, &out);
	text = buf_slice(&out);
	while (slice_cut(&text, '\n', &line))
		check_line(line, language);
	check_brackets(buf_slice(&out), language->quote);
	errs_release(&errs);
	buf_release(&out);
}

static void check_policy(const struct policy *p)
{
	for (size_t i = 1; i < p->rules.n; i++) {
		const struct rule *a = &p->rules.items[i - 1], *b = &p->rules.items[i];

		if (a->hook > b->hook || (a->hook == b->hook && a->rank > b->rank))
			BUG("rule %zu is not in its place", i);
		if (!b->flows.n != (b->why != NULL))
			BUG("rule %zu has no reason, or two", i);
	}
}

static void derive(const struct plan *plan, const struct device *d, const struct language *language)
{
	const struct policy_options options = {.today = 20784,
					       .interface_also = language->emitter->interface_also,
					       .interface_max = language->emitter->interface_max,
					       .stateless = language->emitter->stateless};
	struct errs errs = {0};
	struct policy *p = policy_derive(plan, d, &options, &errs);

	if (!p != (errs.n != 0))
		BUG("a policy with errors, or neither");
	if (p) {
		check_policy(p);
		check_text(p, language);
	}
	policy_free(p);
	errs_release(&errs);
}

static void derive_host(const struct plan *plan, const struct host *h,
			const struct language *language)
{
	const struct policy_options options = {.today = 20784,
					       .stateless = language->emitter->stateless};
	struct policy *p = policy_derive_host(plan, h, &options);

	check_policy(p);
	check_text(p, language);
	policy_free(p);
}

static void derive_all(const struct plan *plan)
{
	for (size_t i = 0; i < ARRAY_LEN(languages); i++) {
		for_each (d, &plan->site->devices)
			derive(plan, d, &languages[i]);
		for_each (h, &plan->site->hosts)
			derive_host(plan, h, &languages[i]);
	}
}

/* A few hosts make many pairs; what this is about shows with few. */
static bool is_small(const struct site *s, const struct product *p)
{
	return s->hosts.n <= 30 && p->requirements.n <= 100 && s->devices.n <= 10;
}

/* No choice lets in more from outside than all of them together. */
static void check_least(const struct site *site, const struct product *product)
{
	enum { FEW = 3 };
	const struct exposure_asked asked = {.site = site, .products = &product, .n_products = 1};
	struct least_exposure *e;
	struct errs errs = {0};

	if (site->devices.n > FEW)
		return;
	e = least_exposure_find(&asked, &errs);
	if (!e != (errs.n != 0))
		BUG("a choice with errors, or neither");
	if (e && e->after.sides[EXPOSURE_OUTSIDE] > e->before.sides[EXPOSURE_OUTSIDE])
		BUG("the least is more");
	least_exposure_free(e);
	errs_release(&errs);
}

static void plan_and_derive(const struct site *site, const struct product *product)
{
	const struct plan_options options = {0};
	struct errs errs = {0};
	struct plan *plan = NULL;

	for_each (u, &site->uses)
		if (text_same(u->product, product->name))
			site_check_use(site, u, product, &errs);
	if (!errs.n && is_small(site, product))
		plan = plan_build(site, &product, 1, &options, &errs);
	if (plan) {
		derive_all(plan);
		check_least(site, product);
	}
	plan_free(plan);
	errs_release(&errs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice all = {(const char *)data, size};
	const char *cut = memmem(data, size, "\n====\n", 6);
	struct slice product_bytes;
	struct product *product;
	struct errs errs = {0};
	struct site *site;

	if (!cut)
		return 0;
	product_bytes = slice_from_to(all.p, cut + 1);
	product = product_read("product.yaml", product_bytes, &errs);
	site = site_read("site.yaml", slice_skip(all, product_bytes.n + 5), NULL, &errs);
	if (product && site)
		plan_and_derive(site, product);
	product_free(product);
	site_free(site);
	errs_release(&errs);
	return 0;
}
