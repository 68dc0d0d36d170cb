/* SPDX-License-Identifier: ISC
 *
 * Messages: sock_diag(7), include/uapi/linux/inet_diag.h. The kernel sends INET_DIAG_SKV6ONLY
 * unasked for sockets that listen or are not connected (net/ipv4/inet_diag.c).
 */
#include "sys/sockets.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/socket_table.h"

enum { ANSWER_MAX = 64 << 10, ANSWER_SECONDS = 5 };

static void add(struct socket_listeners *l, const struct socket_listener *one)
{
	if (!one->port)
		return;
	if (l->n == l->room) {
		l->room = l->room ? l->room * 2 : 64;
		l->items = mem_resize(l->items, l->room, sizeof(*l->items));
	}
	l->items[l->n++] = *one;
}

static bool is_any6(const struct addr *a)
{
	static const uint8_t zeros[16];

	return a->family == 6 && memcmp(a->bytes, zeros, sizeof(zeros)) == 0;
}

/* --- sock_diag -------------------------------------------------------------------------------- */

static enum dual_stack read_dual(const char *attributes, size_t n)
{
	while (n >= sizeof(struct rtattr)) {
		struct rtattr a;
		size_t step;

		memcpy(&a, attributes, sizeof(a));
		if (a.rta_len < sizeof(a) || a.rta_len > n)
			break;
		if (a.rta_type == INET_DIAG_SKV6ONLY && a.rta_len > sizeof(a))
			return attributes[sizeof(a)] ? DUAL_NO : DUAL_YES;
		step = RTA_ALIGN(a.rta_len);
		if (step >= n)
			break;
		attributes += step;
		n -= step;
	}
	return DUAL_UNTOLD;
}

bool socket_listener_parse(const void *message, size_t n, bool is_udp, struct socket_listener *out)
{
	struct inet_diag_msg m;

	if (n < sizeof(m))
		return false;
	memcpy(&m, message, sizeof(m));
	if (m.idiag_family != AF_INET && m.idiag_family != AF_INET6)
		return false;
	*out = (struct socket_listener){
		.at.family = m.idiag_family == AF_INET ? 4 : 6,
		.port = ntohs(m.id.idiag_sport),
		.is_udp = is_udp,
		.user = m.idiag_uid,
		.link = m.id.idiag_if,
		.inode = m.idiag_inode,
	};
	memcpy(out->at.bytes, m.id.idiag_src, out->at.family == 4 ? 4 : 16);
	socket_take_mapped(&out->at);
	if (is_any6(&out->at))
		out->dual = read_dual((const char *)message + NLMSG_ALIGN(sizeof(m)),
				      n - NLMSG_ALIGN(sizeof(m)));
	return true;
}

static bool ask(int fd, uint8_t family, bool is_udp)
{
	struct {
		struct nlmsghdr head;
		struct inet_diag_req_v2 body;
	} request = {
		.head = {.nlmsg_len = sizeof(request),
			 .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			 .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		.body = {.sdiag_family = family,
			 .sdiag_protocol = is_udp ? IPPROTO_UDP : IPPROTO_TCP,
			 .idiag_states = 1U << (is_udp ? SOCKET_UNCONNECTED : SOCKET_LISTENS)},
	};

	return send(fd, &request, sizeof(request), 0) == (ssize_t)sizeof(request);
}

/* One datagram of the answer: 1 there is more, 0 that was all, -1 the kernel says no. */
static int take(const char *bytes, size_t n, bool is_udp, struct socket_listeners *l)
{
	struct socket_listener one;
	struct nlmsghdr h;

	for (size_t at = 0; n - at >= sizeof(h); at += NLMSG_ALIGN(h.nlmsg_len)) {
		memcpy(&h, bytes + at, sizeof(h));
		if (h.nlmsg_len < NLMSG_HDRLEN || h.nlmsg_len > n - at ||
		    h.nlmsg_type == NLMSG_ERROR)
			return -1;
		if (h.nlmsg_type == NLMSG_DONE)
			return 0;
		if (h.nlmsg_type == SOCK_DIAG_BY_FAMILY &&
		    socket_listener_parse(bytes + at + NLMSG_HDRLEN, h.nlmsg_len - NLMSG_HDRLEN,
					  is_udp, &one))
			add(l, &one);
		if (NLMSG_ALIGN(h.nlmsg_len) >= n - at)
			break;
	}
	return 1;
}

static bool dump(int fd, uint8_t family, bool is_udp, char *bytes, struct socket_listeners *l)
{
	int more = 1;

	if (!ask(fd, family, is_udp))
		return false;
	while (more > 0) {
		ssize_t n = recv(fd, bytes, ANSWER_MAX, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		more = take(bytes, (size_t)n, is_udp, l);
	}
	return more == 0;
}

static bool read_diag(struct socket_listeners *l)
{
	const struct timeval wait = {.tv_sec = ANSWER_SECONDS};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	char *bytes;
	bool ok;

	if (fd < 0)
		return false;
	bytes = mem_new(1, ANSWER_MAX);
	ok = setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) == 0;
	for (int i = 0; ok && i < 4; i++)
		ok = dump(fd, i & 1 ? AF_INET6 : AF_INET, i & 2, bytes, l);
	free(bytes);
	close(fd);
	return ok;
}

/* --- /proc/net -------------------------------------------------------------------------------- */

struct proc_reading {
	struct socket_listeners *list;
	bool is_udp;
};

static void take_row(void *ctx, const struct socket_row *row)
{
	struct proc_reading *r = ctx;
	struct socket_listener one = {
		.at = row->local,
		.port = row->local_port,
		.is_udp = r->is_udp,
		.dual = is_any6(&row->local) ? DUAL_UNTOLD : DUAL_NO,
		.user = row->user,
		.inode = row->inode,
	};

	if (row->state == (r->is_udp ? SOCKET_UNCONNECTED : SOCKET_LISTENS))
		add(r->list, &one);
}

static int read_proc(struct socket_listeners *l, struct err *err)
{
	struct proc_reading r = {.list = l};
	int rc = socket_table_read(false, take_row, &r, err);

	r.is_udp = true;
	return rc ? rc : socket_table_read(true, take_row, &r, err);
}

int socket_listeners_read(struct socket_listeners *l, struct err *err)
{
	if (read_diag(l))
		return 0;
	l->n = 0;
	l->by_proc = true;
	return read_proc(l, err);
}

void socket_listeners_release(struct socket_listeners *l)
{
	free(l->items);
	*l = (struct socket_listeners){0};
}
