/* SPDX-License-Identifier: ISC */
#include "cmd/command.h"

static int run(const struct arguments *args)
{
	(void)args;
	return EXIT_NOT_TESTED;
}

const struct command command_catalog = {
	.name = "catalog",
	.summary = "list, show and check the products",
	.operands = "list|show|check [NAME]",
	.min_operands = 1,
	.max_operands = 1,
	.run = run,
};
