/* SPDX-License-Identifier: ISC
 *
 * What is remembered of ports: its lines, its budget a day, and that it comes back from the file.
 */
#include "store/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "test.h"

enum { TODAY = 20785 };

static void lines(void **state)
{
	static const struct {
		const char *line;
		bool ok;
	} rows[] = {
		{"192.0.2.1 443 2026-11-28 12 tls+imap", true},
		{"2001:db8::1 22 2026-11-28 0 -", true},
		{"192.0.2.1 53/udp 2026-11-28 3 dns", true},
		{"", false},
		{"192.0.2.1 53/sctp 2026-11-28 3 dns", false},
		{"192.0.2.1 53/ 2026-11-28 3 dns", false},
		{"192.0.2.1", false},
		{"192.0.2.1 443 2026-11-28 12", false},
		{"192.0.2.1 70000 2026-11-28 12 tls", false},
		{"192.0.2.1 443 2026-11-31 12 tls", false},
		{"192.0.2.1 443 2026-11-28 -1 tls", false},
		{"192.0.2.1 443 2026-11-28 1 TLS", false},
		{"192.0.2.1 443 2026-11-28 1 a-name-that-is-longer-than-any-other-one", false},
	};
	struct memory_port p;
	struct buf out = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(memory_parse(slice_of(rows[i].line), &p), rows[i].ok);
		if (!rows[i].ok)
			continue;
		buf_clear(&out);
		memory_format(&p, &out);
		assert_int_equal(out.n, strlen(rows[i].line) + 1);
		assert_memory_equal(out.data, rows[i].line, out.n - 1);
	}
	buf_release(&out);
}

static struct memory *open_memory(int32_t day)
{
	struct memory *m;
	struct err err;

	assert_int_equal(memory_read(&m, day, &err), 0);
	return m;
}

static void close_memory(struct memory *m)
{
	struct err err;

	assert_int_equal(memory_write(m, &err), 0);
}

static struct memory_place at(uint16_t port, bool is_udp)
{
	return (struct memory_place){
		.addr = {.family = 4, .bytes = {192, 0, 2, 1}}, .port = port, .is_udp = is_udp};
}

static void budget(void **state)
{
	const struct memory_place ssh = at(22, false), telnet = at(23, false), udp = at(22, true);
	struct memory *m = open_memory(TODAY);

	(void)state;
	assert_int_equal(memory_left(m, &ssh), MEMORY_BUDGET);
	memory_add(m, &ssh, 30, "ssh");
	memory_add(m, &ssh, 1, NULL);
	memory_add(m, &telnet, MEMORY_BUDGET + 5, NULL);
	close_memory(m);

	m = open_memory(TODAY);
	assert_int_equal(memory_left(m, &ssh), MEMORY_BUDGET - 31);
	assert_string_equal(memory_proved(m, &ssh), "ssh");
	assert_int_equal(memory_left(m, &telnet), 0);
	assert_int_equal(memory_left(m, &udp), MEMORY_BUDGET);
	assert_string_equal(memory_proved(m, &telnet), "");
	close_memory(m);

	m = open_memory(TODAY + 1);
	assert_int_equal(memory_left(m, &telnet), MEMORY_BUDGET);
	assert_string_equal(memory_proved(m, &ssh), "ssh");
	close_memory(m);

	m = open_memory(TODAY + MEMORY_DAYS);
	assert_string_equal(memory_proved(m, &ssh), "");
	close_memory(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(budget),
	};
	char folder[] = "/tmp/portolan-memory.XXXXXX", file[64];
	int rc;

	if (!mkdtemp(folder))
		return 1;
	setenv("XDG_STATE_HOME", folder, 1);
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	snprintf(file, sizeof(file), "%s/portolan/targets", folder);
	unlink(file);
	snprintf(file, sizeof(file), "%s/portolan", folder);
	rmdir(file);
	rmdir(folder);
	return rc;
}
