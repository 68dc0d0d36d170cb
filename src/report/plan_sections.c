/* SPDX-License-Identifier: ISC
 *
 * Four questions, four orders: who needs what, who uses this port, what must this device do, what
 * does this host open and listen on.
 */
#include <stdlib.h>

#include "base/map.h"
#include "model/registry.h"
#include "report/flow_words.h"
#include "report/plan_columns.h"

/* Rows while they are gathered; then one section. */
static void add_section(struct plan_view *v, struct buf *sections, struct plan_section head,
			struct buf *rows)
{
	const struct plan_columns *columns = &plan_columns_by[v->query->by];

	if (!rows->n)
		return;
	head.columns = columns->items;
	head.n_columns = columns->n;
	head.rows.n = rows->n / sizeof(struct plan_row);
	head.rows.items = arena_get(v->arena, head.rows.n, sizeof(struct plan_row));
	memcpy(head.rows.items, rows->data, rows->n);
	buf_add(sections, &head, sizeof(head));
	buf_clear(rows);
}

static void add_row(struct buf *rows, struct plan_row row)
{
	buf_add(rows, &row, sizeof(row));
}

static const char *kept(struct plan_view *v, struct buf *text)
{
	const char *s = arena_copy(v->arena, buf_slice(text));

	buf_release(text);
	return s;
}

/* --- by application --- */

/* An alternative is shown whole: with those of its flows that something else needs anyway, or that
 * several alternatives share. */
static struct slice demand_key(const struct claim *c)
{
	return (struct slice){(const char *)&c->demand, sizeof(c->demand)};
}

static int by_demand(const void *a, const void *b)
{
	const struct plan_row *x = a, *y = b;
	const struct demand *d = x->claim->demand, *e = y->claim->demand;
	int c = (d->requirement > e->requirement) - (d->requirement < e->requirement);

	if (!c && d->requirement->reach == REACH_ONE) /* the ways of one end side by side */
		c = (d->from->index > e->from->index) - (d->from->index < e->from->index);
	c = c ? c : (int)x->claim->branch - (int)y->claim->branch;
	return c ? c : (x->flow->index > y->flow->index) - (x->flow->index < y->flow->index);
}

static const struct {
	const char *level, *title;
} application_sections[] = {
	{"required", "required"},
	{"alternative", "alternatives: one way of each is enough"},
	{"recommended", "recommended"},
	{"optional", "optional"},
	{"forbidden", "must stay closed"},
};

static void add_alternatives(struct plan_view *v, const struct installation *i, struct buf *rows)
{
	struct map open = {0}; /* demands of which a way is left open */

	for_each (f, &v->flows) {
		struct plan_row row = {*f, plan_view_claim(v, *f, i)};

		if (!row.claim || strcmp(plan_row_level(&row), "alternative") != 0)
			continue;
		for (const struct claim *c = row.claim; c; c = c->next)
			if (c->branch)
				map_add(&open, demand_key(c), v);
	}
	for_each (f, &v->flows) {
		for (const struct claim *c = (*f)->claims; c && open.n; c = c->next) {
			struct plan_row row = {*f, c, .alternative = true};

			if (c->branch && c->demand->installation == i &&
			    plan_view_wants(v, c->demand) && map_find(&open, demand_key(c)))
				add_row(rows, row);
		}
	}
	if (rows->n)
		qsort(rows->data, rows->n / sizeof(struct plan_row), sizeof(struct plan_row),
		      by_demand);
	map_release(&open);
}

static void add_of_level(struct plan_view *v, const struct installation *i, const char *level,
			 struct buf *rows)
{
	for_each (f, &v->flows) {
		struct plan_row row = {*f, plan_view_claim(v, *f, i)};

		if (row.claim && strcmp(plan_row_level(&row), level) == 0)
			add_row(rows, row);
	}
}

