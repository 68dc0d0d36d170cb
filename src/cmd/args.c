/* SPDX-License-Identifier: ISC */
#include "cmd/args.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/suggest.h"

struct given {
	const struct option_spec *option;
	const char *value;
};

struct arguments {
	const struct command *command;
	struct given *options;
	size_t n_options;
	const char **operands;
	size_t n_operands;
};

static const struct option_spec *find_option(const struct command *c, struct slice name)
{
	for (size_t i = 0; i < c->n_options; i++)
		if (slice_is(name, c->options[i].name))
			return &c->options[i];
	return NULL;
}

static const struct option_spec *option_or_bug(const struct arguments *a, const char *name)
{
	const struct option_spec *o = find_option(a->command, slice_of(name));

	if (!o)
		BUG("command %s has no option --%s", a->command->name, name);
	return o;
}

const char *args_nth(const struct arguments *a, const char *option, size_t i)
{
	const struct option_spec *o = option_or_bug(a, option);

	for (size_t k = 0; k < a->n_options; k++)
		if (a->options[k].option == o && i-- == 0)
			return a->options[k].value;
	return NULL;
}

size_t args_count(const struct arguments *a, const char *option)
{
	const struct option_spec *o = option_or_bug(a, option);
	size_t n = 0;

	for (size_t k = 0; k < a->n_options; k++)
		n += a->options[k].option == o;
	return n;
}

bool args_has(const struct arguments *a, const char *option)
{
	return args_count(a, option) != 0;
}

const char *args_value(const struct arguments *a, const char *option)
{
	size_t n = args_count(a, option);

	return n ? args_nth(a, option, n - 1) : NULL;
}

size_t args_n_operands(const struct arguments *a)
{
	return a->n_operands;
}

const char *args_operand(const struct arguments *a, size_t i)
{
	return i < a->n_operands ? a->operands[i] : NULL;
}

