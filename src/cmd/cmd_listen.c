/* SPDX-License-Identifier: ISC */
#include <stdio.h>

#include "cmd/command.h"
#include "cmd/far_listen.h"
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
	struct far_listen far; /* far.n_keys: --control was given */
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
	if (!rc)
		rc = far_listen_read(&l->far, args, l->arena, err);
	if (rc || !l->loaded.site)
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

/* A stand-in that the far side is told of may be below 1024. */
static int drop_privileges(const struct listening *l, struct err *err)
{
	return l->far.n_keys ? privilege_drop_but_ports(err) : privilege_drop(err);
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
	return l->redirect ? redirect(l, err) : 0;
}

static void print_start(struct listening *l)
{
	struct buf out = BUF_INIT;

	if (l->listen)
		listen_print_start(&l->print, &out);
	if (l->far.n_keys)
		far_listen_print_start(&l->far, l->print.json, &out);
	print(l, &out);
}

static void print_end(struct listening *l, struct mono started)
{
	struct buf out = BUF_INIT;

	if (l->far.n_keys)
		far_listen_print_end(&l->far, l->print.json, &out);
	if (l->listen)
		listen_print_end(&l->print, (loop_now(l->loop).us - started.us) / 1000, &out);
	print(l, &out);
}

struct expiry {
	struct timer timer; /* first: the address is the same */
	struct loop *loop;
};

static void expire(struct timer *t)
{
	loop_stop(((struct expiry *)t)->loop);
}

/* Without a site there are no flows of its own to wait for. */
static int wait_for_sessions(struct listening *l, int64_t ms, const volatile int *interrupted,
			     struct err *err)
{
	struct expiry end = {.timer.fire = expire, .loop = l->loop};
	int rc;

	timer_start(l->loop, &end.timer, mono_add_ms(loop_now(l->loop), ms));
	rc = loop_run(l->loop, interrupted, err);
	timer_stop(l->loop, &end.timer);
	return rc;
}

static int wait_for_arrivals(struct listening *l, const volatile int *interrupted, struct err *err)
{
	int64_t ms = l->print.minutes * 60000LL;
	int rc = 0;

	if (l->output_lost)
		return 0;
	if (!l->listen)
		rc = wait_for_sessions(l, ms, interrupted, err);
	else if (l->far.n_keys || listen_print_sums(&l->print).open)
		rc = listen_run(l->listen, ms, interrupted, err);
	if (!rc && l->far.failed[0])
		rc = err_set(err, ERR_SYSTEM, PLACE_NONE, "%s", l->far.failed);
	return rc;
}

static int stand_in(struct listening *l, const volatile int *interrupted, struct err *err)
{
	struct mono started = loop_now(l->loop);
	int rc;

	print_start(l);
	rc = wait_for_arrivals(l, interrupted, err);
	if (!rc)
		print_end(l, started);
	return rc;
}

/* All that needs a privilege, which is given up then. */
static int prepare(struct listening *l, const volatile int *interrupted, struct err *err)
{
	int rc = 0;

	if (l->loaded.plan) {
		name_run(l);
		listen_plan_build(&l->plan, l->loaded.plan, &l->vantage, l->arena);
		rc = open_all(l, err);
		l->print.listen = l->listen;
		l->print.plan = &l->plan;
		l->print.run = &l->run;
	}
	if (!rc && l->far.n_keys)
		rc = far_listen_start(&l->far, l->loop, interrupted, err);
	return rc ? rc : drop_privileges(l, err);
}

static int run_loop(struct listening *l, struct err *err)
{
	const volatile int *interrupted = interrupt_catch();
	int rc = loop_new(&l->loop, err);

	if (rc)
		return rc;
	rc = prepare(l, interrupted, err);
	if (!rc)
		rc = stand_in(l, interrupted, err);
	nft_free(l->nft);
	far_listen_stop(&l->far);
	if (!rc && l->output_lost)
		rc = EXIT_NOT_TESTED;
	if (!rc && l->listen)
		rc = listen_print_exit(&l->print);
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

static int load(const struct arguments *args, struct listening *l)
{
	const struct plan_options plan_options = {.as_documented = args_has(args, "as-documented")};

	if (args_n_operands(args))
		return load_plan(&l->loaded, args_operand(args, 0), args_value(args, "catalog"),
				 &plan_options);
	if (!args_has(args, "control"))
		return command_usage_error(
			"a SITE says what to stand in for; without one, --control "
			"says where that is told");
	return 0;
}

static int run(const struct arguments *args)
{
	struct listening l = {.arena = arena_new()};
	int rc = load(args, &l);

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
	{"control", "ADDRESS[:PORT]", "be told there what is tried, and say what arrived", false},
	{"allow", "KEY[,ADDRESS...]", "by whom, as portolan keys prints it, or file:PATH", true},
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
	.operands = "[SITE]",
	.options = options,
	.n_options = ARRAY_LEN(options),
	.min_operands = 0,
	.max_operands = 1,
	.run = run,
};
