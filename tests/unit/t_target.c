/* SPDX-License-Identifier: ISC */
#include "model/target.h"

#include "base/compiler.h"
#include "test.h"

static void test_accepted(void **state)
{
	static const struct {
		const char *text, *name, *prefix, *ports;
		bool is_range;
	} rows[] = {
		{"db1", "db1", "", "", false},
		{"db1:22", "db1", "", "22", false},
		{"db1:22,80,7000-7008", "db1", "", "22,80,7000-7008", false},
		{"a_b.example.org:1", "a_b.example.org", "", "1", false},
		{"10.0.0.5:22", "", "10.0.0.5", "22", false},
		{"10.0.0.0/24:22", "", "10.0.0.0/24", "22", true},
		{"10.0.0.5/32:22", "", "10.0.0.5", "22", false},
		{"::1", "", "::1", "", false},
		{"2001:db8::5:22", "", "2001:db8::5:22", "", false}, /* an address: ports want [] */
		{"[2001:db8::5]", "", "2001:db8::5", "", false},
		{"[2001:db8::5]:443", "", "2001:db8::5", "443", false},
		{"[2001:db8::/120]:22", "", "2001:db8::/120", "22", true},
		{"https://db1/path", "db1", "", "443", false},
		{"HTTPS://db1:8443?q", "db1", "", "8443", false},
		{"http://[::1]#x", "", "::1", "80", false},
		{"ldaps://10.0.0.5", "", "10.0.0.5", "636", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct target_spec t;
		struct buf ports = BUF_INIT;
		char text[PREFIX_TEXT_MAX] = "";
		struct err err;

		assert_int_equal(target_parse(slice_of(rows[i].text), &t, &err), 0);
		portset_format(&t.ports, &ports);
		if (t.prefix.addr.family)
			prefix_text(&t.prefix, text);
		check_text(rows[i].text, &ports, rows[i].ports);
		check_slice(rows[i].text, slice_of(t.name), slice_of(rows[i].name));
		check_slice(rows[i].text, slice_of(text), slice_of(rows[i].prefix));
		assert_int_equal(t.is_range, rows[i].is_range);
		buf_release(&ports);
		target_release(&t);
	}
}

static void test_refused(void **state)
{
	/* Each with the words that must tell what is wrong. */
	static const struct {
		const char *text, *why;
	} rows[] = {
		{"", "missing"},
		{":22", "missing"},
		{"db1:", "ports are written"},
		{"db1:0", "ports are written"},
		{"db1:65536", "ports are written"},
		{"db1:22,", "ports are written"},
		{"db1:80-22", "ports are written"},
		{"db1:ssh", "ports are written"},
		{"10.0.0.256:22", "not an IPv4 address"},
		{"10.0.0:22", "not an IPv4 address"},
		{"10.0.0.5/24:22", "bits set behind its length"},
		{"[2001:db8::5", "] is missing"},
		{"[2001:db8::5]22", "not :PORTS"},
		{"::ffff:10.0.0.5", "write an IPv4 address"},
		{"gopher://db1", "not a scheme"},
		{"http://user:secret@db1", "leave user names and passwords out"},
		{"http://10.0.0.0", NULL}, /* an address like any other */
		{"d b", "neither a host name nor an address"},
		{"-oops:22", "does not begin so"},
		{".db1:22", "does not begin so"},
		{"d\033[1mb:22", "neither a host name nor an address"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct target_spec t;
		struct err err = {0};

		if (target_parse(slice_of(rows[i].text), &t, &err) == 0) {
			target_release(&t);
			assert_null(rows[i].why);
			continue;
		}
		assert_int_equal(err.class, ERR_USAGE);
		if (!rows[i].why || !strstr(err.text, rows[i].why) || strstr(err.text, "secret"))
			fail_msg("%s: %s", rows[i].text, err.text);
	}
}

static void test_too_long(void **state)
{
	struct buf name = BUF_INIT;
	struct target_spec t;
	struct err err;

	(void)state;
	buf_add_fill(&name, 'a', TARGET_NAME_MAX);
	assert_int_equal(target_parse(buf_slice(&name), &t, &err), 0);
	target_release(&t);
	buf_add_char(&name, 'a');
	assert_int_equal(target_parse(buf_slice(&name), &t, &err), -ERR_USAGE);
	buf_release(&name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
