/* SPDX-License-Identifier: ISC */
#include "base/escape.h"
#include "report/flow_words.h"
#include "report/json.h"
#include "report/plan_records.h"
#include "report/ports.h"

/* --- JSON ------------------------------------------------------------------------------------- */

static void write_facts(struct json *j, const struct listening_port *p, const char *key,
			enum fact_kind kind)
{
	json_open(j, key, '[');
	for_each (f, &p->card.facts)
		if (f->kind == kind && *f->word)
			json_text(j, NULL, f->word);
	json_close(j, ']');
}

static void write_number(struct json *j, const struct listening_port *p)
{
	struct service usual, better;

	json_open(j, "number", '{');
	json_text(j, "name", p->card.name);
	json_text(j, "answer", p->card.answer);
	json_open(j, "local", '[');
	for_each (local, &p->card.local)
		json_text(j, NULL, local->name);
	json_close(j, ']');
	write_facts(j, p, "registered", FACT_ASSIGNED);
	write_facts(j, p, "known", FACT_SQUATTER);
	json_bool(j, "privileged", p->card.privileged);
	json_bool(j, "ephemeral", p->card.ephemeral);
	json_open(j, "instead", '[');
	if (listening_clear_text(p, &usual))
		for (size_t i = 0; service_instead(&usual, i, &better); i++)
			json_text(j, NULL, better.name);
	json_close(j, ']');
	json_close(j, '}');
}

static void write_process(struct json *j, const struct listening *l, const struct listening_port *p)
{
	const struct listening_process *x = &p->process;

	json_text(j, "owner", holder_names[p->holder]);
	json_number_or_null(j, "pid", x->id);
	json_number_or_null(j, "processes", (int64_t)x->count);
	json_text(j, "process", x->name);
	json_text(j, "command", x->command);
	json_text(j, "program", x->program);
	if (x->program)
		json_bool(j, "replaced", x->is_replaced);
	else
		json_null(j, "replaced");
	json_text(j, "user", p->user);
	json_text(j, "unit", x->unit);
	json_text(j, "package", l->no_packages ? NULL : x->package);
}

static void write_demand(struct json *j, const struct demand *d)
{
	struct buf id = BUF_INIT;

	flow_words_requirement(d, &id);
	json_open(j, NULL, '{');
	json_text(j, "requirement", id.data);
	json_text(j, "installation", d->installation->name);
	json_text(j, "from", d->from->name);
	json_text(j, "level", level_names[d->requirement->level]);
	json_text(j, "service", d->requirement->service.s);
	json_close(j, '}');
	buf_release(&id);
}

static void write_wanted(struct json *j, const struct listening *l, const struct listening_port *p)
{
	if (l->plan)
		json_bool(j, "in_chart", p->wanted.n || p->own);
	else
		json_null(j, "in_chart");
	json_open(j, "wanted_by", '[');
	for_each (d, &p->demands)
		write_demand(j, *d);
	if (p->own)
		write_demand(j, p->own);
	json_close(j, ']');
}

static void record_listener(const struct listening *l, const struct listening_port *p,
			    struct buf *out)
{
	struct json j = {.out = out};

	json_open(&j, NULL, '{');
	json_text(&j, "record", "listener");
	json_text(&j, "transport", transport_names[p->transport]);
	json_addr(&j, "address", &p->at);
	json_number(&j, "port", p->port);
	json_text(&j, "stack", stack_names[p->stack]);
	json_text(&j, "reach", exposure_at_names[p->exposure]);
	json_text(&j, "link", p->link);
	json_number(&j, "sockets", (int64_t)p->sockets);
	write_process(&j, l, p);
	write_number(&j, p);
	write_wanted(&j, l, p);
	json_close(&j, '}');
}

static void record_gap(const struct listening_gap *gap, struct buf *out)
{
	struct json j = {.out = out};
	struct buf text = BUF_INIT;

	portset_format(&gap->missing, &text);
	json_open(&j, NULL, '{');
	json_text(&j, "record", "missing");
	json_text(&j, "transport", transport_names[gap->flow->transport]);
	json_text(&j, "ports", text.data);
	json_text(&j, "level", level_names[gap->level]);
	json_bool(&j, "choice", gap->is_choice);
	json_bool(&j, "loopback_only", gap->loopback_only);
	json_open(&j, "wanted_by", '[');
	for_each (d, &gap->demands)
		write_demand(&j, *d);
	json_close(&j, ']');
	json_close(&j, '}');
	buf_release(&text);
}

