/* SPDX-License-Identifier: ISC
 *
 * ipset save: lines "create NAME TYPE OPTIONS" and "add NAME ELEMENT OPTIONS"; ipset(8). Each set
 * becomes a list of spans; which keys they are compared with comes with the rule (box/ipset.h).
 */
#include "box/ipset.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "box/nf_words.h"
#include "box/read.h"

enum {
	KEYS_MAX = 2 * IPSET_PARTS_MAX,
	TCP = 6,
	UDP = 17,
	ICMP = 1,
	ICMPV6 = 58,
	SCTP = 132,
	UDPLITE = 136
};

struct element {
	struct nf_span spans[KEYS_MAX];
	size_t n;		       /* spans */
	uint8_t bits[IPSET_PARTS_MAX]; /* of the networks in it */
	size_t n_bits;
	uint32_t line; /* keeps the order of equal ones */
	bool except;
	const char *note;
};
/* A set while it is read. */
struct making {
	struct ipset *set;
	bool bare_port;	 /* bitmap:port, of TCP and of UDP */
	uint8_t netmask; /* 0: none */
	bool has_except, has_note;
	struct element *items; /* owned */
	size_t n, room;
};
struct reader {
	struct box *b;
	const char *file;
	struct err *err;
	struct map sets;
	LIST_OF(struct making *) all;
	uint32_t line;
	const char *begin;
	struct slice rest; /* of the line */
};

PRINTF(3, 4)
static int bad(struct reader *r, struct slice at, const char *fmt, ...)
{
	struct place place = {r->file, r->line, 1};
	struct err text;
	va_list ap;

	if (at.p)
		place.column += (uint32_t)(at.p - r->begin);
	va_start(ap, fmt);
	vsnprintf(text.text, sizeof(text.text), fmt, ap);
	va_end(ap);
	return err_set(r->err, ERR_DOCUMENT, place, "%s", text.text);
}

/* The next word; false: there is none. A text in quotes has none inside and no escapes. */
static bool next_word(struct reader *r, struct slice *word)
{
	struct slice s = slice_trim(r->rest);
	const char *close;

	if (!s.n)
		return false;
	if (s.p[0] == '"' && (close = memchr(s.p + 1, '"', s.n - 1)) != NULL) {
		*word = slice_from_to(s.p + 1, close);
		r->rest = slice_from_to(close + 1, s.p + s.n);
		return true;
	}
	*word = s;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == ' ') {
			word->n = i;
			break;
		}
	r->rest = slice_skip(s, word->n);
	return true;
}

static int want_word(struct reader *r, const char *what, struct slice *word)
{
	if (next_word(r, word))
		return 0;
	return bad(r, r->rest, "%s is expected at the end of this line", what);
}

static int read_number(struct reader *r, struct slice s, uint64_t max, uint64_t *n)
{
	if (slice_number(s, max, n))
		return 0;
	return bad(r, s, "a number of 0 to %llu is expected, not \"%.*s\"", (unsigned long long)max,
		   (int)s.n, s.p);
}

/* Only the first reason is kept. */
static void do_not_know(struct reader *r, struct ipset *s, struct slice words)
{
	if (!s->unknown)
		s->unknown = arena_copy(r->b->arena, words);
}

/* "ip,port,net"; false: a part that is not known. */
static bool read_parts(struct slice s, struct ipset *set)
{
	static const struct {
		const char *word;
		enum ipset_part part;
	} words[] = {{"ip", IPSET_ADDR}, {"net", IPSET_ADDR},	 {"port", IPSET_PORT},
		     {"mac", IPSET_MAC}, {"iface", IPSET_IFACE}, {"mark", IPSET_MARK}};
	struct slice word;

	while (slice_cut(&s, ',', &word)) {
		size_t i = 0;

		while (i < ARRAY_LEN(words) && !slice_is(word, words[i].word))
			i++;
		if (i == ARRAY_LEN(words) || set->n_parts == IPSET_PARTS_MAX)
			return false;
		set->parts[set->n_parts++] = words[i].part;
		set->set.n_keys += 1 + (words[i].part == IPSET_PORT);
		if (words[i].part == IPSET_ADDR)
			set->family = 4;
	}
	return set->n_parts > 0;
}

static void read_type(struct reader *r, struct making *m, struct slice type)
{
	struct slice parts = type, kind;

	slice_cut(&parts, ':', &kind);
	m->set->is_list = slice_is(type, "list:set");
	m->bare_port = slice_is(type, "bitmap:port");
	if (m->set->is_list)
		return;
	if ((!slice_is(kind, "hash") && !slice_is(kind, "bitmap")) || !read_parts(parts, m->set))
		do_not_know(r, m->set, type);
}

