/* SPDX-License-Identifier: ISC
 *
 * One run of `check`, in steps, so that outcomes may come from this host, from a script's results,
 * or from another host: load, find the vantage, try (or read), judge, report.
 */
#pragma once

#include "cmd/check_filter.h"
#include "cmd/check_keep.h"
#include "cmd/far.h"
#include "cmd/load.h"
#include "cmd/login.h"
#include "cmd/trial.h"
#include "model/judge.h"
#include "probe/check.h"
#include "report/check_report.h"
#include "report/writer.h"
#include "sys/host_addrs.h"

struct checking {
	const struct arguments *args;
	const struct writer *writer;
	struct loaded loaded;
	struct narrowed narrowed; /* its plan, with the demands that this check is about */
	struct vantage vantage;
	struct host_addrs addrs;
	struct arena *arena;
	struct logins logins;
	struct check check; /* which flows start here, and their results */
	struct trial trial; /* all outcomes */
	struct far_side far;
	struct inbound *inbound; /* the arena's; NULL: nothing comes in from a far side */
	struct verdicts verdicts;
	struct keeper keeper;
	const struct change *changes; /* by verdict; NULL: no history */
	struct judge_options options;
	const struct ruling *rulings; /* by flow; NULL: no bundle was given */
	bool all;
	bool is_kept;  /* in the store, and compared with what is there */
	bool is_quick; /* the command line says what the site is */
};

/* Which demands: c->narrowed. After the vantage is found. */
MUST_USE int checking_narrow(struct checking *c, struct err *err);
/* The host that `as` names; NULL: the one that has this host's addresses. */
MUST_USE int checking_find_vantage(struct checking *c, const char *as, struct err *err);
/* Fails where it is more than one run may try. */
MUST_USE int checking_limit(const struct check *c, struct err *err);
/* What there is to try from the vantage: c->check. */
MUST_USE int checking_prepare(struct checking *c, struct err *err);
/* Tries it from this host: c->trial. */
MUST_USE int checking_try(struct checking *c, struct err *err);
/* From c->trial.outcomes to c->verdicts. */
void checking_judge(struct checking *c);
/* The same, where the outcomes are in c->check.results already. */
void checking_judge_gathered(struct checking *c);
/* Where others have tried: the run begins, with c->trial.run as it was named; each outcome. */
void checking_begin(struct checking *c);
void checking_keep(struct checking *c, const struct outcome *o);
/* Prints the report; the exit code. */
int checking_report(struct checking *c);
void checking_release(struct checking *c);
