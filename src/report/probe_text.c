/* SPDX-License-Identifier: ISC */
#include "report/probe_text.h"

#include <string.h>

#include "base/escape.h"
#include "report/words.h"

static void add_counts(const size_t counts[STATE_COUNT], struct buf *out)
{
	const char *before = "; ";

	for (int s = STATE_OPEN + 1; s < STATE_COUNT; s++) {
		const struct outcome one = {.state = (enum state)s};

		if (!counts[s])
			continue;
		buf_addf(out, "%s%zu %s", before, counts[s], words_state(&one));
		before = ", ";
	}
}

/* One run tries in one way. */
static bool are_pings(const struct outcome_list *l)
{
	return l->n && l->items[0].transport == TRANSPORT_ICMP;
}

static const char *verb(const struct outcome_list *l, size_t n)
{
	if (are_pings(l))
		return n == 1 ? "was answered" : "were answered";
	return n == 1 ? "is open" : "are open";
}

static void add_answer(const struct outcome_list *l, struct buf *out)
{
	size_t counts[STATE_COUNT] = {0};
	struct buf target = BUF_INIT;

	for (size_t i = 0; i < l->n; i++)
		counts[l->items[i].state]++;
	if (l->n == 1) {
		words_target(&l->items[0], &target);
		escape_terminal(out, buf_slice(&target));
		buf_addf(out, " %s %s", are_pings(l) ? "was" : "is", words_state(&l->items[0]));
	} else if (counts[STATE_OPEN] == l->n) {
		buf_addf(out, "all %zu %s", l->n,
			 are_pings(l) ? "pings were answered" : "ports are open");
	} else {
		buf_addf(out, "%zu of %zu %s %s", counts[STATE_OPEN], l->n,
			 are_pings(l) ? "pings" : "ports", verb(l, counts[STATE_OPEN]));
		add_counts(counts, out);
	}
	buf_add_text(out, ".\n");
	buf_release(&target);
}

/* Rows. Of many ports in a row that have the same words only the first and the last are named. */

enum { ROW_MIN = 4 };

struct row {
	struct outcome first; /* with the longest round trip of all */
	uint16_t last;	      /* port */
	size_t n;
};

static bool is_same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool is_next(const struct outcome *a, const struct outcome *b)
{
	return b->port == a->port + 1 && b->state == a->state && b->transport == a->transport &&
	       addr_equal(&a->target, &b->target) && is_same_text(a->name, b->name) &&
	       is_same_text(a->how, b->how) && is_same_text(a->evidence, b->evidence) &&
	       is_same_text(a->proved, b->proved) && a->is_stand_in == b->is_stand_in &&
	       a->named_port == b->named_port && is_same_text(a->via, b->via) &&
	       is_same_text(a->leg, b->leg) &&
	       memcmp(a->candidates, b->candidates, sizeof(a->candidates)) == 0;
}

static struct row next_row(const struct outcome_list *l, size_t i)
{
	struct row r = {.first = l->items[i], .n = 1};
	const struct outcome *o = &l->items[i];
	uint32_t rtt_us = o->rtt_us;

	while (i + r.n < l->n && is_next(&o[r.n - 1], &o[r.n])) {
		if (rtt_us < o[r.n].rtt_us)
			rtt_us = o[r.n].rtt_us;
		r.n++;
	}
	if (r.n < ROW_MIN)
		r.n = 1;
	else
		r.first.rtt_us = rtt_us;
	r.last = o[r.n - 1].port;
	return r;
}

static void add_target(const struct row *r, struct buf *out)
{
	struct buf text = BUF_INIT;

	words_target(&r->first, &text);
	if (r->n > 1)
		buf_addf(&text, "-%u", r->last);
	escape_terminal(out, buf_slice(&text));
	buf_release(&text);
}

struct widths {
	size_t target, state;
};

static struct widths measure(const struct outcome_list *l)
{
	struct widths w = {0};
	struct buf one = BUF_INIT;
	struct row r;

	for (size_t i = 0; i < l->n; i += r.n) {
		size_t state = strlen(words_state(&l->items[i]));

		r = next_row(l, i);
		buf_clear(&one);
		add_target(&r, &one);
		if (w.target < one.n)
			w.target = one.n;
		if (w.state < state)
			w.state = state;
	}
	buf_release(&one);
	return w;
}

static void add_column(struct buf *out, size_t start, size_t width)
{
	size_t n = out->n - start;

	buf_add_fill(out, ' ', (n < width ? width - n : 0) + 2);
}

static void add_row(const struct row *r, struct widths widths, struct buf *out)
{
	struct buf words = BUF_INIT;
	struct outcome o = r->first;
	size_t start;

	buf_add_text(out, "  ");
	start = out->n;
	add_target(r, out);
	add_column(out, start, widths.target);
	start = out->n;
	buf_add_text(out, words_state(&o));
	add_column(out, start, widths.state);
	if (r->n > 1)
		o.rtt_us = 0;
	words_outcome(&o, &words);
	if (r->n > 1 && r->first.rtt_us) {
		buf_add_text(&words, "; at most ");
		words_duration(r->first.rtt_us, &words);
	}
	escape_terminal(out, buf_slice(&words));
	buf_add_char(out, '\n');
	buf_release(&words);
}

void probe_text(const struct outcome_list *outcomes, const char *names, struct buf *out)
{
	struct widths widths = measure(outcomes);
	struct row r;

	add_answer(outcomes, out);
	buf_add_text(out, names);
	for (size_t i = 0; i < outcomes->n; i += r.n) {
		r = next_row(outcomes, i);
		add_row(&r, widths, out);
	}
}
