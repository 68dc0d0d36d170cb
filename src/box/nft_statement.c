/* SPDX-License-Identifier: ISC */
#include "box/nft.h"

#include <string.h>

/* --- what is not understood ------------------------------------------------------------------- */

static void add_unknown(struct nft *n, const char *key, const json_t *value)
{
	if (!n->rc)
		nf_add_step(n->b, n->rule, STEP_UNKNOWN)->text = nft_words(n, key, value);
}

static void ask_unknown(struct nft *n, const char *key, const json_t *value)
{
	if (!n->rc)
		nf_ask_unknown(n->b, n->rule, slice_of(nft_words(n, key, value)));
}

static void copy_steps(struct nft *n, const struct nf_rule *from, struct nf_rule *to)
{
	for_each (s, &from->steps)
		*nf_add_step(n->b, to, s->kind) = *s;
}

/* The same rule once more, behind itself. */
static void repeat_rule(struct nft *n, const struct nf_rule *first)
{
	struct nf_chain *c = &n->b->ruleset.chains.items[n->chain];
	struct nf_rule *r = nf_add_rule(n->b, c, slice_of(first->text), first->place);

	r->number = first->number;
	r->comment = first->comment;
	r->handle = first->handle;
	copy_steps(n, first, r);
	n->rule = r;
}

/* How many of the numbers from `first` on, to before `end`, an element has. */
static json_int_t covered(const json_t *v, json_int_t first, json_int_t end)
{
	const json_t *range = json_object_get(v, "range");
	json_int_t lo = json_integer_value(range ? json_array_get(range, 0) : v);
	json_int_t hi = json_integer_value(range ? json_array_get(range, 1) : v) + 1;

	if (!range && !json_is_integer(v))
		return 0;
	lo = lo < first ? first : lo;
	hi = hi > end ? end : hi;
	return lo < hi ? hi - lo : 0;
}

static bool is_address(enum nf_key key)
{
	return key == KEY_SADDR4 || key == KEY_SADDR6 || key == KEY_DADDR4 || key == KEY_DADDR6;
}

/* A hash of addresses, which all packets of their family have: that is asked. */
static bool ask_hashed(struct nft *n, const json_t *of)
{
	struct nft_keys keys;

	if (!nft_keys(n, of, &keys) || !keys.family || keys.proto >= 0)
		return false;
	for (size_t i = 0; i < keys.kinds.n; i++)
		if (!is_address(keys.uses[i].key))
			return false;
	nft_ask_before(n, &keys);
	return true;
}

/* Whether an element is always found: numbers that every packet gets, all of which are there. Of
 * other hashes, or a VLAN, some packets have none. */
static bool is_always_found(struct nft *n, const char *by, const json_t *how, const json_t *list)
{
	json_int_t mod = json_integer_value(json_object_get(how, "mod")), has = 0;
	json_int_t first = json_integer_value(json_object_get(how, "offset"));
	bool every = strcmp(by, "numgen") == 0 || strcmp(by, "symhash") == 0;
	size_t i;
	json_t *one;

	if (strcmp(by, "jhash") == 0)
		every = ask_hashed(n, json_object_get(how, "expr"));
	if (!every || mod <= 0 || mod > UINT32_MAX || first < 0 || first > UINT32_MAX)
		return false;
	json_array_foreach(list, i, one) has += covered(json_array_get(one, 0), first, first + mod);
	return has >= mod;
}

bool nft_any_of(struct nft *n, const json_t *elements, const json_t *by,
		bool (*add)(struct nft *n, const json_t *data, void *ctx), void *ctx)
{
	json_t *list;
	const char *key = nft_only_key(elements, &list);
	size_t last = key && strcmp(key, "set") == 0 ? json_array_size(list) : 0;
	struct nf_rule first;
	json_t *inner;
	const char *what = nft_only_key(by, &inner), *words;
	bool always;

	if (!last || !what)
		return false;
	words = nft_words(n, what, inner);
	always = is_always_found(n, what, inner, list);
	first = *n->rule;
	first.steps.items = NULL;
	first.steps.n = 0;
	copy_steps(n, n->rule, &first);
	for (size_t i = 0; i < last; i++) {
		if (i)
			repeat_rule(n, &first);
		if (i + 1 < last || !always)
			nf_ask_unknown(n->b, n->rule, slice_of(words));
		if (!add(n, json_array_get(json_array_get(list, i), 1), ctx))
			return false;
	}
	return true;
}

