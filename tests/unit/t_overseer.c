/* SPDX-License-Identifier: ISC
 *
 * A first process and its workers: what is told, in which order, when it is signalled and when
 * workers die, cannot begin, or do not end.
 */
#include "sys/overseer.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/mem.h"
#include "sys/interrupt.h"
#include "test.h"

enum { PATIENCE_MS = 8000 };

/* What the test says to processes that run: in memory that all of them share. */
struct orders {
	volatile int refuse;	 /* the configuration cannot be read */
	volatile int dies;	 /* a worker dies before it is ready */
	volatile int slow_ms;	 /* until it is ready */
	volatile int holds;	 /* told to end, it still has something */
	volatile int configured; /* how often */
};

struct fixture {
	struct orders *orders;
	int words[2]; /* what is told: a word a datagram */
	pid_t pid;    /* of the first process */
};

static const struct broker_limits limits = {.user = BROKER_OWN};

/* --- the service ------------------------------------------------------------------------------ */

PRINTF(2, 3) static void word(struct fixture *f, const char *fmt, ...)
{
	char text[200];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (send(f->words[1], text, (size_t)n, MSG_NOSIGNAL) != n)
		_exit(99);
}

static int configure(void *ctx, void **config, struct err *err)
{
	struct fixture *f = ctx;
	int *number;

	if (f->orders->refuse)
		return err_set(err, ERR_DOCUMENT, PLACE_NONE, "not today");
	number = mem_new(1, sizeof(*number));
	*number = ++f->orders->configured;
	*config = number;
	return 0;
}

static void forget(void *ctx, void *config)
{
	word(ctx, "forgotten %d", *(int *)config);
	free(config);
}

static void retire(void *ctx, void *config)
{
	word(ctx, "retired %d", *(int *)config);
}

static const struct broker_limits *limits_of(void *config)
{
	(void)config;
	return &limits;
}

static void pass(int ms)
{
	poll(NULL, 0, ms);
}

/* A socket of the first process's, once: how the test sees that it answers. */
static void ask(struct fixture *f, int number, int broker)
{
	const struct stream_spec spec = {.to = {4, {127, 0, 0, 1}}};
	const char *call;
	int fd = broker_bind(broker, &spec, &call);

	word(f, fd >= 0 ? "answered %d" : "not answered %d", number);
	if (fd >= 0)
		close(fd);
}

static bool is_alone(int broker)
{
	struct pollfd p = {.fd = broker, .events = POLLIN};

	return poll(&p, 1, 0) == 1;
}

static int work(void *ctx, void *config, int broker, struct err *err)
{
	struct fixture *f = ctx;
	const int number = *(int *)config;
	const volatile int *interrupted = interrupt_catch();
	sigset_t none;

	if (f->orders->dies)
		return err_set(err, ERR_SYSTEM, PLACE_NONE, "dies");
	pass(f->orders->slow_ms);
	overseer_ready();
	word(f, "works %d as %d", number, (int)getpid());
	sigemptyset(&none);
	/* As the loop: signals come in only here. */
	for (bool asked = false; !is_alone(broker); asked |= f->orders->slow_ms > 0) {
		ppoll(NULL, 0, &(struct timespec){.tv_nsec = 20000000}, &none);
		if (*interrupted && !f->orders->holds)
			break;
		if (f->orders->slow_ms && !asked) {
			pass(300);
			ask(f, number, broker);
		}
	}
	word(f, is_alone(broker) ? "alone %d" : "ended %d", number);
	return 0;
}

static void say(void *ctx, const char *what, const char *detail)
{
	word(ctx, "%s: %s", what, detail);
}

static void ready(void *ctx, bool again)
{
	word(ctx, again ? "ready again" : "ready");
}

static void stopping(void *ctx)
{
	word(ctx, "stopping");
}

static void be_first(struct fixture *f)
{
	const struct overseer o = {.configure = configure,
				   .retire = retire,
				   .forget = forget,
				   .limits = limits_of,
				   .work = work,
				   .say = say,
				   .ready = ready,
				   .stopping = stopping,
				   .ctx = f};
	struct err err;

	close(f->words[0]);
	_exit(oversee(&o, &err) ? 3 : 0);
}

/* --- who watches it --------------------------------------------------------------------------- */

/* Tells the next word; false: none came, or all who could say one are gone. */
static bool hear(struct fixture *f, char text[200])
{
	struct pollfd p = {.fd = f->words[0], .events = POLLIN};
	ssize_t n;

	if (poll(&p, 1, PATIENCE_MS) != 1)
		return false;
	n = recv(f->words[0], text, 199, 0);
	text[n > 0 ? n : 0] = '\0';
	return n > 0;
}

