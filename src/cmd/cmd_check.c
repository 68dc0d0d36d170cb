/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "cmd/check_elsewhere.h"
#include "cmd/check_far.h"
#include "cmd/checking.h"
#include "cmd/command.h"
#include "cmd/proxy_env.h"
#include "cmd/report.h"
#include "cmd/rulings.h"
#include "sys/file.h"
#include "sys/interrupt.h"

#define QUICK_HOST "this-host"

enum { WATCH_MAX_S = 86400 };

static int read_options(const struct arguments *args, struct checking *c, struct err *err)
{
	int rc = trial_read_timeout(args_value(args, "timeout"), &c->trial.timeout_ms, err);

	if (!rc)
		rc = trial_read_rate(args_value(args, "rate"), &c->trial.rate, err);
	c->trial.is_quick = args_has(args, "no-blame");
	c->options.network_only = args_has(args, "network");
	c->options.strict = args_has(args, "strict");
	c->all = args_has(args, "all");
	if (!rc)
		rc = check_read_far(c, err);
	return rc;
}

static int run_loaded(const struct arguments *args, struct checking *c)
{
	const char *as = c->is_quick ? QUICK_HOST : args_value(args, "as");
	struct err err;
	int rc = read_options(args, c, &err);

	if (!rc && check_is_elsewhere(args))
		return check_elsewhere(c);
	if (!rc)
		rc = checking_find_vantage(c, as, &err);
	if (!rc)
		rc = checking_narrow(c, &err);
	if (!rc)
		rc = checking_prepare(c, &err);
	if (!rc)
		rc = checking_try(c, &err);
	if (rc)
		return command_failed(&err);
	checking_judge(c);
	return checking_report(c);
}

/* --- without a site --------------------------------------------------------------------------- */

static struct site_words operands_of(const struct arguments *args, struct arena *a)
{
	struct site_words w = {.n = args_n_operands(args) - 1};

	w.items = ARENA_ARRAY(a, const char *, w.n);
	for (size_t i = 0; i < w.n; i++)
		w.items[i] = args_operand(args, i + 1);
	return w;
}

static struct site_words values_of(const struct arguments *args, const char *option,
				   struct arena *a)
{
	struct site_words w = {.n = args_count(args, option)};

	w.items = ARENA_ARRAY(a, const char *, w.n);
	for (size_t i = 0; i < w.n; i++)
		w.items[i] = args_nth(args, option, i);
	return w;
}

/* PRODUCT ROLE=HOST ...: this host is the one that talks to them. */
static int load_words(const struct arguments *args, struct checking *c,
		      const struct plan_options *options)
{
	struct site_quick q = {
		.roles = operands_of(args, c->arena),
		.features = values_of(args, "feature", c->arena),
		.choices = values_of(args, "choice", c->arena),
		.settings = values_of(args, "setting", c->arena),
		.goal = args_value(args, "goal"),
		.as = args_value(args, "as"),
		.host = QUICK_HOST,
		.find_proxy = proxy_env_find,
	};

	host_addrs_read(&c->addrs);
	if (!c->addrs.n) {
		struct err err;

		err_set(&err, ERR_SYSTEM, PLACE_NONE,
			"this host has no address but the loopback's: bring a network up first");
		return command_failed(&err);
	}
	q.own = c->addrs.items;
	q.n_own = c->addrs.n;
	return load_quick(&c->loaded, &q, args_operand(args, 0), args_value(args, "catalog"),
			  options);
}

/* A word that a product may have, and no file has. */
static bool is_product_alone(const char *word)
{
	return !strpbrk(word, "/.") && !file_exists(word);
}

static int load(const struct arguments *args, struct checking *c)
{
	static const char *const of_words[] = {"feature", "choice", "setting"};
	const struct plan_options options = {.as_documented = args_has(args, "as-documented")};

	c->is_quick = args_n_operands(args) > 1;
	if (c->is_quick && args_count(args, "goal") > 1)
		return command_usage_error("without a site, --goal is given once");
	if (c->is_quick)
		return load_words(args, c, &options);
	for (size_t i = 0; i < ARRAY_LEN(of_words); i++)
		if (args_count(args, of_words[i]))
			return command_usage_error("--%s goes with PRODUCT ROLE=HOST; of a site, "
						   "the file says it",
						   of_words[i]);
	if (is_product_alone(args_operand(args, 0)))
		return command_usage_error("no file \"%.60s\" here; a product of the catalog wants "
					   "the hosts of its roles: %.60s ROLE=HOST",
					   args_operand(args, 0), args_operand(args, 0));
	return load_plan(&c->loaded, args_operand(args, 0), args_value(args, "catalog"), &options);
}

