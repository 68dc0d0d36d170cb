/* SPDX-License-Identifier: ISC
 *
 * Print what was read, read what was printed: for every product and every example site the second
 * print is the first, and each site agrees with its products.
 */
#include "test.h"

#include "doc/product.h"
#include "doc/site.h"
#include "sys/file.h"

enum { FILE_MAX = 1 << 20 };

static struct arena *arena;

static struct slice read_file(const char *path)
{
	struct buf bytes = BUF_INIT;
	struct slice copy;
	struct err err;

	if (file_read(path, FILE_MAX, &bytes, &err))
		fail_msg("%s: %s", path, err.text);
	copy = (struct slice){arena_copy(arena, buf_slice(&bytes)), bytes.n};
	buf_release(&bytes);
	return copy;
}

static void no_mistakes(const struct errs *errs)
{
	struct buf text = BUF_INIT;

	if (!errs->n)
		return;
	err_format(&errs->items[0], &text);
	fail_msg("%s", text.data);
}

static struct product *get_product(const char *path)
{
	struct errs errs = {0};
	struct product *p = product_read(path, read_file(path), &errs);

	no_mistakes(&errs);
	return p;
}

/* Beside the site; the examples include no files further away. */
static int read_include(void *ctx, const char *path, struct arena *a, struct slice *bytes,
			struct err *err)
{
	(void)a;
	(void)err;
	*bytes = read_file(arena_printf(arena, "%s/%s", (const char *)ctx, path));
	return 0;
}

static void products_print_and_read_back(void **state)
{
	const char **names;
	struct err err;
	size_t n;

	(void)state;
	assert_int_equal(file_list("catalog", ".yaml", arena, &names, &n, &err), 0);
	assert_true(n >= 5);
	for (size_t i = 0; i < n; i++) {
		struct product *p = get_product(arena_printf(arena, "catalog/%s.yaml", names[i]));
		struct buf once = BUF_INIT, twice = BUF_INIT;
		struct errs errs = {0};
		struct product *again;

		product_format(p, &once);
		again = product_read("printed.yaml", buf_slice(&once), &errs);
		no_mistakes(&errs);
		product_format(again, &twice);
		check_slice(names[i], buf_slice(&twice), buf_slice(&once));
		assert_int_equal(again->requirements.n, p->requirements.n);
		assert_int_equal(again->defects.n, p->defects.n);
		product_free(p);
		product_free(again);
		buf_release(&once);
		buf_release(&twice);
	}
}

static void check_uses(const struct site *s)
{
	struct errs errs = {0};

	assert_true(s->uses.n > 0);
	for_each (u, &s->uses) {
		struct product *p =
			get_product(arena_printf(arena, "catalog/%s.yaml", u->product.s));

		site_check_use(s, u, p, &errs);
		no_mistakes(&errs);
		product_free(p);
	}
}

static void sites_print_and_read_back(void **state)
{
	const char **names;
	struct err err;
	size_t n;

	(void)state;
	assert_int_equal(file_list("examples", "", arena, &names, &n, &err), 0);
	assert_true(n >= 4);
	for (size_t i = 0; i < n; i++) {
		char *folder = arena_printf(arena, "examples/%s", names[i]);
		const char *path = arena_printf(arena, "%s/site.yaml", folder);
		struct site_source source = {read_include, folder};
		struct buf once = BUF_INIT, twice = BUF_INIT;
		struct errs errs = {0};
		struct site *s = site_read(path, read_file(path), &source, &errs), *again;

		no_mistakes(&errs);
		check_uses(s);
		site_format(s, &once);
		again = site_read("printed.yaml", buf_slice(&once), NULL, &errs);
		no_mistakes(&errs);
		site_format(again, &twice);
		check_slice(path, buf_slice(&twice), buf_slice(&once));
		assert_int_equal(again->hosts.n, s->hosts.n);
		assert_int_equal(again->devices.n, s->devices.n);
		site_free(s);
		site_free(again);
		buf_release(&once);
		buf_release(&twice);
	}
}

static int start(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int stop(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(products_print_and_read_back),
		cmocka_unit_test(sites_print_and_read_back),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
