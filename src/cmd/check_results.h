/* SPDX-License-Identifier: ISC
 *
 * From what other hosts told to outcomes and verdicts: each host is a vantage of its own, and all
 * of them are one run.
 */
#pragma once

#include "cmd/checking.h"

struct hearing; /* what was read so far; in c->arena */
struct hearing *check_hear(struct checking *c);
/* The bytes of one host's results; method: of their outcomes, a literal. Prints what is odd about
 * them. */
MUST_USE int check_hear_results(struct hearing *h, const char *file, struct slice bytes,
				const char *method, struct err *err);
/* All of them, to c->trial and c->verdicts. */
void check_judge_results(struct hearing *h);
void check_stop_hearing(struct hearing *h); /* NULL is fine */

/* --results, as often as it is given. */
MUST_USE int check_read_results(struct checking *c, struct err *err);

/* What starts at several vantages, as from a whole zone, has the outcomes of all of them. */
void check_merge_result(struct arena *a, struct flow_result *to, const struct flow_result *from);
