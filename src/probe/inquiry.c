/* SPDX-License-Identifier: ISC */
#include "probe/inquiry.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text_pool.h"

/* --- what to ask ------------------------------------------------------------------------------ */

static bool is_in_targets_name(const struct outcome *o)
{
	return o->by.family && addr_equal(&o->by, &o->target);
}

static bool is_icmp(const struct outcome *o)
{
	return o->how && strncmp(o->how, "icmp", 4) == 0;
}

static enum symptom symptom_of_rejection(const struct outcome *o)
{
	if (!is_icmp(o) || (o->cause != CAUSE_HOP && o->cause != CAUSE_TARGET_FIREWALL))
		return SYMPTOM_NONE;
	return is_in_targets_name(o) ? SYMPTOM_ICMP : SYMPTOM_HOP;
}

/* The port is there for that one connection. */
static bool is_negotiated(const struct outcome *o)
{
	return o->method && strcmp(o->method, "ftp") == 0;
}

/* A service that has spoken was not spoken for; a stranger's words may come from anywhere. */
static bool is_worth_asking(const struct outcome *o)
{
	return (o->transport == TRANSPORT_TCP || o->transport == TRANSPORT_UDP) && !o->via &&
	       !o->leg && o->target.family && !o->named_port && !is_negotiated(o);
}

enum symptom inquiry_symptom(const struct outcome *o, bool is_thorough)
{
	if (!is_worth_asking(o))
		return SYMPTOM_NONE;
	switch (o->state) {
	case STATE_DROPPED:
		return SYMPTOM_SILENT;
	case STATE_SILENT:
		return o->transport == TRANSPORT_UDP ? SYMPTOM_SILENT : SYMPTOM_NONE;
	case STATE_CLOSED:
		return is_icmp(o) ? SYMPTOM_ICMP : SYMPTOM_ANSWER;
	case STATE_OPEN_RESET:
		return SYMPTOM_ANSWER;
	case STATE_REJECTED:
		return symptom_of_rejection(o);
	case STATE_OPEN:
		return o->transport == TRANSPORT_TCP && (is_thorough || !o->proved) ? SYMPTOM_ANSWER
										    : SYMPTOM_NONE;
	default:
		return SYMPTOM_NONE;
	}
}

void inquiry_init(struct inquiry *q, enum symptom symptom, const struct outcome *o, struct way *w)
{
	*q = (struct inquiry){.symptom = symptom,
			      .transport = o->transport,
			      .port = o->port,
			      .way = w,
			      .is_plain = o->state == STATE_OPEN,
			      .by = symptom == SYMPTOM_HOP ? o->by : (struct addr){0}};
	if (!w->asks)
		w->asks = WAY_ASKS;
	if (symptom == SYMPTOM_SILENT)
		inquiry_start_silent(q);
	else
		inquiry_start_answer(q);
}

/* A router may send one error a second to one host, and six at once: ratelimits of icmp(7). */
static unsigned pause_of(const struct inquiry *q)
{
	enum { PAUSE_MS = 1050, STEP_MS = 300, STEPS = 4 };

	return PAUSE_MS + q->place % STEPS * STEP_MS;
}

bool inquiry_next(struct inquiry *q, struct ask_what *out, bool *is_control)
{
	*is_control =
		q->stage == STAGE_CONTROL || q->stage == STAGE_COMPARE || q->stage == STAGE_STEADY;
	*out = (struct ask_what){.transport = q->transport, .port = q->port, .ttl = q->ttl};
	if (*is_control) {
		out->transport = q->way->control.transport;
		out->port = q->way->control.port;
	}
	switch (q->stage) {
	case STAGE_WALK:
		if (!q->silences)
			q->told = q->way->n_told[q->ttl];
		if (!q->way->distance && (!q->round || q->follows))
			out->patience = PATIENCE_BRIEF;
		break;
	case STAGE_CONFIRM:
	case STAGE_CONTROL:
		break;
	case STAGE_LATE:
		out->pause_ms = pause_of(q);
		break;
	case STAGE_LOWER:
		out->ttl = q->lower;
		out->pause_ms = q->pauses ? pause_of(q) : 0;
		break;
	case STAGE_HELD:
		out->ttl = 0;
		out->is_held = true;
		break;
	case STAGE_SHORT:
		break;
	case STAGE_WHOLE:
		out->ttl = 0;
		break;
	case STAGE_REPLY:
		out->ttl = 0;
		out->min_ttl = (uint8_t)way_next_ttl(q->way, q->ttl_lo, q->ttl_hi);
		out->patience = PATIENCE_BRIEF;
		break;
	case STAGE_COMPARE:
		out->ttl = 0;
		out->min_ttl = (uint8_t)q->ttl_lo;
		out->patience = PATIENCE_BRIEF;
		break;
	case STAGE_STEADY:
		out->ttl = 0;
		out->min_ttl = q->way->reply_ttl;
		break;
	case STAGE_DONE:
		return false;
	}
	return true;
}

