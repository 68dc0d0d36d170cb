/* SPDX-License-Identifier: ISC */
#include "cmd/report.h"

#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "sys/terminal.h"

const struct writer *report_writer(const struct arguments *args)
{
	const char *name = args_value(args, "format");
	const struct writer *w = writer_find(name ? name : "text");
	char hint[SUGGEST_TEXT_MAX];
	struct suggest s;

	if (w)
		return w;
	s = suggest_start(slice_of(name));
	for (size_t i = 0; writers[i]; i++)
		suggest_add(&s, writers[i]->name);
	command_usage_error("there is no format \"%s\"%s", name, suggest_text(&s, hint));
	return NULL;
}

size_t report_width(void)
{
	const char *columns = getenv("COLUMNS");
	uint64_t n;

	if (columns && slice_number(slice_of(columns), 10000, &n))
		return n;
	return terminal_width();
}

int report_choice(const struct arguments *args, const char *option, const char *const *names,
		  int usual)
{
	const char *value = args_value(args, option);
	char hint[SUGGEST_TEXT_MAX];
	struct suggest s;

	if (!value)
		return usual;
	s = suggest_start(slice_of(value));
	for (int i = 0; names[i]; i++) {
		if (strcmp(names[i], value) == 0)
			return i;
		suggest_add(&s, names[i]);
	}
	command_usage_error("--%s knows no \"%s\"%s", option, value, suggest_text(&s, hint));
	return -1;
}
