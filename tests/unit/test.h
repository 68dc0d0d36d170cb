/* SPDX-License-Identifier: ISC
 *
 * What cmocka's header wants before it, and two habits of the unit tests: rows of a table with a
 * name that a failure tells, and text compared through a buffer.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/slice.h"

/* Show both, with what is not printable written out, and fail. */
static inline void check_slice(const char *what, struct slice got, struct slice want)
{
	if (slice_equal(got, want))
		return;
	print_error("%s\n  got:", what);
	for (size_t i = 0; i < got.n; i++)
		print_error(" %02x", (unsigned char)got.p[i]);
	print_error("  \"%.*s\"\n  not:", (int)got.n, got.p ? got.p : "");
	for (size_t i = 0; i < want.n; i++)
		print_error(" %02x", (unsigned char)want.p[i]);
	print_error("  \"%.*s\"\n", (int)want.n, want.p ? want.p : "");
	fail();
}

static inline void check_text(const char *what, const struct buf *got, const char *want)
{
	check_slice(what, buf_slice(got), slice_of(want));
}

/* The same numbers in every run (xorshift64*). limit > 0. */
static inline uint32_t random_below(uint64_t *state, uint32_t limit)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (uint32_t)((*state * 0x2545f4914f6cdd1du) >> 32) % limit;
}