static int set_option(struct reader *r, struct making *m, struct slice name, struct slice value)
{
	uint64_t n = 0;
	int rc;

	if (slice_is(name, "family")) {
		if (m->set->family)
			m->set->family = slice_is(value, "inet6") ? 6 : 4;
		return 0;
	}
	if (slice_is(name, "timeout")) {
		rc = read_number(r, value, UINT32_MAX, &n);
		m->set->set.expiring = n > 0;
		return rc;
	}
	if (slice_is(name, "netmask")) {
		rc = read_number(r, value, m->set->family == 6 ? 128 : 32, &n);
		m->netmask = (uint8_t)n;
		return rc;
	}
	if (slice_is(name, "markmask") && !slice_is(value, "0xffffffff"))
		do_not_know(r, m->set, slice_from_to(name.p, value.p + value.n));
	return 0;
}

static bool is_one_of(struct slice word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (slice_is(word, words[i]))
			return true;
	return false;
}

static int read_options(struct reader *r, struct making *m)
{
	static const char *const flags[] = {"counters", "comment", "skbinfo", "forceadd"};
	static const char *const valued[] = {"family",	"hashsize",  "maxelem", "netmask",
					     "timeout", "markmask",  "range",	"size",
					     "initval", "bucketsize"};
	struct slice name, value;
	int rc = 0;

	while (!rc && next_word(r, &name)) {
		if (is_one_of(name, flags, ARRAY_LEN(flags)))
			continue;
		if (!is_one_of(name, valued, ARRAY_LEN(valued))) {
			do_not_know(r, m->set, name);
			return 0;
		}
		rc = want_word(r, "a value", &value);
		if (!rc)
			rc = set_option(r, m, name, value);
	}
	return rc;
}

static struct making *new_set(struct reader *r, struct slice name)
{
	struct making *m = ARENA_NEW(r->b->arena, struct making);

	m->set = ARENA_NEW(r->b->arena, struct ipset);
	m->set->set.name = arena_copy(r->b->arena, name);
	m->set->set.place = (struct place){r->file, r->line, 1};
	*(struct making **)list_add(r->b->arena, &r->all, sizeof(m)) = m;
	return m;
}

static int create(struct reader *r)
{
	struct slice name, type;
	struct making *m;
	int rc = want_word(r, "a name", &name);

	if (!rc)
		rc = want_word(r, "a type", &type);
	if (rc)
		return rc;
	m = new_set(r, name);
	if (!map_add(&r->sets, slice_of(m->set->set.name), m))
		return bad(r, name, "set \"%s\" is created twice", m->set->set.name);
	read_type(r, m, type);
	return read_options(r, m);
}

static void add_span(struct element *e, struct nf_span span)
{
	e->spans[e->n++] = span;
}

static void add_number(struct element *e, uint64_t n)
{
	add_span(e, nf_span_of_number(n, n));
}

/* "10.0.0.0/8", "10.0.0.1-10.0.0.9", "10.0.0.1" */
static int read_addrs(struct reader *r, const struct making *m, struct slice s, struct element *e)
{
	uint8_t family = m->set->family, bits = family == 4 ? 32 : 128;
	struct slice last = s, first;
	struct prefix p;
	struct addr lo, hi;
	bool host_bits;

	e->bits[e->n_bits++] = bits;
	slice_cut(&last, '-', &first);
	if (last.p && addr_parse(first, &lo) && addr_parse(last, &hi) && lo.family == family &&
	    hi.family == family && addr_compare(&lo, &hi) <= 0) {
		add_span(e, nf_span_of_addrs(&lo, &hi));
		return 0;
	}
	if (last.p || !prefix_parse(s, &p, &host_bits) || p.addr.family != family)
		return bad(r, s, "an address of IPv%u is expected, not \"%.*s\"", family, (int)s.n,
			   s.p);
	if (m->netmask && p.bits == bits)
		p.bits = m->netmask;
	e->bits[e->n_bits - 1] = p.bits;
	add_span(e, nf_span_of_prefix(&p));
	return 0;
}

