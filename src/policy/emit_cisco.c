/* SPDX-License-Identifier: ISC
 *
 * Cisco IOS: named access lists, one for each interface, direction and family, as lines of
 * configuration. No router has read its text here. Whatever names a document has, they stand in
 * remarks and comments only; none has a question mark, at which a terminal would help instead.
 *
 * Lists keep no state, so the policy is derived without. A list that looks at what comes in sees
 * it before the translation of targets, one that looks at what leaves sees it behind the
 * translation of sources. What passes through has passed both, and each asks for its own interface
 * only. A list's name ends with a hash of its content: a new one is whole before an interface turns
 * to it, in one command, and the same text may be loaded twice.
 */
#include "policy/emit.h"
#include "policy/emit_cisco_int.h"
#include "policy/emit_words.h"

enum {
	REMARK_MAX = 100,
	COMMENT_MAX = 200, /* a terminal takes 254 */
	NAME_MAX_BYTES = 40,
};

/* --- words ------------------------------------------------------------------------------------ */

static void add_text(struct buf *out, const char *s, size_t room)
{
	size_t start = out->n;

	emit_harmless(out, s, room);
	for (size_t i = start; i < out->n; i++)
		if (out->data[i] == '?')
			out->data[i] = '.';
}

/* Too long for one line it goes on in the next. */
static void add_comment(struct buf *out, const char *label, const char *text)
{
	size_t n = text ? strlen(text) : 0;

	for (size_t i = 0; i < n; i += COMMENT_MAX) {
		buf_addf(out, "! %s", i ? "  " : label);
		add_text(out, text + i, COMMENT_MAX);
		buf_add_char(out, '\n');
	}
}

static void add_finding(struct buf *out, const struct finding *f)
{
	struct buf label = BUF_INIT;

	buf_addf(&label, "%s: %s: ", severity_names[f->severity], f->code);
	add_comment(out, label.data, f->subject);
	add_comment(out, "  ", f->evidence);
	add_comment(out, "  to do: ", f->fix);
	buf_release(&label);
}

static void add_remark(struct buf *out, const struct rule *r)
{
	struct buf text = BUF_INIT;

	emit_reason(&text, r, 0);
	buf_add_text(out, " remark ");
	add_text(out, text.data, REMARK_MAX);
	buf_add_char(out, '\n');
	buf_release(&text);
}

/* --- entries ---------------------------------------------------------------------------------- */

static void add_wildcard(struct buf *out, uint8_t bits)
{
	struct addr wild = {.family = 4};
	char text[ADDR_TEXT_MAX];

	for (int i = bits; i < 32; i++)
		wild.bytes[i / 8] |= (uint8_t)(128 >> i % 8);
	buf_addf(out, " %s", addr_text(&wild, text));
}

static void add_prefix(struct buf *out, const struct prefix *p)
{
	char text[PREFIX_TEXT_MAX];

	if (!p) {
		buf_add_text(out, " any");
	} else if (p->bits == (p->addr.family == 6 ? 128 : 32)) {
		buf_addf(out, " host %s", addr_text(&p->addr, text));
	} else if (p->addr.family == 6) {
		buf_addf(out, " %s", prefix_text(p, text));
	} else {
		buf_addf(out, " %s", addr_text(&p->addr, text));
		add_wildcard(out, p->bits);
	}
}

static void add_ports(struct buf *out, const struct match *m, struct port_range r)
{
	if (!emit_has_ports(m->transport) || emit_is_any(r))
		return;
	if (r.lo == r.hi)
		buf_addf(out, " eq %u", r.lo);
	else
		buf_addf(out, " range %u %u", r.lo, r.hi);
}

static void add_protocol(struct buf *out, const struct match *m, uint8_t family)
{
	if (m->transport == TRANSPORT_NONE)
		buf_add_text(out, family == 6 ? "ipv6" : "ip");
	else if (m->transport == TRANSPORT_IP)
		buf_addf(out, "%u", m->number);
	else if (m->transport == TRANSPORT_SCTP)
		buf_add_text(out, "132");
	else
		buf_add_text(out, transport_names[m->transport]);
}