/* --- verdicts --------------------------------------------------------------------------------- */

static bool add_verdict(struct nft *n, const json_t *data, void *ctx)
{
	struct nf_verdict v;
	json_t *inner;
	const char *key = nft_only_key(data, &inner);

	(void)ctx;
	if (!key || !nft_verdict(n, key, inner, &v))
		return false;
	nf_add_step(n->b, n->rule, STEP_VERDICT)->verdict = v;
	return true;
}

static bool verdict_map(struct nft *n, const json_t *value)
{
	const json_t *key = json_object_get(value, "key"), *data = json_object_get(value, "data");
	const struct nf_set *set;
	struct nft_keys keys;

	if (!nft_keys(n, key, &keys))
		return nft_any_of(n, data, key, add_verdict, NULL);
	set = nft_set_of(n, data, &keys, DATA_VERDICT);
	if (!set)
		return false;
	nft_ask_before(n, &keys);
	nf_add_step(n->b, n->rule, STEP_VERDICT_MAP)->map = nf_make_lookup(n->b, set, keys.uses);
	return true;
}

static void add_reject(struct nft *n, const json_t *value)
{
	const char *type = json_string_value(json_object_get(value, "type"));
	const char *expr = json_string_value(json_object_get(value, "expr"));
	struct nf_verdict *v = &nf_add_step(n->b, n->rule, STEP_VERDICT)->verdict;

	*v = (struct nf_verdict){.kind = VERDICT_REJECT, .answer = "icmp port-unreachable"};
	if (type)
		v->answer = arena_printf(n->b->arena, "%.30s%s%.60s", type, expr ? " " : "",
					 expr ? expr : "");
}

static void add_queue(struct nft *n, const json_t *value)
{
	const json_t *flags = json_object_get(value, "flags");
	struct nf_verdict *v = &nf_add_step(n->b, n->rule, STEP_VERDICT)->verdict;
	const char *flag =
		json_string_value(json_is_array(flags) ? json_array_get(flags, 0) : flags);

	*v = (struct nf_verdict){.kind = VERDICT_QUEUE,
				 .bypass = flag && strcmp(flag, "bypass") == 0};
}

/* --- marks ------------------------------------------------------------------------------------ */

/* (source & keep) ^ flip; of a number nothing is kept. */
struct marking {
	enum { OF_PACKET, OF_CONNECTION, OF_NOTHING } source;
	uint32_t keep, flip;
};

static bool is_mark(const json_t *e, const char *of)
{
	const char *key = json_string_value(json_object_get(json_object_get(e, of), "key"));

	return key && strcmp(key, "mark") == 0;
}

static bool marking_of(const json_t *e, struct marking *m)
{
	json_t *pair;
	const char *op = nft_only_key(e, &pair);
	uint32_t with;

	if (json_is_integer(e)) {
		*m = (struct marking){OF_NOTHING, 0, (uint32_t)json_integer_value(e)};
		return true;
	}
	if (is_mark(e, "meta") || is_mark(e, "ct")) {
		*m = (struct marking){is_mark(e, "meta") ? OF_PACKET : OF_CONNECTION, UINT32_MAX,
				      0};
		return true;
	}
	if (!op || !json_is_integer(json_array_get(pair, 1)) ||
	    !marking_of(json_array_get(pair, 0), m))
		return false;
	with = (uint32_t)json_integer_value(json_array_get(pair, 1));
	if (strcmp(op, "&") == 0) {
		m->keep &= with;
		m->flip &= with;
	} else if (strcmp(op, "|") == 0) {
		m->keep &= ~with;
		m->flip = (m->flip & ~with) | with;
	} else if (strcmp(op, "^") == 0) {
		m->flip ^= with;
	} else {
		return false;
	}
	return true;
}

