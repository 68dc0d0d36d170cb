/* SPDX-License-Identifier: ISC
 *
 * topic [-v] TOPIC ADDRESS PORT [NAME]: hold one topic of src/audit with a server, in blocking
 * sockets, and say in one line how many connections that took and what was noted: "5: tls12 tls10".
 * With -v what was said, in the form of the topics' own conversations (struct audit_vector), and
 * the evidence: that is how they were recorded. Ids are not by chance but those of the
 * conversations.
 */
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "audit/audit.h"
#include "base/buf.h"
#include "base/escape.h"

enum { WAIT_MS = 1500, READ_MAX = 32768 };

struct talk {
	const struct audit *topic;
	struct addrinfo *peer;
	int fd;
	bool is_verbose;
	_Alignas(8) uint8_t state[AUDIT_STATE_MAX];
	struct audit_ask ask;
	struct proto_out out;
	struct audit_notes notes;
	char unread[READ_MAX];
	size_t n;
};

static void die(const char *what)
{
	perror(what);
	exit(2);
}

/* As a string of C: octal escapes of three digits end by themselves. */
static void show(const struct talk *t, char who, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;

	if (!t->is_verbose)
		return;
	printf("{'%c', SLICE(\"", who);
	for (size_t i = 0; i < n; i++)
		if (p[i] == '"' || p[i] == '\\' || p[i] < ' ' || p[i] > '~')
			printf("\\%03o", p[i]);
		else
			putchar(p[i]);
	printf("\")},\n");
}

static void send_out(struct talk *t)
{
	if (!t->out.n)
		return;
	show(t, '>', t->out.bytes, t->out.n);
	send(t->fd, t->out.bytes, t->out.n, MSG_NOSIGNAL); /* it may have hung up */
	t->out.n = 0;
}

static bool receive(struct talk *t, bool *is_closed)
{
	struct pollfd p = {.fd = t->fd, .events = POLLIN};
	ssize_t n;

	*is_closed = false;
	if (poll(&p, 1, WAIT_MS) == 0)
		return false;
	n = recv(t->fd, t->unread + t->n, sizeof(t->unread) - t->n, 0);
	*is_closed = n <= 0;
	if (n <= 0)
		return false;
	show(t, '<', t->unread + t->n, (size_t)n);
	t->n += (size_t)n;
	return true;
}

static void hold(struct talk *t)
{
	enum proto_result result = PROTO_MORE;
	bool is_closed = false;
	struct slice in;

	send_out(t);
	while (result == PROTO_MORE) {
		if (!receive(t, &is_closed)) {
			if (t->topic->over)
				t->topic->over(t->state, &t->ask, is_closed, &t->notes);
			return;
		}
		in = (struct slice){t->unread, t->n};
		result = t->topic->input(t->state, &t->ask, &in, &t->out, &t->notes);
		memmove(t->unread, in.p, in.n);
		t->n = in.n;
		send_out(t);
	}
}

static void connect_to(struct talk *t)
{
	t->fd = socket(t->peer->ai_family, t->peer->ai_socktype, 0);
	if (t->fd < 0 || connect(t->fd, t->peer->ai_addr, t->peer->ai_addrlen) < 0)
		die("connect");
	t->n = 0;
}

static void hold_all(struct talk *t)
{
	const unsigned most = t->topic->connections ? t->topic->connections : 1;

	for (; t->ask.connection < most; t->ask.connection++) {
		if (!t->topic->start(t->state, &t->ask, &t->out))
			break;
		if (t->is_verbose && t->ask.connection)
			printf("{'|'},\n");
		connect_to(t);
		hold(t);
		close(t->fd);
	}
}

static void tell(const struct talk *t)
{
	struct buf text = BUF_INIT;

	for (size_t i = 0; t->is_verbose && i < t->notes.n; i++) {
		escape_terminal(&text, slice_of(t->notes.items[i].evidence));
		buf_addf(&text, " (%s)\n", t->notes.items[i].weakness->code);
	}
	buf_addf(&text, "%u:", t->ask.connection);
	for (size_t i = 0; i < t->notes.n; i++)
		buf_addf(&text, " %s", t->notes.items[i].weakness->code);
	printf("%.*s\n", (int)text.n, text.data);
	buf_release(&text);
}

static const struct audit *find(const char *name)
{
	for (size_t i = 0; audits[i]; i++)
		if (strcmp(audits[i]->name, name) == 0 && audits[i]->start)
			return audits[i];
	return NULL;
}

int main(int argc, char **argv)
{
	static struct talk t;
	struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM};

	t.is_verbose = argc > 1 && strcmp(argv[1], "-v") == 0;
	argv += t.is_verbose;
	argc -= t.is_verbose;
	if (argc < 4 || argc > 5 || !(t.topic = find(argv[1]))) {
		fputs("usage: topic [-v] TOPIC ADDRESS PORT [NAME]\n", stderr);
		return 2;
	}
	if (getaddrinfo(argv[2], argv[3], &hints, &t.peer) != 0)
		die(argv[2]);
	for (unsigned i = 0; i < PROTO_CHANCE; i++)
		t.ask.chance[i] = (uint8_t)i;
	t.ask.host = argv[4];
	t.ask.now = time(NULL);
	hold_all(&t);
	tell(&t);
	freeaddrinfo(t.peer);
	return 0;
}
