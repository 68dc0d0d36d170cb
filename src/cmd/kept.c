/* SPDX-License-Identifier: ISC */
#include "cmd/kept.h"

#include "cmd/command.h"
#include "cmd/past.h"

/* Where a verdict's last one that could tell lies further back, its series begins anew. */
enum { RUNS_READ_MAX = 10 };

static void warn(const char *what, const struct err *why)
{
	struct err e = {.class = why->class};

	snprintf(e.text, sizeof(e.text), "%s: %.300s", what, why->text);
	(void)command_failed(&e);
}

void kept_start(struct kept *k, const struct run *run)
{
	struct buf line = BUF_INIT;
	struct err err;

	*k = (struct kept){0};
	if (store_begin(&k->store, run->site, run->id, &err))
		warn("this run is not kept", &err);
	json_run(&line, run);
	kept_add(k, buf_slice(&line));
	buf_release(&line);
}

void kept_add(struct kept *k, struct slice lines)
{
	struct err err;

	if (store_add(k->store, lines, &err))
		warn("no more of this run is kept", &err);
}

void kept_stop(struct kept *k)
{
	struct err err;

	if (store_end(k->store, &err))
		warn("old runs are not removed", &err);
	*k = (struct kept){0};
}

static int read_history(struct history *h, const struct run *run, struct arena *arena,
			struct err *err)
{
	const char **ids;
	size_t n, read = 0;
	int rc = store_list(run->site, arena, &ids, &n, err);

	for (size_t i = 0; i < n && !rc && h->open && read < RUNS_READ_MAX; i++) {
		struct past_run *past = NULL;

		if (strcmp(ids[i], run->id) >= 0)
			continue; /* this one, and those that began later */
		rc = past_read(run->site, ids[i], RUN_VERDICTS, &past, err);
		if (past && past->is_whole) {
			history_add(h, past);
			read++;
		}
		past_run_free(past);
	}
	return rc;
}

const struct change *kept_changes(const struct kept *k, const struct run *run,
				  const struct verdicts *now, struct arena *arena)
{
	struct history h;
	struct err err;

	history_start(&h, now, run->vantage, run->started_ms, arena);
	h.options = run->options;
	/* Why there is no store was told already. */
	if (read_history(&h, run, arena, &err) && k->store)
		warn("the runs before this one are not compared", &err);
	history_stop(&h);
	return h.has_past ? h.changes : NULL;
}
