/* SPDX-License-Identifier: ISC */
#include "probe/hearsay.h"

#include <errno.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "base/text_pool.h"
#include "probe/method_ping.h"
#include "probe/method_tcp.h"
#include "probe/method_udp.h"
#include "test.h"

static const struct addr target = {4, {10, 0, 0, 5}}, hop = {4, {10, 0, 0, 1}};

static void describe(const struct outcome *o, struct buf *out)
{
	buf_addf(out, "%s %s %s %s", state_names[o->state], cause_names[o->cause],
		 confidence_names[o->confidence], answer_names[o->network]);
	for (size_t i = 0; i < OUTCOME_CANDIDATES_MAX && o->candidates[i]; i++)
		buf_addf(out, " %s", o->candidates[i]);
	buf_addf(out, " | %s | %s", o->how, o->evidence);
}

static void check_heard(const char *what, const struct task *task, const struct told *told,
			const char *want)
{
	struct text_pool texts;
	struct outcome o;
	struct buf out = BUF_INIT;
	struct hearsay h = {.task = task, .method = "script", .texts = &texts};

	text_pool_init(&texts);
	for (uint8_t i = 0; i < PROTO_CHANCE; i++)
		h.ask.chance[i] = i;
	hearsay_outcome(&h, told, &o);
	describe(&o, &out);
	check_text(what, &out, want);
	assert_string_equal(o.method, "script");
	buf_release(&out);
	text_pool_release(&texts);
}

#define OPEN_TO_ALL "closed unproven possible unknown target target-firewall hop:? local-firewall"
#define REJECTED    "rejected " REJECTERS
#define REJECTERS   "unproven possible fail hop:? target-firewall local-firewall local-route"

