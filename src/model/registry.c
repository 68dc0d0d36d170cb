/* SPDX-License-Identifier: ISC */
#include "model/registry.h"

#include <strings.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "base/suggest.h"

static const char *const transport_words[] = {"tcp", "udp", "sctp", "dccp"};
const char *const port_class_names[] = {"system", "user", "dynamic"};
const char *const fact_kind_names[] = {
	"assigned", "reserved", "misuse",   "squatter", "prefer",
	"sibling",  "browser",	"provider", "note",
};

unsigned transport_bit(enum transport t)
{
	switch (t) {
	case TRANSPORT_TCP:
		return ON_TCP;
	case TRANSPORT_UDP:
		return ON_UDP;
	case TRANSPORT_SCTP:
		return ON_SCTP;
	default:
		return 0;
	}
}

unsigned transport_bit_parse(struct slice s)
{
	for (unsigned i = 0; i < ARRAY_LEN(transport_words); i++)
		if (slice_is_nocase(s, transport_words[i]))
			return 1U << i;
	return 0;
}

void transports_format(unsigned on, struct buf *out)
{
	const char *comma = "";

	if (on & ON_UNSAID) {
		buf_add_text(out, "any");
		return;
	}
	for (unsigned i = 0; i < ARRAY_LEN(transport_words); i++) {
		if (!(on & 1U << i))
			continue;
		buf_addf(out, "%s%s", comma, transport_words[i]);
		comma = ", ";
	}
}

enum port_class port_class_of(uint16_t port)
{
	return port < 1024 ? PORT_SYSTEM : port < 49152 ? PORT_USER : PORT_DYNAMIC;
}

struct port_range port_class_range(enum port_class c)
{
	static const struct port_range ranges[] = {{0, 1023}, {1024, 49151}, {49152, 65535}};

	return ranges[c];
}

bool registry_ports_parse(struct slice s, struct port_range *ports)
{
	struct slice first;
	uint64_t lo, hi;

	if (!slice_cut(&s, '-', &first) || !slice_number(first, 65535, &lo))
		return false;
	hi = lo;
	if (s.p && !slice_number(s, 65535, &hi))
		return false;
	*ports = (struct port_range){(uint16_t)lo, (uint16_t)hi};
	return lo <= hi;
}

/* The first record that begins at `port` or above. */
static uint32_t first_from(const struct registry *r, uint32_t port)
{
	uint32_t lo = 0, hi = r->n;

	while (lo < hi) {
		uint32_t middle = lo + (hi - lo) / 2;

		if (r->records[middle].lo < port)
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo;
}

struct registry_walk registry_walk_ports(const struct registry *r, struct port_range ports,
					 unsigned on)
{
	/* A record that began earlier reaches in only from as far away as the widest one. */
	uint32_t from = ports.lo > r->widest ? ports.lo - r->widest : 0;

	return (struct registry_walk){.registry = r,
				      .ports = ports,
				      .on = on,
				      .at = first_from(r, from),
				      .end = first_from(r, (uint32_t)ports.hi + 1)};
}

static int compare_word(const struct registry *r, uint32_t i, struct slice word)
{
	const char *own = r->pool + r->records[r->by_word[i]].word;
	int c = strncasecmp(own, word.p, word.n);

	return c ? c : own[word.n] != '\0';
}

static uint32_t word_bound(const struct registry *r, struct slice word, bool after)
{
	uint32_t lo = 0, hi = r->n_words;

	while (lo < hi) {
		uint32_t middle = lo + (hi - lo) / 2;
		int c = compare_word(r, middle, word);

		if (c < 0 || (after && c == 0))
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo;
}

struct registry_walk registry_walk_word(const struct registry *r, struct slice word)
{
	/* A NUL inside would end the comparison early. */
	bool sane = word.n && !memchr(word.p, '\0', word.n);

	return (struct registry_walk){.registry = r,
				      .order = r->by_word,
				      .ports = {0, 65535},
				      .on = ON_ALL,
				      .at = sane ? word_bound(r, word, false) : 0,
				      .end = sane ? word_bound(r, word, true) : 0};
}

bool registry_walk_next(struct registry_walk *w, struct port_fact *fact)
{
	const struct registry *r = w->registry;

	while (w->at < w->end) {
		uint32_t i = w->at++;
		const struct registry_record *e = &r->records[w->order ? w->order[i] : i];
		struct port_range ports = {e->lo, e->hi};

		if (!port_range_overlaps(ports, w->ports) || !(e->on & w->on))
			continue;
		*fact = (struct port_fact){ports,
					   e->on,
					   e->kind,
					   r->pool + e->word,
					   r->pool + e->text,
					   r->pool + e->source};
		return true;
	}
	return false;
}

/* Walks over the names on these ports, registered or known. */
static bool next_owner(struct registry_walk *w, struct port_fact *fact)
{
	while (registry_walk_next(w, fact))
		if ((fact->kind == FACT_ASSIGNED || fact->kind == FACT_SQUATTER) && *fact->word)
			return true;
	return false;
}

static bool is_owner(const struct registry *r, struct port_range ports, unsigned on,
		     struct slice name)
{
	struct registry_walk w = registry_walk_ports(r, ports, on);
	struct port_fact fact;

	while (next_owner(&w, &fact))
		if (slice_is_nocase(name, fact.word))
			return true;
	return false;
}

static void add_owner(const struct port_fact *fact, unsigned on, struct buf *out)
{
	bool registered = fact->kind == FACT_ASSIGNED;

	buf_add_text(out, registered ? "IANA registered " : "");
	transports_format(fact->on & on, out);
	buf_add_char(out, '/');
	port_range_format(fact->ports, out);
	buf_addf(out, registered ? " to %s" : " is known to be used by %s", fact->word);
	if (registered && *fact->text)
		buf_addf(out, " (%s)", fact->text);
}

bool registry_taken(const struct registry *iana, struct port_range ports, unsigned on,
		    struct slice name, struct buf *out)
{
	const struct registry *tables[] = {iana, &registry_overlay};
	const char *between = "";
	struct port_fact fact;

	for (size_t t = 0; t < ARRAY_LEN(tables); t++)
		if (is_owner(tables[t], ports, on, name))
			return false;
	for (size_t t = 0; t < ARRAY_LEN(tables); t++) {
		struct registry_walk w = registry_walk_ports(tables[t], ports, on);

		while (next_owner(&w, &fact)) {
			buf_add_text(out, between);
			add_owner(&fact, on, out);
			between = ", ";
		}
	}
	return *between != '\0';
}

void registry_suggest(const struct registry *r, struct suggest *s)
{
	for (uint32_t i = 0; i < r->n_words; i++)
		suggest_add(s, r->pool + r->records[r->by_word[i]].word);
}
