/* SPDX-License-Identifier: ISC
 *
 * What is asked for, in which order, and what becomes one row.
 */
#include "test.h"

#include "../report_fixture.h"
#include "report/request.h"

static const struct request_form form = {.requester = "me", .version = "0"};
static const struct port_range ssh = {22, 22}, high = {8080, 8080}, wide = {1024, 65535};

/* A column's text of a row. */
static void cell_is(const struct request *r, size_t row, const char *key, const char *want)
{
	struct buf out = BUF_INIT;

	assert_true(row < r->rows.n);
	for (size_t i = 0; i < request_columns_n; i++)
		if (strcmp(request_columns[i].key, key) == 0)
			request_columns[i].add(r, &r->rows.items[row], &out);
	check_text(key, &out, want);
	buf_release(&out);
}

static void test_columns(void **state)
{
	static const char *const keys[] = {
		"request_id",	   "action",	   "source_zone",
		"source_host",	   "source_ip",	   "source_port",
		"dest_zone",	   "dest_host",	   "dest_ip",
		"protocol",	   "dest_port",	   "icmp_type",
		"service",	   "application",  "direction",
		"stateful_return", "purpose",	   "required_or_optional",
		"what_breaks",	   "risk",	   "secure_alternative",
		"evidence",	   "document_ref", "requester",
		"owner",	   "approver",	   "valid_from",
		"expires",	   "environment",  "ticket",
	};

	(void)state;
	assert_true(request_columns_n >= ARRAY_LEN(keys));
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		assert_string_equal(request_columns[i].key, keys[i]);
}

/* Each flow with the risk that it must have; they are planned in the wrong order. */
static void test_risk_order(void **state)
{
	struct fixture x;
	struct request r;
	struct flow *f;

	(void)state;
	fixture_init(&x, NULL);
	fixture_flow(&x, &x.client, &x.server, TRANSPORT_TCP, ssh);
	fixture_flow(&x, &x.client, &x.server, TRANSPORT_TCP, wide)->any_of = true;
	fixture_flow(&x, &x.server, &x.client, TRANSPORT_TCP, ssh);
	f = fixture_flow(&x, &x.client, &x.server, TRANSPORT_TCP, high);
	fixture_claim(f)->service = "telnet";
	fixture_flow(&x, &x.internet, &x.server, TRANSPORT_TCP, high);
	fixture_flow(&x, &x.internet, &x.server, TRANSPORT_TCP, ssh);
	request_init(&r, &x.plan, &form);
	assert_int_equal(r.rows.n, 6);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(r.rows.items[i].risk, i);
	cell_is(&r, 0, "risk", "opened from outside to a privileged port of server");
	cell_is(&r, 1, "risk", "opened from outside to server");
	cell_is(&r, 2, "risk", "telnet: clear text, from inside to dmz");
	cell_is(&r, 2, "secure_alternative", "ssh (tcp/22)");
	cell_is(&r, 3, "risk", "server can be reached from outside, and this leads further inside");
	cell_is(&r, 4, "risk", "64512 ports, of which one is negotiated at a time");
	cell_is(&r, 5, "risk", "");
	cell_is(&r, 0, "direction", "inbound");
	cell_is(&r, 3, "direction", "between zones");
	request_release(&r);
	fixture_release(&x);
}

static void test_parts(void **state)
{
	struct fixture x;
	struct request r;

	(void)state;
	fixture_init(&x, NULL);
	fixture_flow(&x, &x.internet, &x.client, TRANSPORT_TCP, PORT_RANGE_ANY)->kind =
		FLOW_FORBIDDEN;
	fixture_claim(
		fixture_flow(&x, &x.client, &x.server, TRANSPORT_TCP, (struct port_range){1, 1}))
		->level = LEVEL_OPTIONAL;
	fixture_claim(
		fixture_flow(&x, &x.client, &x.server, TRANSPORT_TCP, (struct port_range){2, 2}))
		->also = true;
	fixture_flow(&x, &x.client, &x.server, TRANSPORT_TCP, (struct port_range){3, 3});
	request_init(&r, &x.plan, &form);
	assert_int_equal(r.rows.n, 4);
	cell_is(&r, 0, "dest_port", "3");
	cell_is(&r, 1, "required_or_optional", "recommended");
	cell_is(&r, 2, "required_or_optional", "optional");
	cell_is(&r, 2, "what_breaks", "something is lost");
	cell_is(&r, 3, "action", "deny");
	cell_is(&r, 3, "dest_port", "any");
	cell_is(&r, 3, "stateful_return", "");
	assert_int_equal(r.counts[REQUEST_NOW], 1);
	assert_int_equal(r.counts[REQUEST_DENY], 1);
	request_release(&r);
	fixture_release(&x);
}

