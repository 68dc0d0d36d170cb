/* SPDX-License-Identifier: ISC */
#include "box/wanted.h"

#include "base/compiler.h"
#include "box/nf_make.h"
#include "box/read.h"
#include "policy/emit.h"
#include "policy/emit_words.h"

enum { ICMP = 1, TCP = 6, UDP = 17, ICMPV6 = 58, SCTP = 132 };
enum { FIN = 1, SYN = 2, RST = 4, ACK = 16 };

struct making {
	struct box *b;
	struct nf_rule *rule;
};

static void ask(struct making *m, enum nf_key key, uint32_t mask, struct nf_span span, bool negate)
{
	nf_ask(m->b, m->rule, (struct nf_key_use){key, mask}, span, negate);
}

static void ask_number(struct making *m, enum nf_key key, uint64_t lo, uint64_t hi)
{
	ask(m, key, 0, nf_span_of_number(lo, hi), false);
}

static void ask_names(struct making *m, enum nf_key key, const struct match *match,
		      const char *(*name)(const struct match *m, size_t i))
{
	struct nf_span *spans;
	size_t n = 0;

	while (name(match, n))
		n++;
	spans = ARENA_ARRAY(m->b->arena, struct nf_span, n);
	for (size_t i = 0; i < n; i++)
		spans[i] = nf_span_of_name(slice_of(name(match, i)), false);
	if (n)
		nf_ask_any(m->b, m->rule, (struct nf_key_use){key, 0}, spans, n, false);
}

static void ask_prefixes(struct making *m, enum nf_key key, const struct prefixes *p)
{
	struct nf_span *spans = ARENA_ARRAY(m->b->arena, struct nf_span, p->list.n);
	size_t n = 0;

	for_each (one, &p->list)
		spans[n++] = nf_span_of_prefix(one);
	if (n)
		nf_ask_any(m->b, m->rule, (struct nf_key_use){key, 0}, spans, n, false);
}

static void ask_addresses(struct making *m, const struct match *match)
{
	bool six = match->family == 6;

	if (match->family)
		ask_number(m, KEY_FAMILY, match->family, match->family);
	ask_prefixes(m, six ? KEY_SADDR6 : KEY_SADDR4, &match->source);
	ask_prefixes(m, six ? KEY_DADDR6 : KEY_DADDR4, &match->target);
}

static void ask_either_icmp(struct making *m)
{
	const struct nf_span spans[] = {nf_span_of_number(ICMP, ICMP),
					nf_span_of_number(ICMPV6, ICMPV6)};

	nf_ask_any(m->b, m->rule, (struct nf_key_use){KEY_PROTO, 0}, spans, 2, false);
}

static void ask_icmp(struct making *m, const struct match *match)
{
	int type = emit_icmp_type(match, match->family),
	    code = emit_icmp_code(match, match->family);
	bool six = match->family == 6;
	uint64_t lo = (uint64_t)(type < 0 ? 0 : type) * 256, hi = type < 0 ? 65535 : lo + 255;

	if (!match->family) {
		ask_either_icmp(m);
		return;
	}
	ask_number(m, KEY_PROTO, six ? ICMPV6 : ICMP, six ? ICMPV6 : ICMP);
	if (code >= 0)
		lo = hi = lo + (uint64_t)code;
	ask_number(m, six ? KEY_ICMP6 : KEY_ICMP, lo, hi);
	if (emit_is_of_link(match, match->family))
		ask_number(m, KEY_TTL, 255, 255);
}

static void ask_ports(struct making *m, enum nf_key key, struct port_range r)
{
	if (!emit_is_any(r))
		ask_number(m, key, r.lo, r.hi);
}

static void ask_transport(struct making *m, const struct match *match)
{
	static const uint8_t numbers[] = {
		[TRANSPORT_TCP] = TCP, [TRANSPORT_UDP] = UDP, [TRANSPORT_SCTP] = SCTP};

	if (match->transport == TRANSPORT_ICMP) {
		ask_icmp(m, match);
	} else if (match->transport == TRANSPORT_IP) {
		ask_number(m, KEY_PROTO, match->number, match->number);
	} else if (emit_has_ports(match->transport)) {
		ask_number(m, KEY_PROTO, numbers[match->transport], numbers[match->transport]);
		ask_ports(m, KEY_DPORT, match->ports);
		ask_ports(m, KEY_SPORT, match->source_ports);
	}
}

