/* SPDX-License-Identifier: ISC */
#include "report/plan_view.h"

#include "base/map.h"
#include "report/flow_words.h"
#include "report/plan_columns.h"

const char *const plan_by_names[] = {"application", "port", "device", "host", NULL};

/* --- what was asked for --- */

/* "INSTALLATION", "PRODUCT", or either with "/REQUIREMENT". */
static bool is_wanted(const char *only, const struct demand *d)
{
	struct slice rest = slice_of(only), head;

	if (!only)
		return true;
	if (slice_is(rest, d->installation->name) ||
	    slice_is(rest, d->installation->product->name.s))
		return true;
	slice_cut(&rest, '/', &head);
	return rest.p && slice_is(rest, d->requirement->id.s) &&
	       (slice_is(head, d->installation->name) ||
		slice_is(head, d->installation->product->name.s));
}

bool plan_view_wants(const struct plan_view *v, const struct demand *d)
{
	return is_wanted(v->query->only, d);
}

/* "prod.roles.web", "prod.roles.agent web". */
static bool is_of_installation(const char *subject, const struct installation *i)
{
	size_t n = strlen(i->name);

	return slice_has_prefix(slice_of(subject), i->name) &&
	       (subject[n] == '.' || subject[n] == 0);
}

static bool is_asked(const struct plan_view *v, const struct question *q)
{
	if (!v->query->only)
		return true;
	for_each (d, &v->demands)
		if (question_is_about(v->plan, q, *d) ||
		    is_of_installation(q->subject, (*d)->installation))
			return true;
	return false;
}

static bool is_told(const struct plan_view *v, const struct finding *f)
{
	const struct question q = {.subject = f->subject, .add = ""};

	return is_asked(v, &q);
}

const struct claim *plan_view_claim(const struct plan_view *v, const struct flow *f,
				    const struct installation *installation)
{
	for (const struct claim *c = f->claims; c; c = c->next)
		if ((!installation || c->demand->installation == installation) &&
		    is_wanted(v->query->only, c->demand))
			return c;
	return NULL;
}

void plan_view_requirements(const struct plan_view *v, const struct flow *f, struct buf *out)
{
	size_t start = out->n;

	for (const struct claim *c = f->claims; c; c = c->next) {
		if (!is_wanted(v->query->only, c->demand) || !claim_is_first(f, c))
			continue;
		if (out->n > start)
			buf_add_char(out, ' ');
		flow_words_requirement(c->demand, out);
	}
}

/* What a buffer has gathered, in the arena; the buffer is released. */
#define KEEP(v, list, gathered)                                                                    \
	do {                                                                                       \
		(list)->n = (gathered)->n / sizeof(*(list)->items);                                \
		(list)->items = arena_get((v)->arena, (list)->n, sizeof(*(list)->items));          \
		if ((list)->n)                                                                     \
			memcpy((list)->items, (gathered)->data, (gathered)->n);                    \
		buf_release(gathered);                                                             \
	} while (0)

static void select_flows(struct plan_view *v)
{
	struct buf flows = BUF_INIT;

	for_each (f, &v->plan->flows) {
		if (!plan_view_claim(v, *f, NULL))
			continue;
		buf_add(&flows, f, sizeof(*f));
		if ((*f)->kind == FLOW_FORBIDDEN) {
			v->forbidden++;
			continue;
		}
		v->required++;
		v->crossing += flow_crosses(*f);
	}
	KEEP(v, &v->flows, &flows);
}

static void select_demands(struct plan_view *v)
{
	struct buf demands = BUF_INIT, explained = BUF_INIT;
	struct map seen = {0}, requirements = {0};

	for_each (d, &v->plan->demands) {
		const char *key;

		if (!is_wanted(v->query->only, *d))
			continue;
		v->same_host += (*d)->absence == ABSENCE_SAME_HOST;
		v->no_link += (*d)->absence == ABSENCE_NO_LINK;
		v->local += (*d)->absence == ABSENCE_LOCAL;
		key = arena_printf(v->arena, "%s %s", (*d)->installation->name,
				   (*d)->requirement->id.s);
		if (map_add(&seen, slice_of(key), v))
			buf_add(&demands, d, sizeof(*d));
		key = arena_printf(v->arena, "%p %d", (const void *)(*d)->requirement,
				   (*d)->absence);
		if (map_add(&requirements, slice_of(key), v))
			buf_add(&explained, d, sizeof(*d));
	}
	map_release(&seen);
	map_release(&requirements);
	KEEP(v, &v->explained, &explained);
	KEEP(v, &v->demands, &demands);
}

static void select_told(struct plan_view *v)
{
	struct buf questions = BUF_INIT, warnings = BUF_INIT;

	for_each (q, &v->plan->questions)
		if (is_asked(v, q))
			buf_add(&questions, &q, sizeof(q));
	for_each (w, &v->plan->warnings)
		if (is_told(v, w))
			buf_add(&warnings, &w, sizeof(w));
	KEEP(v, &v->questions, &questions);
	KEEP(v, &v->warnings, &warnings);
}

/* --- names that may be tried --- */

