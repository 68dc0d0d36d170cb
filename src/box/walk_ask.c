/* SPDX-License-Identifier: ISC
 *
 * What a ruleset asks, and the packet's answer.
 */
#include "box/walk_int.h"

#include <string.h>

enum has { LACKS, HAS, UNSAID };

enum {
	ICMP = 1,
	TCP = 6,
	UDP = 17,
	DCCP = 33,
	ICMPV6 = 58,
	SCTP = 132,
	UDPLITE = 136,
};

static bool has_ports(uint8_t proto)
{
	return proto == TCP || proto == UDP || proto == DCCP || proto == SCTP || proto == UDPLITE;
}

static enum has number(uint64_t n, struct nf_value *v)
{
	*v = nf_value_of_number(n);
	return HAS;
}

static enum has number_if(bool has, uint64_t n, struct nf_value *v)
{
	return has ? number(n, v) : LACKS;
}

static enum has address(const struct addr *a, uint8_t family, struct nf_value *v)
{
	if (a->family != family)
		return LACKS;
	*v = nf_value_of_addr(a);
	return HAS;
}

/* Of what has no interface, the kernel compares an empty name. */
static enum has interface(const char *name, struct nf_value *v)
{
	*v = nf_value_of_name(slice_of(name ? name : ""));
	return HAS;
}

static bool before_routing(const struct walk *w)
{
	return w->hook == NF_PREROUTING || w->hook == NF_INGRESS || w->hook == NF_INPUT;
}

static bool after_routing(const struct walk *w)
{
	return w->hook == NF_OUTPUT || w->hook == NF_POSTROUTING || w->hook == NF_EGRESS;
}

/* As it came, whatever its target became; what the box sends is nobody's before it comes in
 * again. */
static enum has packet_type(const struct walk *w, struct nf_value *v)
{
	bool received = w->asked->in != NULL;
	enum nf_addr_type type =
		route_link_type(w->b, received ? &w->asked->to : &w->p.to, received ? w->in : NULL);

	if (!w->in)
		return number(0, v);
	return number(type == ADDR_MULTICAST ? 2 : type == ADDR_BROADCAST ? 1 : 0, v);
}

static bool guess(void *w, const char *words)
{
	return walk_guess(w, words);
}

static enum has address_type(struct walk *w, const struct addr *a, struct nf_value *v)
{
	struct route_query q = {
		.from = w->p.from, .to = *a, .mark = w->p.mark, .guess = guess, .ctx = w};

	enum nf_addr_type type;

	if (!w->b->has.addresses)
		return UNSAID;
	type = route_type(w->b, &q);
	/* Of a link's own nft asks on the link, iptables anywhere. */
	if (addr_is_link_local(a) && (type == ADDR_LOCAL || type == ADDR_ANYCAST) &&
	    (type == ADDR_ANYCAST ||
	     route_local_type(w->b, a, after_routing(w) ? w->out : w->in) != type))
		return UNSAID;
	return number(type, v);
}

/* Where there is no such interface yet, or any more, those of all count. */
static enum has address_type_here(const struct walk *w, const struct addr *a, const char *link,
				  struct nf_value *v)
{
	return w->b->has.addresses ? number(route_local_type(w->b, a, link), v) : UNSAID;
}

static bool is_loopback(const char *link)
{
	return link && strcmp(link, "lo") == 0;
}

static bool routes_are_known(const struct walk *w)
{
	return w->p.to.family == 4 ? w->b->has.routes4 : w->b->has.routes6;
}

/* Who has no address yet, and asks for one. */
static bool is_beginner(const struct nf_packet *p)
{
	if (!addr_is_zero(&p->from))
		return false;
	return p->from.family == 4 ||
	       (p->proto == ICMPV6 && (addr_is_link_local(&p->to) || addr_is_multicast(&p->to)));
}

