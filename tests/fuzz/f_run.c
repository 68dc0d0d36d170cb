/* SPDX-License-Identifier: ISC
 *
 * Any bytes as a run: what is read hangs together, read with or without its outcomes; it differs in
 * nothing from itself; and whatever it says, the difference from nothing keeps its form.
 */
#include <stdint.h>

#include "doc/run.h"
#include "report/diff.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_verdicts(const struct past_run *run)
{
	for_each (v, &run->verdicts)
		if (past_run_verdict(run, v->key) != v)
			BUG("verdict %zu is not found by its key", v - run->verdicts.items);
}

static void check_outcomes(const struct past_run *run)
{
	size_t n = 0, in_flows = 0;

	for_each (o, &run->outcomes) {
		if (!o->flow)
			continue;
		n++;
		/* Each flow is walked once, from its first outcome. */
		if (past_run_outcomes(run, o->flow) != o)
			continue;
		for (const struct past_outcome *p = o; p; p = p->next)
			in_flows += strcmp(p->flow, o->flow) == 0;
	}
	if (n != in_flows)
		BUG("%zu outcomes, but %zu by flow", n, in_flows);
}

/* So many lines, and nothing that moves a terminal's cursor. */
static void check_lines(const char *form, const struct buf *out, size_t lines)
{
	for (size_t i = 0; i < out->n; i++) {
		unsigned char c = (unsigned char)out->data[i];

		if (c < 0x20 && c != '\n')
			BUG("%s: a control character", form);
		lines -= c == '\n';
	}
	if (lines)
		BUG("%s: another number of lines", form);
}

static void check_forms(const struct run_diff *d)
{
	struct buf out = BUF_INIT;
	size_t sections = 0, lines = 0;

	for (enum difference_kind k = 0; k < DIFFERENCE_KINDS; k++)
		sections += d->counts[k] != 0;
	diff_records(d, &out);
	check_lines("jsonl", &out, d->items.n + 1);
	buf_clear(&out);
	diff_markdown(d, &out);
	check_lines("markdown", &out, 4 + 5 * sections + d->items.n);
	buf_clear(&out);
	diff_text(d, &out);
	for_each (i, &d->items)
		lines += 2 + (i->after && i->after->turn != TURN_NOBODY);
	check_lines("text", &out, 3 + 2 * sections + lines);
	buf_release(&out);
}

static void check_diffs(const struct past_run *run)
{
	const struct past_run none = {0};
	struct arena *arena = arena_new();
	struct run_diff d;

	run_diff(run, run, arena, &d);
	if (d.items.n || d.same != run->verdicts.n)
		BUG("%zu differences from itself", d.items.n);
	run_diff(&none, run, arena, &d);
	check_forms(&d);
	run_diff(run, &none, arena, &d);
	check_forms(&d);
	arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct slice input = {(const char *)data, size};
	struct err err;
	struct past_run *all = run_read("fuzz.jsonl", input, RUN_ALL, &err), *some;

	if (!all && !err.text[0])
		BUG("an error without a word");
	some = run_read("fuzz.jsonl", input, RUN_VERDICTS, &err);
	if (all && !some)
		BUG("only without its outcomes it cannot be read: %s", err.text);
	if (all && (all->verdicts.n != some->verdicts.n || some->outcomes.n))
		BUG("another run without its outcomes");
	if (all) {
		check_verdicts(all);
		check_outcomes(all);
		check_diffs(all);
	}
	past_run_free(all);
	past_run_free(some);
	return 0;
}
