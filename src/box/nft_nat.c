/* SPDX-License-Identifier: ISC */
#include "box/nft.h"

#include <string.h>

static struct nf_nat *add_nat(struct nft *n, enum nf_nat_kind kind, const struct nf_target *t,
			      bool keep_rest)
{
	struct nf_nat *nat = &nf_add_step(n->b, n->rule, STEP_NAT)->nat;

	*nat = (struct nf_nat){.kind = kind, .target = *t, .keep_rest = keep_rest};
	return nat;
}

struct chosen { /* of nft_any_of() */
	enum nf_nat_kind kind;
	struct nf_target port; /* what stands beside the map */
};

static bool add_chosen(struct nft *n, const json_t *data, void *ctx)
{
	const struct chosen *c = ctx;
	struct nf_target t = c->port;

	if (!nft_target(n, data, &t))
		return false;
	add_nat(n, c->kind, &t, false);
	return true;
}

/* The bits behind a prefix stay. */
static bool keeps_rest(const json_t *value)
{
	const json_t *flags = json_object_get(value, "type_flags");
	json_t *inner;
	const char *key = nft_only_key(json_object_get(value, "addr"), &inner);
	const char *flag =
		json_string_value(json_is_array(flags) ? json_array_get(flags, 0) : flags);

	return (key && strcmp(key, "prefix") == 0) || (flag && strcmp(flag, "prefix") == 0);
}

/* Address or port of each element, and what stands beside the map. Packets cannot add to a rule's
 * own map, so it is not another's. */
static const struct nf_set *join(struct nft *n, const struct nf_set *set,
				 const struct nf_target *beside)
{
	struct nf_set *s = ARENA_NEW(n->b->arena, struct nf_set);
	struct nf_data *data = ARENA_ARRAY(n->b->arena, struct nf_data, set->n);

	for (size_t i = 0; i < set->n; i++) {
		struct nf_target *t = &data[i].target;

		*t = beside->family ? *beside : set->data[i].target;
		if (beside->family && set->data[i].target.has_ports) {
			t->has_ports = true;
			t->port_lo = set->data[i].target.port_lo;
			t->port_hi = set->data[i].target.port_hi;
		} else if (beside->has_ports) {
			t->has_ports = true;
			t->port_lo = beside->port_lo;
			t->port_hi = beside->port_hi;
		}
	}
	*s = *set;
	s->data = data;
	return s;
}

static bool by_map(struct nft *n, enum nf_nat_kind kind, const json_t *value, const json_t *map,
		   const struct nf_target *beside)
{
	const json_t *key = json_object_get(map, "key"), *data = json_object_get(map, "data");
	struct chosen chosen = {kind, *beside};
	const struct nf_set *set;
	struct nf_lookup *l;
	struct nft_keys keys;
	bool alone = !beside->family && !beside->has_ports;

	if (!nft_keys(n, key, &keys))
		return nft_any_of(n, data, key, add_chosen, &chosen);
	set = nft_set_of(n, data, &keys, DATA_TARGET);
	if (!set || (!alone && set->name))
		return false;
	nft_ask_before(n, &keys);
	l = ARENA_NEW(n->b->arena, struct nf_lookup);
	*l = nf_make_lookup(n->b, alone ? set : join(n, set, beside), keys.uses);
	add_nat(n, kind, &(struct nf_target){0}, keeps_rest(value))->map = l;
	return true;
}

static const json_t *map_in(const json_t *v)
{
	json_t *inner;
	const char *key = nft_only_key(v, &inner);

	return key && strcmp(key, "map") == 0 ? inner : NULL;
}

bool nft_nat(struct nft *n, const char *key, const json_t *value)
{
	static const struct {
		const char *key;
		enum nf_nat_kind kind;
	} kinds[] = {{"snat", NAT_SOURCE},
		     {"dnat", NAT_DESTINATION},
		     {"masquerade", NAT_MASQUERADE},
		     {"redirect", NAT_REDIRECT}};
	const json_t *addr = json_object_get(value, "addr"), *port = json_object_get(value, "port");
	const json_t *addr_map = map_in(addr), *port_map = map_in(port);
	struct nf_target t = {.family = 0};
	size_t i = 0;

	while (strcmp(kinds[i].key, key) != 0)
		i++;
	if ((addr_map && port_map) || (addr && !addr_map && !nft_target(n, addr, &t)) ||
	    (port && !port_map && !nft_target(n, port, &t)))
		return false;
	if (addr_map || port_map)
		return by_map(n, kinds[i].kind, value, addr_map ? addr_map : port_map, &t);
	add_nat(n, kinds[i].kind, &t, keeps_rest(value));
	return true;
}
