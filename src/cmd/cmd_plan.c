/* SPDX-License-Identifier: ISC */
#include "base/suggest.h"
#include "cmd/command.h"
#include "cmd/load.h"
#include "cmd/report.h"
#include CONFIG_H

static int unknown_part(const struct plan *plan, const char *only)
{
	struct suggest s = suggest_start(slice_of(only));
	char hint[SUGGEST_TEXT_MAX];

	for_each (i, &plan->installations) {
		suggest_add(&s, i->name);
		suggest_add(&s, i->product->name.s);
		for_each (q, &i->product->requirements) {
			suggest_add(&s, arena_printf(plan->arena, "%s/%s", i->name, q->id.s));
			suggest_add(&s, arena_printf(plan->arena, "%s/%s", i->product->name.s,
						     q->id.s));
		}
	}
	return command_usage_error("nothing in this plan is called \"%s\"%s", only,
				   suggest_text(&s, hint));
}

static int print_plan(const struct plan *plan, const struct plan_query *query,
		      const struct writer *writer)
{
	struct buf out = BUF_INIT;
	struct plan_view view;
	int rc;

	if (plan_view_init(&view, plan, query)) {
		writer->plan(&view, &out);
		rc = command_print(&out) ? EXIT_HOLDS : EXIT_NOT_TESTED;
	} else {
		rc = unknown_part(plan, query->only);
	}
	plan_view_release(&view);
	buf_release(&out);
	return rc;
}

static int run(const struct arguments *args)
{
	struct plan_options options = {.as_documented = args_has(args, "as-documented")};
	const struct writer *writer = report_writer(args, REPORT_PLAN);
	int by = report_choice(args, "by", plan_by_names, PLAN_BY_APPLICATION);
	struct plan_query query = {
		.by = (enum plan_by)by,
		.only = args_value(args, "only"),
		.explain = args_has(args, "explain"),
		.as_documented = options.as_documented,
		.width = report_width(),
		.version = VERSION,
	};
	struct loaded l;
	int rc;

	if (!writer || by < 0)
		return EXIT_USAGE;
	rc = load_plan(&l, args_operand(args, 0), args_value(args, "catalog"), &options);
	if (!rc)
		rc = print_plan(l.plan, &query, writer);
	load_release(&l);
	return rc;
}

static const struct option_spec options[] = {
	{"by", "application|port|device|host", "in which order; default application", false},
	{"format", "text|csv|markdown|html|jsonl|json", "default text", false},
	{"only", "NAME", "one installation, product, or product/requirement", false},
	{"explain", NULL, "why each is needed, and where the document says so", false},
	{"as-documented", NULL, "the documents' own values instead of ours", false},
	{"catalog", "DIR", "where the product files are", false},
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
