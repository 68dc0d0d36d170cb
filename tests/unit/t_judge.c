/* SPDX-License-Identifier: ISC
 *
 * Trees, and what was seen of their flows, against the verdict.
 *
 * A tree: a..h are flows, &(ab) a list, |(ab) "or", >(ab) "else", ~a "degraded". What was seen:
 * "a=open b=dropped+open6", a "6" for IPv6; a flow that is not mentioned starts elsewhere, "a=" was
 * not tried. Flows a to d go to one address, e to h to another; all are in the plan.
 */
#include "model/judge.h"

#include <string.h>

#include "base/compiler.h"
#include "test.h"

enum { FLOWS = 8, SEEN_MAX = 4 };

struct fixture {
	struct arena *arena;
	struct site site;
	struct endpoint from, to[2];
	struct path path;
	struct flow flows[FLOWS];
	const struct flow *flow_list[FLOWS];
	struct claim claim;
	struct expr expr;
	struct requirement requirement;
	struct demand demand;
	const struct demand *demand_list[1];
	struct plan plan;
	struct flow_result results[FLOWS];
	struct outcome outcomes[FLOWS][SEEN_MAX];
	const struct outcome *seen[FLOWS][SEEN_MAX];
	struct verdicts verdicts;
};

static const struct {
	const char *word;
	enum state state;
	enum cause cause;
	const char *how;
} words[] = {
	{"open", STATE_OPEN, CAUSE_TARGET, "handshake"},
	{"proxied", STATE_OPEN, CAUSE_MIDDLEBOX, "handshake"},
	{"reset", STATE_OPEN_RESET, CAUSE_UNPROVEN, "handshake, then rst"},
	{"impostor", STATE_WRONG_SERVICE, CAUSE_TARGET, "handshake"},
	{"silent", STATE_SILENT, CAUSE_UNPROVEN, "no answer"},
	{"vacant", STATE_CLOSED, CAUSE_TARGET, "rst"},
	{"forged", STATE_CLOSED, CAUSE_HOP, "rst"},
	{"rejected", STATE_REJECTED, CAUSE_HOP, "icmp 3/13"},
	{"astray", STATE_REJECTED, CAUSE_HOP, "icmp 3/1"},
	{"dropped", STATE_DROPPED, CAUSE_UNPROVEN, "no answer"},
	{"noroute", STATE_UNREACHABLE, CAUSE_LOCAL_ROUTE, "connect: Network is unreachable"},
	{"noname", STATE_UNREACHABLE, CAUSE_DNS, "dns: nxdomain"},
	{"untried", STATE_NOT_ATTEMPTED, CAUSE_LOCAL_RESOURCE, "socket: Too many open files"},
	{"stopped", STATE_NOT_ATTEMPTED, CAUSE_LOCAL_RESOURCE, "interrupted"},
};

/* --- from text -------------------------------------------------------------------------------- */

static struct need *read_tree(struct fixture *f, const char **p)
{
	static const char operators[] = "&|>";
	static const enum need_kind kinds[] = {NEED_ALL, NEED_ANY, NEED_ELSE};
	struct need *n = ARENA_NEW(f->arena, struct need);
	const char *op;

	if (**p == '~') {
		n->degraded = true;
		++*p;
	}
	op = strchr(operators, **p);
	if (!op) {
		n->flow = &f->flows[*(*p)++ - 'a'];
		return n;
	}
	n->kind = kinds[op - operators];
	n->kids.items = ARENA_ARRAY(f->arena, const struct need *, FLOWS);
	for (*p += 2; **p != ')';)
		n->kids.items[n->kids.n++] = read_tree(f, p);
	++*p;
	return n;
}

static void read_seen(struct fixture *f, unsigned flow, struct slice word)
{
	struct flow_result *r = &f->results[flow];
	struct outcome *o = &f->outcomes[flow][r->n];
	bool is_v6 = word.n && word.p[word.n - 1] == '6';

	word.n -= is_v6;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (!slice_is(word, words[i].word))
			continue;
		*o = (struct outcome){
			.id = flow + 1, .flow = flow, .port = (uint16_t)(1000 + flow)};
		o->state = words[i].state;
		o->cause = words[i].cause;
		o->how = words[i].how;
		o->target = f->to[flow / 4].addresses.items[is_v6].addr;
		if (o->cause == CAUSE_DNS)
			o->target = (struct addr){0};
		f->seen[flow][r->n++] = o;
		return;
	}
	fail_msg("no word \"%.*s\"", (int)word.n, word.p);
}

