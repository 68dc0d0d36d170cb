/* SPDX-License-Identifier: ISC
 *
 * Every field of every record of both formats, replaced by something else: a list for a text, a
 * text for a map, nothing, a very long text, a negative number. Each must be refused with a place
 * in the file and a sentence; what is still valid must stand in the list of what is valid on
 * purpose.
 */
#include "test.h"

#include "base/map.h"
#include "doc/product.h"
#include "doc/site.h"
#include "doc/yaml.h"
#include "doc/yaml_write.h"
#include "sys/file.h"

enum { FILE_MAX = 1 << 20, TIMES_MAX = 3, HUGE_TEXT = 100000 };

enum mutation { TO_LIST, TO_MAP, TO_NOTHING, TO_LONG, TO_NEGATIVE, TO_WORD, MUTATION_COUNT };
static const char *const mutation_names[] = {"a list", "a map",	     "nothing",
					     "long",   "a negative", "a word"};

/* What remains valid, by the path of the field; names that the file chose are "*", a list's items
 * "[]". A path that begins with "..." is the end of several. */
static const struct {
	const char *path;
	unsigned valid;	  /* bits of enum mutation */
	unsigned depends; /* where it depends on what else the file refers to */
} on_purpose[] = {
#define BIT(m) (1u << (m))
#define TEXT   (BIT(TO_LONG) | BIT(TO_NEGATIVE) | BIT(TO_WORD))
	/* Sentences and words of other people: anything that is text. */
	{"title", TEXT},
	{"version", TEXT},
	{"....title", TEXT},
	{"....why", TEXT},
	{"....reason", TEXT},
	{"....section", TEXT},
	{"....row", TEXT},
	{"....note", TEXT},
	{"....owner", TEXT},
	{"....ticket", TEXT},
	{"....platform", TEXT},
	{"documents.*.publisher", TEXT},
	{"documents.*.revision", TEXT},
	{"documents.*.url", TEXT},
	{"defects.*.documented", TEXT},
	{"defects.*.effective", TEXT},
	{"requirements.*.without", TEXT},
	{"requirements.*.secure", TEXT},
	{"requirements.*.inferred.*", TEXT},
	{"roles.*.user", TEXT},
	{"devices.*.interfaces.*.name", TEXT},
	{"local_ports.*", TEXT},
	{"uses.[].checklist.*.state", TEXT},
	/* The short form of a map is a text. */
	{"features.*", TEXT},
	{"networks.*", TEXT},
	{"roles.*", 0, TEXT},
	{"checklist.*", TEXT},
	{"requirements.*.defect", TEXT},
	{"uses.[].checklist.*", TEXT},
	/* Names that the file defines, or that are known elsewhere. */
	{"product", BIT(TO_WORD)},
	{"site", BIT(TO_WORD)},
	{"choices.*.options.[]", 0, BIT(TO_WORD)},
	{"requirements.*.service", BIT(TO_WORD)},
	{"never_cross.[].service", BIT(TO_WORD)},
	{"....run_as", BIT(TO_WORD)},
	{"devices.*.ftp_gateway.access.[].users", TEXT | BIT(TO_LIST)},
	{"devices.*.ftp_gateway.access.[].users.[]", TEXT},
	{"devices.*.ftp_gateway.deny", BIT(TO_WORD)},
	{"devices.*.ftp_gateway.deny.[]", BIT(TO_WORD)},
	{"devices.*.ftp_gateway.allow", BIT(TO_WORD)},
	{"devices.*.ftp_gateway.allow.[]", BIT(TO_WORD)},
	{"....tags", BIT(TO_WORD)},
	{"....tags.[]", BIT(TO_WORD)},
	{"uses.[].product", BIT(TO_WORD)},
	{"uses.[].as", BIT(TO_WORD)},
	{"roles.*.names", BIT(TO_WORD)},
	{"roles.*.names.[]", BIT(TO_WORD)},
	{"roles.*.try", BIT(TO_WORD)},
	{"roles.*.try.[]", BIT(TO_WORD)},
	{"hosts.*.name", BIT(TO_WORD)},
	{"scope", BIT(TO_WORD)},
	{"scope.[]", BIT(TO_WORD)},
	/* A map of names, and the item needs no more than a title. */
	{"checklist", BIT(TO_MAP)},
	{"uses.[].checklist", BIT(TO_MAP)},
	/* What a site says of a product is checked against the product (site_check_use). */
	{"uses.[].features", TEXT | BIT(TO_LIST)},
	{"uses.[].features.[]", TEXT},
	{"uses.[].choices", BIT(TO_MAP)},
	{"uses.[].choices.*", TEXT},
	{"uses.[].settings", BIT(TO_MAP)},
	{"uses.[].settings.*", TEXT},
	{"uses.[].modes", BIT(TO_MAP)},
	{"uses.[].modes.*", BIT(TO_WORD)},
	{"uses.[].modes.*.[]", BIT(TO_WORD)},
	{"uses.[].roles.*.[].instances.[]", BIT(TO_MAP)},
	{"uses.[].roles.*.[].instances.[].nn", TEXT},
	{"uses.[].roles.*.[].nn", TEXT},
	{"uses.[].roles.*.[].session_port", TEXT},
};

