/* SPDX-License-Identifier: ISC
 *
 * The run behind an audit: what speaks on each port; then the questions of audit/ to what was
 * proved; then whether the safer services that the registry names answer on the same host.
 */
#pragma once

#include "base/arena.h"
#include "cmd/remember.h"
#include "cmd/trial.h"
#include "model/text.h"
#include "probe/method_audit.h"

/* One service that was proved; owned by the arena. */
struct audited {
	unsigned outcome; /* its id */
	struct addr target;
	const char *name;    /* as asked for; NULL: an address */
	const char *subject; /* of findings about it; audit_judge_subject() */
	uint16_t port;
	enum transport transport;
	const char *proto, *service, *said;
	bool is_inside;			       /* TLS */
	const struct certificate *certificate; /* NULL: none was shown */
	struct audit_exchange identified;      /* UDP: by what it was proved */
	bool is_remembered;		       /* proved earlier today; it is asked nothing */
	bool is_alternative;		       /* only looked for because of another one */
	LIST_OF(struct audit_job *) jobs;
	struct audit_notes notes; /* of all of them, and what follows from its kind */
	unsigned connections, unanswered;
	bool is_shut_out;
};

struct auditing {
	struct arena *arena;
	struct trial trial;
	const struct layer *layer;
	struct remember remember;
	bool is_active;
	struct portset fragile; /* nothing is sent there but what usually is; owned */
	struct task *tasks;	/* owned */
	size_t n_tasks, room;
	size_t n_asked; /* of the caller's own */
	unsigned stage;
	LIST_OF(struct audited *) services;
};

/* One port to be looked at. expected: NULL: nothing is. name: lent. */
void auditing_add(struct auditing *x, const struct task *task);
/* All of it; trial.timeout_ms and .rate are the caller's. */
MUST_USE int auditing_run(struct auditing *x, struct err *err);
void auditing_release(struct auditing *x);

/* The service on the same host that is called so, or listens where it usually does. NULL: none
 * answers. */
const struct audited *auditing_find(const struct auditing *x, const struct audited *beside,
				    const char *service);
