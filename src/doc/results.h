/* SPDX-License-Identifier: ISC
 *
 * What a script or the remote probe printed on another host (portolan-check(1), "Results"). Lines
 * of fields with tabs between them:
 *
 *	portolan-results 1  SITE  HOST  DATE  ID
 *	FLOW  TARGET  ADDRESS  PORT  TRANSPORT  STATE  HOW  MEANS  MS  ICMP  REPLY
 *	portolan-end  LINES
 *
 * It came through terminals, editors and redirections: what stands before the first line and after
 * the last one is passed over, as are blank lines, carriage returns and byte order marks; UTF-16,
 * which Windows PowerShell's ">" writes, is read too. Between the two every line must be whole.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "model/text.h"
#include "model/told.h"

struct results {
	const char *file;
	const char *site, *host;
	int64_t at_ms; /* when it ran by its host's clock; ms since 1970 */
	uint64_t id;   /* of what was tried */
	LIST_OF(struct told) items;
	bool is_cut_short; /* the last line is missing */
};

/* Texts are the arena's. The first mistake, with its line. */
MUST_USE int results_read(const char *file, struct slice bytes, struct arena *arena,
			  struct results *out, struct err *err);
