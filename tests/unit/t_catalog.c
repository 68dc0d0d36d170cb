/* SPDX-License-Identifier: ISC
 *
 * The catalog's promise: every row of the documents that it was made from, and every defect that
 * is known in them, has its entry. tests/catalog/rows.txt and defects.txt say which; a line is
 * the row's number and what covers it: PRODUCT/REQUIREMENT, PRODUCT/KIND/NAME, "behaviour" and a
 * sentence, or "registry" and port numbers.
 */
#include "test.h"

#include "base/map.h"
#include "doc/product.h"
#include "sys/file.h"

enum { PRODUCTS_MAX = 64, FILE_MAX = 1 << 20 };

static struct product *products[PRODUCTS_MAX];
static size_t n_products;
static struct arena *arena;

static struct slice read_file(const char *path)
{
	struct buf bytes = BUF_INIT;
	struct slice copy;
	struct err err;

	if (file_read(path, FILE_MAX, &bytes, &err)) {
		print_error("%s: %s\n", path, err.text);
		fail();
	}
	copy = (struct slice){arena_copy(arena, buf_slice(&bytes)), bytes.n};
	buf_release(&bytes);
	return copy;
}

static int read_catalog(void **state)
{
	const char **names;
	struct errs errs = {0};
	struct err err;
	size_t n;

	(void)state;
	arena = arena_new();
	if (file_list("catalog", ".yaml", arena, &names, &n, &err) || n > PRODUCTS_MAX)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const char *path = arena_printf(arena, "catalog/%s.yaml", names[i]);
		struct product *p = product_read(path, read_file(path), &errs);

		if (!p) {
			print_error("%s: %s\n", path, errs.items[0].text);
			return -1;
		}
		products[n_products++] = p;
	}
	return 0;
}

static int free_catalog(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_products; i++)
		product_free(products[i]);
	arena_free(arena);
	return 0;
}

static const struct product *find_product(struct slice name)
{
	for (size_t i = 0; i < n_products; i++)
		if (slice_is(name, products[i]->name.s))
			return products[i];
	return NULL;
}

/* The items of all lists but the goals start with their name. */
static bool list_has(const void *list_, size_t size, struct slice name)
{
	const struct list *list = list_;

	for (size_t i = 0; i < list->n; i++) {
		const struct text *t = (const void *)((const char *)list->items + i * size);

		if (slice_is(name, t->s))
			return true;
	}
	return false;
}

#define HAS(list, name) list_has(&(list), sizeof((list).items[0]), name)

static bool has_goal(const struct product *p, struct slice name)
{
	for_each (g, &p->goals)
		if (slice_is(name, g->name.s))
			return true;
	return false;
}

static bool has_entry(const struct product *p, struct slice kind, struct slice name)
{
	if (!kind.p)
		return HAS(p->requirements, name);
	return (slice_is(kind, "roles") && HAS(p->roles, name)) ||
	       (slice_is(kind, "settings") && HAS(p->settings, name)) ||
	       (slice_is(kind, "features") && HAS(p->features, name)) ||
	       (slice_is(kind, "choices") && HAS(p->choices, name)) ||
	       (slice_is(kind, "goals") && has_goal(p, name)) ||
	       (slice_is(kind, "defects") && HAS(p->defects, name)) ||
	       (slice_is(kind, "checklist") && HAS(p->checklist, name));
}

/* "product/requirement", "product/kind/name" */
static bool is_covered(struct slice ref)
{
	struct slice rest = ref, product = SLICE_NONE, kind = SLICE_NONE, name;
	const struct product *p;

	slice_cut(&rest, '/', &product);
	slice_cut(&rest, '/', &kind);
	p = find_product(product);
	name = rest.p ? rest : kind;
	return p && name.n && has_entry(p, rest.p ? kind : SLICE_NONE, name);
}

