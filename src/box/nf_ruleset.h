/* SPDX-License-Identifier: ISC
 *
 * What netfilter has been told on a Linux box, in one form for nf_tables and for both backends of
 * iptables: chains of rules, rules of steps, and each question about a packet a look-up of some of
 * its keys in a list. Readers make it (box/read.h); the walk (box/walk.h) says what it does.
 *
 * Whatever a reader does not understand stays visible: a question whose answer is not known
 * (nf_cond.unknown), or a step whose effect is not (STEP_UNKNOWN), each with its own words. It is
 * never left out. What has no effect on where a packet goes (counters, logs, comments, TCPMSS) is.
 *
 * Everything is plain data in the arena of the box that it belongs to; const after reading.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/arena.h"
#include "base/err.h"
#include "box/nf_value.h"
#include "model/text.h"

/* What can be asked of a packet. A question about a key that a packet does not have (ports of ICMP,
 * an IPv6 address of IPv4, the owner of what was received) is answered with no, negated or not, as
 * the kernel does. A key that it has, but whose value nobody has said (the TTL), makes the answer
 * unknown. */
#define NF_KEYS(X)                                                                                 \
	X(IIF, "iifname") /* name */                                                               \
	X(OIF, "oifname")                                                                          \
	X(FAMILY, "nfproto") /* 4, 6 */                                                            \
	X(PROTO, "l4proto")  /* IANA's number */                                                   \
	X(SADDR4, "ip saddr")                                                                      \
	X(DADDR4, "ip daddr")                                                                      \
	X(SADDR6, "ip6 saddr")                                                                     \
	X(DADDR6, "ip6 daddr")                                                                     \
	X(SPORT, "sport") /* of TCP, UDP, UDP-Lite, SCTP, DCCP */                                  \
	X(DPORT, "dport")                                                                          \
	X(ICMP, "icmp type and code")	 /* type * 256 + code */                                   \
	X(ICMP6, "icmpv6 type and code") /* the same, of protocol 58 */                            \
	X(TCP_FLAGS, "tcp flags")	/* FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE, CWR */ \
	X(CT_STATE, "ct state")		/* enum nf_ct_state */                                     \
	X(CT_DIRECTION, "ct direction") /* 0 original, 1 reply */                                  \
	X(CT_STATUS, "ct status")	/* bits: enum nf_ct_status */                              \
	X(CT_MARK, "ct mark")                                                                      \
	X(CT_ORIG_SADDR4, "ct original ip saddr") /* as it was before any translation */           \
	X(CT_ORIG_DADDR4, "ct original ip daddr")                                                  \
	X(CT_ORIG_SADDR6, "ct original ip6 saddr")                                                 \
	X(CT_ORIG_DADDR6, "ct original ip6 daddr")                                                 \
	X(CT_ORIG_SPORT, "ct original proto-src")                                                  \
	X(CT_ORIG_DPORT, "ct original proto-dst")                                                  \
	X(CT_REPL_SADDR4, "ct reply ip saddr") /* where an answer comes from */                    \
	X(CT_REPL_DADDR4, "ct reply ip daddr")                                                     \
	X(CT_REPL_SADDR6, "ct reply ip6 saddr")                                                    \
	X(CT_REPL_DADDR6, "ct reply ip6 daddr")                                                    \
	X(CT_REPL_SPORT, "ct reply proto-src")                                                     \
	X(CT_REPL_DPORT, "ct reply proto-dst")                                                     \
	X(MARK, "mark")                                                                            \
	X(UID, "skuid") /* of what the box itself sends */                                         \
	X(GID, "skgid")                                                                            \
	X(MAC, "ether saddr")		/* of what it receives; 6 bytes at the end */              \
	X(PKTTYPE, "pkttype")		/* 0 to this host, 1 broadcast, 2 multicast, 3 other */    \
	X(SADDR_TYPE, "fib saddr type") /* enum nf_addr_type: what routing says it is */           \
	X(DADDR_TYPE, "fib daddr type")                                                            \
	X(SADDR_IIF_TYPE, "fib saddr . iif type") /* the same, of this interface's addresses */    \
	X(DADDR_IIF_TYPE, "fib daddr . iif type")                                                  \
	X(SADDR_OIF_TYPE, "fib saddr . oif type") /* of the interface by which it leaves */        \
	X(DADDR_OIF_TYPE, "fib daddr . oif type")                                                  \
	X(BACK_IIF, "fib saddr . iif oif") /* 1: a route back leaves by the incoming interface */  \
	X(BACK, "fib saddr oif")	   /* 1: there is a route back at all */                   \
	X(FRAGMENT, "ip frag-off")	   /* 1: not the first piece */                            \
	X(IPSEC, "ipsec")		   /* 1: came, or leaves, through IPsec */                 \
	X(TTL, "ip ttl")		   /* or IPv6's hop limit */                               \
	X(DSCP, "ip dscp")                                                                         \
	X(ECN, "ip ecn")                                                                           \
	X(LENGTH, "length") /* bytes with the IP header */

