/* SPDX-License-Identifier: ISC */
#include "box/nft.h"

#include <string.h>

/* --- an element ------------------------------------------------------------------------------- */

/* "elem" is what an element with more than its value is wrapped in. */
static const json_t *unwrap(const json_t *v, const json_t **wrap)
{
	json_t *inner;
	const char *key = nft_only_key(v, &inner);

	*wrap = NULL;
	if (!key || strcmp(key, "elem") != 0)
		return v;
	*wrap = inner;
	return json_object_get(inner, "val");
}

/* "*": what no other element has. */
static bool is_catch_all(const json_t *v)
{
	const char *s = json_string_value(v);

	return s && strcmp(s, "*") == 0;
}

/* The kernel takes "!=" of a set with such an element for always so: only maps have one here. */
static bool spans_of(struct nft *n, const json_t *v, const struct nft_kinds *kinds, bool is_map,
		     struct nf_span *out)
{
	json_t *list;
	const char *key = nft_only_key(v, &list);

	if (is_catch_all(v)) {
		for (size_t i = 0; i < kinds->n; i++)
			out[i] = nft_any(kinds->items[i]);
		return is_map;
	}
	if (kinds->n == 1)
		return nft_span(n, kinds->items[0], v, out);
	if (!key || strcmp(key, "concat") != 0 || json_array_size(list) != kinds->n)
		return false;
	for (size_t i = 0; i < kinds->n; i++)
		if (!nft_span(n, kinds->items[i], json_array_get(list, i), &out[i]))
			return false;
	return true;
}

/* --- what an element of a map stands for ------------------------------------------------------ */

static bool addr_range(const json_t *lo, const json_t *hi, struct nf_target *out)
{
	const char *a = json_string_value(lo), *b = json_string_value(hi);

	if (!a || !b || !addr_parse(slice_of(a), &out->lo) || !addr_parse(slice_of(b), &out->hi) ||
	    out->lo.family != out->hi.family || addr_compare(&out->lo, &out->hi) > 0)
		return false;
	out->family = out->lo.family;
	return true;
}

static bool port_range(const json_t *lo, const json_t *hi, struct nf_target *out)
{
	if (!json_is_integer(lo) || !json_is_integer(hi) || json_integer_value(lo) < 0 ||
	    json_integer_value(hi) > UINT16_MAX || json_integer_value(lo) > json_integer_value(hi))
		return false;
	out->has_ports = true;
	out->port_lo = (uint16_t)json_integer_value(lo);
	out->port_hi = (uint16_t)json_integer_value(hi);
	return true;
}

static bool target_part(struct nft *n, const json_t *v, struct nf_target *out)
{
	json_t *inner;
	const char *key = nft_only_key(v, &inner);
	struct nf_span span;
	struct addr a;
	bool six;

	if (json_is_integer(v))
		return port_range(v, v, out);
	if (json_is_string(v))
		return addr_range(v, v, out);
	if (!key)
		return false;
	if (strcmp(key, "range") == 0) {
		const json_t *lo = json_array_get(inner, 0), *hi = json_array_get(inner, 1);

		return json_is_integer(lo) ? port_range(lo, hi, out) : addr_range(lo, hi, out);
	}
	if (strcmp(key, "prefix") != 0 || !json_is_string(json_object_get(inner, "addr")) ||
	    !addr_parse(slice_of(json_string_value(json_object_get(inner, "addr"))), &a))
		return false;
	six = a.family == 6;
	if (!nft_span(n, six ? KIND_ADDR6 : KIND_ADDR4, v, &span))
		return false;
	out->family = a.family;
	out->lo = nf_value_addr(&span.lo, a.family);
	out->hi = nf_value_addr(&span.hi, a.family);
	return true;
}

/* An address, a port, or both joined. */
bool nft_target(struct nft *n, const json_t *v, struct nf_target *out)
{
	json_t *list, *one;
	const char *key = nft_only_key(v, &list);
	size_t i;

	if (!key || strcmp(key, "concat") != 0)
		return target_part(n, v, out);
	json_array_foreach(list, i, one) if (!target_part(n, one, out)) return false;
	return true;
}

