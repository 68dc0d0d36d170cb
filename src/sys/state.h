/* SPDX-License-Identifier: ISC
 *
 * The user's state folder: $XDG_STATE_HOME/portolan, else ~/.local/state/portolan (XDG base
 * directory specification).
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

/* The path of a file in it. Fails where neither variable says where that is. */
MUST_USE int state_path(const char *name, struct buf *path, struct err *err);
/* Make the folder of this path, and those above it, 0700 as that specification wants it. */
MUST_USE int state_make_folder(const char *path, struct err *err);
