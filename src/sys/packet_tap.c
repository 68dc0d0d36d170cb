/* SPDX-License-Identifier: ISC */
#include "sys/packet_tap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/mem.h"

enum {
	PER_WISH = 56, /* instructions at most: two directions over IPv6, each way 25 */
	DRAINED_MAX = 100000,
	ROOM = 4 * 1024 * 1024, /* bytes that may wait; net.core.rmem_max is the bound */
	V4_PROTOCOL = 9,	/* offsets: RFC 791 section 3.1, RFC 8200 section 3 */
	V4_FRAGMENT = 6,
	V4_SOURCE = 12,
	V4_TARGET = 16,
	V6_NEXT = 6,
	V6_SOURCE = 8,
	V6_TARGET = 24,
	V6_HEADER = 40,
};

/* A program under way. Each test jumps over the rest of its alternative where it fails; how far
 * that is, is known when the alternative ends. */
struct program {
	struct sock_filter *code; /* owned */
	size_t n;
	size_t alternative; /* where it began */
};

static void add(struct program *p, uint16_t code, uint32_t k)
{
	p->code[p->n++] = (struct sock_filter){.code = code, .k = k};
}

static void add_test(struct program *p, uint16_t how, uint32_t k)
{
	add(p, (uint16_t)(BPF_JMP | how | BPF_K), k);
}

static void begin(struct program *p)
{
	p->alternative = p->n;
}

static uint8_t distance(size_t from, size_t to)
{
	if (to - from - 1 > UINT8_MAX)
		BUG("an alternative is too long");
	return (uint8_t)(to - from - 1);
}

/* The last `ports` tests are of one thing, which one of them must be; before them all must hold,
 * and then the packet is wanted. What fails goes on behind the end. */
static void finish(struct program *p, size_t ports)
{
	size_t accept = p->n, first_port = p->n - ports;

	add(p, BPF_RET | BPF_K, PACKET_TAP_BYTES);
	for (size_t i = p->alternative; i < accept; i++) {
		struct sock_filter *f = &p->code[i];

		if (BPF_CLASS(f->code) != BPF_JMP)
			continue;
		if (i >= first_port) {
			f->jt = distance(i, accept);
			f->jf = i + 1 == accept ? distance(i, p->n) : 0;
		} else if (BPF_OP(f->code) == BPF_JSET) { /* the bits must not be set */
			f->jt = distance(i, p->n);
		} else {
			f->jf = distance(i, p->n);
		}
	}
}

static uint32_t word_of(const struct addr *a, size_t i)
{
	uint32_t word;

	memcpy(&word, a->bytes + i * 4, 4);
	return ntohl(word);
}

static void test_addr(struct program *p, const struct addr *a, unsigned v4, unsigned v6)
{
	size_t words = a->family == 4 ? 1 : 4;

	for (size_t i = 0; i < words; i++) {
		add(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)((a->family == 4 ? v4 : v6) + i * 4));
		add_test(p, BPF_JEQ, word_of(a, i));
	}
}

/* The version and the protocol; of IPv4 no later fragment. */
static void test_protocol(struct program *p, uint8_t family, uint8_t protocol)
{
	add(p, BPF_LD | BPF_B | BPF_ABS, 0);
	add(p, BPF_ALU | BPF_AND | BPF_K, 0xf0);
	add_test(p, BPF_JEQ, (uint32_t)family << 4);
	add(p, BPF_LD | BPF_B | BPF_ABS, family == 4 ? V4_PROTOCOL : V6_NEXT);
	add_test(p, BPF_JEQ, protocol);
	if (family == 4) {
		add(p, BPF_LD | BPF_H | BPF_ABS, V4_FRAGMENT);
		add_test(p, BPF_JSET, 0x1fff);
	}
}

/* `at`: 0 the source port, 2 the target's: RFC 9293 section 3.1, RFC 768. */
static void load_port(struct program *p, uint8_t family, unsigned at)
{
	if (family == 4)
		add(p, BPF_LDX | BPF_B | BPF_MSH, 0); /* x = length of the header */
	else
		add(p, BPF_LDX | BPF_IMM, V6_HEADER);
	add(p, BPF_LD | BPF_H | BPF_IND, at);
}

