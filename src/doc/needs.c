/* SPDX-License-Identifier: ISC */
#include "doc/needs.h"

#include <stdlib.h>

#include "base/suggest.h"
#include "doc/cursor.h"

/* --- ports ----------------------------------------------------------------------------------- */

/* "${name}" or "${role.name}"; the cursor stands at the "$". */
static struct setting_ref take_ref(struct cursor *c)
{
	const char *begin = c->p;
	struct setting_ref ref = {.at = cursor_place(c, begin)};
	struct slice name, role;

	if (!cursor_take(c, "${")) {
		cursor_fail(c, begin, "expected ${setting} or ${role.setting}");
		return ref;
	}
	name = cursor_take_name(c);
	if (!name.n || !cursor_take(c, "}")) {
		cursor_fail(c, begin, "expected ${setting} or ${role.setting}, closed by }");
		return ref;
	}
	slice_cut(&name, '.', &role);
	if (name.p && (!name.n || !role.n)) {
		cursor_fail(c, begin, "expected ${setting} or ${role.setting}");
		return ref;
	}
	ref.role = name.p ? arena_copy(c->arena, role) : NULL;
	ref.name = arena_copy(c->arena, name.p ? name : role);
	return ref;
}

static bool check_number(struct cursor *c, struct slice digits)
{
	uint64_t port;

	if (slice_number(digits, 65535, &port) && port > 0)
		return true;
	cursor_fail(c, digits.p, "%.*s is no port: 1 to 65535",
		    (int)(digits.n < 40 ? digits.n : 40), digits.p);
	return false;
}

/* 443, ${web_port}, 3${nn}15 */
static bool take_term(struct cursor *c, struct port_term *term)
{
	enum { PIECES_MAX = 8 };
	const char *begin = c->p;
	char found[50];

	term->pieces.items = ARENA_ARRAY(c->arena, struct port_piece, PIECES_MAX);
	while (!c->failed && c->p < c->end && (*c->p == '$' || (*c->p >= '0' && *c->p <= '9'))) {
		struct port_piece *piece;

		if (term->pieces.n == PIECES_MAX) {
			cursor_fail(c, begin, "a port of more than %d pieces", PIECES_MAX);
			return false;
		}
		piece = &term->pieces.items[term->pieces.n++];
		if (*c->p == '$')
			piece->ref = take_ref(c);
		else
			piece->digits = arena_copy(c->arena, cursor_take_digits(c));
	}
	if (c->failed)
		return false;
	if (!term->pieces.n) {
		cursor_fail(c, c->p, "expected a port, found %s", cursor_found(c, found));
		return false;
	}
	if (term->pieces.n == 1 && term->pieces.items[0].digits)
		return check_number(c, slice_from_to(begin, c->p));
	return true;
}

static const struct arith *take_sum(struct cursor *c);

static struct arith *new_arith(struct cursor *c, enum arith_op op)
{
	struct arith *a = ARENA_NEW(c->arena, struct arith);

	a->op = op;
	return a;
}

/* number | ${ref} | "(" sum ")" */
static const struct arith *take_factor(struct cursor *c)
{
	struct arith *a = new_arith(c, ARITH_NUMBER);
	struct slice digits;
	char found[50];
	uint64_t number;

	cursor_blanks(c);
	if (cursor_take(c, "(")) {
		const struct arith *inner;

		if (++c->depth > CURSOR_DEPTH_MAX)
			cursor_fail(c, c->p, "more than %d brackets", CURSOR_DEPTH_MAX);
		inner = take_sum(c);
		c->depth--;
		cursor_blanks(c);
		if (!cursor_take(c, ")"))
			cursor_fail(c, c->p, "expected \")\", found %s", cursor_found(c, found));
		return inner;
	}
	if (c->p < c->end && *c->p == '$') {
		a->op = ARITH_REF;
		a->ref = take_ref(c);
		return a;
	}
	digits = cursor_take_digits(c);
	if (!slice_number(digits, 1000000, &number))
		cursor_fail(c, digits.p, "expected a number of at most 1000000, found %s",
			    cursor_found(c, found));
	else
		a->number = (long)number;
	return a;
}

/* The operator that comes next, blanks before it skipped; 0, and nothing taken, where none does. */
static char take_operator(struct cursor *c, const char *operators)
{
	const char *before = c->p;

	cursor_blanks(c);
	if (!c->failed && c->p < c->end && strchr(operators, *c->p) && *c->p)
		return *c->p++;
	c->p = before;
	return 0;
}

