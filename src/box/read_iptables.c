/* SPDX-License-Identifier: ISC
 *
 * Lines of iptables-save: comments, tables, chains, rules.
 */
#include "box/ipt.h"

#include <stdlib.h>
#include <string.h>

/* A table's chain that the kernel calls (include/uapi/linux/netfilter_ipv4.h). */
struct builtin {
	enum nf_hook hook;
	int priority;
	enum nf_chain_type type;
	bool there;
};
struct ipt_table {
	const char *name;
	struct builtin chains[NF_HOOKS];
};
#define CHAIN(hook, priority, type) [hook] = {hook, priority, type, true}
static const struct ipt_table tables[] = {
	{"filter",
	 {CHAIN(NF_INPUT, 0, CHAIN_FILTER), CHAIN(NF_FORWARD, 0, CHAIN_FILTER),
	  CHAIN(NF_OUTPUT, 0, CHAIN_FILTER)}},
	{"nat",
	 {CHAIN(NF_PREROUTING, -100, CHAIN_NAT), CHAIN(NF_INPUT, 100, CHAIN_NAT),
	  CHAIN(NF_OUTPUT, -100, CHAIN_NAT), CHAIN(NF_POSTROUTING, 100, CHAIN_NAT)}},
	{"mangle",
	 {CHAIN(NF_PREROUTING, -150, CHAIN_FILTER), CHAIN(NF_INPUT, -150, CHAIN_FILTER),
	  CHAIN(NF_FORWARD, -150, CHAIN_FILTER), CHAIN(NF_OUTPUT, -150, CHAIN_ROUTE),
	  CHAIN(NF_POSTROUTING, -150, CHAIN_FILTER)}},
	{"raw", {CHAIN(NF_PREROUTING, -300, CHAIN_FILTER), CHAIN(NF_OUTPUT, -300, CHAIN_FILTER)}},
	{"security",
	 {CHAIN(NF_INPUT, 50, CHAIN_FILTER), CHAIN(NF_FORWARD, 50, CHAIN_FILTER),
	  CHAIN(NF_OUTPUT, 50, CHAIN_FILTER)}},
};
static const struct ipt_table foreign_table = {.name = "?"};

static const struct ipt_table *find_table(struct slice name)
{
	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		if (slice_is(name, tables[i].name))
			return &tables[i];
	return NULL;
}

static bool is_read(const struct ipt *p, const char *table)
{
	for_each (c, &p->b->ruleset.chains)
		if (c->backend == p->backend && strcmp(c->table, table) == 0)
			return true;
	return false;
}

static int see_table(struct ipt *p)
{
	uint32_t bit = 1u << (p->table - tables);

	if (p->seen & bit || is_read(p, p->table_name))
		return ipt_bad(p, NULL, "table \"%s\" is there twice", p->table_name);
	p->seen |= bit;
	p->first = (uint32_t)p->b->ruleset.chains.n;
	return 0;
}

static void doubt_table(struct ipt *p)
{
	const char **doubt =
		list_add(p->b->arena, &p->b->ruleset.doubts, sizeof(*p->b->ruleset.doubts.items));

	*doubt = arena_printf(p->b->arena, "table %s", p->table_name);
}

/* *NAME */
static int begin_table(struct ipt *p)
{
	struct slice name = slice_skip(p->words[0].text, 1);

	if (p->table)
		return ipt_bad(p, NULL, "a table begins before COMMIT ended table \"%s\"",
			       p->table_name);
	if (p->n != 1 || !name.n)
		return ipt_bad(p, NULL, "a table's line is *NAME");
	p->table_name = arena_printf(p->b->arena, "%s %.*s", p->family == 4 ? "ip" : "ip6",
				     (int)name.n, name.p);
	p->table = find_table(name);
	p->foreign = !p->table;
	if (!p->foreign)
		return see_table(p);
	p->table = &foreign_table;
	doubt_table(p);
	return 0;
}

static int end_table(struct ipt *p)
{
	if (!p->table)
		return ipt_bad(p, NULL, "COMMIT stands outside a table");
	ipt_settle_netmaps(p);
	p->table = NULL;
	map_release(&p->chains);
	p->chains = (struct map){0};
	return 0;
}

