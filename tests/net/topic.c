/* SPDX-License-Identifier: ISC
 *
 * topic [-v] TOPIC ADDRESS PORT [HOST]: hold one topic's conversations (src/audit) with a server,
 * in blocking sockets, also those that `portolan audit` holds with --active alone. What is noted
 * comes a line each: "CODE: EVIDENCE"; then how it ended, "done", "other", "silent" or "closed",
 * and on how many connections: "done, 5".
 * With -v also what was said, in the form of the topics' own conversations (struct audit_vector):
 * that is how they were recorded; then it is AUDIT_VECTOR_NOW, otherwise now. Ids are not by chance
 * but those of the conversations.
 */
#include <errno.h>
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

enum { TRIES = 2, WAIT_MS = 2000, PARTING_MS = 200, READ_MAX = 65536 };

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

static bool is_udp(const struct talk *t)
{
	return t->topic->transport == TRANSPORT_UDP;
}

/* As a string of C: a digit after an octal escape would belong to it. */
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
	if (t->out.n == 0)
		return;
	show(t, '>', t->out.bytes, t->out.n);
	if (send(t->fd, t->out.bytes, t->out.n, MSG_NOSIGNAL) < 0 && errno != ECONNREFUSED &&
	    errno != EPIPE && errno != ECONNRESET)
		die("send");
}

/* What came: 1, nothing in time: 0, the end: -1. */
static int receive(struct talk *t, int wait_ms)
{
	struct pollfd p = {.fd = t->fd, .events = POLLIN};
	ssize_t n;

	if (poll(&p, 1, wait_ms) == 0)
		return 0;
	if (is_udp(t))
		t->n = 0;
	n = recv(t->fd, t->unread + t->n, sizeof(t->unread) - t->n, 0);
	if (n < 0 || (n == 0 && !is_udp(t)))
		return -1;
	show(t, '<', t->unread + t->n, (size_t)n);
	t->n += (size_t)n;
	return 1;
}

static enum proto_result give(struct talk *t)
{
	struct slice in = {t->unread, t->n};
	enum proto_result result;

	t->out.n = 0;
	result = t->topic->input(t->state, &t->ask, &in, &t->out, &t->notes);
	memmove(t->unread, in.p, in.n);
	t->n = in.n;
	return result;
}

static void over(struct talk *t, bool is_closed)
{
	if (t->topic->over)
		t->topic->over(t->state, &t->ask, is_closed, &t->notes);
}

/* Of what came at once: until nothing more of it is understood. */
static enum proto_result understand(struct talk *t)
{
	enum proto_result result;
	size_t before;

	do {
		before = t->n;
		result = give(t);
		send_out(t);
	} while (!is_udp(t) && result == PROTO_MORE && t->n && t->n < before);
	return result;
}

/* One connection, whose first message is in t->out. */
static const char *hold(struct talk *t)
{
	enum proto_result result = PROTO_MORE;
	struct proto_out first = t->out;
	unsigned tries = 1;

	send_out(t);
	while (result == PROTO_MORE) {
		int got = receive(t, WAIT_MS);

		if (got > 0) {
			result = understand(t);
		} else if (got == 0 && is_udp(t) && tries++ < TRIES) {
			t->out = first;
			send_out(t);
		} else {
			over(t, got < 0);
			return got < 0 ? "closed" : "silent";
		}
	}
	if (t->out.n && !is_udp(t))
		receive(t, PARTING_MS);
	return result == PROTO_PROVED ? "done" : "other";
}

static void open_socket(struct talk *t)
{
	t->fd = socket(t->peer->ai_family, t->peer->ai_socktype, 0);
	if (t->fd < 0)
		die("socket");
	if (connect(t->fd, t->peer->ai_addr, t->peer->ai_addrlen) < 0)
		die("connect");
}

static const char *hold_all(struct talk *t)
{
	unsigned most = t->topic->connections ? t->topic->connections : 1;
	const char *word = "done";

	for (t->ask.connection = 0; t->ask.connection < most; t->ask.connection++) {
		t->n = t->out.n = 0;
		if (!t->topic->start(t->state, &t->ask, &t->out))
			break;
		if (t->ask.connection)
			show(t, '|', "", 0);
		open_socket(t);
		word = hold(t);
		close(t->fd);
	}
	return word;
}

static void tell(const struct talk *t)
{
	struct buf text = BUF_INIT;

	for (size_t i = 0; i < t->notes.n; i++) {
		buf_clear(&text);
		escape_terminal(&text, slice_of(t->notes.items[i].evidence));
		printf("%s: %s\n", t->notes.items[i].weakness->code, text.n ? text.data : "");
	}
	buf_release(&text);
}

static const struct audit *find(const char *name)
{
	for (size_t i = 0; audits[i]; i++)
		if (strcmp(audits[i]->name, name) == 0 && audits[i]->start)
			return audits[i];
	fprintf(stderr, "topic: no topic %s asks anything\n", name);
	exit(2);
}

int main(int argc, char **argv)
{
	static struct talk t;
	struct addrinfo hints = {.ai_flags = AI_NUMERICHOST};
	const char *word;

	t.is_verbose = argc > 1 && strcmp(argv[1], "-v") == 0;
	argv += t.is_verbose;
	argc -= t.is_verbose;
	if (argc < 4 || argc > 5) {
		fputs("usage: topic [-v] TOPIC ADDRESS PORT [HOST]\n", stderr);
		return 2;
	}
	t.topic = find(argv[1]);
	for (unsigned i = 0; i < PROTO_CHANCE; i++)
		t.ask.chance[i] = (uint8_t)i;
	t.ask.now = t.is_verbose ? AUDIT_VECTOR_NOW : (int64_t)time(NULL);
	t.ask.host = argv[4];
	t.ask.port = (uint16_t)strtoul(argv[3], NULL, 10);
	hints.ai_socktype = is_udp(&t) ? SOCK_DGRAM : SOCK_STREAM;
	if (getaddrinfo(argv[2], argv[3], &hints, &t.peer) != 0)
		die(argv[2]);
	word = hold_all(&t);
	tell(&t);
	printf("%s, %u\n", word, t.ask.connection);
	freeaddrinfo(t.peer);
	return 0;
}
