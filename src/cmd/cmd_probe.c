/* SPDX-License-Identifier: ISC */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/command.h"
#include "cmd/far.h"
#include "cmd/format.h"
#include "cmd/targets.h"
#include "cmd/trial.h"
#include "cmd/trial_print.h"
#include "model/service.h"
#include "probe/method.h"
#include "probe/method_ping.h"
#include "probe/method_talk.h"
#include "probe/method_tcp.h"
#include "probe/method_udp.h"
#include "report/probe_like.h"

struct settings {
	enum format format;
	unsigned timeout_ms, rate;
	uint8_t family;
	struct addr source;
	struct portset ports; /* for operands without ports */
	const struct method *method;
	const char *service; /* NULL: the one that is usual on the port */
	bool like_tnc;
};

struct probing {
	struct settings settings;
	struct targets targets;
	struct task *tasks; /* owned */
	size_t n_tasks;
	struct trial trial;
	struct far_side far;
};

/* The command line. */

/* The way to try: a connection, a datagram, a ping; with a service its dialogue. */
static int read_method(const struct arguments *args, struct settings *s, struct err *err)
{
	bool udp = args_has(args, "udp"), ping = args_has(args, "ping");
	struct service service;

	s->service = args_value(args, "service");
	if (udp && ping)
		return err_set(err, ERR_USAGE, PLACE_NONE, "--udp or --ping, not both");
	if (ping && (s->service || s->ports.n))
		return err_set(err, ERR_USAGE, PLACE_NONE, "a ping has no port and no service");
	if (s->service && !service_find(slice_of(s->service), &service))
		return err_set(err, ERR_USAGE, PLACE_NONE,
			       "there is no service \"%.60s\": portolan port says which there are",
			       s->service);
	if (s->service && !proto_find(s->service, udp ? TRANSPORT_UDP : TRANSPORT_TCP))
		return err_set(err, ERR_USAGE, PLACE_NONE,
			       "--service %.60s: this version does not speak it over %s",
			       s->service, udp ? "UDP" : "TCP");
	if (ping)
		s->method = &method_ping;
	else if (udp)
		s->method = &method_udp;
	else
		s->method = s->service ? &method_talk : &method_tcp;
	return 0;
}

static int read_like(const struct arguments *args, struct settings *s, struct err *err)
{
	const char *like = args_value(args, "like");

	if (!like)
		return 0;
	if (strcmp(like, "test-netconnection") != 0)
		return err_set(err, ERR_USAGE, PLACE_NONE,
			       "--like knows test-netconnection, not \"%.60s\"", like);
	if (s->format != FORMAT_TEXT || s->method != &method_tcp)
		return err_set(err, ERR_USAGE, PLACE_NONE,
			       "--like test-netconnection is a form of its own, for connections "
			       "alone");
	s->like_tnc = true;
	return 0;
}

static int read_settings(const struct arguments *args, struct settings *s, struct err *err)
{
	static const char *const forms[] = {"text", "jsonl", "json", NULL};
	const char *v;
	int rc = format_read(args_value(args, "format"), forms, &s->format, err);

	if (!rc)
		rc = trial_read_timeout(args_value(args, "timeout"), &s->timeout_ms, err);
	if (!rc)
		rc = trial_read_rate(args_value(args, "rate"), &s->rate, err);
	if (!rc)
		rc = trial_read_family(args_value(args, "family"), &s->family, err);
	if (!rc && (v = args_value(args, "ports")))
		rc = target_parse_ports(slice_of(v), &s->ports, err);
	if (!rc)
		rc = trial_read_source(args_value(args, "source"), &s->source, err);
	if (!rc)
		rc = read_method(args, s, err);
	if (!rc)
		rc = read_like(args, s, err);
	return rc;
}

static const struct portset *ports_of(const struct probing *p, const struct target_spec *t)
{
	return t->ports.n ? &t->ports : &p->settings.ports;
}

static int check_ports(const struct probing *p, const struct target_spec *t, const char *text,
		       struct err *err)
{
	bool has_ports = t->ports.n || p->settings.ports.n;

	if (p->settings.method == &method_ping)
		return t->ports.n
			       ? err_set(err, ERR_USAGE, PLACE_NONE,
					 "a ping has no port: write the host alone, not %s", text)
			       : 0;
	return has_ports ? 0
			 : err_set(err, ERR_USAGE, PLACE_NONE,
				   "which port of %s? Write HOST:443, or give --ports", text);
}

static size_t checks_of(const struct probing *p, const struct target_spec *t)
{
	bool ping = p->settings.method == &method_ping;

	return targets_count_addresses(t) * (ping ? 1 : portset_count(ports_of(p, t)));
}

static int read_targets(const struct arguments *args, struct probing *p, struct err *err)
{
	size_t checks = 0;
	int rc = targets_read(args, &p->targets, err);

	for (size_t i = 0; !rc && i < p->targets.n; i++) {
		const struct target_spec *t = &p->targets.specs[i];

		rc = check_ports(p, t, args_operand(args, i), err);
		checks += checks_of(p, t);
		if (!rc && checks > ENGINE_TASKS_MAX)
			rc = err_set(err, ERR_LIMIT, PLACE_NONE,
				     "more than %d checks in one run: split it", ENGINE_TASKS_MAX);
	}
	if (!rc)
		p->tasks = mem_new(checks, sizeof(*p->tasks));
	return rc;
}

