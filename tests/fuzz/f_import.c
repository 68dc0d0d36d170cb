/* SPDX-License-Identifier: ISC
 *
 * Any bytes as a pasted table: what comes out reads back as a product with as many requirements as
 * were counted, or there is an error that says why nothing does.
 */
#include <stdint.h>

#include "doc/import.h"
#include "doc/product.h"
#include "library_leaks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct import_options options = {.file = "fuzz.txt", .product = "fuzz"};
	struct errs errs = {0};
	struct product *p;
	struct import im;

	if (import_table((struct slice){(const char *)data, n}, &options, &im) == 0) {
		p = product_read("out.yaml", buf_slice(&im.text), &errs);
		if (!p)
			BUG("does not read back: %u:%u: %s", errs.items[0].place.line,
			    errs.items[0].place.column, errs.items[0].text);
		if (p->requirements.n != im.requirements)
			BUG("%zu requirements, not %zu", p->requirements.n, im.requirements);
		product_free(p);
	} else if (!im.errs.n) {
		BUG("no product and no error");
	}
	import_release(&im);
	errs_release(&errs);
	return 0;
}
