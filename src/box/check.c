/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/buf.h"
#include "base/map.h"
#include "box/read.h"

/* The chains, and behind them the sets of verdicts, as nodes of a graph: a set that many rules ask
 * is looked at once. Everything is linear in rules and elements, and nothing recurses. */
struct edge {
	uint32_t to;
	const struct nf_rule *rule; /* that jumps, or asks the set; NULL: an element of a set */
};
struct node {
	size_t edge, end; /* the next of its edges, and behind the last */
	enum { UNSEEN, OPEN, DONE } state;
	uint32_t height; /* chains in a row from here on, at most */
	uint32_t below;	 /* while OPEN: who came here */
	const struct nf_rule *by;
};
struct graph {
	const struct box *b;
	LIST_OF(struct node) nodes;
	struct buf edges; /* struct edge */
	LIST_OF(const struct nf_set *) sets;
	struct map numbers; /* of a set's place among them, by its address in memory */
	struct arena *arena;
	struct err *err;
};

static const struct nf_chain *chain_of(const struct graph *g, size_t node)
{
	return node < g->b->ruleset.chains.n ? &g->b->ruleset.chains.items[node] : NULL;
}

/* --- edges ------------------------------------------------------------------------------------ */

static int add_jump(struct graph *g, const struct nf_verdict *v, const struct nf_rule *rule,
		    struct place at)
{
	const struct nf_chain *to = chain_of(g, v->chain);
	const struct edge edge = {v->chain, rule};

	if (v->kind != VERDICT_JUMP && v->kind != VERDICT_GOTO)
		return 0;
	if (!to)
		return err_set(g->err, ERR_DOCUMENT, at, "it jumps to a chain that is not there");
	if (to->base)
		return err_set(g->err, ERR_DOCUMENT, at,
			       "it jumps to the chain %.60s, which hangs on a hook: the kernel "
			       "allows no such jump",
			       to->name);
	buf_add(&g->edges, &edge, sizeof(edge));
	return 0;
}

static struct slice key_of(const struct nf_set *const *set)
{
	return (struct slice){(const char *)set, sizeof(*set)};
}

/* Its place among the sets; new ones go to the end. */
static size_t number_set(struct graph *g, const struct nf_set *set)
{
	const size_t *found = map_find(&g->numbers, key_of(&set));
	const struct nf_set **key;
	size_t *number;

	if (found)
		return *found;
	key = ARENA_NEW(g->arena, const struct nf_set *);
	*key = set;
	number = ARENA_NEW(g->arena, size_t);
	*number = g->sets.n;
	*(const struct nf_set **)list_add(g->arena, &g->sets, sizeof(set)) = set;
	map_add(&g->numbers, key_of(key), number);
	return *number;
}

static void add_set(struct graph *g, const struct nf_set *set, const struct nf_rule *rule)
{
	struct edge edge = {(uint32_t)g->b->ruleset.chains.n, rule};

	if (!set || set->kind != DATA_VERDICT)
		return;
	edge.to += (uint32_t)number_set(g, set);
	buf_add(&g->edges, &edge, sizeof(edge));
}

static int add_rule(struct graph *g, const struct nf_rule *rule)
{
	int rc = 0;

	for_each (s, &rule->steps) {
		if (!rc && s->kind == STEP_VERDICT)
			rc = add_jump(g, &s->verdict, rule, rule->place);
		else if (s->kind == STEP_VERDICT_MAP)
			add_set(g, s->map.set, rule);
	}
	return rc;
}

static int add_elements(struct graph *g, const struct nf_set *set)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < set->n; i++)
		rc = add_jump(g, &set->data[i].verdict, NULL, set->place);
	return rc;
}

static int add_rules(struct graph *g, const struct nf_chain *c)
{
	int rc = 0;

	for_each (r, &c->rules)
		if (!rc)
			rc = add_rule(g, r);
	return rc;
}

static int add_node(struct graph *g)
{
	const struct nf_chain *c = chain_of(g, g->nodes.n);
	struct node *node = list_add(g->arena, &g->nodes, sizeof(*node));
	int rc;

	node->edge = g->edges.n / sizeof(struct edge);
	if (c)
		rc = add_rules(g, c);
	else
		rc = add_elements(g, g->sets.items[g->nodes.n - 1 - g->b->ruleset.chains.n]);
	node->end = g->edges.n / sizeof(struct edge);
	return rc;
}