/* ipset's own names: each has a code. */
struct icmp_name {
	const char *word;
	uint8_t type, code;
};
static const struct icmp_name icmp_names[] = {{"echo-reply", 0, 0},
					      {"network-unreachable", 3, 0},
					      {"host-unreachable", 3, 1},
					      {"protocol-unreachable", 3, 2},
					      {"port-unreachable", 3, 3},
					      {"fragmentation-needed", 3, 4},
					      {"source-route-failed", 3, 5},
					      {"network-unknown", 3, 6},
					      {"host-unknown", 3, 7},
					      {"network-prohibited", 3, 9},
					      {"host-prohibited", 3, 10},
					      {"TOS-network-unreachable", 3, 11},
					      {"TOS-host-unreachable", 3, 12},
					      {"communication-prohibited", 3, 13},
					      {"host-precedence-violation", 3, 14},
					      {"precedence-cutoff", 3, 15},
					      {"source-quench", 4, 0},
					      {"network-redirect", 5, 0},
					      {"host-redirect", 5, 1},
					      {"TOS-network-redirect", 5, 2},
					      {"TOS-host-redirect", 5, 3},
					      {"echo-request", 8, 0},
					      {"router-advertisement", 9, 0},
					      {"router-solicitation", 10, 0},
					      {"ttl-zero-during-transit", 11, 0},
					      {"ttl-zero-during-reassembly", 11, 1},
					      {"ip-header-bad", 12, 0},
					      {"required-option-missing", 12, 1},
					      {"timestamp-request", 13, 0},
					      {"timestamp-reply", 14, 0},
					      {"address-mask-request", 17, 0},
					      {"address-mask-reply", 18, 0}};
static const struct icmp_name icmp6_names[] = {{"no-route", 1, 0},
					       {"communication-prohibited", 1, 1},
					       {"address-unreachable", 1, 3},
					       {"port-unreachable", 1, 4},
					       {"packet-too-big", 2, 0},
					       {"ttl-zero-during-transit", 3, 0},
					       {"ttl-zero-during-reassembly", 3, 1},
					       {"bad-header", 4, 0},
					       {"unknown-header-type", 4, 1},
					       {"unknown-option", 4, 2},
					       {"echo-request", 128, 0},
					       {"echo-reply", 129, 0},
					       {"router-solicitation", 133, 0},
					       {"router-advertisement", 134, 0},
					       {"neighbour-solicitation", 135, 0},
					       {"neighbour-advertisement", 136, 0},
					       {"redirect", 137, 0}};

static const struct icmp_name *find_icmp(struct slice word, int proto)
{
	const struct icmp_name *names = proto == ICMP ? icmp_names : icmp6_names;
	size_t n = proto == ICMP ? ARRAY_LEN(icmp_names) : ARRAY_LEN(icmp6_names);

	for (size_t i = 0; i < n; i++)
		if (slice_is(word, names[i].word))
			return &names[i];
	return NULL;
}

static int read_icmp_numbers(struct reader *r, struct slice s, uint64_t *type, uint64_t *code)
{
	struct slice word;
	int rc;

	slice_cut(&s, '/', &word);
	rc = read_number(r, word, 255, type);
	return rc ? rc : read_number(r, s, 255, code);
}

/* "8/0", "echo-request" */
static int read_icmp(struct reader *r, struct making *m, struct slice s, int proto,
		     struct element *e)
{
	const struct icmp_name *name = find_icmp(s, proto);
	uint64_t type = name ? name->type : 0, code = name ? name->code : 0;
	int rc = 0;

	if (!name && memchr(s.p, '/', s.n))
		rc = read_icmp_numbers(r, s, &type, &code);
	else if (!name)
		do_not_know(r, m->set, s);
	m->set->has_icmp = true;
	add_number(e, type * 256 + code);
	return rc;
}

static int read_port_range(struct reader *r, struct slice s, struct element *e)
{
	struct slice first;
	uint64_t lo, hi;
	int rc;

	slice_cut(&s, '-', &first);
	rc = read_number(r, first, UINT16_MAX, &lo);
	hi = lo;
	if (!rc && s.p)
		rc = read_number(r, s, UINT16_MAX, &hi);
	if (!rc && lo > hi)
		return bad(r, first, "this range ends before it begins");
	if (!rc)
		add_span(e, nf_span_of_number(lo, hi));
	return rc;
}

static bool has_ports(int proto)
{
	return proto == TCP || proto == UDP || proto == SCTP || proto == UDPLITE;
}

/* "tcp:22", "udp:53", "icmp:echo-request", "icmpv6:128/0", "22" */
static int read_port(struct reader *r, struct making *m, struct slice s, struct element *e)
{
	struct slice rest = s, word;
	int proto = TCP;

	slice_cut(&rest, ':', &word);
	if (rest.p)
		proto = nf_proto_of(word);
	else
		rest = s;
	if (proto < 0)
		return bad(r, s, "a protocol is expected, not \"%.*s\"", (int)word.n, word.p);
	add_number(e, (uint64_t)proto);
	if (proto == ICMP || proto == ICMPV6)
		return read_icmp(r, m, rest, proto, e);
	if (!has_ports(proto)) /* what has no port has port 0, a key that packets do not have */
		do_not_know(r, m->set, s);
	return read_port_range(r, rest, e);
}

