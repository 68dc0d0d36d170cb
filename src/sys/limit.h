/* SPDX-License-Identifier: ISC
 *
 * What the system lets this process have.
 */
#pragma once

#include <stddef.h>

/* How many descriptors may be open at once; raises the soft limit towards the hard one where fewer
 * than `wanted` are allowed. */
size_t limit_descriptors(size_t wanted);
