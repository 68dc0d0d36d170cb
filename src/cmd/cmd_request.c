/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "cmd/command.h"
#include "cmd/load.h"
#include "cmd/past.h"
#include "cmd/report.h"
#include "cmd/rulings.h"
#include "report/request.h"
#include CONFIG_H

/* "2026-11-30", and a day that there is. */
static bool is_date(const char *s)
{
	static const unsigned days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	uint64_t year, month, day;
	struct slice part = slice_of(s);

	if (part.n != 10 || s[4] != '-' || s[7] != '-' ||
	    !slice_number((struct slice){s, 4}, 9999, &year) ||
	    !slice_number((struct slice){s + 5, 2}, 12, &month) || !month ||
	    !slice_number((struct slice){s + 8, 2}, days[month - 1], &day) || !day)
		return false;
	return month != 2 || day != 29 || (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
}

static int check_dates(const struct request_form *form)
{
	if (form->valid_from && !is_date(form->valid_from))
		return command_usage_error("--valid-from wants a date such as 2026-11-30");
	if (form->expires && !is_date(form->expires))
		return command_usage_error("--expires wants a date such as 2026-11-30");
	if (form->valid_from && form->expires && strcmp(form->valid_from, form->expires) >= 0)
		return command_usage_error("--expires must come after --valid-from");
	return 0;
}

static int print_request(const struct plan *plan, const struct request_form *form,
			 const struct writer *writer)
{
	struct buf out = BUF_INIT;
	struct request request;
	bool ok;

	request_init(&request, plan, form);
	writer->request(&request, &out);
	ok = command_print(&out);
	request_release(&request);
	buf_release(&out);
	return ok ? EXIT_HOLDS : EXIT_NOT_TESTED;
}

/* The evidence: the run that is given, else the last one where only what fails is asked for. */
static int find_evidence(const struct arguments *args, const char *site, struct past_run **evidence)
{
	bool failing_only = args_has(args, "failing-only");
	const char *word = args_value(args, "run");
	struct err err;

	if (!word && !failing_only)
		return 0;
	if (past_find(word ? word : "last", site, evidence, &err))
		return command_failed(&err);
	if ((*evidence)->site && strcmp((*evidence)->site, site) != 0)
		return command_usage_error("that run is of the site \"%.60s\", not of \"%.60s\"",
					   (*evidence)->site, site);
	if (failing_only && !(*evidence)->is_whole)
		return command_usage_error(
			"that run was cut off before its verdicts: what fails is "
			"not known");
	return 0;
}

static int run(const struct arguments *args)
{
	struct request_form form = {
		.requester = args_value(args, "requester"),
		.owner = args_value(args, "owner"),
		.approver = args_value(args, "approver"),
		.ticket = args_value(args, "ticket"),
		.valid_from = args_value(args, "valid-from"),
		.expires = args_value(args, "expires"),
		.environment = args_value(args, "environment"),
		.version = VERSION,
		.width = report_width(),
		.failing_only = args_has(args, "failing-only"),
	};
	const struct plan_options options = {0};
	struct past_run *evidence = NULL;
	const struct writer *writer = report_writer(args, REPORT_REQUEST);
	struct arena *arena;
	struct loaded l;
	int rc;

	if (!writer)
		return EXIT_USAGE;
	rc = check_dates(&form);
	if (rc)
		return rc;
	rc = load_plan(&l, args_operand(args, 0), args_value(args, "catalog"), &options);
	if (!rc)
		rc = find_evidence(args, l.site->name.s, &evidence);
	form.run = evidence;
	arena = arena_new();
	if (!rc)
		rc = rulings_find(args, l.plan, arena, &form.rulings);
	if (!rc)
		rc = print_request(l.plan, &form, writer);
	past_run_free(evidence);
	arena_free(arena);
	load_release(&l);
	return rc;
}

static const struct option_spec options[] = {
	{"format", "text|csv|markdown|jsonl|json", "default text", false},
	{"requester", "NAME", "who asks", false},
	{"owner", "NAME", "who answers for the rules while they are there", false},
	{"approver", "NAME", "who approves them", false},
	{"ticket", "ID", "the change's number", false},
	{"valid-from", "DATE", "as 2026-11-30", false},
	{"expires", "DATE", "when the rules must be gone or be asked for anew", false},
	{"environment", "NAME", "production, test, ...", false},
	{"failing-only", NULL, "only what fails for the network, with the evidence", false},
	{"bundle", "FILE", "what was collected from a device: it names the rule", true},
	{"run", "RUN", "the run with the evidence: a file, an id, last, last~1", false},
	{"catalog", "DIR", "where the product files are", false},
};

const struct command command_request = {
	.name = "request",
	.summary = "the firewall change request of a site",
	.operands = "SITE",
	.options = options,
	.n_options = ARRAY_LEN(options),
	.min_operands = 1,
	.max_operands = 1,
	.run = run,
};
