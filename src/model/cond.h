/* SPDX-License-Identifier: ISC
 *
 * The `when` language as a tree, evaluated with three values: what the site does not say is
 * unknown, and becomes a question, never a guess.
 *
 *	when = role "apart" role | role "with" role | feature | choice "=" word
 *	     | setting ( < <= = >= > ) word | not, and, or, ( )
 */
#pragma once

#include "model/text.h"

enum truth { TRUTH_NO, TRUTH_YES, TRUTH_UNKNOWN };

enum cond_kind {
	COND_APART,   /* left and right are roles: on different hosts */
	COND_WITH,    /* on the same host */
	COND_FEATURE, /* left */
	COND_CHOICE,  /* left = right */
	COND_COMPARE, /* setting left, op, word right */
	COND_NOT,
	COND_AND,
	COND_OR,
};
enum cond_op { COND_LT, COND_LE, COND_EQ, COND_GE, COND_GT };

struct cond {
	enum cond_kind kind;
	struct place at;
	struct text left, right;
	enum cond_op op;
	const struct cond *a, *b; /* NOT has a only */
};

/* Answers about the site; each may say unknown. */
struct cond_env {
	enum truth (*together)(const void *ctx, const char *role_a, const char *role_b);
	enum truth (*feature)(const void *ctx, const char *name);
	const char *(*choice)(const void *ctx, const char *name);  /* NULL: not made */
	const char *(*setting)(const void *ctx, const char *name); /* NULL: no value */
	const void *ctx;
};

/* *unknown (may be NULL) becomes the first part that could not be decided. */
enum truth cond_eval(const struct cond *c, const struct cond_env *env, const struct cond **unknown);

/* Versions and numbers, piece by piece: 2.1.1 < 2.10, "2.1.1 build 2" > 2.1.1. <0, 0, >0 */
int version_compare(const char *a, const char *b);
