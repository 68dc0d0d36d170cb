/* SPDX-License-Identifier: ISC
 *
 * Stand-ins over a loop that is not there: which spans there are, what becomes of ports that cannot
 * be opened, who is served, and when it ends. Real sockets are in tests/net/listen.sh.
 */
#include "probe/listen.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "probe/listen_redirect.h"
#include "test.h"

/* Connections or datagrams that wait, each from a peer. */
struct fake {
	struct loop loop; /* first: the address is the same */
	struct mono clock;
	int (*refuse)(uint16_t port); /* an errno; NULL: never */
	struct addr peers[400];
	size_t n_peers, next;
	uint16_t peer_port;
	struct slice datagram;
	struct buf sent;       /* all that was */
	struct sock *listener; /* the last that was opened */
	unsigned resets;
	size_t descriptors;
};

static struct fake *of(struct loop *l)
{
	return (struct fake *)l;
}

static struct mono now(struct loop *l)
{
	return of(l)->clock;
}

static int listen_sock(struct loop *l, struct sock *s, const struct listen_spec *spec,
		       const char **call)
{
	int error = of(l)->refuse ? of(l)->refuse(spec->port) : 0;

	*call = "bind";
	if (error)
		return -error;
	s->is_open = true;
	l->n_socks++;
	of(l)->listener = s;
	return 0;
}

static int accept_sock(struct loop *l, struct sock *listener, struct sock *s, struct addr *peer,
		       uint16_t *port)
{
	struct fake *f = of(l);

	(void)listener;
	if (f->next == f->n_peers)
		return -EAGAIN;
	*peer = f->peers[f->next++];
	*port = f->peer_port;
	s->is_open = true;
	l->n_socks++;
	return 0;
}

static ssize_t recv_from(struct loop *l, struct sock *s, void *p, size_t n, struct addr *peer,
			 uint16_t *port)
{
	struct fake *f = of(l);

	(void)s;
	assert_true(f->datagram.n <= n);
	if (f->next == f->n_peers)
		return -EAGAIN;
	*peer = f->peers[f->next++];
	*port = f->peer_port;
	memcpy(p, f->datagram.p, f->datagram.n);
	return (ssize_t)f->datagram.n;
}

static ssize_t send_to(struct loop *l, struct sock *s, const void *p, size_t n,
		       const struct addr *peer, uint16_t port)
{
	char text[ADDR_TEXT_MAX];

	(void)s;
	(void)port;
	buf_addf(&of(l)->sent, "%.*s>%s ", (int)n, (const char *)p, addr_text(peer, text));
	return (ssize_t)n;
}

/* Nobody says anything; the tests call `ready` themselves. */
static int wait_events(struct loop *l, struct mono until, struct err *err)
{
	(void)err;
	of(l)->clock = until;
	return 0;
}

static void want(struct loop *l, struct sock *s, unsigned events)
{
	(void)l;
	s->wanted = events;
}

static void close_sock(struct loop *l, struct sock *s, bool reset)
{
	s->is_open = false;
	l->n_socks--;
	of(l)->resets += reset;
}

static void free_fake(struct loop *l)
{
	buf_release(&of(l)->sent);
	free(l);
}

static const struct loop_ops ops = {
	.free = free_fake,
	.now = now,
	.listen = listen_sock,
	.accept = accept_sock,
	.recv_from = recv_from,
	.send_to = send_to,
	.want = want,
	.close = close_sock,
	.wait = wait_events,
};

static struct fake *new_fake(void)
{
	struct fake *f = mem_new(1, sizeof(*f));

	f->clock.us = 1000000;
	f->peer_port = 40000;
	f->descriptors = 2000;
	buf_init(&f->sent);
	loop_init(&f->loop, &ops);
	return f;
}

static struct addr address(const char *text)
{
	struct addr a;

	assert_true(addr_parse(slice_of(text), &a));
	return a;
}

static struct addr here, here6;
static struct prefix one, all, all6;

