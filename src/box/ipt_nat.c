/* SPDX-License-Identifier: ISC
 *
 * Targets that translate: ADDR[-ADDR][:PORT[-PORT[/BASE]]], of IPv6 with brackets where ports
 * follow.
 */
#include "box/ipt_target.h"

/* "80", "9000-9009", "9000-9009/8000" */
static int read_ports(struct ipt *p, const struct ipt_word *w, struct slice s, struct nf_target *to)
{
	struct nf_span span;
	uint64_t base = 0;
	struct slice range;
	int rc;

	slice_cut(&s, '/', &range);
	rc = ipt_range(p, w, range, '-', UINT16_MAX, &span);
	if (!rc && s.p)
		rc = ipt_number(p, w, s, UINT16_MAX, &base);
	if (rc)
		return rc;
	to->has_ports = true;
	to->port_lo = (uint16_t)nf_value_number(&span.lo);
	to->port_hi = (uint16_t)nf_value_number(&span.hi);
	to->port_base = (uint16_t)base;
	return 0;
}

/* "[2001:db8::1]" and "2001:db8::1" */
static struct slice without_brackets(struct slice s)
{
	if (s.n > 1 && s.p[0] == '[' && s.p[s.n - 1] == ']')
		return (struct slice){s.p + 1, s.n - 2};
	return s;
}

/* "[2001:db8::1]-[2001:db8::5]", and as iptables prints it "[2001:db8::1-2001:db8::5]" */
static int read_addrs(struct ipt *p, const struct ipt_word *w, struct slice s, struct nf_target *to)
{
	struct slice first;

	if (!memchr(s.p, '-', s.n) || !slice_has_prefix(s, "[") || !memchr(s.p, ']', s.n - 1))
		s = without_brackets(s);
	slice_cut(&s, '-', &first);
	if (ipt_addr(p, without_brackets(first), &to->lo) ||
	    ipt_addr(p, s.p ? without_brackets(s) : without_brackets(first), &to->hi))
		return IPT_ODD;
	if (addr_compare(&to->lo, &to->hi) > 0)
		return ipt_bad(p, w, "this range ends before it begins");
	to->family = p->family;
	return 0;
}

/* Where the ports begin: behind the last "]:", of IPv4 behind ":"; `s` is cut there. */
static struct slice cut_ports(const struct ipt *p, struct slice *s)
{
	bool brackets = memchr(s->p, ']', s->n) != NULL;
	struct slice ports = SLICE_NONE;

	if (p->family == 6 && !brackets && !slice_has_prefix(*s, ":"))
		return ports;
	if (p->family == 6 && slice_has_prefix(*s, "::"))
		return ports;
	for (size_t i = s->n; i > 0; i--) {
		if (s->p[i - 1] == ']')
			break;
		if (s->p[i - 1] == ':') {
			ports = slice_skip(*s, i);
			s->n = i - 1;
			break;
		}
	}
	return ports;
}

static int read_target(struct ipt *p, const struct ipt_word *w, struct nf_target *to)
{
	struct slice s = w->text, ports;
	int rc = 0;

	if (!s.n)
		return IPT_ODD;
	ports = cut_ports(p, &s);
	if (s.n)
		rc = read_addrs(p, w, s, to);
	if (!rc && ports.p)
		rc = read_ports(p, w, ports, to);
	return rc;
}

static int add_nat(struct ipt *p, enum nf_nat_kind kind, struct nf_target to)
{
	struct nf_nat *nat = &nf_add_step(p->b, p->rule, STEP_NAT)->nat;

	nat->kind = kind;
	nat->target = to;
	return 0;
}

/* One destination; until Linux 2.6.10 there could be several. */
static int translate(struct ipt *p, const struct ipt_uses *us, const char *option,
		     enum nf_nat_kind kind)
{
	struct nf_target to = {0};
	const struct ipt_use *use = NULL;
	int rc;

	for (size_t i = 0; i < us->n; i++) {
		if (!slice_is(us->items[i].name, option))
			continue;
		if (use)
			return IPT_ODD;
		use = &us->items[i];
	}
	rc = use ? read_target(p, use->args, &to) : IPT_ODD;
	return rc ? rc : add_nat(p, kind, to);
}

int ipt_do_dnat(struct ipt *p, const struct ipt_uses *us)
{
	return translate(p, us, "--to-destination", NAT_DESTINATION);
}

