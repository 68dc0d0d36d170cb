/* SPDX-License-Identifier: ISC
 *
 * TCP descriptors and pipes, for real, over loopback.
 */
#include "sys/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/compiler.h"
#include "test.h"

static const struct addr loopback = {4, {127, 0, 0, 1}}, loopback6 = {6, {[15] = 1}};

static bool has_ipv6(void)
{
	const struct stream_spec spec = {.at = loopback6};
	const char *call;
	int fd = stream_listen(&spec, &call);

	if (fd >= 0)
		stream_close(fd, false);
	return fd >= 0;
}

static void wait_for(int fd, short events)
{
	struct pollfd p = {fd, events, 0};

	assert_int_equal(poll(&p, 1, 5000), 1);
}

static int option(int fd, int level, int name)
{
	int value = -1;
	socklen_t n = sizeof(value);

	assert_int_equal(getsockopt(fd, level, name, &value, &n), 0);
	return value;
}

static void check_flags(int fd)
{
	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
}

static int listen_on(const struct addr *at, uint16_t *port)
{
	const struct stream_spec spec = {.at = *at, .backlog = 8};
	const char *call;
	struct addr own;
	int fd = stream_listen(&spec, &call);

	assert_true(fd >= 0);
	check_flags(fd);
	assert_true(stream_local(fd, &own, port));
	assert_true(addr_equal(&own, at));
	return fd;
}

/* A connection: its two ends. */
struct ends {
	int ours, theirs;
};

static struct ends connect_to(int listener, const struct stream_spec *spec)
{
	const char *call;
	struct ends e = {.ours = stream_bind(spec, &call)};
	struct addr peer, own, dialled;
	uint16_t peer_port, own_port, dialled_port;

	assert_true(e.ours >= 0);
	check_flags(e.ours);
	assert_int_equal(stream_dial(e.ours, &spec->to, spec->to_port), 0);
	wait_for(listener, POLLIN);
	e.theirs = stream_accept(listener, &peer, &peer_port);
	assert_true(e.theirs >= 0);
	check_flags(e.theirs);
	assert_true(stream_local(e.ours, &own, &own_port));
	assert_true(addr_equal(&own, &peer));
	assert_int_equal(own_port, peer_port);
	assert_true(stream_dialled(e.theirs, &dialled, &dialled_port));
	assert_true(addr_equal(&dialled, &spec->to));
	assert_int_equal(dialled_port, spec->to_port);
	return e;
}

static struct ends connect_both(void)
{
	uint16_t port;
	int listener = listen_on(&loopback, &port);
	struct ends e =
		connect_to(listener, &(struct stream_spec){.to = loopback, .to_port = port});

	stream_close(listener, false);
	return e;
}

static void connects(void **state)
{
	const struct addr *const ends[] = {&loopback, &loopback6};

	(void)state;
	for (size_t i = 0; i < (has_ipv6() ? 2 : 1); i++) {
		uint16_t port, peer_port;
		struct addr peer;
		int listener = listen_on(ends[i], &port);
		struct stream_spec spec = {.to = *ends[i], .to_port = port};
		struct ends free_choice = connect_to(listener, &spec), from;

		spec.at = *ends[i];
		from = connect_to(listener, &spec);
		assert_int_equal(stream_accept(listener, &peer, &peer_port), -EAGAIN);
		stream_close(free_choice.ours, false);
		stream_close(free_choice.theirs, false);
		stream_close(from.ours, false);
		stream_close(from.theirs, false);
		stream_close(listener, false);
	}
}