static bool differ_by_port(const struct packet_wish *a, const struct packet_wish *b)
{
	return a->protocol == b->protocol && addr_equal(&a->own, &b->own) &&
	       addr_equal(&a->peer, &b->peer);
}

/* Wishes that differ by their port alone are one alternative; the first of them adds it. */
static bool is_first(const struct packet_wish *wishes, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (differ_by_port(&wishes[k], &wishes[i]))
			return false;
	return true;
}

static size_t test_ports(struct program *p, const struct packet_wish *first, size_t n, unsigned at)
{
	const struct addr *any = first->own.family ? &first->own : &first->peer;
	size_t ports = 0;

	if (!first->port)
		return 0;
	load_port(p, any->family, at);
	for (size_t i = 0; i < n; i++)
		if (differ_by_port(first, &first[i])) {
			add_test(p, BPF_JEQ, first[i].port);
			ports++;
		}
	return ports;
}

/* From wishes[0] on. */
static void add_direction(struct program *p, const struct packet_wish *w, size_t n, bool comes)
{
	const struct addr *any = w->own.family ? &w->own : &w->peer;

	begin(p);
	test_protocol(p, any->family, w->protocol);
	if (w->own.family)
		test_addr(p, &w->own, comes ? V4_TARGET : V4_SOURCE, comes ? V6_TARGET : V6_SOURCE);
	if (w->peer.family)
		test_addr(p, &w->peer, comes ? V4_SOURCE : V4_TARGET,
			  comes ? V6_SOURCE : V6_TARGET);
	finish(p, test_ports(p, w, n, comes ? 2 : 0));
}

static bool attach(int fd, struct program *p)
{
	struct sock_fprog prog = {.len = (unsigned short)p->n, .filter = p->code};

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)) == 0;
}

static bool attach_wishes(int fd, const struct packet_wish *wishes, size_t n)
{
	struct program p = {.code = mem_new(n * PER_WISH + 1, sizeof(*p.code))};
	bool ok;

	for (size_t i = 0; i < n; i++) {
		if (!is_first(wishes, i))
			continue;
		add_direction(&p, &wishes[i], n - i, true);
		add_direction(&p, &wishes[i], n - i, false);
	}
	add(&p, BPF_RET | BPF_K, 0);
	ok = attach(fd, &p);
	free(p.code);
	return ok;
}

/* The filter first: between bind(2) and it all of the host's packets would come. */
int packet_tap_open(void)
{
	const struct sockaddr_ll all = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), error;
	const int room = ROOM;

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room)) == 0 &&
	    attach_wishes(fd, NULL, 0) && bind(fd, (const struct sockaddr *)&all, sizeof(all)) == 0)
		return fd;
	error = errno;
	close(fd);
	return -error;
}

bool packet_tap_watch(int fd, const struct packet_wish *wishes, size_t n)
{
	char one;

	if (n > PACKET_TAP_WISHES || !attach_wishes(fd, wishes, n))
		return false;
	for (int i = 0; i < DRAINED_MAX && recv(fd, &one, 1, MSG_DONTWAIT | MSG_TRUNC) >= 0; i++)
		;
	packet_tap_lost(fd);
	return true;
}

ssize_t packet_tap_read(int fd, void *p, size_t n, bool *is_outgoing)
{
	struct sockaddr_ll from = {0};
	socklen_t room = sizeof(from);
	ssize_t got = recvfrom(fd, p, n, MSG_DONTWAIT, (struct sockaddr *)&from, &room);

	*is_outgoing = from.sll_pkttype == PACKET_OUTGOING;
	return got < 0 ? -errno : got;
}

unsigned packet_tap_lost(int fd)
{
	struct tpacket_stats stats = {0};
	socklen_t n = sizeof(stats);

	return getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &stats, &n) == 0 ? stats.tp_drops : 0;
}

void packet_tap_close(int fd)
{
	close(fd);
}
