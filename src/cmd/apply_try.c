/* SPDX-License-Identifier: ISC */
#include "cmd/apply_try.h"

#include "box/bundle.h"
#include "box/read.h"
#include "cmd/apply_trial.h"
#include "cmd/command.h"
#include "cmd/policy_collect.h"

void apply_init(struct apply *a)
{
	*a = (struct apply){.turn = {.fd = -1, .folder = BUF_INIT},
			    .arena = arena_new(),
			    .nft = BUF_INIT,
			    .v4 = BUF_INIT,
			    .v6 = BUF_INIT,
			    .live = BUF_INIT,
			    .changed = BUF_INIT};
}

bool apply_has_family(const struct apply *a, size_t i)
{
	return i ? a->has_v6 : a->has_v4;
}

void apply_release(struct apply *a)
{
	box_free(a->before);
	box_free(a->after);
	turn_release(&a->turn);
	buf_release(&a->nft);
	buf_release(&a->v4);
	buf_release(&a->v6);
	buf_release(&a->live);
	buf_release(&a->changed);
	arena_free(a->arena);
}

/* --- the whole ------------------------------------------------------------------------------- */

static int read_live(struct trial *t)
{
	int rc = bundle_split(&t->parts, "this box", buf_slice(&t->a->live), t->err);

	if (rc)
		return rc;
	t->a->before = box_read_bundle("this box", buf_slice(&t->a->live), t->err);
	if (!t->a->before)
		return -(int)t->err->class;
	if (!t->a->before->has.nft)
		return err_set(t->err, ERR_SYSTEM, PLACE_NONE,
			       "nft does not list the rules of this box, so nothing is loaded: "
			       "install nftables");
	return nft_tables_read(t->a->arena, trial_live(t, BUNDLE_NFT), &t->a->seen, t->err);
}

static int make_after(struct trial *t)
{
	struct slice outputs[BUNDLE_PARTS_COUNT] = {[BUNDLE_KERNEL] = SLICE_NONE};
	struct buf json = BUF_INIT;
	int rc = 0;

	if (!t->legacy) {
		rc = nft_tables_replace(trial_live(t, BUNDLE_NFT), buf_slice(&t->json), &t->made,
					&json, t->err);
		outputs[BUNDLE_NFT] = buf_slice(&json);
	}
	for (size_t i = 0; i < 2; i++)
		if (apply_has_family(t->a, i))
			outputs[trial_part(t, i)] = buf_slice(&t->saved[i]);
	if (!rc)
		rc = bundle_replace(buf_slice(&t->a->live), outputs, &t->a->changed, t->err);
	if (!rc) {
		t->a->after = box_read_bundle("the box as it would be", buf_slice(&t->a->changed),
					      t->err);
		rc = t->a->after ? 0 : -(int)t->err->class;
	}
	buf_release(&json);
	return rc;
}

/* The kernel that runs may refuse what its namespace took, and asking does not harm. */
static int check_files(struct trial *t)
{
	int rc = 0;

	for (size_t i = 0; i < APPLY_NEWS && !rc; i++)
		rc = apply_use(&t->a->turn, &apply_checks[i], t->err);
	return rc;
}

static void release_trial(struct trial *t)
{
	bundle_release(&t->parts);
	buf_release(&t->json);
	buf_release(&t->saved[0]);
	buf_release(&t->saved[1]);
	buf_release(&t->first);
	buf_release(&t->then);
}

int apply_try(struct apply *a)
{
	struct err err;
	struct trial t = {.a = a,
			  .json = BUF_INIT,
			  .saved = {BUF_INIT, BUF_INIT},
			  .first = BUF_INIT,
			  .then = BUF_INIT,
			  .err = &err};
	int rc;

	for (size_t i = 0; i < BUNDLE_PARTS_COUNT; i++)
		t.parts.parts[i].output = BUF_INIT;
	rc = policy_collect_here(&a->live);
	if (rc)
		return rc;
	rc = read_live(&t);
	if (!rc)
		rc = a->has_v4 || a->has_v6 ? trial_iptables(&t) : trial_nft(&t);
	if (!rc)
		rc = make_after(&t);
	if (!rc)
		rc = check_files(&t);
	release_trial(&t);
	return rc ? command_failed(&err) : 0;
}

/* --- later ----------------------------------------------------------------------------------- */

/* Tables by their numbers, and how much is in them: what packets put into a set is no change. */
static bool has_same_tables(const struct nft_tables *a, const struct nft_tables *b)
{
	if (a->list.n != b->list.n)
		return false;
	for_each (n, &a->list) {
		const struct nft_table_name *other = nft_tables_find(b, n);

		if (!other || other->handle != n->handle || other->n != n->n)
			return false;
	}
	return true;
}

int apply_check_unchanged(const struct apply *a, struct err *err)
{
	struct arena *arena = arena_new();
	struct buf json = BUF_INIT;
	struct nft_tables now;
	int rc = trial_ask_json(&json, err);

	if (!rc)
		rc = nft_tables_read(arena, buf_slice(&json), &now, err);
	if (!rc && !has_same_tables(&a->seen, &now))
		rc = err_set(err, ERR_SYSTEM, PLACE_NONE,
			     "somebody has changed the rules of this box since they were looked "
			     "at: say it again");
	buf_release(&json);
	arena_free(arena);
	return rc;
}
