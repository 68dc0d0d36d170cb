/* SPDX-License-Identifier: ISC */
#include "report/probe_text.h"

#include <string.h>

#include "report/words.h"

static const char *const state_words[STATE_COUNT] = {
	[STATE_OPEN] = "open",
	[STATE_OPEN_RESET] = "open, then reset",
	[STATE_SILENT] = "silent",
	[STATE_WRONG_SERVICE] = "another service",
	[STATE_CLOSED] = "closed",
	[STATE_REJECTED] = "rejected",
	[STATE_DROPPED] = "dropped",
	[STATE_UNREACHABLE] = "unreachable",
	[STATE_NOT_ATTEMPTED] = "not tested",
};

static void add_counts(const size_t counts[STATE_COUNT], struct buf *out)
{
	const char *before = "; ";

	for (int s = STATE_OPEN + 1; s < STATE_COUNT; s++) {
		if (!counts[s])
			continue;
		buf_addf(out, "%s%zu %s", before, counts[s], state_words[s]);
		before = ", ";
	}
}

static void add_answer(const struct outcome_list *l, struct buf *out)
{
	size_t counts[STATE_COUNT] = {0};

	for (size_t i = 0; i < l->n; i++)
		counts[l->items[i].state]++;
	if (l->n == 1) {
		words_target(&l->items[0], out);
		buf_addf(out, " is %s", state_words[l->items[0].state]);
	} else if (counts[STATE_OPEN] == l->n) {
		buf_addf(out, "all %zu ports are open", l->n);
	} else {
		buf_addf(out, "%zu of %zu ports %s open", counts[STATE_OPEN], l->n,
			 counts[STATE_OPEN] == 1 ? "is" : "are");
		add_counts(counts, out);
	}
	buf_add_text(out, ".\n");
}

struct widths {
	size_t target, state;
};

static struct widths measure(const struct outcome_list *l)
{
	struct widths w = {0};
	struct buf one = BUF_INIT;

	for (size_t i = 0; i < l->n; i++) {
		size_t state = strlen(state_words[l->items[i].state]);

		buf_clear(&one);
		words_target(&l->items[i], &one);
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

static void add_row(const struct outcome *o, struct widths widths, struct buf *out)
{
	size_t start;

	buf_add_text(out, "  ");
	start = out->n;
	words_target(o, out);
	add_column(out, start, widths.target);
	start = out->n;
	buf_add_text(out, state_words[o->state]);
	add_column(out, start, widths.state);
	words_outcome(o, out);
	buf_add_char(out, '\n');
}

void probe_text(const struct outcome_list *outcomes, const char *names, struct buf *out)
{
	struct widths widths = measure(outcomes);

	add_answer(outcomes, out);
	buf_add_text(out, names);
	for (size_t i = 0; i < outcomes->n; i++)
		add_row(&outcomes->items[i], widths, out);
}