/* Two names of one address are one row, with both reasons; another port is another row. */
static void test_merge(void **state)
{
	struct endpoint twin;
	struct fixture x;
	struct request r;

	(void)state;
	fixture_init(&x, NULL);
	twin = x.server;
	twin.name = "twin";
	fixture_claim(fixture_flow(&x, &x.client, &x.server, TRANSPORT_TCP, ssh))->level =
		LEVEL_OPTIONAL;
	fixture_flow(&x, &x.client, &twin, TRANSPORT_TCP, ssh);
	fixture_flow(&x, &x.client, &x.server, TRANSPORT_UDP, ssh);
	fixture_requirement(fixture_flow(&x, &x.client, &x.server, TRANSPORT_TCP, ssh))->why.s =
		"reason 1";
	request_init(&r, &x.plan, &form);
	assert_int_equal(r.rows.n, 2);
	cell_is(&r, 0, "dest_host", "server, twin");
	cell_is(&r, 0, "dest_ip", "192.0.2.8");
	cell_is(&r, 0, "purpose", "reason 0; reason 1");
	cell_is(&r, 0, "requirements", "product/need0 product/need1 product/need3");
	cell_is(&r, 0, "required_or_optional", "required");
	cell_is(&r, 0, "request_id", "0000000000001000");
	cell_is(&r, 1, "protocol", "udp");
	request_release(&r);
	fixture_release(&x);
}

