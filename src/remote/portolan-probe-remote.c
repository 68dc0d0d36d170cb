/* SPDX-License-Identifier: ISC
 *
 * The probe that `portolan check --ssh` carries to another Linux host: libc and nothing else,
 * linked statically, no privilege. What to try stands in its standard input from the offset on
 * that its argument gives (it may be the program's own file, with the list behind it); results go
 * to standard output, as src/doc/results.h says. Lines of the list, fields with tabs between them:
 *
 *	run	SITE	HOST	ID	TIMEOUT-MS
 *	tcp	FLOW	PORT	TARGET	address|name
 *	udp	FLOW	PORT	TARGET	address|name	BYTES-IN-HEX
 *	icmp	FLOW	0	TARGET	address|name
 *	tcp	FLOW	PORT	TARGET	untried	WHY
 *
 * Names and pings are the host's own getent(1) and ping(8): what its applications see, and who may
 * send pings there. Connections end with a reset, so that nothing lingers.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	FIELDS_MAX = 6,
	MESSAGE_MAX = 512,
	WINDOW = 64, /* probes under way */
	TRIES = 2,   /* one lost packet proves nothing */
	CHILDREN = 16,
	ADDRESSES_MAX = 16, /* of one name */
	OUTPUT_MAX = 8192,  /* of getent or ping */
	GRACE_MAX_MS = 200,
};

struct address {
	union {
		struct sockaddr sa;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} any;
	socklen_t n;
};

struct item {
	const char *transport, *flow, *port, *target, *kind, *rest; /* fields of its line */
	char *output;						    /* of its getent; owned */
	int status;						    /* and its exit status */
	char *why;						    /* nslookup's; or NULL; owned */
	int why_status;
};

struct probe {
	const struct item *item;
	struct address to;
	struct pollfd *poll[TRIES]; /* this round's */
	int fd[TRIES];
	unsigned tries;
	int64_t started, at[TRIES], until; /* milliseconds */
	bool is_connected;
	int open_fd; /* the one that connected */
};

static const char *site, *host, *id;
static int64_t timeout_ms;
static struct item *items;
static size_t n_items;
static unsigned long told;

