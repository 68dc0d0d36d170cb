/* SPDX-License-Identifier: ISC */
#include "cmd/far_listen.h"

#include <stdio.h>
#include <string.h>

#include "cmd/command.h"
#include "cmd/far.h"
#include "cmd/installed.h"
#include "report/json.h"
#include "sys/packet_tap.h"
#include CONFIG_H

enum { KEYS_MAX = 64, START_MS = 10000 };

/* --- the command line ------------------------------------------------------------------------- */

/* "KEY", "KEY,ADDRESS,...", the key perhaps file:PATH. */
static int read_allowed(const char *text, struct far_listen *f, struct err *err)
{
	struct far_allowed *allowed = &f->allowed[f->n_keys];
	struct slice rest = slice_of(text), part;
	struct addr *sources = ARENA_ARRAY(f->arena, struct addr, strlen(text));
	int rc;

	slice_cut(&rest, ',', &part);
	rc = far_read_key(arena_copy(f->arena, part), f->arena, &f->keys[f->n_keys], err);
	while (!rc && slice_cut(&rest, ',', &part))
		if (!addr_parse(part, &sources[allowed->n++]))
			rc = err_set(err, ERR_USAGE, PLACE_NONE,
				     "--allow wants KEY[,ADDRESS...]: \"%.*s\" is no address",
				     part.n < 60 ? (int)part.n : 60, part.p);
	allowed->sources = sources;
	f->n_keys += !rc;
	return rc;
}

int far_listen_read(struct far_listen *f, const struct arguments *args, struct arena *a,
		    struct err *err)
{
	const char *control = args_value(args, "control");
	size_t n = args_count(args, "allow");
	int rc = 0;

	f->arena = a;
	if (!control && !n)
		return 0;
	if (!control || !n)
		return err_set(
			err, ERR_USAGE, PLACE_NONE,
			"--control says where this host is told what is tried, --allow KEY by "
			"whom: give both");
	if (n > KEYS_MAX)
		return err_set(err, ERR_USAGE, PLACE_NONE, "--allow is given at most %d times",
			       KEYS_MAX);
	if (!far_parse_place(slice_of(control), &f->at, &f->port))
		return err_set(err, ERR_USAGE, PLACE_NONE,
			       "--control wants an address of this host, ADDRESS[:PORT], not "
			       "\"%.60s\"",
			       control);
	f->keys = ARENA_ARRAY(a, const char *, n);
	f->allowed = ARENA_ARRAY(a, struct far_allowed, n);
	for (size_t i = 0; i < n && !rc; i++)
		rc = read_allowed(args_nth(args, "allow", i), f, err);
	return rc;
}

/* --- the channel ------------------------------------------------------------------------------ */

static void say(void *ctx, unsigned session, struct slice line)
{
	struct far_listen *f = ctx;

	channel_tell(f->channel, &(struct channel_word){
					 .verb = CHANNEL_LINE, .session = session, .text = line});
}

static void drop(void *ctx, unsigned session)
{
	struct far_listen *f = ctx;

	channel_tell(f->channel, &(struct channel_word){.verb = CHANNEL_DROP, .session = session});
}

static void take(struct far_listen *f, const struct channel_word *w)
{
	switch (w->verb) {
	case CHANNEL_READY:
		f->is_ready = true;
		loop_stop(f->loop);
		break;
	case CHANNEL_OPEN:
		if (w->key < f->n_keys)
			far_serve_open(f->serve, w->session, w->key, &w->peer);
		break;
	case CHANNEL_LINE:
		far_serve_line(f->serve, w->session, w->text);
		break;
	case CHANNEL_GONE:
		far_serve_gone(f->serve, w->session);
		break;
	case CHANNEL_FAILED:
		snprintf(f->failed, sizeof(f->failed), "%.*s", (int)w->text.n, w->text.p);
		break;
	case CHANNEL_DROP:
		break;
	}
}

