/* SPDX-License-Identifier: ISC
 *
 * Where the packet goes, and what routing refuses (net/ipv4/route.c, net/ipv6/ip6_input.c).
 */
#include <string.h>

#include "box/walk_int.h"

static bool guess(void *w, const char *words)
{
	return walk_guess(w, words);
}

static struct route_query query(struct walk *w)
{
	return (struct route_query){.from = w->p.from,
				    .to = w->p.to,
				    .in = w->in,
				    .mark = w->p.mark,
				    .guess = guess,
				    .ctx = w};
}

static bool refuse(struct walk *w, const char *why)
{
	w->now.chain = NULL;
	w->now.rule = NULL;
	walk_end(w, FATE_UNROUTED, why);
	return false;
}

/* sysctl(8) writes a "/" where a link's name has a dot. */
static int64_t switch_of(const struct walk *w, const char *key, const char *link, int family)
{
	char dotless[NF_VALUE_BYTES], name[80];
	size_t n = 0;

	for (; n < sizeof(dotless) - 1 && link[n]; n++)
		dotless[n] = link[n] == '.' ? '/' : link[n];
	dotless[n] = '\0';
	snprintf(name, sizeof(name), "net.ipv%d.conf.%s.%s", family, dotless, key);
	return box_switch(w->b, name, 0);
}

/* Of those that count where either the link or "all" says so. */
static int64_t highest(const struct walk *w, const char *key)
{
	int64_t all = switch_of(w, key, "all", 4), here = switch_of(w, key, w->in, 4);

	return all > here ? all : here;
}

static bool routes_are_known(const struct walk *w)
{
	return w->p.to.family == 4 ? w->b->has.routes4 : w->b->has.routes6;
}

bool walk_has_way_back(struct walk *w, const char *link, bool with_mark)
{
	struct route_query q = {.from = w->p.to,
				.to = w->p.from,
				.in = w->in,
				.mark = with_mark ? w->p.mark : 0,
				.guess = guess,
				.ctx = w};
	const struct box_route *r;

	/* A link's own addresses are on every link; one that leaves here is looked for. */
	if (addr_is_link_local(&w->p.from))
		q.out = w->in;
	r = route_find(w->b, &q);
	return r && r->type == ADDR_UNICAST && r->link && (!link || route_uses(r, link));
}

static bool is_of_link(const struct addr *a)
{
	return addr_is_link_local(a) || (a->family == 6 && addr_is_zero(a));
}

/* Many on this link, or on this host: sent to as the link's own address, too. */
static bool is_to_link(const struct addr *to)
{
	enum { LINK_SCOPE = 2 };

	return is_of_link(to) ||
	       (to->family == 6 && addr_is_multicast(to) && (to->bytes[1] & 15) <= LINK_SCOPE);
}

/* Of the target's scope: the link's, or everywhere. */
static bool is_of_scope(const struct box_address *a, const struct addr *to)
{
	return a->addr.family == to->family && !addr_is_loopback(&a->addr) &&
	       is_of_link(&a->addr) == is_to_link(to);
}

/* Of its network, at most. */
static unsigned common_bits(const struct box_address *a, const struct addr *b)
{
	unsigned n = 0;

	while (n < a->bits && !((a->addr.bytes[n / 8] ^ b->bytes[n / 8]) & 0x80 >> n % 8))
		n++;
	return n;
}

/* IPv6 takes what is most like the target, and before all the target itself (RFC 6724); IPv4 the
 * first that shares a network with the next hop. */
static bool is_nearer(const struct walk *w, const struct box_address *a,
		      const struct box_address *than)
{
	if (!than)
		return true;
	if (w->p.to.family == 6)
		return common_bits(a, &w->p.to) > common_bits(than, &w->p.to);
	return common_bits(a, &w->next_hop) == a->bits &&
	       common_bits(than, &w->next_hop) < than->bits;
}

static bool is_as_near(const struct walk *w, const struct box_address *a,
		       const struct box_address *b)
{
	return a->addr.family == 6 && common_bits(a, &w->p.to) == common_bits(b, &w->p.to);
}

/* Of equally near ones IPv6 takes the one that it had last, which nobody can see. */
static const struct box_address *own_address(struct walk *w, const char *link)
{
	const struct box_address *best = NULL;

	for_each (a, &w->b->addresses) {
		if (!is_of_scope(a, &w->p.to) || (link && strcmp(a->link, link) != 0))
			continue;
		if (is_nearer(w, a, best) ||
		    (is_as_near(w, a, best) &&
		     walk_guess(w, arena_printf(w->arena, "which of its addresses %s sends as",
						a->link))))
			best = a;
	}
	return best;
}

