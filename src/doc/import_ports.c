/* SPDX-License-Identifier: ISC */
#include "doc/import_ports.h"

#include <stdarg.h>

#include "base/buf.h"
#include "doc/needs.h"

enum joint { JOINT_NONE, JOINT_COMMA, JOINT_SLASH, JOINT_AND, JOINT_OR };

struct item {
	const struct word *word; /* WORD_PORTS, WORD_TEMPLATE, WORD_ANY, WORD_ICMP or WORD_IP */
	enum joint joint;	 /* what stands between it and the one before */
	unsigned on;		 /* 0: no transport stands there */
	bool either;		 /* "TCP or UDP" */
	bool named;		 /* a protocol's name in brackets follows it: "5985 (HTTP)" */
};

struct parser {
	struct arena *arena;
	struct table_cell cell;
	const struct phrase_context *context;
	struct phrase *out;
	const char *quote; /* the phrase, for messages */
	struct word *words;
	size_t n, at;
	struct item items[PHRASE_ITEMS_MAX];
	size_t n_items;
	enum joint joint; /* seen since the last item */
	unsigned on;	  /* a transport in front holds for what follows */
	bool either;
	unsigned seen;	/* all transports so far */
	unsigned depth; /* of brackets */
	bool numbers_first, has_ports, dynamic, several_services;
};

/* --- messages --------------------------------------------------------------------------------- */

PRINTF(2, 3) static void ask(struct parser *p, const char *fmt, ...)
{
	struct buf text = BUF_INIT;
	va_list ap;

	buf_addf(&text, "\"%s\": ", p->quote);
	va_start(ap, fmt);
	buf_addfv(&text, fmt, ap);
	va_end(ap);
	if (p->out->n_questions < PHRASE_QUESTIONS_MAX)
		p->out->questions[p->out->n_questions++] = arena_copy(p->arena, buf_slice(&text));
	buf_release(&text);
}

/* A quoted cell of CSV may span lines. */
static struct place place_in(const struct table_cell *cell, size_t offset)
{
	struct place at = cell->at;

	for (size_t i = 0; i < offset && i < cell->text.n; i++) {
		at.column++;
		if (cell->text.p[i] == '\n') {
			at.line++;
			at.column = 1;
		}
	}
	return at;
}

static const char *on_text(unsigned on)
{
	static const char *const texts[] = {
		"nothing", "TCP",	   "UDP",	   "TCP and UDP",
		"SCTP",	   "TCP and SCTP", "UDP and SCTP", "TCP, UDP and SCTP"};

	return texts[on & 7];
}

/* --- words to items --------------------------------------------------------------------------- */

static enum word_kind kind_at(const struct parser *p, size_t i)
{
	return i < p->n ? p->words[i].kind : WORD_OTHER;
}

static enum joint joint_of(enum word_kind kind)
{
	switch (kind) {
	case WORD_COMMA:
		return JOINT_COMMA;
	case WORD_SLASH:
		return JOINT_SLASH;
	case WORD_AND:
		return JOINT_AND;
	case WORD_OR:
		return JOINT_OR;
	default:
		return JOINT_NONE;
	}
}

static bool numbers_follow(const struct parser *p, size_t i)
{
	for (; i < p->n; i++)
		if (word_is_number(p->words[i].kind))
			return true;
	return false;
}

/* "TCP", "TCP/UDP", "TCP and UDP", "TCP or UDP": one word each, or several that stand together.
 * Returns where they end. But in "22 TCP, UDP 53" each has its own number. */
static size_t transports_end(const struct parser *p, unsigned *on, bool *either)
{
	bool behind_number = p->at && word_is_number(kind_at(p, p->at - 1));
	size_t end = p->at + 1;

	*on = p->words[p->at].on;
	*either = false;
	for (;;) {
		size_t k = end;
		bool is_or = false;

		while (word_is_joint(kind_at(p, k)))
			is_or |= kind_at(p, k++) == WORD_OR;
		if (kind_at(p, k) != WORD_TRANSPORT)
			return end;
		if (k > end && behind_number && word_is_number(kind_at(p, k + 1)))
			return end;
		*either |= is_or;
		*on |= p->words[k].on;
		end = k + 1;
	}
}

