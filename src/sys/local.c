/* SPDX-License-Identifier: ISC */
#include "sys/local.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 16, PATIENCE_S = 15 };

static int failed(struct err *err, const char *path, const char *what)
{
	return err_set(err, ERR_SYSTEM, (struct place){.file = path}, "%s: %s", what,
		       strerror(errno));
}

static int open_at(const char *path, struct sockaddr_un *at, int *fd, struct err *err)
{
	*fd = -1;
	*at = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (!*path || strlen(path) >= sizeof(at->sun_path))
		return err_set(err, ERR_USAGE, (struct place){.file = path},
			       "a socket's path has 1 to %zu bytes", sizeof(at->sun_path) - 1);
	memcpy(at->sun_path, path, strlen(path));
	*fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	return *fd < 0 ? failed(err, path, "socket") : 0;
}

static bool is_left_behind(int fd, const struct sockaddr_un *at)
{
	return connect(fd, (const struct sockaddr *)at, sizeof(*at)) != 0 && errno == ECONNREFUSED;
}

static int bind_private(int fd, const struct sockaddr_un *at)
{
	mode_t before = umask(0177);
	int rc = bind(fd, (const struct sockaddr *)at, sizeof(*at));

	umask(before);
	return rc;
}

int local_listen(const char *path, int *fd, struct err *err)
{
	struct sockaddr_un at;
	int rc = open_at(path, &at, fd, err);

	if (rc)
		return rc;
	if (is_left_behind(*fd, &at))
		unlink(path);
	close(*fd); /* it may be connected now */
	rc = open_at(path, &at, fd, err);
	if (!rc && bind_private(*fd, &at) != 0)
		rc = failed(err, path, "bind");
	/* Who came may be gone again when we look. */
	if (!rc && (listen(*fd, BACKLOG) != 0 || fcntl(*fd, F_SETFL, O_NONBLOCK) != 0))
		rc = failed(err, path, "listen");
	if (rc && *fd >= 0) {
		close(*fd);
		*fd = -1;
	}
	return rc;
}

void local_tell(int fd, const void *bytes, size_t n)
{
	struct sockaddr_un who;
	socklen_t size = sizeof(who);
	int one = accept4(fd, (struct sockaddr *)&who, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (one < 0)
		return;
	/* It fits into an empty buffer; who has gone already does not hear it. */
	(void)!send(one, bytes, n, MSG_NOSIGNAL);
	close(one);
}

void local_end(const char *path, int fd)
{
	if (fd < 0)
		return;
	unlink(path);
	close(fd);
}

int local_hear(const char *path, void *bytes, size_t n, struct err *err)
{
	const struct timeval patience = {.tv_sec = PATIENCE_S};
	struct sockaddr_un at;
	ssize_t came;
	int fd, rc = open_at(path, &at, &fd, err);

	if (rc)
		return rc;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (connect(fd, (const struct sockaddr *)&at, sizeof(at)) != 0) {
		rc = failed(err, path, "connect");
	} else {
		came = recv(fd, bytes, n, MSG_TRUNC);
		if (came < 0)
			rc = failed(err, path, "recv");
		else if ((size_t)came != n)
			rc = err_set(err, ERR_SYSTEM, (struct place){.file = path},
				     "what is told there is not of this version");
	}
	close(fd);
	return rc;
}
