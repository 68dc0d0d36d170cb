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

/* Of a map an element is a pair. */
static void add_elements(const json_t *list, unsigned depth, struct buf *out)
{
	size_t i;
	json_t *one;

	if (!json_is_array(list)) {
		add_expression(list, depth + 1, out);
		return;
	}
	json_array_foreach(list, i, one)
	{
		if (i)
			buf_add_text(out, ", ");
		if (i == LIST_MAX) {
			buf_addf(out, "... (%zu)", json_array_size(list));
			return;
		}
		if (json_is_array(one))
			add_list(one, " : ", depth + 1, out);
		else
			add_expression(one, depth + 1, out);
	}
}

/* "tcp flags & (syn | ack)", however it is nested. */
static void add_operation(const char *op, const json_t *operands, unsigned depth, struct buf *out)
{
	size_t i;
	json_t *one, *inner;

	json_array_foreach(operands, i, one)
	{
		const char *key = nft_only_key(one, &inner);
		bool apart = i && (json_is_array(one) || (key && strcmp(key, "|") == 0));

		if (i)
			buf_addf(out, " %s ", op);
		buf_add_text(out, apart ? "(" : "");
		add_expression(one, depth + 1, out);
		buf_add_text(out, apart ? ")" : "");
	}
}

static bool is_operation(const char *key)
{
	return strlen(key) == 1 || strcmp(key, "<<") == 0 || strcmp(key, ">>") == 0;
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

/* Keys that are a name and a few words: "tcp option maxseg size", "numgen random mod 3". */
static bool add_named(const char *key, const json_t *v, unsigned depth, struct buf *out)
{
	static const struct {
		const char *key;
		struct {
			const char *before, *key;
		} words[3];
	} named[] = {
		{"exthdr", {{" ", "name"}, {" ", "field"}}},
		{"tcp option", {{" ", "name"}, {" ", "field"}}},
		{"ip option", {{" ", "name"}, {" ", "field"}}},
		{"sctp chunk", {{" ", "name"}, {" ", "field"}}},
		{"rt", {{" ", "family"}, {" ", "key"}}},
		{"socket", {{" ", "key"}}},
		{"osf", {{" ", "key"}}},
		{"ipsec", {{" ", "dir"}, {" ", "family"}, {" ", "key"}}},
		{"numgen", {{" ", "mode"}, {" mod ", "mod"}}},
		{"symhash", {{" mod ", "mod"}}},
		{"jhash", {{" ", "expr"}, {" mod ", "mod"}}},
		{"quota", {{" ", "val"}, {" ", "val_unit"}}},
		{"ct count", {{" ", "val"}}},
	};

	for (size_t i = 0; i < ARRAY_LEN(named); i++) {
		if (strcmp(named[i].key, key) != 0 || !json_is_object(v))
			continue;
		buf_add_text(out, key);
		buf_add_text(out, json_is_true(json_object_get(v, "inv")) ? " over" : "");
		for (size_t k = 0; k < ARRAY_LEN(named[i].words) && named[i].words[k].key; k++) {
			const json_t *word = json_object_get(v, named[i].words[k].key);

			buf_add_text(out, word ? named[i].words[k].before : "");
			if (word)
				add_expression(word, depth + 1, out);
		}
		return true;
	}
	return false;
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
		add_elements(v, depth, out);
		buf_add_text(out, " }");
	} else if (strcmp(key, "elem") == 0) {
		add_expression(json_object_get(v, "val"), depth, out);
	} else if (strcmp(key, "jump") == 0 || strcmp(key, "goto") == 0) {
		buf_add_text(out, key);
		add_text(v, "target", " ", out);
	} else if (is_operation(key)) {
		add_operation(key, v, depth, out);
	} else {
		return add_named(key, v, depth, out);
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
		add_list(e, ",", depth, out);
	else if (json_is_boolean(e))
		buf_add_text(out, json_is_true(e) ? "exists" : "missing");
	else if (json_is_object(e))
		add_object(e, depth, out);
	else
		add_json(e, out);
}

/* Flags alone are any of them; for all of them nft writes "==". */
static bool is_of_flags(const json_t *left)
{
	const char *field =
		json_string_value(json_object_get(json_object_get(left, "payload"), "field"));
	const char *key = json_string_value(json_object_get(json_object_get(left, "ct"), "key"));
	json_t *inner;
	const char *op = nft_only_key(left, &inner);

	return (field && strcmp(field, "flags") == 0) || (key && strcmp(key, "status") == 0) ||
	       (key && strcmp(key, "state") == 0) || (op && is_operation(op));
}

static void add_match(const json_t *v, struct buf *out)
{
	const char *op = json_string_value(json_object_get(v, "op"));
	const json_t *left = json_object_get(v, "left"), *right = json_object_get(v, "right");
	bool equal = op && strcmp(op, "==") == 0;

	if (!op || strcmp(op, "in") == 0 ||
	    (equal && (!is_of_flags(left) || json_object_get(right, "set"))))
		op = "";
	add_expression(left, 1, out);
	buf_addf(out, " %s%s", op, *op ? " " : "");
	add_expression(right, 1, out);
}

/* "update @set { ip saddr limit rate 3/minute }" */
static void add_change(const json_t *v, const char *set, struct buf *out)
{
	const json_t *data = json_object_get(v, "data");
	struct buf more = BUF_INIT;

	add_text(v, "op", "", out);
	add_text(v, set, " ", out);
	buf_add_text(out, " { ");
	add_expression(json_object_get(v, "elem"), 1, out);
	nft_text(json_object_get(v, "stmt"), &more);
	if (more.n)
		buf_addf(out, " %s", more.data);
	buf_release(&more);
	if (data)
		buf_add_text(out, " : ");
	if (data)
		add_expression(data, 1, out);
	buf_add_text(out, " }");
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
	} else if ((strcmp(key, "set") == 0 || strcmp(key, "map") == 0) &&
		   json_object_get(v, "op")) {
		add_change(v, key, out);
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
