/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "cmd/checking.h"
#include "cmd/command.h"

static const char *const forms[] = {"text", "jsonl", "json", NULL};

static int read_options(const struct arguments *args, struct checking *c, struct err *err)
{
	int rc = format_read(args_value(args, "format"), forms, &c->format, err);

	if (!rc)
		rc = trial_read_timeout(args_value(args, "timeout"), &c->trial.timeout_ms, err);
	c->options.network_only = args_has(args, "network");
	c->options.strict = args_has(args, "strict");
	c->all = args_has(args, "all");
	return rc;
}

static int run_loaded(const struct arguments *args, struct checking *c)
{
	struct err err;
	int rc = read_options(args, c, &err);

	if (!rc)
		rc = checking_find_vantage(c, args_value(args, "as"), &err);
	if (!rc)
		rc = checking_prepare(c, &err);
	if (!rc)
		rc = checking_try(c, &err);
	if (rc)
		return command_failed(&err);
	checking_judge(c);
	return checking_report(c);
}

static int run(const struct arguments *args)
{
	const struct plan_options plan_options = {.as_documented = args_has(args, "as-documented")};
	struct checking c = {.args = args, .trial = {.names = BUF_INIT}};
	int rc = load_plan(&c.loaded, args_operand(args, 0), args_value(args, "catalog"),
			   &plan_options);

	c.arena = arena_new();
	if (!rc)
		rc = run_loaded(args, &c);
	checking_release(&c);
	return rc;
}

static const struct option_spec options[] = {
	{"as", "HOST", "which host of the site this is, when its addresses do not tell", false},
	{"network", NULL, "only whether the network lets it through", false},
	{"strict", NULL, "what cannot be proven counts as a failure", false},
	{"all", NULL, "list what holds, too", false},
	{"timeout", "MS", "how long to wait for an answer; default 700", false},
	{"catalog", "DIR", "where the product files are", false},
	{"as-documented", NULL, "the documents' own values instead of ours", false},
	{"format", "text|jsonl|json", "default text", false},
};

const struct command command_check = {
	.name = "check",
	.summary = "try the flows that start at this host, and say whose move it is",
	.operands = "SITE",
	.options = options,
	.n_options = ARRAY_LEN(options),
	.min_operands = 1,
	.max_operands = 1,
	.run = run,
};
