/* SPDX-License-Identifier: ISC
 *
 * FTP through gateways: the conversation and the data connections that it negotiates, leg by leg.
 */
#include "model/plan_int.h"

enum { GATEWAYS_MAX = 8 };

/* The way of one conversation: client, gateways, server. Leg i runs from stop i to stop i+1. */
struct chain {
	const struct device *gateways[GATEWAYS_MAX];
	const struct interface *in[GATEWAYS_MAX], *out[GATEWAYS_MAX];
	size_t n;
};

static bool is_server_of(const struct ftp_gateway *g, const struct endpoint *to)
{
	if (g->placement != PLACEMENT_REVERSE)
		return true;
	for_each (ap, &g->servers)
		if (ap->host ? ap->host == to->host : endpoint_has_addr(to, &ap->addr))
			return true;
	return false;
}

static void find_chain(struct planner *pl, const struct wanted *w, struct chain *c)
{
	const struct path *path = plan_path(pl, w->from, w->to);

	c->n = 0;
	for_each (hop, &path->hops) {
		const struct ftp_gateway *g = &hop->device->ftp_gateway;

		if (!g->given || !is_server_of(g, w->to) || c->n == GATEWAYS_MAX)
			continue;
		c->gateways[c->n] = hop->device;
		c->in[c->n] = hop->in;
		c->out[c->n] = hop->out;
		c->n++;
	}
}

/* A leg ends at the interface that faces it. */
static const struct endpoint *client_end(struct planner *pl, const struct chain *c, size_t leg,
					 const struct wanted *w)
{
	return leg == 0 ? w->from : endpoint_of_device(pl, c->gateways[leg - 1], c->out[leg - 1]);
}

static const struct endpoint *server_end(struct planner *pl, const struct chain *c, size_t leg,
					 const struct wanted *w)
{
	return leg == c->n ? w->to : endpoint_of_device(pl, c->gateways[leg], c->in[leg]);
}

static struct claim leg_claim(const struct chain *c, size_t leg, const struct wanted *w,
			      struct claim before)
{
	before.leg += (unsigned)leg + 1;
	before.gateway = GATEWAY_FTP;
	before.through = c->gateways[leg < c->n ? leg : c->n - 1];
	if (!before.whole) {
		before.whole = w->to;
		before.whole_ports = w->ports;
	}
	return before;
}

/* Towards a transparent gateway: whoever dials it believes that it dials the server. */
static const struct endpoint *posing_on(const struct chain *c, size_t leg, const struct wanted *w)
{
	if (leg == c->n || c->gateways[leg]->ftp_gateway.placement != PLACEMENT_TRANSPARENT)
		return NULL;
	return w->to;
}

/* Each leg a flow, in this order: the children look for their leg by its number. */
const struct need *plan_ftp_control(struct pair *p, const struct wanted *w, struct claim claim)
{
	struct buf kids = BUF_INIT;
	struct chain c;

	find_chain(p->pl, w, &c);
	if (!c.n)
		return NULL;
	for (size_t leg = 0; leg <= c.n; leg++) {
		struct wanted part = *w;

		part.from = client_end(p->pl, &c, leg, w);
		part.to = server_end(p->pl, &c, leg, w);
		part.posing = posing_on(&c, leg, w);
		if (part.posing)
			part.posing_port = w->ports.lo;
		if (leg < c.n) {
			uint16_t port = c.gateways[leg]->ftp_gateway.listen;

			part.ports = (struct port_range){port, port};
		}
		need_add(&kids, plan_flow(p, &part, leg_claim(&c, leg, w, claim)));
	}
	return need_join(p->pl, NEED_ALL, &kids);
}

enum { MODE_ACTIVE = 1, MODE_PASSIVE = 2 };

static unsigned client_modes(const struct ftp_gateway *g)
{
	switch (g->client_modes) {
	case CLIENT_ACTIVE:
		return MODE_ACTIVE;
	case CLIENT_PASSIVE:
		return MODE_PASSIVE;
	default:
		return MODE_ACTIVE | MODE_PASSIVE;
	}
}

bool gateway_is_free(const struct ftp_gateway *g)
{
	return g->given && g->plane == PLANE_RELAY &&
	       (g->server_modes == SERVER_UNSAID || g->server_modes == SERVER_EITHER);
}

static enum server_modes decided_modes(const struct plan_options *o, const struct device *d)
{
	for (size_t i = 0; i < o->n_modes && gateway_is_free(&d->ftp_gateway); i++)
		if (text_is(d->name, o->modes[i].device))
			return o->modes[i].modes;
	return d->ftp_gateway.server_modes;
}

static unsigned server_modes(enum server_modes modes, unsigned same)
{
	switch (modes) {
	case SERVER_ACTIVE:
		return MODE_ACTIVE;
	case SERVER_PASSIVE:
		return MODE_PASSIVE;
	case SERVER_PASSIVE_THEN_ACTIVE:
	case SERVER_EITHER:
		return MODE_ACTIVE | MODE_PASSIVE;
	default:
		return same;
	}
}

