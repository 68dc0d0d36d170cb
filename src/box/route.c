/* SPDX-License-Identifier: ISC */
#include "box/route.h"

#include <string.h>

bool addr_is_multicast(const struct addr *a)
{
	return a->family == 4 ? (a->bytes[0] & 0xf0) == 0xe0 : a->bytes[0] == 0xff;
}

bool addr_is_loopback(const struct addr *a)
{
	static const uint8_t one[16] = {[15] = 1};

	return a->family == 4 ? a->bytes[0] == 127 : memcmp(a->bytes, one, 16) == 0;
}

bool addr_is_link_local(const struct addr *a)
{
	return a->family == 6 && a->bytes[0] == 0xfe && (a->bytes[1] & 0xc0) == 0x80;
}

bool addr_is_zero(const struct addr *a)
{
	static const uint8_t zero[16];

	return memcmp(a->bytes, zero, a->family == 4 ? 4 : 16) == 0;
}

bool route_is_nobody(const struct box *b, const struct addr *a)
{
	return a->family == 4 &&
	       (addr_is_zero(a) || (a->bytes[0] == 0 && box_kernel_is_before(b, 5, 3)));
}

bool addr_is_all_ones(const struct addr *a)
{
	return a->family == 4 && memcmp(a->bytes, "\xff\xff\xff\xff", 4) == 0;
}

bool route_uses(const struct box_route *r, const char *link)
{
	if (r->link && strcmp(r->link, link) == 0)
		return true;
	for_each (other, &r->other_links)
		if (strcmp(*other, link) == 0)
			return true;
	return false;
}

static bool is_better(const struct box_route *a, const struct box_route *b)
{
	return !b || a->to.bits > b->to.bits || (a->to.bits == b->to.bits && a->metric < b->metric);
}

static const struct box_route *find_in_table(const struct box *b, uint32_t table,
					     const struct route_query *q)
{
	const struct box_route *best = NULL;

	for_each (r, &b->routes) {
		if (r->table != table || r->down || r->to.addr.family != q->to.family)
			continue;
		if (q->out && r->link && !route_uses(r, q->out))
			continue;
		if (prefix_has(&r->to, &q->to) && is_better(r, best))
			best = r;
	}
	return best;
}

static bool rule_asks(const struct box_rule *rule, const struct route_query *q)
{
	if (rule->from.addr.family && !(q->from.family && prefix_has(&rule->from, &q->from)))
		return false;
	if (rule->to.addr.family && !prefix_has(&rule->to, &q->to))
		return false;
	if (rule->in && strcmp(rule->in, q->in ? q->in : "lo") != 0)
		return false;
	if (rule->out && !(q->out && strcmp(rule->out, q->out) == 0))
		return false;
	return (rule->mark & rule->mark_mask) == (q->mark & rule->mark_mask);
}

static bool rule_takes(const struct box_rule *rule, const struct route_query *q)
{
	if (rule->family != q->to.family)
		return false;
	if (rule_asks(rule, q) == rule->negate)
		return false;
	return !rule->unknown || q->guess(q->ctx, rule->unknown);
}

/* What a rule itself answers, without a table. */
static const struct box_route *refusal(enum nf_addr_type type)
{
	static const struct box_route blackhole = {.type = ADDR_BLACKHOLE},
				      unreachable = {.type = ADDR_UNREACHABLE},
				      prohibit = {.type = ADDR_PROHIBIT};

	return type == ADDR_BLACKHOLE  ? &blackhole
	       : type == ADDR_PROHIBIT ? &prohibit
				       : &unreachable;
}

/* As the kernel has them from the start, where nobody asked for the rules. */
static const struct box_route *find_by_default(const struct box *b, const struct route_query *q)
{
	static const uint32_t tables[] = {TABLE_LOCAL, TABLE_MAIN, TABLE_DEFAULT};

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		const struct box_route *r = find_in_table(b, tables[i], q);

		if (r && r->type != ADDR_THROW)
			return r;
	}
	return NULL;
}

const struct box_route *route_find(const struct box *b, const struct route_query *q)
{
	if (!(q->to.family == 4 ? b->has.rules4 : b->has.rules6))
		return find_by_default(b, q);
	for_each (rule, &b->rules) {
		const struct box_route *r;

		if (!rule_takes(rule, q))
			continue;
		if (rule->type != ADDR_UNICAST)
			return refusal(rule->type);
		r = find_in_table(b, rule->table, q);
		if (r && r->type != ADDR_THROW)
			return r;
	}
	return NULL;
}

enum nf_addr_type route_local_type(const struct box *b, const struct addr *a, const char *link)
{
	const struct route_query q = {.to = *a};
	const struct box_route *r;

	if (addr_is_multicast(a))
		return ADDR_MULTICAST;
	if (route_is_nobody(b, a) || addr_is_all_ones(a))
		return ADDR_BROADCAST;
	r = find_in_table(b, TABLE_LOCAL, &q);
	if (!r || (link && !route_uses(r, link)))
		return ADDR_UNICAST;
	return r->type;
}

enum nf_addr_type route_link_type(const struct box *b, const struct addr *to, const char *link)
{
	enum nf_addr_type type = route_local_type(b, to, link);

	if (type == ADDR_MULTICAST || (type == ADDR_BROADCAST && !route_is_nobody(b, to)))
		return type;
	return ADDR_UNICAST;
}

const char *route_local_link(const struct box *b, const struct addr *a)
{
	const struct route_query q = {.to = *a};
	const struct box_route *r = find_in_table(b, TABLE_LOCAL, &q);

	return r && r->type == ADDR_LOCAL ? r->link : NULL;
}

/* IPv4 asks its table of local addresses, IPv6 its routes. */
enum nf_addr_type route_type(const struct box *b, const struct route_query *q)
{
	enum nf_addr_type type = route_local_type(b, &q->to, NULL);
	const struct box_route *r;

	if (q->to.family == 4 || type != ADDR_UNICAST)
		return type;
	r = route_find(b, q);
	return r && r->link && r->type == ADDR_UNICAST ? ADDR_UNICAST : ADDR_UNREACHABLE;
}
