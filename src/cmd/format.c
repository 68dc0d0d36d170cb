/* SPDX-License-Identifier: ISC */
#include "cmd/format.h"

#include <string.h>

#include "base/buf.h"

static const char *const names[] = {"text", "csv", "markdown", "html", "jsonl", "json", "yaml"};

static enum format format_of(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(word, names[i]) == 0)
			return (enum format)i;
	BUG("the form \"%s\" has no name", word);
}

int format_read(const char *word, const char *const *allowed, enum format *out, struct err *err)
{
	struct buf list = BUF_INIT;
	int rc;

	if (!word)
		word = allowed[0];
	for (size_t i = 0; allowed[i]; i++) {
		if (strcmp(word, allowed[i]) == 0) {
			*out = format_of(word);
			buf_release(&list);
			return 0;
		}
		buf_addf(&list, "%s%s", i == 0 ? "" : allowed[i + 1] ? ", " : " or ", allowed[i]);
	}
	rc = err_set(err, ERR_USAGE, PLACE_NONE, "--format is %s, not \"%.40s\"", list.data, word);
	buf_release(&list);
	return rc;
}
