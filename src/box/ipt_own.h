/* SPDX-License-Identifier: ISC
 *
 * The chains PORTOLAN-... in texts of iptables-save: what policy derive writes for
 * iptables-restore --noflush (policy/emit_iptables.c), as it is to be loaded on a box that has what
 * iptables-save printed there, and what puts that back. All of one family.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

/* That it touches nothing but these chains and the jumps to them. 0, or ERR_DOCUMENT. */
MUST_USE int ipt_own_check(const char *file, struct slice text, struct err *err);
/* Without the lines -I whose jump is there already. */
void ipt_own_load(struct slice text, struct slice saved, struct buf *out);
/* For iptables-restore --noflush --counters, after `loaded` was; `saved` with counters. */
void ipt_own_undo(struct slice loaded, struct slice saved, struct buf *out);
/* The tables of a text, each once and as often as not: "filter". False: no more. */
bool ipt_own_next_table(struct slice *text, struct slice *table);
/* What it prints, without counters, comments and times, and without tables that have no rules: to
 * see whether two do the same. */
void ipt_own_plain(struct slice saved, struct buf *out);
