/* SPDX-License-Identifier: ISC
 *
 * The options of a rule that ask about the packet: iptables' own, and -m with a module's.
 */
#include "box/ipt_module.h"
#include "box/nf_words.h"

static int ask_prefix(struct ipt *p, enum nf_key key, struct prefix of, bool negate)
{
	if (!of.bits)
		ipt_ask_always(p, !negate);
	else
		ipt_ask(p, key, nf_span_of_prefix(&of), negate);
	return 0;
}

static uint32_t number_of(const struct addr *a)
{
	struct nf_value v = nf_value_of_addr(a);

	return (uint32_t)nf_value_number(&v);
}

/* The length of a mask; -1: its bits do not stand together. */
static int length_of(const struct addr *mask)
{
	unsigned bits = mask->family == 4 ? 32 : 128, n = 0;
	struct addr rest = *mask;

	while (n < bits && mask->bytes[n / 8] & 0x80 >> n % 8) {
		rest.bytes[n / 8] &= (uint8_t) ~(0x80 >> n % 8);
		n++;
	}
	return addr_equal(&rest, &(struct addr){.family = mask->family}) ? (int)n : -1;
}

/* Bits behind the mask are nothing to iptables. */
static struct prefix prefix_of(const struct addr *a, unsigned bits)
{
	struct prefix of = {*a, (uint8_t)bits};

	for (unsigned i = bits; i < (a->family == 4 ? 32u : 128u); i++)
		of.addr.bytes[i / 8] &= (uint8_t) ~(0x80 >> i % 8);
	return of;
}

static int ask_mask(struct ipt *p, enum nf_key key, const struct addr *a, struct slice word,
		    bool negate)
{
	struct addr mask;
	int bits;

	if (ipt_addr(p, word, &mask))
		return IPT_ODD;
	bits = length_of(&mask);
	if (bits >= 0)
		return ask_prefix(p, key, prefix_of(a, (unsigned)bits), negate);
	if (p->family == 6)
		return IPT_ODD;
	ipt_ask_masked(p, key, number_of(a) & number_of(&mask), number_of(&mask), negate);
	return 0;
}

/* 10.0.0.0/8, 10.0.0.0/255.0.0.255, 10.0.0.1 */
int ipt_ask_address(struct ipt *p, const struct ipt_use *u)
{
	const struct ipt_word *w = &u->args[0];
	unsigned all = p->family == 4 ? 32 : 128;
	enum nf_key key = ipt_key(p, u->option->key);
	struct slice rest = w->text, first;
	uint64_t bits = all;
	struct addr a;
	int rc;

	slice_cut(&rest, '/', &first);
	if (ipt_addr(p, first, &a))
		return IPT_ODD;
	if (rest.p && (memchr(rest.p, '.', rest.n) || memchr(rest.p, ':', rest.n)))
		return ask_mask(p, key, &a, rest, u->negate);
	rc = rest.p ? ipt_number(p, w, rest, all, &bits) : 0;
	return rc ? rc : ask_prefix(p, key, prefix_of(&a, (unsigned)bits), u->negate);
}

static int ask_interface(struct ipt *p, const struct ipt_use *u)
{
	struct slice name = u->args[0].text;
	bool longer = name.n && name.p[name.n - 1] == '+';

	name.n -= longer;
	if (!name.n && longer)
		ipt_ask_always(p, !u->negate);
	else
		ipt_ask(p, u->option->key, nf_span_of_name(name, longer), u->negate);
	return 0;
}