enum nf_key {
#define X(key, name) KEY_##key,
	NF_KEYS(X)
#undef X
		NF_KEYS_COUNT
};
extern const char *const nf_key_names[NF_KEYS_COUNT]; /* in nft's words */

/* In the order of enum space_state. */
enum nf_ct_state { CT_NEW, CT_ESTABLISHED, CT_RELATED, CT_INVALID, CT_UNTRACKED };
/* The kernel's bits (include/uapi/linux/netfilter/nf_conntrack_common.h). */
enum nf_ct_status {
	CT_EXPECTED = 1,
	CT_SEEN_REPLY = 2,
	CT_ASSURED = 4,
	CT_CONFIRMED = 8,
	CT_SNAT = 16,
	CT_DNAT = 32,
};
/* The kernel's numbers (include/uapi/linux/rtnetlink.h, RTN_*). */
enum nf_addr_type {
	ADDR_UNSPEC,
	ADDR_UNICAST,
	ADDR_LOCAL,
	ADDR_BROADCAST,
	ADDR_ANYCAST,
	ADDR_MULTICAST,
	ADDR_BLACKHOLE,
	ADDR_UNREACHABLE,
	ADDR_PROHIBIT,
	ADDR_THROW,
};

struct nf_key_use {
	enum nf_key key;
	uint32_t mask; /* of a number: "and" this before it is compared; 0: all of it */
};

enum nf_verdict_kind {
	VERDICT_CONTINUE, /* with the next rule */
	VERDICT_ACCEPT,	  /* ends this base chain, not the hook */
	VERDICT_DROP,
	VERDICT_REJECT,
	VERDICT_JUMP,
	VERDICT_GOTO,
	VERDICT_RETURN,
	VERDICT_QUEUE, /* a program decides */
};
enum { VERDICT_KINDS = VERDICT_QUEUE + 1 };
struct nf_verdict {
	enum nf_verdict_kind kind;
	uint32_t chain;	    /* of jump and goto: its place in the ruleset */
	const char *answer; /* of reject: "tcp reset", "icmp port-unreachable", ...: nft's words */
	bool bypass;	    /* of queue: accepted where no program listens */
};

/* To where, or as whom, a translation sends. */
struct nf_target {
	uint8_t family;	    /* 0: no address */
	struct addr lo, hi; /* the kernel takes any of them */
	bool has_ports;
	uint16_t port_lo, port_hi;
	/* Port n becomes port_lo + n - port_base; 0: any of them. */
	uint16_t port_base;
};

/* What an element of a map stands for; of a set nothing is. */
struct nf_data {
	struct nf_verdict verdict;
	struct nf_target target;
	uint32_t number; /* a mark */
};

enum nf_data_kind { DATA_NONE, DATA_VERDICT, DATA_TARGET, DATA_NUMBER };

/* A list of elements, in a rule or with a name. An element has a span for each key. Where several
 * have the packet the one that stands first counts, so a reader puts the narrower ones first. */
struct nf_set {
	const char *table, *name; /* NULL: the rule's own */
	size_t n_keys, n;
	const struct nf_span *spans; /* n * n_keys, element by element */
	enum nf_data_kind kind;
	const struct nf_data *data; /* n of them; NULL for DATA_NONE */
	const bool *except;	    /* n of them: not in the set (ipset's nomatch); NULL: none is */
	const char *const *notes; /* n of them: an element's own comment or NULL; NULL: none has */
	bool changing;		  /* packets put elements in: what stands here is how it was */
	bool expiring;		  /* time takes elements out */
	const char *doubt;	  /* why what it has may not be in it; NULL: it expires */
	struct place place;
};

struct nf_lookup {
	const struct nf_key_use *keys; /* as many as the set has, in its order */
	const struct nf_set *set;
};