/* The next words are these, in any order among processes: each must come before PATIENCE_MS. */
static void expect(struct fixture *f, const char *const *words)
{
	char text[200];
	size_t n = 0, left;
	bool came[8] = {false};

	while (words[n])
		n++;
	for (left = n; left; left--) {
		size_t i = 0;

		if (!hear(f, text))
			fail_msg("%zu words did not come, such as \"%s\"", left, words[n - 1]);
		while (i < n && (came[i] || strncmp(text, words[i], strlen(words[i])) != 0))
			i++;
		if (i == n)
			fail_msg("\"%s\" came, not \"%s\"", text, words[0]);
		came[i] = true;
	}
}
#define EXPECT(f, ...) expect(f, (const char *const[]){__VA_ARGS__, NULL})

static pid_t expect_worker(struct fixture *f, int number)
{
	char text[200];
	int got, pid;

	assert_true(hear(f, text));
	if (sscanf(text, "works %d as %d", &got, &pid) != 2 || got != number)
		fail_msg("\"%s\" came, not a worker %d", text, number);
	return pid;
}

static void prepare(struct fixture *f)
{
	*f = (struct fixture){.orders = mmap(NULL, sizeof(*f->orders), PROT_READ | PROT_WRITE,
					     MAP_SHARED | MAP_ANONYMOUS, -1, 0)};
	assert_true(f->orders != MAP_FAILED);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, f->words), 0);
}

static void start(struct fixture *f)
{
	f->pid = fork();
	assert_true(f->pid >= 0);
	if (!f->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0); /* a test that fails leaves none */
		be_first(f);
	}
	close(f->words[1]);
}

/* One worker, and it is ready: its id. */
static pid_t start_one(struct fixture *f)
{
	char text[2][200];
	int pid = 0, number;

	prepare(f);
	start(f);
	for (int i = 0; i < 2; i++) {
		assert_true(hear(f, text[i]));
		if (sscanf(text[i], "works %d as %d", &number, &pid) != 2)
			assert_string_equal(text[i], "ready");
	}
	assert_true(pid > 0);
	return pid;
}

/* The first process ends with `status`, and nobody has anything to say any more. */
static void finish(struct fixture *f, int status)
{
	struct pollfd p = {.fd = f->words[0], .events = POLLIN};
	char text[200];
	int got;

	assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
	if (hear(f, text))
		fail_msg("\"%s\" came, not the end", text);
	assert_int_equal(waitpid(f->pid, &got, 0), f->pid);
	assert_int_equal(got, status);
	close(f->words[0]);
	munmap(f->orders, sizeof(*f->orders));
}

static void begins_and_ends(void **state)
{
	struct fixture f;

	(void)state;
	start_one(&f);
	kill(f.pid, SIGTERM);
	EXPECT(&f, "stopping", "retired 1", "ended 1", "forgotten 1");
	finish(&f, 0);
}

static void does_not_begin(void **state)
{
	struct fixture f;

	(void)state;
	prepare(&f);
	f.orders->refuse = 1;
	start(&f);
	finish(&f, 3 << 8);

	prepare(&f);
	f.orders->dies = 1;
	start(&f);
	EXPECT(&f, "failed: dies", "retired 1", "forgotten 1");
	finish(&f, 3 << 8);
}

static void reads_again(void **state)
{
	struct fixture f;

	(void)state;
	start_one(&f);
	f.orders->holds = 1;
	kill(f.pid, SIGHUP);
	EXPECT(&f, "works 2", "retired 1", "read again", "ready again");
	f.orders->holds = 0;
	EXPECT(&f, "ended 1", "forgotten 1");
	kill(f.pid, SIGTERM);
	EXPECT(&f, "stopping", "retired 2", "ended 2", "forgotten 2");
	finish(&f, 0);
}

/* Neither a file that is wrong nor a worker that cannot begin ends what there is. */
static void stays_as_it_was(void **state)
{
	struct fixture f;

	(void)state;
	start_one(&f);
	f.orders->refuse = 1;
	kill(f.pid, SIGHUP);
	EXPECT(&f, "not read again: not today", "ready again");
	f.orders->refuse = 0;
	f.orders->dies = 1;
	kill(f.pid, SIGHUP);
	EXPECT(&f, "failed: dies", "retired 2", "forgotten 2",
	       "not read again: the worker could not begin", "ready again");
	kill(f.pid, SIGTERM);
	EXPECT(&f, "stopping", "retired 1", "ended 1", "forgotten 1");
	finish(&f, 0);
}

/* A worker has nothing to do with what the first one is told by a terminal that is gone. */
static void workers_do_not_hear_sighup(void **state)
{
	struct fixture f;
	pid_t worker = start_one(&f);

	(void)state;
	kill(worker, SIGHUP);
	pass(100);
	kill(f.pid, SIGTERM);
	EXPECT(&f, "stopping", "retired 1", "ended 1", "forgotten 1");
	finish(&f, 0);
}

