/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "cmd/command.h"
#include "cmd/load.h"
#include "report/plan_records.h"

static void add_records(const struct plan *plan, struct buf *out)
{
	for_each (f, &plan->flows) {
		record_flow(out, *f);
		buf_add_char(out, '\n');
	}
	for_each (q, &plan->questions) {
		record_question(out, q);
		buf_add_char(out, '\n');
	}
	for_each (w, &plan->warnings) {
		record_finding(out, w);
		buf_add_char(out, '\n');
	}
}

static int run(const struct arguments *args)
{
	struct plan_options options = {.as_documented = args_has(args, "as-documented")};
	struct buf out = BUF_INIT;
	struct loaded l;
	int rc = load_plan(&l, args_operand(args, 0), args_value(args, "catalog"), &options);

	if (!rc) {
		add_records(l.plan, &out);
		rc = command_print(&out) ? EXIT_HOLDS : EXIT_NOT_TESTED;
	}
	buf_release(&out);
	load_release(&l);
	return rc;
}

static const struct option_spec options[] = {
	{"catalog", "DIR", "where the product files are", false},
	{"as-documented", NULL, "the documents' own values instead of ours", false},
	{"format", "FORM", "text, csv, markdown, html, jsonl or json", false},
};

const struct command command_plan = {
	.name = "plan",
	.summary = "what a site's products need, flow by flow",
	.operands = "SITE",
	.options = options,
	.n_options = ARRAY_LEN(options),
	.min_operands = 1,
	.max_operands = 1,
	.run = run,
};
