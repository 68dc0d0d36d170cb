/* SPDX-License-Identifier: ISC
 *
 * A device's policy as records, as a page, and what goes beside a ruleset.
 */
#pragma once

#include "base/buf.h"
#include "policy/policy.h"

/* A line each: its rules and its findings. */
void policy_records(const struct policy *p, struct buf *out);
/* JSON: by the keys that stand in the ruleset's comments, what is behind each rule. */
void policy_sidecar(const struct policy *p, struct buf *out);
/* A page for people: one content, two forms. The HTML is whole in itself. */
void policy_page_markdown(const struct policy *p, struct buf *out);
void policy_page_html(const struct policy *p, struct buf *out);

/* Who answers for what the rule lets through: as granted, else the target's owner, else the
 * source's; NULL: the site does not say. */
const char *policy_owner(const struct rule *r);
/* A demand that no earlier claim of the rule told of. */
bool policy_is_first(const struct rule *r, const struct flow *f, const struct claim *c);
