/* SPDX-License-Identifier: ISC
 *
 * What is written reads back as the same text, as a value, as an item and as a key: every text of
 * up to three characters out of those that mean something to YAML.
 */
#include "doc/yaml_write.h"

#include "base/slice.h"
#include "doc/yaml.h"
#include "test.h"

static const struct {
	const char *text, *written;
} scalars[] = {
	{"a", "a"},
	{"web-server", "web-server"},
	{"49152-65535", "49152-65535"},
	{"one - two", "one - two"},
	{"why not (yet)", "why not (yet)"},
	{"tcp/443", "tcp/443"},
	{"it's \"plain\"", "it's \"plain\""},
	{"", "\"\""},
	{"-", "\"-\""},
	{"- a", "\"- a\""},
	{"-a", "\"-a\""},
	{"---", "\"---\""},
	{" a", "\" a\""},
	{"a ", "\"a \""},
	{"a: b", "\"a: b\""},
	{"a #b", "\"a #b\""},
	{"a, b", "\"a, b\""},
	{"\"a\"", "\"\\\"a\\\"\""},
	{"No", "\"No\""},
	{"~", "\"~\""},
	{"2026-11-20", "\"2026-11-20\""},
	{"2026-1-2", "\"2026-1-2\""},
	{"a\nb", "\"a\\nb\""},
	{"a\\b", "\"a\\\\b\""},
	{"\xc3\xa4", "\"\xc3\xa4\""},
	{"\xc2\x85", "\"\\x85\""},
};

static void test_scalars(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(scalars); i++) {
		struct buf out = BUF_INIT;

		yaml_scalar(&out, scalars[i].text);
		check_slice(scalars[i].text, buf_slice(&out), slice_of(scalars[i].written));
		buf_release(&out);
	}
}

static const char marks[] = "-?:,[]{}#&*!|>'\"%@`=<~.+ a0\n\\";

enum { MARKS = sizeof(marks) - 1, LENGTH_MAX = 3 };

/* The i-th text; its length decides how many there are. */
static void make_text(size_t i, size_t length, char *text)
{
	for (size_t k = 0; k < length; k++, i /= MARKS)
		text[k] = marks[i % MARKS];
	text[length] = 0;
}

static size_t count_of(size_t length)
{
	return length ? MARKS * count_of(length - 1) : 1;
}

static const struct node *read_back(struct arena *a, const struct buf *out)
{
	struct errs errs = {0};
	const struct node *n = yaml_read(a, "out.yaml", buf_slice(out), &errs);

	if (!n)
		fail_msg("line %u: %s", errs.items[0].place.line, errs.items[0].text);
	return n;
}

static void read_back_as_items(size_t length)
{
	struct buf out = BUF_INIT;
	struct yaml_writer w = {.out = &out};
	struct arena *a = arena_new();
	const struct node *list;
	char text[LENGTH_MAX + 1];

	yaml_key(&w, "texts");
	yaml_open(&w);
	for (size_t i = 0; i < count_of(length); i++) {
		make_text(i, length, text);
		yaml_item_text(&w, text);
	}
	yaml_close(&w);
	list = node_find(read_back(a, &out), "texts");
	assert_int_equal(list->n, count_of(length));
	for (size_t i = 0; i < list->n; i++) {
		make_text(i, length, text);
		assert_int_equal(list->items[i]->kind, NODE_TEXT);
		assert_string_equal(list->items[i]->text.s, text);
	}
	arena_free(a);
	buf_release(&out);
}

/* In maps of a hundred pairs: keys of one map differ from each other. */
static void read_back_as_pairs(size_t length)
{
	enum { PAIRS = 100 };

	for (size_t first = 0; first < count_of(length); first += PAIRS) {
		size_t n = count_of(length) - first < PAIRS ? count_of(length) - first : PAIRS;
		struct buf out = BUF_INIT;
		struct yaml_writer w = {.out = &out};
		struct arena *a = arena_new();
		const struct node *map;
		char text[LENGTH_MAX + 1];

		for (size_t i = 0; i < n; i++) {
			make_text(first + i, length, text);
			yaml_key(&w, text);
			yaml_text(&w, text);
		}
		map = read_back(a, &out);
		assert_int_equal(map->n, n);
		for (size_t i = 0; i < n; i++) {
			make_text(first + i, length, text);
			assert_string_equal(map->pairs[i].key.s, text);
			assert_string_equal(map->pairs[i].value->text.s, text);
		}
		arena_free(a);
		buf_release(&out);
	}
}

static void test_reads_back(void **state)
{
	(void)state;
	for (size_t length = 0; length <= LENGTH_MAX; length++) {
		read_back_as_items(length);
		read_back_as_pairs(length);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scalars),
		cmocka_unit_test(test_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
