/* SPDX-License-Identifier: ISC */
#include "sys/channel.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"

struct channel {
	pid_t pid;
	int fd; /* our end */
};

/* Out of the terminal's process group: Ctrl-C is for us, and we end it. */
static void set_attributes(posix_spawnattr_t *attr)
{
	sigset_t none, usual;

	sigemptyset(&none);
	sigemptyset(&usual);
	posix_spawnattr_setsigmask(attr, &none);
	posix_spawnattr_setsigdefault(attr, &usual);
	posix_spawnattr_setpgroup(attr, 0);
	posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
					       POSIX_SPAWN_SETPGROUP);
}

/* 0 or an errno. */
static int spawn(const char *program, const char *const *argv, int fd, pid_t *pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	int rc;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, fd, STDIN_FILENO);
	posix_spawnattr_init(&attr);
	set_attributes(&attr);
	rc = posix_spawn(pid, program, &files, &attr, (char *const *)argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return rc;
}

int channel_start(struct channel **c, const char *program, const char *const *argv, struct err *err)
{
	struct channel new = {0};
	int pair[2], rc;

	*c = NULL;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) != 0)
		return err_set(err, ERR_SYSTEM, PLACE_NONE, "no pair of sockets: %s",
			       strerror(errno));
	rc = spawn(program, argv, pair[1], &new.pid);
	close(pair[1]);
	if (rc) {
		close(pair[0]);
		return err_set(err, ERR_SYSTEM, PLACE_NONE, "cannot run %s: %s", program,
			       strerror(rc));
	}
	new.fd = pair[0];
	*c = mem_new(1, sizeof(**c));
	**c = new;
	return 0;
}

void channel_free(struct channel *c)
{
	if (!c)
		return;
	close(c->fd);
	while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
		;
	free(c);
}

int channel_fd(const struct channel *c)
{
	return c->fd;
}

bool channel_tell(struct channel *c, const struct channel_word *w)
{
	struct buf out = BUF_INIT;
	bool ok;

	channel_word_format(w, &out);
	ok = channel_send(c->fd, buf_slice(&out));
	buf_release(&out);
	return ok;
}

int channel_hear(struct channel *c, char bytes[CHANNEL_WORD_MAX], struct channel_word *w)
{
	ssize_t n = channel_recv(c->fd, bytes, CHANNEL_WORD_MAX);

	if (n == -EAGAIN)
		return 0;
	if (n <= 0 || !channel_word_parse((struct slice){bytes, (size_t)n}, w))
		return -1;
	return 1;
}

/* Who ends with words unread resets the pair, and that comes, once, before what it said last:
 * unix(7). */
ssize_t channel_recv(int fd, void *p, size_t n)
{
	ssize_t got = recv(fd, p, n, 0);

	if (got < 0 && errno == ECONNRESET)
		got = recv(fd, p, n, 0);
	return got < 0 ? -errno : got;
}

bool channel_send(int fd, struct slice bytes)
{
	return send(fd, bytes.p, bytes.n, MSG_NOSIGNAL) == (ssize_t)bytes.n;
}