void plan_sections_by_application(struct plan_view *v, struct buf *sections)
{
	struct buf rows = BUF_INIT;

	for_each (i, &v->plan->installations) {
		const char *about = i->use ? i->product->title.s : "the site's own rules";

		for (size_t k = 0; k < ARRAY_LEN(application_sections); k++) {
			if (strcmp(application_sections[k].level, "alternative") == 0)
				add_alternatives(v, i, &rows);
			else
				add_of_level(v, i, application_sections[k].level, &rows);
			add_section(v, sections,
				    (struct plan_section){i->name, about ? about : "",
							  application_sections[k].title},
				    &rows);
		}
	}
	buf_release(&rows);
}

/* --- by port --- */

static int compare_numbers(unsigned a, unsigned b)
{
	return (a > b) - (a < b);
}

/* Required ones before forbidden ones; then by transport and number; then as in the plan. */
static int by_port(const void *a, const void *b)
{
	const struct flow *x = *(const struct flow *const *)a, *y = *(const struct flow *const *)b;
	int c = compare_numbers(x->kind, y->kind);

	c = c ? c : compare_numbers(x->transport, y->transport);
	c = c ? c : compare_numbers(x->ports.lo, y->ports.lo);
	c = c ? c : compare_numbers(x->ports.hi, y->ports.hi);
	c = c ? c : compare_numbers(x->number, y->number);
	c = c ? c : strcmp(x->name ? x->name : "", y->name ? y->name : "");
	c = c ? c : compare_numbers(x->any_of, y->any_of);
	c = c ? c : compare_numbers(x->source.lo, y->source.lo);
	c = c ? c : compare_numbers(x->source.hi, y->source.hi);
	return c ? c : compare_numbers(x->index, y->index);
}

/* The site's own name for the number, else IANA's: never as if it had been seen. */
static const char *port_about(struct plan_view *v, const struct flow *f)
{
	unsigned on = transport_bit(f->transport);
	struct buf out = BUF_INIT;
	struct registry_walk walk;
	struct port_fact fact;

	for_each (local, &v->plan->site->local_ports)
		if (local->transport == f->transport && port_range_overlaps(local->range, f->ports))
			buf_addf(&out, "%s%s at this site", out.n ? ", " : "", local->name.s);
	if (!on || f->ports.lo != f->ports.hi)
		return kept(v, &out);
	walk = registry_walk_ports(&registry_iana, f->ports, on);
	while (registry_walk_next(&walk, &fact))
		if (fact.kind == FACT_ASSIGNED && *fact.word)
			buf_addf(&out, "%s%s", out.n ? ", " : "IANA: ", fact.word);
	return kept(v, &out);
}

static const char *port_title(struct plan_view *v, const struct flow *f)
{
	struct buf out = BUF_INIT;

	flow_format_ports(f, &out);
	return kept(v, &out);
}

void plan_sections_by_port(struct plan_view *v, struct buf *sections)
{
	struct buf rows = BUF_INIT, flows = BUF_INIT;
	const struct flow **sorted;
	size_t n = v->flows.n;

	buf_add(&flows, v->flows.items, n * sizeof(*v->flows.items));
	sorted = (void *)flows.data;
	if (n)
		qsort(sorted, n, sizeof(*sorted), by_port);
	for (size_t i = 0; i < n; i++) {
		const char *title = port_title(v, sorted[i]);
		bool last = i + 1 == n || sorted[i + 1]->kind != sorted[i]->kind ||
			    strcmp(title, port_title(v, sorted[i + 1])) != 0;

		add_row(&rows, (struct plan_row){sorted[i], plan_view_claim(v, sorted[i], NULL)});
		if (last)
			add_section(v, sections,
				    (struct plan_section){title, port_about(v, sorted[i]),
							  sorted[i]->kind == FLOW_FORBIDDEN
								  ? "must stay closed"
								  : ""},
				    &rows);
	}
	buf_release(&flows);
	buf_release(&rows);
}

/* --- by device --- */

