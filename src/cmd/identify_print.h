/* SPDX-License-Identifier: ISC
 *
 * The report of identify for people: the answer in one sentence, then a line a port. What is not
 * proved is not named: the registry's word for a number stands only beside what was seen there.
 */
#pragma once

#include "base/portset.h"
#include "model/service.h"
#include "report/probe_text.h"

struct identify_view {
	const struct outcome_list *outcomes;
	const char *names;		  /* lines about the names, as probe_text() */
	const struct portset *by_default; /* the ports that were tried unasked; NULL: none were */
	enum transport transport;
};

void identify_text(const struct identify_view *v, struct buf *out);

/* The service for which the number is known, where another protocol is proved; NULL: nothing is
 * known of the number, or it is what is there. */
const char *identify_impostor(const struct outcome *o);
/* Whether what was proved is that service. */
bool identify_is_of(const struct outcome *o, const struct service *s);
/* It took the connection, or answered. */
bool identify_accepts(const struct outcome *o);
