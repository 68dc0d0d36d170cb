/* SPDX-License-Identifier: ISC */
#include "sys/hosts_file.h"

static bool next_word(struct slice *line, struct slice *word)
{
	*line = slice_trim(*line);
	if (!line->n)
		return false;
	word->p = line->p;
	word->n = 0;
	while (word->n < line->n && line->p[word->n] != ' ' && line->p[word->n] != '\t')
		word->n++;
	*line = slice_skip(*line, word->n);
	return true;
}

static bool has_name(struct slice names, const char *name)
{
	struct slice word;

	while (next_word(&names, &word))
		if (slice_is_nocase(word, name))
			return true;
	return false;
}

void hosts_file_find(struct slice text, struct resolve_query *q)
{
	struct slice line, rest, word;
	struct addr a;

	while (slice_cut(&text, '\n', &rest)) {
		slice_cut(&rest, '#', &line);
		if (next_word(&line, &word) && addr_parse(word, &a) &&
		    (!q->family || a.family == q->family) && has_name(line, q->name))
			resolve_add(q, &a);
	}
}
