/* SPDX-License-Identifier: ISC
 *
 * A word to the service manager, and the sockets that it opened for us: sd_notify(3) and
 * sd_listen_fds(3), whose protocols need no library.
 */
#pragma once

#include <stddef.h>

/* "READY=1\nSTATUS=..." to $NOTIFY_SOCKET; nothing where there is none. */
void notify(const char *lines);
/* "RELOADING=1" with the moment that systemd wants beside it. */
void notify_reloading(void);

/* The descriptors that were opened for this process, at most `max`; each may be used once. The
 * variables go, so that no program of ours takes them for its own. */
size_t notify_listeners(int *fds, size_t max);