/* "a=open+dropped6 b=" */
static void read_results(struct fixture *f, const char *text)
{
	struct slice rest = slice_of(text), one, word;

	while (slice_cut(&rest, ' ', &one) && one.n) {
		unsigned flow = (unsigned)(one.p[0] - 'a');
		struct slice all = slice_skip(one, 2);

		f->results[flow].is_here = true;
		f->results[flow].outcomes = f->seen[flow];
		while (slice_cut(&all, '+', &word) && word.n)
			read_seen(f, flow, word);
	}
}

static void set_addresses(struct fixture *f, struct endpoint *e, const char *v4, const char *v6)
{
	bool host_bits;

	e->addresses.items = ARENA_ARRAY(f->arena, struct prefix, 2);
	e->addresses.n = 2;
	assert_true(prefix_parse(slice_of(v4), &e->addresses.items[0], &host_bits));
	assert_true(prefix_parse(slice_of(v6), &e->addresses.items[1], &host_bits));
}

static void start(struct fixture *f)
{
	*f = (struct fixture){.arena = arena_new()};
	set_addresses(f, &f->to[0], "192.0.2.1", "2001:db8::1");
	set_addresses(f, &f->to[1], "192.0.2.2", "2001:db8::2");
	for (unsigned i = 0; i < FLOWS; i++) {
		f->flows[i] = (struct flow){
			.from = &f->from,
			.to = &f->to[i / 4],
			.transport = TRANSPORT_TCP,
			.ports = {(uint16_t)(1000 + i), (uint16_t)(1000 + i)},
			.path = &f->path,
			.claims = &f->claim,
			.index = i,
		};
		f->flow_list[i] = &f->flows[i];
	}
	f->claim.demand = &f->demand;
	f->demand =
		(struct demand){.requirement = &f->requirement, .from = &f->from, .to = &f->to[0]};
	f->demand_list[0] = &f->demand;
	f->plan.site = &f->site;
	f->plan.flows.items = f->flow_list;
	f->plan.flows.n = FLOWS;
	f->plan.demands.items = f->demand_list;
	f->plan.demands.n = 1;
}

static void stop(struct fixture *f)
{
	arena_free(f->arena);
}

/* The one judgement. */
static const struct judgement *judged(struct fixture *f, const struct judge_options *options)
{
	judge(&f->plan, f->results, options, f->arena, &f->verdicts);
	assert_int_equal(f->verdicts.items.n, 1);
	return &f->verdicts.items.items[0];
}

/* --- rows ------------------------------------------------------------------------------------- */

enum { NETWORK = 1, STRICT = 2, OPTIONAL = 4, FORBID = 8, ELSEWHERE = 16, PARTIAL = 32 };

struct row {
	const char *tree, *seen;
	unsigned flags; /* what is asked; ELSEWHERE and PARTIAL are wanted */
	enum verdict verdict;
	char decisive; /* the flow; 0: none */
	int exit;
};

static void check_row(const struct row *row)
{
	struct judge_options options = {.network_only = row->flags & NETWORK,
					.strict = row->flags & STRICT};
	const char *p = row->tree;
	const struct judgement *j;
	struct fixture f;
	char decisive;

	start(&f);
	f.demand.needs = read_tree(&f, &p);
	assert_int_equal(*p, '\0');
	f.requirement.level = row->flags & OPTIONAL ? LEVEL_OPTIONAL : LEVEL_REQUIRED;
	f.requirement.forbid = row->flags & FORBID ? &f.expr : NULL;
	read_results(&f, row->seen);
	j = judged(&f, &options);
	decisive = j->decisive ? (char)('a' + j->decisive->flow) : 0;
	if ((!j->elsewhere && j->verdict != row->verdict) || decisive != row->decisive ||
	    f.verdicts.summary.exit != row->exit || j->elsewhere != !!(row->flags & ELSEWHERE) ||
	    j->partial != !!(row->flags & PARTIAL))
		fail_msg("%s, %s: %s by '%c', exit %d%s%s", row->tree, row->seen,
			 verdict_names[j->verdict], decisive ? decisive : '-',
			 f.verdicts.summary.exit, j->elsewhere ? ", elsewhere" : "",
			 j->partial ? ", partial" : "");
	if ((j->verdict == VERDICT_FAIL || j->verdict == VERDICT_FORBIDDEN_OPEN) && !j->elsewhere)
		assert_non_null(j->decisive);
	stop(&f);
}

