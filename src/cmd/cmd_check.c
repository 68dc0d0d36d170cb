/* SPDX-License-Identifier: ISC */
#include "cmd/check_results.h"
#include "cmd/check_script.h"
#include "cmd/check_ssh.h"
#include "cmd/checking.h"
#include "cmd/command.h"
#include "cmd/report.h"

#define QUICK_HOST "this-host"

static int read_options(const struct arguments *args, struct checking *c, struct err *err)
{
	int rc = trial_read_timeout(args_value(args, "timeout"), &c->trial.timeout_ms, err);

	c->options.network_only = args_has(args, "network");
	c->options.strict = args_has(args, "strict");
	c->all = args_has(args, "all");
	return rc;
}

static bool is_ssh(const struct arguments *args)
{
	return args_has(args, "ssh") || args_has(args, "ssh-to");
}

/* Another host of the site: this host's addresses are not its. */
static int find_other(struct checking *c, const char *from, struct err *err)
{
	if (vantage_find(c->loaded.site, from, &c->vantage))
		return 0;
	return err_set(err, ERR_USAGE, PLACE_NONE, "the site has no host \"%.60s\"", from);
}

static int prepare(const struct arguments *args, struct checking *c, struct err *err)
{
	const char *from = args_value(args, "from");
	const char *as = c->is_quick ? QUICK_HOST : args_value(args, "as");
	int rc = from ? find_other(c, from, err) : checking_find_vantage(c, as, err);

	return rc ? rc : checking_prepare(c, err);
}

static int try_here(struct checking *c, struct err *err)
{
	int rc = checking_try(c, err);

	if (!rc)
		checking_judge(c);
	return rc;
}

static int run_where(const struct arguments *args, struct checking *c, struct err *err)
{
	if (args_count(args, "results"))
		return check_read_results(c, err);
	return is_ssh(args) ? check_over_ssh(c, err) : try_here(c, err);
}

static int run_loaded(const struct arguments *args, struct checking *c)
{
	struct err err;
	int rc = read_options(args, c, &err);

	if (!rc)
		rc = checking_narrow(c, &err);
	if (!rc && !args_count(args, "results"))
		rc = prepare(args, c, &err);
	if (!rc && args_has(args, "script"))
		return check_write_script(c, args_value(args, "script"));
	if (!rc)
		rc = run_where(args, c, &err);
	return rc ? command_failed(&err) : checking_report(c);
}

/* Who tries is said in one way. */
static int refuse_mixtures(const struct arguments *args)
{
	if (args_count(args, "results") &&
	    (args_has(args, "script") || args_has(args, "from") || is_ssh(args)))
		return command_usage_error("--results says itself which host it is from, and what "
					   "was tried: it goes with no other");
	if (args_has(args, "script") && is_ssh(args))
		return command_usage_error("--script writes a script, --ssh tries: give one of them");
	if (args_has(args, "from") && args_has(args, "as"))
		return command_usage_error("--as says which host this is, --from which other one "
					   "tries: give one of them");
	if (args_has(args, "from") && !args_has(args, "script") && !is_ssh(args))
		return command_usage_error("--from says which host tries; say how: --ssh, or --script "
					   "for one that is run there by hand");
	if (is_ssh(args) && !args_has(args, "from"))
		return command_usage_error("--ssh wants --from HOST: which host of the site it is");
	return 0;
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
	};

	host_addrs_read(&c->addrs);
	q.own = c->addrs.items;
	q.n_own = c->addrs.n;
	return load_quick(&c->loaded, &q, args_operand(args, 0), args_value(args, "catalog"),
			  options);
}

static int load(const struct arguments *args, struct checking *c)
{
	static const char *const of_words[] = {"feature", "choice", "setting"};
	const struct plan_options options = {.as_documented = args_has(args, "as-documented")};

	c->is_quick = args_n_operands(args) > 1;
	if (c->is_quick)
		return load_words(args, c, &options);
	for (size_t i = 0; i < ARRAY_LEN(of_words); i++)
		if (args_count(args, of_words[i]))
			return command_usage_error("--%s goes with PRODUCT ROLE=HOST; of a site, "
						   "the file says it",
						   of_words[i]);
	return load_plan(&c->loaded, args_operand(args, 0), args_value(args, "catalog"), &options);
}

static int run(const struct arguments *args)
{
	struct checking c = {.args = args,
			     .writer = report_writer(args, REPORT_CHECK),
			     .loaded = {.bytes = BUF_INIT},
			     .check = {.tasks = BUF_INIT, .questions = BUF_INIT},
			     .trial = {.names = BUF_INIT}};
	int rc;

	if (!c.writer)
		return EXIT_USAGE;
	c.arena = arena_new();
	rc = refuse_mixtures(args);
	if (!rc)
		rc = load(args, &c);
	if (!rc)
		rc = run_loaded(args, &c);
	checking_release(&c);
	return rc;
}

static const struct option_spec options[] = {
	{"as", "HOST", "which host of the site this is (without a site: which role)", false},
	{"only", "NAME", "only a requirement, goal, installation or product", true},
	{"goal", "NAME", "only what this goal needs", false},
	{"feature", "NAME", "without a site: a feature that is used, or \"not NAME\"", true},
	{"choice", "C=OPTION", "without a site: which of a choice's options", true},
	{"setting", "S=VALUE", "without a site: a setting's value", true},
	{"script", "sh|powershell", "write a script that tries the flows elsewhere", false},
	{"from", "HOST", "which host of the site tries: with --script or --ssh", false},
	{"ssh", NULL, "try from that host: a small program is carried there", false},
	{"ssh-to", "DESTINATION", "the same, where ssh knows it by another name", false},
	{"results", "FILE", "judge what such a script printed", true},
	{"network", NULL, "only whether the network lets it through", false},
	{"strict", NULL, "what cannot be proven counts as a failure", false},
	{"all", NULL, "list what holds, too", false},
	{"timeout", "MS", "how long to wait for an answer; default 700", false},
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
