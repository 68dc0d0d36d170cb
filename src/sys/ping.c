/* SPDX-License-Identifier: ISC */
#include "sys/ping.h"

#include <errno.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sys/sockaddr.h"

enum { MESSAGE_MAX = 512, ID_AT = 4, CHECKSUM_AT = 2, HEADER = 8 };

/* Of all that a raw socket would see: echo replies. */
static int let_replies_in(int fd, uint8_t family)
{
	const struct icmp_filter all_but_replies = {.data = ~(1u << ICMP_ECHOREPLY)};
	struct icmp6_filter replies;

	if (family == 4)
		return setsockopt(fd, SOL_RAW, ICMP_FILTER, &all_but_replies,
				  sizeof(all_but_replies));
	ICMP6_FILTER_SETBLOCKALL(&replies);
	ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &replies);
	return setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &replies, sizeof(replies));
}

int ping_open(const struct addr *to, bool *is_raw)
{
	int family = sockaddr_family(to), flags = SOCK_NONBLOCK | SOCK_CLOEXEC;
	int proto = to->family == 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6;
	int fd = socket(family, SOCK_DGRAM | flags, proto), error = errno;

	*is_raw = false;
	if (fd >= 0 || (error != EACCES && error != EPROTONOSUPPORT))
		return fd >= 0 ? fd : -error;
	*is_raw = true;
	fd = socket(family, SOCK_RAW | flags, proto);
	if (fd < 0)
		return errno == EPERM ? -error : -errno; /* what the ping socket lacks is told */
	if (let_replies_in(fd, to->family) == 0)
		return fd;
	error = errno;
	close(fd);
	return -error;
}

/* RFC 1071. */
static uint16_t checksum(const uint8_t *p, size_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += i % 2 ? p[i] : (uint32_t)p[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

ssize_t ping_send_raw(int fd, uint8_t family, uint16_t id, struct slice message)
{
	uint8_t bytes[MESSAGE_MAX];
	ssize_t rc;

	if (message.n < HEADER || message.n > sizeof(bytes))
		return -EMSGSIZE;
	memcpy(bytes, message.p, message.n);
	put16(bytes + ID_AT, id);
	put16(bytes + CHECKSUM_AT, 0);
	if (family == 4) /* of ICMPv6 the kernel does it: RFC 3542 section 3.1 */
		put16(bytes + CHECKSUM_AT, checksum(bytes, message.n));
	rc = send(fd, bytes, message.n, MSG_NOSIGNAL);
	return rc < 0 ? -errno : rc;
}

bool ping_id(struct slice message, uint16_t *id)
{
	const uint8_t *p = (const uint8_t *)message.p;

	if (message.n < HEADER)
		return false;
	*id = (uint16_t)(p[ID_AT] << 8 | p[ID_AT + 1]);
	return true;
}

/* Behind the IP header, where there is one: RFC 791 section 3.1. */
static struct slice message_of(const uint8_t *p, size_t n, uint8_t family)
{
	struct slice packet = {(const char *)p, n};

	return family == 4 && n ? slice_skip(packet, (size_t)(p[0] & 15) * 4) : packet;
}

ssize_t ping_recv_raw(int fd, uint8_t family, uint16_t id, void *p, size_t n)
{
	uint8_t packet[MESSAGE_MAX + 60];
	struct slice message;
	uint16_t its;
	ssize_t got;

	do {
		got = recv(fd, packet, sizeof(packet), 0);
		if (got < 0)
			return -errno;
		message = message_of(packet, (size_t)got, family);
	} while (!ping_id(message, &its) || its != id);
	if (n > message.n)
		n = message.n;
	memcpy(p, message.p, n);
	return (ssize_t)n;
}
