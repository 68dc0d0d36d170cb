/* SPDX-License-Identifier: ISC
 *
 * One requirement over many runs: what each run says of the change, and since which run.
 */
#include "model/history.h"

#include <string.h>

#include "base/compiler.h"
#include "test.h"

enum { RUNS_MAX = 16 };

/* Two ends of one name, so that there are two verdicts of one key. */
struct fixture {
	struct product product;
	struct installation installation;
	struct requirement requirement;
	struct endpoint from, to;
	struct demand demand;
	struct judgement items[2];
	struct verdicts now;
	struct arena *arena;
	struct past_run *runs[RUNS_MAX];
	size_t n_runs;
};

static void start(struct fixture *f)
{
	*f = (struct fixture){.arena = arena_new()};
	f->product.name.s = "db";
	f->installation = (struct installation){.product = &f->product, .name = "prod"};
	f->requirement.id.s = "query";
	f->from.name = "web1";
	f->to.name = "sql1";
	f->demand = (struct demand){.installation = &f->installation,
				    .requirement = &f->requirement,
				    .from = &f->from,
				    .to = &f->to};
	f->now.items.items = f->items;
}

static void stop(struct fixture *f)
{
	for (size_t i = 0; i < f->n_runs; i++)
		past_run_free(f->runs[i]);
	arena_free(f->arena);
}

/* 'E' starts elsewhere, '-' is not there. */
static void add_now(struct fixture *f, char letter)
{
	static const char letters[] = "PDFONU";
	struct judgement *j = &f->items[f->now.items.n];

	if (letter == '-')
		return;
	*j = (struct judgement){.demand = &f->demand, .elsewhere = letter == 'E'};
	if (!j->elsewhere)
		j->verdict = (enum verdict)(strchr(letters, letter) - letters);
	f->now.items.n++;
}

/* What the store would hold of this run. */
static void keep(struct fixture *f, const struct history *h, int64_t started_ms)
{
	struct arena *arena = arena_new();
	struct past_run *run = ARENA_NEW(arena, struct past_run);

	run->arena = arena;
	run->started_ms = started_ms;
	run->verdicts.items = ARENA_ARRAY(arena, struct past_verdict, 2);
	memcpy(run->options, h->options, sizeof(run->options));
	for_each (j, &f->now.items) {
		struct past_verdict *v = &run->verdicts.items[run->verdicts.n];
		size_t i = (size_t)(j - f->now.items.items);

		if (j->elsewhere)
			continue;
		v->verdict = j->verdict;
		v->vantage = h->vantage;
		v->since_ms = h->changes[i].since_ms;
		v->key = (struct slice){arena_copy(arena, h->keys[i]), h->keys[i].n};
		assert_true(map_add(&run->by_key, v->key, v));
		map_add(&run->by_vantage, slice_of(v->vantage), v);
		run->verdicts.n++;
	}
	f->runs[f->n_runs++] = run;
}

/* The next run, at `started_ms`, from `vantage`, with one option or none. */
static void run_next(struct fixture *f, struct history *h, int64_t started_ms, const char *vantage,
		     const char *option)
{
	const char **options = ARENA_ARRAY(f->arena, const char *, RUN_OPTIONS_MAX);

	options[0] = option;
	history_start(h, &f->now, vantage, started_ms, f->arena);
	h->options = options;
	for (size_t i = f->n_runs; i-- > 0 && h->open;)
		history_add(h, f->runs[i]);
	history_stop(h);
	keep(f, h, started_ms);
}

static char letter_of(const struct change *c)
{
	return c->changed ? c->changed[0] : '.';
}

static void series(void **state)
{
	/* One letter a run: the verdict; new, fixed, same or nothing; since which run (a..). */
	static const struct {
		const char *name, *verdicts, *changed, *since;
	} rows[] = {
		{"the first run", "F", ".", "."},
		{"it fails from the start", "FFF", ".ss", ".aa"},
		{"new, then the same", "PFFF", ".nss", ".bbb"},
		{"fixed", "FPP", ".fs", ".bb"},
		{"flapping", "PFPFF", ".nfns", ".bcdd"},
		{"a fallback holds", "PDFD", ".snf", ".acd"},
		{"open, yet forbidden", "POF", ".ns", ".bb"},
		{"not tested between", "PFNFF", ".n.ss", ".b.bb"},
		{"not tested between, then fixed", "FNPP", "..fs", "..cc"},
		{"not tested between, then new", "PNNF", "...n", "...d"},
		{"unproven between", "FUUF", "...s", "...a"},
		{"never tested before", "NNFF", "..ns", "..cc"},
		{"it could never be tested, and holds", "NPP", "..s", "..b"},
		{"another part was checked between", "PF-F", ".n s", ".b b"},
		{"nothing was checked before", "-FF", " .s", " .b"},
		{"it starts elsewhere", "EEE", "...", "..."},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct fixture f;

		start(&f);
		for (size_t k = 0; rows[i].verdicts[k]; k++) {
			struct history h;
			char since;

			f.now.items.n = 0;
			add_now(&f, rows[i].verdicts[k]);
			run_next(&f, &h, (int64_t)k + 1, "web1", NULL);
			if (!f.now.items.n)
				continue;
			since = h.changes[0].since_ms ? (char)('a' + h.changes[0].since_ms - 1)
						      : '.';
			if (letter_of(&h.changes[0]) != rows[i].changed[k] ||
			    since != rows[i].since[k])
				fail_msg("%s, run %zu: %c since %c", rows[i].name, k + 1,
					 letter_of(&h.changes[0]), since);
		}
		stop(&f);
	}
}

/* A requirement that is new in a site whose others are known is new where it fails. */
static void appears(void **state)
{
	struct fixture f;
	struct history h;

	(void)state;
	start(&f);
	add_now(&f, 'P');
	run_next(&f, &h, 1, "web1", NULL);
	add_now(&f, 'F');
	run_next(&f, &h, 2, "web1", NULL);
	assert_string_equal(h.changes[0].changed, "same");
	assert_string_equal(h.changes[1].changed, "new");
	assert_int_equal(h.changes[1].since_ms, 2);
	stop(&f);
}

/* Two demands of one name keep their places. */
static void twins(void **state)
{
	struct fixture f;
	struct history h;

	(void)state;
	start(&f);
	add_now(&f, 'F');
	add_now(&f, 'P');
	run_next(&f, &h, 1, "web1", NULL);
	run_next(&f, &h, 2, "web1", NULL);
	assert_string_equal(h.changes[0].changed, "same");
	assert_string_equal(h.changes[1].changed, "same");
	stop(&f);
}

/* Another vantage's runs, and runs with other options, are no history. */
static void others(void **state)
{
	struct fixture f;
	struct history h;

	(void)state;
	start(&f);
	add_now(&f, 'P');
	run_next(&f, &h, 1, "web1", NULL);
	f.now.items.n = 0;
	add_now(&f, 'F');
	run_next(&f, &h, 2, "web2", NULL);
	assert_null(h.changes[0].changed);
	run_next(&f, &h, 3, "web1", "network");
	assert_null(h.changes[0].changed);
	run_next(&f, &h, 4, "web1", NULL);
	assert_string_equal(h.changes[0].changed, "new");
	run_next(&f, &h, 5, "web1", "network");
	assert_string_equal(h.changes[0].changed, "same");
	assert_int_equal(h.changes[0].since_ms, 3);
	stop(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(series),
		cmocka_unit_test(appears),
		cmocka_unit_test(twins),
		cmocka_unit_test(others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
