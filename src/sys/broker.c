/* SPDX-License-Identifier: ISC */
#include "sys/broker.h"

#include <errno.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum verb { VERB_LISTEN = 1, VERB_BIND };

struct question {
	uint8_t verb, transparent;
	uint16_t port, to_port;
	uint16_t backlog;
	struct addr at, to;
};
struct answer {
	int32_t result; /* 0: a descriptor comes with it; or -errno */
	uint32_t call;	/* of calls[] */
};
static const char *const calls[] = {"ask", "socket", "setsockopt", "bind", "listen"};

enum { N_CALLS = sizeof(calls) / sizeof(calls[0]), WAIT_S = 1, BACKLOG_MAX = 128 };

union control {
	char bytes[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

int broker_pair(int fds[2])
{
	const struct timeval wait = {.tv_sec = WAIT_S};

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0)
		return -errno;
	setsockopt(fds[1], SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	setsockopt(fds[1], SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
	return 0;
}

/* --- who asks --------------------------------------------------------------------------------- */

static int passed(struct msghdr *msg)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	int fd;

	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
		return -EPROTO;
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

static int ask(int fd, enum verb verb, const struct stream_spec *spec, const char **call)
{
	struct question q;
	struct answer a = {0};
	union control control;
	struct iovec bytes = {.iov_base = &a, .iov_len = sizeof(a)};
	struct msghdr msg = {.msg_iov = &bytes,
			     .msg_iovlen = 1,
			     .msg_control = control.bytes,
			     .msg_controllen = sizeof(control.bytes)};

	memset(&q, 0, sizeof(q)); /* also what lies between */
	q.verb = (uint8_t)verb;
	q.transparent = spec->transparent;
	q.port = spec->port;
	q.to_port = spec->to_port;
	q.backlog = (uint16_t)spec->backlog;
	q.at = spec->at;
	q.to = spec->to;
	*call = calls[0];
	if (send(fd, &q, sizeof(q), MSG_NOSIGNAL) != (ssize_t)sizeof(q) ||
	    recvmsg(fd, &msg, MSG_CMSG_CLOEXEC) != (ssize_t)sizeof(a))
		return -EPIPE;
	*call = calls[a.call < N_CALLS ? a.call : 0];
	return a.result ? a.result : passed(&msg);
}

int broker_listen(int fd, const struct stream_spec *spec, const char **call)
{
	return ask(fd, VERB_LISTEN, spec, call);
}

int broker_bind(int fd, const struct stream_spec *spec, const char **call)
{
	return ask(fd, VERB_BIND, spec, call);
}

/* --- who has the rights ----------------------------------------------------------------------- */

static bool is_in(struct port_range r, uint16_t port)
{
	return r.lo && r.lo <= port && port <= r.hi;
}

static bool may(const struct broker_limits *l, enum verb verb, const struct stream_spec *spec)
{
	if (spec->transparent && !l->transparent)
		return false;
	if (verb == VERB_LISTEN)
		return is_in(l->listen[0], spec->port) || is_in(l->listen[1], spec->port) ||
		       (!spec->port && (!l->listen[0].lo || !l->listen[1].lo));
	return !spec->port || (spec->port == 20 && l->port_20) || spec->port >= 1024;
}

static bool is_family(uint8_t f, bool none)
{
	return f == 4 || f == 6 || (none && !f);
}

bool broker_read(struct slice bytes, const struct broker_limits *limits, bool *listens,
		 struct stream_spec *spec)
{
	struct question q;

	if (bytes.n != sizeof(q))
		return false;
	memcpy(&q, bytes.p, sizeof(q));
	if ((q.verb != VERB_LISTEN && q.verb != VERB_BIND) || q.transparent > 1 ||
	    !is_family(q.at.family, q.verb == VERB_BIND) ||
	    !is_family(q.to.family, q.verb == VERB_LISTEN))
		return false;
	*listens = q.verb == VERB_LISTEN;
	*spec = (struct stream_spec){.at = q.at,
				     .port = q.port,
				     .transparent = q.transparent,
				     .backlog = q.backlog < BACKLOG_MAX ? q.backlog : BACKLOG_MAX,
				     .to = q.to,
				     .to_port = q.to_port};
	return may(limits, q.verb, spec);
}

static uint32_t call_index(const char *call)
{
	for (uint32_t i = 0; i < N_CALLS; i++)
		if (call && strcmp(call, calls[i]) == 0)
			return i;
	return 0;
}

static bool answer(int fd, int result, const char *call)
{
	struct answer a = {.result = result < 0 ? result : 0, .call = call_index(call)};
	union control control;
	struct iovec bytes = {.iov_base = &a, .iov_len = sizeof(a)};
	struct msghdr msg = {.msg_iov = &bytes, .msg_iovlen = 1};

	if (result >= 0) {
		struct cmsghdr *c = &control.align;

		memset(&control, 0, sizeof(control));
		*c = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)),
				      .cmsg_level = SOL_SOCKET,
				      .cmsg_type = SCM_RIGHTS};
		memcpy(CMSG_DATA(c), &result, sizeof(result));
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control.bytes);
	}
	return sendmsg(fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)sizeof(a);
}

/* Whose a socket is, a firewall takes from who opened it. The rights on the network stay with this
 * process meanwhile: capabilities(7), effect of user ID changes. */
static int open_as(unsigned user, bool listens, const struct stream_spec *spec, const char **call)
{
	int fd, before = user == BROKER_OWN ? 0 : setfsuid(user);

	fd = listens ? stream_listen(spec, call) : stream_bind(spec, call);
	if (user != BROKER_OWN)
		setfsuid((uid_t)before);
	return fd;
}

bool broker_serve(int fd, const struct broker_limits *limits)
{
	char bytes[sizeof(struct question) + 1];
	ssize_t n = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);
	const char *call = calls[0];
	struct stream_spec spec;
	int result = -EPERM;
	bool listens, ok;

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (n != (ssize_t)sizeof(struct question))
		return false;
	if (broker_read((struct slice){bytes, (size_t)n}, limits, &listens, &spec))
		result = open_as(limits->user, listens, &spec, &call);
	ok = answer(fd, result, call);
	if (result >= 0)
		close(result);
	return ok;
}
