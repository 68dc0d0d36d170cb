/* SPDX-License-Identifier: ISC
 *
 * TCP connections as bare descriptors, for programs that carry them on: opened from an address and
 * port of choice, also from an address that is not ours, and emptied into each other inside of the
 * kernel. They enter the loop by its `watch`. All descriptors do not block, and are closed on exec;
 * what fails returns -errno.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/addr.h"
#include "base/slice.h"

struct stream_spec {
	struct addr at;	  /* our end; family 0: the kernel chooses */
	uint16_t port;	  /* 0: the kernel chooses */
	bool transparent; /* `at` may be an address of others: CAP_NET_ADMIN (ip(7),
			   * IP_TRANSPARENT) */
	int backlog;	  /* of a listener */
	struct addr to;	  /* of who dials; tells the family where `at` does not */
	uint16_t to_port;
};

/* Waits there; the failed call in *call. SO_REUSEADDR: connections that it had do not keep the
 * next from the port. IPv6 means IPv6 alone. */
int stream_listen(const struct stream_spec *spec, const char **call);
/* Has that end, and dials nobody yet. Many may have the same, as long as they dial others. */
int stream_bind(const struct stream_spec *spec, const char **call);
/* 0: under way, or done. */
int stream_dial(int fd, const struct addr *to, uint16_t port);
/* One that waits. */
int stream_accept(int fd, struct addr *peer, uint16_t *port);

bool stream_local(int fd, struct addr *a, uint16_t *port);
/* Where the peer meant to go, before a redirect of ours (SO_ORIGINAL_DST). */
bool stream_dialled(int fd, struct addr *a, uint16_t *port);

void stream_say(int fd, struct slice bytes); /* what the peer takes at once */
int stream_shut(int fd);		     /* the end of what we send */
void stream_close(int fd, bool reset);	     /* reset: SO_LINGER 0 */
/* Where this process dies its peer sees a reset, not an end of stream that would look in order. Off
 * again before it is closed in order. */
void stream_reset_at_death(int fd, bool on);
void stream_keepalive(int fd, unsigned idle_seconds);
void stream_no_delay(int fd);	   /* TCP_NODELAY: for conversations */
void stream_urgent_inline(int fd); /* urgent bytes come where they were sent */
int stream_spare(void);		   /* a descriptor that is good for nothing but being closed */

/* What is on its way between two of them. */
struct pipe {
	int r, w;
	size_t size; /* that it holds; 0: it is not open */
	size_t held;
};
/* Smaller where the user's share is used up (pipe(7), pipe-user-pages-soft). 0, or -errno. */
int pipe_open(struct pipe *p, size_t wanted);
void pipe_close(struct pipe *p);
/* From a connection into the pipe: bytes, 0 at the end of the stream, -EAGAIN where nothing waits
 * or the pipe is full. */
ssize_t pipe_fill(struct pipe *p, int from, size_t most);
/* And on; more: there is more to come soon. */
ssize_t pipe_drain(struct pipe *p, int to, bool more);
/* Bytes of ours, all of them. 0, or -errno. */
int pipe_put(struct pipe *p, const void *bytes, size_t n);
