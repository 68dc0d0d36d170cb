/* SPDX-License-Identifier: ISC
 *
 * The targets of a command line. What is accepted is one host or prefix and a set of ports, and its
 * name has nothing in it that a terminal would act on.
 */
#include "model/target.h"

#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct target_spec t;
	struct err err = {0};

	if (target_parse((struct slice){(const char *)data, n}, &t, &err) != 0) {
		if (err.class != ERR_USAGE || !err.text[0])
			BUG("refused without a reason");
		return 0;
	}
	if ((t.name[0] != '\0') == (t.prefix.addr.family != 0))
		BUG("neither or both of a name and an address");
	for (const char *c = t.name; *c; c++)
		if (*c < '-' || *c > 'z')
			BUG("a strange letter in a name");
	if (portset_has(&t.ports, 0))
		BUG("port 0");
	target_release(&t);
	return 0;
}
