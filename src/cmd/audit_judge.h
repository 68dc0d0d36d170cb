/* SPDX-License-Identifier: ISC
 *
 * From what was noted of each service to findings: by the profile, with the way out.
 */
#pragma once

#include "cmd/auditing.h"
#include "report/audit.h"

enum audit_profile { PROFILE_DEFAULT, PROFILE_STRICT };

/* Services and findings of the report; not sorted. Borrows from the run, which outlives it. */
void audit_judge(const struct auditing *x, enum audit_profile profile, struct audit_report *r);
/* A finding about that service, with its subject; the rest is the caller's. */
struct finding *audit_judge_add(struct arena *a, struct audit_report *r, const char *subject);
/* The same one for all findings about it. */
const char *audit_judge_subject(struct arena *a, struct audited *s);
/* The worst first, and which count: an exit code. */
void audit_judge_sort(struct audit_report *r);
int audit_judge_exit(const struct audit_report *r);