int ipt_do_snat(struct ipt *p, const struct ipt_uses *us)
{
	return translate(p, us, "--to-source", NAT_SOURCE);
}

static int to_ports(struct ipt *p, const struct ipt_uses *us, enum nf_nat_kind kind)
{
	const struct ipt_use *use = ipt_use_of(us, "--to-ports");
	struct nf_target to = {0};
	int rc = use ? read_ports(p, use->args, use->args->text, &to) : 0;

	return rc ? rc : add_nat(p, kind, to);
}

int ipt_do_masquerade(struct ipt *p, const struct ipt_uses *us)
{
	return to_ports(p, us, NAT_MASQUERADE);
}

int ipt_do_redirect(struct ipt *p, const struct ipt_uses *us)
{
	return to_ports(p, us, NAT_REDIRECT);
}

/* Whether it is of the source or of the destination is the hook's to say: ipt_settle_netmaps(). */
int ipt_do_netmap(struct ipt *p, const struct ipt_uses *us)
{
	const struct ipt_use *use = ipt_use_of(us, "--to");
	struct nf_target to = {.family = p->family};
	struct nf_span span;
	struct prefix prefix;
	bool host_bits;

	if (!use || !prefix_parse(use->args->text, &prefix, &host_bits) ||
	    prefix.addr.family != p->family)
		return IPT_ODD;
	span = nf_span_of_prefix(&prefix);
	to.lo = prefix.addr;
	to.hi = nf_value_addr(&span.hi, p->family);
	add_nat(p, NAT_DESTINATION, to);
	p->rule->steps.items[p->rule->steps.n - 1].nat.keep_rest = true;
	p->has_netmap = true;
	return 0;
}

/* From which hooks a chain is reached. */
enum { OF_DESTINATION = 1, OF_SOURCE = 2 };

/* Chains whose own reach is to be handed on; each is there at most twice. */
struct reach {
	uint8_t *of; /* of each chain of the table */
	uint32_t *todo;
	size_t n;
};

static void add_reach(struct reach *r, uint32_t chain, uint8_t bits)
{
	if ((r->of[chain] | bits) == r->of[chain])
		return;
	r->of[chain] |= bits;
	r->todo[r->n++] = chain;
}

static void hand_on(struct ipt *p, struct reach *r, uint32_t chain)
{
	for_each (rule, &p->b->ruleset.chains.items[p->first + chain].rules)
		for_each (s, &rule->steps)
			if (s->kind == STEP_VERDICT &&
			    (s->verdict.kind == VERDICT_JUMP || s->verdict.kind == VERDICT_GOTO))
				add_reach(r, s->verdict.chain - p->first, r->of[chain]);
}

static struct reach find_reach(struct ipt *p, size_t n)
{
	const struct nf_chain *chains = p->b->ruleset.chains.items + p->first;
	struct reach r = {.of = ARENA_ARRAY(p->b->arena, uint8_t, n),
			  .todo = ARENA_ARRAY(p->b->arena, uint32_t, 2 * n)};
	size_t done = 0;

	for (uint32_t i = 0; i < n; i++)
		if (chains[i].base)
			add_reach(&r, i,
				  chains[i].hook == NF_POSTROUTING || chains[i].hook == NF_INPUT
					  ? OF_SOURCE
					  : OF_DESTINATION);
	while (done < r.n)
		hand_on(p, &r, r.todo[done++]);
	return r;
}

static void settle(struct nf_step *s, const struct nf_rule *rule, uint8_t reach)
{
	if (reach == OF_SOURCE) {
		s->nat.kind = NAT_SOURCE;
	} else if (reach != OF_DESTINATION) {
		s->kind = STEP_UNKNOWN;
		s->text = rule->text;
	}
}

/* One that is reached as both, or not at all, is not known. */
void ipt_settle_netmaps(struct ipt *p)
{
	size_t n = p->b->ruleset.chains.n - p->first;
	struct reach r;

	if (!p->has_netmap)
		return;
	p->has_netmap = false;
	r = find_reach(p, n);
	for (size_t i = 0; i < n; i++)
		for_each (rule, &p->b->ruleset.chains.items[p->first + i].rules)
			for_each (s, &rule->steps)
				if (s->kind == STEP_NAT && s->nat.keep_rest)
					settle(s, rule, r.of[i]);
}
