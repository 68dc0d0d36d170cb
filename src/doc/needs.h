/* SPDX-License-Identifier: ISC
 *
 * The `needs` and `when` languages: text to tree and back. Grammar: model/expr.h, model/cond.h and
 * portolan-product(5). Printing is canonical: what is printed reads back as the same tree.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "model/cond.h"
#include "model/expr.h"

/* NULL after one message in errs, with the column of the word that it is about. */
const struct expr *needs_parse(struct arena *a, struct text source, struct errs *errs);
void needs_format(const struct expr *e,
		  struct buf *out); /* a list as "(a, b)" inside an expression */
void ports_format(const struct ports *p, struct buf *out);
void leaf_format(const struct leaf *l, struct buf *out);

const struct cond *when_parse(struct arena *a, struct text source, struct errs *errs);
void when_format(const struct cond *c, struct buf *out);