static int read_mac(struct reader *r, struct slice s, struct element *e)
{
	struct nf_span span;
	uint8_t mac[6];

	if (!nf_mac_of(s, mac))
		return bad(r, s, "a MAC address is expected, not \"%.*s\"", (int)s.n, s.p);
	span.lo = span.hi = nf_value_of_mac(mac);
	add_span(e, span);
	return 0;
}

/* Of a bridge's port ("physdev:eth0") nothing is known. */
static int read_iface(struct reader *r, struct making *m, struct slice s, struct element *e)
{
	if (slice_has_prefix(s, "physdev:"))
		do_not_know(r, m->set, s);
	add_span(e, nf_span_of_name(s, false));
	return 0;
}

static int read_mark(struct reader *r, struct slice s, struct element *e)
{
	char text[24], *end;
	unsigned long n;

	if (s.n >= sizeof(text) || !s.n || s.p[0] < '0' || s.p[0] > '9')
		return bad(r, s, "a mark is expected, not \"%.*s\"", (int)s.n, s.p);
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	n = strtoul(text, &end, 0);
	if (*end || n > UINT32_MAX)
		return bad(r, s, "a mark is expected, not \"%s\"", text);
	add_number(e, n);
	return 0;
}

static int read_part(struct reader *r, struct making *m, enum ipset_part part, struct slice s,
		     struct element *e)
{
	switch (part) {
	case IPSET_ADDR:
		return read_addrs(r, m, s, e);
	case IPSET_PORT:
		return read_port(r, m, s, e);
	case IPSET_MAC:
		return read_mac(r, s, e);
	case IPSET_IFACE:
		return read_iface(r, m, s, e);
	default:
		return read_mark(r, s, e);
	}
}

/* bitmap:ip,mac knows an address of which no packet came yet: any sender will do, and is kept. */
static bool is_any_mac(const struct making *m, size_t i, struct slice rest)
{
	return !rest.p && m->set->parts[i] == IPSET_MAC && i == 1;
}

static int read_element(struct reader *r, struct making *m, struct slice s, struct element *e)
{
	struct slice whole = s, word;
	int rc = 0;

	for (size_t i = 0; !rc && i < m->set->n_parts; i++) {
		if (is_any_mac(m, i, s)) {
			m->set->set.changing = true;
			add_span(e, nf_span_of_number(0, (1ull << 48) - 1));
		} else if (!slice_cut(&s, ',', &word)) {
			return bad(r, whole, "an element of %zu parts is expected",
				   m->set->n_parts);
		} else {
			rc = read_part(r, m, m->set->parts[i], word, e);
		}
	}
	if (!rc && s.p)
		return bad(r, whole, "an element of %zu parts is expected", m->set->n_parts);
	return rc;
}

static int element_option(struct reader *r, struct making *m, struct element *e, struct slice name)
{
	static const char *const ignored[] = {"packets", "bytes", "skbmark", "skbprio", "skbqueue"};
	struct slice value;
	uint64_t n;
	int rc = want_word(r, "a value", &value);

	if (rc)
		return rc;
	if (slice_is(name, "timeout")) {
		rc = read_number(r, value, UINT32_MAX, &n);
		m->set->set.expiring = m->set->set.expiring || (!rc && n > 0);
	} else if (slice_is(name, "comment")) {
		e->note = arena_copy(r->b->arena, value);
		m->has_note = true;
	} else if (!is_one_of(name, ignored, ARRAY_LEN(ignored))) {
		do_not_know(r, m->set, name);
	}
	return rc;
}

/* The name of the interface is the last span. */
static void make_wildcard(struct element *e)
{
	struct nf_span *s = &e->spans[e->n - 1];
	const char *name = (const char *)s->lo.bytes;

	*s = nf_span_of_name((struct slice){name, strnlen(name, NF_VALUE_BYTES)}, true);
}

static int element_options(struct reader *r, struct making *m, struct element *e)
{
	struct slice name;
	int rc = 0;

	while (!rc && next_word(r, &name)) {
		if (slice_is(name, "nomatch"))
			e->except = m->has_except = true;
		else if (slice_is(name, "wildcard") && e->n)
			make_wildcard(e);
		else
			rc = element_option(r, m, e, name);
	}
	return rc;
}

static void keep(struct making *m, const struct element *e)
{
	if (m->n == m->room) {
		m->room = m->room ? 2 * m->room : 16;
		m->items = mem_resize(m->items, m->room, sizeof(*m->items));
	}
	m->items[m->n++] = *e;
}

