/* SPDX-License-Identifier: ISC
 *
 * The request to open (and to keep closed) what a plan needs, as the people of the firewalls want
 * it: one row for each distinct tuple that meets a filter, the riskiest first, with reasons merged.
 * Text is made by the columns, unescaped.
 */
#pragma once

#include "base/buf.h"
#include "base/map.h"
#include "model/judge.h"
#include "model/past_run.h"

struct request_form { /* what the reader fills in; NULL: left open */
	const char *requester, *owner, *approver, *ticket, *valid_from, *expires, *environment;
	const char *version;	      /* of the program */
	size_t width;		      /* of the terminal in columns; 0: no limit */
	const struct past_run *run;   /* the evidence; NULL: none */
	const struct ruling *rulings; /* by flow: what collected rulesets say; NULL: none was */
	bool failing_only;	      /* what fails for the network in that run, and nothing else */
};

enum request_part { REQUEST_NOW, REQUEST_RECOMMENDED, REQUEST_OPTIONAL, REQUEST_DENY };
enum { REQUEST_PARTS = REQUEST_DENY + 1 };

/* The worst comes first in a request. */
enum risk {
	RISK_INBOUND_PRIVILEGED, /* from outside to a port below 1024 */
	RISK_INBOUND,
	RISK_CLEAR_TEXT, /* across a boundary */
	RISK_WAY_INSIDE, /* from where the outside can reach to where it cannot */
	RISK_WIDE,	 /* many ports */
	RISK_NONE,
};

struct request_row {
	LIST_OF(const struct flow *) flows; /* of the same tuple; at least one */
	enum request_part part;
	enum risk risk;
	const char *risk_text;		 /* "" */
	size_t order;			 /* of the first flow */
	const struct past_outcome *test; /* the first that tells; NULL: none does */
};

struct request {
	const struct plan *plan;
	const struct request_form *form;
	struct arena *arena; /* owned */
	struct map reached;  /* names of hosts and devices to which the outside opens connections */
	LIST_OF(struct request_row) rows; /* by part, then by risk, then as planned */
	size_t counts[REQUEST_PARTS];
	size_t unfiltered;  /* flows on whose way nothing filters: not asked for */
	struct map failing; /* past_verdict by verdict_key(), without its vantage */
	size_t settled;	    /* flows for which no rule is missing, left out of what fails */
	size_t untested;    /* flows of which the run tells nothing, left out as well */
	const char *headline;
};

void request_init(struct request *r, const struct plan *plan, const struct request_form *form);
void request_release(struct request *r);
const char *request_part_title(const struct request *r, enum request_part part);

struct request_column {
	const char *key, *title;
	bool wraps;
	bool shown; /* in tables for people */
	bool told;  /* as a line of its own under a rule */
	void (*add)(const struct request *r, const struct request_row *row, struct buf *out);
};
extern const struct request_column request_columns[];
extern const size_t request_columns_n;

/* Every risk of a flow in words, the worst first; the worst is returned. */
enum risk request_risk(const struct request *r, const struct flow *f, struct buf *out);
/* Something on its way, or one of its ends, filters; an unknown way may. */
bool request_is_filtered(const struct flow *f);
