/* SPDX-License-Identifier: ISC */
#include "cmd/apply_trial.h"

#include <string.h>

#include "box/ipt_own.h"

struct family {
	const char *live, *new, *old; /* files */
	const char *save[3], *restore;
	enum bundle_part part[2]; /* of nf_tables, of legacy */
};
static const struct family families[2] = {
	{"live.v4",
	 "new.v4",
	 "old.v4",
	 {"iptables-save", "-c"},
	 "iptables-restore",
	 {BUNDLE_IPTABLES, BUNDLE_LEGACY}},
	{"live.v6",
	 "new.v6",
	 "old.v6",
	 {"ip6tables-save", "-c"},
	 "ip6tables-restore",
	 {BUNDLE_IP6TABLES, BUNDLE_LEGACY6}},
};

enum bundle_part trial_part(const struct trial *t, size_t family)
{
	return families[family].part[t->legacy];
}

static const struct buf *text_of(const struct apply *a, size_t i)
{
	return i ? &a->v6 : &a->v4;
}

/* "iptables v1.8.9 (nf_tables)" */
static int find_backend(struct trial *t)
{
	static const char *const argv[] = {"iptables-restore", "--version", NULL};
	struct buf out = BUF_INIT;
	int rc = apply_ask(argv, &out, t->err);

	t->legacy = !strstr(out.data, "(nf_tables)");
	buf_release(&out);
	return rc;
}

static int write_family(struct trial *t, size_t i)
{
	const struct slice saved = trial_live(t, trial_part(t, i));
	struct buf load = BUF_INIT, undo = BUF_INIT;
	int rc = ipt_own_check(t->a->name, buf_slice(text_of(t->a, i)), t->err);

	ipt_own_load(buf_slice(text_of(t->a, i)), saved, &load);
	ipt_own_undo(buf_slice(&load), saved, &undo);
	if (!rc)
		rc = apply_write(&t->a->turn, families[i].live, saved, t->err);
	if (!rc)
		rc = apply_write(&t->a->turn, families[i].new, buf_slice(&load), t->err);
	if (!rc)
		rc = apply_write(&t->a->turn, families[i].old, buf_slice(&undo), t->err);
	buf_release(&load);
	buf_release(&undo);
	return rc;
}

/* Both families of what is now, with the sets that its rules ask for. */
static int copy_live(struct trial *t)
{
	const struct apply_tool sets = {"live.ipset", {"ipset", "restore", "-file"}, false};
	const struct slice ipset = trial_live(t, BUNDLE_IPSET);
	int rc = 0;

	if (ipset.n) {
		rc = apply_write(&t->a->turn, sets.file, ipset, t->err);
		if (!rc)
			rc = apply_use(&t->a->turn, &sets, t->err);
	}
	for (size_t i = 0; i < 2 && !rc; i++) {
		const struct apply_tool tool = {
			families[i].live, {families[i].restore, "--counters"}, false};

		if (apply_has_family(t->a, i) && trial_live(t, trial_part(t, i)).n)
			rc = apply_use(&t->a->turn, &tool, t->err);
	}
	return rc;
}

/* Both families, as one text. */
static int save_all(struct trial *t, bool keep, struct buf *plain)
{
	int rc = 0;

	buf_clear(plain);
	for (size_t i = 0; i < 2 && !rc; i++) {
		struct buf out = BUF_INIT;

		if (apply_has_family(t->a, i))
			rc = apply_ask(families[i].save, &out, t->err);
		ipt_own_plain(buf_slice(&out), plain);
		if (keep && apply_has_family(t->a, i)) {
			buf_clear(&t->saved[i]);
			buf_add_slice(&t->saved[i], buf_slice(&out));
		}
		buf_release(&out);
	}
	return rc;
}

/* Tables that are there only since the new rules are. Their base chains first: one that has got
 * rules meanwhile is not deleted, and so the table stays, too. */
static int write_tables(struct trial *t, const struct nft_tables *copied)
{
	struct buf text = BUF_INIT;
	int rc = 0;

	for_each (n, &t->made.list) {
		if (nft_tables_find(copied, n) || nft_tables_find(&t->a->seen, n))
			continue;
		for_each (chain, &n->chains)
			if (!slice_has_prefix(slice_of(*chain), "PORTOLAN-"))
				buf_addf(&text, "delete chain %s %s %s\n", n->family, n->name,
					 *chain);
		buf_addf(&text, "delete table %s %s\n", n->family, n->name);
	}
	if (text.n)
		rc = apply_write(&t->a->turn, "old.tables", buf_slice(&text), t->err);
	buf_release(&text);
	return rc;
}

static int load_families(struct trial *t)
{
	size_t done = 0;

	if (apply_load(&t->a->turn, &done, t->err) == 0)
		return 0;
	return trial_blame(t);
}

static int iptables_forth(struct trial *t)
{
	struct nft_tables copied = {0};
	int rc = copy_live(t);

	if (!rc)
		rc = save_all(t, false, &t->first);
	if (!rc)
		rc = trial_json(t, &t->json);
	if (!rc)
		rc = nft_tables_read(t->a->arena, buf_slice(&t->json), &copied, t->err);
	if (!rc)
		rc = load_families(t);
	if (!rc)
		rc = trial_json(t, &t->json);
	if (!rc)
		rc = nft_tables_read(t->a->arena, buf_slice(&t->json), &t->made, t->err);
	if (!rc)
		rc = write_tables(t, &copied);
	return rc ? rc : save_all(t, true, &t->then);
}

static int iptables_back(struct trial *t)
{
	struct err err;
	int rc;

	t->a->same = slice_equal(buf_slice(&t->first), buf_slice(&t->then));
	rc = apply_undo(&t->a->turn, &err);
	if (!rc && save_all(t, false, &t->then))
		return -(int)t->err->class;
	if (!rc && slice_equal(buf_slice(&t->first), buf_slice(&t->then)))
		return 0;
	return trial_no_way_back(t, rc ? err.text : NULL);
}

int trial_iptables(struct trial *t)
{
	int home, rc = find_backend(t);

	for (size_t i = 0; i < 2 && !rc; i++)
		if (apply_has_family(t->a, i))
			rc = write_family(t, i);
	if (!rc)
		rc = trial_enter(t, &home);
	if (rc)
		return rc;
	rc = iptables_forth(t);
	if (!rc)
		rc = iptables_back(t);
	return trial_leave(t, home, rc);
}
