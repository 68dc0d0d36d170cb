/* SPDX-License-Identifier: ISC
 *
 * Goals: what a person can do, over the verdicts of requirements.
 */
#include "model/judge_int.h"

struct goal_context {
	const struct judging *j;
	const struct installation *in;
};

/* Nothing to open: it holds by itself, wherever it starts. */
static bool is_absent(const struct judgement *judged)
{
	return judged->demand->absence != ABSENCE_NONE;
}

static bool starts_here(const struct judging *j, const struct judgement *judged)
{
	const bool *here = j->options->starts_here;

	return here && here[judged - j->out->items.items];
}

/* The worst of its demands that start here. What is not installed has none. */
static struct part judge_requirement(const struct judging *j, struct judged_list demands)
{
	struct part sum = PART_NONE;
	bool is_anything_elsewhere = !demands.n;

	for_each (item, &demands) {
		const struct judgement *judged = *item;
		struct part p = {.verdict = judged->verdict,
				 .network = judged->network,
				 .service = judged->service,
				 .partial = judged->partial,
				 .judgement = judged};

		if (is_absent(judged) ? starts_here(j, judged) : !judged->elsewhere)
			part_join_all(&sum, &p);
		else
			is_anything_elsewhere = is_anything_elsewhere || !is_absent(judged);
	}
	sum.without = sum.elsewhere && !is_anything_elsewhere;
	return sum;
}

/* In the given order: what comes after a broken link does not matter. */
static void join_then(struct part *sum, const struct part *p)
{
	if (sum->elsewhere || !verdict_is_broken(sum->verdict))
		part_join_all(sum, p);
}

/* In a document of goals nothing marks a fallback as worth less: each one is. */
static void join_fallback(struct part *sum, const struct part *p)
{
	bool is_first = sum->elsewhere;
	bool has_held = !is_first && verdict_is_good(sum->verdict);

	part_join_else(sum, p);
	if (!is_first && !has_held && sum->verdict == VERDICT_PASS)
		sum->verdict = VERDICT_DEGRADED;
}

static struct part judge_goal(const struct goal_context *c, const struct goal *g);

static struct part judge_named(const struct goal_context *c, const char *name)
{
	const struct goal *g = product_goal(c->in->product, name);

	if (g)
		return judge_goal(c, g);
	return judge_requirement(
		c->j, judge_of_requirement(c->j, c->in, product_requirement(c->in->product, name)));
}

static struct part judge_goal(const struct goal_context *c, const struct goal *g)
{
	static void (*const joins[])(struct part *, const struct part *) = {
		[GOAL_ALL] = part_join_all,
		[GOAL_ANY] = part_join_any,
		[GOAL_ELSE] = join_fallback,
		[GOAL_THEN] = join_then,
	};
	struct part sum = PART_NONE;
	bool is_anything_missing = false;

	if (g->kind == GOAL_NAME)
		return judge_named(c, g->name.s);
	for_each (kid, &g->kids) {
		struct part p = judge_goal(c, kid);

		is_anything_missing = is_anything_missing || (p.elsewhere && !p.without);
		joins[g->kind](&sum, &p);
	}
	sum.without = sum.elsewhere && !is_anything_missing;
	/* Another way, which is not known from here, may be the one that works. */
	if (!sum.elsewhere && !verdict_is_good(sum.verdict))
		sum.partial = sum.partial || is_anything_missing;
	return sum;
}

static struct goal_judgement judge_one(const struct goal_context *c, const struct goal *g)
{
	struct part p = judge_goal(c, g);

	return (struct goal_judgement){
		.installation = c->in,
		.goal = g,
		.verdict = p.verdict,
		.decisive = p.verdict == VERDICT_PASS ? NULL : p.judgement,
		.elsewhere = p.elsewhere,
		.partial = p.partial && !p.elsewhere,
	};
}

/* Something that it needs is not part of this check. */
static bool is_cut(const struct goal_context *c, const struct goal *g)
{
	const struct goal *other =
		g->kind == GOAL_NAME ? product_goal(c->in->product, g->name.s) : NULL;

	if (other)
		return is_cut(c, other);
	if (g->kind == GOAL_NAME) {
		const struct requirement_of r = {c->in,
						 product_requirement(c->in->product, g->name.s)};

		return map_find(c->j->options->left_out, requirement_of_key(&r)) != NULL;
	}
	for_each (kid, &g->kids)
		if (is_cut(c, kid))
			return true;
	return false;
}

static bool is_asked_for(const struct goal_context *c, const struct goal *g)
{
	const struct judge_options *options = c->j->options;

	if (options->is_wanted_goal)
		return options->is_wanted_goal(options->ctx, c->in, g);
	return !options->left_out || !is_cut(c, g);
}

void judge_goals(const struct judging *j)
{
	struct verdicts *out = j->out;
	size_t n = 0;

	for_each (in, &j->plan->installations)
		n += in->product->goals.n;
	out->goals.items = ARENA_ARRAY(j->arena, struct goal_judgement, n);
	for_each (in, &j->plan->installations) {
		const struct goal_context c = {j, in};

		for_each (g, &in->product->goals)
			if (is_asked_for(&c, g))
				out->goals.items[out->goals.n++] = judge_one(&c, g);
	}
	for_each (g, &out->goals)
		if (!g->elsewhere)
			out->summary.goals[g->verdict]++;
}
