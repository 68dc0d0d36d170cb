/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "cmd/audit_chart.h"
#include "cmd/audit_judge.h"
#include "cmd/auditing.h"
#include "cmd/command.h"
#include "cmd/here.h"
#include "cmd/identify_print.h"
#include "cmd/load.h"
#include "cmd/report.h"
#include "cmd/targets.h"
#include "cmd/usual_ports.h"
#include "probe/method_identify.h"
#include "tls/client.h"

enum { DAY_MS = 86400 * 1000 };

struct audit_run {
	const struct writer *writer;
	int profile;
	uint8_t family;
	struct addr source;
	bool is_udp, has_ports;
	struct portset tcp, udp; /* for what is given without ports */
	struct targets targets;
	struct loaded loaded;
	struct vantage vantage;
	struct host_addrs addrs;
	bool is_here;	     /* vantage is known */
	struct layer *layer; /* owned */
	struct auditing auditing;
	struct audit_report report;
};

static const char *const profiles[] = {"default", "strict", NULL};

/* --- the command line ------------------------------------------------------------------------- */

static int read_ports(const struct arguments *args, struct audit_run *x, struct err *err)
{
	const char *ports = args_value(args, "ports");

	x->is_udp = args_has(args, "udp");
	x->has_ports = ports != NULL;
	if (ports)
		return target_parse_ports(slice_of(ports), x->is_udp ? &x->udp : &x->tcp, err);
	if (!x->is_udp)
		usual_ports_add(TRANSPORT_TCP, &x->tcp);
	usual_ports_add(TRANSPORT_UDP, &x->udp);
	return 0;
}

static int read_settings(const struct arguments *args, struct audit_run *x, struct err *err)
{
	struct trial *t = &x->auditing.trial;
	int rc = trial_read_timeout(args_value(args, "timeout"), &t->timeout_ms, err);

	if (!rc)
		rc = trial_read_rate(args_value(args, "rate"), &t->rate, err);
	if (!rc)
		rc = trial_read_family(args_value(args, "family"), &x->family, err);
	if (!rc)
		rc = trial_read_source(args_value(args, "source"), &x->source, err);
	if (!rc)
		rc = read_ports(args, x, err);
	if (!rc && args_has(args, "fragile"))
		rc = target_parse_ports(slice_of(args_value(args, "fragile")), &x->auditing.fragile,
					err);
	x->auditing.is_active = args_has(args, "active");
	return rc;
}

/* A file of YAML is a site; no host has such a name. */
static const char *site_of(const struct arguments *args)
{
	struct slice s = slice_of(args_operand(args, 0));

	if (args_n_operands(args) != 1 || s.n < 5)
		return NULL;
	if (slice_is(slice_skip(s, s.n - 5), ".yaml") || slice_is(slice_skip(s, s.n - 4), ".yml"))
		return s.p;
	return NULL;
}

/* --- tasks ------------------------------------------------------------------------------------ */

static void add_ports(struct audit_run *x, const struct target_spec *t, const struct addr *a,
		      const struct portset *ports, const struct method *method)
{
	struct task task = {
		.name = t->name[0] ? t->name : NULL,
		.target = *a,
		.source = x->source,
		.family = x->family,
		.method = method,
	};

	for (size_t i = 0; i < ports->n; i++)
		for (unsigned port = ports->items[i].lo; port <= ports->items[i].hi; port++) {
			task.port = (uint16_t)port;
			auditing_add(&x->auditing, &task);
		}
}

static void add_target(struct audit_run *x, const struct target_spec *t)
{
	for (size_t k = 0; k < targets_count_addresses(t); k++) {
		struct addr a = targets_address(t, k);

		if (t->ports.n) {
			add_ports(x, t, &a, &t->ports,
				  x->is_udp ? &method_identify_udp : &method_identify);
			continue;
		}
		add_ports(x, t, &a, &x->tcp, &method_identify);
		add_ports(x, t, &a, &x->udp, &method_identify_udp);
	}
}

/* Counted before it is built. */
static int check_room(const struct audit_run *x, struct err *err)
{
	size_t n = 0;

	for (size_t i = 0; i < x->targets.n; i++) {
		const struct target_spec *t = &x->targets.specs[i];
		size_t ports = t->ports.n ? portset_count(&t->ports)
					  : portset_count(&x->tcp) + portset_count(&x->udp);

		n += targets_count_addresses(t) * ports;
	}
	if (n > ENGINE_TASKS_MAX)
		return err_set(err, ERR_LIMIT, PLACE_NONE,
			       "more than %d ports in one run: split it", ENGINE_TASKS_MAX);
	return 0;
}

static int take_targets(const struct arguments *args, struct audit_run *x, struct err *err)
{
	int rc = targets_read(args, &x->targets, err);

	if (!rc)
		rc = check_room(x, err);
	for (size_t i = 0; !rc && i < x->targets.n; i++) {
		x->auditing.trial.has_names |= x->targets.specs[i].name[0] != '\0';
		add_target(x, &x->targets.specs[i]);
	}
	return rc;
}

