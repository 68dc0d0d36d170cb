/* SPDX-License-Identifier: ISC
 *
 * A service manager that hears what it is told, and that hands over descriptors.
 */
#include "sys/notify.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/compiler.h"
#include "test.h"

static void check_heard(int fd, const char *want)
{
	char text[512];
	ssize_t n = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);

	assert_true(n >= 0);
	text[n] = '\0';
	assert_int_equal(strncmp(text, want, strlen(want)), 0);
	if (want[0] != 'R' || want[1] != 'E' || want[2] != 'L')
		assert_int_equal((size_t)n, strlen(want));
	else
		assert_true(strtoll(text + strlen(want), NULL, 10) > 0);
}

static void check_manager(const char *name)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	socklen_t n = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	memcpy(un.sun_path, name, strlen(name));
	if (name[0] == '@')
		un.sun_path[0] = '\0';
	assert_int_equal(bind(fd, (struct sockaddr *)&un, n), 0);
	setenv("NOTIFY_SOCKET", name, 1);
	notify("READY=1\nSTATUS=3 sessions");
	check_heard(fd, "READY=1\nSTATUS=3 sessions");
	notify_reloading();
	check_heard(fd, "RELOADING=1\nMONOTONIC_USEC=");
	close(fd);
	notify("STOPPING=1");
	unsetenv("NOTIFY_SOCKET");
}

static void tells(void **state)
{
	char folder[] = "/tmp/portolan-notify-XXXXXX", name[64];

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(name, sizeof(name), "%s/manager", folder);
	check_manager(name);
	unlink(name);
	rmdir(folder);
	snprintf(name, sizeof(name), "@portolan-notify-%d", (int)getpid());
	check_manager(name);
}

/* Nothing happens. */
static void tells_nobody(void **state)
{
	static const char *const rows[] = {"", "/", "@", "relative", "/nowhere/at/all"};
	char longer[200];

	(void)state;
	unsetenv("NOTIFY_SOCKET");
	notify("READY=1");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		setenv("NOTIFY_SOCKET", rows[i], 1);
		notify("READY=1");
	}
	memset(longer, 'x', sizeof(longer) - 1);
	longer[0] = '/';
	longer[sizeof(longer) - 1] = '\0';
	setenv("NOTIFY_SOCKET", longer, 1);
	notify("READY=1");
	unsetenv("NOTIFY_SOCKET");
}

/* In a process whose descriptors from 3 on are the ones that are meant: what it took. */
static int take_in_child(const char *count, bool is_meant, size_t max)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		int fds[8];
		char self[16];
		size_t n;

		snprintf(self, sizeof(self), "%d", is_meant ? (int)getpid() : 1);
		setenv("LISTEN_PID", self, 1);
		setenv("LISTEN_FDS", count, 1);
		for (int fd = 3; fd < 10; fd++)
			close(fd);
		dup2(0, 3);
		dup2(0, 4);
		n = notify_listeners(fds, max);
		for (size_t i = 0; i < n; i++)
			if (fds[i] != 3 + (int)i || !(fcntl(fds[i], F_GETFD) & FD_CLOEXEC))
				_exit(99);
		_exit(getenv("LISTEN_FDS") || getenv("LISTEN_PID") ? 98 : (int)n);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void takes_listeners(void **state)
{
	(void)state;
	assert_int_equal(take_in_child("2", true, 8), 2);
	assert_int_equal(take_in_child("2", true, 1), 1);
	assert_int_equal(take_in_child("7", true, 8), 2); /* only two are there */
	assert_int_equal(take_in_child("2", false, 8), 0);
	assert_int_equal(take_in_child("0", true, 8), 0);
	assert_int_equal(take_in_child("-1", true, 8), 0);
	assert_int_equal(take_in_child("2x", true, 8), 0);
	assert_int_equal(take_in_child("99999999999999999999", true, 8), 0);
	assert_int_equal(take_in_child("", true, 8), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells),
		cmocka_unit_test(tells_nobody),
		cmocka_unit_test(takes_listeners),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
