/* SPDX-License-Identifier: ISC
 *
 * All packets at once against one after the other: boxes made at random, and what reach says of a
 * packet against what the walk says of it.
 */
#include "box/reach.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "box/nf_make.h"
#include "box/read.h"
#include "box/route.h"
#include "box/walk.h"
#include "test.h"

enum { TCP = 6, UDP = 17, ICMP = 1, ICMPV6 = 58, SYN = 2 };

static struct addr addr_of(const char *text)
{
	struct addr a;

	assert_true(addr_parse(slice_of(text), &a));
	return a;
}

static struct prefix prefix_of(const char *text)
{
	struct prefix p;
	bool host_bits;

	assert_true(prefix_parse(slice_of(text), &p, &host_bits));
	return p;
}

#define ADD(b, list, type, ...)                                                                    \
	(*(type *)list_add((b)->arena, &(b)->list, sizeof(type)) = (type){__VA_ARGS__})

static void add_address(struct box *b, const char *link, const char *text, uint8_t bits)
{
	ADD(b, addresses, struct box_address, .link = link, .addr = addr_of(text), .bits = bits);
	ADD(b, routes, struct box_route, .table = 255, .type = ADDR_LOCAL,
	    .to = prefix_of_addr(&(struct addr){0}), .link = link);
	b->routes.items[b->routes.n - 1].to = prefix_of(text);
}

static void add_route(struct box *b, uint32_t table, enum nf_addr_type type, const char *to,
		      const char *link)
{
	ADD(b, routes, struct box_route, .table = table, .type = type, .to = prefix_of(to),
	    .link = link);
}

static void add_links(struct box *b)
{
	ADD(b, links, struct box_link, .name = "lo", .index = 1, .up = true, .loopback = true);
	ADD(b, links, struct box_link, .name = "eth0", .index = 2, .up = true);
	ADD(b, links, struct box_link, .name = "eth1", .index = 3, .up = true);
	ADD(b, links, struct box_link, .name = "br0", .index = 4, .up = true, .kind = "bridge");
	ADD(b, links, struct box_link, .name = "veth1", .index = 5, .up = true, .master = "br0");
	add_address(b, "lo", "127.0.0.1", 8);
	add_address(b, "lo", "::1", 128);
	add_address(b, "eth0", "192.0.2.1", 24);
	add_address(b, "eth0", "2001:db8::1", 64);
	add_address(b, "eth1", "10.0.0.1", 24);
	add_address(b, "eth1", "2001:db8:1::1", 64);
	add_address(b, "br0", "172.17.0.1", 16);
}

static void add_routes(struct box *b)
{
	add_route(b, 255, ADDR_LOCAL, "127.0.0.0/8", "lo");
	add_route(b, 255, ADDR_BROADCAST, "192.0.2.255", "eth0");
	add_route(b, 255, ADDR_BROADCAST, "10.0.0.255", "eth1");
	add_route(b, 255, ADDR_MULTICAST, "ff00::/8", "eth0");
	add_route(b, 254, ADDR_UNICAST, "192.0.2.0/24", "eth0");
	add_route(b, 254, ADDR_UNICAST, "10.0.0.0/24", "eth1");
	add_route(b, 254, ADDR_UNICAST, "172.17.0.0/16", "br0");
	add_route(b, 254, ADDR_UNICAST, "10.9.0.0/16", "eth1");
	add_route(b, 254, ADDR_BLACKHOLE, "10.66.0.0/16", NULL);
	add_route(b, 254, ADDR_UNICAST, "0.0.0.0/0", "eth0");
	add_route(b, 254, ADDR_UNICAST, "2001:db8::/64", "eth0");
	add_route(b, 254, ADDR_UNICAST, "2001:db8:1::/64", "eth1");
	add_route(b, 100, ADDR_UNICAST, "0.0.0.0/0", "eth1");
	add_route(b, 100, ADDR_THROW, "10.9.0.0/17", NULL);
}

static void add_switch(struct box *b, const char *name, int64_t value)
{
	ADD(b, switches, struct box_switch, .name = name, .value = value);
}

static void add_box_rules(struct box *b, uint64_t *random, bool unsure)
{
	for (uint8_t family = 4; family <= 6; family += 2) {
		ADD(b, rules, struct box_rule, .family = family, .type = ADDR_UNICAST,
		    .table = 255);
		if (family == 4 && random_below(random, 2))
			ADD(b, rules, struct box_rule, .family = 4, .priority = 10,
			    .type = ADDR_UNICAST, .mark = 1, .mark_mask = 1, .table = 100);
		if (family == 4 && random_below(random, 2))
			ADD(b, rules, struct box_rule, .family = 4, .priority = 11,
			    .type = ADDR_UNICAST, .from = prefix_of("10.0.0.0/25"), .in = "eth1",
			    .table = 100);
		if (family == 4 && random_below(random, 3) == 0)
			ADD(b, rules, struct box_rule, .family = 4, .priority = 12,
			    .type = ADDR_PROHIBIT, .negate = true, .to = prefix_of("10.9.0.0/16"),
			    .from = prefix_of("198.51.100.0/24"));
		if (family == 4 && unsure && random_below(random, 2))
			ADD(b, rules, struct box_rule, .family = 4, .priority = 13,
			    .type = ADDR_UNICAST, .unknown = "uidrange", .table = 100);
		ADD(b, rules, struct box_rule, .family = family, .type = ADDR_UNICAST,
		    .priority = 32766, .table = 254);
	}
}

