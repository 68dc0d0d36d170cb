/* SPDX-License-Identifier: ISC */
#include <stdio.h>

#include "cmd/command.h"
#include "cmd/format.h"
#include "cmd/here.h"
#include "cmd/listen_print.h"
#include "cmd/load.h"
#include "probe/listen_redirect.h"
#include "sys/host.h"
#include "sys/host_ports.h"
#include "sys/interrupt.h"
#include "sys/limit.h"
#include "sys/nft.h"
#include "sys/privilege.h"
#include CONFIG_H

enum { MINUTES_DEFAULT = 60, MINUTES_MAX = 24 * 60, DESCRIPTORS = 1 << 18 };

struct listening {
	struct loaded loaded;
	struct vantage vantage;
	struct host_addrs addrs;
	struct arena *arena;
	struct listen_plan plan;
	struct loop *loop;
	struct listen *listen;
	struct nft *nft;
	struct run run;
	struct listen_print print;
	bool redirect;
	bool output_lost;
};

/* --- the command line ------------------------------------------------------------------------- */

static const char *const forms[] = {"text", "jsonl", NULL};

static int read_minutes(const char *text, unsigned *minutes, struct err *err)
{
	uint64_t n = MINUTES_DEFAULT;

	if (text && (!slice_number(slice_of(text), MINUTES_MAX, &n) || !n))
		return err_set(err, ERR_USAGE, PLACE_NONE, "--for wants 1 to %d minutes",
			       MINUTES_MAX);
	*minutes = (unsigned)n;
	return 0;
}

static int read_options(const struct arguments *args, struct listening *l, struct err *err)
{
	enum format format = FORMAT_TEXT;
	int rc = format_read(args_value(args, "format"), forms, &format, err);

	l->print.json = format == FORMAT_JSONL;
	l->redirect = args_has(args, "redirect");
	if (!rc)
		rc = read_minutes(args_value(args, "for"), &l->print.minutes, err);
	if (rc)
		return rc;
	return here_find(&l->vantage, &l->addrs, l->loaded.site, args_value(args, "as"), err);
}

/* --- what is told ----------------------------------------------------------------------------- */

static void print(struct listening *l, struct buf *out)
{
	l->output_lost = l->output_lost || !command_print(out);
	buf_release(out);
}

/* Where nobody reads any more there is nothing to stand in for. */
static void print_arrival(void *ctx, const struct listen_flow *f, const struct addr *peer,
			  uint16_t port)
{
	struct listening *l = ctx;
	struct buf out = BUF_INIT;

	listen_print_arrival(&l->print, f, peer, port, &out);
	print(l, &out);
	if (l->output_lost)
		listen_stop(l->listen);
}

static void name_run(struct listening *l)
{
	uint8_t chance[10];

	host_chance(chance, sizeof(chance));
	l->run.started_ms = l->loop->ops->wall_ms(l->loop);
	run_id_format(l->run.started_ms, chance, l->run.id);
	l->run.version = VERSION;
	l->run.site = l->loaded.site->name.s;
	l->run.vantage = l->vantage.name;
}

/* --- the run ---------------------------------------------------------------------------------- */

static int redirect(struct listening *l, struct err *err)
{
	struct buf rules = BUF_INIT;
	char table[64];
	int rc = 0;

	snprintf(table, sizeof(table), "portolan-listen-%ld", host_process());
	listen_redirect_format(l->listen, l->plan.flows.items, l->plan.flows.n, table, &rules);
	if (rules.n)
		rc = nft_start(&l->nft, table, buf_slice(&rules), err);
	buf_release(&rules);
	return rc;
}

static int open_all(struct listening *l, struct err *err)
{
	struct host_ports ports;
	struct listen_config config = {
		.loop = l->loop,
		.flows = l->plan.flows.items,
		.n_flows = l->plan.flows.n,
		.descriptors = limit_descriptors(DESCRIPTORS),
		.redirect = l->redirect,
		.original_port = nft_original_port,
		.arrived = print_arrival,
		.ctx = l,
	};
	int rc = host_ports_read(&ports, err);

	if (rc)
		return rc;
	config.ephemeral = ports.ephemeral;
	host_ports_release(&ports);
	l->listen = listen_new(&config);
	listen_open(l->listen);
	rc = l->redirect ? redirect(l, err) : 0;
	return rc ? rc : privilege_drop(err);
}

static int stand_in(struct listening *l, const volatile int *interrupted, struct err *err)
{
	struct mono started = loop_now(l->loop);
	struct buf out = BUF_INIT;
	int rc = 0;

	listen_print_start(&l->print, &out);
	print(l, &out);
	if (listen_print_sums(&l->print).open && !l->output_lost)
		rc = listen_run(l->listen, l->print.minutes * 60000LL, interrupted, err);
	if (rc)
		return rc;
	buf_init(&out);
	listen_print_end(&l->print, (loop_now(l->loop).us - started.us) / 1000, &out);
	print(l, &out);
	return 0;
}

static int run_loop(struct listening *l, struct err *err)
{
	const volatile int *interrupted = interrupt_catch();
	int rc = loop_new(&l->loop, err);

	if (rc)
		return rc;
	name_run(l);
	listen_plan_build(&l->plan, l->loaded.plan, &l->vantage, l->arena);
	rc = open_all(l, err);
	l->print.listen = l->listen;
	l->print.plan = &l->plan;
	l->print.run = &l->run;
	if (!rc)
		rc = stand_in(l, interrupted, err);
	nft_free(l->nft);
	if (!rc)
		rc = l->output_lost ? EXIT_NOT_TESTED : listen_print_exit(&l->print);
	listen_free(l->listen);
	loop_free(l->loop);
	interrupt_release();
	return rc;
}

static int run_loaded(const struct arguments *args, struct listening *l)
{
	struct err err;
	int rc = read_options(args, l, &err);

	if (!rc)
		rc = run_loop(l, &err);
	return rc < 0 ? command_failed(&err) : rc;
}

static int run(const struct arguments *args)
{
	const struct plan_options plan_options = {.as_documented = args_has(args, "as-documented")};
	struct listening l = {0};
	int rc = load_plan(&l.loaded, args_operand(args, 0), args_value(args, "catalog"),
			   &plan_options);

	l.arena = arena_new();
	if (!rc)
		rc = run_loaded(args, &l);
	listen_plan_release(&l.plan);
	host_addrs_release(&l.addrs);
	arena_free(l.arena);
	load_release(&l.loaded);
	return rc;
}

static const struct option_spec options[] = {
	{"as", "HOST", "which host of the site this is, when its addresses do not tell", false},
	{"for", "MINUTES", "how long, 1 to 1440; default 60", false},
	{"redirect", NULL, "open more than 64 ports through one, with nftables", false},
	{"catalog", "DIR", "where the product files are", false},
	{"as-documented", NULL, "the documents' own values instead of ours", false},
	{"format", "text|jsonl", "default text", false},
};

const struct command command_listen = {
	.name = "listen",
	.summary =
		"stand in for services that are not installed yet, so that the way can be proven",
	.operands = "SITE",
	.options = options,
	.n_options = ARRAY_LEN(options),
	.min_operands = 1,
	.max_operands = 1,
	.run = run,
};
