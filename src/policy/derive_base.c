/* SPDX-License-Identifier: ISC
 *
 * What every policy holds besides its flows, each with its reason; and what holds for the device
 * as a whole.
 */
#include "policy/derive_int.h"

/* --- base rules ------------------------------------------------------------------------------- */

bool derive_filters(const struct device *d)
{
	return d->filter == FILTER_STATEFUL || d->filter == FILTER_STATELESS;
}

bool derive_keeps_state(const struct derivation *d)
{
	return d->device->filter == FILTER_STATEFUL && !d->options->stateless;
}

static void add(struct derivation *d, enum hook hook, struct match match, const char *why)
{
	derive_add(d,
		   &(struct rule){.hook = hook,
				  .rank = RANK_BASE,
				  .action = match.packets == PACKETS_INVALID ? ACTION_DROP
									     : ACTION_ACCEPT,
				  .match = match,
				  .why = why},
		   NULL);
}

static void add_stateful(struct derivation *d, enum hook hook)
{
	add(d, hook, (struct match){.packets = PACKETS_ESTABLISHED},
	    "replies, and all that follows in a connection that was let through");
	add(d, hook, (struct match){.transport = TRANSPORT_ICMP, .packets = PACKETS_RELATED},
	    "errors about these connections: unreachable, packet too big, time exceeded");
	add(d, hook, (struct match){.packets = PACKETS_INVALID}, "belongs to no connection");
}

/* RFC 4890 section 4.3.1, and path MTU discovery for IPv4 (RFC 1191). */
static void add_stateless(struct derivation *d, enum hook hook)
{
	static const struct {
		uint8_t family;
		const char *icmp;
	} errors[] = {{4, "destination-unreachable"}, {4, "time-exceeded"},
		      {6, "destination-unreachable"}, {6, "fragmentation-needed"},
		      {6, "time-exceeded"},	      {6, "parameter-problem"}};

	for (size_t i = 0; i < ARRAY_LEN(errors); i++)
		add(d, hook,
		    (struct match){.family = errors[i].family,
				   .transport = TRANSPORT_ICMP,
				   .icmp = errors[i].icmp},
		    "errors about connections, without which large packets vanish");
}

static void add_neighbours(struct derivation *d, enum hook hook)
{
	static const struct {
		const char *icmp, *why;
	} names[] = {{"neighbour-solicitation", "IPv6 finds its neighbours so (RFC 4861)"},
		     {"neighbour-advertisement", "IPv6 finds its neighbours so (RFC 4861)"},
		     {"router-solicitation", "IPv6 finds its routers so (RFC 4861)"},
		     {"router-advertisement", "IPv6 finds its routers so (RFC 4861)"},
		     {"listener-query", "switches learn so who hears neighbours (RFC 4890)"},
		     {"listener-report", "switches learn so who hears neighbours (RFC 4890)"},
		     {"listener-done", "switches learn so who hears neighbours (RFC 4890)"},
		     {"listener-report-2", "switches learn so who hears neighbours (RFC 4890)"}};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		add(d, hook,
		    (struct match){.family = 6, .transport = TRANSPORT_ICMP, .icmp = names[i].icmp},
		    names[i].why);
}

static bool uses_ipv6(const struct derivation *d)
{
	struct draft *const *drafts = (struct draft *const *)d->drafts.data;

	for (size_t i = 0; i < d->drafts.n / sizeof(struct draft *); i++)
		if (drafts[i]->rule.match.family == 6)
			return true;
	for_each (i, &d->device->interfaces)
		for_each (a, &i->addresses)
			if (a->family == 6)
				return true;
	return false;
}

static void tell(struct derivation *d, enum severity severity, const char *code,
		 const char *evidence, const char *fix)
{
	derive_tell(d, (struct finding){.severity = severity,
					.code = code,
					.subject = d->device->name.s,
					.evidence = evidence,
					.fix = fix,
					.at = d->device->name.at});
}

/* Replies do not count: nothing begins with them. */
static bool lets_in(const struct derivation *d)
{
	struct draft *const *drafts = (struct draft *const *)d->drafts.data;

	for (size_t i = 0; i < d->drafts.n / sizeof(struct draft *); i++)
		if (drafts[i]->rule.hook == HOOK_INPUT && drafts[i]->rule.action == ACTION_ACCEPT &&
		    drafts[i]->flows.n && drafts[i]->rule.match.packets == PACKETS_ANY)
			return true;
	return false;
}

/* Who loads this from afar has cut the branch. */
static void tell_of_way_in(struct derivation *d)
{
	if (!lets_in(d))
		tell(d, SEVERITY_MEDIUM, "no-way-in",
		     "no requirement names a connection to the device itself: its administrators "
		     "are refused, and cut off at once where connections were not tracked before",
		     "a product for its administration, with its login as a requirement");
}

void derive_base(struct derivation *d)
{
	bool ipv6 = uses_ipv6(d);

	if (!derive_filters(d->device))
		return;
	add(d, HOOK_INPUT, (struct match){.in = "lo"}, "the device speaks to itself");
	add(d, HOOK_OUTPUT, (struct match){.out = "lo"}, "the device speaks to itself");
	for (enum hook hook = HOOK_INPUT; hook <= HOOK_OUTPUT; hook++) {
		if (d->host && hook == HOOK_FORWARD)
			continue;
		if (derive_keeps_state(d))
			add_stateful(d, hook);
		else
			add_stateless(d, hook);
		if (ipv6 && hook != HOOK_FORWARD)
			add_neighbours(d, hook);
	}
	tell_of_way_in(d);
}

