/* SPDX-License-Identifier: ISC
 *
 * Logins for a site's proxies, by reference: env:NAME or file:PATH, whose value is USER:PASSWORD,
 * or url:NAME, a variable with a URL that holds them (percent escapes are undone).
 * They never stand in a site file, in an argument, in a report or in a message.
 */
#pragma once

#include "base/arena.h"
#include "model/site.h"

struct logins {
	struct arena *arena; /* set by the caller: what is found lives there */
	const char *told;    /* the reference that was complained of last */
};

/* The same for a reference of the command line, which must be there. */
MUST_USE int login_of(const char *reference, struct arena *a, const char **user,
		      const char **password, struct err *err);

/* For struct check_options; ctx is a struct logins. Where there is none, or it is none, that is
 * said once on standard error, and the proxy is asked without. */
void login_find(void *ctx, const struct proxy *p, const char **user, const char **password);
