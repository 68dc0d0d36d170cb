/* SPDX-License-Identifier: ISC */
#include "sys/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct running {
	pid_t pid;
	int to, from; /* its standard input and output; -1: closed */
	struct slice in;
	size_t max;
	struct buf *out;
	struct err *err;
};

static int failed(struct err *err, const char *call)
{
	return err_set(err, ERR_SYSTEM, PLACE_NONE, "%s: %s", call, strerror(errno));
}

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Signals that we ignore must end it as usual. */
static int spawn_child(const char *const *argv, int in, int out, pid_t *pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t usual;
	int error;

	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attr);
	posix_spawn_file_actions_adddup2(&files, in, 0);
	posix_spawn_file_actions_adddup2(&files, out, 1);
	posix_spawnattr_setsigdefault(&attr, &usual);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF);
	error = posix_spawnp(pid, argv[0], &files, &attr, (char *const *)argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return error;
}

static int start(struct running *r, const char *const *argv)
{
	int in[2] = {-1, -1}, out[2] = {-1, -1}, error = 0;

	if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0)
		error = errno;
	if (!error)
		error = spawn_child(argv, in[0], out[1], &r->pid);
	close_end(&in[0]);
	close_end(&out[1]);
	r->to = in[1];
	r->from = out[0];
	if (!error)
		return 0;
	close_end(&r->to);
	close_end(&r->from);
	errno = error;
	return failed(r->err, argv[0]);
}

/* A pipe that nobody reads any more is the program's own affair: its status tells. */
static void write_some(struct running *r)
{
	ssize_t n = r->in.n ? write(r->to, r->in.p, r->in.n) : 0;

	if (n > 0)
		r->in = slice_skip(r->in, (size_t)n);
	if (!r->in.n || (n < 0 && errno != EAGAIN && errno != EINTR))
		close_end(&r->to);
}

static int read_some(struct running *r)
{
	char bytes[16384];
	ssize_t n = read(r->from, bytes, sizeof(bytes));

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : failed(r->err, "read");
	if (n == 0)
		close_end(&r->from);
	if (r->out->n + (size_t)n > r->max)
		return err_set(r->err, ERR_LIMIT, PLACE_NONE, "it printed more than %zu bytes",
			       r->max);
	buf_add(r->out, bytes, (size_t)n);
	return 0;
}

static int talk(struct running *r)
{
	int rc = 0;

	fcntl(r->to, F_SETFL, O_NONBLOCK);
	while (!rc && (r->to >= 0 || r->from >= 0)) {
		struct pollfd fds[] = {{r->from, POLLIN, 0}, {r->to, POLLOUT, 0}};

		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return failed(r->err, "poll");
		if (fds[1].revents)
			write_some(r);
		if (fds[0].revents)
			rc = read_some(r);
	}
	return rc;
}

int child_run(const char *const *argv, struct slice in, size_t max, struct buf *out, int *status,
	      struct err *err)
{
	struct running r = {.in = in, .max = max, .out = out, .err = err};
	int rc = start(&r, argv);

	if (rc)
		return rc;
	rc = talk(&r);
	close_end(&r.to);
	close_end(&r.from);
	while (waitpid(r.pid, status, 0) < 0)
		if (errno != EINTR)
			return failed(err, "waitpid");
	*status = WIFEXITED(*status) ? WEXITSTATUS(*status) : 128 + WTERMSIG(*status);
	return rc;
}