/* "443/TCP", "443 (TCP)", "443 TCP", "443, 80: TCP" */
static bool is_behind_numbers(const struct parser *p, size_t end)
{
	enum word_kind before = p->at ? kind_at(p, p->at - 1) : WORD_OTHER;
	bool number_before = p->at > 1 && word_is_number(kind_at(p, p->at - 2));

	if (!p->n_items)
		return false;
	if ((before == WORD_SLASH || before == WORD_OPEN) && number_before)
		return true;
	if (word_is_number(before))
		return p->numbers_first || !word_is_number(kind_at(p, end));
	return !numbers_follow(p, end) && !p->items[p->n_items - 1].on;
}

static void bind_backwards(struct parser *p, unsigned on, bool either)
{
	for (size_t i = p->n_items; i-- > 0 && !p->items[i].on;) {
		p->items[i].on = on;
		p->items[i].either = either;
	}
}

static void take_transports(struct parser *p)
{
	unsigned on;
	bool either;
	size_t end = transports_end(p, &on, &either);

	if (is_behind_numbers(p, end)) {
		if (p->joint == JOINT_SLASH)
			p->joint = JOINT_NONE; /* "443/TCP" */
		bool explicit_one = p->n_items && p->items[p->n_items - 1].on && !p->numbers_first;

		if (explicit_one) { /* "TCP 80, 53/udp" */
			p->items[p->n_items - 1].on = on;
			p->items[p->n_items - 1].either = either;
		} else {
			bind_backwards(p, on, either);
		}
	} else if (numbers_follow(p, end) || !p->n_items) {
		p->on = on;
		p->either = either;
		if (kind_at(p, end) == WORD_SLASH)
			end++;
	} else if (on & ~p->seen) {
		ask(p, "%s stands there without a port of its own", on_text(on & ~p->seen));
	}
	p->seen |= on;
	p->at = end;
}

static void add_item(struct parser *p, const struct word *w)
{
	if (p->n_items == PHRASE_ITEMS_MAX)
		return;
	p->items[p->n_items] =
		(struct item){.word = w,
			      .joint = p->n_items && p->joint == JOINT_NONE ? JOINT_AND : p->joint,
			      .on = p->on,
			      .either = p->either};
	if (!p->n_items)
		p->items[0].joint = JOINT_NONE;
	p->n_items++;
	p->joint = JOINT_NONE;
}

static void take_service(struct parser *p, const struct word *w)
{
	struct item *last = p->n_items ? &p->items[p->n_items - 1] : NULL;

	if (p->joint == JOINT_SLASH)
		p->joint = JOINT_NONE; /* "443/https" */
	if (p->depth && last) {
		last->named = true;
		return;
	}
	if (p->out->service && p->out->service != w->service)
		p->several_services = true;
	p->out->service = w->service;
}

/* The rest of the item is a condition: what looks like a port in it is none. */
static void take_condition(struct parser *p)
{
	bool dropped = false;

	if (!p->n_items) {
		ask(p, "the ports depend on a condition; all of them are taken");
		return;
	}
	while (p->at < p->n && kind_at(p, p->at) != WORD_COMMA &&
	       kind_at(p, p->at) != WORD_TRANSPORT && kind_at(p, p->at) != WORD_CLOSE)
		dropped |= word_is_number(kind_at(p, p->at++));
	ask(p, "a condition stands there; perhaps it is a feature, with a requirement of its own%s",
	    dropped ? ", and its number is not taken for a port" : "");
}

static void take_icmp(struct parser *p, const struct word *w)
{
	if (p->n_items && p->items[p->n_items - 1].word->kind == WORD_ICMP)
		return; /* "ICMP echo" */
	add_item(p, w);
	if (!slice_is_nocase(w->text, "ping") && !slice_is_nocase(w->text, "echo") &&
	    !(kind_at(p, p->at) == WORD_ICMP))
		ask(p, "which ICMP messages? echo is assumed");
}