struct addr walk_own_address(struct walk *w, const char *link)
{
	const struct box_address *a = own_address(w, link);
	static const struct addr loopback6 = {.family = 6, .bytes = {[15] = 1}};

	if (link && strcmp(link, "lo") == 0 && w->p.to.family == 6 &&
	    (is_to_link(&w->p.to) || addr_is_loopback(&w->p.to)))
		return loopback6;
	/* Without one of its own, that of another. */
	if (!a && link == w->out)
		a = own_address(w, NULL);
	return a ? a->addr : (struct addr){0};
}

/* What IPv4 takes for impossible; NULL: nothing. */
static const char *martian(const struct walk *w)
{
	const struct nf_packet *p = &w->p;
	bool lo = strcmp(w->in, "lo") == 0, beginner = addr_is_zero(&p->from);
	bool to_all = addr_is_all_ones(&p->to);

	if (addr_is_multicast(&p->from) || addr_is_all_ones(&p->from))
		return "the source is no host's address";
	if (to_all || (beginner && addr_is_zero(&p->to)))
		return NULL;
	if (route_is_nobody(w->b, &p->from) && !(addr_is_multicast(&p->to) && beginner))
		return "the source is no host's address";
	if (route_is_nobody(w->b, &p->to))
		return "the target is no host's address";
	if (!lo && (addr_is_loopback(&p->from) || addr_is_loopback(&p->to)) &&
	    !highest(w, "route_localnet"))
		return "loopback addresses do not come from outside";
	return NULL;
}

/* IPv4 looks at the way back to the source. */
static const char *refused_source(struct walk *w)
{
	int64_t filter = highest(w, "rp_filter");
	enum nf_addr_type type = route_local_type(w->b, &w->p.from, NULL);

	if (strcmp(w->in, "lo") == 0 || addr_is_zero(&w->p.from))
		return NULL;
	if (type == ADDR_LOCAL)
		return switch_of(w, "accept_local", w->in, 4) ||
				       switch_of(w, "accept_local", "all", 4)
			       ? NULL
			       : "the source is an address of the box itself";
	if (type != ADDR_UNICAST)
		return "the source is a broadcast address";
	if (filter == 1 && !walk_has_way_back(w, w->in, false))
		return "rp_filter: the way back to the source leaves elsewhere";
	if (filter == 2 && !walk_has_way_back(w, NULL, false))
		return "rp_filter: there is no way back to the source";
	return NULL;
}

/* IPv6 looks at the switch of the interface, and at the addresses, before any hook. */
bool walk_arrives(struct walk *w)
{
	const struct nf_packet *p = &w->p;

	if (p->to.family != 6)
		return true;
	if (switch_of(w, "disable_ipv6", w->in, 6))
		return refuse(w, "IPv6 is switched off there (disable_ipv6)");
	if (strcmp(w->in, "lo") == 0)
		return true;
	if (addr_is_multicast(&p->from))
		return refuse(w, "the source is no host's address");
	/* RFC 4291, 2.7, and its erratum 3480: scopes 0, reserved, and 1, the interface's own. */
	if (addr_is_multicast(&p->to) && (p->to.bytes[1] & 0xe) == 0)
		return refuse(w, "a group of this scope is on no link");
	if (addr_is_loopback(&p->from) || addr_is_loopback(&p->to))
		return refuse(w, "loopback addresses do not come from outside");
	return true;
}

static bool is_member(struct walk *w)
{
	static const uint8_t all4[] = {224, 0, 0, 1}, all6[16] = {[0] = 0xff, [1] = 2, [15] = 1};
	char text[ADDR_TEXT_MAX];

	if (memcmp(w->p.to.bytes, w->p.to.family == 4 ? all4 : all6,
		   w->p.to.family == 4 ? 4 : 16) == 0)
		return true;
	return walk_guess(w, arena_printf(w->arena, "whether the box listens to %s",
					  addr_text(&w->p.to, text)));
}

static bool forwards(struct walk *w)
{
	if (!w->b->has.switches)
		return walk_guess(w, "whether the box forwards: its switches were not collected");
	if (w->p.to.family == 6)
		return switch_of(w, "forwarding", "all", 6) != 0;
	return switch_of(w, "forwarding", w->in, 4) || box_switch(w->b, "net.ipv4.ip_forward", 0);
}

/* Of several next hops any. */
static const char *choose_hop(struct walk *w, const struct box_route *r)
{
	w->next_hop = r->via.family == w->p.to.family ? r->via : w->p.to;
	for_each (other, &r->other_links)
		if (walk_guess(w, arena_printf(w->arena, "which of several next hops is taken: %s",
					       *other)))
			return *other;
	return r->link;
}

