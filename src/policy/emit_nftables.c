/* SPDX-License-Identifier: ISC
 *
 * nftables, as nft 1.0.6 and later read it with -f: one table in one transaction. Whatever names a
 * document has, they stand in comments only, between quotes; chains and sets are p_..., because
 * many words are no names to nft, not even quoted.
 */
#include "policy/emit.h"
#include "policy/emit_shapes.h"
#include "policy/emit_words.h"

enum {
	COMMENT_MAX = 128, /* of nft, in bytes */
	SET_FROM = 4,	   /* so many rules of one shape become a set */
};

/* --- words ------------------------------------------------------------------------------------ */

static void add_comment(struct buf *out, const char *text)
{
	buf_add_text(out, " comment ");
	emit_quoted(out, text, COMMENT_MAX);
}

static void add_name(struct buf *out, const char *label, const char *name, size_t max)
{
	if (!name)
		return;
	if (!policy_is_name(name, max))
		BUG("no name for a ruleset");
	buf_addf(out, "%s \"%s\" ", label, name);
}

/* "iifname \"eth0\" ", "iifname { \"eth0\", \"eth1\" } "; name gives the i-th. */
static void add_names(struct buf *out, const char *label, const struct match *m,
		      const char *(*name)(const struct match *m, size_t i))
{
	if (!name(m, 0) || !name(m, 1)) {
		add_name(out, label, name(m, 0), INTERFACE_NAME_MAX);
		return;
	}
	buf_addf(out, "%s { ", label);
	for (size_t i = 0; name(m, i); i++) {
		if (!policy_is_name(name(m, i), INTERFACE_NAME_MAX))
			BUG("no name for a ruleset");
		buf_addf(out, "%s\"%s\"", i ? ", " : "", name(m, i));
	}
	buf_add_text(out, " } ");
}

static void add_range(struct buf *out, struct port_range r)
{
	port_range_format(r, out);
}

static void add_prefixes(struct buf *out, const char *label, uint8_t family,
			 const struct prefixes *p)
{
	char text[PREFIX_TEXT_MAX];

	if (!p->list.n)
		return;
	buf_addf(out, "%s %s ", family == 6 ? "ip6" : "ip", label);
	if (p->list.n > 1)
		buf_add_text(out, "{ ");
	for_each (one, &p->list)
		buf_addf(out, "%s%s", one == p->list.items ? "" : ", ", prefix_text(one, text));
	buf_add_text(out, p->list.n > 1 ? " } " : " ");
}

/* --- what a rule matches ---------------------------------------------------------------------- */

static void add_icmp(struct buf *out, const struct match *m)
{
	int type = emit_icmp_type(m, m->family);

	if (!m->family)
		buf_add_text(out, "meta l4proto { icmp, ipv6-icmp } ");
	else if (type < 0)
		buf_addf(out, "meta l4proto %s ", m->family == 6 ? "ipv6-icmp" : "icmp");
	else
		buf_addf(out, "%s type %d ", m->family == 6 ? "icmpv6" : "icmp", type);
	if (emit_icmp_code(m, m->family) >= 0)
		buf_addf(out, "icmp code %d ", emit_icmp_code(m, m->family));
	if (emit_is_of_link(m, m->family))
		buf_add_text(out, "ip6 hoplimit 255 ");
}

/* with_ports: the destination's, which a set may hold instead. */
static void add_transport(struct buf *out, const struct match *m, bool with_ports)
{
	const char *t = transport_names[m->transport];

	if (m->transport == TRANSPORT_ICMP) {
		add_icmp(out, m);
	} else if (m->transport == TRANSPORT_IP) {
		buf_addf(out, "meta l4proto %u ", m->number);
	} else if (emit_has_ports(m->transport)) {
		bool any = emit_is_any(m->ports) && emit_is_any(m->source_ports);

		if (any && with_ports)
			buf_addf(out, "meta l4proto %s ", t);
		if (!emit_is_any(m->ports) && with_ports) {
			buf_addf(out, "%s dport ", t);
			add_range(out, m->ports);
			buf_add_char(out, ' ');
		}
		if (!emit_is_any(m->source_ports)) {
			buf_addf(out, "%s sport ", t);
			add_range(out, m->source_ports);
			buf_add_char(out, ' ');
		}
	}
}

