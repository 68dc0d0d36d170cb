/* SPDX-License-Identifier: ISC */
#include "probe/far_leave.h"

#include "base/buf.h"
#include "sys/file.h"

enum { NETSTAT_MAX = 1 << 16 };

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
