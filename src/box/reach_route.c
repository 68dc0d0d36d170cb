/* SPDX-License-Identifier: ISC
 *
 * What routing says of all packets: box/route.c in sets.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "box/reach_int.h"

struct routing_memo {
	struct route_asked asked;
	struct routing routing;
	struct routing_memo *next;
};

bool reach_routes_known(const struct reached *r, uint8_t family)
{
	return family == 4 ? r->b->has.routes4 : r->b->has.routes6;
}

static bool rules_are_known(const struct reached *r, uint8_t family)
{
	return family == 4 ? r->b->has.rules4 : r->b->has.rules6;
}

/* The longest prefix first, then the lowest metric, then the order of the table. */
static int by_preference(const void *a_, const void *b_)
{
	const struct box_route *a = *(const struct box_route *const *)a_;
	const struct box_route *b = *(const struct box_route *const *)b_;

	if (a->to.bits != b->to.bits)
		return a->to.bits > b->to.bits ? -1 : 1;
	if (a->metric != b->metric)
		return a->metric < b->metric ? -1 : 1;
	return a < b ? -1 : a > b;
}

static bool leaves_by(const struct reached *r, const struct box_route *route, uint32_t out)
{
	return out == SPACE_NO_INTERFACE || !route->link || route_uses(route, reach_name(r, out));
}

/* The number plus one of the route that a table has; of "throw": nothing. */
static uint32_t table_set(struct reached *r, uint32_t table, const struct route_asked *q)
{
	const struct box *b = r->b;
	const struct box_route **sorted = mem_new(b->routes.n + 1, sizeof(struct box_route *));
	uint32_t *sets = mem_new(b->routes.n + 1, sizeof(*sets)), result;
	uint32_t *values = mem_new(b->routes.n + 1, sizeof(*values));
	size_t n = 0;

	for_each (route, &b->routes)
		if (route->table == table && !route->down && leaves_by(r, route, q->out))
			sorted[n++] = route;
	qsort(sorted, n, sizeof(struct box_route *), by_preference);
	for (size_t i = 0; i < n; i++) {
		struct space_range to = space_frame_find_prefix(r->frame, &sorted[i]->to);
		struct space_match m = {0};

		m.fields[q->to] = (struct space_ranges){&to, 1};
		sets[i] = space_of(r->s, &m, (uint32_t)(sorted[i] - b->routes.items) + 1);
	}
	result = space_override_all(r->s, sets, n);
	for_each (route, &b->routes) {
		uint32_t place = (uint32_t)(route - b->routes.items) + 1;

		values[place] = route->type == ADDR_THROW ? 0 : place;
	}
	result = space_map(r->s, result, values, b->routes.n + 1);
	free(sorted);
	free(sets);
	free(values);
	return result;
}

static uint32_t came_by(const struct reached *r, const char *name, bool has_in)
{
	uint32_t in;

	if (!has_in)
		return strcmp(name, "lo") == 0 ? SPACE_ALL : SPACE_EMPTY;
	in = reach_value(r, SPACE_IN, reach_id(r, name));
	if (strcmp(name, "lo") == 0)
		in = space_override(r->s, in, reach_value(r, SPACE_IN, SPACE_NO_INTERFACE));
	return in;
}

/* The packets for which a rule is asked, but for what it asks that nobody understands. */
static uint32_t rule_set(const struct reached *r, const struct box_rule *rule,
			 const struct route_asked *q)
{
	uint32_t set = SPACE_ALL, family = reach_family(r, rule->family);

	if (rule->from.addr.family)
		set = space_where(r->s, set, reach_prefix(r, q->from, &rule->from));
	if (rule->to.addr.family)
		set = space_where(r->s, set, reach_prefix(r, q->to, &rule->to));
	if (rule->in)
		set = space_where(r->s, set, came_by(r, rule->in, q->has_in));
	if (rule->out && reach_id(r, rule->out) != q->out)
		set = SPACE_EMPTY;
	if ((rule->mark & rule->mark_mask) != (q->mark & rule->mark_mask))
		set = SPACE_EMPTY;
	if (rule->negate)
		set = space_complement(r->s, set);
	return space_where(r->s, set, family);
}