static void die(const char *what)
{
	fprintf(stderr, "portolan-probe-remote: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void *more(void *p, size_t n, size_t size)
{
	p = realloc(p, n * size);
	if (!p)
		die("memory");
	return p;
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* --- what is told ----------------------------------------------------------------------------- */

static void print_words(const char *s)
{
	unsigned n = 0;

	for (; *s && *s != '\n' && n < 120; s++, n++)
		putchar(*s >= ' ' && *s <= '~' ? *s : '?');
	if (!n)
		putchar('-');
}

/* ms < 0: no time was taken. */
static void tell(const struct item *i, const char *address, const char *state, const char *how,
		 const char *means, int64_t ms)
{
	printf("%s\t%s\t%s\t%s\t%s\t%s\t", i->flow, i->target, address, i->port, i->transport,
	       state);
	print_words(how);
	printf("\t%s\t", means);
	if (ms < 0)
		putchar('-');
	else
		printf("%lld", (long long)ms);
	told++;
}

static void tell_end(const char *icmp)
{
	printf("\t%s\t-\n", icmp);
}

static const char *address_text(const struct address *a, char text[INET6_ADDRSTRLEN])
{
	const void *bytes = a->any.sa.sa_family == AF_INET ? (const void *)&a->any.v4.sin_addr
							   : (const void *)&a->any.v6.sin6_addr;

	return inet_ntop(a->any.sa.sa_family, bytes, text, INET6_ADDRSTRLEN);
}

static void tell_probe(const struct probe *p, const char *state, const char *how)
{
	char text[INET6_ADDRSTRLEN];

	tell(p->item, address_text(&p->to, text), state, how, "remote probe",
	     now_ms() - p->started);
}

/* --- sockets ---------------------------------------------------------------------------------- */

static bool parse_address(const char *text, unsigned port, struct address *a)
{
	memset(a, 0, sizeof(*a));
	if (inet_pton(AF_INET, text, &a->any.v4.sin_addr) == 1) {
		a->any.v4.sin_family = AF_INET;
		a->any.v4.sin_port = htons((uint16_t)port);
		a->n = sizeof(a->any.v4);
		return true;
	}
	if (inet_pton(AF_INET6, text, &a->any.v6.sin6_addr) == 1) {
		a->any.v6.sin6_family = AF_INET6;
		a->any.v6.sin6_port = htons((uint16_t)port);
		a->n = sizeof(a->any.v6);
		return true;
	}
	return false;
}

static bool same_host(const struct address *a, const struct address *b)
{
	if (a->any.sa.sa_family != b->any.sa.sa_family)
		return false;
	if (a->any.sa.sa_family == AF_INET)
		return a->any.v4.sin_addr.s_addr == b->any.v4.sin_addr.s_addr;
	return memcmp(&a->any.v6.sin6_addr, &b->any.v6.sin6_addr, 16) == 0;
}

static void close_reset(int *fd)
{
	const struct linger at_once = {.l_onoff = 1, .l_linger = 0};

	if (*fd < 0)
		return;
	setsockopt(*fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	close(*fd);
	*fd = -1;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static size_t read_hex(const char *s, uint8_t *bytes, size_t max)
{
	size_t n = 0;

	for (; n < max && hex_digit(s[0]) >= 0 && hex_digit(s[1]) >= 0; s += 2)
		bytes[n++] = (uint8_t)(hex_digit(s[0]) << 4 | hex_digit(s[1]));
	return n;
}

static bool send_message(const struct probe *p, int fd)
{
	uint8_t bytes[MESSAGE_MAX];
	size_t n = read_hex(p->item->rest, bytes, sizeof(bytes));

	return send(fd, bytes, n, MSG_NOSIGNAL) >= 0;
}

/* The call that failed, with errno; NULL: under way. */
static const char *open_try(struct probe *p)
{
	bool is_tcp = p->item->transport[0] == 't', is_v4 = p->to.any.sa.sa_family == AF_INET;
	const int on = 1;
	int fd = socket(p->to.any.sa.sa_family,
			(is_tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return "socket";
	p->fd[p->tries] = fd;
	p->at[p->tries] = now_ms();
	if (setsockopt(fd, is_v4 ? IPPROTO_IP : IPPROTO_IPV6, is_v4 ? IP_RECVERR : IPV6_RECVERR,
		       &on, sizeof(on)) != 0)
		return "setsockopt";
	if (connect(fd, &p->to.any.sa, p->to.n) != 0 && errno != EINPROGRESS)
		return "connect";
	if (!is_tcp && !send_message(p, fd))
		return "send";
	p->tries++;
	return NULL;
}

static void finish(struct probe *p)
{
	for (unsigned i = 0; i < TRIES; i++)
		close_reset(&p->fd[i]);
	p->item = NULL;
}

/* Of the error queue: what speaks of the connection and was sent by somebody. */
static bool is_about_the_path(const struct sock_extended_err *e)
{
	if (e->ee_origin == SO_EE_ORIGIN_ICMP6)
		return e->ee_type == 2;
	return e->ee_type == 4 || (e->ee_type == 3 && e->ee_code == 4);
}

static bool take_error(int fd, struct sock_extended_err *e, struct address *by)
{
	union {
		char bytes[512];
		struct cmsghdr align;
	} control;
	struct msghdr m = {.msg_control = control.bytes, .msg_controllen = sizeof(control.bytes)};

	while (recvmsg(fd, &m, MSG_ERRQUEUE | MSG_DONTWAIT) >= 0) {
		for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
			if (!(c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) &&
			    !(c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR))
				continue;
			memcpy(e, CMSG_DATA(c), sizeof(*e));
			if ((e->ee_origin != SO_EE_ORIGIN_ICMP &&
			     e->ee_origin != SO_EE_ORIGIN_ICMP6) ||
			    is_about_the_path(e))
				continue;
			memset(by, 0, sizeof(*by));
			memcpy(&by->any, CMSG_DATA(c) + sizeof(*e),
			       e->ee_origin == SO_EE_ORIGIN_ICMP ? sizeof(by->any.v4)
								 : sizeof(by->any.v6));
			return true;
		}
		m.msg_controllen = sizeof(control.bytes);
	}
	return false;
}

/* True: an ICMP error decided it. */
static bool told_icmp(struct probe *p, int fd)
{
	struct sock_extended_err e;
	struct address by, own = {.n = sizeof(own.any)};
	char text[INET6_ADDRSTRLEN], how[INET6_ADDRSTRLEN + 24];
	bool is_own;

	if (!take_error(fd, &e, &by) || by.any.sa.sa_family == AF_UNSPEC)
		return false;
	is_own = getsockname(fd, &own.any.sa, &own.n) == 0 && same_host(&own, &by);
	snprintf(how, sizeof(how), "%u/%u %s%s", e.ee_type, e.ee_code, address_text(&by, text),
		 is_own ? " own" : "");
	tell_probe(p, "icmp", how);
	tell_end("some");
	finish(p);
	return true;
}

static void finish_local(struct probe *p, const char *call, int error)
{
	char how[40];

	snprintf(how, sizeof(how), "%s %d", call, error);
	tell_probe(p, "local", how);
	tell_end("-");
	finish(p);
}

static void finish_as(struct probe *p, const char *state, const char *how)
{
	tell_probe(p, state, how);
	tell_end("none");
	finish(p);
}

static void start_try(struct probe *p)
{
	unsigned try = p->tries;
	const char *call = open_try(p);
	int error = errno;

	/* The ICMP error may have come within the call. */
	if ((p->fd[try] >= 0 && told_icmp(p, p->fd[try])) || !call)
		return;
	close_reset(&p->fd[try]);
	if (try == 0)
		finish_local(p, call, error);
}

/* --- events ----------------------------------------------------------------------------------- */

static void failed(struct probe *p, int error)
{
	if (error == ECONNREFUSED)
		finish_as(p, "refused", "reset");
	else if (error == ECONNRESET || error == EPIPE)
		finish_as(p, "open-reset", "reset after the handshake");
	else
		finish_local(p, "connect", error);
}

/* A little longer, for a reset that follows at once. */
static void connected(struct probe *p, unsigned try)
{
	int64_t grace = 2 * (now_ms() - p->at[try]) + 1;

	p->is_connected = true;
	p->open_fd = p->fd[try];
	p->until = now_ms() + (grace < GRACE_MAX_MS ? grace : GRACE_MAX_MS);
}

static void hear_after(struct probe *p)
{
	char bytes[512];
	ssize_t n = recv(p->open_fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (n < 0 && (errno == ECONNRESET || errno == EPIPE))
		finish_as(p, "open-reset", "reset after the handshake");
	else if (n >= 0)
		finish_as(p, "open", "handshake");
}

static void hear_datagram(struct probe *p, int fd)
{
	uint8_t bytes[65536];
	ssize_t n = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (n < 0)
		return;
	tell_probe(p, "answered", "a datagram");
	printf("\tnone\t");
	for (ssize_t i = 0; i < n && i < MESSAGE_MAX; i++)
		printf("%02x", bytes[i]);
	printf(n ? "\n" : "-\n");
	finish(p);
}

static void ready(struct probe *p, unsigned try, short events)
{
	socklen_t n = sizeof(int);
	int error = 0;

	if (p->is_connected) {
		if (p->fd[try] == p->open_fd)
			hear_after(p);
		return;
	}
	if (told_icmp(p, p->fd[try]))
		return;
	getsockopt(p->fd[try], SOL_SOCKET, SO_ERROR, &error, &n);
	if (error == ETIMEDOUT)
		close_reset(&p->fd[try]);
	else if (error)
		failed(p, error);
	else if (p->item->transport[0] == 'u')
		hear_datagram(p, p->fd[try]);
	else if (events & POLLOUT)
		connected(p, try);
}

static void late(struct probe *p)
{
	if (p->is_connected) {
		finish_as(p, "open", "handshake");
	} else if (p->tries < TRIES && now_ms() < p->started + timeout_ms) {
		p->until = p->started + timeout_ms;
		start_try(p);
	} else {
		finish_as(p, "timeout", "no answer");
	}
}

static void start(struct probe *p, const struct item *i, const struct address *to)
{
	*p = (struct probe){.item = i, .to = *to, .started = now_ms(), .open_fd = -1};
	for (unsigned t = 0; t < TRIES; t++)
		p->fd[t] = -1;
	p->until = p->started + timeout_ms / TRIES;
	start_try(p);
}

/* One round over those under way: wait for the first event, or the first that is late. */
static void wait_round(struct probe *probes)
{
	struct pollfd fds[WINDOW * TRIES];
	int64_t until = INT64_MAX;
	nfds_t n = 0;

	for (struct probe *p = probes; p < probes + WINDOW; p++) {
		if (p->item && p->until < until)
			until = p->until;
		for (unsigned t = 0; t < TRIES; t++) {
			bool waits = p->item && p->fd[t] >= 0;
			bool reads = p->is_connected || !waits || p->item->transport[0] == 'u';

			p->poll[t] = waits ? &fds[n] : NULL;
			if (waits)
				fds[n++] = (struct pollfd){p->fd[t], reads ? POLLIN : POLLOUT, 0};
		}
	}
	until -= now_ms();
	if (poll(fds, n, until < 0 ? 0 : (int)until) < 0 && errno != EINTR)
		die("poll");
	for (struct probe *p = probes; p < probes + WINDOW; p++) {
		for (unsigned t = 0; t < TRIES; t++)
			if (p->item && p->poll[t] && p->poll[t]->revents && p->fd[t] >= 0)
				ready(p, t, p->poll[t]->revents);
		if (p->item && now_ms() >= p->until)
			late(p);
	}
}

static struct probe *find_free(struct probe *probes)
{
	for (;;) {
		for (struct probe *p = probes; p < probes + WINDOW; p++)
			if (!p->item)
				return p;
		wait_round(probes);
	}
}

static bool is_any_live(const struct probe *probes)
{
	for (unsigned i = 0; i < WINDOW; i++)
		if (probes[i].item)
			return true;
	return false;
}

/* --- the host's own programs ------------------------------------------------------------------ */

struct child {
	pid_t pid;
	int fd;
};

static struct child start_child(const char *const argv[])
{
	struct child c;
	int ends[2];

	if (pipe(ends) != 0)
		die("pipe");
	fflush(stdout);
	c.pid = fork();
	if (c.pid < 0)
		die("fork");
	if (c.pid == 0) {
		dup2(ends[1], 1);
		dup2(ends[1], 2);
		close(ends[0]);
		close(ends[1]);
		setenv("LC_ALL", "C", 1);
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	close(ends[1]);
	c.fd = ends[0];
	return c;
}

/* All that it said, up to a limit, with a NUL; the caller's. */
static char *stop_child(struct child c, int *status)
{
	char *text = more(NULL, OUTPUT_MAX, 1), rest[512] = "";
	size_t n = 0;
	ssize_t got;

	while ((got = read(c.fd, n < OUTPUT_MAX - 1 ? text + n : rest,
			   n < OUTPUT_MAX - 1 ? OUTPUT_MAX - 1 - n : sizeof(rest))) > 0)
		if (n < OUTPUT_MAX - 1)
			n += (size_t)got;
	text[n] = '\0';
	close(c.fd);
	if (waitpid(c.pid, status, 0) < 0)
		die("waitpid");
	*status = WIFEXITED(*status) ? WEXITSTATUS(*status) : 255;
	return text;
}

static bool is_named(const struct item *i)
{
	return strcmp(i->kind, "name") == 0;
}

/* A name that several lines have is looked up once: the first has the answer. */
static struct item *first_with_name(const struct item *i)
{
	for (struct item *other = items;; other++)
		if (is_named(other) && strcmp(other->target, i->target) == 0)
			return other;
}

/* getent(1): 2 is "not found", and not why. nslookup(1), where it is, can tell. */
static void ask_why(struct item *asked[], size_t n)
{
	struct child children[CHILDREN];

	for (size_t k = 0; k < n; k++) {
		const char *const argv[] = {"nslookup", asked[k]->target, NULL};

		if (asked[k]->status == 2)
			children[k] = start_child(argv);
	}
	for (size_t k = 0; k < n; k++)
		if (asked[k]->status == 2)
			asked[k]->why = stop_child(children[k], &asked[k]->why_status);
}

static void look_up_all(void)
{
	struct child children[CHILDREN];
	struct item *asked[CHILDREN];
	size_t i = 0, n;

	do {
		for (n = 0; i < n_items && n < CHILDREN; i++) {
			const char *const argv[] = {"getent", "ahosts", items[i].target, NULL};

			if (!is_named(&items[i]) || first_with_name(&items[i]) != &items[i])
				continue;
			asked[n] = &items[i];
			children[n++] = start_child(argv);
		}
		for (size_t k = 0; k < n; k++)
			asked[k]->output = stop_child(children[k], &asked[k]->status);
		ask_why(asked, n);
	} while (n);
}

static void tell_ping(const struct item *i, const char *address, const char *said, int status)
{
	const char *state = "unknown";

	if (status == 127 || strstr(said, "ermitted") || strstr(said, "ermission denied")) {
		tell(i, address, "not-tested", status == 127 ? "no ping is here" : said, "-", -1);
		tell_end("-");
		return;
	}
	if (status == 0)
		state = "open";
	else if (strstr(said, "nreachable") || strstr(said, "filtered"))
		state = "host-unreachable";
	else if (strstr(said, "100% packet loss"))
		state = "timeout";
	tell(i, address, state, said, "ping", -1);
	tell_end(strcmp(state, "host-unreachable") == 0 ? "some" : "-");
}

/* Under way, until there are as many as may be. */
static struct {
	struct child child;
	const struct item *item;
	char address[INET6_ADDRSTRLEN];
} pings[CHILDREN];
static size_t n_pings;

static void stop_pings(void)
{
	for (size_t k = 0; k < n_pings; k++) {
		int status;
		char *said = stop_child(pings[k].child, &status);

		tell_ping(pings[k].item, pings[k].address, said, status);
		free(said);
	}
	n_pings = 0;
}

/* Two echoes, so that one lost packet proves nothing. */
static void start_ping(const struct item *i, const char *address)
{
	char seconds[24];
	const char *const argv[] = {"ping", "-n", "-c", "2", "-W", seconds, address, NULL};

	if (n_pings == CHILDREN)
		stop_pings();
	snprintf(seconds, sizeof(seconds), "%lld", (long long)(timeout_ms + 999) / 1000);
	pings[n_pings].child = start_child(argv);
	pings[n_pings].item = i;
	snprintf(pings[n_pings].address, INET6_ADDRSTRLEN, "%s", address);
	n_pings++;
}

/* --- the list --------------------------------------------------------------------------------- */

static void try_address(struct probe *probes, const struct item *i, const char *text)
{
	struct address to;

	if (!parse_address(text, (unsigned)strtoul(i->port, NULL, 10), &to))
		return;
	if (i->transport[0] == 'i')
		start_ping(i, text);
	else
		start(find_free(probes), i, &to);
}

/* False: what a resolver gives that blocks the name. Linux takes a connection to 0.0.0.0 for one to
 * this host itself. */
static bool is_of_host(const char *text)
{
	struct address a;
	uint32_t v4;

	if (!parse_address(text, 0, &a))
		return true; /* nothing that could be tried */
	if (a.any.sa.sa_family == AF_INET6)
		return !IN6_IS_ADDR_UNSPECIFIED(&a.any.v6.sin6_addr) &&
		       !IN6_IS_ADDR_MULTICAST(&a.any.v6.sin6_addr) &&
		       !IN6_IS_ADDR_V4MAPPED(&a.any.v6.sin6_addr);
	v4 = ntohl(a.any.v4.sin_addr.s_addr);
	return v4 >> 24 && !IN_MULTICAST(v4) && v4 != INADDR_BROADCAST;
}

/* getent's lines: ADDRESS TYPE NAME, each address several times. */
static size_t read_addresses(const char *output, char found[ADDRESSES_MAX][INET6_ADDRSTRLEN])
{
	size_t n = 0;

	while (*output && n < ADDRESSES_MAX) {
		size_t length = strcspn(output, " \t\n"), k = 0;

		if (length && length < INET6_ADDRSTRLEN) {
			memcpy(found[n], output, length);
			found[n][length] = '\0';
			while (strcmp(found[k], found[n]) != 0)
				k++;
			n += k == n;
		}
		output += strcspn(output, "\n");
		output += *output == '\n';
	}
	return n;
}

/* An answer may be missing for one of the two families only. */
static bool says_no_name(const char *said)
{
	if (strstr(said, "NXDOMAIN"))
		return true;
	return strstr(said, "No answer") && !strstr(said, "SERVFAIL") && !strstr(said, "REFUSED") &&
	       !strstr(said, "timed out") && !strstr(said, "Name:");
}

static void tell_no_name(const struct item *i, const struct item *asked)
{
	if (asked->status == 127)
		tell(i, "-", "not-tested", "no getent is here", "-", -1);
	else if (asked->status != 2)
		tell(i, "-", "name-error", asked->output, "getent", -1);
	else if (asked->why_status == 127)
		tell(i, "-", "no-name", asked->output, "getent", -1);
	else if (says_no_name(asked->why))
		tell(i, "-", "no-name", "no such name, or no address", "nslookup", -1);
	else
		tell(i, "-", "name-error", "no answer, or another than getent's", "nslookup", -1);
}

static void try_name(struct probe *probes, const struct item *i)
{
	const struct item *asked = first_with_name(i);
	char found[ADDRESSES_MAX][INET6_ADDRSTRLEN];
	size_t n = asked->status == 0 ? read_addresses(asked->output, found) : 0, tried = 0;

	for (size_t k = 0; k < n; k++) {
		if (is_of_host(found[k])) {
			try_address(probes, i, found[k]);
			tried++;
		}
	}
	if (tried)
		return;
	if (n)
		tell(i, found[0], "not-tested", "no host has this address", "getent", -1);
	else
		tell_no_name(i, asked);
	tell_end("-");
}

static void try_item(struct probe *probes, const struct item *i)
{
	if (strcmp(i->kind, "untried") == 0) {
		tell(i, "-", "not-tested", i->rest, "-", -1);
		tell_end("-");
	} else if (is_named(i)) {
		try_name(probes, i);
	} else {
		try_address(probes, i, i->target);
	}
}

static void try_all(void)
{
	static struct probe probes[WINDOW];

	/* First what waits for others, so that no socket waits for it. */
	for (size_t i = 0; i < n_items; i++)
		if (items[i].transport[0] == 'i')
			try_item(probes, &items[i]);
	stop_pings();
	for (size_t i = 0; i < n_items; i++)
		if (items[i].transport[0] != 'i')
			try_item(probes, &items[i]);
	while (is_any_live(probes))
		wait_round(probes);
}

static size_t cut_fields(char *line, const char *fields[FIELDS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < FIELDS_MAX; i++)
		fields[i] = "";
	while (n < FIELDS_MAX) {
		fields[n++] = line;
		line = strchr(line, '\t');
		if (!line)
			break;
		*line++ = '\0';
	}
	return n;
}

static void read_line(char *line)
{
	const char *f[FIELDS_MAX];
	size_t n = cut_fields(line, f);

	if (n == 5 && strcmp(f[0], "run") == 0) {
		site = f[1];
		host = f[2];
		id = f[3];
		timeout_ms = strtol(f[4], NULL, 10);
	} else if (n >= 5) {
		if (!(n_items & (n_items - 1)))
			items = more(items, n_items ? 2 * n_items : 1, sizeof(*items));
		items[n_items++] =
			(struct item){f[0], f[1], f[2], f[3], f[4], f[5], NULL, 0, NULL, 0};
	} else {
		errno = EINVAL;
		die("the list");
	}
}

/* The text stays for the whole run: items point into it. */
static char *read_list(off_t from)
{
	char *text = NULL;
	size_t n = 0, room = 0;
	ssize_t got;

	if (from && lseek(0, from, SEEK_SET) < 0)
		die("lseek");
	do {
		if (room - n < 4096)
			text = more(text, room += 65536, 1);
		got = read(0, text + n, room - n - 1);
		if (got < 0)
			die("read");
		n += (size_t)got;
	} while (got);
	text[n] = '\0';
	return text;
}

static void read_lines(char *text)
{
	char *end;

	for (; *text; text = end + 1) {
		end = strchr(text, '\n');
		if (!end) {
			errno = EINVAL;
			die("the list is cut short");
		}
		*end = '\0';
		if (*text)
			read_line(text);
	}
	if (!site || timeout_ms < 1) {
		errno = EINVAL;
		die("the list says of no run");
	}
}

int main(int argc, char **argv)
{
	char date[32], *text = read_list(argc > 1 ? strtol(argv[1], NULL, 10) : 0);
	time_t now = time(NULL);
	struct tm tm;

	signal(SIGPIPE, SIG_DFL); /* with nobody left to tell it to, it ends */
	read_lines(text);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &tm));
	printf("portolan-results 1\t%s\t%s\t%s\t%s\n", site, host, date, id);
	look_up_all();
	try_all();
	printf("portolan-end\t%lu\n", told);
	for (size_t i = 0; i < n_items; i++) {
		free(items[i].output);
		free(items[i].why);
	}
	free(items);
	free(text);
	if (fflush(stdout) != 0)
		die("standard output");
	return 0;
}
