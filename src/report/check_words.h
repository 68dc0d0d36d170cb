/* SPDX-License-Identifier: ISC
 *
 * A run of `check` in plain words, the same in every form. Not escaped: each writer has its own
 * escaper.
 */
#pragma once

#include "base/buf.h"
#include "report/check_report.h"

/* "From web1 of head-office: 2 fail, 41 hold; 1 is new." */
void check_words_answer(const struct check_report *r, struct buf *out);

/* The word for programs: a verdict's own, or "elsewhere". */
const char *check_verdict_name(const struct judgement *j);
const char *check_verdict_title(enum verdict v); /* "FAILS" */
const char *check_verdict_words(enum verdict v); /* "fails" */
/* Of what is forbidden: something answers there; else it is only not shown closed. */
bool check_is_open(const struct judgement *j);
const char *check_goal_words(enum verdict v); /* "yes", "no", ... */

/* "passwordstate/web-to-database", with the installation where that has another name. */
void check_words_id(const struct judgement *j, struct buf *out);
/* "web1 -> sql1 tcp/1433"; of the way into a gateway "pc -> proxy tcp/3128, for web" */
void check_words_ends(const struct judgement *j, const struct flow *f, struct buf *out);
void check_words_ports(const struct flow *f, struct buf *out); /* "tcp/1433"; f NULL: "" */
/* "10.1.0.20:1433 rejected: 10.1.0.1 answered: ..." */
void check_words_evidence(const struct outcome *o, struct buf *out);
/* What was seen beside the decisive one: each where there are few, else how many of each state;
 * nothing where that was all. "10.0.0.6:443 open, [2001:db8::6]:443 dropped" */
void check_words_others(const struct judgement *j, struct buf *out);
/* Why in one go: what it waits for, the judge's sentence, else the outcome's. */
void check_words_reason(const struct judgement *j, struct buf *out);
/* "network team (fw1)", "the server's administrator"; "" where nobody can make a move */
void check_words_turn(const struct judgement *j, struct buf *out);
/* "optional; without it: no mail"; "" of what is required */
void check_words_loss(const struct judgement *j, struct buf *out);
/* "new", "failing since 2026-11-20 08:14 UTC", "so since ..."; "" where nothing is known */
void check_words_change(const struct check_report *r, const struct judgement *j, struct buf *out);
/* "read mail: stanford-from-outside/imap guest -> mailbox tcp/143 fails" */
void check_words_goal(const struct goal_judgement *g, struct buf *out);