void command_help(const struct command *c, struct buf *out)
{
	buf_addf(out, "usage: portolan %s%s%s%s\n%s\n", c->name,
		 c->n_options ? " [OPTION ...]" : "", *c->operands ? " " : "", c->operands,
		 c->summary);
	if (c->n_options)
		buf_add_char(out, '\n');
	for (size_t i = 0; i < c->n_options; i++) {
		const struct option_spec *o = &c->options[i];
		size_t at = out->n;

		buf_addf(out, "  --%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
		buf_add_fill(out, ' ', out->n - at < 28 ? 28 - (out->n - at) : 1);
		buf_addf(out, "%s\n", o->help);
	}
	buf_addf(out, "\nThe manual is portolan-%s(1).\n", c->name);
}

static int print_help(const struct command *c)
{
	struct buf out = BUF_INIT;
	bool ok;

	command_help(c, &out);
	ok = command_print(&out);
	buf_release(&out);
	return ok ? EXIT_HOLDS : EXIT_NOT_TESTED;
}

static int unknown_option(const struct command *c, struct slice name)
{
	struct suggest s = suggest_start(name);
	char hint[SUGGEST_TEXT_MAX];

	for (size_t i = 0; i < c->n_options; i++)
		suggest_add(&s, c->options[i].name);
	return command_usage_error("%s: there is no option --%.*s%s", c->name,
				   (int)(name.n < 60 ? name.n : 60), name.p,
				   suggest_text(&s, hint));
}

/* argv[*i] starts with "--" and has more; the value may be the next word. 0, or an exit code. */
static int take_option(struct arguments *a, int argc, char **argv, int *i)
{
	struct slice rest = slice_of(argv[*i] + 2), name;
	const struct option_spec *o;
	const char *value = NULL;

	slice_cut(&rest, '=', &name);
	o = find_option(a->command, name);
	if (!o)
		return unknown_option(a->command, name);
	if (rest.p)
		value = rest.p;
	if (!o->value && value)
		return command_usage_error("%s: --%s takes no value", a->command->name, o->name);
	if (o->value && !value) {
		if (*i + 1 >= argc)
			return command_usage_error("%s: --%s needs a value: %s", a->command->name,
						   o->name, o->value);
		value = argv[++*i];
	}
	if (!o->repeats && args_has(a, o->name))
		return command_usage_error("%s: --%s is given twice", a->command->name, o->name);
	a->options[a->n_options++] = (struct given){o, value};
	return 0;
}

static int short_option(const struct command *c, const char *word)
{
	const char *example = c->n_options ? c->options[0].name : "help";

	return command_usage_error("%s: options are written in full, such as --%s: \"%s\"", c->name,
				   example, word);
}

static int parse(struct arguments *a, int argc, char **argv)
{
	bool options_over = false;
	int rc;

	for (int i = 0; i < argc; i++) {
		const char *word = argv[i];

		if (options_over || word[0] != '-' || !word[1]) {
			a->operands[a->n_operands++] = word;
		} else if (strcmp(word, "--") == 0) {
			options_over = true;
		} else if (word[1] != '-') {
			return short_option(a->command, word);
		} else {
			rc = take_option(a, argc, argv, &i);
			if (rc)
				return rc;
		}
	}
	return 0;
}

static int check_operands(const struct arguments *a)
{
	const struct command *c = a->command;

	if ((int)a->n_operands < c->min_operands)
		return command_usage_error("%s: %s is missing; 'portolan %s --help' tells more",
					   c->name, c->operands, c->name);
	if (c->max_operands >= 0 && (int)a->n_operands > c->max_operands)
		return command_usage_error("%s: \"%s\" is one operand too many (expected: %s)",
					   c->name, a->operands[c->max_operands],
					   c->max_operands ? c->operands : "none");
	return 0;
}

int args_run(const struct command *c, int argc, char **argv)
{
	struct arguments a = {.command = c};
	int rc;

	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return print_help(c);
	a.options = mem_new((size_t)argc, sizeof(*a.options));
	a.operands = mem_new((size_t)argc, sizeof(*a.operands));
	rc = parse(&a, argc, argv);
	if (!rc)
		rc = check_operands(&a);
	if (!rc)
		rc = c->run(&a);
	free(a.options);
	free(a.operands);
	return rc;
}

static int exit_code(enum err_class class)
{
	bool told = class == ERR_USAGE || class == ERR_DOCUMENT || class == ERR_LIMIT;

	return told ? EXIT_USAGE : EXIT_NOT_TESTED;
}

static void print_error(const struct err *e)
{
	struct buf out = BUF_INIT;

	if (!e->place.file)
		buf_add_text(&out, "portolan: ");
	err_format(e, &out);
	fprintf(stderr, "%s\n", out.data);
	buf_release(&out);
}

int command_failed(const struct err *e)
{
	print_error(e);
	return exit_code(e->class);
}

int command_failed_all(struct errs *es)
{
	int rc = es->n ? exit_code(es->items[0].class) : EXIT_NOT_TESTED;

	errs_sort(es);
	for (size_t i = 0; i < es->n; i++)
		print_error(&es->items[i]);
	if (es->n + es->dropped > 1)
		fprintf(stderr, "portolan: %zu mistakes%s\n", es->n + es->dropped,
			es->dropped ? "; the first are shown" : "");
	errs_release(es);
	return rc;
}

int command_usage_error(const char *fmt, ...)
{
	struct err e;
	va_list ap;

	e = (struct err){.class = ERR_USAGE};
	va_start(ap, fmt);
	vsnprintf(e.text, sizeof(e.text), fmt, ap);
	va_end(ap);
	return command_failed(&e);
}

bool command_print(const struct buf *out)
{
	if (fwrite(out->data, 1, out->n, stdout) == out->n && fflush(stdout) == 0)
		return true;
	if (errno != EPIPE)
		fprintf(stderr, "portolan: cannot write the output: %s\n", strerror(errno));
	return false;
}