static void add_entry(struct buf *out, const struct rule *r, const struct match *m, uint8_t family,
		      const struct prefix *source, const struct prefix *target)
{
	buf_add_text(out, r->action == ACTION_ACCEPT ? " permit " : " deny ");
	add_protocol(out, m, family);
	add_prefix(out, source);
	add_ports(out, m, m->source_ports);
	add_prefix(out, target);
	add_ports(out, m, m->ports);
	if (m->transport == TRANSPORT_ICMP && emit_icmp_type(m, family) >= 0)
		buf_addf(out, " %d", emit_icmp_type(m, family));
	if (m->transport == TRANSPORT_ICMP && emit_icmp_code(m, family) >= 0)
		buf_addf(out, " %d", emit_icmp_code(m, family));
	if (cisco_is_reply(r) && m->transport == TRANSPORT_TCP)
		buf_add_text(out, " established");
	buf_add_char(out, '\n');
}

static void add_once(struct cisco *e, struct acl *l, struct buf *out, const struct buf *entry)
{
	const char *copy = arena_copy(e->unsaid.arena, buf_slice(entry));

	if (map_add(&l->entries, slice_of(copy), l))
		buf_add_slice(out, buf_slice(entry));
}

/* An entry has no list of addresses. */
static void add_entries(struct cisco *e, struct acl *l, struct buf *out, const struct rule *r,
			const struct match *m)
{
	size_t n_sources = m->source.list.n ? m->source.list.n : 1;
	size_t n_targets = m->target.list.n ? m->target.list.n : 1;
	struct buf entry = BUF_INIT;

	for (size_t i = 0; i < n_sources; i++) {
		for (size_t k = 0; k < n_targets; k++) {
			buf_clear(&entry);
			add_entry(&entry, r, m, l->family,
				  m->source.list.n ? &m->source.list.items[i] : NULL,
				  m->target.list.n ? &m->target.list.items[k] : NULL);
			add_once(e, l, out, &entry);
		}
	}
	buf_release(&entry);
}

/* --- what cannot be said ---------------------------------------------------------------------- */

static void tell_device(struct cisco *e, struct finding f)
{
	f.subject = e->policy->device->name.s;
	unsaid_tell(&e->unsaid, f);
}

/* NULL: it can. */
static const char *why_unsaid(const struct cisco *e, const struct rule *r)
{
	const struct match *m = &r->match;

	if (m->translated && !cisco_nat_of(e->dnat, r))
		return "only what was translated is let through, and that is not made: no entry "
		       "stands for this";
	if (m->transport == TRANSPORT_IP && !m->number)
		return "protocol 0 is any protocol to a list: no entry stands for this";
	if (m->transport == TRANSPORT_SCTP &&
	    (!emit_is_any(m->ports) || !emit_is_any(m->source_ports)))
		return "a list knows ports of TCP and UDP only: no entry stands for this";
	return NULL;
}

static void tell_unsaid(struct cisco *e, const struct rule *r)
{
	unsaid_tell_rule(&e->unsaid, r,
			 (struct finding){.severity = SEVERITY_HIGH,
					  .code = "not-in-cisco",
					  .evidence = why_unsaid(e, r)});
}

static void tell_refusal(struct cisco *e, const struct rule *r)
{
	unsaid_tell_rule(&e->unsaid, r,
			 (struct finding){.severity = SEVERITY_LOW,
					  .code = "refuse-by-icmp",
					  .evidence = "a list cannot reset a connection: who asks "
						      "gets ICMP unreachable, or waits in vain"});
}

/* Of all protocols but TCP, which has a rule of its own: a list has no "but". */
static void add_replies_of_any(struct cisco *e, struct acl *l, struct buf *out,
			       const struct rule *r, struct match m)
{
	m.transport = TRANSPORT_UDP;
	add_entries(e, l, out, r, &m);
	m.transport = TRANSPORT_ICMP;
	add_entries(e, l, out, r, &m);
	unsaid_tell_rule(&e->unsaid, r,
			 (struct finding){.severity = SEVERITY_MEDIUM,
					  .code = "replies-of-any",
					  .evidence = "replies of any protocol but TCP: UDP and "
						      "ICMP pass, and no other",
					  .fix = "the protocols that it needs, by their numbers"});
}