/* A bare port is of TCP and of UDP, and of nothing else (ip_set_get_ip_port()). */
static void keep_bare_port(struct making *m, struct element *e)
{
	e->spans[0] = nf_span_of_number(TCP, TCP);
	keep(m, e);
	e->spans[0] = nf_span_of_number(UDP, UDP);
	keep(m, e);
}

static int add_to(struct reader *r, struct making *m, struct slice word)
{
	struct element e = {.line = r->line};
	int rc;

	if (m->set->is_list) {
		*(const char **)list_add(r->b->arena, &m->set->members, sizeof(char *)) =
			arena_copy(r->b->arena, word);
		return element_options(r, m, &e);
	}
	if (!m->set->n_parts) /* a type that is not known */
		return 0;
	rc = read_element(r, m, word, &e);
	if (!rc)
		rc = element_options(r, m, &e);
	if (rc)
		return rc;
	if (m->bare_port)
		keep_bare_port(m, &e);
	else
		keep(m, &e);
	return 0;
}

static int add(struct reader *r)
{
	struct slice name, word;
	struct making *m;
	int rc = want_word(r, "a set's name", &name);

	if (!rc)
		rc = want_word(r, "an element", &word);
	if (rc)
		return rc;
	m = map_find(&r->sets, name);
	if (!m)
		return bad(r, name, "set \"%.*s\" is not created before", (int)name.n, name.p);
	return add_to(r, m, word);
}

static int check_bytes(struct reader *r, struct slice line)
{
	for (size_t i = 0; i < line.n; i++)
		if ((unsigned char)line.p[i] < ' ' || line.p[i] == 0x7f)
			return bad(r, slice_skip(line, i), "a control character (%u)",
				   (unsigned char)line.p[i]);
	return 0;
}

static int read_line(struct reader *r, struct slice line)
{
	struct slice word;
	int rc;

	r->begin = line.p;
	r->rest = slice_trim(line);
	rc = check_bytes(r, r->rest);
	if (rc || !next_word(r, &word))
		return rc;
	if (slice_is(word, "create"))
		return create(r);
	if (slice_is(word, "add"))
		return add(r);
	return bad(r, word, "create or add is expected here, not \"%.*s\"", (int)word.n, word.p);
}

static int read_lines(struct reader *r, struct slice text)
{
	struct slice line;
	int rc = 0;

	for (; !rc && slice_cut(&text, '\n', &line); r->line++)
		rc = read_line(r, line);
	return rc;
}

/* The kernel asks networks from the narrowest to the widest, the first part before the second. */
static int by_width(const void *a_, const void *b_)
{
	const struct element *a = a_, *b = b_;

	for (size_t i = 0; i < a->n_bits; i++)
		if (a->bits[i] != b->bits[i])
			return a->bits[i] > b->bits[i] ? -1 : 1;
	return a->line < b->line ? -1 : a->line > b->line;
}

static void finish(struct reader *r, struct making *m)
{
	struct arena *arena = r->b->arena;
	struct nf_set *set = &m->set->set;
	struct nf_span *spans = ARENA_ARRAY(arena, struct nf_span, m->n * set->n_keys);
	bool *except = m->has_except ? ARENA_ARRAY(arena, bool, m->n) : NULL;
	const char **notes = m->has_note ? ARENA_ARRAY(arena, const char *, m->n) : NULL;

	if (m->n)
		qsort(m->items, m->n, sizeof(*m->items), by_width);
	for (size_t i = 0; i < m->n; i++) {
		memcpy(spans + i * set->n_keys, m->items[i].spans, set->n_keys * sizeof(*spans));
		if (except)
			except[i] = m->items[i].except;
		if (notes)
			notes[i] = m->items[i].note;
	}
	set->n = m->n;
	set->spans = spans;
	set->except = except;
	set->notes = notes;
	*(const struct nf_set **)list_add(arena, &r->b->ruleset.sets, sizeof(set)) = set;
}

int box_read_ipset(struct box *b, const struct box_text *t, struct err *err)
{
	struct reader r = {.b = b, .file = t->file, .err = err, .line = t->line};
	int rc;

	if (t->text.n > BOX_TEXT_MAX)
		return err_set(err, ERR_LIMIT, (struct place){t->file, t->line, 1},
			       "more than %d bytes of sets", BOX_TEXT_MAX);
	rc = read_lines(&r, t->text);
	for_each (m, &r.all) {
		if (!rc)
			finish(&r, *m);
		free((*m)->items);
	}
	map_release(&r.sets);
	b->has.ipset = b->has.ipset || !rc;
	return rc;
}
