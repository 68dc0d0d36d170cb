/* SPDX-License-Identifier: ISC
 *
 * The proxy that an environment variable names (http_proxy, https_proxy, all_proxy), and the
 * exceptions of no_proxy, as curl and others read them. Pure.
 */
#pragma once

#include "base/addr.h"
#include "base/compiler.h"
#include "base/err.h"

enum { PROXY_NAME_MAX = 253 };

struct proxy_url {
	bool is_socks;
	char name[PROXY_NAME_MAX + 1]; /* "" where an address stands there */
	struct addr addr;	       /* family 0: a name */
	uint16_t port;
	struct slice
		login; /* USER:PASSWORD as written, percent escapes and all; borrowed; p NULL */
};

/* "http://user:password@proxy:3128", "proxy:3128", "socks5h://10.0.0.5". On failure *why is half a
 * sentence; it never holds the login. */
bool proxy_url_parse(struct slice s, struct proxy_url *u, const char **why);

/* Whether a list such as "localhost,.example.com,10.0.0.0/8,*" has the host; addr family 0: only
 * the name is known. A name has its subdomains, with a dot in front or without. */
bool no_proxy_has(struct slice list, struct slice name, const struct addr *addr);
