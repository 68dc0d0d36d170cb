/* SPDX-License-Identifier: ISC
 *
 * A product's parts as records. Keys are always there, null where the file says nothing, so that a
 * script need not ask first.
 */
#include "cmd/catalog_print.h"
#include "doc/needs.h"
#include "report/json.h"

struct writer {
	struct json j;
	const struct product *p;
};

static void start(struct writer *w, const char *record, struct text name, const char *key)
{
	w->j.comma = false;
	json_open(&w->j, NULL, '{');
	json_text(&w->j, "record", record);
	json_text(&w->j, "product", w->p->name.s);
	if (key)
		json_text(&w->j, key, name.s);
	json_number(&w->j, "line", name.at.line);
}

static void end(struct writer *w)
{
	json_close(&w->j, '}');
	buf_add_char(w->j.out, '\n');
}

static void pair(struct writer *w, const char *key, struct text t)
{
	json_text(&w->j, key, t.s);
}

static void flag(struct writer *w, const char *key, bool b)
{
	json_bool(&w->j, key, b);
}

static void number(struct writer *w, const char *key, size_t n)
{
	json_number(&w->j, key, (long)n);
}

static void texts(struct writer *w, const char *key, const void *list_)
{
	const LIST_OF(struct text) *list = list_;

	json_open(&w->j, key, '[');
	for_each (t, list)
		json_text(&w->j, NULL, t->s);
	json_close(&w->j, ']');
}

static void prefixes(struct writer *w, const char *key, const void *list_)
{
	const LIST_OF(struct prefix) *list = list_;
	char text[PREFIX_TEXT_MAX];

	json_open(&w->j, key, '[');
	for_each (p, list)
		json_text(&w->j, NULL, prefix_text(p, text));
	json_close(&w->j, ']');
}

static void needs(struct writer *w, const char *key, const struct expr *e)
{
	struct buf text = BUF_INIT;

	if (e)
		needs_text(e, &text);
	json_text(&w->j, key, e ? text.data : NULL);
	buf_release(&text);
}

static void docs(struct writer *w, const void *list_)
{
	const LIST_OF(struct docref) *list = list_;

	json_open(&w->j, "doc", '[');
	for_each (d, list) {
		json_open(&w->j, NULL, '{');
		pair(w, "in", d->in);
		pair(w, "section", d->section);
		pair(w, "row", d->row);
		pair(w, "note", d->note);
		json_close(&w->j, '}');
	}
	json_close(&w->j, ']');
}

/* --- the records ------------------------------------------------------------------------------ */

static void document_records(struct writer *w)
{
	for_each (d, &w->p->documents) {
		start(w, "document", d->name, "name");
		pair(w, "title", d->title);
		pair(w, "publisher", d->publisher);
		pair(w, "date", d->date);
		pair(w, "revision", d->revision);
		pair(w, "retrieved", d->retrieved);
		pair(w, "url", d->url);
		end(w);
	}
}

static void setting_record(struct writer *w, const struct setting *s, const char *role)
{
	start(w, "setting", s->name, "name");
	json_text(&w->j, "role", role);
	json_text(&w->j, "type", setting_type_names[s->type]);
	pair(w, "default", s->value);
	pair(w, "min", s->min);
	pair(w, "max", s->max);
	pair(w, "at_least", s->at_least);
	texts(w, "forbid", &s->forbid);
	pair(w, "title", s->title);
	end(w);
}

static void feature_records(struct writer *w)
{
	for_each (f, &w->p->features) {
		start(w, "feature", f->name, "name");
		pair(w, "title", f->title);
		flag(w, "default", f->on);
		texts(w, "conflicts", &f->conflicts);
		end(w);
	}
}

static void choice_records(struct writer *w)
{
	for_each (c, &w->p->choices) {
		start(w, "choice", c->name, "name");
		texts(w, "options", &c->options);
		pair(w, "default", c->value);
		pair(w, "title", c->title);
		end(w);
	}
}

static void network_records(struct writer *w)
{
	for_each (n, &w->p->networks) {
		start(w, "network", n->name, "name");
		pair(w, "title", n->title);
		end(w);
	}
}

static void role_records(struct writer *w)
{
	for_each (r, &w->p->roles) {
		start(w, "role", r->name, "name");
		pair(w, "title", r->title);
		flag(w, "many", r->many);
		flag(w, "optional", r->optional);
		flag(w, "outside", r->outside);
		texts(w, "is", &r->is);
		texts(w, "includes", &r->includes);
		texts(w, "names", &r->names);
		prefixes(w, "addresses", &r->addresses);
		prefixes(w, "multicast", &r->multicast);
		texts(w, "try", &r->try_names);
		pair(w, "user", r->user);
		end(w);
	}
}

static void set_records(struct writer *w)
{
	for_each (set, &w->p->sets) {
		start(w, "set", set->name, "name");
		needs(w, "needs", set->needs);
		end(w);
	}
}

static void modes(struct writer *w, const struct requirement *q)
{
	json_open(&w->j, "modes", '[');
	for_each (m, &q->modes) {
		json_open(&w->j, NULL, '{');
		pair(w, "name", m->name);
		pair(w, "from", m->from.s ? m->from : q->from);
		pair(w, "to", m->to.s ? m->to : q->to);
		needs(w, "needs", m->needs);
		json_close(&w->j, '}');
	}
	json_close(&w->j, ']');
}