static void tell_of_own(struct cisco *e)
{
	tell_device(e, (struct finding){
			       .severity = SEVERITY_MEDIUM,
			       .code = "own-unseen",
			       .evidence = "lists do not look at what the router itself sends: all "
					   "of that leaves"});
	for_each (r, &e->policy->rules)
		if (r->hook == HOOK_OUTPUT && r->flows.n && r->action == ACTION_DROP)
			unsaid_tell_rule(
				&e->unsaid, r,
				(struct finding){.severity = SEVERITY_HIGH,
						 .code = "not-in-cisco",
						 .evidence = "lists do not look at what the router "
							     "itself sends: this is not dropped"});
}

static void tell_general(struct cisco *e)
{
	tell_of_own(e);
	if (e->policy->device->filter == FILTER_STATEFUL)
		tell_device(e, (struct finding){
				       .severity = SEVERITY_MEDIUM,
				       .code = "replies-by-flags",
				       .evidence = "the site says stateful, and lists keep no "
						   "state: TCP with ACK or RST passes as a reply "
						   "from each port that may be dialled, of UDP "
						   "whatever comes from it",
				       .fix = "a zone-based firewall beside the lists, by hand"});
	tell_device(e,
		    (struct finding){
			    .severity = SEVERITY_INFO,
			    .code = "fragments-by-address",
			    .evidence = "fragments behind the first have no ports: a permit with "
					"ports lets them through by their addresses, and a deny "
					"with ports does not stop them"});
	tell_device(e, (struct finding){.severity = SEVERITY_INFO,
					.code = "denied-is-answered",
					.evidence = "a router answers what it denies with ICMP "
						    "unreachable",
					.fix = "no ip unreachables on the interface, which also "
					       "ends the search for the path's MTU"});
}

/* --- lists ------------------------------------------------------------------------------------ */

static bool is_of_list(const struct acl *l, const struct rule *r)
{
	const struct match *m = &r->match;

	if (m->family && m->family != l->family)
		return false;
	return l->inbound ? cisco_is_filter(r) && cisco_may_be(m->in, l->interface)
			  : r->hook == HOOK_FORWARD && cisco_may_be(m->out, l->interface);
}

static void add_rule(struct cisco *e, struct buf *out, struct acl *l, const struct rule *r)
{
	struct match m = cisco_seen(e, l, r);
	struct buf entries = BUF_INIT;

	if (why_unsaid(e, r)) {
		tell_unsaid(e, r);
		return;
	}
	if (r->action == ACTION_DROP && !cisco_drops_here(e, r, l->inbound))
		return;
	if (r->action == ACTION_RESET)
		tell_refusal(e, r);
	if (cisco_is_reply(r) && m.transport == TRANSPORT_NONE)
		add_replies_of_any(e, l, &entries, r, m);
	else
		add_entries(e, l, &entries, r, &m);
	if (r->flows.n || entries.n)
		add_remark(out, r);
	buf_add_slice(out, buf_slice(&entries));
	buf_release(&entries);
}

/* Rules of both hooks meet in a list: the lower rank first, whichever hook it is of. */
static void add_rules(struct cisco *e, struct buf *out, struct acl *l)
{
	for (enum rank rank = RANK_BASE; rank <= RANK_REFUSE; rank++)
		for_each (r, &e->policy->rules)
			if (r->rank == rank && is_of_list(l, r))
				add_rule(e, out, l, r);
	buf_addf(out, " remark nothing needs it\n deny %s any any\n",
		 l->family == 6 ? "ipv6" : "ip");
}

static void add_list_name(struct buf *out, const struct acl *l, struct slice content)
{
	buf_addf(out, "PORTOLAN%u-%s-", l->family, l->inbound ? "IN" : "OUT");
	for (const char *s = l->interface; *s; s++)
		buf_add_char(out, strchr("/.:_+@", *s) ? '-' : *s);
	buf_addf(out, "-%08x", (unsigned)(hash_stable(content.p, content.n, 0) >> 32));
}