static void know_all(struct box *b)
{
	b->has = (struct box_parts){.nft = true,
				    .links = true,
				    .addresses = true,
				    .routes4 = true,
				    .routes6 = true,
				    .rules4 = true,
				    .rules6 = true,
				    .switches = true};
}

static struct box *make_box(uint64_t *random, bool unsure)
{
	struct box *b = box_new();

	know_all(b);
	b->kernel = *random % 4 == 0 ? "4.19.0-27-amd64" : NULL;
	add_links(b);
	add_routes(b);
	add_box_rules(b, random, unsure);
	add_switch(b, "net.ipv4.ip_forward", random_below(random, 8) != 0);
	add_switch(b, "net.ipv6.conf.all.forwarding", random_below(random, 4) != 0);
	add_switch(b, "net.ipv4.conf.all.rp_filter", random_below(random, 2));
	add_switch(b, "net.ipv4.conf.eth1.rp_filter", random_below(random, 3));
	add_switch(b, "net.ipv6.conf.eth1.disable_ipv6", *random % 4 == 1);
	add_switch(b, "net.ipv4.conf.eth0.route_localnet", random_below(random, 2));
	return b;
}

static const char *const words4[] = {
	"0.0.0.0",    "10.0.0.1",    "10.0.0.2",	"10.0.0.127",	"10.0.0.128",
	"10.0.0.255", "10.9.1.1",    "10.9.200.1",	"10.66.0.1",	"127.0.0.1",
	"127.9.9.9",  "172.17.0.1",  "172.17.0.2",	"172.17.0.3",	"192.0.2.1",
	"192.0.2.9",  "192.0.2.255", "198.51.100.1",	"198.51.100.9", "203.0.113.77",
	"224.0.0.1",  "0.0.0.5",     "255.255.255.255",
};
static const char *const words6[] = {
	"::1",	   "2001:db8::1",   "2001:db8::9", "2001:db8:1::1", "2001:db8:1::7", "fe80::1",
	"ff02::1", "2001:db8:2::1", "::",
};
static const char *const prefixes4[] = {
	"10.0.0.0/24", "10.0.0.0/25", "10.9.0.0/16", "172.17.0.2",    "198.51.100.0/24",
	"192.0.2.1",   "0.0.0.0/0",   "10.0.0.2",    "172.17.0.0/16",
};
static const char *const prefixes6[] = {"2001:db8::/64", "2001:db8:1::7", "::/0", "fe80::/10"};
static const uint16_t ports[] = {0, 22, 53, 80, 81, 443, 1023, 1024, 8080, 65535};

static const char *pick_name(uint64_t *random)
{
	static const char *const names[] = {"lo", "eth0", "eth1", "br0", "eth0"};

	return names[random_below(random, ARRAY_LEN(names))];
}

static uint16_t pick_port(uint64_t *random)
{
	return ports[random_below(random, ARRAY_LEN(ports))];
}

static struct nf_span pick_prefix(uint64_t *random, bool v6)
{
	struct prefix p = prefix_of(v6 ? prefixes6[random_below(random, ARRAY_LEN(prefixes6))]
				       : prefixes4[random_below(random, ARRAY_LEN(prefixes4))]);

	return nf_span_of_prefix(&p);
}

static struct nf_span pick_span(uint64_t *random, enum nf_key key)
{
	uint16_t lo = pick_port(random), hi = pick_port(random);

	switch (key) {
	case KEY_IIF:
	case KEY_OIF:
		if (random_below(random, 3) == 0)
			return nf_span_of_name(slice_of("eth"), true);
		return nf_span_of_name(slice_of(pick_name(random)), false);
	case KEY_SADDR4:
	case KEY_DADDR4:
	case KEY_CT_ORIG_DADDR4:
	case KEY_CT_REPL_SADDR4:
	case KEY_CT_REPL_DADDR4:
		return pick_prefix(random, false);
	case KEY_SADDR6:
	case KEY_DADDR6:
		return pick_prefix(random, true);
	case KEY_SPORT:
	case KEY_DPORT:
	case KEY_CT_ORIG_DPORT:
	case KEY_CT_REPL_SPORT:
	case KEY_CT_REPL_DPORT:
		return nf_span_of_number(lo < hi ? lo : hi, lo < hi ? hi : lo);
	case KEY_PROTO:
		return nf_span_of_number(random_below(random, 2) ? TCP : UDP, UDP);
	case KEY_FAMILY:
		return nf_span_of_number(4, random_below(random, 2) ? 4 : 6);
	case KEY_ICMP:
		return nf_span_of_number(0x800, 0x8ff);
	case KEY_CT_STATE:
		return nf_span_of_number(random_below(random, 5), 4);
	case KEY_CT_STATUS:
		return nf_span_of_number(1, 255);
	case KEY_MARK:
	case KEY_CT_MARK:
		return nf_span_of_number(random_below(random, 3), 2);
	case KEY_BACK:
	case KEY_BACK_IIF: /* one value: that it has one of both, only reach knows */
		lo = (uint16_t)random_below(random, 2);
		return nf_span_of_number(lo, lo);
	case KEY_PKTTYPE:
		return nf_span_of_number(random_below(random, 2), 1);
	case KEY_TCP_FLAGS:
		return nf_span_of_number(random_below(random, 3), 2);
	default:
		return nf_span_of_number(1 + random_below(random, 3), 3); /* types */
	}
}

static uint32_t pick_mask(uint64_t *random, enum nf_key key)
{
	if (key == KEY_CT_STATUS)
		return CT_DNAT;
	if (key == KEY_TCP_FLAGS)
		return 2 | 16;
	return key == KEY_DPORT && random_below(random, 4) == 0 ? 0xff : 0;
}