/* What comes by loopback, and beginners, always have a way back. */
static enum has way_back(struct walk *w, const char *link, struct nf_value *v)
{
	if (!w->in)
		return LACKS;
	if (is_loopback(w->in) || is_beginner(&w->p))
		return number(1, v);
	if (!routes_are_known(w))
		return UNSAID;
	return number(walk_has_way_back(w, link, true), v);
}

/* Status bits of which a packet that is not the first may have any. */
static enum has status(const struct walk *w, struct nf_value *v)
{
	return number_if(w->tracked && w->state != CT_INVALID, w->ct_status, v);
}

/* Without a connection, "invalid" is what the kernel says. */
static enum nf_ct_state state(const struct walk *w)
{
	return w->untracked ? CT_UNTRACKED : w->tracked ? w->state : CT_INVALID;
}

static bool has_connection(const struct walk *w)
{
	return w->tracked && !w->untracked && w->state != CT_INVALID && w->state != CT_UNTRACKED;
}

static enum has said(bool has, uint64_t n, struct nf_value *v)
{
	return has ? number(n, v) : UNSAID;
}

/* An answer goes the other way: from where the packet goes now, to whom it comes from now. */
static enum has of_reply(const struct walk *w, enum nf_key key, struct nf_value *v)
{
	const struct nf_packet *p = w->answers ? &w->answers->as : &w->p;

	switch (key) {
	case KEY_CT_REPL_SADDR4:
		return address(&p->to, 4, v);
	case KEY_CT_REPL_DADDR4:
		return address(&p->from, 4, v);
	case KEY_CT_REPL_SADDR6:
		return address(&p->to, 6, v);
	case KEY_CT_REPL_DADDR6:
		return address(&p->from, 6, v);
	case KEY_CT_REPL_SPORT:
		return number_if(has_ports(p->proto), p->to_port, v);
	default:
		return number_if(has_ports(p->proto), p->from_port, v);
	}
}

static enum has of_connection(struct walk *w, enum nf_key key, struct nf_value *v)
{
	if (key == KEY_CT_STATE)
		return number(state(w), v);
	if (!has_connection(w))
		return LACKS;
	switch (key) {
	case KEY_CT_DIRECTION:
		return number(w->answers != NULL, v);
	case KEY_CT_STATUS:
		return status(w, v);
	case KEY_CT_MARK:
		return number(w->ct_mark, v);
	case KEY_CT_ORIG_SADDR4:
		return address(&w->first.from, 4, v);
	case KEY_CT_ORIG_DADDR4:
		return address(&w->first.to, 4, v);
	case KEY_CT_ORIG_SADDR6:
		return address(&w->first.from, 6, v);
	case KEY_CT_ORIG_DADDR6:
		return address(&w->first.to, 6, v);
	case KEY_CT_ORIG_SPORT:
		return number_if(has_ports(w->p.proto), w->first.from_port, v);
	case KEY_CT_ORIG_DPORT:
		return number_if(has_ports(w->p.proto), w->first.to_port, v);
	default:
		return of_reply(w, key, v);
	}
}

static enum has of_sender(const struct walk *w, enum nf_key key, struct nf_value *v)
{
	const struct nf_packet *p = &w->p;

	if (key == KEY_MAC) {
		*v = nf_value_of_mac(p->mac);
		return !w->in || after_routing(w) ? LACKS : p->has_mac ? HAS : UNSAID;
	}
	if (p->in)
		return LACKS;
	return key == KEY_UID ? said(p->has_uid, p->uid, v) : said(p->has_gid, p->gid, v);
}