static void add_list(struct cisco *e, struct acl l)
{
	struct buf content = BUF_INIT, name = BUF_INIT;
	bool v6 = l.family == 6;

	add_rules(e, &content, &l);
	add_list_name(&name, &l, buf_slice(&content));
	buf_addf(e->out, "%s %s\n", v6 ? "ipv6 access-list" : "ip access-list extended", name.data);
	buf_add_slice(e->out, buf_slice(&content));
	buf_add_text(e->out, "exit\n");
	buf_addf(&e->bound, " %s %s %s\n", v6 ? "ipv6 traffic-filter" : "ip access-group",
		 name.data, l.inbound ? "in" : "out");
	map_release(&l.entries);
	buf_release(&content);
	buf_release(&name);
}

/* --- translations ----------------------------------------------------------------------------- */

/* Where it leaves, once it is translated; NULL: not known. */
static const char *inside_of(const struct cisco *e, const struct rule *dnat)
{
	for_each (r, &e->policy->rules)
		if (r->hook == HOOK_FORWARD && r->match.translated && !cisco_is_reply(r) &&
		    cisco_nat_of(e->dnat, r) == dnat)
			return r->match.out;
	return NULL;
}

static bool is_static(const struct cisco *e, const struct rule *r)
{
	const struct match *m = &r->match;

	return r->action == ACTION_DNAT && !r->rewrite.session && m->family == 4 &&
	       m->target.list.n == 1 && m->target.list.items[0].bits == 32 && m->in &&
	       inside_of(e, r) && r->rewrite.addr.family == 4 &&
	       (m->transport == TRANSPORT_TCP || m->transport == TRANSPORT_UDP) && m->ports.lo &&
	       m->ports.lo == m->ports.hi;
}

static void add_static(struct cisco *e, const struct rule *r)
{
	char local[ADDR_TEXT_MAX], global[ADDR_TEXT_MAX];
	uint16_t port = r->match.ports.lo;
	const char *line = arena_printf(
		e->unsaid.arena, "ip nat inside source static %s %s %u %s %u extendable\n",
		transport_names[r->match.transport], addr_text(&r->rewrite.addr, local),
		r->rewrite.port ? r->rewrite.port : port,
		addr_text(&r->match.target.list.items[0].addr, global), port);

	if (map_add(&e->translations, slice_of(line), e))
		buf_add_text(e->out, line);
}

static void tell_translation(struct cisco *e, const struct rule *r)
{
	bool source = r->hook == HOOK_POSTROUTING;

	unsaid_tell_rule(
		&e->unsaid, r,
		(struct finding){
			.severity = SEVERITY_HIGH,
			.code = "not-in-cisco",
			.evidence = source ? "translations of sources share one pool and its list: "
					     "this one is not made; the access lists expect it"
					   : "it is no static translation of one address and port "
					     "of IPv4 between two interfaces: this one is not made",
			.fix = source ? "ip nat inside source list LIST interface NAME overload, "
					"by hand"
				      : NULL});
}

static void add_translations(struct cisco *e)
{
	for_each (r, &e->policy->rules) {
		if (r->hook == HOOK_PREROUTING && is_static(e, r))
			add_static(e, r);
		else if (r->hook == HOOK_PREROUTING || r->hook == HOOK_POSTROUTING)
			tell_translation(e, r);
	}
}

static void bind_translations(struct cisco *e, const char *interface)
{
	bool inside = false, outside = false;

	for_each (r, &e->policy->rules) {
		if (r->hook != HOOK_PREROUTING || !is_static(e, r))
			continue;
		outside |= cisco_is_same(r->match.in, interface);
		inside |= cisco_is_same(inside_of(e, r), interface);
	}
	if (inside && outside)
		tell_device(e, (struct finding){
				       .severity = SEVERITY_HIGH,
				       .code = "inside-and-outside",
				       .evidence = arena_printf(
					       e->unsaid.arena,
					       "%s would be inside of one translation and outside "
					       "of another, and is neither: these are not made",
					       interface)});
	else if (inside || outside)
		buf_addf(&e->bound, " ip nat %s\n", inside ? "inside" : "outside");
}

/* --- interfaces ------------------------------------------------------------------------------- */

static bool is_first_of_name(const struct device *d, const struct interface *i)
{
	for (const struct interface *k = d->interfaces.items; k < i; k++)
		if (cisco_is_same(k->system_name.s, i->system_name.s))
			return false;
	return true;
}

