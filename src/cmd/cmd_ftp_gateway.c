/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "cmd/command.h"
#include "cmd/gateway_log.h"
#include "cmd/gateway_options.h"
#include "cmd/gateway_site.h"
#include "cmd/load.h"
#include "sys/host_ports.h"
#include "sys/interrupt.h"
#include "sys/limit.h"

enum { DESCRIPTORS = 1 << 18, BACKLOG = 512 };

struct running {
	struct arena *arena;
	struct loaded loaded;
	struct gate_config config;
	struct loop *loop;
	struct resolver *resolver;
	struct gate *gate;
	bool verbose;
};

/* --- what it is to do ------------------------------------------------------------------------- */

static int read_config(struct running *r, const struct arguments *args, struct err *err)
{
	const char *site = args_operand(args, 0), *device = args_value(args, "device");

	if (!site)
		return gateway_from_options(&r->config, args, r->arena, err);
	if (!device)
		return err_set(err, ERR_USAGE, PLACE_NONE,
			       "--device says which of the site's devices this is");
	return gateway_from_site(&r->config, r->loaded.plan, device, r->arena, err);
}

/* --- what it tells ---------------------------------------------------------------------------- */

static bool is_chatter(const struct gate_event *e)
{
	return strcmp(e->what, "command") == 0 || strcmp(e->what, "reply") == 0;
}

static void tell(void *ctx, const struct gate_event *e)
{
	struct running *r = ctx;
	struct buf line = BUF_INIT;

	if (is_chatter(e) && !r->verbose)
		return;
	gateway_log_json(e, r->loop->ops->wall_ms(r->loop), &line);
	command_print(&line);
	buf_release(&line);
}

/* --- the run ---------------------------------------------------------------------------------- */

static int open_listeners(struct running *r, struct err *err)
{
	for_each (l, &r->config.listeners) {
		const struct stream_spec spec = {.at = l->at, .port = l->port, .backlog = BACKLOG};
		char text[ADDR_TEXT_MAX];
		const char *call;
		int fd = stream_listen(&spec, &call), rc = fd;

		if (fd >= 0)
			rc = gate_listen(r->gate, fd);
		if (rc < 0)
			return err_set(err, ERR_SYSTEM, PLACE_NONE,
				       "cannot listen on %s port %u: %s: %s",
				       addr_text(&l->at, text), l->port, call, strerror(-rc));
	}
	return 0;
}

static int start(struct running *r, struct err *err)
{
	struct host_ports ports;
	int rc = host_ports_read(&ports, err);

	if (!rc)
		rc = loop_new(&r->loop, err);

	if (rc)
		return rc;
	limit_descriptors(DESCRIPTORS);
	r->resolver = resolver_new(r->loop);
	r->gate = gate_new(&(struct gate_setup){.loop = r->loop,
						.config = &r->config,
						.resolver = r->resolver,
						.tell = tell,
						.ctx = r});
	host_ports_release(&ports);
	return open_listeners(r, err);
}

static void stop(struct running *r)
{
	if (r->gate)
		gate_free(r->gate);
	resolver_free(r->resolver);
	loop_free(r->loop);
}

static int serve(struct running *r, struct err *err)
{
	const volatile int *interrupted = interrupt_catch();
	int rc = start(r, err);

	if (!rc) {
		fprintf(stderr, "ready\n");
		rc = loop_run(r->loop, interrupted, err);
	}
	stop(r);
	interrupt_release();
	return rc;
}

static int run(const struct arguments *args)
{
	struct running r = {.verbose = args_has(args, "verbose")};
	struct err err;
	int rc = 0;

	if (args_operand(args, 0))
		rc = load_plan(&r.loaded, args_operand(args, 0), args_value(args, "catalog"),
			       &(struct plan_options){0});
	if (rc) {
		load_release(&r.loaded);
		return rc;
	}
	r.arena = arena_new();
	rc = read_config(&r, args, &err);
	if (!rc)
		rc = gateway_limits(&r.config, args, &err);
	if (!rc)
		rc = serve(&r, &err);
	rc = rc ? command_failed(&err) : EXIT_HOLDS;
	portset_release(&r.config.refused_ports);
	load_release(&r.loaded);
	arena_free(r.arena);
	return rc;
}

static const struct option_spec options[] = {
	{"device", "NAME", "of the site's devices the one that this is", false},
	{"catalog", "DIR", "where product files are", false},
	{"listen", "ADDRESS[:PORT]", "without a site: where clients come", true},
	{"explicit", NULL, "clients say the server themselves: user@host", false},
	{"transparent", NULL, "clients dial the server, and a redirect brings them here", false},
	{"server", "ADDRESS[:PORT]", "the server behind; several take turns", true},
	{"allow", "CLIENTS=SERVERS[,PORTS]", "who may go where; nobody else does", true},
	{"client-ports", "LO-HI", "where clients' passive data connections come", false},
	{"server-ports", "LO-HI", "where servers' active data connections come", false},
	{"client-modes", "MODE", "either, active or passive", false},
	{"server-modes", "MODE", "same, active, passive or passive-then-active", false},
	{"active-source", "PORT", "20 or any: from where clients in active mode are dialled",
	 false},
	{"without-port", NULL, "active mode also for clients that send no PORT", false},
	{"limit", "NAME=N", "sessions, per-source, per-minute, rate, login, idle, data; 0: none",
	 true},
	{"verbose", NULL, "tell commands and replies, too", false},
};

const struct command command_ftp_gateway = {
	.name = "ftp-gateway",
	.summary = "carries FTP through a firewall or a NAT, in every mode of either side",
	.operands = "[SITE]",
	.options = options,
	.n_options = sizeof(options) / sizeof(options[0]),
	.min_operands = 0,
	.max_operands = 1,
	.run = run,
};
