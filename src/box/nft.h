/* SPDX-License-Identifier: ISC
 *
 * The parts of the reader of nft -j (box/read.h). read_nft.c has tables, chains and rules;
 * nft_set.c sets and maps; nft_value.c what stands in them; nft_key.c what is asked about;
 * nft_match.c questions; nft_statement.c what is done; nft_nat.c translations; nft_text.c a rule in
 * nft's words.
 *
 * A function that does not understand something returns false, and what it was asked for becomes
 * unknown, in its own words. What cannot be is an error: nft_bad(), after which nothing more is
 * read.
 */
#pragma once

#include <jansson.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "base/map.h"
#include "box/nf_make.h"
#include "box/read.h"

/* How a value is written. */
enum nft_kind {
	KIND_NAME, /* of an interface */
	KIND_ADDR4,
	KIND_ADDR6,
	KIND_MAC,
	KIND_NUMBER,
	KIND_USER,
	KIND_PROTO,
	KIND_FAMILY,
	KIND_ICMP_TYPE,
	KIND_ICMP6_TYPE,
	KIND_CODE,
	KIND_CODE6,
	KIND_STATE,
	KIND_STATUS,
	KIND_DIRECTION,
	KIND_PKTTYPE,
	KIND_ADDRTYPE,
	KIND_TCP_FLAGS,
	KIND_DSCP,
	KIND_ECN,
	KIND_BOOL,
};

enum { NFT_KEYS_MAX = 12 };
struct nft_kinds {
	enum nft_kind items[NFT_KEYS_MAX];
	size_t n;
};
/* What is asked about, and what must be so that it can be: nft looks at a port of TCP only after
 * it has seen that it is TCP, and its JSON does not say that. */
struct nft_keys {
	struct nft_kinds kinds;
	struct nf_key_use uses[NFT_KEYS_MAX];
	uint8_t family;	 /* 0: any */
	int proto;	 /* -1: any */
	bool connection; /* has one */
	bool ether;	 /* came over Ethernet */
	bool any_ports;	 /* "th": the same bytes of whatever protocol */
};

struct nft_table {
	const char *name; /* "inet filter" */
	uint8_t family;	  /* of its packets: 4, 6, 0 both */
	bool dormant;
	bool foreign;	   /* of bridges or ARP: not read */
	bool saved;	   /* iptables-save showed it */
	bool decides;	   /* foreign, and it may drop */
	const char *doubt; /* whether the kernel asks it; NULL: it does */
};
struct nft_set {
	struct nf_set set;
	struct nft_kinds kinds;
	bool opaque;  /* not understood: its type, or what it does with a packet */
	bool limited; /* not each packet that is found, or added, goes on */
};
struct nft {
	struct box *b;
	const struct box_text *text;
	struct err *err;
	int rc;
	struct map tables, chains, sets, helpers; /* by "inet filter", "inet filter\nname" */
	const struct nft_table *table;
	uint32_t chain; /* of the rule: its place in the ruleset */
	struct nf_rule *rule;
	const char *where; /* for messages: "rule 3 of inet filter input" */
};

/* Sets n->rc. Always false. */
PRINTF(2, 3) bool nft_bad(struct nft *n, const char *fmt, ...);
/* "inet filter\nname": the arena's. */
struct slice nft_name(struct nft *n, const struct nft_table *t, const char *name);
/* The words of a piece of JSON, for what is not understood: at most some hundred bytes. */
const char *nft_words(struct nft *n, const char *key, const json_t *value);
/* The only key of an object, and its value; NULL: it is none. */
const char *nft_only_key(const json_t *o, json_t **value);
/* The text of a rule. */
void nft_text(const json_t *statements, struct buf *out);

bool nft_span(struct nft *n, enum nft_kind kind, const json_t *v, struct nf_span *out);
/* All that there is of a kind. */
struct nf_span nft_any(enum nft_kind kind);
/* Whether a value of it is several words at once: flags. */
bool nft_is_of_bits(enum nft_kind kind);
/* Flags as their bits: "syn", ["syn", "ack"], {"|": ["syn", "ack"]}, 18. */
bool nft_bits(enum nft_kind kind, const json_t *v, uint32_t *bits);

bool nft_keys(struct nft *n, const json_t *e, struct nft_keys *out);
/* Whether all that is compared is known of a packet. Of a connection's status some bits are not;
 * whether a packet is a later piece of one can be told, whether it may be cut cannot. */
bool nft_can_compare(const struct nft_keys *keys);
/* The rule asks what its keys depend on. */
void nft_ask_before(struct nft *n, const struct nft_keys *keys);

void nft_add_set(struct nft *n, const json_t *o, bool is_map);
/* "@name", or {"set": [...]} and the like: a set with these keys; the data of a map are of `kind`.
 * NULL: not understood, or a mistake. */
const struct nf_set *nft_set_of(struct nft *n, const json_t *v, const struct nft_keys *keys,
				enum nf_data_kind kind);
bool nft_verdict(struct nft *n, const char *key, const json_t *v, struct nf_verdict *out);
bool nft_target(struct nft *n, const json_t *v, struct nf_target *out);
/* Packets are added to it, or taken away; true: only some of them go on. */
bool nft_set_changes(struct nft *n, const json_t *name);
/* The statements of a set, or of what is added to one: whether only some packets go on. */
bool nft_limits(const json_t *statements);

void nft_match(struct nft *n, const json_t *match);
void nft_statement(struct nft *n, const char *key, const json_t *value);
/* snat, dnat, masquerade, redirect. */
bool nft_nat(struct nft *n, const char *key, const json_t *value);
/* What stands for one of several, chosen `by` what nobody knows ("numgen random mod 3", "vlan id"):
 * a rule for each element, of which any may be the one, or none. `add` makes its last step. */
bool nft_any_of(struct nft *n, const json_t *elements, const json_t *by,
		bool (*add)(struct nft *n, const json_t *data, void *ctx), void *ctx);
