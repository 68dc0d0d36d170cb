/* SPDX-License-Identifier: ISC
 *
 * YAML as we accept it: maps, lists and text, each with its place. One document a file. Anchors,
 * aliases, tags, duplicate keys, more than YAML_DEPTH_MAX levels and characters that cannot be
 * printed are mistakes. Values stay text ("443", "yes"): what a value must be is the reader's table
 * to say (doc/fields.h). Syntax: YAML 1.2, by libfyaml.
 */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "model/text.h"

enum { YAML_DEPTH_MAX = 32, YAML_BYTES_MAX = 16 << 20 };

enum node_kind { NODE_TEXT, NODE_LIST, NODE_MAP };

struct node;
struct pair {
	struct text key;
	const struct node *value;
};

struct node {
	enum node_kind kind;
	bool plain;	  /* text without quotes */
	struct text text; /* its place is the node's place, whatever the kind */
	/* A list's items, or a map's pairs; in the order of the file. */
	union {
		const struct node **items;
		struct pair *pairs;
	};
	size_t n;
};

/* Everything lives in the arena; file is borrowed. Mistakes go to errs, then the result is NULL. An
 * empty file is a mistake. */
const struct node *yaml_read(struct arena *a, const char *file, struct slice bytes,
			     struct errs *errs);

/* The value of a key; NULL: not there. */
const struct node *node_find(const struct node *map, const char *key);
