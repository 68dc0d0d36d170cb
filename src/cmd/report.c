/* SPDX-License-Identifier: ISC */
#include "cmd/report.h"

#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "sys/file.h"
#include "sys/terminal.h"

static bool has_kind(const struct writer *w, enum report_kind kind)
{
	switch (kind) {
	case REPORT_PLAN:
		return w->plan != NULL;
	case REPORT_REQUEST:
		return w->request != NULL;
	case REPORT_CHECK:
		return w->check != NULL;
	case REPORT_AUDIT:
		return w->audit != NULL;
	}
	BUG("a report of no kind: %d", (int)kind);
}

/* "text, csv or json" */
static void list_forms(enum report_kind kind, struct buf *out)
{
	const char *last = NULL;

	for (size_t i = 0; writers[i]; i++) {
		if (!has_kind(writers[i], kind))
			continue;
		if (last)
			buf_addf(out, "%s%s", out->n ? ", " : "", last);
		last = writers[i]->name;
	}
	buf_addf(out, " or %s", last);
}

const struct writer *report_writer(const struct arguments *args, enum report_kind kind)
{
	static const char *const kinds[] = {"plan", "request", "check", "audit"};
	const char *name = args_value(args, "format");
	const struct writer *w = writer_find(name ? name : "text");
	struct suggest s;
	struct buf forms = BUF_INIT;
	char hint[SUGGEST_TEXT_MAX];

	if (w && has_kind(w, kind))
		return w;
	s = suggest_start(slice_of(name));
	for (size_t i = 0; writers[i]; i++)
		if (has_kind(writers[i], kind))
			suggest_add(&s, writers[i]->name);
	list_forms(kind, &forms);
	command_usage_error("a %s has no format \"%s\"%s; it is %s", kinds[kind], name,
			    suggest_text(&s, hint), forms.data);
	buf_release(&forms);
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

bool report_print(const struct arguments *args, const struct buf *out)
{
	const char *path = args_value(args, "output");
	struct err err;

	if (!path)
		return command_print(out);
	if (file_replace(path, buf_slice(out), 0644, &err)) {
		command_failed(&err);
		return false;
	}
	return true;
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