/* Two from one port to two ends; a second to the same end is told. */
static void dials_from_one_port(void **state)
{
	uint16_t ports[2], own;
	struct addr a;
	int listeners[] = {listen_on(&loopback, &ports[0]), listen_on(&loopback, &ports[1])}, fd;
	struct stream_spec spec = {.at = loopback, .to = loopback, .to_port = ports[0]};
	struct ends first, second;
	const char *call;

	(void)state;
	first = connect_to(listeners[0], &spec);
	assert_true(stream_local(first.ours, &a, &own));
	spec.port = own;
	spec.to_port = ports[1];
	/* The first had its port from the kernel, which shares no port that it chose: by name. */
	stream_close(first.theirs, true);
	stream_close(first.ours, true);
	second = connect_to(listeners[1], &spec);
	spec.to_port = ports[0];
	first = connect_to(listeners[0], &spec);
	fd = stream_bind(&spec, &call);
	assert_true(fd >= 0);
	assert_int_equal(stream_dial(fd, &loopback, ports[0]), -EADDRNOTAVAIL);
	stream_close(fd, false);
	stream_close(first.ours, true);
	stream_close(first.theirs, true);
	stream_close(second.ours, true);
	stream_close(second.theirs, true);
	stream_close(listeners[0], false);
	stream_close(listeners[1], false);
}

static void refuses(void **state)
{
	uint16_t port;
	int listener = listen_on(&loopback, &port);
	struct stream_spec spec = {.at = loopback, .port = port};
	const char *call;

	(void)state;
	assert_int_equal(stream_listen(&spec, &call), -EADDRINUSE);
	assert_string_equal(call, "bind");
	spec.at = (struct addr){4, {192, 0, 2, 1}};
	assert_int_equal(stream_listen(&spec, &call), -EADDRNOTAVAIL);
	assert_string_equal(call, "bind");
	assert_int_equal(stream_bind(&spec, &call), -EADDRNOTAVAIL);
	stream_close(listener, false);
}

/* At an address that is nobody's here, where this process may. */
static void is_transparent(void **state)
{
	struct stream_spec specs[] = {
		{.at = {4, {192, 0, 2, 1}}, .transparent = true},
		{.at = {6, {0x20, 0x01, 0x0d, 0xb8, [15] = 1}}, .transparent = true}};
	const char *call;

	(void)state;
	for (size_t i = 0; i < (has_ipv6() ? 2 : 1); i++) {
		int fd = stream_listen(&specs[i], &call);
		struct addr own;
		uint16_t port;

		if (fd < 0) {
			assert_int_equal(fd, -EPERM);
			assert_string_equal(call, "setsockopt");
			continue;
		}
		assert_true(stream_local(fd, &own, &port));
		assert_true(addr_equal(&own, &specs[i].at));
		stream_close(fd, false);
		fd = stream_bind(&specs[i], &call);
		assert_true(fd >= 0);
		stream_close(fd, false);
	}
}

static void ends(void **state)
{
	struct ends e = connect_both();
	char c;

	(void)state;
	assert_int_equal(stream_shut(e.ours), 0);
	wait_for(e.theirs, POLLIN);
	assert_int_equal(read(e.theirs, &c, 1), 0);
	assert_int_equal(write(e.theirs, "x", 1), 1);
	wait_for(e.ours, POLLIN);
	assert_int_equal(read(e.ours, &c, 1), 1);
	stream_close(e.ours, false);
	stream_close(e.theirs, false);

	e = connect_both();
	stream_close(e.ours, true);
	wait_for(e.theirs, POLLIN);
	assert_int_equal(read(e.theirs, &c, 1), -1);
	assert_int_equal(errno, ECONNRESET);
	stream_close(e.theirs, false);
}

static void has_options(void **state)
{
	struct ends e = connect_both();
	char bytes[4] = "";

	(void)state;
	stream_keepalive(e.ours, 120);
	assert_int_equal(option(e.ours, SOL_SOCKET, SO_KEEPALIVE), 1);
	assert_int_equal(option(e.ours, IPPROTO_TCP, TCP_KEEPIDLE), 120);
	assert_int_equal(option(e.ours, IPPROTO_TCP, TCP_KEEPCNT), 6);
	stream_no_delay(e.ours);
	assert_int_equal(option(e.ours, IPPROTO_TCP, TCP_NODELAY), 1);
	stream_urgent_inline(e.theirs);
	assert_int_equal(send(e.ours, "a", 1, 0), 1);
	assert_int_equal(send(e.ours, "\xf2", 1, MSG_OOB), 1);
	assert_int_equal(send(e.ours, "b", 1, 0), 1);
	for (size_t n = 0; n < 3;) {
		ssize_t got;

		wait_for(e.theirs, POLLIN);
		got = read(e.theirs, bytes + n, sizeof(bytes) - n);
		assert_true(got > 0);
		n += (size_t)got;
	}
	assert_memory_equal(bytes,
			    "a\xf2"
			    "b",
			    3);
	stream_close(e.ours, false);
	stream_close(e.theirs, false);
}

