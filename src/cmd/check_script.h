/* SPDX-License-Identifier: ISC
 *
 * A check's tasks for another host to try: in the words of its script, or of the remote probe.
 */
#pragma once

#include "cmd/checking.h"
#include "report/script.h"

/* One try a task, in the tasks' order; all of it in c->arena. */
struct handed {
	struct script_try *tries;
	unsigned *tasks;    /* by try: its task's index */
	const char **names; /* each once */
	size_t n, n_names;
	uint64_t id; /* script_id() of the tries */
};
void check_hand_over(const struct checking *c, const struct check *check, struct handed *out);

/* What the dialogue of the i-th try begins with, and reads the answer with: the same for the same
 * id. */
struct proto_ask;
void check_ask(const struct task *t, uint64_t id, size_t i, struct proto_ask *ask);

/* --script KIND: prints it. The exit code. */
MUST_USE int check_write_script(struct checking *c, const char *kind);
