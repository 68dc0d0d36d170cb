/* SPDX-License-Identifier: ISC
 *
 * Any bytes as a bundle: an error has a word and stands in a line that there is; what is split is
 * the same when it is put together again.
 */
#include <string.h>

#include "base/compiler.h"
#include "box/bundle.h"
#include "box/read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_error(const struct err *err, struct slice text)
{
	size_t lines = 1;

	for (size_t i = 0; i < text.n; i++)
		lines += text.p[i] == '\n';
	if (!err->text[0])
		BUG("an error without a word");
	if (err->place.line > lines)
		BUG("line %u of %zu", err->place.line, lines);
}

static void put_together(const struct bundle *bundle, struct buf *text)
{
	buf_add_text(text, BUNDLE_HEAD "\n");
	for (size_t i = 0; i < BUNDLE_PARTS_COUNT; i++)
		if (bundle->parts[i].given)
			bundle_add(text, bundle_commands[i], bundle->parts[i].status,
				   buf_slice(&bundle->parts[i].output));
	buf_add_text(text, "end\n");
}

static void check_parts(const struct bundle *bundle)
{
	struct buf text = BUF_INIT;
	struct bundle again;
	struct err err;

	put_together(bundle, &text);
	if (bundle_split(&again, "again", buf_slice(&text), &err))
		BUG("put together again: line %u: %s", err.place.line, err.text);
	for (size_t i = 0; i < BUNDLE_PARTS_COUNT; i++) {
		const struct bundle_output *a = &bundle->parts[i], *b = &again.parts[i];

		if (a->given != b->given || a->status != b->status ||
		    !slice_equal(buf_slice(&a->output), buf_slice(&b->output)))
			BUG("\"%s\" is not the same again", bundle_commands[i]);
	}
	bundle_release(&again);
	buf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct slice input = {(const char *)data, size};
	struct bundle bundle;
	struct err err = {0};
	struct box *b = box_read_bundle("fuzz.bundle", input, &err);

	if (!b)
		check_error(&err, input);
	if (!bundle_split(&bundle, "fuzz.bundle", input, &err))
		check_parts(&bundle);
	else if (b)
		BUG("read, but cannot be split: %s", err.text);
	bundle_release(&bundle);
	box_free(b);
	b = box_read_ruleset("fuzz", input, size % 2 ? 4 : 6, &err);
	if (!b)
		check_error(&err, input);
	box_free(b);
	return 0;
}
