/* SPDX-License-Identifier: ISC
 *
 * The real loop: epoll_pwait2(2) for waits of microseconds, IP_RECVERR on every socket before its
 * connect(2), so that ICMP errors keep their sender and code (ip(7)).
 */
#include "sys/loop.h"

#include <errno.h>
#include <ifaddrs.h>
#include <linux/errqueue.h>
#include <linux/sockios.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/listener.h"
#include "sys/ping.h"
#include "sys/sockaddr.h"
#include "sys/tcp_gap.h"

enum { SPARES = 64, BATCH = 128, READS_MAX = 16 };

struct loop_epoll {
	struct loop loop; /* first: the address is the same */
	int epoll;
	sigset_t wait_mask; /* signals blocked while waiting */
	struct epoll_event batch[BATCH];
	int next, n;	  /* what of the batch is still to be told */
	struct addr *own; /* owned; NULL: not asked yet */
	size_t n_own;
	uint16_t next_ping_id; /* of raw sockets */
	struct spares {
		int fds[SPARES]; /* owned */
		size_t n;
	} spares4, spares6;
};

/* What is remembered of the few sockets that their descriptor does not tell all of: sock.impl. */
struct memo {
	/* Of one with any_port: where to and where from. Of a UDP listener: the address that the
	 * last datagram came to. */
	struct addr peer, local;
	uint16_t port;
	bool is_raw_ping;
	uint16_t ping_id;
};

static struct loop_epoll *of_loop(struct loop *l)
{
	return (struct loop_epoll *)l;
}

static struct mono now(struct loop *l)
{
	struct timespec ts;

