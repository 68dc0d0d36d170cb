/* SPDX-License-Identifier: ISC
 *
 * What every file needs of the language: attributes, the length of an array,
 * and BUG() for what can only be our own mistake.
 */
#pragma once

#include <stddef.h>

#define MUST_USE	   __attribute__((warn_unused_result))
#define PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
#define NORETURN	   __attribute__((noreturn))
#define UNUSED		   __attribute__((unused))

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* Our own mistake: print file and line, then abort. Never for input or for the network. */
#define BUG(...) bug_at(__FILE__, __LINE__, __VA_ARGS__)
NORETURN PRINTF(3, 4) void bug_at(const char *file, int line, const char *fmt, ...);
