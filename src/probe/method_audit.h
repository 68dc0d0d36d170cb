/* SPDX-License-Identifier: ISC
 *
 * The method "audit": the questions of audit/ to one service that is proved, task.audit. Over TCP
 * all of them, one connection after the other: first in the service's own words, then the switch to
 * TLS where it has one, with a whole handshake, then in TLS' own words. Over UDP one question,
 * job.only.
 *
 * One answer may take AUDIT_PATIENCE_MS, all of them AUDIT_DEADLINE_MS. Where connections are
 * refused that were taken before, nothing more is asked.
 */
#pragma once

#include "audit/audit.h"
#include "probe/method.h"
#include "sys/layer.h"

enum { AUDIT_PATIENCE_MS = 3000, AUDIT_DEADLINE_MS = 30000 };

/* One service. */
struct audit_job {
	struct audit_facts facts;	  /* lent by the caller; is_upgraded is found out */
	const struct audit *const *table; /* as `audits` */
	const struct audit *only;	  /* UDP: this one */
	bool is_active;			  /* also what only the owner may try */

	struct audit_notes notes;
	struct layer_told told; /* of the handshake after an upgrade */
	bool has_told;
	unsigned connections;
	unsigned unanswered; /* of them */
	struct audit_exchange most;
	bool is_shut_out; /* connections are refused now */
};

/* Whether there is anything to ask. */
bool audit_job_is_due(const struct audit_job *job);

extern const struct method method_audit, method_audit_udp; /* need no privilege */
