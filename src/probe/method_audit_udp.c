/* SPDX-License-Identifier: ISC */
#include "probe/engine.h"
#include "probe/method_audit.h"
#include "probe/volley.h"

enum { ROUNDS_MAX = 8 }; /* messages of ours */

struct audit_udp {
	struct volley volley; /* first: the address is the same */
	struct audit_ask ask;
	struct proto_out out; /* what is asked at present */
	unsigned rounds;
	_Alignas(8) uint8_t state[AUDIT_STATE_MAX];
};

static struct audit_job *job_of(const struct audit_udp *u)
{
	return probe_task(u->volley.probe)->audit;
}

static struct slice message(struct volley *v, unsigned i)
{
	const struct audit_udp *u = (const struct audit_udp *)v;

	(void)i;
	return (struct slice){(const char *)u->out.bytes, u->out.n};
}

static bool heard(struct volley *v, struct slice datagram)
{
	struct audit_udp *u = (struct audit_udp *)v;
	struct audit_job *job = job_of(u);
	const struct audit_exchange exchange = {u->out.n, datagram.n};
	struct proto_out out = {0};
	enum proto_result r = job->only->input(u->state, &u->ask, &datagram, &out, &job->notes);

	if (r == PROTO_MORE) {
		if (!out.n || ++u->rounds == ROUNDS_MAX)
			return false;
		u->out = out;
		return volley_go_on(v);
	}
	if (r == PROTO_PROVED)
		job->most = audit_exchange_most(job->most, exchange);
	job->unanswered += r == PROTO_OTHER;
	volley_finish(v, SAW_OPEN);
	return true;
}

static void silent(struct volley *v)
{
	struct audit_udp *u = (struct audit_udp *)v;
	struct audit_job *job = job_of(u);

	if (job->only->over)
		job->only->over(u->state, &u->ask, false, &job->notes);
	else
		job->unanswered++;
	volley_finish(v, SAW_SILENCE);
}

static const struct volley_kind volley_audit = {
	.message = message,
	.heard = heard,
	.silent = silent,
};

static void begin(struct probe *p)
{
	struct audit_udp *u = (struct audit_udp *)p->state;
	struct audit_job *job = probe_task(p)->audit;

	u->ask = (struct audit_ask){
		.host = job->facts.host, .port = job->facts.port, .now = job->facts.now};
	probe_chance(p, u->ask.chance, sizeof(u->ask.chance));
	job->connections++;
	job->only->start(u->state, &u->ask, &u->out);
	volley_start(p, &volley_audit, false);
}

const struct method method_audit_udp = {
	.name = "audit",
	.transport = TRANSPORT_UDP,
	.state_size = sizeof(struct audit_udp),
	.socks = 1,
	.begin = begin,
	.cancel = volley_cancel,
};
