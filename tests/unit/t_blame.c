/* SPDX-License-Identifier: ISC
 *
 * What each sighting means: the whole of what an outcome says of it, in one line.
 */
#include "probe/blame.h"

#include <errno.h>

#include "base/compiler.h"
#include "base/text_pool.h"
#include "test.h"

#define TARGET                                                                                     \
	4,                                                                                         \
	{                                                                                          \
		10, 0, 0, 5                                                                        \
	}
#define HOP                                                                                        \
	4,                                                                                         \
	{                                                                                          \
		10, 0, 0, 1                                                                        \
	}

static const struct proto always = {.name = "always", .answers = PROTO_ALWAYS},
			  sometimes = {.name = "sometimes", .answers = PROTO_SOMETIMES},
			  never = {.name = "never", .answers = PROTO_NEVER};
static const struct proxy_refusal no = {
	.leg = LEG_POLICY, .how = "http 403", .words = "it does not want to"};

static const struct proxy_refusal no_word = {
	.leg = LEG_BEYOND, .how = "no answer", .words = "it says nothing", .is_silence = true};

/* state cause confidence network service by; how; evidence; candidates */
struct row {
	enum transport transport;
	struct sighting seen;
	const char *means;
};

static const struct row tcp[] = {
	{TRANSPORT_TCP,
	 {.saw = SAW_OPEN},
	 "open target likely pass unknown 10.0.0.5; handshake; the handshake completed;"},
	{TRANSPORT_TCP,
	 {.saw = SAW_OPEN, .bytes = 5},
	 "open target likely pass unknown 10.0.0.5; handshake; the handshake completed and the "
	 "peer spoke at once;"},
	{TRANSPORT_TCP,
	 {.saw = SAW_OPEN, .peer_closed = true},
	 "open target likely pass unknown 10.0.0.5; handshake; the handshake completed and the "
	 "peer ended the connection at once;"},
	{TRANSPORT_TCP,
	 {.saw = SAW_OPEN, .is_unseen = true},
	 "open target likely pass unknown 10.0.0.5; handshake; it accepted; the handshake was "
	 "broken "
	 "off there, as its service shuts out those who connect and do not log in;"},
	{TRANSPORT_TCP,
	 {.saw = SAW_OPEN, .is_by_proxy = true},
	 "open target likely pass unknown 10.0.0.5; handshake; the proxy connected to the "
	 "target;"},
	/* Who asks for all: nobody's number, its own, and one on which another was to be. */
	{TRANSPORT_TCP,
	 {.saw = SAW_IDENTIFIED, .proto = &always, .said = {.text = "v1"}},
	 "open target likely pass unknown 10.0.0.5; always; it answered in always: v1;"},
	{TRANSPORT_TCP,
	 {.saw = SAW_IDENTIFIED, .proto = &always, .is_usual = true},
	 "open target likely pass pass 10.0.0.5; always; it answered in always;"},
	{TRANSPORT_TCP,
	 {.saw = SAW_IDENTIFIED, .proto = &always, .expected = &always},
	 "open target likely pass pass 10.0.0.5; always; it answered in always;"},
	{TRANSPORT_TCP,
	 {.saw = SAW_IDENTIFIED, .proto = &always, .expected = &sometimes, .said = {.text = "v1"}},
	 "wrong-service target likely pass fail 10.0.0.5; always, not sometimes; it answered in "
	 "always, and sometimes was to be there: v1;"},
	{TRANSPORT_TCP,
	 {.saw = SAW_STRANGER, .how = "echo", .words = "it sends back"},
	 "open target likely pass unknown 10.0.0.5; echo; it sends back;"},
	{TRANSPORT_TCP,
	 {.saw = SAW_STRANGER, .how = "junk", .words = "it speaks", .expected = &always},
	 "open target likely pass fail 10.0.0.5; junk; it speaks;"},
	{TRANSPORT_TCP,
	 {.saw = SAW_STRANGER, .how = "junk", .words = "it speaks", .expected = &sometimes},
	 "open target likely pass unknown 10.0.0.5; junk; it speaks;"},
	/* A dialogue without an end: a genuine server would have come to it. */
	{TRANSPORT_TCP,
	 {.saw = SAW_OPEN, .proto = &always, .bytes = 5},
	 "open target likely pass fail 10.0.0.5; no end of always; it spoke, and not as far as "
	 "always can be told by;"},
	{TRANSPORT_TCP,
	 {.saw = SAW_OPEN, .proto = &sometimes, .bytes = 5},
	 "open target likely pass unknown 10.0.0.5; no end of sometimes; it spoke, and not as far "
	 "as sometimes can be told by;"},
	{TRANSPORT_TCP,
	 {.saw = SAW_OPEN, .proto = &always, .peer_closed = true},
	 "open target likely pass fail 10.0.0.5; no end of always; it ended the connection "
	 "without a word of always;"},
	{TRANSPORT_TCP,
	 {.saw = SAW_OPEN_RESET},
	 "open-reset unproven possible unknown fail 10.0.0.5; handshake, then rst; the handshake "
	 "completed, then a reset came; target middlebox"},
	{TRANSPORT_TCP,
	 {.saw = SAW_REFUSAL},
	 "closed target likely pass fail 10.0.0.5; rst; a reset came from the target's address: "
	 "nothing listens there, unless it was forged on the way;"},
	{TRANSPORT_TCP,
	 {.saw = SAW_NOTHING, .tries = 2, .waited_ms = 700},
	 "dropped unproven possible fail unknown none; no answer; no answer in 700 ms to 2 "
	 "connection attempts from different source ports; local-firewall hop:? target-firewall "
	 "return-path target"},
	{TRANSPORT_TCP,
	 {.saw = SAW_NOTHING, .tries = 2, .waited_ms = 700, .own_target = true},
	 "dropped unproven possible fail unknown none; no answer; no answer in 700 ms to 2 "
	 "connection attempts from different source ports; local-firewall target"},
	{TRANSPORT_TCP,
	 {.saw = SAW_PROVED, .proto = &always, .said.text = "version 1"},
	 "open target likely pass pass 10.0.0.5; always; it answered in always: version 1;"},
	{TRANSPORT_TCP,
	 {.saw = SAW_OTHER, .proto = &always},
	 "wrong-service target likely pass fail 10.0.0.5; not always; it answered, and not in "
	 "always;"},
	{TRANSPORT_TCP,
	 {.saw = SAW_SILENCE, .proto = &always, .waited_ms = 3000},
	 "silent target likely pass fail none; handshake, no words; it accepted and acknowledged, "
	 "and nothing that it said came in 3000 ms;"},
	{TRANSPORT_TCP,
	 {.saw = SAW_SILENCE, .proto = &sometimes, .waited_ms = 3000},
	 "silent target likely pass unknown none; handshake, no words; it accepted and "
	 "acknowledged, and nothing that it said came in 3000 ms;"},
	/* Not a byte of ours arrived: that is the network. */
	{TRANSPORT_TCP,
	 {.saw = SAW_SILENCE, .proto = &always, .unacked = 18, .waited_ms = 3000},
	 "silent middlebox likely fail unknown none; handshake, data not acknowledged; the "
	 "handshake completed, and 18 bytes were not acknowledged in 3000 ms: they were "
	 "stopped on the way, or something before the target shook hands in its name;"},
	{TRANSPORT_TCP,
	 {.saw = SAW_SILENCE, .proto = &always, .unacked = -1, .waited_ms = 3000},
	 "silent unproven possible unknown fail none; handshake, no words; the handshake "
	 "completed, and nothing was said in 3000 ms; target middlebox"},
	{TRANSPORT_TCP,
	 {.saw = SAW_PROXY, .proxy = &no},
	 "rejected proxy certain fail unknown none; http 403; it does not want to;"},
	/* Who says nothing has not said no. */
	{TRANSPORT_TCP,
	 {.saw = SAW_PROXY, .proxy = &no_word},
	 "silent proxy likely fail unknown none; no answer; it says nothing;"},
	/* A closed port answers with a reset: an error of the target's own address is a rule. */
	{TRANSPORT_TCP,
	 {.saw = SAW_ICMP, .icmp = {.type = 3, .code = 3, .by = {TARGET}}},
	 "rejected target-firewall likely fail unknown 10.0.0.5; icmp 3/3; the target's own "
	 "address answered, as its firewall would: the port is unreachable;"},
	/* Negotiated: the method knows the words, and the port is not the one of the task. */
	{TRANSPORT_TCP,
	 {.saw = SAW_NEGOTIATED, .port = 50001, .words = "it opened"},
	 "open target likely pass pass 10.0.0.5; negotiated; it opened;"},
	/* The target could not connect to us: who refused it does not come here. */
	{TRANSPORT_TCP,
	 {.saw = SAW_UNOPENED, .port = 50001, .words = "it could not"},
	 "rejected unproven possible fail unknown none; told by the target; it could not; "
	 "local-firewall hop:? target-firewall target"},
	{TRANSPORT_TCP,
	 {.saw = SAW_UNOPENED, .port = 50001, .words = "it could not", .own_target = true},
	 "rejected unproven possible fail unknown none; told by the target; it could not; "
	 "local-firewall target"},
	{TRANSPORT_TCP,
	 {.saw = SAW_NOT_ASKED, .port = 50001, .words = "no login"},
	 "not-attempted unproven certain unknown unknown none; not negotiated; no login;"},
	/* Who should negotiate does not: of the way nothing is known. */
	{TRANSPORT_TCP,
	 {.saw = SAW_OTHER, .proto = &always, .is_foretold = true, .words = "no such server"},
	 "wrong-service target likely unknown fail 10.0.0.5; not always; no such server;"},
	{TRANSPORT_TCP,
	 {.saw = SAW_OPEN, .proto = &always, .peer_closed = true, .is_foretold = true},
	 "open target likely unknown fail 10.0.0.5; no end of always; it ended the connection "
	 "without a word of always;"},
};

