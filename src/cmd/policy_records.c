/* SPDX-License-Identifier: ISC */
#include "cmd/policy_print.h"

#include "base/date.h"
#include "policy/emit.h"
#include "policy/emit_words.h"
#include "report/flow_words.h"
#include "report/json.h"
#include "report/plan_records.h"

const char *policy_owner(const struct rule *r)
{
	const char *granted = NULL;

	for_each (f, &r->flows)
		for (const struct claim *c = (*f)->claims; c && !granted; c = c->next)
			granted = claim_grant(c).owner.s;
	if (granted)
		return granted;
	for_each (f, &r->flows) {
		const struct endpoint *ends[] = {(*f)->to, (*f)->from};

		for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
			if (ends[i]->host && ends[i]->host->owner.s)
				return ends[i]->host->owner.s;
			if (ends[i]->device && ends[i]->device->owner.s)
				return ends[i]->device->owner.s;
		}
	}
	return NULL;
}

bool policy_is_first(const struct rule *r, const struct flow *flow, const struct claim *claim)
{
	for_each (f, &r->flows) {
		for (const struct claim *c = (*f)->claims; c; c = c->next) {
			if (*f == flow && c == claim)
				return true;
			if (c->demand->requirement == claim->demand->requirement)
				return false;
		}
	}
	return false;
}

static void add_prefixes(struct json *j, const char *key, const struct match *m,
			 const struct prefixes *p)
{
	char text[PREFIX_TEXT_MAX];

	json_open(j, key, '[');
	for_each (one, &p->list)
		json_text(j, NULL, prefix_text(one, text));
	if (!p->list.n && m->family)
		json_text(j, NULL, m->family == 6 ? "::/0" : "0.0.0.0/0");
	json_close(j, ']');
}

static void add_range(struct json *j, const char *key, struct port_range r)
{
	struct buf text = BUF_INIT;

	if (r.lo == 1 && r.hi == 65535)
		buf_add_text(&text, "any");
	else if (r.lo)
		port_range_format(r, &text);
	json_text(j, key, text.n ? text.data : NULL);
	buf_release(&text);
}

static void add_ports(struct json *j, const struct match *m)
{
	json_text(j, "transport", m->transport ? transport_names[m->transport] : NULL);
	if (m->transport == TRANSPORT_ICMP)
		json_text(j, "ports", m->icmp ? m->icmp : "any");
	else if (m->transport == TRANSPORT_IP)
		json_number(j, "ports", m->number);
	else
		add_range(j, "ports", m->ports.lo || !m->transport ? m->ports : PORT_RANGE_ANY);
	add_range(j, "source_ports", m->source_ports);
}

/* With commas: no name has one. */
static void add_names(struct json *j, const char *key, const struct match *m,
		      const char *(*name)(const struct match *m, size_t i))
{
	struct buf text = BUF_INIT;

	for (size_t i = 0; name(m, i); i++)
		buf_addf(&text, "%s%s", i ? "," : "", name(m, i));
	json_text(j, key, text.n ? text.data : NULL);
	buf_release(&text);
}

static void add_match(struct json *j, const struct match *m)
{
	static const char *const packets[] = {
		[PACKETS_ANY] = NULL,	       [PACKETS_ESTABLISHED] = "established",
		[PACKETS_RELATED] = "related", [PACKETS_INVALID] = "invalid",
		[PACKETS_RESET] = "reset",     [PACKETS_REPLY] = "reply"};

	add_names(j, "in", m, match_in);
	add_names(j, "out", m, match_out);
	json_number_or_null(j, "family", m->family);
	add_prefixes(j, "source", m, &m->source);
	add_prefixes(j, "target", m, &m->target);
	add_ports(j, m);
	json_text(j, "user", m->user);
	json_bool(j, "translated", m->translated);
	json_text(j, "packets", packets[m->packets]);
}

static void add_rewrite(struct json *j, const struct rewrite *w)
{
	json_addr(j, "to_address", &w->addr);
	json_number_or_null(j, "to_port", w->port);
	json_bool(j, "by_session", w->session);
	if (!w->members.n)
		return;
	json_text(j, "balance", balance_names[w->balance]);
	json_open(j, "members", '[');
	for_each (end, &w->members) {
		struct buf text = BUF_INIT;

		emit_rewrite(&text, &(struct rewrite){.addr = end->addr, .port = end->port});
		json_text(j, NULL, text.data);
		buf_release(&text);
	}
	json_close(j, ']');
}

