/* SPDX-License-Identifier: ISC */
#include "policy/space_int.h"

enum { ICMP = 1, TCP = 6, UDP = 17, ICMPV6 = 58 };
enum { ECHO = 8 << 8, ECHO_V6 = 128 << 8, HTTP = 80, HTTPS = 443, EPHEMERAL = 49152 };

/* Down one path. No node is without a value below it, so no choice has to be taken back. */
struct path {
	const struct space *space;
	const struct space_hints *hints;
	uint32_t set;
	uint32_t family;
};

static bool try_value(struct path *p, const struct space_node *n, uint32_t value)
{
	uint32_t child = space_edge_for(p->space, n, value)->child;

	if (child != SPACE_EMPTY)
		p->set = child;
	return child != SPACE_EMPTY;
}

/* The least value that leads somewhere. */
static uint32_t least_value(struct path *p, const struct space_node *n)
{
	const struct space_edge *e = &p->space->edges[n->first];
	uint32_t lo = 0;

	while (e->child == SPACE_EMPTY)
		lo = e++->hi + 1;
	p->set = e->child;
	return lo;
}

/* The least from that one on, or else the least. */
static uint32_t least_from(struct path *p, const struct space_node *n, uint32_t from)
{
	const struct space_edge *edges = &p->space->edges[n->first];

	for (uint32_t i = 0, lo = 0; i < n->n; lo = edges[i++].hi + 1)
		if (edges[i].child != SPACE_EMPTY && edges[i].hi >= from) {
			p->set = edges[i].child;
			return lo > from ? lo : from;
		}
	return least_value(p, n);
}

static const struct space_node *asks_for(const struct path *p, enum space_field field)
{
	const struct space_node *n;

	if (space_is_value(p->set))
		return NULL;
	n = space_node_of(p->space, p->set);
	return p->space->order[n->level] == field ? n : NULL;
}

/* The first choice, the second, or the least. */
static uint32_t choose(struct path *p, enum space_field field, uint32_t first, uint32_t second)
{
	const struct space_node *n = asks_for(p, field);

	if (!n || try_value(p, n, first))
		return first;
	return try_value(p, n, second) ? second : least_value(p, n);
}

/* Not the first address of the range, which is often that of a network. */
static struct addr address_in(const struct path *p, uint32_t lo)
{
	struct space_range all = space_frame_family(p->space->frame, p->family);
	struct addr first, last;

	if (lo < all.lo)
		lo = all.lo;
	space_frame_addrs(p->space->frame, p->family, (struct space_range){lo, lo}, &first, &last);
	if (!addr_equal(&first, &last))
		first.bytes[first.family == 4 ? 3 : 15] |= 1;
	return addr_compare(&first, &last) > 0 ? last : first;
}

static struct addr choose_addr(struct path *p, enum space_field field)
{
	const struct space_node *n = asks_for(p, field);
	const struct space_hints *h = p->hints;
	const struct addr usual = {.family = 4, .bytes = {1}}; /* below are hosts that nobody has */
	uint32_t from = p->family == SPACE_IPV4 ? space_frame_rank(p->space->frame, &usual) : 0;

	for (size_t i = 0; i < h->n_addrs; i++) {
		const struct addr *a = &h->addrs[i];

		if ((a->family == 4) != (p->family == SPACE_IPV4))
			continue;
		if (!n || try_value(p, n, space_frame_rank(p->space->frame, a)))
			return *a;
	}
	return address_in(p, n ? least_from(p, n, from) : from);
}

static uint16_t choose_to_port(struct path *path, uint8_t proto)
{
	uint32_t first = path->hints->to_port ? path->hints->to_port : HTTP;

	if (proto == ICMP || proto == ICMPV6)
		first = proto == ICMP ? ECHO : ECHO_V6;
	return (uint16_t)choose(path, SPACE_TO_PORT, first, HTTPS);
}

static void choose_field(struct path *path, enum space_field field, struct space_packet *p)
{
	switch (field) {
	case SPACE_IN:
		p->in = choose(path, field, SPACE_OTHER_INTERFACE, SPACE_FIRST_INTERFACE);
		break;
	case SPACE_OUT:
		p->out = choose(path, field, SPACE_OTHER_INTERFACE, SPACE_FIRST_INTERFACE);
		break;
	case SPACE_FAMILY:
		path->family = choose(path, field, SPACE_IPV4, SPACE_IPV6);
		break;
	case SPACE_STATE:
		p->state = choose(path, field, SPACE_NEW, SPACE_ESTABLISHED);
		break;
	case SPACE_DIRECTION:
		p->direction = choose(path, field, SPACE_ORIGINAL, SPACE_REPLY);
		break;
	case SPACE_PROTO:
		p->proto = (uint8_t)choose(path, field, TCP, UDP);
		break;
	case SPACE_TO:
		p->to = choose_addr(path, field);
		break;
	case SPACE_FROM:
		p->from = choose_addr(path, field);
		break;
	case SPACE_TO_PORT:
		p->to_port = choose_to_port(path, p->proto);
		break;
	case SPACE_FROM_PORT:
		p->from_port = (uint16_t)choose(path, field, EPHEMERAL, EPHEMERAL);
		break;
	case SPACE_FIELDS:
		BUG("no such field");
	}
}

bool space_witness(const struct space *s, uint32_t a, const struct space_hints *hints,
		   struct space_packet *p)
{
	struct path path = {s, hints, a, SPACE_IPV4};

	if (a == SPACE_TOO_LARGE)
		BUG("looked into what was too large");
	if (a == SPACE_EMPTY)
		return false;
	*p = (struct space_packet){0};
	for (size_t level = 0; level < SPACE_FIELDS; level++)
		choose_field(&path, s->order[level], p);
	return true;
}