static void ask_packets(struct making *m, const struct match *match)
{
	switch (match->packets) {
	case PACKETS_ESTABLISHED:
		ask_number(m, KEY_CT_STATE, CT_ESTABLISHED, CT_ESTABLISHED);
		break;
	case PACKETS_RELATED:
		ask_number(m, KEY_CT_STATE, CT_RELATED, CT_RELATED);
		break;
	case PACKETS_INVALID:
		ask_number(m, KEY_CT_STATE, CT_INVALID, CT_INVALID);
		break;
	case PACKETS_RESET:
		ask(m, KEY_TCP_FLAGS, RST, nf_span_of_number(RST, RST), false);
		break;
	case PACKETS_REPLY:
		if (match->transport == TRANSPORT_TCP)
			ask(m, KEY_TCP_FLAGS, FIN | SYN | RST | ACK, nf_span_of_number(SYN, SYN),
			    true);
		else if (match->transport == TRANSPORT_NONE)
			ask(m, KEY_PROTO, 0, nf_span_of_number(TCP, TCP), true);
		break;
	case PACKETS_ANY:
		break;
	}
	if (match->translated)
		ask(m, KEY_CT_STATUS, CT_DNAT, nf_span_of_number(0, 0), true);
}

static void ask_owner(struct making *m, const struct match *match)
{
	if (match->user)
		nf_ask_unknown(
			m->b, m->rule,
			slice_of(arena_printf(m->b->arena, "meta skuid \"%s\"", match->user)));
}

static void add_verdict(struct making *m, enum nf_verdict_kind kind, const char *answer)
{
	nf_add_step(m->b, m->rule, STEP_VERDICT)->verdict =
		(struct nf_verdict){.kind = kind, .answer = answer};
}

static void add_nat(struct making *m, enum nf_nat_kind kind, const struct rewrite *w)
{
	struct nf_nat nat = {.kind = kind};

	if (w->addr.family) {
		nat.target.family = w->addr.family;
		nat.target.lo = nat.target.hi = w->addr;
	}
	if (w->port) {
		nat.target.has_ports = true;
		nat.target.port_lo = nat.target.port_hi = w->port;
	}
	nf_add_step(m->b, m->rule, STEP_NAT)->nat = nat;
}

/* To where a session goes the gateway says while it runs. */
static void add_session(struct making *m)
{
	nf_ask_unknown(m->b, m->rule, SLICE("an entry of the gateway for this transfer"));
}

/* Of one of several members: nobody knows whose turn it is, but that the last has what is left. */
static void add_member(struct making *m, const struct rule *r, size_t member)
{
	const struct rewrite_end *end = &r->rewrite.members.items[member];
	const struct rewrite to = {.addr = end->addr, .port = end->port};
	struct buf text = BUF_INIT;

	emit_chooser(&text, &r->match, &r->rewrite);
	if (member + 1 < r->rewrite.members.n)
		nf_ask_unknown(m->b, m->rule, buf_slice(&text));
	add_nat(m, NAT_DESTINATION, &to);
	buf_release(&text);
}

static void add_action(struct making *m, const struct rule *r)
{
	switch (r->action) {
	case ACTION_ACCEPT:
		add_verdict(m, VERDICT_ACCEPT, NULL);
		break;
	case ACTION_DROP:
		add_verdict(m, VERDICT_DROP, NULL);
		break;
	case ACTION_RESET:
		add_verdict(m, VERDICT_REJECT, "tcp reset");
		break;
	case ACTION_DNAT:
		add_nat(m, NAT_DESTINATION, &r->rewrite);
		break;
	case ACTION_REDIRECT:
		add_nat(m, NAT_REDIRECT, &r->rewrite);
		break;
	case ACTION_SNAT:
		add_nat(m, NAT_SOURCE, &r->rewrite);
		break;
	}
}

