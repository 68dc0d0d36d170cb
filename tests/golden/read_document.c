/* SPDX-License-Identifier: ISC
 *
 * read_document FILE ...: what the readers say of each product or site, as the commands print it. A
 * site's uses are checked against the products in catalog/. Status 2 where anything was said.
 */
#include <stdio.h>
#include <string.h>

#include "doc/product.h"
#include "doc/site.h"
#include "sys/file.h"

enum { FILE_MAX = 64 << 20 };

static int read_include(void *ctx, const char *path, struct arena *arena, struct slice *bytes,
			struct err *err)
{
	struct buf content = BUF_INIT, full = BUF_INIT;
	int rc;

	buf_addf(&full, "%s/%s", (const char *)ctx, path);
	rc = file_read(full.data, FILE_MAX, &content, err);
	if (!rc)
		*bytes = (struct slice){arena_copy(arena, buf_slice(&content)), content.n};
	buf_release(&content);
	buf_release(&full);
	return rc;
}

static void check_use(const struct site *s, const struct use *u, struct errs *errs)
{
	struct buf bytes = BUF_INIT, path = BUF_INIT;
	struct product *p;
	struct err err;

	buf_addf(&path, "catalog/%s.yaml", u->product.s);
	if (file_read(path.data, FILE_MAX, &bytes, &err)) {
		errs_add(errs, u->product.at, "there is no product \"%s\"", u->product.s);
	} else {
		p = product_read(path.data, buf_slice(&bytes), errs);
		if (p)
			site_check_use(s, u, p, errs);
		product_free(p);
	}
	buf_release(&bytes);
	buf_release(&path);
}

static void read_site(const char *name, struct slice bytes, char *folder, struct errs *errs)
{
	struct site_source source = {read_include, folder};
	struct site *s = site_read(name, bytes, &source, errs);

	if (!s)
		return;
	for_each (u, &s->uses)
		check_use(s, u, errs);
	site_free(s);
}

static bool print(struct errs *errs)
{
	struct buf out = BUF_INIT;
	bool any = errs->n > 0;

	errs_sort(errs);
	for (size_t i = 0; i < errs->n; i++) {
		err_format(&errs->items[i], &out);
		buf_add_char(&out, '\n');
	}
	if (errs->dropped)
		buf_addf(&out, "and %zu more\n", errs->dropped);
	fwrite(out.data, 1, out.n, stdout);
	buf_release(&out);
	errs_release(errs);
	return any;
}

static bool read_document(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	struct buf bytes = BUF_INIT, folder = BUF_INIT;
	struct errs errs = {0};
	struct err err;

	buf_addf(&folder, "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
	if (file_read(path, FILE_MAX, &bytes, &err))
		errs_add(&errs, err.place, "%s", err.text);
	else if (strncmp(name, "site", 4) == 0)
		read_site(name, buf_slice(&bytes), folder.data, &errs);
	else
		product_free(product_read(name, buf_slice(&bytes), &errs));
	buf_release(&bytes);
	buf_release(&folder);
	return print(&errs);
}

int main(int argc, char **argv)
{
	int rc = 0;

	for (int i = 1; i < argc; i++)
		if (read_document(argv[i]))
			rc = 2;
	return rc;
}
