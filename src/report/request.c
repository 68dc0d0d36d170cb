/* SPDX-License-Identifier: ISC */
#include "report/request.h"

#include <stdlib.h>

#include "report/flow_words.h"
#include "report/request_evidence.h"

const char *request_part_title(const struct request *r, enum request_part part)
{
	static const char *const titles[REQUEST_PARTS] = {
		"Required now",
		"Recommended",
		"Optional",
		"To stay closed: please confirm",
	};

	return part == REQUEST_DENY && r->form->failing_only ? "To close: it is open"
							     : titles[part];
}

static bool filters(const struct device *d)
{
	return d && d->filter != FILTER_NONE;
}

bool request_is_filtered(const struct flow *f)
{
	if (f->path->unknown || filters(f->from->device) || filters(f->to->device))
		return true;
	for_each (hop, &f->path->hops)
		if (filters(hop->device))
			return true;
	return false;
}

static void find_reached(struct request *r)
{
	for_each (f, &r->plan->flows)
		if ((*f)->kind == FLOW_REQUIRED && endpoint_is_outside((*f)->from) &&
		    !endpoint_is_outside((*f)->to))
			map_add(&r->reached, slice_of((*f)->to->name), r);
}

static enum request_part part_of(const struct flow *f)
{
	if (f->kind == FLOW_FORBIDDEN)
		return REQUEST_DENY;
	if (f->claims->also || f->claims->level == LEVEL_RECOMMENDED)
		return REQUEST_RECOMMENDED;
	return f->claims->level == LEVEL_OPTIONAL ? REQUEST_OPTIONAL : REQUEST_NOW;
}

/* What the firewalls see of it: flows that differ in names only are one row. */
static const char *tuple_key(struct request *r, const struct flow *f)
{
	struct buf key = BUF_INIT;
	const char *kept;

	buf_addf(&key, "%d ", f->kind);
	flow_words_addresses(f->from, &key);
	buf_add_text(&key, " > ");
	flow_words_addresses(f->to, &key);
	buf_add_char(&key, ' ');
	flow_format_ports(f, &key);
	buf_add_char(&key, ' ');
	flow_words_path(f, &key);
	buf_add_char(&key, ' ');
	flow_words_dialled(f, &key);
	if (f->translation)
		addr_format(&f->translation->seen_as, &key);
	if (!f->from->addresses.n && !f->from->names.n)
		buf_addf(&key, " from %s", f->from->name);
	if (!f->to->addresses.n && !f->to->names.n)
		buf_addf(&key, " to %s", f->to->name);
	kept = arena_copy(r->arena, buf_slice(&key));
	buf_release(&key);
	return kept;
}

static void add_flow(struct request *r, struct request_row *row, const struct flow *f)
{
	const struct flow **more = arena_get(r->arena, row->flows.n + 1, sizeof(*more));

	if (row->flows.n)
		memcpy(more, row->flows.items, row->flows.n * sizeof(*more));
	more[row->flows.n++] = f;
	row->flows.items = more;
	if (part_of(f) < row->part)
		row->part = part_of(f);
}

static struct request_row *new_row(struct request *r, const struct flow *f)
{
	struct request_row *row = ARENA_NEW(r->arena, struct request_row);
	struct buf text = BUF_INIT;

	row->part = part_of(f);
	row->order = f->index;
	row->risk = row->part == REQUEST_DENY ? RISK_NONE : request_risk(r, f, &text);
	row->risk_text = arena_copy(r->arena, buf_slice(&text));
	buf_release(&text);
	return row;
}

static int by_part_and_risk(const void *a, const void *b)
{
	const struct request_row *x = a, *y = b;
	int c = (int)x->part - (int)y->part;

	c = c ? c : (int)x->risk - (int)y->risk;
	return c ? c : (x->order > y->order) - (x->order < y->order);
}

/* Whether its rule is; counts those that are left out. */
static bool is_missing(struct request *r, const struct flow *f)
{
	enum flow_test test = request_flow_test(r, f);

	r->settled += test == FLOW_SETTLED;
	r->untested += test == FLOW_UNTESTED;
	return test == FLOW_MISSING;
}

static void gather_rows(struct request *r)
{
	struct buf found = BUF_INIT; /* struct request_row * */
	struct map by_tuple = {0};
	struct request_row **rows;

	for_each (f, &r->plan->flows) {
		struct request_row *row;
		const char *key;

		if (!request_is_filtered(*f)) {
			r->unfiltered++;
			continue;
		}
		if (r->form->failing_only && !is_missing(r, *f))
			continue;
		key = tuple_key(r, *f);
		row = map_find(&by_tuple, slice_of(key));
		if (!row) {
			row = new_row(r, *f);
			map_add(&by_tuple, slice_of(key), row);
			buf_add(&found, &row, sizeof(row));
		}
		add_flow(r, row, *f);
	}
	rows = (void *)found.data;
	r->rows.n = found.n / sizeof(*rows);
	r->rows.items = ARENA_ARRAY(r->arena, struct request_row, r->rows.n);
	for (size_t i = 0; i < r->rows.n; i++)
		r->rows.items[i] = *rows[i];
	if (r->rows.n)
		qsort(r->rows.items, r->rows.n, sizeof(*r->rows.items), by_part_and_risk);
	map_release(&by_tuple);
	buf_release(&found);
}

static const char *plural(size_t n, const char *one, const char *several)
{
	return n == 1 ? one : several;
}

static void add_left_out(const struct request *r, struct buf *out)
{
	if (r->form->failing_only)
		buf_addf(out,
			 "%zu to close; left out: %zu flow%s for which no rule is missing, %zu not "
			 "tested or not proven, %zu that no filter meets; ",
			 r->counts[REQUEST_DENY], r->settled, plural(r->settled, "", "s"),
			 r->untested, r->unfiltered);
	else
		buf_addf(out, "%zu to confirm closed; %zu flow%s no filter and %s left out; ",
			 r->counts[REQUEST_DENY], r->unfiltered,
			 plural(r->unfiltered, " meets", "s meet"),
			 plural(r->unfiltered, "is", "are"));
}

static void make_headline(struct request *r)
{
	size_t asked = r->rows.n - r->counts[REQUEST_DENY];
	struct buf out = BUF_INIT;

	buf_addf(&out,
		 "%zu rule%s to open for %s: %zu required now, %zu recommended, %zu "
		 "optional; ",
		 asked, plural(asked, "", "s"), r->plan->site->name.s, r->counts[REQUEST_NOW],
		 r->counts[REQUEST_RECOMMENDED], r->counts[REQUEST_OPTIONAL]);
	add_left_out(r, &out);
	buf_addf(&out, "%zu question%s open.", r->plan->questions.n,
		 plural(r->plan->questions.n, "", "s"));
	r->headline = arena_copy(r->arena, buf_slice(&out));
	buf_release(&out);
}

void request_init(struct request *r, const struct plan *plan, const struct request_form *form)
{
	*r = (struct request){.plan = plan, .form = form, .arena = arena_new()};
	find_reached(r);
	request_find_failing(r);
	gather_rows(r);
	for_each (row, &r->rows) {
		r->counts[row->part]++;
		request_find_test(r, row);
	}
	make_headline(r);
}

void request_release(struct request *r)
{
	map_release(&r->reached);
	map_release(&r->failing);
	arena_free(r->arena);
}
