/* SPDX-License-Identifier: ISC */
#include <stdio.h>

#include "cmd/command.h"
#include "doc/product.h"
#include "sys/file.h"

static int run(const struct arguments *args)
{
	struct buf bytes = BUF_INIT, out = BUF_INIT;
	struct errs errs = {0};
	struct err err;
	struct product *p;

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

const struct command command_catalog = {
	.name = "catalog",
	.summary = "list, show and check the products",
	.operands = "FILE",
	.min_operands = 1,
	.max_operands = 1,
	.run = run,
};
