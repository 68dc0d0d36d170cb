/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdint.h>

#include "again.h"
#include "doc/product.h"
#include "model/lint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void lint(const struct product *p)
{
	struct lint_context context = {&p, 1, "2026-11-20"};
	struct arena *arena = arena_new();
	struct lint_findings found;

	lint_product(p, &context, arena, &found);
	arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf once = BUF_INIT, twice = BUF_INIT;
	struct errs errs = {0};
	struct product *p =
		product_read("fuzz.yaml", (struct slice){(const char *)data, size}, &errs);

	if ((p == NULL) != (errs.n > 0))
		BUG("%zu messages", errs.n);
	if (p) {
		lint(p);
		product_format(p, &once);
		product_free(p);
		p = product_read("again.yaml", buf_slice(&once), &errs);
		must_be_clean(&errs, &once);
		product_format(p, &twice);
		must_be_same(&once, &twice);
	}
	product_free(p);
	buf_release(&once);
	buf_release(&twice);
	errs_release(&errs);
	return 0;
}
