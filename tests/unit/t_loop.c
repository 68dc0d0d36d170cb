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

static void note_and_give_back(struct sock *s, unsigned events)
{
	struct peer *p = (struct peer *)s;

	p->events = events;
	p->calls++;
	p->error = p->loop->ops->error(p->loop, s);
	p->loop->ops->close(p->loop, s, false);
}

/* What was refused may be used again by the loop; nobody can tell. */
static void test_refused_again(void **state)
{
	struct peer p[4] = {0};
	struct icmp_error none;
	struct loop *l = new_loop();
	uint16_t port, closed;
	int fd = listen_somewhere(&port), gone = listen_somewhere(&closed), first;

	(void)state;
	close(gone);
	for (int i = 0; i < 4; i++)
		p[i].sock.ready = i == 2 ? note_and_close : note_and_give_back;
	open_peer(l, &p[0], closed);
	first = p[0].sock.fd;
	run_loop(l);
	assert_int_equal(p[0].error, ECONNREFUSED);
	open_peer(l, &p[1], closed);
	assert_int_equal(p[1].sock.fd, first);
	run_loop(l);
	assert_int_equal(p[1].error, ECONNREFUSED);
	open_peer(l, &p[2], port);
	assert_int_equal(p[2].sock.fd, first);
	assert_false(l->ops->icmp(l, &p[2].sock, &none));
	run_loop(l);
	assert_int_equal(p[2].error, 0);
	assert_int_equal(p[2].events & (SOCK_WRITABLE | SOCK_ERROR), SOCK_WRITABLE);
	/* It was open: closed for good, and the next one is new. */
	open_peer(l, &p[3], closed);
	assert_int_equal(p[3].calls, 0);
	run_loop(l);
	assert_int_equal(p[3].error, ECONNREFUSED);
	close(fd);
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

/* Both ends of a conversation, each step of it waited for: what came, and then nothing more. */
struct end {
	struct sock sock; /* first: the address is the same */
	struct loop *loop;
};

static void end_ready(struct sock *s, unsigned events)
{
	struct end *e = (struct end *)s;

	e->loop->ops->want(e->loop, s, 0);
	loop_stop(e->loop);
	assert_false(events & SOCK_ERROR);
}

static void wait_for(struct end *e, unsigned events)
{
	struct err err;

	e->sock.ready = end_ready;
	e->loop->ops->want(e->loop, &e->sock, events);
	assert_int_equal(loop_run(e->loop, NULL, &err), 0);
}

static void listen_at(struct loop *l, struct end *e, enum sock_kind kind, struct addr at,
		      uint16_t *port)
{
	const struct listen_spec spec = {.kind = kind, .at = at};
	const char *call;
	struct addr a;

	*e = (struct end){.loop = l};
	assert_int_equal(l->ops->listen(l, &e->sock, &spec, &call), 0);
	l->ops->want(l, &e->sock, 0);
	assert_true(l->ops->local_addr(l, &e->sock, &a, port));
	assert_true(addr_equal(&a, &at));
	assert_int_not_equal(*port, 0);
}

static void open_end(struct loop *l, struct end *e, const struct sock_spec *spec)
{
	const char *call;

	*e = (struct end){.loop = l};
	assert_int_equal(l->ops->open(l, &e->sock, spec, &call), 0);
	wait_for(e, SOCK_WRITABLE);
}

static void close_end(struct end *e)
{
	e->loop->ops->close(e->loop, &e->sock, true);
}

static const struct addr any4 = {.family = 4}, any6 = {.family = 6},
			 loopback6 = {.family = 6, .bytes = {[15] = 1}};

static void check_accept(const struct addr *at, const struct addr *to)
{
	struct loop *l = new_loop();
	struct end listener, here, there = {.loop = l};
	struct sock_spec spec = {.kind = SOCK_TCP, .to = *to};
	struct addr peer, a;
	uint16_t port, here_port;
	char bytes[8];

	listen_at(l, &listener, SOCK_TCP, *at, &spec.port);
	assert_int_equal(l->ops->accept(l, &listener.sock, &there.sock, &peer, &port), -EAGAIN);
	open_end(l, &here, &spec);
	wait_for(&listener, SOCK_READABLE);
	assert_int_equal(l->ops->accept(l, &listener.sock, &there.sock, &peer, &port), 0);
	assert_true(there.sock.is_open);
	assert_int_equal(there.sock.wanted, SOCK_READABLE);
	assert_true(l->ops->local_addr(l, &here.sock, &a, &here_port));
	assert_true(addr_equal(&peer, &a));
	assert_int_equal(port, here_port);
	assert_int_equal(l->ops->send(l, &here.sock, "hello", 5), 5);
	wait_for(&there, SOCK_READABLE);
	assert_int_equal(l->ops->recv(l, &there.sock, bytes, sizeof(bytes)), 5);
	close_end(&there);
	close_end(&here);
	close_end(&listener);
	loop_free(l);
}

static void test_accept(void **state)
{
	(void)state;
	check_accept(&any4, &loopback);
	check_accept(&loopback, &loopback);
	check_accept(&any6, &loopback6);
}

/* Who closes with a reset as soon as it is connected was there, or was never there. */
static void check_seen(bool is_unseen, const struct addr *at, int accepted)
{
	struct peer p = {.sock.ready = note_and_close, .loop = new_loop()};
	struct sock_spec spec = {.kind = SOCK_TCP, .to = *at, .is_unseen = is_unseen};
	struct end listener, there;
	struct addr from;
	uint16_t port;
	const char *call;

	listen_at(p.loop, &listener, SOCK_TCP, *at, &spec.port);
	assert_int_equal(p.loop->ops->open(p.loop, &p.sock, &spec, &call), 0);
	for (int i = 0; i < 100 && !p.calls; i++)
		p.loop->ops->wait(p.loop, mono_add_ms(loop_now(p.loop), 50), NULL);
	assert_int_equal(p.events & (SOCK_WRITABLE | SOCK_ERROR), SOCK_WRITABLE);
	there = (struct end){.loop = p.loop};
	assert_int_equal(p.loop->ops->accept(p.loop, &listener.sock, &there.sock, &from, &port),
			 accepted);
	if (there.sock.is_open)
		close_end(&there);
	close_end(&listener);
	loop_free(p.loop);
}

static void test_unseen(void **state)
{
	(void)state;
	check_seen(false, &loopback, 0);
	check_seen(true, &loopback, -EAGAIN);
	check_seen(true, &loopback6, -EAGAIN);
}

/* Two of one port: the second is told so, and by which call. */
static void test_errors_of_listen(void **state)
{
	struct loop *l = new_loop();
	struct listen_spec spec = {.kind = SOCK_TCP, .at = loopback};
	struct sock second = {0};
	struct end first;
	const char *call = "";

	(void)state;
	listen_at(l, &first, SOCK_TCP, loopback, &spec.port);
	assert_int_equal(l->ops->listen(l, &second, &spec, &call), -EADDRINUSE);
	assert_string_equal(call, "bind");
	assert_false(second.is_open);
	/* IPv6 is IPv6 alone. */
	spec.at = any6;
	assert_int_equal(l->ops->listen(l, &second, &spec, &call), 0);
	l->ops->close(l, &second, true);
	close_end(&first);
	loop_free(l);
}

/* A connected client hears only the very address that it asked, also where the listener is at all
 * of them and another one would be the kernel's choice. */
static void check_datagrams(const struct addr *at, const struct addr *to)
{
	struct loop *l = new_loop();
	struct end listener, here;
	struct sock_spec spec = {.kind = SOCK_UDP, .to = *to, .from = *to};
	struct addr peer, a;
	uint16_t port, here_port;
	char bytes[8];

	if (to->family == 4)
		spec.from = loopback;
	listen_at(l, &listener, SOCK_UDP, *at, &spec.port);
	open_end(l, &here, &spec);
	assert_int_equal(l->ops->recv_from(l, &listener.sock, bytes, 8, &peer, &port), -EAGAIN);
	assert_int_equal(l->ops->send(l, &here.sock, "hello", 5), 5);
	wait_for(&listener, SOCK_READABLE);
	assert_int_equal(l->ops->recv_from(l, &listener.sock, bytes, 8, &peer, &port), 5);
	assert_true(l->ops->local_addr(l, &here.sock, &a, &here_port));
	assert_true(addr_equal(&peer, &a));
	assert_int_equal(port, here_port);
	assert_int_equal(l->ops->send_to(l, &listener.sock, "hi", 2, &peer, port), 2);
	wait_for(&here, SOCK_READABLE);
	assert_int_equal(l->ops->recv(l, &here.sock, bytes, sizeof(bytes)), 2);
	close_end(&here);
	close_end(&listener);
	loop_free(l);
}

static void test_datagrams(void **state)
{
	static const struct addr another = {.family = 4, .bytes = {127, 0, 0, 7}};

	(void)state;
	check_datagrams(&any4, &another);
	check_datagrams(&loopback, &loopback);
	check_datagrams(&any6, &loopback6);
}

/* RFC 1350 section 4: the answer comes from a port of its own, where the conversation goes on; from
 * another address nothing is heard. */
static void test_any_port(void **state)
{
	static const struct addr another = {.family = 4, .bytes = {127, 0, 0, 7}};
	struct loop *l = new_loop();
	struct end listener, transfer, stranger, here;
	struct sock_spec spec = {.kind = SOCK_UDP, .to = loopback, .any_port = true};
	struct addr peer, a;
	uint16_t port, from, unused;
	char bytes[8];

	(void)state;
	listen_at(l, &listener, SOCK_UDP, loopback, &spec.port);
	listen_at(l, &transfer, SOCK_UDP, loopback, &from);
	listen_at(l, &stranger, SOCK_UDP, another, &unused);
	open_end(l, &here, &spec);
	assert_true(l->ops->local_addr(l, &here.sock, &a, &port));
	assert_true(addr_equal(&a, &loopback));
	assert_int_equal(l->ops->send(l, &here.sock, "get", 3), 3);
	wait_for(&listener, SOCK_READABLE);
	assert_int_equal(l->ops->recv_from(l, &listener.sock, bytes, 8, &peer, &port), 3);
	assert_int_equal(l->ops->send_to(l, &stranger.sock, "no", 2, &peer, port), 2);
	assert_int_equal(l->ops->send_to(l, &transfer.sock, "data", 4, &peer, port), 4);
	wait_for(&here, SOCK_READABLE);
	assert_int_equal(l->ops->recv(l, &here.sock, bytes, sizeof(bytes)), 4);
	assert_int_equal(l->ops->send(l, &here.sock, "ack", 3), 3);
	wait_for(&transfer, SOCK_READABLE);
	assert_int_equal(l->ops->recv_from(l, &transfer.sock, bytes, 8, &peer, &port), 3);
	close_end(&here);
	close_end(&stranger);
	close_end(&transfer);
	close_end(&listener);
	loop_free(l);
}

/* Nobody reads: once its buffer is full, the peer's kernel acknowledges no more. */
static void test_unacked(void **state)
{
	static const char block[65536];
	struct loop *l = new_loop();
	struct end listener, here;
	struct sock_spec spec = {.kind = SOCK_TCP, .to = loopback};

	(void)state;
	listen_at(l, &listener, SOCK_TCP, loopback, &spec.port);
	open_end(l, &here, &spec);
	assert_int_equal(l->ops->unacked(l, &here.sock), 0);
	assert_int_equal(l->ops->send(l, &here.sock, "hello", 5), 5);
	while (l->ops->unacked(l, &here.sock) > 0)
		usleep(100);
	assert_int_equal(l->ops->unacked(l, &here.sock), 0);
	while (l->ops->send(l, &here.sock, block, sizeof(block)) > 0)
		;
	assert_true(l->ops->unacked(l, &here.sock) > 0);
	close_end(&here);
	close_end(&listener);
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
		cmocka_unit_test(test_refused_again),
		cmocka_unit_test(test_close_another_of_the_batch),
		cmocka_unit_test(test_accept),
		cmocka_unit_test(test_unseen),
		cmocka_unit_test(test_errors_of_listen),
		cmocka_unit_test(test_datagrams),
		cmocka_unit_test(test_any_port),
		cmocka_unit_test(test_unacked),
		cmocka_unit_test(test_watch),
		cmocka_unit_test(test_timers),
		cmocka_unit_test(test_interrupted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