/* What a rule sends to `answer`, a route for each packet or none. */
static void take(struct reached *r, struct routing *g, uint32_t where, bool certain,
		 uint32_t answer)
{
	uint32_t hits = space_where(r->s, answer, space_where(r->s, g->none, where));

	if (certain && g->layers.n)
		g->layers.items[0] = space_override(r->s, g->layers.items[0], hits);
	else
		*(uint32_t *)list_add(r->arena, &g->layers, sizeof(uint32_t)) = hits;
	if (certain)
		g->none = space_without(r->s, g->none, hits);
}

static void ask_rule(struct reached *r, const struct box_rule *rule, const struct route_asked *q,
		     struct routing *g)
{
	uint32_t refused = space_all((uint32_t)r->b->routes.n + 1);
	uint32_t answer = rule->type == ADDR_UNICAST ? table_set(r, rule->table, q) : refused;

	take(r, g, rule_set(r, rule, q), !rule->unknown, answer);
}

static void ask_rules(struct reached *r, const struct route_asked *q, struct routing *g)
{
	static const uint32_t tables[] = {TABLE_LOCAL, TABLE_MAIN, TABLE_DEFAULT};

	/* The layer of what is certain comes first. */
	*(uint32_t *)list_add(r->arena, &g->layers, sizeof(uint32_t)) = SPACE_EMPTY;
	for (uint8_t family = 4; family <= 6; family += 2) {
		struct box_rule all = {.family = family};

		for (size_t i = 0; !rules_are_known(r, family) && i < 3; i++) {
			all.type = ADDR_UNICAST;
			all.table = tables[i];
			ask_rule(r, &all, q, g);
		}
	}
	for_each (rule, &r->b->rules)
		if (rules_are_known(r, rule->family))
			ask_rule(r, rule, q, g);
}

const struct routing *reach_routing(struct reached *r, struct route_asked q)
{
	struct routing_memo *m = r->routings;

	while (m && (m->asked.to != q.to || m->asked.from != q.from || m->asked.mark != q.mark ||
		     m->asked.out != q.out || m->asked.has_in != q.has_in))
		m = m->next;
	if (m)
		return &m->routing;
	m = ARENA_NEW(r->arena, struct routing_memo);
	*m = (struct routing_memo){.asked = q, .routing = {.none = SPACE_ALL}, .next = r->routings};
	r->routings = m;
	ask_rules(r, &q, &m->routing);
	return &m->routing;
}

static const struct box_route refusal = {.type = ADDR_UNREACHABLE};

uint32_t reach_routed(const struct reached *r, const struct routing *g, route_kind *is,
		      uint32_t ctx)
{
	size_t n = r->b->routes.n;
	uint32_t *to = mem_new(n + 2, sizeof(*to)), set = SPACE_EMPTY;

	for (size_t i = 0; i < n; i++)
		to[i + 1] = is(r, &r->b->routes.items[i], ctx);
	to[n + 1] = is(r, &refusal, ctx);
	for_each (layer, &g->layers)
		set = space_override(r->s, set, space_map(r->s, *layer, to, n + 2));
	free(to);
	return set;
}

struct typed {
	enum nf_addr_type type;
	const char *link; /* NULL: any */
};

/* As the table of the box's own addresses says; of a link: where the route is that link's. */
static uint32_t in_local_table(struct reached *r, enum space_field field, struct typed t)
{
	struct route_asked q = {.to = field, .out = SPACE_NO_INTERFACE};
	size_t n = r->b->routes.n;
	uint32_t *to = mem_new(n + 1, sizeof(*to)), set;

	to[0] = t.type == ADDR_UNICAST;
	for_each (route, &r->b->routes) {
		bool here = !t.link || route_uses(route, t.link);

		to[route - r->b->routes.items + 1] =
			here ? route->type == t.type : t.type == ADDR_UNICAST;
	}
	set = space_map(r->s, table_set(r, TABLE_LOCAL, &q), to, n + 1);
	free(to);
	return set;
}

