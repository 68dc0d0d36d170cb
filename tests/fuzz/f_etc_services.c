/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "doc/etc_services.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = {(const char *)data, size};
	struct etc_service entry;

	while (etc_services_next(&text, &entry))
		if (!entry.name.n || !entry.on)
			BUG("an entry without a name or a transport");
	return 0;
}
