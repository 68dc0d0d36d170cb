/* SPDX-License-Identifier: ISC */
#include "sys/log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

int log_file_open(struct log_file *f, const char *path, struct err *err)
{
	*f = (struct log_file){.fd = STDOUT_FILENO, .path = "standard output"};
	if (!path)
		return 0;
	f->path = path;
	f->fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0640);
	if (f->fd < 0)
		return err_set(err, ERR_SYSTEM, (struct place){.file = path}, "cannot open: %s",
			       strerror(errno));
	return 0;
}

void log_file_close(struct log_file *f)
{
	if (f->fd > STDERR_FILENO)
		close(f->fd);
	f->fd = -1;
}

int log_file_add(struct log_file *f, struct slice line)
{
	/* One call, so that no other process's line comes between. */
	const struct iovec parts[] = {{(char *)"\n", f->is_torn}, {(char *)line.p, line.n}};
	ssize_t n;

	do
		n = writev(f->fd, parts, 2);
	while (n < 0 && errno == EINTR);
	f->fails = n < 0 || (size_t)n < line.n + f->is_torn;
	if (n < 0)
		return -errno;
	f->is_torn = f->fails;
	return f->fails ? -ENOSPC : 0;
}
