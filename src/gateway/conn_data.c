/* SPDX-License-Identifier: ISC
 *
 * The data connections of a conversation, and what is told of each once it is over.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "gateway/conn.h"

enum { ACTIVE_PORT = 20 }; /* RFC 959 section 8 */

static void free_slice(struct slice *s)
{
	free((char *)s->p);
	*s = SLICE_NONE;
}

static struct slice copy(struct slice s)
{
	char *text = mem_new(s.n + 1, 1);

	memcpy(text, s.p, s.n);
	return (struct slice){text, s.n};
}

static void give_port(struct transfer *t)
{
	if (t->holds_port)
		sources_give_port(&t->gate->sources, &t->client);
	t->holds_port = false;
}

static bool take_port(struct conn *c, struct transfer *t, enum side side)
{
	const struct port_stock *p = &c->gate->pool.ports[SIDE_CLIENT];

	if (side == SIDE_SERVER)
		return true;
	t->client = c->session.client;
	t->holds_port = sources_take_port(&c->gate->sources, &t->client, p->n_free, p->n);
	if (!t->holds_port)
		conn_tell(c, "refused", slice_of("this address holds ports, and few are left"));
	return t->holds_port;
}

static void stop_translating(struct transfer *t)
{
	const struct rights *r = t->gate->setup.rights;

	if (!t->translation.port)
		return;
	r->untranslate(r->ctx, &t->translation);
	port_stock_give_back(&t->gate->pool.ports[t->translated], t->translation.port);
	t->translation.port = 0;
}

void transfer_free(struct transfer *t, bool reset)
{
	if (t->data)
		data_free(t->data, reset);
	stop_translating(t);
	give_port(t);
	if (t->conn)
		t->conn->transfer = NULL;
	t->gate->count->transfers -= t->begun;
	free_slice(&t->said.verb);
	free_slice(&t->said.path);
	free((char *)t->said.user);
	*t->link = t->next;
	if (t->next)
		t->next->link = t->link;
	free(t);
}

/* Both its bytes and its conversation have ended. */
static void tell(struct transfer *t)
{
	struct gate *g = t->gate;

	g->count->broken += t->said.broken;
	*(t->said.upload ? &g->count->bytes_up : &g->count->bytes_down) += t->said.bytes;
	g->setup.tell(g->setup.ctx, &t->said);
	transfer_free(t, true);
}

/* --- what the data connection tells ----------------------------------------------------------- */

static void look_after(struct conn *c)
{
	if (!c->busy)
		conn_update(c);
}

static void up(struct data *d, enum side side)
{
	struct conn *c = ((struct transfer *)d->owner)->conn;

	if (!c)
		return;
	if (side == SIDE_CLIENT)
		give_port(d->owner);
	c->active = loop_now(c->gate->setup.loop);
	session_data_up(&c->session, side); /* the transfer may be let go in there, or be gone */
	look_after(c);
}

static void failed(struct data *d, enum side side, const char *why)
{
	struct conn *c = ((struct transfer *)d->owner)->conn;

	if (!c)
		return;
	session_data_failed(&c->session, side, why);
	look_after(c);
}

static void stranger(struct data *d, enum side side, const struct addr *who)
{
	struct transfer *t = d->owner;
	struct buf detail = BUF_INIT;
	char text[ADDR_TEXT_MAX];

	t->gate->count->violations++;
	buf_addf(&detail, "%s came to the data port of the %s", addr_text(who, text),
		 side == SIDE_CLIENT ? "client" : "server");
	if (t->conn)
		conn_tell(t->conn, "violation", buf_slice(&detail));
	buf_release(&detail);
}

static void ended(struct data *d, bool broken)
{
	struct transfer *t = d->owner;
	struct conn *c = t->conn;

	t->said.bytes = d->ends[t->said.upload ? SIDE_CLIENT : SIDE_SERVER].bytes;
	t->said.us = loop_now(t->gate->setup.loop).us - d->since.us;
	t->said.broken |= broken;
	data_free(d, broken);
	t->data = NULL;
	if (!c) {
		tell(t);
		return;
	}
	c->active = loop_now(t->gate->setup.loop);
	if (broken)
		session_data_broken(&c->session);
	look_after(c);
}

static const struct data_ops ops = {up, failed, stranger, ended};

/* --- what the session orders ------------------------------------------------------------------ */

static struct transfer *transfer_new(struct conn *c)
{
	struct gate *g = c->gate;
	struct transfer *t;

