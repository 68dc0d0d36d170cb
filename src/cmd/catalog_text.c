/* SPDX-License-Identifier: ISC
 *
 * The layout of `portolan catalog show`: what somebody wants to know at two in the morning comes as
 * "from -> to: ports", ordered as the document is.
 */
#include "base/escape.h"
#include "cmd/catalog_print.h"
#include "doc/needs.h"

enum { NAME_WIDTH = 24 };

static void add(struct buf *out, const char *s)
{
	escape_terminal(out, slice_of(s));
}

static void head(struct buf *out, const char *title)
{
	buf_addf(out, "\n%s\n", title);
}

/* "    label: text" */
static void line(struct buf *out, const char *label, const char *s)
{
	if (!s)
		return;
	buf_addf(out, "    %s", label);
	add(out, s);
	buf_add_char(out, '\n');
}

static void column(struct buf *out, const char *s)
{
	size_t before = out->n;

	buf_add_text(out, "  ");
	add(out, s);
	buf_add_fill(out, ' ', out->n - before < NAME_WIDTH ? NAME_WIDTH - (out->n - before) : 1);
}

/* --- parts that others use ------------------------------------------------------------------- */

void needs_text(const struct expr *e, struct buf *out)
{
	if (e->kind != EXPR_ALL) {
		needs_format(e, out);
		return;
	}
	for (size_t i = 0; i < e->kids.n; i++) {
		bool joined =
			e->kids.items[i]->kind != EXPR_LEAF && e->kids.items[i]->kind != EXPR_SET;

		buf_add_text(out, i ? ", " : "");
		buf_add_text(out, joined ? "(" : "");
		needs_format(e->kids.items[i], out);
		buf_add_text(out, joined ? ")" : "");
	}
}

void documented_text(const struct documented *d, struct buf *out)
{
	if (d->none)
		buf_add_text(out, "nothing");
	if (d->from.s)
		buf_addf(out, "from %s ", d->from.s);
	if (d->to.s)
		buf_addf(out, "to %s ", d->to.s);
	if (d->needs)
		needs_text(d->needs, out);
	else if (out->n && out->data[out->n - 1] == ' ')
		buf_truncate(out, out->n - 1);
}

static const struct document *find_document(const struct product *p, struct text name)
{
	for_each (d, &p->documents)
		if (text_same(d->name, name))
			return d;
	return NULL;
}

void docref_text(const struct product *p, const struct docref *d, struct buf *out)
{
	const struct document *document = find_document(p, d->in);

	buf_add_text(out, document ? document->title.s : d->in.s);
	if (document && document->publisher.s)
		buf_addf(out, " (%s)", document->publisher.s);
	if (d->section.s)
		buf_addf(out, ", section %s", d->section.s);
	if (d->row.s)
		buf_addf(out, ", row %s", d->row.s);
	if (d->note.s)
		buf_addf(out, ": %s", d->note.s);
}

/* --- what stands before the requirements ------------------------------------------------------ */

static void add_role_kind(struct buf *out, const struct role *r)
{
	if (r->many)
		buf_add_text(out, " (several)");
	if (r->optional)
		buf_add_text(out, " (may be missing)");
	if (r->outside)
		buf_add_text(out, " (outside the site)");
	for_each (name, &r->is)
		buf_addf(out, "%s%s", name == r->is.items ? "; played by " : " or ", name->s);
	for_each (name, &r->includes)
		buf_addf(out, "%s%s", name == r->includes.items ? "; everyone who is " : " or ",
			 name->s);
}

static void add_setting(struct buf *out, const struct setting *s, const char *role)
{
	struct buf name = BUF_INIT;

	if (role)
		buf_addf(&name, "%s.", role);
	buf_add_text(&name, s->name.s);
	column(out, name.data);
	buf_addf(out, "%s ", setting_type_names[s->type]);
	add(out, s->value.s ? s->value.s : "(the site must say)");
	if (s->title.s) {
		buf_add_text(out, ": ");
		add(out, s->title.s);
	}
	buf_add_char(out, '\n');
	buf_release(&name);
}

static void add_below(struct buf *out, const char *text)
{
	column(out, "");
	add(out, text);
	buf_add_char(out, '\n');
}

static void add_roles(struct buf *out, const struct product *p)
{
	char text[PREFIX_TEXT_MAX];

	head(out, "Roles");
	for_each (r, &p->roles) {
		column(out, r->name.s);
		add(out, r->title.s ? r->title.s : "");
		add_role_kind(out, r);
		buf_add_char(out, '\n');
		for_each (name, &r->names)
			add_below(out, name->s);
		for_each (address, &r->addresses)
			add_below(out, prefix_text(address, text));
		for_each (group, &r->multicast)
			add_below(out, prefix_text(group, text));
	}
}

