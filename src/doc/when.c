/* SPDX-License-Identifier: ISC
 *
 *	or      = and { "or" and }
 *	and     = not { "and" not }
 *	not     = "not" not | "(" or ")" | fact
 *	fact    = role "apart" role | role "with" role | choice "=" word | setting op word | feature
 */
#include "doc/cursor.h"
#include "doc/needs.h"

static const struct cond *take_or(struct cursor *c);

static struct cond *new_cond(struct cursor *c, enum cond_kind kind, const char *at)
{
	struct cond *cond = ARENA_NEW(c->arena, struct cond);

	cond->kind = kind;
	cond->at = cursor_place(c, at);
	return cond;
}

static bool is_keyword(struct slice word)
{
	static const char *const keywords[] = {"and", "or", "not", "apart", "with"};

	for (size_t i = 0; i < ARRAY_LEN(keywords); i++)
		if (slice_is(word, keywords[i]))
			return true;
	return false;
}

static struct text take_word(struct cursor *c, const char *expected)
{
	struct text t = {NULL, PLACE_NONE};
	struct slice name;
	char found[50];

	cursor_blanks(c);
	t.at = cursor_place(c, c->p);
	name = cursor_take_name(c);
	if (is_keyword(name))
		c->p = name.p;
	if (!name.n || is_keyword(name))
		cursor_fail(c, c->p, "expected %s, found %s", expected, cursor_found(c, found));
	t.s = arena_copy(c->arena, name);
	return t;
}

/* "<=" before "<": the longer one first. "=" alone is a choice until the product says that the
 * name is a setting. */
static bool take_comparison(struct cursor *c, enum cond_op *op)
{
	static const struct {
		const char *text;
		enum cond_op op;
	} ops[] = {
		{"<=", COND_LE}, {">=", COND_GE}, {"<", COND_LT}, {">", COND_GT}, {"=", COND_EQ}};

	cursor_blanks(c);
	for (size_t i = 0; i < ARRAY_LEN(ops); i++) {
		if (cursor_take(c, ops[i].text)) {
			*op = ops[i].op;
			return true;
		}
	}
	return false;
}

static const struct cond *take_fact(struct cursor *c)
{
	struct cond *cond;

	cursor_blanks(c);
	cond = new_cond(c, COND_FEATURE, c->p);
	cond->left = take_word(c, "a feature, a role, a choice or a setting");
	if (c->failed)
		return cond;
	if (cursor_take_word(c, "apart")) {
		cond->kind = COND_APART;
		cond->right = take_word(c, "a role");
	} else if (cursor_take_word(c, "with")) {
		cond->kind = COND_WITH;
		cond->right = take_word(c, "a role");
	} else if (take_comparison(c, &cond->op)) {
		cond->kind = cond->op == COND_EQ ? COND_CHOICE : COND_COMPARE;
		cond->right = take_word(c, "a word or a number");
	}
	return cond;
}

static const struct cond *take_not(struct cursor *c)
{
	const struct cond *inner;
	struct cond *cond;
	char found[50];

	if (c->depth > CURSOR_DEPTH_MAX) {
		cursor_fail(c, c->p, "nested more than %d deep", CURSOR_DEPTH_MAX);
		return NULL;
	}
	if (cursor_take_word(c, "not")) {
		cond = new_cond(c, COND_NOT, c->p);
		c->depth++;
		cond->a = take_not(c);
		c->depth--;
		return cond;
	}
	cursor_blanks(c);
	if (!cursor_take(c, "("))
		return take_fact(c);
	c->depth++;
	inner = take_or(c);
	c->depth--;
	cursor_blanks(c);
	if (!cursor_take(c, ")"))
		cursor_fail(c, c->p, "expected \")\", found %s", cursor_found(c, found));
	return inner;
}

static const struct cond *join(struct cursor *c, enum cond_kind kind, const struct cond *a,
			       const struct cond *b)
{
	struct cond *cond = new_cond(c, kind, c->p);

	cond->a = a;
	cond->b = b;
	if (a)
		cond->at = a->at;
	return cond;
}

static const struct cond *take_and(struct cursor *c)
{
	const struct cond *left = take_not(c);

	while (!c->failed && cursor_take_word(c, "and") && cursor_joint(c))
		left = join(c, COND_AND, left, take_not(c));
	return left;
}

static const struct cond *take_or(struct cursor *c)
{
	const struct cond *left = take_and(c);

	while (!c->failed && cursor_take_word(c, "or") && cursor_joint(c))
		left = join(c, COND_OR, left, take_and(c));
	return left;
}

const struct cond *when_parse(struct arena *a, struct text source, struct errs *errs)
{
	struct cursor c = cursor_start(a, source, errs);
	const struct cond *cond = take_or(&c);
	char found[50];

	if (!c.failed && !cursor_at_end(&c))
		cursor_fail(&c, c.p, "expected \"and\", \"or\" or the end, found %s",
			    cursor_found(&c, found));
	return c.failed ? NULL : cond;
}

/* Brackets where the reader needs them: an "or" inside an "and", anything but a fact behind
 * "not". */
static void sub_format(const struct cond *c, bool bracket, struct buf *out)
{
	if (bracket)
		buf_add_char(out, '(');
	when_format(c, out);
	if (bracket)
		buf_add_char(out, ')');
}

void when_format(const struct cond *c, struct buf *out)
{
	static const char *const ops[] = {"<", "<=", "=", ">=", ">"};

	switch (c->kind) {
	case COND_APART:
	case COND_WITH:
		buf_addf(out, "%s %s %s", c->left.s, c->kind == COND_APART ? "apart" : "with",
			 c->right.s);
		break;
	case COND_FEATURE:
		buf_add_text(out, c->left.s);
		break;
	case COND_CHOICE:
	case COND_COMPARE:
		buf_addf(out, "%s %s %s", c->left.s, ops[c->op], c->right.s);
		break;
	case COND_NOT:
		buf_add_text(out, "not ");
		sub_format(c->a, c->a->kind == COND_AND || c->a->kind == COND_OR, out);
		break;
	case COND_AND:
		sub_format(c->a, c->a->kind == COND_OR, out);
		buf_add_text(out, " and ");
		sub_format(c->b, c->b->kind == COND_OR || c->b->kind == COND_AND, out);
		break;
	case COND_OR:
		sub_format(c->a, false, out);
		buf_add_text(out, " or ");
		sub_format(c->b, c->b->kind == COND_OR, out);
		break;
	}
}
