/* SPDX-License-Identifier: ISC
 *
 * nftables, as nft 1.0.6 and later read it with -f: one table in one transaction. Whatever names a
 * document has, they stand in comments only, between quotes; chains and sets are p_..., because
 * many words are no names to nft, not even quoted.
 */
#include <stdlib.h>

#include "base/map.h"
#include "policy/emit.h"

enum {
	COMMENT_MAX = 128, /* of nft, in bytes */
	SET_FROM = 4,	   /* so many rules of one shape become a set */
};

/* --- words ------------------------------------------------------------------------------------ */

/* nft has no escape inside quotes, and takes no byte for the end of a line but the newline. */
static void add_harmless(struct buf *out, const char *s, size_t room)
{
	for (; *s && room; s++, room--) {
		unsigned char c = (unsigned char)*s;

		buf_add_char(out, c == '"'	       ? '\''
				  : c == '\\'	       ? '/'
				  : c < ' ' || c > '~' ? '?'
						       : *s);
	}
}

static void add_comment(struct buf *out, const char *text)
{
	buf_add_text(out, " comment \"");
	add_harmless(out, text, COMMENT_MAX);
	buf_add_char(out, '"');
}

static void add_name(struct buf *out, const char *label, const char *name, size_t max)
{
	if (!name)
		return;
	if (!policy_is_name(name, max))
		BUG("no name for a ruleset");
	buf_addf(out, "%s \"%s\" ", label, name);
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

static bool has_ports(enum transport t)
{
	return t == TRANSPORT_TCP || t == TRANSPORT_UDP || t == TRANSPORT_SCTP;
}

static bool is_any(struct port_range r)
{
	return !r.lo || (r.lo == 1 && r.hi == 65535);
}

/* --- what a rule matches ---------------------------------------------------------------------- */

static void add_icmp(struct buf *out, const struct match *m)
{
	const struct icmp_name *name = m->icmp ? icmp_name_find(slice_of(m->icmp)) : NULL;
	int type = !name ? -1 : m->family == 6 ? name->type6 : name->type4;

	if (!m->family)
		buf_add_text(out, "meta l4proto { icmp, ipv6-icmp } ");
	else if (type < 0)
		buf_addf(out, "meta l4proto %s ", m->family == 6 ? "ipv6-icmp" : "icmp");
	else
		buf_addf(out, "%s type %d ", m->family == 6 ? "icmpv6" : "icmp", type);
	if (m->family == 4 && type == 3 && slice_is(slice_of(m->icmp), "fragmentation-needed"))
		buf_add_text(out, "icmp code 4 ");
	/* It comes from the link: no router has passed it on (RFC 4861 sections 6.1 and 7.1). */
	if (m->family == 6 && type >= 133 && type <= 136)
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
	} else if (has_ports(m->transport)) {
		bool any = is_any(m->ports) && is_any(m->source_ports);

		if (any && with_ports)
			buf_addf(out, "meta l4proto %s ", t);
		if (!is_any(m->ports) && with_ports) {
			buf_addf(out, "%s dport ", t);
			add_range(out, m->ports);
			buf_add_char(out, ' ');
		}
		if (!is_any(m->source_ports)) {
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
	add_name(out, "iifname", m->in, INTERFACE_NAME_MAX);
	add_name(out, "oifname", m->out, INTERFACE_NAME_MAX);
	if (m->family && !m->source.list.n && !m->target.list.n && !m->icmp)
		buf_addf(out, "meta nfproto ipv%u ", m->family);
	add_prefixes(out, "saddr", m->family, &m->source);
	add_prefixes(out, "daddr", m->family, &m->target);
	add_transport(out, m, true);
	add_owner(out, m);
	add_packets(out, m);
}

/* --- what it does ----------------------------------------------------------------------------- */

static void add_address(struct buf *out, const struct rewrite *w)
{
	char text[ADDR_TEXT_MAX];
	bool brackets = w->addr.family == 6 && w->port;

	if (w->addr.family)
		buf_addf(out, "%s%s%s", brackets ? "[" : "", addr_text(&w->addr, text),
			 brackets ? "]" : "");
	if (w->port)
		buf_addf(out, ":%u", w->port);
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
		add_address(out, &r->rewrite);
		break;
	case ACTION_DNAT:
	case ACTION_SNAT:
		buf_addf(out, "%s %s to ", action_names[r->action], ip);
		if (r->rewrite.session)
			buf_addf(out, "%s saddr . %s daddr . %s dport map @p_session_%u", ip, ip,
				 transport_names[r->match.transport], r->match.family);
		else
			add_address(out, &r->rewrite);
		break;
	}
}

/* "KEY REQUIREMENTS" */
static void add_reason(struct buf *out, const struct rule *r)
{
	char key[RULE_KEY_TEXT_MAX];
	struct buf text = BUF_INIT;

	if (r->flows.n)
		buf_addf(&text, "%s ", rule_key_text(r, key));
	rule_format_requirements(r, &text);
	add_comment(out, text.data);
	buf_release(&text);
}

static void emit_rule(const struct rule *r, struct buf *out)
{
	add_match(out, &r->match);
	add_action(out, r);
	add_reason(out, r);
}

/* --- shapes: rules that differ only in addresses and ports ------------------------------------ */

/* Prefixes of one length are equal or apart, so that a set's elements can only meet in ports. */
struct shape {
	const struct rule *first;
	struct buf rules; /* const struct rule * */
	unsigned set;	  /* its number; 0: none */
};

struct emission {
	struct arena *arena;
	struct map by_bytes; /* what rules of a shape share, to the shape */
	struct buf shapes;   /* struct shape *, as they come */
	unsigned n_sets[HOOK_COUNT];
};

static uint8_t bits_of(const struct prefixes *p)
{
	return p->list.n ? p->list.items[0].bits : 255;
}

static bool is_alone(const struct rule *r)
{
	return r->match.source.list.n > 1 || r->match.target.list.n > 1 || !r->flows.n ||
	       r->rewrite.session;
}

static void add_word(struct buf *b, const char *s)
{
	buf_add(b, s ? s : "", s ? strlen(s) + 1 : 1);
}

static void add_shape_bytes(struct buf *b, const struct rule *r)
{
	const struct match *m = &r->match;
	const uint16_t numbers[] = {r->hook,
				    r->rank,
				    r->action,
				    m->family,
				    m->transport,
				    is_any(m->ports),
				    m->source_ports.lo,
				    m->source_ports.hi,
				    (uint16_t)m->number,
				    m->translated,
				    m->packets,
				    bits_of(&m->source),
				    bits_of(&m->target),
				    r->rewrite.port};

	buf_add(b, numbers, sizeof(numbers));
	add_word(b, m->in);
	add_word(b, m->out);
	add_word(b, m->icmp);
	add_word(b, m->user);
	buf_add(b, &r->rewrite.addr.family, 1);
	buf_add(b, r->rewrite.addr.bytes, sizeof(r->rewrite.addr.bytes));
	if (is_alone(r))
		buf_add(b, &r, sizeof(r));
}

static void add_to_shape(struct emission *e, const struct rule *r)
{
	struct buf bytes = BUF_INIT;
	struct shape *s;

	add_shape_bytes(&bytes, r);
	s = map_find(&e->by_bytes, buf_slice(&bytes));
	if (!s) {
		s = ARENA_NEW(e->arena, struct shape);
		s->first = r;
		s->rules = BUF_INIT;
		map_add(&e->by_bytes,
			(struct slice){arena_copy(e->arena, buf_slice(&bytes)), bytes.n}, s);
		buf_add(&e->shapes, &s, sizeof(s));
	}
	buf_add(&s->rules, &r, sizeof(r));
	buf_release(&bytes);
}

static size_t n_rules(const struct shape *s)
{
	return s->rules.n / sizeof(struct rule *);
}

static void find_shapes(struct emission *e, const struct policy *p)
{
	for_each (r, &p->rules)
		add_to_shape(e, r);
	for (size_t i = 0; i < e->shapes.n / sizeof(struct shape *); i++) {
		struct shape *s = ((struct shape **)e->shapes.data)[i];

		if (n_rules(s) >= SET_FROM)
			s->set = ++e->n_sets[s->first->hook];
	}
}

/* --- sets ------------------------------------------------------------------------------------- */

static int compare_prefixes(const struct prefixes *a, const struct prefixes *b)
{
	return a->list.n ? prefix_compare(&a->list.items[0], &b->list.items[0]) : 0;
}

static int compare_addresses(const struct rule *a, const struct rule *b)
{
	int c = compare_prefixes(&a->match.source, &b->match.source);

	return c ? c : compare_prefixes(&a->match.target, &b->match.target);
}

static int by_element(const void *a_, const void *b_)
{
	const struct rule *a = *(const struct rule *const *)a_,
			  *b = *(const struct rule *const *)b_;
	int c = compare_addresses(a, b);

	return c ? c : (int)a->match.ports.lo - (int)b->match.ports.lo;
}

static bool has_intervals(const struct shape *s)
{
	const struct rule *const *rules = (const void *)s->rules.data;
	const struct match *m = &s->first->match;
	uint8_t full = m->family == 6 ? 128 : 32;

	if ((m->source.list.n && bits_of(&m->source) != full) ||
	    (m->target.list.n && bits_of(&m->target) != full))
		return true;
	for (size_t i = 0; i < n_rules(s) && !is_any(m->ports); i++)
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
	if (!is_any(m->ports))
		buf_addf(out, "%s%s", dot, words.port);
}

static void add_set_name(struct buf *out, const struct shape *s)
{
	buf_addf(out, "p_%s_%u", hook_names[s->first->hook], s->set);
}

static const char *first_text(const struct prefixes *p, char text[PREFIX_TEXT_MAX])
{
	return p->list.n ? prefix_text(&p->list.items[0], text) : NULL;
}

static void add_element(struct buf *out, const struct rule *r, struct port_range ports, size_t more)
{
	char source[PREFIX_TEXT_MAX], target[PREFIX_TEXT_MAX], key[RULE_KEY_TEXT_MAX];
	struct buf port = BUF_INIT, reason = BUF_INIT;

	add_range(&port, ports);
	add_fields(out, &r->match,
		   (struct fields){first_text(&r->match.source, source),
				   first_text(&r->match.target, target), port.data});
	buf_addf(&reason, "%s ", rule_key_text(r, key));
	if (more)
		buf_addf(&reason, "+%zu ", more);
	rule_format_requirements(r, &reason);
	add_comment(out, reason.data);
	buf_release(&reason);
	buf_release(&port);
}

/* Ranges of the same two ends that meet are one element: nft refuses them otherwise. */
static void add_elements(struct buf *out, const struct shape *s)
{
	const struct rule **rules = (void *)s->rules.data;
	size_t n = n_rules(s), i = 0;

	qsort(rules, n, sizeof(*rules), by_element);
	while (i < n) {
		const struct rule *first = rules[i];
		struct port_range ports = first->match.ports;
		size_t more = 0;

		for (i++; i < n && compare_addresses(rules[i], first) == 0 &&
			  rules[i]->match.ports.lo <= ports.hi;
		     i++, more++)
			if (rules[i]->match.ports.hi > ports.hi)
				ports.hi = rules[i]->match.ports.hi;
		buf_add_text(out, "\t\t\t");
		add_element(out, first, ports, more);
		buf_add_text(out, i < n ? ",\n" : "\n");
	}
}

static void add_set(struct buf *out, const struct shape *s)
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

	add_name(out, "iifname", m->in, INTERFACE_NAME_MAX);
	add_name(out, "oifname", m->out, INTERFACE_NAME_MAX);
	buf_addf(&service, "%s dport", transport_names[m->transport]);
	if (is_any(m->ports) && has_ports(m->transport) && is_any(m->source_ports))
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
	buf_addf(&many, "%zu rules, each with its key in the set", n_rules(s));
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

	for (size_t i = 0; i < n_rules(s); i++) {
		buf_add_text(out, "\t\t");
		if (s->set)
			add_set_rule(out, s);
		else
			emit_rule(rules[i], out);
		buf_add_char(out, '\n');
		if (s->set)
			return;
	}
}

