/* SPDX-License-Identifier: ISC
 *
 * Characters of UTF-8 text, RFC 3629.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The length of the well-formed sequence at p, its character in *c; 0: there is none. n > 0. */
size_t utf8_length(const unsigned char *p, size_t n, uint32_t *c);

/* C0, DEL, C1, line separators, what turns or hides text (bidi controls, zero width, tags), and
 * what is no character. */
bool utf8_is_unprintable(uint32_t c);