static void add_device_rows(struct plan_view *v, const struct device *d, struct buf *rows)
{
	for_each (f, &v->flows) {
		struct plan_row row = {*f, plan_view_claim(v, *f, NULL)};
		bool forbidden = (*f)->kind == FLOW_FORBIDDEN;

		for_each (hop, &(*f)->path->hops) {
			if (hop->device != d)
				continue;
			row.hop = hop;
			row.what = forbidden ? "block" : "forward";
			add_row(rows, row);
		}
		row.hop = NULL;
		if ((*f)->to->device == d) {
			row.what = forbidden ? "refuse" : "accept";
			add_row(rows, row);
		}
		if ((*f)->from->device == d) {
			row.what = forbidden ? "never open" : "open";
			add_row(rows, row);
		}
	}
}

static const char *device_about(struct plan_view *v, const struct device *d)
{
	struct buf out = BUF_INIT;

	buf_addf(&out, "%s", d->platform.s ? d->platform.s : "platform not said");
	if (d->owner.s)
		buf_addf(&out, ", owned by %s", d->owner.s);
	if (d->filter == FILTER_NONE)
		buf_add_text(&out, ", filters nothing");
	else if (d->filter == FILTER_UNKNOWN)
		buf_add_text(&out, ", its filter is not known");
	else
		buf_addf(&out, ", %s filter", filter_names[d->filter]);
	return kept(v, &out);
}

void plan_sections_by_device(struct plan_view *v, struct buf *sections)
{
	struct buf rows = BUF_INIT;

	for_each (d, &v->plan->site->devices) {
		add_device_rows(v, d, &rows);
		add_section(v, sections, (struct plan_section){d->name.s, device_about(v, d), ""},
			    &rows);
	}
	buf_release(&rows);
}

/* --- by host --- */

/* Rows of one end, in a list of their own: hosts come in the order in which they are first met. */
struct host_rows {
	const struct endpoint *endpoint;
	struct buf rows;
};

static struct buf *rows_of(struct plan_view *v, const struct endpoint *e, struct map *by_name,
			   struct buf *hosts)
{
	struct host_rows *h = map_find(by_name, slice_of(e->name));

	if (!h) {
		h = ARENA_NEW(v->arena, struct host_rows);
		*h = (struct host_rows){e, BUF_INIT};
		map_add(by_name, slice_of(e->name), h);
		buf_add(hosts, &h, sizeof(h));
	}
	return &h->rows;
}

static const char *endpoint_about(struct plan_view *v, const struct endpoint *e)
{
	struct buf out = BUF_INIT;

	if (e->zone && e->kind != ENDPOINT_NETWORK)
		buf_addf(&out, "zone %s: ", e->zone->name.s);
	flow_words_addresses(e, &out);
	return kept(v, &out);
}

void plan_sections_by_host(struct plan_view *v, struct buf *sections)
{
	struct buf hosts = BUF_INIT;
	struct map by_name = {0};
	struct host_rows **found;

	for_each (f, &v->flows) {
		struct plan_row row = {*f, plan_view_claim(v, *f, NULL)};
		bool forbidden = (*f)->kind == FLOW_FORBIDDEN;

		row.what = forbidden ? "never to" : "opens to";
		row.peer = (*f)->to;
		add_row(rows_of(v, (*f)->from, &by_name, &hosts), row);
		row.what = forbidden ? "never from" : "listens to";
		row.peer = (*f)->from;
		add_row(rows_of(v, (*f)->to, &by_name, &hosts), row);
	}
	found = (void *)hosts.data;
	for (size_t i = 0; i < hosts.n / sizeof(*found); i++) {
		add_section(v, sections,
			    (struct plan_section){found[i]->endpoint->name,
						  endpoint_about(v, found[i]->endpoint), ""},
			    &found[i]->rows);
		buf_release(&found[i]->rows);
	}
	map_release(&by_name);
	buf_release(&hosts);
}