static enum has of_route(struct walk *w, enum nf_key key, struct nf_value *v)
{
	switch (key) {
	case KEY_SADDR_TYPE:
		return address_type(w, &w->p.from, v);
	case KEY_DADDR_TYPE:
		return address_type(w, &w->p.to, v);
	case KEY_SADDR_IIF_TYPE:
		return address_type_here(w, &w->p.from, w->in, v);
	case KEY_DADDR_IIF_TYPE:
		return address_type_here(w, &w->p.to, w->in, v);
	case KEY_SADDR_OIF_TYPE:
		return address_type_here(w, &w->p.from, before_routing(w) ? NULL : w->out, v);
	case KEY_DADDR_OIF_TYPE:
		return address_type_here(w, &w->p.to, before_routing(w) ? NULL : w->out, v);
	case KEY_BACK_IIF:
		return way_back(w, w->in, v);
	default:
		return way_back(w, NULL, v);
	}
}

static enum has of_header(const struct walk *w, enum nf_key key, struct nf_value *v)
{
	const struct nf_packet *p = &w->p;
	uint32_t icmp = p->icmp_type * 256u + p->icmp_code;

	switch (key) {
	case KEY_FAMILY:
		return number(p->to.family, v);
	case KEY_PROTO:
		return number(p->proto, v);
	case KEY_SADDR4:
		return address(&p->from, 4, v);
	case KEY_DADDR4:
		return address(&p->to, 4, v);
	case KEY_SADDR6:
		return address(&p->from, 6, v);
	case KEY_DADDR6:
		return address(&p->to, 6, v);
	case KEY_SPORT:
		return number_if(has_ports(p->proto), p->from_port, v);
	case KEY_DPORT:
		return number_if(has_ports(p->proto), p->to_port, v);
	case KEY_ICMP:
		return number_if(p->proto == ICMP && p->to.family == 4, icmp, v);
	case KEY_ICMP6:
		return number_if(p->proto == ICMPV6 && p->to.family == 6, icmp, v);
	case KEY_TCP_FLAGS:
		return number_if(p->proto == TCP, p->tcp_flags, v);
	case KEY_TTL:
		return said(p->has_ttl, p->ttl, v);
	case KEY_LENGTH:
		return said(p->has_length, p->length, v);
	case KEY_DSCP:
		return said(p->has_dscp, p->dscp, v);
	default:
		return said(p->has_ecn, p->ecn, v);
	}
}

static enum has value_of(struct walk *w, enum nf_key key, struct nf_value *v)
{
	switch (key) {
	case KEY_IIF:
		return interface(w->in, v);
	case KEY_OIF:
		return interface(before_routing(w) ? NULL : w->out, v);
	case KEY_MARK:
		return number(w->p.mark, v);
	case KEY_FRAGMENT:
	case KEY_IPSEC:
		return number(0, v);
	case KEY_PKTTYPE:
		return packet_type(w, v);
	case KEY_UID:
	case KEY_GID:
	case KEY_MAC:
		return of_sender(w, key, v);
	case KEY_SADDR_TYPE:
	case KEY_DADDR_TYPE:
	case KEY_SADDR_IIF_TYPE:
	case KEY_DADDR_IIF_TYPE:
	case KEY_SADDR_OIF_TYPE:
	case KEY_DADDR_OIF_TYPE:
	case KEY_BACK_IIF:
	case KEY_BACK:
		return of_route(w, key, v);
	case KEY_CT_STATE:
	case KEY_CT_DIRECTION:
	case KEY_CT_STATUS:
	case KEY_CT_MARK:
	case KEY_CT_ORIG_SADDR4:
	case KEY_CT_ORIG_DADDR4:
	case KEY_CT_ORIG_SADDR6:
	case KEY_CT_ORIG_DADDR6:
	case KEY_CT_ORIG_SPORT:
	case KEY_CT_ORIG_DPORT:
	case KEY_CT_REPL_SADDR4:
	case KEY_CT_REPL_DADDR4:
	case KEY_CT_REPL_SADDR6:
	case KEY_CT_REPL_DADDR6:
	case KEY_CT_REPL_SPORT:
	case KEY_CT_REPL_DPORT:
		return of_connection(w, key, v);
	default:
		return of_header(w, key, v);
	}
}

