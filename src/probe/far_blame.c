/* SPDX-License-Identifier: ISC */
#include "probe/far_blame.h"

#include <string.h>

#include "base/compiler.h"

/* --- writing an outcome ----------------------------------------------------------------------- */

static void add_means(struct outcome *o)
{
	size_t last = ARRAY_LEN(o->means) - 1, i = 0;

	while (i < last && o->means[i] && strcmp(o->means[i], "far") != 0)
		i++;
	o->means[i] = "far";
}

static void forget_candidates(struct outcome *o)
{
	memset(o->candidates, 0, sizeof(o->candidates));
}

static void add_candidate(struct outcome *o, const char *candidate)
{
	for (size_t i = 0; i < ARRAY_LEN(o->candidates); i++)
		if (!o->candidates[i]) {
			o->candidates[i] = candidate;
			return;
		}
}

static void decide(struct outcome *o, enum state state, enum cause cause, enum confidence sure)
{
	o->state = state;
	o->cause = cause;
	o->confidence = sure;
	o->network = outcome_network(state, cause);
	o->service = outcome_service(state, cause);
	add_means(o);
}

static void decide_certain(struct outcome *o, enum cause cause, const char *evidence)
{
	forget_candidates(o);
	decide(o, o->state, cause, CONFIDENCE_CERTAIN);
	o->evidence = evidence;
}

/* The address is the target's, and who used it is not known. */
static void forget_answerer(struct outcome *o)
{
	if (!addr_equal(&o->by, &o->target))
		return;
	o->by = (struct addr){0};
	o->device = NULL;
}

static void decide_middlebox(struct outcome *o, const char *evidence)
{
	forget_answerer(o);
	decide_certain(o, CAUSE_MIDDLEBOX, evidence);
}

static void leave_open(struct outcome *o, const char *evidence)
{
	decide(o, o->state, CAUSE_UNPROVEN, CONFIDENCE_POSSIBLE);
	o->evidence = evidence;
}

/* --- what the far side knows ------------------------------------------------------------------ */

static bool has_arrived(const struct far_view *v)
{
	return v->interface == FAR_YES || v->socket == FAR_YES;
}

/* A stand-in is a socket of its own: what it did not see did not come so far. */
static bool has_stand_in(const struct far_view *v)
{
	return v->port == FAR_PORT_STAND_IN;
}

/* Behind an address translation it may have come as somebody else's. */
static bool is_known_by_another(const struct far_view *v)
{
	return v->other.family || v->is_translated;
}

/* One side has found out that it is none of the target's. */
static bool is_known_to_be_on_the_way(const struct outcome *o)
{
	return o->cause == CAUSE_HOP || o->cause == CAUSE_MIDDLEBOX;
}

/* One side has found out who answers: it takes more than a handshake to be certain of that. */
static bool is_answerer_known(const struct outcome *o)
{
	return is_known_to_be_on_the_way(o) || o->confidence == CONFIDENCE_CERTAIN;
}

/* --- it was answered -------------------------------------------------------------------------- */

static bool is_answered(const struct outcome *o)
{
	return o->state == STATE_OPEN || o->state == STATE_OPEN_RESET ||
	       o->state == STATE_WRONG_SERVICE ||
	       (o->state == STATE_SILENT && o->transport == TRANSPORT_TCP);
}

static void blame_reset_later(const struct far_view *v, struct outcome *o)
{
	if (!v->has_packets)
		return;
	if (v->left & FAR_LEFT_RESET)
		decide_certain(o, CAUSE_TARGET,
			       "the far side saw the handshake, and sent the reset");
	else
		decide_certain(
			o, CAUSE_MIDDLEBOX,
			"the far side saw the handshake, and sent no reset: something on the "
			"way did");
}

/* Something before the target shook hands in its name, or the target itself did, and what came
 * after was stopped. */
static void blame_later_silence(const struct far_view *v, struct outcome *o)
{
	if (v->data == FAR_NO && o->cause == CAUSE_MIDDLEBOX)
		decide_certain(o, CAUSE_HOP,
			       "the handshake arrived at the far side, and the bytes after it did "
			       "not: they are stopped on the way");
	else if (v->data == FAR_YES)
		decide_certain(o, CAUSE_TARGET, "handshake and bytes arrived at the far side");
}

