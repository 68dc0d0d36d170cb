/* SPDX-License-Identifier: ISC
 *
 * portolan port: who owns a number, and what is known of it. Starts and answers without reading
 * anything but /etc/services, three numbers of the kernel's, and an updated registry where there
 * is one.
 */
#include <stdlib.h>

#include "base/suggest.h"
#include "cmd/command.h"
#include "cmd/format.h"
#include "cmd/installed.h"
#include "cmd/port_lookup.h"
#include "doc/iana.h"
#include "doc/registry_build.h"
#include "report/port.h"
#include "sys/file.h"
#include "sys/state.h"
#include CONFIG_H

enum { FILE_MAX = 64 << 20 };

/* --- operands --- */

/* "443/tcp" and "tcp/443" are the same. IANA has names with a slash ("cl/1"): those stay whole. */
static unsigned split_transport(struct slice *text)
{
	const char *slash = memchr(text->p, '/', text->n);
	struct slice before, after;

	if (!slash)
		return ON_ALL;
	before = slice_from_to(text->p, slash);
	after = slice_from_to(slash + 1, text->p + text->n);
	if (transport_bit_parse(after)) {
		*text = before;
		return transport_bit_parse(after);
	}
	if (transport_bit_parse(before)) {
		*text = after;
		return transport_bit_parse(before);
	}
	return ON_ALL;
}

static bool is_numeric(struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		if ((text.p[i] < '0' || text.p[i] > '9') && text.p[i] != '-')
			return false;
	return text.n && text.p[0] != '-';
}

static int unknown_name(const struct port_lookup *l, struct slice word, struct err *err)
{
	struct suggest s = suggest_start(word);
	char hint[SUGGEST_TEXT_MAX];

	service_suggest(&s);
	for_each (local, &l->sources.local)
		suggest_add(&s, local->name);
	registry_suggest(l->sources.iana, &s);
	return err_set(err, ERR_USAGE, PLACE_NONE, "port: nobody is registered as \"%.*s\"%s",
		       (int)(word.n < 60 ? word.n : 60), word.p, suggest_text(&s, hint));
}

static int parse_operand(struct port_lookup *l, const char *operand, struct port_query **queries,
			 size_t *n, struct err *err)
{
	struct slice text = slice_of(operand);
	unsigned on = split_transport(&text);
	struct port_range ports;

	if (registry_ports_parse(text, &ports)) {
		*queries = ARENA_NEW(l->arena, struct port_query);
		**queries = (struct port_query){.text = operand, .ports = ports, .on = on};
		*n = 1;
		return 0;
	}
	if (is_numeric(text))
		return err_set(err, ERR_USAGE, PLACE_NONE,
			       "port: \"%.*s\" is no port and no range: they run from 0 to 65535, "
			       "upwards",
			       (int)(text.n < 60 ? text.n : 60), text.p);
	*queries = port_queries_by_word(operand, text, on, &l->sources, l->arena, n);
	return *n ? 0 : unknown_name(l, text, err);
}

/* --- output --- */

struct output {
	enum format format;
	struct buf buf;
	size_t cards;
};

static int output_init(struct output *o, const struct arguments *args, struct err *err)
{
	static const char *const forms[] = {"text", "json", "jsonl", NULL};
	int rc;

	*o = (struct output){.buf = BUF_INIT};
	rc = format_read(args_value(args, "format"), forms, &o->format, err);
	if (!rc && o->format == FORMAT_JSON)
		buf_add_text(&o->buf, "{\"version\":\"" VERSION "\",\"records\":[\n");
	return rc;
}

static void add_card(struct output *o, const struct port_card *card)
{
	if (o->cards++ && o->format != FORMAT_JSONL)
		buf_add_text(&o->buf, o->format == FORMAT_JSON ? ",\n" : "\n");
	if (o->format == FORMAT_TEXT)
		port_write_text(card, &o->buf);
	else
		port_write_json(card, &o->buf);
	if (o->format == FORMAT_JSONL)
		buf_add_char(&o->buf, '\n');
}

static bool output_finish(struct output *o, const struct port_sources *sources)
{
	if (o->format == FORMAT_TEXT) {
		buf_add_char(&o->buf, '\n');
		port_write_source(sources, &o->buf);
	} else if (o->format == FORMAT_JSON) {
		buf_add_text(&o->buf, "\n]}\n");
	}
	return command_print(&o->buf);
}

