/* SPDX-License-Identifier: ISC
 *
 * The real loop, over sockets of the loopback and a pipe.
 */
#include "sys/loop.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sys/interrupt.h"
#include "test.h"

static const struct addr loopback = {.family = 4, .bytes = {127, 0, 0, 1}};

struct peer {
	struct sock sock; /* first: the address is the same */
	struct loop *loop;
	struct peer *other; /* closed by the first that is told */
	unsigned events, calls;
	int error;
};

static struct loop *new_loop(void)
{
	struct loop *l = NULL;
	struct err err;

	assert_int_equal(loop_new(&l, &err), 0);
	return l;
}

static void run_loop(struct loop *l)
{
	struct err err;

	assert_int_equal(loop_run(l, NULL, &err), 0);
	assert_int_equal(l->n_socks, 0);
}

/* A listener of the kernel's choice; a port where nobody listens is one that was closed again. */
static int listen_somewhere(uint16_t *port)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	socklen_t n = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &n), 0);
	*port = ntohs(a.sin_port);
	return fd;
}

static void note_and_close(struct sock *s, unsigned events)
{
	struct peer *p = (struct peer *)s;

	p->events = events;
	p->calls++;
	p->error = p->loop->ops->error(p->loop, s);
	p->loop->ops->close(p->loop, s, true);
}

static void open_peer(struct loop *l, struct peer *p, uint16_t port)
{
	const struct sock_spec spec = {.kind = SOCK_TCP, .to = loopback, .port = port};
	const char *call;

	p->loop = l;
	assert_int_equal(l->ops->open(l, &p->sock, &spec, &call), 0);
}

static void test_connect(void **state)
{
	struct peer open = {.sock.ready = note_and_close}, refused = {.sock.ready = note_and_close};
	struct loop *l = new_loop();
	uint16_t port;
	int fd = listen_somewhere(&port);

	(void)state;
	open_peer(l, &open, port);
	run_loop(l);
	close(fd);
	open_peer(l, &refused, port);
	run_loop(l);
	assert_int_equal(open.error, 0);
	assert_int_equal(open.events & (SOCK_WRITABLE | SOCK_ERROR), SOCK_WRITABLE);
	assert_int_equal(refused.error, ECONNREFUSED);
	assert_true(refused.events & SOCK_ERROR);
	loop_free(l);
}

static void test_errors_of_open(void **state)
{
	/* TEST-NET-1 is no address of ours; the families do not fit. */
	static const struct addr other = {.family = 4, .bytes = {192, 0, 2, 77}};
	static const struct addr six = {.family = 6, .bytes = {[15] = 1}};
	struct sock_spec spec = {.kind = SOCK_TCP, .to = loopback, .port = 9, .from = other};
	struct sock s = {0};
	struct loop *l = new_loop();
	const char *call = "";

	(void)state;
	assert_int_equal(l->ops->open(l, &s, &spec, &call), -EADDRNOTAVAIL);
	assert_string_equal(call, "bind");
	spec.from = six;
	assert_int_equal(l->ops->open(l, &s, &spec, &call), -EAFNOSUPPORT);
	assert_string_equal(call, "bind");
	assert_false(s.is_open);
	assert_int_equal(l->n_socks, 0);
	loop_free(l);
}

static void close_both(struct sock *s, unsigned events)
{
	struct peer *p = (struct peer *)s;

	(void)events;
	p->calls++;
	p->loop->ops->close(p->loop, s, true);
	p->loop->ops->close(p->loop, &p->other->sock, true);
	/* Were it told now, it would be told of something that is gone. */
	memset(p->other, 0xa5, sizeof(*p->other));
}

static void test_close_another_of_the_batch(void **state)
{
	struct peer a = {.sock.ready = close_both}, b = {.sock.ready = close_both};
	struct loop *l = new_loop();
	uint16_t port;
	int fd = listen_somewhere(&port);

	(void)state;
	a.other = &b;
	b.other = &a;
	open_peer(l, &a, port);
	open_peer(l, &b, port);
	usleep(20000); /* both are ready before the loop looks */
	run_loop(l);
	assert_true((a.calls == 1) != (b.calls == 1));
	close(fd);
	loop_free(l);
}

static void read_pipe(struct sock *s, unsigned events)
{
	struct peer *p = (struct peer *)s;
	char c;

	p->events = events;
	p->calls++;
	assert_int_equal(read(s->fd, &c, 1), 1);
	if (p->calls == 2)
		p->loop->ops->unwatch(p->loop, s);
}

static void test_watch(void **state)
{
	struct loop *l = new_loop();
	struct peer p = {.sock.ready = read_pipe, .loop = l};
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], "ab", 2), 2);
	assert_int_equal(l->ops->watch(l, &p.sock, fds[0], SOCK_READABLE), 0);
	run_loop(l);
	assert_int_equal(p.calls, 2);
	assert_int_equal(p.events, SOCK_READABLE);
	close(fds[0]); /* still ours */
	close(fds[1]);
	loop_free(l);
}

struct ticker {
	struct timer timer; /* first: the address is the same */
	struct loop *loop;
	int64_t fired_us;
	unsigned left;
};

static void tick(struct timer *t)
{
	struct ticker *x = (struct ticker *)t;

	x->fired_us = loop_now(x->loop).us;
	if (x->left-- > 1)
		timer_start(x->loop, t, mono_add_ms(loop_now(x->loop), 5));
}

static void test_timers(void **state)
{
	struct loop *l = new_loop();
	struct ticker a = {.timer.fire = tick, .loop = l, .left = 3},
		      never = {.timer.fire = tick, .loop = l, .left = 1};
	int64_t start_us = loop_now(l).us;

	(void)state;
	timer_start(l, &a.timer, mono_add_us(loop_now(l), 300));
	timer_start(l, &never.timer, mono_add_ms(loop_now(l), 2));
	timer_stop(l, &never.timer);
	timer_stop(l, &never.timer);
	run_loop(l);
	assert_int_equal(a.left, 0);
	assert_int_equal(never.left, 1);
	assert_true(a.fired_us - start_us >= 10300);
	loop_free(l);
}

static void send_signal(struct timer *t)
{
	(void)t;
	raise(SIGTERM);
}

/* A signal that comes before the loop waits is not lost, and ends the run at once. */
static void test_interrupted(void **state)
{
	const volatile int *came = interrupt_catch();
	struct loop *l = new_loop();
	struct timer first = {.fire = send_signal}, far = {.fire = send_signal};
	struct err err;

	(void)state;
	timer_start(l, &first, loop_now(l));
	timer_start(l, &far, mono_add_ms(loop_now(l), 60000));
	assert_int_equal(loop_run(l, came, &err), 0);
	assert_int_equal(*came, SIGTERM);
	timer_stop(l, &far);
	loop_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_connect),
		cmocka_unit_test(test_errors_of_open),
		cmocka_unit_test(test_close_another_of_the_batch),
		cmocka_unit_test(test_watch),
		cmocka_unit_test(test_timers),
		cmocka_unit_test(test_interrupted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
