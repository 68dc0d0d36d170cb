/* SPDX-License-Identifier: ISC
 *
 * What joins several demands: prerequisites, goals, the summary. Trees of flows are in tests/truth.
 *
 * Demands are "name:flow": "-" where there is nothing to open, "_" where that is so elsewhere.
 * Marks behind it: "~" degraded, "!" forbidden, "?" optional, "@2" to the second server, "<name"
 * after that one, "^name" its child.
 */
#include "model/judge.h"

#include <string.h>

#include "../truth/world.h"
#include "test.h"

/* --- from text -------------------------------------------------------------------------------- */

static struct requirement *find_requirement(struct world *w, struct slice name)
{
	for_each (q, &w->product.requirements)
		if (slice_equal(slice_of(q->id.s), name))
			return q;
	return NULL;
}

/* One more demand, of a requirement that may be there already. */
static struct demand *add_demand(struct world *w, struct slice name)
{
	struct requirement *q = find_requirement(w, name);
	struct demand *d = world_add_demand(w, q ? "" : arena_copy(w->arena, name));

	if (q)
		d->requirement = q;
	return d;
}

static size_t name_length(struct slice s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] >= 'a' && s.p[n] <= 'z')
		n++;
	return n;
}

static void add_after(struct world *w, struct requirement *q, struct slice name)
{
	if (!q->after.items)
		q->after.items = ARENA_ARRAY(w->arena, struct text, WORLD_DEMANDS);
	q->after.items[q->after.n++].s = arena_copy(w->arena, name);
}

static struct slice read_mark(struct world *w, struct demand *d, struct requirement *q,
			      struct slice rest)
{
	struct slice name = slice_skip(rest, 1);

	name.n = name_length(name);
	switch (rest.p[0]) {
	case '~':
		d->needs = world_read_tree(w, arena_printf(w->arena, "%c degraded",
							   world_letter(d->needs->flow->index)));
		break;
	case '!':
		q->forbid = &w->forbidden;
		break;
	case '?':
		q->level = LEVEL_OPTIONAL;
		break;
	case '@':
		d->to = &w->to[1];
		return slice_skip(rest, 2);
	case '^':
		q->child_of.s = arena_copy(w->arena, name);
		break;
	case '<':
		add_after(w, q, name);
		break;
	default:
		fail_msg("what is %c?", rest.p[0]);
	}
	return slice_skip(rest, 1 + name.n);
}

static void read_demand(struct world *w, struct slice name, struct slice rest)
{
	struct demand *d = add_demand(w, name);
	char flow = rest.p[0];

	if (flow == '-' || flow == '_') {
		d->absence = ABSENCE_SAME_HOST;
		w->starts_here[w->plan.demands.n - 1] = flow == '-';
	} else {
		d->needs = world_read_tree(w, (char[]){flow, '\0'});
		assert_non_null(d->needs);
	}
	for (rest = slice_skip(rest, 1); rest.n;)
		rest = read_mark(w, d, find_requirement(w, name), rest);
}

static void start(struct world *w, const char *demands, const char *seen)
{
	struct slice rest = slice_of(demands), one, name;

	world_init(w);
	w->plan.demands.n = w->product.requirements.n = 0;
	while (slice_cut(&rest, ' ', &one) && slice_cut(&one, ':', &name))
		read_demand(w, name, one);
	assert_true(world_read_seen(w, slice_of(seen)));
}

static void judge_all(struct world *w)
{
	const struct judge_options options = {.starts_here = w->starts_here};

	world_judge(w, &options);
}

/* --- prerequisites ---------------------------------------------------------------------------- */

/* "web<dns", each demand that is moot and what it waits for. */
static void format_moot(const struct world *w, struct buf *out)
{
	for_each (j, &w->verdicts.items)
		if (j->prerequisite)
			buf_addf(out, "%s%s<%s", out->n ? " " : "", j->demand->requirement->id.s,
				 j->prerequisite->demand->requirement->id.s);
	buf_add_text(out, "");
}

