/* SPDX-License-Identifier: ISC
 *
 * The terminal that standard output goes to, if it is one.
 */
#pragma once

#include <stddef.h>

/* Its columns; 0: no terminal, or one that does not say. */
size_t terminal_width(void);
