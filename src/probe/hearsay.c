/* SPDX-License-Identifier: ISC */
#include "probe/hearsay.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text_pool.h"
#include "probe/blame.h"
#include "probe/method.h"
#include "probe/method_udp.h"
#include "probe/stand_in.h"

PRINTF(2, 3) static void set_evidence(struct outcome *o, const char *fmt, ...)
{
	char text[OUTCOME_EVIDENCE_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	o->evidence = text_pool_add(o->texts, slice_of(text));
	va_end(ap);
}

static void decide(struct outcome *o, enum state state, enum cause cause)
{
	o->state = state;
	o->cause = cause;
	o->confidence = CONFIDENCE_LIKELY;
	o->network = outcome_network(state, cause);
	o->service = outcome_service(state, cause);
}

static void leave_open(struct outcome *o, enum state state, const char *const *candidates)
{
	decide(o, state, CAUSE_UNPROVEN);
	o->confidence = CONFIDENCE_POSSIBLE;
	for (size_t i = 0; candidates[i]; i++)
		o->candidates[i] = candidates[i];
}

static void set_how(struct outcome *o, const char *how)
{
	char text[OUTCOME_HOW_MAX];

	snprintf(text, sizeof(text), "%s", how);
	o->how = text_pool_add(o->texts, slice_of(text));
}

static const char *words_of(const struct told *t)
{
	return t->how ? t->how : told_state_names[t->state];
}

static const char *means_of(const struct told *t)
{
	return t->means ? t->means : "the other host";
}

/* --- what the network said -------------------------------------------------------------------- */

static void hear_open(const struct told *t, struct outcome *o)
{
	const struct sighting seen = {.saw = t->transport == TRANSPORT_ICMP ? SAW_ECHO : SAW_OPEN,
				      .tries = 1};

	blame(&seen, o);
	if (t->has_ms && t->transport == TRANSPORT_TCP)
		set_evidence(o, "%s connected, within %u ms", means_of(t), t->ms);
}

static void hear_refused(const struct told *t, struct outcome *o)
{
	static const char *const candidates[] = {"target", "target-firewall", "hop:?",
						 "local-firewall", NULL};

	if (t->transport == TRANSPORT_TCP && t->icmp == TOLD_ICMP_NONE) {
		blame(&(struct sighting){.saw = SAW_REFUSAL, .tries = 1}, o);
		return;
	}
	leave_open(o, STATE_CLOSED, candidates);
	set_how(o, words_of(t));
	set_evidence(o,
		     "%s was refused: by a reset or an ICMP error, which its means cannot tell "
		     "apart, so by the target or by a rule on the way",
		     means_of(t));
}

static void hear_nothing(const struct hearsay *h, const struct told *t, struct outcome *o)
{
	struct sighting seen = {.saw = SAW_NOTHING, .tries = 1, .waited_ms = t->ms};

	if (t->transport == TRANSPORT_UDP) {
		seen.saw = SAW_SILENCE;
		seen.proto = h->task->proto;
		blame(&seen, o);
		return;
	}
	blame(&seen, o);
	if (t->icmp == TOLD_ICMP_SOME)
		set_evidence(o,
			     "%s got no answer; an ICMP error came to that host meanwhile, perhaps "
			     "for this",
			     means_of(t));
	else if (t->has_ms)
		set_evidence(o, "%s got no answer in %u ms", means_of(t), t->ms);
	else
		set_evidence(o, "%s got no answer", means_of(t));
}

/* An error that our own kernel has for itself, and for ICMP errors that came. */
static void hear_error(const struct told *t, int error, struct outcome *o)
{
	static const char *const candidates[] = {"hop:?", "target-firewall", "local-firewall",
						 "local-route", NULL};
	const struct sighting seen = {
		.saw = SAW_LOCAL_ERROR, .error = error, .call = "connect", .tries = 1};

	if (t->icmp == TOLD_ICMP_NONE || error == EPERM) {
		blame(&seen, o);
		return;
	}
	leave_open(o, STATE_REJECTED, candidates);
	/* It may be either, and only a refusal shows that something forbidden is closed. */
	o->is_absence = error != EACCES;
	set_how(o, words_of(t));
	set_evidence(o, "%s says: %s; who sent the error is not known there", means_of(t),
		     words_of(t));
}

static void hear_icmp(const struct told *t, struct outcome *o)
{
	struct sighting seen = {.saw = SAW_ICMP, .tries = 1, .own_icmp = t->is_own};

	seen.icmp = (struct icmp_error){.type = t->type, .code = t->code, .by = t->by};
	blame(&seen, o);
}

/* As the method itself reads an answer, up to the second message of ours, which nobody sent. */
static enum saw read_answer(const struct hearsay *h, struct slice in, struct proto_said *said)
{
	_Alignas(8) unsigned char state[PROTO_STATE_MAX] = {0};
	const struct proto *p = h->task->proto;
	struct proto_out sent = {0}, next = {0};

	udp_start(p, &h->ask, state, &sent);
	if (stand_in_is((struct slice){(const char *)sent.bytes, sent.n}, in))
		return SAW_STAND_IN;
	if (!p)
		return SAW_OPEN;
	switch (p->input(state, &h->ask, &in, &next, said)) {
	case PROTO_PROVED:
		return SAW_PROVED;
	case PROTO_OTHER:
		return SAW_OTHER;
	case PROTO_MORE:
		break;
	}
	return next.n ? SAW_OPEN : SAW_SILENCE;
}

static void hear_answer(const struct hearsay *h, const struct told *t, struct outcome *o)
{
	struct sighting seen = {
		.proto = h->task->proto, .tries = 1, .waited_ms = t->ms, .bytes = t->reply.n};

	seen.saw = read_answer(h, t->reply, &seen.said);
	blame(&seen, o);
}

/* --- what was not tried ----------------------------------------------------------------------- */

static void hear_local(const struct told *t, struct outcome *o)
{
	static const char *const calls[] = {"bind", "connect", "setsockopt", "send", "socket"};
	struct sighting seen = {
		.saw = SAW_LOCAL_ERROR, .error = t->error, .call = "call", .tries = 1};

	for (size_t i = 0; i < ARRAY_LEN(calls); i++)
		if (strcmp(calls[i], t->how) == 0)
			seen.call = calls[i];
	blame(&seen, o);
}

/* getent(1) has one word for no such name and for no answer. */
static void hear_getent(const struct told *t, struct outcome *o)
{
	decide(o, STATE_NOT_ATTEMPTED, CAUSE_DNS);
	set_how(o, "dns: no address");
	set_evidence(
		o,
		"the name did not resolve there, and %s does not tell whether there is no such "
		"name or no resolver answered",
		means_of(t));
}

static void hear_no_name(const struct told *t, struct outcome *o)
{
	bool asked = t->state == TOLD_NO_NAME;

	if (asked && t->means && strcmp(t->means, "getent") == 0) {
		hear_getent(t, o);
		return;
	}
	decide(o, asked ? STATE_UNREACHABLE : STATE_NOT_ATTEMPTED, CAUSE_DNS);
	set_how(o, asked ? "dns: no address" : "dns: not answered");
	set_evidence(o,
		     asked ? "the name has no address there, says %s"
			   : "the name could not be looked up there, says %s",
		     means_of(t));
}

/* A resolver blocked the name. Whatever answered there was that host itself, or nobody. */
static bool is_blocked(const struct task *task, const struct told *t)
{
	return !task->target.family && t->address.family && !resolve_is_of_host(&t->address);
}

static void not_known(struct outcome *o, const char *how)
{
	decide(o, STATE_NOT_ATTEMPTED, CAUSE_LOCAL_RESOURCE);
	o->confidence = CONFIDENCE_CERTAIN;
	set_how(o, how);
}

static void hear_not_tested(const struct told *t, struct outcome *o)
{
	not_known(o, "not tested there");
	set_evidence(o, "%s", words_of(t));
}

static void hear_unknown(const struct told *t, struct outcome *o)
{
	not_known(o, "not understood");
	set_evidence(o, "what %s said is not understood: %s", means_of(t), words_of(t));
}

static void hear(const struct hearsay *h, const struct told *t, struct outcome *o)
{
	switch (t->state) {
	case TOLD_OPEN:
		hear_open(t, o);
		break;
	case TOLD_OPEN_RESET:
		blame(&(struct sighting){.saw = SAW_OPEN_RESET, .tries = 1}, o);
		break;
	case TOLD_REFUSED:
		hear_refused(t, o);
		break;
	case TOLD_TIMEOUT:
		hear_nothing(h, t, o);
		break;
	case TOLD_HOST_UNREACHABLE:
		hear_error(t, EHOSTUNREACH, o);
		break;
	case TOLD_NET_UNREACHABLE:
		hear_error(t, ENETUNREACH, o);
		break;
	case TOLD_DENIED:
		hear_error(t, EACCES, o);
		break;
	case TOLD_NOT_PERMITTED:
		hear_error(t, EPERM, o);
		break;
	case TOLD_ICMP:
		hear_icmp(t, o);
		break;
	case TOLD_ANSWERED:
		hear_answer(h, t, o);
		break;
	case TOLD_LOCAL:
		hear_local(t, o);
		break;
	case TOLD_NO_NAME:
	case TOLD_NAME_ERROR:
		hear_no_name(t, o);
		break;
	case TOLD_NOT_TESTED:
		hear_not_tested(t, o);
		break;
	case TOLD_UNKNOWN:
	case TOLD_STATE_COUNT:
		hear_unknown(t, o);
		break;
	}
}

void hearsay_outcome(const struct hearsay *h, const struct told *t, struct outcome *o)
{
	const struct task *task = h->task;

	*o = (struct outcome){
		.flow = task->flow,
		.target = task->target,
		.name = task->name,
		.transport = task->method->transport,
		.port = task->port,
		.method = h->method,
		.expected = task->expected,
		.texts = h->texts,
		.at_ms = h->at_ms,
	};
	if (!t) {
		not_known(o, "not told");
		set_evidence(o, "the results say nothing of it");
		return;
	}
	if (is_blocked(task, t)) {
		blame_name(RESOLVE_NO_HOST, o);
	} else {
		if (t->address.family)
			o->target = t->address;
		hear(h, t, o);
	}
	o->means[0] = t->means ? text_pool_add(o->texts, slice_of(t->means)) : NULL;
}
