/* SPDX-License-Identifier: ISC
 *
 * An FTP server and clients that cost next to nothing themselves, to measure what stands between:
 *
 *	ftp_load serve ADDRESS PORT LO HI	RETR N sends N bytes; passive ports LO to HI
 *	ftp_load get ADDRESS PORT LOGIN N TIMES	N bytes TIMES times, passive
 *	ftp_load put ADDRESS PORT LOGIN N TIMES
 *	ftp_load logins ADDRESS PORT LOGIN N AT-ONCE	N sessions that log in and quit
 *	ftp_load idle ADDRESS PORT LOGIN N	N sessions that stay until standard input ends
 *	ftp_load noop ADDRESS PORT LOGIN N TIMES	N sessions, a command of each in turn
 *	ftp_load banner ADDRESS PORT - 0 TIMES	from connect(2) to the greeting
 *
 * Each client prints one line: seconds and a count, or microseconds.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LINE_ROOM = 512, CHUNK = 1 << 20, EVENTS = 256 };

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static long long big(const char *text)
{
	return text ? strtoll(text, NULL, 10) : 1;
}

static int number(const char *text)
{
	return (int)big(text);
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static struct sockaddr_in address(const char *host, int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

	if (inet_pton(AF_INET, host, &a.sin_addr) != 1)
		die(host);
	return a;
}

static void no_delay(int fd)
{
	const int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static int bound(const struct sockaddr_in *at, int backlog)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	const int on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (const struct sockaddr *)at, sizeof(*at)) != 0 || listen(fd, backlog) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* --- the server ------------------------------------------------------------------------------ */

struct session {
	int control, waiting, data;
	enum { IDLE, SENDS, TAKES } does;
	off_t left;
	char line[LINE_ROOM];
	size_t n;
};

static struct {
	int epoll, file, lo, hi, next;
	struct sockaddr_in at;
	char *discard;
} srv;

static void watch(int fd, struct session *s, uint32_t events, int op)
{
	struct epoll_event e = {.events = events, .data.ptr = s};

	if (epoll_ctl(srv.epoll, op, fd, &e) != 0)
		die("epoll_ctl");
}

static void say(struct session *s, const char *text)
{
	if (send(s->control, text, strlen(text), MSG_NOSIGNAL) < 0 && errno != EPIPE &&
	    errno != ECONNRESET)
		die("send");
}

static void close_data(struct session *s)
{
	if (s->waiting >= 0)
		close(s->waiting);
	if (s->data >= 0)
		close(s->data);
	s->waiting = s->data = -1;
	s->does = IDLE;
}

static void pasv(struct session *s)
{
	struct sockaddr_in at = srv.at;
	socklen_t n = sizeof(at);
	char text[80];
	const unsigned char *a = (const unsigned char *)&at.sin_addr;

	close_data(s);
	getsockname(s->control, (struct sockaddr *)&at, &n);
	for (int i = srv.lo; s->waiting < 0 && i <= srv.hi; i++) {
		int port = srv.next;

		srv.next = srv.next == srv.hi ? srv.lo : srv.next + 1;
		at.sin_port = htons((uint16_t)port);
		s->waiting = bound(&at, 1);
		if (s->waiting < 0)
			continue;
		watch(s->waiting, s, EPOLLIN, EPOLL_CTL_ADD);
		snprintf(text, sizeof(text), "227 Passive (%d,%d,%d,%d,%d,%d)\r\n", a[0], a[1],
			 a[2], a[3], port >> 8, port & 255);
		say(s, text);
	}
}

static void transfer(struct session *s)
{
	ssize_t n = 1;

	if (s->data < 0 || s->does == IDLE)
		return;
	while (s->does == SENDS && s->left > 0 && n > 0) {
		off_t from = 0;

		n = sendfile(s->data, srv.file, &from, s->left < CHUNK ? (size_t)s->left : CHUNK);
		s->left -= n > 0 ? n : 0;
	}
	while (s->does == TAKES && n > 0)
		n = recv(s->data, srv.discard, CHUNK, 0);
	if (n < 0 && errno == EAGAIN) {
		watch(s->data, s, s->does == SENDS ? EPOLLOUT : EPOLLIN, EPOLL_CTL_MOD);
		return;
	}
	close_data(s);
	say(s, n < 0 ? "426 broken\r\n" : "226 done\r\n");
}

static void obey(struct session *s)
{
	char *arg = strchr(s->line, ' ');

	if (strncmp(s->line, "USER", 4) == 0)
		say(s, "331 password\r\n");
	else if (strncmp(s->line, "PASS", 4) == 0)
		say(s, "230 in\r\n");
	else if (strncmp(s->line, "PASV", 4) == 0)
		pasv(s);
	else if (strncmp(s->line, "RETR", 4) == 0 || strncmp(s->line, "STOR", 4) == 0) {
		s->does = s->line[0] == 'R' ? SENDS : TAKES;
		s->left = arg ? strtoll(arg, NULL, 10) : 0;
		say(s, "150 here\r\n");
		transfer(s);
	} else if (strncmp(s->line, "QUIT", 4) == 0)
		say(s, "221 bye\r\n");
	else
		say(s, "200 yes\r\n");
}

