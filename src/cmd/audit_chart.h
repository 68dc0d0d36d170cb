/* SPDX-License-Identifier: ISC
 *
 * An audit joined with the site: what should be on each port, what should not, what the site lives
 * with, and what is to be done by hand.
 */
#pragma once

#include "cmd/audit_judge.h"
#include "model/plan.h"
#include "probe/vantage.h"

/* The ports of every host of the site that a flow ends at, and `ports` beside them (lent; may be
 * empty). Only what the site's scope has. */
void audit_chart_targets(struct auditing *x, const struct plan *plan, const struct portset *tcp,
			 const struct portset *udp);
/* Impostors, services that nobody wants, forbidden flows that are open, what the plan warns of,
 * open items of the products' checklists. vantage: NULL: not known. */
void audit_chart_judge(const struct auditing *x, const struct plan *plan, const struct vantage *v,
		       struct audit_report *r);

/* What the site lives with is moved from the findings to the exceptions; what ends on an earlier
 * day than `today` (date_parse()) is not. */
void audit_chart_exempt(struct arena *a, const struct site *s, const struct auditing *x,
			int32_t today, struct audit_report *r);
