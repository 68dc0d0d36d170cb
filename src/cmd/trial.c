/* SPDX-License-Identifier: ISC */
#include "cmd/trial.h"

#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/mem.h"
#include "cmd/command.h"
#include "cmd/progress.h"
#include "cmd/second_look.h"
#include "model/service.h"
#include "probe/investigate.h"
#include "probe/method.h"
#include "probe/method_tcp.h"
#include "proto/proto.h"
#include "sys/interrupt.h"
#include "sys/limit.h"
#include "sys/loop.h"
#include CONFIG_H

enum { TIMEOUT_MAX_MS = 60000, RATE_MAX = 100000, TICK_MS = 250 };

int trial_read_timeout(const char *text, unsigned *ms, struct err *err)
{
	uint64_t n = 0;

	if (text && (!slice_number(slice_of(text), TIMEOUT_MAX_MS, &n) || !n))
		return err_set(err, ERR_USAGE, PLACE_NONE, "--timeout wants 1 to %d milliseconds",
			       TIMEOUT_MAX_MS);
	*ms = (unsigned)n;
	return 0;
}

int trial_read_rate(const char *text, unsigned *rate, struct err *err)
{
	uint64_t n = 0;

	if (text && (!slice_number(slice_of(text), RATE_MAX, &n) || !n))
		return err_set(err, ERR_USAGE, PLACE_NONE,
			       "--rate wants 1 to %d new connections a second", RATE_MAX);
	*rate = (unsigned)n;
	return 0;
}

static void take_found(void *ctx, const struct outcome *o, const struct inquiry *q)
{
	struct trial *t = ctx;

	t->found(t, o, q);
}

static void take_conclusion(void *ctx, struct outcome *o)
{
	struct trial *t = ctx;

	if (t->took)
		t->took(t, o);
}

static struct investigation investigation_of(struct trial *t)
{
	return (struct investigation){.loop = t->loop,
				      .tasks = t->tasks,
				      .is_thorough = t->is_thorough,
				      .rate = t->slowed_to ? t->slowed_to : t->rate,
				      .chance = host_chance,
				      .found = t->found ? take_found : NULL,
				      .concluded = take_conclusion,
				      .ctx = t};
}

int trial_read_family(const char *text, uint8_t *family, struct err *err)
{
	if (!text)
		return 0;
	if (strcmp(text, "4") != 0 && strcmp(text, "6") != 0)
		return err_set(err, ERR_USAGE, PLACE_NONE, "--family is 4 or 6");
	*family = (uint8_t)(*text - '0');
	return 0;
}

int trial_read_source(const char *text, struct addr *source, struct err *err)
{
	if (!text || addr_parse(slice_of(text), source))
		return 0;
	return err_set(err, ERR_USAGE, PLACE_NONE, "--source wants an address of this host");
}

const struct proto *trial_usual_dialogue(uint16_t port)
{
	struct service usual;

	return service_at(transport_bit(TRANSPORT_UDP), port, &usual)
		       ? proto_find(usual.name, TRANSPORT_UDP)
		       : NULL;
}

static void take_outcome(void *ctx, size_t task, const struct outcome *o)
{
	struct trial *t = ctx;
	struct outcome_list *l = &t->outcomes;
	struct outcome *own;

	if (l->n == l->room) {
		l->room = l->room ? l->room * 2 : t->n_tasks;
		l->items = mem_resize(l->items, l->room, sizeof(*l->items));
	}
	own = &l->items[l->n++];
	*own = *o;
	own->id = (unsigned)l->n;
	own->task = (unsigned)(t->first + task);
	if (t->took)
		t->took(t, own);
}

static void take_sighting(void *ctx, const struct outcome *o, const struct sighting *seen)
{
	struct trial *t = ctx;

	t->sighted(t, o, seen);
}

bool trial_is_shut_out(const struct trial *t, const struct addr *target)
{
	for (size_t i = 0; i < t->n_shut_out; i++)
		if (addr_equal(&t->shut_out[i], target))
			return true;
	return false;
}

/* Since then it is the ban that spoke, and not the port. */
static bool is_of_ban(const struct outcome *o, const struct shut_out *s)
{
	return addr_equal(&o->target, &s->target) && o->at_ms >= s->since_ms && !o->proved &&
	       o->state != STATE_OPEN && o->state != STATE_OPEN_RESET &&
	       o->state != STATE_WRONG_SERVICE && o->state != STATE_NOT_ATTEMPTED;
}