static void hear(struct sock *s, unsigned events)
{
	struct far_listen *f = (struct far_listen *)((char *)s - offsetof(struct far_listen, sock));
	char bytes[CHANNEL_WORD_MAX];
	struct channel_word w;
	int rc = channel_hear(f->channel, bytes, &w);

	(void)events;
	if (rc > 0)
		take(f, &w);
	if (rc >= 0)
		return;
	if (!f->failed[0])
		snprintf(f->failed, sizeof(f->failed), "the program that keeps the key ended");
	f->loop->ops->unwatch(f->loop, s);
	loop_stop(f->loop);
}

/* --- start and end ---------------------------------------------------------------------------- */

static int start_channel(struct far_listen *f, struct err *err)
{
	const char **argv = ARENA_ARRAY(f->arena, const char *, f->n_keys + 5);
	char at[ADDR_TEXT_MAX], port[8];
	struct buf path = BUF_INIT;
	int rc;

	snprintf(port, sizeof(port), "%u", f->port);
	argv[0] = "portolan-channel";
	argv[1] = "listen";
	argv[2] = addr_text(&f->at, at);
	argv[3] = port;
	memcpy(argv + 4, f->keys, f->n_keys * sizeof(*argv));
	installed_path(argv[0], LIBEXEC_DIR, &path);
	rc = channel_start(&f->channel, path.data, argv, err);
	buf_release(&path);
	return rc;
}

static int wait_until_ready(struct far_listen *f, const volatile int *interrupted, struct err *err)
{
	int rc = 0;

	while (!rc && !f->is_ready && f->sock.is_open && !*interrupted)
		rc = loop_run(f->loop, interrupted, err);
	if (rc || f->is_ready)
		return rc;
	return err_set(err, ERR_SYSTEM, PLACE_NONE, "%s", f->failed[0] ? f->failed : "interrupted");
}

int far_listen_start(struct far_listen *f, struct loop *l, const volatile int *interrupted,
		     struct err *err)
{
	struct far_serve_config config = {
		.loop = l, .allowed = f->allowed, .say = say, .drop = drop, .ctx = f};
	int rc = start_channel(f, err);

	f->loop = l;
	if (rc)
		return rc;
	f->tap = packet_tap_open();
	config.tap = f->tap;
	f->serve = far_serve_new(&config);
	f->sock.ready = hear;
	if (l->ops->watch(l, &f->sock, channel_fd(f->channel), SOCK_READABLE) != 0)
		return err_set(err, ERR_SYSTEM, PLACE_NONE, "no descriptor is free to wait on");
	return wait_until_ready(f, interrupted, err);
}

void far_listen_stop(struct far_listen *f)
{
	if (!f->channel)
		return;
	far_serve_free(f->serve);
	if (f->tap >= 0)
		packet_tap_close(f->tap);
	if (f->sock.is_open)
		f->loop->ops->unwatch(f->loop, &f->sock);
	channel_free(f->channel);
}

/* --- what is told ----------------------------------------------------------------------------- */

static const char *looks_at(const struct far_listen *f)
{
	return f->tap >= 0 ? "packets" : "sockets";
}

void far_listen_print_start(const struct far_listen *f, bool json, struct buf *out)
{
	char at[ADDR_TEXT_MAX];

	if (json) {
		buf_addf(out,
			 "{\"record\":\"control\",\"address\":\"%s\",\"port\":%u,\"keys\":%zu,"
			 "\"means\":\"%s\"}\n",
			 addr_text(&f->at, at), f->port, f->n_keys, looks_at(f));
		return;
	}
	buf_addf(out, "Told what is tried at %s port %u, by %zu key%s; looks at %s%s.\n",
		 addr_text(&f->at, at), f->port, f->n_keys, f->n_keys == 1 ? "" : "s", looks_at(f),
		 f->tap >= 0 ? "" : " alone: packets want root, or CAP_NET_RAW");
}

void far_listen_print_end(const struct far_listen *f, bool json, struct buf *out)
{
	const struct far_serve_counts *n = far_serve_counted(f->serve);

	buf_addf(out,
		 json ? "{\"record\":\"controlled\",\"sessions\":%llu,\"flows\":%llu,"
			"\"refused\":%llu}\n"
		      : "Told in %llu sessions; %llu tries were watched, %llu refused.\n",
		 (unsigned long long)n->sessions, (unsigned long long)n->flows,
		 (unsigned long long)n->refused);
}
