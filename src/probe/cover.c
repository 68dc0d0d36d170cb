/* SPDX-License-Identifier: ISC */
#include "probe/cover.h"

#include <errno.h>

enum { WIRE_MAX = 4096 }; /* bytes that a layer is given and asked for at once */

static ssize_t send_wire(struct dial *d, const void *bytes, size_t n)
{
	struct loop *l = probe_loop(d->probe);
	ssize_t rc = l->ops->send(l, dial_sock(d), bytes, n);

	if (rc == (ssize_t)n)
		return 0;
	return rc < 0 ? rc : -ENOBUFS;
}

/* What the layer has for the wire. */
static int flush(struct cover *c, struct dial *d)
{
	char wire[WIRE_MAX];
	ssize_t rc = 0;
	size_t n;

	while (!rc && (n = c->ops->give(c->layer, wire, sizeof(wire))))
		rc = send_wire(d, wire, n);
	return (int)rc;
}

int cover_start(struct cover *c, struct dial *d, const struct layer *l, const struct layer_ask *ask)
{
	c->ops = l->ops;
	c->layer = c->ops->start(l, ask);
	return c->layer ? flush(c, d) : -ENOMEM;
}

enum layer_state cover_state(const struct cover *c)
{
	return c->layer ? c->ops->state(c->layer) : LAYER_OPEN;
}

int cover_say(struct cover *c, struct dial *d, const void *bytes, size_t n)
{
	if (!c->layer)
		return (int)send_wire(d, bytes, n);
	return c->ops->say(c->layer, (struct slice){bytes, n}) ? flush(c, d) : -EPIPE;
}

ssize_t cover_feed(struct cover *c, struct dial *d)
{
	struct loop *l = probe_loop(d->probe);
	char wire[WIRE_MAX];
	ssize_t n = l->ops->recv(l, dial_sock(d), wire, sizeof(wire));

	if (n <= 0)
		return n;
	c->ops->feed(c->layer, (struct slice){wire, (size_t)n});
	return flush(c, d) ? -EPIPE : n; /* half an answer helps nobody */
}

size_t cover_take(struct cover *c, void *bytes, size_t room)
{
	size_t n, taken = 0;

	while ((n = c->ops->take(c->layer, (char *)bytes + taken, room - taken)))
		taken += n;
	return taken;
}

ssize_t cover_hear(struct cover *c, struct dial *d, void *bytes, size_t room)
{
	struct loop *l = probe_loop(d->probe);
	ssize_t n;

	if (!c->layer)
		return l->ops->recv(l, dial_sock(d), bytes, room);
	n = cover_feed(c, d);
	if (n <= 0)
		return n;
	n = (ssize_t)cover_take(c, bytes, room);
	if (n)
		return n;
	return cover_state(c) == LAYER_OVER ? 0 : -EAGAIN;
}

void cover_describe(const struct cover *c, struct layer_told *told)
{
	c->ops->describe(c->layer, told);
}

void cover_drop(struct cover *c)
{
	if (c->layer)
		c->ops->free(c->layer);
	c->layer = NULL;
}

void cover_stop(struct cover *c, struct dial *d)
{
	if (c->layer && cover_state(c) == LAYER_OPEN) {
		c->ops->end(c->layer);
		flush(c, d);
	}
	cover_drop(c);
}
