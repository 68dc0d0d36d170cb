/* SPDX-License-Identifier: ISC
 *
 * The words that nft and iptables have in common, and their numbers. Each returns -1 for a word
 * that it does not know.
 */
#pragma once

#include "base/slice.h"

/* "tcp", "ipv6-icmp", "47": IANA's number of a protocol. */
int nf_proto_of(struct slice word);
/* "fin", "SYN", ...: its bit of the TCP header. */
int nf_tcp_flag_of(struct slice word);
/* "new", "ESTABLISHED", ...: enum nf_ct_state. */
int nf_ct_state_of(struct slice word);
/* "local", "BROADCAST", ...: enum nf_addr_type. */
int nf_addr_type_of(struct slice word);
/* "echo-request", of ICMP (family 4) or ICMPv6 (6); types only. */
int nf_icmp_type_of(struct slice word, int family);
/* "52:54:00:00:00:01"; false: it is not one. */
bool nf_mac_of(struct slice word, uint8_t mac[6]);
