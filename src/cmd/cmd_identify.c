/* SPDX-License-Identifier: ISC */
#include <limits.h>
#include <stdlib.h>

#include "base/mem.h"
#include "cmd/command.h"
#include "cmd/format.h"
#include "cmd/identify_print.h"
#include "cmd/remember.h"
#include "cmd/targets.h"
#include "cmd/trial.h"
#include "cmd/trial_print.h"
#include "cmd/usual_ports.h"
#include "probe/method.h"
#include "probe/method_identify.h"
#include "tls/client.h"

struct identifying {
	enum format format;
	uint8_t family;
	struct addr source;
	const struct method *method;
	struct portset ports; /* for operands without ports */
	struct portset fragile;
	bool is_default; /* and nobody said which */
	bool is_used;	 /* there are such operands */
	struct targets targets;
	struct task *tasks; /* owned */
	size_t n_tasks;
	struct layer *layer; /* owned */
	struct remember remember;
	struct trial trial;
};

static int read_ports(const struct arguments *args, struct identifying *x, struct err *err)
{
	const char *ports = args_value(args, "ports");

	if (ports)
		return target_parse_ports(slice_of(ports), &x->ports, err);
	x->is_default = true;
	usual_ports_add(x->method->transport, &x->ports);
	return 0;
}

static int read_settings(const struct arguments *args, struct identifying *x, struct err *err)
{
	static const char *const forms[] = {"text", "jsonl", "json", NULL};
	int rc = format_read(args_value(args, "format"), forms, &x->format, err);

	x->method = args_has(args, "udp") ? &method_identify_udp : &method_identify;
	if (!rc)
		rc = trial_read_timeout(args_value(args, "timeout"), &x->trial.timeout_ms, err);
	if (!rc)
		rc = trial_read_rate(args_value(args, "rate"), &x->trial.rate, err);
	if (!rc)
		rc = trial_read_family(args_value(args, "family"), &x->family, err);
	if (!rc)
		rc = trial_read_source(args_value(args, "source"), &x->source, err);
	if (!rc)
		rc = read_ports(args, x, err);
	if (!rc && args_has(args, "fragile"))
		rc = target_parse_ports(slice_of(args_value(args, "fragile")), &x->fragile, err);
	return rc;
}

/* Tasks. */

static const struct portset *ports_of(const struct identifying *x, const struct target_spec *t)
{
	return t->ports.n ? &t->ports : &x->ports;
}

static int make_room(struct identifying *x, struct err *err)
{
	size_t n = 0;

	for (size_t i = 0; i < x->targets.n; i++) {
		const struct target_spec *t = &x->targets.specs[i];

		n += targets_count_addresses(t) * portset_count(ports_of(x, t));
		x->is_used = x->is_used || !t->ports.n;
		x->trial.has_names = x->trial.has_names || t->name[0];
	}
	if (n > ENGINE_TASKS_MAX)
		return err_set(err, ERR_LIMIT, PLACE_NONE,
			       "more than %d ports in one run: split it", ENGINE_TASKS_MAX);
	x->tasks = mem_new(n, sizeof(*x->tasks));
	return 0;
}

static void add_task(struct identifying *x, const struct target_spec *t, const struct addr *a,
		     uint16_t port)
{
	x->tasks[x->n_tasks++] = (struct task){
		.name = t->name[0] ? t->name : NULL,
		.target = *a,
		.source = x->source,
		.family = x->family,
		.port = port,
		.flow = UINT_MAX,
		.method = x->method,
		.layer = x->layer,
		.is_fragile = portset_has(&x->fragile, port),
		.recall = &x->remember.recall,
	};
}

static void add_tasks(struct identifying *x, const struct target_spec *t)
{
	const struct portset *ports = ports_of(x, t);

	for (size_t k = 0; k < targets_count_addresses(t); k++) {
		struct addr a = targets_address(t, k);

		for (size_t i = 0; i < ports->n; i++)
			for (unsigned port = ports->items[i].lo; port <= ports->items[i].hi; port++)
				add_task(x, t, &a, (uint16_t)port);
	}
}

static bool is_by_default(const struct identifying *x)
{
	return x->is_default && x->is_used;
}

