/* SPDX-License-Identifier: ISC
 *
 * How rules look from one access list, which knows one interface and one side of each translation.
 */
#include "policy/emit_cisco_int.h"

/* --- what a list sees of a rule --------------------------------------------------------------- */

const struct rule *cisco_nat_of(const struct rule *const *by_flow, const struct rule *r)
{
	return r->flows.n ? by_flow[2 * r->flows.items[0]->index + (r->match.family == 6)] : NULL;
}

void cisco_find_translations(struct cisco *e)
{
	size_t n = 2 * e->policy->plan->flows.n;

	e->dnat = ARENA_ARRAY(e->unsaid.arena, const struct rule *, n);
	e->snat = ARENA_ARRAY(e->unsaid.arena, const struct rule *, n);
	for_each (r, &e->policy->rules)
		for_each (f, &r->flows) {
			size_t i = 2 * (*f)->index + (r->match.family == 6);

			if (r->hook == HOOK_PREROUTING && r->action == ACTION_DNAT)
				e->dnat[i] = r;
			if (r->hook == HOOK_POSTROUTING)
				e->snat[i] = r;
		}
}

static const char *interface_of(const struct rule *nat)
{
	return nat->hook == HOOK_PREROUTING ? nat->match.in : nat->match.out;
}

static bool has_flow(const struct rule *r, const struct flow *flow)
{
	for_each (f, &r->flows)
		if (*f == flow)
			return true;
	return false;
}

/* The same at the list's interface: each may translate otherwise, or not at all. */
static const struct rule *nat_at(const struct cisco *e, const struct acl *l,
				 const struct rule *const *by_flow, const struct rule *r)
{
	const struct rule *nat = cisco_nat_of(by_flow, r);

	if (!nat || cisco_may_be(interface_of(nat), l->interface))
		return nat;
	for_each (k, &e->policy->rules)
		if (k->hook == nat->hook && k->match.family == r->match.family &&
		    cisco_may_be(interface_of(k), l->interface) && has_flow(k, r->flows.items[0]))
			return k;
	return NULL;
}

static struct prefixes one_address(const struct cisco *e, const struct addr *a)
{
	struct prefixes one = {{ARENA_NEW(e->unsaid.arena, struct prefix), 1}};

	one.list.items[0] = prefix_of_addr(a);
	return one;
}

struct match cisco_seen(const struct cisco *e, const struct acl *l, const struct rule *r)
{
	const struct rule *dnat = nat_at(e, l, e->dnat, r), *snat = nat_at(e, l, e->snat, r);
	struct match m = r->match;

	if (dnat && !cisco_is_reply(r) && l->inbound && m.translated) {
		m.target = dnat->match.target;
		m.ports = dnat->match.ports;
	} else if (dnat && cisco_is_reply(r) && !l->inbound) {
		m.source = dnat->match.target;
		m.source_ports = dnat->match.ports;
	}
	if (snat && !cisco_is_reply(r) && !l->inbound)
		m.source = one_address(e, &snat->rewrite.addr);
	else if (snat && cisco_is_reply(r) && l->inbound)
		m.target = one_address(e, &snat->rewrite.addr);
	return m;
}

/* --- where a drop goes ------------------------------------------------------------------------ */

static bool meets_anywhere(const struct rule *a, const struct rule *b)
{
	struct match x = a->match, y = b->match;

	x.in = x.out = y.in = y.out = NULL;
	return match_meets(&x, &y);
}

/* Whether the drop would also take what is let through between other interfaces. */
static bool takes_more(const struct policy *p, const struct rule *drop, bool inbound)
{
	for_each (r, &p->rules) {
		const char *here = inbound ? r->match.in : r->match.out;
		const char *there = inbound ? r->match.out : r->match.in;

		if (!cisco_is_filter(r) || r->action != ACTION_ACCEPT || r->rank <= drop->rank ||
		    (!inbound && r->hook != HOOK_FORWARD) ||
		    !cisco_may_be(here, inbound ? drop->match.in : drop->match.out))
			continue;
		if (r->hook == drop->hook &&
		    cisco_may_be(there, inbound ? drop->match.out : drop->match.in))
			continue;
		if (meets_anywhere(r, drop))
			return true;
	}
	return false;
}

/* Whether a translation hides from that list what the drop names. */
static bool is_hidden(const struct policy *p, const struct rule *drop, bool inbound)
{
	for_each (r, &p->rules) {
		struct prefix to = prefix_of_addr(&r->rewrite.addr);
		struct match m = r->match;

		if (r->hook != (inbound ? HOOK_PREROUTING : HOOK_POSTROUTING))
			continue;
		if (inbound) {
			m.target = (struct prefixes){{&to, r->rewrite.addr.family ? 1 : 0}};
			m.ports = PORT_RANGE_ANY;
		}
		if (match_meets(&m, &drop->match))
			return true;
	}
	return false;
}

static bool fits(const struct policy *p, const struct rule *drop, bool inbound)
{
	return (inbound || drop->hook == HOOK_FORWARD) && !takes_more(p, drop, inbound) &&
	       !is_hidden(p, drop, inbound);
}

bool cisco_drops_here(struct cisco *e, const struct rule *drop, bool inbound)
{
	const struct policy *p = e->policy;
	bool in = fits(p, drop, true), out = fits(p, drop, false);

	if (!in && !out)
		unsaid_tell_rule(
			&e->unsaid, drop,
			(struct finding){
				.severity = SEVERITY_HIGH,
				.code = "drop-not-exact",
				.evidence = "a list knows one interface and one side of a "
					    "translation: this drop also takes what is required "
					    "elsewhere, or misses what comes translated",
				.fix = "narrower ends for what is forbidden, or for what is "
				       "required beside it"});
	return inbound ? in || !out : out;
}

