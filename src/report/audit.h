/* SPDX-License-Identifier: ISC
 *
 * What an audit found, as text for people and as the machine's records.
 */
#pragma once

#include "base/buf.h"
#include "model/finding.h"
#include "report/records.h"

/* One service that is proved; texts come from outside in part and are escaped here. */
struct audited_service {
	const char *target;  /* "mail.test 192.0.2.1:143": as words_target() says */
	const char *service; /* "imap" */
	const char *said;    /* "" */
	const char *note;    /* what could not be found out, and why; NULL: nothing */
	size_t n_findings;
};

/* What the site says it lives with. */
struct audit_exception {
	struct finding finding;
	const char *reason, *until; /* until: a day */
};

struct audit_report {
	const struct run *run;
	const char *profile; /* "default", "strict" */
	const char *names;   /* a line for each name that was resolved; escaped */
	LIST_OF(struct audited_service) services;
	LIST_OF(struct finding) findings; /* the worst first */
	LIST_OF(struct audit_exception) exceptions;
	size_t unknown;	   /* ports that accept and are not known */
	size_t not_tested; /* could not be tried */
	bool is_shut_out;  /* a target takes no connections of this host any more */
	size_t width;	   /* of text, in columns; 0: no limit */
	int64_t elapsed_ms;
	int exit;
};

void audit_answer(const struct audit_report *r, struct buf *out); /* in one sentence */
void audit_text(const struct audit_report *r, struct buf *out);
void audit_json(const struct audit_report *r, struct buf *out);
void audit_jsonl(const struct audit_report *r, struct buf *out);
