/* SPDX-License-Identifier: ISC
 *
 * A ruleset as text, for tests: a rule is a line, its steps joined by "; ". "?" stands before what
 * is unknown, "|" between look-ups.
 */
#pragma once

#include "box/box.h"
#include "test.h"

enum shown_as { AS_NUMBER, AS_ADDR4, AS_ADDR6, AS_NAME, AS_MAC };

static inline enum shown_as show_kind(enum nf_key key)
{
	switch (key) {
	case KEY_IIF:
	case KEY_OIF:
		return AS_NAME;
	case KEY_SADDR4:
	case KEY_DADDR4:
	case KEY_CT_ORIG_SADDR4:
	case KEY_CT_ORIG_DADDR4:
	case KEY_CT_REPL_SADDR4:
	case KEY_CT_REPL_DADDR4:
		return AS_ADDR4;
	case KEY_SADDR6:
	case KEY_DADDR6:
	case KEY_CT_ORIG_SADDR6:
	case KEY_CT_ORIG_DADDR6:
	case KEY_CT_REPL_SADDR6:
	case KEY_CT_REPL_DADDR6:
		return AS_ADDR6;
	case KEY_MAC:
		return AS_MAC;
	default:
		return AS_NUMBER;
	}
}

static inline void show_value(struct buf *out, enum shown_as as, const struct nf_value *v)
{
	struct addr a;

	switch (as) {
	case AS_NUMBER:
		buf_addf(out, "%llu", (unsigned long long)nf_value_number(v));
		break;
	case AS_NAME:
		buf_addf(out, "%.*s", (int)strnlen((const char *)v->bytes, 15),
			 (const char *)v->bytes);
		break;
	case AS_MAC:
		buf_addf(out, "%012llx", (unsigned long long)nf_value_number(v));
		break;
	default:
		a = nf_value_addr(v, as == AS_ADDR4 ? 4 : 6);
		addr_format(&a, out);
	}
}

static inline void show_span(struct buf *out, enum shown_as as, const struct nf_span *s)
{
	bool longer = as == AS_NAME && s->hi.bytes[NF_VALUE_BYTES - 1] == 0xff;

	show_value(out, as, &s->lo);
	if (longer) {
		buf_add_char(out, '*');
	} else if (nf_value_compare(&s->lo, &s->hi) != 0) {
		buf_add_char(out, '-');
		show_value(out, as, &s->hi);
	}
}

static inline void show_element(struct buf *out, const struct nf_lookup *l, size_t i)
{
	if (l->set->except && l->set->except[i])
		buf_add_text(out, "not ");
	for (size_t k = 0; k < l->set->n_keys; k++) {
		if (k)
			buf_add_text(out, " . ");
		show_span(out, show_kind(l->keys[k].key), &l->set->spans[i * l->set->n_keys + k]);
	}
}

static inline void show_lookup(struct buf *out, const struct nf_lookup *l)
{
	for (size_t k = 0; k < l->set->n_keys; k++) {
		buf_addf(out, "%s%s", k ? " . " : "", nf_key_names[l->keys[k].key]);
		if (l->keys[k].mask)
			buf_addf(out, "&%#x", l->keys[k].mask);
	}
	if (l->set->name) {
		buf_addf(out, " @%s%s", l->set->name,
			 l->set->changing || l->set->expiring ? "~" : "");
		return;
	}
	buf_add_text(out, " {");
	for (size_t i = 0; i < l->set->n; i++) {
		buf_add_text(out, i ? ", " : "");
		show_element(out, l, i);
	}
	buf_add_text(out, "}");
}

static inline void show_cond(struct buf *out, const struct nf_cond *c)
{
	if (c->unknown) {
		buf_addf(out, "?%s", c->unknown);
		return;
	}
	if (c->negate)
		buf_add_text(out, "! ");
	for (size_t i = 0; i < c->lookups.n; i++) {
		buf_add_text(out, i ? " | " : "");
		show_lookup(out, &c->lookups.items[i]);
	}
}

