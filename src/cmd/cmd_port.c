/* SPDX-License-Identifier: ISC */
#include "cmd/command.h"

static int run(const struct arguments *args)
{
	(void)args;
	return EXIT_NOT_TESTED;
}

const struct command command_port = {
	.name = "port",
	.summary = "who owns a port number, and what is known of it",
	.operands = "NUMBER|NAME",
	.min_operands = 1,
	.max_operands = 1,
	.run = run,
};
