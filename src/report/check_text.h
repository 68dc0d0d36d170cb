/* SPDX-License-Identifier: ISC
 *
 * The report of a check for people: the answer in one sentence, then what fails and whose move it
 * is, then what could not be tried; what holds comes last.
 */
#pragma once

#include "base/buf.h"
#include "model/judge.h"

struct check_header {
	const char *site, *vantage;
	const char *names; /* lines about names that were resolved, escaped; "" for none */
	bool all;	   /* also each one that passes */
};
void check_text(const struct verdicts *v, const struct check_header *header, struct buf *out);

/* The "verdict" record. */
struct run;
void record_verdict(struct buf *out, const struct judgement *j, const struct run *run);
