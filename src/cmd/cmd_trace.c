/* SPDX-License-Identifier: ISC */
#include <limits.h>
#include <stdlib.h>

#include "base/mem.h"
#include "cmd/command.h"
#include "cmd/format.h"
#include "cmd/load.h"
#include "cmd/trial.h"
#include "model/target.h"
#include "probe/inquiry.h"
#include "probe/method_tcp.h"
#include "probe/method_udp.h"
#include "report/trace.h"

struct tracing {
	enum format format;
	struct target_spec target;
	struct task task;
	struct trial trial;
	struct loaded loaded;
	bool has_site;
	struct trace *traces; /* owned; one for each address, by outcome.id */
	size_t n_traces;
};

/* --- the command line ------------------------------------------------------------------------- */

static int read_target(const struct arguments *args, struct tracing *t, struct err *err)
{
	const char *text = args_operand(args, 0);
	int rc = target_parse(slice_of(text), &t->target, err);

	if (!rc && (t->target.is_range || portset_count(&t->target.ports) != 1))
		rc = err_set(err, ERR_USAGE, PLACE_NONE,
			     "which way? One host and one port, such as db1:1433, not %.60s", text);
	return rc;
}

static int read_options(const struct arguments *args, struct tracing *t, struct err *err)
{
	static const char *const forms[] = {"text", "jsonl", "json", NULL};
	int rc = format_read(args_value(args, "format"), forms, &t->format, err);

	if (!rc)
		rc = trial_read_timeout(args_value(args, "timeout"), &t->trial.timeout_ms, err);
	if (!rc)
		rc = trial_read_family(args_value(args, "family"), &t->task.family, err);
	if (!rc)
		rc = trial_read_source(args_value(args, "source"), &t->task.source, err);
	return rc ? rc : read_target(args, t, err);
}

static void make_task(const struct arguments *args, struct tracing *t)
{
	bool udp = args_has(args, "udp");

	t->task.name = t->target.name[0] ? t->target.name : NULL;
	t->task.target = t->target.prefix.addr;
	t->task.port = t->target.ports.items[0].lo;
	t->task.flow = UINT_MAX;
	t->task.method = udp ? &method_udp : &method_tcp;
	t->task.proto = udp ? trial_usual_dialogue(t->task.port) : NULL;
}

/* --- what is found ---------------------------------------------------------------------------- */

static void take_found(struct trial *trial, const struct outcome *o, const struct inquiry *q)
{
	struct tracing *t = trial->ctx;
	struct trace *trace;

	t->traces = mem_resize(t->traces, t->n_traces + 1, sizeof(*t->traces));
	trace = &t->traces[t->n_traces++];
	*trace = (struct trace){.outcome = o};
	inquiry_trace(q, trace);
	trace->outcome = NULL; /* they are sorted anew: found again by their address */
	trace->target = o->target;
}

static struct trace trace_of(const struct tracing *t, const struct outcome *o)
{
	struct trace trace = {0};

	for (size_t i = 0; i < t->n_traces; i++)
		if (addr_equal(&t->traces[i].target, &o->target))
			trace = t->traces[i];
	trace.outcome = o;
	trace.target = o->target;
	if (t->has_site)
		trace_name_hops(&trace, t->loaded.site);
	return trace;
}

static void name_device(struct outcome *o, const struct trace *trace)
{
	const struct device *d = o->hop ? trace_asked(trace) : NULL;

	if (d)
		o->device = d->name.s;
}

/* --- the report ------------------------------------------------------------------------------- */

static void add_json(const struct tracing *t, const struct outcome *o, const struct trace *trace,
		     struct buf *out)
{
	const struct outcome_context no_plan = {0};
	const char *between = t->format == FORMAT_JSONL ? "\n" : ",\n";

	json_outcome(out, o, &t->trial.run, &no_plan);
	buf_add_text(out, between);
	json_trace(out, trace, &t->trial.run);
	buf_add_text(out, between);
}

static void add_outcomes(struct tracing *t, struct buf *out)
{
	for (size_t i = 0; i < t->trial.outcomes.n; i++) {
		struct outcome *o = &t->trial.outcomes.items[i];
		struct trace trace = trace_of(t, o);

		name_device(o, &trace);
		if (t->format != FORMAT_TEXT) {
			add_json(t, o, &trace, out);
			continue;
		}
		if (i)
			buf_add_char(out, '\n');
		trace_text(&trace, out);
	}
}

static int print_report(struct tracing *t)
{
	struct run_summary summary = trial_summary(&t->trial);
	bool lines = t->format == FORMAT_JSONL;
	struct buf out = BUF_INIT;
	bool ok;

	if (t->format == FORMAT_JSON) {
		json_document_start(&out, &t->trial.run);
	} else if (lines) {
		json_run(&out, &t->trial.run);
		buf_add_char(&out, '\n');
	}
	add_outcomes(t, &out);
	if (t->format != FORMAT_TEXT)
		json_summary(&out, &summary);
	if (t->format == FORMAT_JSON)
		json_document_stop(&out);
	else if (lines)
		buf_add_char(&out, '\n');
	ok = command_print(&out);
	buf_release(&out);
	return ok ? summary.exit : EXIT_NOT_TESTED;
}

/* --- the whole -------------------------------------------------------------------------------- */

static int load_named_site(const struct arguments *args, struct tracing *t)
{
	const char *path = args_value(args, "site");

	t->has_site = path != NULL;
	return path ? load_site(&t->loaded, path) : 0;
}

static int run(const struct arguments *args)
{
	struct tracing t = {.trial = {.names = BUF_INIT, .is_thorough = true}};
	struct err err;
	int rc = read_options(args, &t, &err);

	if (rc) {
		rc = command_failed(&err);
	} else if (!(rc = load_named_site(args, &t))) {
		make_task(args, &t);
		t.trial.tasks = &t.task;
		t.trial.n_tasks = 1;
		t.trial.has_names = t.task.name != NULL;
		t.trial.found = take_found;
		t.trial.ctx = &t;
		rc = trial_run(&t.trial, &err) ? command_failed(&err) : print_report(&t);
	}
	free(t.traces);
	target_release(&t.target);
	trial_release(&t.trial);
	load_release(&t.loaded);
	return rc;
}

static const struct option_spec options[] = {
	{"udp", NULL, "a datagram instead of a connection", false},
	{"site", "FILE", "whose hops they are: its devices, interfaces and zones", false},
	{"family", "4|6", "only a name's addresses of that family", false},
	{"source", "ADDRESS", "from this address of ours", false},
	{"timeout", "MS", "how long until a port is called dropped; default 700 or more", false},
	{"format", "text|jsonl|json", "default text", false},
};

const struct command command_trace = {
	.name = "trace",
	.summary = "who is in the way, hop by hop, and how that is known",
	.operands = "HOST:PORT",
	.options = options,
	.n_options = ARRAY_LEN(options),
	.min_operands = 1,
	.max_operands = 1,
	.run = run,
};
