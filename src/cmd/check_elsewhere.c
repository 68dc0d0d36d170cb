/* SPDX-License-Identifier: ISC */
#include "cmd/check_elsewhere.h"

#include "cmd/check_results.h"
#include "cmd/check_script.h"
#include "cmd/check_ssh.h"
#include "cmd/command.h"

static bool is_ssh(const struct arguments *args)
{
	return args_has(args, "ssh") || args_has(args, "ssh-to");
}

static bool has_results(const struct arguments *args)
{
	return args_count(args, "results");
}

bool check_is_elsewhere(const struct arguments *args)
{
	return has_results(args) || is_ssh(args) || args_has(args, "script") ||
	       args_has(args, "from");
}

int check_elsewhere_refuse(const struct arguments *args)
{
	bool writes = args_has(args, "script"), from = args_has(args, "from");

	if (check_is_elsewhere(args) && args_n_operands(args) > 1)
		return command_usage_error("--script, --results and --ssh want a site");
	if (check_is_elsewhere(args) && args_count(args, "far"))
		return command_usage_error("--far asks while this host tries: it does not go with "
					   "--script, --results or --ssh");
	if (has_results(args) && (writes || from || is_ssh(args) || args_has(args, "as")))
		return command_usage_error("--results says itself which host it is from, and what "
					   "was tried: it goes with no other");
	if (writes && is_ssh(args))
		return command_usage_error(
			"--script writes a script, --ssh tries: give one of them");
	if (from && args_has(args, "as"))
		return command_usage_error("--as says which host this is, --from which other one "
					   "tries: give one of them");
	if (from && !writes && !is_ssh(args))
		return command_usage_error(
			"--from says which host tries; say how: --ssh, or --script "
			"for one that is run there by hand");
	if (is_ssh(args) && !from)
		return command_usage_error("--ssh wants --from HOST: which host of the site it is");
	if ((has_results(args) || writes) && args_has(args, "watch"))
		return command_usage_error("--watch tries again, and what is tried by hand is not");
	if (has_results(args) && args_has(args, "failing"))
		return command_usage_error("--failing is said when the script is written");
	return 0;
}

/* Another host of the site has addresses of its own. */
static int find_vantage(struct checking *c, struct err *err)
{
	const char *from = args_value(c->args, "from");

	if (!from)
		return checking_find_vantage(c, args_value(c->args, "as"), err);
	if (vantage_find(c->loaded.site, from, &c->vantage))
		return 0;
	return err_set(err, ERR_USAGE, PLACE_NONE, "the site has no host \"%.60s\"", from);
}

static int prepare(struct checking *c, struct err *err)
{
	int rc = has_results(c->args) ? 0 : find_vantage(c, err);

	if (!rc)
		rc = checking_narrow(c, err);
	if (!rc && !has_results(c->args))
		rc = checking_prepare(c, err);
	return rc;
}

int check_elsewhere(struct checking *c)
{
	struct err err;
	int rc = prepare(c, &err);

	if (!rc && args_has(c->args, "script"))
		return check_write_script(c, args_value(c->args, "script"));
	if (!rc)
		rc = has_results(c->args) ? check_read_results(c, &err) : check_over_ssh(c, &err);
	return rc ? command_failed(&err) : checking_report(c);
}
