/* SPDX-License-Identifier: ISC */
#include "cmd/load.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "doc/site.h"
#include "sys/file.h"

enum { FILE_BYTES_MAX = 64 << 20 };

/* A file that a site names stands relative to the site. */
static int read_beside(void *ctx, const char *path, struct arena *arena, struct slice *bytes,
		       struct err *err)
{
	const char *site_path = ctx, *slash = strrchr(site_path, '/');
	struct buf full = BUF_INIT, content = BUF_INIT;
	int rc;

	if (path[0] != '/' && slash)
		buf_add(&full, site_path, (size_t)(slash - site_path) + 1);
	buf_add_text(&full, path);
	rc = file_read(full.data, FILE_BYTES_MAX, &content, err);
	if (!rc)
		*bytes = (struct slice){arena_copy(arena, buf_slice(&content)), content.n};
	buf_release(&content);
	buf_release(&full);
	return rc;
}

static bool is_loaded(const struct loaded *l, const char *name)
{
	for (size_t i = 0; i < l->n_products; i++)
		if (text_is(l->products[i]->name, name))
			return true;
	return false;
}

static void load_product(struct loaded *l, const struct use *u, struct errs *errs)
{
	struct product *p;

	if (is_loaded(l, u->product.s))
		return;
	p = catalog_product(&l->catalog, u->product, errs);
	if (p)
		l->products[l->n_products++] = p;
}

static void check_uses(struct loaded *l, struct errs *errs)
{
	for_each (u, &l->site->uses)
		for (size_t i = 0; i < l->n_products; i++)
			if (text_same(l->products[i]->name, u->product))
				site_check_use(l->site, u, l->products[i], errs);
}

static void load_products(struct loaded *l, struct errs *errs)
{
	l->products = mem_new(l->site->uses.n, sizeof(*l->products));
	for_each (u, &l->site->uses)
		load_product(l, u, errs);
	if (!errs->n)
		check_uses(l, errs);
}

/* From l->bytes. */
static int plan_bytes(struct loaded *l, const char *site_path, const struct plan_options *options)
{
	struct site_source source = {read_beside, (void *)site_path};
	struct errs errs = {0};

	l->site = site_read(site_path, buf_slice(&l->bytes), &source, &errs);
	if (l->site)
		load_products(l, &errs);
	if (l->site && !errs.n)
		l->plan = plan_build(l->site, (const struct product *const *)l->products,
				     l->n_products, options, &errs);
	return errs.n ? command_failed_all(&errs) : 0;
}

int load_plan(struct loaded *l, const char *site_path, const char *catalog,
	      const struct plan_options *options)
{
	struct err err;

	*l = (struct loaded){.bytes = BUF_INIT};
	if (catalog_open(&l->catalog, catalog, &err) ||
	    file_read(site_path, FILE_BYTES_MAX, &l->bytes, &err))
		return command_failed(&err);
	return plan_bytes(l, site_path, options);
}

int load_site(struct loaded *l, const char *site_path)
{
	struct site_source source = {read_beside, (void *)site_path};
	struct errs errs = {0};
	struct err err;

	*l = (struct loaded){.bytes = BUF_INIT};
	if (file_read(site_path, FILE_BYTES_MAX, &l->bytes, &err))
		return command_failed(&err);
	l->site = site_read(site_path, buf_slice(&l->bytes), &source, &errs);
	return errs.n ? command_failed_all(&errs) : 0;
}

int load_quick(struct loaded *l, struct site_quick *q, const char *product, const char *catalog,
	       const struct plan_options *options)
{
	struct errs errs = {0};
	struct product *p;
	struct err err;

	*l = (struct loaded){.bytes = BUF_INIT};
	if (catalog_open(&l->catalog, catalog, &err))
		return command_failed(&err);
	p = catalog_product(&l->catalog, (struct text){product, PLACE_NONE}, &errs);
	q->product = p;
	if (p && q->find_proxy && site_quick_may_use_proxy(p) && q->find_proxy(q, &err)) {
		product_free(p);
		return command_failed(&err);
	}
	if (p && site_quick_write(q, &l->bytes, &errs) && !errs.n)
		BUG("a site was not written, and nothing says why");
	product_free(p);
	return errs.n ? command_failed_all(&errs) : plan_bytes(l, "the command line", options);
}

void load_release(struct loaded *l)
{
	plan_free(l->plan);
	for (size_t i = 0; i < l->n_products; i++)
		product_free(l->products[i]);
	free(l->products);
	site_free(l->site);
	catalog_close(&l->catalog);
	buf_release(&l->bytes);
}