static void prerequisites(void **state)
{
	static const struct {
		const char *demands, *seen, *moot;
		unsigned fails, moot_fails;
	} rows[] = {
		{"dns:a web:b<dns", "a=open b=open", "", 0, 0},
		{"dns:a web:b<dns", "a=dropped b=open", "web<dns", 1, 0},
		{"dns:a web:b<dns", "a=dropped b=dropped", "web<dns", 2, 1},
		{"web:b<dns dns:a", "a=dropped b=dropped", "web<dns", 2, 1},
		{"dns:a web:b<dns", "a=open b=dropped", "", 1, 0},
		/* What is open, or starts elsewhere, makes nothing moot. */
		{"dns:a web:b<dns", "a=untried b=dropped", "", 1, 0},
		{"dns:u web:b<dns", "u=silent b=dropped", "", 1, 0},
		{"dns:a web:b<dns", "b=dropped", "", 1, 0},
		{"dns:a web:b<dns", "a=dropped", "", 1, 0},
		{"web:b<nothing", "b=dropped", "", 1, 0},
		/* The first cause of a chain, also where what is in between passes. */
		{"net:a dns:b<net web:c<dns", "a=dropped b=dropped c=dropped", "dns<net web<net", 3,
		 2},
		{"net:a dns:b<net web:c<dns", "a=dropped b=open c=open", "dns<net web<net", 1, 0},
		{"net:a dns:b<net web:c<dns", "a=open b=dropped c=open", "web<dns", 1, 0},
		{"dns:a ldap:b web:c<dns<ldap", "a=open b=dropped c=open", "web<ldap", 1, 0},
		{"dns:a ldap:b web:c<dns<ldap", "a=dropped b=dropped c=open", "web<dns", 2, 0},
		/* A child's parent is one, too. */
		{"control:a data:b^control", "a=dropped b=", "data<control", 1, 0},
		{"control:a data:b^control", "a=open b=dropped", "", 1, 0},
		/* The same pair of hosts decides. */
		{"dns:a dns:e@2 web:b<dns", "a=open e=dropped b=open", "", 1, 0},
		{"dns:a dns:e@2 web:b<dns", "a=dropped e=open b=open", "web<dns", 1, 0},
		{"dns:a dns:e@2 web:b<dns web:f@2<dns", "a=dropped e=open b=open f=open", "web<dns",
		 1, 0},
		/* Between other hosts, one that works is enough to say nothing. */
		{"dns:a dns:b web:e@2<dns", "a=dropped b=open e=open", "", 1, 0},
		{"dns:a dns:b web:e@2<dns", "a=dropped b=dropped e=open", "web<dns", 2, 0},
		{"dns:a dns:b web:e@2<dns", "a=dropped e=open", "web<dns", 1, 0},
		/* What holds by itself makes nothing moot, though nothing of it was seen. */
		{"dns:- dns:b web:c<dns", "b=dropped c=dropped", "", 2, 0},
		{"dns:_ dns:b web:c<dns", "b=dropped c=dropped", "", 2, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf moot = BUF_INIT;
		struct world w;

		start(&w, rows[i].demands, rows[i].seen);
		judge_all(&w);
		format_moot(&w, &moot);
		check_text(rows[i].demands, &moot, rows[i].moot);
		assert_int_equal(w.verdicts.summary.counts[VERDICT_FAIL], rows[i].fails);
		assert_int_equal(w.verdicts.summary.moot, rows[i].moot_fails);
		buf_release(&moot);
		world_release(&w);
	}
}

/* Whose move: that of what fails first. */
static void first_move(void **state)
{
	struct world w;

	(void)state;
	start(&w, "dns:a web:b<dns mail:c<dns", "a=dropped b=vacant c=open");
	assert_true(world_add_hop(&w, slice_of("wall")));
	judge_all(&w);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(w.verdicts.items.items[i].turn, TURN_NETWORK);
		assert_ptr_equal(w.verdicts.items.items[i].device, &w.devices[0]);
	}
	assert_int_equal(w.verdicts.items.items[1].decisive->state, STATE_CLOSED);
	assert_int_equal(w.verdicts.items.items[2].turn, TURN_NOBODY);
	world_release(&w);
}

/* A hop that nobody knows is somebody else's, as long as the site says what is its own. */
static void strangers(void **state)
{
	struct world w;

	(void)state;
	start(&w, "one:a", "a=by-stranger");
	judge_all(&w);
	assert_int_equal(w.verdicts.items.items[0].turn, TURN_PROVIDER);
	w.site.zones.items = &w.zones[1];
	w.site.zones.n = 1;
	judge_all(&w);
	assert_int_equal(w.verdicts.items.items[0].turn, TURN_NETWORK);
	world_release(&w);
}

