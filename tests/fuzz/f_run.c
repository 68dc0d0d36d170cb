/* SPDX-License-Identifier: ISC
 *
 * Any bytes as a run: what is read hangs together, read with or without its outcomes.
 */
#include <stdint.h>

#include "doc/run.h"

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
	}
	past_run_free(all);
	past_run_free(some);
	return 0;
}