	(void)l;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (struct mono){(int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000};
}

static int64_t wall_ms(struct loop *l)
{
	struct timespec ts;

	(void)l;
	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static uint32_t epoll_bits(unsigned wanted)
{
	return (wanted & SOCK_READABLE ? (uint32_t)EPOLLIN : 0) |
	       (wanted & SOCK_WRITABLE ? (uint32_t)EPOLLOUT : 0);
}

static unsigned sock_bits(uint32_t events)
{
	return (events & (EPOLLIN | EPOLLHUP) ? SOCK_READABLE : 0) |
	       (events & EPOLLOUT ? SOCK_WRITABLE : 0) |
	       (events & (EPOLLERR | EPOLLHUP) ? SOCK_ERROR : 0);
}

static int watch(struct loop *l, struct sock *s, int fd, unsigned events)
{
	struct epoll_event e = {.events = epoll_bits(events), .data.ptr = s};

	if (epoll_ctl(of_loop(l)->epoll, EPOLL_CTL_ADD, fd, &e) != 0)
		return -errno;
	s->fd = fd;
	s->is_open = true;
	s->wanted = events;
	s->plain = 0;
	s->is_refused = s->is_shared = false;
	l->n_socks++;
	return 0;
}

static void want(struct loop *l, struct sock *s, unsigned events)
{
	struct epoll_event e = {.events = epoll_bits(events), .data.ptr = s};

	if (events == s->wanted)
		return;
	if (epoll_ctl(of_loop(l)->epoll, EPOLL_CTL_MOD, s->fd, &e) != 0)
		BUG("epoll_ctl: %s", strerror(errno));
	s->wanted = events;
}

static int set_ttls(int fd, const struct sock_spec *spec)
{
	const int on = 1, ttl = spec->ttl, min = spec->min_ttl;
	bool v4 = spec->to.family == 4;
	int level = v4 ? IPPROTO_IP : IPPROTO_IPV6;

	if (ttl && setsockopt(fd, level, v4 ? IP_TTL : IPV6_UNICAST_HOPS, &ttl, sizeof(ttl)) != 0)
		return -1;
	if (min && setsockopt(fd, level, v4 ? IP_MINTTL : IPV6_MINHOPCOUNT, &min, sizeof(min)) != 0)
		return -1;
	if (!spec->tells_ttl)
		return 0;
	return setsockopt(fd, level, v4 ? IP_RECVTTL : IPV6_RECVHOPLIMIT, &on, sizeof(on));
}

static int set_options(int fd, const struct sock_spec *spec)
{
	const int on = 1, off = 0;
	bool v4 = spec->to.family == 4;
	int level = v4 ? IPPROTO_IP : IPPROTO_IPV6;

	if (setsockopt(fd, level, v4 ? IP_RECVERR : IPV6_RECVERR, &on, sizeof(on)) != 0)
		return -1;
	if (spec->shares_port && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0)
		return -1;
	if (spec->is_unseen && setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &off, sizeof(off)) != 0)
		return -1;
	return set_ttls(fd, spec);
}

static int bind_source(int fd, const struct sock_spec *spec)
{
	union sockaddr_any any;
	struct addr from = spec->from;

	if (!from.family && !spec->from_port)
		return 0;
	if (!from.family)
		from.family = spec->to.family; /* a port alone: of any address */
	if (from.family != spec->to.family) {
		errno = EAFNOSUPPORT;
		return -1;
	}
	return bind(fd, &any.sa, sockaddr_of(&from, spec->from_port, &any));
}

static bool read_local(int fd, struct addr *a, uint16_t *port)
{
	union sockaddr_any any;
	socklen_t n = sizeof(any);

	return getsockname(fd, &any.sa, &n) == 0 && sockaddr_read(&any.sa, a, port);
}

/* It was connected for its errors and for the source address alone. */
static int let_any_port_in(int fd, const struct sock_spec *spec, struct memo *memo)
{
	const struct sockaddr nobody = {.sa_family = AF_UNSPEC};

	memo->peer = spec->to;
	memo->port = spec->port;
	return read_local(fd, &memo->local, NULL) ? connect(fd, &nobody, sizeof(nobody)) : -1;
}

/* Some errors have two meanings. A datagram socket, which never lacks a port for connect(2), and of
 * which security modules ask nothing then, tells them apart; nothing is sent. */
static bool is_so_for_datagrams(int error, const struct sockaddr *to, socklen_t n)
{
	int fd = socket(to->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool same = fd >= 0 && connect(fd, to, n) != 0 && errno == error;

	if (fd >= 0)
		close(fd);
	return same;
}

static const char *why_not(const struct sock_spec *spec, const struct sockaddr *to, socklen_t n)
{
	const char *call = "connect";
	int error = errno;

	if (error == EADDRNOTAVAIL && !spec->from.family && is_so_for_datagrams(error, to, n))
		call = LOOP_NO_SOURCE;
	if (error == EACCES && spec->kind == SOCK_TCP && is_so_for_datagrams(error, to, n))
		call = LOOP_NO_ROUTE;
	errno = error;
	return call;
}

/* The name of the call that failed, with errno; NULL: all went well. */
static const char *set_up(int fd, const struct sock_spec *spec, struct memo *memo)
{
	union sockaddr_any to;
	socklen_t n = sockaddr_of(&spec->to, spec->port, &to);

	if (set_options(fd, spec) != 0)
		return "setsockopt";
	if (bind_source(fd, spec) != 0)
		return "bind";
	if (connect(fd, &to.sa, n) != 0 && errno != EINPROGRESS)
		return why_not(spec, &to.sa, n);
	if (spec->any_port && let_any_port_in(fd, spec, memo) != 0)
		return "connect";
	return NULL;
}

static int make_socket(struct loop *l, const struct sock_spec *spec, struct memo *memo)
{
	int type =
		(spec->kind == SOCK_TCP ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC;
	int fd;

	if (spec->kind == SOCK_PING) {
		memo->peer = spec->to;
		memo->ping_id = of_loop(l)->next_ping_id++;
		return ping_open(&spec->to, &memo->is_raw_ping);
	}
	fd = socket(sockaddr_family(&spec->to), type, 0);
	return fd < 0 ? -errno : fd;
}

/* Into the loop; closes the descriptor where that fails. */
static int take_fd(struct loop *l, struct sock *s, int fd, unsigned events)
{
	int rc = watch(l, s, fd, events);

	if (rc)
		close(fd);
	return rc;
}

static void remember(struct sock *s, const struct memo *memo)
{
	struct memo *copy = mem_new(1, sizeof(*copy));

	*copy = *memo;
	s->impl = copy;
}

/* A socket whose connection was refused is as good as new, options and all, once its association is
 * dissolved (connect(2), AF_UNSPEC): to use it again costs a third less than to make one. */

static struct spares *spares_of(struct loop *l, uint8_t family)
{
	return family == 4 ? &of_loop(l)->spares4 : &of_loop(l)->spares6;
}

static bool keep(struct loop *l, const struct sock *s)
{
	const struct sockaddr nobody = {.sa_family = AF_UNSPEC};
	struct spares *x = spares_of(l, s->plain);

	if (!s->plain || !s->is_refused || x->n == SPARES ||
	    epoll_ctl(of_loop(l)->epoll, EPOLL_CTL_DEL, s->fd, NULL) != 0 ||
	    connect(s->fd, &nobody, sizeof(nobody)) != 0)
		return false;
	x->fds[x->n++] = s->fd;
	return true;
}

static void close_spares(struct spares *x)
{
	while (x->n)
		close(x->fds[--x->n]);
}

static uint8_t plain_family(const struct sock_spec *spec)
{
	bool is_plain = spec->kind == SOCK_TCP && !spec->from.family && !spec->from_port &&
			!spec->ttl && !spec->min_ttl && !spec->tells_ttl;

	return is_plain ? spec->to.family : 0;
}

/* False: not with a spare one; what is wrong a new one will tell. */
static bool open_spare(struct loop *l, struct sock *s, const struct sock_spec *spec)
{
	struct spares *x = spares_of(l, spec->to.family);
	union sockaddr_any to;
	socklen_t n = sockaddr_of(&spec->to, spec->port, &to);
	int fd;

	if (!x->n)
		return false;
	fd = x->fds[--x->n];
	if ((connect(fd, &to.sa, n) == 0 || errno == EINPROGRESS) &&
	    watch(l, s, fd, SOCK_WRITABLE) == 0) {
		s->plain = spec->to.family;
		return true;
	}
	close(fd);
	return false;
}

static int open_sock(struct loop *l, struct sock *s, const struct sock_spec *spec,
		     const char **call)
{
	struct memo memo = {0};
	int fd, rc;

	if (plain_family(spec) && open_spare(l, s, spec))
		return 0;
	fd = make_socket(l, spec, &memo);
	if (fd == -EMFILE || fd == -ENFILE) { /* they are all that we can give */
		close_spares(spares_of(l, 4));
		close_spares(spares_of(l, 6));
		fd = make_socket(l, spec, &memo);
	}
	*call = "socket";
	if (fd < 0)
		return fd;
	*call = set_up(fd, spec, &memo);
	if (*call) {
		rc = -errno;
		close(fd);
		return rc;
	}
	*call = "epoll_ctl";
	rc = take_fd(l, s, fd, spec->kind == SOCK_TCP ? SOCK_WRITABLE : SOCK_READABLE);
	s->plain = rc ? 0 : plain_family(spec);
	if (!rc && (spec->any_port || memo.is_raw_ping))
		remember(s, &memo);
	return rc;
}

static ssize_t send_to_any_port(int fd, const struct memo *memo, struct slice bytes)
{
	union sockaddr_any to;
	socklen_t n = sockaddr_of(&memo->peer, memo->port, &to);

	return sendto(fd, bytes.p, bytes.n, MSG_NOSIGNAL, &to.sa, n);
}

static ssize_t send_bytes(struct loop *l, struct sock *s, const void *p, size_t n)
{
	const struct memo *memo = s->impl;
	struct slice bytes = {p, n};
	ssize_t rc;

	(void)l;
	if (memo && memo->is_raw_ping)
		return ping_send_raw(s->fd, memo->peer.family, memo->ping_id, bytes);
	rc = memo ? send_to_any_port(s->fd, memo, bytes) : send(s->fd, p, n, MSG_NOSIGNAL);
	return rc < 0 ? -errno : rc;
}

static ssize_t recv_of_any_port(int fd, struct memo *memo, void *p, size_t n)
{
	union sockaddr_any any;
	struct addr from;
	uint16_t port;
	ssize_t got;

	do {
		socklen_t room = sizeof(any);

		got = recvfrom(fd, p, n, 0, &any.sa, &room);
		if (got < 0)
			return -errno;
	} while (!sockaddr_read(&any.sa, &from, &port) || !addr_equal(&from, &memo->peer));
	memo->port = port;
	return got;
}

static ssize_t recv_bytes(struct loop *l, struct sock *s, void *p, size_t n)
{
	struct memo *memo = s->impl;
	ssize_t rc;

	(void)l;
	if (memo && memo->is_raw_ping)
		return ping_recv_raw(s->fd, memo->peer.family, memo->ping_id, p, n);
	if (memo)
		return recv_of_any_port(s->fd, memo, p, n);
	rc = recv(s->fd, p, n, 0);
	return rc < 0 ? -errno : rc;
}

/* Listeners. */

static int listen_sock(struct loop *l, struct sock *s, const struct listen_spec *spec,
		       const char **call)
{
	int fd = listener_open(spec, call), rc;

	if (fd < 0)
		return fd;
	*call = "epoll_ctl";
	rc = take_fd(l, s, fd, SOCK_READABLE);
	if (!rc && spec->kind == SOCK_UDP)
		remember(s, &(struct memo){0});
	return rc;
}

static int accept_sock(struct loop *l, struct sock *listener, struct sock *s, struct addr *peer,
		       uint16_t *port)
{
	int fd = listener_accept(listener->fd, peer, port);

	return fd < 0 ? fd : take_fd(l, s, fd, SOCK_READABLE);
}

static ssize_t recv_from(struct loop *l, struct sock *s, void *p, size_t n, struct addr *peer,
			 uint16_t *port)
{
	struct memo *memo = s->impl;
	union sockaddr_any from;
	ssize_t got = listener_recv(s->fd, p, n, &from, &memo->local);

	(void)l;
	if (got >= 0)
		sockaddr_read(&from.sa, peer, port);
	return got;
}

static ssize_t send_to(struct loop *l, struct sock *s, const void *p, size_t n,
		       const struct addr *peer, uint16_t port)
{
	const struct memo *memo = s->impl;
	union sockaddr_any to;

	(void)l;
	sockaddr_of(peer, port, &to);
	return listener_send(s->fd, (struct slice){p, n}, &to, &memo->local);
}

/* SIOCOUTQ: tcp(7) says "unsent", the kernel counts up to the last byte acknowledged
 * (net/ipv4/tcp.c, tcp_ioctl). */
static long unacked(struct loop *l, struct sock *s)
{
	int n, unsent;

	(void)l;
	if (ioctl(s->fd, SIOCOUTQ, &n) != 0 || ioctl(s->fd, SIOCOUTQNSD, &unsent) != 0)
		return -1;
	return n && n == unsent ? -1 : n;
}

static bool has_gap(struct loop *l, struct sock *s)
{
	(void)l;
	return tcp_has_gap(s->fd);
}

static enum sock_left has_left(struct loop *l, struct sock *s)
{
	struct tcp_info info;
	socklen_t n = sizeof(info);

	(void)l;
	if (getsockopt(s->fd, IPPROTO_TCP, TCP_INFO, &info, &n) != 0 || !info.tcpi_retransmits)
		return LEFT_UNKNOWN;
	return info.tcpi_retrans ? LEFT : LEFT_NOT;
}

static int take_error(struct loop *l, struct sock *s)
{
	socklen_t n = sizeof(int);
	int error = 0;

	(void)l;
	if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &n) != 0)
		error = errno;
	s->is_refused = error == ECONNREFUSED;
	return error;
}

static void read_extended(const struct sock_extended_err *ee, struct icmp_error *e)
{
	*e = (struct icmp_error){
		.code_errno = (int)ee->ee_errno, .type = ee->ee_type, .code = ee->ee_code};
	e->local = ee->ee_origin != SO_EE_ORIGIN_ICMP && ee->ee_origin != SO_EE_ORIGIN_ICMP6;
	if (!e->local)
		sockaddr_read(SO_EE_OFFENDER(ee), &e->by, NULL);
}

/* A raw socket is told of errors that others' pings to the same target met. */
static bool is_about_ours(const struct memo *memo, struct slice quoted)
{
	uint16_t id;

	return !memo || !memo->is_raw_ping || (ping_id(quoted, &id) && id == memo->ping_id);
}

static bool is_of(const struct cmsghdr *c, int type4, int type6)
{
	return (c->cmsg_level == IPPROTO_IP && c->cmsg_type == type4) ||
	       (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == type6);
}

static bool read_error(struct msghdr *msg, struct icmp_error *e)
{
	bool found = false;
	int ttl = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (is_of(c, IP_TTL, IPV6_HOPLIMIT))
			memcpy(&ttl, CMSG_DATA(c), sizeof(ttl));
		if (is_of(c, IP_RECVERR, IPV6_RECVERR)) {
			read_extended((const struct sock_extended_err *)CMSG_DATA(c), e);
			found = true;
		}
	}
	if (found)
		e->ttl = (uint8_t)ttl;
	return found;
}

