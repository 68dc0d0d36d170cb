/* SPDX-License-Identifier: ISC */
#include "box/nft.h"

#include <string.h>

static bool is_of_bits(enum nft_kind kind)
{
	return kind == KIND_TCP_FLAGS || kind == KIND_STATUS;
}

/* "in" with bits: any of them is set. */
static bool ask_any_bit(struct nft *n, const struct nft_keys *keys, const json_t *right)
{
	struct nf_key_use use = keys->uses[0];
	uint32_t bits;

	if (use.mask || !nft_bits(keys->kinds.items[0], right, &bits) || !bits)
		return false;
	use.mask = bits;
	nft_ask_before(n, keys);
	nf_ask(n->b, n->rule, use, nf_span_of_number(0, 0), true);
	return true;
}

/* All bits, or those of the mask, are these. Of a connection's status not all are known. */
static bool ask_bits(struct nft *n, const struct nft_keys *keys, const json_t *right, bool negate)
{
	uint32_t bits;

	if ((keys->kinds.items[0] == KIND_STATUS && !keys->uses[0].mask) ||
	    !nft_bits(keys->kinds.items[0], right, &bits))
		return false;
	nft_ask_before(n, keys);
	nf_ask(n->b, n->rule, keys->uses[0], nf_span_of_number(bits, bits), negate);
	return true;
}

/* Less or greater, of what is a number. */
static bool ask_order(struct nft *n, const struct nft_keys *keys, const char *op,
		      const json_t *right)
{
	struct nf_span span;
	uint64_t at;
	bool equal = op[1] == '=';

	if (keys->kinds.n != 1 || keys->uses[0].mask ||
	    (keys->kinds.items[0] != KIND_NUMBER && keys->kinds.items[0] != KIND_PROTO) ||
	    !nft_span(n, keys->kinds.items[0], right, &span))
		return false;
	at = nf_value_number(&span.lo);
	if (op[0] == '<' && !equal && !at)
		span = nf_span_of_number(1, 0);
	else if (op[0] == '<')
		span = nf_span_of_number(0, equal ? at : at - 1);
	else
		span = nf_span_of_number(equal ? at : at + 1, UINT64_MAX);
	nft_ask_before(n, keys);
	/* Less than nothing is nothing: a list without elements. */
	nf_ask_any(n->b, n->rule, keys->uses[0], &span, nf_value_compare(&span.lo, &span.hi) <= 0,
		   false);
	return true;
}

/* Whether a packet is a later piece of one can be told, whether it may be cut cannot. */
static bool is_known_part(const struct nft_keys *keys)
{
	enum { DONT_FRAGMENT = 0x4000 };

	for (size_t i = 0; i < keys->kinds.n; i++)
		if (keys->uses[i].key == KEY_FRAGMENT &&
		    (!keys->uses[i].mask || keys->uses[i].mask & DONT_FRAGMENT))
			return false;
	return true;
}

static bool ask(struct nft *n, const json_t *match)
{
	const char *op = json_string_value(json_object_get(match, "op"));
	const json_t *right = json_object_get(match, "right");
	const struct nf_set *set;
	struct nft_keys keys;
	bool negate;

	if (!op || !right || !nft_keys(n, json_object_get(match, "left"), &keys) ||
	    !is_known_part(&keys))
		return false;
	negate = strcmp(op, "!=") == 0;
	if (op[0] == '<' || op[0] == '>')
		return ask_order(n, &keys, op, right);
	if (keys.kinds.n == 1 && is_of_bits(keys.kinds.items[0]))
		return strcmp(op, "in") == 0 ? ask_any_bit(n, &keys, right)
					     : ask_bits(n, &keys, right, negate);
	set = nft_set_of(n, right, &keys.kinds, DATA_NONE);
	if (!set)
		return false;
	nft_ask_before(n, &keys);
	nf_ask_set(n->b, n->rule, set, keys.uses, negate);
	return true;
}

void nft_match(struct nft *n, const json_t *match)
{
	if (!ask(n, match) && !n->rc)
		nf_ask_unknown(n->b, n->rule, slice_of(nft_words(n, "match", match)));
}
