/* SPDX-License-Identifier: ISC
 *
 * Where a data connection goes, as clients say it: RFC 959 (PORT), RFC 2428 (EPRT, EPSV). Servers'
 * 227 and 229 are in proto/ftp_reply.h. Nothing but what the RFC writes is read: what a firewall on
 * the way takes for another port must not be one here. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/buf.h"

enum address_result {
	ADDRESS_OK,
	ADDRESS_BAD,	/* 501 */
	ADDRESS_FAMILY, /* 522: a network protocol that is not known */
};

/* "h1,h2,h3,h4,p1,p2", decimals of at most three digits; port 0 is bad. */
enum address_result address_of_port(struct slice arg, struct addr *a, uint16_t *port);
/* "|1|192.0.2.7|4000|" with any delimiter of 33 to 126; 1: IPv4, 2: IPv6. */
enum address_result address_of_eprt(struct slice arg, struct addr *a, uint16_t *port);

/* "227 ... (h1,h2,h3,h4,p1,p2)", "229 ... (|||port|)", with the line's end. */
void address_put_227(const struct addr *a, uint16_t port, struct buf *out);
void address_put_229(uint16_t port, struct buf *out);