static bool hear(struct session *s)
{
	char bytes[LINE_ROOM];
	ssize_t n = recv(s->control, bytes, sizeof(bytes), 0);

	if (n < 0 && errno == EAGAIN)
		return true;
	for (ssize_t i = 0; i < n; i++) {
		if (bytes[i] == '\n') {
			s->line[s->n] = '\0';
			s->n = 0;
			obey(s);
		} else if (s->n < LINE_ROOM - 1) {
			s->line[s->n++] = bytes[i];
		}
	}
	return n > 0;
}

static void data_comes(struct session *s)
{
	int fd = accept4(s->waiting, NULL, NULL, SOCK_NONBLOCK);

	if (fd < 0)
		return;
	close(s->waiting);
	s->waiting = -1;
	s->data = fd;
	watch(fd, s, 0, EPOLL_CTL_ADD);
	transfer(s);
}

static void come(int listener)
{
	int fd;

	while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
		struct session *s = calloc(1, sizeof(*s));

		no_delay(fd);
		*s = (struct session){.control = fd, .waiting = -1, .data = -1};
		watch(fd, s, EPOLLIN, EPOLL_CTL_ADD);
		say(s, "220 there\r\n");
	}
}

static void attend(struct session *s)
{
	if (s->waiting >= 0)
		data_comes(s);
	transfer(s);
	if (hear(s))
		return;
	close_data(s);
	close(s->control);
	free(s);
}

static void serve(char **argv)
{
	struct epoll_event events[EVENTS];
	int listener;

	srv.at = address(argv[2], number(argv[3]));
	srv.lo = srv.next = number(argv[4]);
	srv.hi = number(argv[5]);
	srv.epoll = epoll_create1(0);
	srv.discard = malloc(CHUNK);
	srv.file = memfd_create("file", 0);
	if (ftruncate(srv.file, CHUNK) != 0)
		die("memfd");
	listener = bound(&srv.at, 4096);
	if (listener < 0)
		die("listen");
	watch(listener, NULL, EPOLLIN, EPOLL_CTL_ADD);
	puts("ready");
	fflush(stdout);
	for (;;) {
		/* One at a time: an event of a session may end it. */
		int n = epoll_wait(srv.epoll, events, 1, -1);

		if (n == 1 && events[0].data.ptr)
			attend(events[0].data.ptr);
		else if (n == 1)
			come(listener);
	}
}

/* --- clients --------------------------------------------------------------------------------- */

static struct sockaddr_in target;
static const char *login;

static int dial(struct sockaddr_in to)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	const struct timeval patience = {.tv_sec = 20};

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		die("connect");
	no_delay(fd);
	return fd;
}

/* Reads up to the end of one line that is a whole reply; its code. */
static int reply(int fd, char *line)
{
	size_t n = 0;

	do {
		ssize_t got = recv(fd, line + n, LINE_ROOM - 1 - n, 0);

		if (got <= 0)
			die("recv");
		n += (size_t)got;
		line[n] = '\0';
	} while (line[n - 1] != '\n');
	return number(line);
}

static int ask(int fd, const char *text, char *line)
{
	if (send(fd, text, strlen(text), MSG_NOSIGNAL) < 0)
		die("send");
	return reply(fd, line);
}

static void expect(int code, int wanted, const char *line)
{
	if (code == wanted)
		return;
	fprintf(stderr, "%d wanted, not: %s", wanted, line);
	exit(1);
}

static int log_in(void)
{
	char line[LINE_ROOM], user[LINE_ROOM];
	int fd = dial(target);

	expect(reply(fd, line), 220, line);
	snprintf(user, sizeof(user), "USER %s\r\n", login);
	expect(ask(fd, user, line), 331, line);
	expect(ask(fd, "PASS x\r\n", line), 230, line);
	return fd;
}

static int dial_data(int control)
{
	char line[LINE_ROOM];
	unsigned a, b, c, d, p, q;
	struct sockaddr_in to = {.sin_family = AF_INET};

	expect(ask(control, "PASV\r\n", line), 227, line);
	if (sscanf(strchr(line, '('), "(%u,%u,%u,%u,%u,%u)", &a, &b, &c, &d, &p, &q) != 6)
		die(line);
	to.sin_addr.s_addr = htonl(a << 24 | b << 16 | c << 8 | d);
	to.sin_port = htons((uint16_t)(p << 8 | q));
	return dial(to);
}

/* 150 and 226 may come in one piece. */
static void finish(int control, char *line)
{
	while (!strstr(line, "226 "))
		reply(control, line);
}