/* Whether each word of a line's rest stands for something; *n counts them. */
static bool check_line(struct slice line, size_t *n)
{
	struct slice word;
	uint64_t port;
	bool numbers = false;

	while (slice_cut(&line, ' ', &word)) {
		++*n;
		if (slice_is(word, "behaviour"))
			return line.n > 0;
		if (slice_is(word, "registry"))
			numbers = true;
		else if (numbers ? !slice_number(word, 65535, &port) : !is_covered(word))
			return false;
	}
	return true;
}

static size_t check_list(const char *path)
{
	struct slice rest = read_file(path), line, id;
	size_t lines = 0;

	while (slice_cut(&rest, '\n', &line)) {
		struct slice what = line;
		size_t n = 0;

		if (!line.n || line.p[0] == '#')
			continue;
		lines++;
		slice_cut(&what, ' ', &id);
		if (!what.p || !check_line(what, &n) || !n) {
			print_error("%s: not covered: %.*s\n", path, (int)line.n, line.p);
			fail();
		}
	}
	return lines;
}

static void every_row_is_covered(void **state)
{
	(void)state;
	assert_true(check_list("tests/catalog/rows.txt") >= 250);
}

static void every_defect_is_covered(void **state)
{
	(void)state;
	assert_true(check_list("tests/catalog/defects.txt") >= 44);
}

/* The test can fail. */
static void what_is_missing_is_noticed(void **state)
{
	static const char *const wrong[] = {
		"passwordstate/no-such-requirement",
		"no-such-product/data",
		"passwordstate/web",
		"passwordstate/roles/data",
		"passwordstate/nothing/web",
		"passwordstate",
		"ftp/roles/",
	};
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		if (is_covered(slice_of(wrong[i])))
			fail_msg("%s is said to be there", wrong[i]);
	assert_true(is_covered(SLICE("ftp/data")));
	assert_true(is_covered(SLICE("passwordstate/roles/web")));
	assert_false(check_line(SLICE("ftp/data behaviour"), &n));
	assert_false(check_line(SLICE("ftp/data registry x"), &n));
}

/* --- tables ----------------------------------------------------------------------------------- */

/* How many different rows of a section the requirements stand in. */
static size_t count_rows(const struct product *p, const char *section)
{
	struct map rows = {0};
	size_t n;

	for_each (q, &p->requirements)
		for_each (d, &q->doc)
			if (text_is(d->section, section) && d->row.s)
				map_add(&rows, slice_of(d->row.s), &rows);
	n = rows.n;
	map_release(&rows);
	return n;
}

static void tables_are_whole(void **state)
{
	static const struct {
		const char *section;
		size_t rows;
	} tables[] = {{"9", 16}, {"10", 25}, {"11", 21}, {"13", 6}};
	const struct product *p = find_product(SLICE("passwordstate"));

	(void)state;
	assert_non_null(p);
	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		if (count_rows(p, tables[i].section) != tables[i].rows)
			fail_msg("section %s: %zu rows, not %zu", tables[i].section,
				 count_rows(p, tables[i].section), tables[i].rows);
}

/* --- the products themselves ------------------------------------------------------------------ */

static void files_are_called_as_their_products(void **state)
{
	char path[128];

	(void)state;
	assert_true(n_products >= 5);
	for (size_t i = 0; i < n_products; i++) {
		snprintf(path, sizeof(path), "catalog/%s.yaml", products[i]->name.s);
		assert_string_equal(products[i]->file, path);
	}
}

static void every_requirement_says_why_and_where(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_products; i++)
		for_each (q, &products[i]->requirements)
			if (!q->doc.n || !q->why.s)
				fail_msg("%s/%s has no \"doc\" or no \"why\"", products[i]->name.s,
					 q->id.s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_covered),
		cmocka_unit_test(every_defect_is_covered),
		cmocka_unit_test(what_is_missing_is_noticed),
		cmocka_unit_test(tables_are_whole),
		cmocka_unit_test(files_are_called_as_their_products),
		cmocka_unit_test(every_requirement_says_why_and_where),
	};

	return cmocka_run_group_tests(tests, read_catalog, free_catalog);
}
