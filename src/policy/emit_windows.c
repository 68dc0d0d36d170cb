/* SPDX-License-Identifier: ISC
 *
 * Windows Defender Firewall, as a PowerShell script with the cmdlets of NetSecurity (Windows 8 and
 * Server 2012, or later). No Windows has read its text here. Whatever names a document has, they
 * stand between single quotes, where PowerShell knows nothing but a quote; and as a rule is kept as
 * one text with | between its parts, none has a |.
 *
 * It keeps state by itself, and has no order: what is blocked is blocked, whatever allows it.
 */
#include "policy/emit.h"
#include "policy/emit_unsaid.h"
#include "policy/emit_words.h"

enum {
	NAME_MAX_BYTES = 200,
	DESCRIPTION_MAX = 500,
	EPMAP = 135, /* the endpoint mapper's port */
	ICMP4 = 1,   /* as protocols */
	ICMP6 = 58,
};

/* Rules are put together before the head, which has what was found on the way. */
struct emission {
	struct buf *out;
	const struct policy *policy;
	struct unsaid unsaid;
	struct map names; /* so far, each once */
	unsigned n_base;  /* so many base rules */
};

/* --- words ------------------------------------------------------------------------------------ */

static void add_quoted(struct buf *out, const char *s, size_t room)
{
	struct buf text = BUF_INIT;

	emit_harmless(&text, s, room);
	buf_add_char(out, '\'');
	for (size_t i = 0; i < text.n; i++) {
		buf_add_char(out, text.data[i] == '|' ? '/' : text.data[i]);
		if (text.data[i] == '\'')
			buf_add_char(out, '\'');
	}
	buf_add_char(out, '\'');
	buf_release(&text);
}

static void add_option(struct buf *out, const char *option, const char *value)
{
	buf_addf(out, " -%s ", option);
	add_quoted(out, value, NAME_MAX_BYTES);
}

static void add_range(struct buf *out, const char *option, struct port_range r)
{
	struct buf text = BUF_INIT;

	port_range_format(r, &text);
	if (!emit_is_any(r))
		add_option(out, option, text.data);
	buf_release(&text);
}

static void add_prefixes(struct buf *out, const char *option, const struct prefixes *p)
{
	char text[PREFIX_TEXT_MAX];

	for_each (one, &p->list) {
		if (one == p->list.items)
			buf_addf(out, " -%s ", option);
		buf_addf(out, "%s'%s'", one == p->list.items ? "" : ",", prefix_text(one, text));
	}
}

/* --- what cannot be said ---------------------------------------------------------------------- */

static bool is_new(const struct rule *r)
{
	return r->match.packets == PACKETS_ANY;
}

static bool is_unsaid(const struct rule *r, struct finding *f)
{
	*f = (struct finding){.severity = SEVERITY_HIGH, .code = "not-in-windows"};
	if (r->hook == HOOK_PREROUTING || r->hook == HOOK_POSTROUTING) {
		f->evidence = "its firewall does not translate addresses: this translation is not "
			      "made";
		f->fix = "a device that translates, or New-NetNat and its mappings by hand";
	} else if (r->hook == HOOK_FORWARD) {
		f->evidence = "its firewall looks at what begins or ends at the machine, and not "
			      "at what passes through it: no rule stands for this";
		f->fix = "another device, or another form";
	} else if (r->match.translated) {
		f->evidence = "its firewall does not know what was translated: this is not opened";
		f->fix = "a device that translates";
	} else if (r->match.transport == TRANSPORT_SCTP &&
		   (!emit_is_any(r->match.ports) || !emit_is_any(r->match.source_ports))) {
		f->evidence = "its firewall knows ports of TCP and UDP only: no rule stands for "
			      "this";
	} else {
		return false;
	}
	return true;
}

/* Dropped without an answer, as all that nothing needs; a block would win over what is needed. */
static void tell_refusal(struct emission *e, const struct rule *r)
{
	unsaid_tell_rule(&e->unsaid, r,
			 (struct finding){.severity = SEVERITY_LOW,
					  .code = "refuse-is-drop",
					  .evidence = "no rule of Windows answers: who asks waits "
						      "in vain"});
}

/* Whether it has all of ICMP, whose number that is. */
static bool has_all_icmp(const struct rule *r, unsigned number)
{
	const struct match *m = &r->match;

	return m->transport == TRANSPORT_NONE ||
	       (m->transport == TRANSPORT_ICMP && (!m->icmp || strcmp(m->icmp, "any") == 0)) ||
	       (m->transport == TRANSPORT_IP && m->number == number);
}

