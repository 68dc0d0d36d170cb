/* SPDX-License-Identifier: ISC */
#include "doc/yaml.h"

#include <libfyaml.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "doc/plain.h"

/* A container that is still being read. */
struct level {
	struct node *node;
	struct text key; /* of the pair whose value comes next; s NULL: a key comes next */
	size_t room;
	struct map keys; /* beyond a few, to find duplicates */
};

struct reader {
	struct arena *arena;
	const char *file;
	struct slice bytes;
	struct errs *errs;
	struct level levels[YAML_DEPTH_MAX];
	size_t depth;
	struct node *root;
	bool failed;
};

static struct place mark_place(const struct reader *r, const struct fy_mark *m)
{
	if (!m)
		return (struct place){r->file, 0, 0};
	return (struct place){r->file, (uint32_t)m->line + 1, (uint32_t)m->column + 1};
}

static void mistake(struct reader *r, struct place at, const char *what)
{
	errs_add(r->errs, at, "%s", what);
	r->failed = true;
}

/* A directive ("%...") would only be of use with what we refuse, and libfyaml does not come back
 * from one that is broken. Nor does it give back all memory where a quoted text is no UTF-8. */
static const char *yaml_mistake(uint32_t c, uint32_t column, bool first)
{
	if (c == '\t' && first)
		return "a tab in the indentation; use spaces";
	if (c == '%' && column == 1)
		return "a line that starts with \"%\" is a directive of YAML; none is accepted";
	return NULL;
}

static const char *anchor_hint(const struct fy_event *e)
{
	if (e->type == FYET_ALIAS)
		return "aliases are not accepted; quote a name that starts with \"*\"";
	return "anchors are not accepted; quote text that starts with \"&\"";
}

static struct fy_token *event_token(struct fy_event *e)
{
	switch (e->type) {
	case FYET_SCALAR:
		return e->scalar.value;
	case FYET_SEQUENCE_START:
		return e->sequence_start.sequence_start;
	case FYET_MAPPING_START:
		return e->mapping_start.mapping_start;
	case FYET_ALIAS:
		return e->alias.anchor;
	default:
		return NULL;
	}
}

static struct fy_token *event_anchor(struct fy_event *e)
{
	switch (e->type) {
	case FYET_SCALAR:
		return e->scalar.anchor;
	case FYET_SEQUENCE_START:
		return e->sequence_start.anchor;
	case FYET_MAPPING_START:
		return e->mapping_start.anchor;
	case FYET_ALIAS:
		return e->alias.anchor;
	default:
		return NULL;
	}
}

/* An empty value has no token of its own, and mostly no mark: then it stands where its key does.
 * Text in quotes stands behind the opening one: a column inside the text is the place's plus an
 * offset. */
static struct place event_place(const struct reader *r, struct fy_event *e)
{
	struct fy_token *token = event_token(e);
	const struct fy_mark *mark = token ? fy_token_start_mark(token) : NULL;
	const struct level *l = r->depth ? &r->levels[r->depth - 1] : NULL;

	if (!mark)
		mark = fy_event_start_mark(e);
	if (!mark && l)
		return l->key.s ? l->key.at : l->node->text.at;
	return mark_place(r, mark);
}

/* Maps grow a hash of their keys only when walking them would be slow. */
static bool is_duplicate(struct level *l, struct slice key)
{
	enum { FEW = 8 };
	const struct node *map = l->node;

	if (map->n < FEW) {
		for (size_t i = 0; i < map->n; i++)
			if (slice_equal(slice_of(map->pairs[i].key.s), key))
				return true;
		return false;
	}
	if (!l->keys.n)
		for (size_t i = 0; i < map->n; i++)
			map_add(&l->keys, slice_of(map->pairs[i].key.s), map->pairs + i);
	return !map_add(&l->keys, key, l->node);
}

static void *grow(struct arena *a, const void *items, size_t n, size_t size, size_t *room)
{
	void *bigger;

	*room = *room ? *room * 2 : 4;
	bigger = arena_get(a, *room, size);
	if (n)
		memcpy(bigger, items, n * size);
	return bigger;
}