static uint32_t multicast(const struct reached *r, enum space_field field)
{
	return space_override(r->s, reach_addrs(r, field, "224.0.0.0/4"),
			      reach_addrs(r, field, "ff00::/8"));
}

/* route_is_nobody() */
static uint32_t nobody(const struct reached *r, enum space_field field)
{
	return reach_addrs(r, field, box_kernel_is_before(r->b, 5, 3) ? "0.0.0.0/8" : "0.0.0.0/32");
}

static uint32_t broadcast(const struct reached *r, enum space_field field)
{
	return space_override(r->s, nobody(r, field), reach_addrs(r, field, "255.255.255.255/32"));
}

/* In the order in which route_local_type() asks. */
static uint32_t local_type(struct reached *r, enum space_field field, struct typed t)
{
	uint32_t m = multicast(r, field), all = broadcast(r, field);
	uint32_t set = in_local_table(r, field, t);

	set = space_without(r->s, set, space_override(r->s, m, all));
	if (t.type == ADDR_MULTICAST)
		set = space_override(r->s, set, m);
	if (t.type == ADDR_BROADCAST)
		set = space_override(r->s, set, all);
	return set;
}

uint32_t reach_local_type(struct reached *r, enum space_field field, enum space_field link,
			  enum nf_addr_type type)
{
	uint32_t set = SPACE_EMPTY;

	if (link == SPACE_FIELDS)
		return local_type(r, field, (struct typed){type, NULL});
	for (uint32_t id = 0; id < r->names->names.n + SPACE_FIRST_INTERFACE; id++) {
		const char *name = reach_name(r, id);
		/* Without a link any of them counts. */
		struct typed t = {type, id == SPACE_NO_INTERFACE ? NULL : name ? name : ""};

		set = space_override(
			r->s, set,
			space_where(r->s, local_type(r, field, t), reach_value(r, link, id)));
	}
	return set;
}

static bool is_way(const struct reached *r, const struct box_route *route, uint32_t link)
{
	return route->type == ADDR_UNICAST && route->link &&
	       (link == SPACE_NO_INTERFACE || route_uses(route, reach_name(r, link)));
}

static bool is_no_way(const struct reached *r, const struct box_route *route, uint32_t link)
{
	return !is_way(r, route, link);
}

/* IPv6 asks its routes about what is no address of the box itself. */
uint32_t reach_type(struct reached *r, const struct env *env, enum space_field field,
		    enum nf_addr_type type)
{
	struct route_asked q = {.to = field, .from = SPACE_FROM, .mark = env->mark};
	uint32_t v6 = reach_family(r, 6), set = reach_local_type(r, field, SPACE_FIELDS, type);
	uint32_t others =
		space_where(r->s, reach_local_type(r, field, SPACE_FIELDS, ADDR_UNICAST), v6);
	const struct routing *g = reach_routing(r, q);

	/* On another link a link's own address is any. */
	if (type == ADDR_UNICAST)
		set = space_override(
			r->s, space_without(r->s, set, v6),
			space_where(r->s, reach_local_type(r, field, SPACE_FIELDS, ADDR_LOCAL),
				    reach_addrs(r, field, "fe80::/10")));
	if (type == ADDR_UNICAST)
		return space_override(
			r->s, set,
			space_where(r->s, others, reach_routed(r, g, is_way, SPACE_NO_INTERFACE)));
	if (type == ADDR_UNREACHABLE) {
		uint32_t no = space_override(
			r->s, reach_routed(r, g, is_no_way, SPACE_NO_INTERFACE), g->none);

		set = space_override(r->s, set, space_where(r->s, others, no));
	}
	return set;
}

static uint32_t answer(const struct reached *r, const struct routing *g, route_kind *is,
		       uint32_t ctx)
{
	return is ? reach_routed(r, g, is, ctx) : g->none;
}

/* The packets that may take a route of a kind; NULL: that may have none. A link's own addresses are
 * on every link; of those only the one counts where the packet came in. */
