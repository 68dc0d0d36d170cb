/* SPDX-License-Identifier: ISC
 *
 * What an FTP gateway counts: a place for each worker, in memory that all its processes share, and
 * the sum of those that have ended. A worker could write there what it likes, so nothing but
 * numbers to be shown is taken from it.
 */
#pragma once

#include "base/buf.h"
#include "gateway/gate.h"
#include "sys/overseer.h"

struct worker_counts {
	uint8_t is_used, drains; /* 0 or 1, in a copy */
	int32_t pid;
	int64_t since_ms; /* since 1970 */
	char name[64];	  /* the gateway's */
	struct gate_counts counts;
};

struct gateway_counts {
	uint64_t form;		/* COUNTS_FORM: who reads it knows it */
	_Atomic uint32_t turns; /* odd: an ended worker's numbers are on their way to `past` */
	struct gate_counts past;
	struct worker_counts workers[OVERSEER_WORKERS];
};
#define COUNTS_FORM UINT64_C(0x706f7274676f7431)

MUST_USE int gateway_counts_new(struct gateway_counts **c, struct err *err);
/* For a worker with this configuration; `i` as the first process knows that it is free. */
struct worker_counts *gateway_counts_take(struct gateway_counts *c, size_t i, const char *name);
/* That worker has ended. */
void gateway_counts_end(struct gateway_counts *c, struct worker_counts *w);
/* A copy in which each worker is once. */
void gateway_counts_copy(const struct gateway_counts *c, struct gateway_counts *copy);
/* All there ever was; `sessions` and `transfers` are those of now. */
struct gate_counts gateway_counts_sum(const struct gateway_counts *copy);
