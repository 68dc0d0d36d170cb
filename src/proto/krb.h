/* SPDX-License-Identifier: ISC
 *
 * What a Kerberos KDC and its password service have in common.
 */
#pragma once

#include "proto/proto.h"

/* KRB-ERROR, their answer to a question that they do not like: RFC 4120 section 5.9.1. */
struct krb_error {
	struct slice time;  /* the server's clock, "20261014054245Z" */
	struct slice realm; /* the service's */
	struct slice
		service;   /* the first part of its name, "krbtgt", "kadmin"; empty: it has none */
	uint32_t code;	   /* section 7.5.9; 0: it has none */
	struct slice data; /* e-data; empty: it has none */
};

/* False: it is none, or not whole. Borrows from m. */
bool krb_error_read(struct slice m, struct krb_error *e);

/* Over TCP each message has its length in front, RFC 4120 section 7.2.2: once one is whole, what
 * read() makes of it. */
enum proto_result krb_read_tcp(struct slice *in, struct proto_said *said,
			       enum proto_result (*read)(struct slice m, struct proto_said *said));
