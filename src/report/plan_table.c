/* SPDX-License-Identifier: ISC */
#include "report/plan_table.h"

#include "report/flow_words.h"

void plan_table_fill(struct table *t, const struct plan_view *v, const struct plan_section *s)
{
	struct buf cell = BUF_INIT;

	for (size_t i = 0; i < s->n_columns; i++)
		table_add_column(t, s->columns[i].title, s->columns[i].wraps);
	for_each (row, &s->rows) {
		for (size_t i = 0; i < s->n_columns; i++) {
			buf_clear(&cell);
			s->columns[i].add(v, row, &cell);
			table_add_cell(t, cell.data);
		}
	}
	buf_release(&cell);
}

static void add_fact(struct plan_fact *facts, size_t *n, const char *label, const char *text)
{
	if (text && *text && *n < PLAN_FACTS_MAX)
		facts[(*n)++] = (struct plan_fact){label, text};
}

/* What the document says, from the first flow that carries it. */
static const char *documented_of(const struct plan_view *v, const struct demand *d)
{
	for_each (f, &v->flows)
		for (const struct claim *c = (*f)->claims; c; c = c->next)
			if (c->demand->requirement == d->requirement && c->documented)
				return c->documented;
	return NULL;
}

static const char *absence_text(const struct plan_view *v, const struct demand *d)
{
	switch (d->absence) {
	case ABSENCE_SAME_HOST:
		return "both ends are one host: nothing crosses the network";
	case ABSENCE_NO_LINK:
		return "not a network link: nothing to open";
	case ABSENCE_LOCAL:
		return arena_printf(v->arena,
				    "%s, which a host offers to itself alone: nothing to open",
				    d->local);
	case ABSENCE_NONE:
		break;
	}
	return NULL;
}

/* Without the commas of an empty list. */
static void add_word(struct buf *out, const char *label, const char *word)
{
	if (word)
		buf_addf(out, "%s%s%s", out->n ? ", " : "", label, word);
}

static const char *kept(const struct plan_view *v, struct buf *text)
{
	const char *s = arena_copy(v->arena, buf_slice(text));

	buf_release(text);
	return s;
}

static const char *path_text(const struct plan_view *v, const struct requirement *q)
{
	struct buf text = BUF_INIT;

	for_each (c, &q->path) {
		add_word(&text, "", path_quality_names[c->quality]);
		if (c->quality >= PATH_MIN_MTU)
			buf_addf(&text, " %u", c->value);
	}
	return kept(v, &text);
}

static const char *network_text(const struct plan_view *v, const struct requirement *q)
{
	struct buf text = BUF_INIT;

	add_word(&text, "from ", q->network.from.s);
	add_word(&text, "to ", q->network.to.s);
	return kept(v, &text);
}

static const char *words_text(const struct plan_view *v, const void *words_)
{
	const LIST_OF(struct text) *words = words_;
	struct buf text = BUF_INIT;

	for_each (word, words)
		add_word(&text, "", word->s);
	return kept(v, &text);
}

size_t plan_facts(const struct plan_view *v, const struct demand *d,
		  struct plan_fact facts[PLAN_FACTS_MAX])
{
	const struct requirement *q = d->requirement;
	struct buf reference = BUF_INIT;
	size_t n = 0;

	flow_words_reference(d, &reference);
	add_fact(facts, &n, "what", q->title.s);
	add_fact(facts, &n, "why", q->why.s);
	add_fact(facts, &n, "level", q->level ? level_names[q->level] : NULL);
	add_fact(facts, &n, "when", q->phase ? phase_names[q->phase] : NULL);
	add_fact(facts, &n, "without it", q->without.s);
	add_fact(facts, &n, "must have", q->secure.s);
	add_fact(facts, &n, "moot without", words_text(v, &q->after));
	add_fact(facts, &n, "network", network_text(v, q));
	add_fact(facts, &n, "reach", q->reach == REACH_ONE ? "any one is enough" : NULL);
	add_fact(facts, &n, "the way", path_text(v, q));
	add_fact(facts, &n, "answers",
		 q->reply == REPLY_OTHER_PORT ? "come from a port of their own" : NULL);
	add_fact(facts, &n, "tags", words_text(v, &q->tags));
	add_fact(facts, &n, "document", arena_copy(v->arena, buf_slice(&reference)));
	for_each (ref, &q->doc)
		add_fact(facts, &n, "note", ref->note.s);
	add_fact(facts, &n, "document says", documented_of(v, d));
	if (q->defect.s)
		add_fact(facts, &n, defect_names[q->defect_kind], q->defect.s);
	for_each (i, &q->inferred)
		add_fact(facts, &n, "inferred",
			 arena_printf(v->arena, "%s: %s", i->field.s, i->reason.s));
	add_fact(facts, &n, "no flow", absence_text(v, d));
	buf_release(&reference);
	return n;
}

size_t plan_remarks(const struct plan_view *v, const char *lines[PLAN_REMARKS_MAX])
{
	size_t n = 0;

	if (v->same_host)
		lines[n++] =
			arena_printf(v->arena, "%zu more need no network: both ends are one host.",
				     v->same_host);
	if (v->no_link)
		lines[n++] = arena_printf(
			v->arena, "%zu more are no network links: nothing to open.", v->no_link);
	if (v->local)
		lines[n++] = arena_printf(
			v->arena, "%zu more a host offers to itself alone: nothing to open.",
			v->local);
	if (v->plan->not_installed && !v->query->only)
		lines[n++] = arena_printf(v->arena,
					  "%zu requirements were left out: the site has nobody for "
					  "their optional role.",
					  v->plan->not_installed);
	return n;
}
