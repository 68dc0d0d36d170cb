/* SPDX-License-Identifier: ISC
 *
 * A run that was kept, as far as it is looked at again (doc/run.h reads it).
 */
#pragma once

#include "base/arena.h"
#include "base/map.h"
#include "model/judge.h"

struct past_outcome {
	struct outcome outcome;		 /* .flow is not known: UINT_MAX */
	const char *flow;		 /* its id, 16 hex digits; NULL: there was no plan */
	const char *vantage;		 /* never NULL */
	const struct past_outcome *next; /* of the same flow */
};

struct past_verdict {
	struct slice key;					      /* verdict_key_add() */
	const char *installation, *requirement, *from, *to, *vantage; /* never NULL */
	enum verdict verdict;
	enum answer network, service;
	enum turn turn;
	const char *device, *owner; /* of the turn; NULL */
	const char *reason;	    /* NULL */
	int64_t since_ms;	    /* 0: not said */
	/* What decided it; NULL: nothing did, or the run was read without its outcomes. */
	const struct past_outcome *decisive;
};

/* The options that change what a verdict means: runs that differ in them are not compared. */
enum { RUN_OPTIONS_MAX = 4 };

struct past_run {
	struct arena *arena;		      /* owned */
	const char *id, *site, *vantage;      /* NULL: not said */
	const char *options[RUN_OPTIONS_MAX]; /* NULL ends it where there are fewer */
	int64_t started_ms;
	bool is_whole;			       /* it has its summary: it was not cut off */
	LIST_OF(struct past_verdict) verdicts; /* of what starts at their vantage; in order */
	LIST_OF(struct past_outcome) outcomes; /* in the order in which they came */
	struct map by_key;		       /* past_verdict; owned, as the next two are */
	struct map by_vantage;		       /* the first past_verdict of each */
	struct map by_flow;		       /* the first past_outcome of each flow */
};

void past_run_free(struct past_run *r); /* NULL is fine */
const struct past_verdict *past_run_verdict(const struct past_run *r, struct slice key);
/* The first of a flow, by the flow's id; the others behind it. */
const struct past_outcome *past_run_outcomes(const struct past_run *r, const char *flow);
/* Something was tried from there. */
bool past_run_is_from(const struct past_run *r, const char *vantage);
bool past_run_has_options(const struct past_run *r, const char *const options[RUN_OPTIONS_MAX]);

/* Which demand a verdict is about, the same in every run: installation, requirement, from, to,
 * vantage. */
enum { VERDICT_KEY_PARTS = 5 };
void verdict_key_parts(const struct demand *d, const char *vantage, struct arena *arena,
		       const char *names[VERDICT_KEY_PARTS]);
struct slice verdict_key(const char *const names[VERDICT_KEY_PARTS], struct arena *arena);

/* With which one it is of several of these names: a host with addresses in two zones is two ends.
 */
struct verdict_keys {
	struct map seen; /* of the first of each: its count; owned */
};
struct slice verdict_key_add(struct verdict_keys *k, const char *const names[VERDICT_KEY_PARTS],
			     struct arena *arena);
void verdict_keys_release(struct verdict_keys *k);
