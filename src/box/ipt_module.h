/* SPDX-License-Identifier: ISC
 *
 * Between the table of modules and those whose options are one question together.
 */
#pragma once

#include "box/ipt.h"

int ipt_ask_address(struct ipt *p, const struct ipt_use *u); /* with a mask, of its option's key */

int ipt_ask_addrtype(struct ipt *p, const struct ipt_uses *us);
int ipt_ask_owner(struct ipt *p, const struct ipt_uses *us);
int ipt_ask_rpfilter(struct ipt *p, const struct ipt_uses *us);
int ipt_ask_policy(struct ipt *p, const struct ipt_uses *us);
int ipt_ask_helper(struct ipt *p, const struct ipt_uses *us);
int ipt_ask_devgroup(struct ipt *p, const struct ipt_uses *us);
int ipt_ask_physdev(struct ipt *p, const struct ipt_uses *us);
int ipt_ask_ipv6header(struct ipt *p, const struct ipt_uses *us);
int ipt_ask_recent(struct ipt *p, const struct ipt_uses *us);
