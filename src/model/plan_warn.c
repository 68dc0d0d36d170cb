/* SPDX-License-Identifier: ISC
 *
 * What a person should know before asking for a plan: what the network will break, what is opened
 * to the outside, what could be left out.
 */
#include <stdlib.h>

#include "model/plan_int.h"
#include "model/registry.h"

/* --- words ------------------------------------------------------------------------------------ */

const char *flow_text(struct planner *pl, const struct flow *f)
{
	struct buf ports = BUF_INIT;
	const char *text;

	flow_format_ports(f, &ports);
	text = plan_line(pl, "%s to %s %s", f->from->name, f->to->name, ports.data);
	buf_release(&ports);
	return text;
}

static const char *demand_text(struct planner *pl, const struct demand *d)
{
	return plan_line(pl, "%s/%s", d->installation->product->name.s, d->requirement->id.s);
}

const char *claim_text(struct planner *pl, const struct flow *f)
{
	return demand_text(pl, f->claims->demand);
}

/* One warning for a requirement, however many flows it has; asked before any text is made. */
static bool was_told(struct planner *pl, const char *code, const struct flow *f)
{
	return plan_was_told(pl, code, claim_text(pl, f));
}

/* A device of the site's own is inside, also where it faces the world. */
static bool is_outside(const struct endpoint *e)
{
	return e->kind == ENDPOINT_OUTSIDE ||
	       (e->kind != ENDPOINT_DEVICE && e->zone && e->zone->any);
}

static const char *reference_of(struct planner *pl, const struct requirement *q)
{
	const struct docref *d = q->doc.n ? q->doc.items : NULL;

	if (!d)
		return NULL;
	return plan_line(pl, "%s%s%s%s%s", d->in.s, d->section.s ? ", section " : "",
			 d->section.s ? d->section.s : "", d->row.s ? ", " : "",
			 d->row.s ? d->row.s : "");
}

/* --- what the network breaks ------------------------------------------------------------------ */

static bool is_kerberos(const char *service)
{
	static const char *const names[] = {"kerberos", "kpasswd", "kadmin", "kadmin4"};

	for (size_t i = 0; service && i < ARRAY_LEN(names); i++)
		if (strcmp(service, names[i]) == 0)
			return true;
	return false;
}

static bool wants(const struct flow *f, enum path_quality quality)
{
	for (const struct claim *c = f->claims; c; c = c->next)
		for_each (condition, &c->demand->requirement->path)
			if (condition->quality == quality)
				return true;
	return false;
}

static bool speaks_kerberos(const struct flow *f)
{
	for (const struct claim *c = f->claims; c; c = c->next)
		if (is_kerberos(c->service))
			return true;
	return false;
}

static void warn_nat(struct planner *pl, const struct flow *f)
{
	bool kerberos = f->translation && speaks_kerberos(f);
	const char *code = kerberos ? "nat-breaks-kerberos" : "nat-on-path";
	const struct device *d;

	if (!f->translation || (!kerberos && !wants(f, PATH_NO_NAT)) || was_told(pl, code, f))
		return;
	d = f->translation->seen_at ? f->translation->seen_at : f->translation->dialled_at;
	plan_warn(pl,
		  (struct finding){
			  .severity = SEVERITY_HIGH,
			  .code = code,
			  .subject = claim_text(pl, f),
			  .evidence = plan_line(pl, "%s: %s translates addresses on this path",
						flow_text(pl, f), d->name.s),
			  .fix = plan_line(pl, "exempt this flow from NAT on %s%s", d->name.s,
					   kerberos ? ", or use tickets without addresses" : ""),
			  .reference = reference_of(pl, f->claims->demand->requirement),
			  .at = d->name.at});
}

