/* SPDX-License-Identifier: ISC
 *
 * A report's form: one const struct at the end of one file writer_NAME.c, and one word in
 * src/meson.build, from which the table is made. Pure: what it is given goes out through a buffer,
 * all of it escaped for that form.
 */
#pragma once

#include "base/buf.h"
#include "report/plan_view.h"

struct audit_report;
struct check_report;
struct request;

struct writer {
	const char *name;
	/* NULL: not in this form. */
	void (*plan)(const struct plan_view *v, struct buf *out);
	void (*request)(const struct request *r, struct buf *out);
	void (*check)(const struct check_report *r, struct buf *out);
	void (*audit)(const struct audit_report *r, struct buf *out);
};

extern const struct writer *const writers[];	    /* generated; NULL ends it */
const struct writer *writer_find(const char *name); /* NULL: there is none */
