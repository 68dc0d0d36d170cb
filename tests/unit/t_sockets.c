/* SPDX-License-Identifier: ISC
 *
 * What the kernel, /proc and dpkg say of who listens, as texts and messages; and this process's own
 * socket, for real.
 */
#include "sys/sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/inet_diag.h>
#include <linux/rtnetlink.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/compiler.h"
#include "sys/packages.h"
#include "sys/processes.h"
#include "test.h"

/* --- sock_diag -------------------------------------------------------------------------------- */

struct message {
	struct inet_diag_msg head;
	struct rtattr only_head;
	char only[4];
};

static struct message message_of(uint8_t family, const char *address, uint16_t port, int only)
{
	struct message m = {.head = {.idiag_family = family,
				     .idiag_uid = 1000,
				     .idiag_inode = 4711,
				     .id = {.idiag_sport = htons(port), .idiag_if = 3}}};

	assert_int_equal(inet_pton(family, address, m.head.id.idiag_src), 1);
	m.only_head = (struct rtattr){.rta_len = sizeof(struct rtattr) + 1,
				      .rta_type = INET_DIAG_SKV6ONLY};
	m.only[0] = (char)only;
	return m;
}

static void reads_messages(void **state)
{
	static const struct {
		uint8_t family;
		const char *address;
		int only;
		size_t cut;
		const char *at;
		enum dual_stack dual;
	} rows[] = {
		{AF_INET, "0.0.0.0", 0, 0, "0.0.0.0", DUAL_NO},
		{AF_INET, "192.0.2.1", 0, 0, "192.0.2.1", DUAL_NO},
		{AF_INET6, "::", 0, 0, "::", DUAL_YES},
		{AF_INET6, "::", 1, 0, "::", DUAL_NO},
		{AF_INET6, "::", 0, 8, "::", DUAL_UNTOLD}, /* the kernel did not say */
		{AF_INET6, "::", 0, 4, "::", DUAL_UNTOLD}, /* nor half of it */
		{AF_INET6, "::1", 0, 0, "::1", DUAL_NO},
		{AF_INET6, "::ffff:192.0.2.1", 0, 0, "192.0.2.1", DUAL_NO},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct message m = message_of(rows[i].family, rows[i].address, 443, rows[i].only);
		struct socket_listener s;
		char text[ADDR_TEXT_MAX];

		assert_true(socket_listener_parse(&m, sizeof(m) - rows[i].cut, true, &s));
		assert_string_equal(addr_text(&s.at, text), rows[i].at);
		assert_int_equal(s.dual, rows[i].dual);
		assert_int_equal(s.port, 443);
		assert_true(s.is_udp);
		assert_int_equal(s.user, 1000);
		assert_int_equal(s.link, 3);
		assert_int_equal(s.inode, 4711);
	}
}

static void refuses_messages(void **state)
{
	struct message m = message_of(AF_INET, "192.0.2.1", 443, 0);
	struct socket_listener s;

	(void)state;
	for (size_t n = 0; n < sizeof(m.head); n++)
		assert_false(socket_listener_parse(&m, n, false, &s));
	m.head.idiag_family = AF_UNIX;
	assert_false(socket_listener_parse(&m, sizeof(m), false, &s));
}

/* --- /proc ------------------------------------------------------------------------------------ */