/* Ours would let errors about connections through before it. */
static void tell_block_of_errors(struct emission *e, const struct rule *r)
{
	if (r->match.transport == TRANSPORT_ICMP || has_all_icmp(r, ICMP4))
		unsaid_tell_rule(&e->unsaid, r,
				 (struct finding){.severity = SEVERITY_LOW,
						  .code = "block-of-errors",
						  .evidence = "a block wins over every allow: it "
							      "stops errors about required "
							      "connections, too"});
}

/* A block wins over every allow, so what has an exception is closed only by the default. */
static void tell_drop(struct emission *e, const struct rule *r)
{
	const struct rule *opened = unsaid_opened_behind(e->policy, r);
	char key[RULE_KEY_TEXT_MAX];

	if (opened)
		unsaid_tell_rule(
			&e->unsaid, r,
			(struct finding){
				.severity = SEVERITY_HIGH,
				.code = "exception-in-block",
				.evidence = arena_printf(
					e->unsaid.arena,
					"a block wins over every allow, also over what is "
					"required inside of it, so there is none; and the rule %s "
					"lets through some of what is forbidden",
					rule_key_text(opened, key)),
				.fix = "narrower ends for that rule's requirement"});
	else
		unsaid_tell_rule(
			&e->unsaid, r,
			(struct finding){.severity = SEVERITY_LOW,
					 .code = "exception-in-block",
					 .evidence = "a block wins over every allow, also over "
						     "what is required inside of it, so there is "
						     "none: it is closed because no rule here "
						     "opens it, and a rule of others could"});
}

/* Ours would let neighbours find each other before it. */
static void tell_neighbours(struct emission *e, const struct rule *r)
{
	unsaid_tell_rule(
		&e->unsaid, r,
		(struct finding){.severity = SEVERITY_LOW,
				 .code = "exception-in-block",
				 .evidence =
					 "a block wins over every allow, also over how IPv6 finds "
					 "its neighbours, so of this no more than TCP and UDP is "
					 "blocked: the rest is closed because no rule here opens "
					 "it, and a rule of others could"});
}

static void tell_user(struct emission *e, const struct rule *r)
{
	unsaid_tell_rule(&e->unsaid, r,
			 (struct finding){.severity = SEVERITY_MEDIUM,
					  .code = "owner-unsaid",
					  .evidence =
						  "a user is named by an identifier that only the "
						  "machine knows: the rule holds for all its users",
					  .fix = "-LocalUser with that identifier, by hand"});
}

static void tell_of_device(struct emission *e, struct finding f)
{
	f.subject = e->policy->device->name.s;
	unsaid_tell(&e->unsaid, f);
}

static void tell_general(struct emission *e)
{
	tell_of_device(
		e, (struct finding){.severity = SEVERITY_MEDIUM,
				    .code = "rules-of-others",
				    .evidence = "rules of other groups, and of a domain's policy, "
						"stay: what they allow is let through as well",
				    .fix = "look at them: Get-NetFirewallRule -PolicyStore "
					   "ActiveStore -Enabled True -Action Allow"});
	tell_of_device(
		e, (struct finding){.severity = SEVERITY_LOW,
				    .code = "errors-of-any",
				    .evidence = "which connection an ICMP error belongs to cannot "
						"be asked: errors are let through from everybody"});
	if (e->policy->device->filter == FILTER_STATELESS)
		tell_of_device(e, (struct finding){.severity = SEVERITY_INFO,
						   .code = "state-is-kept",
						   .evidence = "Windows keeps state in any case, "
							       "so rules for replies are left "
							       "out"});
}

static void tell_of_forward(struct emission *e)
{
	for_each (r, &e->policy->rules)
		if (r->hook == HOOK_FORWARD) {
			tell_of_device(
				e,
				(struct finding){
					.severity = SEVERITY_HIGH,
					.code = "passes-unseen",
					.evidence = "what the machine passes on is neither let "
						    "through nor dropped here: where it "
						    "routes, all passes",
					.fix = "no routing on it: Set-NetIPInterface -Forwarding "
					       "Disabled"});
			return;
		}
}

/* --- dynamic RPC ------------------------------------------------------------------------------ */

/* Which service of Windows answers to a name of portolan-product(5), and its own group of rules. */
static const struct rpc_service {
	const char *what, *service, *group;
} rpc_services[] = {
	{"eventlog", "EventLog", "Remote Event Log Management"},
	{"wmi", "Winmgmt", "Windows Management Instrumentation (WMI)"},
	{"services", NULL, "Remote Service Management"},
	{"schedule", "Schedule", "Remote Scheduled Tasks Management"},
};

