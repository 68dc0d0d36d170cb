/* SPDX-License-Identifier: ISC */
#include "cmd/progress.h"

#include <stdio.h>

#include "sys/terminal.h"

enum { FIRST_MS = 1000, EVERY_MS = 200, MINUTES_FROM_S = 120 };

void progress_format(size_t done, size_t total, int64_t elapsed_ms, struct buf *out)
{
	int64_t left_s;

	buf_addf(out, "%zu of %zu checks", done, total);
	if (!done)
		return;
	left_s = (int64_t)((double)elapsed_ms * (double)(total - done) / (double)done / 1000 + 0.5);
	if (left_s >= MINUTES_FROM_S)
		buf_addf(out, ", about %lld min left", (long long)(left_s + 30) / 60);
	else
		buf_addf(out, ", about %lld s left", (long long)left_s);
}

/* What is longer than the new text is covered with spaces: not every terminal can do more. */
static void show(struct progress *p, struct slice text)
{
	fputc('\r', stderr);
	fwrite(text.n ? text.p : "", 1, text.n, stderr);
	for (size_t i = text.n; i < p->width; i++)
		fputc(' ', stderr);
	if (!text.n)
		fputc('\r', stderr);
	fflush(stderr);
	p->width = text.n;
}

static void tick(struct timer *t)
{
	struct progress *p = (struct progress *)((char *)t - offsetof(struct progress, timer));
	struct mono now = loop_now(p->loop);
	struct buf text = BUF_INIT;

	progress_format(p->outcomes->n, p->before + engine_total(p->engine),
			(now.us - p->started.us) / 1000, &text);
	show(p, buf_slice(&text));
	buf_release(&text);
	timer_start(p->loop, &p->timer, mono_add_ms(now, EVERY_MS));
}

void progress_start(struct progress *p)
{
	p->timer.fire = tick;
	if (terminal_has_stderr())
		timer_start(p->loop, &p->timer, mono_add_ms(p->started, FIRST_MS));
}

void progress_stop(struct progress *p)
{
	timer_stop(p->loop, &p->timer);
	if (p->width)
		show(p, (struct slice){0});
}
