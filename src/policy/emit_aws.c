/* SPDX-License-Identifier: ISC
 *
 * AWS security groups, as JSON: a group for each interface, in the shape that create-security-group
 * and authorize-security-group-ingress and -egress read. No tool of AWS has read its text here.
 * Whatever names a document has, they stand between quotes, and in what AWS keeps with no other
 * bytes than it allows.
 *
 * Groups keep state, only let through, and know the other end and the port, and nothing else.
 */
#include "policy/emit.h"
#include "policy/emit_unsaid.h"
#include "policy/emit_words.h"

enum {
	DESCRIPTION_MAX = 255,
	ENTRIES_MAX = 60, /* of one direction and family, unless AWS was asked for more */
	NAME_MAX_BYTES = 100,
	PORT_NONE = -2, /* -1 says "all" of ICMP */
};

struct emission {
	struct buf *out; /* groups; the head has what was found on the way */
	const struct policy *policy;
	struct unsaid unsaid;
};

/* Entries of one protocol and port, of both families. */
struct permission {
	const char *protocol;
	int from, to;
	struct buf ranges[2]; /* IPv4, IPv6 */
};

/* One direction of one group. */
struct half {
	struct emission *e;
	const char *interface; /* NULL: the only one */
	bool ingress;
	struct map by_name; /* "tcp 443 443" to its permission */
	struct map entries; /* so far, each once: AWS refuses the second */
	struct buf list;    /* struct permission * */
	size_t n[2];	    /* entries, by family */
};

/* --- words ------------------------------------------------------------------------------------ */

static void add_allowed(struct buf *out, const char *s)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789. _-:/()#,@[]+=&;{}!$*";

	for (size_t i = 0; i < DESCRIPTION_MAX && s[i]; i++)
		buf_add_char(out, strchr(allowed, s[i]) ? s[i] : '.');
}

/* Harmless text has nothing that JSON would escape. NULL: null. */
static void add_member(struct buf *out, const char *key, const char *text)
{
	buf_addf(out, "\"%s\": ", key);
	if (text)
		emit_quoted(out, text, SIZE_MAX);
	else
		buf_add_text(out, "null");
}

static void add_finding(struct buf *out, const struct finding *f, bool first)
{
	buf_add_text(out, first ? "\n    {" : ",\n    {");
	add_member(out, "Severity", severity_names[f->severity]);
	buf_add_text(out, ", ");
	add_member(out, "Code", f->code);
	buf_add_text(out, ", ");
	add_member(out, "Subject", f->subject);
	buf_add_text(out, ",\n     ");
	add_member(out, "Evidence", f->evidence);
	buf_add_text(out, ",\n     ");
	add_member(out, "Fix", f->fix);
	buf_add_char(out, '}');
}

/* --- what cannot be said ---------------------------------------------------------------------- */

static void tell_device(struct emission *e, struct finding f)
{
	f.subject = e->policy->device->name.s;
	unsaid_tell(&e->unsaid, f);
}

static void tell_rule(struct emission *e, const struct rule *r, enum severity severity,
		      const char *code, const char *evidence)
{
	unsaid_tell_rule(
		&e->unsaid, r,
		(struct finding){.severity = severity, .code = code, .evidence = evidence});
}

/* NULL: it can. */
static const char *why_unsaid(const struct rule *r)
{
	const struct match *m = &r->match;

	if (r->hook == HOOK_PREROUTING || r->hook == HOOK_POSTROUTING)
		return "a group does not translate: this translation is not made";
	if (m->translated)
		return "a group does not know what was translated: this is not opened";
	if (m->transport == TRANSPORT_SCTP &&
	    (!emit_is_any(m->ports) || !emit_is_any(m->source_ports)))
		return "a group knows ports of TCP and UDP only: no entry stands for this";
	return NULL;
}

/* Of what passes through, one group knows whence, the other whither: whether the first of them
 * would let in some of what is forbidden, and the second let it out. */
static bool passes_both(const struct policy *p, const struct rule *drop)
{
	bool in = false, out = false;

	for_each (r, &p->rules) {
		struct match source = r->match, target = r->match;

		if (r->hook != HOOK_FORWARD || r->action != ACTION_ACCEPT ||
		    r->match.packets != PACKETS_ANY)
			continue;
		source.out = target.in = NULL;
		source.target = target.source = (struct prefixes){{NULL, 0}};
		source.source_ports = target.source_ports = PORT_RANGE_ANY;
		in |= match_meets(&source, &drop->match);
		out |= match_meets(&target, &drop->match);
	}
	return in && out;
}