static struct arena *arena;
static char *huge;

struct mutant {
	const struct node *victim;
	enum mutation how;
};

/* --- printing a tree with one node replaced --------------------------------------------------- */

static void print_node(struct yaml_writer *w, const struct node *n, const struct mutant *m);

static void print_mutation(struct yaml_writer *w, enum mutation how)
{
	switch (how) {
	case TO_LIST:
		buf_add_text(w->out, " [wrong, -2]\n");
		break;
	case TO_MAP:
		buf_add_text(w->out, " {wrong: value}\n");
		break;
	case TO_NOTHING:
		buf_add_text(w->out, "\n");
		break;
	case TO_LONG:
		yaml_text(w, huge);
		break;
	case TO_NEGATIVE:
		buf_add_text(w->out, " -1\n");
		break;
	default:
		buf_add_text(w->out, " wrong\n");
	}
}

static void print_children(struct yaml_writer *w, const struct node *n, const struct mutant *m)
{
	yaml_open(w);
	for (size_t i = 0; i < n->n; i++) {
		if (n->kind == NODE_MAP) {
			yaml_key(w, n->pairs[i].key.s);
			print_node(w, n->pairs[i].value, m);
			continue;
		}
		buf_add_fill(w->out, ' ', w->depth * 2);
		buf_add_char(w->out, '-');
		print_node(w, n->items[i], m);
	}
	yaml_close(w);
}

/* Behind "key:" or "-". */
static void print_node(struct yaml_writer *w, const struct node *n, const struct mutant *m)
{
	if (n == m->victim)
		print_mutation(w, m->how);
	else if (n->kind == NODE_TEXT)
		yaml_text(w, n->text.s);
	else if (!n->n)
		buf_add_text(w->out, n->kind == NODE_MAP ? " {}\n" : " []\n");
	else
		print_children(w, n, m);
}

static void print_tree(const struct node *root, const struct mutant *m, struct buf *out)
{
	struct yaml_writer w = {.out = out};

	for (size_t i = 0; i < root->n; i++) {
		yaml_key(&w, root->pairs[i].key.s);
		print_node(&w, root->pairs[i].value, m);
	}
}

/* --- one mutant ------------------------------------------------------------------------------- */

/* Both readers accept a document without its catalog; a site's uses are checked elsewhere. */
static bool is_accepted(bool is_site, struct slice bytes, struct errs *errs)
{
	if (is_site) {
		struct site *s = site_read("mutant.yaml", bytes, NULL, errs);

		site_free(s);
		return s != NULL;
	}
	struct product *p = product_read("mutant.yaml", bytes, errs);

	product_free(p);
	return p != NULL;
}

/* The row of on_purpose for a path, or its length. */
static size_t find_row(const char *path)
{
	size_t n = strlen(path);

	for (size_t i = 0; i < ARRAY_LEN(on_purpose); i++) {
		const char *known = on_purpose[i].path;
		size_t tail = strlen(known);

		if (strncmp(known, "...", 3) == 0 && n >= tail - 3 &&
		    strcmp(path + n - (tail - 3), known + 3) == 0)
			return i;
		if (strcmp(path, known) == 0)
			return i;
	}
	return ARRAY_LEN(on_purpose);
}

static void check_messages(const struct errs *errs, const char *path, const struct mutant *m)
{
	for (size_t i = 0; i < errs->n; i++) {
		const struct err *e = &errs->items[i];

		if (!e->text[0] || !e->place.line || !e->place.column || !e->place.file)
			fail_msg("%s to %s: a message without a place: %s", path,
				 mutation_names[m->how], e->text);
	}
}

static size_t n_mutants, n_wrong;

