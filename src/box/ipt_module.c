/* SPDX-License-Identifier: ISC
 *
 * The matches of iptables that are understood, a table each of their options; see
 * iptables-extensions(8). Of the others it is only known where a value stands that could be taken
 * for an option: a text of a user's own.
 */
#include "box/ipt_module.h"

#include "box/nf_words.h"

static int ask_ports(struct ipt *p, const struct ipt_use *u)
{
	struct nf_span span;
	int rc = ipt_range(p, u->args, u->args->text, ':', UINT16_MAX, &span);

	if (!rc)
		ipt_ask(p, u->option->key, span, u->negate);
	return rc;
}

/* What reads one item of a list. */
typedef int read_item(struct ipt *p, const struct ipt_word *w, struct slice item,
		      struct nf_span *span);

static int read_list(struct ipt *p, const struct ipt_word *w, read_item *read,
		     struct nf_span spans[IPT_LIST_MAX], size_t *n)
{
	struct slice rest = w->text, item;
	int rc = 0;

	for (*n = 0; !rc && slice_cut(&rest, ',', &item); (*n)++) {
		if (*n == IPT_LIST_MAX)
			return ipt_bad(p, w, "more than %d items in one list", IPT_LIST_MAX);
		rc = read(p, w, item, &spans[*n]);
	}
	return rc;
}

static int read_port(struct ipt *p, const struct ipt_word *w, struct slice item,
		     struct nf_span *span)
{
	return ipt_range(p, w, item, ':', UINT16_MAX, span);
}

static int ask_port_list(struct ipt *p, const struct ipt_use *u)
{
	struct nf_span spans[IPT_LIST_MAX];
	size_t n;
	int rc = read_list(p, u->args, read_port, spans, &n);

	if (!rc)
		nf_ask_any(p->b, p->rule, (struct nf_key_use){u->option->key, 0}, spans, n,
			   u->negate);
	return rc;
}

static int ask_either_port(struct ipt *p, const struct ipt_use *u)
{
	struct nf_span spans[IPT_LIST_MAX];
	const struct nf_set *set;
	struct nf_cond *cond;
	size_t n;
	int rc = read_list(p, u->args, read_port, spans, &n);

	if (rc)
		return rc;
	set = ipt_list(p, spans, n);
	cond = ipt_ask_any_of(p, u->negate);
	ipt_add_lookup(p, cond, set, &(struct nf_key_use){KEY_SPORT, 0});
	ipt_add_lookup(p, cond, set, &(struct nf_key_use){KEY_DPORT, 0});
	return 0;
}

/* "FIN,SYN", ALL, NONE */
static int read_flags(struct slice s, uint32_t *flags)
{
	struct slice word;

	*flags = slice_is(s, "ALL") ? 0x3f : 0;
	if (*flags || slice_is(s, "NONE"))
		return 0;
	while (slice_cut(&s, ',', &word)) {
		int flag = nf_tcp_flag_of(word);

		if (flag < 0)
			return IPT_ODD;
		*flags |= (uint32_t)flag;
	}
	return 0;
}

static int ask_tcp_flags(struct ipt *p, const struct ipt_use *u)
{
	uint32_t mask, set;

	if (read_flags(u->args[0].text, &mask) || read_flags(u->args[1].text, &set))
		return IPT_ODD;
	ipt_ask_masked(p, KEY_TCP_FLAGS, set, mask, u->negate);
	return 0;
}

static int ask_syn(struct ipt *p, const struct ipt_use *u)
{
	enum { FIN = 1, SYN = 2, RST = 4, ACK = 16 };

	ipt_ask_masked(p, KEY_TCP_FLAGS, SYN, FIN | SYN | RST | ACK, u->negate);
	return 0;
}

