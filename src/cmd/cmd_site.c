/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "cmd/catalog_files.h"
#include "cmd/command.h"
#include "cmd/site_ask.h"
#include "doc/product.h"
#include "doc/site.h"
#include "sys/file.h"
#include "sys/terminal.h"

enum { PRODUCTS_MAX = 32 };

/* --- products --------------------------------------------------------------------------------- */

static void read_products(const struct arguments *args, struct catalog *catalog,
			  const struct product **products, size_t *n, struct errs *errs)
{
	for (size_t i = 1; i < args_n_operands(args); i++) {
		const struct text name = {args_operand(args, i), PLACE_NONE};

		products[*n] = catalog_product(catalog, name, errs);
		*n += products[*n] != NULL;
	}
}

/* --- the file --------------------------------------------------------------------------------- */

/* What was written must read, and agree with its products: a mistake that the options made only
 * shows here, such as two zones with one network. */
static void read_back(const struct site_new *s, const struct buf *text, struct errs *errs)
{
	struct site *site = site_read("the site file", buf_slice(text), NULL, errs);

	if (!site)
		return;
	for_each (u, &site->uses)
		for (size_t i = 0; i < s->n_products; i++)
			if (text_is(u->product, s->products[i]->name.s))
				site_check_use(site, u, s->products[i], errs);
	site_free(site);
}

static int write_file(const char *path, const struct buf *text)
{
	struct err err;

	if (file_replace(path, buf_slice(text), 0644, &err))
		return command_failed(&err);
	fprintf(stderr, "portolan: %s is written; fill it in, then: portolan plan %s\n", path,
		path);
	return EXIT_HOLDS;
}

static int check_output(const struct arguments *args)
{
	const char *path = args_value(args, "output");

	if (!path || args_has(args, "force") || !file_exists(path))
		return 0;
	return command_usage_error("site new: %s is there already; --force replaces it", path);
}

static int put_site(const struct arguments *args, const struct site_new *s)
{
	const char *path = args_value(args, "output");
	struct buf text = BUF_INIT;
	struct errs errs = {0};
	int rc;

	if (site_new_write(s, &text, &errs) == 0)
		read_back(s, &text, &errs);
	if (errs.n)
		rc = command_failed_all(&errs);
	else if (path)
		rc = write_file(path, &text);
	else
		rc = command_print(&text) ? EXIT_HOLDS : EXIT_NOT_TESTED;
	buf_release(&text);
	return rc;
}

static struct site_words words_of(const struct arguments *args, const char *option, struct arena *a)
{
	struct site_words w = {.n = args_count(args, option)};

	w.items = ARENA_ARRAY(a, const char *, w.n);
	for (size_t i = 0; i < w.n; i++)
		w.items[i] = args_nth(args, option, i);
	return w;
}

static int ask_and_put(const struct arguments *args, struct site_new *s, struct arena *a)
{
	if (terminal_can_ask())
		site_ask(s, a);
	return put_site(args, s);
}

static int run_new(const struct arguments *args)
{
	const struct product *products[PRODUCTS_MAX];
	struct arena *a = arena_new();
	struct site_new s = {
		.name = args_value(args, "name") ? args_value(args, "name") : "my-site",
		.products = products,
		.roles = words_of(args, "role", a),
		.features = words_of(args, "feature", a),
		.choices = words_of(args, "choice", a),
		.settings = words_of(args, "setting", a),
		.zones = words_of(args, "zone", a),
	};
	struct catalog catalog;
	struct errs errs = {0};
	struct err err;
	int rc;

	if (catalog_open(&catalog, args_value(args, "catalog"), &err))
		rc = command_failed(&err);
	else
		rc = check_output(args);
	if (!rc)
		read_products(args, &catalog, products, &s.n_products, &errs);
	if (errs.n)
		rc = command_failed_all(&errs);
	if (!rc)
		rc = ask_and_put(args, &s, a);
	for (size_t i = 0; i < s.n_products; i++)
		product_free((struct product *)products[i]);
	catalog_close(&catalog);
	arena_free(a);
	return rc;
}

static int run(const struct arguments *args)
{
	if (strcmp(args_operand(args, 0), "new") == 0)
		return run_new(args);
	return command_usage_error("site: there is no \"site %s\"; expected: site new PRODUCT ...",
				   args_operand(args, 0));
}

static const struct option_spec options[] = {
	{"name", "SITE", "the site's name; default: my-site", false},
	{"role", "R=WHO", "who plays a role: web=web1:10.1.0.10, browser=zone inside", true},
	{"feature", "NAME", "a feature that is used; \"not NAME\": one that is not", true},
	{"choice", "C=OPTION", "which of a choice's options", true},
	{"setting", "S=VALUE", "a setting's value; ROLE.S=VALUE: of a role", true},
	{"zone", "Z=NETWORK", "a zone and its networks: inside=10.1.0.0/16,2001:db8::/48", true},
	{"output", "FILE", "write there; default: standard output", false},
	{"force", NULL, "replace FILE if it is there", false},
	{"catalog", "DIR", "where the product files are", false},
};

const struct command command_site = {
	.name = "site",
	.summary = "start a site file for some products",
	.operands = "new PRODUCT ...",
	.options = options,
	.n_options = ARRAY_LEN(options),
	.min_operands = 2,
	.max_operands = 1 + PRODUCTS_MAX,
	.run = run,
};
