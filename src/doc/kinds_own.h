/* SPDX-License-Identifier: ISC
 *
 * The kinds of values that products and sites share beyond doc/fields.h.
 */
#pragma once

#include "doc/fields.h"

extern const struct kind kind_needs; /* const struct expr *: text, or a list (all of) */
extern const struct kind kind_when;  /* const struct cond * */

/* The needs of a node, for kinds that hold them beside something else; NULL after a message. */
const struct expr *read_needs(struct reader *r, const struct node *n);
void write_needs(struct yaml_writer *w,
		 const struct expr *e); /* " text", or a list below the key */
