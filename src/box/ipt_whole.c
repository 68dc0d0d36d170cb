/* SPDX-License-Identifier: ISC
 *
 * Matches whose options are one question together: an option that is not known makes all of it
 * unknown.
 */
#include "box/ipt_module.h"
#include "box/nf_words.h"

#include <string.h>

static const struct ipt_use *find_use(const struct ipt_uses *us, const char *name)
{
	for (size_t i = 0; i < us->n; i++)
		if (slice_is(us->items[i].name, name))
			return &us->items[i];
	return NULL;
}

static bool knows_all(const struct ipt_uses *us)
{
	for (size_t i = 0; i < us->n; i++)
		if (!us->items[i].option)
			return false;
	return true;
}

static int ask_types(struct ipt *p, enum nf_key key, const struct ipt_use *u)
{
	struct nf_span spans[IPT_LIST_MAX];
	struct slice rest = u->args->text, word;
	size_t n = 0;

	while (slice_cut(&rest, ',', &word)) {
		int type = nf_addr_type_of(word);

		if (type < 0 || n == IPT_LIST_MAX)
			return IPT_ODD;
		spans[n++] = nf_span_of_number((uint64_t)type, (uint64_t)type);
	}
	nf_ask_any(p->b, p->rule, (struct nf_key_use){key, 0}, spans, n, u->negate);
	return 0;
}

/* With a limit to an interface other keys are asked: they stand in the same order. */
int ipt_ask_addrtype(struct ipt *p, const struct ipt_uses *us)
{
	bool in = find_use(us, "--limit-iface-in"), out = find_use(us, "--limit-iface-out");
	size_t before = p->rule->steps.n;

	if (!knows_all(us))
		return IPT_ODD;
	for (size_t i = 0; i < us->n; i++) {
		const struct ipt_use *u = &us->items[i];
		enum nf_key key = u->option->key;

		if (!u->option->n_args)
			continue;
		if (in || out)
			key += (in ? KEY_SADDR_IIF_TYPE : KEY_SADDR_OIF_TYPE) - KEY_SADDR_TYPE;
		if (ask_types(p, key, u)) {
			p->rule->steps.n = before;
			return IPT_ODD;
		}
	}
	return 0;
}

static int ask_owner(struct ipt *p, const struct ipt_use *u)
{
	struct nf_span span;
	struct nf_cond *cond;
	int rc = ipt_range(p, u->args, u->args->text, '-', UINT32_MAX, &span);

	if (rc)
		return rc;
	cond = ipt_ask_any_of(p, u->negate);
	ipt_add_lookup(p, cond, ipt_list(p, &span, 1), &(struct nf_key_use){u->option->key, 0});
	if (u->negate)
		ipt_add_nothing(p, cond);
	return 0;
}

static int ask_socket(struct ipt *p, const struct ipt_use *u)
{
	const struct nf_span any = nf_span_of_number(0, UINT32_MAX);
	struct nf_cond *cond = ipt_ask_any_of(p, u->negate);

	ipt_add_lookup(p, cond, ipt_list(p, &any, 1), &(struct nf_key_use){KEY_UID, 0});
	if (u->negate)
		ipt_add_nothing(p, cond);
	return 0;
}

/* What no socket sent is not of an owner: "! --uid-owner" is then yes, and of several all must have
 * the sign (owner_mt()). */
int ipt_ask_owner(struct ipt *p, const struct ipt_uses *us)
{
	if (!knows_all(us) || !us->n)
		return IPT_ODD;
	for (size_t i = 0; i < us->n; i++) {
		const struct ipt_use *u = &us->items[i];
		int rc = u->option->n_args ? ask_owner(p, u) : ask_socket(p, u);

		if (rc)
			return rc;
	}
	return 0;
}

/* Only what is expected by another connection has a helper of that (helper_mt()). */
int ipt_ask_helper(struct ipt *p, const struct ipt_uses *us)
{
	const struct ipt_use *u = find_use(us, "--helper");
	const struct nf_span spans[] = {nf_span_of_number(CT_ESTABLISHED, CT_RELATED)};

	if (!u || u->negate || !knows_all(us))
		return IPT_ODD;
	nf_ask_any(p->b, p->rule, (struct nf_key_use){KEY_CT_STATE, 0}, spans, 1, false);
	nf_ask_unknown(p->b, p->rule, us->words);
	return 0;
}

/* The interfaces of that group: 0x1, 0x1/0xff. */
static int ask_group(struct ipt *p, const struct ipt_use *u)
{
	struct nf_span spans[IPT_LIST_MAX];
	uint32_t value, mask;
	size_t n = 0;
	int rc = ipt_masked(p, u->args, &value, &mask);

	if (rc || !p->b->has.links)
		return rc ? rc : IPT_ODD;
	for_each (link, &p->b->links) {
		if ((link->group & mask) != value)
			continue;
		if (n == IPT_LIST_MAX)
			return IPT_ODD;
		spans[n++] = nf_span_of_name(slice_of(link->name), false);
	}
	nf_ask_any(p->b, p->rule, (struct nf_key_use){u->option->key, 0}, spans, n, u->negate);
	return 0;
}