static void take_word(struct parser *p)
{
	const struct word *w = &p->words[p->at++];

	switch (w->kind) {
	case WORD_PORTS:
	case WORD_TEMPLATE:
	case WORD_IP:
		add_item(p, w);
		break;
	case WORD_ICMP:
		take_icmp(p, w);
		break;
	case WORD_ANY:
		if (!p->has_ports && !p->n_items)
			add_item(p, w);
		break;
	case WORD_SERVICE:
		take_service(p, w);
		break;
	case WORD_IF:
		take_condition(p);
		break;
	case WORD_OPEN:
		p->depth++;
		break;
	case WORD_CLOSE:
		p->depth -= p->depth > 0;
		break;
	case WORD_DYNAMIC:
		p->dynamic = true;
		break;
	case WORD_DEFAULT:
		ask(p, "the port can be changed there; perhaps it is a setting");
		break;
	default:
		if (joint_of(w->kind) > p->joint)
			p->joint = joint_of(w->kind);
	}
}

static int take_words(struct parser *p, struct err *err)
{
	size_t numbers = 0;

	for (size_t i = 0; i < p->n; i++) {
		const struct word *w = &p->words[i];
		struct place at = place_in(&p->cell, w->offset);

		if (w->kind == WORD_BAD_PORTS)
			return err_set(err, ERR_DOCUMENT, at,
				       "%.*s is no port and no range of ports",
				       (int)(w->text.n < 40 ? w->text.n : 40), w->text.p);
		if (w->kind == WORD_TRANSPORT && !p->seen && numbers)
			p->numbers_first = true;
		p->seen |= w->kind == WORD_TRANSPORT ? w->on : 0;
		numbers += word_is_number(w->kind);
		if (numbers > PHRASE_ITEMS_MAX)
			return err_set(err, ERR_LIMIT, at, "more than %d ports in one cell",
				       PHRASE_ITEMS_MAX);
	}
	p->has_ports = numbers > 0;
	p->seen = 0;
	while (p->at < p->n) {
		if (p->words[p->at].kind == WORD_TRANSPORT)
			take_transports(p);
		else
			take_word(p);
	}
	if (p->several_services)
		p->out->service = NULL;
	return 0;
}

/* --- what the phrase leaves out --------------------------------------------------------------- */

static void infer(struct parser *p, const char *why)
{
	if (!p->out->inferred)
		p->out->inferred = why;
}

static unsigned assumed_transport(struct parser *p, bool any_port)
{
	const struct known_service *s = p->out->service ? p->out->service : p->context->service;

	if (p->seen) {
		ask(p, "not every port has a protocol; %s is assumed for the others",
		    on_text(p->on ? p->on : p->seen));
		infer(p, "a protocol is given for some of the ports only");
		return p->on ? p->on : p->seen;
	}
	if (s) {
		infer(p, arena_printf(p->arena, "no protocol is given; %s runs over %s", s->name,
				      on_text(s->on)));
		return s->on;
	}
	ask(p, "no protocol is given, %s assumed", any_port ? "TCP and UDP are" : "TCP is");
	infer(p, any_port ? "no protocol is given; TCP and UDP are assumed"
			  : "no protocol is given; TCP is assumed");
	return any_port ? ON_TCP | ON_UDP : ON_TCP;
}

static void complete_transports(struct parser *p)
{
	unsigned assumed = 0;

	for (size_t i = 0; i < p->n_items; i++) {
		struct item *item = &p->items[i];

		if (item->word->kind == WORD_ICMP || item->word->kind == WORD_IP || item->on)
			continue;
		if (p->context->on && !p->seen) {
			item->on = p->context->on;
			item->either = p->context->either;
			continue;
		}
		if (!assumed)
			assumed = assumed_transport(p, item->word->kind == WORD_ANY);
		item->on = assumed;
	}
}

