/* SPDX-License-Identifier: ISC
 *
 * The parts of a trial (cmd/apply_try.h): what both languages need, and each of them.
 */
#pragma once

#include "box/bundle.h"
#include "box/nft_tables.h"
#include "cmd/apply_try.h"

/* What is looked at while it is tried. */
struct trial {
	struct apply *a;
	struct bundle parts;	/* of the box as it is */
	struct nft_tables made; /* tables that the new rules make */
	struct buf json;	/* of nft -j, with the new rules */
	struct buf saved[2];	/* iptables-save's, ip6tables-save's, with the new rules */
	struct buf first, then; /* what was there, as listed before and after */
	bool legacy;		/* iptables is the other backend */
	struct err *err;
};

/* Functions that return an int return 0, or a negative error class with t->err. */

int trial_refuse(struct trial *t, const char *why); /* the file is wrong */
/* What there is now would not come back; NULL: it would be something else. */
int trial_no_way_back(struct trial *t, const char *why);
/* The same of what a tool complained about it: in its words, with the file's own name. */
int trial_blame(struct trial *t);
/* What a command printed on the box; none: it did not answer. */
struct slice trial_live(const struct trial *t, enum bundle_part part);
/* The ruleset here and now; the second without counters, and without when elements end. */
MUST_USE int trial_ask_json(struct buf *out, struct err *err);
MUST_USE int trial_json(struct trial *t, struct buf *out);
MUST_USE int trial_rules(struct trial *t, struct buf *out);
/* Into the folder, and by nft -f into where this process is. */
MUST_USE int trial_load(struct trial *t, const char *file, struct slice bytes);

/* Into a namespace with links like the box's; out of it, where what was found is worth nothing if
 * that fails. */
MUST_USE int trial_enter(struct trial *t, int *home);
MUST_USE int trial_leave(struct trial *t, int home, int rc);

/* They fill t->made and t->json, of iptables also t->saved and t->legacy. */
MUST_USE int trial_nft(struct trial *t);
MUST_USE int trial_iptables(struct trial *t);
/* What iptables is asked for on that box; of nf_tables, of legacy. */
enum bundle_part trial_part(const struct trial *t, size_t family);