static void take_shut_out(void *ctx, const struct shut_out *s)
{
	struct trial *t = ctx;
	char words[OUTCOME_EVIDENCE_MAX], target[ADDR_TEXT_MAX];
	const struct sighting seen = {.saw = SAW_NOT_ASKED, .how = SHUT_OUT, .words = words};

	shut_out_words(s->connections, words, sizeof(words));
	for (size_t i = 0; i < t->outcomes.n; i++)
		if (is_of_ban(&t->outcomes.items[i], s))
			blame(&seen, &t->outcomes.items[i]);
	t->shut_out = mem_resize(t->shut_out, t->n_shut_out + 1, sizeof(*t->shut_out));
	t->shut_out[t->n_shut_out++] = s->target;
	buf_addf(&t->names,
		 "  %s has shut this host out after %u connections: it is asked no more\n",
		 addr_text(&s->target, target), s->connections);
}

static void add_family(struct buf *out, const struct resolve_query *q, unsigned family,
		       enum resolve_status status)
{
	const char *before = " ";

	if (status == RESOLVE_NOT_ASKED)
		return;
	buf_addf(out, "; IPv%u:", family);
	for (size_t i = 0; i < q->n_addrs; i++) {
		char text[ADDR_TEXT_MAX];

		if (q->addrs[i].family != family)
			continue;
		buf_addf(out, "%s%s", before, addr_text(&q->addrs[i], text));
		before = ", ";
	}
	if (status != RESOLVE_OK)
		buf_addf(out, " %s",
			 status == RESOLVE_NODATA ? "none" : resolve_status_names[status]);
}

static void take_name(void *ctx, const struct resolve_query *q)
{
	struct trial *t = ctx;

	buf_add_text(&t->names, "  name ");
	escape_terminal(&t->names, slice_of(q->name));
	add_family(&t->names, q, 4, q->status4);
	add_family(&t->names, q, 6, q->status6);
	buf_add_char(&t->names, '\n');
}

static int by_task(const void *a, const void *b)
{
	const struct outcome *x = a, *y = b;

	if (x->task != y->task)
		return x->task < y->task ? -1 : 1;
	return addr_compare(&x->target, &y->target);
}

static void sort_outcomes(struct outcome_list *l)
{
	if (l->n)
		qsort(l->items, l->n, sizeof(*l->items), by_task);
}

struct ticking {
	struct timer timer; /* first: the address is the same */
	struct loop *loop;
	struct trial *trial;
};

static void tick(struct timer *timer)
{
	struct ticking *ticking = (struct ticking *)timer;

	ticking->trial->tick(ticking->trial);
	timer_start(ticking->loop, timer, mono_add_ms(loop_now(ticking->loop), TICK_MS));
}

static struct engine_config config_of(struct trial *t)
{
	return (struct engine_config){
		.loop = t->loop,
		.texts = &t->texts,
		.timeout_ms = t->timeout_ms,
		.rate = t->rate,
		.descriptors = limit_descriptors(t->n_tasks * method_tcp.socks + 64),
		.chance = host_chance,
	};
}

int trial_run_tasks(struct trial *t, const struct task *tasks, size_t n, unsigned rate,
		    void (*took)(void *ctx, size_t task, const struct outcome *o), void *ctx,
		    const volatile int *interrupted, struct err *err)
{
	struct engine_config config = config_of(t);
	struct engine *e;
	int rc;

	config.rate = rate;
	config.outcome = took;
	config.ctx = ctx;
	e = engine_new(&config, tasks, n);
	rc = engine_run(e, interrupted, err);
	engine_free(e);
	return rc;
}

static int run_engine(struct trial *t, struct loop *l, const volatile int *interrupted,
		      struct err *err)
{
	struct resolver *resolver = t->has_names ? resolver_new(l) : NULL;
	struct engine_config config = config_of(t);
	struct engine *e;
	struct progress progress = {.loop = l,
				    .outcomes = &t->outcomes,
				    .before = t->outcomes.n,
				    .started = t->started};
	struct ticking ticking = {.timer.fire = tick, .loop = l, .trial = t};
	int rc;

	config.resolver = resolver;
	config.outcome = take_outcome;
	config.resolved = take_name;
	config.shut_out = take_shut_out;
	config.sighted = t->sighted ? take_sighting : NULL;
	config.ctx = t;
	e = engine_new(&config, t->tasks + t->first, t->n_tasks - t->first);
	progress.engine = e;