/* What is asked for at the endpoint mapper; NULL: it is not, or not by all. */
static const char *what_of(const struct rule *r)
{
	const char *what = NULL;

	for_each (f, &r->flows) {
		for (const struct claim *c = (*f)->claims; c; c = c->next) {
			if (!c->what || !c->parent || c->parent->ports.lo != EPMAP)
				return NULL;
			if (what && strcmp(what, c->what) != 0)
				return "";
			what = c->what;
		}
	}
	return what;
}

static bool is_inbound_tcp(const struct rule *r, uint16_t lo, uint16_t hi)
{
	return r->hook == HOOK_INPUT && r->action == ACTION_ACCEPT && is_new(r) &&
	       r->match.transport == TRANSPORT_TCP && r->match.ports.lo == lo &&
	       r->match.ports.hi == hi;
}

static bool is_dynamic_rpc(const struct rule *r)
{
	return is_inbound_tcp(r, 49152, 65535) && what_of(r);
}

static bool is_parent(const struct rule *r, const struct flow *kid)
{
	for (const struct claim *c = kid->claims; c; c = c->next)
		for_each (f, &r->flows)
			if (c->what && c->parent == *f)
				return true;
	return false;
}

static bool is_epmap(const struct emission *e, const struct rule *r)
{
	if (!is_inbound_tcp(r, EPMAP, EPMAP))
		return false;
	for_each (f, &e->policy->plan->flows)
		if (is_parent(r, *f))
			return true;
	return false;
}

static const struct rpc_service *rpc_service_of(const struct rule *r)
{
	for (size_t i = 0; i < ARRAY_LEN(rpc_services); i++)
		if (strcmp(what_of(r), rpc_services[i].what) == 0)
			return &rpc_services[i];
	return NULL;
}

static void add_rpc_remark(struct emission *e, const struct rule *r)
{
	const struct rpc_service *s = rpc_service_of(r);

	emit_remark(e->out, "",
		    "in place of 49152-65535: the ports on which it listens for RPC, which Windows "
		    "knows.");
	if (s)
		buf_addf(e->out,
			 "# Its own rules for that, from any address: Enable-NetFirewallRule "
			 "-DisplayGroup '%s'\n",
			 s->group);
}

static void add_rpc(struct buf *out, const struct rule *r)
{
	const struct rpc_service *s = rpc_service_of(r);

	buf_add_text(out, " -LocalPort RPC");
	if (s && s->service)
		buf_addf(out, " -Program '%%SystemRoot%%\\System32\\svchost.exe' -Service '%s'",
			 s->service);
}

/* --- what a rule matches ---------------------------------------------------------------------- */

static void add_ports(struct emission *e, const struct rule *r)
{
	const struct match *m = &r->match;
	bool inbound = r->hook == HOOK_INPUT;

	if (is_dynamic_rpc(r))
		add_rpc(e->out, r);
	else if (is_epmap(e, r))
		buf_add_text(e->out, " -LocalPort RPCEPMap");
	else
		add_range(e->out, inbound ? "LocalPort" : "RemotePort", m->ports);
	add_range(e->out, inbound ? "RemotePort" : "LocalPort", m->source_ports);
}

static void add_icmp(struct buf *out, const struct match *m, uint8_t family)
{
	int type = emit_icmp_type(m, family), code = emit_icmp_code(m, family);

	buf_addf(out, " -Protocol ICMPv%u", family);
	if (type >= 0)
		buf_addf(out, " -IcmpType '%d", type);
	if (code >= 0)
		buf_addf(out, ":%d", code);
	if (type >= 0)
		buf_add_char(out, '\'');
}

static void add_transport(struct emission *e, const struct rule *r, uint8_t family)
{
	const struct match *m = &r->match;

	if (m->transport == TRANSPORT_ICMP)
		add_icmp(e->out, m, family);
	else if (m->transport == TRANSPORT_IP)
		buf_addf(e->out, " -Protocol %u", m->number);
	else if (m->transport == TRANSPORT_NONE)
		buf_add_text(e->out, " -Protocol Any");
	else if (m->transport == TRANSPORT_SCTP)
		buf_add_text(e->out, " -Protocol 132");
	else
		buf_addf(e->out, " -Protocol %s", m->transport == TRANSPORT_TCP ? "TCP" : "UDP");
	if (m->transport == TRANSPORT_TCP || m->transport == TRANSPORT_UDP)
		add_ports(e, r);
}

