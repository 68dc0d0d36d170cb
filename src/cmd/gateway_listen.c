/* SPDX-License-Identifier: ISC */
#include "cmd/gateway_listen.h"

#include <string.h>

#include "sys/notify.h"

enum { BACKLOG = 512 };

static bool is_same(const struct gate_listener *a, const struct gate_listener *b)
{
	return a->port == b->port && addr_equal(&a->at, &b->at);
}

/* l->n: it is not there. */
static size_t find(const struct listeners *l, const struct gate_listener *at)
{
	size_t i = 0;

	while (i < l->n && !is_same(&l->items[i].at, at))
		i++;
	return i;
}

void listeners_take_given(struct listeners *l)
{
	int fds[LISTENERS_MAX];
	size_t n = notify_listeners(fds, LISTENERS_MAX);

	for (size_t i = 0; i < n; i++)
		if (stream_local(fds[i], &l->items[l->n].at.at, &l->items[l->n].at.port)) {
			l->items[l->n].fd = fds[i];
			l->items[l->n++].uses = 1;
		}
}

static int open_one(struct listeners *l, const struct gate_listener *at, struct err *err)
{
	const struct stream_spec spec = {.at = at->at, .port = at->port, .backlog = BACKLOG};
	char text[ADDR_TEXT_MAX];
	const char *call;
	int fd;

	if (l->n == LISTENERS_MAX)
		return err_set(err, ERR_LIMIT, PLACE_NONE, "at most %d listeners", LISTENERS_MAX);
	fd = stream_listen(&spec, &call);
	if (fd < 0)
		return err_set(err, ERR_SYSTEM, PLACE_NONE, "cannot listen on %s port %u: %s: %s",
			       addr_text(&at->at, text), at->port, call, strerror(-fd));
	l->items[l->n].at = *at;
	l->items[l->n].fd = fd;
	l->items[l->n++].uses = 0;
	return 0;
}

/* The first `n` of the configuration's. One that is closed already is gone. */
static void let_go(struct listeners *l, const struct gate_config *c, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		size_t i = find(l, &c->listeners.items[k]);

		if (i == l->n || --l->items[i].uses)
			continue;
		stream_close(l->items[i].fd, false);
		l->items[i] = l->items[--l->n];
	}
}

int listeners_hold(struct listeners *l, const struct gate_config *c, struct err *err)
{
	for (size_t k = 0; k < c->listeners.n; k++) {
		size_t i = find(l, &c->listeners.items[k]);
		int rc = i == l->n ? open_one(l, &c->listeners.items[k], err) : 0;

		if (rc) {
			let_go(l, c, k);
			return rc;
		}
		l->items[i].uses++;
	}
	return 0;
}

void listeners_let_go(struct listeners *l, const struct gate_config *c)
{
	let_go(l, c, c->listeners.n);
}

void listeners_close(struct listeners *l)
{
	while (l->n)
		stream_close(l->items[--l->n].fd, false);
}

static bool is_wanted(const struct gate_config *c, const struct gate_listener *at)
{
	for_each (l, &c->listeners)
		if (is_same(l, at))
			return true;
	return false;
}

int listeners_hand_over(struct listeners *l, const struct gate_config *c, struct gate *g)
{
	int rc = 0;

	for (size_t i = 0; i < l->n && !rc; i++)
		if (is_wanted(c, &l->items[i].at))
			rc = gate_listen(g, l->items[i].fd);
		else
			stream_close(l->items[i].fd, false);
	l->n = 0;
	return rc;
}