static void reads_units(void **state)
{
	static const char *const rows[][2] = {
		{"0::/system.slice/ssh.service\n", "ssh.service"},
		{"0::/system.slice/ssh.service/worker\n", "ssh.service"},
		{"0::/user.slice/user-1000.slice/user@1000.service/app.slice/web.service\n",
		 "web.service"},
		{"0::/system.slice/docker-0a1b.scope\n", "docker-0a1b.scope"},
		{"12:memory:/system.slice/other.service\n1:name=systemd:/system.slice/"
		 "cron.service\n"
		 "0::/\n",
		 "cron.service"},
		{"0::/\n", ""},
		{"0::/user.slice\n", ""},
		{"0::/.service\n", ""},
		{"", ""},
		{"nonsense\n::\n0:\n", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_slice(rows[i][0], process_parse_unit(slice_of(rows[i][0])),
			    slice_of(rows[i][1]));
}

static void reads_links(void **state)
{
	uint64_t inode;

	(void)state;
	assert_true(process_parse_socket(SLICE("socket:[4711]"), &inode));
	assert_int_equal(inode, 4711);
	assert_false(process_parse_socket(SLICE("socket:[4711"), &inode));
	assert_false(process_parse_socket(SLICE("socket:["), &inode));
	assert_false(process_parse_socket(SLICE("socket:[]"), &inode));
	assert_false(process_parse_socket(SLICE("pipe:[4711]"), &inode));
	assert_false(process_parse_socket(SLICE(""), &inode));
}

static void finds_holders(void **state)
{
	struct socket_holder items[] = {{7, 10}, {9, 11}, {9, 12}, {9, 30}, {12, 4}};
	struct socket_holders h = {.items = items, .n = ARRAY_LEN(items)};
	size_t n;

	(void)state;
	assert_int_equal(socket_holder_find(&h, 9, &n)->process, 11);
	assert_int_equal(n, 3);
	assert_int_equal(socket_holder_find(&h, 12, &n)->process, 4);
	assert_null(socket_holder_find(&h, 8, &n));
	assert_null(socket_holder_find(&h, 13, &n));
	assert_null(socket_holder_find(&h, 0, &n));
}

/* --- dpkg ------------------------------------------------------------------------------------- */

static void finds_packages(void **state)
{
	static const struct {
		const char *path, *package;
	} rows[] = {
		{"/usr/sbin/sshd", "ssh"},
		{"/sbin/sshd", "ssh"},
		{"/usr/bin/nc", "nc"},
		{"/bin/nc", "nc"},
		{"/usr/sbin", "ssh"},
		{"/usr/sbin/ssh", NULL},
		{"/opt/sshd", NULL},
		{"", NULL},
		{NULL, NULL},
	};
	struct package_search s[ARRAY_LEN(rows)];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		s[i] = (struct package_search){rows[i].path, NULL};
	assert_int_equal(package_list_match(SLICE("/.\n/usr\n/usr/sbin\n/usr/sbin/sshd\n"), "ssh",
					    s, ARRAY_LEN(s)),
			 3);
	/* The first one keeps it. */
	assert_int_equal(
		package_list_match(SLICE("/bin/nc\n/usr/sbin/sshd"), "nc", s, ARRAY_LEN(s)), 2);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (rows[i].package)
			assert_string_equal(s[i].package, rows[i].package);
		else
			assert_null(s[i].package);
	}
}

/* --- this process ----------------------------------------------------------------------------- */

static const struct socket_listener *find(const struct socket_listeners *l, uint16_t port)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->items[i].port == port && !l->items[i].is_udp)
			return &l->items[i];
	fail_msg("nothing listens on %u", port);
	return NULL;
}

/* On loopback, on a port of its own, which it returns. */
static int listen_somewhere(uint16_t *port)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t size = sizeof(in);

	assert_int_equal(bind(fd, (struct sockaddr *)&in, sizeof(in)), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&in, &size), 0);
	*port = ntohs(in.sin_port);
	return fd;
}

static void check_itself(bool by_proc)
{
	struct arena *arena = arena_new();
	struct socket_listeners l = {0};
	struct socket_holders h = {0};
	const struct socket_holder *holder;
	uint16_t port;
	int fd = listen_somewhere(&port);
	struct process p;
	struct err err;
	size_t n;

	assert_int_equal(socket_listeners_read(&l, &err), 0);
	assert_int_equal(l.by_proc, by_proc);
	assert_int_equal(socket_holders_read(&h, &err), 0);
	assert_int_equal(find(&l, port)->user, geteuid());
	holder = socket_holder_find(&h, find(&l, port)->inode, &n);
	assert_non_null(holder);
	assert_int_equal(holder->process, getpid());
	process_read(holder->process, arena, &p);
	assert_string_equal(p.name, "t_sockets");
	assert_non_null(strstr(p.program, "t_sockets"));
	assert_false(p.is_replaced || p.is_elsewhere);
	assert_int_equal(p.user, geteuid());
	socket_listeners_release(&l);
	socket_holders_release(&h);
	arena_free(arena);
	close(fd);
}

static void finds_itself(void **state)
{
	(void)state;
	check_itself(false);
}

/* For good: the last test. */
static void forbid_netlink(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_NETLINK, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAFNOSUPPORT),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {ARRAY_LEN(code), code};

	assert_int_equal(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	assert_int_equal(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

static void finds_itself_by_proc(void **state)
{
	(void)state;
	forbid_netlink();
	check_itself(true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_messages), cmocka_unit_test(refuses_messages),
		cmocka_unit_test(reads_units),	  cmocka_unit_test(reads_links),
		cmocka_unit_test(finds_holders),  cmocka_unit_test(finds_packages),
		cmocka_unit_test(finds_itself),	  cmocka_unit_test(finds_itself_by_proc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
