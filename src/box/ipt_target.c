/* SPDX-License-Identifier: ISC
 *
 * What a rule does: -j and -g; see iptables-extensions(8).
 */
#include "box/ipt_target.h"

static struct nf_verdict *add_verdict(struct ipt *p, enum nf_verdict_kind kind)
{
	struct nf_verdict *v = &nf_add_step(p->b, p->rule, STEP_VERDICT)->verdict;

	v->kind = kind;
	return v;
}

static int do_accept(struct ipt *p, const struct ipt_uses *us)
{
	(void)us;
	add_verdict(p, VERDICT_ACCEPT);
	return 0;
}

static int do_drop(struct ipt *p, const struct ipt_uses *us)
{
	(void)us;
	add_verdict(p, VERDICT_DROP);
	return 0;
}

static int do_return(struct ipt *p, const struct ipt_uses *us)
{
	(void)us;
	add_verdict(p, VERDICT_RETURN);
	return 0;
}

const struct ipt_use *ipt_use_of(const struct ipt_uses *us, const char *name)
{
	for (size_t i = 0; i < us->n; i++)
		if (slice_is(us->items[i].name, name))
			return &us->items[i];
	return NULL;
}

static int do_queue(struct ipt *p, const struct ipt_uses *us)
{
	add_verdict(p, VERDICT_QUEUE)->bypass = ipt_use_of(us, "--queue-bypass") != NULL;
	return 0;
}

/* iptables' words for the answer, and nft's. */
struct answer {
	const char *word, *nft;
};
static const struct answer answers4[] = {
	{"icmp-port-unreachable", "icmp port-unreachable"},
	{"icmp-net-unreachable", "icmp net-unreachable"},
	{"icmp-host-unreachable", "icmp host-unreachable"},
	{"icmp-proto-unreachable", "icmp prot-unreachable"},
	{"icmp-net-prohibited", "icmp net-prohibited"},
	{"icmp-host-prohibited", "icmp host-prohibited"},
	{"icmp-admin-prohibited", "icmp admin-prohibited"},
	{"tcp-reset", "tcp reset"},
};
static const struct answer answers6[] = {
	{"icmp6-port-unreachable", "icmpv6 port-unreachable"},
	{"icmp6-no-route", "icmpv6 no-route"},
	{"icmp6-adm-prohibited", "icmpv6 admin-prohibited"},
	{"icmp6-addr-unreachable", "icmpv6 addr-unreachable"},
	{"icmp6-policy-fail", "icmpv6 policy-fail"},
	{"icmp6-reject-route", "icmpv6 reject-route"},
	{"tcp-reset", "tcp reset"},
};

/* The first of each family is what REJECT alone means. */
static int do_reject(struct ipt *p, const struct ipt_uses *us)
{
	const struct answer *table = p->family == 4 ? answers4 : answers6;
	size_t n = p->family == 4 ? ARRAY_LEN(answers4) : ARRAY_LEN(answers6);
	const struct ipt_use *with = ipt_use_of(us, "--reject-with");

	for (size_t i = 0; i < n; i++)
		if (!with || slice_is(with->args->text, table[i].word)) {
			add_verdict(p, VERDICT_REJECT)->answer = table[i].nft;
			return 0;
		}
	return IPT_ODD;
}

static int do_nothing(struct ipt *p, const struct ipt_uses *us)
{
	(void)p, (void)us;
	return 0;
}

static int add_mark(struct ipt *p, enum nf_step_kind kind, uint32_t keep, uint32_t flip)
{
	struct nf_step *s = nf_add_step(p->b, p->rule, kind);

	s->mark.keep = keep;
	s->mark.flip = flip;
	return 0;
}

/* The value that is set, by each way of saying it. */
static int set_mark(struct ipt *p, enum nf_step_kind kind, const struct ipt_use *u)
{
	uint32_t value, mask;
	int rc = u->option->n_args ? ipt_masked(p, u->args, &value, &mask) : IPT_ODD;

	if (rc)
		return rc;
	if (slice_is(u->name, "--set-xmark"))
		return add_mark(p, kind, ~mask, value);
	if (slice_is(u->name, "--set-mark"))
		return add_mark(p, kind, ~(mask | value), value);
	if (slice_is(u->name, "--and-mark"))
		return add_mark(p, kind, value, 0);
	if (slice_is(u->name, "--or-mark"))
		return add_mark(p, kind, ~value, value);
	return slice_is(u->name, "--xor-mark") ? add_mark(p, kind, UINT32_MAX, value) : IPT_ODD;
}