static void add_packets(struct buf *out, const struct match *m)
{
	static const char *const states[] = {[PACKETS_ESTABLISHED] = "established",
					     [PACKETS_RELATED] = "related",
					     [PACKETS_INVALID] = "invalid"};

	if (m->packets == PACKETS_REPLY && m->transport == TRANSPORT_TCP)
		buf_add_text(out, "tcp flags & (fin | syn | rst | ack) != syn ");
	else if (m->packets == PACKETS_REPLY && m->transport == TRANSPORT_NONE)
		buf_add_text(out, "meta l4proto != tcp ");
	else if (m->packets == PACKETS_RESET)
		buf_add_text(out, "tcp flags & rst == rst ");
	else if (m->packets != PACKETS_ANY && m->packets != PACKETS_REPLY)
		buf_addf(out, "ct state %s ", states[m->packets]);
	if (m->translated)
		buf_add_text(out, "ct status dnat ");
}

static void add_owner(struct buf *out, const struct match *m)
{
	add_name(out, "meta skuid", m->user, USER_NAME_MAX);
}

static void add_match(struct buf *out, const struct match *m)
{
	add_names(out, "iifname", m, match_in);
	add_names(out, "oifname", m, match_out);
	if (m->family && !m->source.list.n && !m->target.list.n && !m->icmp)
		buf_addf(out, "meta nfproto ipv%u ", m->family);
	add_prefixes(out, "saddr", m->family, &m->source);
	add_prefixes(out, "daddr", m->family, &m->target);
	add_transport(out, m, true);
	add_owner(out, m);
	add_packets(out, m);
}

/* --- what it does ----------------------------------------------------------------------------- */

/* "numgen random mod 2 map { 0 : 10.9.0.8 . 443, 1 : 10.9.0.9 . 443 }" */
static void add_members(struct buf *out, const struct rule *r)
{
	const struct rewrite *w = &r->rewrite;
	char text[ADDR_TEXT_MAX];
	size_t n = 0;

	emit_chooser(out, &r->match, w);
	buf_add_text(out, " map { ");
	for_each (end, &w->members) {
		buf_addf(out, "%s%zu : %s", n ? ", " : "", n, addr_text(&end->addr, text));
		if (end->port)
			buf_addf(out, " . %u", end->port);
		n++;
	}
	buf_add_text(out, " }");
}

static void add_action(struct buf *out, const struct rule *r)
{
	const char *ip = r->match.family == 6 ? "ip6" : "ip";

	buf_add_text(out, "counter ");
	switch (r->action) {
	case ACTION_ACCEPT:
		buf_add_text(out, "accept");
		break;
	case ACTION_DROP:
		buf_add_text(out, "drop");
		break;
	case ACTION_RESET:
		buf_add_text(out, "reject with tcp reset");
		break;
	case ACTION_REDIRECT:
		buf_add_text(out, r->rewrite.port ? "redirect to " : "redirect");
		emit_rewrite(out, &r->rewrite);
		break;
	case ACTION_DNAT:
	case ACTION_SNAT:
		buf_addf(out, "%s %s to ", action_names[r->action], ip);
		if (r->rewrite.members.n)
			add_members(out, r);
		else if (r->rewrite.session)
			buf_addf(out, "%s saddr . %s daddr . %s dport map @p_session_%u", ip, ip,
				 transport_names[r->match.transport], r->match.family);
		else
			emit_rewrite(out, &r->rewrite);
		break;
	}
}

static void add_reason(struct buf *out, const struct rule *r)
{
	struct buf text = BUF_INIT;

	emit_reason(&text, r, 0);
	add_comment(out, text.data);
	buf_release(&text);
}

static void emit_rule(const struct rule *r, struct buf *out)
{
	add_match(out, &r->match);
	add_action(out, r);
	add_reason(out, r);
}