static void replaces_the_dead(void **state)
{
	struct fixture f;
	pid_t worker = start_one(&f), next;

	(void)state;
	kill(worker, SIGKILL);
	EXPECT(&f, "worker died: signal 9");
	next = expect_worker(&f, 1);
	assert_int_not_equal(next, worker);
	/* And once more, where it cannot: that is said, and tried again. */
	f.orders->dies = 1;
	kill(next, SIGKILL);
	EXPECT(&f, "worker died: signal 9");
	EXPECT(&f, "failed: dies", "not replaced: the worker could not begin");
	f.orders->dies = 0;
	for (char text[200]; hear(&f, text) && strncmp(text, "works 1", 7) != 0;)
		;
	kill(f.pid, SIGTERM);
	EXPECT(&f, "stopping", "retired 1", "ended 1", "forgotten 1");
	finish(&f, 0);
}

/* Nobody is there who could end, and nobody is waited for. */
static void ends_without_a_worker(void **state)
{
	struct fixture f;
	pid_t worker = start_one(&f);

	(void)state;
	kill(worker, SIGKILL);
	EXPECT(&f, "worker died: signal 9");
	f.orders->dies = 1;
	kill(f.pid, SIGTERM);
	for (char text[200]; hear(&f, text) && strcmp(text, "forgotten 1") != 0;)
		;
	finish(&f, 0);
}

/* The first word to end leaves those their time that have had it before; the second does not. */
static void ends_once_and_at_once(void **state)
{
	struct fixture f;

	(void)state;
	start_one(&f);
	f.orders->holds = 1;
	kill(f.pid, SIGHUP);
	EXPECT(&f, "works 2", "retired 1", "read again", "ready again");
	kill(f.pid, SIGTERM);
	EXPECT(&f, "stopping", "retired 2");
	f.orders->holds = 0;
	EXPECT(&f, "ended 1", "ended 2", "forgotten 1", "forgotten 2");
	finish(&f, 0);

	start_one(&f);
	f.orders->holds = 1;
	kill(f.pid, SIGTERM);
	EXPECT(&f, "stopping", "retired 1");
	kill(f.pid, SIGTERM);
	EXPECT(&f, "forgotten 1");
	finish(&f, 0);
}

/* A worker that ends what it had, and dies of it: that is told. */
static void tells_how_the_old_one_died(void **state)
{
	struct fixture f;
	pid_t worker = start_one(&f);

	(void)state;
	f.orders->holds = 1;
	kill(f.pid, SIGHUP);
	EXPECT(&f, "works 2", "retired 1", "read again", "ready again");
	kill(worker, SIGKILL);
	EXPECT(&f, "worker died: signal 9", "forgotten 1");
	f.orders->holds = 0;
	kill(f.pid, SIGTERM);
	EXPECT(&f, "stopping", "retired 2", "ended 2", "forgotten 2");
	finish(&f, 0);
}

/* While the next worker begins, the old one gets its sockets. */
static void answers_meanwhile(void **state)
{
	struct fixture f;

	(void)state;
	start_one(&f);
	f.orders->slow_ms = 2500; /* longer than who asks waits */
	kill(f.pid, SIGHUP);
	EXPECT(&f, "answered 1");
	f.orders->slow_ms = 0;
	EXPECT(&f, "works 2", "retired 1", "read again", "ready again", "ended 1", "forgotten 1");
	kill(f.pid, SIGTERM);
	EXPECT(&f, "stopping", "retired 2", "ended 2", "forgotten 2");
	finish(&f, 0);
}

/* However the first process ends, its workers do not stay. */
static void ends_with_the_first(void **state)
{
	struct fixture f;

	(void)state;
	start_one(&f);
	kill(f.pid, SIGHUP);
	EXPECT(&f, "works 2", "retired 1", "read again", "ready again", "ended 1", "forgotten 1");
	kill(f.pid, SIGKILL);
	EXPECT(&f, "alone 2");
	finish(&f, SIGKILL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(begins_and_ends),
		cmocka_unit_test(does_not_begin),
		cmocka_unit_test(reads_again),
		cmocka_unit_test(stays_as_it_was),
		cmocka_unit_test(workers_do_not_hear_sighup),
		cmocka_unit_test(replaces_the_dead),
		cmocka_unit_test(ends_without_a_worker),
		cmocka_unit_test(ends_once_and_at_once),
		cmocka_unit_test(tells_how_the_old_one_died),
		cmocka_unit_test(answers_meanwhile),
		cmocka_unit_test(ends_with_the_first),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