static bool take_icmp(struct loop *l, struct sock *s, struct icmp_error *e)
{
	/* Room for the error, its sender, and what later options may add. */
	union {
		char bytes[512];
		struct cmsghdr align;
	} control;
	char quoted[8];
	struct iovec bytes = {.iov_base = quoted, .iov_len = sizeof(quoted)};
	struct msghdr msg = {.msg_iov = &bytes,
			     .msg_iovlen = 1,
			     .msg_control = control.bytes,
			     .msg_controllen = sizeof(control.bytes)};
	ssize_t n;

	(void)l;
	while ((n = recvmsg(s->fd, &msg, MSG_ERRQUEUE)) >= 0) {
		if (is_about_ours(s->impl, (struct slice){quoted, (size_t)n}) &&
		    read_error(&msg, e))
			return true;
		msg.msg_controllen = sizeof(control.bytes);
	}
	return false;
}

static bool local_addr(struct loop *l, struct sock *s, struct addr *a, uint16_t *port)
{
	const struct memo *memo = s->impl;

	(void)l;
	if (!read_local(s->fd, a, port))
		return false;
	if (memo && memo->local.family)
		*a = memo->local;
	return true;
}

static void read_own(struct loop_epoll *e)
{
	struct ifaddrs *list = NULL;
	size_t n = 0;

	if (getifaddrs(&list) != 0)
		list = NULL; /* then none is known to be ours: less is said, nothing wrong */
	for (struct ifaddrs *i = list; i; i = i->ifa_next)
		n++;
	e->own = mem_new(n, sizeof(*e->own));
	for (struct ifaddrs *i = list; i; i = i->ifa_next)
		if (i->ifa_addr && sockaddr_read(i->ifa_addr, &e->own[e->n_own], NULL))
			e->n_own++;
	if (list)
		freeifaddrs(list);
}

