/* SPDX-License-Identifier: ISC
 *
 * A site; what stands behind a line "#CSV" is the file that each of its includes gets.
 */
#include <stddef.h>
#include <stdint.h>

#include "again.h"
#include "doc/product.h"
#include "doc/site.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char product_text[] = "portolan: 1\nproduct: small\n"
				   "settings: {port: {type: port, default: 80}}\n"
				   "features: {a: one, b: {title: two, conflicts: [a]}}\n"
				   "choices: {c: {options: [x, y]}}\n"
				   "roles:\n"
				   "  client: {many: true}\n"
				   "  server: {settings: {nn: {type: digits, default: 00}}}\n"
				   "  scanner: {is: [client, server]}\n"
				   "sets: {s: tcp/1 or tcp/2}\n"
				   "requirements:\n"
				   "  r: {from: client, to: server, needs: \"@s\"}\n"
				   "checklist: {i: see to it}\n";

static int read_include(void *ctx, const char *path, struct arena *arena, struct slice *bytes,
			struct err *err)
{
	const struct slice *csv = ctx;

	(void)arena;
	*bytes = *csv;
	return csv->p ? 0 : err_set(err, ERR_SYSTEM, PLACE_NONE, "no %s", path);
}

/* Whatever a site says of a product can be checked against one. */
static void check_uses(const struct site *s)
{
	struct errs errs = {0};
	struct product *p = product_read("small.yaml", slice_of(product_text), &errs);

	must_be_clean(&errs, &(struct buf){(char *)product_text, sizeof(product_text) - 1, 0});
	for_each (u, &s->uses)
		site_check_use(s, u, p, &errs);
	product_free(p);
	errs_release(&errs);
}

static struct slice split(struct slice *input)
{
	static const char marker[] = "\n#CSV\n";
	const char *at = memmem(input->p, input->n, marker, sizeof(marker) - 1);
	struct slice csv;

	if (!at)
		return SLICE_NONE;
	csv = slice_skip(*input, (size_t)(at - input->p) + sizeof(marker) - 1);
	input->n = (size_t)(at - input->p);
	return csv;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice input = {(const char *)data, size}, csv = split(&input);
	struct site_source source = {read_include, &csv};
	struct buf once = BUF_INIT, twice = BUF_INIT;
	struct errs errs = {0};
	struct site *s = site_read("fuzz.yaml", input, &source, &errs);

	if ((s == NULL) != (errs.n > 0))
		BUG("%zu messages", errs.n);
	if (s) {
		check_uses(s);
		site_format(s, &once);
		site_free(s);
		s = site_read("again.yaml", buf_slice(&once), NULL, &errs);
		must_be_clean(&errs, &once);
		site_format(s, &twice);
		must_be_same(&once, &twice);
	}
	site_free(s);
	buf_release(&once);
	buf_release(&twice);
	errs_release(&errs);
	return 0;
}
