/* SPDX-License-Identifier: ISC
 *
 * A policy tried before it is put on this box: in a network namespace of its own, with links of the
 * same names and numbers. What comes of it is read back there, and so is whether what was there
 * before can be put back.
 */
#pragma once

#include "base/arena.h"
#include "box/box.h"
#include "box/nft_tables.h"
#include "cmd/apply_files.h"

struct apply {
	const char *name; /* the file, or whose policy: for messages */
	struct turn turn;
	struct arena *arena;
	struct buf nft, v4, v6; /* what is to be loaded; empty: nothing */
	bool has_v4, has_v6;

	struct buf live, changed; /* bundles: as the box is, as it would be */
	struct box *before, *after;
	bool same;		/* what is to be loaded is there already */
	struct nft_tables seen; /* what the box had when it was looked at */
};
void apply_init(struct apply *a);
void apply_release(struct apply *a);
bool apply_has_family(const struct apply *a, size_t i); /* of iptables: 0 IPv4, 1 IPv6 */

/* Collects the box, tries, and leaves in the folder the files with which to load and to undo. 0, or
 * the exit code after a message. */
int apply_try(struct apply *a);
/* Just before it is loaded: that nobody has changed the rules since. 0, or an error. */
MUST_USE int apply_check_unchanged(const struct apply *a, struct err *err);
