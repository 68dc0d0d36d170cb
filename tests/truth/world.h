/* SPDX-License-Identifier: ISC
 *
 * A small world to judge: this host, two servers with two addresses of each family, and flows with
 * one letter each. Trees and what was seen of them are text, so that a row of a table says it all.
 *
 * Flows: a to d are TCP ports of the first server, e to h of the second; u and v are UDP ports of
 * the first, w of the second; p is a ping of the first.
 *
 *	tree  = term { "or" term } | term { "else" term }
 *	term  = ( "(" tree ")" | "[" tree { "," tree } "]" | flow ) [ "degraded" ]
 *	flow  = letter [ "*" | "?" | "!" | "~" ]
 *
 * With * a span, with ? any port of a span; with ! that was negotiated, with ~ also, and it is the
 * server that connects.
 *
 * What was seen: "a=open b=dropped,open6". A flow that is not mentioned starts elsewhere; "a=" was
 * not tried. An outcome is a word of world.c, then "6" for IPv6, ".2" for the second address,
 * "@NAME" for what was asked for by that name (through a proxy, then without an address). Of a
 * span each next outcome of the same address is the next port.
 */
#pragma once

#include "base/arena.h"
#include "base/slice.h"
#include "model/judge.h"

enum { WORLD_FLOWS = 12, WORLD_SEEN = 8, WORLD_DEMANDS = 12, WORLD_SERVERS = 2 };

struct world {
	struct arena *arena;
	struct site site;
	struct zone zones[2]; /* inside, internet */
	struct prefix networks[3];
	struct device devices[3]; /* wall: a filter; box: somebody else's; proxy */
	struct host client, servers[WORLD_SERVERS];
	struct endpoint from, to[WORLD_SERVERS];
	struct hop hop;
	struct path path; /* nothing in between, until world_add_hop() */
	struct product product;
	struct installation installation;
	struct expr forbidden;
	struct requirement requirements[WORLD_DEMANDS];
	struct demand demands[WORLD_DEMANDS];
	const struct demand *demand_list[WORLD_DEMANDS];
	struct claim claim, passive,
		active; /* negotiated, by a conversation with the first server */
	struct flow conversation;
	struct flow flows[WORLD_FLOWS];
	const struct flow *flow_list[WORLD_FLOWS];
	struct plan plan; /* of one demand, until more are added */
	bool starts_here[WORLD_DEMANDS];
	struct flow_result results[WORLD_FLOWS];
	struct outcome outcomes[WORLD_FLOWS][WORLD_SEEN];
	const struct outcome *seen[WORLD_FLOWS][WORLD_SEEN];
	unsigned n_outcomes;
	struct verdicts verdicts;
};

void world_init(struct world *w);
void world_release(struct world *w);

unsigned world_flow(char letter); /* WORLD_FLOWS: there is none */
char world_letter(unsigned flow);

/* Another demand, from here to the first server; its requirement is called so. */
struct demand *world_add_demand(struct world *w, const char *id);
/* NULL: this cannot be read. */
const struct need *world_read_tree(struct world *w, const char *text);
MUST_USE bool world_read_seen(struct world *w, struct slice text);
/* wall, box: what all flows cross. */
MUST_USE bool world_add_hop(struct world *w, struct slice device);
/* The first server is that device, and a team runs it. */
MUST_USE bool world_dial_device(struct world *w, struct slice device);

/* The judgement of the first demand. */
const struct judgement *world_judge(struct world *w, const struct judge_options *options);
