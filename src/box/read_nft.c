/* SPDX-License-Identifier: ISC */
#include <stdarg.h>
#include <string.h>

#include "box/nft.h"

bool nft_bad(struct nft *n, const char *fmt, ...)
{
	const struct place at = {n->text->file, n->text->line, 1};
	struct buf what = BUF_INIT;
	va_list ap;

	if (n->rc)
		return false;
	va_start(ap, fmt);
	buf_addfv(&what, fmt, ap);
	va_end(ap);
	n->rc = err_set(n->err, ERR_DOCUMENT, at, "%s: %s", n->where, what.data);
	buf_release(&what);
	return false;
}

struct slice nft_name(struct nft *n, const struct nft_table *t, const char *name)
{
	return slice_of(arena_printf(n->b->arena, "%s\n%s", t->name, name));
}

const char *nft_only_key(const json_t *o, json_t **value)
{
	json_t *any; /* jansson's iterators want it so; nothing is changed */
	void *at;

	memcpy(&any, &o, sizeof(any));
	at = json_object_size(o) == 1 ? json_object_iter(any) : NULL;
	*value = at ? json_object_iter_value(at) : NULL;
	return at ? json_object_iter_key(at) : NULL;
}

static const char *text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

/* --- tables ----------------------------------------------------------------------------------- */

static bool is_dormant(const json_t *o)
{
	const json_t *flags = json_object_get(o, "flags");

	return strcmp(text_of(o, "flags"), "dormant") == 0 ||
	       (json_is_array(flags) && json_is_string(json_array_get(flags, 0)) &&
		strcmp(json_string_value(json_array_get(flags, 0)), "dormant") == 0);
}

/* nft 1.0.6 prints another word where a flag should stand. */
static bool has_odd_flags(const json_t *o)
{
	const char *flags = text_of(o, "flags");

	return *flags && strcmp(flags, "owner") != 0 && strcmp(flags, "persist") != 0;
}

/* iptables-nft-save showed a table of that name, without what its JSON has lost. */
static bool is_saved(const struct nft *n, const char *name)
{
	for_each (c, &n->b->ruleset.chains)
		if (c->backend == NF_TABLES && strcmp(c->table, name) == 0)
			return true;
	return false;
}

static void add_table(struct nft *n, const json_t *o)
{
	const char *family = text_of(o, "family");
	struct nft_table *t = ARENA_NEW(n->b->arena, struct nft_table);

	t->name = arena_printf(n->b->arena, "%s %s", family, text_of(o, "name"));
	n->where = arena_printf(n->b->arena, "table %s", t->name);
	t->family = strcmp(family, "ip") == 0 ? 4 : strcmp(family, "ip6") == 0 ? 6 : 0;
	t->foreign = strcmp(family, "bridge") == 0 || strcmp(family, "arp") == 0;
	t->dormant = is_dormant(o);
	if (!t->dormant && has_odd_flags(o))
		t->doubt = arena_printf(n->b->arena, "whether table %s is dormant", t->name);
	t->saved = is_saved(n, t->name);
	if (!*family || !*text_of(o, "name"))
		nft_bad(n, "it has no name");
	else if (!map_add(&n->tables, slice_of(t->name), t))
		nft_bad(n, "there are two of that name");
}

/* Of a chain, a set, a rule; NULL and an error: there is none. */
static struct nft_table *table_of(struct nft *n, const json_t *o)
{
	const char *name =
		arena_printf(n->b->arena, "%s %s", text_of(o, "family"), text_of(o, "table"));
	struct nft_table *t = map_find(&n->tables, slice_of(name));

	n->where = "the ruleset";
	if (!t)
		nft_bad(n, "something is in table \"%.60s\", which is not there", name);
	n->table = t;
	return t;
}

/* --- chains ----------------------------------------------------------------------------------- */

static bool hook_of(const char *word, enum nf_hook *hook)
{
	for (size_t i = 0; i < NF_HOOKS; i++)
		if (strcmp(nf_hook_names[i], word) == 0) {
			*hook = (enum nf_hook)i;
			return true;
		}
	return false;
}

static void add_device(struct nft *n, struct nf_chain *c, const json_t *name)
{
	if (json_is_string(name))
		*(const char **)list_add(n->b->arena, &c->devices, sizeof(char *)) =
			arena_copy(n->b->arena, slice_of(json_string_value(name)));
}

