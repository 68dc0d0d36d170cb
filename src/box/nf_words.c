/* SPDX-License-Identifier: ISC */
#include "box/nf_words.h"

#include "box/nf_ruleset.h"

struct numbered {
	const char *word;
	int number;
};

static int find(const struct numbered *table, size_t n, struct slice word)
{
	for (size_t i = 0; i < n; i++)
		if (slice_is_nocase(word, table[i].word))
			return table[i].number;
	return -1;
}
#define FIND(table, word) find(table, sizeof(table) / sizeof((table)[0]), word)

int nf_proto_of(struct slice word)
{
	static const struct numbered words[] = {
		{"tcp", 6},	   {"udp", 17},		{"icmp", 1},
		{"icmpv6", 58},	   {"ipv6-icmp", 58},	{"sctp", 132},
		{"dccp", 33},	   {"udplite", 136},	{"esp", 50},
		{"ah", 51},	   {"gre", 47},		{"igmp", 2},
		{"ipip", 4},	   {"ipencap", 4},	{"ipv6", 41},
		{"ospf", 89},	   {"pim", 103},	{"vrrp", 112},
		{"comp", 108},	   {"l2tp", 115},	{"mh", 135},
		{"ipcomp", 108},   {"ospfigp", 89},	{"eigrp", 88},
		{"ipv6-frag", 44}, {"ipv6-route", 43},	{"ipv6-nonxt", 59},
		{"ipv6-opts", 60}, {"hopopt", 0},	{"mobility-header", 135},
		{"ip", 0},	   {"ggp", 3},		{"egp", 8},
		{"igp", 9},	   {"rdp", 27},		{"rsvp", 46},
		{"skip", 57},	   {"etherip", 97},	{"encap", 98},
		{"isis", 124},	   {"mpls-in-ip", 137}, {"hip", 139},
	};
	uint64_t number;

	return slice_number(word, 255, &number) ? (int)number : FIND(words, word);
}

int nf_tcp_flag_of(struct slice word)
{
	static const struct numbered words[] = {{"fin", 1},  {"syn", 2},  {"rst", 4},
						{"psh", 8},  {"ack", 16}, {"urg", 32},
						{"ecn", 64}, {"ece", 64}, {"cwr", 128}};

	return FIND(words, word);
}

int nf_ct_state_of(struct slice word)
{
	static const struct numbered words[] = {{"new", CT_NEW},
						{"established", CT_ESTABLISHED},
						{"related", CT_RELATED},
						{"invalid", CT_INVALID},
						{"untracked", CT_UNTRACKED}};

	return FIND(words, word);
}

int nf_addr_type_of(struct slice word)
{
	static const struct numbered words[] = {
		{"unspec", ADDR_UNSPEC},       {"unicast", ADDR_UNICAST},
		{"local", ADDR_LOCAL},	       {"broadcast", ADDR_BROADCAST},
		{"anycast", ADDR_ANYCAST},     {"multicast", ADDR_MULTICAST},
		{"blackhole", ADDR_BLACKHOLE}, {"unreachable", ADDR_UNREACHABLE},
		{"prohibit", ADDR_PROHIBIT},   {"throw", ADDR_THROW},
	};

	return FIND(words, word);
}

int nf_icmp_type_of(struct slice word, int family)
{
	static const struct numbered icmp[] = {
		{"echo-reply", 0},	     {"destination-unreachable", 3},
		{"source-quench", 4},	     {"redirect", 5},
		{"echo-request", 8},	     {"router-advertisement", 9},
		{"router-solicitation", 10}, {"time-exceeded", 11},
		{"parameter-problem", 12},   {"timestamp-request", 13},
		{"timestamp-reply", 14},     {"info-request", 15},
		{"info-reply", 16},	     {"address-mask-request", 17},
		{"address-mask-reply", 18},
	};
	static const struct numbered icmp6[] = {
		{"destination-unreachable", 1}, {"packet-too-big", 2},
		{"time-exceeded", 3},		{"parameter-problem", 4},
		{"echo-request", 128},		{"echo-reply", 129},
		{"mld-listener-query", 130},	{"mld-listener-report", 131},
		{"mld-listener-done", 132},	{"mld-listener-reduction", 132},
		{"nd-router-solicit", 133},	{"nd-router-advert", 134},
		{"nd-neighbor-solicit", 135},	{"nd-neighbor-advert", 136},
		{"nd-redirect", 137},		{"router-renumbering", 138},
		{"ind-neighbor-solicit", 141},	{"ind-neighbor-advert", 142},
		{"mld2-listener-report", 143},
	};
	uint64_t number;

	if (slice_number(word, 255, &number))
		return (int)number;
	return family == 4 ? FIND(icmp, word) : FIND(icmp6, word);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool nf_mac_of(struct slice word, uint8_t mac[6])
{
	if (word.n != 17)
		return false;
	for (size_t i = 0; i < 6; i++) {
		int high = hex_digit(word.p[3 * i]), low = hex_digit(word.p[3 * i + 1]);

		if (high < 0 || low < 0 || (i < 5 && word.p[3 * i + 2] != ':'))
			return false;
		mac[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}
