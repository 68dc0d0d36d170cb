/* SPDX-License-Identifier: ISC
 *
 * The engine as methods see it: how long to wait, what was learnt, and the end of a probe.
 */
#include "probe/engine_int.h"
#include "sys/loop.h"

struct loop *probe_loop(const struct probe *p)
{
	return p->engine->config.loop;
}

const struct task *probe_task(const struct probe *p)
{
	return &p->engine->tasks[p->task];
}

void probe_chance(const struct probe *p, void *bytes, size_t n)
{
	p->engine->config.chance(bytes, n);
}

unsigned probe_timeout_ms(const struct probe *p)
{
	unsigned ms = p->engine->config.timeout_ms;

	return ms ? ms : ENGINE_TIMEOUT_MS;
}

unsigned probe_deadline_ms(const struct probe *p, unsigned usual_ms)
{
	unsigned ms = p->engine->config.timeout_ms;

	return ms ? ms : usual_ms;
}

struct rtt_step probe_next(const struct probe *p, unsigned tries, struct mono last)
{
	const struct engine *e = p->engine;
	const struct rtt_silence silence = {
		.target = &p->target->rtt,
		.run = &e->rtt,
		.timeout_us = (int64_t)probe_timeout_ms(p) * 1000,
		.is_bound = e->config.timeout_ms != 0,
		.tries = tries,
		.last_us = last.us - p->started.us,
	};
	bool is_out_of_time = silence.is_bound &&
			      loop_now(e->config.loop).us - p->started.us >= silence.timeout_us;

	return is_out_of_time ? (struct rtt_step){true, silence.timeout_us} : rtt_next(&silence);
}

int64_t probe_late_us(const struct probe *p)
{
	int64_t late_us = rtt_late_us(&p->target->rtt);
	struct rtt_step step = probe_next(p, 1, p->started);

	if (!late_us)
		late_us = RTT_HEDGE_MS * 1000 / 4;
	return late_us < step.at_us ? late_us : step.at_us;
}

bool probe_run_has_loss(const struct probe *p)
{
	return rtt_has_loss(&p->engine->rtt);
}

struct mono probe_patience(const struct probe *p, struct mono at)
{
	struct mono end = mono_add_ms(p->started, probe_timeout_ms(p)), until;
	int64_t late_us = rtt_late_us(&p->target->rtt);

	until = mono_add_us(at, late_us ? late_us : RTT_HEDGE_MS * 1000);
	return p->engine->config.timeout_ms && end.us < until.us ? end : until;
}

void probe_late(struct probe *p)
{
	struct engine *e = p->engine;
	struct target *t = p->target;

	if (p->is_late)
		return;
	window_add_silence(&t->window);
	engine_leave_target(e, p);
	engine_fill(e);
}

void probe_add_try(struct probe *p)
{
	engine_count_try(p->engine);
}

void probe_learn(struct probe *p, uint32_t us, unsigned lost)
{
	struct engine *e = p->engine;
	struct target *t = p->target;

	rtt_add(&t->rtt, us, lost);
	rtt_add(&e->rtt, us, lost);
	window_add_answer(&t->window, lost, (unsigned)e->room);
	t->had_way = true;
}

static void report_probe(struct probe *p, const struct sighting *seen)
{
	struct engine *e = p->engine;
	size_t task = p->task;
	struct outcome o;

	engine_start_outcome(e, task, &p->to, &o);
	blame(seen, &o);
	if (e->config.sighted)
		e->config.sighted(e->config.ctx, &o, seen);
	engine_give_back(e, p);
	engine_report(e, task, &o);
}

static void settle(struct probe *p, const struct sighting *seen, bool is_fault)
{
	struct engine *e = p->engine;

	report_probe(p, seen);
	if (is_fault)
		return;
	e->faults = 0;
	if (e->window < e->room)
		e->window++;
}

static void finish_local(struct probe *p, const struct sighting *seen)
{
	struct sighting local = *seen;
	struct target *t = p->target;
	bool is_fault;

	local.had_way = t->had_way;
	is_fault = blame_is_passing(&local);
	if (is_fault && !blame_is_passing(seen)) {
		t->way_lost = loop_now(p->engine->config.loop);
		t->way_error = local.error;
	}
	if (!is_fault || !engine_rest(p->engine, p))
		settle(p, &local, is_fault);
}

/* Nothing came, but meanwhile this host could not send: that proves nothing. */
static bool was_cut_off(const struct probe *p)
{
	return p->target->way_error && p->target->way_lost.us >= p->started.us;
}

static void finish_silence(struct probe *p, const struct sighting *seen)
{
	struct sighting told = *seen;

	if (was_cut_off(p)) {
		finish_local(p, &(struct sighting){.saw = SAW_LOCAL_ERROR,
						   .error = p->target->way_error,
						   .call = "connect",
						   .tries = seen->tries});
		return;
	}
	if (seen->saw == SAW_NOTHING)
		told.bad_luck = (float)rtt_bad_luck(&p->target->rtt, &p->engine->rtt, seen->tries);
	if (p->method->transport == TRANSPORT_TCP)
		rtt_add_silence(&p->target->rtt);
	p->target->had_way = true;
	told.rejected_by = p->target->rejected_by;
	settle(p, &told, false);
}

void probe_finish(struct probe *p, const struct sighting *seen)
{
	struct engine *e = p->engine;

	if (seen->saw == SAW_LOCAL_ERROR) {
		finish_local(p, seen);
	} else if (seen->saw == SAW_NOTHING || seen->saw == SAW_SILENCE) {
		finish_silence(p, seen);
	} else {
		if (seen->saw == SAW_ICMP && !seen->own_icmp)
			p->target->rejected_by = seen->icmp.by;
		p->target->had_way = true;
		settle(p, seen, false);
	}
	engine_fill(e);
}