static void add_settings(struct buf *out, const struct product *p)
{
	size_t n = p->settings.n;

	for_each (r, &p->roles)
		n += r->settings.n;
	if (!n)
		return;
	head(out, "Settings, with what holds unless the site says otherwise");
	for_each (s, &p->settings)
		add_setting(out, s, NULL);
	for_each (r, &p->roles)
		for_each (s, &r->settings)
			add_setting(out, s, r->name.s);
}

static void add_features(struct buf *out, const struct product *p)
{
	if (p->features.n)
		head(out, "Features: off unless marked, a site turns on what it uses");
	for_each (f, &p->features) {
		column(out, f->name.s);
		add(out, f->title.s ? f->title.s : "");
		buf_add_text(out, f->on ? " (on)" : "");
		for_each (other, &f->conflicts)
			buf_addf(out, "%s%s", other == f->conflicts.items ? "; excludes " : ", ",
				 other->s);
		buf_add_char(out, '\n');
	}
}

static void add_choices(struct buf *out, const struct product *p)
{
	if (p->choices.n)
		head(out, "Choices: exactly one of each");
	for_each (c, &p->choices) {
		column(out, c->name.s);
		for_each (option, &c->options) {
			buf_add_text(out, option == c->options.items ? "" : ", ");
			add(out, option->s);
			buf_add_text(out, text_same(*option, c->value) ? " (default)" : "");
		}
		if (c->title.s) {
			buf_add_text(out, ": ");
			add(out, c->title.s);
		}
		buf_add_char(out, '\n');
	}
}

static void add_networks(struct buf *out, const struct product *p)
{
	if (p->networks.n)
		head(out, "Networks: the site says which addresses they have");
	for_each (n, &p->networks) {
		column(out, n->name.s);
		add(out, n->title.s ? n->title.s : "");
		buf_add_char(out, '\n');
	}
}

static void add_sets(struct buf *out, const struct product *p)
{
	struct buf text = BUF_INIT;

	if (p->sets.n)
		head(out, "Sets");
	for_each (set, &p->sets) {
		buf_clear(&text);
		needs_text(set->needs, &text);
		buf_addf(out, "  @%s = ", set->name.s);
		add(out, text.data);
		buf_add_char(out, '\n');
	}
	buf_release(&text);
}

/* --- requirements ----------------------------------------------------------------------------- */

/* A setting's value in place of ${name}, where it has one: "tcp/443 (tcp/${web_port})". */
static const char *default_of(const struct product *p, struct slice ref)
{
	struct slice role, rest = ref;
	const struct setting *s = NULL;

	if (memchr(ref.p, '.', ref.n)) {
		slice_cut(&rest, '.', &role);
		for_each (r, &p->roles)
			if (slice_is(role, r->name.s))
				for_each (own, &r->settings)
					if (slice_is(rest, own->name.s))
						s = own;
	} else {
		for_each (own, &p->settings)
			if (slice_is(ref, own->name.s))
				s = own;
	}
	return s ? s->value.s : NULL;
}

/* False where something has no value yet; then the text is of no use. */
static bool fill_in(const struct product *p, struct slice text, struct buf *out)
{
	while (text.n) {
		const char *end;
		const char *value;

		if (text.n < 2 || text.p[0] != '$' || text.p[1] != '{') {
			buf_add_char(out, text.p[0]);
			text = slice_skip(text, 1);
			continue;
		}
		end = memchr(text.p, '}', text.n);
		value = end ? default_of(p, slice_from_to(text.p + 2, end)) : NULL;
		if (!value)
			return false;
		buf_add_text(out, value);
		text = slice_skip(text, (size_t)(end - text.p) + 1);
	}
	return true;
}

static void add_needs(struct buf *out, const struct product *p, const struct expr *e)
{
	struct buf text = BUF_INIT, filled = BUF_INIT;

	needs_text(e, &text);
	if (strstr(text.data, "${") && !strchr(text.data, '=') &&
	    fill_in(p, buf_slice(&text), &filled)) {
		add(out, filled.data);
		buf_add_text(out, "  (");
		add(out, text.data);
		buf_add_char(out, ')');
	} else {
		add(out, text.data);
	}
	buf_release(&text);
	buf_release(&filled);
}

static void add_arrow(struct buf *out, const struct requirement *q, const struct mode *m)
{
	buf_addf(out, "    %s -> %s: ", m && m->from.s ? m->from.s : q->from.s,
		 m && m->to.s ? m->to.s : q->to.s);
}