static void check_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		check_row(&rows[i]);
}

static void one_flow(void **state)
{
	static const struct row rows[] = {
		{"a", "a=open", 0, VERDICT_PASS, 'a', 0},
		{"a", "a=proxied", 0, VERDICT_FAIL, 'a', 1},
		{"a", "a=reset", 0, VERDICT_FAIL, 'a', 1},
		{"a", "a=reset", NETWORK, VERDICT_UNPROVEN, 'a', 0},
		{"a", "a=impostor", 0, VERDICT_FAIL, 'a', 1},
		{"a", "a=impostor", NETWORK, VERDICT_PASS, 'a', 0},
		{"a", "a=silent", 0, VERDICT_UNPROVEN, 'a', 0},
		{"a", "a=silent", STRICT, VERDICT_UNPROVEN, 'a', 1},
		{"a", "a=vacant", 0, VERDICT_FAIL, 'a', 1},
		{"a", "a=vacant", NETWORK, VERDICT_PASS, 'a', 0},
		{"a", "a=forged", 0, VERDICT_FAIL, 'a', 1},
		{"a", "a=forged", NETWORK, VERDICT_FAIL, 'a', 1},
		{"a", "a=rejected", 0, VERDICT_FAIL, 'a', 1},
		{"a", "a=dropped", 0, VERDICT_FAIL, 'a', 1},
		{"a", "a=noroute", 0, VERDICT_FAIL, 'a', 1},
		{"a", "a=noname", 0, VERDICT_FAIL, 'a', 1},
		{"a", "a=untried", 0, VERDICT_NOT_TESTED, 'a', 3},
		{"a", "a=", 0, VERDICT_NOT_TESTED, 0, 3},
		{"a", "", ELSEWHERE, VERDICT_PASS, 0, 0},
		{"a", "a=dropped", OPTIONAL, VERDICT_FAIL, 'a', 0},
		{"a", "a=untried", OPTIONAL, VERDICT_NOT_TESTED, 'a', 0},
		{"~a", "a=open", 0, VERDICT_DEGRADED, 'a', 0},
		{"~a", "a=dropped", 0, VERDICT_FAIL, 'a', 1},
		{"~a", "", ELSEWHERE, VERDICT_PASS, 0, 0},
	};

	(void)state;
	check_rows(rows, ARRAY_LEN(rows));
}

/* A range is several outcomes of one flow; so are the addresses behind a name. */
static void several_outcomes(void **state)
{
	static const struct row rows[] = {
		{"a", "a=open+open+open", 0, VERDICT_PASS, 'a', 0},
		{"a", "a=open+vacant+open", 0, VERDICT_FAIL, 'a', 1},
		{"a", "a=open+vacant+open", NETWORK, VERDICT_PASS, 'a', 0},
		{"a", "a=open+untried", 0, VERDICT_NOT_TESTED, 'a', 3},
		{"a", "a=dropped+untried", 0, VERDICT_FAIL, 'a', 1},
		{"a", "a=open+open6", 0, VERDICT_PASS, 'a', 0},
		{"a", "a=open+dropped6", 0, VERDICT_DEGRADED, 'a', 0},
		{"a", "a=dropped+open6", 0, VERDICT_DEGRADED, 'a', 0},
		{"a", "a=open+dropped+open6", 0, VERDICT_DEGRADED, 'a', 0},
		{"a", "a=open+dropped+dropped6", 0, VERDICT_FAIL, 'a', 1},
		{"a", "a=open+noroute6", 0, VERDICT_PASS, 'a', 0},
		{"a", "a=dropped+noroute6", 0, VERDICT_FAIL, 'a', 1},
		{"a", "a=noroute+noroute6", 0, VERDICT_FAIL, 'a', 1},
		{"a", "a=open+untried6", 0, VERDICT_PASS, 'a', 0},
	};

	(void)state;
	check_rows(rows, ARRAY_LEN(rows));
}

