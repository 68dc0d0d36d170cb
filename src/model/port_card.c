/* SPDX-License-Identifier: ISC */
#include "model/port_card.h"

#include "base/buf.h"

static bool is_single(const struct port_card *c)
{
	return c->query->ports.lo == c->query->ports.hi;
}

/* --- gathering --- */

static size_t count_facts(const struct registry *r, const struct port_query *q)
{
	struct registry_walk w = registry_walk_ports(r, q->ports, q->on);
	struct port_fact fact;
	size_t n = 0;

	while (registry_walk_next(&w, &fact))
		n++;
	return n;
}

static void take_facts(struct port_card *c, const struct registry *r, enum fact_kind kind)
{
	struct registry_walk w = registry_walk_ports(r, c->query->ports, c->query->on);
	struct port_fact fact;

	while (registry_walk_next(&w, &fact))
		if (fact.kind == kind)
			c->facts.items[c->facts.n++] = fact;
}

/* Of several names on a number the preferred one comes first; the others keep their order. */
static void put_preferred_first(struct port_card *c, const struct port_fact *prefer)
{
	struct port_fact *items = c->facts.items;
	size_t first = 0, i;

	while (first < c->facts.n && items[first].ports.lo != prefer->ports.lo)
		first++;
	for (i = first; i < c->facts.n; i++)
		if (slice_is_nocase(slice_of(items[i].word), prefer->word) &&
		    (items[i].on & prefer->on))
			break;
	if (i < c->facts.n) {
		struct port_fact found = items[i];

		memmove(&items[first + 1], &items[first], (i - first) * sizeof(*items));
		items[first] = found;
	}
}

static void gather_facts(struct port_card *c, struct arena *arena)
{
	const struct registry *iana = c->sources->iana, *overlay = c->sources->overlay;
	struct registry_walk w = registry_walk_ports(overlay, c->query->ports, c->query->on);
	size_t room = count_facts(iana, c->query) + count_facts(overlay, c->query);
	struct port_fact fact;

	c->facts.items = ARENA_ARRAY(arena, struct port_fact, room);
	take_facts(c, iana, FACT_ASSIGNED);
	while (registry_walk_next(&w, &fact))
		if (fact.kind == FACT_PREFER)
			put_preferred_first(c, &fact);
	take_facts(c, iana, FACT_RESERVED);
	take_facts(c, iana, FACT_MISUSE);
	for (enum fact_kind kind = FACT_SQUATTER; kind < FACT_COUNT; kind++)
		if (kind != FACT_PREFER)
			take_facts(c, overlay, kind);
}

/* services(5) has a line for each transport: one that says nothing else is joined. */
static bool join_local(struct port_card *c, const struct local_name *one)
{
	for_each (own, &c->local) {
		if (own->ports.lo == one->ports.lo && own->ports.hi == one->ports.hi &&
		    strcmp(own->name, one->name) == 0 && strcmp(own->aliases, one->aliases) == 0) {
			own->on |= one->on;
			return true;
		}
	}
	return false;
}

static void gather_local(struct port_card *c, struct arena *arena)
{
	c->local.items = ARENA_ARRAY(arena, struct local_name, c->sources->local.n);
	for_each (one, &c->sources->local) {
		if (!port_range_overlaps(one->ports, c->query->ports) || !(one->on & c->query->on))
			continue;
		if (!join_local(c, one))
			c->local.items[c->local.n++] = *one;
	}
}

static bool is_usual_port(const struct service *s, const struct port_query *q)
{
	struct port_range usual = {s->ports[0].lo, s->ports[0].hi};

	return (s->ports[0].on & q->on) && port_range_overlaps(usual, q->ports);
}

/* Those first whose usual port it is. */
static void gather_services(struct port_card *c, struct arena *arena)
{
	struct service s;
	size_t index = 0, n = 0;

	while (service_next_at(c->query->on, c->query->ports, &index, &s))
		n++;
	c->services.items = ARENA_ARRAY(arena, struct service, n);
	for (int usual = 1; usual >= 0; usual--)
		for (index = 0; service_next_at(c->query->on, c->query->ports, &index, &s);)
			if (is_usual_port(&s, c->query) == usual)
				c->services.items[c->services.n++] = s;
}

