/* SPDX-License-Identifier: ISC */
#include "cmd/check_filter.h"

#include <string.h>

#include "base/suggest.h"
#include "cmd/past.h"
#include "model/goal.h"
#include "model/history.h"
#include "store/store.h"

/* "NAME/" taken from the front, where the installation or its product is called so. */
static bool take_installation(struct slice *word, const struct installation *i)
{
	struct slice rest = *word, head;

	slice_cut(&rest, '/', &head);
	if (!slice_is(head, i->name) && !slice_is(head, i->product->name.s))
		return false;
	*word = rest.p ? rest : SLICE("");
	return true;
}

static bool goal_has(const struct product *p, struct slice name, const struct requirement *q,
		     struct arena *a)
{
	struct id_list list;

	for_each (g, &p->goals) {
		if (!slice_is(name, g->name.s))
			continue;
		goal_requirements(p, g, a, &list);
		for_each (id, &list.ids)
			if (text_same(*id, q->id))
				return true;
	}
	return false;
}

/* "REQUIREMENT", "GOAL", "INSTALLATION", or the first two behind an installation and a "/". */
static bool is_named(const struct demand *d, const char *text, struct arena *a)
{
	struct slice word = slice_of(text);

	if (take_installation(&word, d->installation) && !word.n)
		return true;
	return slice_is(word, d->requirement->id.s) ||
	       goal_has(d->installation->product, word, d->requirement, a);
}

static bool is_of_goal(const struct demand *d, const char *goal, struct arena *a)
{
	struct slice word = slice_of(goal);

	take_installation(&word, d->installation);
	return goal_has(d->installation->product, word, d->requirement, a);
}

static int unknown(const struct plan *plan, const char *option, const char *word, struct err *err)
{
	struct suggest s = suggest_start(slice_of(word));
	char hint[SUGGEST_TEXT_MAX];

	for_each (i, &plan->installations) {
		for_each (g, &i->product->goals)
			suggest_add(&s, g->name.s);
		if (strcmp(option, "goal") == 0)
			continue;
		suggest_add(&s, i->name);
		for_each (q, &i->product->requirements)
			suggest_add(&s, q->id.s);
	}
	return err_set(err, ERR_USAGE, PLACE_NONE,
		       "--%s: nothing in this plan is called \"%.60s\"%s", option, word,
		       suggest_text(&s, hint));
}

/* One option's words; each must name something. */
static int mark(const struct arguments *args, const char *option, const struct plan *plan,
		bool *wanted, struct err *err)
{
	bool is_goal = strcmp(option, "goal") == 0;

	for (size_t i = 0; i < args_count(args, option); i++) {
		const char *word = args_nth(args, option, i);
		bool found = false;

		for (size_t k = 0; k < plan->demands.n; k++) {
			const struct demand *d = plan->demands.items[k];

			if (is_goal ? is_of_goal(d, word, plan->arena)
				    : is_named(d, word, plan->arena))
				wanted[k] = found = true;
		}
		if (!found)
			return unknown(plan, option, word, err);
	}
	return 0;
}

/* Without a site only what was named on the command line is meant, not the product's other ends. */
static bool is_on_command_line(const struct demand *d)
{
	return d->from->kind != ENDPOINT_OUTSIDE && d->to->kind != ENDPOINT_OUTSIDE;
}

static void leave_out(struct narrowed *out, const struct demand *d, struct arena *arena)
{
	struct requirement_of *r = ARENA_NEW(arena, struct requirement_of);

	*r = (struct requirement_of){d->installation, d->requirement};
	map_add(&out->left_out, requirement_of_key(r), r);
}

static void keep(struct narrowed *out, const bool *wanted, bool is_quick, struct arena *arena)
{
	const struct plan *plan = &out->plan;
	const struct demand **kept = ARENA_ARRAY(arena, const struct demand *, plan->demands.n);
	size_t n = 0;

	for (size_t i = 0; i < plan->demands.n; i++) {
		const struct demand *d = plan->demands.items[i];

		if ((!wanted || wanted[i]) && (!is_quick || is_on_command_line(d)))
			kept[n++] = d;
		else
			leave_out(out, d, arena);
	}
	out->plan.demands.items = kept;
	out->plan.demands.n = n;
}

/* --- what failed ------------------------------------------------------------------------------ */

/* What is wanted, and of which no run has told yet whether it works. */
struct open_demands {
	const struct plan *plan;
	const struct slice *keys; /* of each demand */
	bool *is_open, *wanted;
	size_t n_open, n_runs;
};