/* --- again and again -------------------------------------------------------------------------- */

static int run_once(const struct arguments *args, bool is_kept)
{
	struct checking c = {.args = args,
			     .writer = report_writer(args, REPORT_CHECK),
			     .arena = arena_new(),
			     .is_kept = is_kept,
			     .loaded = {.bytes = BUF_INIT},
			     .check = {.tasks = BUF_INIT, .questions = BUF_INIT},
			     .trial = {.names = BUF_INIT},
			     .keeper = {.lines = BUF_INIT}};
	int rc = c.writer ? check_elsewhere_refuse(args) : EXIT_USAGE;

	if (!rc)
		rc = load(args, &c);
	if (!rc)
		rc = rulings_find(args, c.loaded.plan, c.arena, &c.rulings);
	if (!rc)
		rc = run_loaded(args, &c);
	checking_release(&c);
	return rc;
}

/* Until all that is required holds, or somebody has had enough. Only the first run is kept: the
 * others would push out what was before. */
static int watch(const struct arguments *args, unsigned seconds, bool is_kept)
{
	int rc = run_once(args, is_kept);

	while ((rc == EXIT_FAILS || rc == EXIT_NOT_TESTED) && interrupt_sleep(seconds)) {
		fputc('\n', stdout);
		rc = run_once(args, false);
	}
	return rc;
}

static int run(const struct arguments *args)
{
	const char *every = args_value(args, "watch");
	bool is_kept = args_n_operands(args) == 1 && !args_has(args, "no-history");
	uint64_t seconds;

	if (!every)
		return run_once(args, is_kept);
	if (!slice_number(slice_of(every), WATCH_MAX_S, &seconds) || !seconds)
		return command_usage_error("--watch wants 1 to %d seconds", WATCH_MAX_S);
	return watch(args, (unsigned)seconds, is_kept);
}

static const struct option_spec options[] = {
	{"as", "HOST", "which host of the site this is (without a site: which role)", false},
	{"only", "NAME", "only a requirement, goal, installation or product", true},
	{"goal", "NAME", "only what this goal needs", true},
	{"feature", "NAME", "without a site: a feature that is used, or \"not NAME\"", true},
	{"choice", "C=OPTION", "without a site: which of a choice's options", true},
	{"setting", "S=VALUE", "without a site: a setting's value", true},
	{"script", "sh|powershell", "write a script that tries the flows elsewhere", false},
	{"from", "HOST", "which host of the site tries: with --script or --ssh", false},
	{"ssh", NULL, "try from that host: a small program is carried there", false},
	{"ssh-to", "DESTINATION", "the same, where ssh knows it by another name", false},
	{"results", "FILE", "judge what such a script printed", true},
	{"bundle", "FILE", "what was collected from a device (policy collect)", true},
	{"far", "HOST=ADDRESS[:PORT]", "ask portolan listen --control there what arrived", true},
	{"far-key", "HOST=KEY", "its key, or file:PATH of it", true},
	{"ftp-login", "REF", "env:NAME or file:PATH with USER:PASSWORD for FTP; else anonymous",
	 false},
	{"network", NULL, "only whether the network lets it through", false},
	{"strict", NULL, "what cannot be proven counts as a failure", false},
	{"all", NULL, "list what holds, too", false},
	{"failing", NULL, "only what failed when it was last tested", false},
	{"watch", "SECONDS", "again after so long, until all that is required holds", false},
	{"no-history", NULL, "neither keep this run nor compare it with those before", false},
	{"timeout", "MS", "how long until a port is called dropped; default 700 or more", false},
	{"rate", "N", "new connections a second at most", false},
	{"no-blame", NULL, "do not look for who is in the way", false},
	{"catalog", "DIR", "where the product files are", false},
	{"as-documented", NULL, "the documents' own values instead of ours", false},
	{"format", "text|csv|markdown|html|jsonl|json|junit|sarif|openmetrics", "default text",
	 false},
	{"output", "FILE", "write there; default: standard output", false},
};

const struct command command_check = {
	.name = "check",
	.summary = "try the flows that start at this host, and say whose move it is",
	.operands = "SITE | PRODUCT ROLE=HOST ...",
	.options = options,
	.n_options = ARRAY_LEN(options),
	.min_operands = 1,
	.max_operands = -1,
	.run = run,
};