static void add_ways(struct buf *out, const struct product *p, const struct requirement *q)
{
	for_each (m, &q->modes) {
		add_arrow(out, q, m);
		add_needs(out, p, m->needs);
		buf_addf(out, "  [%s]\n", m->name.s);
	}
	if (q->modes.n)
		return;
	add_arrow(out, q, NULL);
	if (q->forbid)
		buf_add_text(out, "NEVER ");
	if (q->link_local)
		buf_add_text(out, "within one host: ");
	if (q->link_none && !q->link_local)
		buf_add_text(out, "no network path");
	else
		add_needs(out, p, q->forbid ? q->forbid : q->needs);
	if (q->service.s)
		buf_addf(out, ", %s", q->service.s);
	if (q->secure.s) {
		buf_add_text(out, ", protected by ");
		add(out, q->secure.s);
	}
	buf_add_char(out, '\n');
	if (q->also) {
		buf_add_text(out, "    also opened, never decides: ");
		add_needs(out, p, q->also);
		buf_add_char(out, '\n');
	}
}

static void add_conditions(struct buf *out, const struct requirement *q)
{
	struct buf text = BUF_INIT;

	if (q->when) {
		when_format(q->when, &text);
		line(out, "when ", text.data);
	}
	if (q->level != LEVEL_REQUIRED)
		buf_addf(out, "    %s\n", level_names[q->level]);
	line(out, "without it: ", q->without.s);
	if (q->phase != PHASE_ANY)
		line(out, "only at ", phase_names[q->phase]);
	if (q->via != VIA_DIRECT)
		line(out, "way: ", q->via == VIA_PROXY ? "by the proxy" : "direct or by the proxy");
	if (q->network.from.s && text_same(q->network.from, q->network.to)) {
		line(out, "both ends on the network ", q->network.from.s);
	} else {
		line(out, "from its address on the network ", q->network.from.s);
		line(out, "to its address on the network ", q->network.to.s);
	}
	if (q->reach == REACH_ONE)
		buf_addf(out, "    any one of them is enough: %s\n", q->to.s);
	for_each (tag, &q->tags)
		line(out, "class: ", tag->s);
	line(out, "negotiated by ", q->child_of.s);
	for_each (id, &q->after)
		line(out, "after ", id->s);
	for_each (c, &q->path) {
		buf_addf(out, "    the way: %s", path_quality_names[c->quality]);
		if (c->value)
			buf_addf(out, " %u", c->value);
		buf_add_char(out, '\n');
	}
	if (q->if_unused == IF_UNUSED_RESET)
		buf_add_text(out, "    unused: answer with a reset, do not swallow\n");
	if (q->reply == REPLY_OTHER_PORT)
		buf_add_text(out, "    answers come from another port\n");
	buf_release(&text);
}

static void add_deviation(struct buf *out, const struct requirement *q)
{
	struct buf text = BUF_INIT;

	if (q->documented.given) {
		documented_text(&q->documented, &text);
		line(out, "the document says: ", text.data);
	}
	if (q->defect.s)
		buf_addf(out, "    %s: ", defect_names[q->defect_kind]);
	add(out, q->defect.s ? q->defect.s : "");
	buf_add_text(out, q->defect.s ? "\n" : "");
	for_each (i, &q->inferred) {
		buf_addf(out, "    inferred, %s: ", i->field.s);
		add(out, i->reason.s);
		buf_add_char(out, '\n');
	}
	buf_release(&text);
}

static void add_requirement(struct buf *out, const struct product *p, const struct requirement *q)
{
	struct buf ref = BUF_INIT;

	buf_addf(out, "  %s", q->id.s);
	if (q->doc.n && q->doc.items[0].row.s) {
		buf_add_text(out, "  [");
		add(out, q->doc.items[0].row.s);
		buf_add_char(out, ']');
	}
	buf_add_char(out, '\n');
	line(out, "", q->title.s);
	add_ways(out, p, q);
	line(out, "", q->why.s);
	add_conditions(out, q);
	add_deviation(out, q);
	for (size_t i = 1; i < q->doc.n; i++) {
		buf_clear(&ref);
		docref_text(p, &q->doc.items[i], &ref);
		line(out, "also in ", ref.data);
	}
	buf_release(&ref);
}

static bool same_text(struct text a, struct text b)
{
	return (!a.s && !b.s) || text_same(a, b);
}

