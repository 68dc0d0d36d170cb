/* SPDX-License-Identifier: ISC
 *
 * Any bytes: every field must be readable, every row's places must lie in order.
 */
#include <stddef.h>
#include <stdint.h>

#include "doc/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	uint32_t line = 1;
	struct err err;
	struct csv csv;

	csv_start(&csv, "fuzz.csv", (struct slice){(const char *)data, size}, ',', arena);
	while (csv_next(&csv, &err) > 0) {
		for (size_t i = 0; i < csv.n; i++) {
			if (csv_place(&csv, i).line < line)
				BUG("field %zu goes back to line %u", i, csv_place(&csv, i).line);
			line = csv_place(&csv, i).line;
			(void)slice_trim(csv_field(&csv, i));
		}
	}
	arena_free(arena);
	return 0;
}
