/* SPDX-License-Identifier: ISC
 *
 * Which Debian package a file came with: dpkg keeps a list of paths for each, a line a path
 * (dpkg-query(1), --search). What was diverted or made by a package's scripts is in none.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct package_search {
	const char *path;    /* NULL: nothing is looked for */
	const char *package; /* the arena's: "openssh-server", "libc6:amd64"; NULL: in none */
};
/* False: there is no dpkg here, or its folder cannot be read. */
bool packages_find(struct package_search *items, size_t n, struct arena *arena);

/* Sets `package` of what is in that list and has none yet. /usr/bin/x and /bin/x are one: where
 * /bin is a link to /usr/bin, lists may have either. Returns how many were set. */
size_t package_list_match(struct slice list, const char *package, struct package_search *items,
			  size_t n);
