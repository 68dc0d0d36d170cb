/* SPDX-License-Identifier: ISC */
#include "store/store.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"
#include "sys/file.h"
#include "sys/journal.h"
#include "sys/state.h"

enum { NAME_MAX_BYTES = 120, ID_BYTES = 26 };
#define SUFFIX ".jsonl"

struct store {
	struct journal *journal; /* NULL: nothing more is kept */
	char *site;
};

/* --- names ------------------------------------------------------------------------------------ */

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_';
}

/* Any text as the name of a folder, no two alike; a long one ends in its hash. */
static void add_folder(struct buf *out, const char *site)
{
	size_t start = out->n;

	for (const char *p = site; *p; p++) {
		if (is_plain(*p) || (*p == '.' && p > site))
			buf_add_char(out, *p);
		else
			buf_addf(out, "%%%02X", (unsigned char)*p);
	}
	if (out->n == start)
		buf_add_char(out, '%');
	if (out->n - start <= NAME_MAX_BYTES)
		return;
	buf_truncate(out, start + NAME_MAX_BYTES);
	buf_addf(out, "%%%%%016llx", (unsigned long long)hash_stable(site, strlen(site), 0));
}

/* What follows the folder is `name`; "" for the folder itself. */
static int path_in(const char *site, const char *name, struct buf *path, struct err *err)
{
	struct buf relative = BUF_INIT;
	int rc;

	buf_add_text(&relative, "runs/");
	add_folder(&relative, site);
	buf_addf(&relative, "/%s", name);
	rc = state_path(relative.data, path, err);
	buf_release(&relative);
	return rc;
}

int store_path(const char *site, const char *id, struct buf *path, struct err *err)
{
	int rc = path_in(site, id, path, err);

	if (!rc)
		buf_add_text(path, SUFFIX);
	return rc;
}

bool store_is_id(struct slice word)
{
	if (word.n != ID_BYTES)
		return false;
	for (size_t i = 0; i < word.n; i++)
		if (!memchr("0123456789ABCDEFGHJKMNPQRSTVWXYZ", word.p[i], 32))
			return false;
	return true;
}

/* --- writing ---------------------------------------------------------------------------------- */

int store_begin(struct store **out, const char *site, const char *id, struct err *err)
{
	struct journal *journal = NULL;
	struct buf path = BUF_INIT;
	int rc = store_path(site, id, &path, err);

	*out = NULL;
	if (!rc)
		rc = state_make_folder(path.data, err);
	if (!rc)
		rc = journal_new(path.data, &journal, err);
	if (rc) {
		rc = err_take_place(err);
	} else {
		size_t n = strlen(site) + 1;

		*out = mem_new(1, sizeof(**out));
		(*out)->journal = journal;
		(*out)->site = memcpy(mem_new(n, 1), site, n);
	}
	buf_release(&path);
	return rc;
}

static int add_lines(struct journal *j, struct slice lines, struct err *err)
{
	struct buf whole = BUF_INIT;
	int rc;

	if (!lines.n || lines.p[lines.n - 1] == '\n')
		return journal_add(j, lines, err);
	buf_add_slice(&whole, lines);
	buf_add_char(&whole, '\n');
	rc = journal_add(j, buf_slice(&whole), err);
	buf_release(&whole);
	return rc;
}

int store_add(struct store *s, struct slice lines, struct err *err)
{
	int rc;

	if (!s || !s->journal)
		return 0;
	rc = add_lines(s->journal, lines, err);
	if (rc) {
		rc = err_take_place(err);
		journal_free(s->journal);
		s->journal = NULL;
	}
	return rc;
}

/* --- what is kept ----------------------------------------------------------------------------- */

static void newest_first(const char **ids, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		const char *id = ids[i];

		ids[i] = ids[n - 1 - i];
		ids[n - 1 - i] = id;
	}
}

int store_list(const char *site, struct arena *arena, const char ***ids, size_t *n, struct err *err)
{
	struct buf folder = BUF_INIT;
	const char **names;
	size_t n_names = 0;
	int rc = path_in(site, "", &folder, err);

	*n = 0;
	if (!rc && file_exists(folder.data))
		rc = file_list(folder.data, SUFFIX, arena, &names, &n_names, err);
	for (size_t i = 0; i < n_names; i++)
		if (store_is_id(slice_of(names[i])))
			names[(*n)++] = names[i];
	if (*n) {
		newest_first(names, *n);
		*ids = names;
	}
	if (rc)
		rc = err_take_place(err);
	buf_release(&folder);
	return rc;
}

static int prune(const char *site, const char *const *ids, size_t n, struct err *err)
{
	struct buf path = BUF_INIT;
	uint64_t total = 0;
	int rc = 0;

	for (size_t i = 0; i < n && !rc; i++) {
		uint64_t bytes = 0;

		rc = store_path(site, ids[i], &path, err);
		/* Another process may have removed it. */
		if (rc || !file_exists(path.data))
			continue;
		rc = file_size(path.data, &bytes, err);
		total += bytes;
		if (!rc && i && (i >= STORE_RUNS_MAX || total > (uint64_t)STORE_MIB_MAX << 20))
			rc = file_remove(path.data, err);
	}
	if (rc)
		rc = err_take_place(err);
	buf_release(&path);
	return rc;
}

int store_end(struct store *s, struct err *err)
{
	struct arena *arena;
	const char **ids;
	size_t n;
	int rc;

	if (!s)
		return 0;
	arena = arena_new();
	journal_free(s->journal);
	rc = store_list(s->site, arena, &ids, &n, err);
	if (!rc)
		rc = prune(s->site, ids, n, err);
	arena_free(arena);
	free(s->site);
	free(s);
	return rc;
}
