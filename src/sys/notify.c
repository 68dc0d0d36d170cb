/* SPDX-License-Identifier: ISC */
#include "sys/notify.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/slice.h"

enum { FIRST = 3 }; /* SD_LISTEN_FDS_START */

/* A path, or with @ in front a name that is in no folder. */
static socklen_t address(const char *path, struct sockaddr_un *a)
{
	size_t n = strlen(path);

	*a = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (!n || n >= sizeof(a->sun_path) || (path[0] != '/' && path[0] != '@'))
		return 0;
	memcpy(a->sun_path, path, n);
	if (path[0] == '@')
		a->sun_path[0] = '\0';
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
}

void notify(const char *lines)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to;
	socklen_t n = path ? address(path, &to) : 0;
	int fd = n ? socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0) : -1;

	if (fd < 0)
		return;
	/* Who does not hear it says so itself, later. */
	(void)!sendto(fd, lines, strlen(lines), MSG_NOSIGNAL | MSG_DONTWAIT,
		      (const struct sockaddr *)&to, n);
	close(fd);
}

void notify_reloading(void)
{
	struct timespec ts;
	char lines[64];

	clock_gettime(CLOCK_MONOTONIC, &ts);
	snprintf(lines, sizeof(lines), "RELOADING=1\nMONOTONIC_USEC=%lld",
		 (long long)ts.tv_sec * 1000000 + ts.tv_nsec / 1000);
	notify(lines);
}

static bool read_number(const char *name, uint64_t *v)
{
	const char *text = getenv(name);

	return text && slice_number(slice_of(text), UINT32_MAX, v);
}

size_t notify_listeners(int *fds, size_t max)
{
	uint64_t pid, n;
	size_t i = 0;

	if (!read_number("LISTEN_PID", &pid) || !read_number("LISTEN_FDS", &n) ||
	    pid != (uint64_t)getpid())
		n = 0;
	for (; i < n && i < max; i++) {
		fds[i] = FIRST + (int)i;
		if (fcntl(fds[i], F_SETFD, FD_CLOEXEC) != 0 ||
		    fcntl(fds[i], F_SETFL, O_NONBLOCK) != 0)
			break; /* it is not there */
	}
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	return i;
}
