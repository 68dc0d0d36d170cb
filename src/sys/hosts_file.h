/* SPDX-License-Identifier: ISC
 *
 * /etc/hosts as text that was read before, for who cannot open files any more: hosts(5).
 */
#pragma once

#include "sys/resolve.h"

/* Adds the addresses that the lines have for the query's name and family. */
void hosts_file_find(struct slice text, struct resolve_query *q);
