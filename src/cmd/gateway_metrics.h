/* SPDX-License-Identifier: ISC
 *
 * --metrics: what the gateway has counted, for Prometheus, by a process of its own.
 */
#pragma once

#include "cmd/gateway_counts.h"
#include "sys/web.h"

struct gateway_metrics {
	struct web web;
	struct web_page page;
	int listener; /* -1: none is wanted */
	int64_t begun;
};

/* at: ADDRESS:PORT, NULL: nothing. The struct stays where it is. */
MUST_USE int gateway_metrics_start(struct gateway_metrics *m, const char *at, const char *user,
				   struct gateway_counts *counts, struct err *err);
/* That process has ended: is it it? Then another one begins, but for one that ends at once. */
bool gateway_metrics_again(struct gateway_metrics *m, int pid, struct err *err);
/* In a worker, which has no part in it. */
void gateway_metrics_leave(struct gateway_metrics *m);
void gateway_metrics_stop(struct gateway_metrics *m);