static void apply_rules(struct port_card *c)
{
	const struct port_rules *rules = c->sources->rules;
	struct port_range asked = c->query->ports;

	if (!rules->known)
		return;
	c->privileged = asked.lo < rules->unprivileged;
	c->ephemeral = port_range_overlaps(asked, rules->ephemeral) &&
		       !(rules->reserved && portset_has_range(rules->reserved, asked));
}

/* --- the answer in one sentence --- */

/* The next name on a transport that no name before it was on; the transports in *on. */
static const struct port_fact *next_first_name(const struct port_card *c, size_t *i, unsigned *seen,
					       unsigned *on)
{
	while (*i < c->facts.n) {
		const struct port_fact *f = &c->facts.items[(*i)++];

		*on = f->on & ~*seen;
		if (f->kind == FACT_ASSIGNED && *f->word && *on) {
			*seen |= f->on;
			return f;
		}
	}
	return NULL;
}

/* "https"; "exec (tcp), comsat (udp)" where transports differ. False: it has no name. */
static bool add_assigned(const struct port_card *c, struct buf *out)
{
	const struct port_fact *f, *first = NULL;
	unsigned seen = 0, on;
	bool differ = false;
	size_t i = 0;

	while ((f = next_first_name(c, &i, &seen, &on))) {
		if (!first)
			first = f;
		differ |= !slice_is(slice_of(first->word), f->word);
	}
	if (!differ) {
		buf_add_text(out, first ? first->word : "");
		return first != NULL;
	}
	i = seen = 0;
	while ((f = next_first_name(c, &i, &seen, &on))) {
		buf_addf(out, "%s%s (", f == first ? "" : ", ", f->word);
		transports_format(on, out);
		buf_add_char(out, ')');
	}
	return true;
}

static const struct port_fact *first_of(const struct port_card *c, enum fact_kind kind)
{
	for_each (f, &c->facts)
		if (f->kind == kind)
			return f;
	return NULL;
}

static void add_iana_state(const struct port_card *c, struct buf *out)
{
	const struct port_fact *assigned = first_of(c, FACT_ASSIGNED);

	if (add_assigned(c, out)) {
		if (*assigned->text && !slice_is_nocase(slice_of(assigned->text), assigned->word))
			buf_addf(out, ": %s", assigned->text);
	} else if (assigned) {
		buf_addf(out, "set aside at IANA for %s", assigned->text);
	} else if (first_of(c, FACT_RESERVED)) {
		buf_add_text(out, "reserved at IANA, for nobody");
	} else if (port_class_of(c->query->ports.lo) == PORT_DYNAMIC) {
		buf_add_text(out, "in the dynamic range, which IANA assigns to nobody");
	} else {
		buf_add_text(out, "unassigned at IANA");
	}
}

static bool is_iana_name(const struct port_card *c, const struct local_name *local)
{
	for_each (f, &c->facts) {
		if (f->kind != FACT_ASSIGNED)
			continue;
		if (slice_is_nocase(slice_of(local->name), f->word))
			return true;
		for (struct slice rest = slice_of(local->aliases), one;
		     slice_cut(&rest, ' ', &one);)
			if (slice_is_nocase(one, f->word))
				return true;
	}
	return false;
}

static bool has_iana_name(const struct port_card *c)
{
	const struct port_fact *assigned = first_of(c, FACT_ASSIGNED);

	return assigned && *assigned->word;
}

static void add_single(const struct port_card *c, struct buf *out)
{
	const struct local_name *other = NULL;
	const char *between = "; known to use it: ";

	for_each (own, &c->local)
		if (!other && !is_iana_name(c, own))
			other = own;
	buf_addf(out, "%u is ", c->query->ports.lo);
	if (other) {
		buf_addf(out, "%s here (", other->name);
		transports_format(other->on, out);
		buf_addf(out, " in %s)%s", other->source,
			 has_iana_name(c) ? "; IANA says otherwise: " : ", ");
	}
	add_iana_state(c, out);
	for_each (f, &c->facts) {
		if (f->kind != FACT_SQUATTER)
			continue;
		buf_addf(out, "%s%s", between, f->word);
		between = ", ";
	}
}