static bool is_own(struct loop *l, const struct addr *a)
{
	struct loop_epoll *e = of_loop(l);

	if (a->family == 4 && a->bytes[0] == 127)
		return true; /* all of 127/8 is, RFC 1122 section 3.2.1.3 */
	if (!e->own)
		read_own(e);
	for (size_t i = 0; i < e->n_own; i++)
		if (addr_equal(&e->own[i], a))
			return true;
	return false;
}

/* What the present batch still holds for it must not be told. */
static void forget(struct loop_epoll *e, const struct sock *s)
{
	for (int i = e->next; i < e->n; i++)
		if (e->batch[i].data.ptr == s)
			e->batch[i].data.ptr = NULL;
}

static void unwatch(struct loop *l, struct sock *s)
{
	forget(of_loop(l), s);
	s->is_open = false;
	l->n_socks--;
}

static void end_stream(struct loop *l, struct sock *s)
{
	const int at_once = -1; /* when the FIN is acknowledged */
	char unread[4096];

	(void)l;
	/* Where something is unread, close(2) sends a reset instead. */
	for (unsigned i = 0; i < READS_MAX; i++)
		if (recv(s->fd, unread, sizeof(unread), MSG_DONTWAIT) <= 0)
			break;
	setsockopt(s->fd, IPPROTO_TCP, TCP_LINGER2, &at_once, sizeof(at_once));
}

