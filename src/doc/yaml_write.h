/* SPDX-License-Identifier: ISC
 *
 * YAML out, in one form: block style, two spaces a level, text plain where that is safe and
 * double-quoted otherwise. What it writes, yaml_read() reads back the same.
 */
#pragma once

#include <stdbool.h>

#include "base/buf.h"

struct yaml_writer {
	struct buf *out;
	unsigned depth;
	bool after_dash; /* the next key goes on the line of its "- " */
};

void yaml_key(struct yaml_writer *w, const char *key); /* "key:" at the present depth */
void yaml_text(struct yaml_writer *w, const char *s);  /* " value" and the line's end */
void yaml_open(struct yaml_writer *w);		       /* what follows belongs to the key */
void yaml_close(struct yaml_writer *w);
void yaml_dash(struct yaml_writer *w);			   /* starts an item; its keys follow */
void yaml_item_text(struct yaml_writer *w, const char *s); /* "- value" */
void yaml_scalar(struct buf *out, const char *s);	   /* quoted where it must be */
