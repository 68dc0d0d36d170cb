/* SPDX-License-Identifier: ISC */
#include "sys/overseer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

enum {
	READY_MS = 10000, /* for a worker to say that it is */
	AGAIN_MS = 1000,  /* at least between two workers of which the first one died */
};

struct generation {
	void *config;
	pid_t pid; /* 0: died, and is to be replaced */
	int broker;
	bool drains;
	int64_t begun_ms;
};

struct overseeing {
	const struct overseer *o;
	struct generation all[OVERSEER_WORKERS];
	size_t n; /* the last one is the present one */
	int signals;
	sigset_t mask_before;
	bool stopping;
};

static int ready_fd = -1;

void overseer_ready(void)
{
	/* Where nobody waits for it any more the worker is killed in any case. */
	if (ready_fd >= 0 && write(ready_fd, "", 1) < 0)
		return;
	close(ready_fd);
	ready_fd = -1;
}

int overseer_pid(void)
{
	return (int)getpid();
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void close_broker(struct generation *g)
{
	if (g->broker >= 0)
		close(g->broker);
	g->broker = -1;
}

/* --- a worker --------------------------------------------------------------------------------- */

/* What was the first process's alone: else a worker would not see that it is gone. */
static void close_inherited(struct overseeing *s)
{
	close(s->signals);
	for (size_t i = 0; i < s->n; i++)
		if (s->all[i].broker >= 0)
			close(s->all[i].broker);
}

static void be_worker(struct overseeing *s, void *config, int broker)
{
	struct err err;
	struct buf text = BUF_INIT;
	int rc;

	close_inherited(s);
	signal(SIGHUP, SIG_IGN); /* a terminal's end goes to all; only the first one reads again */
	sigprocmask(SIG_SETMASK, &s->mask_before, NULL);
	rc = s->o->work(s->o->ctx, config, broker, &err);
	if (rc < 0) {
		err_format(&err, &text);
		s->o->say(s->o->ctx, "failed", text.data);
		rc = 1;
	}
	_exit(rc);
}

static size_t list_brokers(const struct overseeing *s, struct pollfd *fds)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		if (s->all[i].broker >= 0)
			fds[n++] = (struct pollfd){.fd = s->all[i].broker, .events = POLLIN};
	return n;
}

static void serve_brokers(struct overseeing *s, const struct pollfd *fds, size_t n)
{
	for (size_t k = 0; k < n; k++)
		for (size_t i = 0; i < s->n; i++) {
			struct generation *g = &s->all[i];

			if (g->broker < 0 || g->broker != fds[k].fd || !fds[k].revents)
				continue;
			if (broker_serve(g->broker, s->o->limits(g->config)))
				continue;
			close_broker(g);
			if (g->pid) /* it says what none may, or is gone */
				kill(g->pid, SIGKILL);
		}
}

/* The others get their sockets meanwhile: they wait for a second, and it may take longer. */
static bool becomes_ready(struct overseeing *s, int fd)
{
	const int64_t end = now_ms() + READY_MS;
	int64_t left;
	char c;

	while ((left = end - now_ms()) > 0) {
		struct pollfd fds[OVERSEER_WORKERS + 1] = {{.fd = fd, .events = POLLIN}};
		size_t n = list_brokers(s, fds + 1);

		if (poll(fds, n + 1, (int)left) < 0)
			continue;
		if (fds[0].revents)
			return read(fd, &c, 1) == 1;
		serve_brokers(s, fds + 1, n);
	}
	return false;
}

static void end_at_once(struct generation *g)
{
	kill(g->pid, SIGKILL);
	while (waitpid(g->pid, NULL, 0) < 0 && errno == EINTR)
		;
	g->pid = 0;
	close_broker(g);
}

static void close_pair(const int fds[2])
{
	close(fds[0]);
	close(fds[1]);
}

static int wait_until_ready(struct overseeing *s, struct generation *g, int fd)
{
	bool is_ready = becomes_ready(s, fd);

	close(fd);
	if (!is_ready)
		end_at_once(g);
	return is_ready ? 0 : -ECHILD;
}

/* The first of each pair is for the first process; where it fails both are closed. */
static int fork_worker(struct overseeing *s, struct generation *g, const int brokers[2],
		       const int ready[2])
{
	pid_t pid = fork();

	if (pid < 0) {
		int error = errno;

		close_pair(brokers);
		close_pair(ready);
		return -error;
	}
	if (!pid) {
		close(brokers[0]);
		close(ready[0]);
		ready_fd = ready[1];
		be_worker(s, g->config, brokers[1]);
	}
	close(brokers[1]);
	close(ready[1]);
	g->pid = pid;
	g->broker = brokers[0];
	g->begun_ms = now_ms();
	return wait_until_ready(s, g, ready[0]);
}

static int begin(struct overseeing *s, struct generation *g, struct err *err)
{
	int brokers[2], ready[2], rc = broker_pair(brokers);

	if (!rc && pipe2(ready, O_CLOEXEC) != 0) {
		rc = -errno;
		close_pair(brokers);
	}
	if (!rc)
		rc = fork_worker(s, g, brokers, ready);
	if (rc == -ECHILD)
		return err_set(err, ERR_SYSTEM, PLACE_NONE, "the worker could not begin");
	return rc ? err_set(err, ERR_SYSTEM, PLACE_NONE, "no worker: %s", strerror(-rc)) : 0;
}

/* --- generations ------------------------------------------------------------------------------ */