/* How many port numbers of the range one kind of fact covers. */
static size_t count_ports(const struct port_card *c, enum fact_kind kind)
{
	struct portset set = {0};
	size_t n;

	for_each (f, &c->facts) {
		struct port_range r = f->ports, asked = c->query->ports;

		if (f->kind != kind)
			continue;
		portset_add(&set, (struct port_range){r.lo > asked.lo ? r.lo : asked.lo,
						      r.hi < asked.hi ? r.hi : asked.hi});
	}
	n = portset_count(&set);
	portset_release(&set);
	return n;
}

static void add_range(const struct port_card *c, struct buf *out)
{
	struct port_range asked = c->query->ports;
	size_t assigned = count_ports(c, FACT_ASSIGNED), squatted = count_ports(c, FACT_SQUATTER);

	buf_addf(out, "%zu of the %u ports %u-%u are assigned at IANA", assigned,
		 asked.hi - asked.lo + 1U, asked.lo, asked.hi);
	if (squatted)
		buf_addf(out, "; %zu are known to be used by others", squatted);
}

static const char *pick_name(const struct port_card *c)
{
	if (!is_single(c))
		return NULL;
	if (c->local.n)
		return c->local.items[0].name;
	if (has_iana_name(c))
		return first_of(c, FACT_ASSIGNED)->word;
	return first_of(c, FACT_SQUATTER) ? first_of(c, FACT_SQUATTER)->word : NULL;
}

void port_card_fill(struct port_card *card, const struct port_query *query,
		    const struct port_sources *sources, struct arena *arena)
{
	struct buf answer = BUF_INIT;

	*card = (struct port_card){.query = query, .sources = sources};
	gather_local(card, arena);
	gather_facts(card, arena);
	gather_services(card, arena);
	apply_rules(card);
	card->name = pick_name(card);
	if (is_single(card))
		add_single(card, &answer);
	else
		add_range(card, &answer);
	card->answer = arena_copy(arena, buf_slice(&answer));
	buf_release(&answer);
}

/* --- by name --- */

struct finder {
	struct port_query *items;
	size_t n, room;
	struct arena *arena;
	const char *text, *word;
	unsigned on;
};

static void found(struct finder *f, struct port_range ports, unsigned on)
{
	on &= f->on;
	if (!on)
		return;
	for (size_t i = 0; i < f->n; i++) {
		struct port_range *own = &f->items[i].ports;

		if (own->lo == ports.lo && own->hi == ports.hi) {
			f->items[i].on |= on;
			return;
		}
	}
	if (f->n == f->room) {
		struct port_query *old = f->items;

		f->room = f->room ? f->room * 2 : 16;
		f->items = ARENA_ARRAY(f->arena, struct port_query, f->room);
		if (f->n)
			memcpy(f->items, old, f->n * sizeof(*old));
	}
	f->items[f->n++] = (struct port_query){f->text, ports, on, f->word};
}

static void find_word(struct finder *f, const struct registry *r, struct slice word)
{
	struct registry_walk w = registry_walk_word(r, word);
	struct port_fact fact;

	while (registry_walk_next(&w, &fact))
		if (fact.kind == FACT_ASSIGNED || fact.kind == FACT_SQUATTER)
			found(f, fact.ports, fact.on);
}

static bool is_local_word(const struct local_name *local, struct slice word)
{
	struct slice rest = slice_of(local->aliases), one;

	if (slice_is(word, local->name))
		return true;
	while (slice_cut(&rest, ' ', &one))
		if (one.n && slice_equal(one, word))
			return true;
	return false;
}

struct port_query *port_queries_by_word(const char *text, struct slice word, unsigned on,
					const struct port_sources *sources, struct arena *arena,
					size_t *n)
{
	struct finder f = {.arena = arena, .text = text, .on = on};
	struct service s;

	f.word = arena_copy(arena, word);
	for_each (local, &sources->local)
		if (is_local_word(local, word))
			found(&f, local->ports, local->on);
	find_word(&f, sources->iana, word);
	find_word(&f, sources->overlay, word);
	if (service_find(word, &s)) {
		/* What nobody registered is everywhere that it listens; else only where usual. */
		size_t last = f.n ? 1 : s.n_ports;

		for (size_t i = 0; i < last && i < s.n_ports; i++)
			found(&f, (struct port_range){s.ports[i].lo, s.ports[i].hi}, s.ports[i].on);
	}
	*n = f.n;
	return f.items;
}