static void path(struct writer *w, const struct requirement *q)
{
	json_open(&w->j, "path", '[');
	for_each (c, &q->path) {
		json_open(&w->j, NULL, '{');
		json_text(&w->j, "quality", path_quality_names[c->quality]);
		if (c->value)
			json_number(&w->j, "value", c->value);
		else
			json_null(&w->j, "value");
		json_close(&w->j, '}');
	}
	json_close(&w->j, ']');
}

static void inferred(struct writer *w, const struct requirement *q)
{
	json_open(&w->j, "inferred", '[');
	for_each (i, &q->inferred) {
		json_open(&w->j, NULL, '{');
		pair(w, "field", i->field);
		pair(w, "reason", i->reason);
		json_close(&w->j, '}');
	}
	json_close(&w->j, ']');
}

static void documented(struct writer *w, const struct requirement *q)
{
	struct buf text = BUF_INIT;

	if (q->documented.given)
		documented_text(&q->documented, &text);
	json_text(&w->j, "documented", q->documented.given ? text.data : NULL);
	json_text(&w->j, "defect_kind", q->defect.s ? defect_names[q->defect_kind] : NULL);
	pair(w, "defect", q->defect);
	buf_release(&text);
}

static void condition(struct writer *w, const struct cond *c)
{
	struct buf text = BUF_INIT;

	if (c)
		when_format(c, &text);
	json_text(&w->j, "when", c ? text.data : NULL);
	buf_release(&text);
}

static void requirement_record(struct writer *w, const struct requirement *q)
{
	start(w, "requirement", q->id, "id");
	pair(w, "title", q->title);
	pair(w, "from", q->from);
	pair(w, "to", q->to);
	needs(w, "needs", q->needs);
	needs(w, "forbid", q->forbid);
	needs(w, "also", q->also);
	json_text(&w->j, "link", q->link_local ? "local" : q->link_none ? "none" : NULL);
	modes(w, q);
	pair(w, "service", q->service);
	pair(w, "secure", q->secure);
	condition(w, q->when);
	json_text(&w->j, "level", level_names[q->level]);
	pair(w, "without", q->without);
	json_text(&w->j, "phase", phase_names[q->phase]);
	json_text(&w->j, "via", via_names[q->via]);
	pair(w, "from_network", q->network.from);
	pair(w, "to_network", q->network.to);
	json_text(&w->j, "reach", reach_names[q->reach]);
	texts(w, "tags", &q->tags);
	path(w, q);
	pair(w, "child_of", q->child_of);
	texts(w, "after", &q->after);
	json_text(&w->j, "if_unused", if_unused_names[q->if_unused]);
	json_text(&w->j, "reply", reply_names[q->reply]);
	pair(w, "why", q->why);
	documented(w, q);
	inferred(w, q);
	docs(w, &q->doc);
	end(w);
}

static void goal_tree(struct writer *w, const char *key, const struct goal *g)
{
	static const char *const words[] = {
		[GOAL_ALL] = "all", [GOAL_ANY] = "any", [GOAL_ELSE] = "else", [GOAL_THEN] = "then"};

	if (g->kind == GOAL_NAME) {
		json_text(&w->j, key, g->name.s);
		return;
	}
	json_open(&w->j, key, '{');
	json_open(&w->j, words[g->kind], '[');
	for_each (kid, &g->kids)
		goal_tree(w, NULL, kid);
	json_close(&w->j, ']');
	json_close(&w->j, '}');
}

static void goal_records(struct writer *w)
{
	for_each (g, &w->p->goals) {
		start(w, "goal", g->name, "name");
		pair(w, "title", g->title);
		goal_tree(w, "needs", g);
		end(w);
	}
}

static void defect_records(struct writer *w)
{
	for_each (d, &w->p->defects) {
		start(w, "defect", d->id, "id");
		json_text(&w->j, "kind", defect_names[d->kind]);
		pair(w, "documented", d->documented);
		pair(w, "effective", d->effective);
		pair(w, "reason", d->reason);
		texts(w, "requirements", &d->requirements);
		docs(w, &d->doc);
		end(w);
	}
}

static void checklist_records(struct writer *w)
{
	for_each (m, &w->p->checklist) {
		start(w, "checklist", m->id, "id");
		pair(w, "title", m->title);
		pair(w, "why", m->why);
		docs(w, &m->doc);
		end(w);
	}
}

void catalog_list_record(const struct product *p, struct buf *out)
{
	struct writer w = {{out, false}, p};

	start(&w, "product", p->name, NULL);
	pair(&w, "title", p->title);
	pair(&w, "version", p->version);
	json_text(&w.j, "file", p->file);
	json_open(&w.j, "documents", '[');
	for_each (d, &p->documents)
		json_text(&w.j, NULL, d->title.s);
	json_close(&w.j, ']');
	number(&w, "requirements", p->requirements.n);
	number(&w, "roles", p->roles.n);
	number(&w, "settings", p->settings.n);
	number(&w, "features", p->features.n);
	number(&w, "choices", p->choices.n);
	number(&w, "goals", p->goals.n);
	number(&w, "defects", p->defects.n);
	number(&w, "checklist", p->checklist.n);
	end(&w);
}

void catalog_records(const struct product *p, struct buf *out)
{
	struct writer w = {{out, false}, p};

	catalog_list_record(p, out);
	document_records(&w);
	network_records(&w);
	role_records(&w);
	for_each (s, &p->settings)
		setting_record(&w, s, NULL);
	for_each (r, &p->roles)
		for_each (s, &r->settings)
			setting_record(&w, s, r->name.s);
	feature_records(&w);
	choice_records(&w);
	set_records(&w);
	for_each (q, &p->requirements)
		requirement_record(&w, q);
	goal_records(&w);
	defect_records(&w);
	checklist_records(&w);
}