static void confirm_open(struct outcome *o)
{
	o->cause = CAUSE_TARGET;
	o->confidence = CONFIDENCE_CERTAIN;
	add_means(o);
}

static void blame_arrived(const struct far_case *c, struct outcome *o)
{
	if (o->state == STATE_OPEN_RESET)
		blame_reset_later(&c->view, o);
	else if (o->state == STATE_SILENT)
		blame_later_silence(&c->view, o);
	else
		confirm_open(o);
}

/* The stand-in was reached now, where nobody was before: yet it was answered before. */
static bool was_answered_by_nobody(const struct far_case *c)
{
	return !c->is_first && is_answered(c->alone) && has_stand_in(&c->view) &&
	       c->view.socket == FAR_YES && !c->view.is_translated;
}

/* Nobody is there yet, and the way is open. */
static bool is_stand_in_alone(const struct far_case *c)
{
	return has_stand_in(&c->view) &&
	       (c->is_first ? c->view.socket == FAR_YES
			    : c->alone->state == STATE_CLOSED && has_arrived(&c->view));
}

/* Something on the way; or the far side itself, where it leads the port elsewhere. */
static void blame_unknown_answer(struct outcome *o)
{
	forget_candidates(o);
	add_candidate(o, "target");
	add_candidate(o, "middlebox");
	leave_open(o, "the far side's stand-in was not reached, and yet it was answered: by "
		      "something on the way, or by a redirect of the far side");
}

static void blame_answered(const struct far_case *c, struct outcome *o)
{
	const struct far_view *v = &c->view;

	if (is_stand_in_alone(c)) {
		o->state = STATE_CLOSED;
		decide_certain(o, CAUSE_TARGET,
			       "nobody listens there yet: a stand-in in its place was reached");
	} else if (was_answered_by_nobody(c)) {
		*o = *c->alone;
		decide_middlebox(o, "nobody listens at the far side, and yet it was answered: by "
				    "something on the way");
	} else if (has_arrived(v)) {
		blame_arrived(c, o);
	} else if (v->interface == FAR_NO && !is_known_by_another(v)) {
		decide_middlebox(o, "nothing arrived at the far side, and yet it was answered: by "
				    "something on the way");
	} else if (has_stand_in(v) && v->socket == FAR_NO && !is_known_by_another(v) &&
		   !is_answerer_known(o)) {
		blame_unknown_answer(o);
	}
}

/* --- it was refused --------------------------------------------------------------------------- */

static void blame_forged(const struct far_view *v, struct outcome *o)
{
	enum cause cause = o->cause == CAUSE_MIDDLEBOX ? CAUSE_MIDDLEBOX : CAUSE_HOP;

	forget_answerer(o);
	decide_certain(o, cause,
		       v->interface == FAR_NO
			       ? "nothing arrived at the far side: what refused in its name is on "
				 "the way"
			       : "the far side refused nothing: what refused in its name is on the "
				 "way");
}

static void blame_own_refusal(const struct far_view *v, struct outcome *o)
{
	if (has_stand_in(v) || v->port == FAR_PORT_SERVED || v->port == FAR_PORT_BUSY)
		decide_certain(o, CAUSE_TARGET_FIREWALL,
			       "somebody listens at the far side, and it refused: its own packet "
			       "filter does");
	else
		decide_certain(o, CAUSE_TARGET, "the far side refused: nobody listens there");
}

static void blame_refusal_unseen(const struct far_view *v, struct outcome *o)
{
	if (!has_stand_in(v))
		return;
	if (v->socket == FAR_YES || v->drop == FAR_NO) {
		blame_forged(v, o);
		o->confidence = v->socket == FAR_YES ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY;
		return;
	}
	if (is_known_to_be_on_the_way(o))
		return;
	forget_candidates(o);
	add_candidate(o, "hop:?");
	add_candidate(o, "target-firewall");
	leave_open(o,
		   "it was refused although the far side listens there; its own packet filter, or "
		   "something on the way, did");
}

static void blame_closed(const struct far_case *c, struct outcome *o)
{
	const struct far_view *v = &c->view;
	unsigned refusal = o->transport == TRANSPORT_TCP ? FAR_LEFT_RESET : FAR_LEFT_ICMP;

	if (!v->has_packets)
		blame_refusal_unseen(v, o);
	else if (v->left & refusal)
		blame_own_refusal(v, o);
	else if (!is_known_by_another(v))
		blame_forged(v, o);
}

