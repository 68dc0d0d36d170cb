/* SPDX-License-Identifier: ISC */
#include "sys/terminal.h"

#include <unistd.h>

bool terminal_can_ask(void)
{
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}