static uint32_t on_link(struct reached *r, struct route_asked q, route_kind *is, uint32_t ctx)
{
	uint32_t link = reach_addrs(r, q.to, "fe80::/10");
	uint32_t set = answer(r, reach_routing(r, q), is, ctx);
	uint32_t other = space_where(r->s, link, reach_value(r, SPACE_IN, SPACE_OTHER_INTERFACE));

	set = space_without(r->s, set, space_without(r->s, link, other));
	for (size_t i = 0; i < r->names->names.n; i++) {
		uint32_t here;

		q.out = (uint32_t)i + SPACE_FIRST_INTERFACE;
		here = space_where(r->s, link, reach_value(r, SPACE_IN, q.out));
		here = space_where(r->s, answer(r, reach_routing(r, q), is, ctx), here);
		set = space_override(r->s, set, here);
	}
	return set;
}

/* By this interface; SPACE_NO_INTERFACE: by any. */
static uint32_t way_back(struct reached *r, uint32_t mark, uint32_t link, bool there_is)
{
	struct route_asked q = {.to = SPACE_FROM, .from = SPACE_TO, .mark = mark, .has_in = true};

	if (there_is)
		return on_link(r, q, is_way, link);
	return space_override(r->s, on_link(r, q, is_no_way, link), on_link(r, q, NULL, 0));
}

uint32_t reach_way_back(struct reached *r, uint32_t mark, bool by_in, bool there_is)
{
	uint32_t set = SPACE_EMPTY;

	if (!by_in)
		return way_back(r, mark, SPACE_NO_INTERFACE, there_is);
	for (size_t i = 0; i < r->names->names.n; i++) {
		uint32_t id = (uint32_t)i + SPACE_FIRST_INTERFACE;

		set = space_override(r->s, set,
				     space_where(r->s, way_back(r, mark, id, there_is),
						 reach_value(r, SPACE_IN, id)));
	}
	if (!there_is)
		set = space_override(r->s, set, reach_value(r, SPACE_IN, SPACE_OTHER_INTERFACE));
	return set;
}

/* A value of a switch of an interface, or of all. sysctl(8) writes a "/" for a name's dot. */
static int64_t switch_of(const struct reached *r, const char *key, const char *link, int family)
{
	const char *of = link ? link : "default";
	char dotless[NF_VALUE_BYTES], name[80];
	size_t n = 0;

	for (; n < sizeof(dotless) - 1 && of[n]; n++)
		dotless[n] = of[n] == '.' ? '/' : of[n];
	dotless[n] = '\0';
	snprintf(name, sizeof(name), "net.ipv%d.conf.%s.%s", family, dotless, key);
	return box_switch(r->b, name, 0);
}

/* What came in by an interface for which IPv4's switch, the highest of its own and of all, has this
 * value (at least one: above 0). */
static uint32_t where_switch(const struct reached *r, const char *key, int64_t value)
{
	int64_t all = switch_of(r, key, "all", 4);
	uint32_t set = SPACE_EMPTY;

	for (uint32_t id = 1; id < r->names->names.n + SPACE_FIRST_INTERFACE; id++) {
		int64_t here = switch_of(r, key, reach_name(r, id), 4);

		if ((all > here ? all : here) == value)
			set = space_override(r->s, set, reach_value(r, SPACE_IN, id));
	}
	return set;
}

static uint32_t both(const struct reached *r, uint32_t a, uint32_t b)
{
	return space_where(r->s, a, b);
}

static uint32_t either(const struct reached *r, uint32_t a, uint32_t b)
{
	return space_override(r->s, a, b);
}

static uint32_t without(const struct reached *r, uint32_t a, uint32_t b)
{
	return space_without(r->s, a, b);
}