bool nft_verdict(struct nft *n, const char *key, const json_t *v, struct nf_verdict *out)
{
	static const struct {
		const char *key;
		enum nf_verdict_kind kind;
	} kinds[] = {{"accept", VERDICT_ACCEPT},     {"drop", VERDICT_DROP},
		     {"continue", VERDICT_CONTINUE}, {"return", VERDICT_RETURN},
		     {"jump", VERDICT_JUMP},	     {"goto", VERDICT_GOTO}};
	const char *target = json_string_value(json_object_get(v, "target"));
	const void *chain;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (strcmp(key, kinds[i].key) != 0)
			continue;
		*out = (struct nf_verdict){.kind = kinds[i].kind};
		if (kinds[i].kind != VERDICT_JUMP && kinds[i].kind != VERDICT_GOTO)
			return true;
		chain = target ? map_find(&n->chains, nft_name(n, n->table, target)) : NULL;
		if (!chain)
			return nft_bad(n, "%s to a chain \"%.60s\" that is not there", key,
				       target ? target : "");
		out->chain = *(const uint32_t *)chain;
		return true;
	}
	return false;
}

static bool data_of(struct nft *n, const json_t *v, enum nf_data_kind kind, struct nf_data *out)
{
	json_t *inner;
	const char *key;

	switch (kind) {
	case DATA_VERDICT:
		key = nft_only_key(v, &inner);
		if (json_is_string(v)) /* "accept" */
			return nft_verdict(n, json_string_value(v), NULL, &out->verdict);
		return key && nft_verdict(n, key, inner, &out->verdict);
	case DATA_TARGET:
		return nft_target(n, v, &out->target);
	case DATA_NUMBER:
		out->number = (uint32_t)json_integer_value(v);
		return json_is_integer(v);
	default:
		return false;
	}
}

/* --- a set's elements ------------------------------------------------------------------------- */

struct filling {
	struct nf_span *spans;
	struct nf_data *data;
	const char **notes;
};

/* Whether more than counting is done with a packet that is found: a rate, a quota, of which the
 * kernel lets only some packets go on. */
static bool limits(const char *key)
{
	static const char *const keys[] = {"val",     "timeout", "expires",
					   "comment", "counter", "last"};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (strcmp(keys[i], key) == 0)
			return false;
	return true;
}

bool nft_limits(const json_t *statements)
{
	size_t i;
	json_t *one, *value;

	json_array_foreach(statements, i, one)
	{
		const char *key = nft_only_key(one, &value);

		if (!key || limits(key))
			return true;
	}
	return statements && !json_is_array(statements);
}

static bool is_limited(const json_t *wrap)
{
	const char *key;
	json_t *any, *value; /* jansson's iterators want it so; nothing is changed */

	memcpy(&any, &wrap, sizeof(any));
	json_object_foreach(any, key, value) if (limits(key)) return true;
	return false;
}

static bool add_element(struct nft *n, const struct nft_kinds *kinds, const json_t *v,
			struct filling *f, struct nf_set *s)
{
	const json_t *wrap, *value = v, *data = NULL;
	const char *note;

	if (s->kind != DATA_NONE) {
		value = json_array_get(v, 0);
		data = json_array_get(v, 1);
	}
	value = unwrap(value, &wrap);
	if (is_limited(wrap) ||
	    !spans_of(n, value, kinds, s->kind != DATA_NONE, f->spans + s->n * kinds->n))
		return false;
	if (data && !data_of(n, data, s->kind, &f->data[s->n]))
		return false;
	if (s->kind != DATA_NONE && !data)
		return false;
	s->expiring |= json_object_get(wrap, "expires") != NULL;
	note = json_string_value(json_object_get(wrap, "comment"));
	if (note) {
		f->notes[s->n] = arena_copy(n->b->arena, slice_of(note));
		s->notes = f->notes;
	}
	s->n++;
	return true;
}