static const char *refused_way(const struct box_route *r)
{
	if (!r)
		return "there is no route";
	switch (r->type) {
	case ADDR_BLACKHOLE:
		return "its route is a blackhole";
	case ADDR_UNREACHABLE:
		return "its route says unreachable";
	case ADDR_PROHIBIT:
		return "its route says prohibited";
	default:
		return r->link ? NULL : "its route has no link";
	}
}

static void note(struct walk *w, bool local)
{
	if (local)
		walk_event(w, EVENT_ROUTE, NULL, NULL, "to the box itself");
	else
		walk_event(w, EVENT_ROUTE, NULL, NULL, "out by %s", w->out);
}

/* As it came, on the link. */
static bool is_to_one(const struct walk *w)
{
	return route_link_type(w->b, &w->asked->to, w->in) == ADDR_UNICAST;
}

static bool forward(struct walk *w, const struct box_route *r)
{
	const char *why = refused_way(r);

	if (!why && !forwards(w))
		why = "the box does not forward";
	if (why)
		return refuse(w, why);
	if (!is_to_one(w))
		return refuse(w, "what was sent to many is not forwarded");
	if (w->p.has_ttl && w->p.ttl <= 1)
		return refuse(w, "its TTL ends here");
	w->p.ttl -= w->p.has_ttl; /* before any hook */
	w->out = choose_hop(w, r);
	if (is_of_link(&w->p.from) && strcmp(w->out, w->in) != 0)
		return refuse(w, "link-local addresses stay on their link");
	note(w, false);
	return true;
}

static bool multicast_in(struct walk *w)
{
	if (!is_member(w))
		return refuse(w, "the box does not listen to this multicast address");
	note(w, true);
	return true;
}

/* As the caller said, where routes were not collected. */
static bool as_said(struct walk *w, bool *local)
{
	*local = !w->asked->out;
	if (!w->asked->routed) {
		walk_end(w, FATE_UNDECIDED, "the routes were not collected");
		return false;
	}
	w->out = w->asked->out;
	note(w, *local);
	return true;
}

bool walk_route_loop(struct walk *w)
{
	if (w->p.from.family == 6 && addr_is_multicast(&w->p.from))
		return refuse(w, "the source is no host's address");
	if (addr_is_multicast(&w->p.to) && !is_member(w))
		return refuse(w, "the box does not listen to this multicast address");
	note(w, true);
	return true;
}

static bool is_to_all(const struct addr *to)
{
	return to->family == 4 && (addr_is_all_ones(to) || addr_is_zero(to));
}

bool walk_route_in(struct walk *w, bool *local)
{
	struct route_query q = query(w);
	const struct box_route *r;
	const char *why;

	if (!routes_are_known(w))
		return as_said(w, local);
	why = w->p.to.family == 4 ? martian(w) : NULL;
	if (!why && w->p.to.family == 4)
		why = refused_source(w);
	if (why)
		return refuse(w, why);
	*local = true;
	if (addr_is_multicast(&w->p.to))
		return multicast_in(w);
	if (addr_is_link_local(&w->p.to))
		q.out = w->in;
	r = is_to_all(&w->p.to) ? NULL : route_find(w->b, &q);
	*local = is_to_all(&w->p.to) || (r && (r->type == ADDR_LOCAL || r->type == ADDR_BROADCAST ||
					       r->type == ADDR_ANYCAST));
	if (!*local)
		return forward(w, r);
	note(w, true);
	return true;
}

/* Multicast, and to all, leaves by the link whose address it has. */
static const char *link_of_source(const struct walk *w)
{
	for_each (a, &w->b->addresses)
		if (addr_equal(&a->addr, &w->p.from))
			return a->link;
	return w->p.from.family == 4 ? route_local_link(w->b, &w->p.from) : NULL;
}

bool walk_route_out(struct walk *w)
{
	struct route_query q = query(w);
	const struct box_route *r;
	bool local;

	if (!routes_are_known(w))
		return as_said(w, &local);
	if (w->b->has.addresses && !link_of_source(w) && !addr_is_zero(&w->p.from) &&
	    route_local_type(w->b, &w->p.from, NULL) == ADDR_UNICAST)
		return refuse(w, "the source is no address of the box");
	w->out = NULL;
	if (w->p.to.family == 4 && (addr_is_multicast(&w->p.to) || addr_is_all_ones(&w->p.to)))
		w->out = link_of_source(w);
	if (addr_is_zero(&w->p.to))
		w->out = "lo"; /* means the box itself */
	if (!w->out) {
		r = route_find(w->b, &q);
		local = r && (r->type == ADDR_LOCAL || r->type == ADDR_ANYCAST);
		if (!local && refused_way(r))
			return refuse(w, refused_way(r));
		w->out = local ? "lo" : choose_hop(w, r);
	}
	note(w, false);
	return true;
}