static void add_pair(struct reader *r, struct level *l, struct node *value)
{
	struct node *map = l->node;

	if (map->n == l->room)
		map->pairs = grow(r->arena, map->pairs, map->n, sizeof(*map->pairs), &l->room);
	map->pairs[map->n++] = (struct pair){l->key, value};
	l->key.s = NULL;
}

static void take_key(struct reader *r, struct level *l, const struct node *key)
{
	if (key->kind != NODE_TEXT) {
		mistake(r, key->text.at, "a key must be text; quote \"${...}\" inside { } and [ ]");
		return;
	}
	if (is_duplicate(l, slice_of(key->text.s))) {
		errs_add(r->errs, key->text.at, "the key \"%s\" is given twice", key->text.s);
		r->failed = true;
	}
	l->key = key->text;
}

static void add_node(struct reader *r, struct node *node)
{
	struct level *l = r->depth ? &r->levels[r->depth - 1] : NULL;

	if (!l) {
		r->root = node;
	} else if (l->node->kind == NODE_LIST) {
		if (l->node->n == l->room)
			l->node->items = grow(r->arena, l->node->items, l->node->n,
					      sizeof(*l->node->items), &l->room);
		l->node->items[l->node->n++] = node;
	} else if (!l->key.s) {
		take_key(r, l, node);
	} else {
		add_pair(r, l, node);
	}
}

static void open_container(struct reader *r, struct node *node)
{
	add_node(r, node);
	if (r->failed)
		return;
	if (r->depth == YAML_DEPTH_MAX) {
		errs_add(r->errs, node->text.at, "more than %d levels of nesting", YAML_DEPTH_MAX);
		r->failed = true;
		return;
	}
	r->levels[r->depth++] = (struct level){.node = node};
}

static struct node *new_node(struct reader *r, enum node_kind kind, struct fy_event *e)
{
	struct node *node = ARENA_NEW(r->arena, struct node);

	node->kind = kind;
	node->text.at = event_place(r, e);
	return node;
}

/* Escapes ("\\0", "\\ud800") can make what the file itself cannot hold. */
static bool is_text(struct slice s)
{
	uint32_t c = 1;
	size_t n = 1;

	for (; s.n && n && c; s = slice_skip(s, n))
		n = utf8_length((const unsigned char *)s.p, s.n, &c);
	return n && c;
}

static struct node *scalar_node(struct reader *r, struct fy_event *e)
{
	struct node *node = new_node(r, NODE_TEXT, e);
	struct fy_token *token = e->scalar.value;
	size_t n = 0;
	const char *s = token ? fy_token_get_text(token, &n) : "";

	node->plain = !token || fy_token_scalar_style(token) == FYSS_PLAIN;
	node->text.s = arena_copy(r->arena, (struct slice){s, n});
	if (!is_text((struct slice){s, n}))
		mistake(r, node->text.at, "an escape that stands for NUL or for no character");
	return node;
}

static void take_event(struct reader *r, struct fy_event *e)
{
	if (event_anchor(e)) {
		mistake(r, event_place(r, e), anchor_hint(e));
		return;
	}
	if (fy_event_get_tag_token(e)) {
		mistake(r, event_place(r, e),
			"tags are not accepted; quote text that starts with \"!\"");
		return;
	}
	switch (e->type) {
	case FYET_SCALAR:
		add_node(r, scalar_node(r, e));
		break;
	case FYET_SEQUENCE_START:
		open_container(r, new_node(r, NODE_LIST, e));
		break;
	case FYET_MAPPING_START:
		open_container(r, new_node(r, NODE_MAP, e));
		break;
	case FYET_SEQUENCE_END:
	case FYET_MAPPING_END:
		map_release(&r->levels[--r->depth].keys);
		break;
	case FYET_DOCUMENT_START:
		if (r->root)
			mistake(r, (struct place){r->file, 0, 0},
				"more than one YAML document in the file");
		break;
	default:
		break;
	}
}

/* Whether a line of the file holds these characters. */
static bool line_has(const struct reader *r, uint32_t number, const char *wanted)
{
	struct slice rest = r->bytes, line = SLICE_NONE;

	while (number-- && slice_cut(&rest, '\n', &line))
		;
	return memmem(line.p, line.n, wanted, strlen(wanted)) != NULL;
}

