/* SPDX-License-Identifier: ISC
 *
 * What a product's parts say of each other: every name used is defined, and nothing contradicts.
 */
#pragma once

#include "base/err.h"
#include "model/product.h"

/* Replaces references to sets by their trees, too. */
void product_check(struct product *p, struct errs *errs);
