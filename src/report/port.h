/* SPDX-License-Identifier: ISC
 *
 * What is known of a port, as text for people and as one JSON record ("port") for programs.
 */
#pragma once

#include "model/port_card.h"

struct buf;

/* The answer in the first line, then a table, each line with where it comes from. */
void port_write_text(const struct port_card *card, struct buf *out);
/* Where the tables come from, and from when. */
void port_write_source(const struct port_sources *sources, struct buf *out);
/* One object, without a line end. */
void port_write_json(const struct port_card *card, struct buf *out);
