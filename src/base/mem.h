/* SPDX-License-Identifier: ISC
 *
 * Allocation that does not fail: when memory is gone the program ends with status 3.
 */
#pragma once

#include <stddef.h>

#include "base/compiler.h"

void *mem_new(size_t count, size_t size);	      /* zeroed; count * size is checked */
void *mem_resize(void *p, size_t count, size_t size); /* realloc; the new part is not zeroed */
