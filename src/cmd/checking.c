/* SPDX-License-Identifier: ISC */
#include "cmd/checking.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/check_inbound.h"
#include "cmd/command.h"
#include "cmd/here.h"
#include "cmd/report.h"

int checking_narrow(struct checking *c, struct err *err)
{
	return check_filter(c->args, c->loaded.plan, c->is_quick, c->vantage.name, c->arena,
			    &c->narrowed, err);
}

int checking_find_vantage(struct checking *c, const char *as, struct err *err)
{
	return here_find(&c->vantage, &c->addrs, c->loaded.site, as, err);
}

int checking_limit(const struct check *c, struct err *err)
{
	if (c->n_wanted <= ENGINE_TASKS_MAX)
		return 0;
	return err_set(err, ERR_LIMIT, PLACE_NONE,
		       "%zu checks start here, more than %d: split the site's uses", c->n_wanted,
		       ENGINE_TASKS_MAX);
}

int checking_prepare(struct checking *c, struct err *err)
{
	struct check_options options = {.network_only = c->options.network_only,
					.find_login = login_find,
					.ctx = &c->logins};

	const char *reference = args_value(c->args, "ftp-login");
	int rc = reference ? login_of(reference, c->arena, &options.ftp_user, &options.ftp_password,
				      err)
			   : 0;

	if (rc)
		return rc;
	c->logins.arena = c->arena;
	check_prepare(&c->check, &c->narrowed.plan, &c->vantage, options, c->arena);
	return checking_limit(&c->check, err);
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

void checking_begin(struct checking *c)
{
	struct trial *t = &c->trial;
	size_t n = 0;

	t->run.site = c->loaded.site->name.s;
	t->run.vantage = c->vantage.name;
	if (c->options.network_only)
		t->run.options[n++] = "network";
	if (args_has(c->args, "as-documented"))
		t->run.options[n++] = "as-documented";
	if (c->is_kept)
		keeper_start(&c->keeper, &t->run);
}

static void run_begun(struct trial *t)
{
	checking_begin(t->ctx);
}

void checking_keep(struct checking *c, const struct outcome *o)
{
	keeper_add(&c->keeper, &c->narrowed.plan, &c->trial.run, o);
}

static void took_outcome(struct trial *t, struct outcome *o)
{
	struct checking *c = t->ctx;

	check_name_device(&c->check, o);
	checking_keep(c, o);
}

static int ask_far_sides(struct trial *t, struct loop *l, const volatile int *interrupted,
			 struct err *err)
{
	struct checking *c = t->ctx;

	(void)err;
	far_run(&c->far, l, interrupted);
	check_inbound_try(c, l, interrupted);
	return 0;
}

static void write_outcomes(struct trial *t)
{
	struct checking *c = t->ctx;

	keeper_write(&c->keeper);
}

int checking_try(struct checking *c, struct err *err)
{
	take_tasks(c);
	c->trial.more = add_more;
	c->trial.begun = run_begun;
	c->trial.took = took_outcome;
	c->trial.tick = write_outcomes;
	if (c->far.n) {
		c->far.trial = &c->trial;
		c->far.took = took_outcome;
		c->trial.after = ask_far_sides;
	}
	c->trial.ctx = c;
	return trial_run(&c->trial, err);
}

void checking_judge(struct checking *c)
{
	size_t n = c->trial.outcomes.n;

	check_inbound_add(c);
	check_gather(&c->check, c->trial.outcomes.items, n);
	check_inbound_gather(c);
	checking_judge_gathered(c);
}

void checking_judge_gathered(struct checking *c)
{
	c->options.starts_here = c->check.starts_here;
	c->options.comes_in = c->check.comes_in;
	if (args_count(c->args, "goal")) {
		c->options.is_wanted_goal = check_wants_goal;
		c->options.ctx = c->args;
	}
	c->options.rulings = c->rulings;
	c->options.left_out = c->narrowed.left_out.n ? &c->narrowed.left_out : NULL;
	judge(&c->narrowed.plan, c->check.results, &c->options, c->arena, &c->verdicts);
	if (c->is_kept)
		c->changes = kept_changes(&c->keeper.kept, &c->trial.run, &c->verdicts, c->arena);
}

int checking_report(struct checking *c)
{
	const struct check_report report = {
		.plan = &c->narrowed.plan,
		.verdicts = &c->verdicts,
		.outcomes = c->trial.outcomes.items,
		.n_outcomes = c->trial.outcomes.n,
		.run = &c->trial.run,
		.elapsed_ms = c->trial.elapsed_ms,
		.slowed_to = c->trial.slowed_to,
		.names = c->trial.names.data,
		.changes = c->changes,
		.all = c->all,
		.strict = c->options.strict,
		.failing = args_has(c->args, "failing"),
		.width = report_width(),
	};
	struct buf out = BUF_INIT;
	bool ok;

	keeper_stop(&c->keeper, &report);
	c->writer->check(&report, &out);
	ok = report_print(c->args, &out);
	buf_release(&out);
	return ok ? c->verdicts.summary.exit : EXIT_NOT_TESTED;
}

void checking_release(struct checking *c)
{
	keeper_release(&c->keeper);
	map_release(&c->narrowed.left_out);
	check_release(&c->check);
	check_inbound_release(c);
	trial_release(&c->trial);
	host_addrs_release(&c->addrs);
	arena_free(c->arena);
	load_release(&c->loaded);
}
