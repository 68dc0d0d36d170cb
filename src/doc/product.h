/* SPDX-License-Identifier: ISC
 *
 * Product files, in and out. Format: portolan-product(5).
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "model/product.h"

/* NULL, and all mistakes in errs; each has its place. file is borrowed until product_free(). */
MUST_USE struct product *product_read(const char *file, struct slice bytes, struct errs *errs);
void product_format(const struct product *p, struct buf *out); /* reads back equal */
void product_schema(struct buf *out);			       /* JSON Schema, draft 2020-12 */
