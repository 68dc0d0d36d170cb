/* SPDX-License-Identifier: ISC */
#include "cmd/policy_verify.h"

#include <string.h>

#include "base/escape.h"
#include "box/packet.h"
#include "box/rule_ask.h"
#include "box/verify.h"
#include "box/wanted.h"
#include "cmd/load.h"
#include "cmd/policy_exposure.h"
#include "cmd/policy_print.h"
#include "cmd/policy_returned.h"
#include "cmd/policy_subject.h"
#include "report/json.h"

struct comparison {
	const struct plan *plan, *documented;
	struct subject subject;
	const struct box *box;
	int32_t today;
};

/* --- for people ------------------------------------------------------------------------------- */

static const char *const titles[VERIFY_KINDS] = {
	[VERIFY_MISSING] = "Missing: needed, and not let through",
	[VERIFY_OTHERWISE] = "Translated into something else than needed",
	[VERIFY_FORBIDDEN] = "Forbidden, and let through",
	[VERIFY_EXPIRED] = "Let through, and its grant has ended",
	[VERIFY_DOCUMENTED] = "Let through as documented, and not needed here",
	[VERIFY_EXCESS] = "Let through, and nothing needs it",
	[VERIFY_DEAD] = "Rules that never decide",
	[VERIFY_REDUNDANT] = "Rules that could go: without each the same packets are let through",
};

static void add_safe(struct buf *out, const char *s)
{
	escape_terminal(out, slice_of(s));
}

static void add_rule(const struct verify_item *item, struct buf *out)
{
	if (item->rule) {
		buf_addf(out, "rule %u of ", item->rule->number);
		add_safe(out, item->chain->table);
		buf_add_char(out, ' ');
		add_safe(out, item->chain->name);
		buf_add_text(out, ": ");
		add_safe(out, item->rule->text);
		if (item->rule->counted)
			buf_addf(out, " (%llu packets)", (unsigned long long)item->rule->packets);
	} else {
		buf_addf(out, "no rule: nothing in %s stops it",
			 !item->packet.in	? "output"
			 : !item->packet.routed ? "input"
						: "forward");
	}
}

static void add_need(const struct rule *need, struct buf *out)
{
	struct buf text = BUF_INIT;

	rule_format_requirements(need, &text);
	add_safe(out, text.data);
	buf_release(&text);
}

static void add_packet(const struct nf_packet *p, struct buf *out)
{
	packet_format(p, out);
	if (p->in) {
		buf_add_text(out, ", in by ");
		add_safe(out, p->in);
	} else {
		buf_add_text(out, ", from the device itself");
	}
}

/* What every device needs is told once for each reason. */
static bool is_repeated(const struct verify_item *item, const struct verify_item *before)
{
	return before && item->kind == before->kind && item->need && before->need &&
	       !item->need->flows.n && item->need->why == before->need->why;
}

static void print_item(const struct verify_item *item, struct buf *out)
{
	buf_add_text(out, "  ");
	if (item->need)
		add_need(item->need, out);
	else
		add_rule(item, out);
	if (item->depends)
		buf_add_text(out, " -- depends on what is not known");
	buf_add_char(out, '\n');
	if (item->has_packet) {
		buf_add_text(out, "      such as ");
		add_packet(&item->packet, out);
		buf_add_char(out, '\n');
	}
	if (item->words && item->kind != VERIFY_REDUNDANT) {
		buf_addf(out, "      %s",
			 item->kind == VERIFY_DEAD || item->kind == VERIFY_OTHERWISE
				 ? ""
				 : "enough would be: ");
		add_safe(out, item->words);
		buf_add_char(out, '\n');
	}
}

static void print_undecided(const struct verified *v, struct buf *out)
{
	for (size_t i = 0; i < v->undecided.n; i++) {
		buf_add_text(out, "Too large to decide: ");
		space_part_format(&v->undecided.items[i], out);
		buf_add_char(out, '\n');
	}
}