	progress_start(&progress);
	if (t->tick)
		timer_start(l, &ticking.timer, mono_add_ms(loop_now(l), TICK_MS));
	rc = engine_run(e, interrupted, err);
	timer_stop(l, &ticking.timer);
	progress_stop(&progress);
	engine_free(e);
	resolver_free(resolver);
	t->first = t->n_tasks;
	return rc;
}

static int find_causes(struct trial *t, struct outcome *outcomes, size_t n,
		       const volatile int *interrupted, struct err *err)
{
	const struct investigation v = investigation_of(t);

	if (t->is_quick || *interrupted)
		return 0;
	return investigate(&v, outcomes, n, interrupted, err);
}

static struct second_look second_look_of(const struct trial *t)
{
	struct second_look s = {.elapsed_ms = (loop_now(t->loop).us - t->started.us) / 1000};

	for (size_t i = 0; i < t->outcomes.n; i++)
		s.answered += t->outcomes.items[i].rtt_us != 0;
	return s;
}

/* Until all of it convinces. */
static int look_again(struct trial *t, struct second_look *s, bool with_causes,
		      const volatile int *interrupted, struct err *err)
{
	struct outcome *fresh;
	size_t n = 1;
	int rc = 0;

	s->rounds = 0;
	while (!rc && n && !*interrupted) {
		rc = second_look(s, t, interrupted, &fresh, &n, err);
		if (!rc && n && with_causes)
			rc = find_causes(t, fresh, n, interrupted, err);
		second_look_put_back(t, fresh, n);
		free(fresh);
		if (n)
			t->slowed_to = s->rate;
	}
	return rc;
}

/* Nobody is blamed for what one more try would let through. */
static int try_all(struct trial *t, struct loop *l, struct second_look *s,
		   const volatile int *interrupted, struct err *err)
{
	int rc = run_engine(t, l, interrupted, err);

	*s = second_look_of(t);
	return rc ? rc : look_again(t, s, false, interrupted, err);
}

static int run_stages(struct trial *t, struct loop *l, const volatile int *interrupted,
		      struct err *err)
{
	struct second_look s;
	int rc = try_all(t, l, &s, interrupted, err);

	while (!rc && !*interrupted && t->more && t->more(t))
		rc = try_all(t, l, &s, interrupted, err);
	if (!rc)
		rc = find_causes(t, t->outcomes.items, t->outcomes.n, interrupted, err);
	if (!rc)
		rc = look_again(t, &s, true, interrupted, err);
	if (t->slowed_to)
		buf_addf(
			&t->names,
			"  tried again at %u new connections a second: of faster ones too many got "
			"no answer\n",
			t->slowed_to);
	if (!rc && t->after)
		rc = t->after(t, l, interrupted, err);
	return rc;
}

void trial_name_run(struct trial *t)
{
	uint8_t chance[10];

	host_name(t->vantage);
	host_chance(chance, sizeof(chance));
	run_id_format(t->run.started_ms, chance, t->run.id);
	t->run.vantage = t->vantage;
	t->run.version = VERSION;
}

int trial_run(struct trial *t, struct err *err)
{
	const volatile int *interrupted = interrupt_catch();
	struct loop *l;
	int rc = loop_new(&l, err);

	if (rc) {
		interrupt_release();
		return rc;
	}
	t->loop = l;
	text_pool_init(&t->texts);
	t->started = loop_now(l);
	t->run.started_ms = l->ops->wall_ms(l);
	trial_name_run(t);
	if (t->begun)
		t->begun(t);
	rc = run_stages(t, l, interrupted, err);
	interrupt_release();
	t->elapsed_ms = (loop_now(l).us - t->started.us) / 1000;
	loop_free(l);
	sort_outcomes(&t->outcomes);
	return rc;
}

struct run_summary trial_summary(const struct trial *t)
{
	const struct outcome_list *l = &t->outcomes;
	struct run_summary s = {.elapsed_ms = t->elapsed_ms, .slowed_to = t->slowed_to};

	for (size_t i = 0; i < l->n; i++) {
		s.pass += l->items[i].state == STATE_OPEN;
		s.not_tested += l->items[i].state == STATE_NOT_ATTEMPTED;
	}
	s.fail = (unsigned)l->n - s.pass - s.not_tested;
	s.exit = s.fail ? EXIT_FAILS : s.not_tested ? EXIT_NOT_TESTED : EXIT_HOLDS;
	return s;
}

void trial_release(struct trial *t)
{
	free(t->outcomes.items);
	free(t->shut_out);
	text_pool_release(&t->texts);
	buf_release(&t->names);
}
