/* SPDX-License-Identifier: ISC */
#include "cmd/explain_print.h"

#include "base/escape.h"
#include "box/packet.h"
#include "report/json.h"

enum explained explain_verdict(const struct nf_walk *w)
{
	bool passes = false, stopped = false;

	for_each (o, &w->outcomes) {
		if (o->fate == FATE_UNDECIDED)
			return EXPLAINED_DEPENDS;
		if (nf_fate_passes(o->fate))
			passes = true;
		else
			stopped = true;
	}
	return passes && stopped ? EXPLAINED_DEPENDS
	       : passes		 ? EXPLAINED_PASSES
				 : EXPLAINED_STOPPED;
}

static void add_safe(struct buf *out, const char *s)
{
	escape_terminal(out, slice_of(s));
}

static void add_chain(const struct nf_chain *c, struct buf *out)
{
	add_safe(out, c->table);
	buf_add_char(out, ' ');
	add_safe(out, c->name);
}

static void print_event(const struct nf_event *e, struct buf *out)
{
	switch (e->kind) {
	case EVENT_CHAIN:
		buf_addf(out, "  %-12s ", nf_hook_names[e->chain->hook]);
		add_chain(e->chain, out);
		break;
	case EVENT_RULE:
		buf_add_text(out, "    ");
		add_safe(out, e->chain->name);
		buf_addf(out, " rule %u: ", e->rule->number);
		add_safe(out, e->rule->text);
		break;
	case EVENT_POLICY:
		buf_addf(out, "    policy %s",
			 e->chain->policy == VERDICT_DROP ? "drop" : "accept");
		break;
	case EVENT_ROUTE:
		buf_add_text(out, "  routing      ");
		add_safe(out, e->note);
		break;
	case EVENT_NAT:
		buf_add_text(out, "    translated: ");
		add_safe(out, e->note);
		break;
	case EVENT_ASSUMED:
		buf_add_text(out, "    ? ");
		add_safe(out, e->note);
		break;
	}
	buf_add_char(out, '\n');
}

/* Base chains that have nothing to say to it are left out. */
static bool says_nothing(const struct nf_outcome *o, size_t i)
{
	const struct nf_event *e = &o->events.items[i];

	if (e->kind == EVENT_POLICY)
		return e->chain->policy != VERDICT_DROP && i &&
		       o->events.items[i - 1].kind == EVENT_CHAIN;
	return e->kind == EVENT_CHAIN && i + 1 < o->events.n &&
	       o->events.items[i + 1].kind == EVENT_POLICY &&
	       o->events.items[i + 1].chain->policy != VERDICT_DROP;
}

void explain_decider(const struct nf_outcome *o, struct buf *out)
{
	if (o->rule) {
		buf_addf(out, " by rule %u of ", o->rule->number);
		add_chain(o->chain, out);
	} else if (o->chain) {
		buf_add_text(out, " by the policy of ");
		add_chain(o->chain, out);
	}
	if (o->why) {
		buf_add_text(out, o->chain ? ": " : " by routing: ");
		add_safe(out, o->why);
	}
}

static void print_end(const struct nf_outcome *o, struct buf *out)
{
	buf_addf(out, "%s", nf_fate_names[o->fate]);
	if (o->answer) {
		buf_add_text(out, " with ");
		add_safe(out, o->answer);
	}
	if (!nf_fate_passes(o->fate)) {
		explain_decider(o, out);
	} else {
		if (o->out) {
			buf_add_text(out, " by ");
			add_safe(out, o->out);
		}
		buf_add_text(out, " as ");
		packet_format(&o->as, out);
	}
	buf_add_char(out, '\n');
}

static void print_depends(const struct nf_outcome *o, struct buf *out)
{
	for_each (d, &o->depends) {
		buf_add_text(out, "  depends on ");
		add_safe(out, *d);
		buf_add_char(out, '\n');
	}
}

static void print_outcome(const struct nf_outcome *o, struct buf *out)
{
	for (size_t i = 0; i < o->events.n; i++)
		if (!says_nothing(o, i))
			print_event(&o->events.items[i], out);
	print_end(o, out);
	print_depends(o, out);
}

void explain_text(const char *title, const struct nf_packet *p, const struct nf_walk *w,
		  struct buf *out)
{
	if (title) {
		add_safe(out, title);
		buf_add_text(out, ": ");
	}
	packet_format(p, out);
	if (p->in) {
		buf_add_text(out, ", in by ");
		add_safe(out, p->in);
	} else {
		buf_add_text(out, ", sent by the box itself");
	}
	buf_add_char(out, '\n');
	if (w->outcomes.n > 1)
		buf_addf(out, "It depends; %zu ways it can end:\n", w->outcomes.n);
	for_each (o, &w->outcomes)
		print_outcome(o, out);
}

void explain_answer(const struct nf_walk *w, struct buf *out)
{
	if (explain_verdict(w) == EXPLAINED_PASSES) {
		buf_add_text(out, "answer: passes\n");
		return;
	}
	buf_add_text(out, explain_verdict(w) == EXPLAINED_STOPPED
				  ? "answer: does NOT pass, so no connection works\n"
				  : "answer: it depends\n");
	for_each (o, &w->outcomes)
		print_outcome(o, out);
}

static void record_outcome(struct json *j, const struct nf_outcome *o)
{
	bool passes = nf_fate_passes(o->fate);

	json_open(j, NULL, '{');
	json_text(j, "fate", nf_fate_names[o->fate]);
	json_text(j, "out", o->out);
	if (passes) {
		json_addr(j, "src", &o->as.from);
		json_addr(j, "dst", &o->as.to);
		json_number(j, "sport", o->as.from_port);
		json_number(j, "dport", o->as.to_port);
	}
	json_text(j, "table", o->chain ? o->chain->table : NULL);
	json_text(j, "chain", o->chain ? o->chain->name : NULL);
	json_number_or_null(j, "rule", o->rule ? o->rule->number : 0);
	json_text(j, "text", o->rule ? o->rule->text : NULL);
	json_text(j, "answer", o->answer);
	json_text(j, "why", o->why);
	json_open(j, "depends", '[');
	for_each (d, &o->depends)
		json_text(j, NULL, *d);
	json_close(j, ']');
	json_close(j, '}');
}

void explain_record(int64_t id, const struct nf_walk *w, struct buf *out)
{
	struct json j = {.out = out};

	json_open(&j, NULL, '{');
	if (id >= 0)
		json_number(&j, "id", id);
	json_text(&j, "verdict",
		  (const char *const[]){"passes", "stopped", "depends"}[explain_verdict(w)]);
	json_open(&j, "outcomes", '[');
	for_each (o, &w->outcomes)
		record_outcome(&j, o);
	json_close(&j, ']');
	json_close(&j, '}');
	buf_add_char(out, '\n');
}