static void warn_proxy(struct planner *pl, const struct flow *f)
{
	const struct claim *c = f->claims;

	if ((c->gateway != GATEWAY_HTTP && c->gateway != GATEWAY_SOCKS) ||
	    !wants(f, PATH_NO_PROXY) || was_told(pl, "proxy-on-path", f))
		return;
	plan_warn(pl, (struct finding){.severity = SEVERITY_HIGH,
				       .code = "proxy-on-path",
				       .subject = claim_text(pl, f),
				       .evidence = plan_line(pl, "%s goes through the proxy %s",
							     flow_text(pl, f), c->through->name.s),
				       .fix = "let it go directly",
				       .reference = reference_of(pl, c->demand->requirement),
				       .at = c->through->name.at});
}

static void warn_proxy_login(struct planner *pl, const struct flow *f)
{
	const struct claim *c = f->claims;
	const struct device *d = c->through;
	const char *credentials;

	if (c->gateway != GATEWAY_HTTP && c->gateway != GATEWAY_SOCKS)
		return;
	credentials = c->gateway == GATEWAY_HTTP ? d->http_proxy.credentials.s
						 : d->socks_proxy.credentials.s;
	if (!credentials || !wants(f, PATH_NO_PROXY_LOGIN) || was_told(pl, "proxy-login", f))
		return;
	plan_warn(pl, (struct finding){
			      .severity = SEVERITY_HIGH,
			      .code = "proxy-login",
			      .subject = claim_text(pl, f),
			      .evidence = plan_line(pl,
						    "%s goes through the proxy %s, which wants a "
						    "login",
						    flow_text(pl, f), d->name.s),
			      .fix = plan_line(pl, "let this pass %s without a login", d->name.s),
			      .reference = reference_of(pl, c->demand->requirement),
			      .at = d->name.at});
}

/* Broadcasts and what stays on its link pass no router. */
static void warn_link(struct planner *pl, const struct flow *f)
{
	if (!f->from->zone || !f->to->zone || f->from->zone == f->to->zone ||
	    !wants(f, PATH_SAME_LINK) || was_told(pl, "not-same-link", f))
		return;
	plan_warn(pl, (struct finding){
			      .severity = SEVERITY_HIGH,
			      .code = "not-same-link",
			      .subject = claim_text(pl, f),
			      .evidence = plan_line(
				      pl,
				      "%s: one is in %s, the other in %s, and no router may "
				      "lie between them",
				      flow_text(pl, f), f->from->zone->name.s, f->to->zone->name.s),
			      .fix = "put both on one link, or a relay between them",
			      .reference = reference_of(pl, f->claims->demand->requirement)});
}

/* A question from outside that reaches the translator, and nobody behind it. */
static void warn_hidden(struct planner *pl, const struct flow *f)
{
	const struct requirement *q = f->claims->demand->requirement;
	const struct device *d = plan_hides(f);

	if (!d || was_told(pl, "inbound-behind-nat", f))
		return;
	plan_warn(pl, (struct finding){
			      .severity = SEVERITY_HIGH,
			      .code = "inbound-behind-nat",
			      .subject = claim_text(pl, f),
			      .evidence = plan_line(pl,
						    "%s: %s is hidden behind an address of %s, and "
						    "nobody beyond it can dial it",
						    flow_text(pl, f), f->to->name, d->name.s),
			      .fix = plan_line(pl,
					       "a destination NAT on %s, to one host at most for "
					       "each address and port%s",
					       d->name.s,
					       q->if_unused == IF_UNUSED_RESET
						       ? "; or answer with a reset for all"
						       : ""),
			      .reference = reference_of(pl, q),
			      .at = d->name.at});
}

static void warn_families(struct planner *pl, const struct flow *f)
{
	if ((endpoint_families(f->from) & endpoint_families(f->to)) ||
	    was_told(pl, "no-common-family", f))
		return;
	plan_warn(pl, (struct finding){
			      .severity = SEVERITY_HIGH,
			      .code = "no-common-family",
			      .subject = claim_text(pl, f),
			      .evidence = plan_line(pl,
						    "%s: one has only IPv4 addresses, the other "
						    "only IPv6",
						    flow_text(pl, f)),
			      .fix = "give one of them an address of the other's family",
			      .reference = reference_of(pl, f->claims->demand->requirement)});
}

