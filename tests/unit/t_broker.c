/* SPDX-License-Identifier: ISC
 *
 * What a worker may ask for, and a broker in another process that gives it.
 */
#include "sys/broker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/compiler.h"
#include "test.h"

static const struct addr loopback = {4, {127, 0, 0, 1}};
static const struct broker_limits limits = {.listen = {{41000, 41099}, {42000, 42000}},
					    .user = BROKER_OWN};
static const struct broker_limits generous = {.listen = {{41000, 41099}, {42000, 42000}},
					      .port_20 = true,
					      .transparent = true,
					      .user = BROKER_OWN};

/* Serves until nobody is there, or nonsense comes. */
static pid_t start_broker(int *b, const struct broker_limits *l)
{
	int fds[2];
	pid_t pid;

	assert_int_equal(broker_pair(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct pollfd p = {fds[0], POLLIN, 0};

		close(fds[1]);
		while (poll(&p, 1, 10000) == 1 && broker_serve(fds[0], l))
			;
		_exit(0);
	}
	close(fds[0]);
	*b = fds[1];
	return pid;
}

static void end_broker(int b, pid_t pid)
{
	int status;

	close(b);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void has_limits(void **state)
{
	static const struct {
		bool listens;
		uint16_t port;
		bool transparent, by_limits, by_generous;
	} rows[] = {
		{true, 40999, false, false, false}, {true, 41100, false, false, false},
		{true, 20, false, false, false},    {true, 0, false, false, false},
		{true, 41000, true, false, true},   {false, 0, false, true, true},
		{false, 20, false, false, true},    {false, 0, true, false, true},
		{false, 22, false, false, false},   {false, 1023, true, false, false},
	};
	int some, more;
	pid_t pids[] = {start_broker(&some, &limits), start_broker(&more, &generous)};
	const char *call;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct stream_spec spec = {.at = loopback,
						 .port = rows[i].port,
						 .to = loopback,
						 .transparent = rows[i].transparent};
		int fds[] = {rows[i].listens ? broker_listen(some, &spec, &call)
					     : broker_bind(some, &spec, &call),
			     rows[i].listens ? broker_listen(more, &spec, &call)
					     : broker_bind(more, &spec, &call)};

		/* What is within the limits may still fail, but not by them. */
		assert_int_equal(fds[0] != -EPERM, rows[i].by_limits);
		if (geteuid() == 0 || !rows[i].by_generous)
			assert_int_equal(fds[1] != -EPERM, rows[i].by_generous);
		for (size_t k = 0; k < 2; k++)
			if (fds[k] >= 0)
				close(fds[k]);
	}
	end_broker(more, pids[1]); /* it has inherited the other's end */
	end_broker(some, pids[0]);
}

static void opens(void **state)
{
	int b;
	pid_t pid = start_broker(&b, &limits);
	struct stream_spec spec = {.at = loopback, .backlog = 8};
	struct addr own;
	const char *call;
	uint16_t port = 0;
	int fd = -1, from;

	(void)state;
	/* The first that is free. */
	for (spec.port = 41000; fd < 0 && spec.port <= 41099; spec.port++)
		fd = broker_listen(b, &spec, &call);
	assert_true(fd >= 0);
	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	assert_true(stream_local(fd, &own, &port));
	assert_true(addr_equal(&own, &loopback));
	spec.port = port;
	assert_int_equal(broker_listen(b, &spec, &call), -EADDRINUSE);
	assert_string_equal(call, "bind");
	spec.port = 40000;
	assert_int_equal(broker_listen(b, &spec, &call), -EPERM);
	assert_string_equal(call, "ask");

	spec = (struct stream_spec){.to = loopback, .to_port = port};
	from = broker_bind(b, &spec, &call);
	assert_true(from >= 0);
	assert_int_equal(stream_dial(from, &loopback, port), 0);
	stream_close(from, true);
	stream_close(fd, false);
	end_broker(b, pid);
}

static void survives_without_numbers(void **state)
{
	int b;
	pid_t pid = start_broker(&b, &limits);
	const struct stream_spec spec = {.to = loopback};
	struct rlimit before, now;
	const char *call;
	int fd;

	(void)state;
	getrlimit(RLIMIT_NOFILE, &before);
	now = before;
	fd = dup(0);
	close(fd);
	now.rlim_cur = (rlim_t)fd;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &now), 0);
	assert_int_equal(broker_bind(b, &spec, &call), -EMFILE);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	fd = broker_bind(b, &spec, &call);
	assert_true(fd >= 0);
	close(fd);
	end_broker(b, pid);
}

static void ends_nonsense(void **state)
{
	int b;
	pid_t pid = start_broker(&b, &generous);
	const struct stream_spec spec = {.to = loopback};
	const char *call;
	char bytes[4096] = {0};

	(void)state;
	assert_int_equal(send(b, bytes, sizeof(bytes), 0), sizeof(bytes));
	/* It may be gone before the question, or after. */
	assert_int_equal(broker_bind(b, &spec, &call), -EPIPE);
	end_broker(b, pid);
}

/* An answer that came too late is not taken for that of the next question. */
static void waits_a_second(void **state)
{
	const struct stream_spec spec = {.at = loopback, .port = 41000};
	const struct stream_spec outside = {.at = loopback, .port = 1};
	const struct stream_spec from = {.to = loopback};
	const char *call;
	int b;
	int fds[2], status;
	pid_t pid;

	(void)state;
	assert_int_equal(broker_pair(fds), 0);
	b = fds[1];
	assert_int_equal(broker_listen(b, &spec, &call), -EPIPE);
	assert_true(broker_serve(fds[0], &generous));
	pid = fork();
	if (pid == 0) {
		struct pollfd p = {fds[0], POLLIN, 0};

		poll(&p, 1, 10000);
		_exit(!broker_serve(fds[0], &generous));
	}
	/* The first answer has a descriptor, or says that the port is in use. */
	assert_int_equal(broker_listen(b, &outside, &call), -EPERM);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	/* One more that nobody waits for: it is no sign of the end. */
	assert_int_equal(broker_bind(b, &from, &call), -EPIPE);
	assert_true(broker_serve(fds[0], &generous));
	assert_false(broker_is_gone(b));
	assert_true(broker_serve(fds[0], &generous)); /* nothing is there */
	close(fds[0]);
	assert_true(broker_is_gone(b));
	close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_limits),

		cmocka_unit_test(opens),	 cmocka_unit_test(survives_without_numbers),
		cmocka_unit_test(ends_nonsense), cmocka_unit_test(waits_a_second),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
