/* SPDX-License-Identifier: ISC
 *
 * policy explain SITE: what the devices of a flow's path do with it, as they were collected.
 */
#include <string.h>

#include "base/escape.h"
#include "box/packet.h"
#include "cmd/explain_print.h"
#include "cmd/flow_walk.h"
#include "cmd/load.h"
#include "cmd/policy_explain.h"
#include "report/flow_words.h"

static const char *const said_words[] = {[SAID_NOTHING] = "?",
					 [SAID_PASSES] = "passes",
					 [SAID_STOPPED] = "stopped",
					 [SAID_DEPENDS] = "depends"};

static void print_device(const struct device_walk *d, struct buf *out)
{
	buf_addf(out, "  %-12s %-8s ", d->device, said_words[d->said]);
	if (d->walk)
		flow_walk_reason(d, out);
	else
		buf_add_text(out, d->why ? d->why : "not collected");
	buf_add_char(out, '\n');
	if (!d->walk || d->said != SAID_DEPENDS)
		return;
	for_each (words, &d->walk->outcomes.items[0].depends) {
		buf_add_text(out, "               on ");
		escape_terminal(out, slice_of(*words));
		buf_add_char(out, '\n');
	}
}

static void print_flow(const struct flow *f, const struct flow_walk *fw, struct buf *out)
{
	bool forbidden = f->kind == FLOW_FORBIDDEN;

	buf_addf(out, "%s: ", forbidden ? "forbidden" : "required");
	flow_words_requirement(f->claims->demand, out);
	buf_addf(out, ", %s to %s, ", f->from->name, f->to->name);
	packet_format(&fw->packet, out);
	buf_add_char(out, '\n');
	for_each (d, &fw->devices)
		print_device(d, out);
}

static bool is_asked(const struct arguments *args, const struct flow *f)
{
	bool asked = args_n_operands(args) <= 2;

	for (const struct claim *c = f->claims; c && !asked; c = c->next) {
		struct buf name = BUF_INIT;

		flow_words_requirement(c->demand, &name);
		for (size_t i = 2; i < args_n_operands(args); i++)
			if (strcmp(args_operand(args, i), name.data) == 0 ||
			    strcmp(args_operand(args, i), c->demand->requirement->id.s) == 0)
				asked = true;
		buf_release(&name);
	}
	return asked;
}

struct tally {
	size_t asked, good, bad, open;
};

static void count(struct tally *t, const struct flow *f, enum said said)
{
	bool wanted = f->kind != FLOW_FORBIDDEN;

	if (said == SAID_NOTHING || said == SAID_DEPENDS)
		t->open++;
	else if ((said == SAID_PASSES) == wanted)
		t->good++;
	else
		t->bad++;
}

static void explain_flow(const struct plan *plan, const struct flow *f, const struct boxes *boxes,
			 struct tally *t, struct buf *out)
{
	struct flow_walk fw;

	t->asked++;
	for (uint8_t family = 4; family <= 6; family += 2) {
		if (!flow_walk(&fw, plan, f, family, boxes))
			continue;
		if (fw.devices.n) {
			print_flow(f, &fw, out);
			count(t, f, fw.said);
		}
		flow_walk_release(&fw);
	}
}

static int explain_all(const struct arguments *args, const struct plan *plan,
		       const struct boxes *boxes)
{
	struct buf out = BUF_INIT;
	struct tally t = {0};
	bool printed;

	for_each (f, &plan->flows)
		if (is_asked(args, *f))
			explain_flow(plan, *f, boxes, &t, &out);
	buf_addf(&out, "%zu as wanted, %zu not, %zu not known\n", t.good, t.bad, t.open);
	printed = command_print(&out);
	buf_release(&out);
	if (!t.asked)
		return command_usage_error("policy explain: no flow is of that requirement");
	if (!printed)
		return EXIT_NOT_TESTED;
	return t.bad ? EXIT_FAILS : t.open ? EXIT_NOT_TESTED : EXIT_HOLDS;
}

int policy_explain_flows(const struct arguments *args)
{
	const struct plan_options options = {.as_documented = args_has(args, "as-documented")};
	struct loaded l;
	int rc;

	if (!args_count(args, "bundle"))
		return command_usage_error("policy explain: --bundle FILE is what was collected "
					   "from a device, once for each");
	rc = load_plan(&l, args_operand(args, 1), args_value(args, "catalog"), &options);
	if (!rc) {
		struct boxes boxes;

		rc = boxes_load(&boxes, args, l.site);
		if (!rc)
			rc = explain_all(args, l.plan, &boxes);
		boxes_release(&boxes);
	}
	load_release(&l);
	return rc;
}
