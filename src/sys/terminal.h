/* SPDX-License-Identifier: ISC
 *
 * Whether there is a person to ask.
 */
#pragma once

#include <stdbool.h>

/* Standard input and standard error are terminals: questions go to the one, answers come from the
 * other, and standard output stays free for the result. */
bool terminal_can_ask(void);