/* Whether an entry for what is required inside of it lets through more of it: from each port. */
static bool is_exceeded(const struct policy *p, const struct rule *drop)
{
	for_each (r, &p->rules) {
		struct match m = r->match;

		if (r->hook != drop->hook || r->action != ACTION_ACCEPT ||
		    m.packets != PACKETS_ANY || emit_is_any(m.source_ports))
			continue;
		m.source_ports = PORT_RANGE_ANY;
		if (match_meets(&m, &drop->match))
			return true;
	}
	return false;
}

static bool is_opened(const struct policy *p, const struct rule *drop)
{
	if (drop->hook == HOOK_FORWARD)
		return passes_both(p, drop);
	return unsaid_opened_behind(p, drop) || is_exceeded(p, drop);
}

/* What no entry lets through is closed. */
static void tell_drop(struct emission *e, const struct rule *r)
{
	if (is_opened(e->policy, r))
		tell_rule(e, r, SEVERITY_HIGH, "not-in-aws",
			  "a group only lets through, and entries for what is required let through "
			  "some of this as well");
}

static void tell_of_rule(struct emission *e, const struct rule *r)
{
	const char *why = why_unsaid(r);

	if (!r->flows.n || r->match.packets != PACKETS_ANY)
		return;
	if (why)
		tell_rule(e, r, SEVERITY_HIGH, "not-in-aws", why);
	else if (r->action == ACTION_RESET)
		tell_rule(e, r, SEVERITY_LOW, "refuse-is-drop",
			  "a group does not answer: who asks waits in vain");
	else if (r->action == ACTION_DROP)
		tell_drop(e, r);
	else if (!emit_is_any(r->match.source_ports))
		tell_rule(e, r, SEVERITY_MEDIUM, "source-port-unsaid",
			  "a group does not know ports of the source: it is let through from each");
	if (!why && r->match.user)
		tell_rule(e, r, SEVERITY_MEDIUM, "owner-unsaid",
			  "a group does not know users: it is let through for all of them");
}

static bool has_forward(const struct policy *p)
{
	for_each (r, &p->rules)
		if (r->hook == HOOK_FORWARD && r->flows.n)
			return true;
	return false;
}

static void tell_general(struct emission *e)
{
	tell_device(e, (struct finding){
			       .severity = SEVERITY_LOW,
			       .code = "errors-of-any",
			       .evidence = "which connection an ICMP error belongs to cannot be "
					   "asked: errors are let through from everybody"});
	tell_device(e, (struct finding){
			       .severity = SEVERITY_INFO,
			       .code = "one-end",
			       .evidence = "a group holds for its interface: for all addresses of "
					   "it, and between neighbours it does not look"});
	if (has_forward(e->policy))
		tell_device(e, (struct finding){
				       .severity = SEVERITY_HIGH,
				       .code = "passes-by-halves",
				       .evidence = "of what passes through, one group knows whence "
						   "and the other whither: whoever may send to one "
						   "may send to all that is open on that port",
				       .fix = "groups of the hosts themselves, or a firewall on "
					      "the instance; its source/destination check off"});
	if (e->policy->device->filter == FILTER_STATELESS)
		tell_device(e, (struct finding){.severity = SEVERITY_INFO,
						.code = "state-is-kept",
						.evidence = "groups keep state in any case, so "
							    "rules for replies are left out"});
}

/* --- entries ---------------------------------------------------------------------------------- */

static struct permission *permission_of(struct half *h, const char *protocol, int from, int to)
{
	struct arena *a = h->e->unsaid.arena;
	const char *name = arena_printf(a, "%s %d %d", protocol, from, to);
	struct permission *p = map_find(&h->by_name, slice_of(name));

	if (p)
		return p;
	p = ARENA_NEW(a, struct permission);
	*p = (struct permission){arena_copy(a, slice_of(protocol)), from, to, {BUF_INIT, BUF_INIT}};
	map_add(&h->by_name, slice_of(name), p);
	buf_add(&h->list, &p, sizeof(p));
	return p;
}

static void add_description(struct buf *out, const struct rule *r)
{
	struct buf text = BUF_INIT;

	emit_reason(&text, r, 0);
	emit_grants(&text, r);
	buf_add_text(out, ", \"Description\": \"");
	add_allowed(out, text.data);
	buf_add_char(out, '"');
	buf_release(&text);
}

/* NULL: any of the family. */
static const char *cidr_of(struct arena *a, uint8_t family, const struct prefix *p)
{
	char text[ADDR_TEXT_MAX];

	if (!p)
		return family == 6 ? "::/0" : "0.0.0.0/0";
	return arena_printf(a, "%s/%u", addr_text(&p->addr, text), p->bits);
}

