/* SPDX-License-Identifier: ISC */
#include "report/probe_text.h"

#include "base/compiler.h"
#include "test.h"

static const struct addr target = {.family = 4, .bytes = {10, 0, 0, 5}};

static void check_report(struct outcome *items, size_t n, const char *names, const char *want)
{
	const struct outcome_list list = {.items = items, .n = n};
	struct buf out = BUF_INIT;

	probe_text(&list, names, &out);
	check_text("report", &out, want);
	buf_release(&out);
}

static void test_one(void **state)
{
	struct outcome o = {.target = target,
			    .port = 22,
			    .state = STATE_OPEN,
			    .rtt_us = 412,
			    .how = "handshake",
			    .evidence = "the handshake completed"};

	(void)state;
	check_report(&o, 1, "",
		     "10.0.0.5:22 is open.\n"
		     "  10.0.0.5:22  open  the handshake completed; 0.41 ms\n");
}

static void test_several(void **state)
{
	struct outcome items[] = {
		{.target = target,
		 .port = 22,
		 .state = STATE_OPEN,
		 .rtt_us = 12345,
		 .evidence = "the handshake completed"},
		{.target = target,
		 .name = "db1",
		 .port = 80,
		 .state = STATE_REJECTED,
		 .how = "icmp 3/13",
		 .evidence = "10.0.0.1 answered: administratively prohibited"},
		{.target = {.family = 6, .bytes = {[15] = 1}},
		 .port = 7000,
		 .state = STATE_DROPPED,
		 .how = "no answer",
		 .candidates = {"hop:10.2.2.2", "target-firewall", "return-path"},
		 .evidence = "no answer to 2 SYNs"},
		{.name = "gone\033[1m",
		 .port = 1,
		 .state = STATE_UNREACHABLE,
		 .how = "dns: nxdomain",
		 .evidence = "no such name"},
	};

	(void)state;
	check_report(
		items, ARRAY_LEN(items), "  name db1\n",
		"1 of 4 ports is open; 1 rejected, 1 dropped, 1 unreachable.\n"
		"  name db1\n"
		"  10.0.0.5:22      open         the handshake completed; 12 ms\n"
		"  db1 10.0.0.5:80  rejected     10.0.0.1 answered: administratively prohibited "
		"(icmp 3/13)\n"
		"  [::1]:7000       dropped      no answer to 2 SYNs; it may be the hop 10.2.2.2, "
		"the "
		"target's own firewall, or the way back\n"
		"  gone\\x1b[1m:1    unreachable  no such name (dns: nxdomain)\n");
}

/* Other transports say which; a ping has no port. */
static void test_transports(void **state)
{
	struct outcome items[] = {
		{.target = target,
		 .transport = TRANSPORT_UDP,
		 .port = 53,
		 .state = STATE_OPEN,
		 .proved = "dns",
		 .evidence = "an answer came"},
		{.target = target, .transport = TRANSPORT_ICMP, .rtt_us = 412},
		{.target = {.family = 6, .bytes = {[15] = 1}},
		 .name = "v6",
		 .transport = TRANSPORT_ICMP,
		 .state = STATE_DROPPED,
		 .evidence = "no answer"},
		{.target = {.family = 6, .bytes = {[15] = 1}},
		 .transport = TRANSPORT_UDP,
		 .port = 514,
		 .state = STATE_SILENT,
		 .evidence = "no answer, and no error either",
		 .via = "socks5:gate\033",
		 .leg = "beyond"},
		{.target = target,
		 .transport = TRANSPORT_TCP,
		 .port = 1434,
		 .is_stand_in = true,
		 .named_port = 50001,
		 .evidence = "the handshake completed"},
	};

	(void)state;
	check_report(items, ARRAY_LEN(items), "",
		     "3 of 5 ports are open; 1 silent, 1 dropped.\n"
		     "  udp 10.0.0.5:53  open      an answer came; it spoke dns\n"
		     "  ping 10.0.0.5    answered  0.41 ms\n"
		     "  ping v6 ::1      dropped   no answer\n"
		     "  udp [::1]:514    silent    no answer, and no error either; through the "
		     "socks5 proxy gate\\x1b, beyond the proxy\n"
		     "  10.0.0.5:1434    open      the handshake completed; a stand-in answered, "
		     "not the service itself; the port that was named: 50001\n");
	check_report(items, 1, "",
		     "udp 10.0.0.5:53 is open.\n"
		     "  udp 10.0.0.5:53  open  an answer came; it spoke dns\n");
	check_report(items + 1, 1, "",
		     "ping 10.0.0.5 was answered.\n  ping 10.0.0.5  answered  0.41 ms\n");
}

static void test_all_open(void **state)
{
	struct outcome items[] = {
		{.target = target, .port = 1, .evidence = "x"},
		{.target = target, .port = 2, .evidence = "x"},
	};

	(void)state;
	check_report(items, 2, "",
		     "all 2 ports are open.\n  10.0.0.5:1  open  x\n  10.0.0.5:2  open  x\n");
}

/* Many ports in a row with the same words are one line; three are not many. */
static void test_rows(void **state)
{
	struct outcome items[12];
	static const char closed[] = "a reset came", open[] = "the handshake completed";

	(void)state;
	for (uint16_t i = 0; i < ARRAY_LEN(items); i++)
		items[i] = (struct outcome){.target = target,
					    .port = (uint16_t)(1 + i),
					    .state = i == 6 ? STATE_OPEN : STATE_CLOSED,
					    .rtt_us = 100u + 10 * i,
					    .evidence = i == 6 ? open : closed};
	items[11].port = 40; /* not the next one */
	items[3].rtt_us = 2000;
	check_report(items, ARRAY_LEN(items), "",
		     "1 of 12 ports is open; 11 closed.\n"
		     "  10.0.0.5:1-6   closed  a reset came; at most 2.00 ms\n"
		     "  10.0.0.5:7     open    the handshake completed; 0.16 ms\n"
		     "  10.0.0.5:8-11  closed  a reset came; at most 0.20 ms\n"
		     "  10.0.0.5:40    closed  a reset came; 0.21 ms\n");
	items[9].evidence = NULL;
	check_report(items + 7, 4, "",
		     "0 of 4 ports are open; 4 closed.\n"
		     "  10.0.0.5:8   closed  a reset came; 0.17 ms\n"
		     "  10.0.0.5:9   closed  a reset came; 0.18 ms\n"
		     "  10.0.0.5:10  closed  0.19 ms\n"
		     "  10.0.0.5:11  closed  a reset came; 0.20 ms\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one),	 cmocka_unit_test(test_several),
		cmocka_unit_test(test_all_open), cmocka_unit_test(test_transports),
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
