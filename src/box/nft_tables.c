/* SPDX-License-Identifier: ISC */
#include "box/nft_tables.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

static json_t *load(struct slice json, json_t **list, struct err *err)
{
	json_error_t error;
	json_t *root = json_loadb(json.p, json.n, 0, &error);

	*list = json_object_get(root, "nftables");
	if (json_is_array(*list))
		return root;
	(void)err_set(err, ERR_DOCUMENT, PLACE_NONE, "what nft -j printed is no ruleset: %s",
		      root ? "no \"nftables\"" : error.text);
	json_decref(root);
	return NULL;
}

/* {"rule": {"family": "inet", "table": "portolan", ...}}; NULL: of no table. */
static const char *member_of(json_t *element, json_t **inner, const char **kind)
{
	void *first = json_object_iter(element);

	*kind = first ? json_object_iter_key(first) : "";
	*inner = first ? json_object_iter_value(first) : NULL;
	return json_string_value(
		json_object_get(*inner, strcmp(*kind, "table") == 0 ? "name" : "table"));
}

static struct nft_table_name *find(const struct nft_tables *ts, const char *family,
				   const char *name)
{
	for_each (t, &ts->list)
		if (family && name && strcmp(t->family, family) == 0 && strcmp(t->name, name) == 0)
			return t;
	return NULL;
}

const struct nft_table_name *nft_tables_find(const struct nft_tables *ts,
					     const struct nft_table_name *like)
{
	return find(ts, like->family, like->name);
}

static void read_element(struct arena *a, json_t *element, struct nft_tables *out)
{
	struct nft_table_name *t;
	json_t *inner;
	const char *kind, *name = member_of(element, &inner, &kind);
	const char *family = json_string_value(json_object_get(inner, "family"));

	if (!name || !family)
		return;
	if (strcmp(kind, "table") == 0) {
		t = list_add(a, &out->list, sizeof(*t));
		t->family = arena_copy(a, slice_of(family));
		t->name = arena_copy(a, slice_of(name));
		t->handle = (uint64_t)json_integer_value(json_object_get(inner, "handle"));
		return;
	}
	t = find(out, family, name);
	if (!t)
		return;
	t->n++;
	name = json_string_value(json_object_get(inner, "name"));
	if (name && strcmp(kind, "chain") == 0)
		*(const char **)list_add(a, &t->chains, sizeof(char *)) =
			arena_copy(a, slice_of(name));
}

int nft_tables_read(struct arena *a, struct slice json, struct nft_tables *out, struct err *err)
{
	json_t *list, *root = load(json, &list, err);

	*out = (struct nft_tables){.list = {.n = 0}};
	if (!root)
		return -(int)err->class;
	for (size_t i = 0; i < json_array_size(list); i++)
		read_element(a, json_array_get(list, i), out);
	json_decref(root);
	return 0;
}

static bool is_of(json_t *element, const struct nft_tables *which)
{
	json_t *inner;
	const char *kind, *name = member_of(element, &inner, &kind);

	return find(which, json_string_value(json_object_get(inner, "family")), name) != NULL;
}

/* Those that are, or are not, of the tables. */
static void append(json_t *to, json_t *from, const struct nft_tables *which, bool wanted)
{
	for (size_t i = 0; i < json_array_size(from); i++) {
		json_t *element = json_array_get(from, i);

		if (is_of(element, which) == wanted)
			json_array_append(to, element);
	}
}

int nft_tables_replace(struct slice json, struct slice other, const struct nft_tables *which,
		       struct buf *out, struct err *err)
{
	json_t *here, *there, *root = load(json, &here, err), *source = NULL, *result;
	char *text;

	if (root)
		source = load(other, &there, err);
	if (!source) {
		json_decref(root);
		return -(int)err->class;
	}
	result = json_array();
	append(result, here, which, false);
	append(result, there, which, true);
	json_object_set_new(root, "nftables", result);
	text = json_dumps(root, JSON_COMPACT);
	buf_add_text(out, text ? text : "");
	buf_add_char(out, '\n');
	free(text);
	json_decref(source);
	json_decref(root);
	return 0;
}

void nft_tables_empty(const struct nft_tables *ts, struct buf *out)
{
	json_t *root = json_object(), *list = json_array();
	char *text;

	for_each (t, &ts->list)
		json_array_append_new(list, json_pack("{s:{s:{s:s, s:s}}}", "add", "table",
						      "family", t->family, "name", t->name));
	json_object_set_new(root, "nftables", list);
	text = json_dumps(root, JSON_COMPACT);
	buf_add_text(out, text ? text : "");
	free(text);
	json_decref(root);
}

bool nft_table_is_plain(const struct nft_table_name *t)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				   "_.-/\\";

	return *t->name && strspn(t->name, good) == strlen(t->name) && *t->family &&
	       strspn(t->family, good) == strlen(t->family);
}
