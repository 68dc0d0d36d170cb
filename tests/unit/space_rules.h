/* SPDX-License-Identifier: ISC
 *
 * Made-up lists of rules, the same in every run, over either family, and a scan of them, rule after
 * rule, that knows nothing of sets. A rule asks for a protocol, two ranges of addresses, and ports.
 * Kind 1: pairs of hosts and one port; kind 4: prefixes within prefixes, ranges of ports, 30 in 100
 * deny; kind 3: ranges all over, so that each rule cuts most of the others in two.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "policy/space_list.h"

struct rule {
	bool accept;
	uint8_t proto;
	uint32_t to[2], from[2]; /* first and last IPv4 address */
	struct space_range to_port, from_port;
};

static inline uint32_t rules_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (uint32_t)((*state * 0x2545f4914f6cdd1du) >> 32);
}

static inline void rules_host(uint64_t *random, uint32_t range[2])
{
	range[0] = range[1] = 10u << 24 | rules_random(random) >> 8;
}

/* One of 20 sites /16, or of the 4 networks /20 in each, or of the 4 /24 in these, to a host. */
static inline void rules_nested(uint64_t *random, uint32_t range[2])
{
	static const unsigned bits[] = {16, 20, 24, 28, 32};
	unsigned n = bits[rules_random(random) % 5];
	uint32_t rest = n < 32 ? UINT32_MAX >> n : 0;

	range[0] = 10u << 24 | rules_random(random) % 20 << 16;
	range[0] = (range[0] | (rules_random(random) & 0x3333)) & ~rest;
	range[1] = range[0] | rest;
}

static inline struct space_range rules_ports(uint64_t *random, uint32_t most)
{
	uint32_t lo = rules_random(random) % 65536, hi = lo + rules_random(random) % most;

	return (struct space_range){lo, hi > 65535 ? 65535 : hi};
}

static inline void rules_range(uint64_t *random, uint32_t range[2])
{
	uint32_t a = rules_random(random), b = rules_random(random);

	range[0] = a < b ? a : b;
	range[1] = a < b ? b : a;
}

static inline struct rule rules_make_one(uint64_t *random, int kind)
{
	static const uint32_t most[] = {1, 1, 1, 100, 1024, 65536};
	struct rule r = {.accept = true,
			 .proto = rules_random(random) % 4 ? 6 : 17,
			 .from_port = {0, 65535}};

	if (kind == 1) {
		rules_host(random, r.to);
		rules_host(random, r.from);
		r.to_port = rules_ports(random, 1);
	} else if (kind == 3) {
		rules_range(random, r.to);
		rules_range(random, r.from);
		r.to_port = rules_ports(random, 65536);
		r.from_port = rules_ports(random, 65536);
		r.accept = rules_random(random) % 2;
	} else {
		rules_nested(random, r.to);
		rules_nested(random, r.from);
		r.to_port = rules_ports(random, most[rules_random(random) % 6]);
		r.accept = rules_random(random) % 10 >= 3;
	}
	return r;
}

enum { RULE_ACCEPT = 1, RULE_DROP = 2 };

struct rule_list {
	struct space_frame *frame;
	struct rule *rules;
	size_t n;
	bool v6;      /* the addresses are the bytes behind 2001:db8 */
	bool numbers; /* rule i has the value i + 1, else its verdict */
};

static inline struct addr rules_addr(const struct rule_list *l, uint32_t v, bool last)
{
	struct addr a = {.family = l->v6 ? 6 : 4};
	const uint8_t bytes[] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8),
				 (uint8_t)v};

	if (l->v6) {
		memcpy(a.bytes, "\x20\x01\x0d\xb8", 4);
		memset(a.bytes + 8, last ? 0xff : 0, 8);
	}
	memcpy(a.bytes + (l->v6 ? 4 : 0), bytes, 4);
	return a;
}

static inline void rules_frame(struct rule_list *l)
{
	l->frame = space_frame_new();
	for (size_t i = 0; i < 2 * l->n; i++) {
		const uint32_t *range = i % 2 ? l->rules[i / 2].to : l->rules[i / 2].from;
		struct addr lo = rules_addr(l, range[0], false), hi = rules_addr(l, range[1], true);

		space_frame_add(l->frame, &lo, &hi);
	}
	space_frame_seal(l->frame);
}

