/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "box/nf_words.h"
#include "box/read_json.h"

/* Keys of a route that say where it goes, and those that do not matter to that. With any other it
 * is not known which packets it takes. */
static bool is_known(const char *key)
{
	static const char *const keys[] = {
		"type",	   "dst",   "table",	"dev",	 "gateway", "via",     "prefsrc",
		"metric",  "flags", "nexthops", "nhid",	 "scope",   "pref",    "protocol",
		"metrics", "mtu",   "advmss",	"error", "expires", "flow_to", "flow_from",
		"cache",   "used",  "age",	"users", "hoplimit"};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (strcmp(key, keys[i]) == 0)
			return true;
	return false;
}

static struct prefix read_destination(struct json_reader *r, const json_t *o)
{
	const char *s = json_read_text(r, o, "dst");
	struct prefix p = {.addr = {.family = r->family}};
	bool host_bits;

	if (!s)
		json_wrong(r, "there is no \"dst\"");
	else if (strcmp(s, "default") != 0 &&
		 (!prefix_parse(slice_of(s), &p, &host_bits) || p.addr.family != r->family))
		json_wrong(r, "\"dst\" is no network of IPv%d: \"%.60s\"", r->family, s);
	return p;
}

/* An IPv4 network may be behind a neighbour that has an IPv6 address. */
static struct addr read_via(struct json_reader *r, const json_t *o)
{
	const json_t *via = json_object_get(o, "via");
	const uint8_t family = r->family;
	struct addr a;

	if (!via)
		return json_read_addr(r, o, "gateway");
	r->family = 0;
	a = json_read_addr(r, via, "host");
	r->family = family;
	return a;
}

/* What ip marks as dead the kernel does not take; "linkdown" alone it does, unless
 * ignore_routes_with_linkdown is set, and then ip says "dead", too. */
static bool is_dead(const json_t *o)
{
	return json_has_word(json_object_get(o, "flags"), "dead");
}

static void read_hop(struct json_reader *r, const json_t *o, struct box_route *route)
{
	const char *link = json_read_link(r, o, "dev");
	struct addr via = read_via(r, o);

	if (!link) {
		json_wrong(r, "a next hop has no \"dev\"");
	} else if (!route->link) {
		route->link = link;
		route->via = via;
	} else {
		*(const char **)list_add(r->b->arena, &route->other_links, sizeof(link)) = link;
	}
}

static void read_hops(struct json_reader *r, const json_t *o, struct box_route *route)
{
	const json_t *hops = json_object_get(o, "nexthops");

	route->down = is_dead(o);
	if (!hops) {
		route->link = json_read_link(r, o, "dev");
		route->via = read_via(r, o);
		return;
	}
	if (!json_array_size(hops))
		json_wrong(r, "\"nexthops\" is no list with something in it");
	for (size_t i = 0; !r->rc && i < json_array_size(hops); i++)
		if (!is_dead(json_array_get(hops, i)))
			read_hop(r, json_array_get(hops, i), route);
	route->down = route->down || !route->link;
}

/* What it does is not known: which packets take it, or where they go. */
static void doubt(struct json_reader *r, const json_t *o, const char *key)
{
	const char *to = json_read_text(r, o, "dst");
	const char *words =
		arena_printf(r->b->arena, "route to %.60s with \"%.40s\"", to ? to : "?", key);

	*(const char **)list_add(r->b->arena, &r->b->ruleset.doubts, sizeof(words)) = words;
}

static const char *find_unknown(json_t *o)
{
	for (void *i = json_object_iter(o); i; i = json_object_iter_next(o, i))
		if (!is_known(json_object_iter_key(i)))
			return json_object_iter_key(i);
	return NULL;
}

static bool goes_somewhere(enum nf_addr_type type)
{
	return type != ADDR_BLACKHOLE && type != ADDR_UNREACHABLE && type != ADDR_PROHIBIT &&
	       type != ADDR_THROW;
}

static void read_route(struct json_reader *r, json_t *o)
{
	const char *word = json_read_text(r, o, "type"), *unknown = find_unknown(o);
	int type = word ? nf_addr_type_of(slice_of(word)) : ADDR_UNICAST;
	struct box_route route = {.table = json_read_table(r, o, "table")};

	if (unknown || type < 0) {
		doubt(r, o, unknown ? unknown : word);
		return;
	}
	route.type = (enum nf_addr_type)type;
	route.to = read_destination(r, o);
	route.source = json_read_addr(r, o, "prefsrc");
	route.metric = json_read_number(r, o, "metric", UINT32_MAX, 0);
	if (goes_somewhere(route.type))
		read_hops(r, o, &route);
	if (goes_somewhere(route.type) && !route.link && !route.down)
		json_wrong(r, "there is no \"dev\"");
	if (!r->rc)
		*(struct box_route *)list_add(r->b->arena, &r->b->routes, sizeof(route)) = route;
}

int box_read_routes(struct box *b, const struct box_text *t, uint8_t family, struct err *err)
{
	struct json_reader r = {.b = b, .text = t, .what = "route", .family = family, .err = err};

	return json_read_list(&r, read_route);
}
