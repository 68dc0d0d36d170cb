/* SPDX-License-Identifier: ISC
 *
 * A run of `check` made by hand, over a plan made by hand (report_fixture.h): a verdict of each
 * kind, with a history. Its names can be anything, and so can what peers said. For the golden forms
 * and the fuzz target of the report writers.
 */
#pragma once

#include "report/check_report.h"
#include "report_fixture.h"

enum { CHECK_FIXTURE_MAX = 20 };

struct check_fixture {
	struct fixture plan;
	struct outcome outcomes[CHECK_FIXTURE_MAX];
	const struct outcome *looked_at[CHECK_FIXTURE_MAX];
	struct judgement verdicts[CHECK_FIXTURE_MAX];
	struct change changes[CHECK_FIXTURE_MAX];
	struct goal goals[2];
	struct goal_judgement reached[2];
	struct verdicts judged;
	struct run run;
	struct check_report report;
};

/* A verdict on a flow of its own from the client to the server. */
static inline struct judgement *check_fixture_verdict(struct check_fixture *c, uint16_t port,
						      enum verdict verdict)
{
	struct fixture *x = &c->plan;
	struct flow *f = fixture_flow(x, &x->client, &x->server, TRANSPORT_TCP,
				      (struct port_range){port, port});
	struct judgement *j = &c->verdicts[c->judged.items.n++];

	fixture_requirement(f)->without.s = NULL;
	*j = (struct judgement){.demand = f->claims->demand, .verdict = verdict, .flow = f};
	c->judged.summary.counts[verdict]++;
	return j;
}

/* What was seen of the verdict's flow, and decides it. */
static inline struct outcome *check_fixture_outcome(struct check_fixture *c, struct judgement *j,
						    enum state state, enum cause cause,
						    const char *evidence)
{
	size_t i = c->report.n_outcomes++;
	struct outcome *o = &c->outcomes[i];

	*o = (struct outcome){
		.id = (unsigned)i + 1,
		.flow = j->flow->index,
		.target = {.family = 4, .bytes = {192, 0, 2, 8}},
		.transport = j->flow->transport,
		.port = j->flow->ports.lo,
		.method = "connect",
		.means = {"recverr", "ttl"},
		.state = state,
		.cause = cause,
		.confidence = CONFIDENCE_CERTAIN,
		.network = outcome_network(state, cause),
		.service = outcome_service(state, cause),
		.tries = 1,
		.evidence = fixture_name(&c->plan, evidence),
		.at_ms = 1479629640123,
	};
	c->looked_at[i] = o;
	j->decisive = o;
	j->network = o->network;
	j->service = o->service;
	j->outcomes.items = &c->looked_at[i];
	j->outcomes.n = 1;
	return o;
}

static inline void check_fixture_change(struct check_fixture *c, const struct judgement *j,
					const char *changed, int64_t since_ms)
{
	c->changes[j - c->verdicts] = (struct change){changed, since_ms};
}

static inline void check_fixture_failures(struct check_fixture *c)
{
	struct judgement *j = check_fixture_verdict(c, 445, VERDICT_FORBIDDEN_OPEN);
	struct outcome *o;

	check_fixture_outcome(c, j, STATE_OPEN, CAUSE_TARGET, "the handshake completed");
	j->reason = "it is open";
	j->turn = TURN_NETWORK;
	j->device = &c->plan.devices[0];
	check_fixture_change(c, j, "new", 1479629640000);
	j = check_fixture_verdict(c, 1433, VERDICT_FAIL);
	o = check_fixture_outcome(c, j, STATE_REJECTED, CAUSE_HOP,
				  "192.0.2.1 answered: administratively prohibited");
	o->by = (struct addr){.family = 4, .bytes = {192, 0, 2, 1}};
	o->device = c->plan.devices[0].name.s;
	o->how = fixture_name(&c->plan, "icmp 3/13");
	o->rtt_us = 412;
	j->turn = TURN_NETWORK;
	j->device = &c->plan.devices[0];
	check_fixture_change(c, j, "new", 1479629640000);
	j = check_fixture_verdict(c, 88, VERDICT_FAIL);
	o = check_fixture_outcome(c, j, STATE_DROPPED, CAUSE_UNPROVEN, "no answer to 2 SYNs");
	o->name = fixture_name(&c->plan, "dc1.example.org");
	o->candidates[0] = fixture_name(&c->plan, "hop:192.0.2.1");
	o->candidates[1] = "target-firewall";
	o->tries = 2;
	j->turn = TURN_SERVER;
	check_fixture_change(c, j, "same", 1479000000000);
	j = check_fixture_verdict(c, 443, VERDICT_FAIL);
	j->prerequisite = j - 1;
	j->turn = TURN_SERVER;
	check_fixture_outcome(c, j, STATE_CLOSED, CAUSE_TARGET, "a reset came from the target");
	j = check_fixture_verdict(c, 444, VERDICT_PASS);
	j->prerequisite = j - 2;
	check_fixture_outcome(c, j, STATE_OPEN, CAUSE_TARGET, "the handshake completed");
	j = check_fixture_verdict(c, 25, VERDICT_FAIL);
	((struct requirement *)j->demand->requirement)->level = LEVEL_OPTIONAL;
	((struct requirement *)j->demand->requirement)->without =
		fixture_text(&c->plan, "no mail is sent");
	c->judged.summary.counts[VERDICT_FAIL]--;
	c->judged.summary.lesser_failed++;
	o = check_fixture_outcome(c, j, STATE_UNREACHABLE, CAUSE_DNS, "no such name");
	o->how = "dns: nxdomain";
	j->turn = TURN_NAME_SERVICE;
}

