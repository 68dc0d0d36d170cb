/* SPDX-License-Identifier: ISC
 *
 * A stand-in's answer to any datagram: as long as it, known again, and never answered itself.
 */
#include "probe/stand_in.h"

#include <stdlib.h>

#include "base/compiler.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct slice in = {(const char *)data, n};
	char *out = mem_new(n, 1);
	struct slice answer = {out, n};

	if (!stand_in_answer(in, out)) {
		if (n >= STAND_IN_MARK_MAX && !slice_has_prefix(in, "portolan"))
			BUG("no answer");
		free(out);
		return 0;
	}
	if (stand_in_is(in, answer) != (n >= STAND_IN_MARK_MAX))
		BUG("an answer is not known again");
	if (stand_in_answer(answer, out))
		BUG("an answer is answered");
	if (stand_in_is(in, in))
		BUG("an echo is taken for an answer");
	free(out);
	return 0;
}
