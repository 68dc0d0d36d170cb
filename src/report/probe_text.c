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

static const char *noun(const struct outcome_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->items[i].transport == TRANSPORT_ICMP)
			return "checks";
	return "ports";
}

static void add_target(const struct outcome *o, struct buf *out)
{
	struct buf text = BUF_INIT;

	words_target(o, &text);
	escape_terminal(out, buf_slice(&text));
	buf_release(&text);
}

static void add_answer(const struct outcome_list *l, struct buf *out)
{
	size_t counts[STATE_COUNT] = {0};

	for (size_t i = 0; i < l->n; i++)
		counts[l->items[i].state]++;
	if (l->n == 1) {
		add_target(&l->items[0], out);
		buf_addf(out, " is %s", words_state(&l->items[0]));
	} else if (counts[STATE_OPEN] == l->n) {
		buf_addf(out, "all %zu %s are open", l->n, noun(l));
	} else {
		buf_addf(out, "%zu of %zu %s %s open", counts[STATE_OPEN], l->n, noun(l),
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
		size_t state = strlen(words_state(&l->items[i]));

		buf_clear(&one);
		add_target(&l->items[i], &one);
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
	struct buf words = BUF_INIT;
	size_t start;

	buf_add_text(out, "  ");
	start = out->n;
	add_target(o, out);
	add_column(out, start, widths.target);
	start = out->n;
	buf_add_text(out, words_state(o));
	add_column(out, start, widths.state);
	words_outcome(o, &words);
	escape_terminal(out, buf_slice(&words));
	buf_add_char(out, '\n');
	buf_release(&words);
}

void probe_text(const struct outcome_list *outcomes, const char *names, struct buf *out)
{
	struct widths widths = measure(outcomes);

	add_answer(outcomes, out);
	buf_add_text(out, names);
	for (size_t i = 0; i < outcomes->n; i++)
		add_row(&outcomes->items[i], widths, out);
}
