/* SPDX-License-Identifier: ISC
 *
 * The method "ping": ICMP or ICMPv6 echo, RFC 792 and RFC 4443 section 4. By a ping socket, which
 * net.ipv4.ping_group_range opens to groups, or a raw one, which needs CAP_NET_RAW.
 */
#pragma once

extern const struct method method_ping;
