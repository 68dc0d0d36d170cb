/* SPDX-License-Identifier: ISC */
#include "sys/listener.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* The name of the call that failed, with errno; NULL: all went well. */
static const char *set_up(int fd, const struct listen_spec *spec)
{
	union sockaddr_any at;
	socklen_t n = sockaddr_of(&spec->at, spec->port, &at);
	bool v6 = spec->at.family == 6, udp = spec->kind == SOCK_UDP;
	const int on = 1;

	if (v6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) != 0)
		return "setsockopt";
	/* TCP: connections of the last run may be in TIME_WAIT still. UDP: where to. */
	if (udp && setsockopt(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP,
			      v6 ? IPV6_RECVPKTINFO : IP_PKTINFO, &on, sizeof(on)) != 0)
		return "setsockopt";
	if (!udp && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0)
		return "setsockopt";
	if (bind(fd, &at.sa, n) != 0)
		return "bind";
	return udp || listen(fd, SOMAXCONN) == 0 ? NULL : "listen";
}

int listener_open(const struct listen_spec *spec, const char **call)
{
	int type = spec->kind == SOCK_TCP ? SOCK_STREAM : SOCK_DGRAM, error;
	int fd = socket(sockaddr_family(&spec->at), type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	*call = "socket";
	if (fd < 0)
		return -errno;
	*call = set_up(fd, spec);
	if (!*call)
		return fd;
	error = errno;
	close(fd);
	return -error;
}

int listener_accept(int fd, struct addr *peer, uint16_t *port)
{
	union sockaddr_any from;
	socklen_t n = sizeof(from);
	int got;

	/* One that was reset while it waited is passed over. */
	do
		got = accept4(fd, &from.sa, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);
	while (got < 0 && errno == ECONNABORTED);
	if (got < 0)
		return -errno;
	sockaddr_read(&from.sa, peer, port);
	return got;
}

union control {
	char bytes[CMSG_SPACE(sizeof(struct in6_pktinfo))];
	struct cmsghdr align;
};

static struct addr read_local(struct msghdr *msg)
{
	struct addr a = {0};

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			struct in_pktinfo info;

			memcpy(&info, CMSG_DATA(c), sizeof(info));
			a.family = 4;
			memcpy(a.bytes, &info.ipi_spec_dst, 4);
		} else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
			a.family = 6;
			memcpy(a.bytes, CMSG_DATA(c), 16); /* struct in6_pktinfo: first */
		}
	}
	return a;
}

ssize_t listener_recv(int fd, void *p, size_t n, union sockaddr_any *peer, struct addr *local)
{
	union control control;
	struct iovec bytes = {.iov_base = p, .iov_len = n};
	struct msghdr msg = {.msg_name = peer,
			     .msg_namelen = sizeof(*peer),
			     .msg_iov = &bytes,
			     .msg_iovlen = 1,
			     .msg_control = &control,
			     .msg_controllen = sizeof(control)};
	ssize_t got = recvmsg(fd, &msg, 0);

	if (got < 0)
		return -errno;
	*local = read_local(&msg);
	return got;
}

static void add_local(struct msghdr *msg, union control *control, const struct addr *local)
{
	struct in_pktinfo info = {0};
	struct in6_pktinfo info6 = {0};
	bool v4 = local->family == 4;
	size_t n = v4 ? sizeof(info) : sizeof(info6);
	struct cmsghdr *c = &control->align;

	memcpy(&info.ipi_spec_dst, local->bytes, 4);
	memcpy(&info6.ipi6_addr, local->bytes, 16);
	msg->msg_control = control;
	msg->msg_controllen = CMSG_SPACE(n);
	*c = (struct cmsghdr){.cmsg_len = CMSG_LEN(n),
			      .cmsg_level = v4 ? IPPROTO_IP : IPPROTO_IPV6,
			      .cmsg_type = v4 ? IP_PKTINFO : IPV6_PKTINFO};
	memcpy(CMSG_DATA(c), v4 ? (void *)&info : (void *)&info6, n);
}

ssize_t listener_send(int fd, struct slice bytes, const union sockaddr_any *peer,
		      const struct addr *local)
{
	union control control = {0};
	union sockaddr_any to = *peer;
	struct iovec out = {.iov_base = (void *)bytes.p, .iov_len = bytes.n};
	struct msghdr msg = {.msg_name = &to,
			     .msg_namelen =
				     to.sa.sa_family == AF_INET ? sizeof(to.in4) : sizeof(to.in6),
			     .msg_iov = &out,
			     .msg_iovlen = 1};
	ssize_t sent;

	if (local->family)
		add_local(&msg, &control, local);
	sent = sendmsg(fd, &msg, MSG_NOSIGNAL);
	return sent < 0 ? -errno : sent;
}