/* --- findings --------------------------------------------------------------------------------- */

static void tell_of_filter(struct derivation *d)
{
	const struct device *device = d->device;

	if (device->filter == FILTER_UNKNOWN)
		tell(d, SEVERITY_INFO, "filter-unknown",
		     "the site does not know what it filters: there are no rules for it",
		     "filter: stateful or stateless, if it is yours");
	if (device->filter == FILTER_NONE)
		tell(d, SEVERITY_INFO, "filter-none",
		     "the site says that it filters nothing: only what it translates is here",
		     "filter: stateful, if it shall");
	if (device->filter == FILTER_STATELESS &&
	    (device->source_nat.n || device->destination_nat.n || device->ftp_gateway.given))
		tell(d, SEVERITY_MEDIUM, "stateless-translation",
		     "translation keeps state, and the filter is stateless: return rules name "
		     "addresses before or behind it",
		     "filter: stateful");
}

static void tell_of_gateway(struct derivation *d)
{
	const struct device *device = d->device;

	if (device->ftp_gateway.run_as.s || device->http_proxy.run_as.s ||
	    device->socks_proxy.run_as.s)
		tell(d, SEVERITY_INFO, "owner-on-input",
		     "who owns a socket can be matched on the way out only; on the way in the "
		     "exact "
		     "address and ports stand for it",
		     "let nothing else on this device listen on these ports");
	if (!device->ftp_gateway.given)
		return;
	if (device->ftp_gateway.plane == PLANE_NAT)
		tell(d, SEVERITY_INFO, "data-by-session",
		     "to where a data connection is translated is agreed in its conversation: "
		     "without the gateway's own entry for it none passes",
		     NULL);
	if (device->ftp_gateway.placement == PLACEMENT_TRANSPARENT)
		tell(d, SEVERITY_INFO, "speaks-as-server",
		     "towards clients the gateway speaks with the server's address: that needs "
		     "transparent sockets and a route for their replies, which is no matter of "
		     "rules",
		     NULL);
}

static void tell_of_interfaces(struct derivation *d)
{
	for_each (i, &d->device->interfaces)
		if (!i->system_name.s)
			derive_tell(d,
				    (struct finding){
					    .severity = SEVERITY_MEDIUM,
					    .code = "interface-without-name",
					    .subject = arena_printf(d->arena, "%s.%s",
								    d->device->name.s, i->name.s),
					    .evidence = "the site does not say what the system "
							"calls it: its rules hold for every "
							"interface",
					    .fix = arena_printf(d->arena,
								"devices.%s.interfaces.%s.name: "
								"INTERFACE",
								d->device->name.s, i->name.s),
					    .at = i->name.at});
}

/* A zone behind two interfaces is one place to the site. */
static void tell_of_shared_zones(struct derivation *d)
{
	for_each (i, &d->device->interfaces)
		for (const struct interface *k = d->device->interfaces.items; k < i; k++)
			if (k->zone == i->zone)
				derive_tell(
					d,
					(struct finding){
						.severity = SEVERITY_INFO,
						.code = "zone-behind-two-interfaces",
						.subject =
							arena_printf(d->arena, "%s.%s",
								     d->device->name.s, i->name.s),
						.evidence = arena_printf(
							d->arena,
							"it is in the zone of %s: rules name both, "
							"and between the two passes only what is "
							"required inside of the zone",
							k->name.s),
						.fix = "a zone for each interface, where it is "
						       "known "
						       "who stands behind which",
						.at = i->name.at});
}

static const char *subject_of(struct derivation *d, const struct flow *f)
{
	const struct demand *demand = f->claims->demand;

	return arena_printf(d->arena, "%s/%s", demand->installation->product->name.s,
			    demand->requirement->id.s);
}

/* What the plan leaves open is opened by nobody. */
static void tell_of_flow(struct derivation *d, const struct flow *f)
{
	bool here = derive_stand(d, f) != STAND_NOWHERE;

	if (f->path->unknown && d->opened[f->index])
		derive_tell(d,
			    (struct finding){
				    .severity = SEVERITY_MEDIUM,
				    .code = "path-unknown",
				    .subject = subject_of(d, f),
				    .evidence = "the site does not say which devices it crosses: "
						"none of them has a rule for it",
				    .fix = "answer the questions of portolan plan"});
	if (here && !d->opened[f->index])
		derive_tell(d,
			    (struct finding){
				    .severity = SEVERITY_MEDIUM,
				    .code = "undecided",
				    .subject = subject_of(d, f),
				    .evidence = "one of several ways, and the site has not chosen: "
						"nothing is opened for it",
				    .fix = "answer the questions of portolan plan"});
	if (here && d->opened[f->index])
		derive_tell_expiry(d, f);
	if (here && f->parent_port)
		derive_tell(d, (struct finding){
				       .severity = SEVERITY_LOW,
				       .code = "port-of-parent",
				       .subject = subject_of(d, f),
				       .evidence = "it goes to the port from which the other side "
						   "dialled, which no rule can know: 1024-65535",
				       .fix = "a mode that names its port, or a gateway"});
}

void derive_findings(struct derivation *d)
{
	tell_of_filter(d);
	tell_of_gateway(d);
	tell_of_interfaces(d);
	tell_of_shared_zones(d);
	derive_tell_modes(d);
	derive_tell_members(d);
	for_each (f, &d->plan->flows)
		tell_of_flow(d, *f);
}