static void blame_rejected(const struct far_case *c, struct outcome *o)
{
	const struct far_view *v = &c->view;
	bool in_its_name = addr_equal(&o->by, &o->target);

	if (!v->has_packets || is_known_by_another(v))
		return;
	if (v->left & FAR_LEFT_ICMP)
		decide_certain(o, CAUSE_TARGET_FIREWALL,
			       "the far side itself sent that: its own packet filter does");
	else if (in_its_name)
		blame_forged(v, o);
	else if (v->interface == FAR_NO)
		decide_certain(o, CAUSE_HOP,
			       "nothing arrived at the far side: it was rejected there");
}

/* --- nothing came back ------------------------------------------------------------------------ */

static bool is_hop(const char *candidate)
{
	return strncmp(candidate, "hop:", 4) == 0;
}

/* Those hops that one side left, and this host's own filter where it may have been that. What only
 * the others of its target tell is not known of it. */
static void keep_way_there(const struct far_case *c, struct outcome *o)
{
	const char *const *before = c->alone->candidates;
	bool any = false;

	forget_candidates(o);
	for (size_t i = 0; i < OUTCOME_CANDIDATES_MAX && before[i]; i++) {
		bool own = strcmp(before[i], "local-firewall") == 0;

		bool hop = is_hop(before[i]) && !c->alone->is_alike;

		if (hop || (own && c->left != FAR_YES))
			add_candidate(o, before[i]);
		any = any || hop;
	}
	if (!any)
		add_candidate(o, "hop:?");
}

static bool has_candidate(const struct outcome *o, const char *word)
{
	for (size_t i = 0; i < OUTCOME_CANDIDATES_MAX && o->candidates[i]; i++)
		if (strcmp(o->candidates[i], word) == 0)
			return true;
	return false;
}

static void blame_way_there(const struct far_case *c, enum confidence sure, struct outcome *o)
{
	o->state = STATE_DROPPED;
	if (c->left == FAR_NO) {
		decide_certain(o, CAUSE_LOCAL_FIREWALL,
			       "nothing arrived at the far side, and this host's kernel could not "
			       "send it: its own firewall drops it");
		return;
	}
	keep_way_there(c, o);
	if (has_candidate(o, "local-firewall")) {
		leave_open(o,
			   "nothing arrived at the far side: it was dropped on the way there, or "
			   "never left this host");
		return;
	}
	decide(o, STATE_DROPPED, CAUSE_HOP, sure);
	o->evidence = "nothing arrived at the far side: it was dropped on the way there";
}

static void blame_way_back(struct outcome *o)
{
	o->state = STATE_DROPPED;
	decide_certain(o, CAUSE_RETURN_PATH,
		       "it arrived at the far side, which answered: the answer is lost on the way "
		       "back");
}

static void blame_far_filter(struct outcome *o, const char *evidence)
{
	o->state = STATE_DROPPED;
	decide_certain(o, CAUSE_TARGET_FIREWALL, evidence);
}

/* A service that keeps silent, or has a full queue, looks from its host as one that is never asked,
 * unless it is known that nothing at all was dropped meanwhile. */
static void blame_quiet_service(const struct far_view *v, struct outcome *o)
{
	forget_candidates(o);
	if (v->drop == FAR_NO) {
		decide(o, o->state, CAUSE_TARGET, CONFIDENCE_LIKELY);
		o->evidence = "it arrived at the far side, whose packet filter dropped nothing "
			      "meanwhile: "
			      "the service does not answer";
		return;
	}
	add_candidate(o, "target-firewall");
	add_candidate(o, "target");
	leave_open(o,
		   "it arrived at the far side, and nothing was answered: by the service, or its "
		   "own packet filter stopped one of the two");
}

static void blame_pings_off(struct outcome *o)
{
	decide_certain(o, CAUSE_TARGET,
		       "it arrived at the far side, which is set to answer no pings "
		       "(icmp_echo_ignore_all)");
}

/* Of what no program is needed to answer, or the far side itself would have. */
static bool would_answer(const struct far_view *v, const struct outcome *o)
{
	if (o->transport == TRANSPORT_UDP)
		return has_stand_in(v);
	return v->port != FAR_PORT_BUSY && v->drop != FAR_NO;
}

