/* SPDX-License-Identifier: ISC */
#include "cmd/check_results.h"

#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/mem.h"
#include "cmd/check_script.h"
#include "cmd/command.h"
#include "doc/results.h"
#include "probe/hearsay.h"
#include "probe/method.h"
#include "sys/file.h"

enum { BYTES_MAX = 64 << 20 };

/* One host's. */
struct part {
	struct part *next;
	struct results results;
	struct vantage vantage;
	struct check check;
	struct handed handed;
	const char *method;
	size_t first, n; /* its outcomes */
	size_t strange;	 /* results of nothing that is in the plan */
};

struct hearing {
	struct checking *c;
	struct part *parts, **last;
	size_t room; /* of the trial's outcomes */
};

struct hearing *check_hear(struct checking *c)
{
	struct hearing *h = ARENA_NEW(c->arena, struct hearing);

	h->c = c;
	h->last = &h->parts;
	text_pool_init(&c->trial.texts);
	return h;
}

void check_stop_hearing(struct hearing *h)
{
	for (struct part *p = h ? h->parts : NULL; p; p = p->next)
		check_release(&p->check);
}

/* --- what was told, by task ------------------------------------------------------------------- */

/* A told line and the try that it answers. */
struct heard {
	size_t try;
	const struct told *told;
};

static int by_try(const void *a, const void *b)
{
	const struct heard *x = a, *y = b;

	if (x->try != y->try)
		return x->try < y->try ? -1 : 1;
	return addr_compare(&x->told->address, &y->told->address);
}

static char *key_of(struct arena *a, uint64_t flow, struct slice target, unsigned port)
{
	return arena_printf(a, "%016llx %u %.*s", (unsigned long long)flow, port, (int)target.n,
			    target.p);
}

/* Tries by their keys. */
static void index_tries(const struct checking *c, const struct part *p, struct map *tries)
{
	size_t n;
	const struct task *tasks = check_tasks(&p->check, &n);

	for (size_t i = 0; i < p->handed.n; i++) {
		struct script_try *try = &p->handed.tries[i];
		uint64_t flow = c->narrowed.plan.flows.items[tasks[p->handed.tasks[i]].flow]->id;

		map_add(tries, slice_of(key_of(c->arena, flow, slice_of(try->target), try->port)),
			try);
	}
}

static struct heard *match(const struct checking *c, struct part *p, size_t *n)
{
	struct heard *heard = mem_new(p->results.items.n, sizeof(*heard));
	struct map tries = {0};

	*n = 0;
	index_tries(c, p, &tries);
	for_each (t, &p->results.items) {
		char *key = key_of(c->arena, t->flow, t->target, t->port);
		const struct script_try *try = map_find(&tries, slice_of(key));

		if (try && try->transport == t->transport)
			heard[(*n)++] = (struct heard){(size_t)(try - p->handed.tries), t};
		else
			p->strange++;
	}
	map_release(&tries);
	if (*n)
		qsort(heard, *n, sizeof(*heard), by_try);
	return heard;
}

/* --- outcomes --------------------------------------------------------------------------------- */

static void add_outcome(struct hearing *h, struct part *p, size_t try, const struct told *told)
{
	struct trial *t = &h->c->trial;
	size_t n_tasks, task = p->handed.tasks[try];
	struct hearsay hearsay = {.task = &check_tasks(&p->check, &n_tasks)[task],
				  .method = p->method,
				  .at_ms = p->results.at_ms,
				  .texts = &t->texts};
	struct outcome *o;

	if (t->outcomes.n == h->room) {
		h->room = h->room ? h->room * 2 : 64;
		t->outcomes.items = mem_resize(t->outcomes.items, h->room, sizeof(*o));
	}
	check_ask(hearsay.task, p->handed.id, try, &hearsay.ask);
	o = &t->outcomes.items[t->outcomes.n];
	hearsay_outcome(&hearsay, told, o);
	o->vantage = p->vantage.name;
	o->task = (unsigned)task;
	o->id = (unsigned)++t->outcomes.n;
	check_name_device(&p->check, o);
}

static void add_outcomes(struct hearing *h, struct part *p)
{
	size_t n, at = 0;
	struct heard *heard = match(h->c, p, &n);

	p->first = h->c->trial.outcomes.n;
	for (size_t i = 0; i < p->handed.n; i++) {
		if (at == n || heard[at].try != i)
			add_outcome(h, p, i, NULL);
		for (; at < n && heard[at].try == i; at++)
			add_outcome(h, p, i, heard[at].told);
	}
	p->n = h->c->trial.outcomes.n - p->first;
	free(heard);
}

/* --- one host's results ----------------------------------------------------------------------- */

PRINTF(2, 3) static void note(const char *file, const char *fmt, ...)
{
	struct buf out = BUF_INIT;
	va_list ap;

	buf_add_text(&out, "portolan: ");
	escape_terminal(&out, slice_of(file));
	buf_add_text(&out, ": ");
	va_start(ap, fmt);
	buf_addfv(&out, fmt, ap);
	va_end(ap);
	fprintf(stderr, "%s\n", out.data);
	buf_release(&out);
}

static void tell_oddities(const struct part *p)
{
	const char *file = p->results.file;

	if (p->results.is_cut_short)
		note(file, "the last line is missing: the run was interrupted, or the file was "
			   "cut; what is missing was not tested");
	if (p->results.id != p->handed.id)
		note(file, "these are results of another plan than the site gives now: run a new "
			   "script where it matters");
	if (p->strange)
		note(file, "%zu result%s of what is not in the plan %s left out", p->strange,
		     p->strange == 1 ? "" : "s", p->strange == 1 ? "was" : "were");
}