static enum nf_key pick_key(uint64_t *random, bool unsure)
{
	static const enum nf_key keys[] = {
		KEY_IIF,
		KEY_OIF,
		KEY_FAMILY,
		KEY_PROTO,
		KEY_SADDR4,
		KEY_DADDR4,
		KEY_DADDR4,
		KEY_SADDR6,
		KEY_DADDR6,
		KEY_SPORT,
		KEY_DPORT,
		KEY_DPORT,
		KEY_ICMP,
		KEY_TCP_FLAGS,
		KEY_CT_STATE,
		KEY_CT_DIRECTION,
		KEY_CT_STATUS,
		KEY_CT_MARK,
		KEY_CT_ORIG_DADDR4,
		KEY_CT_ORIG_DPORT,
		KEY_MARK,
		KEY_PKTTYPE,
		KEY_SADDR_TYPE,
		KEY_DADDR_TYPE,
		KEY_SADDR_IIF_TYPE,
		KEY_DADDR_IIF_TYPE,
		KEY_BACK_IIF,
		KEY_BACK,
		KEY_FRAGMENT,
		KEY_UID,
		KEY_MAC,
		KEY_TTL,
	};

	enum nf_key key = keys[random_below(random, ARRAY_LEN(keys) - (unsure ? 0 : 3))];

	if (*random & 1 && key == KEY_SADDR_IIF_TYPE)
		return KEY_SADDR_OIF_TYPE;
	if (*random & 1 && key == KEY_CT_ORIG_DPORT)
		return *random & 2 ? KEY_CT_REPL_SPORT : KEY_CT_REPL_DPORT;
	if (*random & 1 && key == KEY_CT_ORIG_DADDR4)
		return *random & 2 ? KEY_CT_REPL_SADDR4 : KEY_CT_REPL_DADDR4;
	return *random & 1 && key == KEY_DADDR_IIF_TYPE ? KEY_DADDR_OIF_TYPE : key;
}

static struct nf_set *random_set(struct box *b, uint64_t *random, const struct nf_key_use *keys,
				 size_t n_keys)
{
	struct nf_set *set = ARENA_NEW(b->arena, struct nf_set);
	size_t n = 1 + random_below(random, 4);
	struct nf_span *spans = ARENA_ARRAY(b->arena, struct nf_span, n * n_keys);

	for (size_t i = 0; i < n * n_keys; i++)
		spans[i] = pick_span(random, keys[i % n_keys].key);
	*set = (struct nf_set){.n_keys = n_keys, .n = n, .spans = spans};
	return set;
}

static void random_question(struct box *b, uint64_t *random, struct nf_rule *r, bool unsure)
{
	struct nf_key_use keys[3];
	size_t n = random_below(random, 3) ? 1 : 2;
	struct nf_set *set;

	if (unsure && random_below(random, 8) == 0) {
		nf_ask_unknown(b, r, slice_of("limit rate 1/second"));
		return;
	}
	for (size_t i = 0; i < n; i++) {
		keys[i].key = pick_key(random, unsure);
		keys[i].mask = pick_mask(random, keys[i].key);
	}
	set = random_set(b, random, keys, n);
	set->changing = unsure && random_below(random, 8) == 0;
	nf_ask_set(b, r, set, keys, random_below(random, 3) == 0);
}

static struct nf_target pick_target(uint64_t *random, bool unsure)
{
	struct nf_target t = {.has_ports = random_below(random, 2)};
	static const char *const to[] = {"172.17.0.2", "172.17.0.3", "10.0.0.2", "192.0.2.1",
					 "2001:db8:1::7"};

	if (random_below(random, 4)) {
		t.lo = t.hi = addr_of(to[random_below(random, ARRAY_LEN(to))]);
		t.family = t.lo.family;
		if (unsure && t.family == 4 && random_below(random, 3) == 0) {
			t.lo = addr_of("172.17.0.2");
			t.hi = addr_of("172.17.0.3");
		}
	}
	t.port_lo = t.has_ports ? 80 : 0;
	t.port_hi = t.has_ports && random_below(random, 2) ? 443 : t.port_lo;
	return t;
}

static struct nf_verdict pick_verdict(uint64_t *random, uint32_t first, uint32_t end)
{
	static const enum nf_verdict_kind kinds[] = {VERDICT_ACCEPT, VERDICT_DROP, VERDICT_REJECT,
						     VERDICT_RETURN, VERDICT_CONTINUE};
	struct nf_verdict v = {.kind = kinds[random_below(random, ARRAY_LEN(kinds))]};

	if (first < end && random_below(random, 3) == 0) {
		v.kind = random_below(random, 3) ? VERDICT_JUMP : VERDICT_GOTO;
		v.chain = first + random_below(random, end - first);
	}
	return v;
}

static void random_map(struct box *b, uint64_t *random, struct nf_rule *r, uint32_t first,
		       uint32_t end, bool unsure)
{
	struct nf_key_use key = {.key = pick_key(random, unsure)};
	struct nf_set *set;
	struct nf_data *data;

	key.mask = pick_mask(random, key.key);
	set = random_set(b, random, &key, 1);
	data = ARENA_ARRAY(b->arena, struct nf_data, set->n);
	set->kind = DATA_VERDICT;
	set->data = data;
	for (size_t i = 0; i < set->n; i++)
		data[i].verdict = pick_verdict(random, first, end);
	nf_add_step(b, r, STEP_VERDICT_MAP)->map = nf_make_lookup(b, set, &key);
}

