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

/* The value of a key of the outcome, as a script writes it. False: no such key. */
static bool format_value(const struct replay *r, const struct outcome *o, const char *key,
			 struct buf *out)
{
	if (strcmp(key, "state") == 0)
		buf_add_text(out, state_names[o->state]);
	else if (strcmp(key, "cause") == 0)
		buf_add_text(out, cause_names[o->cause]);
	else if (strcmp(key, "confidence") == 0)
		buf_add_text(out, confidence_names[o->confidence]);
	else if (strcmp(key, "network") == 0)
		buf_add_text(out, answer_names[o->network]);
	else if (strcmp(key, "service") == 0)
		buf_add_text(out, answer_names[o->service]);
	else if (strcmp(key, "how") == 0)
		buf_add_text(out, o->how ? o->how : "none");
	else if (strcmp(key, "name") == 0)
		buf_add_text(out, o->name ? o->name : "none");
	else if (strcmp(key, "tries") == 0)
		buf_addf(out, "%u", o->tries);
	else if (strcmp(key, "rtt") == 0)
		buf_addf(out, "%uus", o->rtt_us);
	else if (strcmp(key, "at") == 0)
		buf_addf(out, "%lldms", (long long)(r->script->sim->clock.us / 1000));
	else if (strcmp(key, "candidates") == 0)
		format_candidates(o, out);
	else if (strcmp(key, "by") == 0 && o->by.family)
		addr_format(&o->by, out);
	else if (strcmp(key, "source") == 0 && o->source.family)
		addr_format(&o->source, out);
	else if (strcmp(key, "by") == 0 || strcmp(key, "source") == 0)
		buf_add_text(out, "none");
	else
		return false;
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

		if (!e->is_met && e->port == o->port && strcmp(e->target, target) == 0) {
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

static int run(struct replay *r, struct err *err)
{
	const struct script *s = r->script;
	const struct engine_config config = {
		.loop = &s->sim->loop,
		.resolver = &s->sim->resolver,
		.texts = &r->texts,
		.timeout_ms = s->timeout_ms,
		.per_target = s->per_target,
		.window = s->window,
		.descriptors = s->descriptors,
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
