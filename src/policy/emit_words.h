/* SPDX-License-Identifier: ISC
 *
 * Words that the languages share. Whatever names a document has, none leaves its place.
 */
#pragma once

#include "base/buf.h"
#include "policy/policy.h"

/* At most room bytes of s, all printable, without quotes, backslashes and ends of lines. */
void emit_harmless(struct buf *out, const char *s, size_t room);
/* So, between double quotes. */
void emit_quoted(struct buf *out, const char *s, size_t room);

/* "# LABELtext"; nothing of NULL. */
void emit_remark(struct buf *out, const char *label, const char *text);
void emit_finding(struct buf *out, const struct finding *f);
/* Remarks: which device it is, of which site, whose; then what was found. */
void emit_head(struct buf *out, const struct policy *p);

/* "KEY +MORE REQUIREMENTS", of a base rule why it is there. */
void emit_reason(struct buf *out, const struct rule *r, size_t more);
/* "; owner O; ticket T": by whose decisions; nothing where the site names none. */
void emit_grants(struct buf *out, const struct rule *r);
/* "ADDRESS", ":PORT", "ADDRESS:PORT", "[ADDRESS]:PORT" */
void emit_rewrite(struct buf *out, const struct rewrite *w);

/* By what nftables chooses a member: "numgen random mod 3". */
void emit_chooser(struct buf *out, const struct match *m, const struct rewrite *w);

bool emit_has_ports(enum transport t);
bool emit_is_any(struct port_range r);

/* Of an ICMP match in that family; -1: any. */
int emit_icmp_type(const struct match *m, uint8_t family);
int emit_icmp_code(const struct match *m, uint8_t family);
/* Neighbours and routers are on the link: no router has passed it on, its hop limit is 255 (RFC
 * 4861 sections 6.1 and 7.1). */
bool emit_is_of_link(const struct match *m, uint8_t family);

/* Errors about connections (RFC 4890 section 4.3.1), for a language that does not know to which one
 * an error belongs: their types; -1 ends them. */
const int *emit_icmp_errors(uint8_t family);