static inline struct rule_list rules_make(uint64_t *random, int kind, size_t n, bool v6)
{
	struct rule_list l = {.rules = mem_new(n, sizeof(*l.rules)), .n = n, .v6 = v6};

	for (size_t i = 0; i < n; i++)
		l.rules[i] = rules_make_one(random, kind);
	rules_frame(&l);
	return l;
}

static inline void rules_release(struct rule_list *l)
{
	space_frame_free(l->frame);
	free(l->rules);
}

static inline struct space_range rules_ranks(const struct rule_list *l, const uint32_t range[2])
{
	struct addr lo = rules_addr(l, range[0], false), hi = rules_addr(l, range[1], true);

	return space_frame_find(l->frame, &lo, &hi);
}

static inline uint32_t rules_set(const void *ctx, struct space *s, size_t i)
{
	const struct rule_list *l = ctx;
	const struct rule *r = &l->rules[i];
	const struct space_range proto = {r->proto, r->proto}, to = rules_ranks(l, r->to),
				 from = rules_ranks(l, r->from);
	struct space_match m = {0};

	m.fields[SPACE_PROTO] = (struct space_ranges){&proto, 1};
	m.fields[SPACE_TO] = (struct space_ranges){&to, 1};
	m.fields[SPACE_FROM] = (struct space_ranges){&from, 1};
	m.fields[SPACE_TO_PORT] = (struct space_ranges){&r->to_port, 1};
	m.fields[SPACE_FROM_PORT] = (struct space_ranges){&r->from_port, 1};
	return space_of(s, &m, l->numbers ? (uint32_t)i + 1 : r->accept ? RULE_ACCEPT : RULE_DROP);
}

/* A packet as the rules have it. */
struct rule_packet {
	uint8_t proto;
	uint32_t to, from, to_port, from_port;
};

static inline struct space_packet rules_packet(const struct rule_list *l,
					       const struct rule_packet *p)
{
	return (struct space_packet){.in = SPACE_OTHER_INTERFACE,
				     .out = SPACE_OTHER_INTERFACE,
				     .proto = p->proto,
				     .to = rules_addr(l, p->to, p->to % 2),
				     .from = rules_addr(l, p->from, p->from % 2),
				     .to_port = (uint16_t)p->to_port,
				     .from_port = (uint16_t)p->from_port};
}

static inline bool rules_match(const struct rule *r, const struct rule_packet *p)
{
	return r->proto == p->proto && r->to[0] <= p->to && p->to <= r->to[1] &&
	       r->from[0] <= p->from && p->from <= r->from[1] && r->to_port.lo <= p->to_port &&
	       p->to_port <= r->to_port.hi && r->from_port.lo <= p->from_port &&
	       p->from_port <= r->from_port.hi;
}

/* The first rule that matches, plus one; 0: none. Rule `without` does not count. */
static inline size_t rules_scan(const struct rule_list *l, const struct rule_packet *p,
				size_t without)
{
	for (size_t i = 0; i < l->n; i++)
		if (i != without && rules_match(&l->rules[i], p))
			return i + 1;
	return 0;
}

/* At the ends of some rule's ranges, or one beyond, or in the middle of nothing. */
static inline uint32_t rules_near(uint64_t *random, uint32_t lo, uint32_t hi, uint32_t last)
{
	uint32_t v = rules_random(random) % 2 ? lo : hi;

	switch (rules_random(random) % 4) {
	case 0:
		return v == 0 ? 0 : v - 1;
	case 1:
		return v == last ? last : v + 1;
	case 2:
		return last == UINT32_MAX ? rules_random(random)
					  : rules_random(random) % (last + 1);
	default:
		return v;
	}
}

static inline struct rule_packet rules_packet_near(const struct rule_list *l, uint64_t *random)
{
	const struct rule *r = &l->rules[rules_random(random) % l->n],
			  *q = &l->rules[rules_random(random) % l->n];

	if (rules_random(random) % 2)
		q = r;
	return (struct rule_packet){
		.proto = r->proto,
		.to = rules_near(random, r->to[0], r->to[1], UINT32_MAX),
		.from = rules_near(random, q->from[0], q->from[1], UINT32_MAX),
		.to_port = rules_near(random, q->to_port.lo, q->to_port.hi, 65535),
		.from_port = rules_near(random, r->from_port.lo, r->from_port.hi, 65535),
	};
}
