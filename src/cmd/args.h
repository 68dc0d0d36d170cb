/* SPDX-License-Identifier: ISC
 *
 * Options and operands against a command's table. Options may stand anywhere; "--" ends them;
 * "--name=value" and "--name value" are the same; long names may not be shortened, because scripts
 * outlive new options.
 */
#pragma once

#include "cmd/command.h"

/* Parse, answer --help, check the number of operands, run. argv without the command's name. */
int args_run(const struct command *c, int argc, char **argv);
void command_help(const struct command *c, struct buf *out);
