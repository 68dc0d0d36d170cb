/* SPDX-License-Identifier: ISC */
#include "cmd/gateway_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "cmd/gateway_counts.h"
#include "cmd/gateway_listen.h"
#include "cmd/gateway_log.h"
#include "cmd/gateway_metrics.h"
#include "cmd/gateway_options.h"
#include "cmd/gateway_site.h"
#include "cmd/load.h"
#include "sys/host_ports.h"
#include "sys/interrupt.h"
#include "sys/limit.h"
#include "sys/local.h"
#include "sys/log_file.h"
#include "sys/notify.h"
#include "sys/overseer.h"
#include "sys/privilege.h"
#include "sys/sandbox.h"
#include "sys/transparent.h"

enum { DESCRIPTORS = 1 << 18 };

/* One reading of the configuration. */
struct generation {
	struct arena *arena;
	struct loaded loaded;
	struct gate_config config;
	struct broker_limits limits;
	const char *user;
	struct log_file log, transfers;
	struct worker_counts *counts; /* in memory that is shared; NULL: not yet */
	struct generation *next;      /* of those that have workers */
};

struct running {
	const struct arguments *args;
	struct listeners listeners;
	struct transparent *transparent; /* NULL: not needed yet */
	struct generation *generations;
	struct gateway_counts *counts;
	struct gateway_metrics metrics;
	int control; /* -1: none */
	bool is_ready;
	bool verbose;
};

/* --- what it is to do ------------------------------------------------------------------------- */

static int read_site(struct generation *g, const struct arguments *args, struct err *err)
{
	const char *path = args_operand(args, 0), *device = args_value(args, "device");

	if (!device)
		return err_set(err, ERR_USAGE, PLACE_NONE,
			       "--device says which of the site's devices this is");
	if (load_plan(&g->loaded, path, args_value(args, "catalog"), &(struct plan_options){0}))
		return err_set(err, ERR_DOCUMENT, PLACE_NONE, "%s: not usable", path);
	return gateway_from_site(&g->config, g->loaded.plan, device, g->arena, err);
}

static int set_limits(struct generation *g, struct err *err)
{
	const struct gate_config *c = &g->config;
	unsigned uid, gid;
	int rc = sandbox_user(g->user, &uid, &gid, err);

	g->limits = (struct broker_limits){
		.listen = {c->client_ports, c->server_ports},
		.port_20 = c->active_source == ACTIVE_SOURCE_20,
		.transparent = c->placement == PLACEMENT_TRANSPARENT,
		.translate = c->plane == PLANE_NAT,
		.user = privilege_is_root() ? uid : BROKER_OWN,
	};
	return rc;
}

static int read_config(struct generation *g, const struct arguments *args, struct err *err)
{
	int rc = args_operand(args, 0) ? read_site(g, args, err)
				       : gateway_from_options(&g->config, args, g->arena, err);

	if (!rc)
		rc = gateway_limits(&g->config, args, err);
	if (!rc && g->config.plane == PLANE_NAT && g->config.limits.rate)
		rc = err_set(err, ERR_USAGE, PLACE_NONE,
			     "plane: nat: what the kernel carries has no rate; plane: relay");
	g->user = args_value(args, "run-as") ? args_value(args, "run-as") : g->config.user;
	return rc ? rc : set_limits(g, err);
}

static int open_logs(struct generation *g, const struct arguments *args, struct err *err)
{
	const char *transfers = args_value(args, "transfer-log");
	int rc = log_file_open(&g->log, args_value(args, "log"), err);

	if (!rc && transfers)
		rc = log_file_open(&g->transfers, transfers, err);
	return rc;
}

static bool has_counts(const struct running *r, const struct worker_counts *w)
{
	for (const struct generation *g = r->generations; g; g = g->next)
		if (g->counts == w)
			return true;
	return false;
}

static void take_counts(struct running *r, struct generation *g)
{
	size_t i = 0;

	while (i < OVERSEER_WORKERS - 1 && has_counts(r, &r->counts->workers[i]))
		i++;
	g->counts = gateway_counts_take(r->counts, i, g->config.name);
}

static void close_logs(struct generation *g)
{
	log_file_close(&g->log);
	log_file_close(&g->transfers);
}

static void forget(void *ctx, void *config)
{
	struct generation *g = config, **link = &((struct running *)ctx)->generations;

	while (*link && *link != g)
		link = &(*link)->next;
	if (*link)
		*link = g->next;
	if (g->counts)
		gateway_counts_end(((struct running *)ctx)->counts, g->counts);
	close_logs(g);
	portset_release(&g->config.refused_ports);
	load_release(&g->loaded);
	arena_free(g->arena);
	free(g);
}

