/* SPDX-License-Identifier: ISC */
#include "cmd/check_keep.h"

enum { PIECE_BYTES = 64 << 10 };

void keeper_start(struct keeper *k, const struct run *run)
{
	*k = (struct keeper){.lines = BUF_INIT, .is_on = true};
	kept_start(&k->kept, run);
}

void keeper_write(struct keeper *k)
{
	if (!k->lines.n)
		return;
	kept_add(&k->kept, buf_slice(&k->lines));
	buf_clear(&k->lines);
}

void keeper_add(struct keeper *k, const struct plan *plan, const struct run *run,
		const struct outcome *o)
{
	if (!k->is_on)
		return;
	record_outcome(&k->lines, &k->known, plan->flows.items[o->flow], run, o);
	buf_add_char(&k->lines, '\n');
	if (k->lines.n >= PIECE_BYTES)
		keeper_write(k);
}

void keeper_stop(struct keeper *k, const struct check_report *r)
{
	if (!k->is_on)
		return;
	records_of_verdicts(&k->lines, r, "\n");
	keeper_write(k);
	kept_stop(&k->kept);
	k->is_on = false;
}

void keeper_release(struct keeper *k)
{
	if (k->is_on)
		kept_stop(&k->kept);
	known_flow_release(&k->known);
	buf_release(&k->lines);
}
