/* SPDX-License-Identifier: ISC
 *
 * walls names NAME ...         in the sandbox: what each name resolves to, a line each
 * walls dialled ADDR PORT TO TOPORT
 *                              listens, dials, says where the one who was accepted meant to go
 */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "sys/loop.h"
#include "sys/resolve.h"
#include "sys/sandbox.h"
#include "sys/stream.h"

static struct loop *loop;
static int left;

static void done(struct resolve_query *q)
{
	printf("%s", q->name);
	for (size_t i = 0; i < q->n_addrs; i++) {
		char text[ADDR_TEXT_MAX];

		printf(" %s", addr_text(&q->addrs[i], text));
	}
	if (!q->n_addrs)
		printf(" %s", resolve_status_names[resolve_why(q)]);
	printf("\n");
	if (--left == 0)
		loop_stop(loop);
}

static void give_up(const char *what)
{
	fprintf(stderr, "%s\n", what);
	exit(1);
}

static void ask(struct resolver *r, char **names, int n)
{
	struct resolve_query *queries = calloc((size_t)n, sizeof(*queries));
	struct err err;

	left = n;
	for (int i = 0; i < n && queries; i++) {
		queries[i] = (struct resolve_query){.name = names[i], .done = done};
		r->ops->start(r, &queries[i]);
	}
	if (left && loop_run(loop, NULL, &err) != 0)
		give_up(err.text);
	for (int i = 0; i < n && queries; i++)
		resolve_release(&queries[i]);
	free(queries);
}

/* Twice, and given up in between. */
static int resolve_names(char **names, int n)
{
	struct sandbox s = {0};
	struct resolver *r;
	struct err err;
	int rc;

	if (loop_new(&loop, &err) != 0)
		give_up(err.text);
	r = resolver_new(loop);
	if (resolver_prepare(r, &err) != 0)
		give_up(err.text);
	rc = sandbox_enter(&s, &err);
	if (rc)
		give_up(err.text);
	printf("root %d filter %d\n", s.has_root, s.has_filter);
	ask(r, names, n);
	r->ops->stop(r);
	loop->stop = false;
	ask(r, names, n);
	resolver_free(r);
	loop_free(loop);
	return 0;
}

static void wait_for(int fd, const char *what)
{
	struct pollfd p = {fd, POLLIN, 0};

	if (poll(&p, 1, 5000) != 1)
		give_up(what);
}

static int dial_and_tell(char **words)
{
	struct stream_spec there = {.port = (uint16_t)strtoul(words[1], NULL, 10), .backlog = 8};
	struct stream_spec here = {.to_port = (uint16_t)strtoul(words[3], NULL, 10)};
	char text[ADDR_TEXT_MAX];
	const char *call;
	struct addr a;
	uint16_t port;
	int listener, from, fd;

	if (!addr_parse(slice_of(words[0]), &there.at) || !addr_parse(slice_of(words[2]), &here.to))
		give_up("addresses");
	listener = stream_listen(&there, &call);
	from = stream_bind(&here, &call);
	if (listener < 0 || from < 0 || stream_dial(from, &here.to, here.to_port) != 0)
		give_up("cannot listen or dial");
	wait_for(listener, "nobody came");
	fd = stream_accept(listener, &a, &port);
	if (fd < 0 || !stream_dialled(fd, &a, &port))
		give_up("accept");
	printf("%s %u\n", addr_text(&a, text), port);
	stream_close(fd, true);
	stream_close(from, false);
	stream_close(listener, false);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 2 && strcmp(argv[1], "names") == 0)
		return resolve_names(argv + 2, argc - 2);
	if (argc == 6 && strcmp(argv[1], "dialled") == 0)
		return dial_and_tell(argv + 2);
	fprintf(stderr, "usage: see the top of walls.c\n");
	return 2;
}
