/* SPDX-License-Identifier: ISC */
#include "report/records.h"

#include <string.h>

#include "model/expr.h"
#include "model/registry.h"
#include "report/json.h"

void run_id_format(int64_t ms, const uint8_t chance[10], char id[27])
{
	static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	uint8_t bytes[16];

	for (int i = 0; i < 6; i++)
		bytes[i] = (uint8_t)(ms >> (40 - 8 * i));
	memcpy(bytes + 6, chance, 10);
	/* 26 letters of 5 bits hold 130: the first two are zero. */
	for (int i = 0; i < 26; i++) {
		unsigned v = 0;

		for (int bit = i * 5 - 2; bit < i * 5 + 3; bit++)
			v = v << 1 | (bit < 0 ? 0 : bytes[bit / 8] >> (7 - bit % 8) & 1U);
		id[i] = letters[v];
	}
	id[26] = '\0';
}

static void add_run(struct json *j, const struct run *run)
{
	json_text(j, "record", "run");
	json_text(j, "run", run->id);
	json_text(j, "version", run->version);
	json_text(j, "site", run->site);
	json_text(j, "vantage", run->vantage);
	json_time(j, "started", run->started_ms);
	json_texts(j, "options", run->options, ARRAY_LEN(run->options));
}

void json_run(struct buf *out, const struct run *run)
{
	struct json j = {.out = out};

	json_open(&j, NULL, '{');
	add_run(&j, run);
	json_close(&j, '}');
}

/* Who, from where, to where, how. */
static void add_check(struct json *j, const struct outcome *o, const struct run *run,
		      const struct outcome_context *c)
{
	json_number(j, "id", o->id);
	json_text(j, "run", run->id);
	json_text(j, "flow", c->flow);
	json_texts(j, "requirements", c->requirements, c->n_requirements);
	json_text(j, "installation", c->installation);
	json_text(j, "from", c->from);
	json_text(j, "to", c->to);
	json_text(j, "vantage", o->vantage ? o->vantage : run->vantage);
	json_addr(j, "source", &o->source);
	json_addr(j, "target", &o->target);
	json_text(j, "name", o->name);
	json_number_or_null(j, "family", o->target.family);
	json_text(j, "transport", transport_names[o->transport]);
	json_number_or_null(j, "port", o->port);
	json_text(j, "method", o->method);
	json_texts(j, "means", o->means, ARRAY_LEN(o->means));
	json_text(j, "via", o->via ? o->via : "direct");
	json_text(j, "leg", o->leg);
}

/* The number's name at IANA, of several the preferred one; NULL: it has none. */
static const char *registered_name(const struct outcome *o)
{
	const struct port_range port = {o->port, o->port};
	unsigned on = transport_bit(o->transport);
	const struct registry *const tables[] = {&registry_overlay, &registry_iana};
	struct port_fact fact;

	for (size_t i = 0; on && o->port && i < ARRAY_LEN(tables); i++) {
		struct registry_walk w = registry_walk_ports(tables[i], port, on);

		while (registry_walk_next(&w, &fact))
			if ((fact.kind == FACT_PREFER || fact.kind == FACT_ASSIGNED) && *fact.word)
				return fact.word;
	}
	return NULL;
}

/* What spoke, and only where nothing did, what the number suggests. */
static void add_protocol(struct json *j, const struct outcome *o)
{
	json_text(j, "expected", o->expected);
	json_text(j, "proved", o->proved);
	json_text(j, "assumed", o->proved ? NULL : registered_name(o));
}

static void add_answer(struct json *j, const struct outcome *o)
{
	json_text(j, "state", state_names[o->state]);
	json_text(j, "cause", cause_names[o->cause]);
	json_addr(j, "by", &o->by);
	json_text(j, "device", o->device);
	json_number_or_null(j, "hop", o->hop);
	json_text(j, "how", o->how);
	json_texts(j, "candidates", o->candidates, ARRAY_LEN(o->candidates));
	json_text(j, "confidence", confidence_names[o->confidence]);
	json_text(j, "network", answer_names[o->network]);
	json_text(j, "service", answer_names[o->service]);
	add_protocol(j, o);
	json_number_or_null(j, "rtt_us", o->rtt_us);
	json_number(j, "tries", o->tries);
	json_texts(j, "evidence", &o->evidence, 1);
	json_time(j, "at", o->at_ms);
	json_number_or_null(j, "named_port", o->named_port);
	json_bool(j, "stand_in", o->is_stand_in);
	json_chance(j, "bad_luck", o->state == STATE_DROPPED ? o->bad_luck : 0);
}

void json_outcome(struct buf *out, const struct outcome *o, const struct run *run,
		  const struct outcome_context *context)
{
	struct json j = {.out = out};

	json_open(&j, NULL, '{');
	json_text(&j, "record", "outcome");
	add_check(&j, o, run, context);
	add_answer(&j, o);
	json_close(&j, '}');
}

void json_summary(struct buf *out, const struct run_summary *s)
{
	struct json j = {.out = out};

	json_open(&j, NULL, '{');
	json_text(&j, "record", "summary");
	json_number(&j, "pass", s->pass);
	json_number(&j, "degraded", s->degraded);
	json_number(&j, "fail", s->fail);
	json_number(&j, "unproven", s->unproven);
	json_number(&j, "not_tested", s->not_tested);
	json_number(&j, "forbidden_open", s->forbidden_open);
	json_number(&j, "elapsed_ms", s->elapsed_ms);
	json_number(&j, "exit", s->exit);
	json_number_or_null(&j, "slowed_to", s->slowed_to);
	json_close(&j, '}');
}

void json_document_start(struct buf *out, const struct run *run)
{
	struct json j = {.out = out};

	json_open(&j, NULL, '{');
	add_run(&j, run);
	buf_add_text(out, ",\"records\":[\n");
}

void json_document_stop(struct buf *out)
{
	buf_add_text(out, "\n]}\n");
}