static const struct arith *take_product(struct cursor *c)
{
	const struct arith *left = take_factor(c);

	while (!c->failed && take_operator(c, "*") && cursor_joint(c)) {
		struct arith *a = new_arith(c, ARITH_MUL);

		a->left = left;
		a->right = take_factor(c);
		left = a;
	}
	return left;
}

static const struct arith *take_sum(struct cursor *c)
{
	const struct arith *left = take_product(c);
	char op;

	while (!c->failed && (op = take_operator(c, "+-")) && cursor_joint(c)) {
		struct arith *a = new_arith(c, op == '+' ? ARITH_ADD : ARITH_SUB);

		a->left = left;
		a->right = take_product(c);
		left = a;
	}
	return left;
}

/* Where both ends are plain numbers the order is known now; else when they are resolved. */
static void check_span(struct cursor *c, const char *begin, const struct ports *p)
{
	if (p->lo.pieces.n != 1 || p->hi.pieces.n != 1 || !p->lo.pieces.items[0].digits ||
	    !p->hi.pieces.items[0].digits)
		return;
	if (strtol(p->lo.pieces.items[0].digits, NULL, 10) >
	    strtol(p->hi.pieces.items[0].digits, NULL, 10))
		cursor_fail(c, begin, "the range ends before it begins");
}

static void take_span(struct cursor *c, struct ports *p)
{
	const char *begin = c->p;

	p->kind = PORTS_SPAN;
	if (!take_term(c, &p->lo) || !cursor_take(c, "-"))
		return;
	p->has_hi = true;
	if (take_term(c, &p->hi))
		check_span(c, begin, p);
}

static void take_ports(struct cursor *c, struct ports *p)
{
	struct slice word = cursor_peek_word(c);

	if (slice_is(word, "any")) {
		p->kind = PORTS_ANY;
		c->p += 3;
	} else if (slice_is(word, "parent")) {
		p->kind = PORTS_PARENT;
		c->p += 6;
	} else if (cursor_take(c, "=")) {
		p->kind = PORTS_ARITH;
		p->arith = take_sum(c);
	} else if (slice_is(word, "any-of")) {
		c->p += 6;
		cursor_blanks(c);
		p->any_of = true;
		take_span(c, p);
	} else {
		take_span(c, p);
	}
}

/* --- leaves ---------------------------------------------------------------------------------- */

static void take_icmp(struct cursor *c, struct leaf *leaf)
{
	struct slice name = cursor_take_name(c);

	if (!icmp_name_find(name))
		cursor_fail(c, name.p,
			    "\"%.*s\" is no ICMP message that is known here, such as echo",
			    (int)(name.n < 40 ? name.n : 40), name.p);
	leaf->name = arena_copy(c->arena, name);
}

static void take_ip(struct cursor *c, struct leaf *leaf)
{
	struct slice digits = cursor_take_digits(c);
	uint64_t number;

	if (!digits.n && cursor_take_word(c, "any"))
		leaf->number = IP_ANY;
	else if (!slice_number(digits, 255, &number))
		cursor_fail(c, digits.p, "expected an IP protocol number, 0 to 255, or any");
	else
		leaf->number = (unsigned)number;
}

static void take_rpc(struct cursor *c, struct leaf *leaf)
{
	struct slice name = cursor_take_name(c);

	if (!rpc_name_find(name))
		cursor_fail(c, name.p, "\"%.*s\" is no RPC service that is known here, such as wmi",
			    (int)(name.n < 40 ? name.n : 40), name.p);
	leaf->name = arena_copy(c->arena, name);
}

static void take_service(struct cursor *c, struct leaf *leaf)
{
	struct slice name;

	cursor_blanks(c);
	name = cursor_take_name(c);
	if (!name.n)
		cursor_fail(c, c->p, "expected the name of a protocol after \"as\"");
	leaf->service = arena_copy(c->arena, name);
}

static enum transport take_transport(struct cursor *c)
{
	const char *begin = c->p;
	struct slice name = cursor_take_name(c);
	struct suggest s = suggest_start(name);
	char hint[SUGGEST_TEXT_MAX], found[50];

