/* SPDX-License-Identifier: ISC
 *
 * The proxy of this host's user, as the environment has it: https_proxy, http_proxy (lower case
 * only, as elsewhere: a web server's HTTP_PROXY is a client's header), all_proxy, and no_proxy.
 */
#pragma once

#include "doc/site_quick.h"

/* For site_quick.find_proxy. A name is resolved; one that is not found, or a proxy that this
 * version cannot speak to, is an error: nothing is tried directly instead. */
MUST_USE int proxy_env_find(struct site_quick *q, struct err *err);
