/* SPDX-License-Identifier: ISC */
#include "model/cond.h"

#include <stdlib.h>

static enum truth negate(enum truth t)
{
	return t == TRUTH_UNKNOWN ? t : t == TRUTH_YES ? TRUTH_NO : TRUTH_YES;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Numbers as numbers, other runs byte by byte; separators only separate. A version that goes on is
 * the later one: 2.1.1 < 2.1.1.2. */
int version_compare(const char *a, const char *b)
{
	while (*a || *b) {
		a += strspn(a, ". -_");
		b += strspn(b, ". -_");
		if (is_digit(*a) && is_digit(*b)) {
			char *end_a, *end_b;
			unsigned long x = strtoul(a, &end_a, 10), y = strtoul(b, &end_b, 10);

			if (x != y)
				return x < y ? -1 : 1;
			a = end_a;
			b = end_b;
		} else if (*a != *b) {
			return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
		} else if (*a) {
			a++;
			b++;
		}
	}
	return 0;
}

/* Numbers and versions by their value; words are equal or they are not. */
static enum truth compare(const char *value, enum cond_op op, const char *with)
{
	bool words = !is_digit(*value) || !is_digit(*with);
	int c = words ? strcmp(value, with) : version_compare(value, with);
	bool holds = (op == COND_LT && c < 0) || (op == COND_LE && c <= 0) ||
		     (op == COND_EQ && c == 0) || (op == COND_GE && c >= 0) ||
		     (op == COND_GT && c > 0);

	return holds ? TRUTH_YES : TRUTH_NO;
}

static enum truth eval_fact(const struct cond *c, const struct cond_env *env)
{
	const char *value;

	switch (c->kind) {
	case COND_WITH:
		return env->together(env->ctx, c->left.s, c->right.s);
	case COND_APART:
		return negate(env->together(env->ctx, c->left.s, c->right.s));
	case COND_FEATURE:
		return env->feature(env->ctx, c->left.s);
	case COND_CHOICE:
		value = env->choice(env->ctx, c->left.s);
		if (!value)
			return TRUTH_UNKNOWN;
		return slice_is(slice_of(value), c->right.s) ? TRUTH_YES : TRUTH_NO;
	default:
		value = env->setting(env->ctx, c->left.s);
		return value ? compare(value, c->op, c->right.s) : TRUTH_UNKNOWN;
	}
}

/* Kleene's logic: "no and unknown" is no, "yes or unknown" is yes. */
static enum truth eval_both(const struct cond *c, const struct cond_env *env,
			    const struct cond **unknown)
{
	enum truth decides = c->kind == COND_AND ? TRUTH_NO : TRUTH_YES;
	const struct cond *of_a = NULL, *of_b = NULL;
	enum truth a = cond_eval(c->a, env, &of_a), b;

	if (a == decides)
		return a;
	b = cond_eval(c->b, env, &of_b);
	if (b == decides)
		return b;
	if (a == TRUTH_UNKNOWN || b == TRUTH_UNKNOWN) {
		if (unknown && !*unknown)
			*unknown = of_a ? of_a : of_b;
		return TRUTH_UNKNOWN;
	}
	return negate(decides);
}

enum truth cond_eval(const struct cond *c, const struct cond_env *env, const struct cond **unknown)
{
	enum truth t;

	if (c->kind == COND_NOT)
		return negate(cond_eval(c->a, env, unknown));
	if (c->kind == COND_AND || c->kind == COND_OR)
		return eval_both(c, env, unknown);
	t = eval_fact(c, env);
	if (t == TRUTH_UNKNOWN && unknown && !*unknown)
		*unknown = c;
	return t;
}