static void add_marking(struct nft *n, enum nf_step_kind kind, uint32_t keep, uint32_t flip)
{
	struct nf_step *s = nf_add_step(n->b, n->rule, kind);

	s->mark.keep = keep;
	s->mark.flip = flip;
}

static bool mark_by_map(struct nft *n, const json_t *map)
{
	const struct nf_set *set;
	struct nft_keys keys;

	if (!nft_keys(n, json_object_get(map, "key"), &keys))
		return false;
	set = nft_set_of(n, json_object_get(map, "data"), &keys, DATA_NUMBER);
	if (!set)
		return false;
	nft_ask_before(n, &keys);
	nf_add_step(n->b, n->rule, STEP_MARK_MAP)->map = nf_make_lookup(n->b, set, keys.uses);
	return true;
}

static bool set_mark(struct nft *n, const json_t *value, bool of_packet)
{
	enum nf_step_kind own = of_packet ? STEP_MARK : STEP_CT_MARK;
	json_t *map;
	const char *key = nft_only_key(value, &map);
	struct marking m;

	if (of_packet && key && strcmp(key, "map") == 0)
		return mark_by_map(n, map);
	if (!marking_of(value, &m))
		return false;
	if (m.source == OF_NOTHING || (m.source == OF_PACKET) == of_packet) {
		add_marking(n, own, m.keep, m.flip);
		return true;
	}
	add_marking(n, of_packet ? STEP_RESTORE_MARK : STEP_SAVE_MARK, 0, m.keep);
	if (m.flip)
		add_marking(n, own, UINT32_MAX, m.flip);
	return true;
}

/* Whether it changes where a packet goes: addresses, ports, zones. */
static bool is_harmless(const json_t *key)
{
	static const char *const fields[] = {"flowlabel"};
	static const char *const metas[] = {"priority", "nftrace", "cpu",
					    "random",	"secmark", "broute"};
	static const char *const cts[] = {"label", "event", "secmark", "timeout"};
	json_t *inner;
	const char *what = nft_only_key(key, &inner);
	const char *field = json_string_value(json_object_get(inner, "field"));
	const char *name = json_string_value(json_object_get(inner, "key"));
	bool harmless = false;

	if (!what)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		harmless |= strcmp(what, "payload") == 0 && field && strcmp(field, fields[i]) == 0;
	for (size_t i = 0; i < ARRAY_LEN(metas); i++)
		harmless |= strcmp(what, "meta") == 0 && name && strcmp(name, metas[i]) == 0;
	for (size_t i = 0; i < ARRAY_LEN(cts); i++)
		harmless |= strcmp(what, "ct") == 0 && name && strcmp(name, cts[i]) == 0;
	return harmless || strcmp(what, "tcp option") == 0 || strcmp(what, "exthdr") == 0;
}

/* The TTL, the DSCP, the ECN. */
static bool blur(struct nft *n, const json_t *key)
{
	const json_t *payload = json_object_get(key, "payload");
	struct nft_keys keys;

	if (!payload || !nft_keys(n, key, &keys) || keys.kinds.n != 1 || keys.uses[0].mask ||
	    (keys.uses[0].key != KEY_TTL && keys.uses[0].key != KEY_DSCP &&
	     keys.uses[0].key != KEY_ECN))
		return false;
	nft_ask_before(n, &keys);
	nf_add_step(n->b, n->rule, STEP_BLUR)->key = keys.uses[0].key;
	return true;
}

static bool mangle(struct nft *n, const json_t *value)
{
	const json_t *key = json_object_get(value, "key"), *to = json_object_get(value, "value");

	if (is_mark(key, "meta"))
		return set_mark(n, to, true);
	if (is_mark(key, "ct"))
		return set_mark(n, to, false);
	return blur(n, key) || is_harmless(key);
}

/* --- the rest --------------------------------------------------------------------------------- */

static void add_helper(struct nft *n, const json_t *value)
{
	const char *name = json_string_value(value);
	const char *proto = name ? map_find(&n->helpers, nft_name(n, n->table, name)) : NULL;
	struct nf_step *s = nf_add_step(n->b, n->rule, STEP_HELPER);

	s->text = proto ? proto : nft_words(n, "ct helper", value);
}

