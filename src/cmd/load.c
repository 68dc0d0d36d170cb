/* SPDX-License-Identifier: ISC */
#include "cmd/load.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/installed.h"
#include "doc/product.h"
#include "doc/site.h"
#include "sys/file.h"
#include CONFIG_H

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

static const char *catalog_folder(const char *given, struct buf *out)
{
	const char *env = getenv("PORTOLAN_CATALOG");

	if (given || env)
		return given ? given : env;
	installed_path("catalog", DATA_DIR, out);
	return out->data;
}

static bool is_loaded(const struct loaded *l, const char *name)
{
	for (size_t i = 0; i < l->n_products; i++)
		if (text_is(l->products[i]->name, name))
			return true;
	return false;
}

static void load_product(struct loaded *l, const struct use *u, const char *folder,
			 struct errs *errs)
{
	struct buf bytes = BUF_INIT;
	const char *path = arena_printf(l->site->arena, "%s/%s.yaml", folder, u->product.s);
	struct product *p;
	struct err err;

	if (is_loaded(l, u->product.s))
		return;
	if (file_read(path, FILE_BYTES_MAX, &bytes, &err)) {
		errs_add(errs, u->product.at, "the catalog has no product \"%s\" (%s)", u->product.s,
			 folder);
	} else {
		p = product_read(path, buf_slice(&bytes), errs);
		if (p)
			l->products[l->n_products++] = p;
	}
	buf_release(&bytes);
}

static void check_uses(struct loaded *l, struct errs *errs)
{
	for_each (u, &l->site->uses)
		for (size_t i = 0; i < l->n_products; i++)
			if (text_same(l->products[i]->name, u->product))
				site_check_use(l->site, u, l->products[i], errs);
}

static void load_products(struct loaded *l, const char *catalog, struct errs *errs)
{
	struct buf folder_text = BUF_INIT;
	const char *folder = catalog_folder(catalog, &folder_text);

	l->products = mem_new(l->site->uses.n, sizeof(*l->products));
	for_each (u, &l->site->uses)
		load_product(l, u, folder, errs);
	if (!errs->n)
		check_uses(l, errs);
	buf_release(&folder_text);
}

int load_plan(struct loaded *l, const char *site_path, const char *catalog,
	      const struct plan_options *options)
{
	struct site_source source = {read_beside, (void *)site_path};
	struct errs errs = {0};
	struct err err;

	*l = (struct loaded){.bytes = BUF_INIT};
	if (file_read(site_path, FILE_BYTES_MAX, &l->bytes, &err))
		return command_failed(&err);
	l->site = site_read(site_path, buf_slice(&l->bytes), &source, &errs);
	if (l->site)
		load_products(l, catalog, &errs);
	if (l->site && !errs.n)
		l->plan = plan_build(l->site, (const struct product *const *)l->products,
				     l->n_products, options, &errs);
	return errs.n ? command_failed_all(&errs) : 0;
}

void load_release(struct loaded *l)
{
	plan_free(l->plan);
	for (size_t i = 0; i < l->n_products; i++)
		product_free(l->products[i]);
	free(l->products);
	site_free(l->site);
	buf_release(&l->bytes);
}