/* What accepts and is not proved stays unproven. That a port is not open, or says nothing to
 * datagrams, is told against it where somebody asked for that port. */
static struct run_summary summarise(const struct identifying *x)
{
	struct run_summary s = {.elapsed_ms = x->trial.elapsed_ms};

	for (size_t i = 0; i < x->trial.outcomes.n; i++) {
		const struct outcome *o = &x->trial.outcomes.items[i];

		if (o->state == STATE_NOT_ATTEMPTED)
			s.not_tested++;
		else if (o->proved)
			s.pass++;
		else if (identify_accepts(o))
			s.unproven++;
		else if (!is_by_default(x))
			s.fail++;
	}
	if (s.fail || s.unproven || (!s.pass && !s.not_tested))
		s.exit = EXIT_FAILS;
	else
		s.exit = s.not_tested ? EXIT_NOT_TESTED : EXIT_HOLDS;
	return s;
}

static int print_report(const struct identifying *x)
{
	const struct run_summary summary = summarise(x);
	const struct identify_view view = {
		.outcomes = &x->trial.outcomes,
		.names = x->trial.names.data,
		.by_default = is_by_default(x) ? &x->ports : NULL,
		.transport = x->method->transport,
	};
	struct buf out = BUF_INIT;
	bool ok;

	if (x->format != FORMAT_TEXT)
		return trial_print_json(&x->trial, x->format == FORMAT_JSONL, &summary)
			       ? summary.exit
			       : EXIT_NOT_TESTED;
	identify_text(&view, &out);
	ok = command_print(&out);
	buf_release(&out);
	return ok ? summary.exit : EXIT_NOT_TESTED;
}

static void release(struct identifying *x)
{
	targets_release(&x->targets);
	free(x->tasks);
	trial_release(&x->trial);
	tls_client_free(x->layer);
	portset_release(&x->ports);
	portset_release(&x->fragile);
}

static void take_sighting(struct trial *t, const struct outcome *o, const struct sighting *seen)
{
	struct identifying *x = t->ctx;

	remember_note(&x->remember, o, seen);
}

static int try_all(struct identifying *x, struct err *err)
{
	int rc = make_room(x, err);

	for (size_t i = 0; !rc && i < x->targets.n; i++)
		add_tasks(x, &x->targets.specs[i]);
	x->trial.tasks = x->tasks;
	x->trial.n_tasks = x->n_tasks;
	x->trial.is_quick = true; /* who is in the way is another question: probe, trace */
	x->trial.sighted = take_sighting;
	x->trial.ctx = x;
	if (rc)
		return rc;
	remember_start(&x->remember);
	rc = trial_run(&x->trial, err);
	remember_stop(&x->remember);
	return rc;
}

static int run(const struct arguments *args)
{
	struct identifying x = {.trial = {.names = BUF_INIT}};
	struct err err;
	int rc = read_settings(args, &x, &err);

	if (!rc)
		rc = targets_read(args, &x.targets, &err);
	if (!rc)
		rc = tls_client_new(&x.layer, &err);
	if (!rc)
		rc = try_all(&x, &err);
	rc = rc ? command_failed(&err) : print_report(&x);
	release(&x);
	return rc;
}

static const struct option_spec options[] = {
	{"ports", "PORTS", "of hosts that are given without; default: the usual ones", false},
	{"timeout", "MS", "how long one port may take; default 3000", false},
	{"rate", "N", "new connections a second at most", false},
	{"family", "4|6", "only a name's addresses of that family", false},
	{"source", "ADDRESS", "ask from this address of ours", false},
	{"udp", NULL, "datagrams instead of connections", false},
	{"fragile", "PORTS", "nothing is sent there but what usually is", false},
	{"i-may-probe", "PREFIX", "ranges inside it may be asked", true},
	{"format", "text|jsonl|json", "default text", false},
};

const struct command command_identify = {
	.name = "identify",
	.summary = "what speaks there: each port, by what it answers",
	.operands = "HOST[:PORTS] ...",
	.options = options,
	.n_options = ARRAY_LEN(options),
	.min_operands = 1,
	.max_operands = -1,
	.run = run,
};