static struct listen_flow flow(enum transport transport, uint16_t lo, uint16_t hi,
			       const struct prefix *from)
{
	return (struct listen_flow){
		.transport = transport, .ports = {lo, hi}, .at = {&here, 1}, .from = {from, 1}};
}

static void add_arrival(void *ctx, const struct listen_flow *f, const struct addr *peer,
			uint16_t port)
{
	char text[ADDR_TEXT_MAX];

	buf_addf(ctx, "%u-%u:%u<%s ", f->ports.lo, f->ports.hi, port, addr_text(peer, text));
}

static struct listen *open_flows(struct fake *f, struct listen_flow *flows, size_t n, bool redirect,
				 struct buf *arrivals)
{
	const struct listen_config config = {.loop = &f->loop,
					     .flows = flows,
					     .n_flows = n,
					     .descriptors = f->descriptors,
					     .redirect = redirect,
					     .ephemeral = {32768, 60999},
					     .arrived = add_arrival,
					     .ctx = arrivals};
	struct listen *l = listen_new(&config);

	listen_open(l);
	return l;
}

static void close_flows(struct fake *f, struct listen *l, struct listen_flow *flows, size_t n)
{
	listen_free(l);
	for (size_t i = 0; i < n; i++)
		portset_release(&flows[i].arrived);
	assert_int_equal(f->loop.n_socks, 0);
	loop_free(&f->loop);
}

static void add_set(struct buf *out, const char *word, const struct portset *ports)
{
	if (!ports->n)
		return;
	buf_addf(out, " %s ", word);
	portset_format(ports, out);
}

static void check_spans(const struct listen *l, const char *want)
{
	struct buf out = BUF_INIT;
	size_t n;
	const struct listen_span *s = listen_spans(l, &n);

	for (size_t i = 0; i < n; i++) {
		buf_addf(&out, "%s/%u-%u", transport_names[s[i].transport], s[i].ports.lo,
			 s[i].ports.hi);
		add_set(&out, "open", &s[i].open);
		add_set(&out, "served", &s[i].served);
		add_set(&out, "denied", &s[i].denied);
		add_set(&out, "left", &s[i].left);
		add_set(&out, "failed", &s[i].failed);
		if (s[i].hub)
			buf_addf(&out, " hub %u", s[i].hub);
		buf_add_char(&out, '\n');
	}
	check_text("spans", &out, want);
	buf_release(&out);
}

/* --- which ports ------------------------------------------------------------------------------ */

static void test_spans(void **state)
{
	struct fake *f = new_fake();
	struct listen_flow flows[] = {
		flow(TRANSPORT_TCP, 443, 443, &one),	 flow(TRANSPORT_TCP, 100, 110, &one),
		flow(TRANSPORT_TCP, 105, 120, &all),	 flow(TRANSPORT_TCP, 121, 121, &all),
		flow(TRANSPORT_UDP, 65535, 65535, &all), flow(TRANSPORT_TCP, 443, 443, &all),
	};
	struct listen *l = open_flows(f, flows, ARRAY_LEN(flows), false, NULL);

	(void)state;
	check_spans(l, "tcp/100-104 open 100-104\n"
		       "tcp/105-110 open 105-110\n"
		       "tcp/111-120 open 111-120\n"
		       "tcp/121-121 open 121\n"
		       "tcp/443-443 open 443\n"
		       "udp/65535-65535 open 65535\n");
	assert_int_equal(f->loop.n_socks, 24);
	close_flows(f, l, flows, ARRAY_LEN(flows));
}

static int refuse_some(uint16_t port)
{
	switch (port) {
	case 1001:
		return EADDRINUSE;
	case 1002:
		return EACCES;
	case 1003:
		return EADDRNOTAVAIL;
	case 1004:
		return EMFILE;
	default:
		return 0;
	}
}

static void test_refused(void **state)
{
	struct fake *f = new_fake();
	struct listen_flow flows[] = {flow(TRANSPORT_TCP, 1000, 1005, &one)};
	struct listen *l;
	size_t n;

	(void)state;
	f->refuse = refuse_some;
	l = open_flows(f, flows, 1, false, NULL);
	check_spans(l, "tcp/1000-1005 open 1000,1005 served 1001 denied 1002 left 1004 "
		       "failed 1003\n");
	assert_int_equal(listen_spans(l, &n)->error, EADDRNOTAVAIL);
	close_flows(f, l, flows, 1);
}