static void retire(void *ctx, void *config)
{
	listeners_let_go(&((struct running *)ctx)->listeners,
			 &((struct generation *)config)->config);
}

static int configure(void *ctx, void **config, struct err *err)
{
	struct running *r = ctx;
	struct generation *g = mem_new(1, sizeof(*g));
	int rc;

	memset(g, 0, sizeof(*g));
	if (r->is_ready)
		notify_reloading();
	g->arena = arena_new();
	g->log.fd = g->transfers.fd = -1;
	rc = read_config(g, r->args, err);
	if (!rc)
		rc = open_logs(g, r->args, err);
	if (!rc && g->config.placement == PLACEMENT_TRANSPARENT && !r->transparent)
		rc = transparent_start(&r->transparent, err);
	if (!rc)
		rc = listeners_hold(&r->listeners, &g->config, err);
	if (rc) {
		err_take_place(err);
		forget(r, g);
		return rc;
	}
	take_counts(r, g);
	g->next = r->generations;
	r->generations = g;
	*config = g;
	return 0;
}

static const struct broker_limits *limits_of(void *config)
{
	return &((struct generation *)config)->limits;
}

/* --- a worker --------------------------------------------------------------------------------- */

struct worker {
	struct running *r;
	struct generation *g;
	struct loop *loop;
	struct gate *gate;
	struct sock master;
	int broker;
};

static bool is_chatter(const struct gate_event *e)
{
	return strcmp(e->what, "command") == 0 || strcmp(e->what, "reply") == 0;
}

/* That it cannot be written is said once, until it can again. */
static void add_line(struct log_file *log, const struct buf *line)
{
	bool failed = log->fails;
	int rc = log_file_add(log, buf_slice(line));

	if (rc && !failed)
		fprintf(stderr, "portolan: ftp-gateway: cannot write to %s: %s\n", log->path,
			strerror(-rc));
}

static void tell(void *ctx, const struct gate_event *e)
{
	struct worker *w = ctx;
	int64_t now = w->loop->ops->wall_ms(w->loop);
	struct buf line = BUF_INIT;

	if (is_chatter(e) && !w->r->verbose)
		return;
	gateway_log_json(e, now, &line);
	add_line(&w->g->log, &line);
	buf_clear(&line);
	if (w->g->transfers.fd >= 0 && gateway_log_xfer(e, now, &line))
		add_line(&w->g->transfers, &line);
	buf_release(&line);
}

static int ask_listen(void *ctx, const struct stream_spec *spec, const char **call)
{
	return broker_listen(((struct worker *)ctx)->broker, spec, call);
}

static int ask_bind(void *ctx, const struct stream_spec *spec, const char **call)
{
	return broker_bind(((struct worker *)ctx)->broker, spec, call);
}

static int ask_translation(void *ctx, const struct translation_of *t, unsigned timeout_ms)
{
	return broker_translate(((struct worker *)ctx)->broker, t, timeout_ms);
}

static void end_translation(void *ctx, const struct translation_of *t)
{
	broker_untranslate(((struct worker *)ctx)->broker, t);
}

/* The first process speaks only when it is asked: it is gone, or was slow. */
static void master_gone(struct sock *s, unsigned events)
{
	struct worker *w = (struct worker *)((char *)s - offsetof(struct worker, master));

	(void)events;
	if (broker_is_gone(w->broker))
		loop_stop(w->loop);
}

static void drained(void *ctx)
{
	loop_stop(((struct worker *)ctx)->loop);
}

static int open_gate(struct worker *w, struct generation *g, struct resolver *resolver,
		     const struct rights *rights, struct err *err)
{
	struct host_ports ports;
	int rc = host_ports_read(&ports, err);

	if (rc)
		return rc;
	/* One that died had some; what it counted stays. */
	w->g->counts->counts.sessions = w->g->counts->counts.transfers = 0;
	w->g->counts->pid = overseer_pid();
	w->gate = gate_new(&(struct gate_setup){.loop = w->loop,
						.config = &g->config,
						.resolver = resolver,
						.ephemeral = ports.ephemeral,
						.rights = rights,
						.counts = &w->g->counts->counts,
						.tell = tell,
						.ctx = w});
	host_ports_release(&ports);
	rc = listeners_hand_over(&w->r->listeners, &g->config, w->gate);
	w->master.ready = master_gone;
	if (!rc)
		rc = w->loop->ops->watch(w->loop, &w->master, w->broker, SOCK_READABLE);
	return rc ? err_set(err, ERR_SYSTEM, PLACE_NONE, "epoll_ctl: %s", strerror(-rc)) : 0;
}

