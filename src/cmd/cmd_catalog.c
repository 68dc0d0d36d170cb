/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/suggest.h"
#include "cmd/catalog_check.h"
#include "cmd/catalog_files.h"
#include "cmd/catalog_import.h"
#include "cmd/catalog_print.h"
#include "cmd/catalog_uses.h"
#include "cmd/command.h"
#include "cmd/format.h"
#include "doc/product.h"
#include "doc/site.h"

struct run {
	const struct arguments *args;
	struct catalog catalog;
	enum format format;
	struct buf out;
	bool found; /* something that --strict counts */
};

struct subcommand {
	const char *name, *operands;
	size_t min, max;	    /* operands */
	const char *const *formats; /* those that make sense; the first goes without saying */
	bool needs_catalog;
	int (*run)(struct run *r);
};

static const char *const records[] = {"text", "jsonl", "json", NULL};
static const char *const records_or_yaml[] = {"text", "jsonl", "json", "yaml", NULL};
static const char *const json_only[] = {"json", NULL};
static const char *const yaml_only[] = {"yaml", NULL};

static struct text word(const char *s)
{
	return (struct text){s, PLACE_NONE};
}

static const char *operand(const struct run *r, size_t i)
{
	return args_operand(r->args, i + 1);
}

static size_t n_operands(const struct run *r)
{
	return args_n_operands(r->args) - 1;
}

/* Records, a line each, become one JSON text. */
static void wrap_records(struct buf *out)
{
	struct buf wrapped = BUF_INIT;
	struct slice rest = buf_slice(out), line;

	buf_add_text(&wrapped, "{\"records\":[");
	for (bool first = true; slice_cut(&rest, '\n', &line) && line.n; first = false) {
		buf_add_text(&wrapped, first ? "\n" : ",\n");
		buf_add_slice(&wrapped, line);
	}
	buf_add_text(&wrapped, "\n]}\n");
	buf_release(out);
	*out = wrapped;
}

/* --- list ------------------------------------------------------------------------------------- */

static size_t longest_name(const struct catalog *c)
{
	size_t width = 0;

	for (size_t i = 0; i < c->n; i++)
		if (strlen(c->names[i]) > width)
			width = strlen(c->names[i]);
	return width;
}

static void list_line(struct buf *out, const struct product *p, size_t width)
{
	buf_addf(out, "%-*s  %12zu  %9zu  ", (int)width, p->name.s, p->requirements.n,
		 p->documents.n);
	escape_terminal(out, slice_of(p->title.s ? p->title.s : p->name.s));
	buf_add_char(out, '\n');
}

static int run_list(struct run *r)
{
	size_t width = longest_name(&r->catalog);
	struct errs errs = {0};

	if (r->format == FORMAT_TEXT)
		buf_addf(&r->out, "%-*s  %12s  %9s  %s\n", (int)width, "PRODUCT", "REQUIREMENTS",
			 "DOCUMENTS", "TITLE");
	for (size_t i = 0; i < r->catalog.n; i++) {
		struct product *p = catalog_product(&r->catalog, word(r->catalog.names[i]), &errs);

		if (!p)
			continue;
		if (r->format == FORMAT_TEXT)
			list_line(&r->out, p, width);
		else
			catalog_list_record(p, &r->out);
		product_free(p);
	}
	return errs.n ? command_failed_all(&errs) : EXIT_HOLDS;
}

/* --- show ------------------------------------------------------------------------------------- */

static int run_show(struct run *r)
{
	struct errs errs = {0};
	struct product *p = catalog_product(&r->catalog, word(operand(r, 0)), &errs);

	if (!p)
		return command_failed_all(&errs);
	if (r->format == FORMAT_TEXT)
		catalog_text(p, &r->out);
	else if (r->format == FORMAT_YAML)
		product_format(p, &r->out);
	else
		catalog_records(p, &r->out);
	product_free(p);
	return EXIT_HOLDS;
}

/* --- check ------------------------------------------------------------------------------------ */

/* All products of the catalog, for what can only be seen beside each other. One that cannot be
 * read is told by whoever checks it. */
static size_t read_others(struct catalog *c, const struct product **others)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++) {
		struct errs ignored = {0};
		struct product *p = catalog_product(c, word(c->names[i]), &ignored);

		if (p)
			others[n++] = p;
		errs_release(&ignored);
	}
	return n;
}

static void check_one(struct run *r, const char *name, const struct lint_context *context,
		      struct errs *errs)
{
	struct product *p = catalog_product(&r->catalog, word(name), errs);
	struct check_result result;

	if (!p)
		return;
	catalog_check(p, context, args_has(r->args, "by-severity"), &result);
	if (r->format == FORMAT_TEXT)
		catalog_check_text(p, &result, &r->out);
	else
		catalog_check_records(p, &result, &r->out);
	r->found |= result.n_lints > 0;
	check_result_release(&result);
	product_free(p);
}

