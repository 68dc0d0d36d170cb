/* SPDX-License-Identifier: ISC
 *
 * A table of hosts: a CSV file whose first row names the columns: name, addresses (several
 * separated by blanks or ";"), tags (the same); owner and platform may follow. portolan-site(5).
 */
#pragma once

#include "base/err.h"
#include "model/site.h"

/* Puts the file's hosts behind those that the site has. file and bytes must outlive the site. */
void hosts_csv_add(struct site *s, const char *file, struct slice bytes, struct errs *errs);
