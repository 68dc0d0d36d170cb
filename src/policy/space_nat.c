/* SPDX-License-Identifier: ISC */
#include "policy/space_nat.h"

static uint32_t forget_all(struct space *s, uint32_t a, uint32_t fields)
{
	for (uint32_t field = 0; field < SPACE_FIELDS; field++)
		if (fields & 1u << field)
			a = space_forget(s, a, field);
	return a;
}

/* The packets that are indeed changed. */
static uint32_t changed(struct space *s, const struct space_rewrite *r)
{
	return space_where(s, r->where, forget_all(s, r->to, r->fields));
}

uint32_t space_after(struct space *s, const struct space_rewrite *r, uint32_t a)
{
	uint32_t where = changed(s, r);
	uint32_t others = forget_all(s, space_where(s, a, where), r->fields);

	return space_override(s, space_without(s, a, where), space_where(s, others, r->to));
}

struct space_pair space_before(struct space *s, const struct space_rewrite *r, uint32_t a)
{
	uint32_t where = changed(s, r), same = space_without(s, a, where);
	uint32_t good = forget_all(s, space_where(s, a, r->to), r->fields);
	uint32_t bad = forget_all(s, space_without(s, r->to, a), r->fields);

	return (struct space_pair){
		.must = space_override(s, same, space_without(s, where, bad)),
		.may = space_override(s, same, space_where(s, where, good)),
	};
}