/* "HTTPS" and no number: the one that is assigned. */
static void use_assigned_port(struct parser *p)
{
	const struct known_service *s = p->out->service ? p->out->service : p->context->service;
	struct word *w;

	if (!s)
		return;
	w = ARENA_NEW(p->arena, struct word);
	w->kind = WORD_PORTS;
	w->lo = w->hi = s->port;
	add_item(p, w);
	ask(p, "no port is given; %u is assumed, which is assigned to %s", s->port, s->name);
	infer(p,
	      arena_printf(p->arena, "no port is given; %u is assigned to %s", s->port, s->name));
}

/* "5938, 80 or 443" */
static void read_or_of_list(struct parser *p)
{
	size_t commas = 0;

	for (size_t i = 1; i + 1 < p->n_items; i++) {
		if (p->items[i].joint != JOINT_COMMA)
			return;
		commas++;
	}
	if (!commas || p->items[p->n_items - 1].joint != JOINT_OR)
		return;
	for (size_t i = 1; i < p->n_items; i++)
		p->items[i].joint = JOINT_OR;
}

static void ask_about_joints(struct parser *p)
{
	size_t joints[JOINT_OR + 1] = {0}, named = 0;

	for (size_t i = 1; i < p->n_items; i++)
		joints[p->items[i].joint]++;
	for (size_t i = 0; i < p->n_items; i++)
		named += p->items[i].named;
	if (joints[JOINT_OR] && joints[JOINT_OR] + 1 < p->n_items)
		ask(p, "\"or\" is taken to join its two neighbours only, and the rest are all "
		       "needed");
	else if (joints[JOINT_OR])
		ask(p, "any one of them is taken to be enough");
	if (joints[JOINT_SLASH])
		ask(p, "are both sides of \"/\" needed, or one of them? all are taken");
	if (joints[JOINT_AND] && named > 1)
		ask(p, "all or any of them? all are taken");
}

static void ask_about_number(struct parser *p)
{
	const struct known_service *s = p->out->service ? p->out->service : p->context->service;
	const struct known_service *other;
	const struct word *w = p->items[0].word;

	if (!s || p->n_items != 1 || w->kind != WORD_PORTS || w->lo != w->hi || w->lo == s->port)
		return;
	other = known_service_on(w->lo);
	if (other)
		ask(p, "%s has port %u, and %u is %s; a mistake of the document?", s->name, s->port,
		    w->lo, other->name);
}

static void ask_about_endpoint_mapper(struct parser *p)
{
	bool has_mapper = false, has_range = p->dynamic;

	for (size_t i = 0; i < p->n_items; i++) {
		const struct word *w = p->items[i].word;

		if (w->kind != WORD_PORTS)
			continue;
		has_mapper |= w->lo == 135 && w->hi == 135;
		has_range |= w->hi - w->lo > 100;
	}
	if (has_mapper && !has_range)
		ask(p, "135 is the endpoint mapper, which sends clients on to a dynamic RPC port; "
		       "are those meant too?");
}

/* --- items to needs --------------------------------------------------------------------------- */

static void add_template(struct parser *p, const struct word *w, struct buf *out)
{
	buf_addf(out, "%.*s${nn}%.*s", (int)w->lo, w->text.p, (int)(w->text.n - w->hi),
		 w->text.p + w->hi);
	if (!p->out->hole)
		ask(p, "the two digits in the middle are taken for a setting, nn");
	p->out->hole = "nn";
}

static void add_leaf(struct parser *p, const struct item *item, const char *transport,
		     struct buf *out)
{
	const struct word *w = item->word;

	buf_addf(out, "%s/", transport);
	if (w->kind == WORD_TEMPLATE) {
		add_template(p, w, out);
	} else if (w->kind == WORD_ANY || (w->lo == 1 && w->hi == 65535)) {
		buf_add_text(out, "any");
	} else if (w->lo == w->hi) {
		buf_addf(out, "%u", w->lo);
	} else {
		buf_addf(out, "%s%u-%u", p->dynamic ? "any-of " : "", w->lo, w->hi);
		if (p->dynamic)
			infer(p, "the range is called dynamic: one of its ports, as negotiated");
	}
}

/* The leaves of one item, one a transport; joined by "or", or each added to `all`. */
struct leaves {
	struct text *items;
	size_t n;
};

