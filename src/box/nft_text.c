/* SPDX-License-Identifier: ISC
 *
 * A rule in nft's words, more or less: for people, who know it again. Long lists are cut.
 */
#include "box/nft.h"

#include <stdlib.h>
#include <string.h>

enum { LIST_MAX = 8, WORDS_MAX = 100, DEPTH_MAX = 12 };

static void add_expression(const json_t *e, unsigned depth, struct buf *out);

const char *nft_words(struct nft *n, const char *key, const json_t *value)
{
	struct buf out = BUF_INIT;
	const char *words;
	json_t *list = json_pack("[{s:O?}]", key, value);

	nft_text(list, &out);
	json_decref(list);
	if (out.n > WORDS_MAX)
		buf_truncate(&out, WORDS_MAX);
	words = arena_copy(n->b->arena, buf_slice(&out));
	buf_release(&out);
	return words;
}

static void add_list(const json_t *list, const char *between, unsigned depth, struct buf *out)
{
	size_t i;
	json_t *one;

	json_array_foreach(list, i, one)
	{
		if (i)
			buf_add_text(out, between);
		if (i == LIST_MAX) {
			buf_addf(out, "... (%zu)", json_array_size(list));
			return;
		}
		add_expression(one, depth + 1, out);
	}
}

static void add_text(const json_t *o, const char *key, const char *before, struct buf *out)
{
	const char *s = json_string_value(json_object_get(o, key));

	if (s)
		buf_addf(out, "%s%s", before, s);
}

static void add_json(const json_t *e, struct buf *out)
{
	char *text = json_dumps(e, JSON_COMPACT | JSON_ENCODE_ANY);
	size_t n = text ? strlen(text) : 0;

	if (text)
		buf_add(out, text, n < WORDS_MAX ? n : WORDS_MAX);
	free(text);
}

static void add_fib(const json_t *v, struct buf *out)
{
	buf_add_text(out, "fib ");
	add_list(json_object_get(v, "flags"), " . ", 1, out);
	add_text(v, "result", " ", out);
}

static void add_meta(const json_t *v, struct buf *out)
{
	const char *key = json_string_value(json_object_get(v, "key"));

	if (key && !strstr(key, "if") && strncmp(key, "sk", 2) != 0)
		buf_add_text(out, "meta ");
	add_text(v, "key", "", out);
}

/* A key of nft's JSON, as its language says it; false: it has none of its own here. */
static bool add_known(const char *key, const json_t *v, unsigned depth, struct buf *out)
{
	if (strcmp(key, "payload") == 0 && json_object_get(v, "base")) {
		add_json(v, out);
	} else if (strcmp(key, "payload") == 0) {
		add_text(v, "protocol", "", out);
		add_text(v, "field", " ", out);
	} else if (strcmp(key, "meta") == 0) {
		add_meta(v, out);
	} else if (strcmp(key, "ct") == 0) {
		buf_add_text(out, "ct");
		add_text(v, "dir", " ", out);
		add_text(v, "family", " ", out);
		add_text(v, "key", " ", out);
	} else if (strcmp(key, "fib") == 0) {
		add_fib(v, out);
	} else if (strcmp(key, "prefix") == 0) {
		add_expression(json_object_get(v, "addr"), depth, out);
		buf_add_char(out, '/');
		add_expression(json_object_get(v, "len"), depth, out);
	} else if (strcmp(key, "range") == 0) {
		add_list(v, "-", depth, out);
	} else if (strcmp(key, "concat") == 0) {
		add_list(v, " . ", depth, out);
	} else if (strcmp(key, "set") == 0) {
		buf_add_text(out, "{ ");
		add_list(v, ", ", depth, out);
		buf_add_text(out, " }");
	} else if (strcmp(key, "elem") == 0) {
		add_expression(json_object_get(v, "val"), depth, out);
	} else if (strcmp(key, "jump") == 0 || strcmp(key, "goto") == 0) {
		buf_add_text(out, key);
		add_text(v, "target", " ", out);
	} else if (strlen(key) == 1) { /* & | ^ */
		char between[4] = {' ', key[0], ' ', '\0'};

		add_list(v, between, depth, out);
	} else {
		return false;
	}
	return true;
}

