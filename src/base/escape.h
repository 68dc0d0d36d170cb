/* SPDX-License-Identifier: ISC
 *
 * Everything from outside is hostile where it is printed. One escaper for each kind of output; all
 * of them take any bytes and never fail.
 */
#pragma once

#include "base/slice.h"

struct buf;

/* Control characters, invalid UTF-8 and characters that change the direction of writing become
 * \xNN or \u{NNNN}; the rest stays. */
void escape_terminal(struct buf *out, struct slice s);
void escape_json(struct buf *out, struct slice s); /* without the quotes; RFC 8259 section 7 */
/* One CSV field, quoted where RFC 4180 wants it and where it holds a ; or a TAB, which some readers
 * take for separators; a leading = + - @ TAB CR or LF gets a ' in front, so that a spreadsheet
 * takes it for text. Controls become U+FFFD: the field may end on a terminal. */
void escape_csv(struct buf *out, struct slice s);
void escape_html(struct buf *out, struct slice s);     /* text and double-quoted attributes */
void escape_markdown(struct buf *out, struct slice s); /* inside a table's cell */
/* XML 1.0 text and double-quoted attributes; what is no character there (section 2.2), and what a
 * terminal would obey, becomes U+FFFD. */
void escape_xml(struct buf *out, struct slice s);
/* A label's value in the Prometheus text format, without the quotes. */
void escape_label(struct buf *out, struct slice s);
