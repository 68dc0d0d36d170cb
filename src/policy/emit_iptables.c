/* SPDX-License-Identifier: ISC
 *
 * iptables, as iptables-restore and ip6tables-restore 1.8 read it with --noflush: one family each,
 * one transaction for each table. As beside a table of nftables' own, what others have stays and
 * has its say: what is let through RETURNs to them, what is dropped is dropped for all.
 */
#include <string.h>

#include "policy/emit.h"
#include "policy/emit_shapes.h"
#include "policy/emit_words.h"

enum {
	COMMENT_MAX = 255,
	MULTIPORT_MAX = 15, /* a range counts two */
	KEYS_MAX = 15,
};

/* One family's text. Port ranges and keys are those of the line that is being put together. */
struct emission {
	struct buf *out;
	const struct policy *policy;
	uint8_t family;
	struct buf ports, keys;
	const struct rule *first; /* NULL: no line has been begun */
	unsigned slots, n_ranges, n_keys, n_more;
};

static const struct chain {
	const char *table, *name;
} chains[HOOK_COUNT] = {
	[HOOK_PREROUTING] = {"nat", "PREROUTING"},   [HOOK_INPUT] = {"filter", "INPUT"},
	[HOOK_FORWARD] = {"filter", "FORWARD"},	     [HOOK_OUTPUT] = {"filter", "OUTPUT"},
	[HOOK_POSTROUTING] = {"nat", "POSTROUTING"},
};

/* --- what cannot be said ---------------------------------------------------------------------- */

/* NULL: it can. */
static const char *why_unsaid(const struct rule *r, uint8_t family)
{
	if (r->rewrite.session)
		return "iptables has no map that a gateway could fill: these data connections are "
		       "not translated, and do not pass";
	if (r->rewrite.members.n && r->rewrite.balance == BALANCE_SOURCE)
		return "iptables cannot choose a member by the client's address: what is dialled "
		       "is "
		       "not translated, and does not pass";
	if (r->match.transport == TRANSPORT_IP && !r->match.number && family == 6)
		return "no packet of IPv6 ends in protocol 0";
	return NULL;
}

static void tell_unsaid(struct emission *e, const struct rule *r)
{
	struct buf subject = BUF_INIT;
	bool balanced = r->rewrite.members.n != 0;
	struct finding f = {.severity =
				    r->rewrite.session || balanced ? SEVERITY_HIGH : SEVERITY_LOW,
			    .code = "not-in-iptables",
			    .evidence = why_unsaid(r, e->family),
			    .fix = r->rewrite.session ? "nftables, or plane: relay"
				   : balanced	      ? "nftables, or balance: random"
						      : NULL};

	emit_reason(&subject, r, 0);
	f.subject = subject.data;
	emit_finding(e->out, &f);
	buf_release(&subject);
}

static bool is_here(const struct rule *r, uint8_t family)
{
	return !r->match.family || r->match.family == family;
}

/* A last + stands for any end of a name; what begins with - looks like an option. */
static void check_interface(const struct text *name, struct errs *errs)
{
	size_t n = name->s ? strlen(name->s) : 0;

	if (n && (name->s[0] == '-' || name->s[n - 1] == '+'))
		errs_add(errs, name->at,
			 "\"%.40s\" cannot stand in a ruleset of iptables: it begins with - or "
			 "ends with +",
			 name->s);
}

/* Where nobody has that name, "1-5" is five users, and "010" is 8. */
static void check_user(const struct text *name, struct errs *errs)
{
	static const char digits[] = "0123456789";
	const char *s = name->s;

	if (s && strchr(digits, s[0]) && (s[strspn(s, digits)] || (s[0] == '0' && s[1])))
		errs_add(errs, name->at,
			 "\"%.40s\" cannot stand in a ruleset of iptables: a user that begins "
			 "with a digit, and is no plain number",
			 s);
}

static void check(const struct policy *p, struct errs *errs)
{
	for_each (i, &p->device->interfaces)
		check_interface(&i->system_name, errs);
	check_user(&p->device->ftp_gateway.run_as, errs);
	check_user(&p->device->http_proxy.run_as, errs);
	check_user(&p->device->socks_proxy.run_as, errs);
	for_each (b, &p->device->load_balancer)
		check_user(&b->run_as, errs);
}