	t = c->transfer = mem_new(1, sizeof(*t));
	*t = (struct transfer){.gate = g, .conn = c, .next = g->transfers, .link = &g->transfers};
	if (g->transfers)
		g->transfers->link = &t->next;
	g->transfers = t;
	return t;
}

static struct transfer *transfer_of(struct conn *c)
{
	struct transfer *t = c->transfer;

	if (t)
		return t;
	t = transfer_new(c);
	t->data = data_new(&c->gate->pool, &ops, t);
	return t;
}

void conn_data_drop(struct session *s, bool reset)
{
	struct conn *c = (struct conn *)s;

	if (c->transfer)
		transfer_free(c->transfer, reset);
}

/* For as long as a data connection may take to come; who is there already stays. */
int conn_data_pass(struct session *s, enum side side, uint16_t to_port, struct addr *at,
		   uint16_t *port)
{
	struct conn *c = (struct conn *)s;
	const struct rights *r = c->gate->setup.rights;
	struct transfer *t = c->transfer ? c->transfer : transfer_new(c);
	int rc;

	if (!r || !take_port(c, t, side))
		return -1;
	*at = side == SIDE_CLIENT ? c->dialled : c->legs[side].own;
	*port = port_stock_take(&c->gate->pool.ports[side]);
	if (!*port)
		return -1;
	t->translated = side;
	t->translation = (struct translation_of){
		.from = side == SIDE_CLIENT ? s->client : s->next_hop,
		.dialled = *at,
		.port = *port,
		.to = side == SIDE_CLIENT ? s->next_hop : s->client,
		.to_port = to_port,
	};
	rc = r->translate(r->ctx, &t->translation, s->config->limits.data * 1000);
	if (rc) {
		conn_tell(c, "failed",
			  slice_of("no translation: are the rules of policy derive loaded?"));
		port_stock_give_back(&c->gate->pool.ports[side], *port);
		t->translation.port = 0;
	}
	return rc;
}

int conn_data_wait(struct session *s, enum side side, struct addr *at, uint16_t *port)
{
	struct conn *c = (struct conn *)s;
	struct stream_spec spec = {.at = c->legs[side].own, .backlog = 4};
	const struct addr *peer = side == SIDE_CLIENT ? &s->client : &s->next_hop;
	struct transfer *t = transfer_of(c);
	int rc = take_port(c, t, side) ? data_wait(t->data, side, &spec, peer, port) : -1;

	*at = side == SIDE_CLIENT ? c->dialled : spec.at;
	return rc;
}

void conn_data_dial(struct session *s, enum side side, uint16_t port)
{
	struct conn *c = (struct conn *)s;
	struct stream_spec spec = {.to_port = port};

	if (side == SIDE_CLIENT) {
		spec.to = s->client;
		spec.at = c->dialled;
		spec.port = s->config->active_source == ACTIVE_SOURCE_20 ? ACTIVE_PORT : 0;
		spec.transparent = s->config->placement == PLACEMENT_TRANSPARENT;
	} else {
		spec.to = s->next_hop;
	}
	c->busy++;
	conn_flush(c);
	data_dial(transfer_of(c)->data, side, &spec);
	c->busy--;
}

void conn_data_begin(struct session *s, const struct ftp_command *command)
{
	struct conn *c = (struct conn *)s;
	struct transfer *t = transfer_of(c);
	struct slice user = copy(slice_of(s->user ? s->user : ""));

	t->begun = true;
	c->gate->count->transfers++;
	c->gate->count->transfers_all++;
	t->said = (struct gate_event){
		.what = "transfer",
		.session = c->id,
		.client = s->client,
		.server = s->server,
		.client_port = s->client_port,
		.server_port = s->server_port,
		.user = user.p,
		.verb = copy(command->word),
		.path = copy(command->arg),
		.upload = command->info->bits & CMD_UPLOAD,
		.ascii = !s->type || s->type == 'A',
		.passed = !t->data,
	};
	c->busy++;
	if (t->data)
		data_begin(t->data);
	c->busy--;
}

void conn_data_let_go(struct session *s, unsigned code)
{
	struct conn *c = (struct conn *)s;
	struct transfer *t = c->transfer;

	c->transfer = NULL;
	t->conn = NULL;
	t->said.code = code;
	t->said.broken |= code >= 300;
	if (t->data)
		data_let_go(t->data, s->config->limits.idle);
	else
		tell(t);
}
