/* SPDX-License-Identifier: ISC
 *
 * The words of a script's line, read as each language's own manual says and not with the writer's
 * functions: POSIX XCU section 2.2; PowerShell's about_Quoting_Rules and about_Parsing.
 */
#pragma once

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/slice.h"

/* What may stand outside of quotes: nothing that either language acts on. */
static inline bool word_is_plain(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c && strchr(".:_-/", c));
}

/* Take the next word off *line into `word`, unquoted. False: a comment or the end. *bad: there is
 * something that is neither. */
static inline bool word_take_sh(struct slice *line, struct buf *word, bool *bad)
{
	buf_clear(word);
	while (line->n && (line->p[0] == ' ' || line->p[0] == '\t'))
		*line = slice_skip(*line, 1);
	if (!line->n || line->p[0] == '#')
		return false;
	while (line->n && line->p[0] != ' ') {
		size_t n = 0;

		if (line->p[0] == '\'') {
			*line = slice_skip(*line, 1);
			while (n < line->n && line->p[n] != '\'')
				n++;
			*bad |= n == line->n;
			buf_add(word, line->p, n);
			*line = slice_skip(*line, n + 1 < line->n ? n + 1 : line->n);
		} else if (line->p[0] == '\\' && line->n > 1) {
			buf_add_char(word, line->p[1]);
			*line = slice_skip(*line, 2);
		} else {
			*bad |= !word_is_plain(line->p[0]);
			buf_add_char(word, line->p[0]);
			*line = slice_skip(*line, 1);
		}
	}
	return true;
}

static inline bool word_take_powershell(struct slice *line, struct buf *word, bool *bad)
{
	buf_clear(word);
	while (line->n && (line->p[0] == ' ' || line->p[0] == '\t'))
		*line = slice_skip(*line, 1);
	if (!line->n || line->p[0] == '#')
		return false;
	if (line->p[0] != '\'') {
		while (line->n && line->p[0] != ' ') {
			*bad |= !word_is_plain(line->p[0]);
			buf_add_char(word, line->p[0]);
			*line = slice_skip(*line, 1);
		}
		return true;
	}
	for (*line = slice_skip(*line, 1);; *line = slice_skip(*line, 1)) {
		if (!line->n) {
			*bad = true;
			return true;
		}
		if (line->p[0] == '\'') {
			*line = slice_skip(*line, 1);
			if (!line->n || line->p[0] != '\'')
				break;
		}
		buf_add_char(word, line->p[0]);
	}
	*bad |= line->n && line->p[0] != ' ';
	return true;
}

typedef bool (*word_take)(struct slice *line, struct buf *word, bool *bad);