/* walk_route.c says what each is. */
static uint32_t martians(const struct reached *r)
{
	uint32_t to_all = reach_addrs(r, SPACE_TO, "255.255.255.255/32");
	uint32_t from_none = reach_addrs(r, SPACE_FROM, "0.0.0.0/32");
	uint32_t to_group = reach_addrs(r, SPACE_TO, "224.0.0.0/4");
	uint32_t no_sender = either(r, reach_addrs(r, SPACE_FROM, "224.0.0.0/4"),
				    reach_addrs(r, SPACE_FROM, "255.255.255.255/32"));
	uint32_t fine =
		either(r, to_all, both(r, from_none, reach_addrs(r, SPACE_TO, "0.0.0.0/32")));
	uint32_t bad = without(r, nobody(r, SPACE_FROM), both(r, to_group, from_none));
	uint32_t loops = either(r, reach_addrs(r, SPACE_FROM, "127.0.0.0/8"),
				reach_addrs(r, SPACE_TO, "127.0.0.0/8"));

	loops = without(r, loops, reach_value(r, SPACE_IN, r->lo));
	loops = both(r, loops, where_switch(r, "route_localnet", 0));
	bad = either(r, bad, either(r, loops, nobody(r, SPACE_TO)));
	return either(r, no_sender, without(r, bad, fine));
}

/* Those without a way back, by this interface or at all: may be, or must. */
static uint32_t no_way_back(struct reached *r, bool by_in, bool may)
{
	return may ? reach_way_back(r, 0, by_in, false)
		   : space_complement(r->s, reach_way_back(r, 0, by_in, true));
}

static uint32_t refused_sources(struct reached *r, bool may)
{
	uint32_t own = reach_local_type(r, SPACE_FROM, SPACE_FIELDS, ADDR_LOCAL);
	uint32_t sender = reach_local_type(r, SPACE_FROM, SPACE_FIELDS, ADDR_UNICAST);
	uint32_t strict = both(r, where_switch(r, "rp_filter", 1), no_way_back(r, true, may));
	uint32_t loose = both(r, where_switch(r, "rp_filter", 2), no_way_back(r, false, may));
	uint32_t bad = both(r, own, where_switch(r, "accept_local", 0));

	bad = either(r, bad, space_complement(r->s, either(r, own, sender)));
	bad = either(r, bad, both(r, sender, either(r, strict, loose)));
	bad = without(r, bad, reach_value(r, SPACE_IN, r->lo));
	return without(r, bad, reach_addrs(r, SPACE_FROM, "0.0.0.0/32"));
}

/* IPv6 that comes in where it is switched off. */
static uint32_t switched_off(const struct reached *r)
{
	uint32_t set = SPACE_EMPTY;

	for (size_t i = 0; i < r->names->names.n; i++)
		if (switch_of(r, "disable_ipv6", r->names->names.items[i], 6))
			set = either(r, set,
				     reach_value(r, SPACE_IN, (uint32_t)i + SPACE_FIRST_INTERFACE));
	return both(r, set, reach_family(r, 6));
}

/* Groups of scopes 0 and 1, whatever their flags are. */
static uint32_t groups_of_no_link(const struct reached *r)
{
	struct prefix p = {.addr = {.family = 6, .bytes = {0xff}}, .bits = 15};
	uint32_t set = SPACE_EMPTY;

	for (unsigned flags = 0; flags < 16; flags++) {
		p.addr.bytes[1] = (uint8_t)(flags << 4);
		set = either(r, set, reach_prefix(r, SPACE_TO, &p));
	}
	return set;
}

/* IPv6 looks at the addresses before any hook. */
uint32_t reach_strangers(const struct reached *r)
{
	uint32_t loops = either(r, reach_addrs(r, SPACE_FROM, "::1/128"),
				reach_addrs(r, SPACE_TO, "::1/128"));

	loops = either(r, loops, groups_of_no_link(r));
	loops = either(r, loops, reach_addrs(r, SPACE_FROM, "ff00::/8"));
	return either(r, switched_off(r), without(r, loops, reach_value(r, SPACE_IN, r->lo)));
}

uint32_t reach_known(const struct reached *r)
{
	uint32_t set = SPACE_EMPTY;

	for (uint8_t family = 4; family <= 6; family += 2)
		if (reach_routes_known(r, family))
			set = either(r, set, reach_family(r, family));
	return set;
}