static int do_mark(struct ipt *p, const struct ipt_uses *us)
{
	return us->n == 1 ? set_mark(p, STEP_MARK, &us->items[0]) : IPT_ODD;
}

static int read_mask(struct ipt *p, const struct ipt_uses *us, const char *name, uint32_t *mask)
{
	const struct ipt_use *u = ipt_use_of(us, name), *both = ipt_use_of(us, "--mask");
	uint64_t n = UINT32_MAX;
	int rc = 0;

	u = u ? u : both;
	if (u)
		rc = ipt_number(p, u->args, u->args->text, UINT32_MAX, &n);
	*mask = (uint32_t)n;
	return rc;
}

static int do_connmark(struct ipt *p, const struct ipt_uses *us)
{
	bool save = ipt_use_of(us, "--save-mark"), restore = ipt_use_of(us, "--restore-mark");
	uint32_t of_packet, of_connection;
	int rc;

	if (!save && !restore)
		return us->n == 1 ? set_mark(p, STEP_CT_MARK, &us->items[0]) : IPT_ODD;
	rc = read_mask(p, us, "--nfmask", &of_packet);
	if (!rc)
		rc = read_mask(p, us, "--ctmask", &of_connection);
	if (rc)
		return rc;
	return save ? add_mark(p, STEP_SAVE_MARK, ~of_connection, of_packet)
		    : add_mark(p, STEP_RESTORE_MARK, ~of_packet, of_connection);
}

/* The rule once more behind itself, as far as its first `n` steps. */
static void repeat_rule(struct ipt *p, size_t n)
{
	struct nf_chain *c = NULL;
	struct nf_rule first = *p->rule;

	for (size_t i = p->first; !c; i++) {
		struct nf_chain *at = &p->b->ruleset.chains.items[i];

		if (at->rules.n && p->rule == &at->rules.items[at->rules.n - 1])
			c = at;
	}
	p->rule = nf_add_rule(p->b, c, slice_of(first.text), first.place);
	p->rule->number = first.number;
	p->rule->comment = first.comment;
	for (size_t i = 0; i < n; i++)
		*nf_add_step(p->b, p->rule, first.steps.items[i].kind) = first.steps.items[i];
}

/* Handed to a program of the box that listens for it, marked; where none does, dropped
 * (tproxy_tg4()). The mark brings it there: routing is asked again. */
static int do_tproxy(struct ipt *p, const struct ipt_uses *us)
{
	const struct ipt_use *mark = ipt_use_of(us, "--tproxy-mark");
	size_t before = p->rule->steps.n;
	uint32_t value = 0, mask = 0;
	const char *words;
	int rc = mark ? ipt_masked(p, mark->args, &value, &mask) : 0;

	if (rc)
		return rc;
	words = arena_printf(p->b->arena, "whether a program listens for it: %.*s",
			     (int)us->words.n, us->words.p);
	nf_ask_unknown(p->b, p->rule, slice_of(words));
	add_mark(p, STEP_MARK, ~mask, value);
	add_verdict(p, VERDICT_ACCEPT);
	repeat_rule(p, before);
	add_verdict(p, VERDICT_DROP);
	return 0;
}

static int blur(struct ipt *p, enum nf_key key)
{
	nf_add_step(p->b, p->rule, STEP_BLUR)->key = key;
	return 0;
}

static int do_ttl(struct ipt *p, const struct ipt_uses *us)
{
	(void)us;
	return blur(p, KEY_TTL);
}

static int do_dscp(struct ipt *p, const struct ipt_uses *us)
{
	(void)us;
	return blur(p, KEY_DSCP);
}

static int do_tos(struct ipt *p, const struct ipt_uses *us)
{
	(void)us;
	blur(p, KEY_DSCP);
	return blur(p, KEY_ECN);
}

static int do_notrack(struct ipt *p, const struct ipt_uses *us)
{
	(void)us;
	nf_add_step(p->b, p->rule, STEP_NOTRACK);
	return 0;
}