/* --- what passes by two rules that are not meant together ------------------------------------- */

static bool is_wide(const struct prefixes *p)
{
	if (!p->list.n)
		return true;
	for_each (one, &p->list)
		if (one->bits < (one->addr.family == 6 ? 128 : 32))
			return true;
	return false;
}

static bool lets_begin(const struct rule *r)
{
	return r->hook == HOOK_FORWARD && r->action == ACTION_ACCEPT && r->flows.n && r->match.in &&
	       r->match.out && (!cisco_is_reply(r) || r->match.transport != TRANSPORT_TCP);
}

/* a lets it in, b lets it out, and no rule lets it through. What would leave where it came from is
 * left aside: its ends are on one link. */
static bool cross(const struct rule *a, const struct rule *b)
{
	const struct match *x = &a->match, *y = &b->match;

	return lets_begin(b) && !cisco_is_same(x->out, y->out) && !cisco_is_same(x->in, y->in) &&
	       !cisco_is_same(x->in, y->out) && (is_wide(&x->target) || is_wide(&y->target)) &&
	       (is_wide(&x->source) || is_wide(&y->source)) && meets_anywhere(a, b);
}

static void tell_crossing(struct cisco *e, const struct rule *a, const struct rule *b)
{
	char key[RULE_KEY_TEXT_MAX];

	unsaid_tell_rule(
		&e->unsaid, a,
		(struct finding){.severity = SEVERITY_MEDIUM,
				 .code = "passes-by-two",
				 .evidence = arena_printf(
					 e->unsaid.arena,
					 "each list asks for its own interface: some of it passes "
					 "to %s as well, because %s lets that leave there",
					 b->match.out, rule_key_text(b, key)),
				 .fix = "narrower ends for one of the two"});
}

void cisco_tell_crossings(struct cisco *e)
{
	for_each (a, &e->policy->rules) {
		if (!lets_begin(a))
			continue;
		for_each (b, &e->policy->rules) {
			if (!cross(a, b))
				continue;
			tell_crossing(e, a, b);
			break;
		}
	}
}

/* --- what comes to the router itself ---------------------------------------------------------- */

static bool has_own(const struct device *d, const struct match *m)
{
	for_each (i, &d->interfaces) {
		for_each (a, &i->addresses) {
			struct prefix own = prefix_of_addr(a);
			struct match to = {.family = a->family, .target = {{&own, 1}}};
			struct match at = {.family = m->family, .target = m->target};

			if (match_meets(&to, &at))
				return true;
		}
	}
	return false;
}

/* Behind what is dialled a translation leads elsewhere. */
static bool reaches_own(const struct cisco *e, const struct rule *r)
{
	struct acl l = {.interface = r->match.in, .inbound = true, .family = r->match.family};
	struct match m;

	if (r->hook != HOOK_FORWARD || r->action != ACTION_ACCEPT || !r->flows.n ||
	    (r->match.translated && !cisco_is_reply(r)))
		return false;
	m = cisco_seen(e, &l, r);
	return has_own(e->policy->device, &m);
}

static void tell_own_reached(struct cisco *e, const struct rule *r, enum severity severity)
{
	unsaid_tell_rule(&e->unsaid, r,
			 (struct finding){.severity = severity,
					  .code = "reaches-router",
					  .evidence = "a list does not ask what is for the router "
						      "itself: of this, what is sent to its own "
						      "addresses comes in as well",
					  .fix = "an access-class at its lines, or narrower ends"});
}

/* Of TCP, answers begin nothing. */
void cisco_tell_own_reached(struct cisco *e)
{
	for_each (r, &e->policy->rules)
		if (lets_begin(r) && reaches_own(e, r))
			tell_own_reached(e, r, SEVERITY_MEDIUM);
	for_each (r, &e->policy->rules)
		if (reaches_own(e, r))
			tell_own_reached(e, r, SEVERITY_LOW);
}

/* --- answers that look forbidden -------------------------------------------------------------- */

/* Of UDP by its ports, the policy sees to itself. */
static const struct rule *stopped_by(const struct policy *p, const struct rule *reply)
{
	if (!cisco_is_reply(reply) || reply->rank == RANK_BASE ||
	    reply->match.transport == TRANSPORT_UDP)
		return NULL;
	for_each (r, &p->rules)
		if (r->hook == reply->hook && r->rank < reply->rank && r->action == ACTION_DROP &&
		    match_meets(&r->match, &reply->match))
			return r;
	return NULL;
}

void cisco_tell_unanswered(struct cisco *e)
{
	char key[RULE_KEY_TEXT_MAX];

	for_each (r, &e->policy->rules) {
		const struct rule *drop = stopped_by(e->policy, r);

		if (drop && cisco_is_filter(r))
			unsaid_tell_rule(
				&e->unsaid, r,
				(struct finding){
					.severity = SEVERITY_HIGH,
					.code = "answers-forbidden",
					.evidence = arena_printf(
						e->unsaid.arena,
						"without state its answers cannot be told from "
						"what %s forbids, which stands before them: these "
						"do not come back",
						rule_key_text(drop, key)),
					.fix = "the protocols and ports that it needs"});
	}
}