static void number_sets(struct shapes *all)
{
	unsigned n_sets[HOOK_COUNT] = {0};

	for (size_t i = 0; i < shapes_n(all); i++) {
		struct shape *s = shape_at(all, i);

		if (shape_n_rules(s) >= SET_FROM)
			s->number = ++n_sets[s->first->hook];
	}
}

/* --- sets ------------------------------------------------------------------------------------- */

static bool has_intervals(const struct shape *s)
{
	const struct rule *const *rules = (const void *)s->rules.data;
	const struct match *m = &s->first->match;
	uint8_t full = m->family == 6 ? 128 : 32;

	if ((m->source.list.n && shape_bits(&m->source) != full) ||
	    (m->target.list.n && shape_bits(&m->target) != full))
		return true;
	for (size_t i = 0; i < shape_n_rules(s) && !emit_is_any(m->ports); i++)
		if (rules[i]->match.ports.lo != rules[i]->match.ports.hi)
			return true;
	return false;
}

/* What varies, with " . " between: words for source, target and port. */
struct fields {
	const char *source, *target, *port;
};

static void add_fields(struct buf *out, const struct match *m, struct fields words)
{
	const char *dot = "";

	if (m->source.list.n) {
		buf_add_text(out, words.source);
		dot = " . ";
	}
	if (m->target.list.n) {
		buf_addf(out, "%s%s", dot, words.target);
		dot = " . ";
	}
	if (!emit_is_any(m->ports))
		buf_addf(out, "%s%s", dot, words.port);
}

static void add_set_name(struct buf *out, const struct shape *s)
{
	buf_addf(out, "p_%s_%u", hook_names[s->first->hook], s->number);
}

static const char *first_text(const struct prefixes *p, char text[PREFIX_TEXT_MAX])
{
	return p->list.n ? prefix_text(&p->list.items[0], text) : NULL;
}

static void add_element(struct buf *out, const struct shape_run *run)
{
	char source[PREFIX_TEXT_MAX], target[PREFIX_TEXT_MAX];
	struct buf port = BUF_INIT, reason = BUF_INIT;

	add_range(&port, run->ports);
	add_fields(out, &run->first->match,
		   (struct fields){first_text(&run->first->match.source, source),
				   first_text(&run->first->match.target, target), port.data});
	emit_reason(&reason, run->first, run->more);
	add_comment(out, reason.data);
	buf_release(&reason);
	buf_release(&port);
}

/* nft refuses elements that meet. */
static void add_elements(struct buf *out, struct shape *s)
{
	struct shape_run run;
	size_t i = 0;

	shape_sort(s);
	while (shape_next_run(s, &i, &run)) {
		buf_add_text(out, "\t\t\t");
		add_element(out, &run);
		buf_add_text(out, i < shape_n_rules(s) ? ",\n" : "\n");
	}
}

static void add_set(struct buf *out, struct shape *s)
{
	const struct match *m = &s->first->match;

	buf_add_text(out, "\tset ");
	add_set_name(out, s);
	buf_add_text(out, " {\n\t\ttype ");
	add_fields(out, m,
		   m->family == 6 ? (struct fields){"ipv6_addr", "ipv6_addr", "inet_service"}
				  : (struct fields){"ipv4_addr", "ipv4_addr", "inet_service"});
	buf_add_text(out, has_intervals(s) ? "\n\t\tflags interval\n" : "\n");
	buf_add_text(out, "\t\telements = {\n");
	add_elements(out, s);
	buf_add_text(out, "\t\t}\n\t}\n");
}