/* What got through from elsewhere is no control here. */
static void controls(void **state)
{
	struct world w;

	(void)state;
	start(&w, "one:a!", "a=dropped b=open");
	judge_all(&w);
	assert_int_equal(w.verdicts.items.items[0].verdict, VERDICT_PASS);
	assert_ptr_equal(w.verdicts.items.items[0].control, &w.outcomes[world_flow('b')][0]);
	w.results[world_flow('b')].is_here = false;
	judge_all(&w);
	assert_int_equal(w.verdicts.items.items[0].verdict, VERDICT_FORBIDDEN_OPEN);
	world_release(&w);
}

/* --- goals ------------------------------------------------------------------------------------ */

/* "then(dns all(web mail))" */
static void read_goal(struct world *w, const char **p, struct goal *g)
{
	static const char *const words[] = {
		[GOAL_ALL] = "all", [GOAL_ANY] = "any", [GOAL_ELSE] = "else", [GOAL_THEN] = "then"};
	struct slice word = {*p, name_length(slice_of(*p))};

	*p += word.n;
	*g = (struct goal){.kind = GOAL_NAME, .name = {.s = arena_copy(w->arena, word)}};
	if (**p != '(')
		return;
	for (size_t i = GOAL_ALL; i < ARRAY_LEN(words); i++)
		if (slice_is(word, words[i]))
			g->kind = (enum goal_kind)i;
	assert_int_not_equal(g->kind, GOAL_NAME);
	g->kids.items = ARENA_ARRAY(w->arena, struct goal, WORLD_DEMANDS);
	while (**p != ')') {
		++*p;
		read_goal(w, p, &g->kids.items[g->kids.n++]);
	}
	++*p;
}

/* "fail by web", "pass (partial)", "elsewhere" */
static void format_goal(const struct goal_judgement *g, struct buf *out)
{
	if (g->elsewhere)
		buf_add_text(out, "elsewhere");
	else
		buf_add_text(out, verdict_names[g->verdict]);
	if (g->partial)
		buf_add_text(out, " (partial)");
	if (g->decisive)
		buf_addf(out, " by %s", g->decisive->demand->requirement->id.s);
}

