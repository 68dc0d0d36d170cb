/* SPDX-License-Identifier: ISC
 *
 * connect_bare ADDRESS FIRST LAST WINDOW: the least that trying TCP ports costs: a plain epoll loop
 * with the same socket options as sys/loop_epoll.c, and nothing remembered but three sums. What the
 * engine's own part is measured against (ports.sh). IPv4 only.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BATCH = 128 };

struct bare {
	struct sockaddr_in to;
	unsigned next, last, window, live;
	int epoll;
	unsigned open, closed, other;
};

static void die(const char *what)
{
	perror(what);
	exit(3);
}

static void start_one(struct bare *b)
{
	const int on = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct epoll_event e = {.events = EPOLLOUT, .data.fd = fd};

	if (fd < 0)
		die("socket");
	b->to.sin_port = htons((uint16_t)b->next++);
	if (setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof(on)) != 0)
		die("setsockopt");
	if (connect(fd, (struct sockaddr *)&b->to, sizeof(b->to)) != 0 && errno != EINPROGRESS)
		die("connect");
	if (epoll_ctl(b->epoll, EPOLL_CTL_ADD, fd, &e) != 0)
		die("epoll_ctl");
	b->live++;
}

static void end_one(struct bare *b, int fd)
{
	const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
	socklen_t n = sizeof(int);
	int error = 0;

	getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &n);
	if (!error)
		b->open++;
	else if (error == ECONNREFUSED)
		b->closed++;
	else
		b->other++;
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	close(fd);
	b->live--;
}

static void run(struct bare *b)
{
	struct epoll_event batch[BATCH];

	while (b->live || b->next <= b->last) {
		int n;

		while (b->live < b->window && b->next <= b->last)
			start_one(b);
		n = epoll_wait(b->epoll, batch, BATCH, -1);
		for (int i = 0; i < n; i++)
			end_one(b, batch[i].data.fd);
	}
}

int main(int argc, char **argv)
{
	struct bare b = {.to = {.sin_family = AF_INET}, .epoll = epoll_create1(EPOLL_CLOEXEC)};

	if (argc != 5 || inet_pton(AF_INET, argv[1], &b.to.sin_addr) != 1 || b.epoll < 0) {
		fprintf(stderr, "usage: connect_bare ADDRESS FIRST LAST WINDOW\n");
		return 2;
	}
	b.next = (unsigned)strtoul(argv[2], NULL, 10);
	b.last = (unsigned)strtoul(argv[3], NULL, 10);
	b.window = (unsigned)strtoul(argv[4], NULL, 10);
	run(&b);
	printf("%u open, %u closed, %u other\n", b.open, b.closed, b.other);
	return 0;
}
