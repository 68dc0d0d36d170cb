/* SPDX-License-Identifier: ISC
 *
 * What a person sees while a run goes on: how much of it is done, and how long the rest may take.
 * On a terminal at standard error only, after a second, at most five times a second; nothing of it
 * stays.
 */
#pragma once

#include "base/buf.h"
#include "probe/engine.h"
#include "report/probe_text.h"
#include "sys/loop.h"

struct progress {
	struct loop *loop;
	const struct engine *engine;
	const struct outcome_list *outcomes;
	size_t before; /* outcomes that are not this engine's */
	struct mono started;

	/* Its own. */
	struct timer timer;
	size_t width; /* what is on the line now */
};

/* Set the first five; while it goes on the loop does not end by itself. */
void progress_start(struct progress *p);
void progress_stop(struct progress *p);

/* "1234 of 65535 checks, about 3 s left". */
void progress_format(size_t done, size_t total, int64_t elapsed_ms, struct buf *out);
