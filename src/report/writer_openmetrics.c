/* SPDX-License-Identifier: ISC
 *
 * For node_exporter's textfile collector: the Prometheus text format, version 0.0.4, so written
 * that it is OpenMetrics 1.0 as well. Every family is a gauge of the last run. No label holds an
 * address or what a peer said: there are as many series as requirements and pairs of hosts that
 * start here, however often they change. Each has the site and the vantage, so that the files of
 * several do not meet.
 */
#include "base/escape.h"
#include "base/map.h"
#include "report/check_view.h"
#include "report/check_words.h"
#include "report/flow_words.h"
#include "report/writer.h"

static void start_family(struct buf *out, const char *name, const char *help)
{
	buf_addf(out, "# TYPE %s gauge\n# HELP %s %s\n", name, name, help);
}

static void add_label(struct buf *out, const char *name, const char *value)
{
	buf_addf(out, "%s%s=\"", out->data[out->n - 1] == '{' ? "" : ",", name);
	escape_label(out, slice_of(value));
	buf_add_char(out, '"');
}

static void start_sample(struct buf *out, const char *name, const struct check_report *r)
{
	buf_addf(out, "%s{", name);
	add_label(out, "site", r->run->site ? r->run->site : "");
	add_label(out, "vantage", r->run->vantage);
}

/* --- verdicts --------------------------------------------------------------------------------- */

static void start_verdict(struct buf *out, const char *name, const struct check_report *r,
			  const struct judgement *j)
{
	struct buf id = BUF_INIT;

	flow_words_requirement(j->demand, &id);
	start_sample(out, name, r);
	add_label(out, "installation", j->demand->installation->name);
	add_label(out, "requirement", id.data);
	add_label(out, "from", j->demand->from->name);
	add_label(out, "to", j->demand->to->name);
	buf_release(&id);
}

static void add_verdict(struct buf *out, const struct check_report *r, const struct judgement *j)
{
	start_verdict(out, "portolan_check_verdict", r, j);
	add_label(out, "level", level_names[j->demand->requirement->level]);
	add_label(out, "verdict", verdict_names[j->verdict]);
	add_label(out, "cause", j->decisive ? cause_names[j->decisive->cause] : "");
	buf_add_text(out, "} 1\n");
}

static void add_rtt(struct buf *out, const struct check_report *r, const struct judgement *j)
{
	if (!j->decisive || !j->decisive->rtt_us)
		return;
	start_verdict(out, "portolan_check_outcome_rtt_seconds", r, j);
	buf_addf(out, "} %u.%06u\n", j->decisive->rtt_us / 1000000, j->decisive->rtt_us % 1000000);
}

/* A series may stand there once. Two ends of one name (a host in two zones) may come to the same
 * one: then the first is kept. */
static void add_series(struct buf *out, const struct check_report *r,
		       void (*add)(struct buf *out, const struct check_report *r,
				   const struct judgement *j))
{
	struct arena *arena = arena_new();
	struct buf line = BUF_INIT;
	struct map seen = {0};

	for_each (j, &r->verdicts->items) {
		struct slice series = SLICE_NONE, rest;

		if (j->elsewhere)
			continue;
		buf_clear(&line);
		add(&line, r, j);
		if (!line.n)
			continue;
		rest = slice_of(arena_copy(arena, buf_slice(&line)));
		series = slice_from_to(rest.p, strrchr(rest.p, '}'));
		if (map_add(&seen, series, &seen))
			buf_add_slice(out, rest);
	}
	map_release(&seen);
	buf_release(&line);
	arena_free(arena);
}

static void add_counts(struct buf *out, const struct check_report *r)
{
	unsigned counts[VERDICT_COUNT] = {0}, elsewhere = 0;

	for_each (j, &r->verdicts->items) {
		if (j->elsewhere)
			elsewhere++;
		else
			counts[j->verdict]++;
	}
	for (int v = 0; v < VERDICT_COUNT; v++) {
		start_sample(out, "portolan_check_verdicts", r);
		add_label(out, "verdict", verdict_names[v]);
		buf_addf(out, "} %u\n", counts[v]);
	}
	start_sample(out, "portolan_check_verdicts", r);
	add_label(out, "verdict", "elsewhere");
	buf_addf(out, "} %u\n", elsewhere);
}

static void add_milliseconds(struct buf *out, const char *name, const struct check_report *r,
			     int64_t ms)
{
	start_sample(out, name, r);
	buf_addf(out, "} %lld.%03d\n", (long long)(ms / 1000), (int)(ms % 1000));
}

static void write_check(const struct check_report *r, struct buf *out)
{
	start_family(out, "portolan_check_verdict", "1 for the verdict that each requirement has");
	add_series(out, r, add_verdict);
	start_family(out, "portolan_check_outcome_rtt_seconds",
		     "Round trip of the outcome that decided, where something answered");
	add_series(out, r, add_rtt);
	start_family(out, "portolan_check_verdicts", "How many requirements have each verdict");
	add_counts(out, r);
	start_family(out, "portolan_check_timestamp_seconds", "When the run started");
	add_milliseconds(out, "portolan_check_timestamp_seconds", r, r->run->started_ms);
	start_family(out, "portolan_check_duration_seconds", "How long the run took");
	add_milliseconds(out, "portolan_check_duration_seconds", r, r->elapsed_ms);
	start_family(out, "portolan_check_exit", "Exit status of the run");
	start_sample(out, "portolan_check_exit", r);
	buf_addf(out, "} %d\n", r->verdicts->summary.exit);
	buf_add_text(out, "# EOF\n");
}

const struct writer writer_openmetrics = {
	.name = "openmetrics",
	.check = write_check,
};
