/* SPDX-License-Identifier: ISC
 *
 * Tables in what nft -j prints, and a bundle with another ruleset.
 */
#include "box/nft_tables.h"

#include <string.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "box/bundle.h"
#include "test.h"

#define META	       "{\"metainfo\":{\"json_schema_version\":1}}"
#define TABLE(name, n) ",{\"table\":{\"family\":\"inet\",\"name\":\"" name "\",\"handle\":" #n "}}"
#define CHAIN(table, name)                                                                         \
	",{\"chain\":{\"family\":\"inet\",\"table\":\"" table "\",\"name\":\"" name "\"}}"
#define RULESET(tables) "{\"nftables\":[" META tables "]}"

static const char live[] =
	RULESET(TABLE("ours", 1) CHAIN("ours", "old") TABLE("theirs", 2) CHAIN("theirs", "x"));
static const char tried[] =
	RULESET(TABLE("theirs", 1) TABLE("ours", 3) CHAIN("ours", "new") CHAIN("ours", "more"));

static void reads(void **state)
{
	const struct nft_table_name like = {.family = "inet", .name = "ours"};
	const struct nft_table_name none = {.family = "ip", .name = "ours"};
	struct arena *a = arena_new();
	struct nft_tables ts;
	struct err err;

	(void)state;
	assert_int_equal(nft_tables_read(a, slice_of(tried), &ts, &err), 0);
	assert_int_equal(ts.list.n, 2);
	assert_null(nft_tables_find(&ts, &none));
	assert_int_equal(nft_tables_find(&ts, &like)->handle, 3);
	assert_int_equal(nft_tables_find(&ts, &like)->n, 2);
	assert_string_equal(nft_tables_find(&ts, &like)->chains.items[1], "more");
	assert_int_not_equal(nft_tables_read(a, SLICE("{\"nftables\": {}}"), &ts, &err), 0);
	assert_int_not_equal(nft_tables_read(a, SLICE("{"), &ts, &err), 0);
	arena_free(a);
}

/* Ours as they were tried, theirs as they are. */
static void replaces(void **state)
{
	struct arena *a = arena_new();
	struct nft_table_name ours = {.family = "inet", .name = "ours"};
	const struct nft_tables which = {.list = {&ours, 1}};
	struct buf out = BUF_INIT;
	struct err err;

	(void)state;
	assert_int_equal(nft_tables_replace(slice_of(live), slice_of(tried), &which, &out, &err),
			 0);
	check_text("replaced", &out,
		   RULESET(TABLE("theirs", 2) CHAIN("theirs", "x") TABLE("ours", 3)
				   CHAIN("ours", "new") CHAIN("ours", "more")) "\n");
	assert_int_not_equal(
		nft_tables_replace(slice_of(live), SLICE("nothing"), &which, &out, &err), 0);
	buf_release(&out);
	arena_free(a);
}

static void empties(void **state)
{
	struct nft_table_name odd = {.family = "ip", .name = "a \"b\""};
	const struct nft_tables ts = {.list = {&odd, 1}};
	struct buf out = BUF_INIT;

	(void)state;
	nft_tables_empty(&ts, &out);
	check_text("empty", &out,
		   "{\"nftables\":[{\"add\":{\"table\":{\"family\":\"ip\",\"name\":"
		   "\"a \\\"b\\\"\"}}}]}");
	buf_release(&out);
}

static void has_plain_names(void **state)
{
	(void)state;
	assert_true(nft_table_is_plain(
		&(struct nft_table_name){.family = "inet", .name = "kube-proxy"}));
	assert_false(
		nft_table_is_plain(&(struct nft_table_name){.family = "inet", .name = "a; b"}));
	assert_false(nft_table_is_plain(&(struct nft_table_name){.family = "inet", .name = ""}));
}

static void other_bundle(void **state)
{
	static const char text[] = "portolan bundle 1\nhost fw1\n$ nft -j list ruleset\n\told\n"
				   "$ ip -j -d link\n? 3\n\tno luck\nend\n";
	struct slice outputs[BUNDLE_PARTS_COUNT] = {[BUNDLE_NFT] = SLICE("new\n")};
	struct buf out = BUF_INIT;
	struct err err;

	(void)state;
	assert_int_equal(bundle_replace(slice_of(text), outputs, &out, &err), 0);
	check_text("a bundle", &out,
		   "portolan bundle 1\nhost fw1\n$ nft -j list ruleset\n\tnew\n"
		   "$ ip -j -d link\n? 3\n\tno luck\nend\n");
	assert_int_not_equal(bundle_replace(SLICE("none"), outputs, &out, &err), 0);
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),	cmocka_unit_test(replaces),
		cmocka_unit_test(empties),	cmocka_unit_test(has_plain_names),
		cmocka_unit_test(other_bundle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
