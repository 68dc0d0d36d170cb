/* SPDX-License-Identifier: ISC */
#include "cmd/catalog_import.h"

#include <stdio.h>

#include "doc/fields.h"
#include "doc/import.h"
#include "sys/file.h"

enum { IMPORT_BYTES_MAX = 4 << 20 };

static int check_name(const struct arguments *args, const char *option)
{
	const char *name = args_value(args, option);

	if (!name || name_is_valid(slice_of(name)))
		return 0;
	return command_usage_error(
		"catalog import: --%s \"%s\" is no name: letters, digits, \"_\", "
		"\"-\" and \".\", at most 100",
		option, name);
}

static int check_options(const struct arguments *args)
{
	static const char *const names[] = {"product", "from", "to", "document"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		int rc = check_name(args, names[i]);

		if (rc)
			return rc;
	}
	if (!args_operand(args, 1))
		return command_usage_error("catalog import: which file? \"-\" is standard input");
	return 0;
}

static void print_questions(const struct import *im)
{
	struct buf line = BUF_INIT;

	for_each (q, &im->questions) {
		place_format(q->at, &line);
		buf_addf(&line, "question: %s\n", q->text);
	}
	fwrite(line.data, 1, line.n, stderr);
	buf_release(&line);
}

int catalog_import(const struct arguments *args)
{
	struct buf bytes = BUF_INIT;
	struct import im;
	struct err err;
	int rc = check_options(args);
	struct import_options options = {
		.file = args_operand(args, 1),
		.product = args_value(args, "product"),
		.from = args_value(args, "from"),
		.to = args_value(args, "to"),
		.section = args_value(args, "section"),
		.document = args_value(args, "document"),
	};

	if (rc)
		return rc;
	if (file_read(options.file, IMPORT_BYTES_MAX, &bytes, &err)) {
		buf_release(&bytes);
		return command_failed(&err);
	}
	if (import_table(buf_slice(&bytes), &options, &im) == 0) {
		rc = command_print(&im.text) ? EXIT_HOLDS : EXIT_NOT_TESTED;
		print_questions(&im);
	}
	if (im.errs.n)
		rc = command_failed_all(&im.errs);
	import_release(&im);
	buf_release(&bytes);
	return rc;
}