static bool add_elements(struct nft *n, const struct nft_kinds *kinds, const json_t *list,
			 bool catch_all, struct filling *f, struct nf_set *s)
{
	size_t i;
	json_t *one;

	json_array_foreach(list, i, one)
	{
		const json_t *wrap, *value = s->kind == DATA_NONE ? one : json_array_get(one, 0);

		if (is_catch_all(unwrap(value, &wrap)) == catch_all &&
		    !add_element(n, kinds, one, f, s))
			return false;
	}
	return true;
}

/* What is added to a set with one element only is no list. */
static bool fill(struct nft *n, const struct nft_kinds *kinds, const json_t *elements,
		 enum nf_data_kind kind, struct nf_set *s)
{
	size_t room = json_is_array(elements) ? json_array_size(elements) : elements ? 1 : 0;
	struct filling f = {
		.spans = ARENA_ARRAY(n->b->arena, struct nf_span, room * kinds->n),
		.data = kind != DATA_NONE ? ARENA_ARRAY(n->b->arena, struct nf_data, room) : NULL,
		.notes = ARENA_ARRAY(n->b->arena, const char *, room)};

	s->n_keys = kinds->n;
	s->kind = kind;
	s->spans = f.spans;
	s->data = f.data;
	if (elements && !json_is_array(elements))
		return add_element(n, kinds, elements, &f, s);
	return add_elements(n, kinds, elements, false, &f, s) &&
	       add_elements(n, kinds, elements, true, &f, s);
}

/* --- sets with a name ------------------------------------------------------------------------- */

static bool kind_of_type(struct slice type, enum nft_kind *out)
{
	static const struct {
		const char *type;
		enum nft_kind kind;
	} types[] = {{"ipv4_addr", KIND_ADDR4},
		     {"ipv6_addr", KIND_ADDR6},
		     {"ether_addr", KIND_MAC},
		     {"inet_proto", KIND_PROTO},
		     {"inet_service", KIND_NUMBER},
		     {"mark", KIND_NUMBER},
		     {"ifname", KIND_NAME},
		     {"iface_index", KIND_NAME},
		     {"icmp_type", KIND_ICMP_TYPE},
		     {"icmpv6_type", KIND_ICMP6_TYPE},
		     {"icmp_code", KIND_CODE},
		     {"icmpv6_code", KIND_CODE6},
		     {"ct_state", KIND_STATE},
		     {"ct_dir", KIND_DIRECTION},
		     {"nf_proto", KIND_FAMILY},
		     {"ether_type", KIND_FAMILY},
		     {"tcp_flag", KIND_TCP_FLAGS},
		     {"pkt_type", KIND_PKTTYPE},
		     {"fib_addrtype", KIND_ADDRTYPE},
		     {"uid", KIND_USER},
		     {"gid", KIND_USER},
		     {"dscp", KIND_DSCP},
		     {"integer", KIND_NUMBER}};

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (slice_is(type, types[i].type)) {
			*out = types[i].kind;
			return true;
		}
	return false;
}

/* "ipv4_addr . inet_service" */
static bool add_types(const char *types, struct nft_kinds *out)
{
	struct slice rest = slice_of(types), one;

	while (slice_cut(&rest, '.', &one))
		if (out->n == NFT_KEYS_MAX || !kind_of_type(slice_trim(one), &out->items[out->n++]))
			return false;
	return out->n > 0;
}

/* "ipv4_addr", ["ipv4_addr", "inet_service"], {"typeof": expression}, "ipv4_addr . inet_service" */
static bool kinds_of_type(struct nft *n, const json_t *type, struct nft_kinds *out)
{
	json_t *inner, *one;
	const char *key = nft_only_key(type, &inner);
	struct nft_keys keys;
	size_t i;

	*out = (struct nft_kinds){.n = 0};
	if (key && strcmp(key, "typeof") == 0) {
		if (!nft_keys(n, inner, &keys))
			return false;
		*out = keys.kinds;
		return true;
	}
	if (json_is_string(type))
		return add_types(json_string_value(type), out);
	json_array_foreach(type, i, one) if (!add_types(json_string_value(one), out)) return false;
	return out->n > 0;
}

