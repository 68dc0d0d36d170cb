/* SPDX-License-Identifier: ISC
 *
 * Any bytes as the file of an updated registry: what is accepted can be walked to its end.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "doc/registry_build.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t walk(struct registry_walk w)
{
	struct port_fact fact;
	size_t bytes = 0;

	while (registry_walk_next(&w, &fact))
		bytes += strlen(fact.word) + strlen(fact.text) + strlen(fact.source);
	return bytes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf aligned = BUF_INIT;
	struct registry r;
	struct err err;

	buf_add(&aligned, data, size);
	if (registry_parse("fuzz", buf_slice(&aligned), &r, &err) == 0) {
		(void)walk(registry_walk_ports(&r, (struct port_range){0, 65535}, ON_ALL));
		(void)walk(registry_walk_word(&r, slice_of("http")));
	}
	buf_release(&aligned);
	return 0;
}