static void print_unread(const struct verified *v, struct buf *out)
{
	if (v->unread4)
		buf_add_text(out, "IPv4 was not looked at: none of its rules were collected\n");
	if (v->unread6)
		buf_add_text(out, "IPv6 was not looked at: none of its rules were collected\n");
}

static void print_text(const struct comparison *c, const struct verified *v, struct buf *out)
{
	for (enum verify_kind kind = 0; kind < VERIFY_KINDS; kind++) {
		const struct verify_item *before = NULL;

		for_each (item, &v->items) {
			if (item->kind != kind)
				continue;
			if (!before)
				buf_addf(out, "%s\n", titles[kind]);
			if (!is_repeated(item, before))
				print_item(item, out);
			before = item;
		}
	}
	print_unread(v, out);
	print_undecided(v, out);
	buf_addf(out, "%zu rules, ", v->rules);
	if (v->undecided.n)
		buf_add_text(out, "dead ones not looked for, ");
	else
		buf_addf(out, "%zu of them dead, ", v->dead);
	if (v->redundant_unknown)
		buf_add_text(out, "redundant ones not looked for");
	else
		buf_addf(out, "%zu redundant", v->redundant);
	if (!v->undecided.n)
		buf_addf(out, "; least-privilege score %u of 100", verified_score(v));
	if (c->box->time) {
		buf_add_text(out, "; collected ");
		add_safe(out, c->box->time);
	}
	buf_add_char(out, '\n');
}

/* --- records ---------------------------------------------------------------------------------- */

static void record_rule(struct json *j, const struct verify_item *item)
{
	json_text(j, "table", item->chain ? item->chain->table : NULL);
	json_text(j, "chain", item->chain ? item->chain->name : NULL);
	json_number_or_null(j, "rule", item->rule ? item->rule->number : 0);
	json_text(j, "text", item->rule ? item->rule->text : NULL);
	if (item->rule && item->rule->counted)
		json_number(j, "packets", (int64_t)item->rule->packets);
	else
		json_null(j, "packets");
}

static void record_need(struct json *j, const struct rule *need)
{
	struct buf text = BUF_INIT;
	char key[RULE_KEY_TEXT_MAX];

	if (need)
		rule_format_requirements(need, &text);
	json_text(j, "need", need ? text.data : NULL);
	json_text(j, "key", need && need->flows.n ? rule_key_text(need, key) : NULL);
	json_text(j, "owner", need ? policy_owner(need) : NULL);
	buf_release(&text);
}

static void record_packet(struct json *j, const struct nf_packet *p)
{
	struct buf text = BUF_INIT;

	packet_format(p, &text);
	json_text(j, "witness", text.data);
	json_text(j, "in", p->in);
	buf_release(&text);
}

static void record_item(const struct verify_item *item, struct buf *out)
{
	struct json j = {.out = out};

	json_open(&j, NULL, '{');
	json_text(&j, "finding", verify_codes[item->kind]);
	json_bool(&j, "certain", !item->depends);
	record_need(&j, item->need);
	record_rule(&j, item);
	if (item->has_packet)
		record_packet(&j, &item->packet);
	json_text(&j, "words", item->words);
	json_close(&j, '}');
	buf_add_char(out, '\n');
}

