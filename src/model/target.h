/* SPDX-License-Identifier: ISC
 *
 * What a person types to name something to probe:
 *
 *	HOST            db1, 10.0.0.5, ::1, [2001:db8::5]
 *	HOST:PORTS      db1:22,80,7000-7008   [2001:db8::5]:443
 *	PREFIX:PORTS    10.0.0.0/24:22        [2001:db8::/120]:22
 *	URL             https://db1/path, https://db1:8443/   (the path is not used)
 */
#pragma once

#include "base/addr.h"
#include "base/err.h"
#include "base/portset.h"

enum { TARGET_NAME_MAX = 253 }; /* RFC 1035 section 2.3.4, without the last dot */

struct target_spec {
	char name[TARGET_NAME_MAX + 1]; /* "" where an address or a prefix was given */
	struct prefix prefix;		/* addr.family 0: a name */
	bool is_range;			/* written with a length, and of more than one address */
	struct portset ports;		/* owned; empty: none were given */
};

void target_release(struct target_spec *t);
/* ERR_USAGE; on failure there is nothing to release. */
MUST_USE int target_parse(struct slice s, struct target_spec *t, struct err *err);

/* "22,80,7000-7008", added to `out`. */
MUST_USE int target_parse_ports(struct slice s, struct portset *out, struct err *err);
