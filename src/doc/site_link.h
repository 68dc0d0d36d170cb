/* SPDX-License-Identifier: ISC
 *
 * After a site was read: every name gets its object, and what can be known without the catalog is
 * checked.
 */
#pragma once

#include "base/err.h"
#include "model/site.h"

void site_link(struct site *s, struct errs *errs);

/* "web1", "group linux", "zone inside", "10.0.0.0/8": which of them it is stands in its first
 * word. */
void target_link(const struct site *s, struct target *t, struct errs *errs);