/* "8", "3/1", "echo-request", and of IPv4 "any", which is 255 too. */
static int ask_icmp(struct ipt *p, const struct ipt_use *u)
{
	const struct ipt_word *w = u->args;
	struct slice rest = w->text, word;
	bool v4 = u->option->key == KEY_ICMP;
	uint64_t code = 0, last = 255;
	int type, rc = 0;

	if (v4 && (slice_is(rest, "any") || slice_is(rest, "255"))) {
		ipt_ask_always(p, !u->negate);
		return 0;
	}
	slice_cut(&rest, '/', &word);
	type = nf_icmp_type_of(word, v4 ? 4 : 6);
	if (type < 0)
		return IPT_ODD;
	if (rest.p) {
		rc = ipt_number(p, w, rest, 255, &code);
		last = code;
	}
	if (!rc)
		ipt_ask(p, u->option->key,
			nf_span_of_number((uint64_t)type * 256 + code, (uint64_t)type * 256 + last),
			u->negate);
	return rc;
}

static int ask_mark(struct ipt *p, const struct ipt_use *u)
{
	uint32_t value, mask;
	int rc = ipt_masked(p, u->args, &value, &mask);

	if (!rc)
		ipt_ask_masked(p, u->option->key, value, mask, u->negate);
	return rc;
}

static int ask_mac(struct ipt *p, const struct ipt_use *u)
{
	struct nf_span span;
	uint8_t mac[6];

	if (!nf_mac_of(u->args->text, mac))
		return IPT_ODD;
	span.lo = span.hi = nf_value_of_mac(mac);
	ipt_ask(p, KEY_MAC, span, u->negate);
	return 0;
}

static int ask_addr_range(struct ipt *p, const struct ipt_use *u)
{
	struct slice rest = u->args->text, first;
	struct addr lo, hi;

	slice_cut(&rest, '-', &first);
	if (ipt_addr(p, first, &lo) || ipt_addr(p, rest.p ? rest : first, &hi))
		return IPT_ODD;
	if (addr_compare(&lo, &hi) > 0)
		return ipt_bad(p, u->args, "this range ends before it begins");
	ipt_ask(p, ipt_key(p, u->option->key), nf_span_of_addrs(&lo, &hi), u->negate);
	return 0;
}