static void random_nat_map(struct box *b, uint64_t *random, struct nf_nat *nat)
{
	struct nf_key_use key = {.key = KEY_DPORT};
	struct nf_set *set = random_set(b, random, &key, 1);
	struct nf_data *data = ARENA_ARRAY(b->arena, struct nf_data, set->n);
	struct nf_lookup *l = ARENA_NEW(b->arena, struct nf_lookup);

	set->kind = DATA_TARGET;
	set->data = data;
	for (size_t i = 0; i < set->n; i++)
		data[i].target = pick_target(random, false);
	*l = nf_make_lookup(b, set, &key);
	nat->map = l;
}

static void random_change(struct box *b, uint64_t *random, struct nf_rule *r)
{
	static const enum nf_step_kind kinds[] = {STEP_MARK,	     STEP_CT_MARK, STEP_SAVE_MARK,
						  STEP_RESTORE_MARK, STEP_NOTRACK, STEP_HELPER};
	struct nf_step *s = nf_add_step(b, r, kinds[random_below(random, ARRAY_LEN(kinds))]);

	if (s->kind == STEP_HELPER || s->kind == STEP_NOTRACK)
		return;
	s->mark.keep = random_below(random, 2) ? 0 : UINT32_MAX;
	s->mark.flip = s->kind == STEP_MARK || s->kind == STEP_CT_MARK ? random_below(random, 3)
								       : UINT32_MAX;
	if (s->kind == STEP_SAVE_MARK || s->kind == STEP_RESTORE_MARK)
		s->mark.keep = 0;
}

static void random_nat(struct box *b, uint64_t *random, struct nf_chain *c, struct nf_rule *r,
		       bool unsure)
{
	bool target = c->hook == NF_PREROUTING || c->hook == NF_OUTPUT;
	struct nf_nat *nat = &nf_add_step(b, r, STEP_NAT)->nat;

	if (random_below(random, 4) == 0) {
		nat->kind = target ? NAT_REDIRECT : NAT_MASQUERADE;
		nat->target.has_ports = target && random_below(random, 2);
		nat->target.port_lo = nat->target.port_hi = nat->target.has_ports ? 8080 : 0;
		return;
	}
	nat->kind = target ? NAT_DESTINATION : NAT_SOURCE;
	if (target && random_below(random, 3) == 0)
		random_nat_map(b, random, nat);
	else
		nat->target = pick_target(random, unsure);
	if (!target && !nat->target.family)
		nat->target = (struct nf_target){
			.family = 4, .lo = addr_of("192.0.2.1"), .hi = addr_of("192.0.2.1")};
}

static void random_rule(struct box *b, uint64_t *random, size_t chain, uint32_t first, uint32_t end,
			bool unsure)
{
	struct nf_chain *c = &b->ruleset.chains.items[chain];
	struct nf_rule *r = nf_add_rule(b, c, slice_of("rule"), PLACE_NONE);

	for (uint32_t n = random_below(random, 3); n; n--)
		random_question(b, random, r, unsure);
	if (random_below(random, 5) == 0)
		random_change(b, random, r);
	else if (c->type == CHAIN_NAT && random_below(random, 3))
		random_nat(b, random, c, r, unsure);
	else if (random_below(random, 4) == 0)
		random_map(b, random, r, first, end, unsure);
	else
		nf_add_step(b, r, STEP_VERDICT)->verdict = pick_verdict(random, first, end);
}

static const struct {
	enum nf_hook hook;
	enum nf_chain_type type;
	int priority;
} bases[] = {
	{NF_PREROUTING, CHAIN_FILTER, -300},  {NF_PREROUTING, CHAIN_FILTER, -150},
	{NF_PREROUTING, CHAIN_NAT, -100},     {NF_PREROUTING, CHAIN_FILTER, 0},
	{NF_INPUT, CHAIN_FILTER, 0},	      {NF_FORWARD, CHAIN_FILTER, 0},
	{NF_FORWARD, CHAIN_FILTER, 10},	      {NF_OUTPUT, CHAIN_ROUTE, -150},
	{NF_OUTPUT, CHAIN_NAT, -100},	      {NF_OUTPUT, CHAIN_FILTER, 0},
	{NF_POSTROUTING, CHAIN_FILTER, -150}, {NF_POSTROUTING, CHAIN_NAT, 100},
};
enum { USER_CHAINS = 3 };

static void random_ruleset(struct box *b, uint64_t *random, bool unsure)
{
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(bases); i++) {
		if (random_below(random, 2))
			continue;
		ADD(b, ruleset.chains, struct nf_chain, .table = "inet t", .name = "base",
		    .base = true, .hook = bases[i].hook, .type = bases[i].type,
		    .priority = bases[i].priority,
		    .family = (uint8_t)(random_below(random, 4) ? 0 : 4),
		    .policy = random_below(random, 3) ? VERDICT_ACCEPT : VERDICT_DROP);
		n++;
	}
	for (size_t i = 0; i < USER_CHAINS; i++)
		ADD(b, ruleset.chains, struct nf_chain, .table = "inet t", .name = "user");
	for (size_t i = 0; i < n + USER_CHAINS; i++) {
		uint32_t first = (uint32_t)(i < n ? n : i + 1);

		for (uint32_t k = random_below(random, 5); k; k--)
			random_rule(b, random, i, first, (uint32_t)n + USER_CHAINS, unsure);
	}
}