static void fill_base(struct nft *n, struct nf_chain *c, const json_t *o)
{
	const json_t *prio = json_object_get(o, "prio"), *dev = json_object_get(o, "dev");
	const char *type = text_of(o, "type");
	size_t i;
	json_t *one;

	c->base = !n->table->dormant;
	c->type = strcmp(type, "nat") == 0     ? CHAIN_NAT
		  : strcmp(type, "route") == 0 ? CHAIN_ROUTE
					       : CHAIN_FILTER;
	c->policy = strcmp(text_of(o, "policy"), "drop") == 0 ? VERDICT_DROP : VERDICT_ACCEPT;
	c->priority = (int)json_integer_value(prio);
	if (!hook_of(text_of(o, "hook"), &c->hook))
		nft_bad(n, "hook \"%.30s\" is not known", text_of(o, "hook"));
	if (!json_is_integer(prio) || json_integer_value(prio) < INT32_MIN ||
	    json_integer_value(prio) > INT32_MAX)
		nft_bad(n, "its priority is no number");
	if (json_is_array(dev))
		json_array_foreach(dev, i, one) add_device(n, c, one);
	else
		add_device(n, c, dev);
	/* ... and no device at all. */
	if ((c->hook == NF_INGRESS || c->hook == NF_EGRESS) && !c->devices.n)
		c->doubt = arena_printf(n->b->arena, "on which link chain %s of %s is", c->name,
					c->table);
	if (n->table->doubt)
		c->doubt = n->table->doubt;
}

static void add_chain(struct nft *n, const json_t *o)
{
	struct nft_table *t = table_of(n, o);
	uint32_t *place = ARENA_NEW(n->b->arena, uint32_t);
	const char *name = text_of(o, "name");
	struct nf_chain *c;

	if (!t || t->saved)
		return;
	t->decides |= t->foreign && strcmp(text_of(o, "policy"), "drop") == 0;
	if (t->foreign)
		return;
	*place = (uint32_t)n->b->ruleset.chains.n;
	c = list_add(n->b->arena, &n->b->ruleset.chains, sizeof(*c));
	c->table = t->name;
	c->name = arena_copy(n->b->arena, slice_of(name));
	c->family = t->family;
	c->backend = NF_TABLES;
	c->place = (struct place){n->text->file, n->text->line, 1};
	n->where = arena_printf(n->b->arena, "chain %s of %s", c->name, t->name);
	if (json_object_get(o, "hook"))
		fill_base(n, c, o);
	if (!map_add(&n->chains, nft_name(n, t, name), place))
		nft_bad(n, "there are two of that name");
}

static void add_helper(struct nft *n, const json_t *o)
{
	const struct nft_table *t = table_of(n, o);

	if (t && !map_add(&n->helpers, nft_name(n, t, text_of(o, "name")),
			  arena_copy(n->b->arena, slice_of(text_of(o, "type")))))
		nft_bad(n, "two helpers are called \"%.60s\"", text_of(o, "name"));
}

static void add_set(struct nft *n, const json_t *o, bool is_map)
{
	const struct nft_table *t = table_of(n, o);

	if (t && !t->saved && !t->foreign)
		nft_add_set(n, o, is_map);
}

/* --- rules ------------------------------------------------------------------------------------ */

static void add_statements(struct nft *n, const json_t *list)
{
	size_t i;
	json_t *one, *value;

	json_array_foreach(list, i, one)
	{
		const char *key = nft_only_key(one, &value);

		if (!key)
			nft_bad(n, "statement %zu is none", i + 1);
		if (n->rc)
			return;
		nft_statement(n, key, value);
	}
}

static void start_rule(struct nft *n, const json_t *o, uint32_t place)
{
	struct nf_chain *c = &n->b->ruleset.chains.items[place];
	uint32_t number = c->rules.n ? c->rules.items[c->rules.n - 1].number + 1 : 1;
	struct buf text = BUF_INIT;
	struct place at = {n->text->file, n->text->line, 1};

	nft_text(json_object_get(o, "expr"), &text);
	n->chain = place;
	n->rule = nf_add_rule(n->b, c, buf_slice(&text), at);
	n->rule->number = number;
	n->rule->handle = (uint64_t)json_integer_value(json_object_get(o, "handle"));
	if (*text_of(o, "comment"))
		n->rule->comment = arena_copy(n->b->arena, slice_of(text_of(o, "comment")));
	n->where = arena_printf(n->b->arena, "rule %u of %s %s", number, c->table, c->name);
	buf_release(&text);
}

static void add_rule(struct nft *n, const json_t *o)
{
	struct nft_table *t = table_of(n, o);
	const uint32_t *place;

	if (!t || t->saved)
		return;
	t->decides |= t->foreign;
	if (t->foreign)
		return;
	place = map_find(&n->chains, nft_name(n, t, text_of(o, "chain")));
	if (!place) {
		nft_bad(n, "a rule is in chain \"%.60s\" of %s, which is not there",
			text_of(o, "chain"), t->name);
		return;
	}
	start_rule(n, o, *place);
	add_statements(n, json_object_get(o, "expr"));
}

/* --- all of it -------------------------------------------------------------------------------- */

