/* SPDX-License-Identifier: ISC
 *
 * Whose move it is: who can look next, which is not always whose fault it is.
 */
#include "model/judge_int.h"

#include <string.h>

static const struct device *device_named(const struct plan *plan, const char *name)
{
	return name ? map_find(&plan->site->devices_by_name, slice_of(name)) : NULL;
}

static const struct device *first_filter(const struct flow *f)
{
	for_each (hop, &f->path->hops)
		if (hop->device->filter != FILTER_NONE)
			return hop->device;
	return f->path->hops.n ? f->path->hops.items[0].device : NULL;
}

/* No network of the site has that address; a site that names none of its own cannot tell. */
static bool is_strange(const struct site *s, const struct addr *by)
{
	const struct zone *zone = by->family ? site_zone_of(s, by) : NULL;

	if (!by->family || (zone && !zone->any))
		return false;
	for_each (z, &s->zones)
		if (!z->any)
			return true;
	return false;
}

/* A box of somebody else's is for whoever runs it. */
static enum turn turn_at(const struct judging *j, const struct device *device,
			 const struct addr *by)
{
	bool is_foreign = device ? device->filter == FILTER_UNKNOWN : is_strange(j->plan->site, by);

	return is_foreign ? TURN_PROVIDER : TURN_NETWORK;
}

/* Something on the way, known by its address or not at all. */
static enum turn turn_of_hop(const struct judging *j, const struct flow *f, const struct outcome *o,
			     const struct device **device)
{
	*device = device_named(j->plan, o->device);
	if (!*device && !o->by.family)
		*device = first_filter(f);
	return turn_at(j, *device, &o->by);
}

/* Negotiated, and opened by the other side: this host is at its far end. */
static bool runs_back(const struct flow *f)
{
	return f->claims->mode && f->claims->parent && f->claims->parent->to == f->from;
}

/* Both ends lie in a zone that is everywhere: the site tells nothing of what is in between. */
static bool is_way_untold(const struct flow *f)
{
	return f->from->zone && f->from->zone == f->to->zone && f->from->zone->any;
}

/* Unproven, and no device of the site in between: where the site tells of the network, no team of
 * it can be meant. */
static enum turn turn_of_unknown(const struct judging *j, const struct flow *f,
				 const struct outcome *o, const struct device **device)
{
	*device = first_filter(f);
	if (*device)
		return turn_at(j, *device, &o->by);
	if (runs_back(f))
		return TURN_THIS_HOST;
	return is_way_untold(f) ? TURN_NETWORK : TURN_SERVER;
}

/* "http:NAME" */
static const struct device *proxy_of(const struct judging *j, const struct flow *f,
				     const struct outcome *o)
{
	const char *label = o->via ? strchr(o->via, ':') : NULL;
	const struct device *device = device_named(j->plan, o->device);

	if (!device && label)
		device = device_named(j->plan, label + 1);
	return device ? device : f->claims->through;
}

static enum turn turn_of_proxy(const struct judging *j, const struct flow *f,
			       const struct outcome *o, const struct device **device)
{
	if (o->leg && strcmp(o->leg, "authentication") == 0)
		return TURN_THIS_HOST;
	if (o->leg && strcmp(o->leg, "name") == 0)
		return TURN_NAME_SERVICE;
	*device = proxy_of(j, f, o);
	return turn_at(j, *device, &o->by);
}

/* It answers, so its host is in order: what it says is not. Where that keeps a connection from
 * being negotiated (nothing is known of the way then), it is how the server is set up. */
static enum turn turn_of_target(const struct outcome *o)
{
	return o->state == STATE_CLOSED || o->state == STATE_WRONG_SERVICE ||
			       o->network == ANSWER_UNKNOWN
		       ? TURN_SERVER
		       : TURN_APPLICATION;
}

static enum turn turn_by_cause(const struct judging *j, const struct flow *f,
			       const struct outcome *o, const struct device **device)
{
	switch (o->cause) {
	case CAUSE_TARGET:
		return turn_of_target(o);
	case CAUSE_TARGET_FIREWALL:
		return TURN_SERVER;
	case CAUSE_LOCAL_FIREWALL:
	case CAUSE_LOCAL_RESOURCE:
	case CAUSE_LOCAL_ROUTE:
		return o->is_interrupted ? TURN_NOBODY : TURN_THIS_HOST;
	case CAUSE_DNS:
		return TURN_NAME_SERVICE;
	case CAUSE_PROXY:
		return turn_of_proxy(j, f, o, device);
	case CAUSE_HOP:
	case CAUSE_MIDDLEBOX:
		return turn_of_hop(j, f, o, device);
	default:
		break;
	}
	/* Not even asked: the move is of what comes before it. */
	if (o->state == STATE_NOT_ATTEMPTED)
		return TURN_NOBODY;
	/* After a handshake the way is more likely open than not. */
	if (o->state == STATE_OPEN_RESET ||
	    (o->state == STATE_SILENT && o->transport == TRANSPORT_TCP))
		return TURN_SERVER;
	return turn_of_unknown(j, f, o, device);
}

/* What is dialled may be a device, the proxy or the balancer of a way: it has a team of its own,
 * and the administrator of the server behind it can do nothing about it. */
static enum turn turn_of(const struct judging *j, const struct flow *f, const struct outcome *o,
			 const struct device **device)
{
	enum turn turn = turn_by_cause(j, f, o, device);
	const struct device *dialled = f->to->device;

	if (turn != TURN_SERVER || !dialled || !dialled->owner.s)
		return turn;
	*device = dialled;
	return turn_at(j, dialled, &o->by);
}

/* Open: the filter that should close it. Not shown closed: only what keeps us from trying. */
static enum turn turn_of_forbidden(const struct judging *j, const struct judgement *judged,
				   const struct device **device)
{
	const struct outcome *o = judged->decisive;

	if (o->network == ANSWER_PASS) {
		*device = first_filter(judged->flow);
		return turn_at(j, *device, &(struct addr){0});
	}
	switch (o->cause) {
	case CAUSE_DNS:
	case CAUSE_LOCAL_FIREWALL:
	case CAUSE_LOCAL_ROUTE:
	case CAUSE_PROXY:
		return turn_of(j, judged->flow, o, device);
	default:
		return TURN_NOBODY;
	}
}

/* A family that fails beside one that holds. */
static bool is_failing(const struct judging *j, const struct judgement *judged)
{
	return part_of(j, judged->flow, judged->decisive).verdict == VERDICT_FAIL;
}

void judge_turn(const struct judging *j, struct judgement *judged)
{
	judged->turn = TURN_NOBODY;
	judged->device = NULL;
	if (!judged->decisive || judged->elsewhere)
		return;
	if (judged->verdict == VERDICT_FORBIDDEN_OPEN)
		judged->turn = turn_of_forbidden(j, judged, &judged->device);
	else if (judged->verdict == VERDICT_FAIL || judged->verdict == VERDICT_NOT_TESTED ||
		 (judged->verdict == VERDICT_DEGRADED && is_failing(j, judged)))
		judged->turn = turn_of(j, judged->flow, judged->decisive, &judged->device);
}
