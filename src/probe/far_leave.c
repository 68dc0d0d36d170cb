/* SPDX-License-Identifier: ISC */
#include "probe/far_leave.h"

#include "base/buf.h"
#include "sys/file.h"

enum {
	NETSTAT_MAX = 1 << 16,
	/* Of far_leave_each(), in ms. The kernel sends again after one second, and its timers are
	 * up to 64 ms late (kernel/time/timer.c). */
	SAMPLE_MS = 50,
	APART_MS = 250,
	AGAIN_MS = 1000,
	AGAIN_BY_MS = 1140,
	SAMPLES_MAX = 256,
};

/* The table has a line of names and one of numbers: proc(5), net/netstat. */
static bool read_in_lines(struct slice names, struct slice numbers, const char *name,
			  uint64_t *value)
{
	struct slice a, b;

	while (slice_cut(&names, ' ', &a) && slice_cut(&numbers, ' ', &b))
		if (slice_is(a, name))
			return slice_number(b, UINT64_MAX, value);
	return false;
}

static bool read_failed(uint64_t *value)
{
	struct buf text = BUF_INIT;
	struct slice rest, names, numbers;
	struct err err;
	bool found = false;

	if (file_read("/proc/net/netstat", NETSTAT_MAX, &text, &err) == 0) {
		rest = buf_slice(&text);
		while (!found && slice_cut(&rest, '\n', &names) && slice_cut(&rest, '\n', &numbers))
			found = read_in_lines(names, numbers, "TCPRetransFail", value);
	}
	buf_release(&text);
	return found;
}

/* It was answered, so it has left; nobody is to wait for more. */
static void answered(struct sock *s, unsigned events)
{
	struct far_leave_try *t = (struct far_leave_try *)s;

	(void)events;
	t->leave->loop->ops->close(t->leave->loop, s, true);
}

static void begin(struct far_leave *f)
{
	f->started = loop_now(f->loop);
	f->is_told = read_failed(&f->failed);
}

void far_leave_add(struct far_leave *f, const struct far_flow *flow)
{
	const struct sock_spec spec = {
		.kind = SOCK_TCP, .to = flow->target, .port = flow->port, .from = flow->source};
	struct far_leave_try *t = &f->tries[f->n];
	const char *call;

	if (flow->transport != TRANSPORT_TCP || f->n == FAR_LEAVE_MAX)
		return;
	if (!f->n)
		begin(f);
	t->leave = f;
	t->sock.ready = answered;
	if (f->loop->ops->open(f->loop, &t->sock, &spec, &call) == 0)
		f->n++;
	else
		f->is_told = false;
}

bool far_leave_is_over(const struct far_leave *f)
{
	return !f->n || loop_now(f->loop).us >= mono_add_ms(f->started, FAR_LEAVE_MS).us;
}

bool far_leave_end(struct far_leave *f)
{
	uint64_t failed;
	bool all_left = f->n && f->is_told && read_failed(&failed) && failed == f->failed;

	for (size_t i = 0; i < f->n; i++)
		if (f->tries[i].sock.is_open)
			f->loop->ops->close(f->loop, &f->tries[i].sock, true);
	f->n = 0;
	return all_left;
}

/* --- one after the other ---------------------------------------------------------------------- */

struct sample {
	struct mono at;
	uint64_t failed;
};

struct each {
	struct timer timer; /* first: the address is the same */
	struct loop *loop;
	const struct far_flow *flows;
	size_t n;
	struct far_leave leave;
	struct mono opened[FAR_LEAVE_EACH_MAX];
	size_t n_opened;
	struct sample samples[SAMPLES_MAX];
	size_t n_samples;
	bool is_told;
};

static void open_next(struct each *e, struct mono now)
{
	size_t before = e->leave.n;

	e->opened[e->n_opened] = now;
	far_leave_add(&e->leave, &e->flows[e->n_opened]);
	e->is_told = e->is_told && e->leave.n > before;
	e->n_opened++;
}

static bool is_due(const struct each *e, struct mono now)
{
	return e->n_opened < e->n &&
	       (!e->n_opened || now.us >= mono_add_ms(e->opened[e->n_opened - 1], APART_MS).us);
}

static bool is_each_over(const struct each *e, struct mono now)
{
	return e->n_samples == SAMPLES_MAX ||
	       (e->n_opened == e->n && now.us >= mono_add_ms(e->opened[e->n - 1], AGAIN_BY_MS).us);
}

/* The sample first: what is opened after it cannot have failed again before it. */
static void tick(struct timer *t)
{
	struct each *e = (struct each *)t;
	struct sample *s = &e->samples[e->n_samples++];

	s->at = loop_now(e->loop);
	e->is_told = e->is_told && read_failed(&s->failed);
	if (!e->is_told || is_each_over(e, s->at)) {
		loop_stop(e->loop);
		return;
	}
	if (is_due(e, s->at))
		open_next(e, s->at);
	timer_start(e->loop, t, mono_add_ms(loop_now(e->loop), SAMPLE_MS));
}

/* Between the last look before it was sent again and the first one after that nothing failed. */
static bool has_one_left(const struct each *e, size_t i)
{
	struct mono from = mono_add_ms(e->opened[i], AGAIN_MS);
	struct mono to = mono_add_ms(e->opened[i], AGAIN_BY_MS);
	const struct sample *before = NULL;

	for (size_t k = 0; k < e->n_samples; k++) {
		const struct sample *s = &e->samples[k];

		if (s->at.us <= from.us)
			before = s;
		if (s->at.us >= to.us)
			return before && before->failed == s->failed;
	}
	return false;
}

int far_leave_each(struct loop *l, const struct far_flow *flows, size_t n, bool *has_left,
		   const volatile int *interrupted, struct err *err)
{
	struct each e = {.timer.fire = tick, .loop = l, .flows = flows, .is_told = true};
	int rc;

	e.n = n < FAR_LEAVE_EACH_MAX ? n : FAR_LEAVE_EACH_MAX;
	e.leave.loop = l;
	if (!e.n)
		return 0;
	timer_start(l, &e.timer, loop_now(l));
	rc = loop_run(l, interrupted, err);
	timer_stop(l, &e.timer);
	far_leave_end(&e.leave);
	for (size_t i = 0; i < e.n && !rc; i++)
		has_left[i] = e.is_told && i < e.n_opened && has_one_left(&e, i);
	return rc;
}
