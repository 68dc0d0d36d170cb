/* SPDX-License-Identifier: ISC
 *
 * FTP's control connection is a telnet one (RFC 959 section 2.3; RFC 854): commands of telnet may
 * stand anywhere between a client's bytes. They are taken out: options are neither answered nor
 * passed on, so that nothing of theirs gets into a reply; "interrupt" and "synch" before ABOR say
 * nothing that ABOR does not; IAC IAC is one byte 255 of a name. IAC before a byte that is no
 * command of telnet's is what a client meant that does not double them. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"

struct telnet {
	uint8_t state; /* zeroed to begin with */
	bool is_raw;   /* of a server's words, which are passed on as they are: a doubled byte
			* 255 stays so */
};

/* Bytes off the wire; what the client said is added to `out`. */
void telnet_read(struct telnet *t, struct slice in, struct buf *out);

/* A client's words, as they go over the wire: 255 is doubled. */
void telnet_put(struct slice words, struct buf *out);