static void add_chain(struct buf *out, const struct emission *e, enum hook hook)
{
	struct shape *const *shapes = (struct shape *const *)e->shapes.data;
	bool begun = false;

	for (size_t i = 0; i < e->shapes.n / sizeof(*shapes); i++) {
		if (shapes[i]->first->hook != hook)
			continue;
		if (!begun)
			buf_addf(out, "\tchain p_%s {\n\t\t%s\n", hook_names[hook],
				 chain_heads[hook]);
		begun = true;
		add_shape_rules(out, shapes[i]);
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

static void add_remark(struct buf *out, const char *label, const char *text)
{
	if (!text)
		return;
	buf_addf(out, "# %s", label);
	add_harmless(out, text, SIZE_MAX);
	buf_add_char(out, '\n');
}

static void add_head(struct buf *out, const struct policy *p)
{
	add_remark(out, "device: ", p->device->name.s);
	add_remark(out, "site: ", p->plan->site->name.s);
	add_remark(out, "owner: ", p->device->owner.s);
	for_each (f, &p->findings) {
		buf_addf(out, "# %s: %s: ", severity_names[f->severity], f->code);
		add_harmless(out, f->subject, SIZE_MAX);
		buf_add_char(out, '\n');
		add_remark(out, "  ", f->evidence);
		add_remark(out, "  to do: ", f->fix);
	}
}

static void add_table(struct buf *out, const struct policy *p, const struct emission *e)
{
	struct shape *const *shapes = (struct shape *const *)e->shapes.data;

	/* Declared first, so that there is something to delete the first time, too. */
	buf_add_text(out, "table inet portolan\ndelete table inet portolan\n"
			  "table inet portolan {\n");
	add_session_map(out, p, 4);
	add_session_map(out, p, 6);
	for (size_t i = 0; i < e->shapes.n / sizeof(*shapes); i++)
		if (shapes[i]->set)
			add_set(out, shapes[i]);
	for (enum hook hook = 0; hook < HOOK_COUNT; hook++)
		add_chain(out, e, hook);
	buf_add_text(out, "}\n");
}

static void emit_policy(const struct policy *p, struct buf *out)
{
	struct emission e = {.arena = arena_new(), .shapes = BUF_INIT};

	add_head(out, p);
	find_shapes(&e, p);
	/* Without rules, too: what an earlier file has loaded goes. Of a device of which nothing is
	 * known nothing was loaded, and nothing is replaced. */
	if (p->device->filter != FILTER_UNKNOWN)
		add_table(out, p, &e);
	for (size_t i = 0; i < e.shapes.n / sizeof(struct shape *); i++)
		buf_release(&((struct shape **)e.shapes.data)[i]->rules);
	buf_release(&e.shapes);
	map_release(&e.by_bytes);
	arena_free(e.arena);
}

const struct emitter emitter_nftables = {
	.name = "nftables",
	.policy = emit_policy,
	.rule = emit_rule,
};
