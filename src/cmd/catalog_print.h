/* SPDX-License-Identifier: ISC
 *
 * A product as people read it, and as records for programs. Whatever stands in the file is escaped.
 */
#pragma once

#include "base/buf.h"
#include "model/product.h"

void catalog_text(const struct product *p, struct buf *out);

/* One line of a list: name, title, numbers. */
void catalog_list_record(const struct product *p, struct buf *out);
/* Everything of a product, a record a line; the record "product" comes first. */
void catalog_records(const struct product *p, struct buf *out);

/* "Open Port Requirements (Click Studios), section 13, row Telnet" */
void docref_text(const struct product *p, const struct docref *d, struct buf *out);
/* What the document says instead: "tcp/22", "from a to b", "nothing". */
void documented_text(const struct documented *d, struct buf *out);
void needs_text(const struct expr *e, struct buf *out); /* a list: "tcp/88, tcp/445" */
