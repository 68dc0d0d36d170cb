/* SPDX-License-Identifier: ISC
 *
 * To the server: the one that the client named, the one that it dialled, or one of those that this
 * gateway stands before. Whoever it is, it is judged by its address, after its name was resolved.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "gateway/conn.h"

enum { KEEPALIVE_S = 120 };

static struct loop *loop_of(struct conn *c)
{
	return c->gate->setup.loop;
}

static bool is_in(const struct prefix *list, size_t n, const struct addr *a)
{
	for (size_t i = 0; i < n; i++)
		if (prefix_has(&list[i], a))
			return true;
	return false;
}

/* Link-local, and what no host has. */
static bool is_near(const struct addr *a)
{
	static const struct prefix near4 = {{4, {169, 254}}, 16}, near6 = {{6, {0xfe, 0x80}}, 10};

	return prefix_has(&near4, a) || prefix_has(&near6, a) || !resolve_is_of_host(a);
}

static bool is_listener(const struct gate_config *config, uint16_t port)
{
	for_each (l, &config->listeners)
		if (l->port == port)
			return true;
	return false;
}

/* Where may it be dialled? NULL: nowhere; why then. What is near, this host itself first of all, is
 * no server unless a rule names that very address; and this gateway never is. */
static const struct gate_rule *find_rule(struct conn *c, const struct addr *server, uint16_t port,
					 const char **why)
{
	const struct gate_config *config = c->session.config;
	struct slice user = c->session.user ? slice_of(c->session.user) : SLICE_NONE;
	const struct gate_rule *r = gate_rule_for(config, &c->session.client, server, port, user);
	bool is_own = loop_of(c)->ops->is_own(loop_of(c), server);

	*why = "no rule lets this client go there";
	if (!r)
		return NULL;
	*why = "there is never a server";
	if (is_in(config->never.items, config->never.n, server))
		return NULL;
	*why = "this is the gateway itself";
	if (is_own && is_listener(config, port))
		return NULL;
	*why = "a near address, which no rule names";
	return (is_own || is_near(server)) && !gate_rule_names(r, server) ? NULL : r;
}

static void give_up(struct conn *c, const char *what, const char *reply)
{
	conn_tell(c, "refused", slice_of(what));
	c->gate->count->refused++;
	session_not_dialled(&c->session, reply);
}

static bool is_for_data(const struct gate_config *c, uint16_t port)
{
	const struct port_range r = {port, port};

	return port_range_overlaps(r, c->client_ports) || port_range_overlaps(r, c->server_ports);
}

/* Ports of the data ranges are for data: where those reach into the ports from which the kernel
 * takes, the gateway takes them itself, one after the other. 0: the kernel may. */
static uint16_t next_source(struct gate *g)
{
	const struct gate_config *c = g->setup.config;
	const struct port_range all = g->setup.ephemeral;
	size_t n = (size_t)(all.hi - all.lo) + 1;

	if (!port_range_overlaps(all, c->client_ports) &&
	    !port_range_overlaps(all, c->server_ports))
		return 0;
	for (size_t i = 0; i < n; i++) {
		uint16_t port = g->next_source;

		g->next_source = port >= all.hi ? all.lo : (uint16_t)(port + 1);
		if (port >= all.lo && port <= all.hi && !is_for_data(c, port))
			return port;
	}
	return 0;
}

/* A descriptor that dials from there, or -errno. */
static int dial_from(const struct stream_spec *spec)
{
	const char *call;
	int fd = stream_bind(spec, &call), rc;

	if (fd < 0)
		return fd;
	rc = stream_dial(fd, &spec->to, spec->to_port);
	if (rc)
		stream_close(fd, true);
	return rc ? rc : fd;
}

static int dial(struct conn *c, const struct gate_rule *r)
{
	enum { TRIES = 64 };
	struct session *s = &c->session;
	struct loop *l = loop_of(c);
	struct stream_spec spec = {.to = s->next_hop,
				   .to_port = r->next_port ? r->next_port : s->server_port};
	int fd = -EADDRINUSE, rc;

	/* What is in use is so towards this server, or by somebody who waits there. */
	for (int i = 0; i < TRIES && (fd == -EADDRINUSE || fd == -EADDRNOTAVAIL); i++) {
		spec.port = next_source(c->gate);
		fd = dial_from(&spec);
	}
	if (fd < 0)
		return fd;
	rc = l->ops->watch(l, &c->legs[SIDE_SERVER].sock, fd, SOCK_WRITABLE);
	if (rc) {
		stream_close(fd, true);
		return rc;
	}
	stream_no_delay(fd);
	stream_keepalive(fd, KEEPALIVE_S);
	return 0;
}

