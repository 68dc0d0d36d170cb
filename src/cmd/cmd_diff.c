/* SPDX-License-Identifier: ISC */
#include "cmd/command.h"
#include "cmd/format.h"
#include "cmd/load.h"
#include "cmd/past.h"
#include "report/diff.h"
#include "sys/file.h"

static const char *const forms[] = {"text", "markdown", "jsonl", NULL};

struct diffing {
	enum format format;
	struct loaded loaded;
	const char *site; /* its name; NULL: not given */
	struct past_run *runs[2];
};

static int find_run(const struct diffing *d, const char *word, struct past_run **run,
		    struct err *err)
{
	int rc = past_find(word, d->site, run, err);

	if (!rc && !(*run)->verdicts.n && !(*run)->is_whole)
		rc = err_set(err, ERR_DOCUMENT, PLACE_NONE,
			     "the run \"%.80s\" was cut off before its verdicts: there is nothing "
			     "to compare",
			     word);
	return rc;
}

static int print_diff(const struct diffing *d)
{
	static void (*const writers[])(const struct run_diff *, struct buf *) = {
		[FORMAT_TEXT] = diff_text,
		[FORMAT_MARKDOWN] = diff_markdown,
		[FORMAT_JSONL] = diff_records,
	};
	struct arena *arena = arena_new();
	struct buf out = BUF_INIT;
	struct run_diff diff;
	int rc;

	run_diff(d->runs[0], d->runs[1], arena, &diff);
	writers[d->format](&diff, &out);
	rc = command_print(&out) ? diff_exit(&diff) : EXIT_NOT_TESTED;
	buf_release(&out);
	arena_free(arena);
	return rc;
}

/* A site's file, or the name of one whose file is not at hand. */
static int find_site(struct diffing *d, const char *site)
{
	int rc = 0;

	if (site && file_exists(site)) {
		rc = load_site(&d->loaded, site);
		d->site = rc ? NULL : d->loaded.site->name.s;
	} else {
		d->site = site;
	}
	return rc;
}

static int run(const struct arguments *args)
{
	static const char *const usual[] = {"last~1", "last"};
	struct diffing d = {.loaded = {.bytes = BUF_INIT}};
	struct err err;
	int rc = format_read(args_value(args, "format"), forms, &d.format, &err);

	if (rc)
		return command_failed(&err);
	rc = find_site(&d, args_value(args, "site"));
	for (size_t i = 0; i < 2 && !rc; i++) {
		const char *word = args_operand(args, i);

		if (find_run(&d, word ? word : usual[i], &d.runs[i], &err))
			rc = command_failed(&err);
	}
	if (!rc)
		rc = print_diff(&d);
	past_run_free(d.runs[0]);
	past_run_free(d.runs[1]);
	load_release(&d.loaded);
	return rc;
}

static const struct option_spec options[] = {
	{"site", "SITE", "whose runs are meant by an id, last, last~1", false},
	{"format", "text|markdown|jsonl", "default text", false},
};

const struct command command_diff = {
	.name = "diff",
	.summary = "what is different between two runs of a check",
	.operands = "[RUN [RUN]]",
	.options = options,
	.n_options = ARRAY_LEN(options),
	.min_operands = 0,
	.max_operands = 2,
	.run = run,
};
