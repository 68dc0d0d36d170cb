/* SPDX-License-Identifier: ISC */
#include "cmd/gateway_metrics.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "cmd/gateway_options.h"
#include "cmd/gateway_status.h"
#include "sys/stream.h"

enum { BACKLOG = 16, AT_ONCE_S = 2 };

static void write_page(void *ctx, struct buf *text)
{
	struct gateway_counts *copy = mem_new(1, sizeof(*copy));

	gateway_counts_copy(ctx, copy);
	gateway_status_metrics(copy, text);
	free(copy);
}

static int listen_at(struct gateway_metrics *m, const char *at, struct err *err)
{
	struct stream_spec spec = {.backlog = BACKLOG};
	struct gate_listener l;
	const char *call;

	if (!gateway_end(slice_of(at), &l) || !strchr(at, ':'))
		return err_set(err, ERR_USAGE, PLACE_NONE,
			       "--metrics %s: an address and a port was expected", at);
	spec.at = l.at;
	spec.port = l.port;
	m->listener = stream_listen(&spec, &call);
	if (m->listener >= 0)
		return 0;
	return err_set(err, ERR_SYSTEM, PLACE_NONE, "--metrics %s: %s: %s", at, call,
		       strerror(-m->listener));
}

static int start(struct gateway_metrics *m, struct err *err)
{
	m->begun = (int64_t)time(NULL);
	return web_start(&m->web, m->listener, &m->page, err);
}

int gateway_metrics_start(struct gateway_metrics *m, const char *at, const char *user,
			  struct gateway_counts *counts, struct err *err)
{
	int rc;

	*m = (struct gateway_metrics){
		.web = {.life = -1},
		.page = {.path = "/metrics",
			 .type = "application/openmetrics-text; version=1.0.0; charset=utf-8",
			 .write = write_page,
			 .ctx = counts,
			 .user = user},
		.listener = -1};
	if (!at)
		return 0;
	rc = listen_at(m, at, err);
	return rc ? rc : start(m, err);
}

bool gateway_metrics_again(struct gateway_metrics *m, int pid, struct err *err)
{
	if (m->web.life < 0 || m->web.pid != pid)
		return false;
	web_stop(&m->web);
	if ((int64_t)time(NULL) - m->begun < AT_ONCE_S || start(m, err) != 0)
		gateway_metrics_stop(m);
	return true;
}

void gateway_metrics_leave(struct gateway_metrics *m)
{
	stream_close(m->listener, false);
	stream_close(m->web.life, false);
}

void gateway_metrics_stop(struct gateway_metrics *m)
{
	web_stop(&m->web);
	stream_close(m->listener, false);
	m->listener = -1;
}