static bool filters(const struct policy *p)
{
	return p->device->filter == FILTER_STATEFUL || p->device->filter == FILTER_STATELESS;
}

static void add_interface(struct cisco *e, const char *name)
{
	size_t head = e->bound.n, start;

	if (!policy_is_name_also(name, NAME_MAX_BYTES, "/:"))
		BUG("no name for a ruleset");
	buf_addf(&e->bound, "interface %s\n", name);
	start = e->bound.n;
	for (uint8_t family = 4; family <= 6 && filters(e->policy); family += 2) {
		add_list(e, (struct acl){.interface = name, .inbound = true, .family = family});
		add_list(e, (struct acl){.interface = name, .family = family});
	}
	bind_translations(e, name);
	if (e->bound.n == start)
		buf_truncate(&e->bound, head);
	else
		buf_add_text(&e->bound, "exit\n");
}

static void tell_unbound(struct cisco *e, const struct interface *i)
{
	unsaid_tell(&e->unsaid, (struct finding){.severity = SEVERITY_HIGH,
						 .code = "interface-unbound",
						 .subject = i->name.s,
						 .evidence = "without its name no list can be "
							     "bound to it: all passes there",
						 .fix = "its name in the site file"});
}

static void add_interfaces(struct cisco *e)
{
	const struct device *d = e->policy->device;
	bool any = false;

	for_each (i, &d->interfaces) {
		if (!i->system_name.s)
			tell_unbound(e, i);
		else if (is_first_of_name(d, i))
			add_interface(e, i->system_name.s);
		any |= i->system_name.s != NULL;
	}
	if (!any)
		tell_device(e, (struct finding){.severity = SEVERITY_HIGH,
						.code = "no-interface",
						.evidence = "the site names no interface of it: "
							    "there is nothing that a list could be "
							    "bound to, and there is none"});
}

/* --- the text --------------------------------------------------------------------------------- */

static void add_head(const struct cisco *e, struct buf *out)
{
	const struct policy *p = e->policy;

	buf_add_text(out,
		     "! portolan: Cisco IOS. Unverified: no router has read this text here.\n");
	add_comment(out, "device: ", p->device->name.s);
	add_comment(out, "site: ", p->plan->site->name.s);
	add_comment(out, "owner: ", p->device->owner.s);
	for_each (f, &p->findings)
		add_finding(out, f);
	for (size_t i = 0; i < unsaid_n(&e->unsaid); i++)
		add_finding(out, unsaid_at(&e->unsaid, i));
}

static void add_all(struct cisco *e)
{
	if (filters(e->policy)) {
		tell_general(e);
		cisco_tell_crossings(e);
		cisco_tell_own_reached(e);
		cisco_tell_unanswered(e);
	}
	add_interfaces(e);
	add_translations(e);
	buf_add_slice(e->out, buf_slice(&e->bound));
	buf_add_text(e->out, "end\n");
}

static void emit_lists(const struct policy *p, struct buf *out)
{
	struct buf lists = BUF_INIT;
	struct cisco e = {.out = &lists, .policy = p, .bound = BUF_INIT};
	/* Of a router of which nothing is known nothing was loaded, and nothing is replaced. */
	bool known = p->rules.n || p->device->filter != FILTER_UNKNOWN;

	unsaid_init(&e.unsaid);
	cisco_find_translations(&e);
	if (known)
		add_all(&e);
	add_head(&e, out);
	if (known)
		buf_add_text(out,
			     "! For copy ... running-config, or a terminal in configuration mode. "
			     "Lists of an earlier text stay, unbound:\n"
			     "! show access-lists | include PORTOLAN, then no ip access-list "
			     "extended NAME, no ipv6 access-list NAME.\n");
	buf_add_slice(out, buf_slice(&lists));
	map_release(&e.translations);
	buf_release(&e.bound);
	buf_release(&lists);
	unsaid_release(&e.unsaid);
}

const struct emitter emitter_cisco = {
	.name = "cisco",
	.interface_also = "/:", /* GigabitEthernet0/1, Serial0/0/0:23 */
	.interface_max = NAME_MAX_BYTES,
	.stateless = true,
	.policy = emit_lists,
};