/* --- what a rule matches ---------------------------------------------------------------------- */

static void add_name(struct buf *out, const char *option, const char *name, size_t max)
{
	if (!name)
		return;
	if (!policy_is_name(name, max))
		BUG("no name for a ruleset");
	buf_addf(out, " %s %s", option, name);
}

static void add_icmp(struct buf *out, const struct match *m, uint8_t family)
{
	int type = emit_icmp_type(m, family), code = emit_icmp_code(m, family);

	buf_add_text(out, family == 6 ? " -p ipv6-icmp" : " -p icmp");
	if (type >= 0)
		buf_addf(out,
			 family == 6 ? " -m icmp6 --icmpv6-type %d" : " -m icmp --icmp-type %d",
			 type);
	if (code >= 0)
		buf_addf(out, "/%d", code);
	if (emit_is_of_link(m, family))
		buf_add_text(out, " -m hl --hl-eq 255");
}

/* "80", "80:90" */
static void add_range(struct buf *out, struct port_range r)
{
	buf_addf(out, "%u", r.lo);
	if (r.hi != r.lo)
		buf_addf(out, ":%u", r.hi);
}

/* NULL: any. */
static const char *tcp_flags(const struct match *m)
{
	if (m->packets == PACKETS_RESET)
		return " --tcp-flags RST RST";
	if (m->packets == PACKETS_REPLY && m->transport == TRANSPORT_TCP)
		return " ! --tcp-flags FIN,SYN,RST,ACK SYN";
	return NULL;
}

static void add_ports(const struct emission *e, const struct match *m)
{
	struct buf *out = e->out;
	const char *flags = tcp_flags(m);

	buf_addf(out, " -p %s", transport_names[m->transport]);
	if (!emit_is_any(m->source_ports) || e->n_ranges == 1 || flags)
		buf_addf(out, " -m %s", transport_names[m->transport]);
	if (!emit_is_any(m->source_ports)) {
		buf_add_text(out, " --sport ");
		add_range(out, m->source_ports);
	}
	if (e->n_ranges == 1)
		buf_addf(out, " --dport %s", e->ports.data);
	if (flags)
		buf_add_text(out, flags);
	if (e->n_ranges > 1)
		buf_addf(out, " -m multiport --dports %s", e->ports.data);
}

static void add_transport(const struct emission *e, const struct match *m)
{
	if (m->transport == TRANSPORT_ICMP)
		add_icmp(e->out, m, e->family);
	else if (m->transport == TRANSPORT_IP && m->number)
		buf_addf(e->out, " -p %u", m->number);
	else if (m->transport == TRANSPORT_IP)
		/* -p 0 is any; the protocol is byte 9. */
		buf_add_text(e->out, " -m u32 --u32 \"6&0xff=0\"");
	else if (emit_has_ports(m->transport))
		add_ports(e, m);
	else if (m->packets == PACKETS_REPLY) /* of any protocol: TCP's has a rule of its own */
		buf_add_text(e->out, " ! -p tcp");
}

static void add_state(struct buf *out, const struct match *m)
{
	static const char *const states[] = {[PACKETS_ESTABLISHED] = "ESTABLISHED",
					     [PACKETS_RELATED] = "RELATED",
					     [PACKETS_INVALID] = "INVALID"};

	if (m->packets < ARRAY_LEN(states) && states[m->packets])
		buf_addf(out, " -m conntrack --ctstate %s", states[m->packets]);
	/* Apart: in one list it would be "or". */
	if (m->translated)
		buf_add_text(out, " -m conntrack --ctstate DNAT");
}

static void add_prefix(struct buf *out, const char *option, const struct prefix *p)
{
	char text[PREFIX_TEXT_MAX];

	if (p)
		buf_addf(out, " %s %s", option, prefix_text(p, text));
}

/* --- what it does ----------------------------------------------------------------------------- */

/* Of those that are left the next member takes its share. */
static void add_share(struct buf *out, const struct rewrite *w, size_t member)
{
	size_t left = w->members.n - member;

	if (left < 2)
		return;
	if (w->balance == BALANCE_RANDOM)
		buf_addf(out, " -m statistic --mode random --probability %.8f", 1.0 / (double)left);
	else
		buf_addf(out, " -m statistic --mode nth --every %zu --packet 0", left);
}

