/* SPDX-License-Identifier: ISC
 *
 * Answers over UDP at a device that keeps no state. An answer comes from the service's port to the
 * client's; what begins there, and is forbidden, may look the same. Then the answer has to pass,
 * and nothing else: it comes before what is forbidden, but only to ports from which clients ask.
 */
#include "policy/derive_int.h"

static const struct port_range asking = {1024, 65535}, low = {1, 1023};

static struct port_range any_if_none(struct port_range r)
{
	return r.lo ? r : PORT_RANGE_ANY;
}

static bool prefixes_meet(const struct prefixes *a, const struct prefixes *b)
{
	bool any = !a->list.n || !b->list.n;

	for_each (p, &a->list)
		for_each (q, &b->list)
			any |= prefix_has_prefix(p, q) || prefix_has_prefix(q, p);
	return any;
}

static bool prefixes_hold(const struct prefixes *outer, const struct prefixes *inner)
{
	if (!outer->list.n)
		return true;
	for_each (p, &inner->list) {
		bool held = false;

		for_each (q, &outer->list)
			held |= prefix_has_prefix(q, p);
		if (!held)
			return false;
	}
	return inner->list.n != 0;
}

static bool same_side(const char *a, const char *b)
{
	return !a || !b || strcmp(a, b) == 0;
}

static bool is_of_udp(const struct match *m)
{
	enum { UDP = 17 };

	return m->transport == TRANSPORT_UDP || m->transport == TRANSPORT_NONE ||
	       (m->transport == TRANSPORT_IP && m->number == UDP);
}

/* Of what is sent to those ports. */
static bool drops(const struct rule *deny, const struct rule *answer, struct port_range ports)
{
	const struct match *m = &deny->match, *a = &answer->match;

	return deny->action == ACTION_DROP && deny->rank != RANK_BASE &&
	       deny->hook == answer->hook && (!m->family || m->family == a->family) &&
	       is_of_udp(m) && same_side(m->in, a->in) && same_side(m->out, a->out) &&
	       prefixes_meet(&m->source, &a->source) && prefixes_meet(&m->target, &a->target) &&
	       port_range_overlaps(any_if_none(m->ports), ports) &&
	       port_range_overlaps(any_if_none(m->source_ports), any_if_none(a->source_ports));
}

/* Nothing of it would come by: a rule for it would be dead. */
static bool drops_all(const struct rule *deny, const struct rule *answer, struct port_range ports)
{
	const struct match *m = &deny->match, *a = &answer->match;

	return drops(deny, answer, ports) && !m->in == !a->in && !m->out == !a->out &&
	       prefixes_hold(&m->source, &a->source) && prefixes_hold(&m->target, &a->target) &&
	       port_range_inside(ports, any_if_none(m->ports)) &&
	       port_range_inside(any_if_none(a->source_ports), any_if_none(m->source_ports));
}

static const struct rule *find_drop(const struct derivation *d, size_t n, const struct rule *answer,
				    struct port_range ports,
				    bool (*is)(const struct rule *deny, const struct rule *answer,
					       struct port_range ports))
{
	struct draft *const *drafts = (struct draft *const *)(const void *)d->drafts.data;

	for (size_t i = 0; i < n; i++)
		if (is(&drafts[i]->rule, answer, ports))
			return &drafts[i]->rule;
	return NULL;
}

static const char *subject_of(struct derivation *d, const struct rule *answer, const struct flow *f)
{
	struct buf from = BUF_INIT;
	const char *subject;

	port_range_format(any_if_none(answer->match.source_ports), &from);
	subject = arena_printf(d->arena, "%s to %s, from udp/%s", f->to->name, f->from->name,
			       from.data);
	buf_release(&from);
	return subject;
}

static void tell_alike(struct derivation *d, const struct rule *answer, const struct flow *f,
		       bool without_low)
{
	derive_tell(d,
		    (struct finding){
			    .severity = SEVERITY_LOW,
			    .code = "answers-look-forbidden",
			    .subject = subject_of(d, answer, f),
			    .evidence = without_low
						? "without state they cannot be told from what "
						  "is forbidden there: all that comes from that "
						  "port to 1024-65535, from where clients ask, is "
						  "let through"
						: "without state they cannot be told from what "
						  "is forbidden there: all that comes from that "
						  "port to the one from which is asked is let "
						  "through",
			    .fix = "filter: stateful"});
}

/* As some do: NTP, old name servers. */
static void tell_own_port(struct derivation *d, const struct rule *answer, const struct flow *f)
{
	derive_tell(d, (struct finding){
			       .severity = SEVERITY_INFO,
			       .code = "own-port-unanswered",
			       .subject = subject_of(d, answer, f),
			       .evidence = "who asks from that same port, as some do, gets no "
					   "answer: what comes there is forbidden",
			       .fix = "a requirement with \"from\" and that port, if it is so"});
}

/* To the port from which is asked, where that is known; else to those from which clients do. */
static void put_first(struct derivation *d, struct draft *draft, size_t n)
{
	const struct flow *const *flows = (const void *)draft->flows.data;
	bool known = draft->rule.match.ports.lo != 0;
	struct rule first = draft->rule;
	size_t n_flows = draft->flows.n / sizeof(*flows);

	if (!find_drop(d, n, &first, known ? first.match.ports : asking, drops)) {
		if (!known && find_drop(d, n, &first, any_if_none(first.match.source_ports), drops))
			tell_own_port(d, &first, flows[0]);
		return;
	}
	first.rank = RANK_BASE;
	if (!known)
		first.match.ports = asking;
	for (size_t i = 0; i < n_flows; i++) {
		derive_add(d, &first, flows[i]);
		tell_alike(d, &first, flows[i], !known);
	}
	draft->rule.match.ports = known ? first.match.ports : low;
	draft->gone = known || find_drop(d, n, &draft->rule, low, drops_all);
}

void derive_put_answers_first(struct derivation *d)
{
	size_t n = d->drafts.n / sizeof(struct draft *);

	for (size_t i = 0; i < n; i++) {
		struct draft *draft = ((struct draft **)(void *)d->drafts.data)[i];
		const struct rule *r = &draft->rule;

		if (r->match.packets == PACKETS_REPLY && r->match.transport == TRANSPORT_UDP &&
		    r->action == ACTION_ACCEPT && r->rank != RANK_BASE)
			put_first(d, draft, n);
	}
}
