/* SPDX-License-Identifier: ISC
 *
 * Kinds of values and records of a site that stand in several files.
 */
#pragma once

#include "doc/fields.h"

extern const struct kind kind_addr_ports; /* LIST_OF(struct addr_port): HOST:PORT, linked later */
extern const struct kind kind_inner;   /* a map whose keys fill the same struct as the map around */
extern const struct kind kind_targets; /* LIST_OF(struct target): one, or a list; linked later */

extern const struct record ftp_gateway_record; /* struct ftp_gateway */
