/* SPDX-License-Identifier: ISC
 *
 * delay NAMESPACE NAMESPACE MS LOSS: a long and lossy line between two network namespaces, for the
 * benches and the net tests: a TUN device "line" in each, every packet is MS milliseconds under
 * way, and of 1,000 packets LOSS get lost, each way. Says "ready"; ends when it is killed.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { PACKET_MAX = 2048, QUEUE = 1 << 14 /* packets under way each way; more are lost */ };

struct packet {
	int64_t due_us;
	size_t n;
	char bytes[PACKET_MAX];
};

struct way {
	int from, to;
	struct packet *packets; /* a ring: the delay is the same for all */
	size_t first, n;
};

static void die(const char *what)
{
	perror(what);
	exit(3);
}

static int64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static int open_tun(const char *namespace)
{
	struct ifreq request = {.ifr_name = "line", .ifr_flags = IFF_TUN | IFF_NO_PI};
	char path[128];
	int ns, fd;

	snprintf(path, sizeof(path), "/var/run/netns/%s", namespace);
	ns = open(path, O_RDONLY | O_CLOEXEC);
	if (ns < 0 || setns(ns, CLONE_NEWNET) != 0)
		die(path);
	close(ns);
	fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request) != 0)
		die("/dev/net/tun");
	return fd;
}

static void take(struct way *w, int64_t delay_us, long loss)
{
	for (;;) {
		struct packet spare, *p = &w->packets[(w->first + w->n) % QUEUE];
		ssize_t n;

		if (w->n == QUEUE)
			p = &spare;
		n = read(w->from, p->bytes, PACKET_MAX);
		if (n <= 0)
			return;
		if (p == &spare || random() % 1000 < loss)
			continue;
		p->n = (size_t)n;
		p->due_us = now_us() + delay_us;
		w->n++;
	}
}

/* When the next packet is due, or -1. */
static int64_t deliver(struct way *w)
{
	while (w->n) {
		const struct packet *p = &w->packets[w->first];

		if (p->due_us > now_us())
			return p->due_us;
		if (write(w->to, p->bytes, p->n) < 0 && errno != EIO && errno != ENOBUFS)
			die("write");
		w->first = (w->first + 1) % QUEUE;
		w->n--;
	}
	return -1;
}

static void run(struct way ways[2], int64_t delay_us, long loss)
{
	for (;;) {
		struct pollfd fds[2] = {{.fd = ways[0].from, .events = POLLIN},
					{.fd = ways[1].from, .events = POLLIN}};
		int64_t next_us = -1;
		struct timespec wait = {0};

		for (int i = 0; i < 2; i++) {
			int64_t due_us;

			take(&ways[i], delay_us, loss);
			due_us = deliver(&ways[i]);
			if (due_us >= 0 && (next_us < 0 || due_us < next_us))
				next_us = due_us;
		}
		if (next_us >= 0) {
			int64_t us = next_us - now_us();

			us = us < 0 ? 0 : us;
			wait = (struct timespec){.tv_sec = us / 1000000,
						 .tv_nsec = us % 1000000 * 1000};
		}
		ppoll(fds, 2, next_us < 0 ? NULL : &wait, NULL);
	}
}

int main(int argc, char **argv)
{
	struct way ways[2] = {0};

	if (argc != 5) {
		fprintf(stderr, "usage: delay NAMESPACE NAMESPACE MS LOSS\n");
		return 2;
	}
	ways[0].from = ways[1].to = open_tun(argv[1]);
	ways[1].from = ways[0].to = open_tun(argv[2]);
	for (int i = 0; i < 2; i++) {
		ways[i].packets = calloc(QUEUE, sizeof(struct packet));
		if (!ways[i].packets)
			die("calloc");
	}
	srandom(1);
	puts("ready");
	fflush(stdout);
	run(ways, strtol(argv[3], NULL, 10) * 1000, strtol(argv[4], NULL, 10));
}
