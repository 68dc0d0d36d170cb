/* SPDX-License-Identifier: ISC */
#include "world.h"

#include <string.h>

static const char letters[] = "abcdefghuvwp";
enum { SPAN = 10 };

static const struct {
	const char *word;
	struct outcome
		outcome; /* how it was seen; network and service where they are not as usual */
	enum { USUAL, RIGHT, WRONG, FORETOLD } service; /* FORETOLD: the way was not tried */
} words[] = {
	/* The way is open. */
	{"open", {.state = STATE_OPEN, .cause = CAUSE_TARGET}, USUAL},
	{"spoke", {.state = STATE_OPEN, .cause = CAUSE_TARGET}, RIGHT},
	{"unknown", {.state = STATE_OPEN, .cause = CAUSE_TARGET}, WRONG}, /* a directory's */
	{"standin", {.state = STATE_OPEN, .cause = CAUSE_TARGET, .is_stand_in = true}, USUAL},
	{"impostor", {.state = STATE_WRONG_SERVICE, .cause = CAUSE_TARGET}, USUAL},
	{"mute", {.state = STATE_SILENT, .cause = CAUSE_TARGET}, USUAL},
	{"dumb", {.state = STATE_SILENT, .cause = CAUSE_TARGET}, WRONG},
	{"vacant", {.state = STATE_CLOSED, .cause = CAUSE_TARGET}, USUAL},
	{"surely-vacant",
	 {.state = STATE_CLOSED, .cause = CAUSE_TARGET, .confidence = CONFIDENCE_CERTAIN},
	 USUAL},
	/* It cannot be told. */
	{"reset", {.state = STATE_OPEN_RESET, .cause = CAUSE_UNPROVEN}, USUAL},
	{"closed", {.state = STATE_CLOSED, .cause = CAUSE_UNPROVEN}, USUAL},
	{"silent", {.state = STATE_SILENT, .cause = CAUSE_UNPROVEN}, USUAL},
	{"unanswered", {.state = STATE_SILENT, .cause = CAUSE_UNPROVEN}, WRONG},
	/* Said by the conversation that should have negotiated the connection. */
	{"foretold", {.state = STATE_WRONG_SERVICE, .cause = CAUSE_TARGET}, FORETOLD},
	{"foretold-no", {.state = STATE_OPEN, .cause = CAUSE_TARGET}, FORETOLD},
	{"foretold-mute", {.state = STATE_SILENT, .cause = CAUSE_UNPROVEN}, FORETOLD},
	/* The way is not open. */
	{"proxied", {.state = STATE_OPEN, .cause = CAUSE_MIDDLEBOX}, USUAL},
	{"swallowed", {.state = STATE_SILENT, .cause = CAUSE_MIDDLEBOX}, USUAL},
	{"forged", {.state = STATE_CLOSED, .cause = CAUSE_HOP}, USUAL},
	{"rejected", {.state = STATE_REJECTED, .cause = CAUSE_HOP}, USUAL},
	{"by-wall", {.state = STATE_REJECTED, .cause = CAUSE_HOP, .device = "wall"}, USUAL},
	{"by-box", {.state = STATE_REJECTED, .cause = CAUSE_HOP, .device = "box"}, USUAL},
	{"by-inside",
	 {.state = STATE_REJECTED, .cause = CAUSE_HOP, .by = {4, {10, 0, 0, 9}}},
	 USUAL},
	{"by-stranger",
	 {.state = STATE_REJECTED, .cause = CAUSE_HOP, .by = {4, {198, 51, 100, 9}}},
	 USUAL},
	{"astray", {.state = STATE_REJECTED, .cause = CAUSE_HOP, .is_absence = true}, USUAL},
	{"fenced", {.state = STATE_REJECTED, .cause = CAUSE_TARGET_FIREWALL}, USUAL},
	{"dropped", {.state = STATE_DROPPED, .cause = CAUSE_UNPROVEN}, USUAL},
	{"lost", {.state = STATE_DROPPED, .cause = CAUSE_RETURN_PATH}, USUAL},
	{"held", {.state = STATE_DROPPED, .cause = CAUSE_HOP, .device = "wall"}, USUAL},
	{"own", {.state = STATE_REJECTED, .cause = CAUSE_LOCAL_FIREWALL}, USUAL},
	{"owndrop", {.state = STATE_DROPPED, .cause = CAUSE_LOCAL_FIREWALL}, USUAL},
	{"alone", {.state = STATE_UNREACHABLE, .cause = CAUSE_UNPROVEN}, USUAL},
	{"noroute", {.state = STATE_UNREACHABLE, .cause = CAUSE_LOCAL_ROUTE}, USUAL},
	{"noname", {.state = STATE_UNREACHABLE, .cause = CAUSE_DNS}, USUAL},
	/* Through a proxy. */
	{"via", {.state = STATE_OPEN, .cause = CAUSE_TARGET, .via = "http:proxy"}, USUAL},
	{"via-name",
	 {.state = STATE_REJECTED, .cause = CAUSE_PROXY, .via = "http:proxy", .leg = "name"},
	 USUAL},
	{"via-connect",
	 {.state = STATE_REJECTED, .cause = CAUSE_PROXY, .via = "http:proxy", .leg = "connect"},
	 USUAL},
	{"via-login",
	 {.state = STATE_REJECTED,
	  .cause = CAUSE_PROXY,
	  .via = "http:proxy",
	  .leg = "authentication"},
	 USUAL},
	{"via-policy",
	 {.state = STATE_REJECTED, .cause = CAUSE_PROXY, .via = "http:proxy", .leg = "policy"},
	 USUAL},
	{"via-beyond",
	 {.state = STATE_REJECTED, .cause = CAUSE_PROXY, .via = "http:proxy", .leg = "beyond"},
	 USUAL},
	{"via-silence",
	 {.state = STATE_SILENT, .cause = CAUSE_PROXY, .via = "http:proxy", .leg = "beyond"},
	 USUAL},
	/* We could not try. */
	{"untried", {.state = STATE_NOT_ATTEMPTED, .cause = CAUSE_LOCAL_RESOURCE}, USUAL},
	{"stopped",
	 {.state = STATE_NOT_ATTEMPTED, .cause = CAUSE_LOCAL_RESOURCE, .is_interrupted = true},
	 USUAL},
	{"unasked", {.state = STATE_NOT_ATTEMPTED, .cause = CAUSE_UNPROVEN}, USUAL},
	{"noresolver", {.state = STATE_NOT_ATTEMPTED, .cause = CAUSE_DNS}, USUAL},
};

