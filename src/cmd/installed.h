/* SPDX-License-Identifier: ISC
 *
 * Where our own files are: beside the running program when it was not installed (a build folder);
 * where the installation put them, also when it was moved as a whole.
 */
#pragma once

#include "base/buf.h"

/* "<folder of this program>/name" where that exists, else "installed_dir/name", with the prefix
 * that this program really lies under. installed_dir is LIBEXEC_DIR or DATA_DIR. */
void installed_path(const char *name, const char *installed_dir, struct buf *path);

/* Become another of our programs; argv ends in NULL. Returns only where that fails, with the exit
 * code after a message. */
int program_run(const char *program, char **argv);