/* The next of the addresses that may be dialled. */
static void dial_next(struct conn *c, const char *why)
{
	struct session *s = &c->session;
	const struct resolve_query *q = &c->lookup->query;
	bool may = false;

	while (c->next_addr < q->n_addrs) {
		const struct addr *a = &q->addrs[c->next_addr++];
		const struct gate_rule *r = find_rule(c, a, c->port, &why);
		int rc;

		if (!r)
			continue;
		may = true;
		s->server = *a;
		s->server_port = c->port;
		s->rule = r;
		s->next_hop = gate_next_hop(r, a);
		rc = dial(c, r);
		if (!rc)
			return;
		why = strerror(-rc);
	}
	s->server = (struct addr){0};
	s->rule = NULL;
	give_up(c, why, may ? "421 The server cannot be reached" : "530 Not allowed there");
}

/* --- names ------------------------------------------------------------------------------------ */

static struct lookup *lookup_new(struct conn *c, struct slice name)
{
	struct gate *g = c->gate;
	struct lookup *l = mem_new(1, sizeof(*l) + name.n + 1);

	memset(l, 0, sizeof(*l));
	memcpy(l->name, name.p, name.n);
	l->query.name = l->name;
	l->gate = g;
	l->conn = c;
	l->next = g->lookups;
	l->link = &g->lookups;
	if (g->lookups)
		g->lookups->link = &l->next;
	g->lookups = l;
	return l;
}

void lookup_free(struct lookup *l)
{
	resolve_release(&l->query);
	*l->link = l->next;
	if (l->next)
		l->next->link = l->link;
	free(l);
}

void conn_forget_lookup(struct conn *c)
{
	struct lookup *l = c->lookup;

	c->lookup = NULL;
	if (!l)
		return;
	l->conn = NULL;
	if (l->done)
		lookup_free(l);
}

static void resolved(struct resolve_query *q)
{
	struct lookup *l = (struct lookup *)q;
	struct conn *c = l->conn;

	l->done = true;
	if (!c) {
		lookup_free(l);
		return;
	}
	if (!q->n_addrs)
		give_up(c, resolve_status_names[resolve_why(q)], "530 No such host");
	else
		dial_next(c, NULL);
	if (!c->busy)
		conn_update(c);
}

static void look_up(struct conn *c, struct slice host, const struct addr *known)
{
	struct lookup *l;

	conn_forget_lookup(c);
	c->next_addr = 0;
	c->lookup = l = lookup_new(c, host);
	l->query.done = resolved;
	c->busy++;
	if (known) {
		resolve_add(&l->query, known);
		resolved(&l->query);
	} else {
		c->gate->setup.resolver->ops->start(c->gate->setup.resolver, &l->query);
	}
	c->busy--;
}

void conn_dial_named(struct session *s, struct slice host, uint16_t port)
{
	struct conn *c = (struct conn *)s;
	struct addr a;

	c->port = port;
	look_up(c, host, addr_parse(host, &a) ? &a : NULL);
}

void conn_dial_given(struct conn *c)
{
	const struct gate_config *config = c->session.config;
	struct addr a = c->dialled;

	c->port = c->dialled_port;
	if (config->placement == PLACEMENT_REVERSE) {
		const struct gate_listener *server =
			&config->servers.items[c->gate->next_server++ % config->servers.n];

		a = server->at;
		c->port = server->port;
	}
	look_up(c, SLICE(""), &a);
}

void conn_dialled(struct conn *c)
{
	struct leg *leg = &c->legs[SIDE_SERVER];
	int error = loop_of(c)->ops->error(loop_of(c), &leg->sock);
	uint16_t own_port;

	if (error) {
		loop_of(c)->ops->close(loop_of(c), &leg->sock, true);
		dial_next(c, strerror(error));
	} else {
		leg->up = stream_local(leg->sock.fd, &leg->own, &own_port);
		stream_urgent_inline(leg->sock.fd);
		session_dialled(&c->session);
	}
	conn_update(c);
}
