/* SPDX-License-Identifier: ISC
 *
 * Messages: include/uapi/linux/netfilter/nfnetlink_conntrack.h; a request for one tuple is answered
 * with the entry, or with ENOENT.
 */
#include "sys/conntrack.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/slice.h"

enum {
	REQUEST_MAX = 256,
	ANSWER_MAX = 8192,
	HEAD = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(struct nfgenmsg))
};

struct request {
	_Alignas(NLMSG_ALIGNTO) char bytes[REQUEST_MAX];
	size_t n;
};

static size_t open_nest(struct request *r, uint16_t type)
{
	struct nlattr a = {.nla_len = NLA_HDRLEN, .nla_type = (uint16_t)(type | NLA_F_NESTED)};
	size_t at = r->n;

	memcpy(r->bytes + at, &a, sizeof(a));
	r->n += NLA_HDRLEN;
	return at;
}

static void close_nest(struct request *r, size_t at)
{
	uint16_t length = (uint16_t)(r->n - at);

	memcpy(r->bytes + at, &length, sizeof(length));
}

static void add(struct request *r, uint16_t type, const void *p, size_t n)
{
	struct nlattr a = {.nla_len = (uint16_t)(NLA_HDRLEN + n), .nla_type = type};

	memcpy(r->bytes + r->n, &a, sizeof(a));
	memcpy(r->bytes + r->n + NLA_HDRLEN, p, n);
	r->n += NLA_ALIGN(a.nla_len);
}

static void add_tuple(struct request *r, const struct addr *from, uint16_t from_port,
		      const struct addr *to, uint16_t to_port)
{
	const bool four = from->family == 4;
	const uint16_t ports[2] = {htons(from_port), htons(to_port)};
	const uint8_t tcp = IPPROTO_TCP;
	size_t tuple = open_nest(r, CTA_TUPLE_ORIG), part = open_nest(r, CTA_TUPLE_IP);

	add(r, four ? CTA_IP_V4_SRC : CTA_IP_V6_SRC, from->bytes, four ? 4 : 16);
	add(r, four ? CTA_IP_V4_DST : CTA_IP_V6_DST, to->bytes, four ? 4 : 16);
	close_nest(r, part);
	part = open_nest(r, CTA_TUPLE_PROTO);
	add(r, CTA_PROTO_NUM, &tcp, sizeof(tcp));
	add(r, CTA_PROTO_SRC_PORT, &ports[0], sizeof(ports[0]));
	add(r, CTA_PROTO_DST_PORT, &ports[1], sizeof(ports[1]));
	close_nest(r, part);
	close_nest(r, tuple);
}

static void finish(struct request *r, uint8_t family)
{
	struct nlmsghdr head = {.nlmsg_len = (uint32_t)r->n,
				.nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET,
				.nlmsg_flags = NLM_F_REQUEST};
	struct nfgenmsg message = {.nfgen_family = family == 4 ? AF_INET : AF_INET6,
				   .version = NFNETLINK_V0};

	memcpy(r->bytes, &head, sizeof(head));
	memcpy(r->bytes + NLMSG_HDRLEN, &message, sizeof(message));
}

static bool ask(const struct request *r, char *bytes, size_t *n)
{
	const struct timeval patience = {.tv_sec = 2};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
	ssize_t got = -1;

	if (fd < 0)
		return false;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (send(fd, r->bytes, r->n, 0) == (ssize_t)r->n)
		got = recv(fd, bytes, ANSWER_MAX, 0);
	close(fd);
	*n = got > 0 ? (size_t)got : 0;
	return got > 0;
}

static void read_attributes(struct slice s, struct conntrack_entry *out)
{
	while (s.n >= sizeof(struct nlattr)) {
		struct nlattr a;
		uint32_t value;
		size_t whole;

		memcpy(&a, s.p, sizeof(a));
		whole = NLA_ALIGN(a.nla_len);
		if (a.nla_len < NLA_HDRLEN || a.nla_len > s.n)
			return;
		if (a.nla_len == NLA_HDRLEN + sizeof(value)) {
			memcpy(&value, s.p + NLA_HDRLEN, sizeof(value));
			if ((a.nla_type & NLA_TYPE_MASK) == CTA_STATUS)
				out->answered = ntohl(value) & IPS_SEEN_REPLY;
			if ((a.nla_type & NLA_TYPE_MASK) == CTA_MARK)
				out->mark = ntohl(value);
		}
		s = slice_skip(s, whole < s.n ? whole : s.n);
	}
}

static bool read_answer(struct slice s, struct conntrack_entry *out)
{
	struct nlmsghdr head;
	struct nlmsgerr error;

	if (s.n < sizeof(head))
		return false;
	memcpy(&head, s.p, sizeof(head));
	if (head.nlmsg_len > s.n)
		return false;
	s.n = head.nlmsg_len;
	if (head.nlmsg_type == NLMSG_ERROR) {
		if (s.n < NLMSG_HDRLEN + sizeof(error))
			return false;
		memcpy(&error, s.p + NLMSG_HDRLEN, sizeof(error));
		return error.error == -ENOENT;
	}
	if (head.nlmsg_type != (NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW) || s.n < HEAD)
		return false;
	out->known = true;
	read_attributes(slice_skip(s, HEAD), out);
	return true;
}

bool conntrack_find(const struct addr *from, uint16_t from_port, const struct addr *to,
		    uint16_t to_port, struct conntrack_entry *out)
{
	_Alignas(NLMSG_ALIGNTO) char bytes[ANSWER_MAX];
	struct request r = {.n = HEAD};
	size_t n;

	*out = (struct conntrack_entry){0};
	add_tuple(&r, from, from_port, to, to_port);
	finish(&r, from->family);
	return ask(&r, bytes, &n) && read_answer((struct slice){bytes, n}, out);
}