/* member: of those that share what is dialled. */
static void add_action(struct buf *out, const struct rule *r, size_t member)
{
	struct rewrite one = r->rewrite;

	if (one.members.n) {
		add_share(out, &one, member);
		one.addr = one.members.items[member].addr;
		one.port = one.members.items[member].port;
	}
	switch (r->action) {
	case ACTION_ACCEPT:
		buf_add_text(out, " -j RETURN");
		break;
	case ACTION_DROP:
		buf_add_text(out, " -j DROP");
		break;
	case ACTION_RESET:
		buf_add_text(out, " -j REJECT --reject-with tcp-reset");
		break;
	case ACTION_REDIRECT:
		buf_add_text(out, " -j REDIRECT");
		if (r->rewrite.port)
			buf_addf(out, " --to-ports %u", r->rewrite.port);
		break;
	case ACTION_DNAT:
	case ACTION_SNAT:
		buf_add_text(out, r->action == ACTION_DNAT ? " -j DNAT --to-destination "
							   : " -j SNAT --to-source ");
		emit_rewrite(out, &one);
		break;
	}
}

/* All keys that fit, then the requirements of the first. */
static void add_reason(const struct emission *e)
{
	struct buf text = BUF_INIT;

	buf_add_slice(&text, buf_slice(&e->keys));
	if (e->n_more)
		buf_addf(&text, "+%u ", e->n_more);
	rule_format_requirements(e->first, &text);
	buf_add_text(e->out, " -m comment --comment ");
	emit_quoted(e->out, text.data, COMMENT_MAX);
	buf_release(&text);
}

/* NULL: any address. */
static void add_line(const struct emission *e, const struct prefix *source,
		     const struct prefix *target, size_t member)
{
	const struct match *m = &e->first->match;

	buf_addf(e->out, "-A PORTOLAN-%s", chains[e->first->hook].name);
	add_prefix(e->out, "-s", source);
	add_prefix(e->out, "-d", target);
	add_name(e->out, "-i", m->in, INTERFACE_NAME_MAX);
	add_name(e->out, "-o", m->out, INTERFACE_NAME_MAX);
	add_transport(e, m);
	add_name(e->out, "-m owner --uid-owner", m->user, USER_NAME_MAX);
	add_state(e->out, m);
	add_reason(e);
	add_action(e->out, e->first, member);
	buf_add_char(e->out, '\n');
}

/* --- lines: rules of the same two ends, as many ports as fit ---------------------------------- */

/* A rule has no list of addresses. */
static void add_lines(const struct emission *e)
{
	const struct prefixes *source = &e->first->match.source, *target = &e->first->match.target;
	size_t n_sources = source->list.n ? source->list.n : 1;
	size_t n_targets = target->list.n ? target->list.n : 1;
	size_t n_members = e->first->rewrite.members.n ? e->first->rewrite.members.n : 1;

	for (size_t i = 0; i < n_sources; i++)
		for (size_t k = 0; k < n_targets; k++)
			for (size_t member = 0; member < n_members; member++)
				add_line(e, source->list.n ? &source->list.items[i] : NULL,
					 target->list.n ? &target->list.items[k] : NULL, member);
}

static void end_line(struct emission *e)
{
	if (e->first)
		add_lines(e);
	buf_clear(&e->ports);
	buf_clear(&e->keys);
	e->first = NULL;
	e->slots = e->n_ranges = e->n_keys = e->n_more = 0;
}

static void add_key(struct emission *e, const struct rule *r)
{
	char key[RULE_KEY_TEXT_MAX];

	if (!r->flows.n)
		return;
	if (e->n_keys == KEYS_MAX) {
		e->n_more++;
		return;
	}
	e->n_keys++;
	buf_addf(&e->keys, "%s ", rule_key_text(r, key));
}

static void add_run(struct emission *e, const struct shape *s, const struct shape_run *run,
		    size_t end)
{
	const struct rule *const *rules = (const void *)s->rules.data;
	unsigned slots = run->ports.lo == run->ports.hi ? 1 : 2;

	if (e->first &&
	    (shape_compare_ends(e->first, run->first) != 0 || e->slots + slots > MULTIPORT_MAX))
		end_line(e);
	if (!e->first)
		e->first = run->first;
	for (size_t i = end - 1 - run->more; i < end; i++)
		add_key(e, rules[i]);
	if (emit_is_any(run->ports))
		return;
	e->slots += slots;
	if (e->n_ranges++)
		buf_add_char(&e->ports, ',');
	add_range(&e->ports, run->ports);
}