unsigned world_flow(char letter)
{
	const char *p = letter ? strchr(letters, letter) : NULL;

	return p ? (unsigned)(p - letters) : WORLD_FLOWS;
}

char world_letter(unsigned flow)
{
	return letters[flow];
}

/* --- made ------------------------------------------------------------------------------------- */

static void add_zones(struct world *w)
{
	w->networks[0] = (struct prefix){{4, {10}}, 8};
	w->networks[1] = (struct prefix){{4, {0}}, 0};
	w->networks[2] = (struct prefix){{6, {0}}, 0};
	w->zones[0].networks.items = w->networks;
	w->zones[0].networks.n = 1;
	w->zones[1].networks.items = &w->networks[1];
	w->zones[1].networks.n = 2;
	w->zones[1].any = true;
	w->site.zones.items = w->zones;
	w->site.zones.n = ARRAY_LEN(w->zones);
}

static void add_devices(struct world *w)
{
	static const char *const names[] = {"wall", "box", "proxy"};
	static const enum filter filters[] = {FILTER_STATEFUL, FILTER_UNKNOWN, FILTER_NONE};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		w->devices[i].name.s = names[i];
		w->devices[i].filter = filters[i];
		map_add(&w->site.devices_by_name, slice_of(names[i]), &w->devices[i]);
	}
}

static struct addr address_of(unsigned server, bool is_v6, bool is_second)
{
	uint8_t last = (uint8_t)(1 + server + (is_second ? 100 : 0));

	return is_v6 ? (struct addr){6, {0x20, 0x01, 0x0d, 0xb8, [15] = last}}
		     : (struct addr){4, {10, 9, 0, last}};
}

static void add_servers(struct world *w)
{
	w->from = (struct endpoint){.name = "client", .host = &w->client};
	for (unsigned i = 0; i < WORLD_SERVERS; i++) {
		struct prefix *addresses = ARENA_ARRAY(w->arena, struct prefix, 4);

		for (unsigned k = 0; k < 4; k++) {
			struct addr a = address_of(i, k & 1, k & 2);

			addresses[k] = prefix_of_addr(&a);
		}
		w->to[i] = (struct endpoint){.name = i ? "second" : "first",
					     .host = &w->servers[i],
					     .addresses = {addresses, 4}};
	}
}

