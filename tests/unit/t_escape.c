/* SPDX-License-Identifier: ISC */
#include "base/escape.h"

#include "base/compiler.h"
#include "test.h"

typedef void (*escaper)(struct buf *out, struct slice s);

struct row {
	escaper escape;
	struct slice in;
	const char *out;
};

static void check_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct buf b = BUF_INIT;
		char what[32];

		snprintf(what, sizeof(what), "row %zu", i);
		rows[i].escape(&b, rows[i].in);
		check_text(what, &b, rows[i].out);
		buf_release(&b);
	}
}

static void test_terminal(void **state)
{
	static const struct row rows[] = {
		{escape_terminal, {"plain", 5}, "plain"},
		{escape_terminal, {"", 0}, ""},
		{escape_terminal, {NULL, 0}, ""},
		{escape_terminal,
		 {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x9a\xa2", 9},
		 "\xc3\xa9\xe2\x82\xac\xf0\x9f\x9a\xa2"},
		{escape_terminal, {"\x1b]0;owned\x07", 10}, "\\x1b]0;owned\\x07"},
		{escape_terminal, {"a\0b", 3}, "a\\x00b"},
		{escape_terminal, {"a\r\nb\tc", 6}, "a\\x0d\\nb\\tc"},
		{escape_terminal, {"\x7f", 1}, "\\x7f"},
		/* C1 as a character (U+009B is CSI), and as a bare byte */
		{escape_terminal, {"\xc2\x9b", 2}, "\\x9b"},
		{escape_terminal, {"\x9b", 1}, "\\x9b"},
		/* right-to-left override and mark, Arabic letter mark, isolates, zero width, BOM */
		{escape_terminal,
		 {"gpj.\xe2\x80\xae"
		  "exe",
		  10},
		 "gpj.\\u{202e}exe"},
		{escape_terminal, {"\xe2\x80\x8f", 3}, "\\u{200f}"},
		{escape_terminal, {"\xd8\x9c", 2}, "\\u{61c}"},
		{escape_terminal, {"\xe2\x81\xa6", 3}, "\\u{2066}"},
		{escape_terminal, {"\xe2\x80\x8b", 3}, "\\u{200b}"},
		{escape_terminal, {"\xef\xbb\xbf", 3}, "\\u{feff}"},
		{escape_terminal, {"\xef\xbf\xb9", 3}, "\\u{fff9}"},
		{escape_terminal, {"\xe2\x80\xa8", 3}, "\\u{2028}"},
		{escape_terminal, {"\xf3\xa0\x81\x81", 4}, "\\u{e0041}"},
		/* not UTF-8: cut, overlong, a surrogate, beyond U+10FFFF, a lone continuation */
		{escape_terminal, {"\xe2\x82", 2}, "\\xe2\\x82"},
		{escape_terminal, {"\xc0\xaf", 2}, "\\xc0\\xaf"},
		{escape_terminal, {"\xe0\x80\xaf", 3}, "\\xe0\\x80\\xaf"},
		{escape_terminal, {"\xed\xa0\x80", 3}, "\\xed\\xa0\\x80"},
		{escape_terminal, {"\xf4\x90\x80\x80", 4}, "\\xf4\\x90\\x80\\x80"},
		{escape_terminal, {"\xf8\x88\x80\x80\x80", 5}, "\\xf8\\x88\\x80\\x80\\x80"},
		{escape_terminal, {"\x80z", 2}, "\\x80z"},
		{escape_terminal, {"\xff", 1}, "\\xff"},
	};

	(void)state;
	check_rows(rows, ARRAY_LEN(rows));
}

static void test_json(void **state)
{
	static const struct row rows[] = {
		{escape_json, {"a\"b\\c/", 6}, "a\\\"b\\\\c/"},
		{escape_json, {"\n\r\t\b\0", 5}, "\\n\\r\\t\\u0008\\u0000"},
		{escape_json, {"\x1b[31m", 5}, "\\u001b[31m"},
		{escape_json, {"\xe2\x80\xa8\xe2\x80\xae", 6}, "\\u2028\\u202e"},
		{escape_json, {"\xff", 1}, "\xef\xbf\xbd"},
		{escape_json, {"\xf0\x9f\x9a\xa2", 4}, "\xf0\x9f\x9a\xa2"},
	};

	(void)state;
	check_rows(rows, ARRAY_LEN(rows));
}

static void test_csv(void **state)
{
	static const struct row rows[] = {
		{escape_csv, {"plain text", 10}, "plain text"},
		{escape_csv, {"a,b", 3}, "\"a,b\""},
		{escape_csv, {"a;b", 3}, "\"a;b\""},
		{escape_csv, {"a\"b", 3}, "\"a\"\"b\""},
		{escape_csv, {"a\r\nb", 4}, "\"a\r\nb\""},
		/* formulas */
		{escape_csv, {"=1+1", 4}, "\"'=1+1\""},
		{escape_csv, {"+1", 2}, "\"'+1\""},
		{escape_csv, {"-1", 2}, "\"'-1\""},
		{escape_csv, {"@SUM(A1)", 8}, "\"'@SUM(A1)\""},
		{escape_csv, {"\t=1", 3}, "\"'\t=1\""},
		{escape_csv, {"\r=1", 3}, "\"'\r=1\""},
		{escape_csv, {"\n=1", 3}, "\"'\n=1\""},
		{escape_csv,
		 {"\xef\xbc\x9d"
		  "1",
		  4},
		 "\"'\xef\xbc\x9d"
		 "1\""}, /* full width = */
		{escape_csv, {"=\"", 2}, "\"'=\"\"\""},
		{escape_csv, {"a=1", 3}, "a=1"},
		/* what a terminal would obey */
		{escape_csv, {"a\x1b[2J", 5}, "a\xef\xbf\xbd[2J"},
		{escape_csv,
		 {"a\0b", 3},
		 "a\xef\xbf\xbd"
		 "b"},
		{escape_csv, {"\xe2\x80\xae", 3}, "\xef\xbf\xbd"},
		{escape_csv, {"\xff", 1}, "\xef\xbf\xbd"},
	};

	(void)state;
	check_rows(rows, ARRAY_LEN(rows));
}

static void test_html(void **state)
{
	static const struct row rows[] = {
		{escape_html, {"<b a=\"c\">&'", 11}, "&lt;b a=&quot;c&quot;&gt;&amp;&#39;"},
		{escape_html, {"a\nb\tc", 5}, "a\nb\tc"},
		{escape_html, {"\x01\r", 2}, "\xef\xbf\xbd\xef\xbf\xbd"},
		{escape_html, {"\xc0\xbcscript", 8}, "\xef\xbf\xbd\xef\xbf\xbdscript"},
		{escape_html, {"\xe2\x80\xae", 3}, "\xef\xbf\xbd"},
		{escape_html, {"\xef\xbf\xbe\xef\xbf\xbf", 6}, "\xef\xbf\xbd\xef\xbf\xbd"},
	};

	(void)state;
	check_rows(rows, ARRAY_LEN(rows));
}

static void test_xml(void **state)
{
	static const struct row rows[] = {
		{escape_xml, {"<b a=\"c\">&'", 11}, "&lt;b a=&quot;c&quot;&gt;&amp;&#39;"},
		{escape_xml, {"]]>", 3}, "]]&gt;"},
		{escape_xml, {"a\nb\tc\r", 6}, "a&#10;b&#9;c&#13;"},
		/* what is no character of XML 1.0, section 2.2 */
		{escape_xml, {"\0\x01\x1f", 3}, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
		{escape_xml, {"\xef\xbf\xbe\xef\xbf\xbf", 6}, "\xef\xbf\xbd\xef\xbf\xbd"},
		{escape_xml, {"\xed\xa0\x80", 3}, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
		{escape_xml, {"\xff", 1}, "\xef\xbf\xbd"},
		{escape_xml, {"\xc3\xa9", 2}, "\xc3\xa9"},
	};

	(void)state;
	check_rows(rows, ARRAY_LEN(rows));
}

static void test_label(void **state)
{
	static const struct row rows[] = {
		{escape_label, {"a\"b\\c\n", 6}, "a\\\"b\\\\c\\n"},
		{escape_label, {"{x=1,y}", 7}, "{x=1,y}"},
		{escape_label, {"\r\x1b\0", 3}, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
		{escape_label, {"\xff\xc3\xa9", 3}, "\xef\xbf\xbd\xc3\xa9"},
	};

	(void)state;
	check_rows(rows, ARRAY_LEN(rows));
}

static void test_markdown(void **state)
{
	static const struct row rows[] = {
		{escape_markdown, {"a|b", 3}, "a\\|b"},
		{escape_markdown, {"[x](http)", 9}, "\\[x\\](http)"},
		{escape_markdown, {"<script>", 8}, "\\<script\\>"},
		{escape_markdown, {"a\r\nb", 4}, "a  b"},
		{escape_markdown, {"`*_#!~&\\", 8}, "\\`\\*\\_\\#\\!\\~\\&\\\\"},
		{escape_markdown, {"\x1b\0\t", 3}, "\xef\xbf\xbd\xef\xbf\xbd "},
		{escape_markdown, {"\xc3\xa9", 2}, "\xc3\xa9"},
	};

	(void)state;
	check_rows(rows, ARRAY_LEN(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_terminal), cmocka_unit_test(test_json),
		cmocka_unit_test(test_csv),	 cmocka_unit_test(test_html),
		cmocka_unit_test(test_markdown), cmocka_unit_test(test_xml),
		cmocka_unit_test(test_label),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