static void try_mutant(const struct node *root, bool is_site, const char *path, struct mutant *m)
{
	size_t row = find_row(path);
	unsigned valid = row < ARRAY_LEN(on_purpose) ? on_purpose[row].valid : 0;
	unsigned depends = row < ARRAY_LEN(on_purpose) ? on_purpose[row].depends : 0;
	bool expected = valid >> m->how & 1, accepted;
	struct buf out = BUF_INIT;
	struct errs errs = {0};

	print_tree(root, m, &out);
	accepted = is_accepted(is_site, buf_slice(&out), &errs);
	n_mutants++;
	if (accepted != expected && !(depends >> m->how & 1)) {
		n_wrong++;
		print_error("%s: %s to %s is %s\n", is_site ? "site" : "product", path,
			    mutation_names[m->how], accepted ? "accepted" : "refused");
		if (errs.n)
			print_error("  %u:%u: %s\n", errs.items[0].place.line,
				    errs.items[0].place.column, errs.items[0].text);
	}
	check_messages(&errs, path, m);
	errs_release(&errs);
	buf_release(&out);
}

/* --- all of a tree ---------------------------------------------------------------------------- */

struct walk {
	const struct node *root;
	bool is_site;
	struct map *seen; /* of paths, to how often */
};

static bool is_due(struct walk *w, const char *path)
{
	size_t *times = map_find(w->seen, slice_of(path));

	if (!times) {
		times = ARENA_NEW(arena, size_t);
		map_add(w->seen, slice_of(arena_copy(arena, slice_of(path))), times);
	}
	return ++*times <= TIMES_MAX;
}

/* Maps whose keys the file chooses. */
static bool has_free_keys(const char *path)
{
	static const char *const free_maps[] = {
		"documents", "settings", "features", "choices",	  "roles",	  "sets",
		"goals",     "defects",	 "modes",    "checklist", "requirements", "inferred",
		"zones",     "hosts",	 "groups",   "devices",	  "interfaces",	  "local_ports",
		"choose",    "overrule", "networks",
	};
	const char *dot = strrchr(path, '.');

	for (size_t i = 0; i < ARRAY_LEN(free_maps); i++)
		if (strcmp(dot ? dot + 1 : path, free_maps[i]) == 0)
			return true;
	return false;
}

static void walk_node(struct walk *w, const struct node *n, const char *path)
{
	struct mutant m = {.victim = n};

	if (n != w->root && is_due(w, path))
		for (int how = 0; how < MUTATION_COUNT; how++) {
			m.how = (enum mutation)how;
			try_mutant(w->root, w->is_site, path, &m);
		}
	for (size_t i = 0; n->kind == NODE_LIST && i < n->n; i++)
		walk_node(w, n->items[i], arena_printf(arena, "%s.[]", path));
	for (size_t i = 0; n->kind == NODE_MAP && i < n->n; i++) {
		const char *key = has_free_keys(path) && n != w->root ? "*" : n->pairs[i].key.s;

		walk_node(w, n->pairs[i].value,
			  *path ? arena_printf(arena, "%s.%s", path, key) : key);
	}
}

static void mutate_file(const char *path, bool is_site, struct map *seen)
{
	struct walk w = {.is_site = is_site, .seen = seen};
	struct buf bytes = BUF_INIT;
	struct errs errs = {0};
	struct err err;

	assert_int_equal(file_read(path, FILE_MAX, &bytes, &err), 0);
	w.root = yaml_read(arena, path, buf_slice(&bytes), &errs);
	assert_non_null(w.root);
	walk_node(&w, w.root, "");
	buf_release(&bytes);
}

static void each_field_of_a_product(void **state)
{
	static const char *const files[] = {
		"tests/fuzz/corpus/product/every-key",
		"catalog/domino.yaml",
		"catalog/ftp.yaml",
		"catalog/secure-ports.yaml",
		"catalog/stanford-from-outside.yaml",
		"catalog/passwordstate.yaml",
	};
	struct map seen = {0};

	(void)state;
	n_mutants = n_wrong = 0;
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		mutate_file(files[i], false, &seen);
	map_release(&seen);
	assert_int_equal(n_wrong, 0);
	assert_true(n_mutants > 1000);
}

static void each_field_of_a_site(void **state)
{
	static const char *const files[] = {
		"tests/unit/every-key-site.yaml", "examples/domino/site.yaml",
		"examples/ftp/site.yaml",	  "examples/passwordstate/site.yaml",
		"examples/stanford/site.yaml",
	};
	struct map seen = {0};

	(void)state;
	n_mutants = n_wrong = 0;
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		mutate_file(files[i], true, &seen);
	map_release(&seen);
	assert_int_equal(n_wrong, 0);
	assert_true(n_mutants > 500);
}

static int start(void **state)
{
	(void)state;
	arena = arena_new();
	huge = arena_get(arena, HUGE_TEXT + 1, 1);
	memset(huge, 'x', HUGE_TEXT);
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
		cmocka_unit_test(each_field_of_a_product),
		cmocka_unit_test(each_field_of_a_site),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
