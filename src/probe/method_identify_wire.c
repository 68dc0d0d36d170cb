/* SPDX-License-Identifier: ISC */
#include "probe/method_identify_int.h"

/* What the layer has for the wire; 0 or -errno. */
int identify_flush_layer(struct identify *i)
{
	struct loop *l = loop_of(i);
	char wire[WIRE_MAX];
	ssize_t rc;
	size_t n;

	while ((n = layer_of(i)->give(i->s->layer, wire, sizeof(wire)))) {
		rc = l->ops->send(l, dial_sock(&i->dial), wire, n);
		if (rc != (ssize_t)n)
			return rc < 0 ? (int)rc : -ENOBUFS;
	}
	return 0;
}

void identify_discard_layer(struct identify *i)
{
	if (!i->s || !i->s->layer)
		return;
	layer_of(i)->free(i->s->layer);
	i->s->layer = NULL;
}

/* With TLS' own good-bye, where it can be said. */
void identify_hang_up(struct identify *i)
{
	if (i->s && i->s->layer && layer_of(i)->state(i->s->layer) == LAYER_OPEN) {
		layer_of(i)->end(i->s->layer);
		identify_flush_layer(i);
	}
	identify_discard_layer(i);
	dial_stop(&i->dial);
}

/* All of the bytes, or -errno. */
ssize_t identify_say(struct identify *i, const void *bytes, size_t n)
{
	struct loop *l = loop_of(i);
	int rc;

	if (!i->s->layer)
		return l->ops->send(l, dial_sock(&i->dial), bytes, n);
	if (!layer_of(i)->say(i->s->layer, (struct slice){bytes, n}))
		return -EPIPE;
	rc = identify_flush_layer(i);
	return rc ? rc : (ssize_t)n;
}