static void operators(void **state)
{
	static const struct row rows[] = {
		{"&(ab)", "a=open b=open", 0, VERDICT_PASS, 'a', 0},
		{"&(ab)", "a=open b=dropped", 0, VERDICT_FAIL, 'b', 1},
		{"&(ab)", "a=dropped b=untried", 0, VERDICT_FAIL, 'a', 1},
		{"&(ab)", "a=untried b=open", 0, VERDICT_NOT_TESTED, 'a', 3},
		{"&(ab)", "a=silent b=untried", 0, VERDICT_NOT_TESTED, 'b', 3},
		{"&(ab)", "a=open", PARTIAL, VERDICT_PASS, 'a', 0},
		{"&(ab)", "b=dropped", PARTIAL, VERDICT_FAIL, 'b', 1},
		{"&(ab)", "", ELSEWHERE, VERDICT_PASS, 0, 0},
		{"&(a~b)", "a=open b=open", 0, VERDICT_DEGRADED, 'b', 0},

		{"|(ab)", "a=open b=dropped", 0, VERDICT_PASS, 'a', 0},
		{"|(ab)", "a=dropped b=open", 0, VERDICT_PASS, 'b', 0},
		{"|(ab)", "a=dropped b=rejected", 0, VERDICT_FAIL, 'a', 1},
		{"|(ab)", "a=dropped b=untried", 0, VERDICT_NOT_TESTED, 'b', 3},
		{"|(ab)", "a=dropped b=silent", 0, VERDICT_UNPROVEN, 'b', 0},
		{"|(~ab)", "a=open b=open", 0, VERDICT_PASS, 'b', 0},
		{"|(~ab)", "a=open b=dropped", 0, VERDICT_DEGRADED, 'a', 0},
		{"|(ab)", "b=dropped", 0, VERDICT_FAIL, 'b', 1},
		{"|(ab)", "", ELSEWHERE, VERDICT_PASS, 0, 0},
		/* Directly, or through a proxy whose own leg starts at the proxy. */
		{"|(a&(bc))", "a=dropped b=open", PARTIAL, VERDICT_PASS, 'b', 0},
		{"|(a&(bc))", "a=open b=open", 0, VERDICT_PASS, 'a', 0},
		{"|(&(bc)a)", "a=open b=open", 0, VERDICT_PASS, 'a', 0},
		{"|(a&(bc))", "a=dropped b=rejected", 0, VERDICT_FAIL, 'a', 1},

		{">(ab)", "a=open b=dropped", 0, VERDICT_PASS, 'a', 0},
		{">(ab)", "a=dropped b=open", 0, VERDICT_PASS, 'b', 0},
		{">(a~b)", "a=dropped b=open", 0, VERDICT_DEGRADED, 'b', 0},
		{">(a~b)", "a=open b=dropped", 0, VERDICT_PASS, 'a', 0},
		{">(ab)", "a= b=open", 0, VERDICT_PASS, 'b', 0},
		{">(ab)", "a= b=dropped", 0, VERDICT_NOT_TESTED, 0, 3},
		{">(ab)", "a=dropped b=rejected", 0, VERDICT_FAIL, 'b', 1},
		{">(abc)", "a=dropped b=dropped c=open", 0, VERDICT_PASS, 'c', 0},
		{">(ab)", "", ELSEWHERE, VERDICT_PASS, 0, 0},

		{"&(a|(bc))", "a=open b=dropped c=open", 0, VERDICT_PASS, 'a', 0},
		{"&(a|(bc))", "a=open b=dropped c=dropped", 0, VERDICT_FAIL, 'b', 1},
		{"|(&(ab)&(cd))", "a=open b=dropped c=open d=open", 0, VERDICT_PASS, 'c', 0},
	};

	(void)state;
	check_rows(rows, ARRAY_LEN(rows));
}

