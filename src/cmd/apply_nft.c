/* SPDX-License-Identifier: ISC */
#include "cmd/apply_trial.h"

#include <string.h>

#include "box/nft_tables.h"

/* --- which tables the file is about ---------------------------------------------------------- */

/* An empty table for each that the box has, to see what becomes of it. */
static int make_decoys(struct trial *t)
{
	const struct apply_tool tool = {"decoys", {"nft", "-j", "-f"}, false};
	struct buf text = BUF_INIT;
	int rc;

	nft_tables_empty(&t->a->seen, &text);
	rc = apply_write(&t->a->turn, tool.file, buf_slice(&text), t->err);
	if (!rc)
		rc = apply_use(&t->a->turn, &tool, t->err);
	buf_release(&text);
	return rc;
}

/* New, made anew, or no longer empty. */
static void find_touched(struct trial *t, const struct nft_tables *decoys,
			 const struct nft_tables *then)
{
	for_each (n, &then->list) {
		const struct nft_table_name *was = nft_tables_find(decoys, n);

		if (!was || was->handle != n->handle || n->n)
			*(struct nft_table_name *)list_add(t->a->arena, &t->made.list, sizeof(*n)) =
				*n;
	}
}

static int refuse_table(struct trial *t, const char *does, const struct nft_table_name *n,
			const char *instead)
{
	return trial_refuse(t, arena_printf(t->a->arena, "it %s the table %s %s%s", does, n->family,
					    n->name, instead));
}

/* Where the file did not delete it, "nft -f" would have added to it. */
static bool is_added_to(const struct trial *t, const struct nft_tables *decoys,
			const struct nft_table_name *n)
{
	const struct nft_table_name *was = nft_tables_find(decoys, n);
	const struct nft_table_name *seen = nft_tables_find(&t->a->seen, n);

	if (strcmp(n->family, "inet") == 0 && strcmp(n->name, "portolan") == 0)
		return false;
	return was && was->handle == n->handle && seen && seen->n;
}

static int check_touched(struct trial *t, const struct nft_tables *decoys,
			 const struct nft_tables *then)
{
	for_each (n, &decoys->list)
		if (!nft_tables_find(then, n))
			return refuse_table(t, "removes", n,
					    ", and puts nothing into its place: take out the line, "
					    "such as \"flush ruleset\"");
	find_touched(t, decoys, then);
	if (!t->made.list.n)
		return trial_refuse(t, "it defines no table: there is nothing to load");
	for_each (n, &t->made.list) {
		if (!nft_table_is_plain(n))
			return refuse_table(t, "defines", n, ", whose name is no plain word");
		if (is_added_to(t, decoys, n))
			return refuse_table(
				t, "adds to", n,
				arena_printf(t->a->arena,
					     ", which is there already: where it is to be "
					     "replaced, say \"delete table %s %s\" before",
					     n->family, n->name));
	}
	return 0;
}

static int find_tables(struct trial *t)
{
	struct nft_tables decoys = {0}, then = {0};
	int home, rc = trial_enter(t, &home);

	if (rc)
		return rc;
	rc = make_decoys(t);
	if (!rc)
		rc = trial_json(t, &t->json);
	if (!rc)
		rc = nft_tables_read(t->a->arena, buf_slice(&t->json), &decoys, t->err);
	if (!rc && trial_load(t, "file.nft", buf_slice(&t->a->nft)))
		rc = trial_blame(t);
	if (!rc)
		rc = trial_json(t, &t->json);
	if (!rc)
		rc = nft_tables_read(t->a->arena, buf_slice(&t->json), &then, t->err);
	rc = trial_leave(t, home, rc);
	return rc ? rc : check_touched(t, &decoys, &then);
}

/* --- there and back -------------------------------------------------------------------------- */
static int list_table(const struct nft_table_name *n, bool stateless, struct buf *out,
		      struct err *err)
{
	const char *const rules[] = {"nft", "-s", "list", "table", n->family, n->name, NULL};
	const char *const whole[] = {"nft", "list", "table", n->family, n->name, NULL};

	return apply_ask(stateless ? rules : whole, out, err);
}

static void add_head(const struct trial *t, struct buf *text)
{
	for_each (n, &t->made.list)
		buf_addf(text, "add table %s %s\ndelete table %s %s\n", n->family, n->name,
			 n->family, n->name);
}

/* As they are now, for nft -f, and as they are listed without what changes by itself. */
static int write_old(struct trial *t)
{
	struct buf text = BUF_INIT;
	int rc = 0;

	add_head(t, &text);
	for_each (n, &t->made.list) {
		if (rc || !nft_tables_find(&t->a->seen, n))
			continue;
		rc = list_table(n, false, &text, t->err);
		if (!rc)
			rc = list_table(n, true, &t->first, t->err);
	}
	if (!rc)
		rc = apply_write(&t->a->turn, "old.nft", buf_slice(&text), t->err);
	buf_release(&text);
	return rc;
}

static int write_new(struct trial *t)
{
	struct buf text = BUF_INIT;
	int rc;

	add_head(t, &text);
	buf_add_slice(&text, buf_slice(&t->a->nft));
	rc = apply_write(&t->a->turn, "new.nft", buf_slice(&text), t->err);
	buf_release(&text);
	return rc;
}

static int put_old(struct trial *t)
{
	struct err err;

	if (apply_undo(&t->a->turn, &err))
		return trial_no_way_back(t, err.text);
	if (trial_rules(t, &t->then))
		return -(int)t->err->class;
	if (slice_equal(buf_slice(&t->first), buf_slice(&t->then)))
		return 0;
	return trial_no_way_back(t, NULL);
}

static int there_and_back(struct trial *t)
{
	int rc = put_old(t);

	if (!rc && apply_use(&t->a->turn, &apply_news[APPLY_NEW_NFT], t->err))
		rc = trial_blame(t);
	if (!rc)
		rc = trial_json(t, &t->json);
	if (!rc)
		rc = trial_rules(t, &t->then);
	if (rc)
		return rc;
	t->a->same = slice_equal(buf_slice(&t->first), buf_slice(&t->then));
	return put_old(t);
}

int trial_nft(struct trial *t)
{
	int home, rc = find_tables(t);

	if (!rc)
		rc = write_old(t);
	if (!rc)
		rc = write_new(t);
	if (!rc)
		rc = trial_enter(t, &home);
	if (rc)
		return rc;
	return trial_leave(t, home, there_and_back(t));
}
