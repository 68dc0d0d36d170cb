/* SPDX-License-Identifier: ISC */
#include "sys/packet_counts.h"

#include "base/buf.h"
#include "base/compiler.h"
#include "sys/file.h"

enum { TABLE_MAX = 1 << 16 };

/* The field of struct packet_counts that a counter is added to. */
struct counter {
	const char *group, *name; /* group NULL: of snmp6, where the name is enough */
	size_t field;
};

#define TO(field) offsetof(struct packet_counts, field)
static const struct counter counters[] = {
	{"Ip:", "InReceives", TO(came4)},     {"Ip:", "InDelivers", TO(taken4)},
	{"Ip:", "ForwDatagrams", TO(taken4)}, {"Ip:", "OutRequests", TO(sent)},
	{"Tcp:", "OutSegs", TO(asked)},	      {"Udp:", "OutDatagrams", TO(asked)},
	{"Icmp:", "OutMsgs", TO(asked)},      {NULL, "Ip6InReceives", TO(came6)},
	{NULL, "Ip6InDelivers", TO(taken6)},  {NULL, "Ip6OutForwDatagrams", TO(taken6)},
	{NULL, "Ip6OutRequests", TO(sent)},   {NULL, "Udp6OutDatagrams", TO(asked)},
	{NULL, "Icmp6OutMsgs", TO(asked)},
};

static bool is_group(const struct counter *c, const struct slice *group)
{
	return group ? c->group && slice_is(*group, c->group) : !c->group;
}

static void count(const struct slice *group, struct slice name, struct slice number,
		  struct packet_counts *c, unsigned *found)
{
	uint64_t value;

	for (size_t i = 0; i < ARRAY_LEN(counters); i++) {
		const struct counter *k = &counters[i];

		if (!is_group(k, group) || !slice_is(name, k->name) ||
		    !slice_number(number, UINT64_MAX, &value))
			continue;
		*(uint64_t *)((char *)c + k->field) += value;
		++*found;
	}
}

/* A line of names and one of numbers, each begun by the group's name. */
static void read_groups(struct slice text, struct packet_counts *c, unsigned *found)
{
	struct slice names, numbers, group, again, name, number;

	while (slice_cut(&text, '\n', &names) && slice_cut(&text, '\n', &numbers)) {
		slice_cut(&names, ' ', &group);
		slice_cut(&numbers, ' ', &again);
		while (slice_cut(&names, ' ', &name) && slice_cut(&numbers, ' ', &number))
			count(&group, name, number, c, found);
	}
}

/* A line for each: its name, blanks, a number. */
static void read_lines(struct slice text, struct packet_counts *c, unsigned *found)
{
	struct slice line, name;

	while (slice_cut(&text, '\n', &line)) {
		line = slice_trim(line);
		for (size_t i = 0; i < line.n; i++)
			if (line.p[i] == ' ' || line.p[i] == '\t') {
				name = (struct slice){line.p, i};
				count(NULL, name, slice_trim(slice_skip(line, i)), c, found);
				break;
			}
	}
}

bool packet_counts_read(struct packet_counts *c)
{
	static const char v6[] = "/proc/net/snmp6";
	unsigned found = 0, wanted = ARRAY_LEN(counters);
	struct buf text = BUF_INIT;
	struct err err;
	int rc = file_read("/proc/net/snmp", TABLE_MAX, &text, &err);

	*c = (struct packet_counts){0};
	read_groups(buf_slice(&text), c, &found);
	if (!rc && file_exists(v6)) {
		buf_clear(&text);
		rc = file_read(v6, TABLE_MAX, &text, &err);
		read_lines(buf_slice(&text), c, &found);
	} else {
		wanted = 7; /* without IPv6 */
	}
	buf_release(&text);
	return !rc && found == wanted;
}

bool packet_counts_dropped_none(const struct packet_counts *a, const struct packet_counts *b,
				unsigned family)
{
	bool took_all = family == 4 ? b->came4 - a->came4 == b->taken4 - a->taken4
				    : b->came6 - a->came6 == b->taken6 - a->taken6;

	return took_all && b->sent - a->sent == b->asked - a->asked;
}
