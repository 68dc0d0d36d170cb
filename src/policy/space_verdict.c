/* SPDX-License-Identifier: ISC */
#include "policy/space_verdict.h"

#include "policy/space_unary.h"

/* Of the possible verdicts `value`: is one of `wanted` among them, is another one? */
static uint32_t one_possible(uint32_t value, const void *ctx)
{
	const uint32_t *wanted = ctx;

	return (value ? value : SPACE_PASSES) & *wanted ? SPACE_ALL : SPACE_EMPTY;
}

struct space_pair space_pair_of(struct space *s, uint32_t possible, uint32_t verdicts)
{
	uint32_t others = ~verdicts;

	return (struct space_pair){
		.must = space_complement(s, space_each_value(s, possible, one_possible, &others)),
		.may = space_each_value(s, possible, one_possible, &verdicts),
	};
}

struct space_pair space_pair_override(struct space *s, struct space_pair a, struct space_pair b)
{
	return (struct space_pair){space_override(s, a.must, b.must),
				   space_override(s, a.may, b.may)};
}

struct space_pair space_pair_where(struct space *s, struct space_pair a, struct space_pair b)
{
	return (struct space_pair){space_where(s, a.must, b.must), space_where(s, a.may, b.may)};
}

struct space_pair space_pair_without(struct space *s, struct space_pair a, struct space_pair b)
{
	return (struct space_pair){space_without(s, a.must, b.may),
				   space_without(s, a.may, b.must)};
}

struct space_pair space_pair_complement(struct space *s, struct space_pair a)
{
	return space_pair_without(s, (struct space_pair){SPACE_ALL, SPACE_ALL}, a);
}

enum space_answer space_ask(struct space *s, struct space_pair p, uint32_t asked)
{
	uint32_t not_must = space_without(s, asked, p.must), may = space_where(s, asked, p.may);

	if (not_must == SPACE_TOO_LARGE || may == SPACE_TOO_LARGE)
		return SPACE_UNDECIDED;
	if (not_must == SPACE_EMPTY)
		return SPACE_YES;
	if (may == SPACE_EMPTY)
		return SPACE_NO;
	return not_must == asked && may == asked ? SPACE_DEPENDS : SPACE_MIXED;
}
