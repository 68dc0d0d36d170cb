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
	{"Ip:", "InReceives", TO(came4)},	{"Ip:", "InDelivers", TO(taken4)},
	{"Ip:", "OutRequests", TO(requests)},	{"Ip:", "OutDiscards", TO(discards)},
	{"Tcp:", "OutSegs", TO(asked)},		{"Udp:", "OutDatagrams", TO(asked)},
	{"Icmp:", "OutMsgs", TO(asked)},	{NULL, "Ip6InReceives", TO(came6)},
	{NULL, "Ip6InDelivers", TO(taken6)},	{NULL, "Ip6OutRequests", TO(requests)},
	{NULL, "Ip6OutDiscards", TO(discards)}, {NULL, "Udp6OutDatagrams", TO(asked)},
	{NULL, "Icmp6OutMsgs", TO(asked)},
};
static const struct counter newer[] = {
	{"Ip:", "OutTransmits", TO(transmits)},
	{NULL, "Ip6OutTransmits", TO(transmits)},
};
enum { OF_IP4 = 7 }; /* of the first; one of the second */

/* What was found of each. */
struct found {
	unsigned of_all, of_newer;
};

static bool is_group(const struct counter *c, const struct slice *group)
{
	return group ? c->group && slice_is(*group, c->group) : !c->group;
}

static unsigned count_in(const struct counter *list, size_t n, const struct slice *group,
			 struct slice name, uint64_t value, struct packet_counts *c)
{
	unsigned found = 0;

	for (size_t i = 0; i < n; i++) {
		if (!is_group(&list[i], group) || !slice_is(name, list[i].name))
			continue;
		*(uint64_t *)((char *)c + list[i].field) += value;
		found++;
	}
	return found;
}

static void count(const struct slice *group, struct slice name, struct slice number,
		  struct packet_counts *c, struct found *found)
{
	uint64_t value;

	if (!slice_number(number, UINT64_MAX, &value))
		return;
	found->of_all += count_in(counters, ARRAY_LEN(counters), group, name, value, c);
	found->of_newer += count_in(newer, ARRAY_LEN(newer), group, name, value, c);
}

/* A line of names and one of numbers, each begun by the group's name. */
static void read_groups(struct slice text, struct packet_counts *c, struct found *found)
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
static void read_lines(struct slice text, struct packet_counts *c, struct found *found)
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
	bool has_v6 = file_exists(v6);
	struct buf text = BUF_INIT;
	struct found found = {0};
	struct err err;
	int rc = file_read("/proc/net/snmp", TABLE_MAX, &text, &err);

	*c = (struct packet_counts){0};
	read_groups(buf_slice(&text), c, &found);
	buf_clear(&text);
	if (!rc && has_v6)
		rc = file_read(v6, TABLE_MAX, &text, &err);
	read_lines(buf_slice(&text), c, &found);
	buf_release(&text);
	c->has_transmits = found.of_newer == (has_v6 ? ARRAY_LEN(newer) : 1);
	return !rc && found.of_all == (has_v6 ? ARRAY_LEN(counters) : OF_IP4);
}

bool packet_counts_dropped_none(const struct packet_counts *a, const struct packet_counts *b,
				unsigned family)
{
	bool took_all = family == 4 ? b->came4 - a->came4 == b->taken4 - a->taken4
				    : b->came6 - a->came6 == b->taken6 - a->taken6;
	uint64_t sent = a->has_transmits ? b->transmits - a->transmits : b->requests - a->requests;

	return took_all && sent == b->asked - a->asked && b->discards == a->discards;
}
