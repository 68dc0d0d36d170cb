/* SPDX-License-Identifier: ISC
 *
 * The words between the two sides and between the programs of one, packets as they pass, and the
 * kernel's table of sockets.
 */
#include "base/compiler.h"
#include "probe/far_packet.h"
#include "probe/far_words.h"
#include "sys/channel_words.h"
#include "sys/socket_table.h"
#include "test.h"

static void test_words(void **state)
{
	static const char *const good[] = {
		"hello 1 10.0.0.1",
		"hello 1 2001:db8::1 packets",
		"hello 1 10.0.0.1 sockets",
		"watch 0 tcp 10.0.0.1 10.0.0.2 443",
		"watch 59 udp 2001:db8::1 2001:db8::2 65535",
		"watch 3 icmp 10.0.0.1 10.0.0.2 0",
		"go",
		"refused 7 the target is no address of this host",
		"ready",
		"told",
		"saw 3 served yes no unknown unknown 0 -",
		"saw 3 stand-in no no no unknown 15 10.9.9.9",
		"saw 3 busy unknown unknown yes unknown 8 2001:db8::9",
		"end",
		"call 2 udp 10.0.0.2 10.0.0.1 514",
		"dial",
		("called 2 open target likely 10.0.0.1 212 1 yes - handshake|the handshake "
		 "completed"),
		("called 2 dropped unproven possible - 0 2 unknown "
		 "local-firewall,hop:?,hop:10.0.0.9,return-path no answer|"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct buf again = BUF_INIT;
		struct far_word w;

		assert_true(far_word_parse(slice_of(good[i]), &w));
		far_word_format(&w, &again);
		check_text("again", &again, good[i]);
		buf_release(&again);
	}
}

static void test_bad_words(void **state)
{
	static const char *const bad[] = {
		"",
		" ",
		"go ",
		"go on",
		"Go",
		"hello 2 10.0.0.1",
		"hello 1",
		"hello 1 10.0.0.1 ",
		"hello 1 10.0.0.1 words",
		"hello 1 10.0.0.1 packets and",
		"watch 60 tcp 10.0.0.1 10.0.0.2 443",
		"watch -1 tcp 10.0.0.1 10.0.0.2 443",
		"watch 0 tcp 10.0.0.1 10.0.0.2 0",
		"watch 0 tcp 10.0.0.1 10.0.0.2 65536",
		"watch 0 icmp 10.0.0.1 10.0.0.2 1",
		"watch 0 sctp 10.0.0.1 10.0.0.2 443",
		"watch 0 tcp 10.0.0.1 2001:db8::2 443",
		"watch 0 tcp 10.0.0.1 10.0.0.2",
		"watch 0  tcp 10.0.0.1 10.0.0.2 443",
		"refused 7",
		"refused 7 ",
		"saw 3 served yes no unknown unknown 16 -",
		"saw 3 served yes no maybe unknown 0 -",
		"saw 3 served yes no unknown unknown 0",
		"saw 3 served yes no unknown unknown 0 - more",
		"called 2 open target likely 10.0.0.1 212 1 unknown - handshake",
		"called 2 open target likely 10.0.0.1 212 1 unknown hop:? handshake|it completed",
		"called 2 dropped unproven possible - 0 2 unknown hop: no answer|",
		"called 2 dropped unproven possible - 0 2 unknown somebody no answer|",
		("called 2 dropped unproven possible - 0 2 unknown "
		 "target,target,target,target,target,target,"
		 "target no answer|"),
		"called 2 shut target likely - 0 1 unknown - rst|",
		("called 2 closed target likely - 0 1 unknown - "
		 "a way of saying it that is longer than any that we know of would be|"),
	};
	struct far_word w;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (far_word_parse(slice_of(bad[i]), &w))
			fail_msg("taken: \"%s\"", bad[i]);
}

static void test_channel_words(void **state)
{
	static const char *const good[] = {
		"ready",
		"open 3 0 10.0.0.1 10.0.0.2",
		"open 7 64 ::1 ::1",
		"line 0 ",
		"line 7 go on",
		"gone 0 ",
		"gone 0 its reasons",
		"drop 2",
		"failed why",
	};
	static const char *const bad[] = {
		"",
		"readyy",
		"ready 1",
		"open 8 0 10.0.0.1 10.0.0.2",
		"line",
		"line 8 x",
		"line x x",
		"open 0 65 10.0.0.1 10.0.0.2",
		"drop",
		"drop 2 more",
		"open 0 0 10.0.0.1",
		"open 0 0 10.0.0.1 x",
		"open 0 0 10.0.0.1 10.0.0.2 x",
	};
	struct channel_word w;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct buf again = BUF_INIT;

		assert_true(channel_word_parse(slice_of(good[i]), &w));
		channel_word_format(&w, &again);
		check_text("again", &again, good[i]);
		buf_release(&again);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (channel_word_parse(slice_of(bad[i]), &w))
			fail_msg("taken: \"%s\"", bad[i]);
}

/* --- packets ---------------------------------------------------------------------------------- */

/* From 10.0.0.1 port 40000 to 10.0.0.2 port 443, or back. */
#define IP4(protocol, length) 0x45, 0, 0, length, 0, 0, 0x40, 0, 64, protocol, 0, 0
#define FROM_TO		      10, 0, 0, 1, 10, 0, 0, 2
#define TO_FROM		      10, 0, 0, 2, 10, 0, 0, 1
#define TCP(flags)	      0, 0, 0, 1, 0, 0, 0, 0, 0x50, flags, 0xff, 0xff, 0, 0, 0, 0
#define ASKS		      0x9c, 0x40, 0x01, 0xbb
#define ANSWERS		      0x01, 0xbb, 0x9c, 0x40

struct packet_row {
	const char *name;
	uint8_t bytes[80];
	size_t n;
	bool is_outgoing;
	const char *want; /* interface data left other */
};

static const struct packet_row packets[] = {
	{"syn", {IP4(6, 40), FROM_TO, ASKS, TCP(2)}, 40, false, "yes unknown 0 -"},
	{"syn, seen leaving", {IP4(6, 40), FROM_TO, ASKS, TCP(2)}, 40, true, "unknown unknown 0 -"},
	{"with data", {IP4(6, 42), FROM_TO, ASKS, TCP(0x18), 'h', 'i'}, 42, false, "yes yes 0 -"},
	{"padded to the frame's least size",
	 {IP4(6, 40), FROM_TO, ASKS, TCP(2), 0, 0, 0, 0, 0, 0},
	 46,
	 false,
	 "yes unknown 0 -"},
	{"to another port",
	 {IP4(6, 40), FROM_TO, 0x9c, 0x40, 0x01, 0xbc, TCP(2)},
	 40,
	 false,
	 "unknown unknown 0 -"},
	{"from another source",
	 {IP4(6, 40), 10, 0, 0, 9, 10, 0, 0, 2, ASKS, TCP(2)},
	 40,
	 false,
	 "unknown unknown 0 10.0.0.9"},
	{"handshake", {IP4(6, 40), TO_FROM, ANSWERS, TCP(0x12)}, 40, true, "unknown unknown 1 -"},
	{"reset", {IP4(6, 40), TO_FROM, ANSWERS, TCP(0x14)}, 40, true, "unknown unknown 2 -"},
	{"an acknowledgement alone",
	 {IP4(6, 40), TO_FROM, ANSWERS, TCP(0x10)},
	 40,
	 true,
	 "unknown unknown 0 -"},
	{"icmp about it",
	 {IP4(1, 56), TO_FROM, 3, 13, 0, 0, 0, 0, 0, 0, IP4(6, 40), FROM_TO, ASKS, 0, 0, 0, 1},
	 56,
	 true,
	 "unknown unknown 4 -"},
	{"icmp about another port",
	 {IP4(1, 56), TO_FROM, 3, 13, 0, 0, 0, 0, 0, 0, IP4(6, 40), FROM_TO, 0x9c, 0x40, 0x01,
	  0xbc},
	 56,
	 true,
	 "unknown unknown 0 -"},
	{"icmp cut off",
	 {IP4(1, 30), TO_FROM, 3, 13, 0, 0, 0, 0, 0, 0, 0x45},
	 29,
	 true,
	 "unknown unknown 0 -"},
	{"a later fragment",
	 {0x45, 0, 0, 40, 0, 0, 0, 5, 64, 6, 0, 0, FROM_TO, ASKS, TCP(2)},
	 40,
	 false,
	 "no packet"},
	{"too short", {IP4(6, 40), FROM_TO, ASKS}, 24, false, "no packet"},
	{"a header longer than the packet",
	 {0x4f, 0, 0, 40, 0, 0, 0, 0, 64, 6},
	 40,
	 false,
	 "no packet"},
	{"another protocol", {IP4(132, 40), FROM_TO, ASKS, TCP(2)}, 40, false, "no packet"},
	{"nothing", {0}, 0, false, "no packet"},
};

static void describe(const struct packet_row *row, struct buf *out)
{
	static const char *const seens[] = {"unknown", "no", "yes"};
	const struct far_flow f = {.transport = TRANSPORT_TCP,
				   .source = {4, {10, 0, 0, 1}},
				   .target = {4, {10, 0, 0, 2}},
				   .port = 443};
	struct far_view v = {0};
	struct far_packet p;
	char other[ADDR_TEXT_MAX];

	if (!far_packet_parse((struct slice){(const char *)row->bytes, row->n}, &p)) {
		buf_add_text(out, "no packet");
		return;
	}
	far_packet_note(&p, row->is_outgoing, &f, &v);
	buf_addf(out, "%s %s %u %s", seens[v.interface], seens[v.data], v.left,
		 v.other.family ? addr_text(&v.other, other) : "-");
}

static void test_packets(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(packets); i++) {
		struct buf got = BUF_INIT;

		describe(&packets[i], &got);
		check_text(packets[i].name, &got, packets[i].want);
		buf_release(&got);
	}
}