/* The one rule for all elements of the set. */
static void add_set_rule(struct buf *out, const struct shape *s)
{
	const struct match *m = &s->first->match;
	struct buf service = BUF_INIT, many = BUF_INIT;

	add_names(out, "iifname", m, match_in);
	add_names(out, "oifname", m, match_out);
	buf_addf(&service, "%s dport", transport_names[m->transport]);
	if (emit_is_any(m->ports) && emit_has_ports(m->transport) && emit_is_any(m->source_ports))
		buf_addf(out, "meta l4proto %s ", transport_names[m->transport]);
	add_transport(out, m, false);
	add_fields(out, m,
		   m->family == 6 ? (struct fields){"ip6 saddr", "ip6 daddr", service.data}
				  : (struct fields){"ip saddr", "ip daddr", service.data});
	buf_add_text(out, " @");
	add_set_name(out, s);
	buf_add_char(out, ' ');
	add_owner(out, m);
	add_packets(out, m);
	add_action(out, s->first);
	buf_addf(&many, "%zu rules, each with its key in the set", shape_n_rules(s));
	add_comment(out, many.data);
	buf_release(&many);
	buf_release(&service);
}

/* --- the table -------------------------------------------------------------------------------- */

static const char *const chain_heads[HOOK_COUNT] = {
	[HOOK_PREROUTING] = "type nat hook prerouting priority dstnat; policy accept;",
	[HOOK_INPUT] = "type filter hook input priority filter; policy drop;",
	[HOOK_FORWARD] = "type filter hook forward priority filter; policy drop;",
	[HOOK_OUTPUT] = "type filter hook output priority filter; policy drop;",
	[HOOK_POSTROUTING] = "type nat hook postrouting priority srcnat; policy accept;",
};

static void add_shape_rules(struct buf *out, const struct shape *s)
{
	const struct rule *const *rules = (const void *)s->rules.data;

	for (size_t i = 0; i < shape_n_rules(s); i++) {
		buf_add_text(out, "\t\t");
		if (s->number)
			add_set_rule(out, s);
		else
			emit_rule(rules[i], out);
		buf_add_char(out, '\n');
		if (s->number)
			return;
	}
}

static void add_chain(struct buf *out, const struct shapes *all, enum hook hook)
{
	bool begun = false;

	for (size_t i = 0; i < shapes_n(all); i++) {
		if (shape_at(all, i)->first->hook != hook)
			continue;
		if (!begun)
			buf_addf(out, "\tchain p_%s {\n\t\t%s\n", hook_names[hook],
				 chain_heads[hook]);
		begun = true;
		add_shape_rules(out, shape_at(all, i));
	}
	if (begun)
		buf_add_text(out, "\t}\n");
}

/* The gateway fills them: who dials, what it dials, to where that goes. */
static void add_session_map(struct buf *out, const struct policy *p, uint8_t family)
{
	for_each (r, &p->rules) {
		if (!r->rewrite.session || r->match.family != family)
			continue;
		buf_addf(out,
			 "\tmap p_session_%u {\n"
			 "\t\ttype ipv%u_addr . ipv%u_addr . inet_service : ipv%u_addr . "
			 "inet_service\n"
			 "\t\tflags timeout\n\t}\n",
			 family, family, family, family);
		return;
	}
}

static void add_table(struct buf *out, const struct policy *p, const struct shapes *all)
{
	/* Declared first, so that there is something to delete the first time, too. */
	buf_add_text(out, "table inet portolan\ndelete table inet portolan\n"
			  "table inet portolan {\n");
	add_session_map(out, p, 4);
	add_session_map(out, p, 6);
	for (size_t i = 0; i < shapes_n(all); i++)
		if (shape_at(all, i)->number)
			add_set(out, shape_at(all, i));
	for (enum hook hook = 0; hook < HOOK_COUNT; hook++)
		add_chain(out, all, hook);
	buf_add_text(out, "}\n");
}

static void emit_table(const struct policy *p, struct buf *out)
{
	struct shapes all;

	emit_head(out, p);
	shapes_find(&all, p);
	number_sets(&all);
	/* Without rules, too: what an earlier file has loaded goes. Of a device of which nothing is
	 * known nothing was loaded, and nothing is replaced. */
	if (p->rules.n || p->device->filter != FILTER_UNKNOWN)
		add_table(out, p, &all);
	shapes_release(&all);
}

const struct emitter emitter_nftables = {
	.name = "nftables",
	.policy = emit_table,
	.rule = emit_rule,
	.names_interfaces = true,
};