static void print_records(const struct verified *v, struct buf *out)
{
	struct json j = {.out = out};

	for (enum verify_kind kind = 0; kind < VERIFY_KINDS; kind++)
		for_each (item, &v->items)
			if (item->kind == kind)
				record_item(item, out);
	json_open(&j, NULL, '{');
	json_number(&j, "rules", (int64_t)v->rules);
	if (v->undecided.n)
		json_null(&j, "dead");
	else
		json_number(&j, "dead", (int64_t)v->dead);
	if (v->redundant_unknown)
		json_null(&j, "redundant");
	else
		json_number(&j, "redundant", (int64_t)v->redundant);
	if (v->undecided.n)
		json_null(&j, "score");
	else
		json_number(&j, "score", verified_score(v));
	json_bool(&j, "ipv4", !v->unread4);
	json_bool(&j, "ipv6", !v->unread6);
	json_open(&j, "undecided", '[');
	for (size_t i = 0; i < v->undecided.n; i++) {
		struct buf text = BUF_INIT;

		space_part_format(&v->undecided.items[i], &text);
		json_text(&j, NULL, text.data);
		buf_release(&text);
	}
	json_close(&j, ']');
	json_close(&j, '}');
	buf_add_char(out, '\n');
}

/* --- the comparison --------------------------------------------------------------------------- */

/* Dead and redundant rules harm nobody, what depends is not known; the rest is wrong. */
static int exit_of(const struct verified *v)
{
	bool open = v->undecided.n || v->unread_needed;

	for_each (item, &v->items) {
		if (item->kind == VERIFY_DEAD || item->kind == VERIFY_REDUNDANT)
			continue;
		if (!item->depends)
			return EXIT_FAILS;
		open = true;
	}
	return open ? EXIT_NOT_TESTED : EXIT_HOLDS;
}

static int print(const struct arguments *args, const struct comparison *c, const struct verified *v)
{
	const char *format = args_value(args, "format");
	struct buf out = BUF_INIT;
	int rc = exit_of(v);

	if (format && strcmp(format, "jsonl") == 0)
		print_records(v, &out);
	else
		print_text(c, v, &out);
	if (!command_print(&out))
		rc = EXIT_NOT_TESTED;
	buf_release(&out);
	return rc;
}

static struct policy *derive(const struct comparison *c, const struct plan *plan, int32_t today,
			     struct errs *errs)
{
	const struct policy_options options = {.today = today};

	return subject_policy(&c->subject, plan, &options, errs);
}

/* --- one rule --------------------------------------------------------------------------------- */

static void print_needs(const char *title, const struct rule *const *needs, size_t n,
			struct buf *out)
{
	if (!n)
		return;
	buf_addf(out, "  %s\n", title);
	for (size_t i = 0; i < n; i++) {
		struct buf words = BUF_INIT;

		wanted_format_need(needs[i], &words);
		buf_add_text(out, "    ");
		escape_terminal(out, buf_slice(&words));
		buf_add_char(out, '\n');
		buf_release(&words);
	}
}

static void print_packet(const char *title, bool has, const struct nf_packet *p, struct buf *out)
{
	if (!has)
		return;
	buf_addf(out, "  %s such as ", title);
	add_packet(p, out);
	buf_add_char(out, '\n');
}

static void print_answer(const struct verify_item *item, const struct rule_answer *a,
			 struct buf *out)
{
	add_rule(item, out);
	buf_add_char(out, '\n');
	if (a->undecided)
		buf_add_text(out, "  too large to decide in full\n");
	if (!a->decides)
		buf_add_text(out, "  never decides\n");
	print_needs("serves", a->serves.items, a->serves.n, out);
	print_needs("without it these break", a->breaks.items, a->breaks.n, out);
	print_packet("without it stopped:", a->has_closed, &a->closed, out);
	print_packet("without it let through:", a->has_opened, &a->opened, out);
	print_packet("lets through what nothing needs:", a->has_excess, &a->excess, out);
	if (a->decides && !a->has_closed && !a->has_opened)
		buf_add_text(out, "  without it the same packets are let through\n");
}

/* "42", of every chain that has so many; "INPUT/42". */
static bool is_named(const struct nf_chain *c, const struct nf_rule *r, const char *name)
{
	const char *slash = strrchr(name, '/');
	uint64_t number;

	if (!slice_number(slice_of(slash ? slash + 1 : name), UINT32_MAX, &number) ||
	    number != r->number)
		return false;
	return !slash || slice_is(slice_from_to(name, slash), c->name);
}

