/* SPDX-License-Identifier: ISC */
#include "sys/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/mem.h"

struct journal {
	int fd;
	off_t n; /* bytes that are whole */
	struct arena *arena;
	const char *path;
};

static int failed(struct err *err, const char *path, const char *what)
{
	return err_set(err, ERR_SYSTEM, (struct place){.file = path}, "cannot %s: %s", what,
		       strerror(errno));
}

int journal_new(const char *path, struct journal **out, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
	struct journal *j;

	*out = NULL;
	if (fd < 0)
		return failed(err, path, "create");
	j = mem_new(1, sizeof(*j));
	j->fd = fd;
	j->arena = arena_new();
	j->path = arena_copy(j->arena, slice_of(path));
	*out = j;
	return 0;
}

int journal_add(struct journal *j, struct slice bytes, struct err *err)
{
	size_t whole = bytes.n;

	while (bytes.n) {
		ssize_t n = write(j->fd, bytes.p, bytes.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			int rc = failed(err, j->path, "write");

			/* Where even this fails, the reader still copes with a torn end. */
			(void)!ftruncate(j->fd, j->n);
			return rc;
		}
		bytes = slice_skip(bytes, (size_t)n);
	}
	j->n += (off_t)whole;
	return 0;
}

void journal_free(struct journal *j)
{
	if (!j)
		return;
	close(j->fd);
	arena_free(j->arena);
	free(j);
}
