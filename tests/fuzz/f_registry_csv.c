/* SPDX-License-Identifier: ISC
 *
 * Any bytes as IANA's CSV. What is accepted must be a table: sorted, searchable, and the same after
 * a trip through its file form.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "doc/iana.h"
#include "doc/registry_build.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_words(const struct registry *r)
{
	for (uint32_t i = 0; i < r->n_words; i++) {
		const char *word = r->pool + r->records[r->by_word[i]].word;
		struct registry_walk w = registry_walk_word(r, slice_of(word));
		struct port_fact fact;

		if (*word && !registry_walk_next(&w, &fact))
			BUG("\"%s\" is not found", word);
	}
}

static void check_file_form(const struct registry *r)
{
	struct buf bytes = BUF_INIT;
	struct registry back;
	struct err err;

	registry_format(r, &bytes);
	if (registry_parse("fuzz", buf_slice(&bytes), &back, &err) != 0)
		BUG("%s", err.text);
	if (back.n != r->n || back.widest != r->widest)
		BUG("%u records became %u", r->n, back.n);
	buf_release(&bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct buf pool = BUF_INIT;
	struct iana_list list;
	struct err err;

	if (iana_read("fuzz.csv", (struct slice){(const char *)data, size}, arena, &pool, &list,
		      &err) == 0) {
		check_words(&list.registry);
		check_file_form(&list.registry);
	}
	buf_release(&pool);
	arena_free(arena);
	return 0;
}