/* What a person has most likely done, for what the library says of it. */
static const char *hint_for(const char *message)
{
	static const struct {
		const char *says, *hint;
	} hints[] = {
		{"invalid multiline plain key",
		 "; is a \":\" missing behind a word, or a \"- \" in front of one?"},
		{"invalid indentation", "; this line begins at another column than its neighbours"},
		{"wrongly indented flow", "; is a { or [ of a line above not closed?"},
		{"could not find expected ':'", "; is a \":\" missing behind a word?"},
	};

	for (size_t i = 0; message && i < ARRAY_LEN(hints); i++)
		if (strstr(message, hints[i].says))
			return hints[i].hint;
	return "";
}

/* The first thing the library had to say, with its place. */
static void take_library_error(struct reader *r, struct fy_diag *diag)
{
	void *iterator = NULL;
	struct fy_diag_error *e = fy_diag_errors_iterate(diag, &iterator);
	struct place at = {r->file, 0, 0};

	r->failed = true;
	if (!e) {
		errs_add(r->errs, at, "this is not YAML");
		return;
	}
	if (e->line > 0) {
		at.line = (uint32_t)e->line;
		at.column = e->column > 0 ? (uint32_t)e->column : 1;
	}
	errs_add(r->errs, at, "not valid YAML: %s%s%s", e->msg ? e->msg : "syntax",
		 hint_for(e->msg),
		 line_has(r, at.line, "${") ? "; quote \"${...}\" inside { } and [ ]" : "");
}

static void parse(struct reader *r, struct fy_parser *parser, struct fy_diag *diag)
{
	while (!r->failed) {
		struct fy_event *e = fy_parser_parse(parser);
		bool end;

		if (!e) {
			if (fy_parser_get_stream_error(parser) || !r->root)
				take_library_error(r, diag);
			break;
		}
		end = e->type == FYET_STREAM_END;
		take_event(r, e);
		fy_parser_event_free(parser, e);
		if (end)
			break;
	}
	while (r->depth)
		map_release(&r->levels[--r->depth].keys);
}

static void run_library(struct reader *r, struct slice bytes)
{
	struct fy_diag_cfg diag_cfg;
	struct fy_parse_cfg cfg = {.search_path = "", .flags = FYPCF_QUIET};
	struct fy_parser *parser;

	fy_diag_cfg_default(&diag_cfg);
	diag_cfg.fp = NULL;
	cfg.diag = fy_diag_create(&diag_cfg);
	if (!cfg.diag)
		BUG("fy_diag_create");
	fy_diag_set_collect_errors(cfg.diag, true);
	parser = fy_parser_create(&cfg);
	if (!parser || fy_parser_set_string(parser, bytes.p, bytes.n) != 0)
		BUG("fy_parser_create");
	parse(r, parser, cfg.diag);
	fy_parser_destroy(parser);
	fy_diag_destroy(cfg.diag);
}

const struct node *yaml_read(struct arena *a, const char *file, struct slice bytes,
			     struct errs *errs)
{
	struct reader *r = mem_new(1, sizeof(*r));
	const struct node *root;

	r->arena = a;
	r->file = file;
	if (slice_has_prefix(bytes, "\xef\xbb\xbf")) /* a byte order mark */
		bytes = slice_skip(bytes, 3);
	r->bytes = bytes;
	r->errs = errs;
	if (bytes.n > YAML_BYTES_MAX) {
		errs_add(errs, (struct place){.file = file}, "the file is larger than %d MiB",
			 YAML_BYTES_MAX >> 20);
		r->failed = true;
	} else if (slice_trim(bytes).n == 0) {
		mistake(r, (struct place){.file = file}, "the file is empty");
	} else if (plain_check(file, bytes, yaml_mistake, errs)) {
		run_library(r, bytes);
	} else {
		r->failed = true;
	}
	if (!r->failed && !r->root)
		mistake(r, (struct place){.file = file}, "the file has no content");
	root = r->failed ? NULL : r->root;
	free(r);
	return root;
}

const struct node *node_find(const struct node *map, const char *key)
{
	for (size_t i = 0; map->kind == NODE_MAP && i < map->n; i++)
		if (text_is(map->pairs[i].key, key))
			return map->pairs[i].value;
	return NULL;
}