/* 2,000 descriptors: 500 for connections, 64 for others, and narrow spans come first. */
static void test_wide(void **state)
{
	struct fake *f = new_fake();
	struct listen_flow flows[] = {flow(TRANSPORT_TCP, 31000, 33000, &one),
				      flow(TRANSPORT_UDP, 40000, 40063, &one)};
	struct listen *l = open_flows(f, flows, 2, false, NULL);

	(void)state;
	check_spans(l, "tcp/31000-33000 open 31000-32372 left 32373-33000\n"
		       "udp/40000-40063 open 40000-40063\n");
	close_flows(f, l, flows, 2);

	f = new_fake();
	l = open_flows(f, flows, 1, true, NULL);
	check_spans(l, "tcp/31000-33000 open 31000-33000 hub 31000\n");
	assert_int_equal(f->loop.n_socks, 1);
	close_flows(f, l, flows, 1);

	f = new_fake();
	flows[0].ports = (struct port_range){32760, 32900};
	l = open_flows(f, flows, 1, false, NULL);
	check_spans(l, "tcp/32760-32900 open 32760-32767 left 32768-32900\n");
	close_flows(f, l, flows, 1);
}

static void test_redirect(void **state)
{
	struct addr both[] = {here, here6};
	struct prefix from[] = {one, all, all6};
	struct fake *f = new_fake();
	struct listen_flow flows[] = {flow(TRANSPORT_TCP, 1000, 1099, &one),
				      flow(TRANSPORT_UDP, 53, 53, &one)};
	struct buf rules = BUF_INIT;
	struct listen *l;

	(void)state;
	f->refuse = refuse_some;
	flows[0].at.items = both;
	flows[0].at.n = 2;
	flows[0].from.items = from;
	flows[0].from.n = 3;
	l = open_flows(f, flows, 2, true, NULL);
	listen_redirect_format(l, flows, 2, "t", &rules);
	check_text("rules", &rules,
		   "table inet t { flags owner; chain in { type nat hook prerouting priority "
		   "dstnat; ip saddr 10.0.0.7 ip daddr 10.0.0.1 tcp dport { 1005-1099 } dnat ip to "
		   "10.0.0.1:1000; ip daddr 10.0.0.1 tcp dport { 1005-1099 } dnat ip to "
		   "10.0.0.1:1000; ip6 saddr fd00::/8 ip6 daddr fd00::1 tcp dport { 1005-1099 } "
		   "dnat ip6 to [fd00::1]:1000; }; }");
	close_flows(f, l, flows, 2);

	buf_clear(&rules);
	f = new_fake();
	l = open_flows(f, flows + 1, 1, true, NULL);
	listen_redirect_format(l, flows + 1, 1, "t", &rules);
	check_text("nothing to redirect", &rules, "");
	close_flows(f, l, flows + 1, 1);
	buf_release(&rules);
}

/* --- who is served ---------------------------------------------------------------------------- */

static void test_accept(void **state)
{
	struct fake *f = new_fake();
	struct listen_flow flows[] = {flow(TRANSPORT_TCP, 443, 443, &one)};
	struct buf arrivals = BUF_INIT;
	struct listen *l = open_flows(f, flows, 1, false, &arrivals);

	(void)state;
	f->peers[f->n_peers++] = address("10.0.0.8");
	f->peers[f->n_peers++] = address("10.0.0.7");
	f->peers[f->n_peers++] = address("10.0.0.7");
	f->peers[f->n_peers++] = address("::1");
	f->listener->ready(f->listener, SOCK_READABLE);
	check_text("arrivals", &arrivals, "443-443:443<10.0.0.7 ");
	assert_int_equal(f->resets, 2);
	assert_int_equal(f->loop.n_socks, 3);
	assert_int_equal(listen_counted(l)->foreign, 2);
	assert_int_equal(listen_counted(l)->connections, 2);
	close_flows(f, l, flows, 1);
	buf_release(&arrivals);
}