struct look {
	struct box *box;
	struct reach_frame frame;
	struct space *space;
	struct reached *reach;
	struct space_pair allowed[REACH_WAYS];
};

static void look_at(struct look *l, struct box *b)
{
	struct reach_asked asked = {.within = SPACE_ALL};

	l->box = b;
	reach_frame_init(&l->frame);
	reach_frame_add_box(&l->frame, b);
	reach_frame_seal(&l->frame);
	l->space = space_new(l->frame.frame, SPACE_BY_DESTINATION, SPACE_LIMITS);
	l->reach = reach_new(b, &l->frame, l->space, &asked);
	for (enum reach_way way = 0; way < REACH_WAYS; way++)
		l->allowed[way] = reach_allowed(l->reach, way);
}

static void look_away(struct look *l)
{
	reach_free(l->reach);
	space_free(l->space);
	reach_frame_release(&l->frame);
	box_free(l->box);
}

static uint32_t id_of(const struct look *l, const char *name)
{
	return name ? space_frame_add_interface(l->frame.frame, slice_of(name))
		    : SPACE_NO_INTERFACE;
}

static struct nf_packet random_packet(uint64_t *random)
{
	static const char *const in[] = {"lo", "eth0", "eth1", "br0", "eth0", "eth1", NULL};
	static const uint8_t protos[] = {TCP, TCP, UDP, ICMP, 47, ICMPV6};
	struct nf_packet p = {.in = in[random_below(random, ARRAY_LEN(in))]};

	p.proto = protos[random_below(random, ARRAY_LEN(protos))];
	if (random_below(random, 4)) {
		p.to = addr_of(words4[random_below(random, ARRAY_LEN(words4))]);
		p.from = addr_of(words4[random_below(random, ARRAY_LEN(words4))]);
	} else {
		p.to = addr_of(words6[random_below(random, ARRAY_LEN(words6))]);
		p.from = addr_of(words6[random_below(random, ARRAY_LEN(words6))]);
	}
	p.to_port = pick_port(random);
	p.from_port = pick_port(random);
	p.tcp_flags = p.proto == TCP ? SYN : 0;
	p.icmp_type = p.to.family == 4 ? 8 : 128;
	p.state = CT_NEW;
	return p;
}

static struct space_packet packet_of(const struct look *l, const struct nf_packet *p)
{
	struct space_packet s = {.in = id_of(l, p->in),
				 .proto = p->proto,
				 .to = p->to,
				 .from = p->from,
				 .to_port = p->to_port,
				 .from_port = p->from_port};

	if (p->proto == ICMP || p->proto == ICMPV6)
		s.to_port = (uint16_t)(p->icmp_type * 256 + p->icmp_code);
	return s;
}

static void print_packet(const struct nf_packet *p)
{
	char from[ADDR_TEXT_MAX], to[ADDR_TEXT_MAX];

	print_error("in %s proto %u %s:%u -> %s:%u\n", p->in ? p->in : "-", p->proto,
		    addr_text(&p->from, from), p->from_port, addr_text(&p->to, to), p->to_port);
}

static void print_walk(const struct nf_walk *w)
{
	for_each (o, &w->outcomes) {
		print_error("  %s out %s why %s depends %zu\n", nf_fate_names[o->fate],
			    o->out ? o->out : "-", o->why ? o->why : "-", o->depends.n);
		for_each (e, &o->events)
			print_error("    %d rule %u %s\n", e->kind, e->rule ? e->rule->number : 0,
				    e->note ? e->note : "");
	}
}

static void print_step(const struct nf_step *s)
{
	print_error(" step %d", s->kind);
	if (s->kind == STEP_IF) {
		print_error("%s %s", s->cond.negate ? " not" : "",
			    s->cond.unknown ? s->cond.unknown : "");
		for_each (lookup, &s->cond.lookups)
			for (size_t k = 0; k < lookup->set->n_keys; k++)
				print_error(" %s/%x", nf_key_names[lookup->keys[k].key],
					    lookup->keys[k].mask);
	} else if (s->kind == STEP_VERDICT) {
		print_error(" verdict %d chain %u", s->verdict.kind, s->verdict.chain);
	} else if (s->kind == STEP_VERDICT_MAP) {
		const struct nf_set *set = s->map.set;

		for (size_t i = 0; i < set->n; i++)
			print_error(" %s/%x %lu-%lu: %d", nf_key_names[s->map.keys[0].key],
				    s->map.keys[0].mask, nf_value_number(&set->spans[i].lo),
				    nf_value_number(&set->spans[i].hi), set->data[i].verdict.kind);
	} else if (s->kind == STEP_NAT) {
		print_error(" nat %d map %d family %u port %u-%u", s->nat.kind, s->nat.map != NULL,
			    s->nat.target.family, s->nat.target.port_lo, s->nat.target.port_hi);
	}
}

static void print_box(const struct box *b)
{
	for_each (c, &b->ruleset.chains) {
		print_error("chain %s hook %d type %d priority %d family %u policy %d\n", c->name,
			    c->hook, c->type, c->priority, c->family, c->policy);
		for_each (r, &c->rules) {
			print_error("  %u:", r->number);
			for_each (s, &r->steps)
				print_step(s);
			print_error("\n");
		}
	}
}

/* What the walk says of the packet, on this way. */
struct said {
	bool all_pass, any, undecided;
};

static struct said walk_says(const struct nf_walk *w, enum reach_way way, const char *out)
{
	static const enum nf_fate fates[REACH_WAYS] = {FATE_LOCAL, FATE_FORWARDED, FATE_SENT};
	struct said s = {.all_pass = true};

