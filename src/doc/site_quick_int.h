/* SPDX-License-Identifier: ISC
 *
 * What the command line came to, between its reading (site_quick.c) and its writing
 * (site_quick_write.c).
 */
#pragma once

#include "doc/site_quick.h"

enum { HOSTS_MAX = 64, FEATURES_MAX = 64 };
#define QUICK_PROXY_KEY "proxy" /* what the proxy is called in the site */

struct quick_host {
	const char *key;  /* its name in the site */
	const char *name; /* NULL: addr */
	struct addr addr;
};

struct quick {
	const struct site_quick *asked;
	const struct product *product;
	struct arena *arena;
	struct errs *errs;
	struct quick_host hosts[HOSTS_MAX];
	size_t n_hosts;
	struct buf *bound; /* by the index of the role: "a, b"; empty: not bound */
	bool *is_here;	   /* by the index of the role */
	bool *is_missing;  /* by the index of the role: it was asked for */
	bool *is_wanted;   /* by the index of the requirement */
	const char *features[FEATURES_MAX];
	size_t n_features;
};

size_t quick_role_index(const struct quick *k, const char *name);
void quick_write(const struct quick *k, struct buf *out); /* mistakes to k->errs */
