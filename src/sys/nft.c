/* SPDX-License-Identifier: ISC */
#include "sys/nft.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "sys/loop.h"
#include "sys/sockaddr.h"

enum { ANSWER_MS = 10000 };

struct nft {
	pid_t pid;
	int commands, answers; /* our ends of its pipes */
};

/* As root one does not look where PATH says. */
static const char *find_program(void)
{
	static const char *const places[] = {"/usr/sbin/nft", "/sbin/nft", "/usr/local/sbin/nft",
					     "/usr/bin/nft"};

	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		if (access(places[i], X_OK) == 0)
			return places[i];
	return NULL;
}

/* Out of the terminal's process group: Ctrl-C is for us, and we end it. */
static void set_attributes(posix_spawnattr_t *attr)
{
	sigset_t none, usual;

	sigemptyset(&none);
	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	posix_spawnattr_setsigmask(attr, &none);
	posix_spawnattr_setsigdefault(attr, &usual);
	posix_spawnattr_setpgroup(attr, 0);
	posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
					       POSIX_SPAWN_SETPGROUP);
}

/* In its interactive mode it reads a command a line and keeps one netlink socket over all of them;
 * what it would remember of them in $HOME has no place to go. 0 or an errno. */
static int spawn(const char *program, const int in[2], const int out[2], pid_t *pid)
{
	char interactive[] = "-i", home[] = "HOME=/dev/null", locale[] = "LC_ALL=C";
	char *argv[] = {(char *)program, interactive, NULL}, *env[] = {home, locale, NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	int rc;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, in[0], STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&files, out[1], STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&files, out[1], STDERR_FILENO);
	posix_spawnattr_init(&attr);
	set_attributes(&attr);
	rc = posix_spawn(pid, program, &files, &attr, argv, env);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return rc;
}

static int start_program(struct nft *n, const char *program)
{
	int in[2], out[2], rc;

	if (pipe2(in, O_CLOEXEC) != 0)
		return errno;
	if (pipe2(out, O_CLOEXEC) != 0) {
		rc = errno;
		close(in[0]);
		close(in[1]);
		return rc;
	}
	n->commands = in[1];
	n->answers = out[0];
	rc = spawn(program, in, out, &n->pid);
	close(in[0]);
	close(out[1]);
	return rc;
}

static bool write_all(int fd, struct slice bytes)
{
	while (bytes.n) {
		ssize_t n = write(fd, bytes.p, bytes.n);

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0)
			bytes = slice_skip(bytes, (size_t)n);
	}
	return true;
}

/* More of what it says; false: it ended, or says nothing for too long. */
static bool read_more(const struct nft *n, struct buf *text)
{
	struct pollfd p = {.fd = n->answers, .events = POLLIN};
	char chunk[4096];
	ssize_t got;

	if (poll(&p, 1, ANSWER_MS) <= 0)
		return false;
	got = read(n->answers, chunk, sizeof(chunk));
	if (got > 0)
		buf_add(text, chunk, (size_t)got);
	return got > 0;
}

static int refused(const struct buf *text, struct err *err)
{
	struct slice rest = buf_slice(text), line = SLICE_NONE;

	slice_cut(&rest, '\n', &line);
	return err_set(err, ERR_SYSTEM, PLACE_NONE, "nft does not make the rules: %.*s",
		       line.n ? (int)line.n : 10, line.n ? line.p : "no answer.");
}

/* Done well, a command says nothing: the list of tables tells that it was done. */
static int command(const struct nft *n, const char *table, struct slice ruleset, struct err *err)
{
	struct buf text = BUF_INIT, line = BUF_INIT;
	bool made = false, more;
	int rc;

	buf_add_slice(&line, ruleset);
	buf_add_text(&line, "\nlist tables inet\n");
	more = write_all(n->commands, buf_slice(&line));
	buf_clear(&line);
	buf_addf(&line, "table inet %s\n", table);
	while (more && !made && !strstr(text.data, "Error")) {
		more = read_more(n, &text);
		made = !strstr(text.data, "Error") && strstr(text.data, line.data);
	}
	rc = made ? 0 : refused(&text, err);
	buf_release(&text);
	buf_release(&line);
	return rc;
}

int nft_start(struct nft **n, const char *table, struct slice ruleset, struct err *err)
{
	const char *program = find_program();
	int rc;

	*n = NULL;
	if (!program)
		return err_set(err, ERR_SYSTEM, PLACE_NONE,
			       "there is no nft program here: install nftables");
	*n = mem_new(1, sizeof(**n));
	rc = start_program(*n, program);
	if (rc)
		rc = err_set(err, ERR_SYSTEM, PLACE_NONE, "cannot run %s: %s", program,
			     strerror(rc));
	else
		rc = command(*n, table, ruleset, err);
	if (rc) {
		nft_free(*n);
		*n = NULL;
	}
	return rc;
}

void nft_free(struct nft *n)
{
	if (!n)
		return;
	if (n->commands)
		close(n->commands);
	if (n->answers)
		close(n->answers);
	if (n->pid > 0)
		while (waitpid(n->pid, NULL, 0) < 0 && errno == EINTR)
			;
	free(n);
}

bool nft_original_port(const struct sock *s, uint16_t *port)
{
	union sockaddr_any any = {0};
	socklen_t n = sizeof(any);
	struct addr a;

	if (getsockopt(s->fd, IPPROTO_IP, SO_ORIGINAL_DST, &any, &n) != 0) {
		n = sizeof(any);
		if (getsockopt(s->fd, IPPROTO_IPV6, IP6T_SO_ORIGINAL_DST, &any, &n) != 0)
			return false;
	}
	return sockaddr_read(&any.sa, &a, port);
}
