/* SPDX-License-Identifier: ISC
 *
 * What a product needs with the features and choices that were made so far.
 */
#include "doc/needs.h"
#include "doc/site_new.h"

enum { DEPTH_MAX = 16, PORTS_SHOWN = 5 };

struct need {
	const struct site_new *s;
	const struct product *p;
	const char *without; /* this choice is taken for open */
};

/* --- words ------------------------------------------------------------------------------------ */

/* Without "product/" where it is this product's. */
static bool of_product(const char *word, const struct product *p, const char **rest)
{
	const char *slash = strchr(word, '/'), *equals = strchr(word, '=');

	*rest = word;
	if (!slash || (equals && slash > equals))
		return true;
	*rest = slash + 1;
	return slice_is(slice_from_to(word, slash), p->name.s);
}

bool site_split_word(const char *word, const struct product *p, struct slice *name,
		     const char **value)
{
	const char *rest, *equals;

	if (!of_product(word, p, &rest))
		return false;
	equals = strchr(rest, '=');
	if (!equals)
		return false;
	*name = slice_trim(slice_from_to(rest, equals));
	*value = equals + 1;
	return true;
}

const char *site_word(const struct site_words *words, const struct product *p, const char *name)
{
	const char *found = NULL, *value;
	struct slice key;

	for (size_t i = 0; i < words->n; i++)
		if (site_split_word(words->items[i], p, &key, &value) && slice_is(key, name))
			found = value;
	return found;
}

bool site_has_feature(const struct site_new *s, const struct product *p, const struct feature *f)
{
	bool on = f->on;

	for (size_t i = 0; i < s->features.n; i++) {
		const char *word;

		if (!of_product(s->features.items[i], p, &word))
			continue;
		if (text_is(f->name, word))
			on = true;
		else if (slice_has_prefix(slice_of(word), "not ") && text_is(f->name, word + 4))
			on = false;
	}
	return on;
}

/* --- conditions ------------------------------------------------------------------------------- */

static enum truth together(const void *ctx, const char *a, const char *b)
{
	(void)ctx;
	(void)a;
	(void)b;
	return TRUTH_UNKNOWN;
}

static enum truth feature(const void *ctx, const char *name)
{
	const struct need *n = ctx;
	const struct feature *f = product_feature(n->p, name);

	return f && site_has_feature(n->s, n->p, f) ? TRUTH_YES : TRUTH_NO;
}

static const char *choice(const void *ctx, const char *name)
{
	const struct need *n = ctx;
	const struct choice *c = product_choice(n->p, name);
	const char *given = site_word(&n->s->choices, n->p, name);

	if (n->without && strcmp(n->without, name) == 0)
		return NULL;
	return given ? given : c ? c->value.s : NULL;
}

static const char *setting(const void *ctx, const char *name)
{
	const struct need *n = ctx;
	const struct setting *v = product_setting(n->p, name);
	const char *given = site_word(&n->s->settings, n->p, name);

	return given ? given : v ? v->value.s : NULL;
}

static bool applies(const struct need *n, const struct requirement *q)
{
	struct cond_env env = {together, feature, choice, setting, n};

	return !q->when || cond_eval(q->when, &env, NULL) != TRUTH_NO;
}

bool site_requirement_applies(const struct site_new *s, const struct product *p,
			      const struct requirement *q)
{
	struct need n = {s, p, NULL};

	return applies(&n, q);
}

/* --- roles ------------------------------------------------------------------------------------ */

static bool is_end(const struct requirement *q, const char *role)
{
	if (text_is(q->from, role) || text_is(q->to, role))
		return true;
	for_each (m, &q->modes)
		if (text_is(m->from, role) || text_is(m->to, role))
			return true;
	return false;
}

static bool is_used(const struct site_new *s, const struct product *p, const char *role,
		    unsigned depth)
{
	for_each (q, &p->requirements)
		if (is_end(q, role) && site_requirement_applies(s, p, q))
			return true;
	if (depth == DEPTH_MAX)
		return false;
	for_each (r, &p->roles) {
		if (r->is.n && text_is(r->is.items[0], role) && is_used(s, p, r->name.s, depth + 1))
			return true; /* the first takes what no other serves */
		for_each (name, &r->includes)
			if (text_is(*name, role) && is_used(s, p, r->name.s, depth + 1))
				return true;
	}
	return false;
}

bool site_needs_role(const struct site_new *s, const struct product *p, const struct role *r)
{
	return !r->outside && !r->is.n && !r->includes.n && is_used(s, p, r->name.s, 0);
}

/* --- settings and choices --------------------------------------------------------------------- */

static bool ports_use(const struct ports *ports, const char *name);

static bool term_uses(const struct port_term *t, const char *name)
{
	for_each (piece, &t->pieces)
		if (!piece->digits && !piece->ref.role && strcmp(piece->ref.name, name) == 0)
			return true;
	return false;
}

static bool arith_uses(const struct arith *a, const char *name)
{
	if (!a)
		return false;
	if (a->op == ARITH_REF && !a->ref.role && strcmp(a->ref.name, name) == 0)
		return true;
	return arith_uses(a->left, name) || arith_uses(a->right, name);
}

static bool ports_use(const struct ports *ports, const char *name)
{
	return term_uses(&ports->lo, name) || term_uses(&ports->hi, name) ||
	       arith_uses(ports->arith, name);
}