static void add_text(struct parser *p, struct leaves *all, const char *text)
{
	for_each (t, all)
		if (text_is(*t, text))
			return;
	((struct text *)list_add(p->arena, all, sizeof(struct text)))->s = text;
}

static void add_leaves(struct parser *p, const struct item *item, struct leaves *all)
{
	static const char *const names[] = {"tcp", "udp", "sctp"};
	struct buf leaf = BUF_INIT;

	if (item->word->kind == WORD_ICMP) {
		add_text(p, all, "icmp/echo");
	} else if (item->word->kind == WORD_IP) {
		add_text(p, all, arena_printf(p->arena, "ip/%u", item->word->lo));
	} else {
		for (size_t i = 0; i < ARRAY_LEN(names); i++) {
			if (!(item->on & 1u << i))
				continue;
			buf_clear(&leaf);
			add_leaf(p, item, names[i], &leaf);
			add_text(p, all, arena_copy(p->arena, buf_slice(&leaf)));
		}
	}
	buf_release(&leaf);
}

static const char *join_or(struct parser *p, const struct leaves *parts)
{
	struct buf out = BUF_INIT;
	const char *joined;

	for_each (t, parts)
		buf_addf(&out, "%s%s", out.n ? " or " : "", t->s);
	joined = arena_copy(p->arena, buf_slice(&out));
	buf_release(&out);
	return joined;
}

/* Items that "or" joins are one part; the others are a part for each transport. */
static void add_group(struct parser *p, size_t from, size_t to, struct leaves *all)
{
	struct leaves parts = {0};
	bool both = false;

	for (size_t i = from; i < to; i++) {
		add_leaves(p, &p->items[i], &parts);
		both |= (p->items[i].on & (p->items[i].on - 1)) && !p->items[i].either;
	}
	if (to - from == 1 && !p->items[from].either) {
		for_each (t, &parts)
			add_text(p, all, t->s);
		return;
	}
	if (to - from == 1)
		ask(p, "either protocol is taken to be enough");
	else if (both)
		ask(p, "two protocols inside \"or\": each of them is taken to be enough");
	add_text(p, all, join_or(p, &parts));
}

static const struct expr *parse_part(struct parser *p, const char *text)
{
	struct errs errs = {0};
	const struct expr *e = needs_parse(p->arena, (struct text){text, p->cell.at}, &errs);

	if (!e)
		BUG("\"%s\" does not parse: %s", text, errs.n ? errs.items[0].text : "");
	errs_release(&errs);
	return e;
}

static const struct expr *build(struct parser *p)
{
	struct leaves all = {0};
	struct expr *e;

	for (size_t i = 0, next; i < p->n_items; i = next) {
		next = i + 1;
		while (next < p->n_items && p->items[next].joint == JOINT_OR)
			next++;
		add_group(p, i, next, &all);
	}
	if (all.n == 1)
		return parse_part(p, all.items[0].s);
	e = ARENA_NEW(p->arena, struct expr);
	e->kind = EXPR_ALL;
	e->at = p->cell.at;
	e->kids.items = arena_get(p->arena, all.n, sizeof(*e->kids.items));
	for_each (t, &all)
		e->kids.items[e->kids.n++] = parse_part(p, t->s);
	return e;
}

int phrase_read(struct arena *a, struct table_cell cell, const struct phrase_context *context,
		struct phrase *out, struct err *err)
{
	struct parser p = {.arena = a, .cell = cell, .context = context, .out = out};
	int rc;

	*out = (struct phrase){0};
	p.quote = cell_clean(a, cell.text, 120);
	p.words = words_of(a, cell.text, &p.n);
	rc = take_words(&p, err);
	if (rc)
		return rc;
	if (!p.n_items && !p.dynamic)
		use_assigned_port(&p);
	if (!p.n_items)
		return err_set(err, ERR_DOCUMENT, cell.at, "no port found in \"%s\"", p.quote);
	read_or_of_list(&p);
	complete_transports(&p);
	ask_about_joints(&p);
	ask_about_number(&p);
	ask_about_endpoint_mapper(&p);
	out->needs = build(&p);
	return 0;
}
