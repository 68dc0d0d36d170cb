/* SPDX-License-Identifier: ISC
 *
 * The parts of a ClientHello, RFC 8446 section 4.1.2.
 */
#pragma once

#include <stddef.h>

#include "proto/proto.h"

/* Where a length of two bytes stands; what is put behind it is counted when it is closed. */
size_t tls_open_length(struct proto_out *out);
void tls_close_length(struct proto_out *out, size_t begin);

/* 32 bytes that are as good as the PROTO_CHANCE ones of the question, others for each salt. */
void tls_put_chance(struct proto_out *out, const uint8_t *chance, uint8_t salt);

/* The extension server_name. Nothing where there is no name, or host is an address, which is none:
 * RFC 6066 section 3. */
void tls_put_server_name(struct proto_out *out, const char *host);

/* The good-bye after a ServerHello. record_version: as the server's own records have it. */
void tls_put_close_notify(struct proto_out *out, uint16_t record_version);