/* What rules name stands before them, whatever the order of the list. */
enum pass { PASS_TABLES, PASS_CHAINS, PASS_SETS, PASS_RULES, PASSES };

static bool is_of_no_concern(const char *key)
{
	static const char *const keys[] = {"metainfo",	"counter",  "limit",	  "quota",
					   "secmark",	"synproxy", "ct timeout", "ct expectation",
					   "flowtable", "tunnel"};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (strcmp(keys[i], key) == 0)
			return true;
	return false;
}

static void add_object(struct nft *n, enum pass pass, const char *key, const json_t *o)
{
	if (strcmp(key, "table") == 0) {
		if (pass == PASS_TABLES)
			add_table(n, o);
	} else if (strcmp(key, "chain") == 0) {
		if (pass == PASS_CHAINS)
			add_chain(n, o);
	} else if (strcmp(key, "set") == 0 || strcmp(key, "map") == 0) {
		if (pass == PASS_SETS)
			add_set(n, o, *key == 'm');
	} else if (strcmp(key, "ct helper") == 0) {
		if (pass == PASS_CHAINS)
			add_helper(n, o);
	} else if (strcmp(key, "rule") == 0) {
		if (pass == PASS_RULES)
			add_rule(n, o);
	} else if (pass == PASS_TABLES && !is_of_no_concern(key)) {
		*(const char **)list_add(n->b->arena, &n->b->ruleset.doubts, sizeof(char *)) =
			nft_words(n, key, o);
	}
}

static void add_objects(struct nft *n, const json_t *list, enum pass pass)
{
	size_t i;
	json_t *one, *o;

	json_array_foreach(list, i, one)
	{
		const char *key = nft_only_key(one, &o);

		n->where = "the ruleset";
		if (!key || !json_is_object(o))
			nft_bad(n, "entry %zu of its list is none", i + 1);
		if (n->rc)
			return;
		add_object(n, pass, key, o);
	}
}

static void doubt(struct nft *n, const struct nft_table *t)
{
	struct nf_ruleset *r = &n->b->ruleset;
	void *list = strncmp(t->name, "bridge ", 7) == 0 ? (void *)&r->bridge_doubts
							 : (void *)&r->doubts;

	*(const char **)list_add(n->b->arena, list, sizeof(char *)) =
		arena_printf(n->b->arena, "table %s", t->name);
}

/* What is not read, and may drop. */
static void doubt_foreign(struct nft *n, const json_t *list)
{
	size_t i;
	json_t *one;

	json_array_foreach(list, i, one)
	{
		const json_t *o = json_object_get(one, "table");
		const char *name = arena_printf(n->b->arena, "%s %s", text_of(o, "family"),
						text_of(o, "name"));
		const struct nft_table *t = map_find(&n->tables, slice_of(name));

		/* ARP finds neighbours, and those are there (box/walk.h). */
		if (o && t && t->decides && !t->dormant && strcmp(text_of(o, "family"), "arp") != 0)
			doubt(n, t);
	}
}

static void check_head(struct nft *n, const json_t *list)
{
	const json_t *info = json_object_get(json_array_get(list, 0), "metainfo");
	const json_t *version = json_object_get(info, "json_schema_version");

	n->where = "nft -j";
	if (!json_is_array(list) || !json_is_integer(version))
		nft_bad(n,
			"not what \"nft -j list ruleset\" prints: a list \"nftables\" that begins "
			"with \"metainfo\"");
	else if (json_integer_value(version) != 1)
		nft_bad(n, "schema version %lld, of a later nft (%.30s): 1 is understood",
			(long long)json_integer_value(version), text_of(info, "version"));
}

static void read_all(struct nft *n, const json_t *root)
{
	const json_t *list = json_object_get(root, "nftables");

	check_head(n, list);
	for (enum pass pass = 0; pass < PASSES && !n->rc; pass++)
		add_objects(n, list, pass);
	if (!n->rc)
		doubt_foreign(n, list);
}

int box_read_nft(struct box *b, const struct box_text *t, struct err *err)
{
	struct nft n = {.b = b, .text = t, .err = err};
	json_error_t wrong;
	json_t *root;

	if (!slice_trim(t->text).n)
		return 0;
	root = json_loadb(t->text.p, t->text.n, JSON_REJECT_DUPLICATES, &wrong);
	if (!root)
		return err_set(
			err, ERR_DOCUMENT,
			(struct place){t->file,
				       t->line + (wrong.line > 0 ? (uint32_t)wrong.line - 1 : 0),
				       wrong.column > 0 ? (uint32_t)wrong.column : 1},
			"not the JSON of nft: %s", wrong.text);
	read_all(&n, root);
	json_decref(root);
	map_release(&n.tables);
	map_release(&n.chains);
	map_release(&n.sets);
	map_release(&n.helpers);
	return n.rc;
}
