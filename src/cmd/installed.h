/* SPDX-License-Identifier: ISC
 *
 * Where our own files are: beside the running program when it was not installed (a build folder),
 * else where the installation put them.
 */
#pragma once

#include "base/buf.h"

/* "<folder of this program>/name" where that exists, else "installed_dir/name". */
void installed_path(const char *name, const char *installed_dir, struct buf *path);