	for (int t = TRANSPORT_TCP; t < TRANSPORT_COUNT; t++)
		if (slice_is(name, transport_names[t]) && cursor_take(c, "/"))
			return (enum transport)t;
	for (int t = TRANSPORT_TCP; t < TRANSPORT_COUNT; t++)
		suggest_add(&s, transport_names[t]);
	c->p = begin;
	if (name.n && begin + name.n < c->end && begin[name.n] == '/')
		cursor_fail(c, begin,
			    "unknown transport \"%.*s\": tcp, udp, sctp, icmp, ip or rpc%s",
			    (int)(name.n < 40 ? name.n : 40), name.p, suggest_text(&s, hint));
	else
		cursor_fail(c, begin, "expected something like tcp/443, found %s",
			    cursor_found(c, found));
	return TRANSPORT_NONE;
}

static void take_leaf(struct cursor *c, struct leaf *leaf)
{
	leaf->transport = take_transport(c);
	if (c->failed)
		return;
	switch (leaf->transport) {
	case TRANSPORT_ICMP:
		take_icmp(c, leaf);
		break;
	case TRANSPORT_IP:
		take_ip(c, leaf);
		break;
	case TRANSPORT_RPC:
		take_rpc(c, leaf);
		break;
	default:
		take_ports(c, &leaf->ports);
		if (cursor_take_word(c, "from")) {
			cursor_blanks(c);
			take_ports(c, &leaf->source);
		}
	}
	if (cursor_take_word(c, "as"))
		take_service(c, leaf);
	leaf->degraded = cursor_take_word(c, "degraded");
}

/* --- expressions ----------------------------------------------------------------------------- */

static struct expr *take_expr(struct cursor *c);

static struct expr *new_expr(struct cursor *c, enum expr_kind kind, const char *at)
{
	struct expr *e = ARENA_NEW(c->arena, struct expr);

	e->kind = kind;
	e->at = cursor_place(c, at);
	return e;
}

static struct expr *take_bracket(struct cursor *c)
{
	struct expr *e;
	char found[50];

	if (++c->depth > CURSOR_DEPTH_MAX) {
		cursor_fail(c, c->p, "more than %d brackets", CURSOR_DEPTH_MAX);
		return NULL;
	}
	e = take_expr(c);
	c->depth--;
	cursor_blanks(c);
	if (!cursor_take(c, ")"))
		cursor_fail(c, c->p, "expected \")\", found %s", cursor_found(c, found));
	return e;
}

static struct expr *take_term_expr(struct cursor *c)
{
	const char *begin;
	struct expr *e;

	cursor_blanks(c);
	begin = c->p;
	if (cursor_take(c, "("))
		return take_bracket(c);
	if (cursor_take(c, "@")) {
		struct slice name = cursor_take_name(c);

		e = new_expr(c, EXPR_SET, begin);
		if (!name.n)
			cursor_fail(c, begin, "expected the name of a set after \"@\"");
		e->set = arena_copy(c->arena, name);
		return e;
	}
	e = new_expr(c, EXPR_LEAF, begin);
	take_leaf(c, &e->leaf);
	return e;
}

static void add_kid(struct cursor *c, struct expr *e, const struct expr *kid)
{
	enum { KIDS_MAX = 64 };

	if (!e->kids.items)
		e->kids.items = arena_get(c->arena, KIDS_MAX, sizeof(*e->kids.items));
	if (e->kids.n == KIDS_MAX)
		cursor_fail(c, c->p, "more than %d alternatives", KIDS_MAX);
	else
		e->kids.items[e->kids.n++] = kid;
}

/* term { "or" term } | term { "else" term }; mixing needs brackets. */
static struct expr *take_expr(struct cursor *c)
{
	const char *begin = c->p;
	struct expr *first = take_term_expr(c), *joined = NULL;

	while (!c->failed) {
		const char *at = c->p;
		bool is_or = cursor_take_word(c, "or");
		bool is_else = !is_or && cursor_take_word(c, "else");

		if (!is_or && !is_else)
			break;
		if (!joined) {
			joined = new_expr(c, is_or ? EXPR_ANY : EXPR_ELSE, begin);
			add_kid(c, joined, first);
		} else if ((joined->kind == EXPR_ANY) != is_or) {
			cursor_blanks(c);
			cursor_fail(c, at, "mixing \"or\" and \"else\" needs brackets");
			break;
		}
		add_kid(c, joined, take_term_expr(c));
	}
	return joined ? joined : first;
}