/* Between two hosts of one zone only the hosts themselves can deny anything. */
static void warn_undeniable(struct planner *pl, const struct flow *f)
{
	if (f->path->unknown)
		return;
	for_each (hop, &f->path->hops)
		if (hop->device->filter != FILTER_NONE)
			return;
	if (was_told(pl, "nothing-denies", f))
		return;
	plan_warn(pl,
		  (struct finding){.severity = SEVERITY_LOW,
				   .code = "nothing-denies",
				   .subject = claim_text(pl, f),
				   .evidence = plan_line(pl,
							 "%s must stay closed, and no filter lies "
							 "between the two",
							 flow_text(pl, f)),
				   .fix = plan_line(pl, "deny it on %s itself", f->to->name),
				   .reference = reference_of(pl, f->claims->demand->requirement)});
}

/* --- what is opened to the outside ------------------------------------------------------------ */

/* A user's machine: of a role with many players that rather dials than listens. */
static bool is_users_machine(const struct flow *f)
{
	const struct demand *d = f->claims->demand;
	const struct product *product = d->installation->product;
	const struct role *role = product_role(product, d->requirement->to.s);
	size_t dials = 0, listens = 0;

	if (!role || !role->many || f->to->kind == ENDPOINT_DEVICE)
		return false;
	for_each (q, &product->requirements) {
		if (q->forbid)
			continue;
		dials += text_same(q->from, role->name);
		listens += text_same(q->to, role->name);
	}
	return dials > listens;
}

static uint16_t dialled_port(const struct flow *f)
{
	if (f->translation && f->translation->dialled.port)
		return f->translation->dialled.port;
	return f->ports.lo;
}

static const char *inbound_words(bool privileged, bool on_users)
{
	if (!privileged)
		return "opened from outside";
	return on_users ? "a privileged listener on a user's machine, open to the outside: the "
			  "riskiest row"
			: "a privileged port, open to the outside";
}

static void warn_inbound(struct planner *pl, const struct flow *f)
{
	const struct requirement *q = f->claims->demand->requirement;
	uint16_t port = dialled_port(f);
	bool privileged = port && port < 1024, on_users;
	const char *fix = NULL;

	if (!is_outside(f->from) || is_outside(f->to) ||
	    (f->transport != TRANSPORT_TCP && f->transport != TRANSPORT_UDP) ||
	    was_told(pl, "inbound-privileged", f) || was_told(pl, "inbound", f))
		return;
	on_users = is_users_machine(f);
	if (privileged)
		fix = q->if_unused == IF_UNUSED_RESET
			      ? "where it is not used, answer with a reset instead of silence, so "
				"that servers do not wait"
			      : "narrow the source, or make sure that what listens there is meant "
				"for the world";
	plan_warn(pl, (struct finding){.severity = !privileged ? SEVERITY_LOW
						   : on_users  ? SEVERITY_HIGH
							       : SEVERITY_MEDIUM,
				       .code = privileged ? "inbound-privileged" : "inbound",
				       .subject = claim_text(pl, f),
				       .evidence = plan_line(pl, "%s: %s", flow_text(pl, f),
							     inbound_words(privileged, on_users)),
				       .fix = fix,
				       .reference = reference_of(pl, q)});
}

/* The hosts and devices to which the outside opens connections, if through a gateway. */
static void find_reached(struct planner *pl, struct map *reached)
{
	const struct flow *const *flows = (const void *)pl->flows.data;

	for (size_t i = 0; i < pl->flows.n / sizeof(*flows); i++) {
		if (flows[i]->kind != FLOW_REQUIRED || !is_outside(flows[i]->from))
			continue;
		map_add(reached, slice_of(flows[i]->to->name), pl);
		for (const struct claim *c = flows[i]->claims; c; c = c->next)
			if (c->whole)
				map_add(reached, slice_of(c->whole->name), pl);
	}
}

