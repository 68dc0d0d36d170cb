/* SPDX-License-Identifier: ISC
 *
 * replay FILE.rpl: runs the probing engine over the simulated network of the script and compares
 * what it says with what the script expects. Exit 1 where they differ.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text_pool.h"
#include "model/expr.h"
#include "script.h"

struct replay {
	struct script *script;
	struct text_pool texts;
	unsigned failures;
};

static void fail(struct replay *r, unsigned line, const char *what, const char *got,
		 const char *expected)
{
	fprintf(stderr, "%s:%u: %s is \"%s\", expected \"%s\"\n", r->script->path, line, what, got,
		expected);
	r->failures++;
}

static void format_candidates(const struct outcome *o, struct buf *out)
{
	for (size_t i = 0; i < ARRAY_LEN(o->candidates) && o->candidates[i]; i++)
		buf_addf(out, "%s%s", i ? "," : "", o->candidates[i]);
}

struct text_key {
	const char *key, *value; /* NULL: "none" */
};

static bool find_text(const struct outcome *o, const char *key, struct buf *out)
{
	const struct text_key texts[] = {
		{"state", state_names[o->state]},
		{"cause", cause_names[o->cause]},
		{"confidence", confidence_names[o->confidence]},
		{"network", answer_names[o->network]},
		{"service", answer_names[o->service]},
		{"how", o->how},
		{"name", o->name},
		{"proved", o->proved},
		{"evidence", o->evidence},
		{"stand-in", o->is_stand_in ? "yes" : "no"},
		{"via", o->via},
		{"leg", o->leg},
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (strcmp(texts[i].key, key) == 0) {
			buf_add_text(out, texts[i].value ? texts[i].value : "none");
			return true;
		}
	return false;
}

static void format_addr(const struct addr *a, struct buf *out)
{
	if (a->family)
		addr_format(a, out);
	else
		buf_add_text(out, "none");
}

/* The value of a key of the outcome, as a script writes it. False: no such key. */
static bool format_value(const struct replay *r, const struct outcome *o, const char *key,
			 struct buf *out)
{
	if (strcmp(key, "tries") == 0)
		buf_addf(out, "%u", o->tries);
	else if (strcmp(key, "rtt") == 0)
		buf_addf(out, "%uus", o->rtt_us);
	else if (strcmp(key, "at") == 0)
		buf_addf(out, "%lldms", (long long)(r->script->sim->clock.us / 1000));
	else if (strcmp(key, "candidates") == 0)
		format_candidates(o, out);
	else if (strcmp(key, "absence") == 0)
		buf_add_text(out, o->is_absence ? "yes" : "no");
	else if (strcmp(key, "interrupted") == 0)
		buf_add_text(out, o->is_interrupted ? "yes" : "no");
	else if (strcmp(key, "by") == 0)
		format_addr(&o->by, out);
	else if (strcmp(key, "source") == 0)
		format_addr(&o->source, out);
	else
		return find_text(o, key, out);
	return true;
}

static void compare(struct replay *r, const struct expectation *e, const struct outcome *o)
{
	struct buf got = BUF_INIT;

	for (size_t i = 0; i < e->n_keys; i++) {
		buf_clear(&got);
		if (!format_value(r, o, e->keys[i].key, &got))
			fail(r, e->line, "a key", e->keys[i].key, "one of script.h");
		else if (strcmp(got.data, e->keys[i].value) != 0)
			fail(r, e->line, e->keys[i].key, got.data, e->keys[i].value);
	}
	buf_release(&got);
}

static void take_outcome(void *ctx, size_t task, const struct outcome *o)
{
	struct replay *r = ctx;
	char text[ADDR_TEXT_MAX];
	const char *target = o->target.family ? addr_text(&o->target, text) : o->name;

	(void)task;
	for (size_t i = 0; i < r->script->n_expectations; i++) {
		struct expectation *e = &r->script->expectations[i];

		if (!e->is_met && e->transport == o->transport && e->port == o->port &&
		    strcmp(e->target, target) == 0) {
			e->is_met = true;
			compare(r, e, o);
			return;
		}
	}
	fprintf(stderr, "%s: not expected: %s %u %s, %s, %s, at %lld ms\n", r->script->path, target,
		o->port, state_names[o->state], cause_names[o->cause], o->how,
		(long long)(r->script->sim->clock.us / 1000));
	r->failures++;
}

static void compare_missing(struct replay *r)
{
	for (size_t i = 0; i < r->script->n_expectations; i++)
		if (!r->script->expectations[i].is_met)
			fail(r, r->script->expectations[i].line, "the outcome", "missing",
			     r->script->expectations[i].target);
}

static void compare_number(struct replay *r, const char *what, size_t got, long expected)
{
	char texts[2][24];

	if (expected < 0 || got == (size_t)expected)
		return;
	snprintf(texts[0], sizeof(texts[0]), "%zu", got);
	snprintf(texts[1], sizeof(texts[1]), "%ld", expected);
	fail(r, 0, what, texts[0], texts[1]);
}

static void no_chance(void *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		((uint8_t *)p)[i] = (uint8_t)i;
}

static int run(struct replay *r, struct err *err)
{
	const struct script *s = r->script;
	const struct engine_config config = {
		.loop = &s->sim->loop,
		.resolver = &s->sim->resolver,
		.texts = &r->texts,
		.timeout_ms = s->timeout_ms,
		.per_target = s->per_target,
		.rate = s->rate,
		.window = s->window,
		.descriptors = s->descriptors,
		.chance = no_chance,
		.outcome = take_outcome,
		.ctx = r,
	};
	struct engine *e = engine_new(&config, s->tasks, s->n_tasks);
	int rc = engine_run(e, &s->sim->interrupted, err);

	engine_free(e);
	compare_missing(r);
	compare_number(r, "sockets open at once", s->sim->most_open, s->most_open);
	compare_number(r, "connections in all", s->sim->opened, s->opened);
	if (s->sim->complaints.n)
		fail(r, 0, "a complaint", s->sim->complaints.data, "");
	return rc;
}

int main(int argc, char **argv)
{
	struct script script;
	struct replay r = {.script = &script};
	struct err err;
	int rc;

	if (argc != 2) {
		fprintf(stderr, "usage: replay FILE.rpl\n");
		return 2;
	}
	text_pool_init(&r.texts);
	rc = script_read(argv[1], &script, &err);
	if (!rc && !script.n_expectations)
		rc = err_set(&err, ERR_DOCUMENT, (struct place){.file = argv[1]},
			     "the script expects nothing");
	if (!rc)
		rc = run(&r, &err);
	if (rc) {
		struct buf text = BUF_INIT;

		err_format(&err, &text);
		fprintf(stderr, "%s\n", text.data);
		buf_release(&text);
	}
	script_release(&script);
	text_pool_release(&r.texts);
	loop_free(&script.sim->loop);
	return rc || r.failures ? 1 : 0;
}
