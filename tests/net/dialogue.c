/* SPDX-License-Identifier: ISC
 *
 * dialogue [-v] SERVICE udp|tcp ADDRESS PORT [WHAT]: hold one dialogue of src/proto with a server,
 * in blocking sockets, and say in one line what came of it: "proved", "other", "silent" or
 * "closed". With -v what was said, in the form of the dialogues' own conversations (struct
 * proto_turn): that is how they were recorded. Ids are not by chance but those of the
 * conversations.
 */
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/escape.h"
#include "proto/proto.h"

enum { TRIES = 3, WAIT_MS = 1500, READ_MAX = 65536 };

struct talk {
	const struct proto *proto;
	struct addrinfo *peer;
	int fd;
	bool is_verbose;
	_Alignas(8) uint8_t state[PROTO_STATE_MAX];
	struct proto_ask ask;
	struct proto_out out;
	struct proto_said said;
	char unread[READ_MAX];
	size_t n;
};

static void die(const char *what)
{
	perror(what);
	exit(2);
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
	if (t->proto->transport == TRANSPORT_TCP && t->out.n == 0)
		return;
	show(t, '>', t->out.bytes, t->out.n);
	if (sendto(t->fd, t->out.bytes, t->out.n, 0, t->peer->ai_addr, t->peer->ai_addrlen) < 0 &&
	    errno != ECONNREFUSED)
		die("send");
}

/* What came: 1, nothing in time: 0, the end: -1. */
static int receive(struct talk *t)
{
	struct pollfd p = {.fd = t->fd, .events = POLLIN};
	ssize_t n;

	if (poll(&p, 1, WAIT_MS) == 0)
		return 0;
	if (t->proto->transport == TRANSPORT_UDP)
		t->n = 0;
	n = recv(t->fd, t->unread + t->n, sizeof(t->unread) - t->n, 0);
	if (n < 0 || (n == 0 && t->proto->transport == TRANSPORT_TCP))
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
	result = t->proto->input(t->state, &t->ask, &in, &t->out, &t->said);
	memmove(t->unread, in.p, in.n);
	t->n = in.n;
	if (t->out.n)
		send_out(t);
	return result;
}

static const char *hold(struct talk *t)
{
	static const char *const words[] = {
		[PROTO_MORE] = "more", [PROTO_PROVED] = "proved", [PROTO_OTHER] = "other"};
	enum proto_result result = PROTO_MORE;
	struct proto_out first;
	unsigned tries = 1;

	if (t->proto->start)
		t->proto->start(t->state, &t->ask, &t->out);
	first = t->out;
	send_out(t);
	while (result == PROTO_MORE) {
		int got = receive(t);

		if (got < 0)
			return "closed";
		if (got > 0) {
			result = give(t);
			continue;
		}
		if (t->proto->transport == TRANSPORT_TCP || tries++ == TRIES)
			return "silent";
		t->out = first;
		send_out(t);
	}
	return words[result];
}

/* The answer of one that answers from another port would not come through a connected socket. */
static void open_socket(struct talk *t, const char *host, const char *port)
{
	struct addrinfo hints = {.ai_flags = AI_NUMERICHOST,
				 .ai_socktype = t->proto->transport == TRANSPORT_UDP ? SOCK_DGRAM
										     : SOCK_STREAM};

	if (getaddrinfo(host, port, &hints, &t->peer) != 0)
		die(host);
	t->fd = socket(t->peer->ai_family, t->peer->ai_socktype, 0);
	if (t->fd < 0)
		die("socket");
	if (t->proto->answers_from_other_port)
		return;
	if (connect(t->fd, t->peer->ai_addr, t->peer->ai_addrlen) < 0) {
		puts("closed");
		exit(0);
	}
}

int main(int argc, char **argv)
{
	static struct talk t;
	struct buf text = BUF_INIT;
	const char *word;

	t.is_verbose = argc > 1 && strcmp(argv[1], "-v") == 0;
	argv += t.is_verbose;
	argc -= t.is_verbose;
	if (argc < 5 || argc > 6) {
		fputs("usage: dialogue [-v] SERVICE udp|tcp ADDRESS PORT [WHAT]\n", stderr);
		return 2;
	}
	t.proto = proto_find(argv[1], strcmp(argv[2], "udp") == 0 ? TRANSPORT_UDP : TRANSPORT_TCP);
	if (!t.proto) {
		fprintf(stderr, "dialogue: none proves %s over %s\n", argv[1], argv[2]);
		return 2;
	}
	for (unsigned i = 0; i < PROTO_CHANCE; i++)
		t.ask.chance[i] = (uint8_t)i;
	t.ask.what = argv[5];
	open_socket(&t, argv[3], argv[4]);
	word = hold(&t);
	escape_terminal(&text, slice_of(t.said.text));
	printf("%s%s%s", word, text.n ? ": " : "", text.data);
	if (t.said.port)
		printf("; port %u", t.said.port);
	puts(t.said.is_unknown ? "; unknown" : "");
	buf_release(&text);
	freeaddrinfo(t.peer);
	close(t.fd);
	return 0;
}
