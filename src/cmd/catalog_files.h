/* SPDX-License-Identifier: ISC
 *
 * The catalog's folder: what products there are, and one of them by name or by path. A product's
 * file is called as the product is: ftp.yaml says "product: ftp".
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "model/product.h"

struct catalog {
	struct arena *arena;
	const char *folder;
	const char **names; /* sorted */
	size_t n;
};

/* The folder that was asked for (NULL: nobody did), else the environment's PORTOLAN_CATALOG, else
 * the one that belongs to this program. Only the folder is read here, no product. After a failure,
 * too, the catalog is to be closed: the error borrows from it. */
MUST_USE int catalog_open(struct catalog *c, const char *asked, struct err *err);
void catalog_close(struct catalog *c);

/* By its name in the catalog, or by path: a word with a "/" in it or ".yaml" at its end. NULL
 * after messages; that there is none is told at the name's place. The caller frees it before the
 * catalog is closed. */
MUST_USE struct product *catalog_product(struct catalog *c, struct text name, struct errs *errs);
