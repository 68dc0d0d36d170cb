/* SPDX-License-Identifier: ISC */
#include "box/packet.h"

#include "test.h"

static void packets_are_read_and_written(void **state)
{
	static const struct {
		const char *text, *wanted; /* NULL: refused */
	} cases[] = {
		{"tcp 10.0.0.9 10.0.0.1:22", "tcp 10.0.0.9:49152 > 10.0.0.1:22"},
		{" tcp  10.0.0.9:1  10.0.0.1:22 ", "tcp 10.0.0.9:1 > 10.0.0.1:22"},
		{"udp [2001:db8::9]:5353 [2001:db8::1]:53",
		 "udp [2001:db8::9]:5353 > [2001:db8::1]:53"},
		{"udp 2001:db8::9 2001:db8::1", "udp [2001:db8::9]:49152 > [2001:db8::1]:0"},
		{"icmp 10.0.0.9 10.0.0.1", "icmp/8/0 10.0.0.9 > 10.0.0.1"},
		{"icmp ::9 ::1", "icmp/128/0 ::9 > ::1"},
		{"icmp/3/1 10.0.0.9 10.0.0.1", "icmp/3/1 10.0.0.9 > 10.0.0.1"},
		{"47 10.0.0.9 10.0.0.1", "protocol 47 10.0.0.9 > 10.0.0.1"},
		{"tcp 10.0.0.9", NULL},
		{"tcp 10.0.0.9 10.0.0.1:22 more", NULL},
		{"tcp 10.0.0.9 10.0.0.1:65536", NULL},
		{"tcp 10.0.0.9 ::1", NULL},
		{"tcp 10.0.0.9 [::1", NULL},
		{"tcp/6 10.0.0.9 10.0.0.1", NULL},
		{"gre 10.0.0.9 10.0.0.1:22", NULL},
		{"256 10.0.0.9 10.0.0.1", NULL},
		{"icmp/3/1/7 10.0.0.9 10.0.0.1", NULL},
		{"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out = BUF_INIT;
		struct nf_packet p;
		struct err err;
		int rc = packet_parse(slice_of(cases[i].text), &p, &err);

		if (!cases[i].wanted) {
			if (!rc)
				fail_msg("taken: \"%s\"", cases[i].text);
			continue;
		}
		if (rc)
			fail_msg("%s: %s", cases[i].text, err.text);
		packet_format(&p, &out);
		assert_string_equal(out.data, cases[i].wanted);
		buf_release(&out);
	}
}

static void lines_of_json(void **state)
{
#define ENDS "\"src\": \"10.0.0.9\", \"dst\": \"10.0.0.1\""
	static const char *const bad[] = {
		"",
		"[]",
		"{}",
		"{\"src\": \"10.0.0.9\"}",
		"{\"src\": \"10.0.0.9\", \"dst\": \"::1\"}",
		"{" ENDS ", \"proto\": 256}",
		"{" ENDS ", \"proto\": \"6\"}",
		"{" ENDS ", \"dport\": -1}",
		"{" ENDS ", \"proto\": 6, \"tcp_flags\": \"syn,xyz\"}",
		"{" ENDS ", \"mac\": \"02:00\"}",
		"{" ENDS ", \"mac\": \"02:00:00:00:00:zz\"}",
	};
	static const char good[] =
		"{\"id\": 7, \"in\": \"eth0\", \"proto\": 6, \"src\": \"10.0.0.9\", \"dst\": "
		"\"10.0.0.1\", \"sport\": 4000, \"dport\": 22, \"tcp_flags\": \"syn,ack\", "
		"\"mac\": \"02:00:00:00:00:fe\", \"uid\": 33}";
	struct arena *a = arena_new();
	struct packet_line line;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (!packet_read_json(a, slice_of(bad[i]), PLACE_NONE, &line, &err))
			fail_msg("taken: %s", bad[i]);
	assert_int_equal(packet_read_json(a, slice_of(good), PLACE_NONE, &line, &err), 0);
	assert_int_equal(line.id, 7);
	assert_string_equal(line.packet.in, "eth0");
	assert_int_equal(line.packet.tcp_flags, 18);
	assert_int_equal(line.packet.state, CT_INVALID);
	assert_int_equal(line.packet.mac[5], 0xfe);
	assert_true(line.packet.has_uid);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_are_read_and_written),
		cmocka_unit_test(lines_of_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
