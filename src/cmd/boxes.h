/* SPDX-License-Identifier: ISC
 *
 * What was collected from the devices of a site: --bundle, once for each.
 */
#pragma once

#include "box/box.h"
#include "cmd/command.h"
#include "model/site.h"

struct device_box {
	const char *name; /* of a device of the site, or a host */
	struct box *box;
	struct buf bytes; /* of the file */
};
struct boxes {
	LIST_OF(struct device_box) list;
	struct arena *arena;
};

/* "FILE": the bundle itself says whose it is; "NAME=FILE": that device's. 0, or the exit code after
 * the message: also where the site has no such device, or one has two. boxes_release() even
 * then. */
int boxes_load(struct boxes *bs, const struct arguments *args, const struct site *site);
void boxes_release(struct boxes *bs);
const struct box *boxes_find(const struct boxes *bs, const char *name); /* NULL: not collected */
