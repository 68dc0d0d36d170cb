/* SPDX-License-Identifier: ISC
 *
 * The bytes of a message, from a slice that shrinks as they are taken. Each take is false, and
 * takes nothing, where there are too few: a chain of them with && stops at the first that is
 * missing.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

bool wire_take(struct slice *s, size_t n, struct slice *bytes);
bool wire_take8(struct slice *s, uint8_t *v);
bool wire_take16(struct slice *s, uint16_t *v); /* network order */
bool wire_take32(struct slice *s, uint32_t *v);
bool wire_take16le(struct slice *s, uint16_t *v); /* Microsoft's order */
bool wire_take32le(struct slice *s, uint32_t *v);

/* Are these bytes at its front? Takes them where they are. */
bool wire_take_same(struct slice *s, const void *bytes, size_t n);

/* Up to the first NUL, which is taken too; without one all that there is. */
struct slice wire_take_string(struct slice *s);
