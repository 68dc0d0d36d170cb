/* SPDX-License-Identifier: ISC
 *
 * What a TLS server says first, in the clear: a ServerHello or an alert. RFC 8446 sections 4.1.3,
 * 5.1 and 6; RFC 5246 for the versions before.
 */
#pragma once

#include <stdbool.h>

#include "proto/proto.h"

/* More bytes than these are not waited for: a certificate is only a name to tell. Below what a
 * caller keeps (probe/method_talk.c). */
enum { TLS_ANSWER_MAX = 6144 };

/* in: all that has come, from its first byte on. PROTO_PROVED: a whole ServerHello, whose lengths
 * fit, or a whole alert that is known; said has the version or the alert's name. PROTO_MORE: it is
 * the beginning of one.
 *
 * wants_name: before TLS 1.3 the certificate comes in the clear behind the ServerHello; then that
 * is waited for, and said has its subject's common name, too. */
enum proto_result tls_answer(struct slice in, bool wants_name, struct proto_said *said);

/* After PROTO_PROVED: it was an alert, so that there is nothing to part from. */
bool tls_is_alert(struct slice in);
