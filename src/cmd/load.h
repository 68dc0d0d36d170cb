/* SPDX-License-Identifier: ISC
 *
 * A site with the products that it names, and its plan: what most commands begin with.
 */
#pragma once

#include "cmd/catalog_files.h"
#include "cmd/command.h"
#include "doc/site_quick.h"
#include "model/plan.h"

struct loaded {
	struct catalog catalog;
	struct site *site;
	struct product **products; /* each once */
	size_t n_products;
	struct plan *plan;
	struct buf bytes; /* of the site's file */
};

/* 0, or the exit code after the messages. load_release() even then. */
int load_plan(struct loaded *l, const char *site_path, const char *catalog,
	      const struct plan_options *options);
/* The same without a site file: q, whose product is filled in here by its name, says what it is. */
int load_quick(struct loaded *l, struct site_quick *q, const char *product, const char *catalog,
	       const struct plan_options *options);
/* Only the site, without its products: as load_plan(). */
int load_site(struct loaded *l, const char *site_path);
void load_release(struct loaded *l);
