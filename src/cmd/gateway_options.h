/* SPDX-License-Identifier: ISC
 *
 * What an FTP gateway is to do, from the command line, where there is no site.
 */
#pragma once

#include "cmd/command.h"
#include "gateway/config.h"

/* What holds where nobody says otherwise; `c` zeroed before. portset_release() frees its ports. */
void gateway_defaults(struct gate_config *c);

/* "192.0.2.1:21", "[2001:db8::1]:21"; port 21 where none is said. */
bool gateway_end(struct slice s, struct gate_listener *l);

/* Takes memory of its own from the arena. */
MUST_USE int gateway_from_options(struct gate_config *c, const struct arguments *args,
				  struct arena *arena, struct err *err);
/* --limit, of a site's gateway too. */
MUST_USE int gateway_limits(struct gate_config *c, const struct arguments *args, struct err *err);
