/* SPDX-License-Identifier: ISC */
#include "sys/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct program {
	const char *path; /* without a slash: somewhere in PATH */
	const char *const *argv;
	char *const *environment;
};
struct running {
	pid_t pid;
	int to, from, says; /* its standard input, output and error; -1: closed */
	struct slice in;
	size_t max;
	struct buf *out, *complaint; /* complaint NULL: its standard error is ours */
	int64_t until_ms;	     /* of the monotonic clock; 0: as long as it takes */
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
static int spawn_child(const struct program *p, const int ends[3], pid_t *pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t usual;
	int error;

	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attr);
	for (int i = 0; i < 3; i++)
		if (ends[i] >= 0)
			posix_spawn_file_actions_adddup2(&files, ends[i], i);
	posix_spawnattr_setsigdefault(&attr, &usual);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF);
	error = posix_spawnp(pid, p->path, &files, &attr, (char *const *)p->argv, p->environment);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return error;
}

/* Its standard error only where somebody wants it. */
static int open_pipes(const struct running *r, int in[2], int out[2], int says[2])
{
	if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0)
		return errno;
	return r->complaint && pipe2(says, O_CLOEXEC) != 0 ? errno : 0;
}

static int start(struct running *r, const struct program *p)
{
	int in[2] = {-1, -1}, out[2] = {-1, -1}, says[2] = {-1, -1};
	int error = open_pipes(r, in, out, says);

	if (!error)
		error = spawn_child(p, (const int[]){in[0], out[1], says[1]}, &r->pid);
	close_end(&in[0]);
	close_end(&out[1]);
	close_end(&says[1]);
	r->to = in[1];
	r->from = out[0];
	r->says = says[0];
	if (!error)
		return 0;
	close_end(&r->to);
	close_end(&r->from);
	close_end(&r->says);
	errno = error;
	return failed(r->err, p->argv[0]);
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

/* What is too much is left out, but taken, so that it goes on. */
static void hear_some(struct running *r)
{
	char bytes[1024];
	ssize_t n = read(r->says, bytes, sizeof(bytes));
	size_t room = CHILD_COMPLAINT_MAX - r->complaint->n;

	if (n > 0)
		buf_add(r->complaint, bytes, (size_t)n < room ? (size_t)n : room);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		close_end(&r->says);
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* For poll(): -1 without an end. */
static int left_ms(const struct running *r)
{
	int64_t left = r->until_ms - now_ms();

	if (!r->until_ms)
		return -1;
	return left > 0 ? (int)left : 0;
}

static int talk(struct running *r)
{
	int rc = 0;

	fcntl(r->to, F_SETFL, O_NONBLOCK);
	while (!rc && (r->to >= 0 || r->from >= 0 || r->says >= 0)) {
		struct pollfd fds[] = {
			{r->from, POLLIN, 0}, {r->to, POLLOUT, 0}, {r->says, POLLIN, 0}};
		int n = poll(fds, ARRAY_LEN(fds), left_ms(r));

		if (n < 0 && errno != EINTR)
			return failed(r->err, "poll");
		if (n == 0 || left_ms(r) == 0)
			return err_set(r->err, ERR_LIMIT, PLACE_NONE, "it takes too long");
		if (fds[1].revents)
			write_some(r);
		if (fds[2].revents)
			hear_some(r);
		if (fds[0].revents)
			rc = read_some(r);
	}
	return rc;
}

static int run(struct running *r, const struct program *p, int *status)
{
	int rc = start(r, p);

	if (rc)
		return rc;
	rc = talk(r);
	close_end(&r->to);
	close_end(&r->from);
	close_end(&r->says);
	if (rc && r->until_ms)
		kill(r->pid, SIGKILL);
	while (waitpid(r->pid, status, 0) < 0)
		if (errno != EINTR)
			return failed(r->err, "waitpid");
	*status = WIFEXITED(*status) ? WEXITSTATUS(*status) : 128 + WTERMSIG(*status);
	return rc;
}

int child_run(const char *const *argv, struct slice in, size_t max, struct buf *out, int *status,
	      struct err *err)
{
	const struct program p = {argv[0], argv, environ};
	struct running r = {.in = in, .max = max, .out = out, .err = err};

	return run(&r, &p, status);
}

/* --- the system's own ------------------------------------------------------------------------- */

#define SYSTEM_PATH "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"

static bool find_program(const char *name, struct buf *path)
{
	struct slice places = SLICE(SYSTEM_PATH), place;

	while (slice_cut(&places, ':', &place)) {
		buf_clear(path);
		buf_add_slice(path, place);
		buf_addf(path, "/%s", name);
		if (access(path->data, X_OK) == 0)
			return true;
	}
	return false;
}

int child_ask(const struct child_tool *tool, struct buf *out, struct buf *complaint, int *status,
	      struct err *err)
{
	static char path_variable[] = "PATH=" SYSTEM_PATH, locale[] = "LC_ALL=C";
	static char *const environment[] = {path_variable, locale, NULL};
	struct running r = {.max = tool->max,
			    .out = out,
			    .complaint = complaint,
			    .until_ms = now_ms() + tool->timeout_ms,
			    .err = err};
	struct buf path = BUF_INIT;
	int rc = 0;

	if (find_program(tool->argv[0], &path)) {
		rc = run(&r, &(const struct program){path.data, tool->argv, environment}, status);
	} else {
		*status = 127;
		buf_addf(complaint, "%s: not found", tool->argv[0]);
	}
	buf_release(&path);
	return rc;
}
