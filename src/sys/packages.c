/* SPDX-License-Identifier: ISC */
#include "sys/packages.h"

#include <stdio.h>

#include "base/buf.h"
#include "sys/file.h"

#define DPKG "/var/lib/dpkg/info"
enum { LIST_MAX = 64 << 20 };

static struct slice without_usr(struct slice path)
{
	return slice_has_prefix(path, "/usr/") ? slice_skip(path, strlen("/usr")) : path;
}

static bool is_wanted(struct slice line, const struct package_search *s)
{
	return line.n && !s->package && s->path &&
	       slice_equal(line, without_usr(slice_of(s->path)));
}

size_t package_list_match(struct slice list, const char *package, struct package_search *items,
			  size_t n)
{
	struct slice line;
	size_t set = 0;

	while (slice_cut(&list, '\n', &line)) {
		line = without_usr(line);
		for (size_t i = 0; i < n; i++)
			if (is_wanted(line, &items[i])) {
				items[i].package = package;
				set++;
			}
	}
	return set;
}

bool packages_find(struct package_search *items, size_t n, struct arena *arena)
{
	struct buf path = BUF_INIT, text = BUF_INIT;
	const char **names;
	size_t n_names, left = 0;
	struct err err;

	if (!file_exists(DPKG) || file_list(DPKG, ".list", arena, &names, &n_names, &err) != 0)
		return false;
	for (size_t i = 0; i < n; i++)
		left += items[i].path != NULL;
	for (size_t i = 0; i < n_names && left; i++) {
		buf_clear(&path);
		buf_clear(&text);
		buf_addf(&path, DPKG "/%s.list", names[i]);
		/* A package that goes while we read has no list any more. */
		if (file_read(path.data, LIST_MAX, &text, &err) == 0)
			left -= package_list_match(buf_slice(&text), names[i], items, n);
	}
	buf_release(&path);
	buf_release(&text);
	return true;
}