int ipt_ask_devgroup(struct ipt *p, const struct ipt_uses *us)
{
	size_t before = p->rule->steps.n;

	for (size_t i = 0; i < us->n; i++) {
		int rc = knows_all(us) ? ask_group(p, &us->items[i]) : IPT_ODD;

		if (rc) {
			p->rule->steps.n = before;
			return rc;
		}
	}
	return us->n ? 0 : IPT_ODD;
}

/* Whether a bridge hands what it carries to iptables. */
static bool bridges_ask(const struct ipt *p)
{
	const char *name = p->family == 4 ? "net.bridge.bridge-nf-call-iptables"
					  : "net.bridge.bridge-nf-call-ip6tables";

	if (!p->b->has.links || !p->b->has.switches || !box_switch(p->b, name, 0))
		return !p->b->has.links || !p->b->has.switches;
	for_each (link, &p->b->links)
		if (link->kind && strcmp(link->kind, "bridge") == 0)
			return true;
	return false;
}

/* What is routed leaves by no port of a bridge, and came in by one only through a bridge
 * (physdev_mt()). */
int ipt_ask_physdev(struct ipt *p, const struct ipt_uses *us)
{
	bool so = true;

	if (!knows_all(us) || !us->n)
		return IPT_ODD;
	for (size_t i = 0; i < us->n; i++) {
		const struct ipt_use *u = &us->items[i];
		bool arrives =
			slice_is(u->name, "--physdev-in") || slice_is(u->name, "--physdev-is-in");

		if ((u->option->n_args && slice_is(u->args->text, "+")) ||
		    (arrives && bridges_ask(p)))
			return IPT_ODD;
		so = so && u->negate;
	}
	ipt_ask_always(p, so);
	return 0;
}

/* Of several headers, or of those that no packet here has (box/walk.h), none has all. */
int ipt_ask_ipv6header(struct ipt *p, const struct ipt_uses *us)
{
	const struct ipt_use *u = find_use(us, "--header");
	enum { ESP = 50, NONE = 59 };
	const struct nf_span others[] = {nf_span_of_number(0, ESP - 1),
					 nf_span_of_number(ESP + 1, NONE - 1),
					 nf_span_of_number(NONE + 1, UINT8_MAX)};

	if (!u || !knows_all(us) || (u->negate && find_use(us, "--soft")))
		return IPT_ODD;
	if (slice_is(u->args->text, "prot") || slice_is(u->args->text, "protocol"))
		nf_ask_any(p->b, p->rule, (struct nf_key_use){KEY_PROTO, 0}, others,
			   ARRAY_LEN(others), u->negate);
	else if (slice_is(u->args->text, "esp"))
		ipt_ask(p, KEY_PROTO, nf_span_of_number(ESP, ESP), u->negate);
	else if (slice_is(u->args->text, "none"))
		ipt_ask(p, KEY_PROTO, nf_span_of_number(NONE, NONE), u->negate);
	else
		ipt_ask_always(p, u->negate);
	return 0;
}

/* ... or the source is "::", which rpfilter_mt() of IPv6 always lets pass. */
static void ask_or_none(struct ipt *p)
{
	const struct nf_key_use use = {KEY_SADDR6, 0};
	const struct addr none = {.family = 6};
	struct nf_span *span = ARENA_NEW(p->b->arena, struct nf_span);
	struct nf_set *set = ARENA_NEW(p->b->arena, struct nf_set);
	struct nf_step *last = &p->rule->steps.items[p->rule->steps.n - 1];

	*span = nf_span_of_addrs(&none, &none);
	*set = (struct nf_set){.n_keys = 1, .n = 1, .spans = span, .place = p->rule->place};
	*(struct nf_lookup *)list_add(p->b->arena, &last->cond.lookups, sizeof(struct nf_lookup)) =
		nf_make_lookup(p->b, set, &use);
}

/* Whether a route back exists; the walk asks with the packet's mark, which is --validmark. */
int ipt_ask_rpfilter(struct ipt *p, const struct ipt_uses *us)
{
	enum nf_key key = find_use(us, "--loose") ? KEY_BACK : KEY_BACK_IIF;

	if (!knows_all(us))
		return IPT_ODD;
	ipt_ask(p, key, nf_span_of_number(1, 1), find_use(us, "--invert") != NULL);
	if (p->family == 6)
		ask_or_none(p);
	return 0;
}

/* What it was wrapped in is only asked of what came, or leaves, through IPsec (policy_mt()). */
int ipt_ask_policy(struct ipt *p, const struct ipt_uses *us)
{
	const struct ipt_use *pol = find_use(us, "--pol");
	bool ipsec;

	if (!knows_all(us) || !pol || pol->negate || !find_use(us, "--dir"))
		return IPT_ODD;
	ipsec = slice_is(pol->args->text, "ipsec");
	if (!ipsec && (us->n != 2 || !slice_is(pol->args->text, "none")))
		return IPT_ODD;
	ipt_ask(p, KEY_IPSEC, nf_span_of_number(ipsec, ipsec), false);
	if (us->n > 2)
		nf_ask_unknown(p->b, p->rule, us->words);
	return 0;
}

/* --set puts the address in and is always yes (recent_mt()); the others look what is there. */
int ipt_ask_recent(struct ipt *p, const struct ipt_uses *us)
{
	const struct ipt_use *set = find_use(us, "--set");

	if (!set || !knows_all(us))
		return IPT_ODD;
	ipt_ask_always(p, !set->negate);
	return 0;
}
