/* SPDX-License-Identifier: ISC
 *
 * Whether the format is enough: documents of other vendors as products (tests/format/NAME.yaml),
 * and for each the list of what its document says (NAME.facts), a fact a line:
 *
 *	yes|partly|no ENTRY ...: the fact
 *
 * An ENTRY of the product says it: a requirement, or KIND/NAME; "-" where nothing does. A fact that
 * is not said in full ends with "; missing: " and what the format lacks.
 */
#include "test.h"

#include "doc/product.h"
#include "sys/file.h"

enum { FILE_MAX = 1 << 20, PERCENT_LEAST = 95, DOCUMENTS_LEAST = 8 };

static struct arena *arena;

struct facts {
	size_t yes, partly, no;
};

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

static struct product *read_product(const char *path, struct slice bytes)
{
	struct errs errs = {0};
	struct product *p = product_read(path, bytes, &errs);
	struct buf text = BUF_INIT;

	if (!p) {
		err_format(&errs.items[0], &text);
		fail_msg("%s", text.data);
	}
	return p;
}

static void check_round_trip(const char *name, const struct product *p)
{
	struct buf once = BUF_INIT, twice = BUF_INIT;
	struct product *again;

	product_format(p, &once);
	again = read_product("printed.yaml", buf_slice(&once));
	product_format(again, &twice);
	check_slice(name, buf_slice(&twice), buf_slice(&once));
	assert_int_equal(again->requirements.n, p->requirements.n);
	product_free(again);
	buf_release(&once);
	buf_release(&twice);
}

/* --- facts ------------------------------------------------------------------------------------ */

/* The items of all these lists start with their name. */
static bool list_has(const void *list_, size_t size, const char *name)
{
	const struct list *list = list_;

	for (size_t i = 0; i < list->n; i++)
		if (text_is(*(const struct text *)((const char *)list->items + i * size), name))
			return true;
	return false;
}

#define HAS(kind_, list)                                                                           \
	{                                                                                          \
		kind_, &(list), sizeof((list).items[0])                                            \
	}

static bool has_entry(const struct product *p, struct slice entry)
{
	const struct {
		const char *kind;
		const void *list;
		size_t size;
	} lists[] = {
		HAS("documents", p->documents), HAS("settings", p->settings),
		HAS("features", p->features),	HAS("choices", p->choices),
		HAS("networks", p->networks),	HAS("roles", p->roles),
		HAS("sets", p->sets),		HAS("defects", p->defects),
		HAS("checklist", p->checklist), HAS("requirements", p->requirements),
	};
	struct slice name = entry, kind;
	const char *text;

	slice_cut(&name, '/', &kind);
	if (!name.p)
		return product_requirement(p, arena_copy(arena, kind)) != NULL;
	text = arena_copy(arena, name);
	if (slice_is(kind, "goals"))
		return product_goal(p, text) != NULL;
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		if (slice_is(kind, lists[i].kind))
			return list_has(lists[i].list, lists[i].size, text);
	return false;
}

/* Entries that are there, one at least; or "-" alone. */
static bool check_entries(const struct product *p, struct slice entries, bool none)
{
	struct slice entry;
	size_t n = 0;

	if (none)
		return slice_is(entries, "-");
	while (slice_cut(&entries, ' ', &entry)) {
		n++;
		if (!has_entry(p, entry))
			return false;
	}
	return n > 0;
}

static bool check_fact(const struct product *p, struct slice line, struct facts *sum)
{
	bool missing = strstr(arena_copy(arena, line), "; missing: ") != NULL;
	struct slice word, entries;

	slice_cut(&line, ' ', &word);
	if (!line.p || !slice_cut(&line, ':', &entries) || slice_trim(line).n < 10)
		return false;
	sum->yes += slice_is(word, "yes");
	sum->partly += slice_is(word, "partly");
	sum->no += slice_is(word, "no");
	if (slice_is(word, "yes"))
		return !missing && check_entries(p, entries, false);
	return missing && (slice_is(word, "no") || slice_is(word, "partly")) &&
	       check_entries(p, entries, slice_is(word, "no"));
}

/* Every requirement stands for some fact of the document. */
static void check_spoken_of(const char *path, struct slice facts, const struct requirement *q)
{
	struct slice line, word, entries;

	while (slice_cut(&facts, '\n', &line)) {
		slice_cut(&line, ' ', &word);
		slice_cut(&line, ':', &entries);
		while (slice_cut(&entries, ' ', &word))
			if (slice_is(word, q->id.s))
				return;
	}
	fail_msg("%s: no fact leads to the requirement %s", path, q->id.s);
}

static struct facts check_facts(const char *path, const struct product *p)
{
	struct slice facts = read_file(path), rest = facts, line;
	struct facts sum = {0};

	while (slice_cut(&rest, '\n', &line))
		if (line.n && !check_fact(p, line, &sum))
			fail_msg("%s: not as it should be: %.*s", path, (int)line.n, line.p);
	for_each (q, &p->requirements)
		check_spoken_of(path, facts, q);
	return sum;
}

static bool is_enough(const struct facts *f)
{
	return f->yes * 100 >= (f->yes + f->partly + f->no) * PERCENT_LEAST;
}

static void facts_can_be_said(void **state)
{
	struct facts all = {0};
	const char **names;
	struct err err;
	size_t n;

	(void)state;
	assert_int_equal(file_list("tests/format", ".yaml", arena, &names, &n, &err), 0);
	assert_true(n >= DOCUMENTS_LEAST);
	for (size_t i = 0; i < n; i++) {
		const char *path = arena_printf(arena, "tests/format/%s.yaml", names[i]);
		struct product *p = read_product(path, read_file(path));
		struct facts f;

		check_round_trip(names[i], p);
		f = check_facts(arena_printf(arena, "tests/format/%s.facts", names[i]), p);
		print_message("%-14s %3zu yes, %zu partly, %zu no\n", names[i], f.yes, f.partly,
			      f.no);
		if (!is_enough(&f))
			fail_msg("%s: less than %d %% of its facts", names[i], PERCENT_LEAST);
		all.yes += f.yes;
		all.partly += f.partly;
		all.no += f.no;
		product_free(p);
	}
	print_message("%-14s %3zu yes, %zu partly, %zu no\n", "all", all.yes, all.partly, all.no);
}

/* What the lists promise can be broken: each of these lines must be refused. */
static void bad_facts_are_seen(void **state)
{
	static const char *const lines[] = {
		"yes nowhere: a fact that no entry says",
		"yes -: a fact that no entry says",
		"yes mon-v2: not in full; missing: something",
		"partly mon-v2: nothing is said of what is missing",
		"no mon-v2: there is an entry after all; missing: x",
		"maybe mon-v2: what is this; missing: y",
		"yes networks/back: there is no such network",
		"yes mon-v2:",
		"mon-v2",
	};
	struct product *p = read_product("ceph.yaml", read_file("tests/format/ceph.yaml"));
	struct facts sum = {0};

	(void)state;
	assert_true(check_fact(
		p, slice_of("yes mon-v2 networks/public: both networks reach the monitors"), &sum));
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		if (check_fact(p, slice_of(lines[i]), &sum))
			fail_msg("accepted: %s", lines[i]);
	assert_false(is_enough(&(struct facts){.yes = 94, .partly = 5, .no = 1}));
	assert_true(is_enough(&(struct facts){.yes = 95, .partly = 5}));
	product_free(p);
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
		cmocka_unit_test(facts_can_be_said),
		cmocka_unit_test(bad_facts_are_seen),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
