/* SPDX-License-Identifier: ISC */
#include "cmd/command.h"
#include "cmd/format.h"
#include "cmd/here.h"
#include "cmd/load.h"
#include "cmd/port_lookup.h"
#include "cmd/ports_gather.h"
#include "cmd/report.h"
#include "report/ports.h"
#include CONFIG_H

struct looking {
	enum format format;
	struct port_lookup lookup;
	struct loaded loaded;
	struct vantage vantage;
	struct host_addrs addrs;
	struct listening listening;
};

static int read_options(const struct arguments *args, struct looking *x, struct err *err)
{
	static const char *const forms[] = {"text", "csv", "jsonl", "json", NULL};
	bool tcp = args_has(args, "tcp"), udp = args_has(args, "udp");

	x->listening.on = (tcp || !udp ? ON_TCP : 0U) | (udp || !tcp ? ON_UDP : 0U);
	return format_read(args_value(args, "format"), forms, &x->format, err);
}

/* What the site calls a number goes before all others. */
static void add_local_ports(struct port_lookup *l, const struct site *site)
{
	size_t n = l->sources.local.n;
	struct local_name *names =
		ARENA_ARRAY(l->arena, struct local_name, n + site->local_ports.n);
	size_t k = 0;

	for_each (local, &site->local_ports)
		names[k++] = (struct local_name){
			.ports = local->range,
			.on = transport_bit(local->transport),
			.name = local->name.s,
			.aliases = "",
			.source = "the site",
		};
	if (n)
		memcpy(names + k, l->sources.local.items, n * sizeof(*names));
	l->sources.local.items = names;
	l->sources.local.n = k + n;
}

static int join_site(const struct arguments *args, struct looking *x, struct err *err)
{
	int rc;

	if (!x->loaded.plan)
		return 0;
	rc = here_find(&x->vantage, &x->addrs, x->loaded.site, args_value(args, "as"), err);
	if (rc)
		return rc;
	add_local_ports(&x->lookup, x->loaded.site);
	ports_gather_wanted(&x->listening, x->loaded.plan, &x->vantage);
	return 0;
}

static int look(const struct arguments *args, struct looking *x, struct err *err)
{
	int rc = port_lookup_read(&x->lookup, err);

	x->listening.arena = x->lookup.arena;
	x->listening.sources = &x->lookup.sources;
	if (!rc)
		rc = join_site(args, x, err);
	if (!rc)
		rc = ports_gather(&x->listening, err);
	if (!rc)
		listening_join(&x->listening);
	return rc;
}

static void write_json(const struct listening *l, int exit, struct buf *out)
{
	buf_add_text(out, "{\"version\":\"" VERSION "\",\"records\":[\n");
	ports_records(l, exit, ",\n", out);
	buf_add_text(out, "\n]}\n");
}

static int print(const struct looking *x)
{
	const struct listening *l = &x->listening;
	int rc = listening_required_gaps(l) ? EXIT_FAILS : EXIT_HOLDS;
	struct buf out = BUF_INIT;

	if (x->format == FORMAT_TEXT) {
		ports_text(l, report_width(), &out);
	} else if (x->format == FORMAT_CSV) {
		ports_csv(l, &out);
	} else if (x->format == FORMAT_JSON) {
		write_json(l, rc, &out);
	} else {
		ports_records(l, rc, "\n", &out);
		buf_add_char(&out, '\n');
	}
	if (!command_print(&out))
		rc = EXIT_NOT_TESTED;
	buf_release(&out);
	return rc;
}

/* The site first: its mistakes are told all at once. */
static int load(const struct arguments *args, struct looking *x)
{
	const struct plan_options options = {0};

	if (args_n_operands(args))
		return load_plan(&x->loaded, args_operand(args, 0), args_value(args, "catalog"),
				 &options);
	if (args_has(args, "as") || args_has(args, "catalog"))
		return command_usage_error("ports: --as and --catalog want a SITE");
	return 0;
}

static int run(const struct arguments *args)
{
	struct looking x = {.loaded = {.bytes = BUF_INIT}, .lookup = {.updated_bytes = BUF_INIT}};
	struct err err;
	int rc = read_options(args, &x, &err);

	if (rc)
		return command_failed(&err);
	rc = load(args, &x);
	if (!rc)
		rc = look(args, &x, &err) ? command_failed(&err) : print(&x);
	listening_release(&x.listening);
	port_lookup_release(&x.lookup);
	host_addrs_release(&x.addrs);
	load_release(&x.loaded);
	return rc;
}

static const struct option_spec options[] = {
	{"tcp", NULL, "TCP only", false},
	{"udp", NULL, "UDP only", false},
	{"as", "HOST", "which host of the site this is, when its addresses do not tell", false},
	{"catalog", "DIR", "where the product files are", false},
	{"format", "text|csv|jsonl|json", "default text", false},
};

const struct command command_ports = {
	.name = "ports",
	.summary = "what this host listens on, who has it, and who wants it",
	.operands = "[SITE]",
	.options = options,
	.n_options = ARRAY_LEN(options),
	.min_operands = 0,
	.max_operands = 1,
	.run = run,
};
