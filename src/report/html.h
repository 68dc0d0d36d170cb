/* SPDX-License-Identifier: ISC
 *
 * What the pages have in common: one page in one file, no server, no other resource, readable
 * without its script. What comes from documents goes through escape_html(), or into the JSON block
 * with < > & as \u003c and so on.
 */
#pragma once

#include "base/buf.h"

struct html_head {
	const char *brand;   /* "portolan plan"; ours */
	const char *name;    /* of the window */
	const char *heading; /* of the page */
	const char *answer;
};
/* Up to the answer. */
void html_start(const struct html_head *head, struct buf *out);
/* The data as JSON, the script, the end. */
void html_stop(const struct buf *json, struct buf *out);
/* The end of a page without a table: nothing is to be sorted. */
void html_end(struct buf *out);

void html_text(struct buf *out, const char *s);
/* tag and class are ours. */
void html_element(struct buf *out, const char *tag, const char *class, const char *s);
void html_tile(struct buf *out, const char *class, size_t n, const char *what);
/* A label and what it says, in a <dl>; nothing for NULL and "". */
void html_fact(struct buf *out, const char *label, const char *text);
/* The form of filters, a list of these names each, and the heads of a table whose first column
 * has the button that opens a row. By its key a column is sorted. */
struct html_column {
	const char *key, *title;
};
void html_filters(const char *const *names, size_t n, const char *placeholder, struct buf *out);
void html_table_start(const struct html_column *columns, size_t n, const char *by, struct buf *out);