static void record_ports(const struct listening *l, struct buf *out)
{
	struct json j = {.out = out};

	json_open(&j, NULL, '{');
	json_text(&j, "record", "ports");
	json_text(&j, "site", l->plan ? l->plan->site->name.s : NULL);
	json_text(&j, "host", l->host);
	json_text(&j, "by", l->no_stack ? "proc" : "sock_diag");
	json_bool(&j, "all_processes", !l->is_partial);
	json_bool(&j, "packages", !l->no_packages);
	json_text(&j, "registry", l->sources->iana->source);
	json_text(&j, "registry_date", l->sources->iana->date);
	json_close(&j, '}');
}

static void record_summary(const struct listening *l, int exit, struct buf *out)
{
	const struct ports_counts c = ports_count(l);
	struct json j = {.out = out};

	json_open(&j, NULL, '{');
	json_text(&j, "record", "summary");
	json_number(&j, "listeners", (int64_t)l->ports.n);
	json_number(&j, "outside", (int64_t)c.outside);
	json_number(&j, "loopback", (int64_t)c.loopback);
	json_number(&j, "not_told", (int64_t)c.not_told);
	if (l->plan) {
		json_number(&j, "not_in_chart", (int64_t)c.strangers);
		json_number(&j, "missing", (int64_t)l->gaps.n);
		json_number(&j, "missing_required", (int64_t)listening_required_gaps(l));
	} else {
		json_null(&j, "not_in_chart");
		json_null(&j, "missing");
		json_null(&j, "missing_required");
	}
	json_number(&j, "findings", (int64_t)l->findings.n);
	json_number(&j, "exit", exit);
	json_close(&j, '}');
}

void ports_records(const struct listening *l, int exit, const char *separator, struct buf *out)
{
	record_ports(l, out);
	for_each (p, &l->ports) {
		buf_add_text(out, separator);
		record_listener(l, p, out);
	}
	for_each (gap, &l->gaps) {
		buf_add_text(out, separator);
		record_gap(gap, out);
	}
	for_each (f, &l->findings) {
		buf_add_text(out, separator);
		record_finding(out, f);
	}
	buf_add_text(out, separator);
	record_summary(l, exit, out);
}

/* --- CSV -------------------------------------------------------------------------------------- */

static void add_field(struct buf *out, const char *s, char end)
{
	if (s)
		escape_csv(out, slice_of(s));
	buf_add_char(out, end);
}

static void add_codes(const struct listening *l, const struct listening_port *p, struct buf *out)
{
	for_each (f, &l->findings)
		if (f->subject == p->query.text)
			buf_addf(out, "%s%s", out->n ? " " : "", f->code);
}

static void add_listener(const struct listening *l, const struct listening_port *p, struct buf *out)
{
	const struct listening_process *x = &p->process;
	char address[ADDR_TEXT_MAX];
	struct buf text = BUF_INIT;

	buf_addf(out, "listens,%s,%u,%s,%s,%s,", transport_names[p->transport], p->port,
		 addr_text(&p->at, address), stack_names[p->stack], exposure_at_names[p->exposure]);
	add_field(out, p->link, ',');
	buf_addf(out, "%s,", holder_names[p->holder]);
	if (x->id)
		buf_addf(out, "%ld", x->id);
	buf_add_char(out, ',');
	add_field(out, x->name, ',');
	add_field(out, x->command, ',');
	add_field(out, p->user, ',');
	add_field(out, x->unit, ',');
	add_field(out, x->package, ',');
	add_field(out, p->card.answer, ',');
	ports_words_wanted(p, 0, &text);
	add_field(out, text.data, ',');
	buf_clear(&text);
	add_codes(l, p, &text);
	add_field(out, text.data, '\n');
	buf_release(&text);
}

static void add_missing(const struct listening_gap *gap, struct buf *out)
{
	struct buf text = BUF_INIT;

	buf_addf(out, "missing-%s,%s,", level_names[gap->level],
		 transport_names[gap->flow->transport]);
	portset_format(&gap->missing, &text);
	add_field(out, text.data, ',');
	buf_add_text(out, ",,,,,,,,,,,,");
	buf_clear(&text);
	ports_words_missed(gap, 0, &text);
	add_field(out, text.data, ',');
	buf_add_char(out, '\n');
	buf_release(&text);
}

void ports_csv(const struct listening *l, struct buf *out)
{
	buf_add_text(out, "state,transport,port,address,stack,reach,link,owner,pid,process,command,"
			  "user,unit,package,number,wanted_by,findings\n");
	for_each (p, &l->ports)
		add_listener(l, p, out);
	for_each (gap, &l->gaps)
		add_missing(gap, out);
}
