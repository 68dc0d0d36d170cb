/* SPDX-License-Identifier: ISC
 *
 * A step is one topic; it may want several connections, and keeps its state over them. A topic is
 * asked whether it wants a connection before there is one.
 */
#include "probe/method_audit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "probe/cover.h"
#include "probe/engine.h"
#include "probe/sighting.h"

enum {
	PARTING_MS = 200, /* until the peer has closed, after a good-bye */
	IN_MAX = 32768,	  /* not understood: chains of certificates are long */
	TURNS_MAX = 64,	  /* messages of ours on one connection */
};

enum stage { STAGE_UPGRADE, STAGE_SHAKING, STAGE_ASKED, STAGE_PARTING };

static const enum audit_place passes[] = {AUDIT_AS_FOUND, AUDIT_UPGRADE, AUDIT_BELOW};

struct auditing {
	struct cover cover;
	struct sighting first; /* of the first connection */
	struct mono end;
	size_t pass, at; /* the step: of `passes`, of the table */
	unsigned connection;
	const struct audit *upgrade; /* NULL: there is none */
	enum stage stage;
	unsigned turns;
	struct audit_ask ask;
	struct proto_out out;
	struct audit_notes known; /* of an upgrade that was asked before */
	_Alignas(8) uint8_t state[AUDIT_STATE_MAX];
	_Alignas(8) uint8_t upgrade_state[AUDIT_STATE_MAX];
	size_t n_in;
	char in[IN_MAX];
};

struct audit_probe {
	struct dial dial; /* first: the address is the same */
	struct timer timer;
	struct auditing *a; /* owned */
};

static struct audit_job *job_of(const struct audit_probe *p)
{
	return probe_task(p->dial.probe)->audit;
}

static const struct audit *step_of(const struct audit_probe *p)
{
	return job_of(p)->table[p->a->at];
}

static void start_timer(struct audit_probe *p, int64_t ms)
{
	struct loop *l = probe_loop(p->dial.probe);

	timer_start(l, &p->timer, mono_add_ms(loop_now(l), ms));
}

static void hang_up(struct audit_probe *p)
{
	cover_stop(&p->a->cover, &p->dial);
	dial_hang_up(&p->dial);
	timer_stop(probe_loop(p->dial.probe), &p->timer);
}

static void cancel(struct probe *probe)
{
	struct audit_probe *p = (struct audit_probe *)probe->state;

	if (!p->a)
		return;
	hang_up(p);
	free(p->a);
	p->a = NULL;
}

static void finish(struct audit_probe *p, enum saw saw)
{
	struct probe *probe = p->dial.probe;
	struct sighting seen = p->a->first;

	if (!job_of(p)->connections)
		seen = p->dial.seen;
	seen.saw = saw;
	cancel(probe);
	probe_finish(probe, &seen);
}

/* Which step is next. */

static bool is_due(const struct audit_job *job, const struct audit *a, enum audit_place place)
{
	const struct audit_facts *f = &job->facts;

	if (a->place != place || (a->is_active && !job->is_active) ||
	    !audit_is_of(a, f->proto, TRANSPORT_TCP))
		return false;
	switch (place) {
	case AUDIT_AS_FOUND:
		return true;
	case AUDIT_UPGRADE:
		return !f->is_inside;
	case AUDIT_BELOW:
		return f->is_inside || (f->is_upgraded && !audit_upgrade_of(f->proto)->is_once);
	case AUDIT_FACTS:
		break;
	}
	return false;
}

bool audit_job_is_due(const struct audit_job *job)
{
	if (job->only)
		return true;
	for (size_t pass = 0; pass < ARRAY_LEN(passes); pass++)
		for (size_t i = 0; job->table[i]; i++)
			if (is_due(job, job->table[i], passes[pass]))
				return true;
	return false;
}

/* From this one on; false: there are no more. */
static bool find_step(struct audit_probe *p)
{
	struct auditing *a = p->a;

	for (; a->pass < ARRAY_LEN(passes); a->pass++, a->at = 0)
		for (; step_of(p); a->at++)
			if (is_due(job_of(p), step_of(p), passes[a->pass]))
				return true;
	return false;
}

static void next_step(struct audit_probe *p)
{
	p->a->at++;
	p->a->connection = 0;
	memset(p->a->state, 0, sizeof(p->a->state));
}

static void make_ask(struct audit_probe *p)
{
	const struct audit_facts *f = &job_of(p)->facts;

	p->a->ask = (struct audit_ask){
		.host = f->host,
		.port = f->port,
		.is_inside = f->is_inside,
		.now = f->now,
		.connection = p->a->connection,
	};
	probe_chance(p->dial.probe, p->a->ask.chance, sizeof(p->a->ask.chance));
}