static void add_shape(struct emission *e, struct shape *s)
{
	struct shape_run run;
	size_t i = 0;

	shape_sort(s);
	while (shape_next_run(s, &i, &run))
		if (!why_unsaid(run.first, e->family))
			add_run(e, s, &run, i);
	end_line(e);
}

/* --- tables ----------------------------------------------------------------------------------- */

static bool has_rules(const struct policy *p, enum hook hook)
{
	for_each (r, &p->rules)
		if (r->hook == hook)
			return true;
	return false;
}

static void add_chain(struct emission *e, const struct shapes *all, enum hook hook)
{
	for (size_t i = 0; i < shapes_n(all); i++) {
		struct shape *s = shape_at(all, i);

		if (s->first->hook == hook && is_here(s->first, e->family))
			add_shape(e, s);
	}
	if (strcmp(chains[hook].table, "filter") == 0 && has_rules(e->policy, hook))
		buf_addf(e->out,
			 "-A PORTOLAN-%s -m comment --comment \"nothing needs it\" -j DROP\n",
			 chains[hook].name);
}

/* Chains are there also without rules, so that what they held before is gone. */
static void add_table(struct emission *e, const struct shapes *all, const char *table)
{
	buf_addf(e->out, "*%s\n", table);
	for (enum hook hook = 0; hook < HOOK_COUNT; hook++)
		if (strcmp(chains[hook].table, table) == 0)
			buf_addf(e->out, ":PORTOLAN-%s - [0:0]\n", chains[hook].name);
	for (enum hook hook = 0; hook < HOOK_COUNT; hook++)
		if (strcmp(chains[hook].table, table) == 0)
			buf_addf(e->out, "-I %s 1 -j PORTOLAN-%s\n", chains[hook].name,
				 chains[hook].name);
	for (enum hook hook = 0; hook < HOOK_COUNT; hook++)
		if (strcmp(chains[hook].table, table) == 0)
			add_chain(e, all, hook);
	buf_add_text(e->out, "COMMIT\n");
}

/* Translation alone makes the kernel keep state of all connections. */
static bool needs_nat(const struct policy *p)
{
	return p->device->filter != FILTER_STATELESS || has_rules(p, HOOK_PREROUTING) ||
	       has_rules(p, HOOK_POSTROUTING);
}

static void add_head(struct emission *e)
{
	emit_head(e->out, e->policy);
	for_each (r, &e->policy->rules)
		if (is_here(r, e->family) && why_unsaid(r, e->family))
			tell_unsaid(e, r);
	if (e->policy->device->filter == FILTER_UNKNOWN && !e->policy->rules.n)
		return;
	buf_addf(e->out,
		 "# IPv%u alone; the other half is --format %s. For %s-restore --noflush,\n"
		 "# and where its chains are there already without the lines that begin with -I.\n",
		 e->family, e->family == 6 ? "iptables" : "ip6tables",
		 e->family == 6 ? "ip6tables" : "iptables");
}

static void emit_family(const struct policy *p, uint8_t family, struct buf *out)
{
	struct emission e = {
		.out = out, .policy = p, .family = family, .ports = BUF_INIT, .keys = BUF_INIT};
	struct shapes all;

	add_head(&e);
	shapes_find(&all, p);
	/* The filter first: nothing is translated into what the old one would let through. Of a
	 * device of which nothing is known nothing was loaded, and nothing is replaced. */
	if (p->rules.n || p->device->filter != FILTER_UNKNOWN) {
		add_table(&e, &all, "filter");
		if (needs_nat(p))
			add_table(&e, &all, "nat");
	}
	shapes_release(&all);
	buf_release(&e.ports);
	buf_release(&e.keys);
}

static void emit_v4(const struct policy *p, struct buf *out)
{
	emit_family(p, 4, out);
}

static void emit_v6(const struct policy *p, struct buf *out)
{
	emit_family(p, 6, out);
}

const struct emitter emitter_iptables = {
	.name = "iptables",
	.check = check,
	.policy = emit_v4,
};

const struct emitter emitter_ip6tables = {
	.name = "ip6tables",
	.check = check,
	.policy = emit_v6,
};