/* "[12:345]" */
static int read_counters(struct ipt *p, const struct ipt_word *w, uint64_t *packets,
			 uint64_t *bytes)
{
	struct slice s = w->text, first;

	if (s.n < 2 || s.p[0] != '[' || s.p[s.n - 1] != ']')
		return ipt_bad(p, w, "counters are [PACKETS:BYTES]");
	s = (struct slice){s.p + 1, s.n - 2};
	slice_cut(&s, ':', &first);
	if (!slice_number(first, UINT64_MAX, packets) || !slice_number(s, UINT64_MAX, bytes))
		return ipt_bad(p, w, "counters are [PACKETS:BYTES]");
	return 0;
}

static const struct builtin *find_builtin(const struct ipt *p, struct slice name)
{
	for (int i = 0; i < NF_HOOKS; i++)
		if (p->table->chains[i].there && slice_is_nocase(name, nf_hook_names[i]))
			return &p->table->chains[i];
	return NULL;
}

static int make_base(struct ipt *p, struct nf_chain *c)
{
	const struct builtin *in = find_builtin(p, slice_of(c->name));
	bool accept = ipt_is(p, 1, "ACCEPT");

	if (!in)
		return ipt_bad(p, &p->words[0], "table \"%s\" has no chain \"%s\" with a policy",
			       p->table_name, c->name);
	if (!accept && !ipt_is(p, 1, "DROP"))
		return ipt_bad(p, &p->words[1], "a policy is ACCEPT or DROP, or - for none");
	c->base = true;
	c->hook = in->hook;
	c->priority = in->priority;
	c->type = in->type;
	c->policy = accept ? VERDICT_ACCEPT : VERDICT_DROP;
	return 0;
}

static int add_chain(struct ipt *p, struct nf_chain c)
{
	uint32_t *place = ARENA_NEW(p->b->arena, uint32_t);

	*place = (uint32_t)p->b->ruleset.chains.n;
	*(struct nf_chain *)list_add(p->b->arena, &p->b->ruleset.chains, sizeof(c)) = c;
	if (!map_add(&p->chains, slice_of(c.name), place))
		return ipt_bad(p, NULL, "chain \"%s\" is there twice", c.name);
	return 0;
}

/* :NAME POLICY [PACKETS:BYTES] */
static int read_chain(struct ipt *p)
{
	struct slice name = slice_skip(p->words[0].text, 1);
	struct nf_chain c = {.table = p->table_name, .family = p->family, .backend = p->backend};
	int rc = 0;

	if (!name.n || p->n < 2 || p->n > 3)
		return ipt_bad(p, NULL, "a chain's line is :NAME POLICY [PACKETS:BYTES]");
	c.name = arena_copy(p->b->arena, name);
	c.place = (struct place){p->file, p->line, 1};
	if (p->n == 3) {
		rc = read_counters(p, &p->words[2], &c.policy_packets, &c.policy_bytes);
		c.policy_counted = !ipt_is(p, 1, "-");
	}
	if (!rc && !ipt_is(p, 1, "-"))
		rc = make_base(p, &c);
	if (rc)
		return rc;
	return add_chain(p, c);
}

/* iptables asks all matches before its target, wherever they stand: the steps of [from, to) go to
 * the end. */
static void move_to_end(struct ipt *p, size_t from, size_t to)
{
	struct nf_step *steps = p->rule->steps.items;
	size_t n = to - from, behind = p->rule->steps.n - to;
	struct nf_step *moved;

	if (!n || !behind)
		return;
	moved = ARENA_ARRAY(p->b->arena, struct nf_step, n);
	memcpy(moved, steps + from, n * sizeof(*steps));
	memmove(steps + from, steps + to, behind * sizeof(*steps));
	memcpy(steps + from + behind, moved, n * sizeof(*steps));
}

static int read_parts(struct ipt *p)
{
	size_t from = 0, to = 0;
	bool has_target = false;
	int rc = 0;

	while (p->at < p->n && !rc) {
		if (!ipt_is(p, p->at, "-j") && !ipt_is(p, p->at, "-g")) {
			rc = ipt_read_match(p);
			continue;
		}
		if (has_target)
			return ipt_bad(p, &p->words[p->at], "a rule has one target");
		has_target = true;
		from = p->rule->steps.n;
		rc = ipt_read_target(p);
		to = p->rule->steps.n;
	}
	if (!rc)
		move_to_end(p, from, to);
	return rc;
}