/* The step that is wanted next, with its first message. */
static bool prepare(struct audit_probe *p)
{
	struct auditing *a = p->a;

	for (; find_step(p); next_step(p)) {
		unsigned most = step_of(p)->connections ? step_of(p)->connections : 1;

		make_ask(p);
		a->out.n = 0;
		if (a->connection < most && step_of(p)->start(a->state, &a->ask, &a->out))
			return true;
	}
	return false;
}

static bool is_over_time(const struct audit_probe *p)
{
	return loop_now(probe_loop(p->dial.probe)).us >= p->a->end.us;
}

static void go_on(struct audit_probe *p)
{
	struct auditing *a = p->a;

	hang_up(p);
	a->connection++;
	a->n_in = a->turns = 0;
	if (is_over_time(p) || !prepare(p)) {
		finish(p, SAW_OPEN);
		return;
	}
	probe_add_try(p->dial.probe);
	dial_start(&p->dial);
}

/* One connection. */

static void over(struct audit_probe *p, bool is_closed)
{
	struct auditing *a = p->a;

	if (a->stage == STAGE_ASKED && step_of(p)->over)
		step_of(p)->over(a->state, &a->ask, is_closed, &job_of(p)->notes);
	else if (a->stage != STAGE_PARTING)
		job_of(p)->unanswered++;
	go_on(p);
}

static bool is_gone(ssize_t rc)
{
	return rc == -ECONNRESET || rc == -EPIPE;
}

/* True: this connection is over. */
static bool send_out(struct audit_probe *p)
{
	struct auditing *a = p->a;
	size_t n = a->out.n;
	int rc;

	a->out.n = 0;
	if (!n)
		return false;
	a->turns++;
	rc = cover_say(&a->cover, &p->dial, a->out.bytes, n);
	if (rc)
		over(p, is_gone(rc));
	return rc != 0;
}

static bool ask(struct audit_probe *p)
{
	p->a->stage = STAGE_ASKED;
	start_timer(p, AUDIT_PATIENCE_MS);
	return send_out(p);
}

static bool begin_handshake(struct audit_probe *p)
{
	const struct layer_ask asked = {.name = job_of(p)->facts.host};

	p->a->stage = STAGE_SHAKING;
	start_timer(p, AUDIT_PATIENCE_MS);
	if (!cover_start(&p->a->cover, &p->dial, probe_task(p->dial.probe)->layer, &asked))
		return false;
	over(p, false);
	return true;
}

static bool handshake_done(struct audit_probe *p)
{
	struct audit_job *job = job_of(p);

	if (step_of(p)->place != AUDIT_UPGRADE) {
		if (cover_state(&p->a->cover) == LAYER_OPEN)
			return ask(p);
		over(p, true);
		return true;
	}
	cover_describe(&p->a->cover, &job->told);
	job->has_told = true;
	go_on(p);
	return true;
}

/* With what is sent when the step's own turn comes put aside. */
static bool begin_upgrade(struct audit_probe *p)
{
	struct auditing *a = p->a;
	struct proto_out own = a->out;
	bool is_over;

	a->stage = STAGE_UPGRADE;
	memset(a->upgrade_state, 0, sizeof(a->upgrade_state));
	a->out.n = 0;
	a->upgrade->start(a->upgrade_state, &a->ask, &a->out);
	start_timer(p, AUDIT_PATIENCE_MS);
	is_over = send_out(p);
	if (!is_over)
		a->out = own;
	return is_over;
}

/* The peer agreed to TLS. */
static bool upgraded(struct audit_probe *p)
{
	p->a->n_in = 0; /* what it said before TLS is nobody's word */
	if (step_of(p)->place != AUDIT_UPGRADE)
		return ask(p);
	job_of(p)->facts.is_upgraded = true;
	return begin_handshake(p);
}

static bool part(struct audit_probe *p)
{
	struct auditing *a = p->a;

	if (!a->out.n) {
		go_on(p);
		return true;
	}
	a->stage = STAGE_PARTING;
	start_timer(p, PARTING_MS);
	cover_say(&a->cover, &p->dial, a->out.bytes, a->out.n);
	return false;
}

/* No switch: with a good-bye, or a note of it, it was understood, else it was not. */
static bool refused(struct audit_probe *p, bool is_noted)
{
	if (p->a->out.n || is_noted)
		return part(p);
	over(p, false);
	return true;
}

static bool hear_upgrade(struct audit_probe *p, struct slice *in)
{
	struct auditing *a = p->a;
	struct proto_out own = a->out;
	bool is_first = step_of(p)->place == AUDIT_UPGRADE;
	struct audit_notes *notes = is_first ? &job_of(p)->notes : &a->known;
	size_t before = notes->n;
	enum proto_result r;

	a->out.n = 0;
	r = a->upgrade->input(a->upgrade_state, &a->ask, in, &a->out, notes);
	if (r == PROTO_OTHER)
		return refused(p, notes->n > before);
	if (send_out(p))
		return true;
	a->out = own;
	return r == PROTO_PROVED && upgraded(p);
}

