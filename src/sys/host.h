/* SPDX-License-Identifier: ISC
 *
 * What this host is called, and chance from its kernel.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { HOST_NAME_MAX_TEXT = 65 };
void host_name(char name[HOST_NAME_MAX_TEXT]); /* "localhost" where it has none */

/* As uname(1) -sm says it: "Linux x86_64". */
enum { HOST_MACHINE_MAX_TEXT = 132 };
void host_machine(char text[HOST_MACHINE_MAX_TEXT]);

/* Unpredictable where the kernel has enough; never waits. For ids and hashes, not for keys. */
void host_chance(void *p, size_t n);

bool host_is_root(void); /* the effective user of this process is */

long host_process(void); /* the id of this one */
