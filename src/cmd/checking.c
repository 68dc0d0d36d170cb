/* SPDX-License-Identifier: ISC */
#include "cmd/checking.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/check_filter.h"
#include "cmd/command.h"
#include "report/check_text.h"
#include "report/flow_words.h"

enum { CHECKS_MAX = 100000 }; /* as of one probe: a checker floods nobody */

int checking_narrow(struct checking *c, struct err *err)
{
	return check_filter(c->args, c->loaded.plan, c->is_quick, c->arena, &c->plan, err);
}

int checking_find_vantage(struct checking *c, const char *as, struct err *err)
{
	if (!c->addrs.items)
		host_addrs_read(&c->addrs);
	c->vantage.addresses.items = c->addrs.items;
	c->vantage.addresses.n = c->addrs.n;
	if (vantage_find(c->loaded.site, as, &c->vantage))
		return 0;
	if (as)
		return err_set(err, ERR_USAGE, PLACE_NONE, "the site has no host \"%.60s\"", as);
	if (c->vantage.another)
		return err_set(
			err, ERR_USAGE, PLACE_NONE,
			"this host has addresses of \"%.60s\" and of \"%.60s\"; say which one "
			"it is with --as HOST",
			c->vantage.host->name.s, c->vantage.another->name.s);
	return err_set(err, ERR_USAGE, PLACE_NONE,
		       "no host of the site has one of this host's addresses; say which one it is "
		       "with --as HOST");
}

int checking_prepare(struct checking *c, struct err *err)
{
	size_t n;

	c->logins.arena = c->arena;
	check_prepare(&c->check, &c->plan, &c->vantage,
		      (struct check_logins){login_find, &c->logins}, c->arena);
	check_tasks(&c->check, &n);
	if (n > CHECKS_MAX)
		return err_set(err, ERR_LIMIT, PLACE_NONE,
			       "%zu checks start here, more than %d: split the site's uses", n,
			       CHECKS_MAX);
	return 0;
}

static void take_tasks(struct checking *c)
{
	c->trial.tasks = check_tasks(&c->check, &c->trial.n_tasks);
	c->trial.has_names = c->check.has_names;
}

static bool add_more(struct trial *t)
{
	struct checking *c = t->ctx;
	bool more = check_follow(&c->check, t->outcomes.items, t->outcomes.n);

	take_tasks(c);
	return more;
}

int checking_try(struct checking *c, struct err *err)
{
	int rc;

	take_tasks(c);
	c->trial.more = add_more;
	c->trial.ctx = c;
	rc = trial_run(&c->trial, err);
	c->trial.run.site = c->loaded.site->name.s;
	c->trial.run.vantage = c->vantage.name;
	return rc;
}

void checking_judge(struct checking *c)
{
	check_gather(&c->check, c->trial.outcomes.items, c->trial.task_of, c->trial.outcomes.n);
	checking_judge_gathered(c);
}

void checking_judge_gathered(struct checking *c)
{
	c->options.starts_here = c->check.starts_here;
	judge(&c->plan, c->check.results, &c->options, c->arena, &c->verdicts);
}

/* --- the report ------------------------------------------------------------------------------- */

/* The requirements behind a flow, each once; in the run's arena. */
static void list_requirements(const struct checking *c, const struct flow *f,
			      struct outcome_context *context)
{
	struct buf id = BUF_INIT;
	const char **ids;
	size_t n = 0;

	for (const struct claim *claim = f->claims; claim; claim = claim->next)
		n += claim_is_first_of_requirement(f, claim);
	ids = arena_get(c->arena, n, sizeof(*ids));
	context->requirements = ids;
	context->n_requirements = n;
	for (const struct claim *claim = f->claims; claim; claim = claim->next) {
		if (!claim_is_first_of_requirement(f, claim))
			continue;
		buf_clear(&id);
		flow_words_requirement(claim->demand, &id);
		*ids++ = arena_copy(c->arena, buf_slice(&id));
	}
	buf_release(&id);
}

/* What the plan knows of the flow behind an outcome. */
static void add_outcome(const struct checking *c, const struct outcome *o, struct buf *out)
{
	const struct flow *f = c->plan.flows.items[o->flow];
	struct outcome_context context = {.installation = f->claims->demand->installation->name,
					  .from = f->from->name,
					  .to = f->to->name};
	struct buf id = BUF_INIT;

	flow_format_id(f, &id);
	context.flow = id.data;
	list_requirements(c, f, &context);
	json_outcome(out, o, &c->trial.run, &context);
	buf_release(&id);
}

static struct run_summary summary_of(const struct checking *c)
{
	const unsigned *n = c->verdicts.summary.counts;

	return (struct run_summary){.pass = n[VERDICT_PASS],
				    .degraded = n[VERDICT_DEGRADED],
				    .fail = n[VERDICT_FAIL],
				    .unproven = n[VERDICT_UNPROVEN],
				    .not_tested = n[VERDICT_NOT_TESTED],
				    .forbidden_open = n[VERDICT_FORBIDDEN_OPEN],
				    .elapsed_ms = c->trial.elapsed_ms,
				    .exit = c->verdicts.summary.exit};
}

static void add_records(const struct checking *c, struct buf *out)
{
	const char *between = c->format == FORMAT_JSONL ? "\n" : ",\n";
	const struct run_summary summary = summary_of(c);

	if (c->format == FORMAT_JSONL) {
		json_run(out, &c->trial.run);
		buf_add_char(out, '\n');
	} else {
		json_document_start(out, &c->trial.run);
	}
	for (size_t i = 0; i < c->trial.outcomes.n; i++) {
		add_outcome(c, &c->trial.outcomes.items[i], out);
		buf_add_text(out, between);
	}
	for_each (j, &c->verdicts.items) {
		record_verdict(out, j, &c->trial.run);
		buf_add_text(out, between);
	}
	json_summary(out, &summary);
	if (c->format == FORMAT_JSONL)
		buf_add_char(out, '\n');
	else
		json_document_stop(out);
}

int checking_report(struct checking *c)
{
	const struct check_header header = {.site = c->loaded.site->name.s,
					    .vantage = c->vantage.name,
					    .names = c->trial.names.data,
					    .all = c->all};
	struct buf out = BUF_INIT;
	bool ok;

	if (c->format == FORMAT_TEXT)
		check_text(&c->verdicts, &header, &out);
	else
		add_records(c, &out);
	ok = command_print(&out);
	buf_release(&out);
	return ok ? c->verdicts.summary.exit : EXIT_NOT_TESTED;
}

void checking_release(struct checking *c)
{
	check_release(&c->check);
	trial_release(&c->trial);
	host_addrs_release(&c->addrs);
	arena_free(c->arena);
	load_release(&c->loaded);
}