static void add_map(const char *word, const json_t *v, unsigned depth, struct buf *out)
{
	add_expression(json_object_get(v, "key"), depth, out);
	buf_addf(out, " %s ", word);
	add_expression(json_object_get(v, "data"), depth, out);
}

static void add_object(const json_t *e, unsigned depth, struct buf *out)
{
	json_t *v;
	const char *key = nft_only_key(e, &v);

	if (!key)
		add_json(e, out);
	else if (strcmp(key, "map") == 0 || strcmp(key, "vmap") == 0)
		add_map(key, v, depth, out);
	else if (json_is_null(v))
		buf_add_text(out, key);
	else if (!add_known(key, v, depth, out))
		add_json(e, out);
}

static void add_expression(const json_t *e, unsigned depth, struct buf *out)
{
	if (depth >= DEPTH_MAX)
		buf_add_text(out, "...");
	else if (json_is_string(e))
		buf_add_text(out, json_string_value(e));
	else if (json_is_integer(e))
		buf_addf(out, "%lld", (long long)json_integer_value(e));
	else if (json_is_array(e))
		add_list(e, " : ", depth, out);
	else if (json_is_object(e))
		add_object(e, depth, out);
	else
		add_json(e, out);
}

static void add_match(const json_t *v, struct buf *out)
{
	const char *op = json_string_value(json_object_get(v, "op"));

	add_expression(json_object_get(v, "left"), 1, out);
	buf_add_char(out, ' ');
	if (op && strcmp(op, "==") != 0 && strcmp(op, "in") != 0)
		buf_addf(out, "%s ", op);
	add_expression(json_object_get(v, "right"), 1, out);
}

static void add_nat(const char *key, const json_t *v, struct buf *out)
{
	const json_t *addr = json_object_get(v, "addr"), *port = json_object_get(v, "port");

	buf_add_text(out, key);
	if (addr || port)
		buf_add_text(out, " to ");
	if (addr)
		add_expression(addr, 1, out);
	if (port) {
		buf_add_char(out, ':');
		add_expression(port, 1, out);
	}
}

static void add_reject(const json_t *v, struct buf *out)
{
	buf_add_text(out, "reject");
	add_text(v, "type", " with ", out);
	add_text(v, "expr", " ", out);
}

static void add_statement(const char *key, const json_t *v, struct buf *out)
{
	if (strcmp(key, "match") == 0) {
		add_match(v, out);
	} else if (strcmp(key, "snat") == 0 || strcmp(key, "dnat") == 0 ||
		   strcmp(key, "masquerade") == 0 || strcmp(key, "redirect") == 0) {
		add_nat(key, v, out);
	} else if (strcmp(key, "reject") == 0) {
		add_reject(v, out);
	} else if (strcmp(key, "vmap") == 0) {
		add_map(key, v, 1, out);
	} else if (strcmp(key, "mangle") == 0) {
		add_expression(json_object_get(v, "key"), 1, out);
		buf_add_text(out, " set ");
		add_expression(json_object_get(v, "value"), 1, out);
	} else if (strcmp(key, "limit") == 0 && json_is_object(v)) {
		buf_addf(out, "limit rate %s%lld/%s",
			 json_is_true(json_object_get(v, "inv")) ? "over " : "",
			 (long long)json_integer_value(json_object_get(v, "rate")),
			 json_is_string(json_object_get(v, "per"))
				 ? json_string_value(json_object_get(v, "per"))
				 : "?");
	} else if (strcmp(key, "set") == 0 && json_is_object(v)) {
		add_text(v, "op", "", out);
		add_text(v, "set", " ", out);
	} else if (strcmp(key, "log") == 0) {
		buf_add_text(out, "log");
		add_text(v, "prefix", " prefix ", out);
	} else if (!v || json_is_null(v) || strcmp(key, "counter") == 0) {
		buf_add_text(out, key);
	} else if (!add_known(key, v, 1, out)) {
		buf_addf(out, "%s ", key);
		add_expression(v, 1, out);
	}
}

/* Counters are no part of it. */
void nft_text(const json_t *statements, struct buf *out)
{
	size_t i;
	json_t *one, *v;

	json_array_foreach(statements, i, one)
	{
		const char *key = nft_only_key(one, &v);

		if (!key || strcmp(key, "counter") == 0)
			continue;
		if (out->n)
			buf_add_char(out, ' ');
		add_statement(key, v, out);
	}
}