/* What events it tells and how long it keeps a connection is nothing to the packet. */
static int do_ct(struct ipt *p, const struct ipt_uses *us)
{
	const struct ipt_use *helper = ipt_use_of(us, "--helper");

	if (ipt_use_of(us, "--notrack"))
		return do_notrack(p, us);
	if (helper)
		nf_add_step(p->b, p->rule, STEP_HELPER)->text =
			arena_copy(p->b->arena, helper->args->text);
	return 0;
}

static int do_set(struct ipt *p, const struct ipt_uses *us)
{
	for (size_t i = 0; i < us->n; i++)
		if (us->items[i].option->n_args == 2)
			ipt_set_changes(p, us->items[i].args->text);
	return 0;
}

static const struct ipt_option none[] = {{.name = "--"}};
static const struct ipt_option reject[] = {{.name = "--reject-with", .n_args = 1}};
static const struct ipt_option nfqueue[] = {
	{.name = "--queue-num", .n_args = 1},
	{.name = "--queue-balance", .n_args = 1},
	{.name = "--queue-bypass"},
	{.name = "--queue-cpu-fanout"},
};
static const struct ipt_option mark[] = {
	{.name = "--set-xmark", .n_args = 1}, {.name = "--set-mark", .n_args = 1},
	{.name = "--and-mark", .n_args = 1},  {.name = "--or-mark", .n_args = 1},
	{.name = "--xor-mark", .n_args = 1},
};
static const struct ipt_option connmark[] = {
	{.name = "--set-xmark", .n_args = 1}, {.name = "--set-mark", .n_args = 1},
	{.name = "--and-mark", .n_args = 1},  {.name = "--or-mark", .n_args = 1},
	{.name = "--xor-mark", .n_args = 1},  {.name = "--save-mark"},
	{.name = "--restore-mark"},	      {.name = "--nfmask", .n_args = 1},
	{.name = "--ctmask", .n_args = 1},    {.name = "--mask", .n_args = 1},
};
static const struct ipt_option ct[] = {
	{.name = "--notrack"},
	{.name = "--helper", .n_args = 1},
	{.name = "--ctevents", .n_args = 1},
	{.name = "--expevents", .n_args = 1},
	{.name = "--timeout", .n_args = 1},
};
static const struct ipt_option set[] = {
	{.name = "--add-set", .n_args = 2},
	{.name = "--del-set", .n_args = 2},
	{.name = "--timeout", .n_args = 1},
	{.name = "--exist"},
};
static const struct ipt_option destination[] = {
	{.name = "--to-destination", .n_args = 1},
	{.name = "--random"},
	{.name = "--persistent"},
};
static const struct ipt_option source[] = {
	{.name = "--to-source", .n_args = 1},
	{.name = "--random"},
	{.name = "--random-fully"},
	{.name = "--persistent"},
};
static const struct ipt_option ports[] = {
	{.name = "--to-ports", .n_args = 1},
	{.name = "--random"},
	{.name = "--random-fully"},
};
static const struct ipt_option netmap[] = {{.name = "--to", .n_args = 1}};
static const struct ipt_option tproxy[] = {
	{.name = "--on-port", .n_args = 1},
	{.name = "--on-ip", .n_args = 1},
	{.name = "--tproxy-mark", .n_args = 1},
};
static const struct ipt_option texts[] = {
	/* could be taken for something else */
	{.name = "--log-prefix", .n_args = 1},	 {.name = "--nflog-prefix", .n_args = 1},
	{.name = "--ulog-prefix", .n_args = 1},	 {.name = "--label", .n_args = 1},
	{.name = "--rateest-name", .n_args = 1}, {.name = "--led-trigger-id", .n_args = 1},
	{.name = "--selctx", .n_args = 1},
};

/* A module whose `any` is set may have options that are not in its table: it does nothing to where
 * a packet goes, whatever they are. */
struct target {
	struct ipt_module module;
	bool any;
};
#define TARGET(name, table, does)                                                                  \
	{                                                                                          \
		{name, table, ARRAY_LEN(table), does}, false                                       \
	}
#define CHANGES(name, does)                                                                        \
	{                                                                                          \
		{name, texts, ARRAY_LEN(texts), does}, true                                        \
	}
#define HARMLESS(name)                                                                             \
	{                                                                                          \
		{name, texts, ARRAY_LEN(texts), do_nothing}, true                                  \
	}
