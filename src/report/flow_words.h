/* SPDX-License-Identifier: ISC
 *
 * A flow in plain words, the same in every report. Not escaped: each writer has its own escaper.
 */
#pragma once

#include "base/buf.h"
#include "model/plan.h"

void flow_words_path(const struct flow *f, struct buf *out); /* "fw1 > fw2", "", "?" */
void flow_words_addresses(const struct endpoint *e,
			  struct buf *out); /* "10.0.0.1 10.0.0.2"; else names */
void flow_words_zone(const struct endpoint *e, struct buf *out); /* "" where no zone holds it */
/* "passwordstate/web-to-database"; of the site's own rules "never_cross/..." */
void flow_words_requirement(const struct demand *d, struct buf *out);
/* Where the document says it: publisher, title, section, row; several with "; ". */
void flow_words_reference(const struct demand *d, struct buf *out);
/* What one should know beside the tuple: legs, translation, mode, parent. */
void flow_words_note(const struct flow *f, const struct claim *c, struct buf *out);
/* "http-proxy corp-proxy, leg 1"; nothing where the way is one piece. */
void flow_words_gateway(const struct claim *c, struct buf *out);
void flow_words_dialled(const struct flow *f, struct buf *out); /* "198.51.100.7:443"; "" */

/* The document's own value, where it is another one than what is planned; NULL: the same. */
const char *flow_documented(const struct flow *f, const struct claim *c);
/* The protocol that should answer: the claims' first that is said; NULL: none. */
const char *flow_service(const struct flow *f);
/* A device stands on its way, or is one of its ends. */
bool flow_crosses(const struct flow *f);
/* Somebody else's network. */
bool endpoint_is_outside(const struct endpoint *e);
/* True for the first claim of its installation's requirement: what a list without repetitions
 * shows. Two installations of a product share their requirements' ids: each once is the next. */
bool claim_is_first(const struct flow *f, const struct claim *c);
bool claim_is_first_of_requirement(const struct flow *f, const struct claim *c);
bool claim_is_first_of_installation(const struct flow *f, const struct claim *c);

/* Does the answer to q change what this demand needs? */
bool question_is_about(const struct plan *plan, const struct question *q, const struct demand *d);
