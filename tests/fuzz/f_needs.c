/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdint.h>

#include "again.h"
#include "doc/needs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct expr *parse(struct arena *a, struct slice s, struct errs *errs)
{
	struct text text = {arena_copy(a, s), {"fuzz", 1, 1}};

	return needs_parse(a, text, errs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct buf once = BUF_INIT, twice = BUF_INIT;
	struct errs errs = {0};
	const struct expr *e = parse(arena, (struct slice){(const char *)data, size}, &errs);

	if ((e == NULL) != (errs.n == 1))
		BUG("%zu messages", errs.n);
	if (e) {
		needs_format(e, &once);
		e = parse(arena, buf_slice(&once), &errs);
		must_be_clean(&errs, &once);
		needs_format(e, &twice);
		must_be_same(&once, &twice);
	}
	buf_release(&once);
	buf_release(&twice);
	errs_release(&errs);
	arena_free(arena);
	return 0;
}