static int add(struct overseeing *s, struct err *err)
{
	struct generation g = {.broker = -1};
	int rc;

	if (s->n == OVERSEER_WORKERS)
		return err_set(err, ERR_LIMIT, PLACE_NONE, "%d workers are ending still",
			       OVERSEER_WORKERS);
	rc = s->o->configure(s->o->ctx, &g.config, err);
	if (rc)
		return rc;
	rc = begin(s, &g, err);
	if (!rc) {
		s->all[s->n++] = g;
		return 0;
	}
	s->o->retire(s->o->ctx, g.config);
	s->o->forget(s->o->ctx, g.config);
	return rc;
}

/* Once: a worker takes a second signal for "at once". */
static void drain(struct overseeing *s, struct generation *g)
{
	if (g->drains)
		return;
	g->drains = true;
	s->o->retire(s->o->ctx, g->config);
	if (g->pid)
		kill(g->pid, SIGTERM);
}

static void say_error(struct overseeing *s, const char *what, const struct err *err)
{
	struct buf text = BUF_INIT;

	err_format(err, &text);
	s->o->say(s->o->ctx, what, text.data);
	buf_release(&text);
}

static void again(struct overseeing *s)
{
	struct err err;
	size_t before = s->n;

	if (add(s, &err) != 0) {
		say_error(s, "not read again", &err);
	} else {
		for (size_t i = 0; i < before; i++)
			drain(s, &s->all[i]);
		s->o->say(s->o->ctx, "read again", "");
	}
	s->o->ready(s->o->ctx, true);
}

static void stop(struct overseeing *s)
{
	bool at_once = s->stopping;

	s->stopping = true;
	if (!at_once)
		s->o->stopping(s->o->ctx);
	for (size_t i = 0; i < s->n; i++) {
		drain(s, &s->all[i]);
		if (at_once && s->all[i].pid)
			kill(s->all[i].pid, SIGKILL);
	}
}

static void forget(struct overseeing *s, size_t i)
{
	struct generation *g = &s->all[i];

	close_broker(g);
	s->o->forget(s->o->ctx, g->config);
	s->n--;
	memmove(g, g + 1, (s->n - i) * sizeof(*g));
}

static void tell_death(struct overseeing *s, int status)
{
	char text[64];

	if (WIFSIGNALED(status))
		snprintf(text, sizeof(text), "signal %d", WTERMSIG(status));
	else
		snprintf(text, sizeof(text), "status %d", WEXITSTATUS(status));
	s->o->say(s->o->ctx, "worker died", text);
}

static struct generation *find(struct overseeing *s, pid_t pid)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->all[i].pid == pid)
			return &s->all[i];
	return NULL;
}

/* One that was to end and did is no news; nor is any, once all are to end at once. */
static void bury(struct overseeing *s)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		struct generation *g = find(s, pid);

		if (!g) {
			if (s->o->died)
				s->o->died(s->o->ctx, (int)pid);
			continue;
		}
		if (!g->drains || (status && !s->stopping))
			tell_death(s, status);
		close_broker(g);
		g->pid = 0;
	}
}

/* Until it may be, in ms; 0: it is. */
static int64_t replace_one(struct overseeing *s, struct generation *g)
{
	int64_t left = g->begun_ms + AGAIN_MS - now_ms();
	struct err err;

	if (left > 0)
		return left;
	if (begin(s, g, &err) == 0)
		return 0;
	say_error(s, "not replaced", &err);
	g->begun_ms = now_ms();
	return AGAIN_MS;
}

/* Those that ended are forgotten, those that died replaced. How long until one may be, in ms; -1:
 * none is to be. */
static int replace(struct overseeing *s)
{
	int64_t wait = -1, left;

	for (size_t i = 0; i < s->n; i++) {
		struct generation *g = &s->all[i];

		if (g->pid)
			continue;
		if (g->drains)
			forget(s, i--);
		else if ((left = replace_one(s, g)) > 0)
			wait = left;
	}
	return (int)wait;
}

/* --- the loop --------------------------------------------------------------------------------- */

static void take_signal(struct overseeing *s)
{
	struct signalfd_siginfo info;

	if (read(s->signals, &info, sizeof(info)) != (ssize_t)sizeof(info))
		return;
	if (info.ssi_signo == SIGHUP && !s->stopping)
		again(s);
	else if (info.ssi_signo == SIGCHLD)
		bury(s);
	else if (info.ssi_signo != SIGHUP)
		stop(s);
}

/* Waits for one thing, and does it. */
static void turn(struct overseeing *s, int wait_ms)
{
	struct pollfd fds[OVERSEER_WORKERS + 2] = {
		{.fd = s->signals, .events = POLLIN},
		{.fd = s->o->asked ? s->o->watched : -1, .events = POLLIN}};
	size_t n = list_brokers(s, fds + 2);

	if (poll(fds, n + 2, wait_ms) <= 0)
		return;
	serve_brokers(s, fds + 2, n);
	if (fds[1].revents)
		s->o->asked(s->o->ctx);
	if (fds[0].revents)
		take_signal(s);
}

static int catch_signals(struct overseeing *s)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, &s->mask_before);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int oversee(const struct overseer *o, struct err *err)
{
	struct overseeing *s = mem_new(1, sizeof(*s));
	int rc;

	s->o = o;
	s->signals = catch_signals(s);
	rc = add(s, err);
	if (!rc)
		o->ready(o->ctx, false);
	while (!rc) {
		int wait_ms = replace(s);

		if (s->stopping && !s->n)
			break;
		turn(s, wait_ms);
	}
	close(s->signals);
	sigprocmask(SIG_SETMASK, &s->mask_before, NULL);
	free(s);
	return rc;
}