static unsigned mode_bit(const struct mode *mode)
{
	if (mode->needs->kind != EXPR_LEAF)
		return 0;
	if (text_is(mode->name, "active"))
		return MODE_ACTIVE;
	return text_is(mode->name, "passive") ? MODE_PASSIVE : 0;
}

/* Of these modes what the client, or the server, does, too. */
static unsigned as_used(const struct pair *p, unsigned modes)
{
	unsigned used = 0, both;

	if (!p->pl->options->ends_as_used)
		return modes;
	for_each (mode, &p->requirement->modes)
		if (plan_uses_mode(p, mode))
			used |= mode_bit(mode);
	both = modes & used;
	if (!both)
		p->pl->plan->modes_unmet++;
	return both ? both : modes;
}

/* What is possible on each leg: the near side offers, the far side accepts. */
static void find_modes(struct pair *p, const struct chain *c, unsigned modes[GATEWAYS_MAX + 1])
{
	modes[0] = as_used(p, client_modes(&c->gateways[0]->ftp_gateway));
	for (size_t leg = 1; leg <= c->n; leg++) {
		modes[leg] = server_modes(decided_modes(p->pl->options, c->gateways[leg - 1]),
					  modes[leg - 1]);
		if (leg == c->n) {
			modes[leg] = as_used(p, modes[leg]);
			break;
		}
		modes[leg] &= client_modes(&c->gateways[leg]->ftp_gateway);
		if (modes[leg])
			continue;
		p->pl->plan->modes_unmet++;
		plan_ask(p->pl,
			 plan_line(p->pl, "devices.%s.ftp_gateway.modes", c->gateways[leg]->name.s),
			 plan_line(p->pl, "devices.%s.ftp_gateway.modes.client: either",
				   c->gateways[leg]->name.s),
			 "%s dials in a mode that %s does not accept; which of the two changes?",
			 c->gateways[leg - 1]->name.s, c->gateways[leg]->name.s);
	}
}

/* One data connection of one leg. The listening end names the range: a gateway has one towards its
 * clients and one for all else; C and S have theirs from the requirement. */
static const struct need *data_leg(struct pair *p, const struct chain *c, size_t leg,
				   const struct mode *mode, const struct wanted *w)
{
	bool active = text_is(mode->name, "active");
	size_t listener = active ? leg : leg + 1; /* a stop of the chain */
	const struct ftp_gateway *opener = NULL;
	struct wanted part = {.transport = TRANSPORT_TCP, .any_of = true, .service = "ftp-data"};

	part.from = active ? server_end(p->pl, c, leg, w) : client_end(p->pl, c, leg, w);
	part.to = active ? client_end(p->pl, c, leg, w) : server_end(p->pl, c, leg, w);
	if (listener >= 1 && listener <= c->n) {
		const struct ftp_gateway *g = &c->gateways[listener - 1]->ftp_gateway;

		part.ports = active ? g->server_ports : g->client_ports;
		if (!part.ports.lo)
			part.ports = (struct port_range){1024, 65535};
	} else if (!plan_resolve(p, mode->needs, &mode->needs->leaf.ports, &part.ports)) {
		return need_open(p->pl);
	}
	if (active && leg < c->n)
		opener = &c->gateways[leg]->ftp_gateway;
	if (opener && opener->active_source == ACTIVE_SOURCE_20)
		part.source = (struct port_range){20, 20};
	part.any_of = part.ports.lo != part.ports.hi;
	part.posing = posing_on(c, leg, w);
	part.posing_source = active;
	return plan_flow(p, &part, leg_claim(c, leg, w, (struct claim){0}));
}

static const struct flow *leg_of(const struct demand *parent, const struct chain *c, size_t leg)
{
	const struct need *needs = parent ? parent->needs : NULL;

	if (needs && needs->kind == NEED_ALL && needs->kids.n == c->n + 1)
		return need_first_flow(needs->kids.items[leg]);
	return need_first_flow(needs);
}

const struct need *plan_gateway_children(struct pair *p, const struct demand *parent)
{
	const struct flow *control = parent ? need_first_flow(parent->needs) : NULL;
	struct wanted w = {.from = p->from->endpoint,
			   .to = p->to->endpoint,
			   .ports = control ? control->ports : (struct port_range){21, 21}};
	unsigned modes[GATEWAYS_MAX + 1];
	struct buf kids = BUF_INIT;
	struct chain c;

	find_chain(p->pl, &w, &c);
	if (!c.n)
		return NULL;
	find_modes(p, &c, modes);
	for (size_t leg = 0; leg <= c.n; leg++) {
		p->parent = leg_of(parent, &c, leg);
		for_each (mode, &p->requirement->modes) {
			if (!(modes[leg] & mode_bit(mode)))
				continue;
			p->mode = mode->name.s;
			need_add(&kids, data_leg(p, &c, leg, mode, &w));
		}
	}
	p->mode = NULL;
	return need_join(p->pl, NEED_ALL, &kids);
}