static enum nf_data_kind data_of_type(const json_t *type)
{
	struct slice rest = slice_of(json_string_value(json_is_array(type) ? json_array_get(type, 0)
									   : type)),
		     name;

	if (!slice_cut(&rest, '.', &name))
		return DATA_NONE;
	name = slice_trim(name);
	if (slice_is(name, "verdict"))
		return DATA_VERDICT;
	if (slice_is(name, "mark"))
		return DATA_NUMBER;
	return slice_is(name, "ipv4_addr") || slice_is(name, "ipv6_addr") ||
			       slice_is(name, "inet_service")
		       ? DATA_TARGET
		       : DATA_NONE;
}

void nft_add_set(struct nft *n, const json_t *o, bool is_map)
{
	const char *name = json_string_value(json_object_get(o, "name"));
	struct nft_set *s = ARENA_NEW(n->b->arena, struct nft_set);
	const json_t *data = json_object_get(o, "map");

	n->where = arena_printf(n->b->arena, "set %s of %s", name ? name : "", n->table->name);
	if (!name) {
		nft_bad(n, "it has no name");
		return;
	}
	s->set = (struct nf_set){.table = n->table->name,
				 .name = arena_copy(n->b->arena, slice_of(name)),
				 .expiring = json_object_get(o, "timeout") != NULL,
				 .place = {n->text->file, n->text->line, 1}};
	s->limited = nft_limits(json_object_get(o, "stmt"));
	s->opaque = s->limited || !kinds_of_type(n, json_object_get(o, "type"), &s->kinds) ||
		    (is_map && data_of_type(data) == DATA_NONE) ||
		    !fill(n, &s->kinds, json_object_get(o, "elem"),
			  is_map ? data_of_type(data) : DATA_NONE, &s->set);
	if (!map_add(&n->sets, nft_name(n, n->table, name), s))
		nft_bad(n, "there are two of that name");
	if (!s->opaque)
		*(const struct nf_set **)list_add(n->b->arena, &n->b->ruleset.sets,
						  sizeof(struct nf_set *)) = &s->set;
}

static struct nft_set *find_set(struct nft *n, const char *ref)
{
	struct nft_set *s = map_find(&n->sets, nft_name(n, n->table, ref + 1));

	if (!s)
		nft_bad(n, "it asks a set \"%.60s\" that is not there", ref + 1);
	return s;
}

bool nft_set_changes(struct nft *n, const json_t *name)
{
	const char *ref = json_string_value(name);
	struct nft_set *s = ref && *ref == '@' ? find_set(n, ref) : NULL;

	if (s)
		s->set.changing = true;
	return s && s->limited;
}

/* What the set's elements are written as is what is asked about. */
static bool same_kinds(const struct nft_kinds *a, const struct nft_kinds *b)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->items[i] != b->items[i])
			return false;
	return true;
}

static const struct nf_set *named_set(struct nft *n, const char *ref, const struct nft_kinds *kinds,
				      enum nf_data_kind kind)
{
	const struct nft_set *s = find_set(n, ref);

	if (!s || s->opaque || s->set.kind != kind)
		return NULL;
	if (s->kinds.n != kinds->n) {
		nft_bad(n, "it asks set \"%.60s\" for %zu keys; it has %zu", ref + 1, kinds->n,
			s->kinds.n);
		return NULL;
	}
	return same_kinds(&s->kinds, kinds) ? &s->set : NULL;
}

const struct nf_set *nft_set_of(struct nft *n, const json_t *v, const struct nft_keys *keys,
				enum nf_data_kind kind)
{
	const char *ref = json_string_value(v);
	json_t *inner;
	const char *key = nft_only_key(v, &inner);
	struct nf_set *s;

	if (!nft_can_compare(keys))
		return NULL;
	if (ref && *ref == '@')
		return named_set(n, ref, &keys->kinds, kind);
	s = ARENA_NEW(n->b->arena, struct nf_set);
	s->place = n->rule->place;
	if (key && strcmp(key, "set") == 0)
		v = inner;
	return fill(n, &keys->kinds, v, kind, s) ? s : NULL;
}