static int look_up(struct port_lookup *l, const struct arguments *args, struct output *o)
{
	struct port_query *queries = NULL;
	struct port_card card;
	struct err err;
	size_t n = 0;

	for (size_t i = 0; i < args_n_operands(args); i++) {
		if (parse_operand(l, args_operand(args, i), &queries, &n, &err) != 0)
			return command_failed(&err);
		for (size_t k = 0; k < n; k++) {
			port_card_fill(&card, &queries[k], &l->sources, l->arena);
			add_card(o, &card);
		}
	}
	return output_finish(o, &l->sources) ? EXIT_HOLDS : EXIT_NOT_TESTED;
}

static int run_lookup(const struct arguments *args)
{
	struct port_lookup l;
	struct output o;
	struct err err;
	int rc;

	if (output_init(&o, args, &err) != 0)
		return command_failed(&err);
	if (port_lookup_read(&l, &err) != 0)
		rc = command_failed(&err);
	else
		rc = look_up(&l, args, &o);
	port_lookup_release(&l);
	buf_release(&o.buf);
	return rc;
}

/* --- --update --- */

/* An older list, or half of one, must not take the place of what is built in. */
static int check_worth(const char *file, const struct iana_list *list, struct err *err)
{
	struct place place = {.file = file};

	if (strcmp(list->date, registry_iana.date) <= 0)
		return err_set(
			err, ERR_DOCUMENT, place,
			"the youngest row is of %s, the table that is built in of %s: nothing "
			"changed",
			*list->date ? list->date : "no date", registry_iana.date);
	if (list->registry.n < registry_iana.n / 10 * 9)
		return err_set(err, ERR_DOCUMENT, place,
			       "%u records, where the table that is built in has %u: is the file "
			       "whole? Nothing changed",
			       list->registry.n, registry_iana.n);
	return 0;
}

static int write_updated(const struct registry *r, struct buf *path, struct err *err)
{
	struct buf bytes = BUF_INIT;
	int rc = state_path("registry", path, err);

	if (!rc)
		rc = state_make_folder(path->data, err);
	registry_format(r, &bytes);
	if (!rc)
		rc = file_replace(path->data, buf_slice(&bytes), 0644, err);
	buf_release(&bytes);
	return rc;
}

static int update(const char *file, struct err *err)
{
	struct buf csv = BUF_INIT, pool = BUF_INIT, path = BUF_INIT;
	struct arena *arena = arena_new();
	struct iana_list list;
	int rc = file_read(file, FILE_MAX, &csv, err);

	if (!rc)
		rc = iana_read(file, buf_slice(&csv), arena, &pool, &list, err);
	if (!rc)
		rc = check_worth(file, &list, err);
	if (!rc)
		rc = write_updated(&list.registry, &path, err);
	if (!rc) {
		buf_clear(&csv);
		buf_addf(&csv, "%zu rows up to %s are used from now on (%s)\n", list.rows,
			 list.date, path.data);
	}
	if (!rc && !command_print(&csv))
		rc = err_set(err, ERR_SYSTEM, PLACE_NONE, "the registry is updated all the same");
	arena_free(arena);
	buf_release(&csv);
	buf_release(&pool);
	buf_release(&path);
	return rc;
}

/* The catalog is another program's: reading YAML is not for a number's sake. */
static int who_uses(const struct arguments *args)
{
	const char *format = args_value(args, "format");
	const char *words[] = {"portolan",
			       "catalog",
			       "uses",
			       args_value(args, "who-uses"),
			       format ? "--format" : NULL,
			       format,
			       NULL};

	return program_run("portolan-site", (char **)words);
}

static int run(const struct arguments *args)
{
	const char *file = args_value(args, "update");
	struct err err;

	if (args_has(args, "who-uses") && (file || args_n_operands(args)))
		return command_usage_error("port: --who-uses takes no other operand than its port");
	if (args_has(args, "who-uses"))
		return who_uses(args);
	if (file && args_n_operands(args))
		return command_usage_error("port: --update takes no other operand than its file");
	if (file)
		return update(file, &err) == 0 ? EXIT_HOLDS : command_failed(&err);
	if (!args_n_operands(args))
		return command_usage_error("port: PORT or NAME is missing; 'portolan port --help' "
					   "tells more");
	return run_lookup(args);
}

static const struct option_spec options[] = {
	{"format", "text|json|jsonl", "how to write it; text is for people", false},
	{"who-uses", "PORT[/TRANSPORT]", "which products of the catalog use it, and what for",
	 false},
	{"update", "FILE", "read IANA's service-names-port-numbers.csv and use it from now on",
	 false},
};

const struct command command_port = {
	.name = "port",
	.summary = "who owns a port number, and what is known of it",
	.operands = "PORT[-PORT][/TRANSPORT]|NAME[/TRANSPORT] ...",
	.options = options,
	.n_options = ARRAY_LEN(options),
	.min_operands = 0,
	.max_operands = -1,
	.run = run,
};