static void add_addresses(struct emission *e, const struct rule *r, uint8_t family)
{
	const struct match *m = &r->match;
	bool inbound = r->hook == HOOK_INPUT;

	add_prefixes(e->out, "LocalAddress", inbound ? &m->target : &m->source);
	add_prefixes(e->out, "RemoteAddress", inbound ? &m->source : &m->target);
	/* One address gives the family away, and so does ICMP. Nothing says "any of IPv4", but its
	 * two halves do. */
	if (!m->source.list.n && !m->target.list.n && family && m->transport != TRANSPORT_ICMP)
		buf_add_text(e->out, family == 6 ? " -RemoteAddress '::/1','8000::/1'"
						 : " -RemoteAddress '0.0.0.0/1','128.0.0.0/1'");
}

/* --- a rule ----------------------------------------------------------------------------------- */

/* One key has rules of both families, and where a site asks the same twice, several of one. */
static void add_name(struct emission *e, const struct rule *r, uint8_t family)
{
	struct arena *a = e->unsaid.arena;
	const char *name, *first;
	char key[RULE_KEY_TEXT_MAX];

	if (r->flows.n)
		first = arena_printf(a, "portolan %.100s %s-%s-%u", e->policy->device->name.s,
				     rule_key_text(r, key), r->hook == HOOK_INPUT ? "in" : "out",
				     family);
	else
		first = arena_printf(a, "portolan %.100s base-%u", e->policy->device->name.s,
				     ++e->n_base);
	name = first;
	for (unsigned i = 2; !map_add(&e->names, slice_of(name), e); i++)
		name = arena_printf(a, "%s-%u", first, i);
	add_option(e->out, "Name", name);
}

static void add_words(struct emission *e, const struct rule *r, uint8_t family)
{
	struct buf text = BUF_INIT;

	add_name(e, r, family);
	emit_reason(&text, r, 0);
	add_option(e->out, "DisplayName", text.data);
	emit_grants(&text, r);
	buf_add_text(e->out, " -Description ");
	add_quoted(e->out, text.data, DESCRIPTION_MAX);
	buf_release(&text);
}

static void add_line(struct emission *e, const struct rule *r, uint8_t family)
{
	const char *interface = r->hook == HOOK_INPUT ? r->match.in : r->match.out;

	if (is_dynamic_rpc(r))
		add_rpc_remark(e, r);
	buf_addf(e->out, "$null = New-NetFirewallRule @common -Direction %s -Action %s",
		 r->hook == HOOK_INPUT ? "Inbound" : "Outbound",
		 r->action == ACTION_ACCEPT ? "Allow" : "Block");
	if (interface)
		add_option(e->out, "InterfaceAlias", interface);
	add_transport(e, r, family);
	add_addresses(e, r, family);
	add_words(e, r, family);
	buf_add_char(e->out, '\n');
}

/* An error cannot be asked to which connection it belongs. */
static void add_errors(struct emission *e, const struct rule *related)
{
	for (uint8_t family = 4; family <= 6; family += 2) {
		const int *type = emit_icmp_errors(family);

		buf_addf(e->out,
			 "$null = New-NetFirewallRule @common -Direction %s -Action Allow "
			 "-Protocol ICMPv%u -IcmpType '%d'",
			 related->hook == HOOK_INPUT ? "Inbound" : "Outbound", family, *type);
		while (*++type >= 0)
			buf_addf(e->out, ",'%d'", *type);
		add_words(e, related, family);
		buf_add_char(e->out, '\n');
	}
}

/* Windows does not filter what a machine says to itself, and sees to replies. */
static bool is_by_itself(const struct rule *r)
{
	const char *interface = r->hook == HOOK_INPUT ? r->match.in : r->match.out;

	return !is_new(r) || (!r->flows.n && interface && strcmp(interface, "lo") == 0);
}

static void add_lines(struct emission *e, const struct rule *r)
{
	if (r->match.family || r->match.transport != TRANSPORT_ICMP) {
		add_line(e, r, r->match.family);
		return;
	}
	add_line(e, r, 4);
	add_line(e, r, 6);
}

/* Of IPv6 not what its neighbours need. */
static void add_block(struct emission *e, const struct rule *r)
{
	struct rule part = *r;

	if (r->match.family == 4 || !has_all_icmp(r, ICMP6)) {
		tell_block_of_errors(e, r);
		add_lines(e, r);
		return;
	}
	tell_neighbours(e, r);
	if (r->match.transport != TRANSPORT_NONE)
		return;
	part.match.transport = TRANSPORT_TCP;
	add_line(e, &part, r->match.family);
	part.match.transport = TRANSPORT_UDP;
	add_line(e, &part, r->match.family);
}

