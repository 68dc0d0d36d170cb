/* SPDX-License-Identifier: ISC
 *
 * Rules as nft -j prints them, and what they are read as; the kernel's side of it is what tests/box
 * asks. The cases stand in read-nft.cases: a rule in nft's language, the statements that nft 1.0.6
 * printed for it, and what they come to. Its first line is all that stands around the rule.
 */
#include "box/read.h"

#include "base/compiler.h"
#include "box_show.h"
#include "sys/file.h"

static struct box *read_nft(const char *text, struct err *err)
{
	struct box *b = box_new();

	b->has.nft = true;
	if (!box_read_nft(b, &(struct box_text){"rules", 1, slice_of(text)}, err))
		return b;
	box_free(b);
	return NULL;
}

/* The rule is in the chain "c", which the text around it ends before. */
static void check_case(struct slice around, struct slice rule, struct slice json, struct slice want)
{
	struct buf text = BUF_INIT, got = BUF_INIT;
	struct err err;
	struct box *b;

	buf_addf(&text,
		 "%.*s, {\"rule\": {\"family\": \"inet\", \"table\": \"t\", \"chain\": \"c\", "
		 "\"handle\": 9, \"expr\": %.*s}}]}",
		 (int)around.n, around.p, (int)json.n, json.p);
	b = read_nft(text.data, &err);
	if (!b)
		fail_msg("%.*s: %s", (int)rule.n, rule.p, err.text);
	for_each (c, &b->ruleset.chains)
		for_each (r, &c->rules) {
			if (r != c->rules.items)
				buf_add_text(&got, " / ");
			show_rule(&got, b, r);
		}
	if (!slice_equal(buf_slice(&got), want))
		fail_msg("%.*s\n  got %s\n  not %.*s", (int)rule.n, rule.p, got.data, (int)want.n,
			 want.p);
	box_free(b);
	buf_release(&text);
	buf_release(&got);
}

static void rules_are_read(void **state)
{
	struct buf bytes = BUF_INIT;
	struct slice rest, around, rule, json, want;
	struct err err;
	size_t n = 0;

	(void)state;
	assert_int_equal(file_read("tests/unit/read-nft.cases", 1 << 20, &bytes, &err), 0);
	rest = buf_slice(&bytes);
	assert_true(slice_cut(&rest, '\n', &around));
	while (slice_cut(&rest, '\n', &rule) && rule.n) {
		assert_true(slice_cut(&rest, '\n', &json) && slice_cut(&rest, '\n', &want));
		check_case(around, rule, json, want);
		n++;
	}
	assert_true(n > 80);
	buf_release(&bytes);
}

#define META	    "{\"metainfo\": {\"json_schema_version\": 1}}"
#define TABLE	    "{\"table\": {\"family\": \"ip\", \"name\": \"t\"}}"
#define LIST(...)   "{\"nftables\": [" META __VA_ARGS__ "]}"
#define CHAIN(rest) ", {\"chain\": {\"family\": \"ip\", \"table\": \"t\", \"name\": \"c\"" rest "}}"
#define RULE(expr)                                                                                 \
	", {\"rule\": {\"family\": \"ip\", \"table\": \"t\", \"chain\": \"c\", \"expr\": [" expr   \
	"]}}"

static void what_cannot_be(void **state)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{"{", "not the JSON of nft"},
		{"{\"nftables\": [], \"nftables\": []}", "not the JSON of nft"},
		{"[]", "a list \"nftables\""},
		{"{\"nftables\": []}", "a list \"nftables\""},
		{"{\"nftables\": [{\"metainfo\": {\"json_schema_version\": 2, \"version\": "
		 "\"2.0\"}}]}",
		 "of a later nft (2.0)"},
		{LIST(", 7"), "entry 2 of its list is none"},
		{LIST(CHAIN("")), "table \"ip t\", which is not there"},
		{LIST(", " TABLE ", " TABLE), "two of that name"},
		{LIST(", " TABLE CHAIN("") CHAIN("")), "two of that name"},
		{LIST(", " TABLE CHAIN(", \"hook\": \"sideways\", \"prio\": 0")),
		 "hook \"sideways\" is not known"},
		{LIST(", " TABLE CHAIN(", \"hook\": \"input\"")), "priority is no number"},
		{LIST(", " TABLE RULE("")), "in chain \"c\" of ip t, which is not there"},
		{LIST(", " TABLE CHAIN("") RULE("{\"jump\": {\"target\": \"x\"}}")),
		 "rule 1 of ip t c: jump to a chain \"x\" that is not there"},
		{LIST(", " TABLE CHAIN("") RULE("7")), "statement 1 is none"},
		{LIST(", " TABLE CHAIN("") RULE("{\"match\": {\"op\": \"==\", \"left\": "
						"{\"payload\": {\"protocol\": \"ip\", "
						"\"field\": \"saddr\"}}, \"right\": \"@x\"}}")),
		 "asks a set \"x\" that is not there"},
		{LIST(", " TABLE CHAIN("") RULE(
			 "{\"match\": {\"op\": \"==\", \"left\": {\"payload\": {\"protocol\": "
			 "\"ip\", "
			 "\"field\": \"saddr\"}}, \"right\": {\"prefix\": {\"addr\": \"10.0.0.0\", "
			 "\"len\": 99}}}}")),
		 "a prefix of 99 bits"},
		{LIST(", " TABLE CHAIN("")
			      RULE("{\"match\": {\"op\": \"==\", \"left\": {\"payload\": "
				   "{\"protocol\": \"tcp\", "
				   "\"field\": \"dport\"}}, \"right\": {\"range\": [9, 7]}}}")),
		 "a range that ends before it begins"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err err;
		struct box *b = read_nft(cases[i].text, &err);

		if (b)
			fail_msg("taken: %s", cases[i].text);
		if (!strstr(err.text, cases[i].words))
			fail_msg("%s: %s, not %s", cases[i].text, err.text, cases[i].words);
	}
}