	for_each (o, &w->outcomes) {
		/* What the walk gives up on, reach may still know. */
		s.all_pass &= nf_fate_passes(o->fate) || o->fate == FATE_UNDECIDED;
		s.undecided |= o->fate == FATE_UNDECIDED;
		/* What the box sends to itself comes in again by lo. */
		s.any |= way == REACH_OUTPUT && o->fate == FATE_LOCAL && strcmp(out, "lo") == 0;
		s.any |= o->fate == fates[way] && (way == REACH_INPUT || strcmp(o->out, out) == 0);
	}
	return s;
}

struct counts {
	size_t certain, let, wide;
};

static void check_way(const struct look *l, const struct nf_walk *w, const struct nf_packet *p,
		      enum reach_way way, const char *out, struct counts *n)
{
	struct space_packet s = packet_of(l, p);
	struct said said = walk_says(w, way, out);
	bool must, may;

	s.out = id_of(l, out);
	must = space_find(l->space, l->allowed[way].must, &s);
	may = space_find(l->space, l->allowed[way].may, &s);
	if ((must && !may) || (must && !(said.all_pass && (said.any || said.undecided))) ||
	    (!may && said.any)) {
		print_packet(p);
		print_walk(w);
		print_box(l->box);
		fail_msg("way %d out %s: must %d, may %d", way, out ? out : "-", must, may);
	}
	n->certain += must;
	n->let += said.any && said.all_pass && !said.undecided;
	n->wide += may && !said.any && !said.undecided;
}

static void check_packet(const struct look *l, const struct nf_packet *p, struct counts *n)
{
	static const char *const outs[] = {"lo", "eth0", "eth1", "br0"};
	struct err err;
	struct nf_walk *w = nf_walk(l->box, p, &err);

	assert_non_null(w);
	if (p->in)
		check_way(l, w, p, REACH_INPUT, NULL, n);
	for (size_t i = 0; i < ARRAY_LEN(outs); i++)
		check_way(l, w, p, p->in ? REACH_FORWARD : REACH_OUTPUT, outs[i], n);
	nf_walk_free(w);
}

static bool is_own(const struct look *l, const struct addr *a)
{
	for_each (own, &l->box->addresses)
		if (addr_equal(&own->addr, a))
			return true;
	return false;
}

static struct counts check_boxes(bool unsure, unsigned boxes)
{
	struct counts n = {0};

	for (unsigned seed = 1; seed <= boxes; seed++) {
		uint64_t random = seed * 7919u + unsure;
		struct look l;
		struct box *b = make_box(&random, unsure);

		random_ruleset(b, &random, unsure);
		look_at(&l, b);
		for (unsigned i = 0; i < 300; i++) {
			struct nf_packet p = random_packet(&random);
			bool group = addr_is_multicast(&p.to);

			if (nf_state_of_first(&p) != CT_NEW || (!p.in && !is_own(&l, &p.from)))
				continue;
			if (!unsure && group)
				continue;
			check_packet(&l, &p, &n);
		}
		look_away(&l);
	}
	return n;
}

static void test_certain(void **state)
{
	struct counts n = check_boxes(false, 300);

	(void)state;
	print_message("certain %zu of %zu, %zu too wide\n", n.certain, n.let, n.wide);
	assert_true(n.let > 1000);
	assert_int_equal(n.certain, n.let);
	assert_int_equal(n.wide, 0);
}

static void test_unsure(void **state)
{
	struct counts n = check_boxes(true, 300);

	(void)state;
	print_message("certain %zu of %zu, %zu too wide\n", n.certain, n.let, n.wide);
	assert_true(n.certain > 1000);
}

/* Without routes, where a packet leaves is as asked. */
static void check_as_said(const struct look *l, struct nf_packet p, struct counts *n)
{
	static const char *const outs[] = {NULL, "eth0", "eth1", "br0"};
	struct err err;

	p.routed = true;
	for (size_t i = p.in ? 0 : 1; i < ARRAY_LEN(outs); i++) {
		enum reach_way way = !p.in ? REACH_OUTPUT : i ? REACH_FORWARD : REACH_INPUT;
		struct nf_walk *w;

		p.out = outs[i];
		w = nf_walk(l->box, &p, &err);
		assert_non_null(w);
		check_way(l, w, &p, way, outs[i], n);
		nf_walk_free(w);
	}
}

static void test_ruleset_alone(void **state)
{
	struct counts n = {0};

	(void)state;
	for (unsigned seed = 1; seed <= 100; seed++) {
		uint64_t random = seed * 104729u;
		struct box *b = make_box(&random, true);
		struct look l;

		b->has.routes4 = b->has.routes6 = false;
		random_ruleset(b, &random, true);
		look_at(&l, b);
		for (unsigned i = 0; i < 100; i++) {
			struct nf_packet p = random_packet(&random);

			if (nf_state_of_first(&p) == CT_NEW && (p.in || is_own(&l, &p.from)))
				check_as_said(&l, p, &n);
		}
		look_away(&l);
	}
	print_message("certain %zu of %zu, %zu too wide\n", n.certain, n.let, n.wide);
	assert_true(n.certain > 1000);
}

/* A chain of many rules, each about one host, one network and one port. */
static struct box *long_list(size_t rules)
{
	struct box *b = box_new();
	uint64_t random = 4;
	struct nf_chain *c;