/* A host that the outside reaches opens a way further inside. */
static void warn_way_inside(struct planner *pl, const struct flow *f, const struct map *reached)
{
	if (!f->from->zone || !f->to->zone || f->from->zone == f->to->zone || is_outside(f->to) ||
	    is_outside(f->from) || (!f->from->host && !f->from->device) ||
	    !map_find(reached, slice_of(f->from->name)) || was_told(pl, "way-inside", f))
		return;
	plan_warn(pl,
		  (struct finding){
			  .severity = SEVERITY_MEDIUM,
			  .code = "way-inside",
			  .subject = claim_text(pl, f),
			  .evidence =
				  plan_line(pl,
					    "%s: %s can be reached from outside, and this opens a "
					    "way from %s to %s",
					    flow_text(pl, f), f->from->name, f->from->zone->name.s,
					    f->to->zone->name.s),
			  .fix = "prefer an arrangement in which the inside opens the connection",
			  .reference = reference_of(pl, f->claims->demand->requirement)});
}

/* --- what could be left out ------------------------------------------------------------------- */

/* A comparison that only older versions meet, or one alone, and without which the condition does
 * not hold. */
static const struct cond *old_version(const struct product *p, const struct cond *c, bool negated)
{
	const struct cond *found;
	const struct setting *s;
	bool newer;

	if (!c)
		return NULL;
	if (c->kind == COND_NOT)
		return old_version(p, c->a, !negated);
	if (c->kind == (negated ? COND_OR : COND_AND)) {
		found = old_version(p, c->a, negated);
		return found ? found : old_version(p, c->b, negated);
	}
	if (c->kind != COND_COMPARE)
		return NULL;
	s = product_setting(p, c->left.s);
	newer = c->op == COND_GE || c->op == COND_GT;
	if (!s || s->type != SETTING_VERSION || newer != negated || (c->op == COND_EQ && negated))
		return NULL;
	return c;
}

static const char *version_words(struct planner *pl, const struct cond *c)
{
	static const char *const of_op[] = {
		[COND_LT] = "older than ", [COND_LE] = "at most ", [COND_EQ] = "",
		[COND_GE] = "older than ", /* denied */
		[COND_GT] = "at most ",
	};

	return plan_line(pl, "only needed where %s is %s%s", c->left.s, of_op[c->op], c->right.s);
}

static void warn_version(struct planner *pl, const struct demand *d)
{
	const struct cond *c = old_version(d->installation->product, d->requirement->when, false);

	if (c)
		plan_warn(pl, (struct finding){.severity = SEVERITY_INFO,
					       .code = "upgrade-removes",
					       .subject = demand_text(pl, d),
					       .evidence = version_words(pl, c),
					       .fix = "an upgrade removes this requirement",
					       .reference = reference_of(pl, d->requirement)});
}

/* The first flow of a product that needs a number of the site's own; NULL: none. */
static const struct flow *find_user(struct planner *pl, const struct local_port *lp)
{
	const struct flow *const *flows = (const void *)pl->flows.data;

	for (size_t i = 0; i < pl->flows.n / sizeof(*flows); i++) {
		const struct flow *f = flows[i];

		if (f->kind == FLOW_REQUIRED && f->transport == lp->transport && !f->any_of &&
		    f->ports.lo && port_range_overlaps(f->ports, lp->range) &&
		    !(f->claims->service && text_is(lp->name, f->claims->service)))
			return f;
	}
	return NULL;
}