static void move(const char *verb, long long bytes, int times)
{
	char *buffer = malloc(CHUNK), line[LINE_ROOM], command[64];
	int control = log_in();
	double begun = now();

	snprintf(command, sizeof(command), "%s %lld\r\n", verb, bytes);
	memset(buffer, 'x', CHUNK);
	for (int i = 0; i < times; i++) {
		int data = dial_data(control);
		long long left = bytes;
		ssize_t n;

		ask(control, command, line);
		while (verb[0] == 'R' && (n = recv(data, buffer, CHUNK, 0)) > 0)
			left -= n;
		while (verb[0] == 'S' && left > 0 &&
		       (n = send(data, buffer, left < CHUNK ? (size_t)left : CHUNK, 0)) > 0)
			left -= n;
		close(data);
		finish(control, line);
		if (left) {
			fprintf(stderr, "%lld bytes are missing\n", left);
			exit(1);
		}
	}
	printf("%.6f %d\n", now() - begun, times);
}

static void idle(int n)
{
	char c;

	for (int i = 0; i < n; i++)
		log_in();
	printf("%d\n", n);
	fflush(stdout);
	while (read(0, &c, 1) > 0)
		;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void print_times(double *times, int n)
{
	qsort(times, (size_t)n, sizeof(*times), by_value);
	printf("median %.1f us, p99 %.1f us\n", times[n / 2] * 1e6, times[n * 99 / 100] * 1e6);
}

static void noop(int n, int rounds)
{
	int *fds = calloc((size_t)n, sizeof(*fds));
	double *times = calloc((size_t)n * (size_t)rounds, sizeof(*times));
	char line[LINE_ROOM];

	for (int i = 0; i < n; i++)
		fds[i] = log_in();
	for (int i = 0; i < n * rounds; i++) {
		double begun = now();

		expect(ask(fds[i % n], "NOOP\r\n", line), 200, line);
		times[i] = now() - begun;
	}
	print_times(times, n * rounds);
}

static void banner(int rounds)
{
	double *times = calloc((size_t)rounds, sizeof(*times));
	char line[LINE_ROOM];

	for (int i = 0; i < rounds; i++) {
		double begun = now();
		int fd = dial(target);

		expect(reply(fd, line), 220, line);
		times[i] = now() - begun;
		close(fd);
	}
	print_times(times, rounds);
}

/* Many at once, each a small state: greeting, 331, 230, 221. */
struct guest {
	int fd, step;
};

static bool start_guest(int epoll, struct guest *g)
{
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = g};

	g->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	g->step = 0;
	no_delay(g->fd);
	if (connect(g->fd, (struct sockaddr *)&target, sizeof(target)) != 0 && errno != EINPROGRESS)
		die("connect");
	return epoll_ctl(epoll, EPOLL_CTL_ADD, g->fd, &e) == 0;
}

static void go_on(struct guest *g, const char *line)
{
	static const int codes[] = {220, 331, 230, 221};
	char text[LINE_ROOM];

	expect(number(line), codes[g->step], line);
	if (g->step == 0)
		snprintf(text, sizeof(text), "USER %s\r\n", login);
	else
		snprintf(text, sizeof(text), g->step == 1 ? "PASS x\r\n" : "QUIT\r\n");
	if (g->step < 3 && send(g->fd, text, strlen(text), MSG_NOSIGNAL) < 0)
		die("send");
	g->step++;
}

static void logins(int n, int at_once)
{
	struct guest *guests = calloc((size_t)at_once, sizeof(*guests));
	struct epoll_event e;
	int epoll = epoll_create1(0), begun = 0, done = 0;
	double start = now();

	while (begun < at_once && begun < n)
		start_guest(epoll, &guests[begun++]);
	while (done < n && epoll_wait(epoll, &e, 1, 20000) == 1) {
		struct guest *g = e.data.ptr;
		char line[LINE_ROOM];
		ssize_t got = recv(g->fd, line, sizeof(line) - 1, 0);

		if (got <= 0)
			die("recv");
		line[got] = '\0';
		go_on(g, line);
		if (g->step < 4)
			continue;
		close(g->fd);
		done++;
		if (begun < n)
			start_guest(epoll, g), begun++;
	}
	printf("%.6f %d\n", now() - start, done);
}

int main(int argc, char **argv)
{
	struct rlimit limit;
	const char *what = argc > 1 ? argv[1] : "";

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	if (argc == 6 && strcmp(what, "serve") == 0)
		serve(argv);
	if (argc < 6)
		return 2;
	target = address(argv[2], number(argv[3]));
	login = argv[4];
	if (strcmp(what, "get") == 0)
		move("RETR", big(argv[5]), number(argv[6]));
	else if (strcmp(what, "put") == 0)
		move("STOR", big(argv[5]), number(argv[6]));
	else if (strcmp(what, "logins") == 0)
		logins(number(argv[5]), number(argv[6]));
	else if (strcmp(what, "idle") == 0)
		idle(number(argv[5]));
	else if (strcmp(what, "noop") == 0)
		noop(number(argv[5]), number(argv[6]));
	else if (strcmp(what, "banner") == 0)
		banner(number(argv[6]));
	else
		return 2;
	return 0;
}