static int run_check(struct run *r)
{
	const struct product **others = arena_get(r->catalog.arena, r->catalog.n, sizeof(*others));
	struct lint_context context = {others, read_others(&r->catalog, others), NULL};
	struct errs errs = {0};

	context.today = args_value(r->args, "date");
	for (size_t i = 0; i < n_operands(r); i++)
		check_one(r, operand(r, i), &context, &errs);
	for (size_t i = 0; !n_operands(r) && i < r->catalog.n; i++)
		check_one(r, r->catalog.names[i], &context, &errs);
	for (size_t i = 0; i < context.n_others; i++)
		product_free((struct product *)others[i]);
	if (errs.n)
		return command_failed_all(&errs);
	return r->found && args_has(r->args, "strict") ? EXIT_FAILS : EXIT_HOLDS;
}

/* --- schema ----------------------------------------------------------------------------------- */

static int run_schema(struct run *r)
{
	if (strcmp(operand(r, 0), "product") == 0)
		product_schema(&r->out);
	else if (strcmp(operand(r, 0), "site") == 0)
		site_schema(&r->out);
	else
		return command_usage_error("catalog: there is a schema of \"product\" and one of "
					   "\"site\", none of \"%.40s\"",
					   operand(r, 0));
	return EXIT_HOLDS;
}

/* --- uses ------------------------------------------------------------------------------------- */

static int run_uses(struct run *r)
{
	struct port_filter filter;
	struct errs errs = {0};
	struct err err;

	if (port_filter_read(operand(r, 0), &filter, &err))
		return command_failed(&err);
	if (r->format == FORMAT_TEXT)
		catalog_uses_text(&r->catalog, &filter, &r->out, &errs);
	else
		catalog_uses_records(&r->catalog, &filter, &r->out, &errs);
	return errs.n ? command_failed_all(&errs) : EXIT_HOLDS;
}

/* --- import ------------------------------------------------------------------------------------
 */

static int run_import(struct run *r)
{
	return catalog_import(r->args);
}

/* --- the words -------------------------------------------------------------------------------- */

static const struct subcommand subcommands[] = {
	{"list", "", 0, 0, records, true, run_list},
	{"show", "NAME|FILE", 1, 1, records_or_yaml, true, run_show},
	{"check", "[NAME|FILE ...]", 0, (size_t)-1, records, true, run_check},
	{"uses", "PORT[/TRANSPORT]", 1, 1, records, true, run_uses},
	{"import", "FILE", 1, 1, yaml_only, false, run_import},
	{"schema", "product|site", 1, 1, json_only, false, run_schema},
};

static const struct subcommand *find_subcommand(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(subcommands); i++)
		if (strcmp(subcommands[i].name, name) == 0)
			return &subcommands[i];
	return NULL;
}

static int unknown_subcommand(const char *name)
{
	struct suggest s = suggest_start(slice_of(name));
	char hint[SUGGEST_TEXT_MAX];

	for (size_t i = 0; i < ARRAY_LEN(subcommands); i++)
		suggest_add(&s, subcommands[i].name);
	return command_usage_error(
		"catalog: \"%.40s\" is none of list, show, check, uses, import and schema%s", name,
		suggest_text(&s, hint));
}

static int run_subcommand(struct run *r, const struct subcommand *s)
{
	struct err err;
	int rc;

	if (format_read(args_value(r->args, "format"), s->formats, &r->format, &err))
		return command_failed(&err);
	if (s->needs_catalog && catalog_open(&r->catalog, args_value(r->args, "catalog"), &err))
		rc = command_failed(&err);
	else
		rc = s->run(r);
	if (r->format == FORMAT_JSON && s->formats != json_only && (r->out.n || rc == EXIT_HOLDS))
		wrap_records(&r->out);
	if (r->out.n && !command_print(&r->out))
		rc = EXIT_NOT_TESTED;
	catalog_close(&r->catalog);
	return rc;
}

static int run(const struct arguments *args)
{
	const struct subcommand *s = find_subcommand(args_operand(args, 0));
	struct run r = {.args = args, .out = BUF_INIT};
	int rc;

	if (!s)
		return unknown_subcommand(args_operand(args, 0));
	if (n_operands(&r) < s->min)
		return command_usage_error("catalog %s: %s is missing", s->name, s->operands);
	if (n_operands(&r) > s->max)
		return command_usage_error("catalog %s: \"%.60s\" is one operand too many", s->name,
					   operand(&r, s->max));
	rc = run_subcommand(&r, s);
	buf_release(&r.out);
	return rc;
}

static const struct option_spec options[] = {
	{"catalog", "DIR", "where the products are; default: $PORTOLAN_CATALOG, else our own",
	 false},
	{"format", "FORMAT", "text, jsonl or json; show: yaml, too", false},
	{"by-severity", NULL, "check: the worst first, instead of the file's order", false},
	{"date", "DATE", "check: today, as 2026-11-20, to find documents not looked at for long",
	 false},
	{"strict", NULL, "check: exit with 1 where a lint found something", false},
	CATALOG_IMPORT_OPTIONS,
};

const struct command command_catalog = {
	.name = "catalog",
	.summary = "list, show and check the products; import a table",
	.operands = "list | show NAME | check [NAME|FILE ...] | uses PORT | import FILE | schema "
		    "product|site",
	.options = options,
	.n_options = ARRAY_LEN(options),
	.min_operands = 1,
	.max_operands = -1,
	.run = run,
};
