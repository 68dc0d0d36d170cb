/* SPDX-License-Identifier: ISC
 *
 * Whether a value is one that a setting may have; the same for a product's default and a site's.
 */
#pragma once

#include <stdbool.h>

#include "model/product.h"

enum { SETTING_WHY_MAX = 160 };

/* False, and *why what was expected. */
bool setting_accepts(const struct setting *s, const char *value, char why[SETTING_WHY_MAX]);