/* Sets are found while the chains are read; those with a name that nobody asks come after. */
static int add_nodes(struct graph *g)
{
	const size_t n_chains = g->b->ruleset.chains.n;
	int rc = 0;

	while (!rc && g->nodes.n < n_chains)
		rc = add_node(g);
	for_each (s, &g->b->ruleset.sets)
		if ((*s)->kind == DATA_VERDICT)
			number_set(g, *s);
	while (!rc && g->nodes.n < n_chains + g->sets.n)
		rc = add_node(g);
	return rc;
}

/* --- circles and depths ----------------------------------------------------------------------- */

enum { NAMES_MAX = 6 }; /* of a long circle these many are told */

/* From `first`, which the last one jumps to again: "a -> b -> a". */
static void tell_circle(const struct graph *g, uint32_t first, uint32_t last, struct buf *out)
{
	const char *names[NAMES_MAX];
	size_t n = 0;

	for (uint32_t node = last;; node = g->nodes.items[node].below) {
		if (chain_of(g, node))
			names[n++ % NAMES_MAX] = chain_of(g, node)->name;
		if (node == first)
			break;
	}
	for (size_t i = 0; i < n && i < NAMES_MAX; i++)
		buf_addf(out, "%.40s -> ", names[(n - 1 - i) % NAMES_MAX]);
	if (n > NAMES_MAX)
		buf_addf(out, "%zu more -> ", n - NAMES_MAX);
	buf_addf(out, "%.40s", n ? names[(n - 1) % NAMES_MAX] : "");
}

static int wrong_circle(struct graph *g, uint32_t from, const struct edge *edge)
{
	const struct nf_rule *rule = edge->rule ? edge->rule : g->nodes.items[from].by;
	struct buf circle = BUF_INIT;
	int rc;

	tell_circle(g, edge->to, from, &circle);
	rc = err_set(g->err, ERR_DOCUMENT, rule ? rule->place : PLACE_NONE,
		     "this jump closes a circle: %s", circle.data);
	buf_release(&circle);
	return rc;
}

/* The kernel's limit is one of nf_tables; iptables-legacy only wants no circle. */
static int check_height(const struct graph *g, uint32_t node)
{
	const struct nf_chain *c = chain_of(g, node);

	if (!c || !c->base || c->backend != NF_TABLES ||
	    g->nodes.items[node].height <= BOX_JUMPS_MAX)
		return 0;
	return err_set(g->err, ERR_DOCUMENT, c->place,
		       "from the chain %.60s jumps lead through %u chains; the kernel allows %d",
		       c->name, g->nodes.items[node].height, BOX_JUMPS_MAX);
}

static void open_node(struct graph *g, uint32_t node, uint32_t below, const struct nf_rule *by)
{
	g->nodes.items[node].state = OPEN;
	g->nodes.items[node].below = below;
	g->nodes.items[node].by = by;
}

/* All that `node` leads to is known: so is its height. */
static int close_node(struct graph *g, uint32_t node, bool has_below)
{
	struct node *n = &g->nodes.items[node], *below = &g->nodes.items[n->below];

	n->state = DONE;
	n->height += chain_of(g, node) != NULL;
	if (has_below && below->height < n->height)
		below->height = n->height;
	return check_height(g, node);
}

/* Depth first, with the way back kept in the nodes. */
static int follow(struct graph *g, uint32_t start)
{
	uint32_t node = start;
	int rc = 0;

	open_node(g, start, start, NULL);
	while (!rc && g->nodes.items[start].state == OPEN) {
		struct node *n = &g->nodes.items[node];
		const struct edge *edge =
			(const struct edge *)(const void *)g->edges.data + n->edge;

		if (n->edge == n->end) {
			rc = close_node(g, node, node != start);
			node = n->below;
			continue;
		}
		n->edge++;
		if (g->nodes.items[edge->to].state == OPEN) {
			rc = wrong_circle(g, node, edge);
		} else if (g->nodes.items[edge->to].state == UNSEEN) {
			open_node(g, edge->to, node, edge->rule);
			node = edge->to;
		} else if (n->height < g->nodes.items[edge->to].height) {
			n->height = g->nodes.items[edge->to].height;
		}
	}
	return rc;
}

int box_check(struct box *b, struct err *err)
{
	struct graph g = {.b = b, .edges = BUF_INIT, .arena = arena_new(), .err = err};
	int rc = add_nodes(&g);

	for (uint32_t i = 0; !rc && i < g.nodes.n; i++)
		if (g.nodes.items[i].state == UNSEEN)
			rc = follow(&g, i);
	buf_release(&g.edges);
	map_release(&g.numbers);
	arena_free(g.arena);
	return rc;
}
