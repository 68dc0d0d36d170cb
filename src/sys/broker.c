/* SPDX-License-Identifier: ISC */
#include "sys/broker.h"

#include <errno.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

struct answer {
	uint32_t number; /* the question's */
	int32_t result;	 /* 0: a descriptor comes with it; or -errno */
	uint32_t call;	 /* of calls[] */
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

/* The descriptor that came along; or -1. */
static int passed(struct msghdr *msg)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	int fd;

	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS ||
	    c->cmsg_len != CMSG_LEN(sizeof(fd)))
		return -1;
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

/* One answer; *opened: its descriptor, or -1. 0 or -errno. */
static int hear(int fd, int flags, struct answer *a, int *opened)
{
	union control control;
	struct iovec bytes = {.iov_base = a, .iov_len = sizeof(*a)};
	struct msghdr msg = {.msg_iov = &bytes,
			     .msg_iovlen = 1,
			     .msg_control = control.bytes,
			     .msg_controllen = sizeof(control.bytes)};
	ssize_t n = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC | flags);

	*opened = -1;
	if (n < 0)
		return errno == EAGAIN ? -EAGAIN : -EPIPE;
	*opened = passed(&msg);
	/* It came, and this process has no number free for it. */
	if (*opened < 0 && msg.msg_flags & MSG_CTRUNC)
		a->result = -EMFILE;
	return n == (ssize_t)sizeof(*a) ? 0 : -EPIPE;
}

/* The answer to the question of that number. One that came too late for its own must not be taken
 * for this one's: the socket would be on another port. */
static int hear_of(int fd, uint32_t number, struct answer *a, int *opened)
{
	int rc;

	while (!(rc = hear(fd, 0, a, opened)) && a->number != number)
		if (*opened >= 0)
			close(*opened);
	if (!rc)
		return 0;
	if (*opened >= 0)
		close(*opened);
	return -EPIPE;
}

/* A descriptor, 0 where there is none to an answer that is good, or -errno. */
static int ask(int fd, struct broker_question *q, const char **call)
{
	static uint32_t asked;
	struct answer a = {0};
	int opened, rc;

	*call = calls[0];
	q->number = ++asked;
	if (send(fd, q, sizeof(*q), MSG_NOSIGNAL) != (ssize_t)sizeof(*q))
		return -EPIPE;
	rc = hear_of(fd, q->number, &a, &opened);
	if (rc)
		return rc;
	*call = calls[a.call < N_CALLS ? a.call : 0];
	if (opened >= 0)
		return opened;
	return a.result < 0 ? a.result : 0;
}

bool broker_is_gone(int fd)
{
	for (;;) {
		struct answer a;
		int opened, rc = hear(fd, MSG_DONTWAIT, &a, &opened);

		if (opened >= 0)
			close(opened);
		if (rc)
			return rc != -EAGAIN;
	}
}

static int ask_for_socket(int fd, enum broker_verb verb, const struct stream_spec *spec,
			  const char **call)
{
	struct broker_question q;
	int got;

	memset(&q, 0, sizeof(q)); /* also what lies between */
	q.verb = (uint8_t)verb;
	q.transparent = spec->transparent;
	q.port = spec->port;
	q.to_port = spec->to_port;
	q.backlog = (uint16_t)spec->backlog;
	q.at = spec->at;
	q.to = spec->to;
	got = ask(fd, &q, call);
	return got ? got : -EPROTO;
}

int broker_listen(int fd, const struct stream_spec *spec, const char **call)
{
	return ask_for_socket(fd, BROKER_LISTEN, spec, call);
}

int broker_bind(int fd, const struct stream_spec *spec, const char **call)
{
	return ask_for_socket(fd, BROKER_BIND, spec, call);
}

static int ask_to_translate(int fd, enum broker_verb verb, const struct translation_of *t,
			    unsigned timeout_ms)
{
	struct broker_question q;
	const char *call;

	memset(&q, 0, sizeof(q));
	q.verb = (uint8_t)verb;
	q.port = t->port;
	q.to_port = t->to_port;
	q.timeout_ms = timeout_ms;
	q.at = t->dialled;
	q.to = t->to;
	q.from = t->from;
	return ask(fd, &q, &call);
}

int broker_translate(int fd, const struct translation_of *t, unsigned timeout_ms)
{
	return ask_to_translate(fd, BROKER_TRANSLATE, t, timeout_ms);
}

