/* SPDX-License-Identifier: ISC */
#include "box/nft.h"

#include <string.h>

#include "box/nf_words.h"

/* Any of these bits is set, or none is. */
static bool ask_any_bit(struct nft *n, const struct nft_keys *keys, const json_t *right, bool none)
{
	struct nf_key_use use = keys->uses[0];
	uint32_t bits;

	if (use.mask || !nft_bits(keys->kinds.items[0], right, &bits) || !bits)
		return false;
	use.mask = bits;
	nft_ask_before(n, keys);
	nf_ask(n->b, n->rule, use, nf_span_of_number(0, 0), !none);
	return true;
}

/* All bits, or those of the mask, are these. */
static bool ask_bits(struct nft *n, const struct nft_keys *keys, const json_t *right, bool negate)
{
	uint32_t bits;

	if (!nft_bits(keys->kinds.items[0], right, &bits))
		return false;
	nft_ask_before(n, keys);
	nf_ask(n->b, n->rule, keys->uses[0], nf_span_of_number(bits, bits), negate);
	return true;
}

static bool has_order(enum nft_kind kind)
{
	return kind == KIND_NUMBER || kind == KIND_PROTO || kind == KIND_USER;
}

/* Less or greater, of what is a number. */
static bool ask_order(struct nft *n, const struct nft_keys *keys, const char *op,
		      const json_t *right)
{
	struct nf_span span;
	uint64_t at;
	bool equal = op[1] == '=';

	if (keys->kinds.n != 1 || keys->uses[0].mask || !has_order(keys->kinds.items[0]) ||
	    !nft_span(n, keys->kinds.items[0], right, &span))
		return false;
	at = nf_value_number(&span.lo);
	if (at > UINT32_MAX)
		return false;
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

static bool is_set(const json_t *right)
{
	const char *name = json_string_value(right);

	return json_object_get(right, "set") || (name && *name == '@');
}

static bool ask_set(struct nft *n, const struct nft_keys *keys, const json_t *right, bool negate)
{
	const struct nf_set *set = nft_set_of(n, right, keys, DATA_NONE);

	if (!set)
		return false;
	nft_ask_before(n, keys);
	nf_ask_set(n->b, n->rule, set, keys->uses, negate);
	return true;
}

/* "in" and "!" ask for any and for none of these: of bits, or of states, which are bits for nft. */
static bool ask_any(struct nft *n, const struct nft_keys *keys, const json_t *right, bool none)
{
	enum nft_kind kind = keys->kinds.items[0];

	if (keys->kinds.n == 1 && nft_is_of_bits(kind))
		return ask_any_bit(n, keys, right, none);
	if (none && (keys->kinds.n != 1 || kind != KIND_STATE))
		return false;
	return ask_set(n, keys, right, none);
}

static unsigned states_of(const json_t *v)
{
	const char *word = json_string_value(v);
	int state = word ? nf_ct_state_of(slice_of(word)) : -1;
	unsigned states = state < 0 ? 0 : 1u << state;
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(v, "|"), i, one) states |= states_of(one);
	return states;
}

/* "ct state != established,related": nft compares with the sum of their bits, which no packet's
 * state is, and a list without elements says that. */
static bool ask_sum_of_states(struct nft *n, const struct nft_keys *keys, const json_t *right,
			      bool negate)
{
	unsigned states = states_of(right);

	if (keys->kinds.n != 1 || keys->kinds.items[0] != KIND_STATE || !(states & (states - 1)))
		return false;
	nf_ask_any(n->b, n->rule, keys->uses[0], NULL, 0, negate);
	return true;
}

static bool ask(struct nft *n, const json_t *match)
{
	const char *op = json_string_value(json_object_get(match, "op"));
	const json_t *right = json_object_get(match, "right");
	struct nft_keys keys;
	bool negate;

	if (!op || !right || !nft_keys(n, json_object_get(match, "left"), &keys))
		return false;
	if (op[0] == '<' || op[0] == '>')
		return nft_can_compare(&keys) && ask_order(n, &keys, op, right);
	if (strcmp(op, "in") == 0 || strcmp(op, "!") == 0)
		return ask_any(n, &keys, right, *op == '!');
	negate = strcmp(op, "!=") == 0;
	if ((!negate && strcmp(op, "==") != 0) || !nft_can_compare(&keys))
		return false;
	if (keys.kinds.n == 1 && nft_is_of_bits(keys.kinds.items[0]) && !is_set(right))
		return ask_bits(n, &keys, right, negate);
	return ask_sum_of_states(n, &keys, right, negate) || ask_set(n, &keys, right, negate);
}

void nft_match(struct nft *n, const json_t *match)
{
	if (!ask(n, match) && !n->rc)
		nf_ask_unknown(n->b, n->rule, slice_of(nft_words(n, "match", match)));
}