static void forbidden(void **state)
{
	static const struct row rows[] = {
		{"a", "a=open", FORBID, VERDICT_FORBIDDEN_OPEN, 'a', 1},
		{"a", "a=vacant", FORBID, VERDICT_FORBIDDEN_OPEN, 'a', 1},
		{"a", "a=vacant", FORBID | NETWORK, VERDICT_FORBIDDEN_OPEN, 'a', 1},
		{"a", "a=reset b=open", FORBID, VERDICT_FORBIDDEN_OPEN, 'a', 1},
		{"a", "a=rejected", FORBID, VERDICT_PASS, 'a', 0},
		{"a", "a=forged", FORBID, VERDICT_PASS, 'a', 0},
		{"a", "a=astray", FORBID, VERDICT_FORBIDDEN_OPEN, 'a', 1},
		{"a", "a=astray b=open", FORBID, VERDICT_PASS, 'a', 0},
		{"a", "a=dropped", FORBID, VERDICT_FORBIDDEN_OPEN, 'a', 1},
		{"a", "a=dropped b=dropped", FORBID, VERDICT_FORBIDDEN_OPEN, 'a', 1},
		{"a", "a=dropped b=open", FORBID, VERDICT_PASS, 'a', 0},
		{"a", "a=dropped b=vacant", FORBID, VERDICT_PASS, 'a', 0},
		/* Control of another address, or of another family, is none. */
		{"a", "a=dropped e=open", FORBID, VERDICT_FORBIDDEN_OPEN, 'a', 1},
		{"a", "a=dropped b=open6", FORBID, VERDICT_FORBIDDEN_OPEN, 'a', 1},
		{"a", "a=dropped+dropped6 b=open", FORBID, VERDICT_FORBIDDEN_OPEN, 'a', 1},
		{"a", "a=dropped+dropped6 b=open+open6", FORBID, VERDICT_PASS, 'a', 0},
		{"a", "a=dropped+open6 b=open", FORBID, VERDICT_FORBIDDEN_OPEN, 'a', 1},
		{"a", "a=dropped+noroute6 b=open", FORBID, VERDICT_PASS, 'a', 0},
		{"a", "a=noroute", FORBID, VERDICT_FORBIDDEN_OPEN, 'a', 1},
		{"a", "a=noname b=open", FORBID, VERDICT_FORBIDDEN_OPEN, 'a', 1},
		{"a", "a=untried", FORBID, VERDICT_NOT_TESTED, 'a', 3},
		{"a", "a=untried+open", FORBID, VERDICT_FORBIDDEN_OPEN, 'a', 1},
		{"a", "a=", FORBID, VERDICT_NOT_TESTED, 0, 3},
		{"a", "", FORBID | ELSEWHERE, VERDICT_PASS, 0, 0},
		{"&(ab)", "a=rejected b=open", FORBID, VERDICT_FORBIDDEN_OPEN, 'b', 1},
		{"&(ab)", "a=rejected b=rejected", FORBID, VERDICT_PASS, 'a', 0},
	};

	(void)state;
	check_rows(rows, ARRAY_LEN(rows));
}

/* A required flow inside what is forbidden may be open; only that one. */
static void except(void **state)
{
	static const struct judge_options options = {0};
	const struct flow *inside;
	struct fixture f;
	const char *p = "a";

	(void)state;
	start(&f);
	f.demand.needs = read_tree(&f, &p);
	f.requirement.forbid = &f.expr;
	f.flows[0].ports = (struct port_range){1000, 1002};
	read_results(&f, "a=rejected+open b=open");
	f.outcomes[0][1].port = 1001;
	assert_int_equal(judged(&f, &options)->verdict, VERDICT_FORBIDDEN_OPEN);
	inside = &f.flows[1]; /* port 1001 */
	f.demand.except.items = &inside;
	f.demand.except.n = 1;
	assert_int_equal(judged(&f, &options)->verdict, VERDICT_PASS);
	f.outcomes[0][1].port = 1002;
	assert_int_equal(judged(&f, &options)->verdict, VERDICT_FORBIDDEN_OPEN);
	stop(&f);
}

