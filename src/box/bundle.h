/* SPDX-License-Identifier: ISC
 *
 * The form of a bundle, portolan-bundle(5): which commands it has, and the parts of its text.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#define BUNDLE_HEAD "portolan bundle 1"

/* In the order in which they stand in a bundle. */
#define BUNDLE_PARTS(X)                                                                            \
	X(KERNEL, "uname -r")                                                                      \
	X(TOOLS, "nft --version")                                                                  \
	X(NFT, "nft -j list ruleset")                                                              \
	X(IPTABLES, "iptables-nft-save -c")                                                        \
	X(IP6TABLES, "ip6tables-nft-save -c")                                                      \
	X(EBTABLES, "ebtables-nft-save")                                                           \
	X(LEGACY, "iptables-legacy-save -c")                                                       \
	X(LEGACY6, "ip6tables-legacy-save -c")                                                     \
	X(IPSET, "ipset save")                                                                     \
	X(LINKS, "ip -j -d link")                                                                  \
	X(ADDRESSES, "ip -j address")                                                              \
	X(ROUTES4, "ip -j -4 route show table all")                                                \
	X(ROUTES6, "ip -j -6 route show table all")                                                \
	X(RULES4, "ip -j -4 rule")                                                                 \
	X(RULES6, "ip -j -6 rule")                                                                 \
	X(SWITCHES, "sysctl -ae")

enum bundle_part {
#define X(part, command) BUNDLE_##part,
	BUNDLE_PARTS(X)
#undef X
		BUNDLE_PARTS_COUNT
};
extern const char *const bundle_commands[BUNDLE_PARTS_COUNT];

struct bundle_output {
	bool given;	   /* there is a heading */
	uint32_t line;	   /* of the heading; the output begins one line below, or two */
	uint32_t first;	   /* of the output */
	unsigned status;   /* not 0: the output is what the command complained */
	struct buf output; /* without the tabs */
};
struct bundle {
	struct slice host, time; /* borrowed from the text; p NULL: not said */
	struct bundle_output parts[BUNDLE_PARTS_COUNT];
};

/* Returns 0, or a negative error class with err; bundle_release() in either case. */
MUST_USE int bundle_split(struct bundle *bundle, const char *file, struct slice text,
			  struct err *err);
void bundle_release(struct bundle *bundle);

/* A command and what it printed, at the end of the text of a bundle. */
void bundle_add(struct buf *bundle, const char *command, unsigned status, struct slice output);
/* The bundle's own text again, where outputs[part].p is given with that instead, as of a command
 * that answered. */
MUST_USE int bundle_replace(struct slice text, const struct slice outputs[BUNDLE_PARTS_COUNT],
			    struct buf *out, struct err *err);