static inline void show_verdict(struct buf *out, const struct box *b, const struct nf_verdict *v)
{
	static const char *const words[] = {"continue", "accept", "drop",   "reject",
					    "jump",	"goto",	  "return", "queue"};

	buf_add_text(out, words[v->kind]);
	if (v->kind == VERDICT_JUMP || v->kind == VERDICT_GOTO)
		buf_addf(out, " %s", b->ruleset.chains.items[v->chain].name);
	if (v->answer)
		buf_addf(out, " %s", v->answer);
	if (v->bypass)
		buf_add_text(out, " bypass");
}

static inline void show_target(struct buf *out, const struct nf_target *t)
{
	if (t->family) {
		buf_add_char(out, ' ');
		addr_format(&t->lo, out);
		if (!addr_equal(&t->lo, &t->hi)) {
			buf_add_char(out, '-');
			addr_format(&t->hi, out);
		}
	}
	if (t->has_ports)
		buf_addf(out, " ports %u-%u/%u", t->port_lo, t->port_hi, t->port_base);
}

/* The keys, and what each element of the rule's own map stands for. */
static inline void show_map(struct buf *out, const struct box *b, const struct nf_lookup *l)
{
	for (size_t k = 0; k < l->set->n_keys; k++) {
		buf_addf(out, "%s%s", k ? " . " : " by ", nf_key_names[l->keys[k].key]);
		if (l->keys[k].mask)
			buf_addf(out, "&%#x", l->keys[k].mask);
	}
	if (l->set->name) {
		buf_addf(out, " @%s", l->set->name);
		return;
	}
	for (size_t i = 0; i < l->set->n; i++) {
		buf_add_text(out, i ? ", " : " {");
		show_element(out, l, i);
		buf_add_text(out, l->set->kind == DATA_TARGET ? ":" : ": ");
		if (l->set->kind == DATA_VERDICT)
			show_verdict(out, b, &l->set->data[i].verdict);
		else if (l->set->kind == DATA_TARGET)
			show_target(out, &l->set->data[i].target);
		else
			buf_addf(out, "%#x", l->set->data[i].number);
	}
	buf_add_text(out, l->set->n ? "}" : " {}");
}

static inline void show_step(struct buf *out, const struct box *b, const struct nf_step *s)
{
	static const char *const nats[] = {"snat", "dnat", "masquerade", "redirect"};
	static const char *const marks[] = {[STEP_MARK] = "mark",
					    [STEP_CT_MARK] = "ct mark",
					    [STEP_SAVE_MARK] = "save mark",
					    [STEP_RESTORE_MARK] = "restore mark"};

	switch (s->kind) {
	case STEP_IF:
		show_cond(out, &s->cond);
		break;
	case STEP_VERDICT:
		show_verdict(out, b, &s->verdict);
		break;
	case STEP_NAT:
		buf_add_text(out, nats[s->nat.kind]);
		show_target(out, &s->nat.target);
		buf_add_text(out, s->nat.keep_rest ? " prefix" : "");
		if (s->nat.map)
			show_map(out, b, s->nat.map);
		break;
	case STEP_MARK:
	case STEP_CT_MARK:
	case STEP_SAVE_MARK:
	case STEP_RESTORE_MARK:
		buf_addf(out, "%s keep %#x flip %#x", marks[s->kind], s->mark.keep, s->mark.flip);
		break;
	case STEP_NOTRACK:
		buf_add_text(out, "notrack");
		break;
	case STEP_BLUR:
		buf_addf(out, "changes %s", nf_key_names[s->key]);
		break;
	case STEP_HELPER:
		buf_addf(out, "helper %s", s->text);
		break;
	case STEP_UNKNOWN:
		buf_addf(out, "?do %s", s->text);
		break;
	case STEP_VERDICT_MAP:
	case STEP_MARK_MAP:
		buf_add_text(out, s->kind == STEP_MARK_MAP ? "mark" : "go");
		show_map(out, b, &s->map);
	}
}

static inline void show_rule(struct buf *out, const struct box *b, const struct nf_rule *r)
{
	for (size_t i = 0; i < r->steps.n; i++) {
		buf_add_text(out, i ? "; " : "");
		show_step(out, b, &r->steps.items[i]);
	}
}
