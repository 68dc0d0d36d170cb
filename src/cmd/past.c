/* SPDX-License-Identifier: ISC */
#include "cmd/past.h"

#include "store/store.h"
#include "sys/file.h"

static int read_file(const char *path, enum run_part part, struct past_run **run, struct err *err)
{
	struct buf bytes = BUF_INIT;
	int rc = file_read(path, RUN_BYTES_MAX, &bytes, err);

	if (!rc) {
		*run = run_read(path, buf_slice(&bytes), part, err);
		rc = *run ? 0 : -(int)err->class;
	}
	if (rc)
		rc = err_take_place(err);
	buf_release(&bytes);
	return rc;
}

int past_read(const char *site, const char *id, enum run_part part, struct past_run **run,
	      struct err *err)
{
	struct buf path = BUF_INIT;
	uint64_t bytes = 0;
	int rc = store_path(site, id, &path, err);

	if (!rc && file_exists(path.data) && file_size(path.data, &bytes, err))
		rc = err_take_place(err);
	if (!rc && bytes)
		rc = read_file(path.data, part, run, err);
	buf_release(&path);
	return rc;
}

/* The nth whole run before the last. */
static int find_last(const char *site, size_t nth, struct past_run **run, struct err *err)
{
	struct arena *arena = arena_new();
	const char **ids;
	size_t n, before = 0;
	int rc = store_list(site, arena, &ids, &n, err);

	for (size_t i = 0; i < n && !rc && !*run; i++) {
		rc = past_read(site, ids[i], RUN_ALL, run, err);
		if (*run && (!(*run)->is_whole || before++ < nth)) {
			past_run_free(*run);
			*run = NULL;
		}
	}
	arena_free(arena);
	if (!rc && !*run)
		rc = err_set(err, ERR_USAGE, PLACE_NONE,
			     "of the site \"%.80s\" only %zu whole run%s kept here", site, before,
			     before == 1 ? " is" : "s are");
	return rc;
}

/* "last", "last~2" */
static bool is_last(struct slice word, size_t *nth)
{
	uint64_t n = 0;

	if (!slice_has_prefix(word, "last"))
		return false;
	word = slice_skip(word, 4);
	if (word.n && (word.p[0] != '~' || !slice_number(slice_skip(word, 1), 10000, &n)))
		return false;
	*nth = n;
	return true;
}

int past_find(const char *word, const char *site, struct past_run **run, struct err *err)
{
	const struct slice s = slice_of(word);
	size_t nth = 0;
	int rc;

	*run = NULL;
	if (strcmp(word, "-") == 0 || strchr(word, '/') || file_exists(word))
		return read_file(word, RUN_ALL, run, err);
	if (!store_is_id(s) && !is_last(s, &nth))
		return err_set(err, ERR_USAGE, PLACE_NONE,
			       "\"%.80s\" is no file, no run's id, and not \"last\" or \"last~1\"",
			       word);
	if (!site)
		return err_set(err, ERR_USAGE, PLACE_NONE,
			       "say of which site \"%.80s\" is, with --site SITE", word);
	if (!store_is_id(s))
		return find_last(site, nth, run, err);
	rc = past_read(site, word, RUN_ALL, run, err);
	if (!rc && !*run)
		rc = err_set(err, ERR_USAGE, PLACE_NONE,
			     "of the site \"%.80s\" no run %s is kept here", site, word);
	return rc;
}
