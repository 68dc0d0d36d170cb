/* SPDX-License-Identifier: ISC
 *
 * Lines between the two sides of a check, as each of them hears them. What is understood can be
 * said again in the same words; a far side that hears anything in any order ends with nothing open,
 * and tells nobody of a flow that it was not to watch; the one who asks concludes something of any
 * view.
 */
#include <stdlib.h>

#include "base/compiler.h"
#include "base/mem.h"
#include "base/text_pool.h"
#include "probe/far_ask.h"
#include "probe/far_blame.h"
#include "probe/far_serve.h"
#include "sys/socket_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* --- a loop that is not there ----------------------------------------------------------------- */

struct fake {
	struct loop loop; /* first: the address is the same */
	struct mono clock;
	unsigned opened;
};

static struct mono now(struct loop *l)
{
	return ((struct fake *)l)->clock;
}

static int64_t wall_ms(struct loop *l)
{
	(void)l;
	return 0;
}

/* There is no way to anywhere. */
static int open_sock(struct loop *l, struct sock *s, const struct sock_spec *spec,
		     const char **call)
{
	(void)l;
	(void)s;
	(void)spec;
	*call = "connect";
	return -101; /* ENETUNREACH */
}

/* Every third port is somebody's. */
static int listen_sock(struct loop *l, struct sock *s, const struct listen_spec *spec,
		       const char **call)
{
	(void)spec;
	*call = "bind";
	if (++((struct fake *)l)->opened % 3 == 0)
		return -98; /* EADDRINUSE */
	s->is_open = true;
	l->n_socks++;
	return 0;
}

static int accept_sock(struct loop *l, struct sock *listener, struct sock *s, struct addr *peer,
		       uint16_t *port)
{
	(void)l;
	(void)listener;
	(void)s;
	(void)peer;
	(void)port;
	return -11; /* EAGAIN */
}

static ssize_t recv_from(struct loop *l, struct sock *s, void *p, size_t n, struct addr *peer,
			 uint16_t *port)
{
	(void)l;
	(void)s;
	(void)p;
	(void)n;
	(void)peer;
	(void)port;
	return -11;
}

static bool is_own(struct loop *l, const struct addr *a)
{
	(void)l;
	return a->bytes[3] % 2;
}

static void want(struct loop *l, struct sock *s, unsigned events)
{
	(void)l;
	s->wanted = events;
}

static void close_sock(struct loop *l, struct sock *s, bool reset)
{
	(void)reset;
	if (!s->is_open)
		BUG("closed twice");
	s->is_open = false;
	l->n_socks--;
}

static int wait_events(struct loop *l, struct mono until, struct err *err)
{
	(void)err;
	if (until.us == MONO_NEVER.us)
		BUG("a stand-in stays for ever");
	((struct fake *)l)->clock = until;
	return 0;
}

static void free_fake(struct loop *l)
{
	free(l);
}

static const struct loop_ops ops = {
	.free = free_fake,
	.now = now,
	.wall_ms = wall_ms,
	.open = open_sock,
	.listen = listen_sock,
	.accept = accept_sock,
	.recv_from = recv_from,
	.is_own = is_own,
	.want = want,
	.close = close_sock,
	.wait = wait_events,
};

static struct loop *new_loop(void)
{
	struct fake *f = mem_new(1, sizeof(*f));

	loop_init(&f->loop, &ops);
	return &f->loop;
}

/* --- one line --------------------------------------------------------------------------------- */

static void check_word(struct slice line)
{
	struct far_word w, same;
	struct buf again = BUF_INIT;

	if (!far_word_parse(line, &w))
		return;
	far_word_format(&w, &again);
	if (!far_word_parse(buf_slice(&again), &same) || same.verb != w.verb || same.id != w.id)
		BUG("what is said again is not understood");
	buf_release(&again);
}

