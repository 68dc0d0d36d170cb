/* SPDX-License-Identifier: ISC
 *
 * The columns in which a plan's rows are shown, and which of them each view has.
 */
#pragma once

#include "report/plan_view.h"

struct plan_columns {
	const struct plan_column *items;
	size_t n;
};
extern const struct plan_columns plan_columns_by[]; /* by enum plan_by */