	know_all(b);
	b->has.rules4 = b->has.rules6 = false; /* as the kernel has them */
	add_links(b);
	add_routes(b);
	add_switch(b, "net.ipv4.ip_forward", 1);
	ADD(b, ruleset.chains, struct nf_chain, .table = "ip filter", .name = "FORWARD",
	    .base = true, .hook = NF_FORWARD, .family = 4, .policy = VERDICT_DROP);
	c = &b->ruleset.chains.items[0];
	for (size_t i = 0; i < rules; i++) {
		struct nf_rule *r = nf_add_rule(b, c, slice_of("rule"), PLACE_NONE);
		uint32_t from = 0x0a090000u + (random_below(&random, 4096) << 4);
		uint32_t to = 0xac110000u + random_below(&random, 65536);
		uint16_t port = (uint16_t)random_below(&random, 1024);

		nf_ask(b, r, (struct nf_key_use){.key = KEY_PROTO}, nf_span_of_number(TCP, TCP),
		       false);
		nf_ask(b, r, (struct nf_key_use){.key = KEY_SADDR4},
		       nf_span_of_number(from, from + 15), false);
		nf_ask(b, r, (struct nf_key_use){.key = KEY_DADDR4}, nf_span_of_number(to, to),
		       false);
		nf_ask(b, r, (struct nf_key_use){.key = KEY_DPORT}, nf_span_of_number(port, port),
		       false);
		nf_add_step(b, r, STEP_VERDICT)->verdict.kind = VERDICT_ACCEPT;
	}
	return b;
}

static void test_long_list(void **state)
{
	enum { RULES = 10000 };
	struct look l;
	struct space_packet p = {.proto = TCP, .from = addr_of("10.9.0.1"), .to_port = 22};
	size_t used = 0;

	(void)state;
	look_at(&l, long_list(RULES));
	assert_int_not_equal(l.allowed[REACH_FORWARD].must, SPACE_TOO_LARGE);
	assert_int_equal(l.allowed[REACH_FORWARD].must, l.allowed[REACH_FORWARD].may);
	for (size_t i = 0; i < RULES; i++)
		used += reach_rule(l.reach, 0, i).fate == REACH_USED;
	assert_true(used > RULES * 9 / 10);
	p.to = addr_of("10.66.0.1");
	assert_int_equal(space_find(l.space, l.allowed[REACH_FORWARD].may, &p), 0);
	look_away(&l);
}

/* Rules that cut each other, as their seeds say. */
static struct box *list_of(const uint64_t *seeds, size_t n, enum nf_verdict_kind policy)
{
	static const enum nf_verdict_kind verdicts[] = {VERDICT_ACCEPT, VERDICT_DROP,
							VERDICT_RETURN, VERDICT_ACCEPT};
	struct box *b = box_new();

	b->has.nft = true;
	ADD(b, ruleset.chains, struct nf_chain, .table = "ip filter", .name = "FORWARD",
	    .base = true, .hook = NF_FORWARD, .family = 4, .policy = policy);
	for (size_t i = 0; i < n; i++) {
		struct nf_chain *c = &b->ruleset.chains.items[0];
		struct nf_rule *r = nf_add_rule(b, c, slice_of("rule"), PLACE_NONE);
		uint64_t random = seeds[i];
		uint32_t to = 0x0a090000u + random_below(&random, 24);
		uint16_t lo = (uint16_t)random_below(&random, 12);

		nf_ask(b, r, (struct nf_key_use){.key = KEY_PROTO}, nf_span_of_number(TCP, TCP),
		       false);
		nf_ask(b, r, (struct nf_key_use){.key = KEY_DADDR4},
		       nf_span_of_number(to, to + random_below(&random, 3)), false);
		nf_ask(b, r, (struct nf_key_use){.key = KEY_DPORT},
		       nf_span_of_number(lo, lo + random_below(&random, 4)),
		       random_below(&random, 20) == 0);
		nf_add_step(b, r, STEP_VERDICT)->verdict.kind =
			verdicts[random_below(&random, ARRAY_LEN(verdicts))];
	}
	return b;
}

enum { AGAIN_RULES = 300, AGAIN_EDITS = 6 };

/* A rule more, one less, another one, two that change places. */
static size_t edit(uint64_t *random, uint64_t *seeds, size_t n)
{
	size_t at = random_below(random, n - 1);
	uint64_t other = seeds[at];

	switch (random_below(random, 4)) {
	case 0:
		memmove(seeds + at + 1, seeds + at, (n - at) * sizeof(*seeds));
		seeds[at] = 1 + random_below(random, 1u << 30);
		return n + 1;
	case 1:
		memmove(seeds + at, seeds + at + 1, (n - at - 1) * sizeof(*seeds));
		return n - 1;
	case 2:
		seeds[at] = 1 + random_below(random, 1u << 30);
		return n;
	default:
		seeds[at] = seeds[at + 1];
		seeds[at + 1] = other;
		return n;
	}
}

static void check_again(struct box *before, struct box *after)
{
	struct reach_frame frame;
	struct reach_asked asked = {.within = SPACE_ALL, .no_rules = true};
	struct reached *first, *again, *anew;
	struct space *s;

	reach_frame_init(&frame);
	reach_frame_add_box(&frame, before);
	reach_frame_add_box(&frame, after);
	reach_frame_seal(&frame);
	s = space_new(frame.frame, SPACE_BY_DESTINATION, SPACE_LIMITS);
	anew = reach_new(after, &frame, s, &asked);
	asked.memo = reach_memo_new();
	first = reach_new(before, &frame, s, &asked);
	again = reach_new(after, &frame, s, &asked);
	for (enum reach_way way = 0; way < REACH_WAYS; way++) {
		struct space_pair a = reach_allowed(anew, way), b = reach_allowed(again, way);

		assert_int_not_equal(a.may, SPACE_TOO_LARGE);
		assert_int_equal(a.may, b.may);
		assert_int_equal(a.must, b.must);
	}
	reach_memo_free(asked.memo);
	reach_free(first);
	reach_free(again);
	reach_free(anew);
	space_free(s);
	reach_frame_release(&frame);
}

