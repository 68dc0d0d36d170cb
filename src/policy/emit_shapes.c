/* SPDX-License-Identifier: ISC */
#include "policy/emit_shapes.h"

#include <stdlib.h>
#include <string.h>

#include "policy/emit_words.h"

uint8_t shape_bits(const struct prefixes *p)
{
	return p->list.n ? p->list.items[0].bits : 255;
}

static bool is_alone(const struct rule *r)
{
	return r->match.source.list.n > 1 || r->match.target.list.n > 1 || !r->flows.n ||
	       r->rewrite.session || r->rewrite.members.n;
}

static void add_word(struct buf *b, const char *s)
{
	buf_add(b, s ? s : "", s ? strlen(s) + 1 : 1);
}

static void add_shape_bytes(struct buf *b, const struct rule *r)
{
	const struct match *m = &r->match;
	const uint16_t numbers[] = {r->hook,
				    r->rank,
				    r->action,
				    m->family,
				    m->transport,
				    emit_is_any(m->ports),
				    m->source_ports.lo,
				    m->source_ports.hi,
				    (uint16_t)m->number,
				    m->translated,
				    m->packets,
				    shape_bits(&m->source),
				    shape_bits(&m->target),
				    r->rewrite.port};

	buf_add(b, numbers, sizeof(numbers));
	for (size_t i = 0; i <= m->more_in.list.n; i++)
		add_word(b, match_in(m, i));
	buf_add_char(b, '\n');
	for (size_t i = 0; i <= m->more_out.list.n; i++)
		add_word(b, match_out(m, i));
	buf_add_char(b, '\n');
	add_word(b, m->icmp);
	add_word(b, m->user);
	buf_add(b, &r->rewrite.addr.family, 1);
	buf_add(b, r->rewrite.addr.bytes, sizeof(r->rewrite.addr.bytes));
	if (is_alone(r))
		buf_add(b, &r, sizeof(r));
}

static void add_to_shape(struct shapes *all, const struct rule *r)
{
	struct buf bytes = BUF_INIT;
	struct shape *s;

	add_shape_bytes(&bytes, r);
	s = map_find(&all->by_bytes, buf_slice(&bytes));
	if (!s) {
		s = ARENA_NEW(all->arena, struct shape);
		s->first = r;
		s->rules = BUF_INIT;
		map_add(&all->by_bytes,
			(struct slice){arena_copy(all->arena, buf_slice(&bytes)), bytes.n}, s);
		buf_add(&all->list, &s, sizeof(s));
	}
	buf_add(&s->rules, &r, sizeof(r));
	buf_release(&bytes);
}

void shapes_find(struct shapes *all, const struct policy *p)
{
	*all = (struct shapes){.arena = arena_new(), .list = BUF_INIT};
	for_each (r, &p->rules)
		add_to_shape(all, r);
}

void shapes_release(struct shapes *all)
{
	for (size_t i = 0; i < shapes_n(all); i++)
		buf_release(&shape_at(all, i)->rules);
	buf_release(&all->list);
	map_release(&all->by_bytes);
	arena_free(all->arena);
}

/* --- in the order of what varies -------------------------------------------------------------- */

static int compare_prefixes(const struct prefixes *a, const struct prefixes *b)
{
	return a->list.n ? prefix_compare(&a->list.items[0], &b->list.items[0]) : 0;
}

int shape_compare_ends(const struct rule *a, const struct rule *b)
{
	int c = compare_prefixes(&a->match.source, &b->match.source);

	return c ? c : compare_prefixes(&a->match.target, &b->match.target);
}

static int by_element(const void *a_, const void *b_)
{
	const struct rule *a = *(const struct rule *const *)a_,
			  *b = *(const struct rule *const *)b_;
	int c = shape_compare_ends(a, b);

	return c ? c : (int)a->match.ports.lo - (int)b->match.ports.lo;
}

void shape_sort(struct shape *s)
{
	qsort(s->rules.data, shape_n_rules(s), sizeof(struct rule *), by_element);
}

bool shape_next_run(const struct shape *s, size_t *at, struct shape_run *run)
{
	const struct rule *const *rules = (const void *)s->rules.data;
	size_t i = *at, n = shape_n_rules(s);

	if (i >= n)
		return false;
	*run = (struct shape_run){.first = rules[i], .ports = rules[i]->match.ports};
	for (i++; i < n && shape_compare_ends(rules[i], run->first) == 0 &&
		  rules[i]->match.ports.lo <= run->ports.hi;
	     i++, run->more++)
		if (rules[i]->match.ports.hi > run->ports.hi)
			run->ports.hi = rules[i]->match.ports.hi;
	*at = i;
	return true;
}
