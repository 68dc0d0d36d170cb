/* SPDX-License-Identifier: ISC */
#include "sys/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/in6.h>
#include <linux/netfilter_ipv4.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sys/sockaddr.h"

enum { IP6T_ORIGINAL_DST = 80 }; /* linux/netfilter_ipv6/ip6_tables.h, which hides it */

static int set(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value));
}

static int set_transparent(int fd, bool v4)
{
	return v4 ? set(fd, IPPROTO_IP, IP_TRANSPARENT, 1)
		  : set(fd, IPPROTO_IPV6, IPV6_TRANSPARENT, 1);
}

/* Without a port of ours the kernel chooses one that is free towards whom we dial, which bind(2)
 * alone does not know: IP_BIND_ADDRESS_NO_PORT of ip(7). */
static const char *bind_to(int fd, const struct stream_spec *spec, const struct addr *at)
{
	union sockaddr_any any;

	if (!spec->port && spec->to.family && set(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1) != 0)
		return "setsockopt";
	return bind(fd, &any.sa, sockaddr_of(at, spec->port, &any)) == 0 ? NULL : "bind";
}

/* The call that failed, with errno; NULL: all went well. */
static const char *set_up(int fd, const struct stream_spec *spec, const struct addr *at)
{
	if (set(fd, SOL_SOCKET, SO_REUSEADDR, 1) != 0 ||
	    (at->family == 6 && set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1) != 0) ||
	    (spec->transparent && set_transparent(fd, at->family == 4) != 0))
		return "setsockopt";
	return spec->at.family || spec->port ? bind_to(fd, spec, at) : NULL;
}

static int fail(int fd)
{
	int error = errno;

	close(fd);
	return -error;
}

int stream_bind(const struct stream_spec *spec, const char **call)
{
	struct addr at = spec->at;
	int fd;

	if (!at.family)
		at.family = spec->to.family;
	*call = "socket";
	fd = socket(sockaddr_family(&at), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	*call = set_up(fd, spec, &at);
	return *call ? fail(fd) : fd;
}

int stream_listen(const struct stream_spec *spec, const char **call)
{
	int fd = stream_bind(spec, call);

	if (fd < 0)
		return fd;
	*call = "listen";
	return listen(fd, spec->backlog) != 0 ? fail(fd) : fd;
}

int stream_dial(int fd, const struct addr *to, uint16_t port)
{
	union sockaddr_any any;

	if (connect(fd, &any.sa, sockaddr_of(to, port, &any)) != 0 && errno != EINPROGRESS)
		return -errno;
	return 0;
}

int stream_accept(int fd, struct addr *peer, uint16_t *port)
{
	union sockaddr_any any;
	socklen_t n = sizeof(any);
	int one = accept4(fd, &any.sa, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (one < 0)
		return -errno;
	if (!sockaddr_read(&any.sa, peer, port)) {
		close(one);
		return -EAFNOSUPPORT;
	}
	return one;
}

bool stream_local(int fd, struct addr *a, uint16_t *port)
{
	union sockaddr_any any;
	socklen_t n = sizeof(any);

	return getsockname(fd, &any.sa, &n) == 0 && sockaddr_read(&any.sa, a, port);
}

bool stream_dialled(int fd, struct addr *a, uint16_t *port)
{
	union sockaddr_any any;
	socklen_t n = sizeof(any);

	if (!stream_local(fd, a, port))
		return false;
	if (a->family == 4 ? getsockopt(fd, IPPROTO_IP, SO_ORIGINAL_DST, &any, &n) == 0
			   : getsockopt(fd, IPPROTO_IPV6, IP6T_ORIGINAL_DST, &any, &n) == 0)
		sockaddr_read(&any.sa, a, port);
	return true;
}

void stream_say(int fd, struct slice bytes)
{
	/* Whom it does not reach is gone, or does not read: both are no matter of ours. */
	if (send(fd, bytes.p, bytes.n, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		return;
}

int stream_shut(int fd)
{
	return shutdown(fd, SHUT_WR) != 0 ? -errno : 0;
}

void stream_reset_at_death(int fd, bool on)
{
	const struct linger at_once = {.l_onoff = on, .l_linger = 0};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
}

void stream_close(int fd, bool reset)
{
	if (fd < 0)
		return;
	if (reset)
		stream_reset_at_death(fd, true);
	close(fd);
}

void stream_keepalive(int fd, unsigned idle_seconds)
{
	enum { EVERY_S = 15, TIMES = 6 };

	set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	set(fd, IPPROTO_TCP, TCP_KEEPIDLE, (int)idle_seconds);
	set(fd, IPPROTO_TCP, TCP_KEEPINTVL, EVERY_S);
	set(fd, IPPROTO_TCP, TCP_KEEPCNT, TIMES);
}

void stream_no_delay(int fd)
{
	set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
}

void stream_urgent_inline(int fd)
{
	set(fd, SOL_SOCKET, SO_OOBINLINE, 1);
}

int stream_spare(void)
{
	return socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

int pipe_open(struct pipe *p, size_t wanted)
{
	int ends[2], size;

	*p = (struct pipe){.size = 0};
	if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0)
		return -errno;
	if (fcntl(ends[1], F_SETPIPE_SZ, (int)wanted) < 0 && errno != EPERM && errno != EBUSY) {
		int error = errno;

		close(ends[0]);
		close(ends[1]);
		return -error;
	}
	size = fcntl(ends[1], F_GETPIPE_SZ);
	*p = (struct pipe){ends[0], ends[1], size > 0 ? (size_t)size : 4096, 0};
	return 0;
}

void pipe_close(struct pipe *p)
{
	if (!p->size)
		return;
	close(p->r);
	close(p->w);
	*p = (struct pipe){.size = 0};
}

ssize_t pipe_fill(struct pipe *p, int from, size_t most)
{
	size_t room = most < p->size ? most : p->size;
	ssize_t n = splice(from, NULL, p->w, NULL, room, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);

	if (n < 0)
		return -errno;
	p->held += (size_t)n;
	return n;
}

ssize_t pipe_drain(struct pipe *p, int to, bool more)
{
	unsigned flags = SPLICE_F_MOVE | SPLICE_F_NONBLOCK | (more ? SPLICE_F_MORE : 0);
	ssize_t n = splice(p->r, NULL, to, NULL, p->held, flags);

	if (n < 0)
		return -errno;
	p->held -= (size_t)n;
	return n;
}

int pipe_put(struct pipe *p, const void *bytes, size_t n)
{
	ssize_t put = write(p->w, bytes, n);

	if (put < 0)
		return -errno;
	p->held += (size_t)put;
	return (size_t)put == n ? 0 : -ENOBUFS;
}
