/* SPDX-License-Identifier: ISC
 *
 * What an FTP gateway's clients dial: opened by the first process, waited on by its workers. A
 * listener belongs to the configurations that name it, and is closed with the last of them, so
 * that nobody is kept waiting where nobody comes.
 */
#pragma once

#include "gateway/gate.h"

enum { LISTENERS_MAX = 64 };

struct listeners {
	struct {
		struct gate_listener at;
		int fd;
		unsigned uses; /* configurations, and the service manager */
	} items[LISTENERS_MAX];
	size_t n;
};

/* The service manager's stand for what they are bound to, and stay. */
void listeners_take_given(struct listeners *l);
/* Those of a configuration: all of them or, with an error, none. */
MUST_USE int listeners_hold(struct listeners *l, const struct gate_config *c, struct err *err);
void listeners_let_go(struct listeners *l,
		      const struct gate_config *c); /* after listeners_hold() */
void listeners_close(struct listeners *l);

/* In a worker: those of the configuration become the gate's; the others, which it has from the
 * first process, are closed here: else their ports would stay open with it. 0, or -errno. */
int listeners_hand_over(struct listeners *l, const struct gate_config *c, struct gate *g);