static const struct row udp[] = {
	{TRANSPORT_UDP,
	 {.saw = SAW_OPEN, .bytes = 5},
	 "open target likely pass unknown 10.0.0.5; an answer; something answered a datagram;"},
	{TRANSPORT_UDP,
	 {.saw = SAW_OPEN, .bytes = 5, .proto = &always},
	 "open target likely pass fail 10.0.0.5; no end of always; it spoke, and not as far as "
	 "always can be told by;"},
	{TRANSPORT_UDP,
	 {.saw = SAW_STAND_IN},
	 "open target likely pass unknown 10.0.0.5 stand-in; stand-in; a stand-in of portolan "
	 "listen answered: the way is open, and the service is not there yet;"},
	{TRANSPORT_UDP,
	 {.saw = SAW_SILENCE, .proto = &always, .tries = 3, .waited_ms = 700},
	 "silent unproven possible unknown fail none; no answer; no answer and no error in 700 ms "
	 "to 3 datagrams, and a server of that protocol would answer; local-firewall hop:? "
	 "target-firewall return-path target"},
	{TRANSPORT_UDP,
	 {.saw = SAW_SILENCE, .proto = &sometimes, .tries = 1, .waited_ms = 700},
	 "silent unproven possible unknown unknown none; no answer; no answer and no error in 700 "
	 "ms to 1 datagram, which proves nothing: it answers only those it knows; local-firewall "
	 "hop:? target-firewall return-path target"},
	{TRANSPORT_UDP,
	 {.saw = SAW_SILENCE, .proto = &never, .tries = 3, .waited_ms = 700, .own_target = true},
	 "silent unproven possible unknown unknown none; no answer; no answer and no error in 700 "
	 "ms to 3 datagrams, as that protocol has none: it cannot be proven from here; "
	 "local-firewall target"},
	{TRANSPORT_UDP,
	 {.saw = SAW_SILENCE, .tries = 3, .waited_ms = 700, .own_target = true},
	 "silent unproven possible unknown unknown none; no answer; no answer and no error in 700 "
	 "ms to 3 datagrams, which proves nothing: it may be none of its business; local-firewall "
	 "target"},
	/* That is how a UDP port answers where nothing listens. */
	{TRANSPORT_UDP,
	 {.saw = SAW_ICMP, .icmp = {.type = 3, .code = 3, .by = {TARGET}}},
	 "closed target likely pass fail 10.0.0.5; icmp 3/3; the target says that the port is "
	 "unreachable: nothing listens there, unless its firewall says so;"},
	{TRANSPORT_UDP,
	 {.saw = SAW_ICMP, .icmp = {.type = 3, .code = 3, .by = {HOP}}},
	 "rejected hop likely fail unknown 10.0.0.1; icmp 3/3; 10.0.0.1 answered: the port is "
	 "unreachable;"},
	{TRANSPORT_UDP,
	 {.saw = SAW_LOCAL_ERROR, .call = "send", .error = EPERM},
	 "rejected local-firewall likely fail unknown none; send: Operation not permitted; this "
	 "host forbids it: its own firewall, a control group's filter or a security module;"},
};