static void close_sock(struct loop *l, struct sock *s, bool reset)
{
	const struct linger at_once = {.l_onoff = 1, .l_linger = 0};

	if (reset)
		setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	if (s->is_shared)
		epoll_ctl(of_loop(l)->epoll, EPOLL_CTL_DEL, s->fd, NULL);
	if (reset || !keep(l, s))
		close(s->fd);
	free(s->impl);
	s->impl = NULL;
	unwatch(l, s);
}

static void stop_watching(struct loop *l, struct sock *s)
{
	epoll_ctl(of_loop(l)->epoll, EPOLL_CTL_DEL, s->fd, NULL);
	unwatch(l, s);
}

static int wait_events(struct loop *l, struct mono until, struct err *err)
{
	struct loop_epoll *e = of_loop(l);
	int64_t us = until.us - now(l).us;
	struct timespec ts = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
	bool forever = until.us == MONO_NEVER.us;

	if (us < 0)
		ts = (struct timespec){0};
	e->n = epoll_pwait2(e->epoll, e->batch, BATCH, forever ? NULL : &ts, &e->wait_mask);
	if (e->n < 0 && errno != EINTR)
		return err_set(err, ERR_SYSTEM, PLACE_NONE, "epoll_pwait2: %s", strerror(errno));
	for (e->next = 0; e->next < e->n && !l->stop;) {
		const struct epoll_event *event = &e->batch[e->next++];
		struct sock *s = event->data.ptr;

		if (s)
			s->ready(s, sock_bits(event->events));
	}
	e->n = 0;
	return 0;
}