static const struct goal_row {
	const char *goal, *seen, *want;
} goal_rows[] = {
	{"all(dns web)", "a=open b=open", "pass"},
	{"all(dns web)", "a=open b=dropped", "fail by web"},
	{"all(dns web)", "a=dropped b=dropped", "fail by dns"},
	{"all(dns web)", "a=untried b=open", "not-tested by dns"},
	{"all(dns web)", "a=untried b=dropped", "fail by web"},
	{"all(dns udp)", "a=open u=silent", "unproven by udp"},
	{"all(dns web)", "a=open", "pass (partial)"},
	{"all(dns web)", "b=dropped", "fail (partial) by web"},
	{"all(dns web)", "", "elsewhere"},
	{"all(dns missing)", "a=open", "pass (partial)"},
	{"all(missing)", "a=open", "elsewhere"},

	{"any(dns web)", "a=dropped b=open", "pass"},
	{"any(dns web)", "a=open b=dropped", "pass"},
	{"any(dns web)", "a=dropped b=dropped", "fail by dns"},
	{"any(dns web)", "a=dropped b=untried", "not-tested by web"},
	{"any(dns udp)", "a=dropped u=silent", "unproven by udp"},
	{"any(dns web)", "a=open", "pass"},
	{"any(dns web)", "a=dropped", "fail (partial) by dns"},
	{"any(missing web)", "b=open", "pass"},
	{"any(weak web)", "d=open b=open", "pass"},
	{"any(weak web)", "d=open b=dropped", "degraded by weak"},
	{"any(dns web)", "", "elsewhere"},

	{"else(dns web)", "a=open b=dropped", "pass"},
	{"else(dns web)", "a=dropped b=open", "degraded by web"},
	{"else(dns web)", "a=untried b=open", "degraded by web"},
	{"else(dns web)", "b=open", "pass"},
	{"else(dns web)", "a=dropped b=dropped", "fail by web"},
	{"else(dns web)", "a=dropped b=untried", "not-tested by web"},
	{"else(weak web)", "d=open b=open", "degraded by weak"},
	{"else(dns web mail)", "a=dropped b=open c=dropped", "degraded by web"},
	{"else(dns web mail)", "a=open b=dropped c=open", "pass"},

	{"then(dns web mail)", "a=open b=open c=open", "pass"},
	{"then(dns web mail)", "a=open b=dropped c=dropped", "fail by web"},
	{"then(dns web mail)", "a=dropped b=open c=open", "fail by dns"},
	{"then(dns web mail)", "a=untried b=dropped c=open", "fail by web"},
	{"then(dns web mail)", "a=untried b=open c=open", "not-tested by dns"},
	{"then(dns never)", "a=dropped e=open", "fail by dns"},
	{"then(dns never)", "a=open e=open", "forbidden-open by never"},
	{"all(dns never)", "a=dropped e=open", "forbidden-open by never"},
	{"then(dns web)", "b=open", "pass (partial)"},
	{"then(dns web)", "", "elsewhere"},

	{"then(dns any(web mail))", "a=open b=dropped c=open", "pass"},
	{"then(dns any(web mail))", "a=open b=dropped c=dropped", "fail by web"},
	{"any(then(dns web) mail)", "a=open b=dropped c=dropped", "fail by web"},
	{"any(then(dns web) mail)", "a=open c=dropped", "pass (partial)"},
	{"any(then(dns web) mail)", "a=open c=open", "pass"},
	{"all(dns else(web mail))", "a=open b=dropped c=open", "degraded by mail"},
	{"any(else(dns web) mail)", "a=dropped b=open c=open", "pass"},
	{"else(all(dns web) mail)", "a=open b=dropped c=open", "degraded by mail"},

	/* By the name of another goal. */
	{"all(other mail)", "a=open b=dropped c=open", "fail by web"},
	{"then(other mail)", "a=open b=open c=dropped", "fail by mail"},
	{"all(other)", "a=open b=open", "pass"},
	{"all(other mail)", "c=open", "pass (partial)"},

	/* The worst of a requirement's demands that start here. */
	{"all(twice)", "f=open g=open", "pass"},
	{"all(twice)", "f=open g=dropped", "fail by twice"},
	{"all(twice)", "g=open", "pass"},
	{"any(twice dns)", "f=open g=dropped a=dropped", "fail by twice"},

	/* Nothing to open: it holds where it starts here, and is no gap elsewhere. */
	{"all(local web)", "b=open", "pass"},
	{"any(local web)", "b=dropped", "pass"},
	{"all(away web)", "b=open", "pass"},
	{"any(away web)", "b=dropped", "fail by web"},
	{"all(away)", "", "elsewhere"},
	{"all(all(away) web)", "b=open", "pass"},
	{"all(all(away dns) web)", "b=open", "pass (partial)"},
};

static void start_goals(struct world *w, const char *goal, const char *seen)
{
	const char *other = "all(dns web)";
	struct goal *both;

	start(w, "dns:a web:b mail:c udp:u weak:d~ twice:f twice:g never:e! local:- away:_", seen);
	both = ARENA_ARRAY(w->arena, struct goal, 2);
	read_goal(w, &goal, &both[0]);
	read_goal(w, &other, &both[1]);
	both[0].name.s = "goal";
	both[1].name.s = "other";
	w->product.goals.items = both;
	w->product.goals.n = 2;
}

static void goals(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(goal_rows); i++) {
		const struct goal_row *row = &goal_rows[i];
		struct buf got = BUF_INIT;
		struct buf what = BUF_INIT;
		struct world w;

		start_goals(&w, row->goal, row->seen);
		judge_all(&w);
		assert_int_equal(w.verdicts.goals.n, 2);
		format_goal(&w.verdicts.goals.items[0], &got);
		buf_addf(&what, "%s, %s", row->goal, row->seen);
		check_text(what.data, &got, row->want);
		buf_release(&got);
		buf_release(&what);
		world_release(&w);
	}
}

/* --- the summary ------------------------------------------------------------------------------ */