static int ask_rules(const struct arguments *args, const struct comparison *c,
		     const struct policy *p)
{
	const struct nf_ruleset *rs = &c->box->ruleset;
	const char *name = args_value(args, "rule");
	struct buf out = BUF_INIT;
	size_t n = 0;
	int rc;

	for (size_t k = 0; k < rs->chains.n; k++)
		for (size_t i = 0; i < rs->chains.items[k].rules.n; i++) {
			const struct verify_item item = {
				.chain = &rs->chains.items[k],
				.rule = &rs->chains.items[k].rules.items[i]};
			struct rule_answer *a;

			if (!is_named(item.chain, item.rule, name))
				continue;
			a = rule_ask(c->box, p, k, i, SPACE_LIMITS);
			print_answer(&item, a, &out);
			rule_answer_free(a);
			n++;
		}
	rc = command_print(&out) ? EXIT_HOLDS : EXIT_NOT_TESTED;
	buf_release(&out);
	return n ? rc : command_usage_error("no chain has a rule \"%.60s\"", name);
}

static int compare(const struct arguments *args, const struct comparison *c)
{
	struct verify_asked asked = {.box = c->box, .limits = SPACE_LIMITS};
	struct errs errs = {0};
	struct policy *today = derive(c, c->plan, c->today, &errs);
	struct policy *ever = today ? derive(c, c->plan, 0, &errs) : NULL;
	struct policy *documented = ever ? derive(c, c->documented, c->today, &errs) : NULL;
	struct verified *v;
	int rc;

	if (!documented) {
		rc = command_failed_all(&errs);
	} else if (args_has(args, "rule")) {
		rc = ask_rules(args, c, today);
	} else {
		asked.today = today;
		asked.ever = ever;
		asked.documented = documented;
		v = verify(&asked);
		rc = print(args, c, v);
		verified_free(v);
	}
	policy_free(documented);
	policy_free(ever);
	policy_free(today);
	return rc;
}

static int verify_loaded(const struct arguments *args, const struct loaded *l,
			 const struct least_exposure *least, const struct box *box)
{
	struct comparison c = {.plan = l->plan, .box = box};
	struct loaded documented;
	struct plan_options options = {.as_documented = true};
	int rc;

	if (!subject_find(l->site, args_value(args, "device"), &c.subject) ||
	    !subject_day(args, &c.today))
		return EXIT_USAGE;
	if (least)
		options = least_exposure_plan(least, &options);
	rc = load_plan(&documented, args_operand(args, 1), args_value(args, "catalog"), &options);
	if (!rc) {
		c.documented = documented.plan;
		rc = compare(args, &c);
	}
	load_release(&documented);
	return rc;
}

int policy_verify(const struct arguments *args)
{
	const struct plan_options options = {.as_documented = args_has(args, "as-documented")};
	const char *format = args_value(args, "format");
	struct buf bytes = BUF_INIT;
	struct least_exposure *least = NULL;
	struct box *box = NULL;
	struct loaded l;
	int rc;

	if (args_n_operands(args) == 2 && args_has(args, "request"))
		return policy_returned(args);
	if (args_n_operands(args) != 2 || !args_value(args, "device"))
		return command_usage_error("policy verify: a site, and --device NAME");
	if (format && strcmp(format, "text") != 0 && strcmp(format, "jsonl") != 0)
		return command_usage_error("policy verify: --format is text or jsonl");
	rc = subject_box(args, &bytes, &box);
	if (!rc) {
		rc = load_plan(&l, args_operand(args, 1), args_value(args, "catalog"), &options);
		if (!rc)
			rc = exposure_apply(args, &l, &options, &least);
		if (!rc)
			rc = verify_loaded(args, &l, least, box);
		load_release(&l);
		least_exposure_free(least);
	}
	box_free(box);
	buf_release(&bytes);
	return rc;
}