/* NULL: there is none. */
static struct nf_chain *find_chain(const struct ipt *p, struct slice name)
{
	const uint32_t *place = map_find(&p->chains, name);

	return place ? &p->b->ruleset.chains.items[*place] : NULL;
}

/* [PACKETS:BYTES] -A CHAIN ... */
static int read_rule(struct ipt *p)
{
	uint64_t packets = 0, bytes = 0;
	bool counted = p->words[0].raw.p[0] == '[';
	const struct ipt_word *name;
	struct nf_chain *c;
	int rc = counted ? read_counters(p, &p->words[p->at++], &packets, &bytes) : 0;
	size_t first = p->at;

	if (rc)
		return rc;
	if (!ipt_is(p, p->at, "-A") || p->at + 1 == p->n)
		return ipt_bad(p, NULL, "a rule's line is -A CHAIN and its parts");
	name = &p->words[p->at + 1];
	c = find_chain(p, name->text);
	if (!c)
		return ipt_bad(p, name, "table \"%s\" has no chain \"%.*s\"", p->table_name,
			       (int)name->text.n, name->text.p);
	p->at += 2;
	p->of_proto = NULL;
	p->rule = nf_add_rule(p->b, c, ipt_words(p, first, p->n),
			      (struct place){p->file, p->line, 1});
	p->rule->counted = counted;
	p->rule->packets = packets;
	p->rule->bytes = bytes;
	return read_parts(p);
}

static int read_in_table(struct ipt *p)
{
	char first = p->words[0].raw.p[0];

	if (!p->table)
		return ipt_bad(p, NULL, "*TABLE is expected here");
	if (p->foreign)
		return 0;
	if (first == ':')
		return read_chain(p);
	if (first == '[' || first == '-')
		return read_rule(p);
	return ipt_bad(p, NULL, "*TABLE, :CHAIN, -A or COMMIT is expected here");
}

static int read_line(struct ipt *p, struct slice line)
{
	int rc;

	p->begin = line.p;
	line = slice_trim(line);
	if (!line.n || line.p[0] == '#')
		return 0;
	rc = ipt_split(p, line);
	if (rc)
		return rc;
	if (line.p[0] == '*')
		return begin_table(p);
	return slice_is(line, "COMMIT") ? end_table(p) : read_in_table(p);
}

static int read_lines(struct ipt *p, struct slice text)
{
	struct slice line;
	int rc = 0;

	for (; !rc && slice_cut(&text, '\n', &line); p->line++)
		rc = read_line(p, line);
	if (rc || !p->table)
		return rc;
	p->line--;
	return ipt_bad(p, NULL, "cut off: the end of table \"%s\", COMMIT, is not there",
		       p->table_name);
}

static void know_sets(struct ipt *p)
{
	for_each (s, &p->b->ruleset.sets)
		if (!(*s)->table)
			map_add(&p->sets, slice_of((*s)->name), (void *)*s);
}

static bool *part_of(struct ipt *p)
{
	struct box_parts *has = &p->b->has;

	if (p->backend == NF_TABLES)
		return p->family == 4 ? &has->iptables : &has->ip6tables;
	return p->family == 4 ? &has->legacy : &has->legacy6;
}

int box_read_iptables(struct box *b, const struct box_text *t, uint8_t family,
		      enum nf_backend backend, struct err *err)
{
	struct ipt p = {.b = b,
			.file = t->file,
			.family = family,
			.backend = backend,
			.err = err,
			.line = t->line};
	int rc;

	if (t->text.n > BOX_TEXT_MAX)
		return err_set(err, ERR_LIMIT, (struct place){t->file, t->line, 1},
			       "more than %d bytes of rules", BOX_TEXT_MAX);
	know_sets(&p);
	rc = read_lines(&p, t->text);
	if (!rc)
		*part_of(&p) = true;
	map_release(&p.sets);
	map_release(&p.asked);
	map_release(&p.chains);
	free(p.words);
	return rc;
}
