/* SPDX-License-Identifier: ISC */
#include "cmd/installed.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/command.h"
#include CONFIG_H

/* The folder of the running program, in `self`; p is NULL where the system does not tell. */
static struct slice own_folder(char self[PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", self, PATH_MAX);
	const char *slash = n > 0 && n < PATH_MAX ? memrchr(self, '/', (size_t)n) : NULL;

	return slash ? slice_from_to(self, slash) : SLICE_NONE;
}

static bool exists_at(struct slice folder, struct slice below, const char *name, struct buf *path)
{
	buf_clear(path);
	buf_add_slice(path, folder);
	buf_add_slice(path, below);
	buf_addf(path, "/%s", name);
	return access(path->data, F_OK) == 0;
}

/* An installation that was moved as a whole: "/x/bin" instead of PREFIX "/bin". */
static bool exists_moved(struct slice here, const char *name, const char *installed_dir,
			 struct buf *path)
{
	struct slice own = SLICE(PROGRAM_SUBDIR), below = slice_of(installed_dir);
	struct slice prefix = SLICE(PREFIX);

	if (here.n < own.n || !slice_has_prefix(below, PREFIX "/") ||
	    !slice_is(slice_skip(here, here.n - own.n), PROGRAM_SUBDIR))
		return false;
	here.n -= own.n;
	return exists_at(here, slice_skip(below, prefix.n), name, path);
}

void installed_path(const char *name, const char *installed_dir, struct buf *path)
{
	char self[PATH_MAX];
	struct slice here = own_folder(self);

	if (here.p && exists_at(here, SLICE(""), name, path))
		return;
	if (here.p && exists_moved(here, name, installed_dir, path))
		return;
	buf_clear(path);
	buf_addf(path, "%s/%s", installed_dir, name);
}

int program_run(const char *program, char **argv)
{
	struct buf path = BUF_INIT;

	installed_path(program, LIBEXEC_DIR, &path);
	execv(path.data, argv);
	fprintf(stderr, "portolan: cannot run %s: %s\n", path.data, strerror(errno));
	buf_release(&path);
	return EXIT_NOT_TESTED;
}
