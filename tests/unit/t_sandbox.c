/* SPDX-License-Identifier: ISC
 *
 * What a process can and cannot do any more once it has entered; each in a process of its own.
 */
#include "sys/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/compiler.h"
#include "sys/broker.h"
#include "sys/loop.h"
#include "sys/stream.h"
#include "test.h"

static const struct addr loopback = {4, {127, 0, 0, 1}};

/* In the child: cmocka's own would look for the parent's place to go on. */
static void need(bool holds, const char *what, int line)
{
	if (holds)
		return;
	dprintf(2, "line %d: %s (%s)\n", line, what, strerror(errno));
	_exit(1);
}
#define NEED(holds) need(holds, #holds, __LINE__)

/* Enters and does it: the wait status. */
static int inside(void (*work)(void))
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		struct sandbox s = {0};
		struct err err = {0};
		int rc = sandbox_enter(&s, &err);

		if (rc)
			dprintf(2, "%s\n", err.text);
		NEED(rc == 0 && s.has_filter && geteuid() != 0);
		work();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void relay(void)
{
	struct stream_spec spec = {.at = loopback, .backlog = 8};
	struct pipe p;
	struct addr a;
	uint16_t port;
	const char *call;
	int listener, ours, theirs;

	listener = stream_listen(&spec, &call);
	NEED(listener >= 0);
	NEED(stream_local(listener, &a, &port));
	spec = (struct stream_spec){.to = loopback, .to_port = port};
	ours = stream_bind(&spec, &call);
	NEED(ours >= 0 && stream_dial(ours, &loopback, port) == 0);
	NEED(poll(&(struct pollfd){listener, POLLIN, 0}, 1, 5000) == 1);
	theirs = stream_accept(listener, &a, &port);
	NEED(theirs >= 0 && stream_dialled(theirs, &a, &port));
	stream_keepalive(theirs, 60);
	stream_urgent_inline(theirs);
	NEED(pipe_open(&p, 1 << 20) == 0);
	NEED(write(ours, "hello", 5) == 5);
	NEED(poll(&(struct pollfd){theirs, POLLIN, 0}, 1, 5000) == 1);
	NEED(pipe_fill(&p, theirs, 100) == 5);
	NEED(pipe_drain(&p, theirs, false) == 5);
	NEED(stream_shut(theirs) == 0);
	pipe_close(&p);
	stream_close(theirs, true);
	stream_close(ours, false);
}

/* The real loop waits, and its timers. */
static void fired(struct timer *t)
{
	(void)t;
}

static struct loop *loop;

static void run_loop(void)
{
	struct timer t = {.fire = fired};
	struct loop *l = loop;
	struct err err;
	void *p[100];

	timer_start(l, &t, mono_add_ms(loop_now(l), 3));
	NEED(loop_run(l, NULL, &err) == 0);
	NEED(l->ops->wall_ms(l) > 0);
	for (size_t i = 0; i < ARRAY_LEN(p); i++)
		NEED((p[i] = malloc(i << 14 | 1)) != NULL);
	for (size_t i = 0; i < ARRAY_LEN(p); i++)
		free(p[i]);
}

static void see_files(void)
{
	struct stat st;

	NEED(open("/etc/passwd", O_RDONLY) < 0);
	NEED(open("/etc", O_RDONLY | O_DIRECTORY) < 0);
	NEED(open("x", O_CREAT | O_WRONLY, 0600) < 0);
	NEED(mkdir("/x", 0700) < 0);
	NEED(unlink("/etc/passwd") < 0);
	NEED(fstat(2, &st) == 0);
}

static bool is_forbidden(long rc)
{
	return rc < 0 && (errno == EPERM || errno == ENOENT);
}

static void try_more(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{0}};
	char *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	NEED(is_forbidden(socket(AF_UNIX, SOCK_STREAM, 0)));
	NEED(is_forbidden(socket(AF_NETLINK, SOCK_RAW, 0)));
	NEED(is_forbidden(socket(AF_INET, SOCK_RAW, 1)));
	NEED(is_forbidden(socket(AF_PACKET, SOCK_DGRAM, 0)));
	NEED(is_forbidden(kill(getppid(), 0)));
	NEED(is_forbidden(setuid(0)));
	NEED(is_forbidden(syscall(SYS_capset, &header, data)));
	NEED(is_forbidden(syscall(SYS_memfd_create, "x", 0)));
	NEED(code != MAP_FAILED);
	NEED(is_forbidden(mprotect(code, 4096, PROT_READ | PROT_EXEC)));
	NEED(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
	     MAP_FAILED);
}

static void run_program(void)
{
	execl("/bin/true", "true", (char *)NULL);
}
static void start_process(void)
{
	syscall(SYS_fork);
}
static void leave_root(void)
{
	(void)!chroot("/");
}
static void abort_itself(void)
{
	abort();
}

static void works(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(inside(relay), 0);
	assert_int_equal(loop_new(&loop, &err), 0);
	assert_int_equal(inside(run_loop), 0);
	loop_free(loop);
}

static void hides(void **state)
{
	(void)state;
	assert_int_equal(inside(see_files), 0);
	assert_int_equal(inside(try_more), 0);
}

static void check_ended(void (*work)(void), int by)
{
	int status = inside(work);

	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), by);
}

static void ends(void **state)
{
	(void)state;
	check_ended(run_program, SIGSYS);
	check_ended(start_process, SIGSYS);
	check_ended(leave_root, SIGSYS);
	check_ended(abort_itself, SIGABRT);
}

/* Log files that were open go on; a broker opens what it could not. */
static int log_fd;
static int broker;

static void log_and_ask(void)
{
	const struct stream_spec spec = {.to = loopback};
	const char *call;
	int fd = broker_bind(broker, &spec, &call);

	NEED(write(log_fd, "line\n", 5) == 5);
	NEED(fd >= 0 && stream_dial(fd, &loopback, 1) != -EPERM);
}

static void keeps_what_is_open(void **state)
{
	char path[] = "/tmp/portolan-log-XXXXXX";
	static const struct broker_limits nothing = {.user = BROKER_OWN};
	int fds[2];
	pid_t pid;

	(void)state;
	log_fd = mkstemp(path);
	unlink(path);
	assert_int_equal(broker_pair(fds), 0);
	pid = fork();
	if (pid == 0) {
		struct pollfd p = {fds[0], POLLIN, 0};

		poll(&p, 1, 10000);
		_exit(!broker_serve(fds[0], &nothing));
	}
	broker = fds[1];
	assert_int_equal(inside(log_and_ask), 0);
	assert_int_equal(lseek(log_fd, 0, SEEK_END), 5);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	close(log_fd);
	close(fds[0]);
	close(fds[1]);
}

static void needs_a_user(void **state)
{
	struct sandbox s = {.user = "nobody-at-all"};
	struct err err;

	(void)state;
	assert_true(sandbox_enter(&s, &err) < 0);
	assert_non_null(strstr(err.text, "no user \"nobody-at-all\""));
	s.user = "root";
	assert_true(sandbox_enter(&s, &err) < 0);
	assert_non_null(strstr(err.text, "is root"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(works),	cmocka_unit_test(hides),
		cmocka_unit_test(ends),		cmocka_unit_test(keeps_what_is_open),
		cmocka_unit_test(needs_a_user),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
