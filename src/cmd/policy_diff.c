/* SPDX-License-Identifier: ISC */
#include "cmd/policy_diff.h"

#include <string.h>

#include "base/escape.h"
#include "box/packet.h"
#include "cmd/policy_subject.h"
#include "report/json.h"

struct two {
	struct buf bytes[2];
	struct box *boxes[2];
};

static void print_item(const struct box_difference *item, struct buf *out)
{
	buf_add_text(out, "  ");
	if (item->rule) {
		buf_addf(out, "rule %u of ", item->rule->number);
		escape_terminal(out, slice_of(item->chain->table));
		buf_add_char(out, ' ');
		escape_terminal(out, slice_of(item->chain->name));
		buf_add_text(out, ": ");
		escape_terminal(out, slice_of(item->rule->text));
	} else {
		buf_add_text(out, "no rule: nothing stops it");
	}
	if (item->depends)
		buf_add_text(out, " -- depends on what is not known");
	if (!item->has_packet) {
		buf_add_char(out, '\n');
		return;
	}
	buf_add_text(out, "\n      such as ");
	packet_format(&item->packet, out);
	if (item->packet.in) {
		buf_add_text(out, ", in by ");
		escape_terminal(out, slice_of(item->packet.in));
	}
	buf_add_char(out, '\n');
}

static void print_undecided(const struct box_diff *d, struct buf *out)
{
	for (size_t i = 0; i < d->undecided.n; i++) {
		buf_add_text(out, "Too large to decide: ");
		space_part_format(&d->undecided.items[i], out);
		buf_add_char(out, '\n');
	}
}

void policy_diff_text(const struct box_diff *d, struct buf *out)
{
	static const char *const titles[] = {[BOX_OPENED] = "Opened: let through now, not before",
					     [BOX_CLOSED] = "Closed: let through before, not now"};
	const struct box_difference *before = NULL;

	for_each (item, &d->items) {
		if (!before || before->change != item->change)
			buf_addf(out, "%s\n", titles[item->change]);
		print_item(item, out);
		before = item;
	}
	print_undecided(d, out);
	if (!d->items.n && !d->undecided.n)
		buf_add_text(out, "The same packets are let through.\n");
}

static void record(const struct box_difference *item, struct buf *out)
{
	struct json j = {.out = out};
	struct buf packet = BUF_INIT;

	if (item->has_packet)
		packet_format(&item->packet, &packet);
	json_open(&j, NULL, '{');
	json_text(&j, "change", item->change == BOX_OPENED ? "opened" : "closed");
	json_bool(&j, "certain", !item->depends);
	json_text(&j, "table", item->chain ? item->chain->table : NULL);
	json_text(&j, "chain", item->chain ? item->chain->name : NULL);
	json_number_or_null(&j, "rule", item->rule ? item->rule->number : 0);
	json_text(&j, "text", item->rule ? item->rule->text : NULL);
	json_text(&j, "witness", item->has_packet ? packet.data : NULL);
	json_text(&j, "in", item->packet.in);
	json_close(&j, '}');
	buf_add_char(out, '\n');
	buf_release(&packet);
}

static int print(const struct arguments *args, const struct box_diff *d)
{
	const char *format = args_value(args, "format");
	struct buf out = BUF_INIT;
	int rc = d->items.n ? EXIT_FAILS : d->undecided.n ? EXIT_NOT_TESTED : EXIT_HOLDS;

	if (format && strcmp(format, "jsonl") == 0)
		for_each (item, &d->items)
			record(item, &out);
	else
		policy_diff_text(d, &out);
	if (!command_print(&out))
		rc = EXIT_NOT_TESTED;
	buf_release(&out);
	return rc;
}

static int compare(const struct arguments *args, struct two *t)
{
	struct box_diff *d;
	int rc = 0;

	for (size_t i = 0; i < 2 && !rc; i++)
		rc = subject_read_box(args_operand(args, i + 1), args_has(args, "ipv6") ? 6 : 4,
				      &t->bytes[i], &t->boxes[i]);
	if (rc)
		return rc;
	d = box_diff(t->boxes[0], t->boxes[1], SPACE_LIMITS);
	rc = print(args, d);
	box_diff_free(d);
	return rc;
}

int policy_diff(const struct arguments *args)
{
	const char *format = args_value(args, "format");
	struct two t = {.bytes = {BUF_INIT, BUF_INIT}};
	int rc;

	if (args_n_operands(args) != 3)
		return command_usage_error("policy diff: two files, what was and what is");
	if (format && strcmp(format, "text") != 0 && strcmp(format, "jsonl") != 0)
		return command_usage_error("policy diff: --format is text or jsonl");
	rc = compare(args, &t);
	for (size_t i = 0; i < 2; i++) {
		box_free(t.boxes[i]);
		buf_release(&t.bytes[i]);
	}
	return rc;
}