static void summary(void **state)
{
	static const struct {
		const char *demands, *seen;
		struct summary want;
	} rows[] = {
		{"one:a two:b", "a=open b=open", {.counts = {[VERDICT_PASS] = 2}}},
		{"one:a two:b~",
		 "a=open b=open",
		 {.counts = {[VERDICT_PASS] = 1, [VERDICT_DEGRADED] = 1}}},
		{"one:a two:b",
		 "a=dropped b=untried",
		 {.counts = {[VERDICT_FAIL] = 1, [VERDICT_NOT_TESTED] = 1}, .exit = 1}},
		{"one:a two:b",
		 "a=open b=untried",
		 {.counts = {[VERDICT_PASS] = 1, [VERDICT_NOT_TESTED] = 1}, .exit = 3}},
		{"one:a! two:b",
		 "a=open b=untried",
		 {.counts = {[VERDICT_FORBIDDEN_OPEN] = 1, [VERDICT_NOT_TESTED] = 1}, .exit = 1}},
		{"one:a two:u",
		 "a=open u=silent",
		 {.counts = {[VERDICT_PASS] = 1, [VERDICT_UNPROVEN] = 1}}},
		{"one:a two:b", "a=open", {.counts = {[VERDICT_PASS] = 1}, .elsewhere = 1}},
		{"one:a two:-", "a=open", {.counts = {[VERDICT_PASS] = 1}}},
		{"one:a? two:b? three:c? four:u?",
		 "a=open b=dropped c=untried u=silent",
		 {.counts = {[VERDICT_PASS] = 1}, .lesser_failed = 1, .lesser_open = 2}},
		{"one:a?!", "a=open", {.lesser_failed = 1}},
		{"one:a two:b<one three:c<one four:d?<one",
		 "a=dropped b=dropped c=open d=dropped",
		 {.counts = {[VERDICT_FAIL] = 2, [VERDICT_PASS] = 1},
		  .lesser_failed = 1,
		  .moot = 1,
		  .exit = 1}},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct world w;

		start(&w, rows[i].demands, rows[i].seen);
		judge_all(&w);
		if (memcmp(&w.verdicts.summary, &rows[i].want, sizeof(struct summary)) != 0)
			fail_msg("%s, %s", rows[i].demands, rows[i].seen);
		world_release(&w);
	}
}

static void goals_in_the_summary(void **state)
{
	struct world w;

	(void)state;
	start_goals(&w, "any(dns web)", "a=open b=dropped");
	judge_all(&w);
	assert_int_equal(w.verdicts.summary.goals[VERDICT_PASS], 1);
	assert_int_equal(w.verdicts.summary.goals[VERDICT_FAIL], 1);
	world_release(&w);
	start_goals(&w, "any(missing)", "a=open b=open");
	judge_all(&w);
	assert_int_equal(w.verdicts.summary.goals[VERDICT_PASS], 1);
	world_release(&w);
}

/* --- what was looked at ----------------------------------------------------------------------- */