static void whose_move(void **state)
{
	static const struct {
		const char *tree, *seen;
		bool has_filter;
		enum turn turn;
	} cases[] = {
		{"a", "a=open", true, TURN_NOBODY},
		{"a", "a=vacant", true, TURN_SERVER},
		{"a", "a=impostor", true, TURN_SERVER},
		{"a", "a=rejected", false, TURN_NETWORK},
		{"a", "a=dropped", true, TURN_NETWORK},
		{"a", "a=dropped", false, TURN_SERVER}, /* nothing of the site in between */
		{"a", "a=noroute", true, TURN_THIS_HOST},
		{"a", "a=untried", true, TURN_THIS_HOST},
		{"a", "a=stopped", true, TURN_NOBODY},
		{"a", "a=noname", true, TURN_NAME_SERVICE},
		{"a", "a=open+dropped6", true, TURN_NETWORK},
		{">(a~b)", "a=dropped b=open", true, TURN_NOBODY},
		{"a", "a=", true, TURN_NOBODY},
	};
	static const struct judge_options options = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct device wall = {.name = {.s = "wall"}, .filter = FILTER_STATEFUL};
		struct hop hop = {.device = &wall};
		const char *p = cases[i].tree;
		const struct judgement *j;
		struct fixture f;

		start(&f);
		f.path.hops.items = &hop;
		f.path.hops.n = cases[i].has_filter;
		f.demand.needs = read_tree(&f, &p);
		read_results(&f, cases[i].seen);
		j = judged(&f, &options);
		if (j->turn != cases[i].turn)
			fail_msg("%s, %s: %s", cases[i].tree, cases[i].seen, turn_names[j->turn]);
		assert_ptr_equal(j->device,
				 j->turn == TURN_NETWORK && cases[i].has_filter ? &wall : NULL);
		stop(&f);
	}
}

/* Beside the needs: told where it fails, and decides nothing. */
static void beside(void **state)
{
	static const struct judge_options options = {0};
	const char *p = "a", *also = "b";
	const struct judgement *j;
	struct fixture f;

	(void)state;
	start(&f);
	f.demand.needs = read_tree(&f, &p);
	f.demand.also = read_tree(&f, &also);
	read_results(&f, "a=open b=dropped");
	j = judged(&f, &options);
	assert_int_equal(j->verdict, VERDICT_PASS);
	assert_ptr_equal(j->beside, &f.flows[1]);
	assert_ptr_equal(j->beside_outcome, &f.outcomes[1][0]);
	assert_int_equal(f.verdicts.summary.exit, 0);
	f.outcomes[1][0].state = STATE_OPEN;
	f.outcomes[1][0].cause = CAUSE_TARGET;
	assert_null(judged(&f, &options)->beside);
	stop(&f);
}

/* Without flows: nothing to open, or a question that the site has not answered. */
static void without_flows(void **state)
{
	static const bool here = true;
	struct judge_options options = {0};
	struct fixture f;

	(void)state;
	start(&f);
	f.demand.absence = ABSENCE_SAME_HOST;
	assert_true(judged(&f, &options)->elsewhere);
	assert_int_equal(f.verdicts.summary.exit, 0);
	f.demand.absence = ABSENCE_NONE;
	assert_true(judged(&f, &options)->elsewhere);
	assert_int_equal(f.verdicts.summary.elsewhere, 1);
	options.starts_here = &here;
	assert_int_equal(judged(&f, &options)->verdict, VERDICT_NOT_TESTED);
	assert_int_equal(f.verdicts.summary.exit, 3);
	stop(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_flow),  cmocka_unit_test(several_outcomes),
		cmocka_unit_test(operators), cmocka_unit_test(forbidden),
		cmocka_unit_test(except),    cmocka_unit_test(whose_move),
		cmocka_unit_test(beside),    cmocka_unit_test(without_flows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