/* The packets that may come in by an interface that forwards, or may not. */
static uint32_t forwards(const struct reached *r, bool yes)
{
	bool v4 = box_switch(r->b, "net.ipv4.ip_forward", 0) != 0;
	bool v6 = switch_of(r, "forwarding", "all", 6) != 0;
	uint32_t set = v4 ? reach_family(r, 4) : SPACE_EMPTY;

	if (!r->b->has.switches)
		return SPACE_ALL;
	for (size_t i = 0; i < r->names->names.n; i++)
		if (switch_of(r, "forwarding", r->names->names.items[i], 4))
			set = either(r, set,
				     both(r, reach_family(r, 4),
					  reach_value(r, SPACE_IN,
						      (uint32_t)i + SPACE_FIRST_INTERFACE)));
	if (v6)
		set = either(r, set, reach_family(r, 6));
	return yes ? set : space_complement(r->s, set);
}

static bool is_local(const struct reached *r, const struct box_route *route, uint32_t ctx)
{
	(void)r;
	(void)ctx;
	return route->type == ADDR_LOCAL || route->type == ADDR_BROADCAST ||
	       route->type == ADDR_ANYCAST;
}

static bool is_here(const struct reached *r, const struct box_route *route, uint32_t ctx)
{
	(void)r;
	(void)ctx;
	return route->type == ADDR_LOCAL || route->type == ADDR_ANYCAST;
}

static bool is_refused(const struct reached *r, const struct box_route *route, uint32_t ctx)
{
	(void)ctx;
	return !is_local(r, route, 0) &&
	       (route->type == ADDR_BLACKHOLE || route->type == ADDR_UNREACHABLE ||
		route->type == ADDR_PROHIBIT || !route->link);
}

static bool is_refused_own(const struct reached *r, const struct box_route *route, uint32_t ctx)
{
	return !is_here(r, route, ctx) && (is_refused(r, route, ctx) || !route->link);
}

/* It is no local one and leaves by this link. */
static bool leaves(const struct reached *r, const struct box_route *route, uint32_t link)
{
	return !is_local(r, route, 0) && !is_refused(r, route, 0) &&
	       route_uses(route, reach_name(r, link));
}

/* A broadcast that the box itself sends does leave. */
static bool leaves_own(const struct reached *r, const struct box_route *route, uint32_t link)
{
	return !is_here(r, route, 0) && !is_refused(r, route, 0) &&
	       route_uses(route, reach_name(r, link));
}

/* With the interfaces by which they leave. */
static uint32_t ways_out(struct reached *r, struct route_asked q, bool own)
{
	uint32_t set = SPACE_EMPTY;

	for (size_t i = 0; i < r->names->names.n; i++) {
		uint32_t id = (uint32_t)i + SPACE_FIRST_INTERFACE;
		uint32_t by = own ? reach_routed(r, reach_routing(r, q), leaves_own, id)
				  : on_link(r, q, leaves, id);

		set = either(r, set, both(r, by, reach_value(r, SPACE_OUT, id)));
	}
	return set;
}

/* What routing refuses at once: may, or must. */
static uint32_t refused(struct reached *r, bool may)
{
	return both(r, reach_family(r, 4), either(r, martians(r), refused_sources(r, may)));
}

/* What routing makes of what came in, for each mark, of packets as they are then. */
struct ways_in {
	uint32_t local, forward, refused; /* each: may be; forward says by which interface */
};

/* What leaves by the interface where it came in. */
static uint32_t turns(const struct reached *r)
{
	uint32_t set = SPACE_EMPTY;

	for (size_t i = 0; i < r->names->names.n; i++) {
		uint32_t id = (uint32_t)i + SPACE_FIRST_INTERFACE;

		set = either(r, set,
			     both(r, reach_value(r, SPACE_IN, id), reach_value(r, SPACE_OUT, id)));
	}
	return set;
}

static uint32_t special_targets(const struct reached *r)
{
	uint32_t all = either(r, reach_addrs(r, SPACE_TO, "255.255.255.255/32"),
			      reach_addrs(r, SPACE_TO, "0.0.0.0/32"));

	return either(r, multicast(r, SPACE_TO), all);
}