static const struct proto *dialogue_of(const struct settings *s, uint16_t port)
{
	enum transport transport = s->method->transport;

	if (s->service)
		return proto_find(s->service, transport);
	/* Over TCP the connection is what was asked for. */
	return transport == TRANSPORT_UDP ? trial_usual_dialogue(port) : NULL;
}

static void add_task(struct probing *p, const struct target_spec *t, const struct addr *a,
		     uint16_t port)
{
	const struct settings *s = &p->settings;
	const struct proto *proto = dialogue_of(s, port);

	p->tasks[p->n_tasks++] = (struct task){
		.name = t->name[0] ? t->name : NULL,
		.target = *a,
		.source = s->source,
		.family = s->family,
		.port = port,
		.flow = UINT_MAX,
		.expected = s->service,
		.method = s->method,
		.proto = proto,
	};
}

static void add_tasks(struct probing *p, const struct target_spec *t, const struct addr *a)
{
	const struct portset *ports = ports_of(p, t);

	if (p->settings.method == &method_ping)
		add_task(p, t, a, 0);
	else
		for (size_t i = 0; i < ports->n; i++)
			for (unsigned port = ports->items[i].lo; port <= ports->items[i].hi; port++)
				add_task(p, t, a, (uint16_t)port);
}

static void make_tasks(struct probing *p)
{
	for (size_t i = 0; i < p->targets.n; i++) {
		const struct target_spec *t = &p->targets.specs[i];

		p->trial.has_names |= t->name[0] != '\0';
		for (size_t k = 0; k < targets_count_addresses(t); k++) {
			struct addr a = targets_address(t, k);

			add_tasks(p, t, &a);
		}
	}
}

/* The report. */

static int print_report(const struct probing *p)
{
	struct run_summary summary = trial_summary(&p->trial);
	bool is_text = p->settings.like_tnc || p->settings.format == FORMAT_TEXT, ok;
	struct buf out = BUF_INIT;

	if (p->settings.like_tnc)
		probe_like_test_netconnection(&p->trial.outcomes, &out);
	else if (is_text)
		probe_text(&p->trial.outcomes, p->trial.names.data, &out);
	ok = is_text ? command_print(&out)
		     : trial_print_json(&p->trial, p->settings.format == FORMAT_JSONL, &summary);
	buf_release(&out);
	return ok ? summary.exit : EXIT_NOT_TESTED;
}

static void release(struct probing *p)
{
	targets_release(&p->targets);
	free(p->tasks);
	trial_release(&p->trial);
	arena_free(p->far.arena);
	portset_release(&p->settings.ports);
}

static int ask_far_side(struct trial *t, struct loop *l, const volatile int *interrupted,
			struct err *err)
{
	struct probing *p = t->ctx;

	(void)err;
	far_run(&p->far, l, interrupted);
	return 0;
}

static int read_far(const struct arguments *args, struct probing *p, struct err *err)
{
	p->far.trial = &p->trial;
	p->far.arena = arena_new();
	return far_read_options(args, false, &p->far, err);
}

static int run(const struct arguments *args)
{
	struct probing p = {.trial = {.names = BUF_INIT}};
	struct err err;
	int rc = read_settings(args, &p.settings, &err);

	if (!rc)
		rc = read_far(args, &p, &err);

	if (!rc)
		rc = read_targets(args, &p, &err);
	if (!rc) {
		make_tasks(&p);
		p.trial.tasks = p.tasks;
		p.trial.n_tasks = p.n_tasks;
		p.trial.timeout_ms = p.settings.timeout_ms;
		p.trial.rate = p.settings.rate;
		p.trial.is_quick = args_has(args, "no-blame");
		p.trial.after = p.far.n ? ask_far_side : NULL;
		p.trial.ctx = &p;
		rc = trial_run(&p.trial, &err);
	}
	rc = rc ? command_failed(&err) : print_report(&p);
	release(&p);
	return rc;
}

static const struct option_spec options[] = {
	{"ports", "PORTS", "of hosts that are given without: 22,80,7000-7008", false},
	{"timeout", "MS", "how long until a port is called dropped; default 700 or more", false},
	{"rate", "N", "new connections a second at most", false},
	{"no-blame", NULL, "do not look for who is in the way", false},
	{"family", "4|6", "only a name's addresses of that family", false},
	{"source", "ADDRESS", "try from this address of ours", false},
	{"udp", NULL, "datagrams instead of connections", false},
	{"ping", NULL, "pings instead of connections; the targets have no ports", false},
	{"service", "NAME", "hold its dialogue: is it the right service?", false},
	{"like", "test-netconnection", "print as that tool does", false},
	{"i-may-probe", "PREFIX", "ranges inside it may be probed", true},
	{"far", "ADDRESS[:PORT]", "ask portolan listen --control there what arrived", false},
	{"far-key", "KEY", "its key, or file:PATH of it", false},
	{"format", "text|jsonl|json", "default text", false},
};

const struct command command_probe = {
	.name = "probe",
	.summary = "is a port open, and if not, who says so",
	.operands = "HOST[:PORTS] ...",
	.options = options,
	.n_options = ARRAY_LEN(options),
	.min_operands = 1,
	.max_operands = -1,
	.run = run,
};
