/* SPDX-License-Identifier: ISC */
#include "cloak.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

struct worn {
	struct buf in, out;
	enum layer_state state;
	bool refuses_name, refuses_alpn;
};

static void *cloak_start(const struct layer *l, const struct layer_ask *ask)
{
	struct worn *c = mem_new(1, sizeof(*c));

	(void)l;
	buf_init(&c->in);
	buf_init(&c->out);
	buf_addf(&c->out, "cloak %s %s\n", ask->name ? ask->name : "-",
		 ask->alpn ? ask->alpn : "-");
	return c;
}

static void cloak_free(void *p)
{
	struct worn *c = p;

	buf_release(&c->in);
	buf_release(&c->out);
	free(c);
}

static void drop_front(struct buf *b, size_t n)
{
	memmove(b->data, b->data + n, b->n - n);
	buf_truncate(b, b->n - n);
}

static void cloak_feed(void *p, struct slice wire)
{
	struct worn *c = p;

	buf_add_slice(&c->in, wire);
	if (c->state != LAYER_SHAKING || !memchr(c->in.data, '\n', c->in.n))
		return;
	c->refuses_name = slice_has_prefix(buf_slice(&c->in), "who?\n");
	c->refuses_alpn = slice_has_prefix(buf_slice(&c->in), "huh?\n");
	c->state = slice_has_prefix(buf_slice(&c->in), "open\n") ? LAYER_OPEN : LAYER_OVER;
	drop_front(&c->in, 5);
}

static enum layer_state cloak_state(const void *p)
{
	return ((const struct worn *)p)->state;
}

static size_t cloak_take(void *p, void *to, size_t n)
{
	struct worn *c = p;
	char *end = c->in.n ? memchr(c->in.data, '>', c->in.n) : NULL;
	size_t have;

	if (c->state != LAYER_OPEN)
		return 0;
	if (c->in.n && c->in.data[0] != '<')
		c->state = LAYER_OVER;
	if (!end || c->state != LAYER_OPEN)
		return 0;
	have = (size_t)(end - c->in.data) - 1;
	if (have > n)
		return 0;
	memcpy(to, c->in.data + 1, have);
	drop_front(&c->in, have + 2);
	return have;
}

static bool cloak_say(void *p, struct slice plain)
{
	struct worn *c = p;

	if (c->state != LAYER_OPEN)
		return false;
	buf_addf(&c->out, "<%.*s>", (int)plain.n, plain.p);
	return true;
}

static void cloak_end(void *p)
{
	struct worn *c = p;

	buf_add_char(&c->out, '!');
	c->state = LAYER_OVER;
}

static size_t cloak_give(void *p, void *to, size_t n)
{
	struct worn *c = p;

	if (n > c->out.n)
		n = c->out.n;
	memcpy(to, c->out.data, n);
	drop_front(&c->out, n);
	return n;
}

static void cloak_describe(const void *p, struct layer_told *told)
{
	const struct worn *c = p;

	*told = (struct layer_told){
		.is_complete = c->state == LAYER_OPEN,
		.version = "Cloak 1",
		.refuses_name = c->refuses_name,
		.refuses_alpn = c->refuses_alpn,
	};
}

static const struct layer_ops ops = {
	.start = cloak_start,
	.free = cloak_free,
	.feed = cloak_feed,
	.state = cloak_state,
	.take = cloak_take,
	.say = cloak_say,
	.end = cloak_end,
	.give = cloak_give,
	.describe = cloak_describe,
};

const struct layer cloak = {&ops};