/* Groups to which the box perhaps does not belong. */
static uint32_t other_groups(const struct reached *r)
{
	uint32_t all = either(r, reach_addrs(r, SPACE_TO, "224.0.0.1/32"),
			      reach_addrs(r, SPACE_TO, "ff02::1/128"));

	return without(r, multicast(r, SPACE_TO), all);
}

static struct ways_in ways_in(struct reached *r, uint32_t mark)
{
	struct route_asked q = {.to = SPACE_TO, .from = SPACE_FROM, .mark = mark, .has_in = true};
	uint32_t bad = refused(r, true), certainly = refused(r, false);
	uint32_t special = special_targets(r), out = ways_out(r, q, false), none;
	uint32_t stays = either(r, reach_addrs(r, SPACE_FROM, "fe80::/10"),
				reach_addrs(r, SPACE_FROM, "::/128"));
	struct ways_in w;

	w.local = either(r, special, on_link(r, q, is_local, 0));
	stays = without(r, stays, turns(r));
	w.forward = both(r, without(r, without(r, out, special), stays), forwards(r, true));
	none = either(r, both(r, out, stays), both(r, out, forwards(r, false)));
	none = space_forget(r->s, none, SPACE_OUT);
	none = either(r, none, on_link(r, q, is_refused, 0));
	none = either(r, none, on_link(r, q, NULL, 0));
	w.refused = either(r, other_groups(r), without(r, none, special));
	w.local = both(r, without(r, w.local, certainly),
		       reach_value(r, SPACE_OUT, SPACE_NO_INTERFACE));
	w.forward = without(r, w.forward, certainly);
	w.refused = either(r, w.refused, bad);
	return w;
}

/* Of what the box sent to itself: what it may refuse, and must. */
void reach_route_loop(struct reached *r, struct flocks *f)
{
	uint32_t strange = reach_addrs(r, SPACE_FROM, "ff00::/8");
	uint32_t groups = other_groups(r);

	for (size_t i = 0; i < f->n; i++) {
		struct flock *k = &f->items[i];

		reach_stop(r, both(r, k->where, strange));
		reach_stop(r, both(r, k->where, reach_pull(r, &k->env, groups)));
		k->where = without(r, k->where, strange);
	}
}

/* Where routes were not collected, where a packet leaves is as asked. */
static struct ways_in add_unknown(const struct reached *r, struct ways_in w)
{
	uint32_t k = reach_known(r), none = reach_value(r, SPACE_OUT, SPACE_NO_INTERFACE);
	uint32_t others = space_complement(r->s, k);

	w.refused = both(r, w.refused, k);
	w.local = either(r, both(r, w.local, k), both(r, others, none));
	w.forward = either(r, both(r, w.forward, k), without(r, others, none));
	return w;
}

uint32_t reach_link_type(struct reached *r, enum space_field link, enum nf_addr_type type)
{
	return without(r, reach_local_type(r, SPACE_TO, link, type), nobody(r, SPACE_TO));
}

/* What was sent to many, as it came, is not forwarded. */
static void forward_to_one(struct reached *r, const struct flock *k, uint32_t where,
			   struct flocks *forward)
{
	uint32_t many = either(r, reach_link_type(r, SPACE_IN, ADDR_MULTICAST),
			       reach_link_type(r, SPACE_IN, ADDR_BROADCAST));

	many = both(r, many, reach_known(r));
	reach_stop(r, both(r, where, many));
	flocks_add(r->s, forward, &k->env, without(r, where, many));
}

void reach_route_in(struct reached *r, struct flocks *f, struct flocks *local,
		    struct flocks *forward)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct flock *k = &f->items[i];
		struct ways_in w = add_unknown(r, ways_in(r, k->env.mark));

		reach_stop(r, both(r, k->where, reach_pull(r, &k->env, w.refused)));
		flocks_add(r->s, local, &k->env,
			   both(r, k->where, reach_pull(r, &k->env, w.local)));
		forward_to_one(r, k, both(r, k->where, reach_pull(r, &k->env, w.forward)), forward);
	}
}

