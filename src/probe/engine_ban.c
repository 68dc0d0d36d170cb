/* SPDX-License-Identifier: ISC
 *
 * A target that shuts this host out, as fail2ban and its like do, shows it on all of its ports:
 * they refuse, or are silent, from one moment on. One port that turns may have reasons of its own.
 * So a port that was well, the witness, is tried once more and decides; where there is none, others
 * have to turn while no connection is taken. Then the target is asked nothing more in this run.
 */
#include <stdio.h>

#include "probe/engine_int.h"
#include "sys/loop.h"

/* Two that refuse; of those that are silent three, as a server that is stuck is silent, too. */
enum { TURNED_REFUSAL = 3, TURNED_SILENCE = 2, TURNED_MAX = 6 };

void probe_welcome(struct probe *p)
{
	struct ban *b = &p->target->ban;

	b->taken++;
	b->turned = 0;
	b->is_heard = false;
	b->well_ms = probe_loop(p)->ops->wall_ms(probe_loop(p));
}

void probe_vouch(struct probe *p)
{
	p->target->ban.witness = p->port;
}

bool probe_is_shut_out(const struct probe *p)
{
	return p->target->ban.is_on;
}

/* The others are ended from a timer: this is called from within a probe. */
void probe_shut_out(struct probe *p)
{
	struct engine *e = p->engine;
	struct ban *b = &p->target->ban;
	const struct shut_out told = {
		.target = p->target->addr, .since_ms = b->well_ms, .connections = b->taken};

	if (b->is_on)
		return;
	b->is_on = true;
	if (e->config.shut_out)
		e->config.shut_out(e->config.ctx, &told);
	timer_start(e->config.loop, &e->ban, mono_add_us(loop_now(e->config.loop), 1));
}

uint16_t probe_turn_away(struct probe *p, bool is_silent)
{
	struct ban *b = &p->target->ban;

	if (b->is_on || b->is_heard)
		return 0;
	if (b->witness == p->port)
		b->witness = 0;
	b->turned += is_silent ? TURNED_SILENCE : TURNED_REFUSAL;
	b->is_heard = b->witness != 0;
	if (!b->witness && b->turned >= TURNED_MAX)
		probe_shut_out(p);
	return b->witness;
}

void shut_out_words(unsigned connections, char *words, size_t room)
{
	snprintf(words, room, "not asked: shut out after %u connection%s", connections,
		 connections == 1 ? "" : "s");
}

static struct sighting not_asked(const struct target *t, char *words, size_t room)
{
	shut_out_words(t->ban.taken, words, room);
	return (struct sighting){.saw = SAW_NOT_ASKED, .how = SHUT_OUT, .words = words};
}

void probe_finish_not_asked(struct probe *p)
{
	char words[OUTCOME_EVIDENCE_MAX];
	const struct sighting seen = not_asked(p->target, words, sizeof(words));

	probe_finish(p, &seen);
}

void engine_report_shut_out(struct engine *e, size_t task, struct target *t)
{
	char words[OUTCOME_EVIDENCE_MAX];
	const struct sighting seen = not_asked(t, words, sizeof(words));
	struct outcome o;

	engine_start_outcome(e, task, &t->addr, &o);
	blame(&seen, &o);
	engine_report(e, task, &o);
}

static bool is_at_rest(const struct engine *e, const struct probe *p)
{
	const struct probe *at = e->resting;

	while (at && at != p)
		at = at->next;
	return at != NULL;
}

static void end_probe(struct engine *e, struct probe *p)
{
	size_t task;

	while (engine_queue_take(e, &p->target->waiting, &task))
		engine_queue_add(e, &e->ready, task);
	if (p->method->shut_out) {
		p->method->shut_out(p);
		return;
	}
	p->method->cancel(p);
	probe_finish_not_asked(p);
}

/* Those at rest hold nothing, and are not asked when they wake. */
static void ban_fired(struct timer *timer)
{
	struct engine *e = (struct engine *)((char *)timer - offsetof(struct engine, ban));

	e->is_filling = true; /* no place is given away before all are ended */
	for (size_t i = 0; i < e->used; i++) {
		struct probe *p = (struct probe *)(e->pool + i * e->probe_size);

		if (p->is_live && p->target->ban.is_on && !is_at_rest(e, p))
			end_probe(e, p);
	}
	e->is_filling = false;
	engine_fill(e);
}

void engine_init_ban(struct engine *e)
{
	e->ban.fire = ban_fired;
}
