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
	rule->table = json_read_table(r, o, "table");
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
	struct box_rule rule = {.family = r->family, .unknown = read_unknown(r, o)};

	if (json_object_get(o, "nop"))
		return;
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