/* The sources that are the box's by a local route of more than one address, such as 127.0.0.0/8,
 * each with the route's link. */
static uint32_t by_local_nets(struct reached *r)
{
	uint32_t set = SPACE_EMPTY;

	for_each (route, &r->b->routes)
		if (route->table == TABLE_LOCAL && route->type == ADDR_LOCAL && route->link &&
		    route->to.addr.family == 4 && route->to.bits < 32) {
			struct typed t = {ADDR_LOCAL, route->link};
			uint32_t out = reach_value(r, SPACE_OUT, reach_id(r, route->link));

			set = either(r, set,
				     both(r, reach_prefix(r, SPACE_FROM, &route->to),
					  both(r, in_local_table(r, SPACE_FROM, t), out)));
		}
	return set;
}

/* What goes to many leaves by the link whose address it has. */
static uint32_t by_source(struct reached *r)
{
	uint32_t set = by_local_nets(r), to;

	for_each (a, &r->b->addresses) {
		struct prefix p = prefix_of_addr(&a->addr);

		if (a->addr.family != 4)
			continue;
		set = without(r, set, reach_prefix(r, SPACE_FROM, &p));
		set = either(r, set,
			     both(r, reach_prefix(r, SPACE_FROM, &p),
				  reach_value(r, SPACE_OUT, reach_id(r, a->link))));
	}
	to = either(r, reach_addrs(r, SPACE_TO, "224.0.0.0/4"),
		    reach_addrs(r, SPACE_TO, "255.255.255.255/32"));
	return both(r, set, to);
}

/* Sources that are not the box's. */
static uint32_t foreign(struct reached *r)
{
	uint32_t set = reach_local_type(r, SPACE_FROM, SPACE_FIELDS, ADDR_UNICAST);

	if (!r->b->has.addresses)
		return SPACE_EMPTY;
	for_each (a, &r->b->addresses) {
		struct prefix p = prefix_of_addr(&a->addr);

		set = without(r, set, reach_prefix(r, SPACE_FROM, &p));
	}
	set = without(r, set, reach_addrs(r, SPACE_FROM, "0.0.0.0/32"));
	return without(r, set, reach_addrs(r, SPACE_FROM, "::/128"));
}

/* The two that mean the box itself. */
static uint32_t to_nobody(const struct reached *r)
{
	return either(r, reach_addrs(r, SPACE_TO, "0.0.0.0/32"),
		      reach_addrs(r, SPACE_TO, "::/128"));
}

static void route_own(struct reached *r, const struct flock *k, struct flocks *out)
{
	struct route_asked q = {.to = SPACE_TO, .from = SPACE_FROM, .mark = k->env.mark};
	const struct routing *g = reach_routing(r, q);
	uint32_t by_lo = reach_value(r, SPACE_OUT, r->lo), known = reach_known(r);
	uint32_t set = either(r, by_source(r), both(r, to_nobody(r), by_lo));
	uint32_t sent = space_forget(r->s, set, SPACE_OUT), others, where;
	uint32_t ways =
		either(r, ways_out(r, q, true), both(r, reach_routed(r, g, is_here, 0), by_lo));
	uint32_t none = either(r, g->none, reach_routed(r, g, is_refused_own, 0));

	ways = without(r, either(r, set, without(r, ways, sent)), foreign(r));
	none = both(r, either(r, without(r, none, sent), foreign(r)), known);
	others = without(r, space_complement(r->s, known),
			 reach_value(r, SPACE_OUT, SPACE_NO_INTERFACE));
	ways = either(r, both(r, ways, known), others);
	reach_stop(r, both(r, k->where, reach_pull(r, &k->env, none)));
	where = both(r, k->where, reach_pull(r, &k->env, ways));
	flocks_add(r->s, out, &k->env, where);
}

void reach_route_out(struct reached *r, struct flocks *f)
{
	struct flocks out = {0};

	for (size_t i = 0; i < f->n; i++)
		route_own(r, &f->items[i], &out);
	flocks_release(f);
	*f = out;
}
