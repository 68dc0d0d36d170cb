/* SPDX-License-Identifier: ISC */
#include "policy/space_decide.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"

static const struct {
	const char *name;
	size_t n;
	struct space_range protos[3];
} kinds[SPACE_PROTOS] = {
	[SPACE_TCP] = {"TCP", 1, {{6, 6}}},
	[SPACE_UDP] = {"UDP", 1, {{17, 17}}},
	[SPACE_OTHERS] = {"other protocols", 3, {{0, 5}, {7, 16}, {18, 255}}},
};

uint32_t space_part_set(struct space *s, const struct space_part *p)
{
	struct space_range family = {p->family, p->family};
	struct space_match m = {0};

	m.fields[SPACE_FAMILY] = (struct space_ranges){&family, 1};
	m.fields[SPACE_PROTO] = (struct space_ranges){kinds[p->protos].protos, kinds[p->protos].n};
	return space_of(s, &m, 1);
}

void space_part_format(const struct space_part *p, struct buf *out)
{
	buf_addf(out, "%s over %s", kinds[p->protos].name,
		 p->family == SPACE_IPV4 ? "IPv4" : "IPv6");
}

struct asking {
	const struct space_frame *frame;
	const struct space_question *question;
	size_t edges;
	uint64_t left; /* steps */
};

/* In a space of its own, about all packets where there is no part, with so many of the steps. */
static bool ask(struct asking *a, enum space_order order, const struct space_part *part,
		uint64_t share)
{
	struct space *s = space_new(a->frame, order, (struct space_limits){a->edges, share});
	uint32_t within = part ? space_part_set(s, part) : SPACE_ALL;
	bool done = within != SPACE_TOO_LARGE && a->question->ask(a->question->ctx, s, within);
	uint64_t used = space_used(s).steps;

	a->left -= used < a->left ? used : a->left;
	space_free(s);
	return done;
}

struct space_parts space_decide(const struct space_frame *f, struct space_limits limits,
				const struct space_question *q)
{
	struct asking a = {f, q, limits.edges, limits.steps};
	struct space_parts parts = {0};

	for (enum space_order order = 0; order < SPACE_ORDERS; order++)
		if (ask(&a, order, NULL, a.left - a.left / 4))
			return parts;
	/* TCP over IPv4, which most rules are about, comes last: it has what the others leave. */
	for (uint32_t i = SPACE_PARTS; i--;) {
		struct space_part part = {i / SPACE_PROTOS, i % SPACE_PROTOS};

		if (!ask(&a, SPACE_BY_DESTINATION, &part, a.left / (i + 1)))
			parts.items[parts.n++] = part;
	}
	return parts;
}

struct alive {
	const struct space_rules *rules;
	bool *has; /* by value */
};

static bool ask_alive(void *ctx, struct space *s, uint32_t within)
{
	struct alive *a = ctx;
	uint32_t set = space_first_match(s, a->rules, within);

	if (set == SPACE_TOO_LARGE)
		return false;
	space_values(s, set, a->has, a->rules->n + 1);
	return true;
}

static bool is_in(struct space *s, uint32_t set, const struct space_parts *parts)
{
	for (size_t i = 0; i < parts->n; i++)
		if (space_where(s, set, space_part_set(s, &parts->items[i])) != SPACE_EMPTY)
			return true;
	return false;
}

struct space_parts space_dead(const struct space_frame *f, struct space_limits limits,
			      const struct space_rules *rules, enum space_answer *dead)
{
	struct alive alive = {rules, mem_new(rules->n + 1, sizeof(bool))};
	struct space_question q = {ask_alive, &alive};
	struct space_parts parts = space_decide(f, limits, &q);
	struct space *s = space_new(f, SPACE_BY_DESTINATION, limits);

	for (size_t i = 0; i < rules->n; i++)
		dead[i] = alive.has[i + 1] ? SPACE_NO
			  : parts.n && is_in(s, rules->set(rules->ctx, s, i), &parts)
				  ? SPACE_DEPENDS
				  : SPACE_YES;
	space_free(s);
	free(alive.has);
	return parts;
}
