/* SPDX-License-Identifier: ISC
 *
 * Words with line ends where the width asks for them. Widths are in characters; 0: no limit. What
 * is wide or combining counts as one: such a line may be off.
 */
#pragma once

#include "base/buf.h"

/* Escapes s for a terminal. The first line is indented by `indent`, the others by `hang`. A word
 * that is longer than a line is not broken. */
struct paragraph {
	size_t indent, hang, width;
};
void paragraph_write(const struct paragraph *p, const char *s, struct buf *out);

/* As many whole words as fit, at least one; *rest is what remains, without the blanks between. */
struct slice paragraph_take_line(struct slice *rest, size_t width);
size_t paragraph_width(struct slice s);
