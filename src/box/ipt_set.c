/* SPDX-License-Identifier: ISC
 *
 * -m set: which keys of a packet an element's parts are compared with (net/netfilter/xt_set.c).
 */
#include "box/ipset.h"
#include "box/ipt.h"

enum { KEYS_MAX = 2 * IPSET_PARTS_MAX };

/* "src,dst": which side each part is of; how many are said. */
struct sides {
	bool source[16];
	size_t n;
};

static int read_sides(struct slice s, struct sides *sides)
{
	struct slice word;

	sides->n = 0;
	while (slice_cut(&s, ',', &word)) {
		bool source = slice_is(word, "src");

		if ((!source && !slice_is(word, "dst")) || sides->n == ARRAY_LEN(sides->source))
			return IPT_ODD;
		sides->source[sides->n++] = source;
	}
	return 0;
}

static enum nf_key address_key(uint8_t family, bool source)
{
	if (family == 4)
		return source ? KEY_SADDR4 : KEY_DADDR4;
	return source ? KEY_SADDR6 : KEY_DADDR6;
}

static enum nf_key port_key(const struct ipt *p, bool source, bool icmp)
{
	if (icmp)
		return p->family == 4 ? KEY_ICMP : KEY_ICMP6;
	return source ? KEY_SPORT : KEY_DPORT;
}

static int add_keys(const struct ipt *p, const struct ipset *s, const struct sides *sides,
		    bool icmp, struct nf_key_use *keys)
{
	for (size_t i = 0, n = 0; i < s->n_parts; i++) {
		bool source = sides->source[i];

		switch (s->parts[i]) {
		case IPSET_ADDR:
			keys[n++].key = address_key(s->family, source);
			break;
		case IPSET_PORT:
			keys[n++].key = KEY_PROTO;
			keys[n++].key = port_key(p, source, icmp);
			break;
		case IPSET_MAC:
			if (!source) /* the receiver's: nobody knows it */
				return IPT_ODD;
			keys[n++].key = KEY_MAC;
			break;
		case IPSET_IFACE:
			keys[n++].key = source ? KEY_IIF : KEY_OIF;
			break;
		case IPSET_MARK:
			keys[n++].key = KEY_MARK;
			break;
		}
	}
	return 0;
}

/* With fewer sides than it has parts a set has no packet (ip_set_test()). */
static int add_set(struct ipt *p, struct nf_cond *cond, const struct ipset *s,
		   const struct sides *sides)
{
	struct nf_key_use keys[KEYS_MAX] = {0};

	if (s->unknown)
		return IPT_ODD;
	if (sides->n < s->n_parts)
		return 0;
	if (add_keys(p, s, sides, false, keys))
		return IPT_ODD;
	ipt_add_lookup(p, cond, &s->set, keys);
	if (s->has_icmp) {
		add_keys(p, s, sides, true, keys);
		ipt_add_lookup(p, cond, &s->set, keys);
	}
	return 0;
}

static int add_members(struct ipt *p, struct nf_cond *cond, const struct ipset *list,
		       const struct sides *sides)
{
	for_each (name, &list->members) {
		const struct nf_set *set = map_find(&p->sets, slice_of(*name));

		if (!set || ipset_of(set)->is_list || add_set(p, cond, ipset_of(set), sides) != 0)
			return IPT_ODD;
	}
	return 0;
}

/* Whether every packet has all that the set asks for. */
static bool always_has_keys(const struct ipt *p, const struct ipset *s, const struct sides *sides)
{
	for (size_t i = 0; i < s->n_parts; i++)
		if (s->parts[i] == IPSET_PORT || s->parts[i] == IPSET_MAC)
			return false;
	return !s->is_list && s->n_parts <= sides->n && (!s->family || s->family == p->family);
}

/* What a set cannot be asked, it does not have: "! in it" is then yes. */
static int ask_set(struct ipt *p, const struct ipset *s, const struct sides *sides, bool negate)
{
	struct nf_cond cond = {.negate = negate};
	int rc = s->is_list ? add_members(p, &cond, s, sides) : add_set(p, &cond, s, sides);

	if (rc)
		return rc;
	if (!cond.lookups.n || (negate && !always_has_keys(p, s, sides)))
		ipt_add_nothing(p, &cond);
	nf_add_step(p->b, p->rule, STEP_IF)->cond = cond;
	return 0;
}

static int not_collected(struct ipt *p, struct slice name)
{
	const char *words =
		arena_printf(p->b->arena, "set %.*s, which was not collected", (int)name.n, name.p);

	nf_ask_unknown(p->b, p->rule, slice_of(words));
	return 0;
}

static bool is_harmless(struct slice option)
{
	return slice_is(option, "--update-counters") || slice_is(option, "--update-subcounters");
}

/* --match-set NAME src,dst; what else it may ask, of counters and exceptions, is not understood. */
int ipt_ask_set(struct ipt *p, const struct ipt_uses *us)
{
	const struct ipt_use *use = NULL;
	const struct nf_set *set;
	struct sides sides;

	for (size_t i = 0; i < us->n; i++) {
		const struct ipt_use *u = &us->items[i];

		if (is_harmless(u->name))
			continue;
		if (use || !u->option || u->option->n_args != 2)
			return IPT_ODD;
		use = u;
	}
	if (!use || read_sides(use->args[1].text, &sides))
		return IPT_ODD;
	set = map_find(&p->sets, use->args[0].text);
	return set ? ask_set(p, ipset_of(set), &sides, use->negate)
		   : not_collected(p, use->args[0].text);
}

void ipt_set_changes(struct ipt *p, struct slice name)
{
	struct nf_set *set = map_find(&p->sets, name);

	if (!set)
		return;
	set->changing = true;
	for_each (member, &ipset_of(set)->members) {
		struct nf_set *s = map_find(&p->sets, slice_of(*member));

		if (s)
			s->changing = true;
	}
}
