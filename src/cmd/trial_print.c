/* SPDX-License-Identifier: ISC */
#include "cmd/trial_print.h"

#include "cmd/command.h"

enum { PIECE = 1 << 16 };

/* A long report goes out in pieces. */
static bool print_piece(struct buf *out)
{
	bool ok = command_print(out);

	buf_clear(out);
	return ok;
}

static bool print_outcomes(const struct trial *t, bool lines, struct buf *out)
{
	const struct outcome_context no_plan = {0};

	for (size_t i = 0; i < t->outcomes.n; i++) {
		json_outcome(out, &t->outcomes.items[i], &t->run, &no_plan);
		buf_add_text(out, lines ? "\n" : ",\n");
		if (out->n > PIECE && !print_piece(out))
			return false;
	}
	return true;
}

bool trial_print_json(const struct trial *t, bool lines, const struct run_summary *summary)
{
	struct buf out = BUF_INIT;
	bool ok;

	if (lines) {
		json_run(&out, &t->run);
		buf_add_char(&out, '\n');
	} else {
		json_document_start(&out, &t->run);
	}
	ok = print_outcomes(t, lines, &out);
	if (ok) {
		json_summary(&out, summary);
		if (lines)
			buf_add_char(&out, '\n');
		else
			json_document_stop(&out);
		ok = print_piece(&out);
	}
	buf_release(&out);
	return ok;
}
