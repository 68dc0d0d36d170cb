/* SPDX-License-Identifier: ISC
 *
 * Messages: include/uapi/linux/netfilter/nf_tables.h. Each part of a concatenation is padded to
 * four bytes.
 */
#include "sys/nft_map.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define TABLE "portolan"

enum {
	MESSAGE_MAX = 512,
	ANSWER_MAX = 1024,
	HEAD = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(struct nfgenmsg))
};

struct message {
	_Alignas(NLMSG_ALIGNTO) char bytes[MESSAGE_MAX];
	size_t n;
};

static void put(struct message *m, uint16_t type, const void *p, size_t n)
{
	const struct nlattr a = {.nla_len = (uint16_t)(NLA_HDRLEN + n), .nla_type = type};

	memcpy(m->bytes + m->n, &a, sizeof(a));
	memcpy(m->bytes + m->n + NLA_HDRLEN, p, n);
	m->n += NLA_ALIGN(a.nla_len);
}

static size_t open_nest(struct message *m, uint16_t type)
{
	size_t at = m->n;

	put(m, type | NLA_F_NESTED, "", 0);
	return at;
}

static void close_nest(struct message *m, size_t at)
{
	const uint16_t length = (uint16_t)(m->n - at);

	memcpy(m->bytes + at, &length, sizeof(length));
}

static size_t begin(struct message *m, uint16_t type, uint16_t flags, uint8_t family, uint16_t id)
{
	const struct nlmsghdr head = {
		.nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST | flags, .nlmsg_seq = type};
	const struct nfgenmsg generic = {
		.nfgen_family = family, .version = NFNETLINK_V0, .res_id = htons(id)};
	size_t at = m->n;

	memcpy(m->bytes + at, &head, sizeof(head));
	memcpy(m->bytes + at + NLMSG_HDRLEN, &generic, sizeof(generic));
	m->n += HEAD;
	return at;
}

static void finish(struct message *m, size_t at)
{
	const uint32_t length = (uint32_t)(m->n - at);

	memcpy(m->bytes + at, &length, sizeof(length));
}

static size_t add_addr(uint8_t *out, const struct addr *a)
{
	size_t n = a->family == 4 ? 4 : 16;

	memcpy(out, a->bytes, n);
	return n;
}

static size_t add_port(uint8_t *out, uint16_t port)
{
	const uint16_t wire = htons(port);

	memcpy(out, &wire, sizeof(wire));
	return 4;
}

static void put_value(struct message *m, uint16_t type, const uint8_t *value, size_t n)
{
	size_t at = open_nest(m, type);

	put(m, NFTA_DATA_VALUE, value, n);
	close_nest(m, at);
}

static void put_element(struct message *m, const struct translation_of *t, unsigned timeout_ms)
{
	uint8_t key[36] = {0}, data[20] = {0};
	size_t n = add_addr(key, &t->from), k = add_addr(data, &t->to);
	const uint64_t ms = htobe64(timeout_ms);

	n += add_addr(key + n, &t->dialled);
	n += add_port(key + n, t->port);
	k += add_port(data + k, t->to_port);
	put_value(m, NFTA_SET_ELEM_KEY, key, n);
	if (!timeout_ms)
		return;
	put_value(m, NFTA_SET_ELEM_DATA, data, k);
	put(m, NFTA_SET_ELEM_TIMEOUT, &ms, sizeof(ms));
}

static void put_change(struct message *m, uint16_t type, const struct translation_of *t,
		       unsigned timeout_ms)
{
	const char *map = t->from.family == 4 ? "p_session_4" : "p_session_6";
	size_t at = begin(m, (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type),
			  NLM_F_ACK | (timeout_ms ? NLM_F_CREATE : 0), NFPROTO_INET, 0);
	size_t list, element;

	put(m, NFTA_SET_ELEM_LIST_TABLE, TABLE, sizeof(TABLE));
	put(m, NFTA_SET_ELEM_LIST_SET, map, strlen(map) + 1);
	list = open_nest(m, NFTA_SET_ELEM_LIST_ELEMENTS);
	element = open_nest(m, NFTA_LIST_ELEM);
	put_element(m, t, timeout_ms);
	close_nest(m, element);
	close_nest(m, list);
	finish(m, at);
}

/* The first word about an error, or about success, of the answers. */
static int read_answer(const char *p, size_t n)
{
	struct nlmsghdr head;
	int error;

	if (n < NLMSG_HDRLEN + sizeof(error))
		return -EPROTO;
	memcpy(&head, p, sizeof(head));
	memcpy(&error, p + NLMSG_HDRLEN, sizeof(error));
	return head.nlmsg_type == NLMSG_ERROR ? error : -EPROTO;
}

static int ask(const struct message *m)
{
	const struct timeval patience = {.tv_sec = 1};
	char answer[ANSWER_MAX];
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER), rc;
	ssize_t n;

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	rc = send(fd, m->bytes, m->n, 0) == (ssize_t)m->n ? 0 : -errno;
	n = rc ? 0 : recv(fd, answer, sizeof(answer), 0);
	if (!rc)
		rc = n < 0 ? -errno : read_answer(answer, (size_t)n);
	close(fd);
	return rc;
}

static int change(uint16_t type, const struct translation_of *t, unsigned timeout_ms)
{
	struct message m = {.n = 0};

	finish(&m, begin(&m, NFNL_MSG_BATCH_BEGIN, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES));
	put_change(&m, type, t, timeout_ms);
	finish(&m, begin(&m, NFNL_MSG_BATCH_END, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES));
	return ask(&m);
}

int nft_map_add(const struct translation_of *t, unsigned timeout_ms)
{
	return change(NFT_MSG_NEWSETELEM, t, timeout_ms);
}

void nft_map_remove(const struct translation_of *t)
{
	(void)!change(NFT_MSG_DELSETELEM, t, 0); /* its time may have been up */
}