static void add_requirements(struct json *j, const struct rule *r)
{
	struct buf id = BUF_INIT;

	json_open(j, "requirements", '[');
	for_each (f, &r->flows) {
		for (const struct claim *c = (*f)->claims; c; c = c->next) {
			if (!policy_is_first(r, *f, c))
				continue;
			buf_clear(&id);
			flow_words_requirement(c->demand, &id);
			json_text(j, NULL, id.data);
		}
	}
	json_close(j, ']');
	buf_release(&id);
}

static void add_flows(struct json *j, const struct rule *r)
{
	struct buf id = BUF_INIT;

	json_open(j, "flows", '[');
	for_each (f, &r->flows) {
		buf_clear(&id);
		flow_format_id(*f, &id);
		json_text(j, NULL, id.data);
	}
	json_close(j, ']');
	buf_release(&id);
}

static void add_expiry(struct json *j, int32_t expires)
{
	char text[DATE_TEXT_MAX];

	json_text(j, "expires", expires ? date_text(expires, text) : NULL);
}

static void add_rule(const struct policy *p, const struct rule *r, struct buf *out)
{
	struct json j = {.out = out};
	struct buf text = BUF_INIT;
	char key[RULE_KEY_TEXT_MAX];

	json_open(&j, NULL, '{');
	json_text(&j, "record", "rule");
	json_text(&j, "device", p->device->name.s);
	json_text(&j, "key", r->flows.n ? rule_key_text(r, key) : NULL);
	json_text(&j, "hook", hook_names[r->hook]);
	json_number(&j, "rank", r->rank);
	json_text(&j, "action", action_names[r->action]);
	add_match(&j, &r->match);
	add_rewrite(&j, &r->rewrite);
	add_flows(&j, r);
	add_requirements(&j, r);
	json_text(&j, "owner", policy_owner(r));
	add_expiry(&j, r->expires);
	json_text(&j, "why", r->why);
	emitter_nftables.rule(r, &text);
	json_text(&j, "text", text.data);
	json_close(&j, '}');
	buf_add_char(out, '\n');
	buf_release(&text);
}

void policy_records(const struct policy *p, struct buf *out)
{
	for_each (r, &p->rules)
		add_rule(p, r, out);
	for_each (f, &p->findings) {
		record_finding(out, f);
		buf_add_char(out, '\n');
	}
}

/* --- beside a ruleset ------------------------------------------------------------------------- */

static void add_reason(struct json *j, const struct claim *c)
{
	const struct requirement *q = c->demand->requirement;
	struct grant grant = claim_grant(c);
	struct buf text = BUF_INIT;

	json_open(j, NULL, '{');
	flow_words_requirement(c->demand, &text);
	json_text(j, "requirement", text.data);
	json_text(j, "installation", c->demand->installation->name);
	json_text(j, "level", level_names[c->level]);
	json_text(j, "why", q->why.s);
	buf_clear(&text);
	flow_words_reference(c->demand, &text);
	json_text(j, "reference", text.n ? text.data : NULL);
	json_text(j, "owner", grant.owner.s);
	json_text(j, "ticket", grant.ticket.s);
	add_expiry(j, claim_expires(c));
	json_close(j, '}');
	buf_release(&text);
}

static void add_entry(struct json *j, const struct rule *r, const char *key)
{
	json_open(j, key, '{');
	add_flows(j, r);
	json_text(j, "owner", policy_owner(r));
	add_expiry(j, r->expires);
	json_open(j, "reasons", '[');
	for_each (f, &r->flows)
		for (const struct claim *c = (*f)->claims; c; c = c->next)
			if (policy_is_first(r, *f, c))
				add_reason(j, c);
	json_close(j, ']');
	json_close(j, '}');
}

void policy_sidecar(const struct policy *p, struct buf *out)
{
	struct json j = {.out = out};
	struct map told = {0};

	json_open(&j, NULL, '{');
	json_number(&j, "portolan", 1);
	json_text(&j, "site", p->plan->site->name.s);
	json_text(&j, "device", p->device->name.s);
	json_text(&j, "owner", p->device->owner.s);
	json_open(&j, "rules", '{');
	for_each (r, &p->rules) {
		char text[RULE_KEY_TEXT_MAX];
		const char *key = arena_copy(p->arena, slice_of(rule_key_text(r, text)));

		/* A flow's rules in several hooks have one key. */
		if (r->flows.n && map_add(&told, slice_of(key), p->arena))
			add_entry(&j, r, key);
	}
	json_close(&j, '}');
	json_close(&j, '}');
	buf_add_char(out, '\n');
	map_release(&told);
}