/* Yes if any of the look-ups finds the packet. */
struct nf_cond {
	LIST_OF(struct nf_lookup) lookups;
	bool negate;
	const char *unknown; /* not NULL: nobody can tell, and why, in the ruleset's own words */
};

enum nf_step_kind {
	STEP_IF, /* unless it is so: the next rule */
	STEP_VERDICT,
	STEP_VERDICT_MAP,  /* of the element that has the packet; of none: the next rule */
	STEP_NAT,	   /* translates, and is then an accept */
	STEP_MARK,	   /* mark := (mark & keep) ^ flip */
	STEP_MARK_MAP,	   /* mark := of the element that has the packet; none: the next rule */
	STEP_CT_MARK,	   /* the same of the connection's mark */
	STEP_SAVE_MARK,	   /* ct mark := (ct mark & keep) ^ (mark & flip) */
	STEP_RESTORE_MARK, /* the other way round */
	STEP_NOTRACK,
	STEP_BLUR,    /* changes what the packet says under `key`: the TTL, the DSCP, the ECN */
	STEP_HELPER,  /* connection tracking follows a protocol: text */
	STEP_UNKNOWN, /* text; what it does with the packet is not known */
};

enum nf_nat_kind { NAT_SOURCE, NAT_DESTINATION, NAT_MASQUERADE, NAT_REDIRECT };
struct nf_nat {
	enum nf_nat_kind kind;
	struct nf_target target; /* family 0 and no ports: of masquerade, redirect */
	/* NETMAP, "prefix": the bits behind the prefix stay. target.lo, .hi are its ends. */
	bool keep_rest;
	const struct nf_lookup *map; /* or NULL; its elements say the target */
};

struct nf_step {
	enum nf_step_kind kind;
	union {
		struct nf_cond cond;	   /* IF */
		struct nf_verdict verdict; /* VERDICT */
		struct nf_lookup map;	   /* VERDICT_MAP, MARK_MAP */
		struct nf_nat nat;	   /* NAT */
		struct {
			uint32_t keep, flip;
		} mark;		  /* MARK and the three behind it */
		enum nf_key key;  /* BLUR */
		const char *text; /* HELPER, UNKNOWN */
	};
};

struct nf_rule {
	LIST_OF(struct nf_step) steps; /* in the order in which the kernel takes them */
	const char *text;	       /* as its tool shows it, without counters */
	const char *comment;	       /* NULL: none */
	uint32_t number;	       /* 1, 2, ...: where it stands in its chain */
	uint64_t handle;	       /* nf_tables' own; 0: none */
	bool counted;
	uint64_t packets, bytes;
	struct place place;
};

enum nf_hook {
	NF_INGRESS,
	NF_PREROUTING,
	NF_INPUT,
	NF_FORWARD,
	NF_OUTPUT,
	NF_POSTROUTING,
	NF_EGRESS,
	NF_HOOKS
};
extern const char *const nf_hook_names[NF_HOOKS];

enum nf_backend { NF_TABLES, NF_XTABLES }; /* the second: iptables-legacy */
enum nf_chain_type { CHAIN_FILTER, CHAIN_NAT, CHAIN_ROUTE };

struct nf_chain {
	const char *table; /* "inet filter", "ip nat" */
	const char *name;
	uint8_t family; /* of the packets that come here: 4, 6, 0 both */
	enum nf_backend backend;
	bool base;
	/* The rest, down to the policy, of base chains. The lower priority is asked first, of equal
	 * ones any may be. A filter of iptables' nat table has the priority of its place. */
	enum nf_hook hook;
	enum nf_chain_type type;
	int priority;
	LIST_OF(const char *) devices; /* of ingress and egress */
	const char *doubt; /* why it may not be asked, which nobody can tell; NULL: it is */
	enum nf_verdict_kind policy; /* accept or drop */
	bool policy_counted;
	uint64_t policy_packets, policy_bytes;
	LIST_OF(struct nf_rule) rules;
	struct place place;
};

struct nf_ruleset {
	LIST_OF(struct nf_chain) chains;
	LIST_OF(const struct nf_set *) sets; /* with a name: also those that no rule asks */
	/* Whole parts that were not read and could decide about a packet: "table bridge filter".
	 * What they say is unknown. */
	LIST_OF(const char *) doubts;
	LIST_OF(const char *) bridge_doubts; /* the same, about what passes a bridge */
};

/* Whether a packet that it matches may be accepted by it. */
bool nf_rule_lets_through(const struct nf_rule *r);