/* Told to end, it goes on with what it has. */
static int serve(struct worker *w, const volatile int *interrupted, struct err *err)
{
	int rc = loop_run(w->loop, interrupted, err);

	if (rc || !*interrupted)
		return rc;
	w->loop->stop = false;
	gate_drain(w->gate, drained, w);
	w->g->counts->drains = true; /* nobody is taken in any more */
	return w->loop->stop ? 0 : loop_run(w->loop, NULL, err);
}

/* What is for other generations alone, and for the first process. */
static void close_others(struct worker *w)
{
	for (struct generation *g = w->r->generations; g; g = g->next)
		if (g != w->g)
			close_logs(g);
	stream_close(w->r->control, false);
	gateway_metrics_leave(&w->r->metrics);
}

static int work(void *ctx, void *config, int broker, struct err *err)
{
	struct generation *g = config;
	struct worker w = {.r = ctx, .g = config, .broker = broker};
	const struct rights rights = {ask_listen, ask_bind, ask_translation, end_translation, &w};
	struct sandbox sandbox = {.user = g->user};
	const volatile int *interrupted = interrupt_catch();
	struct resolver *resolver;
	int rc = loop_new(&w.loop, err);

	if (rc)
		return rc;
	limit_descriptors(DESCRIPTORS);
	close_others(&w);
	tzset(); /* reads a file */
	resolver = resolver_new(w.loop);
	rc = resolver_prepare(resolver, err);
	if (!rc)
		rc = open_gate(&w, g, resolver, &rights, err);
	if (!rc)
		rc = sandbox_enter(&sandbox, err);
	if (!rc) {
		overseer_ready();
		rc = serve(&w, interrupted, err);
	}
	if (w.gate)
		gate_free(w.gate);
	return rc;
}

/* --- the first process ------------------------------------------------------------------------ */

static void say(void *ctx, const char *what, const char *detail)
{
	(void)ctx;
	fprintf(stderr, "portolan: ftp-gateway: %s%s%s\n", what, *detail ? ": " : "", detail);
}

static void ready(void *ctx, bool again)
{
	if (!again)
		fprintf(stderr, "ready\n");
	((struct running *)ctx)->is_ready = true;
	notify("READY=1");
}

/* Who came and was not taken in yet would wait for nobody. */
static void stopping(void *ctx)
{
	listeners_close(&((struct running *)ctx)->listeners);
	notify("STOPPING=1");
}

static void asked(void *ctx)
{
	struct running *r = ctx;
	struct gateway_counts *copy = mem_new(1, sizeof(*copy));

	gateway_counts_copy(r->counts, copy);
	local_tell(r->control, copy, sizeof(*copy));
	free(copy);
}

static int open_rest(struct running *r, struct err *err)
{
	const char *control = args_value(r->args, "control");
	int rc = gateway_counts_new(&r->counts, err);

	if (!rc)
		rc = gateway_metrics_start(&r->metrics, args_value(r->args, "metrics"),
					   args_value(r->args, "run-as"), r->counts, err);
	return rc || !control ? rc : local_listen(control, &r->control, err);
}

static void died(void *ctx, int pid)
{
	struct running *r = ctx;
	struct err err;

	if (gateway_metrics_again(&r->metrics, pid, &err))
		say(r, r->metrics.listener < 0 ? "metrics ended, for good" : "metrics ended", "");
}

int gateway_run(const struct arguments *args)
{
	struct running r = {.args = args,
			    .verbose = args_has(args, "verbose"),
			    .control = -1,
			    .metrics = {.web = {.life = -1}, .listener = -1}};
	struct err err;
	int rc = open_rest(&r, &err);
	const struct overseer o = {
		.configure = configure,
		.retire = retire,
		.forget = forget,
		.limits = limits_of,
		.work = work,
		.say = say,
		.ready = ready,
		.stopping = stopping,
		.asked = asked,
		.watched = r.control,
		.died = died,
		.ctx = &r,
	};

	if (!privilege_is_root())
		say(&r, "not root",
		    "workers keep this user and see its files; port 20 and others' addresses are "
		    "used as far as the system lets this user");
	listeners_take_given(&r.listeners);
	if (!rc)
		rc = oversee(&o, &err);
	gateway_metrics_stop(&r.metrics);
	local_end(args_value(args, "control"), r.control);
	transparent_stop(r.transparent);
	listeners_close(&r.listeners);
	return rc ? command_failed(&err) : EXIT_HOLDS;
}
