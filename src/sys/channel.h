/* SPDX-License-Identifier: ISC
 *
 * An encrypted connection to another host's portolan, kept by a program of its own (src/channel):
 * this process never sees the key.
 */
#pragma once

#include "base/compiler.h"
#include "base/err.h"
#include "base/slice.h"
#include "sys/channel_words.h"

struct channel;

/* Runs `program` with argv (of argv[0] to NULL). It ends when channel_free() closes our end. */
MUST_USE int channel_start(struct channel **c, const char *program, const char *const *argv,
			   struct err *err);
void channel_free(struct channel *c);	 /* NULL is fine */
int channel_fd(const struct channel *c); /* to wait on; it stays the channel's */

/* A word for the program; false: it does not take it, or is gone. */
bool channel_tell(struct channel *c, const struct channel_word *w);
/* The next word of the program: 1; none now: 0; it is gone: -1. Its text is in `bytes`. */
int channel_hear(struct channel *c, char bytes[CHANNEL_WORD_MAX], struct channel_word *w);

/* One datagram on a descriptor of such a pair; or -errno. 0: the other end is gone. */
ssize_t channel_recv(int fd, void *p, size_t n);
bool channel_send(int fd, struct slice bytes);