static void test_again(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		uint64_t random = seed * 6151, seeds[AGAIN_RULES + AGAIN_EDITS];
		enum nf_verdict_kind policy = seed % 2 ? VERDICT_DROP : VERDICT_ACCEPT;
		struct box *before, *after;
		size_t n = AGAIN_RULES;

		for (size_t i = 0; i < n; i++)
			seeds[i] = 1 + random_below(&random, 1u << 30);
		before = list_of(seeds, n, policy);
		for (size_t i = 0; i < seed % (AGAIN_EDITS + 1); i++)
			n = edit(&random, seeds, n);
		after = list_of(seeds, n, policy);
		check_again(before, after);
		box_free(before);
		box_free(after);
	}
}

/* Which rules of a list could go, by what is let through without them. */
static size_t check_spare(const uint64_t *seeds, size_t n, enum nf_verdict_kind policy)
{
	struct look l;
	size_t spare = 0;

	look_at(&l, list_of(seeds, n, policy));
	for (size_t i = 0; i < n; i++) {
		const struct reach_asked asked = {.within = SPACE_ALL};
		struct nf_rule *rule = &l.box->ruleset.chains.items[0].rules.items[i];
		size_t steps = rule->steps.n;
		struct reached *less;
		bool same;

		/* A rule that does nothing: also the long list is no longer one. */
		rule->steps.n = 0;
		less = reach_new(l.box, &l.frame, l.space, &asked);
		same = reach_allowed(less, REACH_FORWARD).must == l.allowed[REACH_FORWARD].must;
		reach_free(less);
		rule->steps.n = steps;
		assert_int_equal(reach_spare(l.reach, 0, i),
				 same ? REACH_SPARE_YES : REACH_SPARE_NO);
		spare += same;
	}
	look_away(&l);
	return spare;
}

static void test_spare(void **state)
{
	enum { RULES = 120 };
	size_t spare = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 6; seed++) {
		uint64_t random = seed * 3571, seeds[RULES];

		for (size_t i = 0; i < RULES; i++)
			seeds[i] = 1 + random_below(&random, 1u << 30);
		spare += check_spare(seeds, RULES, seed % 2 ? VERDICT_DROP : VERDICT_ACCEPT);
	}
	print_message("%zu of %d could go\n", spare, 6 * RULES);
	assert_true(spare > RULES);
}

static struct nf_rule *add_port_rule(struct box *b, uint8_t proto, uint16_t lo, uint16_t hi)
{
	struct nf_rule *r =
		nf_add_rule(b, &b->ruleset.chains.items[0], slice_of("rule"), PLACE_NONE);

	nf_ask(b, r, (struct nf_key_use){.key = KEY_PROTO}, nf_span_of_number(proto, proto), false);
	nf_ask(b, r, (struct nf_key_use){.key = KEY_DPORT}, nf_span_of_number(lo, hi), false);
	nf_add_step(b, r, STEP_VERDICT)->verdict.kind = VERDICT_ACCEPT;
	return r;
}

static void add_addr_rule(struct box *b, enum nf_key key, const char *text)
{
	struct nf_rule *r =
		nf_add_rule(b, &b->ruleset.chains.items[0], slice_of("rule"), PLACE_NONE);
	struct prefix p = prefix_of(text);

	nf_ask(b, r, (struct nf_key_use){.key = key}, nf_span_of_prefix(&p), false);
	nf_add_step(b, r, STEP_VERDICT)->verdict.kind = VERDICT_ACCEPT;
}

static void test_dead(void **state)
{
	static const struct reach_rule want[] = {
		{REACH_USED, -1, 0},	 {REACH_SHADOWED, 0, 0}, {REACH_USED, -1, 0},
		{REACH_SHADOWED, -1, 2}, {REACH_NEVER, -1, 0},	 {REACH_UNROUTED, -1, 0},
		{REACH_USED, -1, 0},
	};
	struct box *b = long_list(0);
	struct look l;

	(void)state;
	add_port_rule(b, TCP, 22, 80);
	add_port_rule(b, TCP, 25, 25);
	add_port_rule(b, TCP, 81, 90);
	add_port_rule(b, TCP, 70, 85);
	add_port_rule(b, ICMP, 1, 1);		   /* has no ports */
	add_addr_rule(b, KEY_DADDR4, "192.0.2.1"); /* is not forwarded */
	add_addr_rule(b, KEY_SADDR4, "10.9.0.0/16");
	look_at(&l, b);
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		struct reach_rule got = reach_rule(l.reach, 0, i);

		if (got.fate != want[i].fate || got.by != want[i].by ||
		    got.together != want[i].together)
			fail_msg("rule %zu: %d by %ld together %zu", i, got.fate, got.by,
				 got.together);
	}
	look_away(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_certain),	      cmocka_unit_test(test_unsure),
		cmocka_unit_test(test_ruleset_alone), cmocka_unit_test(test_long_list),
		cmocka_unit_test(test_again),	      cmocka_unit_test(test_spare),
		cmocka_unit_test(test_dead),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
