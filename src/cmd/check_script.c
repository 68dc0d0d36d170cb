/* SPDX-License-Identifier: ISC */
#include "cmd/check_script.h"

#include <stdlib.h>
#include <time.h>

#include "cmd/command.h"
#include "probe/method.h"
#include "probe/method_udp.h"
#include CONFIG_H

void check_ask(const struct task *t, uint64_t id, size_t i, struct proto_ask *ask)
{
	*ask = (struct proto_ask){.what = t->what, .host = t->name};
	for (size_t at = 0; at < sizeof(ask->chance); at += sizeof(uint64_t)) {
		uint64_t chance = hash_stable(&i, sizeof(i), id + at);

		memcpy(ask->chance + at, &chance, sizeof(chance));
	}
}

static const char *why_not(const struct task *t)
{
	if (t->via)
		return "it goes through a proxy, which only portolan itself does";
	if (t->mode)
		return "it is negotiated in FTP, which only portolan itself does";
	if (t->proto && t->method->transport == TRANSPORT_UDP && t->proto->answers_from_other_port)
		return "its answer comes from another port, which only portolan itself waits for";
	return NULL;
}

static const char *target_of(const struct checking *c, const struct task *t)
{
	char text[ADDR_TEXT_MAX];

	if (!t->target.family)
		return t->name;
	return arena_copy(c->arena, slice_of(addr_text(&t->target, text)));
}

static size_t number_name(struct handed *out, struct map *numbers, const char *name)
{
	const char **kept = map_find(numbers, slice_of(name));

	if (!kept) {
		kept = &out->names[out->n_names++];
		*kept = name;
		map_add(numbers, slice_of(name), (void *)kept);
	}
	return (size_t)(kept - out->names) + 1;
}

static void fill(const struct checking *c, const struct task *t, struct script_try *try)
{
	const struct flow *f = c->narrowed.plan.flows.items[t->flow];
	struct buf id = BUF_INIT;

	flow_format_id(f, &id);
	*try = (struct script_try){
		.flow = arena_copy(c->arena, buf_slice(&id)),
		.target = target_of(c, t),
		.transport = t->method->transport,
		.port = t->port,
		.to = f->to->name,
		.service = t->expected,
		.not_tried = why_not(t),
	};
	buf_release(&id);
}

/* What goes out first in UDP; an own greeting where no protocol is known. */
static void add_message(const struct checking *c, struct handed *out, size_t i,
			const struct task *t)
{
	_Alignas(8) unsigned char state[PROTO_STATE_MAX] = {0};
	struct script_try *try = &out->tries[i];
	struct proto_out first = {0};
	struct proto_ask ask;

	if (try->transport != TRANSPORT_UDP || try->not_tried)
		return;
	check_ask(t, out->id, i, &ask);
	udp_start(t->proto, &ask, state, &first);
	try->message = (struct slice){
		arena_copy(c->arena, (struct slice){(const char *)first.bytes, first.n}), first.n};
}

/* Questions to directories stay out: nobody would try the port that they name. */
void check_hand_over(const struct checking *c, const struct check *check, struct handed *out)
{
	size_t n;
	const struct task *tasks = check_tasks(check, &n);
	struct map numbers = {0};

	*out = (struct handed){
		.tries = ARENA_ARRAY(c->arena, struct script_try, n + 1),
		.names = ARENA_ARRAY(c->arena, const char *, n + 1),
		.tasks = ARENA_ARRAY(c->arena, unsigned, n + 1),
	};
	for (size_t i = 0; i < n; i++) {
		struct script_try *try = &out->tries[out->n];

		if (tasks[i].what)
			continue;
		fill(c, &tasks[i], try);
		if (!tasks[i].target.family && !try->not_tried)
			try->name = number_name(out, &numbers, tasks[i].name);
		out->tasks[out->n++] = (unsigned)i;
	}
	map_release(&numbers);
	out->id = script_id(out->tries, out->n);
	for (size_t i = 0; i < out->n; i++)
		add_message(c, out, i, &tasks[out->tasks[i]]);
}

static const struct script_kind *find_kind(const char *name)
{
	for (size_t i = 0; script_kinds[i]; i++)
		if (strcmp(script_kinds[i]->name, name) == 0)
			return script_kinds[i];
	return NULL;
}

/* Flows from here without a try: nothing in the script is about them. */
static size_t left_out(const struct checking *c, const struct handed *handed)
{
	size_t n_tasks, n = 0;
	const struct task *tasks = check_tasks(&c->check, &n_tasks);
	bool *has = ARENA_ARRAY(c->arena, bool, c->narrowed.plan.flows.n + 1);

	for (size_t i = 0; i < handed->n; i++)
		has[tasks[handed->tasks[i]].flow] = true;
	for (size_t i = 0; i < c->narrowed.plan.flows.n; i++)
		n += c->check.results[i].is_here && !has[i];
	return n;
}

/* For the reader of the script, who may have several of them. */
static void format_now(char text[32])
{
	time_t now = time(NULL);
	struct tm tm;

	if (!gmtime_r(&now, &tm) || !strftime(text, 32, "%Y-%m-%d %H:%M UTC", &tm))
		text[0] = '\0';
}

int check_write_script(struct checking *c, const char *name)
{
	const struct script_kind *kind = find_kind(name);
	struct handed handed;
	struct script script;
	struct buf out = BUF_INIT;
	char now[32];
	bool ok;

	if (!kind)
		return command_usage_error("--script is sh or powershell, not \"%.40s\"", name);
	format_now(now);
	check_hand_over(c, &c->check, &handed);
	script = (struct script){.site = c->loaded.site->name.s,
				 .host = c->vantage.name,
				 .version = VERSION,
				 .written = now,
				 .id = handed.id,
				 .timeout_ms = c->trial.timeout_ms,
				 .tries = handed.tries,
				 .n_tries = handed.n,
				 .names = handed.names,
				 .n_names = handed.n_names,
				 .left_out = left_out(c, &handed)};
	script_write(&script, kind, &out);
	ok = command_print(&out);
	buf_release(&out);
	return ok ? EXIT_HOLDS : EXIT_NOT_TESTED;
}
