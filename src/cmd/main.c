/* SPDX-License-Identifier: ISC
 *
 * The same main for every program: find the subcommand in the table, or run the program that holds
 * it. What the other programs hold is known from a list that the build asked them for.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/map.h"
#include "base/suggest.h"
#include "cmd/args.h"
#include "cmd/command.h"
#include "cmd/installed.h"
#include CONFIG_H

struct foreign {
	const char *name, *summary, *program;
	const char *line; /* as in --dump-commands */
};
static const struct foreign foreign[] = {
#ifdef HAS_FOREIGN
#include "foreign.h"
#endif
	{NULL, NULL, NULL, NULL},
};

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; commands[i]; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static const struct foreign *find_foreign(const char *name)
{
	for (const struct foreign *f = foreign; f->name; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

static void print_command_line(struct buf *out, const char *name, const char *summary)
{
	buf_addf(out, "  %-10s %s\n", name, summary);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* All subcommands of all programs, in one sorted list of {name, summary}. */
static void add_command_list(struct buf *out)
{
	enum { ROWS_MAX = 64 };
	const char *rows[ROWS_MAX][2];
	size_t n = 0;

	for (size_t i = 0; commands[i] && n < ROWS_MAX; i++, n++) {
		rows[n][0] = commands[i]->name;
		rows[n][1] = commands[i]->summary;
	}
	for (const struct foreign *f = foreign; f->name && n < ROWS_MAX; f++, n++) {
		rows[n][0] = f->name;
		rows[n][1] = f->summary;
	}
	qsort(rows, n, sizeof(rows[0]), by_name);
	for (size_t i = 0; i < n; i++)
		print_command_line(out, rows[i][0], rows[i][1]);
}

static int print_usage(void)
{
	struct buf out = BUF_INIT;
	bool ok;

	buf_add_text(&out, "usage: portolan COMMAND [OPTION ...] [OPERAND ...]\n\n"
			   "Charts network ports: what a product needs, whether it is open, and "
			   "who is in the way.\n\n");
	add_command_list(&out);
	buf_add_text(&out, "\n'portolan COMMAND --help' lists a command's options; "
			   "the manual is portolan(1).\n");
	ok = command_print(&out);
	buf_release(&out);
	return ok ? EXIT_HOLDS : EXIT_NOT_TESTED;
}

/* name TAB summary TAB operands, then TAB --option or --option=VALUE for each. */
static void add_dump_line(struct buf *out, const struct command *c)
{
	buf_addf(out, "%s\t%s\t%s", c->name, c->summary, c->operands);
	for (size_t i = 0; i < c->n_options; i++) {
		const struct option_spec *o = &c->options[i];

		buf_addf(out, "\t--%s%s%s", o->name, o->value ? "=" : "", o->value ? o->value : "");
	}
}

static void add_c_string(struct buf *out, const char *s)
{
	buf_add_char(out, '"');
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			buf_add_char(out, '\\');
		if (*s == '\t')
			buf_add_text(out, "\\t");
		else
			buf_add_char(out, *s);
	}
	buf_add_char(out, '"');
}

/* One entry of foreign.h. */
static void add_foreign_row(struct buf *out, const struct command *c)
{
	struct buf line = BUF_INIT;

	add_dump_line(&line, c);
	buf_add_text(out, "\t{");
	add_c_string(out, c->name);
	buf_add_text(out, ", ");
	add_c_string(out, c->summary);
	buf_add_text(out, ", ");
	add_c_string(out, PROGRAM_NAME);
	buf_add_text(out, ", ");
	add_c_string(out, line.data);
	buf_add_text(out, "},\n");
	buf_release(&line);
}

/* For the build, what this program holds, as rows of foreign.h; for completion and the tests, every
 * command there is. */
static int dump_commands(bool as_rows)
{
	struct buf out = BUF_INIT;
	bool ok;

	for (size_t i = 0; commands[i]; i++) {
		if (as_rows) {
			add_foreign_row(&out, commands[i]);
			continue;
		}
		add_dump_line(&out, commands[i]);
		buf_add_char(&out, '\n');
	}
	for (const struct foreign *f = foreign; f->name && !as_rows; f++)
		buf_addf(&out, "%s\n", f->line);
	ok = command_print(&out);
	buf_release(&out);
	return ok ? EXIT_HOLDS : EXIT_NOT_TESTED;
}

static int unknown_command(const char *name)
{
	struct suggest s = suggest_start(slice_of(name));
	char hint[SUGGEST_TEXT_MAX];

	for (size_t i = 0; commands[i]; i++)
		suggest_add(&s, commands[i]->name);
	for (const struct foreign *f = foreign; f->name; f++)
		suggest_add(&s, f->name);
	return command_usage_error("there is no command \"%s\"%s; 'portolan --help' lists them",
				   name, suggest_text(&s, hint));
}

static int run_command(const char *name, int argc, char **argv)
{
	const struct command *c = find_command(name);
	const struct foreign *f;

	if (c)
		return args_run(c, argc - 2, argv + 2);
	f = find_foreign(name);
	return f ? program_run(f->program, argv) : unknown_command(name);
}

/* "portolan help plan" is "portolan plan --help". */
static int run_help(int argc, char **argv)
{
	static char help_option[] = "--help";
	char *as_option[] = {argv[0], argv[2], help_option, NULL};

	return argc > 2 ? run_command(argv[2], 3, as_option) : print_usage();
}

static int print_version(void)
{
	struct buf out = BUF_INIT;
	bool ok;

	buf_add_text(&out, "portolan " VERSION "\n");
	ok = command_print(&out);
	buf_release(&out);
	return ok ? EXIT_HOLDS : EXIT_NOT_TESTED;
}

static void seed_hashes(void)
{
	uint64_t key;

	if (getrandom(&key, sizeof(key), GRND_NONBLOCK) == (ssize_t)sizeof(key))
		hash_set_key(key);
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "--help";

	signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error of write(2), told as one */
	seed_hashes();
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
		return print_usage();
	if (strcmp(name, "--version") == 0)
		return print_version();
	if (strcmp(name, "--dump-commands") == 0)
		return dump_commands(argc > 2 && strcmp(argv[2], "rows") == 0);
	if (strcmp(name, "help") == 0)
		return run_help(argc, argv);
	return run_command(name, argc, argv);
}