static void what_is_not_printed(void **state)
{
	struct err err;
	struct box *b;

	(void)state;
	/* What nft 1.0.6 prints of a dormant table, and of a chain at ingress. */
	b = read_nft(
		LIST(", {\"table\": {\"family\": \"ip\", \"name\": \"t\", \"flags\": "
		     "\"ip\"}}" CHAIN(", \"hook\": \"input\", \"prio\": 0, \"policy\": \"drop\"")),
		&err);
	assert_non_null(b);
	assert_string_equal(b->ruleset.chains.items[0].doubt, "whether table ip t is dormant");
	box_free(b);
	b = read_nft(LIST(", " TABLE CHAIN(", \"hook\": \"ingress\", \"prio\": 0")), &err);
	assert_non_null(b);
	assert_string_equal(b->ruleset.chains.items[0].doubt, "on which link chain c of ip t is");
	box_free(b);
	b = read_nft(LIST(", {\"table\": {\"family\": \"ip\", \"name\": \"t\", \"flags\": "
			  "[\"dormant\"]}}" CHAIN(", \"hook\": \"input\", \"prio\": 0")),
		     &err);
	assert_non_null(b);
	assert_false(b->ruleset.chains.items[0].base);
	box_free(b);
}

static void texts_are_in_nfts_words(void **state)
{
	static const struct {
		const char *json, *text;
	} cases[] = {
		{"{\"match\": {\"op\": \"in\", \"left\": {\"ct\": {\"key\": \"state\"}}, "
		 "\"right\": "
		 "[\"established\", \"related\"]}}, {\"counter\": {\"packets\": 1, \"bytes\": 2}}, "
		 "{\"accept\": null}",
		 "ct state established,related accept"},
		{"{\"match\": {\"op\": \"==\", \"left\": {\"&\": [{\"payload\": {\"protocol\": "
		 "\"tcp\", "
		 "\"field\": \"flags\"}}, {\"|\": [{\"|\": [\"fin\", \"syn\"]}, \"ack\"]}]}, "
		 "\"right\": "
		 "\"syn\"}}",
		 "tcp flags & (fin | syn | ack) == syn"},
		{"{\"match\": {\"op\": \"!=\", \"left\": {\"payload\": {\"protocol\": \"tcp\", "
		 "\"field\": \"dport\"}}, \"right\": {\"set\": [22, {\"range\": [80, 90]}]}}}, "
		 "{\"drop\": null}",
		 "tcp dport != { 22, 80-90 } drop"},
		{"{\"match\": {\"op\": \"==\", \"left\": {\"exthdr\": {\"name\": \"rt\"}}, "
		 "\"right\": "
		 "true}}",
		 "exthdr rt exists"},
		{"{\"vmap\": {\"key\": {\"numgen\": {\"mode\": \"inc\", \"mod\": 2, \"offset\": "
		 "0}}, "
		 "\"data\": {\"set\": [[0, {\"drop\": null}], [1, {\"accept\": null}]]}}}",
		 "numgen inc mod 2 vmap { 0 : drop, 1 : accept }"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf text = BUF_INIT;
		struct err err;
		struct box *b;

		buf_addf(&text,
			 LIST(", " TABLE CHAIN("") ", {\"rule\": {\"family\": \"ip\", \"table\": "
						   "\"t\", \"chain\": \"c\", \"expr\": [%s]}}"),
			 cases[i].json);
		b = read_nft(text.data, &err);
		if (!b)
			fail_msg("%s: %s", cases[i].text, err.text);
		assert_string_equal(b->ruleset.chains.items[0].rules.items[0].text, cases[i].text);
		box_free(b);
		buf_release(&text);
	}
}

/* An element that stands outside of its set, as in commands, is not left out without a word. */
static void what_is_not_understood(void **state)
{
	struct err err;
	struct box *b = read_nft(LIST(", " TABLE ", {\"element\": {\"family\": \"ip\"}}"), &err);

	(void)state;
	assert_non_null(b);
	assert_int_equal(b->ruleset.doubts.n, 1);
	box_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_are_read),	   cmocka_unit_test(what_cannot_be),
		cmocka_unit_test(what_is_not_printed),	   cmocka_unit_test(what_is_not_understood),
		cmocka_unit_test(texts_are_in_nfts_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