/* A packet without what is added is none of the rule's. */
static bool ask_element(struct nft *n, const json_t *element)
{
	const json_t *wrap = json_object_get(element, "elem");
	struct nft_keys keys;

	if (!nft_keys(n, wrap ? json_object_get(wrap, "val") : element, &keys))
		return false;
	nft_ask_before(n, &keys);
	return true;
}

/* What is added to a set; with a rate beside it, or in it, only some packets go on. */
static void change_set(struct nft *n, const char *key, const json_t *value)
{
	const json_t *set = json_object_get(value, strcmp(key, "map") == 0 ? "map" : "set");

	bool limited = nft_set_changes(n, set) || nft_limits(json_object_get(value, "stmt"));

	if (!ask_element(n, json_object_get(value, "elem")) || limited)
		ask_unknown(n, key, value);
}

static void ask_meter(struct nft *n, const json_t *value)
{
	ask_element(n, json_object_get(value, "key"));
	ask_unknown(n, "meter", value);
}

static void count(struct nft *n, const json_t *value)
{
	const json_t *packets = json_object_get(value, "packets");

	if (!json_is_integer(packets))
		return;
	n->rule->counted = true;
	n->rule->packets = (uint64_t)json_integer_value(packets);
	n->rule->bytes = (uint64_t)json_integer_value(json_object_get(value, "bytes"));
}

/* True: it says nothing about where the packet goes. */
static bool is_without_effect(const char *key)
{
	static const char *const keys[] = {"log",	 "flow",	   "dup",    "last",
					   "ct timeout", "ct expectation", "secmark"};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (strcmp(keys[i], key) == 0)
			return true;
	return false;
}

static bool is_doubtful(const char *key)
{
	static const char *const keys[] = {"limit", "quota", "ct count", "tproxy"};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (strcmp(keys[i], key) == 0)
			return true;
	return false;
}

static bool is_nat(const char *key)
{
	return strcmp(key, "snat") == 0 || strcmp(key, "dnat") == 0 ||
	       strcmp(key, "masquerade") == 0 || strcmp(key, "redirect") == 0;
}

/* A TCP option, taken away. */
static bool is_harmless_reset(const char *key, const json_t *value)
{
	return strcmp(key, "reset") == 0 && json_object_get(value, "tcp option");
}

static bool is_foreign_match(const char *key, const json_t *value)
{
	const char *type = json_string_value(json_object_get(value, "type"));

	return strcmp(key, "xt") == 0 && type && strcmp(type, "match") == 0;
}

void nft_statement(struct nft *n, const char *key, const json_t *value)
{
	struct nf_verdict v;

	if (strcmp(key, "match") == 0)
		nft_match(n, value);
	else if (nft_verdict(n, key, value, &v))
		nf_add_step(n->b, n->rule, STEP_VERDICT)->verdict = v;
	else if (strcmp(key, "counter") == 0)
		count(n, value);
	else if (strcmp(key, "reject") == 0)
		add_reject(n, value);
	else if (strcmp(key, "queue") == 0)
		add_queue(n, value);
	else if (strcmp(key, "notrack") == 0)
		nf_add_step(n->b, n->rule, STEP_NOTRACK);
	else if (strcmp(key, "ct helper") == 0)
		add_helper(n, value);
	else if (strcmp(key, "set") == 0 || strcmp(key, "map") == 0)
		change_set(n, key, value);
	else if (strcmp(key, "meter") == 0)
		ask_meter(n, value);
	else if (is_doubtful(key) || is_foreign_match(key, value))
		ask_unknown(n, key, value);
	else if (is_without_effect(key) || is_harmless_reset(key, value) ||
		 (strcmp(key, "mangle") == 0 && mangle(n, value)) ||
		 (strcmp(key, "vmap") == 0 && verdict_map(n, value)) ||
		 (is_nat(key) && nft_nat(n, key, value)))
		return;
	else
		add_unknown(n, key, value);
}