static void tcp(void **state)
{
	static const struct task task = {
		.target = {4, {10, 0, 0, 5}}, .port = 80, .method = &method_tcp};
	static const struct {
		enum told_state state;
		enum told_icmp icmp;
		const char *want;
	} cases[] = {
		{TOLD_OPEN, TOLD_ICMP_NONE,
		 "open target likely pass | handshake | nc connected, within 7 ms"},
		{TOLD_OPEN_RESET, TOLD_ICMP_NONE,
		 "open-reset unproven possible unknown target middlebox | handshake, then rst | "
		 "the "
		 "handshake completed, then a reset came"},
		{TOLD_REFUSED, TOLD_ICMP_NONE,
		 "closed target likely pass | rst | a reset came from the target's address: "
		 "nothing "
		 "listens there, unless it was forged on the way"},
		{TOLD_REFUSED, TOLD_ICMP_SOME,
		 OPEN_TO_ALL
		 " | words | nc was refused: by a reset or an ICMP error, which its means "
		 "cannot tell apart, so by the target or by a rule on the way"},
		{TOLD_REFUSED, TOLD_ICMP_UNKNOWN,
		 OPEN_TO_ALL
		 " | words | nc was refused: by a reset or an ICMP error, which its means "
		 "cannot tell apart, so by the target or by a rule on the way"},
		{TOLD_TIMEOUT, TOLD_ICMP_NONE,
		 "dropped unproven possible fail local-firewall hop:? target-firewall return-path "
		 "target | no answer | nc got no answer in 7 ms"},
		{TOLD_TIMEOUT, TOLD_ICMP_SOME,
		 "dropped unproven possible fail local-firewall hop:? target-firewall return-path "
		 "target | no answer | nc got no answer; an ICMP error came to that host "
		 "meanwhile, "
		 "perhaps for this"},
		{TOLD_HOST_UNREACHABLE, TOLD_ICMP_SOME,
		 REJECTED " | words | nc says: words; who sent the error is not known there"},
		{TOLD_HOST_UNREACHABLE, TOLD_ICMP_NONE,
		 "unreachable local-route certain fail | connect: No route to host | this host's "
		 "own "
		 "route to the target says unreachable (ip route get)"},
		{TOLD_NET_UNREACHABLE, TOLD_ICMP_UNKNOWN,
		 REJECTED " | words | nc says: words; who sent the error is not known there"},
		{TOLD_NET_UNREACHABLE, TOLD_ICMP_NONE,
		 "unreachable local-route certain fail | connect: Network is unreachable | this "
		 "host "
		 "has no route to the target (ip route get)"},
		{TOLD_DENIED, TOLD_ICMP_SOME,
		 REJECTED " | words | nc says: words; who sent the error is not known there"},
		{TOLD_NOT_PERMITTED, TOLD_ICMP_SOME,
		 "rejected local-firewall likely fail | connect: Operation not permitted | this "
		 "host "
		 "forbids it: its own firewall, a control group's filter or a security module"},
		{TOLD_ICMP, TOLD_ICMP_SOME,
		 "rejected hop likely fail | icmp 3/13 | 10.0.0.1 answered: administratively "
		 "prohibited"},
		{TOLD_NO_NAME, TOLD_ICMP_UNKNOWN,
		 "unreachable dns likely fail | dns: no address | the name has no address there, "
		 "says "
		 "nc"},
		{TOLD_NAME_ERROR, TOLD_ICMP_UNKNOWN,
		 "not-attempted dns likely unknown | dns: not answered | the name could not be "
		 "looked "
		 "up there, says nc"},
		{TOLD_NOT_TESTED, TOLD_ICMP_UNKNOWN,
		 "not-attempted local-resource certain unknown | not tested there | words"},
		{TOLD_UNKNOWN, TOLD_ICMP_NONE,
		 "not-attempted local-resource certain unknown | not understood | what nc said is "
		 "not "
		 "understood: words"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct told told = {.address = target,
					  .transport = TRANSPORT_TCP,
					  .port = 80,
					  .state = cases[i].state,
					  .how = "words",
					  .means = "nc",
					  .ms = 7,
					  .has_ms = true,
					  .icmp = cases[i].icmp,
					  .type = 3,
					  .code = 13,
					  .by = hop};

		check_heard(told_state_names[cases[i].state], &task, &told, cases[i].want);
	}
	check_heard("nothing told", &task, NULL,
		    "not-attempted local-resource certain unknown | not told | the results say "
		    "nothing of it");
	check_heard(
		"a local error", &task,
		&(struct told){.address = target,
			       .transport = TRANSPORT_TCP,
			       .state = TOLD_LOCAL,
			       .how = "connect",
			       .error = EADDRNOTAVAIL},
		"not-attempted local-resource certain unknown | connect: Cannot assign requested "
		"address | this host has no source port left: widen "
		"net.ipv4.ip_local_port_range, or wait");
}

/* However it ended: an address that no host has leads to that host itself. Asked for as an address,
 * it is what the plan says. */
static void blocked(void **state)
{
	static const struct task by_name = {.name = "a.test", .port = 80, .method = &method_tcp};
	static const struct addr none[] = {
		{4, {0}},
		{4, {0, 1, 2, 3}},
		{4, {224, 0, 0, 1}},
		{4, {255, 255, 255, 255}},
		{6, {0}},
		{6, {0xff, 2}},
		{6, {[10] = 0xff, 0xff, 10, 0, 0, 5}},
	};
	static const enum told_state states[] = {TOLD_OPEN, TOLD_REFUSED, TOLD_NOT_TESTED};
	struct task by_address = by_name;
	struct told told = {.transport = TRANSPORT_TCP, .port = 80, .how = "words", .means = "nc"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(none) * ARRAY_LEN(states); i++) {
		told.address = none[i / ARRAY_LEN(states)];
		told.state = states[i % ARRAY_LEN(states)];
		check_heard("by name", &by_name, &told,
			    "unreachable dns certain fail | dns: no host's address | the resolver "
			    "gives an address that no host has, to block the name");
	}
	told.state = TOLD_OPEN;
	by_address.target = told.address = none[0];
	check_heard("by address", &by_address, &told,
		    "open target likely pass | handshake | the handshake completed");
	told.address = target;
	check_heard("a host's", &by_name, &told,
		    "open target likely pass | handshake | the handshake completed");
}

static void no_name_by_getent(void **state)
{
	static const struct task task = {.name = "a.test", .port = 80, .method = &method_tcp};
	const struct told told = {
		.transport = TRANSPORT_TCP, .port = 80, .state = TOLD_NO_NAME, .means = "getent"};

	(void)state;
	check_heard("getent", &task, &told,
		    "not-attempted dns likely unknown | dns: no address | the name did not resolve "
		    "there, and getent does not tell whether there is no such name or no resolver "
		    "answered");
}

/* DNS: an answer to the question that chance 00 01 02 ... makes. */
#define DNS_REPLY(id) id "\x84\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x01"

static void udp(void **state)
{
	struct task task = {.target = {4, {10, 0, 0, 5}}, .port = 53, .method = &method_udp};
	struct told told = {.address = target,
			    .transport = TRANSPORT_UDP,
			    .port = 53,
			    .state = TOLD_ANSWERED,
			    .means = "x",
			    .ms = 7,
			    .has_ms = true};

	(void)state;
	task.proto = proto_find("dns", TRANSPORT_UDP);
	told.reply = SLICE(DNS_REPLY("\x00\x01"));
	check_heard("dns", &task, &told, "open target likely pass | dns | it answered in dns");
	told.reply = SLICE("hello");
	check_heard("another protocol", &task, &told,
		    "wrong-service target likely pass | not dns | it answered, and not in dns");
	told.reply = SLICE(DNS_REPLY("\x77\x01"));
	check_heard(
		"another question's answer", &task, &told,
		"silent unproven possible unknown local-firewall hop:? target-firewall "
		"return-path target | no answer | no answer and no error in 7 ms to 1 datagram, "
		"and a server of that protocol would answer");
	told.state = TOLD_TIMEOUT;
	check_heard(
		"silence", &task, &told,
		"silent unproven possible unknown local-firewall hop:? target-firewall "
		"return-path target | no answer | no answer and no error in 7 ms to 1 datagram, "
		"and a server of that protocol would answer");
	told.state = TOLD_REFUSED;
	told.how = "ConnectionReset";
	told.icmp = TOLD_ICMP_NONE;
	check_heard("refused", &task, &told,
		    OPEN_TO_ALL
		    " | ConnectionReset | x was refused: by a reset or an ICMP error, "
		    "which its means cannot tell apart, so by the target or by a rule on "
		    "the way");
}

static void echo(void **state)
{
	const struct task task = {.target = target, .method = &method_ping};
	const struct told told = {.address = target,
				  .transport = TRANSPORT_ICMP,
				  .state = TOLD_OPEN,
				  .means = "ping"};

	(void)state;
	check_heard("echo", &task, &told,
		    "open target likely pass | echo reply | it answered the ping");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tcp),
		cmocka_unit_test(blocked),
		cmocka_unit_test(no_name_by_getent),
		cmocka_unit_test(udp),
		cmocka_unit_test(echo),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