static void check_channel_word(struct slice line)
{
	struct channel_word w, same;
	struct buf again = BUF_INIT;

	if (!channel_word_parse(line, &w))
		return;
	if (w.session >= CHANNEL_SESSIONS)
		BUG("a session too many");
	channel_word_format(&w, &again);
	if (again.n <= CHANNEL_WORD_MAX &&
	    (!channel_word_parse(buf_slice(&again), &same) || !slice_equal(same.text, w.text)))
		BUG("what is said again is not understood");
	buf_release(&again);
}

static void check_row(struct slice line)
{
	struct socket_row row;

	if (socket_row_parse(line, &row) && row.local.family != 4 && row.local.family != 6)
		BUG("a row without an address");
}

/* --- all of them, to each side ---------------------------------------------------------------- */

struct heard {
	unsigned watched, ready;
};

static void say(void *ctx, unsigned session, struct slice line)
{
	struct heard *h = ctx;
	struct far_word w;

	if (session != 1 || !far_word_parse(line, &w))
		BUG("it says what is none of its words");
	if (w.verb == FAR_READY)
		h->ready++;
	if (w.verb == FAR_SAW && !h->ready)
		BUG("it saw what it did not watch");
}

static void drop(void *ctx, unsigned session)
{
	(void)ctx;
	(void)session;
}

static void tell_far_side(struct slice lines)
{
	static const struct far_allowed allowed = {0};
	const struct addr peer = {4, {10, 0, 0, 1}};
	struct loop *l = new_loop();
	struct heard heard = {0};
	const struct far_serve_config config = {
		.loop = l, .tap = -1, .allowed = &allowed, .say = say, .drop = drop, .ctx = &heard};
	struct far_serve *s = far_serve_new(&config);
	struct slice line;
	struct err err;

	far_serve_open(s, 1, 0, &peer);
	while (slice_cut(&lines, '\n', &line)) {
		far_serve_line(s, 1, line);
		if (line.n == 4 && loop_run(l, NULL, &err) != 0) /* "told", "dial", or not */
			BUG("%s", err.text);
	}
	if (loop_run(l, NULL, &err) != 0)
		BUG("%s", err.text);
	far_serve_free(s);
	loop_free(l); /* and nothing is left */
}

static void conclude(const struct far_ask *a)
{
	static const enum state states[] = {STATE_OPEN,	      STATE_OPEN_RESET, STATE_SILENT,
					    STATE_CLOSED,     STATE_REJECTED,	STATE_DROPPED,
					    STATE_UNREACHABLE};

	for (size_t i = 0; i < a->n * ARRAY_LEN(states); i++) {
		struct outcome alone = {.transport = i % 2 ? TRANSPORT_TCP : TRANSPORT_UDP,
					.state = states[i / a->n],
					.cause = CAUSE_UNPROVEN,
					.candidates = {"hop:?", "target"}};
		struct far_case c = {.alone = &alone, .view = a->views[i % a->n]};
		struct outcome o = alone;

		far_blame(&c, &o);
		if (o.cause == CAUSE_UNPROVEN && !o.candidates[0])
			BUG("nothing remains");
		if (o.confidence == CONFIDENCE_CERTAIN && o.cause == CAUSE_UNPROVEN)
			BUG("certain of nothing");
	}
}

static void tell_asker(struct slice lines)
{
	struct loop *l = new_loop();
	struct far_ask *a = mem_new(1, sizeof(*a));
	struct slice line;

	a->loop = l;
	a->n = 5;
	while (slice_cut(&lines, '\n', &line)) {
		if (a->state != FAR_ASK_OVER)
			a->state = line.n % 8 ? FAR_ASK_WAITS : FAR_ASK_SHAKES;
		far_ask_take(a, &(struct channel_word){.verb = CHANNEL_LINE, .text = line});
	}
	conclude(a);
	free(a);
	loop_free(l);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct slice all = {(const char *)data, n}, rest = all, line;

	while (slice_cut(&rest, '\n', &line)) {
		check_word(line);
		check_channel_word(line);
		check_row(line);
	}
	tell_far_side(all);
	tell_asker(all);
	return 0;
}