static bool is_in_scope(const struct site *site, const char *name)
{
	for_each (t, &site->scope_names)
		if (text_is(*t, name))
			return true;
	return false;
}

static void add_tries(struct plan_view *v, const struct endpoint *e, struct map *seen,
		      struct buf *names)
{
	if (!e->outside)
		return;
	for_each (t, &e->outside->try_names)
		if (!strchr(t->s, '$') && !is_in_scope(v->plan->site, t->s) &&
		    map_add(seen, slice_of(t->s), v))
			buf_add(names, &t->s, sizeof(t->s));
}

/* Quoted where YAML could take it for something else. */
static void add_yaml(struct buf *out, const char **comma, const char *s)
{
	bool plain =
		strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-/") ==
		strlen(s);

	buf_addf(out, plain ? "%s%s" : "%s\"%s\"", *comma, s);
	*comma = ", ";
}

/* The whole line, as it will have to be: what is in it stays. */
static void make_scope_line(struct plan_view *v)
{
	const struct site *site = v->plan->site;
	struct buf line = BUF_INIT;
	char text[PREFIX_TEXT_MAX];
	const char *comma = "";

	buf_add_text(&line, "scope: [");
	for_each (p, &site->scope)
		add_yaml(&line, &comma, prefix_text(p, text));
	for_each (t, &site->scope_names)
		add_yaml(&line, &comma, t->s);
	for_each (name, &v->tries)
		add_yaml(&line, &comma, *name);
	buf_add_char(&line, ']');
	v->scope_line = arena_copy(v->arena, buf_slice(&line));
	buf_release(&line);
}

static void find_tries(struct plan_view *v)
{
	struct buf names = BUF_INIT;
	struct map seen = {0};

	for_each (f, &v->flows) {
		add_tries(v, (*f)->from, &seen, &names);
		add_tries(v, (*f)->to, &seen, &names);
	}
	map_release(&seen);
	KEEP(v, &v->tries, &names);
	if (v->tries.n)
		make_scope_line(v);
}

/* --- the answer --- */

static void add_count(struct buf *out, size_t n, const char *noun)
{
	if (n)
		buf_addf(out, "%zu %s%s", n, noun, n == 1 ? "" : "s");
	else
		buf_addf(out, "no %ss", noun);
}

/* "prod (passwordstate) and ftp"; a count where there are more than three. */
static void add_installations(const struct plan_view *v, struct buf *out)
{
	const struct installation *shown[4];
	size_t n = 0;

	for_each (d, &v->demands) {
		const struct installation *i = (*d)->installation;
		bool again = !i->use; /* the site's own rules are no installation */

		for (size_t k = 0; k < n && k < ARRAY_LEN(shown); k++)
			again |= shown[k] == i;
		if (!again && n < ARRAY_LEN(shown))
			shown[n++] = i;
	}
	if (n == ARRAY_LEN(shown)) {
		buf_addf(out, "%zu installations", v->plan->site->uses.n);
		return;
	}
	for (size_t k = 0; k < n; k++) {
		buf_addf(out, "%s%s", k == 0 ? "" : k + 1 == n ? " and " : ", ", shown[k]->name);
		if (!slice_is(slice_of(shown[k]->name), shown[k]->product->name.s))
			buf_addf(out, " (%s)", shown[k]->product->name.s);
	}
	if (!n)
		buf_add_text(out, "the site's own rules");
}

static void make_headline(struct plan_view *v)
{
	struct buf out = BUF_INIT;

	add_count(&out, v->required, "flow");
	buf_add_text(&out, " for ");
	add_installations(v, &out);
	if (v->query->as_documented)
		buf_add_text(&out, ", as the documents have it");
	if (v->required)
		buf_addf(&out, ", %zu of them across a device", v->crossing);
	if (v->forbidden)
		buf_addf(&out, "; %zu must stay closed", v->forbidden);
	buf_add_text(&out, "; ");
	add_count(&out, v->questions.n, "question");
	buf_add_text(&out, ", ");
	add_count(&out, v->warnings.n, "warning");
	buf_add_char(&out, '.');
	v->headline = arena_copy(v->arena, buf_slice(&out));
	buf_release(&out);
}

bool plan_view_init(struct plan_view *v, const struct plan *plan, const struct plan_query *query)
{
	static void (*const by[])(struct plan_view *, struct buf *) = {
		[PLAN_BY_APPLICATION] = plan_sections_by_application,
		[PLAN_BY_PORT] = plan_sections_by_port,
		[PLAN_BY_DEVICE] = plan_sections_by_device,
		[PLAN_BY_HOST] = plan_sections_by_host,
	};
	struct buf sections = BUF_INIT;

	*v = (struct plan_view){.plan = plan, .query = query, .arena = arena_new()};
	select_demands(v);
	select_flows(v);
	select_told(v);
	find_tries(v);
	make_headline(v);
	by[query->by](v, &sections);
	KEEP(v, &v->sections, &sections);
	return !query->only || v->demands.n || v->questions.n;
}

void plan_view_release(struct plan_view *v)
{
	arena_free(v->arena);
}