/* --- pipes ------------------------------------------------------------------------------------ */

static void opens_pipes(void **state)
{
	struct pipe p;

	(void)state;
	assert_int_equal(pipe_open(&p, 65536), 0);
	check_flags(p.r);
	check_flags(p.w);
	assert_true(p.size >= 4096);
	pipe_close(&p);
	pipe_close(&p);
	/* Perhaps more than this user gets: what is had is told. */
	assert_int_equal(pipe_open(&p, 8 << 20), 0);
	assert_int_equal(p.size, fcntl(p.w, F_GETPIPE_SZ));
	pipe_close(&p);
}

/* As much as fits: the number of bytes. */
static size_t stuff(int fd, size_t max)
{
	char bytes[8192];
	size_t n = 0;

	memset(bytes, 'x', sizeof(bytes));
	while (n < max) {
		ssize_t put = write(fd, bytes, sizeof(bytes) < max - n ? sizeof(bytes) : max - n);

		if (put < 0)
			break;
		n += (size_t)put;
	}
	return n;
}

static void fill(struct pipe *p, int from)
{
	size_t before = p->held;
	ssize_t n;

	wait_for(from, POLLIN);
	n = pipe_fill(p, from, 1 << 20);
	assert_true(n > 0);
	assert_int_equal(p->held, before + (size_t)n);
}

static size_t take(int fd)
{
	char bytes[8192];
	size_t n = 0;
	ssize_t got;

	while ((got = read(fd, bytes, sizeof(bytes))) > 0)
		n += (size_t)got;
	return n;
}

static void relays(void **state)
{
	struct ends in = connect_both(), out = connect_both();
	struct pipe p;
	size_t sent, taken = 0, put = 0;

	(void)state;
	assert_int_equal(pipe_open(&p, 65536), 0);
	assert_int_equal(pipe_fill(&p, in.theirs, 4096), -EAGAIN);
	sent = stuff(in.ours, 200000);
	stream_shut(in.ours);
	while (put < sent) {
		ssize_t n;

		if (!p.held)
			fill(&p, in.theirs);
		n = pipe_drain(&p, out.ours, put + p.held < sent);
		assert_true(n > 0 || n == -EAGAIN);
		put += n > 0 ? (size_t)n : 0;
		taken += take(out.theirs);
	}
	while (taken < sent) {
		wait_for(out.theirs, POLLIN);
		taken += take(out.theirs);
	}
	assert_int_equal(taken, sent);
	assert_int_equal(p.held, 0);
	assert_int_equal(pipe_fill(&p, in.theirs, 4096), 0);
	stream_close(in.ours, false);
	stream_close(in.theirs, false);
	/* One that does not read any more, and is gone. */
	stream_close(out.theirs, true);
	in = connect_both();
	assert_true(stuff(in.ours, 10) == 10);
	fill(&p, in.theirs);
	assert_true(pipe_drain(&p, out.ours, false) < 0);
	assert_int_equal(p.held, 10);
	stream_close(out.ours, false);
	stream_close(in.ours, false);
	stream_close(in.theirs, false);
	pipe_close(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(connects),    cmocka_unit_test(dials_from_one_port),
		cmocka_unit_test(refuses),     cmocka_unit_test(is_transparent),
		cmocka_unit_test(ends),	       cmocka_unit_test(has_options),
		cmocka_unit_test(opens_pipes), cmocka_unit_test(relays),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
