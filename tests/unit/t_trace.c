/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "report/trace.h"
#include "test.h"

static struct addr addr_of(const char *text)
{
	struct addr a;

	assert_true(addr_parse(slice_of(text), &a));
	return a;
}

static struct outcome dropped(void)
{
	return (struct outcome){.id = 1,
				.source = addr_of("10.1.0.2"),
				.target = addr_of("10.3.0.2"),
				.transport = TRANSPORT_TCP,
				.port = 1433,
				.state = STATE_DROPPED,
				.cause = CAUSE_UNPROVEN,
				.candidates = {"hop:10.1.0.1", "hop:10.2.0.2"},
				.evidence = "it comes to \x1b[31m10.1.0.1 (hop 1)"};
}

static struct trace way_of(const struct outcome *o)
{
	return (struct trace){.outcome = o,
			      .hops = {{.addr = addr_of("10.1.0.1"), .sight = HOP_FLOW},
				       {.addr = addr_of("10.2.0.2"), .sight = HOP_CONTROL},
				       {.sight = HOP_SILENT}},
			      .n = 3,
			      .distance = 4,
			      .control = TRANSPORT_TCP,
			      .control_port = 33434};
}

static void has(const struct buf *text, const char *words)
{
	if (!strstr(text->data, words))
		fail_msg("not in it: %s\n%s", words, text->data);
}

static void test_text(void **state)
{
	const struct outcome o = dropped();
	const struct trace t = way_of(&o);
	struct buf text = BUF_INIT;

	(void)state;
	trace_text(&t, &text);
	has(&text, "10.3.0.2:1433 is dropped: ");
	has(&text, "it may be the hop 10.1.0.1, or the hop 10.2.0.2.\n");
	has(&text, "   1  10.1.0.1                                   this flow comes here\n");
	has(&text, "   2  10.2.0.2                                   other packets come here, this "
		   "flow does not\n");
	has(&text, "   3  ?                                          answers nobody\n");
	has(&text, "   4  10.3.0.2         the target                answers others\n");
	has(&text, "others: tcp 33434, which the target answers\n");
	has(&text, "To send: \"TCP from 10.1.0.2 to 10.3.0.2 port 1433, at ");
	assert_null(strchr(text.data, '\x1b')); /* whatever a name has in it */
	buf_release(&text);
}

static void test_record(void **state)
{
	const struct outcome o = dropped();
	const struct trace t = way_of(&o);
	const struct run run = {.id = "RUN1"};
	struct buf text = BUF_INIT;

	(void)state;
	json_trace(&text, &t, &run);
	has(&text, "{\"record\":\"trace\",\"run\":\"RUN1\",\"outcome\":1,\"distance\":4,"
		   "\"control\":\"tcp\",\"control_port\":33434,\"hops\":[{\"hop\":1,\"address\":"
		   "\"10.1.0.1\",\"answers\":\"flow\",\"device\":null,");
	has(&text, "{\"hop\":3,\"address\":null,\"answers\":\"silent\",");
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
