/* SPDX-License-Identifier: ISC */
#include "report/check_columns.h"

#include "report/check_view.h"
#include "report/check_words.h"
#include "report/flow_words.h"
#include "report/words.h"

static void add_installation(const struct check_report *r, const struct judgement *j,
			     struct buf *out)
{
	(void)r;
	buf_add_text(out, j->demand->installation->name);
}

static void add_requirement(const struct check_report *r, const struct judgement *j,
			    struct buf *out)
{
	(void)r;
	flow_words_requirement(j->demand, out);
}

static void add_from(const struct check_report *r, const struct judgement *j, struct buf *out)
{
	(void)r;
	buf_add_text(out, j->demand->from->name);
}

static void add_to(const struct check_report *r, const struct judgement *j, struct buf *out)
{
	(void)r;
	buf_add_text(out, j->demand->to->name);
}

static void add_vantage(const struct check_report *r, const struct judgement *j, struct buf *out)
{
	buf_add_text(out, check_vantage(r, j));
}

static void add_flow(const struct check_report *r, const struct judgement *j, struct buf *out)
{
	(void)r;
	check_words_ports(j->flow, out);
}

static void add_level(const struct check_report *r, const struct judgement *j, struct buf *out)
{
	(void)r;
	buf_add_text(out, level_names[j->demand->requirement->level]);
}

static void add_verdict(const struct check_report *r, const struct judgement *j, struct buf *out)
{
	(void)r;
	buf_add_text(out, check_verdict_name(j));
}

static void add_network(const struct check_report *r, const struct judgement *j, struct buf *out)
{
	(void)r;
	buf_add_text(out, answer_names[j->network]);
}

static void add_service(const struct check_report *r, const struct judgement *j, struct buf *out)
{
	(void)r;
	buf_add_text(out, answer_names[j->service]);
}

static void add_state(const struct check_report *r, const struct judgement *j, struct buf *out)
{
	(void)r;
	if (j->decisive)
		buf_add_text(out, state_names[j->decisive->state]);
}

static void add_cause(const struct check_report *r, const struct judgement *j, struct buf *out)
{
	(void)r;
	if (j->decisive)
		buf_add_text(out, cause_names[j->decisive->cause]);
}

static void add_by(const struct check_report *r, const struct judgement *j, struct buf *out)
{
	char text[ADDR_TEXT_MAX];

	(void)r;
	if (j->decisive && j->decisive->by.family)
		buf_add_text(out, addr_text(&j->decisive->by, text));
}

static void add_device(const struct check_report *r, const struct judgement *j, struct buf *out)
{
	(void)r;
	if (j->device)
		buf_add_text(out, j->device->name.s);
	else if (j->decisive && j->decisive->device)
		buf_add_text(out, j->decisive->device);
}

static void add_turn(const struct check_report *r, const struct judgement *j, struct buf *out)
{
	(void)r;
	if (j->turn != TURN_NOBODY)
		buf_add_text(out, turn_names[j->turn]);
}

static void add_owner(const struct check_report *r, const struct judgement *j, struct buf *out)
{
	(void)r;
	if (j->device && j->device->owner.s)
		buf_add_text(out, j->device->owner.s);
}

static void add_reason(const struct check_report *r, const struct judgement *j, struct buf *out)
{
	(void)r;
	check_words_reason(j, out);
}

static void add_evidence(const struct check_report *r, const struct judgement *j, struct buf *out)
{
	(void)r;
	if (j->decisive)
		check_words_evidence(j->decisive, out);
}

static void add_since(const struct check_report *r, const struct judgement *j, struct buf *out)
{
	const struct change c = check_change(r, j);

	if (c.since_ms)
		words_timestamp(c.since_ms, out);
}

static void add_changed(const struct check_report *r, const struct judgement *j, struct buf *out)
{
	const struct change c = check_change(r, j);

	if (c.changed)
		buf_add_text(out, c.changed);
}

static void add_document(const struct check_report *r, const struct judgement *j, struct buf *out)
{
	(void)r;
	flow_words_reference(j->demand, out);
}

const struct check_column check_columns[] = {
	{"installation", "INSTALLATION", add_installation},
	{"requirement", "REQUIREMENT", add_requirement},
	{"from", "FROM", add_from},
	{"to", "TO", add_to},
	{"vantage", "VANTAGE", add_vantage},
	{"flow", "NEEDS", add_flow},
	{"level", "LEVEL", add_level},
	{"verdict", "VERDICT", add_verdict},
	{"network", "NETWORK", add_network},
	{"service", "SERVICE", add_service},
	{"state", "STATE", add_state},
	{"cause", "CAUSE", add_cause},
	{"by", "ANSWERED BY", add_by},
	{"device", "DEVICE", add_device},
	{"turn", "NEXT MOVE", add_turn},
	{"owner", "OWNER", add_owner},
	{"reason", "WHY", add_reason},
	{"evidence", "EVIDENCE", add_evidence},
	{"since", "SINCE", add_since},
	{"changed", "CHANGED", add_changed},
	{"document", "DOCUMENT", add_document},
};
const size_t check_columns_n = ARRAY_LEN(check_columns);

const struct check_column *check_column_find(const char *key)
{
	for (size_t i = 0; i < check_columns_n; i++)
		if (slice_is(slice_of(key), check_columns[i].key))
			return &check_columns[i];
	BUG("no column \"%s\"", key);
}
