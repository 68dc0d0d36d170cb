/* SPDX-License-Identifier: ISC */
#include "sys/web.h"

#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/sandbox.h"

enum { CONNECTIONS = 16, PATIENCE_S = 10, MEMORY = 16 << 10, STANDARD_FDS = 3 };

/* --- the page --------------------------------------------------------------------------------- */

static enum MHD_Result answer(struct MHD_Connection *c, unsigned status, struct slice text,
			      const char *type)
{
	struct MHD_Response *r =
		MHD_create_response_from_buffer(text.n, (void *)text.p, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result rc;

	if (!r)
		return MHD_NO;
	MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	rc = MHD_queue_response(c, status, r);
	MHD_destroy_response(r);
	return rc;
}

static enum MHD_Result asked(void *ctx, struct MHD_Connection *c, const char *url,
			     const char *method, const char *version, const char *body,
			     size_t *n_body, void **of_request)
{
	const struct web_page *page = ctx;
	struct buf text = BUF_INIT;
	enum MHD_Result rc;

	(void)version, (void)body, (void)of_request;
	*n_body = 0; /* what is sent is not read */
	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
		return answer(c, MHD_HTTP_METHOD_NOT_ALLOWED, SLICE("GET\n"), "text/plain");
	if (strcmp(url, page->path) != 0)
		return answer(c, MHD_HTTP_NOT_FOUND, SLICE("not here\n"), "text/plain");
	page->write(page->ctx, &text);
	rc = answer(c, MHD_HTTP_OK, buf_slice(&text), page->type);
	buf_release(&text);
	return rc;
}

/* --- its process ------------------------------------------------------------------------------ */

static void close_span(unsigned from, unsigned to)
{
	if (from <= to)
		close_range(from, to, 0);
}

/* Whatever the process that began it has open is none of its business. */
static void close_others(int a, int b)
{
	unsigned lo = (unsigned)(a < b ? a : b), hi = (unsigned)(a < b ? b : a);

	close_span(STANDARD_FDS, lo - 1);
	close_span(lo + 1, hi - 1);
	close_span(hi + 1, ~0U);
}

static void ignore_signals(void)
{
	static const int all[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		signal(all[i], SIG_IGN);
}

/* Until the other end of `life` is closed. */
static int serve(struct MHD_Daemon *d, int life)
{
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(d, MHD_DAEMON_INFO_EPOLL_FD);
	struct pollfd fds[] = {{.fd = life, .events = POLLIN}, {.events = POLLIN}};

	if (!info)
		return 1;
	fds[1].fd = info->epoll_fd;
	while (!fds[0].revents) {
		MHD_UNSIGNED_LONG_LONG ms;
		bool has_timeout = MHD_get_timeout(d, &ms) == MHD_YES;

		if (poll(fds, 2, !has_timeout ? -1 : ms > 1000 ? 1000 : (int)ms) < 0)
			return 1;
		/* Full, it listens no more; once the first has made room, the second does. */
		for (int i = 0; i < 2; i++)
			if (MHD_run(d) != MHD_YES)
				return 1;
	}
	return 0;
}

static int be_web(int listener, int life, const struct web_page *page)
{
	struct sandbox sandbox = {.user = page->user};
	struct MHD_Daemon *d;
	struct err err;

	ignore_signals();
	close_others(listener, life);
	d = MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, asked, (void *)page,
			     MHD_OPTION_LISTEN_SOCKET, listener, MHD_OPTION_CONNECTION_LIMIT,
			     (unsigned)CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT,
			     (unsigned)PATIENCE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
			     (size_t)MEMORY, MHD_OPTION_END);
	if (!d || sandbox_enter(&sandbox, &err) != 0)
		return 1;
	return serve(d, life);
}

/* --- who begins it ---------------------------------------------------------------------------- */

int web_start(struct web *w, int listener, const struct web_page *page, struct err *err)
{
	int life[2];

	*w = (struct web){.life = -1};
	if (pipe2(life, O_CLOEXEC) != 0)
		return err_set(err, ERR_SYSTEM, PLACE_NONE, "pipe: %s", strerror(errno));
	w->pid = (int)fork();
	if (w->pid == 0)
		_exit(be_web(listener, life[0], page));
	close(life[0]);
	if (w->pid > 0) {
		w->life = life[1];
		return 0;
	}
	close(life[1]);
	w->pid = 0;
	return err_set(err, ERR_SYSTEM, PLACE_NONE, "fork: %s", strerror(errno));
}

void web_stop(struct web *w)
{
	if (w->life < 0)
		return;
	close(w->life);
	w->life = -1;
	waitpid((pid_t)w->pid, NULL, 0); /* buried already: nothing to wait for */
	w->pid = 0;
}
