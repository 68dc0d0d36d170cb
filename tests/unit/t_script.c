/* SPDX-License-Identifier: ISC */
#include "report/script.h"

#include "base/compiler.h"
#include "script_words.h"
#include "test.h"

static const char *const hostile[] = {
	"10.0.0.5",
	"2001:db8::1",
	"www.example.com",
	"",
	"it's",
	"'",
	"''",
	"a''b'c",
	"$(rm -rf /)",
	"`id`",
	"a b",
	"a;b&c|d<e>f",
	"\"; Invoke-Expression 'x'; \"",
	"$env:PATH",
	"a\\",
	"\\'",
	"-rf",
	"# no comment",
	"@'",
	"*?[a]{b}~!",
};

static void check_word(const char *what, word_take take, const struct buf *quoted, const char *want)
{
	struct slice line = buf_slice(quoted);
	struct buf word = BUF_INIT;
	bool bad = false;

	assert_true(take(&line, &word, &bad));
	check_text(what, &word, want);
	assert_false(bad);
	assert_false(take(&line, &word, &bad));
	buf_release(&word);
}

static void quotes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(hostile); i++) {
		struct buf b = BUF_INIT;

		script_quote_sh(&b, slice_of(hostile[i]));
		check_word(hostile[i], word_take_sh, &b, hostile[i]);
		buf_clear(&b);
		script_quote_powershell(&b, slice_of(hostile[i]));
		check_word(hostile[i], word_take_powershell, &b, hostile[i]);
		buf_release(&b);
	}
}

/* PowerShell ends a string at these quotes too, and both languages a line at these. */
static void unprintable(void **state)
{
	static const char text[] = "a\xe2\x80\x98"
				   "b\n\r\tc\x1b\x7f\x01z";
	struct buf b = BUF_INIT;

	(void)state;
	script_quote_powershell(&b, slice_of(text));
	check_text("powershell", &b, "'a???b???c???z'");
	buf_clear(&b);
	script_quote_sh(&b, slice_of(text));
	check_text("sh", &b, "'a???b???c???z'");
	buf_clear(&b);
	script_add_comment(&b, text);
	check_text("comment", &b, "a???b???c???z");
	buf_release(&b);
}

static void ids(void **state)
{
	struct script_try tries[] = {
		{.flow = "0123456789abcdef",
		 .target = "10.0.0.5",
		 .transport = TRANSPORT_TCP,
		 .port = 80},
		{.flow = "0123456789abcdef",
		 .target = "10.0.0.5",
		 .transport = TRANSPORT_TCP,
		 .port = 81},
	};
	uint64_t id = script_id(tries, 2);

	(void)state;
	assert_true(id != script_id(tries, 1));
	tries[0].to = "another name";
	assert_true(id == script_id(tries, 2));
	tries[1].port = 82;
	assert_true(id != script_id(tries, 2));
	tries[1].port = 81;
	tries[1].transport = TRANSPORT_UDP;
	assert_true(id != script_id(tries, 2));
	tries[1].transport = TRANSPORT_TCP;
	tries[1].target = "10.0.0.6";
	assert_true(id != script_id(tries, 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quotes),
		cmocka_unit_test(unprintable),
		cmocka_unit_test(ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