static void free_loop(struct loop *l)
{
	struct loop_epoll *e = of_loop(l);

	close_spares(&e->spares4);
	close_spares(&e->spares6);
	close(e->epoll);
	free(e->own);
	free(e);
}

static const struct loop_ops ops_epoll = {
	.free = free_loop,
	.now = now,
	.wall_ms = wall_ms,
	.open = open_sock,
	.listen = listen_sock,
	.accept = accept_sock,
	.recv_from = recv_from,
	.send_to = send_to,
	.unacked = unacked,
	.has_gap = has_gap,
	.has_left = has_left,
	.watch = watch,
	.unwatch = stop_watching,
	.want = want,
	.send = send_bytes,
	.recv = recv_bytes,
	.error = take_error,
	.icmp = take_icmp,
	.local_addr = local_addr,
	.is_own = is_own,
	.end = end_stream,
	.close = close_sock,
	.wait = wait_events,
};

int loop_new(struct loop **l, struct err *err)
{
	struct loop_epoll *e;
	int fd = epoll_create1(EPOLL_CLOEXEC);

	if (fd < 0)
		return err_set(err, ERR_SYSTEM, PLACE_NONE, "no epoll descriptor: %s",
			       strerror(errno));
	e = mem_new(1, sizeof(*e));
	e->epoll = fd;
	e->next_ping_id = (uint16_t)getpid();
	sigprocmask(SIG_SETMASK, NULL, &e->wait_mask);
	sigdelset(&e->wait_mask, SIGINT);
	sigdelset(&e->wait_mask, SIGTERM);
	loop_init(&e->loop, &ops_epoll);
	*l = &e->loop;
	return 0;
}