static inline void check_fixture_others(struct check_fixture *c)
{
	struct judgement *j = check_fixture_verdict(c, 636, VERDICT_DEGRADED);
	struct outcome *o =
		check_fixture_outcome(c, j, STATE_OPEN, CAUSE_TARGET, "the handshake completed");

	o->proved = "ldaps";
	o->via = fixture_name(&c->plan, "http:proxy1");
	o->leg = "beyond";
	o->rtt_us = 12345;
	j->reason = "by a fallback that is worth less";
	j = check_fixture_verdict(c, 22, VERDICT_NOT_TESTED);
	o = check_fixture_outcome(c, j, STATE_NOT_ATTEMPTED, CAUSE_LOCAL_RESOURCE,
				  "no descriptor was left");
	o->how = "socket: Too many open files";
	j->turn = TURN_THIS_HOST;
	for (uint16_t port = 7000; port < 7002; port++) {
		j = check_fixture_verdict(c, port, VERDICT_NOT_TESTED);
		j->reason = fixture_name(&c->plan, "it goes to a whole network");
	}
	j = check_fixture_verdict(c, 514, VERDICT_UNPROVEN);
	o = check_fixture_outcome(c, j, STATE_SILENT, CAUSE_UNPROVEN,
				  "no answer, and no error either");
	o->transport = TRANSPORT_UDP;
	j = check_fixture_verdict(c, 80, VERDICT_PASS);
	o = check_fixture_outcome(c, j, STATE_OPEN, CAUSE_TARGET, "the handshake completed");
	o->is_stand_in = true;
	o->named_port = 80;
	j->beside = c->verdicts[0].flow;
	j->beside_outcome = &c->outcomes[0];
	check_fixture_change(c, j, "fixed", 1479629640000);
	j = check_fixture_verdict(c, 9, VERDICT_PASS);
	j->elsewhere = true;
	c->judged.summary.counts[VERDICT_PASS]--;
	c->judged.summary.elsewhere++;
}

static inline void check_fixture_init(struct check_fixture *c, const struct fixture_names *names)
{
	*c = (struct check_fixture){0};
	fixture_init(&c->plan, names);
	c->judged.items.items = c->verdicts;
	c->judged.summary.exit = 1;
	check_fixture_failures(c);
	check_fixture_others(c);
	for (size_t i = 0; i < 2; i++) {
		c->goals[i] = (struct goal){
			.name = fixture_text(&c->plan, i ? "send" : "read"),
			.title = fixture_text(&c->plan, i ? "send mail" : "read mail")};
		c->reached[i] = (struct goal_judgement){.installation = &c->plan.installation,
							.goal = &c->goals[i],
							.partial = i == 1,
							.verdict = i ? VERDICT_FAIL : VERDICT_PASS,
							.decisive = i ? &c->verdicts[2] : NULL};
	}
	c->judged.goals.items = c->reached;
	c->judged.goals.n = 2;
	c->run = (struct run){.id = "01ARZ3NDEKTSV4RRFFQ69G5FAV",
			      .version = fixture_name(&c->plan, "0.1.0"),
			      .site = fixture_name(&c->plan, "office"),
			      .vantage = fixture_name(&c->plan, "client"),
			      .started_ms = 1479629640000};
	c->report.plan = &c->plan.plan;
	c->report.verdicts = &c->judged;
	c->report.outcomes = c->outcomes;
	c->report.run = &c->run;
	c->report.elapsed_ms = 312;
	c->report.names = "";
	c->report.changes = c->changes;
}

static inline void check_fixture_release(struct check_fixture *c)
{
	fixture_release(&c->plan);
}
