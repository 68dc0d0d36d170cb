/* SPDX-License-Identifier: ISC
 *
 * A plan as people want to see it: what was asked for is selected, counted and put in order, once
 * for all forms. Rows point into the plan; text is made by the columns, unescaped.
 */
#pragma once

#include "base/buf.h"
#include "model/plan.h"

enum plan_by { PLAN_BY_APPLICATION, PLAN_BY_PORT, PLAN_BY_DEVICE, PLAN_BY_HOST };
extern const char *const plan_by_names[];

struct plan_query {
	enum plan_by by;
	const char *only; /* INSTALLATION, PRODUCT or either with /REQUIREMENT; NULL: all */
	bool explain;	  /* our sentence and the document's place for each requirement */
	bool as_documented;
	size_t width;	     /* of the terminal in columns; 0: no limit */
	const char *version; /* of the program */
};

/* A flow in one section. By host it may stand in two: at who opens it, and at who listens. */
struct plan_row {
	const struct flow *flow;
	const struct claim *claim; /* the most demanding of those that were asked for */
	const char *what;      /* forward, accept, open, block, ...; NULL: said by the section */
	const struct hop *hop; /* by device; NULL: the device is an end */
	const struct endpoint *peer; /* by host */
	bool alternative;	     /* one way of claim's requirement */
};

struct plan_view;
struct plan_column {
	const char *key, *title;
	bool wraps;
	void (*add)(const struct plan_view *v, const struct plan_row *row, struct buf *out);
};

struct plan_section {
	const char *group; /* an installation, a port, a device, a host */
	const char *about; /* what is known of the group; "" */
	const char *title; /* what the rows have in common; "" */
	const struct plan_column *columns;
	size_t n_columns;
	LIST_OF(struct plan_row) rows;
};

struct plan_view {
	const struct plan *plan;
	const struct plan_query *query;
	struct arena *arena; /* owned; everything that is not the plan's */
	LIST_OF(const struct flow *) flows;
	LIST_OF(const struct demand *) demands;	  /* asked for, each requirement once */
	LIST_OF(const struct demand *) explained; /* as demands, of all installations together */
	LIST_OF(const struct question *) questions;
	LIST_OF(const struct finding *) warnings; /* the worst first */
	LIST_OF(struct plan_section) sections;
	LIST_OF(const char *) tries; /* names of outside roles that the scope does not list yet */
	size_t required, forbidden, crossing, same_host, no_link, local;
	const char *headline;	/* the answer in one sentence */
	const char *scope_line; /* what to write to try those names; NULL: nothing to try */
};

/* False: nothing in the plan is called that. */
bool plan_view_init(struct plan_view *v, const struct plan *plan, const struct plan_query *query);
void plan_view_release(struct plan_view *v);

/* The first claim that was asked for; NULL: none. installation NULL: of any. */
const struct claim *plan_view_claim(const struct plan_view *v, const struct flow *f,
				    const struct installation *installation);
bool plan_view_wants(const struct plan_view *v, const struct demand *d);
/* All that is known of a row, for forms that a program reads. */
extern const struct plan_column plan_columns_all[];
extern const size_t plan_columns_all_n;
/* Every requirement of the row that was asked for, with blanks between. */
void plan_view_requirements(const struct plan_view *v, const struct flow *f, struct buf *out);
/* "required", "recommended", "optional", "alternative", "forbidden" */
const char *plan_row_level(const struct plan_row *row);

/* The sections, by each question; plan_view.c calls them. */
void plan_sections_by_application(struct plan_view *v, struct buf *sections);
void plan_sections_by_port(struct plan_view *v, struct buf *sections);
void plan_sections_by_device(struct plan_view *v, struct buf *sections);
void plan_sections_by_host(struct plan_view *v, struct buf *sections);
