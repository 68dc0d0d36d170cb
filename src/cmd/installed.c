/* SPDX-License-Identifier: ISC */
#include "cmd/installed.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

void installed_path(const char *name, const char *installed_dir, struct buf *path)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self));
	const char *slash = n > 0 ? memrchr(self, '/', (size_t)n) : NULL;

	buf_clear(path);
	if (slash) {
		buf_add(path, self, (size_t)(slash - self));
		buf_addf(path, "/%s", name);
		if (access(path->data, F_OK) == 0)
			return;
		buf_clear(path);
	}
	buf_addf(path, "%s/%s", installed_dir, name);
}