static void come(struct fake *f, size_t n)
{
	f->n_peers = 0;
	f->next = 0;
	while (f->n_peers < n)
		f->peers[f->n_peers++] = address("10.0.0.7");
	for (size_t i = 0; i < n; i++)
		f->listener->ready(f->listener, SOCK_READABLE);
}

/* Of one source the oldest make room, once they are a second old. */
static void test_many(void **state)
{
	struct fake *f = new_fake();
	struct listen_flow flows[] = {flow(TRANSPORT_TCP, 443, 443, &one)};
	struct buf arrivals = BUF_INIT;
	struct listen *l = open_flows(f, flows, 1, false, &arrivals);

	(void)state;
	come(f, 300);
	assert_int_equal(f->loop.n_socks, 1 + 300);
	f->clock.us += 999999;
	come(f, 1);
	assert_int_equal(f->loop.n_socks, 1 + 301);
	f->clock.us += 1;
	come(f, 1);
	assert_int_equal(f->loop.n_socks, 1 + 256);
	assert_int_equal(listen_counted(l)->cut_short, 46);
	assert_int_equal(f->resets, 46);
	close_flows(f, l, flows, 1);
	buf_release(&arrivals);
}

/* 400 descriptors are room for 100 connections: others wait until some are a second old. */
static void test_full(void **state)
{
	struct fake *f = new_fake();
	struct listen_flow flows[] = {flow(TRANSPORT_TCP, 443, 443, &one)};
	struct buf arrivals = BUF_INIT;
	struct listen *l;

	(void)state;
	f->descriptors = 400;
	l = open_flows(f, flows, 1, false, &arrivals);
	f->listener->wanted = SOCK_READABLE;
	come(f, 150);
	assert_int_equal(f->loop.n_socks, 1 + 100);
	assert_int_equal(f->resets, 0);
	assert_int_equal(f->next, 100);
	assert_int_equal(f->listener->wanted, 0);
	f->clock.us += 1000000;
	f->listener->ready(f->listener, SOCK_READABLE);
	assert_int_equal(f->loop.n_socks, 1 + 99); /* a place is kept free */
	assert_int_equal(f->next, 150);
	close_flows(f, l, flows, 1);
	buf_release(&arrivals);
}

static void test_datagrams(void **state)
{
	static const struct {
		const char *peer, *sent;
		uint16_t port;
		struct slice datagram;
	} rows[] = {
		{"10.0.0.7", "portolanyou?>10.0.0.7 ", 40000, SLICE("who are you?")},
		{"10.0.0.7", "po>10.0.0.7 ", 40000, SLICE("ab")},
		{"10.0.0.7", "", 40000, SLICE("portolan")},
		{"10.0.0.7", "", 40000, SLICE("")},
		{"10.0.0.7", "", 0, SLICE("who are you?")},
		{"172.16.0.1", "portolanyou?>172.16.0.1 ", 40000, SLICE("who are you?")},
		{"255.255.255.255", "", 40000, SLICE("who are you?")},
		{"224.0.0.1", "", 40000, SLICE("who are you?")},
		{"0.0.0.0", "", 40000, SLICE("who are you?")},
		{"fd00::7", "", 40000, SLICE("who are you?")},
	};
	struct fake *f = new_fake();
	struct listen_flow flows[] = {flow(TRANSPORT_UDP, 53, 53, &all)};
	struct buf arrivals = BUF_INIT;
	struct listen *l = open_flows(f, flows, 1, false, &arrivals);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		buf_clear(&f->sent);
		f->peers[0] = address(rows[i].peer);
		f->peer_port = rows[i].port;
		f->datagram = rows[i].datagram;
		f->n_peers = 1;
		f->next = 0;
		f->listener->ready(f->listener, SOCK_READABLE);
		check_text(rows[i].peer, &f->sent, rows[i].sent);
	}
	check_text("arrivals", &arrivals, "53-53:53<10.0.0.7 ");
	assert_int_equal(listen_counted(l)->foreign, 5);
	close_flows(f, l, flows, 1);
	buf_release(&arrivals);
}