static const struct target targets[] = {
	TARGET("ACCEPT", none, do_accept),
	TARGET("DROP", none, do_drop),
	TARGET("RETURN", none, do_return),
	TARGET("REJECT", reject, do_reject),
	HARMLESS("LOG"),
	TARGET("DNAT", destination, ipt_do_dnat),
	TARGET("MASQUERADE", ports, ipt_do_masquerade),
	TARGET("SNAT", source, ipt_do_snat),
	TARGET("REDIRECT", ports, ipt_do_redirect),
	TARGET("NETMAP", netmap, ipt_do_netmap),
	TARGET("MARK", mark, do_mark),
	TARGET("CONNMARK", connmark, do_connmark),
	TARGET("CT", ct, do_ct),
	TARGET("NOTRACK", none, do_notrack),
	TARGET("QUEUE", none, do_queue),
	TARGET("NFQUEUE", nfqueue, do_queue),
	TARGET("TPROXY", tproxy, do_tproxy),
	TARGET("SET", set, do_set),
	HARMLESS("NFLOG"),
	HARMLESS("ULOG"),
	HARMLESS("AUDIT"),
	HARMLESS("TRACE"),
	HARMLESS("TCPMSS"),
	HARMLESS("TCPOPTSTRIP"),
	HARMLESS("CHECKSUM"),
	CHANGES("DSCP", do_dscp),
	CHANGES("TOS", do_tos),
	HARMLESS("ECN"),
	CHANGES("TTL", do_ttl),
	CHANGES("HL", do_ttl),
	HARMLESS("CLASSIFY"),
	HARMLESS("SECMARK"),
	HARMLESS("CONNSECMARK"),
	HARMLESS("TEE"),
	HARMLESS("IDLETIMER"),
	HARMLESS("RATEEST"),
	HARMLESS("LED"),
};

static const struct target unknown_target;

static const struct target *find_target(struct slice name)
{
	for (size_t i = 0; i < ARRAY_LEN(targets); i++)
		if (slice_is(name, targets[i].module.name))
			return &targets[i];
	return &unknown_target;
}

static int read_uses(struct ipt *p, const struct ipt_module *m, struct ipt_uses *us)
{
	int rc = 0;

	us->n = 0;
	while (!rc && p->at < p->n && !ipt_is_beginning(p, p->at)) {
		if (us->n == IPT_USES_MAX)
			return ipt_bad(p, &p->words[p->at], "more than %d options of one target",
				       IPT_USES_MAX);
		rc = ipt_read_use(p, m->options, m->n, &us->items[us->n++]);
	}
	return rc;
}

static bool is_known(const struct target *t, const struct ipt_uses *us)
{
	for (size_t i = 0; i < us->n; i++)
		if (!us->items[i].option && !t->any)
			return false;
	return t->module.name != NULL;
}

static int do_target(struct ipt *p, const struct ipt_word *name, size_t first)
{
	const struct target *t = find_target(name->text);
	struct ipt_uses us = {.module = name->text};
	size_t before = p->rule->steps.n;
	int rc = read_uses(p, &t->module, &us);

	if (rc)
		return rc;
	us.words = ipt_words(p, first, p->at);
	rc = is_known(t, &us) ? t->module.ask(p, &us) : IPT_ODD;
	if (rc == IPT_ODD) {
		p->rule->steps.n = before;
		nf_add_step(p->b, p->rule, STEP_UNKNOWN)->text = arena_copy(p->b->arena, us.words);
	}
	return rc < 0 ? rc : 0;
}

int ipt_read_target(struct ipt *p)
{
	size_t first = p->at;
	bool go = ipt_is(p, first, "-g");
	const struct ipt_word *name = &p->words[first + 1];
	const uint32_t *chain;

	if (first + 1 == p->n)
		return ipt_bad(p, &p->words[first], "%s wants a name", go ? "-g" : "-j");
	p->at = first + 2;
	chain = map_find(&p->chains, name->text);
	if (chain) {
		add_verdict(p, go ? VERDICT_GOTO : VERDICT_JUMP)->chain = *chain;
		return 0;
	}
	if (go)
		return ipt_bad(p, name, "table \"%s\" has no chain \"%.*s\"", p->table_name,
			       (int)name->text.n, name->text.p);
	return do_target(p, name, first);
}
