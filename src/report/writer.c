/* SPDX-License-Identifier: ISC */
#include "report/writer.h"

const struct writer *writer_find(const char *name)
{
	for (size_t i = 0; writers[i]; i++)
		if (slice_is(slice_of(name), writers[i]->name))
			return writers[i];
	return NULL;
}
