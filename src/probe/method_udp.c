/* SPDX-License-Identifier: ISC
 *
 * The first answer counts, also one in another protocol: the socket hears the address and port that
 * were asked and nobody else, so what answers is what listens there. An answer to another question
 * is waited out; which one is, is the dialogue's to know.
 *
 * The same bytes go out at each try, so an answer does not tell which try it answers. The time is
 * counted from the first one, which is too much after a loss, and nothing is learnt of it then
 * (Karn's rule: RFC 6298 section 3).
 */
#include "probe/method_udp.h"

#include "probe/engine.h"
#include "probe/sighting.h"
#include "probe/stand_in.h"
#include "probe/volley.h"

enum { ROUNDS_MAX = 8 }; /* messages of ours in one conversation */

struct udp {
	struct volley volley; /* first: the address is the same */
	const struct proto *proto;
	struct proto_ask ask;
	struct proto_out out; /* what is asked at present */
	unsigned rounds;
	_Alignas(8) uint8_t state[PROTO_STATE_MAX];
};

static struct slice message(struct volley *v, unsigned i)
{
	const struct udp *u = (const struct udp *)v;

	(void)i;
	return (struct slice){(const char *)u->out.bytes, u->out.n};
}

/* A good-bye is said once. */
static bool finish_proved(struct udp *u, const struct proto_out *bye)
{
	struct loop *l = probe_loop(u->volley.probe);

	if (bye->n)
		l->ops->send(l, &u->volley.sock, bye->bytes, bye->n);
	volley_finish(&u->volley, SAW_PROVED);
	return true;
}

/* True: the probe is over. */
static bool go_on(struct udp *u, const struct proto_out *next)
{
	if (!next->n || ++u->rounds == ROUNDS_MAX)
		return false;
	u->out = *next;
	return volley_go_on(&u->volley);
}

static bool hold_dialogue(struct udp *u, struct slice datagram)
{
	struct volley *v = &u->volley;
	struct proto_out out = {0};

	switch (u->proto->input(u->state, &u->ask, &datagram, &out, &v->seen.said)) {
	case PROTO_MORE:
		return go_on(u, &out);
	case PROTO_PROVED:
		return finish_proved(u, &out);
	case PROTO_OTHER:
		break;
	}
	volley_finish(v, SAW_OTHER);
	return true;
}

static void note_answer(struct volley *v)
{
	if (v->tries == 1)
		volley_answered(v, 0);
	else
		v->seen.rtt_us = sighting_rtt_us(v->probe, v->at[0]);
}

static bool heard(struct volley *v, struct slice datagram)
{
	struct udp *u = (struct udp *)v;

	if (!v->seen.rtt_us)
		note_answer(v);
	if (stand_in_is(message(v, 0), datagram)) {
		volley_finish(v, SAW_STAND_IN);
		return true;
	}
	if (u->proto)
		return hold_dialogue(u, datagram);
	v->seen.bytes = datagram.n;
	volley_finish(v, SAW_OPEN);
	return true;
}

/* After a first answer that asked for more, the silence is not that of the network. */
static void silent(struct volley *v)
{
	const struct udp *u = (const struct udp *)v;

	if (u->rounds) {
		v->seen.bytes = 1;
		volley_finish(v, SAW_OPEN);
		return;
	}
	v->seen.rtt_us = 0;
	volley_finish(v, SAW_SILENCE);
}

static const struct volley_kind volley_udp = {
	.message = message,
	.heard = heard,
	.silent = silent,
};

void udp_start(const struct proto *proto, const struct proto_ask *ask, void *state,
	       struct proto_out *out)
{
	if (proto) {
		proto->start(state, ask, out);
		return;
	}
	proto_put_text(out, "PORTOLAN");
	proto_put(out, ask->chance, sizeof(ask->chance));
}

static void begin(struct probe *p)
{
	struct udp *u = (struct udp *)p->state;
	const struct task *t = probe_task(p);

	u->proto = u->volley.seen.proto = t->proto;
	u->ask = (struct proto_ask){.what = t->what, .host = t->name};
	probe_chance(p, u->ask.chance, sizeof(u->ask.chance));
	udp_start(u->proto, &u->ask, u->state, &u->out);
	volley_start(p, &volley_udp, u->proto && u->proto->answers_from_other_port);
}

const struct method method_udp = {
	.name = "udp",
	.transport = TRANSPORT_UDP,
	.state_size = sizeof(struct udp),
	.socks = 1,
	.begin = begin,
	.cancel = volley_cancel,
};
