/* SPDX-License-Identifier: ISC */
#include "cmd/boxes.h"

#include <string.h>

#include "box/read.h"
#include "sys/file.h"

static bool is_known(const struct site *site, const char *name)
{
	return map_find(&site->devices_by_name, slice_of(name)) ||
	       map_find(&site->hosts_by_name, slice_of(name));
}

const struct box *boxes_find(const struct boxes *bs, const char *name)
{
	for_each (b, &bs->list)
		if (strcmp(b->name, name) == 0)
			return b->box;
	return NULL;
}

/* "fw1=a.bundle": the name; NULL: only a file, whatever it is called. */
static const char *name_of(struct boxes *bs, const struct site *site, const char *arg,
			   const char **file)
{
	const char *sign = strchr(arg, '=');
	const char *name = sign ? arena_copy(bs->arena, slice_from_to(arg, sign)) : NULL;

	*file = name && is_known(site, name) ? sign + 1 : arg;
	return *file == arg ? NULL : name;
}

static int load(struct boxes *bs, const struct site *site, const char *arg)
{
	struct device_box b = {.bytes = BUF_INIT};
	const char *file, *name = name_of(bs, site, arg, &file);
	struct err err;

	if (file_read(file, BOX_TEXT_MAX, &b.bytes, &err))
		return command_failed(&err);
	b.box = box_read_bundle(file, buf_slice(&b.bytes), &err);
	if (!b.box) {
		buf_release(&b.bytes);
		return command_failed(&err);
	}
	b.name = name ? name : b.box->host;
	*(struct device_box *)list_add(bs->arena, &bs->list, sizeof(b)) = b;
	if (!b.name || !is_known(site, b.name))
		return command_usage_error(
			"%s: the site has no device \"%.60s\"; --bundle NAME=FILE says which it is",
			file, b.name ? b.name : "");
	if (boxes_find(bs, b.name) != b.box)
		return command_usage_error("--bundle: two of device %.60s", b.name);
	return 0;
}

int boxes_load(struct boxes *bs, const struct arguments *args, const struct site *site)
{
	int rc = 0;

	*bs = (struct boxes){.arena = arena_new()};
	for (size_t i = 0; i < args_count(args, "bundle") && !rc; i++)
		rc = load(bs, site, args_nth(args, "bundle", i));
	return rc;
}

void boxes_release(struct boxes *bs)
{
	for_each (b, &bs->list) {
		box_free(b->box);
		buf_release(&b->bytes);
	}
	arena_free(bs->arena);
}
