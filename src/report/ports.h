/* SPDX-License-Identifier: ISC
 *
 * What a host listens on, as text for people, as records and as a table for programs. What is not
 * known is said to be so; a number's registered name is never said to be what speaks there.
 */
#pragma once

#include "base/buf.h"
#include "model/listening.h"

/* The answer first; what is required and missing, a line a port, what should be looked at. width:
 * of the terminal; 0: no limit. */
void ports_text(const struct listening *l, size_t width, struct buf *out);
/* A row a port, and a row for what is wanted and missing. RFC 4180, with a heading. */
void ports_csv(const struct listening *l, struct buf *out);
/* One JSON object each, with the separator between: ports, listener, missing, finding, summary. */
void ports_records(const struct listening *l, int exit, const char *separator, struct buf *out);

struct ports_counts {
	size_t outside, loopback, not_told, strangers;
};
struct ports_counts ports_count(const struct listening *l);

/* Not escaped. "every IPv4 address", "10.0.0.5", "127.0.0.1 (loopback)", ... */
void ports_words_at(const struct listening_port *p, struct buf *out);
/* "passwordstate/web-to-database from web1, web2; ..."; of each at most `max` names, the rest is
 * counted; 0: all. */
void ports_words_wanted(const struct listening_port *p, size_t max, struct buf *out);
void ports_words_missed(const struct listening_gap *gap, size_t max, struct buf *out);
