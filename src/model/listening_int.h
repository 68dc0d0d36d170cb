/* SPDX-License-Identifier: ISC
 *
 * Between the files listening*.c.
 */
#pragma once

#include "model/listening.h"

/* Zeroed but for these; in the order of finding. */
struct finding *listening_find(struct listening *l, enum severity severity, const char *code,
			       const char *subject);
/* Beside what the site wants. */
void listening_chart(struct listening *l);
