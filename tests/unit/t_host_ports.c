/* SPDX-License-Identifier: ISC
 *
 * This host's own numbers: whatever they are, they are read, and hang together.
 */
#include "sys/host_ports.h"

#include "test.h"

static void reads_this_host(void **state)
{
	struct host_ports host;
	struct err err;

	(void)state;
	if (host_ports_read(&host, &err) != 0)
		fail_msg("%s", err.text);
	assert_true(host.ephemeral.lo > 0);
	assert_true(host.ephemeral.lo <= host.ephemeral.hi);
	assert_true(host.unprivileged <= 65535);
	for (size_t i = 0; i < host.reserved.n; i++)
		assert_true(host.reserved.items[i].lo <= host.reserved.items[i].hi);
	host_ports_release(&host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_this_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
