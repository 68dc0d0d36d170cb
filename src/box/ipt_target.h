/* SPDX-License-Identifier: ISC
 *
 * Between the table of targets and those that translate addresses.
 */
#pragma once

#include "box/ipt.h"

/* The option of that name; NULL: it is not there. */
const struct ipt_use *ipt_use_of(const struct ipt_uses *us, const char *name);

int ipt_do_dnat(struct ipt *p, const struct ipt_uses *us);
int ipt_do_snat(struct ipt *p, const struct ipt_uses *us);
int ipt_do_masquerade(struct ipt *p, const struct ipt_uses *us);
int ipt_do_redirect(struct ipt *p, const struct ipt_uses *us);
int ipt_do_netmap(struct ipt *p, const struct ipt_uses *us);