static void add_entry(struct half *h, struct permission *p, const struct rule *r, uint8_t family,
		      const struct prefix *prefix)
{
	struct buf *out = &p->ranges[family == 6];
	struct arena *a = h->e->unsaid.arena;
	const char *cidr = cidr_of(a, family, prefix);
	const char *key = arena_printf(a, "%s %d %d %s", p->protocol, p->from, p->to, cidr);

	if (!map_add(&h->entries, slice_of(key), h))
		return;
	h->n[family == 6]++;
	buf_addf(out, "%s\n          {\"%s\": \"%s\"", out->n ? "," : "",
		 family == 6 ? "CidrIpv6" : "CidrIp", cidr);
	add_description(out, r);
	buf_add_char(out, '}');
}

static void add_far_end(struct half *h, struct permission *p, const struct rule *r, uint8_t family)
{
	const struct prefixes *far = h->ingress ? &r->match.source : &r->match.target;

	for_each (one, &far->list)
		add_entry(h, p, r, family, one);
	if (!far->list.n)
		add_entry(h, p, r, family, NULL);
}

static struct permission *permission_for(struct half *h, const struct rule *r, uint8_t family)
{
	const struct match *m = &r->match;
	char number[8];

	switch (m->transport) {
	case TRANSPORT_NONE:
		return permission_of(h, "-1", PORT_NONE, PORT_NONE);
	case TRANSPORT_ICMP:
		return permission_of(h, family == 6 ? "icmpv6" : "icmp", emit_icmp_type(m, family),
				     emit_icmp_code(m, family));
	case TRANSPORT_TCP:
	case TRANSPORT_UDP:
		return permission_of(h, transport_names[m->transport],
				     emit_is_any(m->ports) ? 0 : m->ports.lo,
				     emit_is_any(m->ports) ? 65535 : m->ports.hi);
	default:
		snprintf(number, sizeof(number), "%u",
			 m->transport == TRANSPORT_SCTP ? 132 : m->number);
		return permission_of(h, number, PORT_NONE, PORT_NONE);
	}
}

static void add_errors(struct half *h, const struct rule *related)
{
	for (uint8_t family = 4; family <= 6; family += 2)
		for (const int *type = emit_icmp_errors(family); *type >= 0; type++)
			add_entry(h, permission_of(h, family == 6 ? "icmpv6" : "icmp", *type, -1),
				  related, family, NULL);
}

/* --- groups ----------------------------------------------------------------------------------- */

static bool is_of_half(const struct half *h, const struct rule *r)
{
	const char *name = h->ingress ? r->match.in : r->match.out;
	enum hook own = h->ingress ? HOOK_INPUT : HOOK_OUTPUT;

	return (r->hook == own || r->hook == HOOK_FORWARD) &&
	       (!name || !h->interface || strcmp(name, h->interface) == 0);
}

/* Of a policy that keeps no state. */
static bool is_error(const struct rule *r)
{
	const struct match *m = &r->match;

	if (m->transport != TRANSPORT_ICMP || !m->family)
		return false;
	for (const int *type = emit_icmp_errors(m->family); *type >= 0; type++)
		if (emit_icmp_type(m, m->family) == *type)
			return true;
	return false;
}

/* What is in every policy, a group does by itself; but not errors. */
static void add_rule(struct half *h, const struct rule *r)
{
	if (r->match.packets == PACKETS_RELATED)
		add_errors(h, r);
	if (r->match.packets != PACKETS_ANY || (!r->flows.n && !is_error(r)) ||
	    r->action != ACTION_ACCEPT || why_unsaid(r))
		return;
	for (uint8_t family = 4; family <= 6; family += 2)
		if (!r->match.family || r->match.family == family)
			add_far_end(h, permission_for(h, r, family), r, family);
}

static void tell_too_many(struct half *h, const char *group)
{
	for (int i = 0; i < 2; i++)
		if (h->n[i] > ENTRIES_MAX)
			unsaid_tell(
				&h->e->unsaid,
				(struct finding){
					.severity = SEVERITY_HIGH,
					.code = "too-many-entries",
					.subject = group,
					.evidence = arena_printf(
						h->e->unsaid.arena,
						"%zu entries for IPv%d, %s, and a group holds %d "
						"unless AWS has raised that",
						h->n[i], i ? 6 : 4, h->ingress ? "in" : "out",
						ENTRIES_MAX),
					.fix = "a higher quota, or networks in place of hosts"});
}

static void add_ranges(struct buf *out, const char *key, const struct buf *ranges)
{
	buf_addf(out, ", \"%s\": [", key);
	buf_add_slice(out, buf_slice(ranges));
	buf_add_char(out, ']');
}

static void add_permission(struct buf *out, struct permission *p)
{
	buf_addf(out, "        {\"IpProtocol\": \"%s\"", p->protocol);
	if (p->from != PORT_NONE)
		buf_addf(out, ", \"FromPort\": %d, \"ToPort\": %d", p->from, p->to);
	add_ranges(out, "IpRanges", &p->ranges[0]);
	add_ranges(out, "Ipv6Ranges", &p->ranges[1]);
	buf_add_char(out, '}');
	buf_release(&p->ranges[0]);
	buf_release(&p->ranges[1]);
}