/* From where forbidden flows begin is of use, and not needed. */
static int take_site(const struct arguments *args, struct audit_run *x, struct err *err)
{
	const char *as = args_value(args, "as");
	int rc = here_find(&x->vantage, &x->addrs, x->loaded.site, as, err);

	x->is_here = !rc;
	if (rc && as)
		return rc;
	x->auditing.trial.run.site = x->loaded.site->name.s;
	audit_chart_targets(&x->auditing, x->loaded.plan, &x->tcp, &x->udp);
	return 0;
}

/* --- the report ------------------------------------------------------------------------------- */

static void count_rest(struct audit_run *x)
{
	const struct auditing *a = &x->auditing;

	for (size_t i = 0; i < a->trial.outcomes.n; i++) {
		const struct outcome *o = &a->trial.outcomes.items[i];

		if (o->task >= a->n_asked)
			continue;
		x->report.not_tested += o->state == STATE_NOT_ATTEMPTED;
		x->report.unknown +=
			!o->proved && o->transport == TRANSPORT_TCP && identify_accepts(o);
	}
}

static void make_report(struct audit_run *x)
{
	struct audit_report *r = &x->report;

	r->run = &x->auditing.trial.run;
	r->profile = profiles[x->profile];
	r->names = x->auditing.trial.names.n ? x->auditing.trial.names.data : "";
	r->width = report_width();
	r->elapsed_ms = x->auditing.trial.elapsed_ms;
	audit_judge(&x->auditing, (enum audit_profile)x->profile, r);
	if (x->loaded.plan)
		audit_chart_judge(&x->auditing, x->loaded.plan, x->is_here ? &x->vantage : NULL, r);
	if (x->loaded.plan)
		audit_chart_exempt(x->auditing.arena, x->loaded.site, &x->auditing,
				   (int32_t)(x->auditing.trial.run.started_ms / DAY_MS), r);
	count_rest(x);
	r->is_shut_out = x->auditing.trial.n_shut_out > 0;
	audit_judge_sort(r);
	r->exit = audit_judge_exit(r);
}

static int print(const struct arguments *args, const struct audit_run *x)
{
	struct buf out = BUF_INIT;
	bool ok;

	x->writer->audit(&x->report, &out);
	ok = report_print(args, &out);
	buf_release(&out);
	return ok ? x->report.exit : EXIT_NOT_TESTED;
}

/* --- the whole -------------------------------------------------------------------------------- */

static void release(struct audit_run *x)
{
	auditing_release(&x->auditing);
	targets_release(&x->targets);
	host_addrs_release(&x->addrs);
	load_release(&x->loaded);
	tls_client_free(x->layer);
	portset_release(&x->tcp);
	portset_release(&x->udp);
	arena_free(x->auditing.arena);
}

static int audit(const struct arguments *args, struct audit_run *x)
{
	struct err err;
	int rc = tls_client_new(&x->layer, &err);

	x->auditing.layer = x->layer;
	if (!rc)
		rc = read_settings(args, x, &err);
	if (!rc)
		rc = x->loaded.plan ? take_site(args, x, &err) : take_targets(args, x, &err);
	if (!rc)
		rc = auditing_run(&x->auditing, &err);
	if (rc)
		return command_failed(&err);
	make_report(x);
	return print(args, x);
}

static int run(const struct arguments *args)
{
	const struct plan_options options = {0};
	struct audit_run x = {.auditing.trial = {.names = BUF_INIT}};
	const char *site = site_of(args);
	int rc = 0;

	x.profile = report_choice(args, "profile", profiles, PROFILE_DEFAULT);
	x.writer = report_writer(args, REPORT_AUDIT);
	if (x.profile < 0 || !x.writer)
		return EXIT_USAGE;
	if (!site && (args_has(args, "active") || args_has(args, "as")))
		return command_usage_error("audit: --active and --as want a SITE: only its own "
					   "hosts are asked so");
	x.auditing.arena = arena_new();
	if (site)
		rc = load_plan(&x.loaded, site, args_value(args, "catalog"), &options);
	if (!rc)
		rc = audit(args, &x);
	release(&x);
	return rc;
}

static const struct option_spec options[] = {
	{"ports", "PORTS", "of hosts that are given without; default: the usual ones", false},
	{"udp", NULL, "datagrams alone", false},
	{"profile", "default|strict", "strict: TLS 1.3 alone, no SHA-1, ...", false},
	{"active", NULL, "also try default passwords and open relays; a site's own hosts only",
	 false},
	{"as", "HOST", "which host of the site this one is", false},
	{"catalog", "DIR", "where the product files are", false},
	{"timeout", "MS", "how long one port may take", false},
	{"rate", "N", "new connections a second at most", false},
	{"family", "4|6", "only a name's addresses of that family", false},
	{"source", "ADDRESS", "ask from this address of ours", false},
	{"fragile", "PORTS", "nothing is sent there but what usually is", false},
	{"i-may-probe", "PREFIX", "ranges inside it may be asked", true},
	{"format", "text|csv|markdown|html|jsonl|json|junit|sarif", "default text", false},
	{"output", "FILE", "write the report there, in one go", false},
};

const struct command command_audit = {
	.name = "audit",
	.summary = "what is unsafe: each service that speaks, against the standards",
	.operands = "SITE.yaml | HOST[:PORTS] ...",
	.options = options,
	.n_options = ARRAY_LEN(options),
	.min_operands = 1,
	.max_operands = -1,
	.run = run,
};
