/* SPDX-License-Identifier: ISC
 *
 * A vendor's table of ports, pasted, as a product file: one requirement a row, `inferred:` where
 * the row did not say it, and a question where it is not clear. Nothing is lost in silence: a row
 * that cannot be understood is an error with its place, and stays in the file as a comment.
 *
 *	Source | Destination | Protocol | Port | Purpose
 *
 * The columns come in any order, or without headings. A line of words, such as "9 Discoveries", is
 * the section of what follows; an empty first cell means the one in the row above.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "model/text.h"

struct import_options {
	const char *file;    /* for messages and comments; borrowed */
	const char *product; /* its name; NULL: after the file */
	const char *from;    /* the role that connects, and the one that listens, where the table */
	const char *to;	     /* does not say; NULL: "source", and the row's label */
	const char *section; /* of the document; NULL: from the lines between the rows */
	const char *document; /* its id; NULL: "doc" */
};

struct import_question {
	struct place at;  /* of the first row that it is about */
	const char *text; /* "row 4 "Hosts": "389 or 636": no protocol is given, TCP is assumed" */
};

struct import {
	struct arena *arena;
	struct buf text; /* the product file; reads back with product_read() */
	LIST_OF(struct import_question) questions;
	struct errs errs; /* what was not understood; its rows are comments in the text */
	size_t requirements;
};

/* 0; negative where no row was understood: then only errs is of use. Release it in both cases. */
MUST_USE int import_table(struct slice bytes, const struct import_options *o, struct import *out);
void import_release(struct import *i);
