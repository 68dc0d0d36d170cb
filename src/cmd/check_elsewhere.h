/* SPDX-License-Identifier: ISC
 *
 * A check that this host does not make itself: --script, --results, --ssh.
 */
#pragma once

#include "cmd/checking.h"

bool check_is_elsewhere(const struct arguments *args);
/* 0, or the exit code after a message: who tries is said in one way. */
int check_elsewhere_refuse(const struct arguments *args);
/* After the site is loaded: all the rest, with its report. The exit code. */
int check_elsewhere(struct checking *c);