const struct expr *needs_parse(struct arena *a, struct text source, struct errs *errs)
{
	struct cursor c = cursor_start(a, source, errs);
	struct expr *e = take_expr(&c);
	char found[50];

	if (!c.failed && !cursor_at_end(&c)) {
		if (*c.p == ',')
			cursor_fail(&c, c.p,
				    "no commas: write a YAML list for \"all of\", "
				    "or \"or\" between alternatives");
		else if (*c.p == '-')
			cursor_fail(&c, c.p, "expected the end of a range directly behind \"-\"");
		else
			cursor_fail(&c, c.p, "expected \"or\", \"else\" or the end, found %s",
				    cursor_found(&c, found));
	}
	return c.failed ? NULL : e;
}

/* --- printing -------------------------------------------------------------------------------- */

static void ref_format(const struct setting_ref *ref, struct buf *out)
{
	buf_addf(out, "${%s%s%s}", ref->role ? ref->role : "", ref->role ? "." : "", ref->name);
}

static void term_format(const struct port_term *t, struct buf *out)
{
	for_each (piece, &t->pieces) {
		if (piece->digits)
			buf_add_text(out, piece->digits);
		else
			ref_format(&piece->ref, out);
	}
}

/* Brackets only where they are needed: everything joins from the left, "*" before "+" and "-". */
static void arith_format(const struct arith *a, unsigned binds, struct buf *out)
{
	static const char signs[] = {[ARITH_ADD] = '+', [ARITH_SUB] = '-', [ARITH_MUL] = '*'};
	unsigned mine = a->op == ARITH_MUL ? 2 : 1;

	if (a->op == ARITH_NUMBER) {
		buf_addf(out, "%ld", a->number);
	} else if (a->op == ARITH_REF) {
		ref_format(&a->ref, out);
	} else {
		if (mine < binds)
			buf_add_char(out, '(');
		arith_format(a->left, mine, out);
		buf_add_char(out, signs[a->op]);
		arith_format(a->right, mine + 1, out);
		if (mine < binds)
			buf_add_char(out, ')');
	}
}

void ports_format(const struct ports *p, struct buf *out)
{
	switch (p->kind) {
	case PORTS_NONE:
		break;
	case PORTS_SPAN:
		if (p->any_of)
			buf_add_text(out, "any-of ");
		term_format(&p->lo, out);
		if (p->has_hi) {
			buf_add_char(out, '-');
			term_format(&p->hi, out);
		}
		break;
	case PORTS_ANY:
		buf_add_text(out, "any");
		break;
	case PORTS_ARITH:
		buf_add_char(out, '=');
		arith_format(p->arith, 0, out);
		break;
	case PORTS_PARENT:
		buf_add_text(out, "parent");
		break;
	}
}

void leaf_format(const struct leaf *l, struct buf *out)
{
	buf_addf(out, "%s/", transport_names[l->transport]);
	if (l->name)
		buf_add_text(out, l->name);
	else if (l->transport == TRANSPORT_IP && l->number == IP_ANY)
		buf_add_text(out, "any");
	else if (l->transport == TRANSPORT_IP)
		buf_addf(out, "%u", l->number);
	ports_format(&l->ports, out);
	if (l->source.kind != PORTS_NONE) {
		buf_add_text(out, " from ");
		ports_format(&l->source, out);
	}
	if (l->service)
		buf_addf(out, " as %s", l->service);
	if (l->degraded)
		buf_add_text(out, " degraded");
}

static void kids_format(const struct expr *e, const char *between, struct buf *out)
{
	for (size_t i = 0; i < e->kids.n; i++) {
		const struct expr *kid = e->kids.items[i];
		bool bracket = kid->kind == EXPR_ANY || kid->kind == EXPR_ELSE;

		if (i)
			buf_add_text(out, between);
		if (bracket)
			buf_add_char(out, '(');
		needs_format(kid, out);
		if (bracket)
			buf_add_char(out, ')');
	}
}

void needs_format(const struct expr *e, struct buf *out)
{
	switch (e->kind) {
	case EXPR_LEAF:
		leaf_format(&e->leaf, out);
		break;
	case EXPR_SET:
		buf_addf(out, "@%s", e->set);
		break;
	case EXPR_ANY:
		kids_format(e, " or ", out);
		break;
	case EXPR_ELSE:
		kids_format(e, " else ", out);
		break;
	case EXPR_ALL:
		buf_add_char(out, '[');
		kids_format(e, ", ", out);
		buf_add_char(out, ']');
		break;
	}
}