static struct nf_value masked(const struct nf_value *v, uint32_t mask)
{
	return mask ? nf_value_of_number(nf_value_number(v) & mask) : *v;
}

enum { KEYS_MAX = 16 };
struct values {
	enum has has[KEYS_MAX];
	struct nf_value items[KEYS_MAX];
	size_t n;
	const char *unsaid; /* a key that nobody has said; NULL: none */
};

/* False: it lacks one. */
static bool collect(struct walk *w, const struct nf_lookup *l, struct values *vs)
{
	*vs = (struct values){.n = l->set->n_keys < KEYS_MAX ? l->set->n_keys : KEYS_MAX};
	for (size_t i = 0; i < vs->n; i++) {
		vs->has[i] = value_of(w, l->keys[i].key, &vs->items[i]);
		if (vs->has[i] == LACKS)
			return false;
		if (vs->has[i] == UNSAID)
			vs->unsaid = nf_key_names[l->keys[i].key];
		vs->items[i] = masked(&vs->items[i], l->keys[i].mask);
	}
	return true;
}

static bool element_has(const struct nf_set *set, size_t i, const struct values *vs)
{
	const struct nf_span *spans = set->spans + i * set->n_keys;

	for (size_t k = 0; k < vs->n; k++)
		if (vs->has[k] == HAS && !nf_span_has(&spans[k], &vs->items[k]))
			return false;
	return true;
}

/* The first that has it, with whatever value the unsaid keys have. */
static long first_element(const struct nf_set *set, const struct values *vs)
{
	for (size_t i = 0; i < set->n; i++)
		if (element_has(set, i, vs))
			return (long)i;
	return -1;
}

static bool is_in(const struct nf_set *set, long i)
{
	return i >= 0 && !(set->except && set->except[i]);
}

/* Why the answer may be another one than the list says; NULL: it is certain. */
static const char *doubt_of(struct walk *w, const struct nf_set *set, const struct values *vs,
			    bool found)
{
	const char *name = set->name ? set->name : "of the rule";

	if (vs->unsaid && (found || set->changing))
		return arena_printf(w->arena, "the packet's %s", vs->unsaid);
	if (set->changing || (set->expiring && set->except))
		return arena_printf(w->arena, "set %s, which changes by itself", name);
	if (set->expiring && found && set->doubt)
		return set->doubt;
	if (set->expiring && found)
		return arena_printf(w->arena, "set %s, whose elements expire", name);
	return NULL;
}

long walk_find(struct walk *w, const struct nf_lookup *l)
{
	struct values vs;
	const char *doubt;
	long found;

	if (!collect(w, l, &vs))
		return -1;
	found = first_element(l->set, &vs);
	if (!is_in(l->set, found))
		return -1;
	doubt = doubt_of(w, l->set, &vs, true);
	if (!doubt)
		return found;
	return walk_guess(w, doubt) ? found : -1;
}

/* Yes, no, or that there is nothing to ask about. */
static enum { NO, YES, NOTHING } look_up(struct walk *w, const struct nf_lookup *l)
{
	struct values vs;
	const char *doubt;
	bool found;

	if (!collect(w, l, &vs))
		return NOTHING;
	found = is_in(l->set, first_element(l->set, &vs));
	doubt = doubt_of(w, l->set, &vs, found);
	if (doubt)
		return walk_guess(w, doubt) ? YES : NO;
	return found ? YES : NO;
}

bool walk_holds(struct walk *w, const struct nf_cond *cond)
{
	bool found = false, nothing = true;

	if (cond->unknown)
		return walk_guess(w, cond->unknown);
	for_each (l, &cond->lookups)
		switch (look_up(w, l)) {
		case YES:
			found = true;
			nothing = false;
			break;
		case NO:
			nothing = false;
			break;
		case NOTHING:
			break;
		}
	return !nothing && found != cond->negate;
}