static void add_filter(struct emission *e, const struct rule *r)
{
	if (r->match.packets == PACKETS_RELATED) {
		add_errors(e, r);
	} else if (is_by_itself(r)) {
		return;
	} else if (r->action == ACTION_RESET) {
		tell_refusal(e, r);
	} else if (r->action == ACTION_DROP && r->rank == RANK_DENY) {
		tell_drop(e, r);
	} else {
		if (r->match.user)
			tell_user(e, r);
		if (r->action == ACTION_DROP)
			add_block(e, r);
		else
			add_lines(e, r);
	}
}

static void add_rule(struct emission *e, const struct rule *r)
{
	struct finding f;

	if (!is_unsaid(r, &f))
		add_filter(e, r);
	else if (r->flows.n && is_new(r))
		unsaid_tell_rule(&e->unsaid, r, f);
}

/* --- the script ------------------------------------------------------------------------------- */

static bool filters(const struct policy *p)
{
	return p->device->filter == FILTER_STATEFUL || p->device->filter == FILTER_STATELESS;
}

static void add_head(const struct emission *e, struct buf *out)
{
	buf_add_text(out, "# portolan: Windows Defender Firewall. Unverified: no Windows has read "
			  "this text here.\n");
	emit_head(out, e->policy);
	for (size_t i = 0; i < unsaid_n(&e->unsaid); i++)
		emit_finding(out, unsaid_at(&e->unsaid, i));
}

/* There is no transaction. */
static void add_beginning(const struct emission *e, struct buf *out)
{
	struct buf group = BUF_INIT;

	buf_addf(&group, "portolan %.100s", e->policy->device->name.s);
	buf_add_text(out, "#Requires -Version 5.1\n#Requires -RunAsAdministrator\n"
			  "Set-StrictMode -Version Latest\n"
			  "$ErrorActionPreference = 'Stop'\n$group = ");
	add_quoted(out, group.data, NAME_MAX_BYTES);
	buf_add_text(out,
		     "\n$store = @{ PolicyStore = 'PersistentStore' }\n"
		     "$common = @{ PolicyStore = 'PersistentStore'; Group = $group; Profile = "
		     "'Any'; Enabled = 'True' }\n\n"
		     "# What an earlier run has left gives up its names and stays in force until "
		     "the new rules are there.\n"
		     "# Wherever this is interrupted, run it again: whatever is in the group "
		     "goes, once all is in.\n"
		     "$old = @(Get-NetFirewallRule @store | Where-Object { $_.Group -ceq $group "
		     "} | ForEach-Object {\n"
		     "\t$name = 'portolan-old-' + [guid]::NewGuid()\n"
		     "\tRename-NetFirewallRule @store -Name $_.Name -NewName $name\n"
		     "\t$name\n"
		     "})\n\n");
	buf_release(&group);
}

static void add_end(const struct emission *e, struct buf *out)
{
	if (filters(e->policy))
		buf_add_text(out, "\n# What no rule allows is blocked, both ways.\n"
				  "Set-NetFirewallProfile @store -Profile Domain,Private,Public "
				  "-Enabled True -DefaultInboundAction Block "
				  "-DefaultOutboundAction Block\n");
	buf_add_text(out, "\nforeach ($name in $old) {\n"
			  "\tRemove-NetFirewallRule @store -Name $name\n"
			  "}\n");
}

static void emit_script(const struct policy *p, struct buf *out)
{
	struct buf rules = BUF_INIT;
	struct emission e = {.out = &rules, .policy = p};

	unsaid_init(&e.unsaid);
	if (filters(p))
		tell_general(&e);
	tell_of_forward(&e);
	for_each (r, &p->rules)
		add_rule(&e, r);
	add_head(&e, out);
	/* Of a machine of which nothing is known nothing was loaded, and nothing is replaced. */
	if (p->rules.n || p->device->filter != FILTER_UNKNOWN) {
		add_beginning(&e, out);
		buf_add_slice(out, buf_slice(&rules));
		add_end(&e, out);
	}
	unsaid_release(&e.unsaid);
	map_release(&e.names);
	buf_release(&rules);
}

const struct emitter emitter_windows = {
	.name = "windows",
	.interface_also = " ()", /* "vEthernet (Default Switch)"; no wildcard, no quote */
	.interface_max = 100,
	.policy = emit_script,
};