static enum transport transport_of(char letter)
{
	if (letter == 'p')
		return TRANSPORT_ICMP;
	return letter >= 'u' ? TRANSPORT_UDP : TRANSPORT_TCP;
}

static void add_flows(struct world *w)
{
	for (unsigned i = 0; i < WORLD_FLOWS; i++) {
		char letter = letters[i];
		bool is_second = letter == 'w' || (letter >= 'e' && letter <= 'h');
		uint16_t port = letter == 'p' ? 0 : (uint16_t)(1000 + 100 * i);

		w->flows[i] = (struct flow){.from = &w->from,
					    .to = &w->to[is_second],
					    .transport = transport_of(letter),
					    .ports = {port, port},
					    .path = &w->path,
					    .claims = &w->claim,
					    .index = i};
		w->flow_list[i] = &w->flows[i];
	}
	w->plan.flows.items = w->flow_list;
	w->plan.flows.n = WORLD_FLOWS;
}

struct demand *world_add_demand(struct world *w, const char *id)
{
	size_t n = w->plan.demands.n++;

	w->requirements[n].id.s = id;
	w->product.requirements.n = n + 1;
	w->demands[n] = (struct demand){.installation = &w->installation,
					.requirement = &w->requirements[n],
					.from = &w->from,
					.to = &w->to[0]};
	w->demand_list[n] = &w->demands[n];
	w->starts_here[n] = true;
	return &w->demands[n];
}

void world_init(struct world *w)
{
	*w = (struct world){.arena = arena_new()};
	add_zones(w);
	add_devices(w);
	add_servers(w);
	add_flows(w);
	w->claim.demand = &w->demands[0];
	w->conversation = (struct flow){.from = &w->from, .to = &w->to[0]};
	w->passive = w->active = (struct claim){
		.demand = &w->demands[0], .mode = "passive", .parent = &w->conversation};
	w->active.mode = "active";
	w->product.requirements.items = w->requirements;
	w->installation = (struct installation){.product = &w->product, .name = "made"};
	w->plan.site = &w->site;
	w->plan.demands.items = w->demand_list;
	w->plan.installations.items = &w->installation;
	w->plan.installations.n = 1;
	world_add_demand(w, "first");
}

void world_release(struct world *w)
{
	map_release(&w->site.devices_by_name);
	arena_free(w->arena);
}

bool world_add_hop(struct world *w, struct slice device)
{
	w->hop.device = map_find(&w->site.devices_by_name, device);
	w->path.hops.items = &w->hop;
	w->path.hops.n = 1;
	return w->hop.device;
}

bool world_dial_device(struct world *w, struct slice device)
{
	struct device *d = map_find(&w->site.devices_by_name, device);

	if (!d)
		return false;
	d->owner.s = "its team";
	w->to[0].host = NULL;
	w->to[0].device = d;
	return true;
}

/* --- trees ------------------------------------------------------------------------------------ */

static const struct need *read_tree(struct world *w, const char **p);

static bool take(const char **p, const char *word)
{
	size_t n = strlen(word);

	*p += strspn(*p, " ");
	if (strncmp(*p, word, n) != 0)
		return false;
	*p += n;
	return true;
}

static void add_kid(struct world *w, struct need *n, const struct need *kid)
{
	if (!n->kids.items)
		n->kids.items = ARENA_ARRAY(w->arena, const struct need *, WORLD_FLOWS);
	n->kids.items[n->kids.n++] = kid;
}

static bool read_list(struct world *w, const char **p, struct need *n)
{
	n->kind = NEED_ALL;
	do {
		const struct need *kid = n->kids.n < WORLD_FLOWS ? read_tree(w, p) : NULL;

		if (!kid)
			return false;
		add_kid(w, n, kid);
	} while (take(p, ","));
	return take(p, "]");
}

static bool read_flow(struct world *w, const char **p, struct need *n)
{
	unsigned i = world_flow(**p);
	struct flow *f = &w->flows[i];

	if (i == WORLD_FLOWS)
		return false;
	++*p;
	n->flow = f;
	if (take(p, "!")) {
		f->claims = &w->passive;
	} else if (take(p, "~")) {
		f->claims = &w->active;
		f->to = f->from;
		f->from = w->conversation.to;
	}
	f->any_of = f->claims->mode || take(p, "?");
	if (f->any_of || take(p, "*"))
		f->ports.hi = (uint16_t)(f->ports.lo + SPAN - 1);
	return true;
}

