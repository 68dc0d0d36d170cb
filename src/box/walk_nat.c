/* SPDX-License-Identifier: ISC
 *
 * Translation, as net/netfilter/nf_nat_core.c chooses addresses and ports.
 */
#include "box/walk_int.h"

static bool is_of_target(const struct nf_nat *nat)
{
	return nat->kind == NAT_DESTINATION || nat->kind == NAT_REDIRECT;
}

/* A port that is in the range stays; of a target's range the first is taken, of a source's any. */
static uint16_t choose_port(const struct nf_target *t, uint16_t port)
{
	if (!t->has_ports)
		return port;
	if (t->port_base)
		return (uint16_t)(t->port_lo + port - t->port_base);
	return port >= t->port_lo && port <= t->port_hi ? port : t->port_lo;
}

/* The bits in which the ends of the range agree are the new ones. */
static struct addr keep_rest(const struct nf_target *t, const struct addr *old)
{
	struct addr a = *old;
	size_t n = a.family == 4 ? 4 : 16;

	for (size_t i = 0; i < n; i++) {
		uint8_t rest = t->lo.bytes[i] ^ t->hi.bytes[i];

		a.bytes[i] = (uint8_t)((t->lo.bytes[i] & ~rest) | (old->bytes[i] & rest));
	}
	return a;
}

static bool is_within(const struct nf_target *t, const struct addr *a)
{
	return a->family == t->family && addr_compare(&t->lo, a) <= 0 &&
	       addr_compare(a, &t->hi) <= 0;
}

/* A source that is within the range stays, port and all; a target may. */
static bool stays(struct walk *w, const struct nf_nat *nat, const struct nf_target *t,
		  const struct addr *old, const char *words)
{
	uint16_t port = w->p.from_port;

	if (!is_within(t, old))
		return false;
	if (is_of_target(nat))
		return walk_guess(w, arena_printf(w->arena, "%s: its own", words));
	return !t->has_ports || (port >= t->port_lo && port <= t->port_hi);
}

static struct addr choose_addr(struct walk *w, const struct nf_nat *nat, const struct nf_target *t,
			       const struct addr *old)
{
	const char *words;
	char lo[ADDR_TEXT_MAX], hi[ADDR_TEXT_MAX];

	if (!t->family)
		return *old;
	if (nat->keep_rest)
		return keep_rest(t, old);
	if (addr_equal(&t->lo, &t->hi))
		return t->lo;
	words = arena_printf(w->arena, "which address of %s-%s is taken", addr_text(&t->lo, lo),
			     addr_text(&t->hi, hi));
	if (stays(w, nat, t, old, words))
		return *old;
	return walk_guess(w, words) ? t->hi : t->lo;
}

/* What stays as it was is not called translated (nf_nat_setup_info()). */
static void set_target(struct walk *w, struct addr to, uint16_t port)
{
	if (!addr_equal(&to, &w->p.to) || port != w->p.to_port)
		w->ct_status |= CT_DNAT;
	w->moved |= !addr_equal(&to, &w->p.to);
	w->p.to = to;
	w->p.to_port = port;
	w->target_set = true;
}

static void set_source(struct walk *w, struct addr from, uint16_t port)
{
	if (!addr_equal(&from, &w->p.from) || port != w->p.from_port)
		w->ct_status |= CT_SNAT;
	w->p.from = from;
	w->p.from_port = port;
	w->source_set = true;
}

static struct addr loopback(uint8_t family)
{
	struct addr a = {.family = family};

	if (family == 4) {
		a.bytes[0] = 127;
		a.bytes[3] = 1;
	} else {
		a.bytes[15] = 1;
	}
	return a;
}

/* Of a site, or of many of one: only the box's own address of that scope is taken
 * (nf_nat_redirect_ipv6()). */
static bool is_of_site(const struct addr *a)
{
	enum { SITE_SCOPE = 5 };

	if (a->family != 6)
		return false;
	return (a->bytes[0] == 0xfe && (a->bytes[1] & 0xc0) == 0xc0) ||
	       (addr_is_multicast(a) && (a->bytes[1] & 15) == SITE_SCOPE);
}

/* REDIRECT and MASQUERADE: as which address of the box itself. */
static struct addr own_address(struct walk *w, const struct nf_nat *nat)
{
	if (nat->kind == NAT_MASQUERADE)
		return walk_own_address(w, w->out);
	if (w->in && is_of_site(&w->p.to))
		return (struct addr){0};
	return w->in ? walk_own_address(w, w->in) : loopback(w->p.to.family);
}

static void note(struct walk *w)
{
	char from[ADDR_TEXT_MAX], to[ADDR_TEXT_MAX];

	walk_event(w, EVENT_NAT, NULL, NULL, "%s port %u to %s port %u",
		   addr_text(&w->p.from, from), w->p.from_port, addr_text(&w->p.to, to),
		   w->p.to_port);
}

enum nf_verdict_kind walk_translate(struct walk *w, const struct nf_nat *nat)
{
	struct nf_target t = nat->target;
	bool target = is_of_target(nat);
	const struct addr *old = target ? &w->p.to : &w->p.from;

	if (nat->map) {
		long i = walk_find(w, nat->map);

		if (i < 0)
			return VERDICT_CONTINUE;
		t = nat->map->set->data[i].target;
	}
	if (t.family && t.family != old->family)
		return VERDICT_CONTINUE;
	if (nat->kind == NAT_MASQUERADE || nat->kind == NAT_REDIRECT) {
		t.lo = t.hi = own_address(w, nat);
		t.family = t.lo.family;
		if (!t.family)
			return VERDICT_DROP;
	}
	if (target)
		set_target(w, choose_addr(w, nat, &t, old), choose_port(&t, w->p.to_port));
	else
		set_source(w, choose_addr(w, nat, &t, old), choose_port(&t, w->p.from_port));
	note(w);
	return VERDICT_ACCEPT;
}

void walk_translate_back(struct walk *w)
{
	const struct nf_outcome *o = w->answers;
	bool target = w->hook == NF_PREROUTING || w->hook == NF_OUTPUT;

	if (!o)
		return;
	if (target && !addr_equal(&w->p.to, &w->first.from)) {
		w->p.to = w->first.from;
		w->p.to_port = w->first.from_port;
		note(w);
	} else if (!target && !addr_equal(&w->p.from, &w->first.to)) {
		w->p.from = w->first.to;
		w->p.from_port = w->first.to_port;
		note(w);
	}
}
