/* SPDX-License-Identifier: ISC */
#include <stdio.h>

#include "cmd/catalog_import.h"
#include "cmd/command.h"
#include "doc/product.h"
#include "sys/file.h"

static int run(const struct arguments *args)
{
	struct buf bytes = BUF_INIT, out = BUF_INIT;
	struct errs errs = {0};
	struct err err;
	struct product *p;

	if (strcmp(args_operand(args, 0), "import") == 0)
		return catalog_import(args);
	if (file_read(args_operand(args, 0), 1 << 24, &bytes, &err))
		return command_failed(&err);
	p = product_read(args_operand(args, 0), buf_slice(&bytes), &errs);
	if (!p)
		return command_failed_all(&errs);
	product_format(p, &out);
	product_free(p);
	command_print(&out);
	buf_release(&bytes);
	buf_release(&out);
	return 0;
}

static const struct option_spec options[] = {
	CATALOG_IMPORT_OPTIONS,
};

const struct command command_catalog = {
	.name = "catalog",
	.summary = "list, show and check the products",
	.operands = "FILE | import FILE",
	.options = options,
	.n_options = ARRAY_LEN(options),
	.min_operands = 1,
	.max_operands = 2,
	.run = run,
};