static int find_host(struct hearing *h, struct part *p, struct err *err)
{
	const struct site *s = h->c->loaded.site;
	const struct results *r = &p->results;
	struct place at = {.file = r->file};

	if (strcmp(r->site, s->name.s) != 0)
		return err_set(err, ERR_DOCUMENT, at,
			       "these are results of the site \"%.60s\", not of \"%.60s\"", r->site,
			       s->name.s);
	if (!vantage_find(s, r->host, &p->vantage))
		return err_set(err, ERR_DOCUMENT, at, "the site has no host \"%.60s\"", r->host);
	for (const struct part *other = h->parts; other; other = other->next)
		if (strcmp(other->vantage.name, p->vantage.name) == 0)
			return err_set(err, ERR_DOCUMENT, at,
				       "results from %.60s were given before: one file a host",
				       p->vantage.name);
	return 0;
}

int check_hear_results(struct hearing *h, const char *file, struct slice bytes, const char *method,
		       struct err *err)
{
	struct checking *c = h->c;
	struct part *p = ARENA_NEW(c->arena, struct part);
	int rc = results_read(file, bytes, c->arena, &p->results, err);

	p->method = method;
	if (!rc)
		rc = find_host(h, p, err);
	if (rc)
		return rc;
	*h->last = p;
	h->last = &p->next;
	check_prepare(&p->check, &c->narrowed.plan, &p->vantage, (struct check_options){0},
		      c->arena);
	rc = checking_limit(&p->check, err);
	if (rc)
		return rc;
	check_hand_over(c, &p->check, &p->handed);
	add_outcomes(h, p);
	tell_oddities(p);
	return 0;
}

/* --- all of them ------------------------------------------------------------------------------ */

void check_merge_result(struct arena *a, struct flow_result *to, const struct flow_result *from)
{
	const struct outcome **both;

	if (!from->is_here)
		return;
	if (!to->is_here) {
		*to = *from;
		return;
	}
	both = ARENA_ARRAY(a, const struct outcome *, to->n + from->n + 1);
	for (size_t i = 0; i < to->n; i++)
		both[i] = to->outcomes[i];
	for (size_t i = 0; i < from->n; i++)
		both[to->n + i] = from->outcomes[i];
	to->outcomes = both;
	to->n += from->n;
}

static void merge(struct hearing *h, struct part *p)
{
	struct checking *c = h->c;

	check_gather(&p->check, c->trial.outcomes.items + p->first, p->n);
	for (size_t i = 0; i < c->narrowed.plan.flows.n; i++)
		check_merge_result(c->arena, &c->check.results[i], &p->check.results[i]);
	for (size_t i = 0; i < c->narrowed.plan.demands.n; i++) {
		c->check.starts_here[i] |= p->check.starts_here[i];
		c->check.comes_in[i] |= p->check.comes_in[i];
	}
}

/* "web1", "web1 and sql1", "web1, sql1 and dc1" */
static const char *name_all(const struct hearing *h)
{
	struct buf names = BUF_INIT;
	const char *text;

	for (const struct part *p = h->parts; p; p = p->next) {
		if (p != h->parts)
			buf_add_text(&names, p->next ? ", " : " and ");
		buf_add_text(&names, p->vantage.name);
	}
	text = arena_copy(h->c->arena, buf_slice(&names));
	buf_release(&names);
	return text;
}

void check_judge_results(struct hearing *h)
{
	struct checking *c = h->c;

	c->check.results = ARENA_ARRAY(c->arena, struct flow_result, c->narrowed.plan.flows.n + 1);
	c->check.starts_here = ARENA_ARRAY(c->arena, bool, c->narrowed.plan.demands.n + 1);
	c->check.comes_in = ARENA_ARRAY(c->arena, bool, c->narrowed.plan.demands.n + 1);
	c->trial.run.started_ms = h->parts->results.at_ms;
	for (struct part *p = h->parts; p; p = p->next) {
		merge(h, p);
		if (p->results.at_ms < c->trial.run.started_ms)
			c->trial.run.started_ms = p->results.at_ms;
	}
	c->vantage.name = name_all(h);
	trial_name_run(&c->trial);
	checking_begin(c);
	for (size_t i = 0; i < c->trial.outcomes.n; i++)
		checking_keep(c, &c->trial.outcomes.items[i]);
	checking_judge_gathered(c);
}

static int read_all(struct hearing *h, struct err *err)
{
	const struct arguments *args = h->c->args;
	struct buf bytes = BUF_INIT;
	int rc = 0;

	for (size_t i = 0; !rc && i < args_count(args, "results"); i++) {
		const char *file = args_nth(args, "results", i);

		buf_clear(&bytes);
		rc = file_read(file, BYTES_MAX, &bytes, err);
		if (!rc)
			rc = check_hear_results(h, file, buf_slice(&bytes), "script", err);
	}
	buf_release(&bytes);
	return rc;
}

int check_read_results(struct checking *c, struct err *err)
{
	struct hearing *h = check_hear(c);
	int rc = read_all(h, err);

	if (!rc)
		check_judge_results(h);
	check_stop_hearing(h);
	return rc;
}
