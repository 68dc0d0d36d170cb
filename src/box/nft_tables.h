/* SPDX-License-Identifier: ISC
 *
 * Whole tables in what "nft -j list ruleset" prints, without looking at their rules.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "model/text.h"

struct nft_table_name {
	const char *family, *name;
	uint64_t handle; /* another one: it was deleted and made anew */
	size_t n;	 /* chains, rules, sets, ... in it */
	LIST_OF(const char *) chains;
};
struct nft_tables {
	LIST_OF(struct nft_table_name) list;
};

/* Strings are the arena's. 0, or ERR_DOCUMENT. */
MUST_USE int nft_tables_read(struct arena *a, struct slice json, struct nft_tables *out,
			     struct err *err);
const struct nft_table_name *nft_tables_find(const struct nft_tables *ts,
					     const struct nft_table_name *like);
/* `json` with the tables `which` as `other` has them, whether it had them before or not. */
MUST_USE int nft_tables_replace(struct slice json, struct slice other,
				const struct nft_tables *which, struct buf *out, struct err *err);
/* For nft -j -f: tables of these names, with nothing in them. */
void nft_tables_empty(const struct nft_tables *ts, struct buf *out);
/* A name that a file for nft -f can hold as it is. */
bool nft_table_is_plain(const struct nft_table_name *t);
