/* SPDX-License-Identifier: ISC
 *
 * Where checks may go: the site's `scope:`, or where it has none the site's own addresses.
 */
#pragma once

#include "model/site.h"

bool scope_has(const struct site *s, const struct addr *a);
/* A name that the scope lists. */
bool scope_has_name(const struct site *s, const char *name);