static const struct slice *keys_of(const struct plan *plan, const char *vantage,
				   struct arena *arena)
{
	struct slice *keys = ARENA_ARRAY(arena, struct slice, plan->demands.n);
	struct verdict_keys seen = {0};

	for (size_t i = 0; i < plan->demands.n; i++) {
		const char *names[VERDICT_KEY_PARTS];

		verdict_key_parts(plan->demands.items[i], vantage, arena, names);
		keys[i] = verdict_key_add(&seen, names, arena);
	}
	verdict_keys_release(&seen);
	return keys;
}

/* What was not tested in this run (it was interrupted, or looked at a part) is left to those before
 * it. */
static void close_told(struct open_demands *o, const struct past_run *run)
{
	for (size_t i = 0; i < o->plan->demands.n; i++) {
		const struct past_verdict *v =
			o->is_open[i] ? past_run_verdict(run, o->keys[i]) : NULL;
		enum standing standing = v ? verdict_standing(v->verdict) : STANDING_UNKNOWN;

		if (standing == STANDING_UNKNOWN)
			continue;
		o->is_open[i] = false;
		o->wanted[i] = standing == STANDING_FAILS;
		o->n_open--;
	}
}

/* The whole runs of the site from there, the newest first, until each has told. */
static int ask_runs(struct open_demands *o, const char *vantage, struct arena *arena,
		    struct err *err)
{
	const char *site = o->plan->site->name.s;
	const char **ids;
	size_t n;
	int rc = store_list(site, arena, &ids, &n, err);

	for (size_t i = 0; i < n && !rc && o->n_open; i++) {
		struct past_run *run;

		rc = past_read(site, ids[i], RUN_VERDICTS, &run, err);
		if (run && run->is_whole && past_run_is_from(run, vantage)) {
			close_told(o, run);
			o->n_runs++;
		}
		past_run_free(run);
	}
	return rc;
}

/* Of what is wanted, what failed when it was last tested stays. */
static int keep_failing(const struct plan *plan, const char *vantage, struct arena *arena,
			bool *wanted, struct err *err)
{
	struct open_demands o = {.plan = plan,
				 .keys = keys_of(plan, vantage, arena),
				 .is_open = ARENA_ARRAY(arena, bool, plan->demands.n),
				 .wanted = wanted};
	int rc;

	for (size_t i = 0; i < plan->demands.n; i++) {
		o.is_open[i] = wanted[i];
		o.n_open += wanted[i];
	}
	rc = ask_runs(&o, vantage, arena, err);
	if (rc)
		return rc;
	if (!o.n_runs && o.n_open)
		return err_set(err, ERR_USAGE, PLACE_NONE,
			       "--failing: no run of \"%.60s\" from %.60s is kept: check it once "
			       "without",
			       plan->site->name.s, vantage);
	for (size_t i = 0; i < plan->demands.n; i++)
		wanted[i] = wanted[i] && !o.is_open[i];
	return 0;
}

/* All, unless --only or --goal say which. */
static int mark_named(const struct arguments *args, const struct plan *plan, bool *wanted,
		      struct err *err)
{
	int rc;

	if (!args_count(args, "only") && !args_count(args, "goal")) {
		for (size_t i = 0; i < plan->demands.n; i++)
			wanted[i] = true;
		return 0;
	}
	rc = mark(args, "only", plan, wanted, err);
	return rc ? rc : mark(args, "goal", plan, wanted, err);
}

int check_filter(const struct arguments *args, const struct plan *plan, bool is_quick,
		 const char *vantage, struct arena *arena, struct narrowed *out, struct err *err)
{
	bool failing = args_has(args, "failing");
	bool some = failing || args_count(args, "only") || args_count(args, "goal");
	bool *wanted = some ? ARENA_ARRAY(arena, bool, plan->demands.n) : NULL;
	int rc = 0;

	*out = (struct narrowed){.plan = *plan};
	if (some)
		rc = mark_named(args, plan, wanted, err);
	if (!rc && failing)
		rc = keep_failing(plan, vantage, arena, wanted, err);
	if (!rc && (some || is_quick))
		keep(out, wanted, is_quick, arena);
	return rc;
}

bool check_wants_goal(const void *ctx, const struct installation *in, const struct goal *g)
{
	const struct arguments *args = ctx;

	for (size_t i = 0; i < args_count(args, "goal"); i++) {
		struct slice word = slice_of(args_nth(args, "goal", i));

		take_installation(&word, in);
		if (slice_is(word, g->name.s))
			return true;
	}
	return false;
}