/* --- the kernel's table ----------------------------------------------------------------------- */

static void describe_row(const char *line, struct buf *out)
{
	struct socket_row row;

	if (!socket_row_parse(slice_of(line), &row)) {
		buf_add_text(out, "no row");
		return;
	}
	addr_format(&row.local, out);
	buf_addf(out, " %u ", row.local_port);
	addr_format(&row.peer, out);
	buf_addf(out, " %u %u %u %u %llu", row.peer_port, row.state, row.waiting, row.user,
		 (unsigned long long)row.inode);
}

/* The bytes of the addresses are this machine's order: these lines are a little endian one's. */
static void test_sockets(void **state)
{
	static const char *const rows[][2] = {
		{"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when", "no row"},
		{"   0: 0100007F:1F90 00000000:0000 0A 00000000:00000003 00:00000000 00000000 "
		 "  1000        0 4711 1 0000000000000000 100 0 0 10 0",
		 "127.0.0.1 8080 0.0.0.0 0 10 3 1000 4711"},
		{"   0: 0100007F:1F90 00000000:0000 0A 00000000:00000003 00:00000000 00000000",
		 "no row"},
		{"   0: 0100007F:1F90 00000000:0000 0A 00000000:00000003 00:00000000 00000000 "
		 "4294967296 0 4711",
		 "no row"},
		{"  11: 0203530A:1B5C 0201530A:9C40 03 00000000:00000000 01:00000064 00000000 "
		 "    0        0 0",
		 "10.83.3.2 7004 10.83.1.2 40000 3 0 0 0"},
		{"   1: B80D0120000000000000000001000000:01BB "
		 "B80D0120000000000000000002000000:9C40 01 00000000:00000000 00:00000000 "
		 "00000000 65534 0 18446744073709551615",
		 "2001:db8::1 443 2001:db8::2 40000 1 0 65534 18446744073709551615"},
		{"   2: 0000000000000000FFFF00000203530A:01BB "
		 "0000000000000000FFFF00000201530A:9C40 03 00000000:00000000 00:00000000 "
		 "00000000 0 0 12",
		 "10.83.3.2 443 10.83.1.2 40000 3 0 0 12"},
		{"   3: 0203530A:1B5C 0201530A:9C40 03", "no row"},
		{"   3: 0203530:1B5C 0201530A:9C40 03 0:0", "no row"},
		{"   3: 0203530A:1B5C0 0201530A:9C40 03 0:0", "no row"},
		{"", "no row"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf got = BUF_INIT;

		describe_row(rows[i][0], &got);
		check_text(rows[i][0], &got, rows[i][1]);
		buf_release(&got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),	      cmocka_unit_test(test_bad_words),
		cmocka_unit_test(test_channel_words), cmocka_unit_test(test_packets),
		cmocka_unit_test(test_sockets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