static unsigned burst(struct fake *f, unsigned n)
{
	unsigned answers = 0;

	f->n_peers = 0;
	f->next = 0;
	while (f->n_peers < n)
		f->peers[f->n_peers++] = address("10.0.0.7");
	buf_clear(&f->sent);
	while (f->next < f->n_peers)
		f->listener->ready(f->listener, SOCK_READABLE);
	for (size_t i = 0; i < f->sent.n; i++)
		answers += f->sent.data[i] == '>';
	return answers;
}

static void test_rate(void **state)
{
	struct fake *f = new_fake();
	struct listen_flow flows[] = {flow(TRANSPORT_UDP, 53, 53, &all)};
	struct buf arrivals = BUF_INIT;
	struct listen *l = open_flows(f, flows, 1, false, &arrivals);

	(void)state;
	f->datagram = SLICE("who are you?");
	assert_int_equal(burst(f, 120), 50);
	assert_int_equal(burst(f, 10), 0);
	f->clock.us += 1000000;
	assert_int_equal(burst(f, 120), 50);
	assert_int_equal(listen_counted(l)->quiet, 150);
	close_flows(f, l, flows, 1);
	buf_release(&arrivals);
}

/* Behind a redirect a datagram's port is not known, and whose it is still is. */
static void test_hidden(void **state)
{
	struct fake *f = new_fake();
	struct listen_flow flows[] = {flow(TRANSPORT_UDP, 1000, 1199, &one),
				      flow(TRANSPORT_UDP, 1100, 1199, &all)};
	struct buf arrivals = BUF_INIT;
	struct listen *l = open_flows(f, flows, 2, true, &arrivals);

	(void)state;
	check_spans(l, "udp/1000-1099 open 1000-1099 hub 1000\n"
		       "udp/1100-1199 open 1100-1199 hub 1100\n");
	f->datagram = SLICE("who are you?");
	f->peers[f->n_peers++] = address("10.0.0.9");
	f->listener->ready(f->listener, SOCK_READABLE); /* the one at 1100 */
	check_text("arrivals", &arrivals, "1100-1199:0<10.0.0.9 ");
	assert_true(flows[1].arrived_hidden);
	assert_false(flows[0].arrived_hidden);
	close_flows(f, l, flows, 2);
	buf_release(&arrivals);
}

/* --- when it ends ----------------------------------------------------------------------------- */

static void test_expiry(void **state)
{
	struct fake *f = new_fake();
	struct listen_flow flows[] = {flow(TRANSPORT_TCP, 443, 443, &one)};
	struct buf arrivals = BUF_INIT;
	struct listen *l = open_flows(f, flows, 1, false, &arrivals);
	struct err err;

	(void)state;
	f->peers[f->n_peers++] = address("10.0.0.7");
	f->listener->ready(f->listener, SOCK_READABLE);
	assert_int_equal(f->loop.n_socks, 2);
	assert_int_equal(listen_run(l, 60000, NULL, &err), 0);
	assert_in_range(f->clock.us, 61000000, 62000000);
	assert_int_equal(f->loop.n_socks, 1); /* the connection ended after 30 s */
	assert_int_equal(f->resets, 1);
	close_flows(f, l, flows, 1);
	buf_release(&arrivals);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spans),  cmocka_unit_test(test_refused),
		cmocka_unit_test(test_wide),   cmocka_unit_test(test_redirect),
		cmocka_unit_test(test_accept), cmocka_unit_test(test_many),
		cmocka_unit_test(test_full),   cmocka_unit_test(test_datagrams),
		cmocka_unit_test(test_rate),   cmocka_unit_test(test_hidden),
		cmocka_unit_test(test_expiry),
	};

	here = address("10.0.0.1");
	here6 = address("fd00::1");
	one = (struct prefix){address("10.0.0.7"), 32};
	all = (struct prefix){address("0.0.0.0"), 0};
	all6 = (struct prefix){address("fd00::"), 8};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
