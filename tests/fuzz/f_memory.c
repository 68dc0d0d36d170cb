/* SPDX-License-Identifier: ISC
 *
 * A line of what is remembered of ports: what is read is written as it was read, once more.
 */
#include <string.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "store/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct memory_port p, again;
	struct buf out = BUF_INIT;

	if (!memory_parse((struct slice){(const char *)data, n}, &p))
		return 0;
	memory_format(&p, &out);
	out.n--; /* the line's end */
	if (!memory_parse(buf_slice(&out), &again) || memcmp(&p, &again, sizeof(p)) != 0)
		BUG("a line changes when it is read again");
	buf_release(&out);
	return 0;
}
