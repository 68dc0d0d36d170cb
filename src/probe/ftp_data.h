/* SPDX-License-Identifier: ISC
 *
 * The data connection of an FTP conversation: ours to the server (passive mode), or the server's to
 * us (active mode).
 *
 * It is one connection, which the kernel repeats by itself, without further attempts from other
 * ports beside it (probe/dial.h has them): who opens the way for a negotiated connection, a
 * firewall's FTP helper or the server itself, may do so for one alone. Its repetitions still pass
 * where a second one does not.
 */
#pragma once

#include "probe/method.h"

enum { FTP_DATA_MS = 3500, FTP_DATA_TRIES = 3 }; /* passive: SYNs at 0, 1 and 3 s */

struct ftp_data;
struct ftp_data_sock {
	struct sock sock; /* first: the address is the same */
	struct ftp_data *data;
};

/* Zeroed but for what the caller sets: the probe, and what it wants to be told. */
struct ftp_data {
	struct probe *probe;
	/* Once, perhaps from within ftp_data_dial(): it opened (SAW_NEGOTIATED), or why not, with
	 * the rest in `seen`. ftp_data_stop() was called. */
	void (*ended)(struct ftp_data *d, enum saw saw);

	struct ftp_data_sock waiting, connection;
	struct timer timer;
	struct mono asked;
	struct sighting seen; /* but for `saw`; `port` is that of the connection */
};

/* Passive: dials seen.port of the target. */
void ftp_data_dial(struct ftp_data *d);

/* Active: waits at that address of ours, on a free port of the range; where lo is 0, on any. The
 * one that it is stands in seen.port. False: our own kernel said no; seen.error says why. */
bool ftp_data_wait(struct ftp_data *d, const struct addr *at, struct port_range range);

void ftp_data_stop(struct ftp_data *d); /* everything is closed and stopped */
