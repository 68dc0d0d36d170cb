/* SPDX-License-Identifier: ISC
 *
 * After a run has tried its tasks: who is in the way of those that did not go well. Each target is
 * surveyed once; then one of its flows is followed, and the others are looked for where that one
 * was lost (probe/inquiry.h).
 */
#pragma once

#include "model/outcome.h"
#include "probe/engine.h"

struct inquiry;
struct investigation {
	struct loop *loop;
	const struct task *tasks; /* by outcome.task */
	bool is_thorough;	  /* also what went well */
	unsigned rate;		  /* packets a second at most; 0: as fast as answers come */
	void (*chance)(void *p, size_t n);
	/* What was found out, before `concluded`; lent. NULL: nobody asks. */
	void (*found)(void *ctx, const struct outcome *o, const struct inquiry *q);
	/* It has what was found out. */
	void (*concluded)(void *ctx, struct outcome *o);
	void *ctx;
};

/* Until all are asked about; once *interrupted (may be NULL) is not 0, the others stay as they
 * are. */
MUST_USE int investigate(const struct investigation *v, struct outcome *outcomes, size_t n,
			 const volatile int *interrupted, struct err *err);
