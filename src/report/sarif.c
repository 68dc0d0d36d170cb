/* SPDX-License-Identifier: ISC */
#include "report/sarif.h"

void sarif_text(struct json *j, const char *key, const char *text)
{
	json_open(j, key, '{');
	json_text(j, "text", text);
	json_close(j, '}');
}

void sarif_message(struct json *j, struct slice words)
{
	struct buf text = BUF_INIT;

	for (size_t i = 0; i < words.n; i++) {
		char c = words.p[i];

		if (c == ']' && i + 1 < words.n && words.p[i + 1] == '(')
			buf_add_char(&text, '\\');
		else if (c == '{' || c == '}')
			buf_add_char(&text, c);
		buf_add_char(&text, c);
	}
	sarif_text(j, "message", text.data);
	buf_release(&text);
}