static int ask_type_of_packet(struct ipt *p, const struct ipt_use *u)
{
	static const char *const words[] = {"unicast", "broadcast", "multicast"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (slice_is(u->args->text, words[i])) {
			ipt_ask(p, KEY_PKTTYPE, nf_span_of_number(i, i), u->negate);
			return 0;
		}
	return IPT_ODD;
}

static int ask_length(struct ipt *p, const struct ipt_use *u)
{
	struct nf_span span;
	int rc = ipt_range(p, u->args, u->args->text, ':', UINT16_MAX, &span);

	if (!rc)
		ipt_ask(p, KEY_LENGTH, span, u->negate);
	return rc;
}

static int ask_ttl(struct ipt *p, const struct ipt_use *u)
{
	const char *how = u->option->name + strlen(u->option->name) - 2;
	uint64_t n;
	int rc = ipt_number(p, u->args, u->args->text, 255, &n);

	if (rc)
		return rc;
	if (strcmp(how, "eq") == 0)
		ipt_ask(p, KEY_TTL, nf_span_of_number(n, n), u->negate);
	else if (strcmp(how, "lt") == 0 && n > 0)
		ipt_ask(p, KEY_TTL, nf_span_of_number(0, n - 1), u->negate);
	else if (strcmp(how, "gt") == 0 && n < 255)
		ipt_ask(p, KEY_TTL, nf_span_of_number(n + 1, 255), u->negate);
	else
		ipt_ask_always(p, u->negate);
	return 0;
}

static int ask_dscp(struct ipt *p, const struct ipt_use *u)
{
	uint64_t n;
	int rc = ipt_number(p, u->args, u->args->text, 63, &n);

	if (!rc)
		ipt_ask(p, KEY_DSCP, nf_span_of_number(n, n), u->negate);
	return rc;
}

/* The DSCP is the upper six bits, the two below are of congestion. */
static int ask_tos(struct ipt *p, const struct ipt_use *u)
{
	uint32_t value, mask;
	int rc = ipt_masked(p, u->args, &value, &mask);

	if (rc)
		return rc;
	if (mask == UINT32_MAX)
		mask = UINT8_MAX;
	if (mask > UINT8_MAX || value > UINT8_MAX || (u->negate && mask & 3 && mask & ~3u))
		return IPT_ODD;
	if (mask & ~3u || !mask)
		ipt_ask_masked(p, KEY_DSCP, value >> 2, mask >> 2, u->negate);
	if (mask & 3)
		ipt_ask_masked(p, KEY_ECN, value & 3, mask & 3, u->negate);
	return 0;
}

static int ask_ecn(struct ipt *p, const struct ipt_use *u)
{
	uint64_t n;
	int rc = ipt_number(p, u->args, u->args->text, 3, &n);

	if (!rc)
		ipt_ask(p, KEY_ECN, nf_span_of_number(n, n), u->negate);
	return rc;
}

/* TCP's two flags, which only TCP has: of what else there is the kernel refuses the rule. */
static int ask_ecn_flag(struct ipt *p, const struct ipt_use *u)
{
	enum { ECE = 64, CWR = 128 };

	ipt_ask_bits(p, KEY_TCP_FLAGS, slice_is(u->name, "--ecn-tcp-cwr") ? CWR : ECE, u->negate);
	return 0;
}

static int take_comment(struct ipt *p, const struct ipt_use *u)
{
	p->rule->comment = arena_copy(p->b->arena, u->args->text);
	return 0;
}

static int ask_nothing(struct ipt *p, const struct ipt_use *u)
{
	(void)p, (void)u;
	return 0;
}

/* A state, or what was translated, which is of the status. */
static int add_state(struct slice word, struct nf_span *states, size_t *n, uint32_t *status)
{
	int state = nf_ct_state_of(word);

	if (state >= 0 && *n < IPT_LIST_MAX)
		states[(*n)++] = nf_span_of_number((uint64_t)state, (uint64_t)state);
	else if (slice_is(word, "SNAT"))
		*status |= CT_SNAT;
	else if (slice_is(word, "DNAT"))
		*status |= CT_DNAT;
	else
		return IPT_ODD;
	return 0;
}

/* The look-up of states stands there even if it is empty: what has no connection has no status, but
 * a state, and can be asked. */
static int ask_state(struct ipt *p, const struct ipt_use *u)
{
	struct nf_span states[IPT_LIST_MAX], any = nf_span_of_number(1, UINT32_MAX);
	struct slice rest = u->args->text, word;
	struct nf_cond *cond;
	uint32_t status = 0;
	size_t n = 0;

	while (slice_cut(&rest, ',', &word))
		if (add_state(word, states, &n, &status))
			return IPT_ODD;
	cond = ipt_ask_any_of(p, u->negate);
	ipt_add_lookup(p, cond, ipt_list(p, states, n), &(struct nf_key_use){KEY_CT_STATE, 0});
	if (status)
		ipt_add_lookup(p, cond, ipt_list(p, &any, 1),
			       &(struct nf_key_use){KEY_CT_STATUS, status});
	return 0;
}

static int ask_ct_status(struct ipt *p, const struct ipt_use *u)
{
	static const struct {
		const char *word;
		uint32_t bit;
	} words[] = {{"EXPECTED", CT_EXPECTED},
		     {"SEEN_REPLY", CT_SEEN_REPLY},
		     {"ASSURED", CT_ASSURED},
		     {"CONFIRMED", CT_CONFIRMED}};
	struct slice rest = u->args->text, word;
	uint32_t bits = 0;

	while (slice_cut(&rest, ',', &word)) {
		uint32_t bit = 0;

		for (size_t i = 0; i < ARRAY_LEN(words); i++)
			bit |= slice_is(word, words[i].word) ? words[i].bit : 0;
		if (!bit)
			return IPT_ODD;
		bits |= bit;
	}
	ipt_ask_bits(p, KEY_CT_STATUS, bits, u->negate);
	return 0;
}

static int ask_ct_direction(struct ipt *p, const struct ipt_use *u)
{
	bool reply = slice_is(u->args->text, "REPLY");

	if (!reply && !slice_is(u->args->text, "ORIGINAL"))
		return IPT_ODD;
	ipt_ask(p, KEY_CT_DIRECTION, nf_span_of_number(reply, reply), u->negate);
	return 0;
}

/* A list with a state of packets that have no connection; with a sign before it, any may be. */
static bool names_no_connection(const struct ipt_use *u)
{
	struct slice rest, word;

	if (!u->option || u->option->ask != ask_state)
		return false;
	rest = u->args->text;
	while (slice_cut(&rest, ',', &word))
		if (slice_is(word, "INVALID") || slice_is(word, "UNTRACKED"))
			return true;
	return u->negate;
}

/* To the kernel ICMP's id, type and code are ports here: "! 80" is yes for them, and for us no. */
static int ask_ct_ports(struct ipt *p, const struct ipt_use *u)
{
	return u->negate ? IPT_ODD : ask_ports(p, u);
}

/* Who has no connection is not asked which protocol it has. */
static int ask_ct_proto(struct ipt *p, const struct ipt_use *u)
{
	int proto = nf_proto_of(u->args->text);

	if (proto < 0)
		return IPT_ODD;
	ipt_ask(p, KEY_CT_DIRECTION, nf_span_of_number(0, 1), false);
	ipt_ask(p, KEY_PROTO, nf_span_of_number((uint64_t)proto, (uint64_t)proto), u->negate);
	return 0;
}

/* Packets without a connection are what was asked for as soon as their state is named: the other
 * options say nothing of them then (conntrack_mt()). */
static int ask_conntrack(struct ipt *p, const struct ipt_uses *us)
{
	for (size_t i = 0; us->n > 1 && i < us->n; i++)
		if (names_no_connection(&us->items[i]))
			return IPT_ODD;
	return ipt_ask_each(p, us);
}

static const struct ipt_option tcp[] = {
	{"--dport", 1, ask_ports, KEY_DPORT},
	{"--sport", 1, ask_ports, KEY_SPORT},
	{"--tcp-flags", 2, ask_tcp_flags, KEY_TCP_FLAGS},
	{"--syn", 0, ask_syn, KEY_TCP_FLAGS},
	{"--destination-port", 1, ask_ports, KEY_DPORT},
	{"--source-port", 1, ask_ports, KEY_SPORT},
	{.name = "--tcp-option", .n_args = 1},
};
static const struct ipt_option ports[] = {
	{"--dport", 1, ask_ports, KEY_DPORT},
	{"--sport", 1, ask_ports, KEY_SPORT},
	{"--destination-port", 1, ask_ports, KEY_DPORT},
	{"--source-port", 1, ask_ports, KEY_SPORT},
	{.name = "--chunk-types", .n_args = 2},
	{.name = "--dccp-types", .n_args = 1},
	{.name = "--dccp-option", .n_args = 1},
};
static const struct ipt_option multiport[] = {
	{"--dports", 1, ask_port_list, KEY_DPORT},
	{"--sports", 1, ask_port_list, KEY_SPORT},
	{"--ports", 1, ask_either_port, KEY_DPORT},
	{"--destination-ports", 1, ask_port_list, KEY_DPORT},
	{"--source-ports", 1, ask_port_list, KEY_SPORT},
};
static const struct ipt_option icmp[] = {{"--icmp-type", 1, ask_icmp, KEY_ICMP}};
static const struct ipt_option icmp6[] = {{"--icmpv6-type", 1, ask_icmp, KEY_ICMP6}};
static const struct ipt_option state[] = {{"--state", 1, ask_state, KEY_CT_STATE}};
static const struct ipt_option conntrack[] = {
	{"--ctstate", 1, ask_state, KEY_CT_STATE},
	{"--ctstatus", 1, ask_ct_status, KEY_CT_STATUS},
	{"--ctdir", 1, ask_ct_direction, KEY_CT_DIRECTION},
	{"--ctorigsrc", 1, ipt_ask_address, KEY_CT_ORIG_SADDR4},
	{"--ctorigdst", 1, ipt_ask_address, KEY_CT_ORIG_DADDR4},
	{"--ctorigsrcport", 1, ask_ct_ports, KEY_CT_ORIG_SPORT},
	{"--ctorigdstport", 1, ask_ct_ports, KEY_CT_ORIG_DPORT},
	{"--ctproto", 1, ask_ct_proto, KEY_PROTO},
	{"--ctreplsrc", 1, ipt_ask_address, KEY_CT_REPL_SADDR4},
	{"--ctrepldst", 1, ipt_ask_address, KEY_CT_REPL_DADDR4},
	{"--ctreplsrcport", 1, ask_ct_ports, KEY_CT_REPL_SPORT},
	{"--ctrepldstport", 1, ask_ct_ports, KEY_CT_REPL_DPORT},
	{.name = "--ctexpire", .n_args = 1},
};
static const struct ipt_option comment[] = {{.name = "--comment", 1, .ask = take_comment}};
static const struct ipt_option set[] = {
	{.name = "--match-set", .n_args = 2},
	{.name = "--set", .n_args = 2}, /* until ipset 5 */
	{.name = "--update-counters"},
	{.name = "--update-subcounters"},
};
static const struct ipt_option addrtype[] = {
	{"--src-type", 1, NULL, KEY_SADDR_TYPE},
	{"--dst-type", 1, NULL, KEY_DADDR_TYPE},
	{.name = "--limit-iface-in"},
	{.name = "--limit-iface-out"},
};
static const struct ipt_option mac[] = {{"--mac-source", 1, ask_mac, KEY_MAC}};
static const struct ipt_option iprange[] = {
	{"--src-range", 1, ask_addr_range, KEY_SADDR4},
	{"--dst-range", 1, ask_addr_range, KEY_DADDR4},
};
static const struct ipt_option owner[] = {
	{"--uid-owner", 1, NULL, KEY_UID},
	{"--gid-owner", 1, NULL, KEY_GID},
	{.name = "--socket-exists"},
};
static const struct ipt_option mark[] = {{"--mark", 1, ask_mark, KEY_MARK}};
static const struct ipt_option connmark[] = {{"--mark", 1, ask_mark, KEY_CT_MARK}};
static const struct ipt_option pkttype[] = {{"--pkt-type", 1, ask_type_of_packet, KEY_PKTTYPE}};
static const struct ipt_option length[] = {{"--length", 1, ask_length, KEY_LENGTH}};
static const struct ipt_option ttl[] = {
	{"--ttl-eq", 1, ask_ttl, KEY_TTL},
	{"--ttl-lt", 1, ask_ttl, KEY_TTL},
	{"--ttl-gt", 1, ask_ttl, KEY_TTL},
};
static const struct ipt_option hl[] = {
	{"--hl-eq", 1, ask_ttl, KEY_TTL},
	{"--hl-lt", 1, ask_ttl, KEY_TTL},
	{"--hl-gt", 1, ask_ttl, KEY_TTL},
};
static const struct ipt_option dscp[] = {{"--dscp", 1, ask_dscp, KEY_DSCP}};
static const struct ipt_option tos[] = {{"--tos", 1, ask_tos, KEY_DSCP}};
static const struct ipt_option rpfilter[] = {
	{.name = "--loose"}, {.name = "--validmark"}, {.name = "--invert"}};
static const struct ipt_option policy[] = {
	{.name = "--dir", .n_args = 1},
	{.name = "--pol", .n_args = 1},
	{.name = "--strict"},
	{.name = "--next"},
	{.name = "--reqid", .n_args = 1},
	{.name = "--spi", .n_args = 1},
	{.name = "--proto", .n_args = 1},
	{.name = "--mode", .n_args = 1},
	{.name = "--tunnel-src", .n_args = 1},
	{.name = "--tunnel-dst", .n_args = 1},
};
static const struct ipt_option recent[] = {
	{.name = "--name", .n_args = 1},
	{.name = "--mask", .n_args = 1},
	{.name = "--set"},
	{.name = "--rsource"},
	{.name = "--rdest"},
	{.name = "--rttl"},
	{.name = "--seconds", .n_args = 1},
};
static const struct ipt_option nfacct[] = {{.name = "--nfacct-name", 1, .ask = ask_nothing}};
static const struct ipt_option hashlimit[] = {{.name = "--hashlimit-name", .n_args = 1}};
static const struct ipt_option string[] = {
	{.name = "--string", .n_args = 1},
	{.name = "--hex-string", .n_args = 1},
	{.name = "--algo", .n_args = 1},
};
static const struct ipt_option helper[] = {{.name = "--helper", .n_args = 1}};
static const struct ipt_option cgroup[] = {{.name = "--path", .n_args = 1}};
static const struct ipt_option physdev[] = {
	{.name = "--physdev-in", .n_args = 1}, {.name = "--physdev-out", .n_args = 1},
	{.name = "--physdev-is-in"},	       {.name = "--physdev-is-out"},
	{.name = "--physdev-is-bridged"},
};
static const struct ipt_option devgroup[] = {
	{"--src-group", 1, NULL, KEY_IIF},
	{"--dst-group", 1, NULL, KEY_OIF},
};
static const struct ipt_option ecn[] = {
	{"--ecn-ip-ect", 1, ask_ecn, KEY_ECN},
	{"--ecn-tcp-ece", 0, ask_ecn_flag, KEY_TCP_FLAGS},
	{"--ecn-tcp-cwr", 0, ask_ecn_flag, KEY_TCP_FLAGS},
};
static const struct ipt_option ipv6header[] = {
	{.name = "--header", .n_args = 1},
	{.name = "--soft"},
};

/* Packets here have no extension headers (box/walk.h), whatever is asked about them. */
static int ask_extension(struct ipt *p, const struct ipt_uses *us)
{
	(void)us;
	ipt_ask_always(p, false);
	return 0;
}

/* The frequent ones first. */
#define MODULE(table, ask)                                                                         \
	{                                                                                          \
#table, table, ARRAY_LEN(table), ask                                               \
	}
static const struct ipt_module modules[] = {
	MODULE(tcp, ipt_ask_each),
	{"udp", ports, ARRAY_LEN(ports), ipt_ask_each},
	MODULE(conntrack, ask_conntrack),
	MODULE(state, ipt_ask_each),
	MODULE(comment, ipt_ask_each),
	MODULE(multiport, ipt_ask_each),
	MODULE(set, ipt_ask_set),
	MODULE(mark, ipt_ask_each),
	MODULE(addrtype, ipt_ask_addrtype),
	MODULE(icmp, ipt_ask_each),
	MODULE(icmp6, ipt_ask_each),
	MODULE(mac, ipt_ask_each),
	{"sctp", ports, ARRAY_LEN(ports), ipt_ask_each},
	{"dccp", ports, ARRAY_LEN(ports), ipt_ask_each},
	{"udplite", ports, ARRAY_LEN(ports), ipt_ask_each},
	MODULE(iprange, ipt_ask_each),
	MODULE(owner, ipt_ask_owner),
	MODULE(connmark, ipt_ask_each),
	MODULE(pkttype, ipt_ask_each),
	MODULE(length, ipt_ask_each),
	MODULE(ttl, ipt_ask_each),
	MODULE(hl, ipt_ask_each),
	MODULE(dscp, ipt_ask_each),
	MODULE(tos, ipt_ask_each),
	MODULE(rpfilter, ipt_ask_rpfilter),
	MODULE(policy, ipt_ask_policy),
	{"rt", NULL, 0, ask_extension},
	{"frag", NULL, 0, ask_extension},
	{"hbh", NULL, 0, ask_extension},
	{"dst", NULL, 0, ask_extension},
	MODULE(recent, ipt_ask_recent),
	MODULE(nfacct, ipt_ask_each),
	MODULE(hashlimit, NULL),
	MODULE(string, NULL),
	MODULE(helper, ipt_ask_helper),
	MODULE(cgroup, NULL),
	MODULE(physdev, ipt_ask_physdev),
	MODULE(devgroup, ipt_ask_devgroup),
	MODULE(ecn, ipt_ask_each),
	MODULE(ipv6header, ipt_ask_ipv6header),
};

const struct ipt_module *ipt_find_module(struct slice name)
{
	for (size_t i = 0; i < ARRAY_LEN(modules); i++)
		if (slice_is(name, modules[i].name))
			return &modules[i];
	return NULL;
}