/* The site's local registrations, against IANA's and against what is planned. */
static void warn_local_ports(struct planner *pl)
{
	for_each (lp, &pl->site->local_ports) {
		const struct flow *user = find_user(pl, lp);
		struct buf text = BUF_INIT;

		registry_taken(&registry_iana, lp->range, transport_bit(lp->transport),
			       slice_of(lp->name.s), &text);
		if (user)
			buf_addf(&text, "%s%s needs it: %s", text.n ? "; " : "",
				 claim_text(pl, user), flow_text(pl, user));
		if (text.n)
			plan_warn(pl,
				  (struct finding){
					  .severity = SEVERITY_LOW,
					  .code = "port-taken",
					  .subject = plan_line(pl, "local_ports.%s", lp->port.s),
					  .evidence = text.data,
					  .fix = "use a free number, or know the conflict",
					  .at = lp->port.at});
		buf_release(&text);
	}
}

/* --- all of them ------------------------------------------------------------------------------ */

/* The worst first; equal ones stay in order. */
static void sort_warnings(struct buf *warnings)
{
	struct finding *f = (void *)warnings->data;
	size_t n = warnings->n / sizeof(*f);

	for (size_t i = 1; i < n; i++) {
		struct finding moved = f[i];
		size_t k = i;

		while (k > 0 && moved.severity > f[k - 1].severity) {
			f[k] = f[k - 1];
			k--;
		}
		f[k] = moved;
	}
}

static void warn_of_flow(struct planner *pl, const struct flow *f, const struct map *reached)
{
	if (f->kind == FLOW_FORBIDDEN) {
		warn_undeniable(pl, f);
		return;
	}
	warn_nat(pl, f);
	warn_proxy(pl, f);
	warn_proxy_login(pl, f);
	warn_link(pl, f);
	warn_hidden(pl, f);
	warn_families(pl, f);
	warn_inbound(pl, f);
	warn_way_inside(pl, f, reached);
}

/* By its addresses a host is known, and its flows are tried. */
static void warn_shared_addresses(struct planner *pl)
{
	struct map owners = {0};

	for_each (h, &pl->site->hosts) {
		for_each (a, &h->addresses) {
			char text[ADDR_TEXT_MAX];
			const char *key = plan_line(pl, "%s", addr_text(a, text));
			const struct host *other = map_find(&owners, slice_of(key));

			if (other && other != h)
				plan_warn(pl,
					  (struct finding){
						  .severity = SEVERITY_LOW,
						  .code = "address-twice",
						  .subject = plan_line(pl, "hosts.%s", h->name.s),
						  .evidence = plan_line(
							  pl, "%s is also the address of %s", key,
							  other->name.s),
						  .fix = "where it is one machine give it one "
							 "name; a check there wants --as HOST",
						  .at = h->name.at});
			map_add(&owners, slice_of(key), h);
		}
	}
	map_release(&owners);
}

/* Without zones nothing lies between two hosts, and nobody would be asked for anything. */
static void warn_no_zones(struct planner *pl)
{
	if (pl->site->zones.n || !pl->flows.n)
		return;
	plan_warn(pl,
		  (struct finding){
			  .severity = SEVERITY_MEDIUM,
			  .code = "no-zones",
			  .subject = "zones",
			  .evidence = "the site has no zones: every flow is taken to stay on one "
				      "network, with no device on its way",
			  .fix = "say which networks are which zones, and which devices lie "
				 "between them"});
}

void plan_find_warnings(struct planner *pl)
{
	const struct flow *const *flows = (const void *)pl->flows.data;
	const struct demand *const *demands = (const void *)pl->demands.data;
	const struct requirement *last = NULL;
	struct map reached = {0};

	find_reached(pl, &reached);
	for (size_t i = 0; i < pl->flows.n / sizeof(*flows); i++)
		warn_of_flow(pl, flows[i], &reached);
	for (size_t i = 0; i < pl->demands.n / sizeof(*demands); i++) {
		if (demands[i]->requirement != last)
			warn_version(pl, demands[i]);
		last = demands[i]->requirement;
	}
	warn_local_ports(pl);
	warn_no_zones(pl);
	warn_shared_addresses(pl);
	sort_warnings(&pl->warnings);
	map_release(&reached);
}