void inquiry_take(struct inquiry *q, const struct reply *r)
{
	if (q->stage != STAGE_STEADY) /* what was silent before was another question */
		way_note(q->way, r, q->silences);
	if (q->symptom == SYMPTOM_SILENT)
		inquiry_take_silent(q, r);
	else
		inquiry_take_answer(q, r);
}

void inquiry_end(struct inquiry *q, enum found found)
{
	q->found = found;
	q->stage = STAGE_DONE;
}

bool inquiry_again(struct inquiry *q)
{
	return ++q->silences < q->way->asks;
}

void inquiry_note_hop(struct inquiry *q, const struct reply *r)
{
	struct addr *hop = &q->way->hops[q->ttl];

	q->way->n_told[q->ttl]++;
	if (!hop->family)
		*hop = r->icmp.by;
}

/* --- what follows ----------------------------------------------------------------------------- */

PRINTF(2, 3)
static void evidence(struct outcome *o, const char *fmt, ...)
{
	char text[OUTCOME_EVIDENCE_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	o->evidence = text_pool_add(o->texts, slice_of(text));
}

static bool is_udp_silence(const struct outcome *o)
{
	return o->transport == TRANSPORT_UDP &&
	       (o->state == STATE_SILENT || o->state == STATE_DROPPED);
}

static void decide(struct outcome *o, enum cause cause, enum confidence sure)
{
	o->cause = cause;
	o->confidence = sure;
	memset(o->candidates, 0, sizeof(o->candidates));
	o->network = outcome_network(o->state, cause);
	/* What a dialogue has shown of the service is not the way's to say. */
	if (o->service != ANSWER_PASS && !is_udp_silence(o))
		o->service = outcome_service(o->state, cause);
}

static void add(struct outcome *o, const char *candidate)
{
	size_t i = 0;

	while (o->candidates[i])
		i++;
	o->candidates[i] = candidate;
}

static const struct addr *hop_addr(const struct inquiry *q, unsigned hop)
{
	return &q->way->hops[hop];
}

/* "10.0.0.1 (hop 2)", "hop 2"; 0: "a hop on the way" */
static const char *hop_words(const struct inquiry *q, unsigned hop, char text[96])
{
	char addr[ADDR_TEXT_MAX];

	if (!hop)
		return "a hop on the way";
	if (hop_addr(q, hop)->family)
		snprintf(text, 96, "%s (hop %u)", addr_text(hop_addr(q, hop), addr), hop);
	else
		snprintf(text, 96, "hop %u", hop);
	return text;
}

static void add_hop(const struct inquiry *q, unsigned hop, struct outcome *o)
{
	char addr[ADDR_TEXT_MAX], text[ADDR_TEXT_MAX + 4];

	if (!hop_addr(q, hop)->family) {
		add(o, "hop:?");
		return;
	}
	snprintf(text, sizeof(text), "hop:%s", addr_text(hop_addr(q, hop), addr));
	add(o, text_pool_add(o->texts, slice_of(text)));
}

static void set_hop(const struct inquiry *q, struct outcome *o)
{
	o->hop = q->next;
	o->hop_addr = *hop_addr(q, q->next);
}

static void say_kept(const struct inquiry *q, struct outcome *o)
{
	(void)q;
	o->state = STATE_DROPPED;
	decide(o, CAUSE_LOCAL_FIREWALL, CONFIDENCE_CERTAIN);
	evidence(o,
		 "it does not come to the first hop, and this host's kernel could not send it when "
		 "it repeated it: its own firewall drops it");
}

static void say_own(const struct inquiry *q, struct outcome *o)
{
	(void)q;
	o->state = STATE_REJECTED;
	decide(o, CAUSE_LOCAL_FIREWALL, CONFIDENCE_CERTAIN);
	evidence(o,
		 "it is answered even with a TTL of 1, which leads no farther than the first hop: "
		 "this host's own firewall answers in the target's name");
}

/* How it was told where it is lost. */
static const char *sureness(const struct inquiry *q)
{
	return q->is_alike ? ", as others to this target are" : "";
}

static void say_between(const struct inquiry *q, struct outcome *o)
{
	char a[96], b[96];

	o->state = STATE_DROPPED;
	if (!q->last && !q->mute) {
		decide(o, CAUSE_HOP, CONFIDENCE_LIKELY);
		set_hop(q, o);
		evidence(o, "it leaves this host, and does not come through %s, as others do",
			 hop_words(q, q->next, a));
		return;
	}
	decide(o, CAUSE_UNPROVEN, q->is_alike ? CONFIDENCE_POSSIBLE : CONFIDENCE_LIKELY);
	if (q->last)
		add_hop(q, q->last, o);
	if (q->mute)
		add(o, "hop:?");
	add_hop(q, q->next, o);
	evidence(o, "it comes to %s and not to %s, where others come to: lost between%s",
		 q->last ? hop_words(q, q->last, a) : "no hop", hop_words(q, q->next, b),
		 sureness(q));
}

/* Where it comes to the last hop that there is, the target may have it, and its answer may be
 * lost. */
static void say_at_end(const struct inquiry *q, struct outcome *o)
{
	bool udp = q->transport == TRANSPORT_UDP, open_end = q->found == FOUND_SOMEWHERE;
	char a[96];

	decide(o, CAUSE_UNPROVEN, CONFIDENCE_POSSIBLE);
	if (q->last)
		add_hop(q, q->last, o);
	if (q->mute || open_end)
		add(o, "hop:?");
	add(o, "target-firewall");
	add(o, "return-path");
	if (udp || open_end)
		add(o, "target");
	evidence(o, "it comes to %s%s, %s%s", q->last ? hop_words(q, q->last, a) : "no hop",
		 sureness(q),
		 open_end ? "and beyond nothing answers" : "the last before the target",
		 udp ? "; or the service keeps silent" : "");
}

static const char *answer_words(const struct outcome *o)
{
	return o->state == STATE_CLOSED && !is_icmp(o) ? "the reset"
	       : is_icmp(o)			       ? "the error"
						       : "the handshake";
}

static void say_nearer(const struct inquiry *q, struct outcome *o)
{
	bool handshake = o->state == STATE_OPEN || o->state == STATE_OPEN_RESET;
	char a[96];

	if (is_icmp(o))
		o->state = STATE_REJECTED;
	decide(o, handshake ? CAUSE_MIDDLEBOX : CAUSE_HOP, CONFIDENCE_CERTAIN);
	set_hop(q, o);
	evidence(o, "%s came in the target's name from nearer than the target is: from %s",
		 answer_words(o), hop_words(q, q->next, a));
}

static void say_genuine(const struct inquiry *q, struct outcome *o)
{
	if (o->state == STATE_OPEN_RESET || o->cause == CAUSE_UNPROVEN)
		decide(o, CAUSE_TARGET, CONFIDENCE_LIKELY);
	o->confidence = CONFIDENCE_CERTAIN;
	evidence(o, "%s came from as far away as the target is, %u hops", answer_words(o),
		 q->way->distance);
}

/* What answers for all other ports is not where this one's answer comes from. */
static void say_farther(const struct inquiry *q, struct outcome *o)
{
	if (o->state == STATE_OPEN_RESET || o->cause == CAUSE_UNPROVEN)
		decide(o, CAUSE_TARGET, CONFIDENCE_LIKELY);
	evidence(o,
		 "%s came from %u hops away, where the target's others come from %u: its port may "
		 "be translated to another host",
		 answer_words(o), q->next, way_hops_of(q->way->reply_ttl));
}

static void say_beyond(const struct inquiry *q, struct outcome *o)
{
	decide(o, CAUSE_HOP, CONFIDENCE_LIKELY);
	o->hop = q->next;
	evidence(o,
		 "%s came from hop %u, one that is before the host to which the target's address "
		 "is translated",
		 answer_words(o), q->next);
}

static void say_unsure(const struct inquiry *q, struct outcome *o)
{
	char a[96];

	decide(o, CAUSE_UNPROVEN, CONFIDENCE_POSSIBLE);
	if (o->state == STATE_CLOSED)
		o->service = ANSWER_FAIL; /* whoever says so */
	add(o, "target");
	add_hop(q, q->next, o);
	evidence(o,
		 "%s came from nearer than the target is: by a shorter way back, or from %s in its "
		 "name",
		 answer_words(o), hop_words(q, q->next, a));
}

/* What let it through now did not before: of the network nothing else is known. */
static void say_answer(const struct inquiry *q, struct outcome *o)
{
	(void)q;
	o->answers_later = true;
	evidence(
		o,
		"no answer to %u tries, and one later was answered: something on the way lets only "
		"some of them through",
		o->tries);
}

static void say_hop(const struct inquiry *q, struct outcome *o)
{
	set_hop(q, o);
	o->confidence = CONFIDENCE_CERTAIN;
}

/* By what it was found out. */
static void add_means(const struct inquiry *q, struct outcome *o)
{
	size_t n = 0;

	while (n < ARRAY_LEN(o->means) && o->means[n])
		n++;
	if (n < ARRAY_LEN(o->means))
		o->means[n++] = "ttl";
	if (n < ARRAY_LEN(o->means) && q->ttl_hi)
		o->means[n++] = "minttl";
	if (n < ARRAY_LEN(o->means) && q->found == FOUND_KEPT)
		o->means[n++] = "tcp-info";
}

void inquiry_conclude(const struct inquiry *q, struct outcome *o)
{
	static void (*const sayings[])(const struct inquiry *q, struct outcome *o) = {
		[FOUND_KEPT] = say_kept,	[FOUND_OWN] = say_own,
		[FOUND_BETWEEN] = say_between,	[FOUND_AT_END] = say_at_end,
		[FOUND_SOMEWHERE] = say_at_end, [FOUND_NEARER] = say_nearer,
		[FOUND_GENUINE] = say_genuine,	[FOUND_UNSURE] = say_unsure,
		[FOUND_FARTHER] = say_farther,	[FOUND_BEYOND] = say_beyond,
		[FOUND_HOP] = say_hop,		[FOUND_ANSWER] = say_answer,
	};

	if (!sayings[q->found])
		return;
	sayings[q->found](q, o);
	o->is_alike = q->is_alike;
	add_means(q, o);
}

/* --- the way ---------------------------------------------------------------------------------- */

static unsigned last_known(const struct way *w)
{
	unsigned n = w->distance ? w->distance - 1U : WAY_HOPS_MAX;

	while (!w->distance && n && !w->hops[n].family)
		n--;
	return n;
}

/* How far the flow itself was seen to come, or must have come to be answered so. */
static unsigned reach_of(const struct inquiry *q, const struct outcome *o)
{
	if (q->symptom == SYMPTOM_SILENT)
		return q->last;
	return o->hop ? o->hop : WAY_HOPS_MAX;
}

void inquiry_trace(const struct inquiry *q, struct trace *t)
{
	const struct way *w = q->way;
	unsigned reach = reach_of(q, t->outcome);

	t->n = last_known(w);
	t->distance = w->distance;
	t->control = w->distance ? w->control.transport : TRANSPORT_NONE;
	t->control_port = w->control.port;
	for (unsigned i = 0; i < t->n; i++) {
		struct trace_hop *h = &t->hops[i];

		h->addr = w->hops[i + 1];
		h->sight = !h->addr.family ? HOP_SILENT : i < reach ? HOP_FLOW : HOP_CONTROL;
	}
}
