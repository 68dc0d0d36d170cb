/* SPDX-License-Identifier: ISC */
#include "sys/overseer.h"

#include <errno.h>
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
	AGAIN_S = 1,	  /* at least between two workers of which the first one died */
};

struct generation {
	void *config;
	pid_t pid; /* 0: died, and is to be replaced */
	int broker;
	bool drains;
	time_t begun;
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

static time_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
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
	sigprocmask(SIG_SETMASK, &s->mask_before, NULL);
	rc = s->o->work(s->o->ctx, config, broker, &err);
	if (rc < 0) {
		err_format(&err, &text);
		s->o->say(s->o->ctx, "failed", text.data);
		rc = 1;
	}
	_exit(rc);
}

static bool becomes_ready(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	char c;

	return poll(&p, 1, READY_MS) == 1 && read(fd, &c, 1) == 1;
}

static int fork_worker(struct overseeing *s, struct generation *g, int brokers[2], int ready[2])
{
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
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
	g->begun = now();
	if (becomes_ready(ready[0])) {
		close(ready[0]);
		return 0;
	}
	close(ready[0]);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(g->broker);
	g->broker = -1;
	g->pid = 0;
	return -ECHILD;
}

static int begin(struct overseeing *s, struct generation *g, struct err *err)
{
	int brokers[2], ready[2], rc = broker_pair(brokers);

	if (!rc && pipe(ready) != 0)
		rc = -errno;
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
	if (rc)
		s->o->forget(s->o->ctx, g.config);
	else
		s->all[s->n++] = g;
	return rc;
}

static void drain(struct generation *g)
{
	g->drains = true;
	if (g->pid)
		kill(g->pid, SIGTERM);
}

static void again(struct overseeing *s)
{
	struct buf text = BUF_INIT;
	struct err err;
	size_t before = s->n;

	if (add(s, &err) != 0) {
		err_format(&err, &text);
		s->o->say(s->o->ctx, "not read again", text.data);
		buf_release(&text);
		s->o->ready(s->o->ctx, true);
		return;
	}
	for (size_t i = 0; i < before; i++)
		if (!s->all[i].drains)
			drain(&s->all[i]);
	s->o->say(s->o->ctx, "read again", "");
	s->o->ready(s->o->ctx, true);
}

static void stop(struct overseeing *s)
{
	bool at_once = s->stopping;

	s->stopping = true;
	if (!at_once)
		s->o->stopping(s->o->ctx);
	for (size_t i = 0; i < s->n; i++) {
		if (at_once && s->all[i].pid)
			kill(s->all[i].pid, SIGKILL);
		else
			drain(&s->all[i]);
	}
}

static void forget(struct overseeing *s, size_t i)
{
	struct generation *g = &s->all[i];

	if (g->broker >= 0)
		close(g->broker);
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

static void bury(struct overseeing *s)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		size_t i = 0;

		while (i < s->n && s->all[i].pid != pid)
			i++;
		if (i == s->n) {
			if (s->o->died)
				s->o->died(s->o->ctx, (int)pid);
			continue;
		}
		if (s->all[i].drains) {
			forget(s, i);
			continue;
		}
		tell_death(s, status);
		close(s->all[i].broker);
		s->all[i].broker = -1;
		s->all[i].pid = 0;
	}
}

/* How long until one may be replaced, in ms; -1: none is to be. */
static int replace(struct overseeing *s)
{
	int wait = -1;

	for (size_t i = 0; i < s->n; i++) {
		struct generation *g = &s->all[i];
		struct err err;

		if (g->pid)
			continue;
		if (g->drains) {
			forget(s, i--);
			continue;
		}
		if (now() - g->begun >= AGAIN_S) {
			if (begin(s, g, &err) == 0)
				continue;
			g->begun = now();
		}
		wait = AGAIN_S * 1000;
	}
	return wait;
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

static void serve_brokers(struct overseeing *s, const struct pollfd *fds, size_t n)
{
	for (size_t k = 0; k < n; k++)
		for (size_t i = 0; i < s->n; i++) {
			struct generation *g = &s->all[i];

			if (g->broker < 0 || g->broker != fds[k].fd || !fds[k].revents)
				continue;
			if (broker_serve(g->broker, s->o->limits(g->config)))
				continue;
			close(g->broker);
			g->broker = -1;
			if (g->pid) /* it says what none may, or is gone */
				kill(g->pid, SIGKILL);
		}
}

static void turn(struct overseeing *s)
{
	struct pollfd fds[OVERSEER_WORKERS + 2] = {
		{.fd = s->signals, .events = POLLIN},
		{.fd = s->o->asked ? s->o->watched : -1, .events = POLLIN}};
	size_t n = 2;
	int wait = replace(s);

	if (s->stopping && !s->n) /* the last one had died before */
		return;
	for (size_t i = 0; i < s->n; i++)
		if (s->all[i].broker >= 0)
			fds[n++] = (struct pollfd){.fd = s->all[i].broker, .events = POLLIN};
	if (poll(fds, n, wait) <= 0)
		return;
	serve_brokers(s, fds + 2, n - 2);
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
	while (!rc && (!s->stopping || s->n))
		turn(s);
	close(s->signals);
	sigprocmask(SIG_SETMASK, &s->mask_before, NULL);
	free(s);
	return rc;
}