/* Whether two requirements stand under one head: by their first reference. */
static bool same_section(const struct requirement *a, const struct requirement *b)
{
	if (!a->doc.n || !b->doc.n)
		return a->doc.n == b->doc.n;
	return same_text(a->doc.items[0].in, b->doc.items[0].in) &&
	       same_text(a->doc.items[0].section, b->doc.items[0].section);
}

static void add_section(struct buf *out, const struct product *p, const struct requirement *first)
{
	struct docref d = first->doc.n ? first->doc.items[0] : (struct docref){0};
	struct buf text = BUF_INIT;

	d.row = d.note = (struct text){NULL, PLACE_NONE};
	buf_add_text(out, "\nRequirements");
	if (first->doc.n) {
		docref_text(p, &d, &text);
		buf_add_text(out, ": ");
		add(out, text.data);
	}
	buf_add_char(out, '\n');
	for_each (q, &p->requirements)
		if (same_section(q, first))
			add_requirement(out, p, q);
	buf_release(&text);
}

static void add_requirements(struct buf *out, const struct product *p)
{
	for_each (q, &p->requirements) {
		bool seen = false;

		for (const struct requirement *r = p->requirements.items; r < q && !seen; r++)
			seen = same_section(r, q);
		if (!seen)
			add_section(out, p, q);
	}
}

/* --- what stands behind them ------------------------------------------------------------------ */

static void add_goal_tree(struct buf *out, const struct goal *g)
{
	static const char *const between[] = {[GOAL_ALL] = " and ",
					      [GOAL_ANY] = " or ",
					      [GOAL_ELSE] = ", else ",
					      [GOAL_THEN] = ", then "};

	for_each (kid, &g->kids) {
		bool bracket = kid->kind != GOAL_NAME;

		buf_add_text(out, kid == g->kids.items ? "" : between[g->kind]);
		buf_add_text(out, bracket ? "(" : kid->name.s);
		if (bracket)
			add_goal_tree(out, kid);
		buf_add_text(out, bracket ? ")" : "");
	}
}

static void add_goals(struct buf *out, const struct product *p)
{
	if (p->goals.n)
		head(out, "Goals");
	for_each (g, &p->goals) {
		buf_addf(out, "  %s\n", g->name.s);
		line(out, "", g->title.s);
		buf_add_text(out, "    ");
		add_goal_tree(out, g);
		buf_add_char(out, '\n');
	}
}

static void add_references(struct buf *out, const struct product *p, const void *docs_)
{
	const LIST_OF(struct docref) *docs = docs_;
	struct buf text = BUF_INIT;

	for_each (d, docs) {
		buf_clear(&text);
		docref_text(p, d, &text);
		line(out, "in ", text.data);
	}
	buf_release(&text);
}

static void add_defects(struct buf *out, const struct product *p)
{
	if (p->defects.n)
		head(out, "What is wrong in the documents, beyond single requirements");
	for_each (d, &p->defects) {
		buf_addf(out, "  %s (%s)\n", d->id.s, defect_names[d->kind]);
		line(out, "the document says: ", d->documented.s);
		line(out, "we take: ", d->effective.s);
		line(out, "because ", d->reason.s);
		add_references(out, p, &d->doc);
	}
}

static void add_checklist(struct buf *out, const struct product *p)
{
	if (p->checklist.n)
		head(out, "To be seen to by a person");
	for_each (m, &p->checklist) {
		buf_addf(out, "  %s\n", m->id.s);
		line(out, "", m->title.s);
		line(out, "", m->why.s);
		add_references(out, p, &m->doc);
	}
}

void catalog_text(const struct product *p, struct buf *out)
{
	buf_addf(out, "%s: ", p->name.s);
	add(out, p->title.s ? p->title.s : p->name.s);
	if (p->version.s) {
		buf_add_char(out, ' ');
		add(out, p->version.s);
	}
	buf_addf(out, ", %zu requirement%s\n", p->requirements.n,
		 p->requirements.n == 1 ? "" : "s");
	for_each (d, &p->documents) {
		struct docref whole = {.in = d->name};
		struct buf text = BUF_INIT;

		docref_text(p, &whole, &text);
		buf_add_text(out, "from ");
		add(out, text.data);
		if (d->date.s) {
			buf_add_text(out, ", ");
			add(out, d->date.s);
		}
		buf_add_char(out, '\n');
		buf_release(&text);
	}
	add_roles(out, p);
	add_settings(out, p);
	add_features(out, p);
	add_choices(out, p);
	add_networks(out, p);
	add_sets(out, p);
	add_requirements(out, p);
	add_goals(out, p);
	add_defects(out, p);
	add_checklist(out, p);
}
