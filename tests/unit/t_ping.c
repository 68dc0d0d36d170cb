/* SPDX-License-Identifier: ISC
 *
 * Pings over the real loop, by both kinds of socket and in both families, in a network namespace of
 * our own: which kind the kernel gives is a setting of the namespace.
 */
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sys/loop.h"
#include "test.h"

static const struct addr loopback4 = {.family = 4, .bytes = {127, 0, 0, 1}},
			 loopback6 = {.family = 6, .bytes = {[15] = 1}};

struct pinger {
	struct sock sock; /* first: the address is the same */
	struct loop *loop;
	unsigned replies, errors;
	char reply[256];
	ssize_t n;
	struct icmp_error error;
};

static void ready(struct sock *s, unsigned events)
{
	struct pinger *p = (struct pinger *)s;
	ssize_t n;

	p->loop->ops->want(p->loop, s, SOCK_READABLE);
	while ((n = p->loop->ops->recv(p->loop, s, p->reply, sizeof(p->reply))) >= 0) {
		p->n = n;
		p->replies++;
	}
	while (events & SOCK_ERROR && p->loop->ops->icmp(p->loop, s, &p->error))
		p->errors++;
	p->loop->ops->error(p->loop, s);
}

static struct loop *new_loop(void)
{
	struct loop *l = NULL;
	struct err err;

	assert_int_equal(loop_new(&l, &err), 0);
	return l;
}

/* What is sent over the loopback is there when send(2) returns: one look is enough. */
static void look(struct loop *l)
{
	struct err err;

	for (int i = 0; i < 3; i++)
		assert_int_equal(l->ops->wait(l, loop_now(l), &err), 0);
}

static void open_pinger(struct loop *l, struct pinger *p, const struct addr *to)
{
	const struct sock_spec spec = {.kind = SOCK_PING, .to = *to};
	const char *call;

	*p = (struct pinger){.sock.ready = ready, .loop = l};
	assert_int_equal(l->ops->open(l, &p->sock, &spec, &call), 0);
}

static void send_echo(struct pinger *p, const struct addr *to, const char *payload)
{
	uint8_t message[24] = {to->family == 4 ? 8 : 128, 0, 0, 0, 0, 0, 0, 1};

	memcpy(message + 8, payload, 16);
	assert_int_equal(p->loop->ops->send(p->loop, &p->sock, message, sizeof(message)), 24);
}

static void check_reply(const struct pinger *p, const struct addr *to, const char *payload)
{
	assert_int_equal(p->replies, 1);
	assert_int_equal(p->errors, 0);
	assert_int_equal(p->n, 24);
	assert_int_equal((uint8_t)p->reply[0], to->family == 4 ? 0 : 129);
	assert_memory_equal(p->reply + 8, payload, 16);
}

/* Each gets its own, and no other's. */
static void check_echo(const struct addr *to)
{
	struct loop *l = new_loop();
	struct pinger a, b, silent;

	open_pinger(l, &a, to);
	open_pinger(l, &b, to);
	open_pinger(l, &silent, to);
	send_echo(&a, to, "the first of two");
	send_echo(&b, to, "the second of us");
	look(l);
	check_reply(&a, to, "the first of two");
	check_reply(&b, to, "the second of us");
	assert_int_equal(silent.replies, 0);
	l->ops->close(l, &a.sock, true);
	l->ops->close(l, &b.sock, true);
	l->ops->close(l, &silent.sock, true);
	loop_free(l);
}

static void write_setting(const char *value)
{
	FILE *f = fopen("/proc/sys/net/ipv4/ping_group_range", "w");

	assert_non_null(f);
	assert_true(fputs(value, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void test_ping_socket(void **state)
{
	(void)state;
	write_setting("0 0");
	check_echo(&loopback4);
	check_echo(&loopback6);
}

static void test_raw_socket(void **state)
{
	(void)state;
	write_setting("1 0");
	check_echo(&loopback4);
	check_echo(&loopback6);
}

/* An ICMP error, as a hop sends it, about the echo with this identifier. */
static void send_error(uint16_t id)
{
	struct {
		struct icmphdr icmp;
		struct iphdr ip;
		struct icmphdr quoted;
	} m = {.icmp = {.type = ICMP_DEST_UNREACH, .code = ICMP_PKT_FILTERED},
	       .ip = {.version = 4, .ihl = 5, .protocol = IPPROTO_ICMP},
	       .quoted = {.type = ICMP_ECHO, .un.echo.id = id}};
	const struct sockaddr_in to = {.sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const uint16_t *words = (const uint16_t *)(const void *)&m;
	uint32_t sum = 0;
	int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);

	m.ip.tot_len = htons(sizeof(m.ip) + sizeof(m.quoted));
	m.ip.saddr = m.ip.daddr = htonl(INADDR_LOOPBACK);
	for (size_t i = 0; i < sizeof(m) / 2; i++)
		sum += words[i];
	sum = (sum & 0xffff) + (sum >> 16);
	m.icmp.checksum = (uint16_t) ~(sum + (sum >> 16));
	assert_int_equal(sendto(fd, &m, sizeof(m), 0, (const struct sockaddr *)&to, sizeof(to)),
			 sizeof(m));
	close(fd);
}

/* A raw socket gets the errors of all pings to its target; of those, ours are told. */
static void test_errors(void **state)
{
	struct loop *l = new_loop();
	struct pinger p;
	uint16_t id;

	(void)state;
	write_setting("1 0");
	open_pinger(l, &p, &loopback4);
	send_echo(&p, &loopback4, "whose identifier");
	look(l);
	memcpy(&id, p.reply + 4, sizeof(id));
	send_error((uint16_t)(id + 1));
	look(l);
	assert_int_equal(p.errors, 0);
	send_error(id);
	look(l);
	assert_int_equal(p.errors, 1);
	assert_int_equal(p.error.type, 3);
	assert_int_equal(p.error.code, 13);
	assert_true(addr_equal(&p.error.by, &loopback4));
	l->ops->close(l, &p.sock, true);
	loop_free(l);
}

/* Neither kind: what the ping socket lacks is told. Last, for there is no way back. */
static void test_no_privilege(void **state)
{
	struct loop *l = new_loop();
	const struct sock_spec spec = {.kind = SOCK_PING, .to = loopback4};
	struct sock s = {0};
	const char *call = "";

	(void)state;
	write_setting("1 0");
	assert_int_equal(setuid(65534), 0);
	assert_int_equal(l->ops->open(l, &s, &spec, &call), -EACCES);
	assert_string_equal(call, "socket");
	assert_false(s.is_open);
	loop_free(l);
}

static bool has_namespace(void)
{
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int fd, rc;

	if (unshare(CLONE_NEWNET) != 0)
		return false;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	rc = ioctl(fd, SIOCSIFFLAGS, &lo);
	close(fd);
	return rc == 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ping_socket),
		cmocka_unit_test(test_raw_socket),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_no_privilege),
	};

	if (!has_namespace()) {
		puts("1..0 # SKIP a network namespace of its own wants root");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