static void add_rule(struct box *b, struct nf_chain *c, const struct rule *r, size_t place,
		     size_t member)
{
	struct making m = {.b = b};
	struct buf text = BUF_INIT;

	emitter_nftables.rule(r, &text);
	m.rule = nf_add_rule(b, c, buf_slice(&text), PLACE_NONE);
	m.rule->handle = place + 1;
	ask_names(&m, KEY_IIF, &r->match, match_in);
	ask_names(&m, KEY_OIF, &r->match, match_out);
	ask_addresses(&m, &r->match);
	ask_transport(&m, &r->match);
	ask_packets(&m, &r->match);
	ask_owner(&m, &r->match);
	if (r->rewrite.session)
		add_session(&m);
	if (r->rewrite.members.n)
		add_member(&m, r, member);
	else
		add_action(&m, r);
	buf_release(&text);
}

/* One, or one for each member. */
static void add_rules(struct box *b, struct nf_chain *c, const struct rule *r, size_t place)
{
	size_t n = r->rewrite.members.n ? r->rewrite.members.n : 1;

	for (size_t member = 0; member < n; member++)
		add_rule(b, c, r, place, member);
}

/* A hook's chain; NULL where the policy leaves the hook alone. */
static struct nf_chain *add_chain(struct box *b, const struct policy *p, enum hook hook)
{
	static const struct {
		enum nf_hook hook;
		enum nf_chain_type type;
		int priority;
	} at[HOOK_COUNT] = {[HOOK_PREROUTING] = {NF_PREROUTING, CHAIN_NAT, -100},
			    [HOOK_INPUT] = {NF_INPUT, CHAIN_FILTER, 0},
			    [HOOK_FORWARD] = {NF_FORWARD, CHAIN_FILTER, 0},
			    [HOOK_OUTPUT] = {NF_OUTPUT, CHAIN_FILTER, 0},
			    [HOOK_POSTROUTING] = {NF_POSTROUTING, CHAIN_NAT, 100}};
	struct nf_chain *c;
	bool used = false;

	for_each (r, &p->rules)
		used |= r->hook == hook;
	if (!used)
		return NULL;
	c = list_add(b->arena, &b->ruleset.chains, sizeof(*c));
	*c = (struct nf_chain){.table = "needed",
			       .name = hook_names[hook],
			       .backend = NF_TABLES,
			       .base = true,
			       .hook = at[hook].hook,
			       .type = at[hook].type,
			       .priority = at[hook].priority,
			       .policy =
				       at[hook].type == CHAIN_NAT ? VERDICT_ACCEPT : VERDICT_DROP};
	return c;
}

struct box *box_of_policy(const struct policy *p, const struct box *like)
{
	struct box *b = box_new();
	struct arena *arena = b->arena;

	*b = *like;
	b->arena = arena;
	b->ruleset = (struct nf_ruleset){.chains = {NULL, 0}};
	b->has.nft = true;
	for (enum hook hook = 0; hook < HOOK_COUNT; hook++) {
		struct nf_chain *c = add_chain(b, p, hook);

		for (size_t i = 0; c && i < p->rules.n; i++)
			if (p->rules.items[i].hook == hook)
				add_rules(b, c, &p->rules.items[i], i);
	}
	return b;
}

/* --- a need in words -------------------------------------------------------------------------- */

static void word_prefixes(const struct prefixes *p, struct buf *out)
{
	char text[PREFIX_TEXT_MAX];

	if (!p->list.n)
		buf_add_text(out, "any");
	for_each (one, &p->list)
		buf_addf(out, "%s%s", one == p->list.items ? "" : "+", prefix_text(one, text));
}

void wanted_format_need(const struct rule *r, struct buf *out)
{
	const struct match *m = &r->match;

	if (m->transport == TRANSPORT_NONE)
		buf_add_text(out, "any ");
	else if (m->transport == TRANSPORT_IP)
		buf_addf(out, "protocol %u ", m->number);
	else
		buf_addf(out, "%s%s%s ", transport_names[m->transport], m->icmp ? "/" : "",
			 m->icmp ? m->icmp : "");
	word_prefixes(&m->source, out);
	buf_add_text(out, " > ");
	word_prefixes(&m->target, out);
	if (m->ports.lo) {
		buf_add_text(out, " port ");
		port_range_format(m->ports, out);
	}
	buf_add_text(out, " (");
	rule_format_requirements(r, out);
	buf_add_char(out, ')');
}
