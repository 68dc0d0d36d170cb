/* SPDX-License-Identifier: ISC
 *
 * The names that this host's administrator gave to ports: services(5). Lines that are not of its
 * form are passed over, as the C library does.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

struct etc_service {
	struct slice name;
	uint16_t port;
	unsigned on;	      /* ON_TCP, ... */
	struct slice aliases; /* names with blanks between them */
};

/* Take the next entry off *text; false: there is none left. */
bool etc_services_next(struct slice *text, struct etc_service *entry);
