/* SPDX-License-Identifier: ISC
 *
 * What `probe` saw, in the form of another tool that a document may tell its readers to use.
 */
#pragma once

#include "base/buf.h"
#include "report/probe_text.h"

/* As PowerShell's Test-NetConnection -Port prints it, a block for each port of each address; what
 * it does not tell (why not) stands behind it as Reason. True means that the connection opened,
 * as there, and not that the right service answers. */
void probe_like_test_netconnection(const struct outcome_list *outcomes, struct buf *out);
