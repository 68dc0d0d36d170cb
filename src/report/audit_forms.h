/* SPDX-License-Identifier: ISC
 *
 * An audit in the forms that other programs and people's tickets take; all escaped.
 */
#pragma once

#include "report/audit.h"

void audit_csv(const struct audit_report *r, struct buf *out);
void audit_markdown(const struct audit_report *r, struct buf *out);
/* What is of severity medium and worse fails. */
void audit_junit(const struct audit_report *r, struct buf *out);
void audit_sarif(const struct audit_report *r, struct buf *out);
void audit_html(const struct audit_report *r, struct buf *out);
