/* SPDX-License-Identifier: ISC */
#include "gateway/gate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "gateway/conn.h"

struct listener {
	struct sock sock; /* first: the address is the same */
	struct gate *gate;
	struct listener *next;
};

enum { ACCEPTS = 16 }; /* at once, before others have their turn */

struct gate *gate_new(const struct gate_setup *setup)
{
	struct gate *g = mem_new(1, sizeof(*g));
	const struct gate_config *c = setup->config;

	memset(g, 0, sizeof(*g));
	g->setup = *setup;
	g->count = setup->counts ? setup->counts : &g->counts;
	data_pool_init(&g->pool, setup->loop);
	g->pool.rights = setup->rights;
	g->pool.rate = c->limits.rate;
	port_stock_init(&g->pool.ports[SIDE_CLIENT], c->client_ports);
	port_stock_init(&g->pool.ports[SIDE_SERVER], c->server_ports);
	g->spare = stream_spare();
	g->next_source =
		(uint16_t)(setup->ephemeral.lo +
			   arc4random_uniform(setup->ephemeral.hi - setup->ephemeral.lo + 1U));
	return g;
}

static void stop_listening(struct gate *g)
{
	for (struct listener *l = g->listeners, *next; l; l = next) {
		next = l->next;
		g->setup.loop->ops->close(g->setup.loop, &l->sock, false);
		free(l);
	}
	g->listeners = NULL;
}

void gate_free(struct gate *g)
{
	g->drained = NULL;
	stop_listening(g);
	while (g->conns)
		conn_close(g->conns, true);
	while (g->transfers)
		transfer_free(g->transfers, true);
	while (g->lookups)
		lookup_free(g->lookups);
	data_pool_release(&g->pool);
	sources_release(&g->sources);
	stream_close(g->spare, false);
	free(g);
}

static void tell(struct gate *g, const char *what, const struct addr *a, uint16_t port,
		 const char *detail)
{
	g->setup.tell(g->setup.ctx, &(struct gate_event){.what = what,
							 .client = *a,
							 .client_port = port,
							 .detail = slice_of(detail)});
}

/* One short word, and gone: nothing is kept of who may not come in. */
static void turn_away(struct gate *g, int fd, const struct addr *a, uint16_t port, const char *why)
{
	g->count->refused++;
	tell(g, "refused", a, port, why);
	stream_say(fd, SLICE("421 Not now: too many conversations\r\n"));
	stream_close(fd, false);
}

static void take_in(struct gate *g, int fd, const struct addr *a, uint16_t port)
{
	const struct gate_limits *limits = &g->setup.config->limits;
	const char *why = NULL;

	if (limits->sessions && g->count->sessions >= limits->sessions)
		why = "too many conversations";
	if (!why)
		why = sources_enter(&g->sources, limits, a, loop_now(g->setup.loop));
	if (why)
		turn_away(g, fd, a, port, why);
	else
		conn_open(g, fd, a, port);
}

/* No descriptor is left: the spare one serves to say so, else clients would hang, and the loop
 * would be told of them for ever. */
static bool refuse_one(struct gate *g, struct listener *l)
{
	struct addr a;
	uint16_t port;
	int fd;

	stream_close(g->spare, false);
	fd = stream_accept(l->sock.fd, &a, &port);
	if (fd >= 0)
		turn_away(g, fd, &a, port, "no descriptor is left");
	g->spare = stream_spare();
	return fd >= 0;
}

static void come(struct sock *s, unsigned events)
{
	struct listener *l = (struct listener *)s;

	(void)events;
	for (int i = 0; i < ACCEPTS; i++) {
		struct addr a;
		uint16_t port;
		int fd = stream_accept(s->fd, &a, &port);

		if (fd >= 0)
			take_in(l->gate, fd, &a, port);
		else if ((fd != -EMFILE && fd != -ENFILE) || !refuse_one(l->gate, l))
			return;
	}
}

int gate_listen(struct gate *g, int fd)
{
	struct listener *l = mem_new(1, sizeof(*l));
	int rc;

	*l = (struct listener){.sock = {.ready = come}, .gate = g, .next = g->listeners};
	rc = g->setup.loop->ops->watch(g->setup.loop, &l->sock, fd, SOCK_READABLE);
	if (rc) {
		free(l);
		return rc;
	}
	l->sock.is_shared = true; /* by the process that opened it */
	g->listeners = l;
	return 0;
}

void gate_drain(struct gate *g, void (*drained)(void *ctx), void *ctx)
{
	stop_listening(g);
	g->drained = drained;
	g->drained_ctx = ctx;
	if (!g->conns)
		drained(ctx);
}
