/* SPDX-License-Identifier: ISC */
#include "cmd/checking.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/check_filter.h"
#include "cmd/command.h"
#include "cmd/here.h"
#include "cmd/report.h"

enum { CHECKS_MAX = 100000 }; /* as of one probe: a checker floods nobody */

int checking_narrow(struct checking *c, struct err *err)
{
	return check_filter(c->args, c->loaded.plan, c->is_quick, c->arena, &c->plan, err);
}

int checking_find_vantage(struct checking *c, const char *as, struct err *err)
{
	return here_find(&c->vantage, &c->addrs, c->loaded.site, as, err);
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

int checking_report(struct checking *c)
{
	const struct check_report report = {
		.plan = &c->plan,
		.verdicts = &c->verdicts,
		.outcomes = c->trial.outcomes.items,
		.n_outcomes = c->trial.outcomes.n,
		.run = &c->trial.run,
		.elapsed_ms = c->trial.elapsed_ms,
		.names = c->trial.names.data,
		.all = c->all,
		.strict = c->options.strict,
		.width = report_width(),
	};
	struct buf out = BUF_INIT;
	bool ok;

	c->writer->check(&report, &out);
	ok = report_print(c->args, &out);
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
