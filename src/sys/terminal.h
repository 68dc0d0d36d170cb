/* SPDX-License-Identifier: ISC
 *
 * The terminal, if there is one: how wide it is, and whether there is a person to ask.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* The columns of standard output; 0: no terminal, or one that does not say. */
size_t terminal_width(void);

/* Standard error is one: what passes by may be shown there. */
bool terminal_has_stderr(void);

/* Standard input and standard error are terminals: questions go to the one, answers come from the
 * other, and standard output stays free for the result. */
bool terminal_can_ask(void);