static void add_half(struct emission *e, const char *group, const char *interface, bool ingress)
{
	struct half h = {.e = e, .interface = interface, .ingress = ingress, .list = BUF_INIT};
	struct permission **permissions;
	size_t n;

	for_each (r, &e->policy->rules)
		if (is_of_half(&h, r))
			add_rule(&h, r);
	tell_too_many(&h, group);
	permissions = (struct permission **)(void *)h.list.data;
	n = h.list.n / sizeof(*permissions);
	buf_addf(e->out, ",\n      \"IpPermissions%s\": [", ingress ? "" : "Egress");
	for (size_t i = 0; i < n; i++) {
		buf_add_text(e->out, i ? ",\n" : "\n");
		add_permission(e->out, permissions[i]);
	}
	buf_add_char(e->out, ']');
	buf_release(&h.list);
	map_release(&h.by_name);
	map_release(&h.entries);
}

/* interface: as rules name it; name: as the site does. NULL: the only one. */
static void add_group(struct emission *e, const char *interface, const char *name, bool first)
{
	struct buf group = BUF_INIT, description = BUF_INIT;

	buf_addf(&group, "portolan-%.100s%s%.100s", e->policy->device->name.s, name ? "-" : "",
		 name ? name : "");
	buf_addf(&description, "portolan: %.100s of site %.100s", e->policy->device->name.s,
		 e->policy->plan->site->name.s);
	buf_add_text(e->out, first ? "\n    {\n      \"GroupName\": \""
				   : ",\n    {\n      \"GroupName\": \"");
	add_allowed(e->out, group.data);
	buf_add_text(e->out, "\",\n      \"Description\": \"");
	add_allowed(e->out, description.data);
	buf_add_char(e->out, '"');
	add_half(e, group.data, interface, true);
	add_half(e, group.data, interface, false);
	buf_add_text(e->out, "\n    }");
	buf_release(&group);
	buf_release(&description);
}

static bool filters(const struct device *d)
{
	return d->filter == FILTER_STATEFUL || d->filter == FILTER_STATELESS;
}

/* Of an interface without the system's name there are only rules for all. */
static void add_groups(struct emission *e)
{
	const struct device *d = e->policy->device;

	if (!filters(d))
		return;
	tell_general(e);
	for_each (i, &d->interfaces)
		add_group(e, i->system_name.s ? i->system_name.s : "", i->name.s,
			  i == d->interfaces.items);
	if (!d->interfaces.n)
		add_group(e, NULL, NULL, true);
}

/* --- the text --------------------------------------------------------------------------------- */

static void add_findings(const struct emission *e, struct buf *out)
{
	bool first = true;

	buf_add_text(out, "  \"Findings\": [");
	for_each (f, &e->policy->findings) {
		add_finding(out, f, first);
		first = false;
	}
	for (size_t i = 0; i < unsaid_n(&e->unsaid); i++) {
		add_finding(out, unsaid_at(&e->unsaid, i), first);
		first = false;
	}
	buf_add_text(out, "],\n");
}

static void add_head(const struct emission *e, struct buf *out)
{
	static const char *const use =
		"create-security-group with GroupName, Description and a VpcId; "
		"revoke-security-group-egress of the entry that a new group has; then "
		"authorize-security-group-ingress and -egress";

	buf_add_text(out, "{\n  ");
	add_member(out, "Unverified", "portolan: no tool of AWS has read this text here");
	buf_add_text(out, ",\n  ");
	add_member(out, "Device", e->policy->device->name.s);
	buf_add_text(out, ",\n  ");
	add_member(out, "Site", e->policy->plan->site->name.s);
	buf_add_text(out, ",\n  ");
	add_member(out, "Owner", e->policy->device->owner.s);
	buf_add_text(out, ",\n  ");
	add_member(out, "Use", use);
	buf_add_text(out, ",\n");
	add_findings(e, out);
}

static void emit_template(const struct policy *p, struct buf *out)
{
	struct buf groups = BUF_INIT;
	struct emission e = {.out = &groups, .policy = p};

	unsaid_init(&e.unsaid);
	add_groups(&e);
	for_each (r, &p->rules)
		tell_of_rule(&e, r);
	add_head(&e, out);
	buf_add_text(out, "  \"SecurityGroups\": [");
	buf_add_slice(out, buf_slice(&groups));
	buf_add_text(out, "]\n}\n");
	unsaid_release(&e.unsaid);
	buf_release(&groups);
}

const struct emitter emitter_aws = {
	.name = "aws",
	.interface_also = " ()/:", /* they are compared, and not written */
	.interface_max = NAME_MAX_BYTES,
	.policy = emit_template,
};
