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

static bool by_map(struct nft *n, enum nf_nat_kind kind, const json_t *value, const json_t *map,
		   const struct nf_target *beside)
{
	const json_t *key = json_object_get(map, "key"), *data = json_object_get(map, "data");
	struct chosen chosen = {kind, *beside};
	const struct nf_set *set;
	struct nf_lookup *l;
	struct nft_keys keys;

	if (!nft_keys(n, key, &keys))
		return nft_any_of(n, data, key, add_chosen, &chosen);
	set = nft_set_of(n, data, &keys, DATA_TARGET);
	if (!set || beside->has_ports)
		return false;
	nft_ask_before(n, &keys);
	l = ARENA_NEW(n->b->arena, struct nf_lookup);
	*l = nf_make_lookup(n->b, set, keys.uses);
	add_nat(n, kind, beside, keeps_rest(value))->map = l;
	return true;
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
	struct nf_target t = {.family = 0};
	json_t *inner;
	const char *how;
	size_t i = 0;

	while (strcmp(kinds[i].key, key) != 0)
		i++;
	if (port && !nft_target(n, port, &t)) {
		how = nft_only_key(port, &inner);
		return !addr && how && strcmp(how, "map") == 0 &&
		       by_map(n, kinds[i].kind, value, inner, &t);
	}
	how = addr ? nft_only_key(addr, &inner) : NULL;
	if (how && strcmp(how, "map") == 0)
		return by_map(n, kinds[i].kind, value, inner, &t);
	if (addr && !nft_target(n, addr, &t))
		return false;
	add_nat(n, kinds[i].kind, &t, keeps_rest(value));
	return true;
}