static bool expr_uses(const struct expr *e, const char *name)
{
	if (!e)
		return false;
	if (e->kind == EXPR_LEAF)
		return ports_use(&e->leaf.ports, name) || ports_use(&e->leaf.source, name);
	for_each (kid, &e->kids)
		if (expr_uses(*kid, name))
			return true;
	return false;
}

static bool cond_uses(const struct cond *c, const char *name)
{
	if (!c)
		return false;
	if ((c->kind == COND_CHOICE || c->kind == COND_COMPARE) && text_is(c->left, name))
		return true;
	return cond_uses(c->a, name) || cond_uses(c->b, name);
}

bool site_needs_setting(const struct site_new *s, const struct product *p, const struct setting *v)
{
	for_each (q, &p->requirements) {
		bool uses = expr_uses(q->needs, v->name.s) || expr_uses(q->also, v->name.s) ||
			    expr_uses(q->forbid, v->name.s) || cond_uses(q->when, v->name.s);

		for_each (m, &q->modes)
			uses |= expr_uses(m->needs, v->name.s);
		if (uses && site_requirement_applies(s, p, q))
			return true;
	}
	return false;
}

bool site_needs_choice(const struct site_new *s, const struct product *p, const struct choice *c)
{
	struct need n = {s, p, c->name.s};

	for_each (q, &p->requirements)
		if (cond_uses(q->when, c->name.s) && applies(&n, q))
			return true;
	return false;
}

/* --- describing ------------------------------------------------------------------------------- */

/* ${web_port} as its value; one without a value stays. */
static void add_resolved(const struct need *n, const char *text, struct buf *out)
{
	while (*text) {
		const char *end = strncmp(text, "${", 2) == 0 ? strchr(text, '}') : NULL;
		char name[220], *dot;
		const struct role *r;
		const char *value;

		if (!end || (size_t)(end - text) > sizeof(name)) {
			buf_add_char(out, *text++);
			continue;
		}
		snprintf(name, sizeof(name), "%.*s", (int)(end - text - 2), text + 2);
		value = setting(n, name);
		dot = strchr(name, '.');
		if (!value && dot) {
			*dot = '\0';
			r = product_role(n->p, name);
			value = r && role_setting(r, dot + 1) ? role_setting(r, dot + 1)->value.s
							      : NULL;
		}
		if (value)
			buf_add_text(out, value);
		else
			buf_add(out, text, (size_t)(end + 1 - text));
		text = end + 1;
	}
}

struct names { /* for one description: each once, the first few shown */
	struct buf text;
	size_t n;
};

static void add_name(struct names *names, const char *name)
{
	struct slice rest = buf_slice(&names->text), one;

	while (slice_cut(&rest, ',', &one))
		if (slice_is(slice_trim(one), name))
			return;
	if (names->n++ < PORTS_SHOWN)
		buf_addf(&names->text, "%s%s", names->text.n ? ", " : "", name);
}

static void add_ports(const struct need *n, const struct expr *e, struct names *names)
{
	struct buf raw = BUF_INIT, text = BUF_INIT;

	if (e && (e->kind == EXPR_ALL || e->kind == EXPR_SET)) {
		for_each (kid, &e->kids)
			add_ports(n, *kid, names);
	} else if (e) {
		needs_format(e, &raw);
		add_resolved(n, raw.data, &text);
		add_name(names, text.data);
	}
	buf_release(&raw);
	buf_release(&text);
}

/* The role itself, or one that it stands in for. */
static bool plays(const struct product *p, struct text end, const struct role *r)
{
	const struct role *other = end.s ? product_role(p, end.s) : NULL;

	if (text_same(end, r->name))
		return true;
	if (!other)
		return false;
	if (other->is.n && text_same(other->is.items[0], r->name))
		return true;
	for_each (name, &other->includes)
		if (text_same(*name, r->name))
			return true;
	return false;
}

static void add_modes(const struct need *n, const struct requirement *q, const struct role *r,
		      struct names *listens)
{
	for_each (m, &q->modes)
		if (plays(n->p, m->to.s ? m->to : q->to, r))
			add_ports(n, m->needs, listens);
}

void site_describe_role(const struct site_new *s, const struct product *p, const struct role *r,
			struct buf *out)
{
	struct need n = {s, p, NULL};
	struct names listens = {BUF_INIT, 0}, connects = {BUF_INIT, 0};

	for_each (q, &p->requirements) {
		if (q->forbid || !applies(&n, q))
			continue;
		if (plays(p, q->to, r) && q->needs)
			add_ports(&n, q->needs, &listens);
		if (plays(p, q->from, r))
			add_name(&connects, q->to.s);
		add_modes(&n, q, r, &listens);
	}
	buf_add_text(out, r->title.s ? r->title.s : r->name.s);
	if (listens.n)
		buf_addf(out, "; listens on %s", listens.text.data);
	else if (connects.n)
		buf_addf(out, "; connects to %s", connects.text.data);
	if ((listens.n ? listens.n : connects.n) > PORTS_SHOWN)
		buf_addf(out, " and %zu more", (listens.n ? listens.n : connects.n) - PORTS_SHOWN);
	buf_release(&listens.text);
	buf_release(&connects.text);
}