void broker_untranslate(int fd, const struct translation_of *t)
{
	(void)!ask_to_translate(fd, BROKER_UNTRANSLATE, t, 0); /* it has a time of its own */
}

/* --- who has the rights ----------------------------------------------------------------------- */

static bool is_in(struct port_range r, uint16_t port)
{
	return r.lo && r.lo <= port && port <= r.hi;
}

static bool is_for_data(const struct broker_limits *l, uint16_t port)
{
	return is_in(l->listen[0], port) || is_in(l->listen[1], port);
}

static bool may_listen(const struct broker_limits *l, const struct broker_question *q)
{
	return is_for_data(l, q->port) || (!q->port && (!l->listen[0].lo || !l->listen[1].lo));
}

static bool may_bind(const struct broker_limits *l, const struct broker_question *q)
{
	return !q->port || (q->port == 20 && l->port_20) || q->port >= 1024;
}

static bool is_addr(const struct addr *a, bool or_none)
{
	return a->family == 4 || a->family == 6 || (or_none && !a->family);
}

static bool may_translate(const struct broker_limits *l, const struct broker_question *q)
{
	return l->translate && is_for_data(l, q->port) && q->to_port >= 1024 &&
	       is_addr(&q->at, false) && q->to.family == q->at.family &&
	       q->from.family == q->at.family;
}

bool broker_read(struct slice bytes, const struct broker_limits *limits, struct broker_question *q)
{
	if (bytes.n != sizeof(*q))
		return false;
	memcpy(q, bytes.p, sizeof(*q));
	if (q->transparent > 1 || (q->transparent && !limits->transparent))
		return false;
	switch (q->verb) {
	case BROKER_LISTEN:
		return is_addr(&q->at, false) && is_addr(&q->to, true) && may_listen(limits, q);
	case BROKER_BIND:
		return is_addr(&q->at, true) && is_addr(&q->to, false) && may_bind(limits, q);
	case BROKER_TRANSLATE:
		return may_translate(limits, q) && q->timeout_ms;
	case BROKER_UNTRANSLATE:
		return may_translate(limits, q);
	default:
		return false;
	}
}

static uint32_t call_index(const char *call)
{
	for (uint32_t i = 0; i < N_CALLS; i++)
		if (call && strcmp(call, calls[i]) == 0)
			return i;
	return 0;
}

static bool answer(int fd, uint32_t number, int result, const char *call)
{
	struct answer a = {
		.number = number, .result = result < 0 ? result : 0, .call = call_index(call)};
	union control control;
	struct iovec bytes = {.iov_base = &a, .iov_len = sizeof(a)};
	struct msghdr msg = {.msg_iov = &bytes, .msg_iovlen = 1};

	if (result > 0) {
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
static int open_as(unsigned user, const struct broker_question *q, const char **call)
{
	const struct stream_spec spec = {
		.at = q->at,
		.port = q->port,
		.transparent = q->transparent,
		.backlog = q->backlog < BACKLOG_MAX ? q->backlog : BACKLOG_MAX,
		.to = q->to,
		.to_port = q->to_port,
	};
	int fd, before = user == BROKER_OWN ? 0 : setfsuid(user);

	fd = q->verb == BROKER_LISTEN ? stream_listen(&spec, call) : stream_bind(&spec, call);
	if (user != BROKER_OWN)
		setfsuid((uid_t)before);
	return fd;
}

static int translate(const struct broker_question *q)
{
	const struct translation_of t = {.from = q->from,
					 .dialled = q->at,
					 .port = q->port,
					 .to = q->to,
					 .to_port = q->to_port};

	if (q->verb == BROKER_TRANSLATE)
		return nft_map_add(&t, q->timeout_ms);
	nft_map_remove(&t);
	return 0;
}

bool broker_serve(int fd, const struct broker_limits *limits)
{
	char bytes[sizeof(struct broker_question) + 1];
	ssize_t n = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);
	const char *call = calls[0];
	struct broker_question q;
	int result;
	bool ok;

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (n != (ssize_t)sizeof(q))
		return false;
	if (!broker_read((struct slice){bytes, (size_t)n}, limits, &q))
		return answer(fd, q.number, -EPERM, call);
	if (q.verb == BROKER_TRANSLATE || q.verb == BROKER_UNTRANSLATE)
		return answer(fd, q.number, translate(&q), call);
	result = open_as(limits->user, &q, &call);
	ok = answer(fd, q.number, result, call);
	if (result >= 0)
		close(result);
	return ok;
}