/* The flows of the judgement's outcomes, in order. */
static void outcomes(void **state)
{
	static const struct {
		const char *tree, *also, *seen, *want;
		bool forbids;
		char control;
	} rows[] = {
		{"a", NULL, "a=open", "a", false, 0},
		{"a", NULL, "a=open,dropped6 b=open", "aa", false, 0},
		{"b or a", NULL, "a=open b=dropped", "ba", false, 0},
		{"[a, b or c]", "d", "a=open b=open,open6 c=dropped d=dropped", "abbcd", false, 0},
		{"[a, b] or [a, c]", "a", "a=open b=dropped c=open", "abc", false, 0},
		{"a", NULL, "a=", "", false, 0},
		{"a", NULL, "b=open", "", false, 0},
		{"a", NULL, "a=dropped b=open", "ab", true, 'b'},
		{"[a, b]", NULL, "a=dropped b=vacant", "ab", true, 0},
		{"a", NULL, "a=rejected b=open", "a", true, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf got = BUF_INIT;
		const struct judgement *j;
		struct world w;

		start(&w, rows[i].forbids ? "one:a!" : "one:a", rows[i].seen);
		w.demands[0].needs = world_read_tree(&w, rows[i].tree);
		w.demands[0].also = rows[i].also ? world_read_tree(&w, rows[i].also) : NULL;
		judge_all(&w);
		j = &w.verdicts.items.items[0];
		for_each (o, &j->outcomes)
			buf_add_char(&got, world_letter((*o)->flow));
		buf_add_text(&got, "");
		check_text(rows[i].tree, &got, rows[i].want);
		assert_int_equal(j->control ? world_letter(j->control->flow) : 0, rows[i].control);
		buf_release(&got);
		world_release(&w);
	}
}

/* Beside the needs: told where it fails. */
static void beside(void **state)
{
	static const struct {
		const char *seen;
		bool is_told;
	} rows[] = {
		{"a=open b=dropped", true}, {"a=dropped b=vacant", true},
		{"a=open b=open", false},   {"a=open b=untried", false},
		{"a=open", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct world w;
		const struct judgement *j;

		start(&w, "one:a", rows[i].seen);
		w.demands[0].also = world_read_tree(&w, "b");
		judge_all(&w);
		j = &w.verdicts.items.items[0];
		assert_ptr_equal(j->beside, rows[i].is_told ? &w.flows[1] : NULL);
		assert_ptr_equal(j->beside_outcome, rows[i].is_told ? &w.outcomes[1][0] : NULL);
		world_release(&w);
	}
}

/* --- no outcome ------------------------------------------------------------------------------- */

/* A question that the site has not answered. */
static void without_flows(void **state)
{
	struct world w;

	(void)state;
	start(&w, "one:a", "");
	w.demands[0].needs = NULL;
	judge_all(&w);
	assert_int_equal(w.verdicts.items.items[0].verdict, VERDICT_NOT_TESTED);
	assert_int_equal(w.verdicts.summary.exit, 3);
	w.starts_here[0] = false;
	judge_all(&w);
	assert_true(w.verdicts.items.items[0].elsewhere);
	assert_int_equal(w.verdicts.summary.elsewhere, 1);
	assert_int_equal(w.verdicts.summary.exit, 0);
	world_release(&w);
}

/* Why it was not tried is told; of a whole network that is forbidden, what proves it. */
static void not_tried(void **state)
{
	static const char why[] = "too many ports";
	struct world w;

	(void)state;
	start(&w, "one:a two:e!", "a= e=");
	w.results[world_flow('a')].not_tested = why;
	w.results[world_flow('e')].not_tested = why;
	judge_all(&w);
	assert_ptr_equal(w.verdicts.items.items[0].reason, why);
	assert_ptr_equal(w.verdicts.items.items[1].reason, why);
	w.to[1].kind = ENDPOINT_NETWORK;
	judge_all(&w);
	assert_string_equal(w.verdicts.items.items[1].reason,
			    "no single try shows a whole network closed: the rulesets prove it");
	world_release(&w);
}

/* What is required of somebody else is no exception here; nor is another port or name. */
static void exceptions(void **state)
{
	const struct flow *inside;
	struct world w;

	(void)state;
	start(&w, "one:a!", "a=rejected,open b=open");
	inside = &w.flows[world_flow('b')];
	w.demands[0].except.items = &inside;
	w.demands[0].except.n = 1;
	w.outcomes[0][1].port = inside->ports.lo;
	judge_all(&w);
	assert_int_equal(w.verdicts.items.items[0].verdict, VERDICT_PASS);
	w.results[inside->index].is_here = false;
	judge_all(&w);
	assert_int_equal(w.verdicts.items.items[0].verdict, VERDICT_FORBIDDEN_OPEN);
	w.results[inside->index].is_here = true;
	w.outcomes[0][1].port++;
	judge_all(&w);
	assert_int_equal(w.verdicts.items.items[0].verdict, VERDICT_FORBIDDEN_OPEN);
	world_release(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prerequisites),
		cmocka_unit_test(first_move),
		cmocka_unit_test(goals),
		cmocka_unit_test(summary),
		cmocka_unit_test(goals_in_the_summary),
		cmocka_unit_test(outcomes),
		cmocka_unit_test(beside),
		cmocka_unit_test(without_flows),
		cmocka_unit_test(strangers),
		cmocka_unit_test(controls),
		cmocka_unit_test(not_tried),
		cmocka_unit_test(exceptions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
