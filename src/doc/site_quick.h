/* SPDX-License-Identifier: ISC
 *
 * A site made of a command line: one product, the hosts that play some of its roles, and this host
 * as whoever talks to them. For the reader with a laptop and five minutes; the features that the
 * goal, or the bound roles, need are turned on.
 */
#pragma once

#include "doc/site_new.h"

/* A proxy of this host's own: for what may go through one. */
struct quick_proxy {
	bool is_socks;
	struct addr addr; /* family 0: there is none */
	uint16_t port;
	const char *login;	 /* as a site file has it: "url:https_proxy"; NULL: none */
	struct slice exceptions; /* no_proxy */
};

struct site_quick {
	const struct product *product;
	struct site_words roles; /* "ssh=login.example.edu", "kdc=10.0.0.5,10.0.0.6" */
	struct site_words features, choices, settings; /* as of struct site_new */
	const char *goal;	/* NULL: whatever goes between this host and the bound roles */
	const char *as;		/* the role of this host; NULL: found out */
	const char *host;	/* what this host is called */
	const struct addr *own; /* its addresses */
	size_t n_own;
	struct quick_proxy proxy;
	/* Called where the product has something that may go through a proxy: fills in `proxy`.
	 * NULL: as it is. */
	int (*find_proxy)(struct site_quick *q, struct err *err);
};

/* A site file as text. 0, or negative and every mistake in errs, without a place. */
MUST_USE int site_quick_write(const struct site_quick *q, struct buf *out, struct errs *errs);

/* Some requirement between this host and the bound roles may go through a proxy. */
bool site_quick_may_use_proxy(const struct product *p);
