/* SPDX-License-Identifier: ISC
 *
 * policy collect: what this box's own tools say of its rules, links and routes, as one file.
 */
#pragma once

/* To `path`, replaced, 0600; "-": to standard output; NULL: HOST.bundle here. An exit code. */
int policy_collect(const char *path);

struct buf;
/* The same into memory; what did not answer is told on standard error. 0, or an exit code. */
int policy_collect_here(struct buf *bundle);