static void blame_unanswered(const struct far_view *v, struct outcome *o)
{
	if (o->transport == TRANSPORT_ICMP && v->port == FAR_PORT_NOBODY)
		blame_pings_off(o);
	else if (v->socket == FAR_YES)
		blame_far_filter(o, "it came to the far side's socket, and the answer never left: "
				    "its own packet filter drops it");
	else if (!would_answer(v, o))
		blame_quiet_service(v, o);
	else
		blame_far_filter(o,
				 "it arrived at the far side's interface, and not at its socket: "
				 "its own packet filter (or reverse path filter) drops it");
}

static void blame_by_packets(const struct far_case *c, struct outcome *o)
{
	const struct far_view *v = &c->view;

	if (v->left)
		blame_way_back(o);
	else if (has_arrived(v))
		blame_unanswered(v, o);
	else if (v->interface == FAR_NO && !is_known_by_another(v))
		blame_way_there(c, CONFIDENCE_CERTAIN, o);
}

/* It cannot see whether its answer left, but for a datagram, of which the kernel tells. */
static void blame_lost_answer(const struct far_view *v, struct outcome *o)
{
	if (v->left || v->drop == FAR_NO) {
		blame_way_back(o);
		o->confidence = v->left ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY;
		return;
	}
	if (o->transport == TRANSPORT_UDP) {
		blame_unanswered(v, o);
		return;
	}
	o->state = STATE_DROPPED;
	forget_candidates(o);
	add_candidate(o, "target-firewall");
	add_candidate(o, "return-path");
	leave_open(o, "it came to the far side's socket: the answer is lost, at its own packet "
		      "filter or on the way back");
}

/* What one side has ruled out stays so. */
static void blame_unseen(const struct far_case *c, struct outcome *o)
{
	const struct far_view *v = &c->view;
	bool is_busy = v->port == FAR_PORT_BUSY && has_candidate(c->alone, "target");
	bool may_be_filter = v->drop != FAR_NO && has_candidate(c->alone, "target-firewall");

	if (!is_busy && !may_be_filter) {
		blame_way_there(c, CONFIDENCE_LIKELY, o);
		return;
	}
	o->state = STATE_DROPPED;
	keep_way_there(c, o);
	if (may_be_filter)
		add_candidate(o, "target-firewall");
	if (is_busy)
		add_candidate(o, "target");
	leave_open(o, "it did not come to the far side's socket: it was dropped before");
}

/* Of another program's socket for datagrams nothing is known; of the filter, perhaps. */
static void forget_filter(const struct far_case *c, struct outcome *o)
{
	const char *const *before = c->alone->candidates;

	forget_candidates(o);
	for (size_t i = 0; i < OUTCOME_CANDIDATES_MAX && before[i]; i++)
		if (strcmp(before[i], "target-firewall") != 0)
			add_candidate(o, before[i]);
	add_means(o);
}

static void blame_by_sockets(const struct far_case *c, struct outcome *o)
{
	const struct far_view *v = &c->view;

	if (v->socket == FAR_YES)
		blame_lost_answer(v, o);
	else if (v->socket == FAR_NO && !is_known_by_another(v))
		blame_unseen(c, o);
	else if (v->drop == FAR_NO && o->cause == CAUSE_UNPROVEN)
		forget_filter(c, o);
}

static void blame_nothing(const struct far_case *c, struct outcome *o)
{
	if (c->view.has_packets)
		blame_by_packets(c, o);
	else
		blame_by_sockets(c, o);
}

/* --- the whole -------------------------------------------------------------------------------- */

static bool is_told_by_network(const struct outcome *o)
{
	return o->state != STATE_NOT_ATTEMPTED && o->state != STATE_UNREACHABLE &&
	       o->cause != CAUSE_LOCAL_FIREWALL && o->cause != CAUSE_PROXY;
}

/* Seen twice, the first one has what was found out about it. */
static void take_base(const struct outcome *alone, struct outcome *o)
{
	if (o->state == alone->state)
		*o = *alone;
}

void far_blame(const struct far_case *c, struct outcome *o)
{
	if (!is_told_by_network(o)) {
		*o = *c->alone;
		return;
	}
	take_base(c->alone, o);
	if (is_answered(o))
		blame_answered(c, o);
	else if (o->state == STATE_CLOSED)
		blame_closed(c, o);
	else if (o->state == STATE_REJECTED)
		blame_rejected(c, o);
	else
		blame_nothing(c, o);
}