static const struct need *read_term(struct world *w, const char **p)
{
	struct need *n = ARENA_NEW(w->arena, struct need);
	bool ok;

	if (take(p, "(")) {
		const struct need *inner = read_tree(w, p);

		ok = inner && take(p, ")");
		if (ok)
			*n = *inner;
	} else {
		ok = take(p, "[") ? read_list(w, p, n) : read_flow(w, p, n);
	}
	n->degraded = take(p, "degraded");
	return ok ? n : NULL;
}

static const struct need *read_tree(struct world *w, const char **p)
{
	const struct need *kid = read_term(w, p);
	struct need *n = NULL;
	const char *word = NULL;

	while (kid) {
		if (!word)
			word = take(p, "or ") ? "or " : take(p, "else ") ? "else " : NULL;
		else if (!take(p, word))
			word = NULL;
		if (!n && !word)
			return kid;
		if (!n) {
			n = ARENA_NEW(w->arena, struct need);
			n->kind = *word == 'o' ? NEED_ANY : NEED_ELSE;
		}
		add_kid(w, n, kid);
		if (!word)
			return n;
		kid = n->kids.n < WORLD_FLOWS ? read_term(w, p) : NULL;
	}
	return NULL;
}

const struct need *world_read_tree(struct world *w, const char *text)
{
	const struct need *n = read_tree(w, &text);

	return n && text[strspn(text, " ")] == '\0' ? n : NULL;
}

/* --- what was seen ---------------------------------------------------------------------------- */

static bool cut_end(struct slice *s, const char *end)
{
	size_t n = strlen(end);

	if (s->n <= n || !slice_is((struct slice){s->p + s->n - n, n}, end))
		return false;
	s->n -= n;
	return true;
}

static bool find_word(struct slice word, struct outcome *o)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (!slice_is(word, words[i].word))
			continue;
		*o = words[i].outcome;
		o->network = outcome_network(o->state, o->cause);
		o->service = outcome_service(o->state, o->cause);
		if (words[i].service != USUAL)
			o->service = words[i].service == RIGHT ? ANSWER_PASS : ANSWER_FAIL;
		if (words[i].service == FORETOLD)
			o->network = ANSWER_UNKNOWN;
		return true;
	}
	return false;
}

/* Of a span the next port of that address. */
static uint16_t next_port(const struct flow *f, const struct flow_result *r,
			  const struct outcome *o)
{
	uint16_t port = f->ports.lo;

	for (size_t i = 0; f->ports.hi > f->ports.lo && i < r->n; i++)
		port += addr_equal(&r->outcomes[i]->target, &o->target);
	return port;
}

static bool add_outcome(struct world *w, unsigned flow, struct slice text)
{
	struct flow_result *r = &w->results[flow];
	struct outcome *o = &w->outcomes[flow][r->n];
	const struct flow *f = &w->flows[flow];
	struct slice word, name = SLICE_NONE;
	bool is_v6, is_second;

	slice_cut(&text, '@', &word);
	if (text.p)
		name = text;
	is_second = cut_end(&word, ".2");
	is_v6 = cut_end(&word, "6");
	if (r->n == WORLD_SEEN || !find_word(word, o))
		return false;
	o->id = ++w->n_outcomes;
	o->flow = flow;
	o->transport = f->transport;
	if (o->cause != CAUSE_DNS && !(o->via && name.p)) /* the proxy resolves it */
		o->target = address_of(f->to == &w->to[1], is_v6, is_second);
	o->port = next_port(f, r, o);
	o->name = name.p ? arena_copy(w->arena, name) : NULL;
	w->seen[flow][r->n++] = o;
	return true;
}

bool world_read_seen(struct world *w, struct slice text)
{
	struct slice one, word;

	for (text = slice_trim(text); slice_cut(&text, ' ', &one);) {
		unsigned flow = one.n > 1 && one.p[1] == '=' ? world_flow(one.p[0]) : WORLD_FLOWS;
		struct slice all = slice_skip(one, 2);

		if (!one.n)
			continue;
		if (flow == WORLD_FLOWS)
			return false;
		w->results[flow].is_here = true;
		w->results[flow].outcomes = w->seen[flow];
		while (slice_cut(&all, ',', &word) && word.n)
			if (!add_outcome(w, flow, word))
				return false;
	}
	return true;
}

const struct judgement *world_judge(struct world *w, const struct judge_options *options)
{
	judge(&w->plan, w->results, options, w->arena, &w->verdicts);
	return &w->verdicts.items.items[0];
}
