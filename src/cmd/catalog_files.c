/* SPDX-License-Identifier: ISC */
#include "cmd/catalog_files.h"

#include <stdlib.h>

#include "base/suggest.h"
#include "cmd/installed.h"
#include "doc/product.h"
#include "doc/yaml.h"
#include "sys/file.h"
#include CONFIG_H

static const char suffix[] = ".yaml";

static const char *folder_of_program(struct arena *a)
{
	struct buf path = BUF_INIT;
	const char *copy;

	installed_path("catalog", DATA_DIR, &path);
	copy = arena_copy(a, buf_slice(&path));
	buf_release(&path);
	return copy;
}

int catalog_open(struct catalog *c, const char *asked, struct err *err)
{
	const char *from_environment = getenv("PORTOLAN_CATALOG");

	*c = (struct catalog){.arena = arena_new()};
	if (asked)
		c->folder = arena_copy(c->arena, slice_of(asked));
	else if (from_environment && *from_environment)
		c->folder = arena_copy(c->arena, slice_of(from_environment));
	else
		c->folder = folder_of_program(c->arena);
	return file_list(c->folder, suffix, c->arena, &c->names, &c->n, err);
}

void catalog_close(struct catalog *c)
{
	arena_free(c->arena);
	*c = (struct catalog){0};
}

static bool is_path(const char *name)
{
	size_t n = strlen(name), tail = sizeof(suffix) - 1;

	return strchr(name, '/') || (n > tail && strcmp(name + n - tail, suffix) == 0);
}

static void add_error(struct errs *errs, const struct err *e)
{
	errs_add(errs, e->place, "%s", e->text);
	if (!errs->dropped) /* else it is only counted */
		errs->items[errs->n - 1].class = e->class;
}

static void unknown_product(const struct catalog *c, struct text name, struct errs *errs)
{
	struct suggest s = suggest_start(slice_of(name.s));
	char hint[SUGGEST_TEXT_MAX];

	for (size_t i = 0; i < c->n; i++)
		suggest_add(&s, c->names[i]);
	errs_add(errs, name.at, "there is no product \"%.60s\" in %.200s%s", name.s, c->folder,
		 suggest_text(&s, hint));
}

static struct product *read_product(const char *path, struct errs *errs)
{
	struct buf bytes = BUF_INIT;
	struct product *p = NULL;
	struct err err;

	if (file_read(path, YAML_BYTES_MAX, &bytes, &err))
		add_error(errs, &err);
	else
		p = product_read(path, buf_slice(&bytes), errs);
	buf_release(&bytes);
	return p;
}

struct product *catalog_product(struct catalog *c, struct text name, struct errs *errs)
{
	const char *path = NULL;
	struct product *p;

	if (is_path(name.s))
		return read_product(arena_copy(c->arena, slice_of(name.s)), errs);
	for (size_t i = 0; i < c->n && !path; i++)
		if (text_is(name, c->names[i]))
			path = arena_printf(c->arena, "%s/%s%s", c->folder, name.s, suffix);
	if (!path) {
		unknown_product(c, name, errs);
		return NULL;
	}
	p = read_product(path, errs);
	if (!p || text_same(p->name, name))
		return p;
	errs_add(errs, p->name.at, "the file is called %s%s, the product \"%s\"; they must agree",
		 name.s, suffix, p->name.s);
	product_free(p);
	return NULL;
}
