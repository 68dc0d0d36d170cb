/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/buf.h"
#include "box/nf_words.h"
#include "box/read_json.h"

/* Keys that are understood below, or that do not matter to which packets a rule takes. */
static bool is_known(const char *key)
{
	static const char *const keys[] = {
		"priority", "not",    "src",	"srclen",	"dst",	       "dstlen",
		"iif",	    "oif",    "fwmark", "fwmask",	"table",       "action",
		"protocol", "to_tbl", "nop",	"iif_detached", "oif_detached"};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (strcmp(key, keys[i]) == 0)
			return true;
	return false;
}

/* "suppress_prefixlen 0, tos 0x10"; NULL where all is known. */
static const char *read_unknown(struct json_reader *r, json_t *o)
{
	struct buf words = BUF_INIT;
	const char *copy = NULL;

	for (void *i = json_object_iter(o); i; i = json_object_iter_next(o, i)) {
		const char *key = json_object_iter_key(i);
		const json_t *v = json_object_iter_value(i);
		const char *value = NULL;

		if (is_known(key))
			continue;
		if (json_is_string(v) || json_is_integer(v))
			value = json_read_text(r, o, key);
		buf_addf(&words, "%s%.40s%s%.40s", words.n ? ", " : "", key, value ? " " : "",
			 value ? value : "");
	}
	if (words.n)
		copy = arena_copy(r->b->arena, buf_slice(&words));
	buf_release(&words);
	return copy;
}

/* --- "suppress_prefixlength 0" ------------------------------------------------------------------
 *
 * Takes what the table says, unless that is a default route; then the next rule is asked (wg-quick
 * makes such rules). It is the same as a table of its own with the others' routes, in which the
 * default routes say "throw". */

enum { OWN_TABLES_MAX = 8 };

static bool is_used(const struct box *b, uint32_t table)
{
	for_each (route, &b->routes)
		if (route->table == table)
			return true;
	for_each (rule, &b->rules)
		if (rule->table == table)
			return true;
	return false;
}

/* 0: there is none left. */
static uint32_t find_free_table(const struct box *b)
{
	for (uint32_t i = 0; i < OWN_TABLES_MAX; i++)
		if (!is_used(b, UINT32_MAX - i))
			return UINT32_MAX - i;
	return 0;
}

/* What refuses is not suppressed (net/core/fib_rules.c, fib_rules_lookup). */
static bool is_suppressed(const struct box_route *r)
{
	return r->to.bits == 0 && r->type != ADDR_BLACKHOLE && r->type != ADDR_UNREACHABLE &&
	       r->type != ADDR_PROHIBIT;
}

static void copy_table(struct box *b, uint8_t family, uint32_t from, uint32_t to)
{
	const size_t n = b->routes.n;

	for (size_t i = 0; i < n; i++) {
		struct box_route r = b->routes.items[i];

		if (r.table != from || r.to.addr.family != family)
			continue;
		r.table = to;
		if (is_suppressed(&r))
			r.type = ADDR_THROW;
		*(struct box_route *)list_add(b->arena, &b->routes, sizeof(r)) = r;
	}
}

/* True: the rule asks a table of its own now. Routes must have been read. */
static bool suppress_default(struct json_reader *r, const json_t *o, struct box_rule *rule)
{
	const bool has_routes = r->family == 4 ? r->b->has.routes4 : r->b->has.routes6;
	const json_t *length = json_object_get(o, "suppress_prefixlen");
	uint32_t table = has_routes ? find_free_table(r->b) : 0;

	if (!json_is_integer(length) || json_integer_value(length) != 0 || !table)
		return false;
	copy_table(r->b, r->family, rule->table, table);
	rule->table = table;
	return true;
}

/* --- a rule ----------------------------------------------------------------------------------- */

static void clear_host_bits(struct prefix *p)
{
	for (unsigned i = p->bits; i < 8 * sizeof(p->addr.bytes); i++)
		p->addr.bytes[i / 8] &= (uint8_t) ~(0x80 >> i % 8);
}

/* "all" or nothing: any, which is family 0. */
static struct prefix read_end(struct json_reader *r, const json_t *o, const char *key,
			      const char *length)
{
	const char *s = json_read_text(r, o, key);
	const uint32_t bits = r->family == 4 ? 32 : 128;
	struct prefix p = {0};

	if (!s || strcmp(s, "all") == 0)
		return p;
	p.addr = json_read_addr(r, o, key);
	p.bits = (uint8_t)json_read_number(r, o, length, bits, bits);
	clear_host_bits(&p);
	return p;
}

static void read_action(struct json_reader *r, const json_t *o, struct box_rule *rule)
{
	const char *action = json_read_text(r, o, "action");
	int type = action ? nf_addr_type_of(slice_of(action)) : ADDR_UNICAST;

	rule->type = ADDR_UNICAST;
	if (action && type != ADDR_BLACKHOLE && type != ADDR_UNREACHABLE && type != ADDR_PROHIBIT)
		rule->unknown = arena_printf(r->b->arena, "action %.40s", action);
	else
		rule->type = (enum nf_addr_type)type;
	if (!rule->unknown && !action && !json_object_get(o, "table"))
		json_wrong(r, "there is neither \"table\" nor \"action\"");
}

/* The kernel keeps them in the order of their priorities, and so does ip. */
static void add_rule(struct json_reader *r, const struct box_rule *rule)
{
	const struct box_rule *last = r->b->rules.n ? &r->b->rules.items[r->b->rules.n - 1] : NULL;

	if (last && last->family == rule->family && last->priority > rule->priority)
		json_wrong(r, "\"priority\" is lower than the rule's before");
	if (!r->rc)
		*(struct box_rule *)list_add(r->b->arena, &r->b->rules, sizeof(*rule)) = *rule;
}

/* One that does nothing (nop) is left out. */
static void read_rule(struct json_reader *r, json_t *o)
{
	struct box_rule rule = {.family = r->family, .table = json_read_table(r, o, "table")};

	if (json_object_get(o, "nop"))
		return;
	/* What is understood is no unknown word any more. */
	if (suppress_default(r, o, &rule))
		json_object_del(o, "suppress_prefixlen");
	rule.unknown = read_unknown(r, o);
	rule.priority = json_read_number(r, o, "priority", UINT32_MAX, 0);
	rule.negate = json_object_get(o, "not");
	rule.from = read_end(r, o, "src", "srclen");
	rule.to = read_end(r, o, "dst", "dstlen");
	rule.in = json_read_link(r, o, "iif");
	rule.out = json_read_link(r, o, "oif");
	rule.mark = json_read_number(r, o, "fwmark", UINT32_MAX, 0);
	rule.mark_mask = json_read_number(r, o, "fwmask", UINT32_MAX,
					  json_object_get(o, "fwmark") ? UINT32_MAX : 0);
	read_action(r, o, &rule);
	add_rule(r, &rule);
}

int box_read_rules(struct box *b, const struct box_text *t, uint8_t family, struct err *err)
{
	struct json_reader r = {.b = b, .text = t, .what = "rule", .family = family, .err = err};

	return json_read_list(&r, read_rule);
}
