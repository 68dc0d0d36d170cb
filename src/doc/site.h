/* SPDX-License-Identifier: ISC
 *
 * Site files, in and out. Format: portolan-site(5).
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "model/product.h"
#include "model/site.h"

/* How a site's `include:` gets at other files: the bytes of `path`, which is as written in the site
 * (relative to it). 0, or a negative class and err. The bytes must live as long as the site: the
 * callee copies them into the arena. */
struct site_source {
	int (*read)(void *ctx, const char *path, struct arena *arena, struct slice *bytes,
		    struct err *err);
	void *ctx;
};

/* NULL, and all mistakes in errs. file is borrowed until site_free(). What a use says is checked
 * against its product by site_check_use(): that needs the catalog. */
MUST_USE struct site *site_read(const char *file, struct slice bytes,
				const struct site_source *source, struct errs *errs);
void site_check_use(const struct site *s, const struct use *u, const struct product *p,
		    struct errs *errs);

void site_format(const struct site *s, struct buf *out); /* reads back equal; hosts.csv inlined */
void site_schema(struct buf *out);			 /* JSON Schema, draft 2020-12 */
