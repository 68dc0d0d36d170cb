/* SPDX-License-Identifier: ISC
 *
 * What every loop shares: timers, and the order of things in one turn.
 */
#include "sys/loop.h"

#include <stdlib.h>

#include "base/mem.h"
#include "sys/wheel.h"

void loop_init(struct loop *l, const struct loop_ops *ops)
{
	*l = (struct loop){.ops = ops, .wheel = mem_new(1, sizeof(struct wheel))};
	wheel_init(l->wheel, ops->now(l));
}

void loop_free(struct loop *l)
{
	struct wheel *w;

	if (!l)
		return;
	w = l->wheel;
	if (l->n_socks || w->n)
		BUG("%zu sockets and %zu timers are left", l->n_socks, w->n);
	l->ops->free(l);
	free(w);
}

void loop_stop(struct loop *l)
{
	l->stop = true;
}

static void fire_timers(struct loop *l)
{
	struct mono now = loop_now(l);
	struct timer *t;

	while (!l->stop && (t = wheel_take(l->wheel, now)))
		t->fire(t);
}

int loop_run(struct loop *l, const volatile int *interrupted, struct err *err)
{
	int rc = 0;

	l->stop = false;
	for (;;) {
		struct mono until = MONO_NEVER;

		fire_timers(l);
		if (l->stop || (interrupted && *interrupted))
			break;
		if (!wheel_next(l->wheel, &until) && !l->n_socks)
			break;
		rc = l->ops->wait(l, until, err);
		if (rc)
			break;
	}
	return rc;
}

void timer_start(struct loop *l, struct timer *t, struct mono at)
{
	timer_stop(l, t);
	t->at = at;
	wheel_add(l->wheel, t);
}

void timer_stop(struct loop *l, struct timer *t)
{
	if (timer_is_armed(t))
		wheel_remove(l->wheel, t);
}

bool timer_is_armed(const struct timer *t)
{
	return t->link != NULL;
}
