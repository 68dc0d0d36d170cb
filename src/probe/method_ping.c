/* SPDX-License-Identifier: ISC
 *
 * A reply counts when it brings our own unpredictable bytes back; the sequence number tells which
 * try it answers.
 */
#include "probe/method_ping.h"

#include <string.h>

#include "probe/volley.h"

enum { HEADER = 8, PAYLOAD = 24, SEQUENCE_AT = 7 };

struct ping {
	struct volley volley; /* first: the address is the same */
	uint8_t message[HEADER + PAYLOAD];
};

static struct slice message(struct volley *v, unsigned i)
{
	struct ping *p = (struct ping *)v;

	p->message[SEQUENCE_AT] = (uint8_t)(i + 1);
	return (struct slice){(const char *)p->message, sizeof(p->message)};
}

static bool heard(struct volley *v, struct slice datagram)
{
	const struct ping *p = (const struct ping *)v;
	const uint8_t *reply = (const uint8_t *)datagram.p;
	unsigned i;

	if (datagram.n != sizeof(p->message) || reply[0] != (v->probe->to.family == 4 ? 0 : 129) ||
	    memcmp(reply + HEADER, p->message + HEADER, PAYLOAD) != 0)
		return false;
	i = reply[SEQUENCE_AT] - 1u;
	if (i >= v->tries)
		return false;
	volley_answered(v, i);
	volley_finish(v, SAW_ECHO);
	return true;
}

static void silent(struct volley *v)
{
	volley_finish(v, SAW_NOTHING);
}

static const struct volley_kind volley_ping = {
	.message = message,
	.heard = heard,
	.silent = silent,
};

static void begin(struct probe *p)
{
	struct ping *x = (struct ping *)p->state;

	x->message[0] = p->to.family == 4 ? 8 : 128;
	probe_chance(p, x->message + HEADER, PAYLOAD);
	volley_start(p, &volley_ping, false);
}

const struct method method_ping = {
	.name = "ping",
	.transport = TRANSPORT_ICMP,
	.state_size = sizeof(struct ping),
	.socks = 1,
	.begin = begin,
	.cancel = volley_cancel,
};
