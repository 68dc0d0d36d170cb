/* SPDX-License-Identifier: ISC */
#include "sys/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct place in_file(const char *path)
{
	return (struct place){.file = path};
}

static int failed(struct err *err, const char *path, const char *what)
{
	return err_set(err, ERR_SYSTEM, in_file(path), "cannot %s: %s", what, strerror(errno));
}

static int read_all(int fd, const char *path, size_t max, struct buf *out, struct err *err)
{
	char chunk[65536];
	ssize_t n;

	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return failed(err, path, "read");
		if (out->n + (size_t)n > max)
			return err_set(err, ERR_LIMIT, in_file(path),
				       "the file is larger than %zu bytes", max);
		buf_add(out, chunk, (size_t)n);
	}
	return 0;
}

int file_read(const char *path, size_t max, struct buf *out, struct err *err)
{
	int fd, rc;

	if (strcmp(path, "-") == 0)
		return read_all(STDIN_FILENO, "(standard input)", max, out, err);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return failed(err, path, "open");
	rc = read_all(fd, path, max, out, err);
	close(fd);
	return rc;
}

static int write_all(int fd, struct slice bytes)
{
	while (bytes.n) {
		ssize_t n = write(fd, bytes.p, bytes.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		bytes = slice_skip(bytes, (size_t)n);
	}
	return 0;
}

/* A device or a pipe (/dev/null, /dev/stdout) is written to; it must not be replaced. */
static int write_straight(const char *path, struct slice bytes, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	int rc = 0;

	if (fd < 0)
		return failed(err, path, "open");
	if (write_all(fd, bytes) != 0)
		rc = failed(err, path, "write");
	close(fd);
	return rc;
}

static int replace_file(const char *path, struct slice bytes, unsigned mode, struct err *err)
{
	struct buf temporary = BUF_INIT;
	int fd, rc = 0;

	buf_addf(&temporary, "%s.XXXXXX", path);
	fd = mkostemp(temporary.data, O_CLOEXEC);
	if (fd < 0) {
		rc = failed(err, path, "create a file beside it");
		goto out;
	}
	if (write_all(fd, bytes) != 0 || fsync(fd) != 0 || fchmod(fd, mode) != 0)
		rc = failed(err, path, "write");
	if (close(fd) != 0 && !rc)
		rc = failed(err, path, "write");
	if (!rc && rename(temporary.data, path) != 0)
		rc = failed(err, path, "replace");
	if (rc)
		unlink(temporary.data);
out:
	buf_release(&temporary);
	return rc;
}

int file_replace(const char *path, struct slice bytes, unsigned mode, struct err *err)
{
	struct stat st;
	char *real;
	int rc;

	if (stat(path, &st) != 0)
		return replace_file(path, bytes, mode, err);
	if (S_ISDIR(st.st_mode))
		return err_set(err, ERR_SYSTEM, in_file(path), "it is a folder");
	if (!S_ISREG(st.st_mode))
		return write_straight(path, bytes, err);
	real = realpath(path, NULL); /* behind a link the file is replaced, not the link */
	rc = replace_file(real ? real : path, bytes, mode, err);
	free(real);
	return rc;
}

bool file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

bool file_is_private(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !(st.st_mode & (S_IRWXG | S_IRWXO));
}

int file_size(const char *path, uint64_t *bytes, struct err *err)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return failed(err, path, "look at");
	*bytes = (uint64_t)st.st_size;
	return 0;
}

int file_remove(const char *path, struct err *err)
{
	if (unlink(path) != 0 && errno != ENOENT)
		return failed(err, path, "remove");
	return 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

int file_list(const char *folder, const char *suffix, struct arena *arena, const char ***names,
	      size_t *n, struct err *err)
{
	size_t tail = strlen(suffix);
	struct dirent **found;
	int count = scandir(folder, &found, NULL, by_name);

	*n = 0;
	if (count < 0)
		return failed(err, folder, "read the folder");
	*names = arena_get(arena, (size_t)count, sizeof(**names));
	for (int i = 0; i < count; i++) {
		struct slice name = slice_of(found[i]->d_name);

		if (name.p[0] != '.' && name.n > tail &&
		    strcmp(name.p + name.n - tail, suffix) == 0)
			(*names)[(*n)++] = arena_copy(arena, (struct slice){name.p, name.n - tail});
		free(found[i]);
	}
	free(found);
	return 0;
}
