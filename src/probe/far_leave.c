/* SPDX-License-Identifier: ISC */
#include "probe/far_leave.h"

/* It was answered, so it has left; nobody is to wait for more. */
static void answered(struct sock *s, unsigned events)
{
	struct far_leave_try *t = (struct far_leave_try *)s;

	(void)events;
	t->left = FAR_YES;
	t->leave->loop->ops->close(t->leave->loop, s, true);
}

void far_leave_add(struct far_leave *f, const struct far_flow *flow)
{
	const struct sock_spec spec = {
		.kind = SOCK_TCP, .to = flow->target, .port = flow->port, .from = flow->source};
	struct far_leave_try *t = &f->tries[f->n++];
	const char *call;

	f->started = loop_now(f->loop);
	*t = (struct far_leave_try){.leave = f, .sock.ready = answered};
	f->loop->ops->open(f->loop, &t->sock, &spec, &call); /* where it fails nothing is known */
}

bool far_leave_is_over(const struct far_leave *f)
{
	return !f->n || loop_now(f->loop).us >= mono_add_ms(f->started, FAR_LEAVE_MS).us;
}

static enum far_seen ask(struct loop *l, struct sock *s)
{
	switch (l->ops->has_left(l, s)) {
	case LEFT:
		return FAR_YES;
	case LEFT_NOT:
		return FAR_NO;
	default:
		return FAR_UNKNOWN;
	}
}

void far_leave_end(struct far_leave *f)
{
	for (size_t i = 0; i < f->n; i++) {
		struct far_leave_try *t = &f->tries[i];

		if (!t->sock.is_open)
			continue;
		t->left = ask(f->loop, &t->sock);
		f->loop->ops->close(f->loop, &t->sock, true);
	}
	f->n = 0;
}
