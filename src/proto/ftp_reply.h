/* SPDX-License-Identifier: ISC
 *
 * FTP's replies on the control connection: RFC 959 section 4.2, RFC 2428 (EPSV, EPRT). Pure. The
 * server is not trusted: lines have a bounded length, and nothing is read beyond what came.
 */
#pragma once

#include "base/addr.h"
#include "base/buf.h"
#include "base/slice.h"

enum ftp_result {
	FTP_MORE,  /* the reply has not ended yet */
	FTP_REPLY, /* one has ended */
	FTP_BAD,   /* this is no FTP reply */
};

enum { FTP_LINE_MAX = 4096 }; /* bytes of one line of a reply, its end counted */

struct ftp_reply {
	unsigned code;	   /* 100 to 599 */
	struct slice text; /* of its last line, behind the code; borrowed from the input */
};

/* Takes the lines of one reply from the front of *in, also where it has not ended with them.
 * *begun: the code of a reply of many lines, of which some were taken; 0: none, at first. */
enum ftp_result ftp_reply_read(struct slice *in, unsigned *begun, struct ftp_reply *r);

/* "227 ... (h1,h2,h3,h4,p1,p2)": with brackets or without, as RFC 1123 section 4.1.2.6 warns. */
bool ftp_reply_pasv(const struct ftp_reply *r, struct addr *a, uint16_t *port);
/* "229 ... (|||port|)", with any delimiter. */
bool ftp_reply_epsv(const struct ftp_reply *r, uint16_t *port);

/* "PORT h1,h2,h3,h4,p1,p2\r\n"; for IPv6 "EPRT |2|address|port|\r\n". */
void ftp_format_port(const struct addr *a, uint16_t port, struct buf *out);