static const struct row ping[] = {
	{TRANSPORT_ICMP,
	 {.saw = SAW_ECHO},
	 "open target likely pass pass 10.0.0.5; echo reply; it answered the ping;"},
	{TRANSPORT_ICMP,
	 {.saw = SAW_NOTHING, .tries = 3, .waited_ms = 700, .own_target = true},
	 "dropped unproven possible fail unknown none; no answer; no answer in 700 ms to 3 echo "
	 "requests; local-firewall target"},
	/* Our own lack of a privilege is not the network's. */
	{TRANSPORT_ICMP,
	 {.saw = SAW_LOCAL_ERROR, .call = SIGHTING_PING_SOCKET, .error = EACCES},
	 "not-attempted local-resource certain unknown unknown none; ping socket: Permission "
	 "denied; this user may not ping: sysctl net.ipv4.ping_group_range=\"0 2147483647\" lets "
	 "all users, setcap cap_net_raw+ep this program;"},
	{TRANSPORT_ICMP,
	 {.saw = SAW_LOCAL_ERROR, .call = SIGHTING_PING_SOCKET, .error = EMFILE},
	 "not-attempted local-resource certain unknown unknown none; ping socket: Too many open "
	 "files; this process may open no more descriptors: raise its limit (ulimit -n);"},
	{TRANSPORT_ICMP,
	 {.saw = SAW_LOCAL_ERROR, .call = "send", .error = EPERM},
	 "rejected local-firewall likely fail unknown none; send: Operation not permitted; this "
	 "host forbids it: its own firewall, a control group's filter or a security module;"},
	{TRANSPORT_ICMP,
	 {.saw = SAW_ICMP, .icmp = {.type = 3, .code = 1, .by = {HOP}}, .own_icmp = true},
	 "unreachable unproven possible fail unknown 10.0.0.1; icmp 3/1; nobody answers on this "
	 "host's own link for that address, or for the gateway to it, or this host's own firewall "
	 "says so; target hop:? local-route local-firewall"},
};