/* The module whose options may follow -p without -m. */
static const struct ipt_module *module_of(int proto)
{
	static const struct {
		int proto;
		const char *module;
	} table[] = {
		{6, "tcp"},    {17, "udp"},  {1, "icmp"},      {58, "icmp6"},
		{132, "sctp"}, {33, "dccp"}, {136, "udplite"},
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (table[i].proto == proto)
			return ipt_find_module(slice_of(table[i].module));
	return NULL;
}

/* 0 stands for all, and then a sign before it means nothing (net/ipv4/netfilter/ip_tables.c). */
static int ask_proto(struct ipt *p, const struct ipt_use *u)
{
	struct slice word = u->args[0].text;
	int proto = slice_is(word, "all") ? 0 : nf_proto_of(word);

	if (proto < 0)
		return IPT_ODD;
	if (!proto)
		return 0;
	p->of_proto = module_of(proto);
	ipt_ask(p, KEY_PROTO, nf_span_of_number((uint64_t)proto, (uint64_t)proto), u->negate);
	return 0;
}

static int ask_fragment(struct ipt *p, const struct ipt_use *u)
{
	ipt_ask(p, KEY_FRAGMENT, nf_span_of_number(1, 1), u->negate);
	return 0;
}

static const struct ipt_option own_options[] = {
	{"-s", 1, ipt_ask_address, KEY_SADDR4}, {"-d", 1, ipt_ask_address, KEY_DADDR4},
	{"-i", 1, ask_interface, KEY_IIF},	{"-o", 1, ask_interface, KEY_OIF},
	{"-p", 1, ask_proto, KEY_PROTO},	{"-f", 0, ask_fragment, KEY_FRAGMENT},
};

const struct ipt_option *ipt_find_option(const struct ipt_option *options, size_t n,
					 struct slice name)
{
	for (size_t i = 0; i < n; i++)
		if (slice_is(name, options[i].name))
			return &options[i];
	return NULL;
}

static bool begins_part(struct slice word)
{
	return word.n == 2 && word.p[0] == '-' && memchr("sdiopfmjg", word.p[1], 9);
}

bool ipt_is_beginning(const struct ipt *p, size_t at)
{
	if (ipt_is(p, at, "!"))
		at++;
	return at < p->n && begins_part(p->words[at].raw);
}

static bool is_option(const struct ipt *p, size_t at)
{
	return ipt_is(p, at, "!") || slice_has_prefix(p->words[at].raw, "--");
}

static int take_args(struct ipt *p, struct ipt_use *u)
{
	const struct ipt_word *w = &p->words[p->at - 1];

	u->args = p->words + p->at;
	if (u->option && p->n - p->at < u->option->n_args)
		return ipt_bad(p, w, "%s wants a value", u->option->name);
	if (u->option)
		p->at += u->option->n_args;
	else
		while (p->at < p->n && !is_option(p, p->at) && !ipt_is_beginning(p, p->at))
			p->at++;
	return 0;
}

int ipt_read_use(struct ipt *p, const struct ipt_option *options, size_t n, struct ipt_use *u)
{
	size_t first = p->at;
	int rc;

	*u = (struct ipt_use){.negate = ipt_is(p, p->at, "!")};
	p->at += u->negate;
	if (p->at == p->n)
		return ipt_bad(p, &p->words[first], "an option is expected after \"!\"");
	u->name = p->words[p->at++].raw;
	u->option = ipt_find_option(options, n, u->name);
	if (u->option && u->option->n_args &&
	    ipt_is(p, p->at, "!")) { /* until 1.4.3 it stood here */
		u->negate = true;
		p->at++;
	}
	rc = take_args(p, u);
	u->words = ipt_words(p, first, p->at);
	return rc;
}

static int ask_own(struct ipt *p)
{
	const struct ipt_word *w = &p->words[p->at];
	struct ipt_use u;
	int rc = ipt_read_use(p, own_options, ARRAY_LEN(own_options), &u);

	if (!rc && !u.option)
		return ipt_bad(p, w, "an option of iptables-save is expected, not \"%.*s\"",
			       (int)w->text.n, w->text.p);
	if (!rc)
		rc = u.option->ask(p, &u);
	if (rc == IPT_ODD)
		nf_ask_unknown(p->b, p->rule, u.words);
	return rc < 0 ? rc : 0;
}

int ipt_ask_each(struct ipt *p, const struct ipt_uses *us)
{
	int rc = 0;

	for (size_t i = 0; i < us->n && rc >= 0; i++) {
		const struct ipt_use *u = &us->items[i];

		rc = u->option && u->option->ask ? u->option->ask(p, u) : IPT_ODD;
		if (rc == IPT_ODD) {
			const char *words =
				arena_printf(p->b->arena, "-m %.*s %.*s", (int)us->module.n,
					     us->module.p, (int)u->words.n, u->words.p);

			nf_ask_unknown(p->b, p->rule, slice_of(words));
		}
	}
	return rc < 0 ? rc : 0;
}

/* An option at p->at that is not the module's may belong to -p. */
static bool is_of_proto(const struct ipt *p, size_t at)
{
	const struct ipt_module *m = p->of_proto;

	if (ipt_is(p, at, "!"))
		at++;
	return m && at < p->n && ipt_find_option(m->options, m->n, p->words[at].raw);
}

static bool is_of_module(const struct ipt *p, const struct ipt_module *m, size_t at)
{
	if (ipt_is(p, at, "!"))
		at++;
	return at < p->n && ipt_find_option(m->options, m->n, p->words[at].raw);
}

static const struct ipt_module unknown_module = {.name = "?"};

/* The options at p->at, of a module that begins with the word `first`. */
static int read_module(struct ipt *p, const struct ipt_module *m, struct slice name, size_t first)
{
	struct ipt_uses us = {.module = name};
	int rc = 0;

	while (!rc && p->at < p->n && !ipt_is_beginning(p, p->at)) {
		if (!is_of_module(p, m, p->at) && is_of_proto(p, p->at))
			break;
		if (us.n == IPT_USES_MAX)
			return ipt_bad(p, &p->words[p->at], "more than %d options of one match",
				       IPT_USES_MAX);
		rc = ipt_read_use(p, m->options, m->n, &us.items[us.n++]);
	}
	if (rc)
		return rc;
	us.words = ipt_words(p, first, p->at);
	rc = m->ask ? m->ask(p, &us) : IPT_ODD;
	if (rc == IPT_ODD)
		nf_ask_unknown(p->b, p->rule, us.words);
	return rc < 0 ? rc : 0;
}

int ipt_read_match(struct ipt *p)
{
	size_t first = p->at;
	const struct ipt_module *m;

	if (is_of_proto(p, first))
		return read_module(p, p->of_proto, slice_of(p->of_proto->name), first);
	if (!ipt_is(p, first, "-m"))
		return ask_own(p);
	if (first + 1 == p->n)
		return ipt_bad(p, &p->words[first], "-m wants a name");
	p->at = first + 2;
	m = ipt_find_module(p->words[first + 1].text);
	return read_module(p, m ? m : &unknown_module, p->words[first + 1].text, first);
}
