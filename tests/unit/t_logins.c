/* SPDX-License-Identifier: ISC */
#include "sys/logins.h"

#include <string.h>

#include "base/compiler.h"
#include "test.h"

static void describe(const struct login_connection *c, struct buf *out)
{
	addr_format(&c->peer, out);
	buf_addf(out, " %u ", c->peer_port);
	addr_format(&c->own, out);
	buf_addf(out, " %u", c->own_port);
	if (*c->link)
		buf_addf(out, " by %s", c->link);
}

static void said(void **state)
{
	static const char *const rows[][2] = {
		{"198.51.100.7 50122 192.0.2.1 22", "198.51.100.7 50122 192.0.2.1 22"},
		{"2001:db8::9 50122 2001:db8::1 2222\n", "2001:db8::9 50122 2001:db8::1 2222"},
		{"::ffff:198.51.100.7 50122 ::ffff:192.0.2.1 22",
		 "198.51.100.7 50122 192.0.2.1 22"},
		{"fe80::9%eth0 50122 fe80::1%eth0 22", "fe80::9 50122 fe80::1 22 by eth0"},
		{"fe80::9 50122 fe80::1%a-name-that-is-too-long 22", "fe80::9 50122 fe80::1 22"},
		{"", ""},
		{"198.51.100.7 50122 192.0.2.1", ""},
		{"198.51.100.7 50122 192.0.2.1 22 more", ""},
		{"198.51.100.7 0 192.0.2.1 22", ""},
		{"198.51.100.7 65536 192.0.2.1 22", ""},
		{"198.51.100.7 50122 2001:db8::1 22", ""},
		{"UNKNOWN 65535 UNKNOWN 65535", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf got = BUF_INIT;
		struct login_connection c;

		if (login_parse(rows[i][0], &c))
			describe(&c, &got);
		check_text(rows[i][0], &got, rows[i][1]);
		buf_release(&got);
	}
}

#define REST "00000000:00000000 02:0004D5F2 00000000     0        0 31337 2 0000 20 4 29 10 -1"

/* As a little-endian machine writes it; others are not tried. */
static void seen(void **state)
{
	static const struct {
		const char *line, *wanted;
	} rows[] = {
		{"   0: 010200C0:0016 096433C6:C3CA 01 " REST, "198.51.100.9 50122 192.0.2.1 22"},
		{"   0: 010200C0:0016 096433C6:C3CA 0A " REST, ""}, /* listens */
		{"   1: 0000000000000000FFFF0000010200C0:0016 "
		 "0000000000000000FFFF0000096433C6:C3CA 01 " REST,
		 "198.51.100.9 50122 192.0.2.1 22"},
		{"   2: B80D0120000000000000000001000000:0016 "
		 "B80D0120000000000000000009000000:C3CA 01 " REST,
		 "2001:db8::9 50122 2001:db8::1 22"},
		{"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt", ""},
		{"   0: 010200C0:0016 096433C6:C3CA 01", ""},
		{"   0: 010200C0 096433C6:C3CA 01 " REST, ""},
		{"   0: 010200C:0016 096433C6:C3CA 01 " REST, ""},
		{"   0: 010200C0:10016 096433C6:C3CA 01 " REST, ""},
		{"", ""},
	};
	const uint16_t one = 1;

	(void)state;
	if (*(const uint8_t *)&one != 1)
		return;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf got = BUF_INIT;
		struct login_connection c;
		uint64_t inode;

		if (login_parse_proc(slice_of(rows[i].line), &c, &inode)) {
			describe(&c, &got);
			assert_int_equal(inode, 31337);
		}
		check_text(rows[i].line, &got, rows[i].wanted);
		buf_release(&got);
	}
}

/* What was said is there whoever runs this; nonsense is an error. */
static void found(void **state)
{
	struct logins l;
	struct err err;

	(void)state;
	assert_int_equal(logins_find(&l, "198.51.100.7 50122 192.0.2.1 22", &err), 0);
	assert_true(l.n >= 1);
	assert_int_equal(l.items[0].peer_port, 50122);
	logins_release(&l);
	assert_int_not_equal(logins_find(&l, "nonsense", &err), 0);
	logins_release(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(said),
		cmocka_unit_test(seen),
		cmocka_unit_test(found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
