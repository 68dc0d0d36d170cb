/* SPDX-License-Identifier: ISC
 *
 * Load balancers that translate: what is dialled goes to one of the members.
 */
#include "policy/derive_int.h"

/* Whether something that is required, and holds, leads to this member; NULL: to any. */
static bool leads_to(const struct derivation *d, const struct balancer *b,
		     const struct addr_port *ap)
{
	for_each (f, &d->plan->flows) {
		const struct crossing c = {(*f)->from, (*f)->to, (*f)->transport, (*f)->ports};

		if ((*f)->kind == FLOW_REQUIRED && d->opened[(*f)->index] &&
		    derive_any_holds(d, *f) && device_balancer(d->device, &c) == b &&
		    (!ap || addr_port_is_at(ap, (*f)->to)))
			return true;
	}
	return false;
}

static struct rewrite find_members(struct derivation *d, const struct balancer *b, uint8_t family)
{
	struct rewrite w = {.balance = b->balance};
	bool with_port = false;

	for_each (ap, &b->to)
		with_port |= ap->port && ap->port != b->at.port;
	for_each (ap, &b->to) {
		const struct addr *a = derive_address_of(ap, family);
		uint16_t port = ap->port ? ap->port : b->at.port;

		if (a && leads_to(d, b, ap))
			*(struct rewrite_end *)list_add(d->arena, &w.members,
							sizeof(*w.members.items)) =
				(struct rewrite_end){*a, with_port ? port : 0};
	}
	if (w.members.n != 1)
		return w;
	return (struct rewrite){.addr = w.members.items[0].addr, .port = w.members.items[0].port};
}

/* Looked for once. */
struct rewrite derive_members(struct derivation *d, const struct balancer *b, uint8_t family)
{
	struct derived_members *known = (struct derived_members *)d->members.data;

	for (size_t i = 0; i < d->members.n / sizeof(*known); i++)
		if (known[i].balancer == b && known[i].family == family)
			return known[i].to;
	known = &(struct derived_members){b, family, find_members(d, b, family)};
	buf_add(&d->members, known, sizeof(*known));
	return known->to;
}

/* --- members that nobody needs ---------------------------------------------------------------- */

/* In and out by one interface: it is no way, and answers would not come to it. */
static bool is_beside(const struct derivation *d, const struct flow *f)
{
	for_each (hop, &f->path->hops)
		if (hop->device == d->device)
			return hop->in == hop->out;
	return false;
}

static void tell_sends_as_itself(struct derivation *d, const struct balancer *b)
{
	derive_tell(d, (struct finding){
			       .severity = SEVERITY_MEDIUM,
			       .code = "answers-pass-by",
			       .subject = d->device->name.s,
			       .evidence = "it is not on the way between clients and members: were "
					   "they to see the client, their answers would pass it "
					   "by, and so it sends as itself",
			       .fix = "seen_as: balancer",
			       .at = b->place});
}

static void tell_beside(struct derivation *d, const struct flow *f)
{
	const struct crossing c = {f->from, f->to, f->transport, f->ports};
	const struct balancer *b = device_balancer(d->device, &c);

	if (b && b->plane == PLANE_NAT && b->seen_as == SEEN_AS_CLIENT && is_beside(d, f))
		tell_sends_as_itself(d, b);
}

void derive_tell_members(struct derivation *d)
{
	if (d->device->load_balancer.n)
		for_each (f, &d->plan->flows)
			tell_beside(d, *f);
	for_each (b, &d->device->load_balancer)
		for_each (ap, &b->to) {
			if (b->plane != PLANE_NAT || leads_to(d, b, ap) || !leads_to(d, b, NULL))
				continue;
			derive_tell(d, (struct finding){
					       .severity = SEVERITY_MEDIUM,
					       .code = "member-not-needed",
					       .subject = ap->text.s,
					       .evidence = "no requirement leads there: the "
							   "balancer sends it no connections",
					       .fix = "give it the role of the other members, or "
						      "take it off the balancer",
					       .at = ap->text.at});
		}
}
