/* SPDX-License-Identifier: ISC */
#include "sys/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"

enum { WORD_MAX = 16, ANSWER_MAX = 2048, UNDO_TRIES = 3, UNDO_PAUSE_S = 1, ANSWER_MS = 120000 };

struct guard {
	int channel; /* to that process */
	int signals;
	sigset_t mask_before;
};

/* What that process has. */
struct keeper {
	const struct guard_task *task;
	int listener, channel, signals;
	int64_t until_ms;
	struct buf said;
};

static int failed(struct err *err, const char *call)
{
	return err_set(err, ERR_SYSTEM, PLACE_NONE, "%s: %s", call, strerror(errno));
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* --- messages: a word there, a digit and a sentence back -------------------------------------- */

static void answer(int fd, enum guard_end how, const struct buf *said)
{
	char text[ANSWER_MAX + 1];
	size_t n = said->n < ANSWER_MAX ? said->n : ANSWER_MAX;

	text[0] = (char)('0' + how);
	memcpy(text + 1, said->data, n);
	(void)!send(fd, text, n + 1, MSG_NOSIGNAL);
}

/* False: it has gone without a word. */
static bool hear_answer(int fd, enum guard_end *how, struct buf *said)
{
	struct pollfd p = {fd, POLLIN, 0};
	char text[ANSWER_MAX + 1];
	ssize_t n;

	while ((n = poll(&p, 1, ANSWER_MS)) < 0 && errno == EINTR)
		;
	n = n > 0 ? recv(fd, text, sizeof(text), 0) : 0;
	if (n < 1 || text[0] < '0' || text[0] > '0' + GUARD_FAILED)
		return false;
	*how = (enum guard_end)(text[0] - '0');
	buf_clear(said);
	buf_add(said, text + 1, (size_t)n - 1);
	return true;
}

static bool address_of(const char *path, struct sockaddr_un *a)
{
	size_t n = strlen(path);

	*a = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (n >= sizeof(a->sun_path))
		return false;
	memcpy(a->sun_path, path, n + 1);
	return true;
}

static int open_listener(const char *path, int *fd, struct err *err)
{
	struct sockaddr_un a;

	unlink(path);
	*fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (*fd >= 0 && address_of(path, &a) &&
	    bind(*fd, (const struct sockaddr *)&a, sizeof(a)) == 0 && listen(*fd, 8) == 0)
		return 0;
	(void)failed(err, path);
	if (*fd >= 0)
		close(*fd);
	return -(int)err->class;
}

/* --- the process that keeps it ---------------------------------------------------------------- */

/* The terminal may go. */
static void stand_alone(void)
{
	int null = open("/dev/null", O_RDWR);

	setsid();
	for (int fd = 0; fd <= 2 && null >= 0; fd++)
		dup2(null, fd);
	if (null > 2)
		close(null);
}

static enum guard_end undo(struct keeper *k, const char *why)
{
	struct buf complaint = BUF_INIT;
	enum guard_end how = GUARD_FAILED;

	for (int i = 0; i < UNDO_TRIES && how == GUARD_FAILED; i++) {
		if (i)
			sleep(UNDO_PAUSE_S);
		buf_clear(&complaint);
		if (k->task->undo(k->task->ctx, &complaint) == 0)
			how = GUARD_UNDONE;
	}
	buf_clear(&k->said);
	buf_add_text(&k->said, why);
	buf_add_text(&k->said, how == GUARD_UNDONE ? ": the old rules are back"
						   : ": the old rules could NOT be put back: ");
	buf_add_slice(&k->said, buf_slice(&complaint));
	buf_release(&complaint);
	return how;
}

static enum guard_end keep(struct keeper *k)
{
	buf_clear(&k->said);
	buf_add_text(&k->said, "confirmed: the new rules stay");
	return GUARD_KEPT;
}

/* Nobody answers any more from here on, but this one. */
_Noreturn static void end(struct keeper *k, enum guard_end how, int to)
{
	unlink(k->task->path);
	k->task->end(k->task->ctx, how, k->said.data);
	if (to >= 0)
		answer(to, how, &k->said);
	if (k->channel >= 0 && k->channel != to)
		answer(k->channel, how, &k->said);
	_exit(0);
}

/* 'k', 'u', 'l'; 0: it ended. */
static char hear_word(int fd)
{
	char word[WORD_MAX];
	ssize_t n = recv(fd, word, sizeof(word), 0);

	return n > 0 ? word[0] : '\0';
}

/* The command that began it. */
static void serve_channel(struct keeper *k)
{
	switch (hear_word(k->channel)) {
	case 'k':
		end(k, keep(k), k->channel);
	case 'u':
		end(k, undo(k, "not confirmed"), k->channel);
	case 'l':
		close(k->channel);
		k->channel = -1;
		return;
	default:
		close(k->channel);
		k->channel = -1;
		end(k, undo(k, "the command that waited was ended"), -1);
	}
}

/* Only root comes here: by the folder that the socket is in. */
static void serve_other(struct keeper *k)
{
	int fd = accept4(k->listener, NULL, NULL, SOCK_CLOEXEC);
	struct pollfd p = {fd, POLLIN, 0};
	char word = fd >= 0 && poll(&p, 1, 1000) > 0 ? hear_word(fd) : '\0';

	if (word == 'k')
		end(k, keep(k), fd);
	if (word == 'u')
		end(k, undo(k, "told to undo it"), fd);
	if (fd >= 0)
		close(fd);
}

_Noreturn static void wait_for_word(struct keeper *k)
{
	for (;;) {
		struct pollfd fds[] = {
			{k->signals, POLLIN, 0}, {k->channel, POLLIN, 0}, {k->listener, POLLIN, 0}};
		int64_t left = k->until_ms - now_ms();

		if (left <= 0)
			end(k, undo(k, "not confirmed in time"), -1);
		if (poll(fds, ARRAY_LEN(fds), (int)left) <= 0)
			continue;
		if (fds[0].revents)
			end(k, undo(k, "ended by a signal"), -1);
		if (fds[1].revents)
			serve_channel(k);
		else if (fds[2].revents)
			serve_other(k);
	}
}

/* Signals stay blocked, also in the programs that it runs: nothing is interrupted half way. */
_Noreturn static void run_keeper(struct keeper *k)
{
	struct buf why = BUF_INIT;
	sigset_t term;

	stand_alone();
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	signal(SIGTERM, SIG_DFL); /* an ignored one would not be seen */
	k->signals = signalfd(-1, &term, SFD_CLOEXEC);
	if (k->task->do_it(k->task->ctx, &why) != 0) {
		enum guard_end how = undo(k, "not loaded");

		if (how == GUARD_UNDONE) {
			buf_clear(&k->said);
			buf_add_slice(&k->said, buf_slice(&why));
			buf_add_text(&k->said, "; the box is as it was");
		}
		end(k, how, k->channel);
	}
	answer(k->channel, GUARD_KEPT, &why);
	(void)!chdir("/"); /* the folder that the command was run in may be unmounted */
	k->until_ms = now_ms() + (int64_t)k->task->seconds * 1000;
	wait_for_word(k);
}

/* --- the command that begins it --------------------------------------------------------------- */

static void block_signals(struct guard *g)
{
	static const int all[] = {SIGHUP, SIGINT, SIGTERM, SIGQUIT};
	sigset_t mask;

	sigemptyset(&mask);
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		sigaddset(&mask, all[i]);
	sigprocmask(SIG_BLOCK, &mask, &g->mask_before);
	g->signals = signalfd(-1, &mask, SFD_CLOEXEC);
}

static int fork_keeper(struct guard *g, struct keeper *k, struct err *err)
{
	int ends[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		return failed(err, "socketpair");
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		k->channel = ends[1];
		run_keeper(k);
	}
	close(ends[1]);
	g->channel = ends[0];
	return pid < 0 ? failed(err, "fork") : 0;
}

static int hear_done(struct guard *g, struct err *err)
{
	struct buf said = BUF_INIT;
	enum guard_end how;
	int rc = 0;

	if (!hear_answer(g->channel, &how, &said))
		rc = err_set(err, ERR_SYSTEM, PLACE_NONE,
			     "the process that loads the rules has ended without a word");
	else if (how != GUARD_KEPT)
		rc = err_set(err, ERR_SYSTEM, PLACE_NONE, "%s", said.data);
	buf_release(&said);
	return rc;
}

int guard_start(struct guard **out, const struct guard_task *task, struct err *err)
{
	struct guard *g = mem_new(1, sizeof(*g));
	struct keeper k = {.task = task, .said = BUF_INIT};
	int rc;

	*g = (struct guard){.channel = -1, .signals = -1};
	block_signals(g);
	rc = open_listener(task->path, &k.listener, err);
	if (!rc) {
		rc = fork_keeper(g, &k, err);
		close(k.listener);
	}
	if (!rc)
		rc = hear_done(g, err);
	if (rc) {
		guard_free(g);
		g = NULL;
	}
	*out = g;
	return rc;
}

void guard_free(struct guard *g)
{
	if (!g)
		return;
	if (g->channel >= 0)
		close(g->channel);
	if (g->signals >= 0)
		close(g->signals);
	sigprocmask(SIG_SETMASK, &g->mask_before, NULL);
	free(g);
}

void guard_let_go(struct guard *g)
{
	(void)!send(g->channel, "leave", 5, MSG_NOSIGNAL);
}

/* "keep" or "undo", by what was typed. */
static const char *read_word(void)
{
	char line[256];
	ssize_t n = read(STDIN_FILENO, line, sizeof(line));

	if (n <= 0)
		return "undo";
	return line[0] == '\n' || line[0] == 'y' || line[0] == 'Y' ? "keep" : "undo";
}

/* Taken, so that it does not end this process when signals are let through again. */
static const char *take_signal(const struct guard *g)
{
	struct signalfd_siginfo info;

	(void)!read(g->signals, &info, sizeof(info));
	return "undo";
}

enum guard_end guard_attend(struct guard *g, struct buf *said)
{
	enum guard_end how = GUARD_FAILED;
	const char *word = NULL;

	tcflush(STDIN_FILENO, TCIFLUSH); /* what was typed before is no answer to this */
	while (!word) {
		struct pollfd fds[] = {{g->channel, POLLIN, 0},
				       {g->signals, POLLIN, 0},
				       {STDIN_FILENO, POLLIN, 0}};

		if (poll(fds, ARRAY_LEN(fds), -1) <= 0)
			continue;
		if (fds[0].revents)
			break;
		word = fds[1].revents ? take_signal(g) : fds[2].revents ? read_word() : NULL;
	}
	if (word)
		(void)!send(g->channel, word, strlen(word), MSG_NOSIGNAL);
	if (!hear_answer(g->channel, &how, said)) {
		buf_clear(said);
		buf_add_text(said, "the process that would put the old rules back is gone");
		how = GUARD_FAILED;
	}
	return how;
}

bool guard_tell(const char *path, const char *word, enum guard_end *how, struct buf *said)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	struct sockaddr_un a;
	bool told = fd >= 0 && address_of(path, &a) &&
		    connect(fd, (const struct sockaddr *)&a, sizeof(a)) == 0 &&
		    send(fd, word, strlen(word), MSG_NOSIGNAL) > 0 && hear_answer(fd, how, said);

	if (fd >= 0)
		close(fd);
	return told;
}

void guard_log(const char *sentence)
{
	openlog("portolan", LOG_PID, LOG_DAEMON);
	syslog(LOG_WARNING, "policy apply: %s", sentence);
	closelog();
}
