/* SPDX-License-Identifier: ISC
 *
 * Readers of what a Linux box's tools print. Each adds to a box, and all of it is untrusted: what
 * cannot be right (truncated, a chain that is jumped to and is not there, jumps in a circle, more
 * than the limits below) is an error with its place; what is right and not understood is kept as
 * unknown (box/nf_ruleset.h). On an error the box holds nothing of use and is to be freed.
 * All return 0, or a negative error class with err.
 */
#pragma once

#include "base/err.h"
#include "base/slice.h"
#include "box/box.h"

/* More than any real box has; a file beyond is refused. Bytes of one tool's output; chains that
 * stand behind each other (the kernel allows 16, nf_tables). */
enum { BOX_TEXT_MAX = 512 << 20, BOX_JUMPS_MAX = 16 };

/* What one tool printed. */
struct box_text {
	const char *file;  /* for messages; borrowed for the box's life */
	uint32_t line;	   /* of its first line in that file, from 1 */
	struct slice text; /* borrowed while it is read */
};

MUST_USE struct box *box_new(void);

/* nft -j list ruleset, of nft 0.9.8 to 1.1; schema version 1 (libnftables-json(5)). A table with
 * rules that only iptables can show ("xt") is left out if iptables-save showed it; those readers
 * come before. */
int box_read_nft(struct box *b, const struct box_text *t, struct err *err);
/* iptables-save -c and ip6tables-save -c: family 4 or 6; of either backend. `sets` of ipset are
 * found by name, so box_read_ipset() comes before. */
int box_read_iptables(struct box *b, const struct box_text *t, uint8_t family,
		      enum nf_backend backend, struct err *err);
int box_read_ipset(struct box *b, const struct box_text *t, struct err *err); /* ipset save */

/* ip -j -d link, ip -j address, ip -j route show table all, ip -j rule (the last two of a family);
 * lines "key = value" of sysctl. */
int box_read_links(struct box *b, const struct box_text *t, struct err *err);
int box_read_addresses(struct box *b, const struct box_text *t, struct err *err);
int box_read_routes(struct box *b, const struct box_text *t, uint8_t family, struct err *err);
int box_read_rules(struct box *b, const struct box_text *t, uint8_t family, struct err *err);
int box_read_switches(struct box *b, const struct box_text *t, struct err *err);

/* The whole of it: portolan-bundle(5). `file` is borrowed for the box's life. NULL with err. */
MUST_USE struct box *box_read_bundle(const char *file, struct slice text, struct err *err);
/* One ruleset alone, told apart by how it begins: JSON of nft, or the lines of iptables-save (then
 * of `family`) or ipset. NULL with err. */
MUST_USE struct box *box_read_ruleset(const char *file, struct slice text, uint8_t family,
				      struct err *err);

/* After all readers: that every jump has its target, none goes in a circle or too deep. */
int box_check(struct box *b, struct err *err);