static void describe(const struct outcome *o, struct buf *out)
{
	buf_addf(out, "%s %s %s %s %s ", state_names[o->state], cause_names[o->cause],
		 confidence_names[o->confidence], answer_names[o->network],
		 answer_names[o->service]);
	if (o->by.family)
		addr_format(&o->by, out);
	else
		buf_add_text(out, "none");
	buf_addf(out, "%s; %s; %s;", o->is_stand_in ? " stand-in" : "", o->how, o->evidence);
	for (size_t i = 0; i < ARRAY_LEN(o->candidates) && o->candidates[i]; i++)
		buf_addf(out, " %s", o->candidates[i]);
}

static void check_rows(const struct row *rows, size_t n)
{
	struct text_pool texts;
	struct buf got = BUF_INIT;

	text_pool_init(&texts);
	for (size_t i = 0; i < n; i++) {
		struct outcome o = {
			.transport = rows[i].transport, .target = {TARGET}, .texts = &texts};

		buf_clear(&got);
		blame(&rows[i].seen, &o);
		describe(&o, &got);
		check_text(rows[i].means, &got, rows[i].means);
	}
	buf_release(&got);
	text_pool_release(&texts);
}

static void test_tcp(void **state)
{
	(void)state;
	check_rows(tcp, ARRAY_LEN(tcp));
}

static void test_udp(void **state)
{
	(void)state;
	check_rows(udp, ARRAY_LEN(udp));
}

static void test_ping(void **state)
{
	(void)state;
	check_rows(ping, ARRAY_LEN(ping));
}

/* What passes by itself is tried again; what a privilege lacks does not. */
static void test_passing(void **state)
{
	static const struct {
		const char *call;
		int error;
		bool is_passing;
	} rows[] = {
		{"socket", EMFILE, true},
		{SIGHTING_PING_SOCKET, EMFILE, true},
		{SIGHTING_PING_SOCKET, EACCES, false},
		{"send", ENOBUFS, true},
		{"send", EPERM, false},
		{"connect", EADDRNOTAVAIL, true},
		{"bind", EADDRNOTAVAIL, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct sighting seen = {
			.saw = SAW_LOCAL_ERROR, .call = rows[i].call, .error = rows[i].error};

		if (blame_is_passing(&seen) != rows[i].is_passing)
			fail_msg("%s: %d", rows[i].call, rows[i].error);
	}
}

/* A directory that answers proves itself, and says where the service is, or that it is nowhere. */
static void test_directory(void **state)
{
	const struct sighting named = {.saw = SAW_PROVED, .proto = &always, .said.port = 49152},
			      unknown = {
				      .saw = SAW_PROVED, .proto = &always, .said.is_unknown = true};
	struct text_pool texts;
	struct outcome o = {.transport = TRANSPORT_UDP, .target = {TARGET}, .texts = &texts};

	(void)state;
	text_pool_init(&texts);
	blame(&named, &o);
	assert_int_equal(o.named_port, 49152);
	assert_int_equal(o.service, ANSWER_PASS);
	assert_string_equal(o.proved, "always");
	blame(&unknown, &o);
	assert_int_equal(o.named_port, 0);
	assert_int_equal(o.network, ANSWER_PASS);
	assert_int_equal(o.service, ANSWER_FAIL);
	text_pool_release(&texts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tcp),	  cmocka_unit_test(test_udp),
		cmocka_unit_test(test_ping),	  cmocka_unit_test(test_passing),
		cmocka_unit_test(test_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