/* A reason is told once, also where it is the end of another one, from its second letter on. */
static void test_pieces(void **state)
{
	static const struct {
		const char *reasons[3], *want;
	} rows[] = {
		{{"login", "ogin", "in"}, "login; ogin; in"},
		{{"a; b", "b", "a"}, "a; b"},
		{{"logins", "login", "logins"}, "logins; login"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct fixture x;
		struct request r;

		fixture_init(&x, NULL);
		for (size_t k = 0; k < 3; k++)
			fixture_requirement(
				fixture_flow(&x, &x.client, &x.server, TRANSPORT_TCP, ssh))
				->why.s = rows[i].reasons[k];
		request_init(&r, &x.plan, &form);
		cell_is(&r, 0, "purpose", rows[i].want);
		request_release(&r);
		fixture_release(&x);
	}
}

/* What meets no filter needs no rule; one that ends at a filtering device does, and an unknown way
 * may. */
static void test_filters(void **state)
{
	static const struct {
		const char *name;
		bool crossing, unknown, at_device;
		enum filter filter;
		bool want;
	} rows[] = {
		{"one zone", false, false, false, FILTER_STATEFUL, false},
		{"through a filter", true, false, false, FILTER_STATEFUL, true},
		{"through a filter of others", true, false, false, FILTER_UNKNOWN, true},
		{"through a router", true, false, false, FILTER_NONE, false},
		{"to a filter", false, false, true, FILTER_STATELESS, true},
		{"to a proxy", false, false, true, FILTER_NONE, false},
		{"who knows", false, true, false, FILTER_NONE, true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct fixture x;
		struct request r;
		struct flow *f;

		fixture_init(&x, NULL);
		f = fixture_flow(&x, &x.client, rows[i].at_device ? &x.proxy : &x.server,
				 TRANSPORT_TCP, ssh);
		f->path = rows[i].crossing ? &x.crossing : rows[i].unknown ? &x.unknown : &x.direct;
		x.devices[0].filter = x.devices[1].filter = rows[i].filter;
		request_init(&r, &x.plan, &form);
		if ((r.rows.n == 1) != rows[i].want || r.rows.n + r.unfiltered != 1)
			fail_msg("%s", rows[i].name);
		request_release(&r);
		fixture_release(&x);
	}
}

static void test_translation(void **state)
{
	struct fixture x;
	struct request r;
	struct flow *f;

	(void)state;
	fixture_init(&x, NULL);
	x.translation.dialled.port = 443;
	addr_parse(SLICE("198.51.100.7"), &x.translation.dialled.addr);
	f = fixture_flow(&x, &x.internet, &x.server, TRANSPORT_TCP,
			 (struct port_range){8443, 8443});
	f->translation = &x.translation;
	x.devices[0].filter = FILTER_STATELESS;
	request_init(&r, &x.plan, &form);
	cell_is(&r, 0, "dest_ip", "192.0.2.8");
	cell_is(&r, 0, "as_seen",
		"fw1: 0.0.0.0/0 > 198.51.100.7:443, delivered to 192.0.2.8:8443, leaves as "
		"198.51.100.9");
	cell_is(&r, 0, "stateful_return", "no: replies need a rule");
	request_release(&r);
	fixture_release(&x);
}

static void test_form(void **state)
{
	struct fixture x;
	struct request r;

	(void)state;
	fixture_init(&x, NULL);
	x.questions[0].subject = "product/need0";
	fixture_flow(&x, &x.client, &x.server, TRANSPORT_ICMP, (struct port_range){0, 0})->name =
		"echo";
	request_init(&r, &x.plan, &form);
	cell_is(&r, 0, "requester", "me");
	cell_is(&r, 0, "approver", "");
	cell_is(&r, 0, "evidence", "");
	cell_is(&r, 0, "icmp_type", "echo, type 8, ICMPv6 type 128");
	cell_is(&r, 0, "dest_port", "");
	cell_is(&r, 0, "source_port", "");
	cell_is(&r, 0, "questions", "who is it?");
	cell_is(&r, 0, "document_ref", "A publisher, Ports, section 2, row row 3");
	assert_non_null(strstr(r.headline, "1 question open"));
	request_release(&r);
	fixture_release(&x);
}

/* --- what a run says -------------------------------------------------------------------------- */

/* A run of the host "client" with outcomes of the fixture's flows. */
struct tested {
	struct past_run run;
	struct past_outcome outcomes[8];
	struct past_verdict verdicts[8];
};

static void tested_init(struct tested *t)
{
	*t = (struct tested){.run = {.id = "RUN1",
				     .vantage = "client",
				     .started_ms = 1795168800000,
				     .is_whole = true}};
	t->run.arena = arena_new();
	t->run.outcomes.items = t->outcomes;
	t->run.verdicts.items = t->verdicts;
}

static void tested_release(struct tested *t)
{
	map_release(&t->run.by_flow);
	arena_free(t->run.arena);
}

static struct outcome *add_outcome(struct tested *t, const struct flow *f, enum state state,
				   enum cause cause)
{
	struct past_outcome *p = &t->outcomes[t->run.outcomes.n++], *last;
	struct buf id = BUF_INIT;

	flow_format_id(f, &id);
	*p = (struct past_outcome){.flow = arena_copy(t->run.arena, buf_slice(&id)),
				   .vantage = "client"};
	p->outcome = (struct outcome){.state = state,
				      .cause = cause,
				      .target = {.family = 4, .bytes = {192, 0, 2, 8}},
				      .port = 22,
				      .how = "how",
				      .evidence = "seen",
				      .confidence = CONFIDENCE_CERTAIN,
				      .at_ms = 1795168800000};
	p->outcome.network = outcome_network(state, cause);
	p->outcome.service = outcome_service(state, cause);
	if (!map_add(&t->run.by_flow, slice_of(p->flow), p)) {
		for (last = map_find(&t->run.by_flow, slice_of(p->flow)); last->next;)
			last = (struct past_outcome *)last->next;
		last->next = p;
	}
	buf_release(&id);
	return &p->outcome;
}

static void add_verdict(struct tested *t, const struct flow *f, enum verdict verdict)
{
	const struct demand *d = f->claims->demand;
	const char *names[VERDICT_KEY_PARTS];

	verdict_key_parts(d, "client", t->run.arena, names);
	t->verdicts[t->run.verdicts.n++] = (struct past_verdict){.installation = names[0],
								 .requirement = names[1],
								 .from = names[2],
								 .to = names[3],
								 .vantage = names[4],
								 .verdict = verdict};
}

/* One flow that was seen so, under that verdict: is its rule missing, settled, or not known? */
static void test_failing_only(void **state)
{
	static const struct {
		const char *name;
		enum flow_kind kind;
		enum verdict verdict;
		enum state state;
		enum cause cause;
		char want; /* missing, settled, untested */
	} rows[] = {
		{"rejected", FLOW_REQUIRED, VERDICT_FAIL, STATE_REJECTED, CAUSE_HOP, 'm'},
		{"dropped", FLOW_REQUIRED, VERDICT_FAIL, STATE_DROPPED, CAUSE_UNPROVEN, 'm'},
		{"a reset from the way", FLOW_REQUIRED, VERDICT_FAIL, STATE_CLOSED, CAUSE_HOP, 'm'},
		{"nobody listens", FLOW_REQUIRED, VERDICT_FAIL, STATE_CLOSED, CAUSE_TARGET, 's'},
		{"the target's filter", FLOW_REQUIRED, VERDICT_FAIL, STATE_REJECTED,
		 CAUSE_TARGET_FIREWALL, 's'},
		{"this host's filter", FLOW_REQUIRED, VERDICT_FAIL, STATE_REJECTED,
		 CAUSE_LOCAL_FIREWALL, 's'},
		{"no such name", FLOW_REQUIRED, VERDICT_FAIL, STATE_UNREACHABLE, CAUSE_DNS, 's'},
		{"another way holds", FLOW_REQUIRED, VERDICT_PASS, STATE_DROPPED, CAUSE_UNPROVEN,
		 's'},
		{"open, and another one fails", FLOW_REQUIRED, VERDICT_FAIL, STATE_OPEN,
		 CAUSE_TARGET, 's'},
		{"not attempted", FLOW_REQUIRED, VERDICT_NOT_TESTED, STATE_NOT_ATTEMPTED,
		 CAUSE_LOCAL_RESOURCE, 'u'},
		{"silence proves nothing", FLOW_REQUIRED, VERDICT_UNPROVEN, STATE_SILENT,
		 CAUSE_UNPROVEN, 'u'},
		{"forbidden and open", FLOW_FORBIDDEN, VERDICT_FORBIDDEN_OPEN, STATE_OPEN,
		 CAUSE_TARGET, 'm'},
		{"forbidden, nobody listens", FLOW_FORBIDDEN, VERDICT_FORBIDDEN_OPEN, STATE_CLOSED,
		 CAUSE_TARGET, 'm'},
		{"forbidden and dropped", FLOW_FORBIDDEN, VERDICT_PASS, STATE_DROPPED,
		 CAUSE_UNPROVEN, 's'},
		{"forbidden, not shown closed", FLOW_FORBIDDEN, VERDICT_FORBIDDEN_OPEN,
		 STATE_DROPPED, CAUSE_UNPROVEN, 's'},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct request_form failing = {.failing_only = true};
		struct tested t;
		struct fixture x;
		struct request r;
		struct flow *f;
		char got;

		tested_init(&t);
		failing.run = &t.run;
		fixture_init(&x, NULL);
		f = fixture_flow(&x, &x.client, &x.server, TRANSPORT_TCP, ssh);
		f->kind = rows[i].kind;
		add_outcome(&t, f, rows[i].state, rows[i].cause);
		add_verdict(&t, f, rows[i].verdict);
		request_init(&r, &x.plan, &failing);
		got = r.rows.n ? 'm' : r.settled ? 's' : 'u';
		if (got != rows[i].want || r.rows.n + r.settled + r.untested != 1)
			fail_msg("%s: %c", rows[i].name, got);
		request_release(&r);
		fixture_release(&x);
		tested_release(&t);
	}
}

/* A flow that the run knows nothing of; one whose requirement is shared with what fails. */
static void test_left_out(void **state)
{
	struct request_form failing = {.failing_only = true};
	struct tested t;
	struct fixture x;
	struct request r;
	struct flow *f;

	(void)state;
	tested_init(&t);
	failing.run = &t.run;
	fixture_init(&x, NULL);
	fixture_flow(&x, &x.client, &x.server, TRANSPORT_TCP, high);
	f = fixture_flow(&x, &x.client, &x.server, TRANSPORT_TCP, ssh);
	add_outcome(&t, f, STATE_DROPPED, CAUSE_UNPROVEN);
	add_verdict(&t, f, VERDICT_FAIL);
	fixture_flow(&x, &x.client, &x.server, TRANSPORT_TCP, wide)->path = &x.direct;
	request_init(&r, &x.plan, &failing);
	assert_string_equal(r.headline,
			    "1 rule to open for office: 1 required now, 0 recommended, 0 optional; "
			    "0 to close; left out: 0 flows for which no rule is missing, 1 not "
			    "tested or not proven, 1 that no filter meets; 1 question open.");
	assert_string_equal(request_part_title(&r, REQUEST_DENY), "To close: it is open");
	request_release(&r);
	failing.failing_only = false;
	request_init(&r, &x.plan, &failing);
	assert_int_equal(r.rows.n, 2); /* all of it, with what is known */
	assert_string_equal(request_part_title(&r, REQUEST_DENY), "To stay closed: please confirm");
	request_release(&r);
	fixture_release(&x);
	tested_release(&t);
}

static void test_evidence(void **state)
{
	struct request_form with_run = {.version = "0"};
	struct outcome *o;
	struct tested t;
	struct fixture x;
	struct request r;
	struct flow *f;

	(void)state;
	tested_init(&t);
	with_run.run = &t.run;
	fixture_init(&x, NULL);
	f = fixture_flow(&x, &x.client, &x.server, TRANSPORT_TCP, ssh);
	add_outcome(&t, f, STATE_OPEN, CAUSE_TARGET);
	request_init(&r, &x.plan, &with_run);
	cell_is(&r, 0, "evidence",
		"from client, 2026-11-20 10:00 UTC: 192.0.2.8:22 open: seen (certain)");
	cell_is(&r, 0, "test_by", "");
	request_release(&r);
	/* What shows that a rule is missing stands before what does not, which is left out. */
	o = add_outcome(&t, f, STATE_REJECTED, CAUSE_HOP);
	o->by = (struct addr){.family = 4, .bytes = {10, 0, 0, 1}};
	o->device = "fw1";
	request_init(&r, &x.plan, &with_run);
	cell_is(&r, 0, "evidence",
		"from client, 2026-11-20 10:00 UTC: 192.0.2.8:22 rejected: seen (how) (certain)");
	cell_is(&r, 0, "test_state", "rejected");
	cell_is(&r, 0, "test_cause", "hop");
	cell_is(&r, 0, "test_by", "10.0.0.1 (fw1)");
	cell_is(&r, 0, "test_how", "how");
	cell_is(&r, 0, "test_confidence", "certain");
	cell_is(&r, 0, "test_vantage", "client");
	cell_is(&r, 0, "test_time", "2026-11-20 10:00 UTC");
	cell_is(&r, 0, "test_run", "RUN1");
	request_release(&r);
	for (size_t i = 0; i < 4; i++)
		add_outcome(&t, f, STATE_DROPPED, CAUSE_UNPROVEN);
	request_init(&r, &x.plan, &with_run);
	cell_is(&r, 0, "evidence",
		"from client, 2026-11-20 10:00 UTC: 192.0.2.8:22 rejected: seen (how) (certain); "
		"from client, 2026-11-20 10:00 UTC: 192.0.2.8:22 dropped: seen (certain); "
		"from client, 2026-11-20 10:00 UTC: 192.0.2.8:22 dropped: seen (certain); "
		"and 2 more");
	request_release(&r);
	fixture_release(&x);
	tested_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_columns),	 cmocka_unit_test(test_risk_order),
		cmocka_unit_test(test_parts),	 cmocka_unit_test(test_merge),
		cmocka_unit_test(test_pieces),	 cmocka_unit_test(test_failing_only),
		cmocka_unit_test(test_left_out), cmocka_unit_test(test_evidence),
		cmocka_unit_test(test_filters),	 cmocka_unit_test(test_translation),
		cmocka_unit_test(test_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