static bool hear_answer(struct audit_probe *p, struct slice *in)
{
	struct auditing *a = p->a;

	switch (step_of(p)->input(a->state, &a->ask, in, &a->out, &job_of(p)->notes)) {
	case PROTO_MORE:
		return send_out(p);
	case PROTO_PROVED:
		return part(p);
	case PROTO_OTHER:
		job_of(p)->unanswered++;
		break;
	}
	go_on(p);
	return true;
}

/* One step with what is there. True: this connection is over. */
static bool hear(struct audit_probe *p, bool *has_moved)
{
	struct auditing *a = p->a;
	struct slice in = {a->in, a->n_in};
	enum stage stage = a->stage;

	if (stage == STAGE_PARTING || stage == STAGE_SHAKING) {
		a->n_in = 0; /* nothing more is of interest */
		return false;
	}
	if (stage == STAGE_UPGRADE ? hear_upgrade(p, &in) : hear_answer(p, &in))
		return true;
	if (a->stage != stage)
		return false;
	*has_moved = in.n < a->n_in;
	memmove(a->in, in.p, in.n);
	a->n_in = in.n;
	return false;
}

static void understand(struct audit_probe *p)
{
	struct auditing *a = p->a;
	bool has_moved = true;

	while (has_moved && a->n_in) {
		has_moved = false;
		if (hear(p, &has_moved))
			return;
	}
	if (a->n_in == IN_MAX || a->turns > TURNS_MAX)
		over(p, false);
}

static void peer_gone(struct audit_probe *p, bool is_reset)
{
	cover_drop(&p->a->cover);
	if (!is_reset)
		dial_close(&p->dial, false); /* the peer's end keeps TIME_WAIT, not ours */
	over(p, true);
}

/* An ICMP error decides nothing any more, but must be read, or the loop tells of it for ever. */
static void ready(struct dial *d, unsigned events)
{
	struct audit_probe *p = (struct audit_probe *)d;
	struct auditing *a = p->a;
	struct loop *l = probe_loop(d->probe);
	struct icmp_error ignored;
	ssize_t n = cover_hear(&a->cover, d, a->in + a->n_in, IN_MAX - a->n_in);

	if (a->stage == STAGE_SHAKING && cover_state(&a->cover) != LAYER_SHAKING) {
		if (handshake_done(p) || n <= 0)
			return;
	} else if (n == 0 || is_gone(n)) {
		peer_gone(p, n != 0);
		return;
	}
	while (events & SOCK_ERROR && l->ops->icmp(l, dial_sock(d), &ignored))
		;
	if (n <= 0)
		return;
	a->n_in += (size_t)n;
	understand(p);
}

static void timer_fired(struct timer *t)
{
	over((struct audit_probe *)((char *)t - offsetof(struct audit_probe, timer)), false);
}

static void connected(struct dial *d)
{
	struct audit_probe *p = (struct audit_probe *)d;
	struct audit_job *job = job_of(p);

	probe_welcome(p->dial.probe);
	if (!job->connections++)
		p->a->first = d->seen;
	if (step_of(p)->place == AUDIT_UPGRADE ||
	    (step_of(p)->place == AUDIT_BELOW && !job->facts.is_inside))
		begin_upgrade(p);
	else if (step_of(p)->place == AUDIT_AS_FOUND && job->facts.is_inside)
		begin_handshake(p);
	else
		ask(p);
}

static void failed(struct dial *d, enum saw saw)
{
	struct audit_probe *p = (struct audit_probe *)d;

	job_of(p)->is_shut_out = job_of(p)->connections && saw != SAW_LOCAL_ERROR;
	if (job_of(p)->is_shut_out && saw != SAW_OPEN_RESET)
		(void)probe_turn_away(p->dial.probe, saw == SAW_NOTHING);
	finish(p, job_of(p)->is_shut_out ? SAW_OPEN : saw);
}

static void begin(struct probe *probe)
{
	struct audit_probe *p = (struct audit_probe *)probe->state;

	p->timer.fire = timer_fired;
	p->dial.probe = probe;
	p->dial.to = probe->to;
	p->dial.port = probe->port;
	p->dial.connected = connected;
	p->dial.failed = failed;
	p->dial.ready = ready;
	p->a = mem_new(1, sizeof(*p->a));
	p->a->end = mono_add_ms(loop_now(probe_loop(probe)),
				probe_deadline_ms(probe, AUDIT_DEADLINE_MS));
	p->a->upgrade = audit_upgrade_of(job_of(p)->facts.proto);
	job_of(p)->connections = 0; /* it may begin a second time */
	if (prepare(p))
		dial_start(&p->dial);
	else
		finish(p, SAW_NOT_ASKED);
}

const struct method method_audit = {
	.name = "audit",
	.transport = TRANSPORT_TCP,
	.state_size = sizeof(struct audit_probe),
	.socks = DIAL_ATTEMPTS,
	.begin = begin,
	.cancel = cancel,
};
